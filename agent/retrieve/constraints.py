"""Constraints: which products may be candidates at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf

from newaisle.agent.schema.answer import Constraints
from newaisle.languages import HAN
from newaisle.store.rows import Product
from newaisle.store.stems import norm, norm_phrase
from newaisle.store.synonyms import Synonyms, known_synonyms
from newaisle.store.words import product_text, words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


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


def admit(products: Sequence[Product], constraints: Constraints, synonyms: Synonyms | None = None) -> Admitted:
    """Sort out the products that break a constraint. An unknown price, or one in another currency, breaks a limit.

    synonyms: of the words that are wanted or not; None for the bundled ones.
    """
    checks = _checks(constraints, synonyms)
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


def _checks(constraints: Constraints, synonyms: Synonyms | None) -> list[tuple[str, Callable[[Product], bool]]]:
    checks: list[tuple[str, Callable[[Product], bool]]] = []
    if constraints.in_stock:
        checks.append(("out of stock", lambda product: product.in_stock is False))
    if constraints.brands:
        brands = {brand.casefold() for brand in constraints.brands}
        checks.append(("other brand", lambda product: (product.brand or "").casefold() not in brands))
    if constraints.not_brands:
        unwanted = {brand.casefold() for brand in constraints.not_brands}
        checks.append(("unwanted brand", lambda product: (product.brand or "").casefold() in unwanted))
    for name, fails, asked in (
        ("missing word", _lacks, constraints.words),
        ("excluded word", _has, constraints.exclude),
    ):
        checks += [(name, partial(fails, asked=one, synonyms=synonyms)) for one in asked if words(one)]
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


def _lacks(product: Product, asked: str, synonyms: Synonyms | None) -> bool:
    return not mentioned(product, asked, synonyms)


def _has(product: Product, asked: str, synonyms: Synonyms | None) -> bool:
    return bool(mentioned(product, asked, synonyms))


def mentioned(product: Product, asked: str, synonyms: Synonyms | None = None) -> str:
    """The words by which a product's text mentions what is asked for; the empty text if it does not.

    They are what was asked for, its words side by side (one Chinese character also inside a word), or else what serves
    whoever asks for it: the same in other words, or a narrower word (titanium for metal).
    """
    text, phrase = product_text(product), words(asked)
    found = words(text)
    if len(phrase) == 1 and (phrase[0] in found or (not phrase[0].isascii() and phrase[0] in text)):
        return asked
    if len(phrase) > 1 and any(found[i : i + len(phrase)] == phrase for i in range(len(found))):
        return asked
    synonyms = synonyms or known_synonyms()
    stem, own = norm_phrase(asked), _WORD.findall(text)
    own_stems = list(map(norm, own))
    served = sorted({stem, *synonyms.of(stem)})
    return next(filter(None, (_stretch(text, own, own_stems, one) for one in served)), "")


def _stretch(text: str, own: Sequence[str], own_stems: list[str], stems: str) -> str:
    """The words of a text, which are its `own`, whose stems these are, side by side; of Chinese these themselves."""
    if not stems.isascii():
        # A single character means itself at the start of a word: there is gold in 金戒指 and none in 合金.
        before = rf"(?<![{HAN}])" if len(stems) == 1 else ""
        return stems if re.search(before + re.escape(stems), text.casefold()) else ""
    wanted = stems.split()
    starts = (i for i in range(len(own) - len(wanted) + 1) if own_stems[i : i + len(wanted)] == wanted)
    start = next(starts, None)
    return "" if start is None else " ".join(own[start : start + len(wanted)])
