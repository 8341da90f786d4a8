"""The blend: signals, standardised over the candidates, added up with fixed weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from agent.rank.brand import brand
from agent.rank.case import Matrix, RankingCase
from agent.rank.dense import dense
from agent.rank.lexical import lexical
from agent.rank.typical import typical

Scores = NDArray[np.float64]
SIGNALS: Mapping[str, Callable[[RankingCase], Matrix]] = {"lexical": lexical, "dense": dense, "brand": brand}
DEFAULT_WEIGHTS: Mapping[str, float] = {"lexical": 1.0, "dense": 1.0, "brand": 0.5}
MODEL_WEIGHT = 1.0  # of a language model's signal
_JUST_BELOW = 1e-6
_ROUNDING = 1e-6  # of sums of float32 values up to 1


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of all candidates, with the parts they are the sum of.

    parts: for each signal, its share of every score, shape (candidates,).
    evidence: for each signal that rests on the history, what each row adds to its part, shape (candidates, history);
    the rows sum to the part.
    scales: for each of those signals, what a difference of 1 in it makes in the score.
    """

    parts: Mapping[str, Scores]
    evidence: Mapping[str, Matrix] = field(default_factory=dict)
    scales: Mapping[str, float] = field(default_factory=dict)

    @property
    def scores(self) -> Scores:
        total: Scores = np.sum(list(self.parts.values()), axis=0)
        return total

    def order(self) -> NDArray[np.intp]:
        """Indices of the candidates from best to worst; equal ones stay in the order given."""
        return np.argsort(-self.scores, kind="stable")


def rank(case: RankingCase, *, weights: Mapping[str, float] = DEFAULT_WEIGHTS) -> Ranking:
    """Score every candidate; with no history to go by, by how typical of the category it is."""
    if not case.candidates:
        return Ranking({"typical": np.zeros(0)})
    if not case.history:
        return Ranking({"typical": standardise(typical(case))})
    by_row = {name: SIGNALS[name](case) for name in weights}
    scales = {name: weight * _scale(by_row[name].sum(axis=1)) for name, weight in weights.items()}
    evidence = {name: scales[name] * (rows - rows.mean(axis=0)) for name, rows in by_row.items()}
    parts = {name: rows.sum(axis=1, dtype=np.float64) for name, rows in evidence.items()}
    return Ranking(parts, evidence, scales)


def standardise(scores: NDArray[np.floating]) -> Scores:
    """Zero mean and unit variance; zeros where all are equal."""
    centred: Scores = np.asarray(scores, dtype=np.float64) - np.mean(scores)
    return _scale(scores) * centred


def _scale(scores: NDArray[np.floating]) -> float:
    """What scores are multiplied by to have unit variance; 0 where all are equal."""
    spread = float(np.std(scores, dtype=np.float64))
    # Rounding leaves equal scores some spread, and dividing by it would make noise of them.
    return 1 / spread if spread > _ROUNDING else 0.0


def with_signal(ranking: Ranking, name: str, shortlist: NDArray[np.intp], values: NDArray[np.floating]) -> Ranking:
    """Add what a language model makes of the shortlist; the other candidates are put below it.

    `values[i]` belongs to candidate `shortlist[i]`: the more the better (see `likelihood` and `listwise`).
    """
    part = np.full(len(ranking.scores), 0.0)
    part[shortlist] = MODEL_WEIGHT * standardise(values)
    rest = np.setdiff1d(np.arange(len(part)), shortlist)
    if len(rest):
        floor = (ranking.scores + part)[shortlist].min()
        part[rest] = min(0.0, floor - _JUST_BELOW - ranking.scores[rest].max())
    return replace(ranking, parts={**ranking.parts, name: part})
