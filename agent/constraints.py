"""Constraints: which products may be candidates at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from agent.answer import Constraints
from store.rows import Product
from store.words import product_text, words


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
    unwanted = filter(None, map(words, constraints.exclude))
    checks += [("excluded word", partial(_has, unwanted=phrase)) for phrase in unwanted]
    if constraints.max_price is not None:
        limit, currency = constraints.max_price, constraints.currency
        checks += [
            ("unknown price", lambda product: product.price is None),
            ("other currency", lambda product: product.currency != currency),
            ("too dear", lambda product: product.price is not None and product.price > limit),
        ]
    return checks


def _has(product: Product, unwanted: Sequence[str]) -> bool:
    """Whether the words stand in the product's text side by side; one Chinese character also inside a word."""
    text = words(product_text(product))
    if len(unwanted) == 1:
        return unwanted[0] in text or (not unwanted[0].isascii() and unwanted[0] in product_text(product))
    return any(text[i : i + len(unwanted)] == list(unwanted) for i in range(len(text)))
