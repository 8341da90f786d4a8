"""How alike customers are, by what they liked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.past import Past, Rows
from newaisle.agent.learn.split import Case
from newaisle.agent.rank.case import Others, Scores
from newaisle.agent.rank.popularity import rarity, taken_by_others


class Neighbours:
    """The customers of a past, to be compared with any history.

    What a customer liked in categories that the past is without is not looked at.
    """

    def __init__(self, past: Past) -> None:
        from scipy.sparse import csr_matrix

        self._past = past
        user, item = distinct(past, past.rows.where(past.rows.liking > 0))
        customers = np.bincount(item, minlength=len(past.products))
        self._rarity = rarity(customers)
        lengths = np.sqrt(np.bincount(user, minlength=len(past.users)))
        weights = self._rarity[item] / lengths[user]
        self._likes = csr_matrix((weights, (user, item)), shape=(len(past.users), len(past.products)))

    def likeness(self, history: Sequence[str]) -> Scores:
        """Of every customer to a history of distinct products, up to a factor, shape (customers,)."""
        profile = np.zeros(len(self._past.products))
        known = [self._past.item_number[item_id] for item_id in history]
        profile[known] = self._rarity[known]
        likeness: Scores = self._likes @ profile
        return likeness

    def others(self, case: Case, rows: Rows) -> Others | None:
        """What others took of a case's candidates, where `rows` are what they did in its category; None for nothing."""
        user, item = distinct(self._past, rows.where(rows.liking > 0))
        place = np.full(len(self._past.products), -1)
        place[[self._past.item_number[item_id] for item_id in case.candidates]] = np.arange(len(case.candidates))
        there = place[item] >= 0
        if not there.any():
            return None
        customers, who = np.unique(user[there], return_inverse=True)
        likeness = self.likeness(list(dict.fromkeys(case.history)))[customers]
        return taken_by_others(who, place[item[there]], likeness, candidates=len(case.candidates))


def distinct(past: Past, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Customers and products of rows, each pair once."""
    pairs = np.unique(rows.user.astype(np.int64) * len(past.products) + rows.item)
    return pairs // len(past.products), pairs % len(past.products)
