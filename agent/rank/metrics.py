"""Ranking metrics: the one place that says how an order is judged.

Gain is binary. The ideal of NDCG is over min(k, number of targets) (Järvelin and Kekäläinen 2002, section 2, with
log2 discount). Candidates of equal score count as in random order, so that no method gains or loses by the order in
which candidates are listed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

SEED = 20240229
METRICS = ("ndcg@10", "hr@1", "hr@3", "hr@10", "mrr", "recall@10")
_K = 10
_DISCOUNTS = 1.0 / np.log2(np.arange(2, _K + 2))


def order_by_score(scores: ArrayLike, *, seed: int | Sequence[int] = SEED) -> NDArray[np.intp]:
    """Indices of candidates from best to worst; ties in random order, which is the same for the same seed."""
    values = np.asarray(scores, dtype=np.float64)
    tie_break = np.random.default_rng(seed).random(len(values))
    return np.lexsort((tie_break, -values))


def ndcg(relevant: ArrayLike, *, k: int) -> float:
    """Normalised discounted cumulative gain at `k` of a ranked list of 0/1 relevances; 0 where nothing is relevant."""
    gains = np.asarray(relevant, dtype=np.float64)
    targets = int(gains.sum())
    if not targets:
        return 0.0
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    top = gains[:k]
    return float((top * discounts[: len(top)]).sum() / discounts[: min(k, targets)].sum())


def judge(scores: ArrayLike, relevant: ArrayLike) -> NDArray[np.float64]:
    """The METRICS of one case, in their order: `scores[i]` and the 0/1 `relevant[i]` belong to candidate i.

    Candidates of equal score count as in random order: every metric is its exact mean over all such orders.
    """
    values = np.asarray(scores, dtype=np.float64)
    is_target = np.asarray(relevant, dtype=bool)
    order = np.argsort(-values, kind="stable")
    ranked, gains = values[order], is_target[order]
    starts = np.concatenate(([0], np.flatnonzero(ranked[1:] != ranked[:-1]) + 1))
    if not gains.any():
        return np.zeros(len(METRICS))
    sizes = np.diff(np.append(starts, len(ranked)))
    hits = np.add.reduceat(gains, starts, dtype=np.int64)
    expected = np.repeat(hits / sizes, sizes)[:_K]  # how likely each of the first places holds a target
    first = _first_target(int(starts[hits > 0][0]), int(sizes[hits > 0][0]), int(hits[hits > 0][0]))
    targets = int(hits.sum())
    return np.array(
        [
            (expected * _DISCOUNTS[: len(expected)]).sum() / _DISCOUNTS[: min(_K, targets)].sum(),
            first[:1].sum(),
            first[:3].sum(),
            first[:_K].sum(),
            (first / np.arange(1, len(first) + 1)).sum(),
            expected.sum() / targets,
        ]
    )


def _first_target(start: int, size: int, hits: int) -> NDArray[np.float64]:
    """How likely each place is the first that holds a target, where `hits` of `size` equal ones after `start` do."""
    places = np.arange(size - hits + 1)
    none_yet = np.cumprod(np.concatenate(([1.0], (size - hits - places[:-1]) / (size - places[:-1]))))
    return np.concatenate((np.zeros(start), none_yet * hits / (size - places)))


def standard_error(values: ArrayLike) -> float:
    """The standard error of the mean of values; 0 for one value, which says nothing of the others."""
    numbers = np.asarray(values, dtype=np.float64)
    return float(numbers.std(ddof=1) / np.sqrt(len(numbers))) if len(numbers) > 1 else 0.0
