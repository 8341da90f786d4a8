"""Constraints: which products may be candidates at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf

from newaisle.agent.schema.answer import Constraints
from newaisle.store.rows import Product
from newaisle.store.words import product_text, words


@dataclass(slots=True)
class Admitted:
    """The products that satisfy the constraints, and how many each constraint kept out."""

    products: list[Product]
    kept_out: Counter[str] = field(default_factory=Counter)

    @property
    def warnings(self) -> list[str]:
        """What a caller should know: products that failed for what is unknown about them."""
        texts = {
            "unknown price": "{} products without a price were left out because of the price limit",
            "other currency": "{} products priced in another currency were left out because of the price limit",
        }
        return [text.format(self.kept_out[reason]) for reason, text in texts.items() if self.kept_out[reason]]


def limits_price(constraints: Constraints) -> bool:
    return constraints.max_price is not None or constraints.min_price is not None


def admit(products: Sequence[Product], constraints: Constraints) -> Admitted:
    """Sort out the products that break a constraint. An unknown price, or one in another currency, breaks a limit."""
    checks = _checks(constraints)
    admitted = Admitted([])
    for product in products:
        reason = next((name for name, fails in checks if fails(product)), None)
        if reason:
            admitted.kept_out[reason] += 1
        else:
            admitted.products.append(product)
    return admitted


def usual_currency(products: Sequence[Product]) -> str | None:
    """The currency that most of the products are priced in."""
    counts = Counter(product.currency for product in products if product.currency)
    return counts.most_common(1)[0][0] if counts else None


def _checks(constraints: Constraints) -> list[tuple[str, Callable[[Product], bool]]]:
    checks: list[tuple[str, Callable[[Product], bool]]] = []
    if constraints.in_stock:
        checks.append(("out of stock", lambda product: product.in_stock is False))
    if constraints.brands:
        wanted = {brand.casefold() for brand in constraints.brands}
        checks.append(("other brand", lambda product: (product.brand or "").casefold() not in wanted))
    if constraints.not_brands:
        unwanted = {brand.casefold() for brand in constraints.not_brands}
        checks.append(("unwanted brand", lambda product: (product.brand or "").casefold() in unwanted))
    checks += [
        ("missing word", partial(_lacks, phrase=phrase)) for phrase in filter(None, map(words, constraints.words))
    ]
    checks += [
        ("excluded word", partial(_has, phrase=phrase)) for phrase in filter(None, map(words, constraints.exclude))
    ]
    return [*checks, *_price_checks(constraints)]


def _price_checks(constraints: Constraints) -> list[tuple[str, Callable[[Product], bool]]]:
    if not limits_price(constraints):
        return []
    least = -inf if constraints.min_price is None else constraints.min_price
    most = inf if constraints.max_price is None else constraints.max_price
    return [
        ("unknown price", lambda product: product.price is None),
        ("other currency", lambda product: product.currency != constraints.currency),
        ("too cheap", lambda product: product.price is not None and product.price < least),
        ("too dear", lambda product: product.price is not None and product.price > most),
    ]


def _lacks(product: Product, phrase: Sequence[str]) -> bool:
    return not _has(product, phrase)


def _has(product: Product, phrase: Sequence[str]) -> bool:
    """Whether the words stand in the product's text side by side; one Chinese character also inside a word."""
    text = words(product_text(product))
    if len(phrase) == 1:
        return phrase[0] in text or (not phrase[0].isascii() and phrase[0] in product_text(product))
    return any(text[i : i + len(phrase)] == list(phrase) for i in range(len(text)))
