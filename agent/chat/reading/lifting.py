"""Constraints that are lifted: "forget the price", "any brand is fine", 价格无所谓, "wool is fine after all"."""

from __future__ import annotations

import re

from agent.chat.intent import Lifted
from agent.chat.reading.text import BRAND, TOPIC, WORD, Marked

_TARGETS: dict[Lifted, str] = {
    "price": r"prices?(?: limits?| range)?|budgets?|money|costs?|limits?(?= |$|,)"
    r"|how much (?:it|they|i) (?:costs?|spend)|spend(?:ing)?|价格|价钱|价位|预算|多少钱|钱|价(?!值)"
    r"|贵",
    "brands": r"brands?|makers?|makes|labels?|manufacturers?|牌子|品牌|厂家|哪家|who (?:makes?|made)",
    "words": r"colou?rs?|materials?|sizes?|shapes?|styles?|weights?|features?|颜色|材质|材料|尺寸|大小|款式|重量|样式",
    "exclude": r"exclusions?|what i (?:excluded|ruled out)|排除的?",
}
# What is lifted, alone or as a list: "the price", "price and brand".
_T = "(?:" + "|".join(f"(?:{pattern})" for pattern in _TARGETS.values()) + ")"
_THE = r"(?:(?:which|what|about|on|with|for|of|my|the|a|any|that|this|all|both|previous|old|earlier|said) )*"
_END = (
    r"(?: (?:thing|part|bit|limits?|restrictions?|constraints?|filters?|requirements?|conditions?|rules?"
    r"|range|preference))?"
)
_LIST = rf"(?P<what>{_T}{_END}(?: ?(?:,|and|or|&|/) ?{_THE}{_T}{_END})*)"
# Verbs that lift, and what says that a thing is fine.
_DROP = (
    r"(?:forget|drop|scrap|ignore|remove|lift|cancel|never ?mind|lose|ditch|clear|delete|skip|relax"
    r"|disregard|take off|reset|get rid of|don't (?:care|mind|bother|worry)|do not care|couldn't care less"
    r"|who cares|i'm flexible|not fussy|not picky|no need to (?:care|mind|watch|worry|limit|set|have))"
)
_FINE = r"(?:fine|ok|okay|good|great|allowed|alright|all right|welcome|allowed|possible|acceptable|cool|do|works?|goes)"
# The same in Chinese.
_ZH_LIST = rf"(?P<what>{_T}(?: ?(?:和|跟|与|、|及|以及|还有|,) ?{_T})*)"
_ZH_ANY = (
    r"(?:无所谓|不限制?|不作限制|随意|随便|不管|不重要|不是(?:问题|事儿?)|没关系|不用管|别管|甭管|不考虑"
    r"|不在乎|不在意|不要紧|没要求|不计较|不设限|不挑|取消|去掉|放开|忽略|不论|任意|可以忽略|好说|不设上限"
    r"|没上限|上不封顶|没限制|没有限制|不做要求|(?:都|全)(?:可以|行|好|ok|没问题))"
)
# 除了火石记，别的牌子都行 lifts nothing.
_NOT_OTHERS = "(?<!别的)(?<!其他)(?<!其它)(?<!其他的)(?<!其它的)(?<!另外的)(?<!个)(?<!别)(?<!其他)(?<!其它)"
_ZH_LIMITS = r"(?:的?(?:限制|要求|条件|上限|范围))?"
_PATTERNS = [
    re.compile(pattern)
    for pattern in (
        rf"\b{_DROP} {_THE}{_LIST}(?: for now| completely| altogether| then| again| now)?",
        rf"\b{_THE}{_LIST}(?: really| just| actually)? (?:doesn't|does not|don't|isn't|is not|aren't|is no"
        r"|are no|'s not|'s no|no longer|is|are) ?(?:really |actually )?(?:matter|matters|important"
        r"|(?:an? |my |any )?(?:issue|problem|concern|factor|worry|priority|consideration)|relevant|count"
        r"|object|irrelevant|unimportant|not important|flexible|open|no longer important|(?:all )?up to you"
        r"|your (?:call|choice)|optional|negotiable|secondary|whatever)(?: to me)?(?: any ?more| any longer"
        r"| now)?",
        rf"(?<!at )\b(?:any|all|whatever|whichever|every) (?P<what>{_T}){_END}(?: (?:is|are|will|would|'s"
        rf"|you like|you want|it is|that is))?(?: be)?(?: (?:just )?(?:{_FINE}))?(?! (?:but|except|other than"
        r"|apart|besides|bar)\b)",
        rf"\b(?:no|without(?: any)?) (?P<what>{_T}) (?:limits?|restrictions?|constraints?|preferences?"
        r"|ceiling|cap)(?: any ?more)?",
        rf"\b(?:regardless of|no matter|irrespective of|independent of) {_THE}{_LIST}",
        rf"\bopen to (?:any|all) (?P<what>{_T})",
        r"(?P<what>money) no object",
        r"\b(?:don't|do not|doesn't) (?:care|mind|matter) (?P<what>who (?:makes?|made)) (?:it|them|that)",
        rf"\bno (?:more )?(?:limits?|restrictions?|caps?) (?:on|to|for) {_THE}{_LIST}",
        rf"\b{_THE}{_LIST} (?:off|gone|away)(?= ?(?:$|[,.!?;]))",
        rf"\bchanged my mind (?:about|on) {_THE}{_LIST}",
        rf"\b{_THE}{_LIST} can be (?:anything|any|whatever)",
        r"\b(?:don't|do not|no longer|stop) (?:limit|limiting|restrict|restricting|filter"
        rf"|filtering) (?:it )?(?:by |on )?{_THE}{_LIST}",
        rf"\b(?:without|no) {_THE}(?P<what>{_T}) (?:limits?|restrictions?|cap|filter)",
        r"(?:whatever|no matter what|i don't (?:mind|care) (?:what|how much)) (?:it|they) (?P<what>cost)s?"
        r"|at any (?P<any>price)",
        rf"{_NOT_OTHERS}(?:前面|之前|刚才|刚刚|上面|原来)?(?:说的|的)?{_ZH_LIST}{_ZH_LIMITS} ?(?:上"
        rf"|方面)?(?:我|就|也|都|全|可以|先|已经|已|现在|什么的|的话)*{_ZH_ANY}(?:掉|了|吧|啦)*",
        r"(?:不用管|不用考虑|不必考虑|不需要考虑|别考虑|别管|不管|甭管|忘掉|忘了|忘记|取消|去掉|不在乎"
        r"|不在意|无视|忽略|不考虑|不要求|不限|不论|不看|不挑|不认|解除|放开)(?:掉|了)?(?:那个|这个|之前的"
        rf"|什么|哪个|哪种|是什么|是哪个)?{_ZH_LIST}{_ZH_LIMITS}(?:了|吧)?",
        rf"(?:什么|啥|哪个|哪种|任何)(?:样的?)?(?P<what>{_T})(?:的)?(?:我|你)?(?:都|也)(?:可以|能|会|行|好|成"
        r"|没问题|无所谓)?(?:了)?",
        rf"(?:无论什么|不管什么|随便什么|随便哪个|随便哪种)(?:样的?)?(?P<what>{_T})",
        rf"没有?(?P<what>{_T})(?:限制|要求|偏好)了?",
        rf"{_NOT_OTHERS}(?P<what>{_T})(?:都|也)(?:可以|行)了?",
        r"(?P<what>(?:再|多)贵|贵贱|贵一?点?便宜一?点?)(?:都|也)?(?:行|可以|没关系|没事|无所谓|不在乎)",
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
    rf"|{_THING} (?:isn't|is not|is no longer|are no longer) (?:really )?(?:necessary|needed|required|a must"
    r"|essential)(?: any ?more)?"
    rf"|(?:forget|never ?mind|ignore|scrap)(?: about)?(?: the)? {_THING}(?= ?(?:$|[,.!?;]))"
    rf"|(?:不一定|不见得|不是非)(?:要|得|是|非要|非得|用)*{_THING}的?(?:了|也行|也可以|不可)*"
    r"|(?:不用|不必|没必要|不需要|不非得|无需|可以不|不)(?:要|得|是|非要|非得|必须)(?:是"
    rf"|用)?{_THING}的?(?:了|也行|也可以)+|(?:不用|不必|没必要|不需要|无需)(?:再)?{_THING}的?了"
    rf"|(?:不用|不必|没必要|不需要)(?:非要|非得|一定要|必须)(?:是|用)?{_THING}的?"
)
# "wool is fine after all", 羊毛也可以了: what was ruled out may be shown again.
_AFTER_ALL = r"(?: (?:after all|again|now|too|as well|actually|anyway|by me|with me|for me))+"
_IS_FINE = r"(?:fine|ok|okay|allowed|alright|all right|acceptable|welcome)"
_ALLOWED = re.compile(
    rf"(?P<thing>{_THING}|{BRAND})(?:'s| is| are| would be)? (?:also )?(?:{_IS_FINE}(?P<again>{_AFTER_ALL})?"
    rf"|{_FINE}(?P<more_again>{_AFTER_ALL}))(?=$| ?[,.!?;]| but)"
    r"|(?:allow|permit|bring back|you can (?:show|include)|i don't mind|don't mind"
    rf"|never ?mind the) (?P<one>{_THING}|{BRAND})(?P<more> again| after all| too)?"
    rf"|(?:it |they )?(?:can|could|may) (?:also )?be (?P<be>{_THING})(?: (?:again|too|as well|after all"
    r"|now))+"
    rf"|(?P<han>{_THING}|{BRAND})(?:的)?(?:现在|其实|这次|又|倒|,| )*(?:也|又)(?:可以|行|能接受|没关系|没事"
    r"|无妨|不排斥|无所谓|ok|好)(?:了|吧|的)*"
    rf"|(?:可以|能|也能|也可以)(?:有|接受|考虑|看|用|是)(?P<yes>{_THING}|{BRAND})(?:的)?了"
)


def read_lifted(turn: Marked) -> list[Lifted]:
    """The kinds of constraint that a turn lifts by their names; what says so is cut out."""
    found: list[Lifted] = []
    for pattern in _PATTERNS:
        for match in turn.take(pattern):
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
    if turn.take(_NEEDLESS):
        found.append("words")
    turn.replace(_ALLOWED, lambda match: _allowed(match, found))
    return found


def _allowed(match: re.Match[str], found: list[Lifted]) -> str | None:
    thing = next(match[name] for name in ("thing", "one", "be", "han", "yes") if match[name])
    is_brand = bool(re.match(BRAND, thing))
    if is_brand and match["thing"] and not (match["again"] or match["more_again"]):
        return None  # "halvdal is fine": it is wanted
    found.append("brands" if is_brand else "exclude")
    return " , "
