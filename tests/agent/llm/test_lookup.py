"""Guesses from a text's own past."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.llm.writing import Lookup, _drawn


def test_what_followed_the_last_two_tokens_before_is_guessed() -> None:
    lookup = Lookup([1, 2, 3, 4, 5, 1, 2])
    assert lookup.guess(2) == [3, 4]
    assert lookup.guess(9) == [3, 4, 5, 1, 2]
    assert lookup.guess(0) == []


def test_the_latest_place_counts() -> None:
    lookup = Lookup([1, 2, 3, 1, 2, 4])
    lookup.add(1)
    lookup.add(2)
    assert lookup.guess(1) == [4]


def test_two_tokens_that_never_stood_together_guess_nothing() -> None:
    assert Lookup([1, 2, 3, 2, 1]).guess(5) == []
    assert Lookup([1]).guess(5) == []
    assert Lookup([]).guess(5) == []


@given(st.lists(st.integers(0, 3), max_size=40), st.integers(0, 9))
def test_a_guess_stands_in_the_text_after_the_same_two_tokens(tokens: list[int], most: int) -> None:
    lookup = Lookup(tokens[:5])
    for token in tokens[5:]:
        lookup.add(token)
    guess = lookup.guess(most)
    assert len(guess) <= most
    if guess:
        pattern = [*tokens[-2:], *guess]
        places = range(len(tokens) - len(pattern) + 1)
        assert any(tokens[place : place + len(pattern)] == pattern for place in places)


def test_tokens_are_drawn_by_their_probability_at_a_temperature() -> None:
    logits = np.log(np.array([0.7, 0.2, 0.1], dtype=np.float32))
    for temperature in (1.0, 0.5):
        draw = _drawn(temperature, [1, 2])
        found = np.bincount([draw(logits) for _ in range(4000)], minlength=3) / 4000
        expected = np.exp(logits / temperature)
        assert found == pytest.approx(expected / expected.sum(), abs=0.03)
    assert [_drawn(1.0, [3])(logits) for _ in range(5)] == [_drawn(1.0, [3])(logits)] * 5
