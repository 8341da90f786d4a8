"""The order that a language model gives, on answers of which the right reading is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.rank.blend import standardise
from newaisle.agent.rank.by_model import LABELS, Placed, listwise, orders, places
from newaisle.prompts.messages import Message
from newaisle.testing import ScriptedModel, chat

TITLES = [f"thing {number}" for number in range(len(LABELS))]


def order_of(scores: Sequence[float]) -> list[int]:
    return np.argsort(-np.array(scores), kind="stable").tolist()


def read(answer: str, count: int = 4) -> str:
    """The labels in the order in which an answer puts them; empty for an answer that is no order."""
    scores = places(answer, range(count))
    return "" if scores is None else "".join(LABELS[place] for place in order_of(scores.tolist()))


def test_an_order_is_read_however_it_is_written() -> None:
    for answer in [
        "C, A, D, B",
        "C,A,D,B.",
        "C A D B",
        "[C] > [A] > [D] > [B]",
        "C\nA\nD\nB",
        "1. C\n2. A\n3. D\n4. B",
        "C. Titanium pot\nA. wool hat\nD) Mug\nB: Stove",
        "C. USB cable, type B\nA. Class D T-shirt\nD. Mug\nB. Stove",
        "Sure:\n- C\n- A\n- D\n- B",
        "C, A\nD, B",
        "C、A、D、B。",
        "最可能的是C，然后A，D，最后B",
        "**C**, **A**, **D**, **B**",
        "I think the order is: C, A, D, B",
        "A good order would be C, A, D, B",
        "<think>First B, then D, A and C?</think>C, A, D, B",
    ]:
        assert read(answer) == "CADB", answer


def test_what_is_no_label_is_ignored() -> None:
    for answer, expected in [
        ("D, B", "DBAC"),  # the others follow
        ("D, B, D, A, B", "DBAC"),  # the first mention counts
        ("Z, D, Q, X, B", "DBAC"),  # E and later were not asked about
        ("DB, CA, D, B", "DBAC"),  # words are no labels
        ("", ""),
        ("C", ""),
        ("C, C, C", ""),
        ("I would choose the pot.", ""),
        ("a, b, c, d", ""),
        ("The T-shirt and the D-ring.", ""),
        ("<think>C, A, D, B", ""),
    ]:
        assert read(answer) == expected, answer


def test_those_that_are_not_named_follow_in_the_order_they_had_however_they_were_shown() -> None:
    backward = places("B, A", [3, 2, 1, 0])
    assert backward is not None
    assert order_of(backward.tolist()) == [2, 3, 0, 1]


def test_the_first_place_is_1_and_the_last_0() -> None:
    scores = places("B, C, A", range(3))
    assert scores is not None
    assert scores.tolist() == [0.0, 1.0, 0.5]


@settings(deadline=None)
@given(st.text(), st.integers(2, len(LABELS)))
def test_any_answer_is_a_permutation_or_none(answer: str, count: int) -> None:
    scores = places(answer, range(count))
    assert scores is None or sorted(scores.tolist()) == pytest.approx(np.linspace(0, 1, count).tolist())


def shown(prompt: Sequence[Message]) -> dict[str, str]:
    """The titles in a prompt by their labels."""
    return dict(re.findall(r"^([A-T])\. (.+)$", prompt[-1].text, flags=re.MULTILINE))


def ask(model: LanguageModel, titles: Sequence[str]) -> Placed:
    prompts = []
    for order in orders(len(titles)):
        lines = [f"{label}. {titles[number]}" for label, number in zip(LABELS, order, strict=False)]
        prompts.append(chat(("user", "\n".join(lines))))
    return listwise(model, prompts, count=len(titles))


def useful(placed: Placed) -> list[bool]:
    """Of each answer, whether it is an order."""
    return [order for _, order in placed.answers]


def by_preference(prefer: Callable[[str], int]) -> ScriptedModel:
    """Puts the titles in the order of a key, whatever their labels."""

    def reply(prompt: Sequence[Message]) -> str:
        titles = shown(prompt)
        return ", ".join(sorted(titles, key=lambda label: prefer(titles[label])))

    return ScriptedModel(reply)


@settings(deadline=None)
@given(st.permutations(TITLES), st.integers(2, len(TITLES)))
def test_what_the_model_prefers_comes_first_whatever_its_label(titles: list[str], count: int) -> None:
    placed = ask(by_preference(TITLES.index), titles[:count])
    assert placed.scores is not None
    found = [titles[number] for number in order_of(placed.scores.tolist())]
    assert found == sorted(titles[:count], key=TITLES.index)
    assert useful(placed) == [True, True]


def test_a_model_that_goes_by_the_place_in_the_list_changes_nothing() -> None:
    placed = ask(ScriptedModel(lambda prompt: ", ".join(shown(prompt))), TITLES)
    assert placed.scores is not None
    assert not standardise(placed.scores).any()


def test_an_answer_that_is_no_order_leaves_it_to_the_other() -> None:
    assert ask(ScriptedModel(["No idea.", "A, C, B"]), TITLES[:3]).scores == pytest.approx([0.5, 0.0, 1.0])
    assert ask(ScriptedModel(["B, A, C", "B"]), TITLES[:3]).scores == pytest.approx([0.5, 1.0, 0.0])


def test_two_answers_that_are_no_order_are_no_scores() -> None:
    placed = ask(ScriptedModel(["No idea.", "C"]), TITLES[:3])
    assert placed.scores is None
    assert useful(placed) == [False, False]


def test_what_the_model_wrote_is_kept_as_it_is_with_whether_it_was_of_use() -> None:
    placed = ask(ScriptedModel(["They are all lovely.", "A, C, B"]), TITLES[:3])
    assert [(answer.text, answer.finish, order) for answer, order in placed.answers] == [
        ("They are all lovely.", "stop", False),
        ("A, C, B", "stop", True),
    ]


def test_both_orders_are_asked_for_at_once_with_room_for_all_labels() -> None:
    model = ScriptedModel(lambda prompt: " ".join(f"[{label}] >" for label in shown(prompt)))
    assert useful(ask(model, TITLES)) == [True, True]
    assert len(model.generate_calls) == 1
