"""Learns weights of signals: a conditional logit of which candidates are taken, drawn to the weights one starts from.

The conditional logit (McFadden 1974) makes a case's candidates compete for the customer: their probabilities are the
softmax of their scores. Its weights stay consistent where not all of the alternatives are looked at (McFadden 1978).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.split import Case
from newaisle.agent.rank.case import Scores

_ALTERNATIVES = 100  # candidates that were not taken, of a case


@dataclass(frozen=True, slots=True)
class Choice:
    """One case: standardised signals, shape (candidates, signals), and which candidates were taken."""

    signals: NDArray[np.float32]
    taken: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trial:
    """A customer's step into a category that was left out, and what they chose there."""

    category: str
    case: Case
    choice: Choice


def learn_weights(choices: Sequence[Choice], *, start: Scores, pull: float, seed: int = 0) -> Scores:
    """The weights, none below 0, of most likelihood less `pull` times the squared distance to `start`."""
    from scipy.optimize import minimize

    signals, share, first = _stacked(choices, seed)
    case = np.repeat(np.arange(len(first)), np.diff([*first, len(share)]))
    wanted = signals.T @ share

    def loss(weights: Scores) -> tuple[float, Scores]:
        scores = signals @ weights
        top = np.maximum.reduceat(scores, first)
        odds = np.exp(scores - top[case])
        totals = np.add.reduceat(odds, first)
        likelihood = share @ scores - (np.log(totals) + top).sum()
        slope = wanted - signals.T @ (odds / totals[case])
        apart = weights - start
        return -likelihood / len(first) + pull * (apart @ apart), -slope / len(first) + 2 * pull * apart

    found: Scores = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start)).x
    return found


def _stacked(choices: Sequence[Choice], seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Signals of all cases, each row's share in its case's choice, and where each case begins."""
    random = np.random.default_rng(seed)
    kept = [_alternatives(choice, random) for choice in choices]
    signals = np.concatenate([choice.signals[rows] for choice, rows in zip(choices, kept, strict=True)])
    share = np.concatenate(
        [choice.taken[rows] / choice.taken.sum() for choice, rows in zip(choices, kept, strict=True)]
    )
    first = np.cumsum([0, *(len(rows) for rows in kept[:-1])])
    return signals.astype(np.float64), share, first


def _alternatives(choice: Choice, random: np.random.Generator) -> NDArray[np.intp]:
    taken, left = np.flatnonzero(choice.taken), np.flatnonzero(~choice.taken)
    if len(left) > _ALTERNATIVES:
        left = random.choice(left, size=_ALTERNATIVES, replace=False)
    rows: NDArray[np.intp] = np.concatenate([taken, left])
    return rows
