"""Shared words, as a person would read them."""

from __future__ import annotations

from newaisle.agent.claims.shared_words import naming_fields, side_by_side, spelled, telling
from newaisle.store.words import words
from tests.agent.filled import product


def test_words_are_spelled_as_in_the_text_and_joined_where_they_stand_together() -> None:
    for text, wanted, other, found in [
        ("Crochet Hooks, set of 12", "crochet hook", "a crochet hook case", ["Crochet Hooks"]),
        ("Crochet Hooks, set of 12", "crochet hook", "hooks to crochet with", ["Crochet", "Hooks"]),
        ("Hand-forged folding knife", "hand forged knife", "hand-forged knife", ["Hand-forged", "knife"]),
        ("Left-handed knife", "knife left", "a left knife", ["Left", "knife"]),
        ("desk, desks and desk", "desk", "desk", ["desk"]),
        ("desk calendar for a desk", "desk calendar", "desk calendar", ["desk calendar"]),
        ("手工陶瓷茶杯套装", "陶瓷 瓷茶", "陶瓷茶壶", ["陶瓷茶"]),
        ("手工陶瓷、木质茶杯", "陶瓷 茶杯", "陶瓷茶杯", ["陶瓷", "茶杯"]),
        ("USB灯 with USB", "usb", "usb", ["USB"]),
        ("oak", "zinc", "oak", []),
        ("", "zinc", "oak", []),
    ]:
        assert spelled(text, set(wanted.split()), side_by_side([words(other)])) == found, text


def test_a_word_that_says_something_can_be_a_reason() -> None:
    for word in ["crochet", "陶瓷", "茶", "oak", "3d4"]:
        assert telling(word), word


def test_function_words_measures_and_numbers_are_no_reason() -> None:
    for word in ["the", "with", "2017", "x", "ab", "set", "inch", "适合", "10"]:
        assert not telling(word), word


def test_fields_that_say_what_a_product_is_are_the_title_and_short_ones() -> None:
    one = product(
        "a",
        "A very long title " * 5,
        brand="Hale",
        description="A long description, which goes on and on and mentions this and that and more.",
        attributes={"material": "oak", "care": "wash it " * 9, "empty": ""},
    )
    assert [name for name, _ in naming_fields(one)] == ["title", "attributes.material"]
    assert [name for name, _ in naming_fields(product("a", "x", description="knitting needles"))] == [
        "title",
        "description",
    ]
