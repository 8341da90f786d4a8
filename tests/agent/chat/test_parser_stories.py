"""What the parser makes of turns that tell something: what is asked for in them, and what is only told."""

from __future__ import annotations

from typing import Any

import pytest

from newaisle.agent.chat.parse import read_turn
from tests.agent.chat.shop import SHOWN, VOCABULARY


def read(text: str) -> dict[str, Any]:
    return {key: value for key, value in read_turn(text, VOCABULARY, SHOWN).model_dump().items() if value}


def test_a_brand_is_ruled_out_by_what_is_told_of_it() -> None:
    for text, brand in [
        ("corvane broke on me after a week, never again", "Corvane"),
        ("my sister had a pellory lead once, so none of them please", "Pellory"),
        ("i'm not mad about brightwick", "Brightwick"),
        ("whoever makes number 5, i don't want it", "Pellory"),
        ("give corvane a miss", "Corvane"),
        ("no thanks to pellory", "Pellory"),
    ]:
        assert read(text)["not_brands"] == (brand,), text


@pytest.mark.parametrize("text", ["you can't go wrong with corvane", "nothing beats corvane", "nothing but corvane"])
def test_praise_in_the_words_of_a_no_rules_nothing_out(text: str) -> None:
    assert read(text) == {"act": "recommend", "brands": ("Corvane",)}


def test_a_word_is_ruled_out_by_the_trouble_with_it() -> None:
    for text in [
        "steel gives me a rash",
        "steel makes me itch so leave that out",
        "i can't touch steel, so none of that",
        "steel i can do without",
        "anything bar steel",
    ]:
        assert read(text) == {"act": "recommend", "exclude": ("steel",)}, text


@pytest.mark.parametrize(
    "text",
    [
        "i broke my spade handle last week, show me lamps",
        "the handle on my spade snapped, show me lamps",
        "show me lamps because my ash handle is too hard to find at night",
    ],
)
def test_what_is_only_told_of_is_not_asked_for(text: str) -> None:
    assert read(text) == {"act": "recommend", "category": "Home > Lamps & Lighting", "words": ("lamps",)}


@pytest.mark.parametrize("text", ["do you sell hammocks", "looking for hammocks under 40", "i need some good hammocks"])
def test_a_thing_that_the_shop_does_not_have_is_a_word_where_it_is_asked_for(text: str) -> None:
    assert read(text)["words"] == ("hammocks",)


def test_a_thing_that_the_shop_does_not_have_is_no_word_where_it_is_told_of() -> None:
    assert read("my aunt has hammocks, show me something red") == {"act": "recommend", "words": ("red",)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ignore the buget", {"act": "recommend", "lift": ("price",)}),
        ("somthing cheapr", {"act": "recommend", "relation": "cheaper"}),
        ("withuot steel", {"act": "recommend", "exclude": ("steel",)}),
    ],
)
def test_a_slip_in_a_word_of_the_grammar_is_put_right(text: str, expected: dict[str, Any]) -> None:
    assert read(text) == expected


def test_a_word_that_the_shop_has_is_no_slip() -> None:
    assert read("a spade")["words"] == ("spade",)


@pytest.mark.parametrize("text", ["forget the 50 dollar limit", "scrap the max of 50 dollars", "ignore my €30 budget"])
def test_a_limit_that_is_taken_back_is_lifted(text: str) -> None:
    assert read(text) == {"act": "recommend", "lift": ("price",)}


@pytest.mark.parametrize("text", ["do you ever sleep", "it's pouring down here", "how was your weekend"])
def test_what_is_said_of_the_world_or_asked_of_the_assistant_is_small_talk(text: str) -> None:
    assert read(text) == {"act": "small_talk"}
