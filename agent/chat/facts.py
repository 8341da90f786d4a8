"""What the catalogue says of a product, field by field: a question is answered from these or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newaisle.agent.chat.intent import ProductField
from newaisle.agent.chat.phrases import Phrases
from newaisle.agent.claims.sentences import price_text
from newaisle.languages import HAN
from newaisle.store.rows import Product
from newaisle.store.words import words

_NAMES: dict[ProductField, str] = {
    "color": "color colour colours colors shade finish 颜色 色 花色",
    "material": "material materials fabric composition made_of 材质 材料 面料 成分",
    "size": "size sizes dimensions dimension length width height depth diameter capacity volume 尺寸 尺码 规格 容量",
    "weight": "weight net_weight item_weight 重量 净重",
    "for": "for audience gender age age_range suitable_for department 适用 适用人群 适合 人群 性别",
}
_NUMBER = r"(?<![\w.])\d+(?:[.,]\d+)?(?: ?[-–x×] ?\d+(?:[.,]\d+)?)* ?"
_MEASURES: dict[ProductField, re.Pattern[str]] = {
    "size": re.compile(
        rf"{_NUMBER}(?:ml|cl|litres?|liters?|l|mm|cm|m|inch(?:es)?|in|ft|oz|fl oz|升|毫升|毫米|厘米|米|寸|英寸)"
        rf"(?![^\W\d_{HAN}])",
        re.IGNORECASE,
    ),
    "weight": re.compile(rf"{_NUMBER}(?:kg|g|lbs?|oz|克|公斤|千克)(?![^\W\d_{HAN}])", re.IGNORECASE),
}
_SENTENCE = re.compile(r"(?<=[.!?。！？;；])\s*")


@dataclass(frozen=True, slots=True)
class Fact:
    """What one field of the catalogue says."""

    field: str
    value: str


def facts_of(product: Product, field: ProductField, about: Sequence[str], say: Phrases) -> list[Fact]:
    """What answers a question about a field of a product; empty where the catalogue does not say.

    about: the words of the question, of which any but the product's own name is looked for with the field "other".
    """
    match field:
        case "price":
            return _fact(say.fields[field], product.price is not None and price_text(product.price, product.currency))
        case "brand":
            return _fact(say.fields[field], product.brand)
        case "category":
            return _fact(say.fields[field], "; ".join(product.paths))
        case "in_stock":
            known = product.in_stock is not None
            return _fact(say.fields[field], known and (say.yes if product.in_stock else say.no))
        case "description":
            return everything(product, say)
        case "other":
            return _mentions(product, about, say)
    return _attribute(product, field) or _measure(product, field)


def everything(product: Product, say: Phrases) -> list[Fact]:
    """Price, description and attributes, as far as the catalogue has them."""
    found = [*facts_of(product, "price", (), say), *_fact(say.fields["description"], product.description)]
    return [*found, *(Fact(name, value) for name, value in product.attributes.items())]


def _fact(field: str, value: str | bool | None) -> list[Fact]:
    return [Fact(field, value)] if isinstance(value, str) and value else []


def _attribute(product: Product, field: ProductField) -> list[Fact]:
    known = set(_NAMES[field].split())
    return [
        Fact(name, value)
        for name, value in product.attributes.items()
        if re.sub(r"[\W_]+", "_", name.casefold()).strip("_") in known
    ]


def _measure(product: Product, field: ProductField) -> list[Fact]:
    """A size or weight that only the title says."""
    pattern = _MEASURES.get(field)
    found = pattern.search(product.title) if pattern else None
    return [Fact("title", found.group())] if found else []


def _mentions(product: Product, about: Sequence[str], say: Phrases) -> list[Fact]:
    """Attributes, and sentences of the description, that have a word of the question."""
    named = {*words(product.title), *words(product.brand or "")}
    asked = {word for text in about for word in words(text)} - named
    if not asked:
        return []
    found = [Fact(name, value) for name, value in product.attributes.items() if asked & {*words(name), *words(value)}]
    for sentence in _SENTENCE.split(product.description):
        if asked & set(words(sentence)):
            found += _fact(say.fields["description"], sentence.strip())
    return found
