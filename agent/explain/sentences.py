"""The claims' own sentences, in each language: plain, true by construction, and shown where no model phrases them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from store.rows import Event
from store.words import words

Language = Literal["en", "zh"]
_LONGEST_TITLE = 48  # characters of a title inside a sentence: enough to know the product again
_LOOSE_END = r"(?: (?:[\W\d_]+|\w|of|for|with|and|or|in|on|to|by|per|the|set of|pack of))+$"  # of a title cut short


@dataclass(frozen=True, slots=True)
class Sentences:
    """Format strings of one language."""

    did: dict[Event, str]
    brand: str
    words: str
    similar: str
    typical: str
    no_history: str
    no_reason: str
    price: str
    quote: str
    between: str

    def quoted(self, found: Sequence[str]) -> str:
        """Words as a list inside a sentence, each in quotation marks."""
        return self.between.join(self.quote.format(word) for word in found)


_ENGLISH = Sentences(
    did={
        Event.PURCHASE: "you bought",
        Event.REVIEW: "you reviewed",
        Event.RATING: "you rated highly",
        Event.LIKE: "you liked",
        Event.VIEW: "you looked at",
    },
    brand="It is by {brand}, like the {title} {did}.",
    words="It shares {words} with the {title} {did}.",
    similar="It is similar to the {title} {did}.",
    typical="It is one of the most typical products of {category}; there is no history to go by.",
    no_history="It is from {category}; there is no history to go by.",
    no_reason="It is from {category}; nothing in the history stands out as a reason for it.",
    price="At {price} it is within the limit of {limit}.",
    quote='"{}"',
    between=" and ",
)
_CHINESE = Sentences(
    did={
        Event.PURCHASE: "您买过的",
        Event.REVIEW: "您评论过的",
        Event.RATING: "您评分很高的",
        Event.LIKE: "您喜欢的",
        Event.VIEW: "您浏览过的",
    },
    brand="它和{did}“{title}”都是{brand}的产品。",
    words="它和{did}“{title}”都提到{words}。",
    similar="它和{did}“{title}”相似。",
    typical="它是“{category}”里很有代表性的商品；目前没有历史记录可以参考。",
    no_history="它属于“{category}”；目前没有历史记录可以参考。",
    no_reason="它属于“{category}”；历史记录里没有突出的推荐理由。",
    price="价格{price}，在{limit}的上限之内。",
    quote="“{}”",
    between="、",
)
SENTENCES: dict[Language, Sentences] = {"en": _ENGLISH, "zh": _CHINESE}


def short_title(title: str) -> str:
    """A title for use inside a sentence: up to a bracket or comma if that says enough, and cut at a word."""
    head = re.split(r"\s*[(（\[【]|[,，;；|]\s", title, maxsplit=1)[0].strip()
    if len(words(head)) >= 3:
        title = head
    if len(title) <= _LONGEST_TITLE:
        return title
    cut = title[: _LONGEST_TITLE + 1]
    whole = (cut.rsplit(" ", 1)[0] if " " in cut else title[:_LONGEST_TITLE]).rstrip(" ,;:-")
    return re.sub(_LOOSE_END, "", whole) or whole


def price_text(price: float, currency: str | None) -> str:
    """A price with its currency: `24.00 USD`."""
    return f"{price:.2f} {currency}" if currency else f"{price:.2f}"
