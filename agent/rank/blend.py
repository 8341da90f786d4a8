"""The blend: signals, standardised over the candidates, added up with fixed weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
LIKELIHOOD_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of all candidates, with the parts they are the sum of.

    parts: for each signal, its share of every score, shape (candidates,).
    evidence: for each signal that rests on the history, its weighted evidence, shape (candidates, history): what a
    row adds to a score, up to a constant of the signal.
    """

    parts: Mapping[str, Scores]
    evidence: Mapping[str, Matrix]

    @property
    def scores(self) -> Scores:
        total: Scores = np.sum(list(self.parts.values()), axis=0)
        return total

    def order(self) -> NDArray[np.intp]:
        """Indices of the candidates from best to worst; equal ones stay in the order given."""
        return np.argsort(-self.scores, kind="stable")


def rank(case: RankingCase, *, weights: Mapping[str, float] = DEFAULT_WEIGHTS) -> Ranking:
    """Score every candidate; with no history to go by, by how typical of the category it is."""
    if not case.history:
        return Ranking({"typical": standardise(typical(case))}, {})
    parts: dict[str, Scores] = {}
    evidence: dict[str, Matrix] = {}
    for name, weight in weights.items():
        by_row = SIGNALS[name](case)
        scores = by_row.sum(axis=1, dtype=np.float64)
        parts[name] = weight * standardise(scores)
        evidence[name] = (weight / (scores.std() or 1.0)) * by_row
    return Ranking(parts, evidence)


def standardise(scores: NDArray[np.floating]) -> Scores:
    """Zero mean and unit variance; zeros where all are equal."""
    centred = np.asarray(scores, dtype=np.float64) - np.mean(scores)
    spread = centred.std()
    # Rounding leaves equal scores a spread of some 1e-17, and dividing by it would make noise of them.
    return centred / spread if spread > 1e-9 else np.zeros_like(centred)


def with_likelihood(ranking: Ranking, shortlist: NDArray[np.intp], likelihoods: NDArray[np.floating]) -> Ranking:
    """Add the language model's likelihood of each shortlisted title; the others are put below the shortlist.

    `likelihoods[i]` belongs to candidate `shortlist[i]`: log-probability per token of the title (see `likelihood`).
    """
    part = np.full(len(ranking.scores), 0.0)
    part[shortlist] = LIKELIHOOD_WEIGHT * standardise(likelihoods)
    rest = np.setdiff1d(np.arange(len(part)), shortlist)
    if len(rest):
        floor = (ranking.scores + part)[shortlist].min()
        part[rest] = np.minimum(0.0, floor - 1e-6 - ranking.scores[rest])
    return Ranking({**ranking.parts, "likelihood": part}, ranking.evidence)
