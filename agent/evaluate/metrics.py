"""Ranking metrics: the one place that says how an order is judged.

Gain is binary. The ideal of NDCG is over min(k, number of targets) (Järvelin and Kekäläinen 2002, section 2, with
log2 discount). Candidates of equal score are put in random order by a fixed seed, so that no method gains or loses by
the order in which candidates are listed; `judge` takes the mean over several such orders.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

SEED = 20240229
METRICS = ("ndcg@10", "hr@1", "hr@3", "hr@10", "mrr", "recall@10")
_TIE_ORDERS = 10


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


def hit_rate(relevant: ArrayLike, *, k: int) -> float:
    """1 if any of the first `k` is relevant, else 0."""
    return float(np.asarray(relevant, dtype=bool)[:k].any())


def recall(relevant: ArrayLike, *, k: int) -> float:
    """Share of the relevant ones that are among the first `k`; 0 where nothing is relevant."""
    gains = np.asarray(relevant, dtype=np.float64)
    return float(gains[:k].sum() / gains.sum()) if gains.any() else 0.0


def reciprocal_rank(relevant: ArrayLike) -> float:
    """1 over the rank of the first relevant one; 0 where nothing is relevant."""
    first = np.flatnonzero(np.asarray(relevant, dtype=bool))
    return float(1.0 / (first[0] + 1)) if len(first) else 0.0


def judge(scores: ArrayLike, relevant: ArrayLike, *, case: int = 0) -> NDArray[np.float64]:
    """The METRICS of one case, in their order: `scores[i]` and the 0/1 `relevant[i]` belong to candidate i.

    `case` is the case's number: ties of different cases are broken differently, so that luck evens out over them.
    """
    is_target = np.asarray(relevant, dtype=bool)
    orders = (order_by_score(scores, seed=(SEED, case, draw)) for draw in range(_TIE_ORDERS))
    metrics: NDArray[np.float64] = np.mean([_metrics(is_target[order]) for order in orders], axis=0)
    return metrics


def _metrics(ranked: NDArray[np.bool_]) -> list[float]:
    return [
        ndcg(ranked, k=10),
        hit_rate(ranked, k=1),
        hit_rate(ranked, k=3),
        hit_rate(ranked, k=10),
        reciprocal_rank(ranked),
        recall(ranked, k=10),
    ]
