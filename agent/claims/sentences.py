"""The claims' own sentences, in each language: plain, true by construction, and shown where no model phrases them.

They speak to the customer, or of the customer to whoever sells to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from newaisle.agent.schema.style import Style
from newaisle.languages import LANGUAGES, Language
from newaisle.store.rows import Event
from newaisle.store.words import words
from newaisle.tables import table

_LONGEST_TITLE = 48  # characters of a title inside a sentence: enough to know the product again
_LOOSE_END = r"(?: (?:[\W\d_]+|\w|of|for|with|and|or|in|on|to|by|per|the|set of|pack of))+$"  # of a title cut short


@dataclass(frozen=True, slots=True)
class Sentences:
    """The format strings of one language, out of `sentences.toml`."""

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
    often: str
    unchosen: str
    from_category: str
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


def _read(texts: dict[str, Any], **others: str) -> Sentences:
    plain: dict[str, Any] = {name: text for name, text in texts.items() if isinstance(text, str)}
    return Sentences(**plain | others | {"did": {Event(name): did for name, did in texts["did"].items()}})


_TABLE = table(__file__, "sentences.toml")
SENTENCES: dict[Language, Sentences] = {language: _read(_TABLE[language]) for language in LANGUAGES}
_THE_CUSTOMER: dict[Language, tuple[str, str]] = {"en": ("you", "the customer"), "zh": ("您", "顾客")}


@cache
def sentences(language: Language, style: Style) -> Sentences:
    """The sentences of a style: to the customer, or in that of the seller of the customer, and with numbers."""
    if style != "seller":
        return SENTENCES[language]
    to_customer = _read(_TABLE[language], **_TABLE[language]["seller"])
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
