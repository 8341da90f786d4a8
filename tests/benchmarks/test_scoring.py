from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scoring import Judged, judge_answer, spread, summary
from newaisle.agent.learn.split import Case

IDS = tuple(f"p{number}" for number in range(20))
CASE = Case(user_id="ann", category="Tea", history=("h",), targets=frozenset({"p0", "p3"}), candidates=IDS)
FIVE, REASONS = ["p0", "p1", "p2", "p3", "p4"], ["because"] * 5


def test_five_different_candidates_with_reasons_are_valid() -> None:
    judged = judge_answer(FIVE, REASONS, CASE)
    assert (judged.valid, judged.returned, judged.exist, judged.twice) == (True, 5, 5, 0)


def test_what_breaks_a_rule_is_not_valid() -> None:
    for ids, reasons, exist, twice in [
        ([], [], 0, 0),
        (FIVE[:4], REASONS[:4], 4, 0),
        (["p0", "p1", "p2", "p3", "made up"], REASONS, 4, 0),
        (["p0", "p1", "p2", "p3", "p3"], REASONS, 5, 1),
        ([*FIVE, "p5"], [*REASONS, "because"], 6, 0),
        (FIVE, [*REASONS[:4], " "], 5, 0),
        (["P0", "p1 ", "p2", "p3", "p4"], REASONS, 3, 0),
    ]:
        judged = judge_answer(ids, reasons, CASE)
        assert (judged.valid, judged.exist, judged.twice) == (False, exist, twice), ids


def test_the_order_is_judged_by_ndcg_over_all_targets() -> None:
    assert judge_answer(["p0", "p3", "p1", "p2", "p4"], REASONS, CASE).ndcg == pytest.approx(1)
    assert judge_answer(["p0"], ["because"], CASE).ndcg == pytest.approx(1 / (1 + 1 / 1.5849625))
    assert judge_answer([], [], CASE).ndcg == 0


def test_a_target_gains_once_and_only_among_the_first_five() -> None:
    once = judge_answer(["p0", "p1"], ["because"] * 2, CASE).ndcg
    assert judge_answer(["p0", "p0"], ["because"] * 2, CASE).ndcg == once
    assert judge_answer(["p5", "p6", "p7", "p8", "p9", "p0"], ["because"] * 6, CASE).ndcg == 0


@given(st.lists(st.sampled_from([*IDS, "made up"]), max_size=8))
def test_an_answer_is_valid_only_if_all_its_counts_say_so(ids: list[str]) -> None:
    judged = judge_answer(ids, ["because"] * len(ids), CASE)
    assert judged.valid == (judged.returned == judged.exist == 5 and judged.twice == 0)
    assert 0 <= judged.ndcg <= 1 + 1e-9


def test_a_summary_counts_answers_and_ids() -> None:
    good, bad = judge_answer(FIVE, REASONS, CASE), Judged(valid=False, returned=2, exist=1, twice=1, ndcg=0.0)
    found = summary([good, bad])
    assert (found["answers"], found["valid"], found["ids"], found["ids_exist"], found["ids_twice"]) == (2, 1, 7, 6, 1)
    assert found["ndcg@5"] == pytest.approx(good.ndcg / 2)


def test_the_first_request_is_apart_from_the_following() -> None:
    assert spread([9.0, 1.0, 2.0, 3.0]) == {"first_s": 9.0, "median_s": 2.0, "p95_s": pytest.approx(2.9)}
