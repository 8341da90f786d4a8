"""Turns scores into probabilities: the log-odds that a candidate is taken, linear in the log of its share.

Platt scaling (Platt 1999) of cases that the scores were not learned on. A share depends on how many candidates there
are, so that what is learned in small categories holds, by and large, in larger ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.blend import log_shares
from newaisle.agent.rank.case import Scores

_BINS = 1_000


def learn_odds(
    scores: Sequence[Scores], taken: Sequence[NDArray[np.bool_]], *, parts: NDArray[np.integer]
) -> tuple[float, float]:
    """Slope and intercept, from the scores of the candidates of some cases and which of them were taken.

    `parts` says to which part of the categories each case belongs. The next category may be harder to foretell than
    those are, so that the slope is taken one standard error on the careful side, nearer to the base rate: that of the
    jackknife over the parts (Efron and Stein 1981). The intercept keeps the mean right.
    """
    shares = [log_shares(one) for one in scores]
    slope = _slope(shares, taken)
    # The slope without each part, for the jackknife.
    apart = [
        _slope([shares[i] for i in rest], [taken[i] for i in rest])
        for rest in (np.flatnonzero(parts != part).tolist() for part in np.unique(parts))
        if rest
    ]
    careful = max(0.0, slope - np.sqrt((len(apart) - 1) * np.var(apart)))
    return round(float(careful), 5), round(_intercept(careful * np.concatenate(shares), np.concatenate(list(taken))), 5)


def _slope(shares: Sequence[Scores], taken: Sequence[NDArray[np.bool_]]) -> float:
    """Fitted on bins of candidates of nearly the same share, of which there are a thousand times fewer."""
    from sklearn.linear_model import LogisticRegression

    share, was_taken = np.concatenate(list(shares)), np.concatenate(list(taken))
    order = np.argsort(share, kind="stable")
    bins = min(_BINS, len(order))
    sizes = len(order) // bins + (np.arange(bins) < len(order) % bins)
    starts = np.cumsum(sizes) - sizes
    means = np.add.reduceat(share[order], starts, dtype=np.float64) / sizes
    takes = np.add.reduceat(was_taken[order], starts, dtype=np.float64)
    fitted = LogisticRegression(C=100.0).fit(
        np.tile(means, 2)[:, None], np.repeat([1, 0], bins), sample_weight=np.concatenate((takes, sizes - takes))
    )
    return float(fitted.coef_[0, 0])


def _intercept(log_odds: Scores, taken: NDArray[np.bool_]) -> float:
    """What is added to log-odds so that as many are expected to be taken as were."""
    from scipy.optimize import brentq
    from scipy.special import expit

    wanted = float(taken.mean())
    bound = float(np.abs(log_odds).max()) + 50.0
    return float(brentq(lambda added: expit(log_odds + added).mean() - wanted, -bound, bound))
