"""Golden numbers of the ranking metrics, worked out by hand."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.evaluate.metrics import METRICS, hit_rate, judge, ndcg, order_by_score, recall, reciprocal_rank

# Five candidates, two targets: in the order of the scores (c, a, d, b, e) the targets stand at ranks 2 and 4.
SCORES = [0.8, 0.2, 0.9, 0.5, 0.1]
RELEVANT = [1, 1, 0, 0, 0]


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


def test_ties_are_worth_what_luck_gives_wherever_the_target_is_listed():
    """One target among 20 candidates of equal score: it is first in one case out of twenty."""
    for listed_at in (0, 19):
        relevant = np.arange(20) == listed_at
        metrics = np.mean([judge(np.zeros(20), relevant, case=case) for case in range(400)], axis=0)
        hits = dict(zip(METRICS, metrics, strict=True))
        assert hits["hr@1"] == pytest.approx(1 / 20, abs=0.015)
        assert hits["hr@10"] == pytest.approx(1 / 2, abs=0.04)


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
