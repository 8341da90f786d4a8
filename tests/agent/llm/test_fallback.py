"""Several models in an order: which one answers, what is said of those before it, and what is never shown twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from newaisle.agent.llm.base import Ask, Generated, LanguageModel, OnText
from newaisle.agent.llm.wrapping import Fallback
from newaisle.errors import (
    CannotScore,
    DecodeFailed,
    InputTooLong,
    Interrupted,
    LanguageModelError,
    ModelMissing,
    WrongThread,
)
from newaisle.testing import ScriptedModel, chat

PROMPT = chat(("user", "Say something."))
ASKS = [Ask(prompt=PROMPT, max_tokens=10)]
DOWN = DecodeFailed("the first one is down")


def failing(error: Exception = DOWN, **settings: Any) -> ScriptedModel:
    """Fails whatever it is asked."""

    def fail(*_: object) -> Any:
        raise error

    return ScriptedModel(fail, likelihoods=fail, **settings)


def saying(text: str, **settings: Any) -> ScriptedModel:
    return ScriptedModel(lambda prompt: text, **settings)


def opener(model: LanguageModel | Exception) -> Callable[[], LanguageModel]:
    def open() -> LanguageModel:
        if isinstance(model, Exception):
            raise model
        return model

    return open


def fallback(*models: LanguageModel | Exception) -> Fallback:
    return Fallback([opener(model) for model in models])


def texts(model: LanguageModel, asks: Sequence[Ask] = ASKS, **settings: Any) -> list[str]:
    return [one.text for one in model.generate(asks, **settings)]


def test_the_first_answers_as_long_as_it_works_and_the_others_are_not_opened() -> None:
    model = fallback(saying("one"), AssertionError("was opened"))
    assert texts(model) == texts(model) == ["one"]
    assert model.given_up == []


@pytest.mark.parametrize("failure", [DOWN, ModelMissing("the first one is not here")])
def test_one_that_does_not_open_is_passed_over(failure: Exception) -> None:
    model = fallback(failure, saying("two", name="second"))
    assert texts(model) == ["two"]
    assert (model.name, model.given_up) == ("second", [str(failure)])


def test_one_that_fails_in_a_call_is_closed_and_the_call_made_of_the_next() -> None:
    first = failing()
    model = fallback(first, saying("two"), AssertionError("was opened"))
    assert texts(model) == ["two"]
    assert model.given_up == ["the first one is down"]
    assert first.closed


def test_one_that_was_given_up_is_not_asked_again() -> None:
    replies: list[str | Exception] = [DOWN, "well again"]
    model = fallback(ScriptedModel(replies), saying("two"))
    assert [texts(model), texts(model)] == [["two"], ["two"]]


def test_scores_come_from_the_next_too() -> None:
    model = fallback(failing(), ScriptedModel(likelihoods={"tea": -2.0}))
    assert [one.total for one in model.score(PROMPT, ["tea"])] == [-2.0]
    assert model.given_up == ["the first one is down"]


def test_a_whole_chain_of_failures_is_gone_through_in_order() -> None:
    model = fallback(DecodeFailed("a"), failing(DecodeFailed("b")), ModelMissing("c"), saying("four"))
    assert texts(model) == ["four"]
    assert model.given_up == ["a", "b", "c"]


def test_when_none_opens_the_last_failure_is_raised_with_the_others_noted() -> None:
    with pytest.raises(ModelMissing, match="not here either") as raised:
        fallback(DOWN, ModelMissing("not here either"))
    assert raised.value.__notes__ == ["(before it: the first one is down)"]


@pytest.mark.parametrize("last", [failing(DecodeFailed("last")), DecodeFailed("last")], ids=["in a call", "opening"])
def test_when_the_last_one_fails_its_failure_is_raised_now_and_later(last: LanguageModel | Exception) -> None:
    model = fallback(failing(), last)
    for _ in range(2):
        with pytest.raises(DecodeFailed, match="last"):
            model.generate(ASKS)
    assert model.given_up == ["the first one is down"]
    assert model.name == "scripted"
    model.close()


@pytest.mark.parametrize(
    "failure", [InputTooLong(needed=9, context=8), Interrupted("time is up"), WrongThread(), CannotScore("small")]
)
def test_what_is_not_the_models_fault_is_raised_and_the_model_kept(failure: LanguageModelError) -> None:
    model = fallback(ScriptedModel([failure, "one"]), AssertionError("was opened"))
    with pytest.raises(type(failure)):
        model.generate(ASKS)
    assert texts(model) == ["one"]


def test_programming_errors_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        fallback(failing(ZeroDivisionError()), saying("two")).generate(ASKS)  # type: ignore[arg-type]


def test_one_that_takes_over_and_cannot_score_says_so_and_stays() -> None:
    second = saying("two")
    second.can_score = False
    model = fallback(failing(), second, AssertionError("was opened"))
    assert model.can_score
    with pytest.raises(CannotScore):
        model.score(PROMPT, ["tea"])
    assert not model.can_score
    assert texts(model) == ["two"]


def test_its_attributes_are_those_of_the_model_in_use() -> None:
    second = saying("two", name="second", parameters=7, context_size=99, languages=("zh",))
    second.continues = False
    second.sha256 = "abc"
    model = fallback(failing(languages=("en",)), second)
    assert (model.parameters, model.context_size, model.continues, model.sha256) == (135_000_000, 4096, True, None)
    assert model.supports("en")
    model.generate(ASKS)
    assert (model.parameters, model.context_size, model.continues, model.sha256) == (7, 99, False, "abc")
    assert not model.supports("en")
    assert model.count_tokens(PROMPT) == second.count_tokens(PROMPT)


def test_closing_closes_the_model_in_use() -> None:
    second = saying("two")
    with fallback(DOWN, second):
        assert not second.closed
    assert second.closed


class Patient(ScriptedModel):
    """Notes how much time it was given."""

    given: float | None = None

    def generate(self, asks: Sequence[Ask], *, deadline: float | None = None, **more: Any) -> list[Generated]:
        self.given = deadline
        return super().generate(asks, deadline=deadline, **more)


def test_the_next_has_the_time_that_is_left() -> None:
    first, second = Patient([DOWN]), Patient(["two"])
    fallback(first, second).generate(ASKS, deadline=1000.0)
    assert first.given is not None
    assert second.given is not None
    assert 0 < second.given < first.given <= 1000.0


class BreaksOff(ScriptedModel):
    """Shows pieces of some texts and fails."""

    def __init__(self, pieces: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self.pieces = pieces

    def generate(self, asks: Sequence[Ask], *, on_text: OnText | None = None, **_: Any) -> list[Generated]:
        for number, piece in self.pieces:
            assert number < len(asks)
            if on_text is not None:
                on_text(number, piece)
        raise DOWN


def test_a_text_of_which_nothing_was_shown_is_begun_anew_and_one_that_was_ends_where_it_broke_off() -> None:
    shown: list[tuple[int, str]] = []
    model = fallback(BreaksOff([(1, "It has"), (1, " a")]), saying("whole text"))
    asks = [*ASKS, *ASKS, *ASKS]
    written = model.generate(asks, on_text=lambda number, piece: shown.append((number, piece)))
    assert [one.text for one in written] == ["whole text", "It has a", "whole text"]
    assert [one.finish for one in written] == ["stop", "cancelled", "stop"]
    for number, one in enumerate(written):
        assert "".join(piece for place, piece in shown if place == number) == one.text


def test_where_every_text_broke_off_the_next_one_is_asked_for_none_now_but_for_those_to_come() -> None:
    model = fallback(BreaksOff([(0, "It")]), ScriptedModel(["two"]))
    assert texts(model, on_text=lambda number, piece: None) == ["It"]
    assert texts(model) == ["two"]


def test_texts_that_nobody_watches_are_all_begun_anew() -> None:
    assert texts(fallback(BreaksOff([(0, "It")]), saying("whole")), [*ASKS, *ASKS]) == ["whole", "whole"]


@pytest.mark.parametrize(("continues", "last"), [(True, "assistant"), (False, "user")])
def test_a_start_of_the_answer_is_left_out_for_one_that_does_not_continue(continues: bool, last: str) -> None:
    second = saying("two")
    second.continues = continues
    prompt = [*PROMPT, *chat(("assistant", "I say"))]
    fallback(failing(), second).generate([Ask(prompt=prompt, max_tokens=10)])
    assert second.generate_calls[0].asks[0].prompt[-1].role == last
