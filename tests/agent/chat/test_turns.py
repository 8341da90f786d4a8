"""Turns of every kind, in both languages. How many of thousands are understood is counted by `benchmarks.turns`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.turns import comparable, read_all, read_turns, sample_shop
from newaisle.agent.chat.reading.vocabulary import Vocabulary

TURNS = Path(__file__).with_name("turns.jsonl")


def test_each_kind_of_turn_is_understood() -> None:
    turns = read_turns(TURNS)
    with sample_shop() as ledger:
        vocabulary, products = Vocabulary.of(ledger), ledger.products(ledger.item_ids())
        readings = read_all(turns, vocabulary, products)
    assert len(readings) == 40
    for one in readings:
        assert comparable(one.read.model_dump()) == comparable(one.turn.expect), one.turn.say
