"""Golden numbers of the ranking metrics, worked out by hand."""

from __future__ import annotations

from itertools import pairwise, permutations
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from newaisle.agent.rank.metrics import METRICS, judge, ndcg, order_by_score

# Five candidates, two targets: in the order of the scores (c, a, d, b, e) the targets stand at ranks 2 and 4.
SCORES = [0.8, 0.2, 0.9, 0.5, 0.1]
RELEVANT = [1, 1, 0, 0, 0]


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


def test_golden_metrics_of_one_case():
    # DCG = 1/log2(3) + 1/log2(5) = 0.630930 + 0.430677; ideal = 1/log2(2) + 1/log2(3) = 1.630930.
    golden = {"ndcg@10": 0.650921, "hr@1": 0.0, "hr@3": 1.0, "hr@10": 1.0, "mrr": 0.5, "recall@10": 1.0}

    assert dict(zip(METRICS, judge(SCORES, RELEVANT), strict=True)) == pytest.approx(golden, abs=1e-6)


def test_golden_ndcg_where_there_are_more_targets_than_places():
    # Three targets, two places: the ideal fills both. 1/log2(3) / (1 + 1/log2(3)) = 0.386853.
    assert ndcg([0, 1, 1, 1], k=2) == pytest.approx(0.386853, abs=1e-6)
    assert ndcg([1, 1, 1, 0], k=2) == 1.0


def test_a_target_below_the_tenth_place_counts_for_mrr_alone():
    ranked = [0] * 10 + [1]

    assert (ndcg(ranked, k=10), hit_rate(ranked, k=10), recall(ranked, k=10)) == (0, 0, 0)
    assert reciprocal_rank(ranked) == pytest.approx(1 / 11)


def test_recall_is_the_share_of_all_targets_that_are_found():
    assert recall([1, 0, 1, 0, 1, 1], k=3) == 0.5


def test_a_list_shorter_than_k_is_judged_as_it_is():
    assert ndcg([0, 1], k=10) == pytest.approx(1 / log2(3))


def test_nothing_relevant_gives_zero_everywhere():
    assert judge([3.0, 2.0, 1.0], [0, 0, 0]).tolist() == [0.0] * len(METRICS)


def test_candidates_of_equal_score_come_in_the_same_random_order_for_the_same_seed():
    golden = order_by_score([0.0] * 8, seed=1)

    assert golden.tolist() == [2, 4, 7, 5, 0, 6, 3, 1]
    assert order_by_score([0.0] * 8, seed=1).tolist() == golden.tolist()
    assert order_by_score([0.0] * 8, seed=2).tolist() != golden.tolist()


def test_only_candidates_of_equal_score_change_places():
    orders = {tuple(order_by_score([1.0, 2.0, 1.0, 0.0], seed=seed).tolist()) for seed in range(20)}

    assert orders == {(1, 0, 2, 3), (1, 2, 0, 3)}


@pytest.mark.parametrize("listed_at", [0, 19])
def test_ties_are_worth_what_luck_gives_wherever_the_target_is_listed(listed_at: int):
    """One target among 20 candidates of equal score: it is first in one order out of twenty."""
    metrics = dict(zip(METRICS, judge(np.zeros(20), np.arange(20) == listed_at), strict=True))

    assert metrics["hr@1"] == pytest.approx(1 / 20)
    assert metrics["hr@3"] == pytest.approx(3 / 20)
    assert metrics["hr@10"] == pytest.approx(1 / 2)
    assert metrics["recall@10"] == pytest.approx(1 / 2)
    assert metrics["mrr"] == pytest.approx(np.mean(1 / np.arange(1, 21)))
    assert metrics["ndcg@10"] == pytest.approx(np.sum(1 / np.log2(np.arange(2, 12))) / 20)


def _by_definition(scores: list[int], relevant: list[bool]) -> np.ndarray:
    """The mean over all orders of candidates in which the scores do not rise."""
    judged = []
    for order in permutations(range(len(scores))):
        if all(scores[a] >= scores[b] for a, b in pairwise(order)):
            ranked = [relevant[i] for i in order]
            hits = [hit_rate(ranked, k=k) for k in (1, 3, 10)]
            judged.append([ndcg(ranked, k=10), *hits, reciprocal_rank(ranked), recall(ranked, k=10)])
    return np.mean(judged, axis=0)


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=6))
def test_ties_are_the_mean_over_all_their_orders(candidates: list[tuple[int, bool]]):
    scores, relevant = (list(column) for column in zip(*candidates, strict=True))

    np.testing.assert_allclose(judge(scores, relevant), _by_definition(scores, relevant), atol=1e-12)


def test_places_behind_the_tenth_count_for_the_mean_rank_alone():
    metrics = dict(zip(METRICS, judge([1.0] * 10 + [0.0] * 2, [0] * 10 + [1, 0]), strict=True))

    assert metrics["hr@10"] == metrics["ndcg@10"] == 0
    assert metrics["mrr"] == pytest.approx((1 / 11 + 1 / 12) / 2)


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=1, max_size=40))
def test_every_metric_is_between_none_and_all(candidates: list[tuple[float, bool]]):
    scores, relevant = zip(*candidates, strict=True)

    metrics = judge(scores, relevant)

    assert (metrics >= 0).all()
    assert (metrics <= 1 + 1e-12).all()


@given(st.lists(st.booleans(), min_size=1, max_size=40).filter(any))
def test_targets_first_is_the_best_there_is(relevant: list[bool]):
    best = dict(zip(METRICS, judge(relevant, relevant), strict=True))

    assert best["ndcg@10"] == pytest.approx(1.0)
    assert best["mrr"] == best["hr@1"] == 1.0
