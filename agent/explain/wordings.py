"""How a text may word its claims, in each language, as regular expressions over normal text (see `Wording.normal`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from agent.explain.sentences import Language
from store.rows import Event
from store.words import words


@dataclass(frozen=True, slots=True)
class Wording:
    """Patterns of one language. `row` is filled in with a deed; the claims with `row` and what they are about.

    The groups `row` and `product` catch what has to be a stretch of that product's title.
    """

    normal: Callable[[str], str]  # in lower case and without punctuation
    deeds: dict[Event, str]
    row: str
    brand: str
    words: str
    price_level: str
    similar: str
    closer: str
    aside: str  # what may be said of brand and category without a claim
    opening: str  # up to the verb, or to a claim that has been taken out
    suiting: str  # that the product suits the customer
    connecting: frozenset[str]  # what holds a sentence together and says nothing: no praise, nothing that denies
    gap: str  # between words


_ENGLISH = Wording(
    normal=lambda text: " ".join(words(text)),
    deeds={
        Event.PURCHASE: "bought|purchased|own",
        Event.REVIEW: "reviewed",
        Event.RATING: "rated highly|rated",
        Event.LIKE: "liked",
        Event.VIEW: "looked at|viewed",
    },
    row=r"(?:the |a |an |your )?(?P<row>\S.*?)(?: that| which)? (?:you|you've)(?: have)?(?: also)? (?:{deed})\b",
    brand=r"\b(?:made )?by {brand}(?: and)?(?: is)?(?: just)? like {row}",
    words=r"\bshare (?:both |the )*(?:{name} )?(?:{words})(?:(?: and)?(?: the)? (?:{words}))* with {row}",
    price_level=r"\bat about the same price level in its category as {row}(?: is| was)? in its(?: own)?\b",
    similar=r"\bsimilar to {row}",
    closer=r"\bdescribed more like {row} than most of {category}\b",
    aside=r"\b(?:made )?by {brand}\b|\b(?:from|in|for) {category}\b",
    opening=r"^(?:the |this )?(?P<product>\S.*?) (?:which |that )?(?=(?:is|are|may|might|suit|match)\b|{claim})",
    suiting=r"\b(?:(?:may |might )?suit|(?:may |might )?match|choice for|product for|item for|one for) you\b",
    connecting=frozenset(
        words("a an the this it it's is are and so as because since too also both another choice product item one")
    ),
    gap=" ",
)
_CHINESE = Wording(
    normal=lambda text: re.sub(r"[\W_]+", "", text.casefold()),
    deeds={
        Event.PURCHASE: "买过|购买过|买",
        Event.REVIEW: "评论过|评价过",
        Event.RATING: "评分很高|打过高分",
        Event.LIKE: "喜欢",
        Event.VIEW: "浏览过|看过",
    },
    row=r"[和与](?:您|你)(?:{deed})的(?P<row>.+?)",
    brand=r"{row}(?:一样)?(?:都|也)?(?:是|来自)(?:同一个品牌|{brand}(?:的(?:产品|商品)|品牌)?)",
    words=r"{row}(?:的{name})?(?:都|也)(?:提到|有|是)(?:了)?(?:和|与|{words})+",
    price_level=r"{row}在各自品类里的价位差不多",
    similar=r"{row}(?:很)?(?:相似|类似)",
    closer=r"(?:的描述)?{row}更接近超过{category}的多数商品",
    aside=r"(?:是|来自){brand}(?:的(?:产品|商品)|品牌)|属于{category}",
    opening=r"^(?:这款|这件|这个)?(?P<product>.+?)(?=适合|很适合|因为|由于|是|{claim})",
    suiting=r"(?:很|也)?适合(?:您|你)",
    connecting=frozenset("因为 由于 所以 它 他 而且 并且 同时 也 还 都 是 的 这款 这件".split()),
    gap="",
)
WORDINGS: dict[Language, Wording] = {"en": _ENGLISH, "zh": _CHINESE}
