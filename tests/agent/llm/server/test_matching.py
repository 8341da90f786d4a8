"""Free answers and the choices that they mean."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.llm.server.stream import match_choice

TEAS = ("Green tea", "Black tea", "A 1", "A 10", "绿茶", "Tea")


def test_an_answer_means_one_choice_or_none() -> None:
    for text, choice in [
        ("Green tea", "Green tea"),
        (" green  TEA.", "Green tea"),
        ("**Black tea**, because it is strong", "Black tea"),
        ("a1", ""),
        ("A 10", "A 10"),
        ("A 10 it is", "A 10"),
        ("gre", "Green tea"),
        ("I would take A 1.", "A 1"),
        ("推荐绿茶。", "绿茶"),
        ("Coffee", ""),
        ("A", ""),
        ("A 1 or A 10", "A 1"),
        ("either A 1 or A 10", ""),
        ("", ""),
        ("?!", ""),
    ]:
        assert match_choice(text, TEAS) == choice, text


@given(st.lists(st.text(min_size=1), unique=True, min_size=1), st.data())
def test_every_choice_means_itself(choices: list[str], data: st.DataObject) -> None:
    choice = data.draw(st.sampled_from(choices))
    assert match_choice(choice, choices) == choice


@given(st.text(), st.lists(st.text()))
def test_what_is_meant_is_always_a_choice(text: str, choices: list[str]) -> None:
    assert match_choice(text, choices) in {*choices, ""}
