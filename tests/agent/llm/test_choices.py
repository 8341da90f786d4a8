"""Walking down a trie of token sequences, on made-up logits."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.llm.writing import Choices

END = 9
SEQUENCES = st.lists(st.lists(st.integers(0, END - 1), max_size=6), min_size=1, max_size=8)


def logits(*favourites: int) -> np.ndarray:
    """Logits that prefer the tokens given, the first most."""
    row = np.zeros(10, np.float32)
    for place, token in enumerate(favourites):
        row[token] = 10 - place
    return row


def test_what_is_certain_comes_with_the_token_that_decides() -> None:
    choices = Choices([[1, 2, 3, 4], [1, 2, 5, 6], [7]], END)
    assert choices.choose(logits(8, 1)) == [1, 2]
    assert choices.choose(logits(5, 3)) == [5, 6, END]


def test_a_choice_that_begins_another_can_end_there() -> None:
    for favourite, expected in ((END, [END]), (2, [2, END])):
        choices = Choices([[1], [1, 2]], END)
        assert choices.choose(logits()) == [1]
        assert choices.choose(logits(favourite)) == expected


def test_a_single_choice_is_certain_from_its_first_token() -> None:
    assert Choices([[4, 4, 2]], END).choose(logits(1)) == [4, 4, 2, END]


@given(sequences=SEQUENCES, seed=st.integers(0, 999))
def test_whatever_the_logits_one_of_the_sequences_comes_out(sequences: list[list[int]], seed: int) -> None:
    random = np.random.default_rng(seed)
    choices, chosen = Choices(sequences, END), []
    while chosen[-1:] != [END]:
        chosen += choices.choose(random.normal(size=10).astype(np.float32))
    assert chosen[:-1] in sequences
