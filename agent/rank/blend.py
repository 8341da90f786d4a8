"""The blend: signals, standardised over the candidates, added up with weights.

Scores are in units of log-probability: up to a constant, the logarithm of the share of the customers like this one that
take the candidate. That is what weights are learned for (`agent.learn.weights`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import ROUNDING, Matrix, RankingCase, Scores
from newaisle.agent.rank.popularity import left_of_personal, popularity
from newaisle.agent.rank.signals import attributes, brand, dense, disliked, lexical, nearest, price, typical

# What rests on the history says how much each of its rows adds, in a matrix (candidates, history).
BY_ROW: Mapping[str, Callable[[RankingCase], Matrix]] = {
    "lexical": lexical,
    "dense": dense,
    "nearest": nearest,
    "brand": brand,
    "attributes": attributes,
    "price": price,
}
BY_MODEL = ("likelihood", "listwise")  # signals of a language model, see `with_signal`
MODEL_WEIGHT = 0.3  # of one, where the shop has not learned another
_JUST_BELOW = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """How signals become a score, and a score a probability.

    weights: of each signal; one without a weight is not computed.
    likeness, prior: see `agent.rank.popularity`.
    personal: what is left of the signals that rest on the customer, once co-interactions tell what is liked.
    slope, intercept: of the log-odds that a candidate is taken, over the log of its share of the scores; None where
    they were not learned. size: the same over the log of the number of candidates.
    """

    weights: Mapping[str, float]
    likeness: float = 1.0
    prior: float = 50.0
    personal: float = 0.5
    slope: float | None = None
    intercept: float = 0.0
    size: float = 0.0


DEFAULT_BLEND = Blend(
    weights={"lexical": 0.2, "dense": 0.3, "nearest": 0.1, "brand": 0.1, "disliked": 0.1, "expected_popularity": 0.4}
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of all candidates, with the parts they are the sum of.

    parts: for each signal, its share of every score, shape (candidates,).
    evidence: for each signal that rests on the history, what each row adds to its part, shape (candidates, history);
    the rows sum to the part.
    scales: for each of those signals, what a difference of 1 in it makes in the score.
    probabilities: that the customer takes each candidate if they enter the category, shape (candidates,); None where no
    such thing was learned, or co-interactions are known already.
    """

    parts: Mapping[str, Scores]
    evidence: Mapping[str, Matrix] = field(default_factory=dict)
    scales: Mapping[str, float] = field(default_factory=dict)
    probabilities: Scores | None = None

    @property
    def scores(self) -> Scores:
        total: Scores = np.sum(list(self.parts.values()), axis=0)
        return total

    def order(self, among: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
        """Indices of the candidates, or of some, from best to worst; equal ones stay in the order given."""
        if among is None:
            return np.argsort(-self.scores, kind="stable")
        best_first: NDArray[np.intp] = among[np.argsort(-self.scores[among], kind="stable")]
        return best_first


def rank(case: RankingCase, blend: Blend = DEFAULT_BLEND) -> Ranking:
    """Score every candidate; with nothing to go by, by how typical of the category it is."""
    if not case.candidates:
        return Ranking({"typical": np.zeros(0)})
    # The less the history counts, the more others' choices in the category tell.
    left = (
        left_of_personal(case.co_interactions, personal=blend.personal, prior=blend.prior)
        if case.co_interactions
        else 1.0
    )
    ranking = by_history(case, {name: left * weight for name, weight in blend.weights.items() if name in BY_ROW})
    parts = {**ranking.parts, **_by_candidate(case, blend)}
    if not parts:
        parts = {"typical": standardise(typical(case))}
    ranking = replace(ranking, parts=parts)
    # Odds were learned where nobody had chosen anything yet.
    return replace(
        ranking, probabilities=_probabilities(ranking.scores, blend) if case.co_interactions is None else None
    )


def by_history(case: RankingCase, weights: Mapping[str, float]) -> Ranking:
    """The parts that rest on the history, by the weights of their signals; none without a history."""
    if not case.history:
        return Ranking({})
    by_row = {name: BY_ROW[name](case) for name, weight in weights.items() if weight}
    scales = {name: weights[name] * scale_of(rows.sum(axis=1)) for name, rows in by_row.items()}
    evidence = {name: scales[name] * (rows - rows.mean(axis=0)) for name, rows in by_row.items()}
    return Ranking({name: rows.sum(axis=1, dtype=np.float64) for name, rows in evidence.items()}, evidence, scales)


def _by_candidate(case: RankingCase, blend: Blend) -> dict[str, Scores]:
    """The parts that need no history of likes."""
    parts = {}
    if case.disliked and blend.weights.get("disliked"):
        parts["disliked"] = blend.weights["disliked"] * standardise(disliked(case))
    if case.expected_popularity is not None and blend.weights.get("expected_popularity"):
        parts["expected_popularity"] = blend.weights["expected_popularity"] * standardise(case.expected_popularity)
    if case.co_interactions is not None:
        expected = parts.get("expected_popularity", np.zeros(len(case.candidates)))
        parts["popularity"] = popularity(case.co_interactions, expected, likeness=blend.likeness, prior=blend.prior)
    return parts


def log_shares(scores: Scores) -> Scores:
    """The logarithm of each candidate's share of the customers, as the scores have it, shape (candidates,)."""
    shares: Scores = scores - np.logaddexp.reduce(scores)
    return shares


def _probabilities(scores: Scores, blend: Blend) -> Scores | None:
    if blend.slope is None:
        return None
    base = blend.intercept + blend.size * np.log(len(scores))
    probabilities: Scores = 1 / (1 + np.exp(-(base + blend.slope * log_shares(scores))))
    return probabilities


def standardise(scores: NDArray[np.floating]) -> Scores:
    """Zero mean and unit variance; zeros where all are equal."""
    centred: Scores = np.asarray(scores, dtype=np.float64) - np.mean(scores)
    return scale_of(scores) * centred


def scale_of(scores: NDArray[np.floating]) -> float:
    """What scores are multiplied by to have unit variance; 0 where all are equal."""
    spread = float(np.std(scores, dtype=np.float64))
    # Rounding leaves equal scores some spread, and dividing by it would make noise of them.
    return 1 / spread if spread > ROUNDING else 0.0


def with_signal(
    ranking: Ranking,
    name: str,
    shortlist: NDArray[np.intp],
    values: NDArray[np.floating],
    *,
    weight: float = MODEL_WEIGHT,
) -> Ranking:
    """Add what a language model makes of the shortlist; the other candidates are put below it.

    `values[i]` belongs to candidate `shortlist[i]`: the more the better (see `likelihood` and `listwise`).
    Probabilities were learned without it, and hold no more.
    """
    part = np.full(len(ranking.scores), 0.0)
    part[shortlist] = weight * standardise(values)
    rest = np.setdiff1d(np.arange(len(part)), shortlist)
    if len(rest):
        floor = (ranking.scores + part)[shortlist].min()
        part[rest] = min(0.0, floor - _JUST_BELOW - ranking.scores[rest].max())
    return replace(ranking, parts={**ranking.parts, name: part}, probabilities=None)
