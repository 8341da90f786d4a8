"""Methods that use what other customers did in the category, which one that has just opened has not.

They are there for comparison, and to be beaten once there are interactions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.dataset import Dataset, Rows
from newaisle.agent.learn.leave_out import folds, leave_out
from newaisle.agent.learn.neighbours import Neighbours, distinct
from newaisle.agent.learn.split import Case
from newaisle.agent.learn.visibility import rows_of_others
from newaisle.agent.rank.case import Scores
from newaisle.agent.rank.metrics import METRICS, judge

NEIGHBOURS = 50  # fewer lose, more gain nothing, on categories that no split holds out
SHRINKAGE = 0.1  # where there is nothing to choose it by
_SHRINKAGES = (0.0, 0.1, 0.3, 1.0, 3.0)
_CASES = 60  # of a fold, that the shrinkage is chosen by


def popularity(dataset: Dataset, case: Case, rows: Rows) -> Scores:
    """How many customers did something with each candidate, shape (candidates,)."""
    _, item = distinct(dataset, rows)
    return _by_candidate(dataset, case, item)


class UserKnn:
    """User-based nearest neighbours: each candidate by the customers who liked it and are like the case's customer.

    Customers are compared by what they liked in the categories that are not held out (see `agent.learn.neighbours`).
    The `neighbours` who did something in the category and are nearest count by their likeness, and everybody counts
    `shrinkage` times the mean likeness of those besides: where nobody is near, it is popularity.
    """

    def __init__(
        self,
        others: Dataset,
        *,
        customers: Neighbours | None = None,
        neighbours: int = NEIGHBOURS,
        shrinkage: float = SHRINKAGE,
    ) -> None:
        self._dataset = others
        self._neighbours, self.shrinkage = neighbours, shrinkage
        self._customers = customers or Neighbours(others)

    def __call__(self, case: Case, rows: Rows) -> Scores:
        """Scores of the candidates, shape (candidates,), after what `rows` say that others did in the category."""
        user, item = distinct(self._dataset, rows.where(rows.liking > 0))
        cosine = self._customers.likeness(list(dict.fromkeys(case.history)))
        there = np.unique(user)
        near = there[np.argsort(-cosine[there], kind="stable")[: self._neighbours]]
        usual = float(cosine[near].mean()) if len(near) else 0.0
        weights = np.full(len(self._dataset.users), self.shrinkage * usual if usual else 1.0)
        weights[near] += cosine[near]
        return _by_candidate(self._dataset, case, item, weights[user])


def tuned_user_knn(others: Dataset) -> UserKnn:
    """User-based nearest neighbours with the shrinkage that is best on this past, its categories left out in turn."""
    ndcg = dict.fromkeys(_SHRINKAGES, 0.0)
    for part in folds(others):
        cases = leave_out(others, held_out=part)
        allowed = others.without(part)
        customers = Neighbours(allowed)
        tried = {one: UserKnn(allowed, customers=customers, shrinkage=one) for one in _SHRINKAGES}
        for case in cases[:: max(1, len(cases) // _CASES)]:
            rows = rows_of_others(others, case)
            taken = [item_id in case.targets for item_id in case.candidates]
            for shrinkage, method in tried.items():
                ndcg[shrinkage] += judge(method(case, rows), taken)[METRICS.index("ndcg@10")]
    best = max(ndcg, key=lambda shrinkage: ndcg[shrinkage])
    return UserKnn(others, shrinkage=best if ndcg[best] else SHRINKAGE)


def _by_candidate(
    dataset: Dataset, case: Case, item: NDArray[np.int64], weights: NDArray[np.float64] | None = None
) -> Scores:
    """What is added up over rows about each candidate: their number, or weights."""
    totals = np.bincount(item, weights, minlength=len(dataset.products)).astype(np.float64)
    candidates: Scores = totals[[dataset.item_number[item_id] for item_id in case.candidates]]
    return candidates
