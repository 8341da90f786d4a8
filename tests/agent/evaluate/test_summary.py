from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from newaisle.agent.evaluate.bench import CaseResult
from newaisle.agent.evaluate.calibration import CalibrationCounts
from newaisle.agent.evaluate.data import Fold, Measured
from newaisle.agent.evaluate.result import Evaluation
from newaisle.agent.evaluate.summary import evaluation
from newaisle.agent.evaluate.wording import verdict
from newaisle.agent.learn.split import Case
from tests.agent.learn.datasets import dataset, likes, products

METHODS = (
    "blend",
    "diverse",
    "default",
    "untaught",
    "plain-words",
    "embedding",
    "random",
    "popularity",
    "user-knn",
    "warm-blend",
)
METHODS += ("lexical", "dense", "brand", "blend-lexical", "blend-dense", "blend-brand")
METHODS += ("blend-swapped", "plain-words-swapped")


def _result(number: int, *, category: str = "pot", history: int = 5, blend: float = 0.5, **more: object) -> CaseResult:
    values = {
        "case": number,
        "category": category,
        "candidates": 3,
        "history": history,
        "metrics": {name: [blend if name.startswith("blend") else 0.25] * 6 for name in METHODS},
        "first": {name: [6, 7] for name in METHODS},
        "distance": dict.fromkeys(METHODS, 0.5),
        "popularity": dict.fromkeys(METHODS, 0.75),
        "strongest": "bm25",
        "weights": {"lexical": 1.0, "dense": float(number), "brand": 0.0},
        "curve": {0: {"popularity": 0.1}, -1: {"popularity": 0.2}},
        "calibration": None,
    }
    return CaseResult.model_validate(values | more)


def _evaluation(results: list[CaseResult]) -> Evaluation:
    shop = dataset(products({"tea": 6, "pot": 4, "cup": 4}), likes("ann", "tea0"))
    case = Case(
        user_id="ann",
        category="pot",
        history=("tea0",),
        targets=frozenset({"pot0"}),
        candidates=("pot0", "pot1", "pot2"),
    )
    measured = Measured("shop", shop, [Fold(frozenset({"pot"}), [case] * len(results))], False, Path("kept"))
    return evaluation(measured, {result.case: result for result in results}, seconds=1.0)


def test_methods_have_means_and_say_whether_they_are_warm():
    found = _evaluation([_result(0, blend=0.2), _result(1, blend=0.6)])

    assert found.methods["blend"].metrics["ndcg@10"] == pytest.approx(0.4)
    assert found.methods["blend"].metrics["ndcg@10_se"] == pytest.approx(0.2)
    assert {name for name, method in found.methods.items() if method.warm} == {
        *("popularity", "user-knn", "warm-blend"),
    }
    assert found.methods["blend"].coverage == pytest.approx(2 / 3)
    assert (found.methods["blend"].diversity, found.methods["blend"].popularity_bias) == (0.5, 0.75)


def test_a_signal_weighs_what_it_does_on_average_also_where_only_some_cases_use_it():
    found = _evaluation([_result(0, weights={"lexical": 1.0}), _result(1, weights={"dense": 0.5})])

    assert found.weights == {"lexical": 0.5, "dense": 0.25}


def test_a_signal_that_the_blend_never_uses_is_told_alone_and_not_left_out():
    found = _evaluation([_result(0, weights={"lexical": 1.0, "dense": 0.5, "brand": 0.0})])

    assert found.weights["brand"] == 0
    assert "brand" in found.methods
    assert "blend-brand" not in found.methods
    assert "blend-brand" not in {row.minus for row in found.differences}


def test_every_difference_that_is_claimed_has_an_interval():
    found = _evaluation([_result(number) for number in range(5)])

    pairs = [(row.method, row.minus) for row in found.differences]
    assert len(set(pairs)) == len(pairs)
    assert {other for one, other in pairs if one == "blend"} == {
        *("default", "untaught", "plain-words", "embedding", "lexical", "random"),
        *("blend-swapped", "blend-lexical", "blend-dense"),
    }
    assert {pair for pair in pairs if pair[0] != "blend"} == {
        *(("diverse", "blend"), ("default", "plain-words"), ("untaught", "plain-words")),
        *(("warm-blend", "popularity"), ("warm-blend", "user-knn")),
    }
    against_words = found.differences[pairs.index(("blend", "plain-words"))]
    assert against_words.ndcg_at_10.low == against_words.ndcg_at_10.high == pytest.approx(0.25)


def test_the_lists_of_two_customers_are_compared():
    """One of two products is the same in one case, both in the other; drawn lists would share two of three."""
    first = {name: [6, 8] if name == "blend-swapped" else [6, 7] for name in METHODS}
    metrics = {name: [0.1 if name == "blend-swapped" else 0.25] * 6 for name in METHODS}

    found = _evaluation([_result(0, first=first), _result(1, metrics=metrics)]).personal

    assert (found.overlap, found.by_chance) == (0.75, pytest.approx(2 / 3))
    assert found.own_history.mean == pytest.approx(0.075)


def test_what_plain_words_are_is_told_with_the_cases_that_it_is_so_for():
    found = _evaluation([_result(0), _result(1, strongest="tfidf-title"), _result(2)])

    assert found.strongest == {"bm25": 2, "tfidf-title": 1}
    assert "Plain words (BM25 or TF-IDF of titles)" in " ".join(
        s.text.replace("plain", "Plain") for s in verdict(found)
    )


def test_warm_methods_are_also_compared_by_their_ratio():
    """0.6 over 0.5 in every case: 1.2 times, whichever cases are drawn."""
    metrics = {name: [{"warm-blend": 0.6, "popularity": 0.5}.get(name, 0.25)] * 6 for name in METHODS}

    rows = {
        (row.method, row.minus): row for row in _evaluation([_result(i, metrics=metrics) for i in (0, 1)]).differences
    }

    ratio = rows["warm-blend", "popularity"].ratio
    assert ratio is not None
    assert (ratio.mean, ratio.low, ratio.high) == pytest.approx((1.2, 1.2, 1.2))
    assert [row for row in rows.values() if row.ratio and row.method != "warm-blend"] == []


def test_the_best_single_signal_is_the_one_compared_with():
    better = {name: [0.5 if name == "dense" else 0.25] * 6 for name in METHODS}

    pairs = [(d.method, d.minus) for d in _evaluation([_result(0, metrics=better)]).differences]

    assert ("blend", "dense") in pairs
    assert ("blend", "lexical") not in pairs


def test_cases_are_grouped_by_category_and_by_length_of_history():
    lengths = (5, 9, 10, 19, 20, 49, 50, 700)
    results = [_result(i, history=n, category="pot" if i % 2 else "cup") for i, n in enumerate(lengths)]

    found = _evaluation(results)

    assert [(group.name, group.cases) for group in found.by_history] == [
        ("5-9", 2),
        ("10-19", 2),
        ("20-49", 2),
        ("50+", 2),
    ]
    assert [(group.name, group.cases) for group in found.by_category] == [("cup", 4), ("pot", 4)]


def test_given_histories_may_be_shorter():
    assert [group.name for group in _evaluation([_result(0, history=2)]).by_history] == ["1-4"]


def test_a_point_of_the_curve_is_over_the_cases_that_got_so_far():
    far = {0: {"popularity": 0.1}, 10: {"popularity": 0.4}, -1: {"popularity": 0.3}}

    curve = _evaluation([_result(0), _result(1, curve=far, blend=0.9)]).learning_curve

    assert [(point.interactions, point.cases) for point in curve] == [(0, 2), (10, 1), (None, 2)]
    assert curve[1].ndcg_at_10 == {"blend": 0.9, "popularity": 0.4}
    assert curve[2].ndcg_at_10["popularity"] == pytest.approx(0.25)


def test_calibration_is_there_where_there_are_probabilities():
    counts = CalibrationCounts(
        brier=0.5,
        base_brier=1.0,
        top_predicted=0.5,
        top_taken=1,
        top_count=5,
        counts=[0] * 9 + [5],
        predicted=[0.0] * 9 + [4.5],
        taken=[0] * 9 + [5],
    )

    assert _evaluation([_result(0)]).calibration is None
    calibration = _evaluation([_result(0, calibration=counts)]).calibration
    assert calibration is not None
    assert calibration.brier_skill == 0.5
    assert [bin.count for bin in calibration.bins] == [5]


def test_the_notes_say_how_it_was_measured():
    notes = " ".join(_evaluation([_result(0)]).notes)

    assert "taken as given; 1 of 1" in notes
    assert "no dates" in notes
    assert np.isfinite(_evaluation([_result(0)]).candidates)
