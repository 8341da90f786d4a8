from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newaisle.agent.learn.split import Case, DataFolder, read_cases, sample_cases
from newaisle.errors import InputError
from tests.agent.evaluate.data import ITEM_IDS, good_cases, write_data


@pytest.mark.parametrize("zipped", [False, True])
def test_cases_come_as_they_are_written(tmp_path: Path, zipped: bool):
    data = DataFolder.find(write_data(tmp_path, zipped=zipped))

    cases = read_cases(data.split, known=ITEM_IDS)

    assert [case.user_id for case in cases] == ["red-fan", "blue-fan"]
    assert cases[0].history == ("mug-red", "lamp-red", "chair-red", "rug-red", "clock-red")
    assert cases[0].candidates == ("vase-blue", "vase-red")
    assert cases[0].targets == {"vase-red"}


def test_a_folder_without_a_split_is_refused_by_name(tmp_path: Path):
    (write_data(tmp_path) / "split.jsonl").unlink()

    with pytest.raises(InputError, match=r"has no split\.jsonl: give a folder with items\.jsonl"):
        DataFolder.find(tmp_path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"targets": []}, "targets: .*at least 1"),
        ({"history": []}, "history: .*at least 1"),
        ({"candidates": "vase-red"}, "candidates: .*tuple"),
        ({"user_id": None}, "user_id: .*string"),
        ({"history": ["cup-red"]}, "the catalogue has no product 'cup-red'"),
        ({"candidates": ["vase-red", "vase-grey"]}, "the catalogue has no product 'vase-grey'"),
        ({"candidates": ["vase-red", "vase-red"]}, "a candidate occurs twice"),
        ({"targets": ["mug-red"]}, "a target is not among the candidates"),
    ],
)
def test_a_case_that_cannot_be_measured_is_named_by_its_line(tmp_path: Path, change: dict[str, Any], complaint: str):
    good, _ = good_cases()
    write_data(tmp_path, cases=[good, {**good, **change}])

    with pytest.raises(InputError, match=rf"split\.jsonl, line 2: {complaint}"):
        read_cases(tmp_path / "split.jsonl", known=ITEM_IDS)


def test_a_missing_field_and_a_broken_line_are_named_by_their_line(tmp_path: Path):
    good, _ = good_cases()
    write_data(tmp_path, cases=[{name: value for name, value in good.items() if name != "history"}])
    with pytest.raises(InputError, match=r"line 1: history: field required"):
        read_cases(tmp_path / "split.jsonl", known=ITEM_IDS)

    (tmp_path / "split.jsonl").write_text('{"user_id": "a", \n', encoding="utf-8")
    with pytest.raises(InputError, match=r"line 1: not valid JSON"):
        read_cases(tmp_path / "split.jsonl", known=ITEM_IDS)


def _case(number: int, *, targets: int, candidates: int) -> Case:
    ids = tuple(f"{number}-{item}" for item in range(candidates))
    return Case(user_id=str(number), category="c", history=("h",), targets=frozenset(ids[:targets]), candidates=ids)


def test_a_sample_is_the_same_every_time_and_keeps_all_targets():
    cases = [_case(number, targets=3, candidates=100) for number in range(50)]

    sample = sample_cases(cases, cases_kept=10, candidates_kept=20)

    assert sample == sample_cases(cases, cases_kept=10, candidates_kept=20)
    assert len({case.user_id for case in sample}) == 10
    for case in sample:
        assert len(set(case.candidates)) == 20
        assert case.targets < set(case.candidates)
    assert sample != sample_cases(cases, cases_kept=10, candidates_kept=20, seed=1)


def test_a_sample_of_small_cases_takes_what_there_is():
    cases = [_case(number, targets=1, candidates=9) for number in range(4)]

    assert sample_cases(cases, cases_kept=10, candidates_kept=20) == cases


def test_a_sample_leaves_out_cases_in_which_all_that_is_kept_would_be_targets():
    cases = [_case(0, targets=20, candidates=100), _case(1, targets=19, candidates=100)]

    assert [case.user_id for case in sample_cases(cases, cases_kept=10, candidates_kept=20)] == ["1"]
