"""Which recommendations explanations are measured on, and how they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from newaisle.agent.recommend import recommend
from newaisle.agent.schema.answer import RecommendationSet
from newaisle.agent.schema.query import Query
from newaisle.agent.shop.parts import Parts
from newaisle.errors import IndexDamaged
from newaisle.progress import StageProgress
from newaisle.store.index import Index
from newaisle.store.ledger import Ledger
from newaisle.store.logs import Entry, Exchange
from newaisle.store.rows import PATH_SEPARATOR, liking_by_product

RECOMMENDATIONS = 200
PRODUCTS = 5  # recommended for each case
_SEED = 20240229
_FEWEST_LIKED = 3  # products in a history


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer and the path of a category in which they never did anything."""

    user_id: str
    category: str


class Answered(NamedTuple):
    """An answer to a case, with what was asked of which parts, and what a model wrote for it."""

    case: Asked
    query: Query
    parts: Parts
    answer: RecommendationSet
    exchanges: Sequence[Exchange]


def answered(parts: Parts, case: Asked, **more: Any) -> Answered:
    """Recommend to the customer of a case; `more` goes into the query. The language model does not rank.

    No log of the shop is filled, and no index is needed or built: candidates are compared exactly.
    """
    entries: list[Entry] = []
    listening = replace(parts, log=entries.append, index=_without_index)
    query = Query(user_id=case.user_id, category=case.category, k=PRODUCTS, **more)
    answer = recommend(query, listening, llm_rank="off", wording="on")
    return Answered(case, query, listening, answer, entries.pop().exchanges)


def all_answered(parts: Parts, recommendations: int, progress: StageProgress, **more: Any) -> Iterator[Answered]:
    """Answers to so many cases that there are about so many recommendations."""
    cases = chosen_cases(parts.ledger, -(-recommendations // PRODUCTS))
    if parts.model is not None:
        parts.model()  # loading it is no part of an explanation
    for number, case in enumerate(cases):
        progress("cases", number, len(cases))
        yield answered(parts, case, **more)
    progress("cases", len(cases), len(cases))


def _without_index() -> Index:
    raise IndexDamaged("explanations are measured without the index")


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
