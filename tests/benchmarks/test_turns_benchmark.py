"""What is counted of the turns that are understood, and that the files of them can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.turns import DATA, comparable, main, read_turns, wilson
from newaisle.agent.chat.intent import Intent


def test_a_file_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"say": "under $20", "shown": False, "expect": {"act": "recommend", "max_price": most, "currency": "USD"}}
        for most in (20, 30)
    ]
    text = "".join(json.dumps({**row, "tags": ["price"]}) + "\n" for row in rows)
    (tmp_path / "some.jsonl").write_text(text, encoding="utf-8")
    main([str(tmp_path)])
    shown = capsys.readouterr().out
    assert "'under $20'" in shown
    assert [line.split()[:5] for line in shown.splitlines() if line.startswith(("  all", "  price"))] == [
        ["all", "1", "of", "2", "50.0%"],
        ["price", "1", "of", "2", "50.0%"],
    ]


def test_every_expected_intent_is_one_that_can_be_read() -> None:
    files = sorted(DATA.glob("*.jsonl"))
    assert len(files) == 4
    for file in files:
        for turn in read_turns(file):
            Intent.model_validate(turn.expect)


def test_intents_are_compared_by_what_they_say() -> None:
    read = Intent(not_brands=("A", "B"), shown_brands=True, unread=("x",)).model_dump()
    assert comparable(read) == comparable({"act": "recommend", "not_brands": ["B", "A", "@shown"]})
    assert comparable(read) != comparable({"act": "recommend", "not_brands": ["A", "B"]})


def test_places_count_where_the_turn_says_something_of_them() -> None:
    told_whose = {"act": "recommend", "not_brands": ["A"], "items": [4]}
    assert comparable(told_whose) == comparable({"act": "recommend", "not_brands": ["A"]})
    similar = {"act": "recommend", "relation": "similar"}
    assert comparable(similar | {"items": [4]}) != comparable(similar)
    assert comparable({"act": "why", "items": [4]}) != comparable({"act": "why"})


def test_the_interval_is_that_of_wilson() -> None:
    low, high = wilson(90, 100)
    assert (round(low, 4), round(high, 4)) == (0.8256, 0.9448)
