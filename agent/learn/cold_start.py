"""Learns how much co-interactions in a category count: see `agent.rank.popularity`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product as pairs
from itertools import starmap
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.neighbours import Neighbours
from newaisle.agent.learn.visibility import arrivals, rows_at
from newaisle.agent.learn.weights import Trial
from newaisle.agent.rank.case import CoInteractions, Scores
from newaisle.agent.rank.metrics import METRICS, judge
from newaisle.agent.rank.popularity import left_of_personal, popularity

LIKENESSES = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)
PERSONALS = (0.25, 0.5, 1.0)  # never 0: a customer's own history stays a reason
PRIORS = (10.0, 30.0, 100.0, 300.0)
_COUNTS = (10, 100, 1_000, None)  # interactions of others that there are in a category; None: all
_CASES = 150
_NDCG = METRICS.index("ndcg@10")


class ColdStart(NamedTuple):
    """How much others' choices count in a category that begins to have some (see `agent.rank.blend.Blend`)."""

    likeness: float
    prior: float
    personal: float


class _Warm(NamedTuple):
    """A case after some co-interactions; the expected popularity is its part in the scores."""

    co_interactions: CoInteractions
    expected_popularity: Scores
    scores: Scores
    taken: NDArray[np.bool_]


def learn_cold_start(
    dataset: Dataset, trials: Sequence[Trial], scores: Sequence[Scores], expected_popularity: Sequence[Scores]
) -> ColdStart | None:
    """What ranks best over categories that have a few choices and ones that have many; None without any.

    `scores` are those of the trials before anybody chose anything, `expected_popularity` its part in them.
    """
    warm = list(_warm(dataset, trials, scores, expected_popularity))
    if not warm:
        return None
    return max(starmap(ColdStart, pairs(LIKENESSES, PRIORS, PERSONALS)), key=lambda one: _quality(warm, one))


def _quality(warm: Sequence[_Warm], cold_start: ColdStart) -> float:
    """How well such numbers rank the cases: the sum of NDCG@10."""
    total = 0.0
    for one in warm:
        left = left_of_personal(one.co_interactions, personal=cold_start.personal, prior=cold_start.prior)
        change = popularity(
            one.co_interactions, one.expected_popularity, likeness=cold_start.likeness, prior=cold_start.prior
        )
        total += judge(one.expected_popularity + left * (one.scores - one.expected_popularity) + change, one.taken)[
            _NDCG
        ]
    return total


def _warm(
    dataset: Dataset, trials: Sequence[Trial], scores: Sequence[Scores], expected_popularity: Sequence[Scores]
) -> Iterator[_Warm]:
    neighbours: dict[str, Neighbours] = {}
    for number in range(0, len(trials), max(1, len(trials) // _CASES)):
        trial = trials[number]
        if trial.category not in neighbours:
            neighbours = {trial.category: Neighbours(dataset.without([trial.category]))}
        rows = arrivals(dataset, trial.case)
        for count in _COUNTS:
            if count is not None and len(rows) < count:
                continue
            co_interactions = neighbours[trial.category].co_interactions(trial.case, rows_at(dataset, rows[:count]))
            if co_interactions is not None:
                yield _Warm(co_interactions, expected_popularity[number], scores[number], trial.choice.taken)
