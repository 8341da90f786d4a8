"""How alike customers are, by what they liked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.dataset import Dataset, Rows
from newaisle.agent.learn.split import Case
from newaisle.agent.rank.case import CoInteractions, Scores
from newaisle.agent.rank.popularity import count_co_interactions, rarity


class Neighbours:
    """The customers of a past, to be compared with any history.

    What a customer liked in categories that the data set is without is not looked at.
    """

    def __init__(self, dataset: Dataset) -> None:
        from scipy.sparse import csr_matrix

        self._dataset = dataset
        user, item = distinct(dataset, dataset.rows.where(dataset.rows.liking > 0))
        customers = np.bincount(item, minlength=len(dataset.products))
        self._rarity = rarity(customers)
        lengths = np.sqrt(np.bincount(user, minlength=len(dataset.users)))
        weights = self._rarity[item] / lengths[user]
        self._likes = csr_matrix((weights, (user, item)), shape=(len(dataset.users), len(dataset.products)))

    def likeness(self, history: Sequence[str]) -> Scores:
        """How like every customer is to a history of distinct products, up to a factor, shape (customers,)."""
        profile = np.zeros(len(self._dataset.products))
        known = [self._dataset.item_number[item_id] for item_id in history]
        profile[known] = self._rarity[known]
        likeness: Scores = self._likes @ profile
        return likeness

    def co_interactions(self, case: Case, rows: Rows) -> CoInteractions | None:
        """What others took of a case's candidates, where `rows` are what they did in its category; None for nothing."""
        user, item = distinct(self._dataset, rows.where(rows.liking > 0))
        place = np.full(len(self._dataset.products), -1)
        place[[self._dataset.item_number[item_id] for item_id in case.candidates]] = np.arange(len(case.candidates))
        there = place[item] >= 0
        if not there.any():
            return None
        customers, who = np.unique(user[there], return_inverse=True)
        likeness = self.likeness(list(dict.fromkeys(case.history)))[customers]
        return count_co_interactions(who, place[item[there]], likeness, candidates=len(case.candidates))


def distinct(dataset: Dataset, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Customers and products of rows, each pair once."""
    pairs = np.unique(rows.user.astype(np.int64) * len(dataset.products) + rows.item)
    return pairs // len(dataset.products), pairs % len(dataset.products)
