from __future__ import annotations

from typing import Any

import pytest

from benchmarks.comparison import cells, compare
from benchmarks.growth import verdict


def side(median_s: float, *, valid: int = 10, exist: int = 50) -> dict[str, Any]:
    return {
        "seconds": {"first_s": 2 * median_s, "median_s": median_s, "p95_s": 1.5 * median_s},
        "evaluated": 200.0,
        "generated": 100.0,
        "phrased": 4.2,
        "all_phrased_s": 1.2 * median_s,
        "python_share": 0.05,
        "outside_llama_share": 0.08,
        "answers": 10,
        "valid": valid,
        "ids": 50,
        "ids_exist": exist,
        "ids_twice": 0,
        "ndcg@5": 0.25,
        "ndcg@5_se": 0.05,
    }


def rows_of(measured: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in compare(measured)}


@pytest.mark.parametrize(("seconds", "met"), [(10.1, True), (10.0, True), (9.9, False)])
def test_ten_times_as_fast_as_each_ships_is_to_be_reached(seconds: float, met: bool) -> None:
    rows = rows_of({"answers, newaisle": side(1.0), "answers, LangChain": side(seconds, valid=0, exist=0)})
    row = rows["explained answer of 5, following, median (as each ships)"]
    assert (row["ratio"], row["least"], row["met"]) == (pytest.approx(seconds), 10.0, met)
    assert rows["explained answer of 5, first (as each ships)"]["met"] is None


def test_six_times_with_the_same_file_is_to_be_reached() -> None:
    rows = rows_of({"answers, newaisle": side(1.0), "answers, LangChain, same file": side(7.0)})
    assert rows["explained answer of 5, following, median (same file)"]["least"] == 6.0


def test_answers_that_the_model_phrased_whole_are_compared_apart() -> None:
    name = "the same, all 5 phrased by the model (as each ships)"
    rows = rows_of({"answers, newaisle": side(1.0), "answers, LangChain": side(12.0)})
    assert rows[name]["ratio"] == pytest.approx(10.0)
    none = {**side(1.0), "all_phrased_s": None}
    assert name not in rows_of({"answers, newaisle": none, "answers, LangChain": side(12.0)})


def test_a_share_is_to_be_at_most_its_target() -> None:
    slow = {**side(1.0), "python_share": 0.12}
    assert rows_of({"answers, newaisle": side(1.0)})["Python's own share of an answer"]["met"]
    assert not rows_of({"answers, newaisle": slow})["Python's own share of an answer"]["met"]


def test_what_was_not_measured_has_no_row() -> None:
    assert compare({}) == []
    rate = {"texts": 1_000, "seconds": 2.0}
    assert compare({"embed, newaisle": rate}) == []
    assert list(rows_of({"embed, newaisle": rate, "embed, LangChain": rate})) == ["texts embedded"]


def test_a_second_turn_is_compared_with_the_first() -> None:
    turns = {"turns_s": [[3.0, 0.9], [2.0, 0.6], [4.0, 2.0]]}
    rows = rows_of({"chat, newaisle": turns})
    row = rows["second turn's, of the first's (newaisle)"]
    assert (row["newaisle"], row["met"]) == (pytest.approx(30.0), True)


def test_cells_say_figure_unit_ratio_and_target() -> None:
    (row,) = compare({"scoring, newaisle": {"scored": 60, "together_s": 3.0, "apart_s": 36.0}})
    assert cells(row) == ("candidates scored, against one prompt each", "20 /s", "1.67 /s", "12x", "≥ 10: met")


@pytest.mark.parametrize(("context", "peak", "met"), [(20.0, 4_000.0, (True, True)), (90.0, 4_100.0, (False, False))])
def test_growth_is_the_largest_shop_over_the_smallest(context: float, peak: float, met: tuple[bool, bool]) -> None:
    def size(context: float, peak: float) -> dict[str, Any]:
        latencies = {"context": {"median": context}, "ranking": {"median": 10.0}}
        return {"milliseconds": latencies, "peak_mib": peak, "build": {"peak_mib": 500.0}}

    found = verdict([size(10.0, 100.0), size(15.0, 200.0), size(context, peak)])
    assert found["growth"] == pytest.approx((context + 10) / 20)
    assert (found["growth_met"], found["memory_met"]) == met
