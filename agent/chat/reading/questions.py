"""Questions about products and words on them: why, why not, a field of one, what is liked and what is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from newaisle.agent.chat.intent import Act, ProductField
from newaisle.agent.chat.reading.product_fields import FIELD_PATTERNS
from newaisle.agent.chat.reading.text import BRAND, ITEMS

# The parts of "why isn't the spoon there", 怎么没有那个勺子.
_WHY = (
    r"(?:\bwhy|\bhow come|\bwhat(?:'s| is| was) the (?:reason|logic|thinking|idea|(?:deal|story) with (?=the "
    r"|th[eio]s|that|[\ue400-\ue7ff]))"
    r"|\bfor (?:what|which) reason|\bany reason)"
)
_NOT = (
    r"(?:\bnot\b|n't\b|\bno\b|\bnever\b|\bmissing\b|\bexcluded\b|\bleft out\b|\bleave out\b|\bskip(?:ped)?\b"
    r"|\b(?:left off|dropped|overlooked|ruled out|filtered out|passed over|hidden)\b|\babsent\b|\bwithout\b|\bomit)"
)
_ZH_WHY = r"(?:为什么|为啥|为何|怎么|咋|凭什么|凭啥|干嘛|干吗|为毛)"
_ZH_NOT = (
    r"(?:不|没有?|未)(?=推荐|给|显示|出现|看到|看见|包括|列|选|有|推|见|出来|搜到|找到|上榜|入选|在|进|展示"
    r"|考虑|是|挑|行|$|[ ,?]|[\ue000-\uf8ff]|那|把|个)"
)
# Why a product is not shown.
_WHY_NOT = re.compile(
    rf"{_WHY}\b.*{_NOT}|\b(?:you|u) (?:forgot|missed|skipped|left out|omitted|excluded|ignored)\b"
    r"|(?:you|u) (?:didn't|did not|don't|haven't|never) (?:show|recommend|suggest|pick|include|list|offer"
    rf"|mention|give)\w*(?: me)?\b.*{_WHY}|{_ZH_WHY}.*?(?:{_ZH_NOT}|漏|落下|忘|筛掉|排除)|你(?:是不是|好像"
    rf"|似乎)?(?:漏了|漏掉|忘了?推|忘了给|落下)"
    rf"|{_ZH_NOT}.{{0,8}}{_ZH_WHY}|(?:isn't|wasn't|aren't|not|missing)\b.{{0,30}}\b(?:why|how come)\W*$"
    r"|\bwhat(?:'s| is) wrong with\b"
    r"|\bwhere(?:'s|'d| is| are| did|'ve| have) (?:the|my|that)\b|哪儿?去了|去哪儿?了"
    r"|\b(?:what|how) about (?:not )?(?:the|that) (?=.*(?:missing|left out))"
    r"|(?:没|没有|不)(?:推荐|出现|看到|入选|上榜).{0,6}(?:原因|理由)"
    r"|\b(?:reason|reasons) (?:you )?(?:left out|excluded|skipped|for not)"
)
# "why don't you show me tents" asks for tents.
_SUGGESTION = re.compile(
    r"\bwhy (?:not|don't (?:you|we)) (?:just )?(?:show|try|give|look|recommend|suggest|find)\b(?! me why"
    rf"| the {BRAND})"
)
# Why a product is shown.
_WHY_THIS = re.compile(
    rf"{_WHY}\b|\bwhat made you\b|\bwhat makes (?:you|it|this|that|{ITEMS})"
    rf"|\bexplain (?:your|why|the choice|this choice|that|these|{ITEMS})|\bjustify\b"
    r"|\b(?:your|the) reason(?:s|ing)?\b|\bon what (?:basis|grounds)\b|\breasons? (?:for|behind)\b"
    r"|\bwhat(?:'s| is| was) your (?:thinking|logic|reasoning|rationale)\b"
    r"|\bwhat(?:'s| is) (?:so |actually )?(?:good|great|special|nice) about (?!the (?:features|specs))"
    r"|\bwhat(?:'s| is) so (?:good|great|special)\b|\bbased on what\b"
    rf"|\bhow(?:'d| did) {ITEMS} (?:get|make|end|come|wind|land)|{ITEMS} (?:doing|make the cut)\b"
    r"|\bhow(?:'d| did| do) you (?:choose|pick|land on|arrive|settle|work out|figure out|come up|decide|select"
    r"|get)\b|为什么|为啥|为何|凭什么|凭啥|(?<!无)理由|原因"
    r"|(?:怎么|咋|干嘛|干吗|为嘛)(?:会|就|要|给我|想起|想到|想着|单单|偏偏|老|总|跟我|净)*(?:推荐|推|选|挑|想到|列|在"
    r"|出现|排)"
    rf"|解释(?:一下|下)?(?={ITEMS})|依据|(?:根据|按照?|凭|基于|照)(?:什么|啥|哪些?)|好在哪|的(?:根据|逻辑)$|怎么得出"
    rf"|(?:怎么|咋)(?:就|会)?(?:知道|晓得|觉得|认为|断定"
    r"|判断)(?:我|这|它|适合)|道理|图个?(?:啥|什么)|(?:怎么|咋)(?:就|会)?(?:想|考虑|琢磨|寻思|盘算)的|出于(?:啥|什么)|什么(?:逻辑|思路|道理|算法)|啥(?:逻辑|思路|道理)|怎么(?:选|挑)(?:的|出)|为毛"
)

# A question of any kind.
_ASKS = re.compile(
    r"^(?:and |so |but |ok |okay |hey |also |please |then )*(?:is|are|does|do|did|can|could|will|would|has"
    r"|have|was|what|what's|which|how|who|who's|whose|when|where)\b(?! (?:you |we |i )(?:show|find|give"
    r"|recommend|suggest|have|try|get|see|go))|\?|吗|呢|多[少大重长高宽深厚沉轻]|什么|哪|啥|咋"
    r"|几(?![个款件样种些])|(?:能|会|有|是)不(?:能|会|有|是)|没\??$|么\??$|(?<![要也都好])不[ ?]*$|谁|([^\W\d_])不\1"
    r"|有没有"
)

# The parts of opinions: "I really like", "is too ugly".
_REALLY = (
    r"(?:really |absolutely |quite |do |also |just |kinda |kind of |totally |definitely |actually |truly "
    r"|rather |so |very much |only |still |all ){0,4}"
)
_GOOD = (
    r"(?:great|nice|good|lovely|perfect|gorgeous|cool|beautiful|awesome|amazing|cute|fantastic|excellent"
    r"|wonderful|pretty|brilliant|neat|stunning|fab|fabulous|superb|sweet|the best|best|ideal|spot on|fun"
    r"|fine|interesting|promising|adorable|elegant|appealing|fire|lit|dope|ace|mint|class|the one|a (?:beauty"
    r"|keeper|belter|stunner|vibe)|handy|useful|sick|lush|grand|smashing|banging|bang on"
    r"|right up my (?:street|alley)|up my (?:street|alley)|stylish|sleek|handsome|brill|wicked|delightful"
    r"|charming|tasty"
    r"|a winner|winners?|my favou?rite|favou?rites?"
    r"|what i (?:want|wanted|need|was looking for)|just right|just what i \w+|exactly what i \w+|love it)"
)
_BAD = (
    r"(?:ugly|awful|horrible|terrible|boring|hideous|bad|crap|rubbish|lame|meh|stupid|useless|dull|cheesy"
    r"|tacky|disgusting|worst|the worst|garbage|trash|junk|gross|poor|silly|weird|nasty|pointless"
    r"|disappointing|a joke|naff|minging|manky|rank|grim|an eyesore|clunky|dated|frumpy|gaudy|bland|ropey|dire"
    r"|pants|cringe"
    r"|cheap and nasty|cheap-looking|unattractive|repulsive|vile|a bit much|mid|underwhelming"
    r"|not (?:my (?:thing|style|taste|cup of tea)|for me|nice|good|great|pretty|it|what i \w+)|no good|a no"
    r"|no-go|out of the question)"
)
_IS = r"(?:'s| is| would be| might be|'d be| are| looks?| look| seems?| sounds?| was| were| feels?|'re)"
_THE = r"(?:the |that |this |those |these |your |a )?"
# Praise, which counts only if a product on the screen is found in the turn.
_LIKE = re.compile(
    rf"(?:\b(?:i|we|she|he|they|my \w+)(?:'d|'ll|'m|'ve| would| will| might| am)? {_REALLY}(?:like|love|adore|prefer"
    r"|fancy|dig|enjoy|loved|liked|loving|liking|likes|loves|into|a fan of|keen on|interested in|want|take"
    r"|go for|go with|in love with)\b|\b(?:big|huge|real) fan of\b)(?! (?:to|something|some|more|anything|a "
    rf"|an |it (?:to|if)|(?:the )?{ITEMS}(?: one)?,? (?:in|but|only|with|without|just|made) (?!it\b|my\b"
    r"|this\b)))"
    r"|^(?:oh |ooh |wow |yes |ok |and |yeah |omg |also |nice |really |absolutely |just "
    r"|totally ){0,6}[,!. ]*(?:love|adore|loving|like|liking|fancy|digging)\b(?! (?:to|something))"
    rf"|(?:\S+){_IS} {_REALLY}(?:too |such )?(?:a )?{_GOOD}\b(?! (?:with|for (?!me\b|us\b)|too))"
    rf"|^{ITEMS}(?: it is|,? (?:please|thanks))$|\bthumbs? up\b|\b(?:my )?favou?rites?(?: is| are|:)?"
    r"|\b(?:good|great|nice|excellent|perfect) (?:choice|one|pick|call|find|suggestion)"
    rf"|\b(?:yes|yay|hooray) to\b|\bcan't get enough\b|^(?:wow |ooh |oh )*[,! ]*{_GOOD}[,!:]? (?={ITEMS})|\+1"
    rf"|👍|❤|😍|{ITEMS} (?:\w+ ){{0,2}}?(?:does it for me|floats my boat|ticks|hits the spot|(?:caught"
    r"|catches) my eye|slaps|rocks|rules|bangs|hits different)\b"
    r"|(?<!n't )(?<!not )\b(?:pleases|appeals to|suits|speaks to|calls to|works for|tickles|tempts) me\b"
    rf"|\bupvote\b|\bmore of {ITEMS} like that"
    rf"|\b(?:find|found|think) {ITEMS} (?:is |are )?(?:\w+ ){{0,2}}?{_GOOD}\b|\bsee myself (?:using|wearing"
    r"|owning|with)\b|\b(?:tempted by|leaning towards?|drawn to|sold on|eyeing)\b"
    rf"|\bi(?:'d|'ll) (?:buy|have|get|wear|use|pick|choose) {ITEMS}(?! (?:but|in|if)\b)"
    r"|(?<!不)(?<!没)(?:喜欢|中意|看中|看上|相中|心动|种草|爱(?:了|死)|喜爱|钟意|钟爱)(?!什么|啥)|不错"
    r"|好看(?!吗)|漂亮|满意(?!吗)|很棒|真棒|挺好|蛮好|很好|真好|好棒|可爱|完美|点赞|赞(?!成)"
    rf"|(?<!不)爱(?={ITEMS})|{ITEMS}(?:我)?(?:就|都)?(?:要|买|拿|收)了[吧啊]?$|(?:(?:就|想)要(?={ITEMS})|(?:就"
    rf"|选)(?={ITEMS}[了吧]*$)"
    rf"|[正很]?合我?意"
    rf"|要(?={ITEMS}[了吧]*$))|感兴趣"
    r"|yyds|绝绝子|真香|心水|正点|给力|爱惨|得我心|长在我|长我(?:心|审美)|拔不出来|(?<!不)(?<!没)爱$|不赖|倾向"
    r"|偏向于?|颜值(?:在线|高|爆表|很高)|深得(?:我|朕)心|收藏了|正是我(?:想)?要的|就它了|就要它"
    r"|拿下了|下单了?$|买它|冲它|相当(?:可以|不错)|有兴趣|合我(?:心意|胃口)|对我胃口|太好了|好喜欢|很赞|有意思|戳中"
    r"|深得我心|绝了|可以[,的]?$"
    r"|(?:很|挺|真|蛮)(?:合适|适合|可以|不错|酷|帅|美)"
)
# The opposite of it.
_DISLIKE = re.compile(
    r"\b(?:don't|doesn't|do not|does not|didn't|can't say i|not (?:really|sure i)|never"
    rf"|wouldn't) {_REALLY}(?:like|love|fancy|dig|enjoy|want|need|care for|think much of|into|rate)\b"
    r"|\b(?:hate|hates|hated|dislike|dislikes|disliked|loathe|despise|detest)\b|\bcan't stand\b"
    rf"|\b(?:not|isn't|ain't) {_REALLY}(?:keen|a fan|into|fond|crazy|interested|impressed|convinced|sold|wild"
    r"|big on|bothered|sure)\b"
    rf"|{_IS} {_REALLY}(?:too |so |such |just |pretty |very |a bit |plain |kind of |kinda )*(?:a )?{_BAD}\b"
    r"|\bthumbs? down\b"
    r"|\b(?:not|isn't|aren't) (?:really |quite |exactly )?(?:for me"
    r"|my (?:thing|style|taste|cup of tea|vibe))\b"
    r"|\b(?:doesn't|don't|does not|do not) (?:really )?(?:appeal|do it|speak|work|suit)\b"
    r"|[\ue400-\ue7ff][,.! ]+(?:yuck|ugh|meh|nope|no)$|\bno thanks? (?:to|for)\b|\b(?:sucks?|stinks?)\b"
    rf"|^(?:meh|ugh|yuck|ew+|bleh|nah|no|nope|not)[,!. ]+(?:to |the |that )*(?={ITEMS})"
    r"|\b(?:not|no|skip|drop|remove|forget|hide|ditch|lose|kill|get rid of|throw out|without|pass on|reject"
    rf"|dump|scrap) {_THE}(?={ITEMS}(?! ?(?:'s )?(?:brand|maker)))"
    rf"|{ITEMS}[^.;!?\ue000-\uefff]{{0,40}}, ?(?:no thanks|no thank you|not for me|pass|hard pass|nope)$"
    r"|\b(?:turns?|puts?) me off\b|\bleaves? me cold\b"
    rf"|\b(?:find|found|think) {ITEMS} (?:is |are )?(?:\w+ ){{0,2}}?{_BAD}\b"
    r"|\bdo(?:es)? nothing for me\b|\bgives? me the ick\b"
    r"|\b(?:isn't|not|aren't) (?:really )?(?:doing it for|feeling|vibing with|grabbing|my bag)\b|\b(?:can't|don't"
    r"|doesn't) (?:get (?:on|along)|click|gel|vibe) with\b|👎"
    rf"|{ITEMS} (?:is|are) (?:out|a no|not (?:my|for|good|what))|\bdownvote\b|^{_BAD}[,!:]? (?={ITEMS})"
    r"|(?:不|没(?:有)?那么|没多|没)(?:太|怎么|是很|大|很|咋|那么|再|想)*(?:喜欢|中意|满意|感冒|爱|想要|看上"
    r"|看中|看好|合适|适合|感兴趣|好看|行|咋地|咋样|怎么样|待见|对味|来电|美观|漂亮|好|ok)|讨厌|丑|难看"
    r"|(?:不|没)(?:感)?兴趣|看不上|嫌|瞧不|不顺眼|不咋地|小家子气|土气|廉价感|拉垮|来气|添堵|闹心|碍眼|劝退|辣眼|拉胯"
    r"|下头"
    r"|不入眼|入不了|没眼看|避雷|鸡肋|太(?:普通|土|差|烂|老气|俗|难看|花哨)"
    r"|(?:很|真|好|挺|有点)(?:土|差|烂|丑|俗|难看)|一般(?:般)?|差评|踩|嫌弃|无感"
    r"|[不没][^,.;]{0,2}[对合]我?的?(?:胃口|心意|口味|意|眼缘|路子|审美)"
    r"|没(?:啥|什么|多大|多少)?(?:感觉|意思|劲|想法|兴趣)|不来电|不是我的(?:菜|风格|型)"
    rf"|(?:不要|别要|去掉|删掉|删除|移除|不想要|排除|拿掉|撤掉|不考虑|不看|pass|划掉)(?:掉|了)?(?={ITEMS})"
    rf"|{ITEMS}(?:我|就|这个|那个|也|都|可以|请)*(?:不要|算了|pass|去掉|删掉|拿走|不行|不考虑|免了|划掉"
    r"|不看)(?:了|吧)*$"
)


class Talk(NamedTuple):
    """A reading of a turn that speaks of products: it holds if they can be found in what is left of the text."""

    act: Act
    field: ProductField | None
    rest: str


def talk_of_products(text: str) -> Iterator[Talk]:
    """The ways in which a turn may speak of products, the likeliest first. Brands and places are marked in `text`."""
    if not _SUGGESTION.search(text) and _WHY_NOT.search(text):
        yield Talk("why_not", None, _WORDS.sub(" ", text))
    if _WHY_THIS.search(text) and not _SUGGESTION.search(text):
        yield Talk("why", None, _WORDS.sub(" ", text))
    asks = bool(_ASKS.search(text))
    for name, pattern in FIELD_PATTERNS if (asks or _OF_ONE.search(text)) and not _BUT_WANTS.search(text) else ():
        if found := pattern.search(text):
            yield Talk("product", name, f"{text[: found.start()]} {text[found.end() :]}")
            yield Talk("product", name, text)
            break
    opinions: list[tuple[Act, re.Pattern[str]]] = [("dislike", _DISLIKE), ("like", _LIKE)]
    for act, pattern in [] if _BUT_WANTS.search(text) else opinions:
        if pattern.search(text):
            yield Talk(act, None, _WORDS.sub(" ", text))
    if _OF_IT.search(text):
        yield Talk("product", "other", "it")
    if (
        asks
        and (re.search(ITEMS, text) or _OF_NAMED.search(text))
        and not _BUT_WANTS.search(text)
        and not _WANTS_ONE.search(text)
    ):
        if not re.search(ITEMS, text):
            yield Talk("product", "other", _ASKED_OF_IT.sub("", text))
        yield Talk("product", "other", text)


# "is it waterproof", of what was spoken of last.
_OF_IT = re.compile(r"^(?:and |but |so )?(?:is|does|has|will) (?:it|this|this one|that one) (?!possible|ok|okay)")
# 鹭眼望远镜防水吗, Oatmere那个手冲秤准不准: asked of one that is named, and not 有鹭眼的望远镜吗.
_OF_NAMED = re.compile(
    r"^(?!.*(?:有|来[个点些]|推荐|找|想|买|给我|换|看看|行[吗么]|可以[吗么]|好[吗么]))"
    r".*(?:[吗么]|([一-鿿])不\1|(?<![要也都好])不)[ ?]*$"
)
_ASKED_OF_IT = re.compile(r"(?:能|会|可以|够|是)?[一-鿿]{2}(?:吗|么|不)[ ?]*$")
_OF_ONE = re.compile(  # "price of the spoon", and not "Vellisk, size 41"
    rf"{ITEMS}|\bdo you (?:still )?(?:have|sell|stock|carry) (?:the|that)\b"
    r"|\b(?:of|for|about|on|tell|describe|details?|info\w*|more|specs?)\b|介绍|详情|详细|说说|讲讲|讲一下"
    r"|说一下|说下|描述|资料|参数|了解一下"
)
# "do you have 2 in red" wants another product.
_WANTS_ONE = re.compile(
    rf"\b(?:version|alternative|equivalent)s? (?:of|to|for) {ITEMS}|"
    rf"(?:what|how) about {ITEMS},? (?:but|only|just|in|with|without)|有没有|还有"
    rf"|{ITEMS}有(?!(?:什么|啥|何|没有?)?(?:不同|[区差]别|不一样))|(?:have|got|get|see) {ITEMS} (?:in|but|with)"
)
# "2 is nice but is there a lighter one": others are wanted, whatever is thought of it.
_BUT_WANTS = re.compile(
    rf"{ITEMS},? (?:but|only|just|except) (?:it's )?(?:in|with|without|made|a|an|for|smaller|bigger|lighter"
    r"|larger|longer|shorter)\b|"
    rf"{ITEMS}.*\b(?:got|have|get|is there) (?:it|one|that|them) in\b"
    rf"|{ITEMS}.*\b(?:but|though) (?:is there|are there|do you|have you|got|got it in|have it in|can i"
    r"|could i|i want|i need|i'd (?:like|prefer|want)|show|find)\b"
    rf"|{ITEMS}.*(?:但是?|不过|就是).*(?:有没有|能不能|来个|换个|想要|给我)"
    rf"|{ITEMS},? ?(?:但是?|不过|只是|可是|换成|最好|要(?!多少|几|什么|花))"
    rf"|{ITEMS}.{{0,12}}(?:能不能|可不可以|可否|能否|要是能|能)(?:帮我|给我)?换成?(?!个?颜色|货)"
    rf"|{ITEMS}.{{0,12}}?(?:但是?|不过|只是|可是|就是|然而|奈何|可)(?:我|我们|我还是|还是|最好|能不能|希望)*(?:想要?"
    rf"|要|得|换|需要|来|最好|能不能)"
)
# Words of a question or an opinion that name no product.
_WORDS = re.compile(
    rf"{_GOOD}|{_BAD}|推荐|出现|理由|原因|喜欢|不感兴趣|感兴趣|满意|真?好看|难看"
    r"|\b(?:on|in) (?:the|your) (?:list|screen|page|results?)|\bthumbs (?:up|down)\b"
)
