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
    attribute: str
    price_level: str
    words: str
    similar: str
    closer: str
    attraction: str
    one_other: str
    one_alike: str
    others: str
    others_alike: str
    typical: str
    no_history: str
    no_reason: str
    price: str
    quote: str
    between: str

    def quoted(self, found: Sequence[str]) -> str:
        """Words as a list inside a sentence, each in quotation marks."""
        return self.between.join(self.quote.format(word) for word in found)

    def popular(self, count: int, *, alike: bool) -> str:
        """How many other customers were after the product; `alike`: some of them liked what this customer liked."""
        one, others = (self.one_alike, self.others_alike) if alike else (self.one_other, self.others)
        return one if count == 1 else others.format(count=f"{count:,}")


_ENGLISH = Sentences(
    did={
        Event.PURCHASE: "you bought",
        Event.REVIEW: "you reviewed",
        Event.RATING: "you rated highly",
        Event.LIKE: "you liked",
        Event.VIEW: "you looked at",
    },
    brand="It is by {brand}, like the {title} {did}.",
    attribute='It shares the {name} "{value}" with the {title} {did}.',
    price_level="It is at about the same price level in its category as the {title} {did} is in its own.",
    words="It shares {words} with the {title} {did}.",
    similar="It is similar to the {title} {did}.",
    closer="It is described more like the {title} {did} than most of {category}.",
    attraction="In other categories of this shop, products described like this found more customers than most.",
    one_other="One other customer took an interest in it.",
    one_alike="One other customer took an interest in it, who also liked something that you liked.",
    others="{count} other customers took an interest in it.",
    others_alike="{count} other customers took an interest in it, at least one of whom liked something that you liked.",
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
    attribute="它和{did}“{title}”的{name}都是“{value}”。",
    price_level="它和{did}“{title}”在各自品类里的价位差不多。",
    words="它和{did}“{title}”都提到{words}。",
    similar="它和{did}“{title}”相似。",
    closer="它的描述和{did}“{title}”更接近，超过“{category}”的多数商品。",
    attraction="在本店的其他品类里，描述类似的商品比多数商品更受顾客欢迎。",
    one_other="另有1位顾客对它感兴趣。",
    one_alike="另有1位顾客对它感兴趣，并且也喜欢您喜欢的其他商品。",
    others="另有{count}位顾客对它感兴趣。",
    others_alike="另有{count}位顾客对它感兴趣，其中有人也喜欢您喜欢的其他商品。",
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
