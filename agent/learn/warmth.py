"""Learns how much others' choices in a category count: see `agent.rank.popularity`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product as pairs
from itertools import starmap
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.neighbours import Neighbours
from newaisle.agent.learn.past import Past
from newaisle.agent.learn.seen import arrivals, rows_at
from newaisle.agent.learn.split import Case
from newaisle.agent.learn.weights import Choice
from newaisle.agent.rank.case import Others, Scores
from newaisle.agent.rank.metrics import METRICS, judge
from newaisle.agent.rank.popularity import left_of_personal, popularity

LIKENESSES = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)
PERSONALS = (0.25, 0.5, 1.0)  # never 0: a customer's own history stays a reason
PRIORS = (10.0, 30.0, 100.0, 300.0)
_COUNTS = (10, 100, 1_000, None)  # interactions of others that there are in a category; None: all
_CASES = 150
_NDCG = METRICS.index("ndcg@10")


class Warmth(NamedTuple):
    """See `agent.rank.blend.Blend`."""

    likeness: float
    prior: float
    personal: float


class _Warm(NamedTuple):
    """A case after some choices of others; the attraction is its part in the scores."""

    others: Others
    attraction: Scores
    scores: Scores
    taken: NDArray[np.bool_]


class _Trial(Protocol):
    @property
    def category(self) -> str: ...
    @property
    def case(self) -> Case: ...
    @property
    def choice(self) -> Choice: ...


def learn_warmth(
    past: Past, trials: Sequence[_Trial], scores: Sequence[Scores], attraction: Sequence[Scores]
) -> Warmth | None:
    """What ranks best over categories that have a few choices and ones that have many; None without any.

    `scores` are those of the trials before anybody chose anything, `attraction` its part in them.
    """
    warm = list(_warm(past, trials, scores, attraction))
    if not warm:
        return None
    return max(starmap(Warmth, pairs(LIKENESSES, PRIORS, PERSONALS)), key=lambda one: _quality(warm, one))


def _quality(warm: Sequence[_Warm], warmth: Warmth) -> float:
    """Sum of NDCG@10."""
    total = 0.0
    for one in warm:
        left = left_of_personal(one.others, personal=warmth.personal, prior=warmth.prior)
        change = popularity(one.others, one.attraction, likeness=warmth.likeness, prior=warmth.prior)
        total += judge(one.attraction + left * (one.scores - one.attraction) + change, one.taken)[_NDCG]
    return total


def _warm(
    past: Past, trials: Sequence[_Trial], scores: Sequence[Scores], attraction: Sequence[Scores]
) -> Iterator[_Warm]:
    neighbours: dict[str, Neighbours] = {}
    for number in range(0, len(trials), max(1, len(trials) // _CASES)):
        trial = trials[number]
        if trial.category not in neighbours:
            neighbours = {trial.category: Neighbours(past.without([trial.category]))}
        rows = arrivals(past, trial.case)
        for count in _COUNTS:
            if count is not None and len(rows) < count:
                continue
            others = neighbours[trial.category].others(trial.case, rows_at(past, rows[:count]))
            if others is not None:
                yield _Warm(others, attraction[number], scores[number], trial.choice.taken)
