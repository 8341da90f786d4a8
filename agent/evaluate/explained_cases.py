"""Which recommendations explanations are measured on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR, liking_by_product

PRODUCTS = 5  # recommended for each case
_SEED = 20240229
_FEWEST_LIKED = 3  # products in a history


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer and the path of a category in which they never did anything."""

    user_id: str
    category: str


def chosen_cases(ledger: Ledger, count: int, *, seed: int = _SEED) -> list[Asked]:
    """At most `count` pairs of a customer and a category, drawn by the seed and spread evenly over the categories.

    Every customer once, then again with another category where there are too few of them.
    """
    sizes = {category: size for category, size in ledger.categories().items() if size >= PRODUCTS}
    order = np.random.default_rng(seed).permutation(ledger.user_ids())
    left: dict[str, set[str]] = {}
    asked: list[Asked] = []
    times: Counter[str] = Counter()
    while len(asked) < count:
        before = len(asked)
        for user_id in order.tolist():
            if len(asked) == count:
                break
            new = left.setdefault(user_id, _new_to(ledger, user_id, frozenset(sizes)))
            if new:
                category = min(new, key=lambda name: (times[name], name))
                new.remove(category)
                times[category] += 1
                asked.append(Asked(user_id, category))
        if len(asked) == before:
            break
    return asked


def _new_to(ledger: Ledger, user_id: str, categories: frozenset[str]) -> set[str]:
    """The categories that a customer never had to do with; none for one who liked next to nothing."""
    liking = liking_by_product(ledger.history(user_id))
    if sum(value > 0 for value in liking.values()) < _FEWEST_LIKED:
        return set()
    known = {PATH_SEPARATOR.join(product.category) for product in ledger.products(liking).values()}
    return {category for category in categories if not _touched(category, known)}


def _touched(category: str, known: set[str]) -> bool:
    return any(path == category or path.startswith(category + PATH_SEPARATOR) for path in known)
