"""The ways in which an explanation may state something that can be looked up, as patterns over a masked text.

They are this checker's own: written from what the sentences say, and shared with nothing that makes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchmarks.second_check.names import MARK
from newaisle.languages import Language
from newaisle.store.rows import Event


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of statement; `pattern` names the groups that have to be looked up."""

    kind: str
    pattern: re.Pattern[str]


_WHO = r"(?:you|(?:the|this|our) (?:customer|user|shopper)|they|he|she)"
_DEED = (
    r"(?P<deed>bought|purchased|ordered|owns?|reviewed|rated (?:so )?highly|rated well|rated|liked|loved|enjoyed"
    r"|looked at|viewed|browsed|returned|chose|picked|selected)\b"
)
_NAME = r"[^,;.]+?"
_HAS = r"(?: have|'ve|’ve| has|'d)?(?: also| already| previously| once| recently)?"
_ROW = rf"(?:the |an? )?(?P<row>{_NAME}),?(?: that| which)? {_WHO}{_HAS} {_DEED}"
_NOUN_OF_ROW = (
    r"(?:your|their|the customer['’]s) (?P<deed>purchase|review|rating|view) of (?:the |an? )?"
    rf"(?P<row>{MARK})"
)
_COUNT = r"(?P<count>\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten)"
_MANY = (
    rf"(?:{_COUNT} (?:other )?(?:products|items|things)(?: that)? {_WHO}{_HAS} (?:chose|chosen|picked)"
    rf"(?: (?:in|from) (?P<incat>{_NAME}))?,?(?: (?:among|one of) (?:them|which)(?: is| was)?| including) )?"
)
_MORE = rf"(?: and (?P<more>others) {_WHO}{_HAS} chose(?: in (?P<inmore>{MARK}|[^,;.]+?(?=[,;.]|$)))?)?"
_IT = rf"(?:it|the product|this product|this|the {MARK}|{MARK})"
_END = r"(?=[,;.!]| and | as well| which | because |$)"
_QUOTES = rf"{MARK}(?:(?:,? and|,|/| &) {MARK})*"

_PRICE = r"\d[\d,.]*(?: [A-Z]{3})?"

_ENGLISH = {
    "unwanted_brand": (
        rf"\b(?:is )?not (?:made )?by (?P<brands>{_NAME}),? as (?:was|you|they|the customer) (?:asked|wanted)"
    ),
    "wanted_brand": rf"\b(?:made )?by (?P<brand>{_NAME}),? as (?:was|you|they|the customer) (?:asked|wanted|wished)",
    "brand": rf"\b(?:made |come |comes )?(?:by|from) (?P<brand>{_NAME}),? (?:just )?like {_MANY}{_ROW}{_MORE}",
    "same_brand": rf"\b(?:of|from|by) the same brand(?:,? (?P<brand>{_NAME}),?)? as {_MANY}{_ROW}",
    "attribute": rf"\bshar(?:es?|ing) (?:the |its )?(?P<name>[\w ]+?) (?P<value>{MARK}) with {_MANY}{_ROW}{_MORE}",
    "words": rf"\b(?:both )?shar(?:es?|ing) (?:the words? )?(?:both )?(?P<words>{_QUOTES}) with {_MANY}{_ROW}{_MORE}",
    "bare_words": rf"\bshar(?:es?|ing) (?:the |its )?(?P<words>{_NAME}(?:,? and [^,;.]+?)?) with {_MANY}{_ROW}",
    "price_level": (
        r"\b(?:at )?(?:about )?(?:the )?same price level (?:in its (?:own )?category )?as "
        rf"{_ROW}(?: (?:is|was))?(?: in its own(?: category)?| in its category)?"
    ),
    "similar": rf"\b(?:very )?similar to {_ROW}",
    "closer": rf"\bdescribed more like {_ROW} than most (?:of|in|products of|products in) (?P<cat>{_NAME}){_END}",
    "together": (
        rf"\b(?P<first>{_IT} was also chosen by )?(?:{_COUNT} other )?customers who chose {_ROW}"
        rf"(?(first)| also chose {_IT})"
    ),
    "counted": rf"\b{_ROW} speaks for {_IT}(?! (?:the )?most)",
    "expected_popularity": (
        rf"\bgoing by other categories of (?:this|the|our) shop,? {_IT} is estimated to find more customers"
        rf" than most of (?P<cat>{_NAME}){_END}"
    ),
    "others_alike": (
        rf"\b{_COUNT} other customers? took an interest in {_IT},? (?:who also|at least one of whom) liked"
        rf" something (?:that )?{_WHO} liked"
    ),
    "others": rf"\b{_COUNT} other customers? (?:also )?(?:took an interest|(?:was|were|are) interested) in {_IT}",
    "often": rf"^often chosen in (?P<cat>{_NAME}){_END}",
    "unchosen": rf"^new in (?P<cat>{_NAME}){_END}",
    "least_price": (
        rf"\bat (?P<price>{_PRICE}),? (?:it |this )?(?:is )?not below (?P<limit>{_PRICE})(?:,? as was asked)?"
    ),
    "mentioned": rf"\bthe catalogue mentions (?P<words>{_QUOTES}) for {_IT}(?:,? as was asked)?",
    "price": r"\bat (?P<price>\d[\d,.]*(?: [A-Z]{3})?),? (?:it |this )?(?:is )?within the limit of "
    r"(?P<limit>\d[\d,]*(?:\.\d+)?(?: [A-Z]{3})?)",
    "excluded": rf"\bthe catalogue does not mention (?P<words>{_QUOTES}) for {_IT}(?:,? as was asked)?",
    "only_brand": rf"\b(?:is |made |is made )by (?P<brand>{_NAME}){_END}",
    "category": rf"\b(?:is )?(?:from|in the category|of the category) (?P<cat>{_NAME}){_END}",
    "deed": rf"(?:the |an? )?(?P<row>{MARK}),?(?: that| which)? {_WHO}{_HAS} {_DEED}",
    "deed_first": rf"\b{_WHO}{_HAS} {_DEED} (?:the |an? )?(?P<row>{MARK})",
    "deed_noun": rf"\b{_NOUN_OF_ROW}",
}

_ZH_WHO = r"(?:您|你|这位顾客|顾客)"
_ZH_DEED = (
    r"(?P<deed>购买过|买过|买了|购买|买|评论过|评价过|评论|评分很高|给过高分|打过高分|喜欢过|喜欢"
    r"|浏览过|看过|浏览|选过|选择过)"
)
_ZH_ROW = rf"(?:{_ZH_WHO}(?:之前|曾经|以前)?{_ZH_DEED}的(?P<row>{MARK}|[^，。；、！]+?))"
_ZH_MANY = rf"{_ZH_WHO}(?:在(?P<incat>{MARK}))?选过的(?P<count>\d+)件商品"
_ZH_WITH = r"[和与跟同]"
_ZH_MORE = rf"(?:以及{_ZH_WHO}(?:在(?P<inmore>{MARK}))?选过的(?P<more>其他)商品)?"
_ZH_IT = r"(?:它|这款商品|这件商品|该商品|这款|这件)"
_ZH_AMONG = rf"，其中有{_ZH_ROW}"
_ZH_QUOTES = rf"{MARK}(?:[、和与]{MARK})*"
_ZH_PRICE = r"\d[\d,.]*(?: ?[A-Z]{3})?"
_ZH_THIS = rf"(?:{_ZH_IT}|{MARK})?"

_CHINESE = {
    "unwanted_brand": rf"{_ZH_THIS}不是(?P<brands>[^，。；]+?)的(?:产品|商品)，符合(?:您的|你的)?要求",
    "least_price": rf"价格(?:是|为)?(?P<price>{_ZH_PRICE})，不低于(?P<limit>{_ZH_PRICE})(?:，符合要求)?",
    "mentioned": rf"商品资料提到了(?P<words>{_ZH_QUOTES})(?:，符合要求)?",
    "wanted_brand": rf"{_ZH_THIS}是(?P<brand>[^，。；]+?)的(?:产品|商品)，符合(?:您的|你的)?要求",
    "excluded": rf"商品资料没有提到(?P<words>{_ZH_QUOTES})(?:，符合要求)?",
    "brand_of_many": rf"{_ZH_WITH}{_ZH_MANY}都是(?P<brand>[^，。；]+?)的(?:产品|商品){_ZH_AMONG}",
    "brand": rf"{_ZH_WITH}{_ZH_ROW}{_ZH_MORE}(?:一样)?都是(?P<brand>[^，。；]+?)的(?:产品|商品)",
    "words_of_many": rf"{_ZH_WITH}{_ZH_MANY}都提到(?:了)?(?P<words>{_ZH_QUOTES}){_ZH_AMONG}",
    "words": rf"{_ZH_WITH}{_ZH_ROW}{_ZH_MORE}都提到(?:了)?(?P<words>{_ZH_QUOTES})",
    "attribute_of_many": rf"{_ZH_WITH}{_ZH_MANY}的(?P<name>[^，。；]+?)都是(?P<value>{MARK}){_ZH_AMONG}",
    "attribute": rf"{_ZH_WITH}{_ZH_ROW}{_ZH_MORE}的(?P<name>[^，。；]+?)都是(?P<value>{MARK})",
    "price_level": rf"{_ZH_WITH}{_ZH_ROW}在各自品类里的价位差不多",
    "closer": rf"(?:它)?的?描述{_ZH_WITH}{_ZH_ROW}更接近，超过(?P<cat>{MARK})的多数商品",
    "similar": rf"{_ZH_WITH}{_ZH_ROW}(?:很)?(?:相似|类似)",
    "together": (
        rf"(?:另有(?P<count>\d[\d,]*)位)?(?P<first>{_ZH_IT}也被)?选了{_ZH_ROW}的顾客(?(first)选购|也选了{_ZH_IT})"
    ),
    "counted": rf"{_ZH_ROW}支持推荐{_ZH_IT}",
    "expected_popularity": rf"根据本店的其他品类推算，{_ZH_IT}会?比(?P<cat>{MARK})的多数商品更受顾客欢迎",
    "others_alike": (rf"另有(?P<count>\d[\d,]*)位顾客对{_ZH_IT}感兴趣，(?:并且|其中有人)也喜欢{_ZH_WHO}喜欢的其他商品"),
    "others": rf"另有(?P<count>\d[\d,]*)位顾客对{_ZH_IT}感兴趣",
    "often": rf"^(?P<cat>{MARK})里常被选购",
    "unchosen": rf"^(?P<cat>{MARK})新品",
    "price": (
        r"价格(?:是|为)?(?P<price>\d[\d,.]*(?: ?[A-Z]{3})?)，在(?P<limit>\d[\d,]*(?:\.\d+)?(?: ?[A-Z]{3})?)的上限之内"
    ),
    "only_brand": rf"(?:{_ZH_IT}|{MARK}|^)?是(?P<brand>[^，。；]+?)的(?:产品|商品)(?=[，。；！]|$)",
    "category": rf"(?:属于|来自)(?P<cat>{MARK})",
    "deed": rf"{_ZH_ROW}(?=[，。；！]|$)",
}
FORMS: dict[Language, tuple[Form, ...]] = {
    "en": tuple(Form(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ENGLISH.items()),
    "zh": tuple(Form(kind.removesuffix("_of_many"), re.compile(pattern)) for kind, pattern in _CHINESE.items()),
}
EVENT_VERBS: dict[str, Event] = {
    **dict.fromkeys("bought purchased ordered own owns purchase 购买过 买过 买了 购买 买".split(), Event.PURCHASE),
    **dict.fromkeys("reviewed review 评论过 评价过 评论".split(), Event.REVIEW),
    **dict.fromkeys(["looked at", "viewed", "browsed", "view", "浏览过", "看过", "浏览"], Event.VIEW),
    "returned": Event.RETURN,
}
RATED = frozenset({"rated", "rating"})
RATED_HIGHLY = frozenset({"rated highly", "rated so highly", "rated well", "评分很高", "给过高分", "打过高分"})
LIKED = frozenset({"liked", "loved", "enjoyed", "like", "喜欢过", "喜欢"})
CHOSEN = frozenset({"chose", "picked", "selected", "选过", "选择过"})
NEGATION = {
    "en": re.compile(r"\b(?:not|no|never|neither|nor|without|hardly|cannot|\w+n['’]t)\b", re.IGNORECASE),
    "zh": re.compile(r"不(?!错)|没|非(?!常)|未|无"),
}
COUNTS = {name: number for number, name in enumerate("one two three four five six seven eight nine ten".split(), 1)}
