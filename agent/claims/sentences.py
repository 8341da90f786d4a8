"""The claims' own sentences, in each language: plain, true by construction, and shown where no model phrases them.

They speak to the customer, or of the customer to whoever sells to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache

from newaisle.agent.schema.style import Style
from newaisle.languages import Language
from newaisle.store.rows import Event
from newaisle.store.words import words

_LONGEST_TITLE = 48  # characters of a title inside a sentence: enough to know the product again
_LOOSE_END = r"(?: (?:[\W\d_]+|\w|of|for|with|and|or|in|on|to|by|per|the|set of|pack of))+$"  # of a title cut short


@dataclass(frozen=True, slots=True)
class Sentences:
    """Format strings of one language."""

    did: dict[Event, str]
    brand: str
    brand_of_many: str
    attribute: str
    attribute_of_many: str
    price_level: str
    words: str
    words_of_many: str
    many: str
    many_in: str
    similar: str
    closer: str
    together: str
    counted: str
    expected_popularity: str
    one_other: str
    others: str
    typical: str
    no_history: str
    no_reason: str
    price: str
    least_price: str
    wanted_brand: str
    unwanted_brand: str
    wanted_words: str
    excluded: str
    quote: str
    between: str
    either: str

    def quoted(self, found: Sequence[str]) -> str:
        """Words as a list inside a sentence, each in quotation marks."""
        return self.between.join(self.quote.format(word) for word in found)

    def popular(self, count: int) -> str:
        """How many other customers were after the product."""
        return self.one_other if count == 1 else self.others.format(count=f"{count:,}")


_ENGLISH = Sentences(
    did={
        Event.PURCHASE: "you bought",
        Event.REVIEW: "you reviewed",
        Event.RATING: "you rated highly",
        Event.LIKE: "you liked",
        Event.VIEW: "you looked at",
    },
    brand="It is by {brand}, like the {title} {did}.",
    brand_of_many="It is by {brand}, like {many}, among them the {title} {did}.",
    attribute='It shares the {name} "{value}" with the {title} {did}.',
    attribute_of_many='It shares the {name} "{value}" with {many}, among them the {title} {did}.',
    price_level="It is at about the same price level in its category as the {title} {did} is in its own.",
    words="It shares {words} with the {title} {did}.",
    words_of_many="It shares {words} with {many}, among them the {title} {did}.",
    many="{count} products you chose",
    many_in="{count} products you chose in {category}",
    similar="It is similar to the {title} {did}.",
    closer="It is described more like the {title} {did} than most of {category}.",
    together="{count} other customers were interested in both it and the {title} {did}.",
    counted="The {title} {did} speaks for it.",
    expected_popularity=(
        "Going by other categories of this shop, it is estimated to find more customers than most of {category}."
    ),
    one_other="One other customer took an interest in it.",
    others="{count} other customers took an interest in it.",
    typical="It is one of the most typical products of {category}; there is no history to go by.",
    no_history="It is from {category}; there is no history to go by.",
    no_reason="It is from {category}; nothing in the history stands out as a reason for it.",
    price="At {price} it is within the limit of {limit}.",
    least_price="At {price} it is not below {limit}, as was asked.",
    wanted_brand="It is by {brand}, as was asked.",
    unwanted_brand="It is not by {brands}, as was asked.",
    wanted_words="The catalogue mentions {words} for it, as was asked.",
    excluded="The catalogue does not mention {words} for it, as was asked.",
    quote='"{}"',
    between=" and ",
    either=" or ",
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
    brand_of_many="它和{many}都是{brand}的产品，其中有{did}“{title}”。",
    attribute="它和{did}“{title}”的{name}都是“{value}”。",
    attribute_of_many="它和{many}的{name}都是“{value}”，其中有{did}“{title}”。",
    price_level="它和{did}“{title}”在各自品类里的价位差不多。",
    words="它和{did}“{title}”都提到{words}。",
    words_of_many="它和{many}都提到{words}，其中有{did}“{title}”。",
    many="您选过的{count}件商品",
    many_in="您在“{category}”选过的{count}件商品",
    similar="它和{did}“{title}”相似。",
    closer="它的描述和{did}“{title}”更接近，超过“{category}”的多数商品。",
    together="另有{count}位顾客对它和{did}“{title}”都感兴趣。",
    counted="{did}“{title}”支持推荐它。",
    expected_popularity="根据本店的其他品类推算，它比“{category}”的多数商品更受顾客欢迎。",
    one_other="另有1位顾客对它感兴趣。",
    others="另有{count}位顾客对它感兴趣。",
    typical="它是“{category}”里很有代表性的商品；目前没有历史记录可以参考。",
    no_history="它属于“{category}”；目前没有历史记录可以参考。",
    no_reason="它属于“{category}”；历史记录里没有突出的推荐理由。",
    price="价格{price}，在{limit}的上限之内。",
    least_price="价格{price}，不低于{limit}，符合要求。",
    wanted_brand="它是{brand}的产品，符合要求。",
    unwanted_brand="它不是{brands}的产品，符合要求。",
    wanted_words="商品资料提到了{words}，符合要求。",
    excluded="商品资料没有提到{words}，符合要求。",
    quote="“{}”",
    between="、",
    either="、",
)
SENTENCES: dict[Language, Sentences] = {"en": _ENGLISH, "zh": _CHINESE}
_THE_CUSTOMER: dict[Language, tuple[str, str]] = {"en": ("you", "the customer"), "zh": ("您", "顾客")}


@cache
def sentences(language: Language, style: Style) -> Sentences:
    """The sentences of a style: to the customer, or in that of the seller of the customer."""
    to_customer = SENTENCES[language]
    if style != "seller":
        return to_customer
    you, customer = _THE_CUSTOMER[language]
    address = re.compile(rf"\b{you}\b" if language == "en" else you)
    texts = {one.name: address.sub(customer, getattr(to_customer, one.name)) for one in fields(to_customer)[1:]}
    return Sentences(did={event: address.sub(customer, did) for event, did in to_customer.did.items()}, **texts)


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
