"""Turns scores into probabilities: the log-odds that a candidate is taken, linear in the log of its share.

Platt scaling (Platt 1999) of cases that the scores were not learned on. Categories of many products are entered more
often for more than one of them, and one intercept for all would have their first products taken too seldom: so the
log-odds are linear in the logarithm of the number of candidates, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.blend import log_shares
from newaisle.agent.rank.case import Scores

_RIDGE = 1.0  # on slope and size: where all categories are of one size, nothing is said of others


class Odds(NamedTuple):
    """See `agent.rank.blend.Blend`."""

    slope: float
    intercept: float
    size: float


def learn_odds(scores: Sequence[Scores], taken: Sequence[NDArray[np.bool_]]) -> Odds:
    """The log-odds by the scores of the candidates of some cases, and which of them were taken.

    As many are expected to be taken as were.
    """
    shares = [log_shares(one) for one in scores]
    slope, size = _fitted(shares, taken)
    log_odds = slope * np.concatenate(shares) + size * _log_sizes(shares)
    intercept = _intercept(log_odds, np.concatenate(list(taken)))
    return Odds(*(round(float(one), 5) for one in (slope, intercept, size)))


def _fitted(shares: Sequence[Scores], taken: Sequence[NDArray[np.bool_]]) -> tuple[float, float]:
    """Slope, never below 0, and size of most likelihood."""
    from scipy.optimize import minimize
    from scipy.special import expit

    share, size = np.concatenate(list(shares)), _log_sizes(shares)
    was_taken = np.concatenate(list(taken)).astype(np.float64)
    seen = np.stack([share - share.mean(), size - size.mean(), np.ones(len(share))])
    pull = np.array([_RIDGE, _RIDGE, 0.0])

    def loss(weights: Scores) -> tuple[float, Scores]:
        odds = weights @ seen
        slopes = seen @ (expit(odds) - was_taken) + pull * weights
        return float(np.logaddexp(0, odds).sum() - was_taken @ odds + pull @ weights**2 / 2), slopes

    usual = was_taken.mean()
    start = np.array([0.5, 0.0, np.log(usual / (1 - usual))])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None), (None, None)]).x
    return float(found[0]), float(found[1])


def _log_sizes(shares: Sequence[Scores]) -> Scores:
    sizes = [len(one) for one in shares]
    logs: Scores = np.repeat(np.log(sizes), sizes)
    return logs


def _intercept(log_odds: Scores, taken: NDArray[np.bool_]) -> float:
    """What is added to log-odds so that as many are expected to be taken as were."""
    from scipy.optimize import brentq
    from scipy.special import expit

    wanted = float(taken.mean())
    bound = float(np.abs(log_odds).max()) + 50.0
    return float(brentq(lambda added: expit(log_odds + added).mean() - wanted, -bound, bound))
