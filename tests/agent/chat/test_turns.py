"""The turns that the parser was developed with, and some that it was not: the shares understood do not fall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.turns import Reading, comparable, read_all, read_turns, sample_shop, summary, wilson
from newaisle.agent.chat.intent import Intent
from newaisle.agent.chat.reading.vocabulary import Vocabulary

TURNS = Path(__file__).with_name("turns")


@pytest.fixture(scope="module")
def readings() -> Iterator[dict[str, list[Reading]]]:
    with sample_shop() as ledger:
        vocabulary, products = Vocabulary.of(ledger), ledger.products(ledger.item_ids())
        files = ("en", "zh", "unseen_en", "unseen_zh")
        yield {name: read_all(read_turns(TURNS / f"{name}.jsonl"), vocabulary, products) for name in files}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_share_understood_stays(readings: dict[str, list[Reading]], language: str) -> None:
    shares = {name: right / total for name, right, total in summary(readings[language])}
    misses = [one.turn.say for one in readings[language] if not one.is_right]
    assert shares["all"] >= 0.98, misses
    assert shares["any of the tags"] >= 0.99, misses


@pytest.mark.parametrize("name", ["unseen_en", "unseen_zh"])
def test_turns_that_nobody_mended_the_parser_on_are_understood_too(
    readings: dict[str, list[Reading]], name: str
) -> None:
    """These are for measuring: who mends the parser does not look at them."""
    ((_, right, total), *_) = summary(readings[name])
    assert right / total >= 0.85


def test_every_expected_intent_is_one_that_can_be_read() -> None:
    for name in ("en", "zh", "unseen_en", "unseen_zh"):
        for turn in read_turns(TURNS / f"{name}.jsonl"):
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
