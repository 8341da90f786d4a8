"""The labelled turns: what they say is said in them, in words of the lists."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "agent" / "chat" / "turns"
ACTS = set(
    "recommend more why why_not ask compare count sort goes_with category profile like dislike undo reset language help"
    " cannot small_talk".split()
)
ROLES = set("wish must out max min about amount asked like liked disliked lifted have person none".split())


def turns(language: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_label_is_of_the_lists_and_every_mention_is_said(language: str) -> None:
    found = turns(language)
    assert len(found) > 2_000
    for turn in found:
        assert turn["act"] in ACTS, turn
        assert {role for _, role in turn["mentions"]} <= ROLES, turn
        assert all(said.casefold() in turn["say"].casefold() for said, _ in turn["mentions"]), turn


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_turn_is_labelled_in_two_ways(language: str) -> None:
    acts = {(turn["say"].casefold(), turn["shown"], turn["act"]) for turn in turns(language)}
    assert max(Counter((say, shown) for say, shown, _ in acts).values()) == 1
