"""Critique of what is shown: cheaper, dearer, similar, different."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newaisle.agent.chat.intent import Relation
from newaisle.agent.chat.reading.text import BRAND, ITEMS, Marked

# The parts of "way too expensive", and what may follow a comparison: "ones than the".
_TOO = (
    r"(?:too much|(?:way |far |much |a bit |a little |just |really |all |bit |kinda )*too|a bit|so|very|really|pretty"
    r"|rather|quite|awfully)"
)
_DEAR = r"(?:expensive|pricey|pricy|dear|costly|steep|much money|overpriced)"
_ITS = (
    r"(?: (?:ones?|options?|stuff|things?|versions?|alternatives?|products?|items?)\b)*(?: ?(?:than|as|to|of"
    r"|from|like|with|for|on)\b)?(?: (?:the|that|this)\b)?"
)
# The four relations, in English and then in Chinese.
_CHEAPER = (
    r"(?:(?:a )?(?:bit |little |lot |much |far |even |way |slightly |something |anything |ones? "
    r"|some(?:what)? )*(?<!too )(?<!no )(?<!nothing )(?<!looks )(?<!look )cheap(?![ -]look)(?:er|est|o|ies?)?(?:ly)?"
    r"|(?:less|not (?:so|that|as|too|very|quite so|all that|this|these)|not|nothing (?:so|too|that)"
    rf"|least) {_DEAR}|{_TOO} {_DEAR}|overpriced|too much(?= ?(?:$|[,.!?;]| for me))"
    r"|(?:lower|smaller|better|reduced|friendlier) (?:the |a )?(?:prices?|priced|cost|price range|price tag)"
    r"|lower-priced|(?:lower|bring down|reduce) the price"
    r"|(?:bring|get|knock|push|take|drag|drop) (?:the |that |those )?prices? down"
    r"|(?:more |something )?(?:affordable|economical|inexpensive|budget[- ]friendly|wallet[- ]friendly"
    r"|reasonable|reasonably priced|budget(?= (?:ones?|options?|version|alternative|choice|stuff|price"
    r"|[\ue800-\uf3ff])))(?: (?:ones?|options?|version|alternative|choice|stuff|price))?|cost(?:s|ing)? less"
    r"|for less(?: money)?|less money|save (?:some |a bit of )?money"
    r"|(?:go )?lower (?:on|with) (?:the )?price|too rich for my blood"
    r"|more than (?:i|we) (?:want|wanted|can|could|planned)(?: to)? (?:pay|spend|afford)"
    r"|(?:can't|cannot|couldn't|don't want to) (?:\w+ )?(?:afford|pay|spend|stretch to|run to|justify|manage"
    r"|swing) (?:that|this|these|those"
    r"|prices like \w+|so|it|that much"
    r"|so much)(?: much| prices?)?|out of my (?:budget|price range)|on a (?:tight )?budget|bargains?"
    r"|(?:better|good) deals?|(?:i'm|i am|we're|so|totally|flat) broke"
    r"|(?:anything|something|any|ones?) lower|(?:go(?:ing)? |come |move )?down (?:a (?:bit|little|notch|touch"
    r"|tad) )?(?:in|on)"
    r" price"
    r"|(?:easier|kinder|gentler|lighter|softer|better|nicer|friendlier|less (?:hard|heavy|painful)|not so hard)"
    r" (?:on|to|for) (?:the|my|our|your) (?:wallet|purse|pockets?|budget|bank\b(?: account| balance)?|savings)"
    r"|(?:won't|doesn't|don't|not|without|that) (?:break(?:ing)? the bank|cost(?:ing)? (?:me |us )?(?:the earth|an arm"
    r"|a fortune|a bomb))(?: and a leg)?|cost (?:the earth|an arm and a leg|a fortune|a bomb)"
    r"|daylight robbery|rip-?off|(?:beyond|over|above|outside) (?:my|our) (?:budget|means|price range|limit"
    r"|reach)|more bang for (?:my|the|your) buck|on a shoestring"
    r"|prices? (?:are|is|look|looks|seem|seems) (?:\w+ )?(?:insane|crazy|mental|mad|ridiculous|steep|high"
    r"|outrageous|silly"
    r"|absurd|extortionate|nuts|bonkers|a joke)|bit (?:much|rich)(?: for me| for my \w+)?(?= ?(?:$|[,.!?;]))"
    r"|^(?:i'm |we're )?(?:\w+ )?skint\b"
    r"|^(?:(?:hmm+|ouch|wow|oof|whoa|oh|ugh|that's|they're|it's|so|pretty|quite|very|bit|a"
    r"|kinda)[,.! ]*)*(?:pricey|expensive|steep|costly)(?= ?(?:$|[.,!?])))"
)
_DEARER = (
    r"(?:dear(?:er|est)|spend(?:y|ier)|pricier|priciest"
    r"|(?:more|most) (?:expensive|pricey|upmarket|luxurious|premium|high-end)|costlier|fanci(?:er|est)"
    r"|posh(?:er|est)|classier|(?:go |one |a )?(?:up )?a notch(?: up)?|next level up|deluxe"
    r"|(?:no|nothing) (?:too |so )?(?:cheap(?:o|ie)?|budget)(?: (?:stuff|ones?|things?|tat|rubbish|junk))?"
    r"|(?:go(?:ing)? |move |moving )?up (?:a (?:bit|little|notch|touch|tad) )?(?:in|on) price|swank(?:y|ier)"
    r"|ritzier|upscale"
    r"|cheap[- ]looking|(?:look|feel|seem)(?:s|ing)? (?:a bit |so |too |very )?(?:cheap|flimsy"
    r"|cheapo)(?= ?(?:$|[,.!;]))"
    r"|(?:higher|bigger)[- ](?:end|priced?|price range|quality)|high[- ]end|premium|upmarket"
    rf"|top[- ]of[- ]the[- ](?:line|range)|luxur(?:y|ious)|better quality|{_TOO} cheap"
    r"|(?:the |some |something )(?:really |most )?(?:expensive|pricey|posh|fancy"
    r"|luxur\w+)(?: (?:ones?|stuff|things?|options?|versions?|models?))?|upgrade|step up|splurge"
    r"|cost(?:s|ing)? more"
    r"|(?:don't mind|happy to|willing to|can|could|would|i'd|ok with|fine with) (?:pay"
    r"|spend)(?:ing)? (?:a (?:bit|little) |some |even )?more)"
)
_SIMILAR = (
    r"(?:(?:some ?(?:thing|ones?)?|any ?(?:thing|ones?)?|more|things?|ones?|products?|stuff|one|others?"
    r"|another|show me|find me|give me|got|items?|just|exactly){0,6} ?\b(?:similar(?:ly)?(?: (?:ones?"
    r"|things?|stuff|products?|items?|options?))?|alike|comparable|akin"
    r"|(?:the )?same (?:kind|type|sort|style|category|class|thing"
    r"|sort of thing)(?: of (?:thing|product|stuff))?|alternatives?|along the lines"
    r"|in the (?:same )?(?:style|vein|spirit|mould|mold|line)|same (?:spirit|vein|ilk|league|family)|the likes"
    r"|resembl(?:es?|ing)|close|reminiscent|identical"
    r"|more (?:like|of)|(?:else|got|have|sell)(?: \w+){0,3} like"
    r"|(?:things?|ones?|something|anything|stuff|products?|items?|one|others?|another|some|any"
    r"|more) (?:\S+ )?(?:that (?:are|is) )?(?:just |exactly |much )?like|matching)\b)"
)
_DIFFERENT = (
    r"(?:(?:totally |completely |very |entirely |quite |something |anything |some |any |a bit )*(?:different"
    r"|unlike|dissimilar)(?! (?:brand|make|label|manufacturer|compan|colou?r|size|material"
    r"|price))(?: (?:ones?|things?|stuff|products?|items?|options?|kinds?|types?|sorts?|selection|picks?"
    r"|suggestions?|ideas?|from|to|than))*|(?:something|anything) (?:else|other)(?! (?:than|like|in the"
    r"|similar|along|close|resembl\w+))"
    r"|(?:nothing|less) like|not (?:at all )?like"
    r"|(?:aren't|isn't|don't look|doesn't look|nothing|not) (?:\w+ )?(?:like|similar to) (?:these|those|this|that|them)"
    r"|(?<!any )(?<!what )other (?:ones?|things?|stuff|products?|items?|options?|suggestions?"
    r"|choices?)\b(?! like)"
    r"|(?:(?:i|we) )?(?:don't|do not|didn't) (?:really )?(?:like|want|love|fancy|care for) (?:any|either"
    r"|all) of (?:these|those|them)"
    r"|(?:hate|dislike) (?:all (?:of )?)?(?:these|those|them)(?: all)?(?= ?(?:$|[,.!?;]))|surprise me"
    r"|not (?:quite )?what i (?:had in mind|was (?:after|looking for|thinking)|am after|want(?:ed)?)"
    r"|try (?:again|harder)"
    r"|have another go|something (?:new|fresh)|more (?:variety|variation|diversity)|mix it up|change it up"
    r"|shake (?:it|things) up"
    r"|(?:all |they |these |those )(?:are |look |looks |seem )?(?:all )?(?:the same|alike|samey)"
    r"|look(?:s)?(?: all)? the same|opposite|(?:a )?(?:fresh|new|whole new) batch|next idea"
    r"|(?:(?:i|we) )?(?:don't|do not|didn't) (?:really )?(?:like|want|love|fancy) (?:these|those"
    r"|them)(?= ?(?:$|[,.!?;]))|none of (?:these|those|(?<!so none of )them)|not (?:these|those)"
    r"|anything but (?:these|those|this))"
)
_ZH_CHEAPER = (
    r"(?:(?:稍微|更|再|有没有|来个|来点|要|还有|能不能|可以|比较"
    r"|相对)*(?<!太)(?<!不要)(?<!别要)(?<!不)(?<![图贪求])(?:便宜(?!没好)|平价|实惠|划算|经济|低价|优惠)(?:一点|一些"
    r"|点儿?|些|的"
    r"|实惠)*|(?:太|好|有点|有些|真|挺|这么|那么|都|比较|略|偏|小|就是|忒|齁|死|一个比一个|咋|怎么)+贵(?:了|啊|呀|吧"
    r"|哦|些|一点|点)*"
    r"|(?:别|不要|不用|没|不|甭|没有)(?:那么|这么|太|要|想)*贵"
    r"|价[格位钱]?(?:有点|有些|太|好|偏|略|这么|实在)+高|价格?(?:高了|再低|低一?[点些]|低)"
    rf"|(?:价[格位钱]|贵[得到]?)(?:有点|直接|太)?劝退|价[格位钱]?(?:要|得|是|在)*(?={ITEMS}(?:以下|之下|往下))"
    rf"|(?:低于|少于|便宜过|不超过|不要超过|别超过|低过)(?:了)?(?={ITEMS})"
    r"|(?:再)?低(?:一)?[点些]的?价[格位钱]?|价[格位钱]?[再还得能可以]{0,3}[往向朝]下(?:走|降|压|调|挪|拉|砍|来)*(?:一?[点些下])?"
    r"|(?:价[位格钱]?|这个?价|消费|贵得)(?:我|有点|实在|真|真的|也|太|直接|让我|,| )*(?:吃不消|受不了|扛不住|顶不住"
    r"|承受不(?:起|了)|消费不起|高攀不起|肉[疼痛]|负担不起"
    r"|奢侈|下不[去了]手|离谱|不友好|劝退)了?|(?:消费|高攀|负担|承受)不起|肉[疼痛]|下不[去了]手|钱包(?:在|已经|都|快"
    r"|要|表示|有点|不){0,3}(?:哭泣?|流泪|受不了|扛不住"
    r"|吃不消|空|瘪|见底|允许|告急|滴血|流血|疼|遭不住|紧)了?|(?:省钱|平替|性价比高?|白菜价|买不起|砍(?:一刀|价|点"
    r"|下价)|超标了?|超纲了?|降降价|降点?价|腰斩的?|打?对折|半价|超预算|超出预算|预算不够|贵了)(?:一点|点|的|了)*)"
)
_ZH_DEARER = (
    rf"(?:(?<={ITEMS})贵的|(?:不要|别要|不想要)太?便宜的?"
    r"|(?:再|更|稍微|来点|来个|要)?贵(?:一)?(?:点|些|一点|一些)(?:的)?"
    rf"|价[格位钱]?(?:要|得|是|在)*(?={ITEMS}(?:之上|以上|往上|朝上))"
    rf"|(?<!不)(?<!别)(?<!要)(?:高于|高过|贵过|超过|贵于)(?={ITEMS})|拿得出手|更上一层楼?|再上一层楼?|豪华|气派|顶配"
    rf"|高配|旗舰|越贵越好"
    r"|(?:来点|来个|来些|上点|上些|整点|整个|换点|换个|给点|挑点|找点|搞点|弄点|推点|想要|要|看看|有没有)(?:更|最)?贵的"
    r"|(?:更|再|最)贵"
    r"|(?:高档|高端|高级|奢华|上档次|高价|高品质|顶级|[质品][量质](?:再|更)?好)(?:一)?(?:点|些)?(?:的)?"
    r"|档次(?:太|有点)?低(?:了)?|(?:太|有点|略)?(?:寒酸|寒碜|掉价|廉价感|没面子|不上台面)了?[, ]*(?:档次(?:往上|再"
    r"|得)?提(?:一?提|高)?(?:一?[点档])?)?"
    r"|档次(?:往上|再|得|还能)*(?:提|升|高)(?:一?提|高|一?升)?(?:一?[点些档])?|(?:再)?上(?:一)?个档次"
    r"|(?:再)?高(?:一)?个?档|价[格位](?:再|更)高(?:一?点|一?些)?"
    r"|价[格位钱]?[再还得能可以]{0,3}[往向朝]上(?:走|提|抬|拉|涨|浮|挪|调|升|加|来)*(?:一?[点些下])?"
    r"|(?:太|有点)(?:便宜|廉价|low|低端)(?:了)?|(?:再|更)?好(?:一)?(?:点|些)的(?!吗))"
)
_ZH_SIMILAR = (
    r"(?:照着?|按照?|参考|参照|比照|仿照"
    r"|(?:跟|和|与|像|同)?(?:类似|相似|相近|同类型?|同款|同样|一样|差不多|雷同|相仿|接近"
    rf"|(?<![那这哪换])一类(?!的话)|同一个(?:类型|款式|风格|路子|系列|调调)|(?<={ITEMS})一个(?:类型|款式|风格|路子"
    rf"|系列|调调)|同一类|同风格"
    r"|同系列)(?:于)?(?:的|款)?(?:东西|款|产品)?|(?<!好)像(?!样)"
    r"|(?<![先就])(?:这|那)(?:种|样|类|款)(?:的|类型的?|风格的?)?(?=再|还|多(?![少大重长高宽厚深])|来|找|,|$| ))"
)
_ZH_DIFFERENT = (
    r"(?:(?:不要|别|不想要|不)(?:再)?(?:给我)?(?:像|类似)"
    r"|(?:不要|不想要|不看|别给我看)(?:这些|这几个|这批)(?!.{0,2}[牌颜])|^有(?:没有)?别的(?:吗|么)?$"
    r"|不是我想?要的|换(?:一)?[拨波轮]|没有一个(?:合|喜欢|满意|看上|中意)[心意我的]{0,2}|(?:^|(?<=[ ,]))换(?:了|掉"
    r"|吧)?$|没一个(?:喜欢|满意|看上)的?|^不满意|换换$|换一些"
    r"|(?:来|看|推|整|找|换)(?:点|些|个|几个)?(?:别的|其他的?|新的|新鲜的)(?!牌|品牌|颜色)"
    r"|别样的?|别致的?|别的(?:选择|风格|款|样式)|重新(?:推荐?|来)(?:一批|几个|点)?"
    r"|(?:这些|这几个|这批|(?:^|(?<=[ ,;]))全?都)(?:我)?(?:都)?(?:不(?:太|怎么|是很)?(?:喜欢|满意|行|合适|好"
    r"|想要|要|感兴趣)|没(?:看上|兴趣|感觉)|不是我?(?:想)?(?:要|找)的)(?!.{0,3}牌)"
    r"|(?:换(?:一批|几个|几款|一组|一些|点|个|些)?)?"
    r"(?:(?:完全|截然|压根|彻底)|(?:跟|和|与)?(?:这些|这几个|这批|上面|刚才|前面|现在)(?:的|那些)?){0,3}(?:都"
    r"|全)?(?:不重样|不重复|不雷同|不撞款|不一样|不同"
    r"|不沾边|不像|不类似|有区别)(?:类型|风格|种类|款式"
    r"|款)?(?:的)?"
    r"|换(?:一批|几个|几款|几样|几种|一组|一些|点|个|些|换|一换|一下|别的)(?:别的|其他的?|不同的?)?(?!牌|品牌|颜色|类"
    r"|差不多|便宜|同|相似|更|稍|[\ue000-\ue3ff]|爱好|活动|运动|话题)"
    r"|(?:别的|其他的?|其它的?)(?:款|样|款式|东西|产品|类型|种类)"
    r"|(?:给我)?(?:看看|来点|来些|来个|要|试试|看点)(?:别的|其他的|其它的)"
    r"|(?:这些|都)(?:都)?(?:差不多|太像|一个样|大同小异)|给我(?:个|点)惊喜|多样(?:化|性)?)"
)
_ORDER: list[tuple[Relation, str]] = [
    ("different", rf"\b{_DIFFERENT}{_ITS}|{_ZH_DIFFERENT}"),
    ("cheaper", rf"\b{_CHEAPER}(?![a-z]){_ITS}|{_ZH_CHEAPER}"),
    ("dearer", rf"\b{_DEARER}(?![a-z]){_ITS}|{_ZH_DEARER}"),
    ("similar", rf"{_SIMILAR}{_ITS}|(?:^|[,;] ?|\b(?:show me|find|see|me) )like(?= ?{ITEMS})|{_ZH_SIMILAR}"),
]
_PATTERNS = [(relation, re.compile(pattern)) for relation, pattern in _ORDER]
# Where the product compared with is called by its name, before or after the relation.
_POINTING = re.compile(r" (?:the|that|this)$|类似|像")
_NAMED_AFTER = re.compile(r" ?([^,.;!?]*?)(?= (?:but|only|and|under|with|in|for|from)\b|的?(?:$|[,.;!?]|但|不过))")
_NAMED_BEFORE = re.compile(
    r"(?:比|跟|和|与|像|同)([^,.;!?]{2,20})$"
    r"|\blike (?:the|that|your) ([^,.;!?]{2,60}?),?(?: but| only| just)?(?: a bit)? ?$"
)
_OF_BRAND = re.compile(rf"{BRAND}(?:'s)? (?:\w+ ){{0,3}}$")
_ELSE = re.compile(r"\b(?:else|other)\b|别的|其他|其它|换换")
# What says no more than the price limit beside it: "too expensive, under 30".
_COMPLAINT = re.compile(
    rf"{_TOO} (?:{_DEAR}|cheap)|\bcheap(?!er|est)|(?:太|不要|别要|不想要)(?:贵|太?便宜)|too much"
    r"|[别好这那]么?贵|贵[了啊]|最贵|寒[碜酸]|拿得出手|面子|掉价|splurge|budget|broke|afford|save|deal|reasonable|skint"
    r"|\bbit (?:much|rich)|cost|预算"
)


@dataclass(frozen=True, slots=True)
class Critique:
    """A relation, and the text beside it in which a product may be called by its name.

    is_vague: what says it may only go with what is ruled out: "no Halvdal, something else".
    """

    relation: Relation | None = None
    before: str = ""
    after: str = ""
    is_vague: bool = False


def read_relation(turn: Marked, *, has_price: bool) -> Critique:
    """How the wanted products relate to those shown; what says so is cut out of the turn.

    has_price: a limit was said too, so that a complaint about prices says no more than the limit does.
    """
    for relation, pattern in _PATTERNS:
        for match in pattern.finditer(turn.text):
            if "overpriced" in match.group() and _OF_BRAND.search(turn.text[: match.start()]):
                continue  # it says why the brand is not wanted
            if has_price and relation in ("cheaper", "dearer") and _COMPLAINT.search(match.group()):
                continue
            before, after = turn.text[: match.start()], turn.text[match.end() :]
            turn.text = f"{before} , {after}"
            named_after = _NAMED_AFTER.match(after) if _POINTING.search(match.group()) else None
            named_before = _NAMED_BEFORE.search(before)
            return Critique(
                relation,
                before=next(filter(None, named_before.groups())) if named_before else "",
                after=named_after[1] if named_after else "",
                is_vague=bool(_ELSE.search(match.group())),
            )
    return Critique()
