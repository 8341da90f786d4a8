"""Makes cases of new categories out of a shop's past, by leaving out categories that it knows.

A case is a customer's first step into a category: what they had liked elsewhere before it is the history, what they
liked there from then on are the targets, and the category's products are the candidates.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.dataset import Dataset, Rows
from newaisle.agent.learn.split import SAMPLE_SEED, Case

FOLDS = 4
MOST_PER_CATEGORY = 120
FEWEST_LIKED = 5  # distinct products in a history
FEWEST_CANDIDATES = 10  # below that, ten places hold them all
FEWEST_CUSTOMERS = 10


def leave_out(
    dataset: Dataset, *, held_out: Collection[str], most_per_category: int = MOST_PER_CATEGORY, seed: int = SAMPLE_SEED
) -> list[Case]:
    """The cases of categories that are held out together, category by category.

    A history has nothing of any of them. Of a category with more cases, `most_per_category` are drawn; which ones
    depends on the seed and the category. Only one step into a category is a case for each customer.
    """
    hidden = np.isin(dataset.categories, list(held_out))
    steps = _Steps(dataset, hidden)
    items = [product.item_id for product in dataset.products]
    cases: list[Case] = []
    for category in np.flatnonzero(hidden):
        entries = steps.into(int(category))
        if len(entries) > most_per_category:
            draw = np.random.default_rng((seed, int(category)))
            entries = np.sort(draw.choice(entries, size=most_per_category, replace=False))
        candidates = tuple(items[i] for i in np.flatnonzero(dataset.category == category))
        for entry in entries:
            history, targets = steps.of(int(entry))
            # Made of rows that were checked when they were read: validating some hundred ids again would take longer.
            cases.append(
                Case.model_construct(
                    user_id=dataset.users[dataset.rows.user[entry]],
                    category=dataset.categories[category],
                    history=tuple(items[i] for i in history),
                    targets=frozenset(items[i] for i in targets),
                    candidates=candidates,
                )
            )
    return cases


def eligible(
    dataset: Dataset, *, fewest_candidates: int = FEWEST_CANDIDATES, fewest_customers: int = FEWEST_CUSTOMERS
) -> list[str]:
    """The categories that have products and cases enough to learn or to measure something by leaving them out."""
    sizes = np.bincount(dataset.category, minlength=len(dataset.categories))
    return [
        path
        for number, path in enumerate(dataset.categories)
        if path
        and sizes[number] >= fewest_candidates
        and len(_Steps(dataset, np.arange(len(sizes)) == number).into(number)) >= fewest_customers
    ]


def folds(
    dataset: Dataset, *, count: int = FOLDS, seed: int = SAMPLE_SEED, fewest_customers: int = FEWEST_CUSTOMERS
) -> list[list[str]]:
    """The eligible categories in at most `count` parts, drawn by the seed: each is left out in one of them."""
    categories = eligible(dataset, fewest_customers=fewest_customers)
    drawn = np.random.default_rng(seed).permutation(len(categories))
    parts = (np.sort(drawn[part::count]) for part in range(min(count, len(categories))))
    return [[categories[number] for number in part] for part in parts]


class _Steps:
    """First steps of customers into categories, where some categories are hidden."""

    def __init__(self, dataset: Dataset, hidden: NDArray[np.bool_]) -> None:
        self._rows: Rows = dataset.rows
        self._category = dataset.category[dataset.rows.item]
        elsewhere = ~hidden[self._category] & (dataset.rows.liking > 0)
        self._is_history = np.zeros(len(dataset.rows), dtype=bool)
        self._is_history[np.flatnonzero(elsewhere)[self._first_of_product(elsewhere)]] = True
        self._before = np.concatenate(([0], np.cumsum(self._is_history)))
        self._starts = np.searchsorted(dataset.rows.user, np.arange(len(dataset.users)))
        self._ends = np.searchsorted(dataset.rows.user, np.arange(len(dataset.users)), side="right")
        # Where there is nothing but weak signs of liking, such as views, these are what is to be foretold.
        self._wanted = min(1.0, float(dataset.rows.liking.max(initial=0.0)))

    def into(self, category: int) -> NDArray[np.intp]:
        """The row of every customer's first step into a category, of those that make a case."""
        rows = np.flatnonzero(self._category == category)
        users, first = np.unique(self._rows.user[rows], return_index=True)
        entries = rows[first]
        liked = np.unique(self._rows.user[rows[self._is_target(rows)]])
        known = self._before[entries] - self._before[self._starts[users]]
        chosen: NDArray[np.intp] = entries[(known >= FEWEST_LIKED) & np.isin(users, liked)]
        return chosen

    def of(self, entry: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Numbers of the products liked before a step, oldest first, and of those liked in its category."""
        user = self._rows.user[entry]
        earlier = np.arange(self._starts[user], entry)
        later = np.arange(entry, self._ends[user])
        there = later[self._category[later] == self._category[entry]]
        return self._rows.item[earlier[self._is_history[earlier]]], self._rows.item[there[self._is_target(there)]]

    def _is_target(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        liking = self._rows.liking[rows]
        return (liking > 0) & (liking >= self._wanted)

    def _first_of_product(self, kept: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Among the rows kept, the place of the first of each customer and product."""
        user, item = self._rows.user[kept].astype(np.int64), self._rows.item[kept]
        _, first = np.unique(user * (int(item.max(initial=0)) + 1) + item, return_index=True)
        return np.asarray(first, dtype=np.intp)
