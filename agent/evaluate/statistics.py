"""Bootstrap intervals (Efron and Tibshirani 1993: percentile, cases redrawn whole)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from newaisle.agent.evaluate.result import Interval

DRAWS = 10_000
_SEED = 20240229
_AT_ONCE = 4_000_000  # numbers drawn in one piece of memory
Floats = NDArray[np.float64]


def mean_intervals(values: Floats) -> list[Interval]:
    """Of the mean of every column of `values`, shape (cases, columns): paired, since a draw is of whole cases."""
    means = np.concatenate([counts @ values / len(values) for counts in _draws(len(values))])
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    return [
        Interval(mean=mean, low=a, high=b)
        for mean, a, b in zip(values.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True)
    ]


def ratio_interval(above: Floats, below: Floats, *, one_minus: bool = False) -> Interval:
    """Of the ratio of two sums over cases, or 1 minus it; both of shape (cases,)."""
    drawn = np.concatenate([_ratio(counts @ above, counts @ below) for counts in _draws(len(above))])
    mean = float(_ratio(above.sum(), below.sum()))
    low, high = np.percentile(drawn, (2.5, 97.5)).tolist()
    return Interval(mean=1 - mean, low=1 - high, high=1 - low) if one_minus else Interval(mean=mean, low=low, high=high)


def _ratio(above: ArrayLike, below: ArrayLike) -> Floats:
    """0 where nothing is below the line: a draw may lack all cases that have anything there."""
    bottom = np.asarray(below, dtype=np.float64)
    return np.divide(above, bottom, out=np.zeros_like(bottom), where=bottom > 0)


def _draws(cases: int) -> Iterator[Floats]:
    """How often each case is drawn, shape (draws, cases), in pieces."""
    random = np.random.default_rng(_SEED)
    at_once = max(1, _AT_ONCE // cases)
    for start in range(0, DRAWS, at_once):
        draws = min(at_once, DRAWS - start)
        drawn = random.integers(cases, size=(draws, cases)) + cases * np.arange(draws)[:, None]
        yield np.bincount(drawn.ravel(), minlength=draws * cases).reshape(draws, cases).astype(np.float64)
