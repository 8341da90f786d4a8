"""Constraints that are lifted: "forget the price", "any brand is fine", 价格无所谓, "wool is fine after all"."""

from __future__ import annotations

import re

from newaisle.agent.chat.intent import Lifted
from newaisle.agent.chat.reading.text import BRAND, TOPIC, WORD, Marked

_TARGETS: dict[Lifted, str] = {
    "price": r"prices?(?: limits?| range)?|budgets?|money|costs?|limits?(?= |$|,)"
    r"|how much (?:it|they|i) (?:costs?|spend)|spend(?:ing)?|价格|价钱|价位|预算|多少钱|钱(?!包)|价(?!值)"
    r"|贵",
    "brands": r"brands?|makers?|makes|make(?=$| ?[,.!;]| (?:is|will|would|are|does|or|and) )"
    r"|labels?|manufacturers?|compan(?:y|ies)|firms?|牌子"
    r"|品牌|厂家|哪家|who (?:(?:makes?|made)(?: (?:it|them|that|this|these))?"
    r"|(?:it's|it is|they're|they are) (?:made )?(?:by|from))",
    "words": r"colou?rs?|materials?|sizes?|shapes?|styles?|weights?|features?|颜色|材质|材料|尺寸|大小|款式|重量|样式",
    "exclude": r"exclusions?|what i (?:excluded|ruled out)|排除的?",
}
# What is lifted, alone or as a list: "the price", "price and brand".
_T = "(?:" + "|".join(f"(?:{pattern})" for pattern in _TARGETS.values()) + ")"
_THE = (
    r"(?:(?:which|what|max|maximum|min|minimum|upper|about|on|with|for|of|by|over|to|regarding"
    r"|my|the|a|any|that|this|all|both|previous|old|earlier|said) )*"
)
_END = (
    r"(?: (?:thing|part|bit|limits?|restrictions?|constraints?|filters?|requirements?|conditions?|rules?"
    r"|caps?|ceiling|stuff|range|preference))?"
)
_LIST = rf"(?P<what>{_T}{_END}(?: ?(?:,|and|or|&|/) ?{_THE}{_T}{_END})*)"
# Verbs that lift, and what says that a thing is fine.
_DROP = (
    r"(?:forget|drop|scrap|ignore|remove|lift|cancel|never ?mind|lose|ditch|clear|delete|skip|relax"
    r"|disregard|take off|reset|get rid of|sod|bugger|screw|stuff(?= the )|bin|dump|to hell with|take away|let go of"
    r"|(?:not|no longer|isn't|never) (?:\w+ )?(?:bothered|fussed|worried|concerned|precious|hung up|strict|picky|fussy"
    r"|particular|attached|tied|wedded|loyal)|doesn't matter|does not matter"
    r"|(?:not|without|stop|no need to) (?:worry|worrying"
    r"|fuss|fussing|bother|bothering|caring)|makes no difference|no longer (?:care|mind)"
    r"|(?:i'm |am |we're |pretty |quite )+(?:flexible|easy|open|relaxed)|no (?:fixed|set|strong)|stop worrying"
    r"|don't (?:fuss|fret|stress|hold back|sweat)|don't (?:care|mind|bother|worry)|do not care|couldn't care less"
    r"|who cares|i'm flexible|not fussy|not picky|no need to (?:care|mind|watch|worry|limit|set|have))"
)
_FINE = (
    r"(?:fine|ok|okay|good|great|allowed|alright|all right|welcome|allowed|possible|acceptable|cool|do|works?"
    r"|goes|grand"
    r"|no bother|no problem|not (?:so|that|too) bad)"
)
# The same in Chinese.
_ZH_LIST = rf"(?P<what>{_T}(?: ?(?:和|跟|与|、|及|以及|还有|,) ?{_T})*)"
_ZH_ANY = (
    r"(?:无所谓|不限制?|不作限制|随意|随便|不管|不重要|不是(?:问题|事儿?)|没关系|不用管|别管|甭管|不考虑"
    r"|不在乎|不在意|不要紧|没要求|不讲究|没讲究|不苛求|不强求|没所谓|不过问|不计较|不设限|不挑|无上限|无限制|无要求|不卡|不拘|不局限|不较真|都成|都中|都得"
    r"|随缘|看着办|听你的|你定|你看着来|放宽|松开|取消|去掉|放开|忽略|不论|任意|可以忽略|好说|不设上限"
    r"|没上限|上不封顶|没限制|没有限制|不做要求|(?:都|全)(?:可以|行|好|ok|成|中|没问题|无妨))"
)
# 除了火石记，别的牌子都行 lifts nothing.
_NOT_OTHERS = "(?<!别的)(?<!其他)(?<!其它)(?<!其他的)(?<!其它的)(?<!另外的)(?<!个)(?<!别)(?<!其他)(?<!其它)"
_ZH_LIMITS = r"(?:的?(?:限制|要求|条件|上限|范围))?"
_PATTERNS = [
    re.compile(pattern)
    for pattern in (
        rf"\b{_DROP} {_THE}{_LIST}(?: for now| completely| altogether| then| again| now)?",
        rf"\b{_THE}{_LIST}(?: really| just| actually)?(?: (?=[a-z])|(?='))(?:doesn't|does not|don't|isn't"
        r"|is not|aren't|is no"
        r"|are no|'s not|'s no|no longer|is|are) ?(?:really |actually )?(?:matter|matters|important"
        r"|(?:an? |my |any |the )?(?:big )?(?:issue|problem|concern|factor|worry|priority|consideration|deal"
        r"|biggie|fuss|bother"
        r"|deal-?breaker|must|be-all)|relevant|count|bother(?:s)?|necessary|crucial|critical|essential|needed|fussed"
        r"|object|irrelevant|unimportant|not important|flexible|open|no longer important|(?:all )?up to you"
        r"|your (?:call|choice)|optional|negotiable|secondary|whatever)(?: to me)?(?: any ?more| any longer"
        r"| now)?",
        rf"(?<!at )\b(?:any|all|whatever|whichever|every) (?P<what>{_T}){_END}(?:'s)?(?: (?:is|are|will|would|'s"
        rf"|you like|you want|it is|that is))?(?: be\b)?(?: (?:just )?(?:{_FINE}))?(?! (?:but|except|other than"
        r"|apart|besides|bar)\b)",
        rf"\b(?:no|without(?: any)?) (?P<what>{_T}) (?:limits?|restrictions?|constraints?|preferences?"
        r"|ceiling|cap)(?: any ?more)?",
        rf"\b(?:regardless of|no matter|irrespective of|independent of) {_THE}{_LIST}",
        rf"\bopen to (?:any|all) (?P<what>{_T})",
        r"(?P<what>money) no object",
        rf"\bover (?:the |this |all this )(?:whole |entire )?(?P<what>{_T}) (?:thing|business)",
        rf"\bstop (?:filtering|limiting|sorting|going) (?:it |by |on )*(?P<what>{_T})",
        rf"\b{_THE}{_LIST} (?:plays?|has|have) no (?:role|part|bearing)(?: (?:for me|now|any ?more|here))*",
        rf"\b(?P<what>{_T})\?+,? (?:i )?(?:don't (?:mind|care)|whatever|any|no preference|doesn't matter"
        r"|not fussed|not bothered)"
        r"(?: about (?:it|that))?",
        r"spare no (?P<what>cost|money)|(?:the )?sky's the (?P<sky>limit)(?P<none>)|money to (?:burn|spare)(?P<burn>)",
        r"\b(?:don't|do not|doesn't) (?:care|mind|matter) (?P<what>who (?:makes?|made)) (?:it|them|that)",
        rf"\bno (?:more )?(?:limits?|restrictions?|caps?) (?:on|to|for) {_THE}{_LIST}",
        rf"\b{_THE}{_LIST}(?:'s| is| are)? (?:off|gone|away)(?= ?(?:$|[,.!?;]))",
        rf"\bchanged my mind (?:about|on) {_THE}{_LIST}",
        rf"\b{_THE}{_LIST} can be (?:anything|any|whatever)",
        r"\b(?:don't|do not|no longer|stop) (?:limit|limiting|restrict|restricting|filter"
        rf"|filtering) (?:it )?(?:by |on )?{_THE}{_LIST}",
        rf"\b(?:without|no) {_THE}(?P<what>{_T}) (?:limits?|restrictions?|cap|filter)",
        r"(?:whatever|no matter what|(?:i )?(?:don't|do not|couldn't) (?:mind|care|give a \w+|care less)"
        r" (?:about )?(?:what|how much)) (?:it|they) (?P<what>cost)s?"
        r"|at any (?P<any>price)",
        rf"{_NOT_OTHERS}(?<!不限)(?<!不管)(?<!不挑)(?<!不论)(?<!别管)(?<!不看)(?:前面|之前|刚才|刚刚|上面|原来)?(?:说的"
        rf"|的)?{_ZH_LIST}{_ZH_LIMITS} ?(?:上"
        rf"|方面)?(?:我|你|就|也|都|全|可以|先|已经|已|现在|什么的|的话)*{_ZH_ANY}(?:掉|了|吧|啦)*",
        r"(?:不用管|不用考虑|不必考虑|不需要考虑|别考虑|别管|不管|甭管|忘掉|忘了|忘记|取消|去掉|不在乎"
        r"|不在意|无视|忽略|不考虑|不要求|不限|不论|不看|不挑|不认|解除|放开|放宽|不介意|别介意|别卡|不卡|别限|不限定"
        r"|别限定|别盯着?|别局限于?|不局限于?|别纠结|不纠结|别拘泥"
        r"|不用盯着?)(?:掉|了)?(?:我)?(?:刚才|之前|前面|原来|先前)?(?:说|定|设|提)?(?:的)?(?:那个|这个|之前的"
        rf"|什么|哪个|哪种|是什么|是哪个)?{_ZH_LIST}{_ZH_LIMITS}(?:了|吧)?",
        rf"(?:什么|啥|哪个|哪种|任何)(?:样的?)?(?P<what>{_T})(?:的)?(?:我|你)?(?:都|也)(?:可以|能|会|行|好|成"
        r"|没问题|无所谓)?(?:了)?",
        rf"(?:无论什么|不管什么|随便什么|随便哪个|随便哪种)(?:样的?)?(?P<what>{_T})",
        rf"没有?(?P<what>{_T})(?:限制|要求|偏好|上限|顾虑|概念|压力)了?",
        rf"{_NOT_OTHERS}(?P<what>{_T})(?:都|也)(?:可以|行)了?",
        r"(?P<what>(?:再|多)贵|贵贱|贵一?点?便宜一?点?|贵[一两几]倍|贵几[十百])(?:都|也)?(?:行|可以|没关系|没事"
        r"|无所谓|不在乎)",
    )
]
_THING = f"(?:{WORD}|{TOPIC})"
# "cancel the no wool thing"
_NO_LONGER_NOT = re.compile(
    rf"{_DROP} (?:about )?(?:the |my |that )*no[- ](?P<what>{_THING}|{BRAND})(?: (?:thing|rule|part|filter|bit|limit))?"
)
# "it doesn't have to be titanium", 不用非得是钛的.
_NEEDLESS = re.compile(
    r"(?:it |they |that |this )?(?:doesn't|don't|does not|do not|needn't|no longer|not) (?:have|need|has"
    rf"|needs) to (?:be|have) ?(?:a |in |made of )*{_THING}(?: (?:any ?more|actually|though|after all"
    rf"|really))*|no need (?:for (?:it|that|this|them) )?to be {_THING}"
    r"|(?:fine|ok|okay|alright|all right|no problem|good) if (?:it|they|that) ?(?:isn't|is not|aren't|are not"
    rf"|'s not) {_THING}"
    rf"|(?:don't|do not|not) need (?:it|them|one)(?: to be)? {_THING}"
    rf"|(?:it |they )?(?:needn't|need not) be {_THING}(?: (?:any ?more|after all|now|though))*"
    rf"|(?:the )?{_THING}(?: (?:bit|part|thing|requirement|rule|stuff))?(?: (?:isn't|is not|is no longer|are no longer"
    r"|aren't|is|are|doesn't|no longer|does not)|'s not|'s)"
    r" (?:really |that |so |actually |all that )*(?:necessary|needed|required|a must|essential|important|crucial|vital"
    r"|optional|matters?|a (?:deal ?breaker|big deal|priority))(?: any ?more| any longer| after all| to me| now)*"
    rf"|(?:forget|drop|lose|scrap|ignore|remove|ditch|skip|cancel|never ?mind)(?: about)? (?:the |that |my )*{_THING}"
    r" (?:bit|part|requirement|condition|filter|rule|constraint|thing|request)\b"
    rf"|(?:doesn't|does not|don't|do not) (?:matter|mind|care) (?:if|whether) (?:it's|it is|they're|it isn't|it's not)"
    rf"(?: not)? {_THING}(?: or not| any ?more)*"
    rf"|(?:forget|never ?mind|ignore|scrap)(?: about)?(?: the)? {_THING}(?= ?(?:$|[,.!?;]))"
    rf"|(?:不用|不必|不是|没有?|不)(?:是|带|用|有)?{_THING}的?也(?:行|可以|成|没关系|无所谓|ok|能接受|好)(?:了|吧)*"
    rf"|{_THING}的?(?:这个|那个|这条|那条)?(?:条件|要求|标准)(?:可以|就|先|也|给我| )*(?:去掉|取消|不要了|放开|拿掉"
    rf"|删掉|撤掉|删了|作废|免了)了?"
    rf"|(?:不要求|不强求|不再要求|不硬性要求|不再需要){_THING}的?了?"
    rf"|{_THING}的?(?:不是|不算|并非|不再是)(?:必须|必要|刚需|硬性|一定|非要|必需)(?:的|要求|条件|品)*了?"
    rf"|{_THING}(?:可有可无|不强求|不要求|不重要)了?"
    rf"|(?:无所谓|不在乎|不在意|不管|不要求|不强求)(?:它)?(?:是不是|是否|要不要|有没有|带不带|能不能|非要)(?:要|是|带"
    rf"|有)?{_THING}的?"
    rf"|(?:不用|不必|没必要|不需要|无需|别|取消)(?:再)?(?:限定|限制|局限|指定|要求|卡|盯着)(?:是|在|于"
    rf"|成)?{_THING}的?了?"
    rf"|(?:是不是|是否|有没有|带不带){_THING}的?(?:都|也|我|其实)*(?:无所谓|不重要|可以|行|没关系|不要紧|不在乎"
    rf"|不介意)了?"
    rf"|(?:不一定|不见得|不是非)(?:要|得|是|非要|非得|用)*{_THING}的?(?:了|也行|也可以|不可)*"
    r"|(?:不用|不必|没必要|不需要|不非得|无需|可以不|不(?=得|是|非|必须))(?:要|得|是|非要|非得|必须)(?:是"
    rf"|用)?{_THING}的?(?:了|也行|也可以)+|(?:不用|不必|没必要|不需要|无需)(?:再)?{_THING}的?了"
    rf"|(?:不用|不必|没必要|不需要)(?:非要|非得|一定要|必须)(?:是|用)?{_THING}的?"
)
# What was said before of a thing that is fine now: 刚才说不要铸铁的.
_WAS_NOT = re.compile(
    r"(?:刚才|刚刚|之前|前面|先前|上面|原来|一开始|早先|本来|原先)(?:我|我们)?(?:说|讲|提|写|设|讲过|说过|是|让你|让"
    r"|叫你|跟你说|跟你说过)?(?:了|过|的|是)?"
    rf"(?:不要|不想要|不用|别要|不推|别推|不推荐|排除|不吃|不能有|不看|不喜欢|讨厌|嫌|不接受|不考虑)(?:含|带|有"
    rf"|用)?{_THING}(?:的|了|来着|吗)*[ ,.]*"
)
_BROUGHT_BACK = re.compile(
    rf"(?:刚才|之前|前面)?(?:说|设)?的?(?P<barred>{_THING}|{BRAND})的?(?:限制|禁令|屏蔽|黑名单|过滤)(?:可以|就|先|也"
    rf"|给我| )*(?:解除|去掉|取消"
    r"|不要了|放开|拿掉|撤掉|作废)了?|"
    rf"(?:把)?(?:之前|刚才|前面)?(?:屏蔽|排除|去掉|剔除|不要|拉黑|过滤)?(?:掉)?的?(?P<what>{_THING}|{BRAND})(?:的"
    rf"|家)?(?:可以|现在|又|也|再|给我|都| )*"
    r"(?:加回来?|放出来|放回来?|恢复|找回来|解禁|解封|解除|捞回来)(?:了|吧)*"
)
_FINE_NOW = re.compile(
    r"(?:刚才|刚刚|之前|前面|先前|上面|原来|一开始|早先|本来|原先|上次)(?:我|我们)?(?:说|讲|提|让你|让|叫你"
    r"|跟你说)?(?:了|过|的)?"
    rf"(?:不要|不想要|不用|别要|排除|不看|不喜欢|不接受|不考虑|不推|别推|不让推|不让你推|不推荐|别看)(?:含|带|有"
    rf"|用)?(?P<what>{_THING}|{BRAND})(?:的|了|来着"
    r"|家)*[ ,.]*"
    r"(?:现在|如今|这次|这会儿|眼下|今天)(?:又|也|都|我)*(?:随便|无所谓|可以|行|不介意|解除|放开|取消|没事|没关系|ok"
    r"|不用管|撤回|算了|不计较|想开了)(?:了|吧)*"
)
# "wool is fine after all", 羊毛也可以了: what was ruled out may be shown again.
_AFTER_ALL = r"(?: (?:after all|again|now|too|as well|actually|anyway|by me|with me|for me))+"
_IS_FINE = r"(?:fine|ok|okay|allowed|alright|all right|acceptable|welcome)"
_ALLOWED = re.compile(
    rf"(?P<thing>{_THING}|{BRAND})(?:'s| is| are| would be)? (?:also )?(?:{_IS_FINE}(?P<again>{_AFTER_ALL})?"
    rf"|{_FINE}(?P<more_again>{_AFTER_ALL}))(?=$| ?[,.!?;]| but)"
    rf"|(?P<now>{_THING}|{BRAND})的?(?:现在|如今|眼下|这次|今天|后来)(?:我|又|都|,| )*(?:可以接受|能接受|不介意|不排斥"
    r"|可以|行|没关系|没事|ok|能用|能要|能穿|能吃|没问题)(?:了|啦)"
    rf"|forget (?:about )?what i said (?:about|on) (?:the |no )*(?P<said>{_THING}|{BRAND})"
    r"|(?:i've |i )?(?:changed my mind (?:about|on)|com(?:e|ing) (?:a?round|back) to|warm(?:ed"
    rf"|ing)(?: up)? to) (?:the )?(?P<back>{_THING}|{BRAND})"
    rf"|(?:too|so|very) (?:strict|harsh|hard|picky|fussy) (?:about|on|with) (?:the )?(?P<strict>{_THING}|{BRAND})"
    rf"|(?:put|let|bring|take|have) (?:the )?(?P<in_again>{_THING}|{BRAND}) back(?: in| on(?: the list)?)?\b"
    rf"|give (?P<chance>{BRAND}) (?:another|a second) (?:chance|go|try)"
    rf"|(?P<table>{_THING}|{BRAND})(?:'s| is| are)? back on(?: the (?:table|menu|list))?"
    r"|(?:allow|permit|bring back|(?:you|we) can (?:show|include|have|bring back|use)(?: me"
    r"| us)?(?= \S (?:again|too|now"
    r"|after all))|you can (?:show|include)|i don't mind|don't mind|(?:can|could) live with"
    r"|(?:ok|fine|happy|cool) with(?= \S (?:again|now|after all|actually|too))"
    rf"|never ?mind the) (?P<one>{_THING}|{BRAND})(?P<more> again| after all| too)?"
    rf"|(?:it |they )?(?:can|could|may) (?:also )?be (?P<be>{_THING})(?: (?:again|too|as well|after all"
    r"|now))+"
    rf"|(?P<han>{_THING}|{BRAND})(?:的)?(?:现在|其实|这次|又|倒|如今|眼下|目前|今天|这回|我|咱|俺|勉强|反正|好像|应该"
    rf"|,| )*(?:也|又)(?:可以|行"
    r"|能接受|可以接受|没关系|没事"
    r"|无妨|不排斥|无所谓|ok|好|成|能行|凑合|没问题|能考虑|可以考虑|不介意|能要|可以要)(?:了|吧|的)*"
    rf"|(?<!不)(?:可以|也能|能)(?:有|接受)(?P<yes_too>{_THING}|{BRAND})(?:的)?$"
    rf"|(?:可以|能|也能|也可以)(?:有|接受|考虑|看|用|是)(?P<yes>{_THING}|{BRAND})(?:的)?了"
)


_NAMES = ("thing", "back", "in_again", "chance", "table", "strict", "said", "one", "be", "now", "han", "yes", "yes_too")


# 除铜以外啥材质都行: what is said of the rest lifts nothing.
_OF_REST = re.compile(r"除.{1,8}外|除了|只要不是")
_ANY_OTHER = re.compile(r"什么|啥|哪|任何|都|全")
# 不是非Halvdal不可
_NOT_ONLY = re.compile(
    rf"(?:不是非|不一定非?要?是?|不用非得?是?|不必非得?是?)(?:要|得|买)?{BRAND}(?:家|的"
    rf"|家的)?(?:不可|了|也行)*"
)


def read_lifted(turn: Marked) -> list[Lifted]:
    """The kinds of constraint that a turn lifts by their names; what says so is cut out."""
    found: list[Lifted] = []
    is_of_rest = bool(_OF_REST.search(turn.text))
    for pattern in _PATTERNS:
        for match in turn.take(pattern):
            if is_of_rest and _ANY_OTHER.search(match.group()):
                continue
            found += [
                name
                for name, target in _TARGETS.items()
                if re.search(rf"(?<![a-z])(?:{target})", match["what"] or "price")
            ]
    return found


def read_allowed(turn: Marked) -> list[Lifted]:
    """What a turn lifts by naming a word or a brand that had been said before: the words of a turn are marked."""
    found: list[Lifted] = []
    for match in turn.take(_NO_LONGER_NOT):
        found.append("brands" if re.match(BRAND, match["what"]) else "exclude")
    if turn.take(_NOT_ONLY):
        found.append("brands")
    if turn.take(_NEEDLESS):
        found.append("words")
    turn.replace(_ALLOWED, lambda match: _allowed(match, found))
    for match in [*turn.take(_FINE_NOW), *turn.take(_BROUGHT_BACK)]:
        thing = next(filter(None, match.groupdict().values()))
        found.append("brands" if re.match(BRAND, thing) else "exclude")
    if found:
        turn.take(_WAS_NOT)
    return found


def _allowed(match: re.Match[str], found: list[Lifted]) -> str | None:
    thing = next(match[name] for name in _NAMES if match[name])
    is_brand = bool(re.match(BRAND, thing))
    if is_brand and match["thing"] and not (match["again"] or match["more_again"]):
        return None  # "halvdal is fine": it is wanted
    found.append("brands" if is_brand else "exclude")
    return " , "
