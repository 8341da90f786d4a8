"""What every language model promises, asked of the scripted one and of a real one with and without forking."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.llm.engine import LlamaEngine
from newaisle.errors import InputTooLong, Interrupted
from newaisle.testing import ScriptedModel, asks, chat

QUESTION = chat(("system", "Answer in one sentence."), ("user", "Why drink tea in the evening?"))
OTHER = chat(("system", "Answer in one sentence."), ("user", "What is a kettle for? Name two things."))
OPEN = chat(("user", "What goes with tea?"), ("assistant", "With tea goes"))


@pytest.fixture(
    scope="module",
    params=[
        "scripted",
        pytest.param("forking", marks=pytest.mark.models),
        pytest.param("one by one", marks=pytest.mark.models),
    ],
)
def model(request: pytest.FixtureRequest) -> Iterator[LanguageModel]:
    if request.param == "scripted":
        yield ScriptedModel(lambda _: "Because tea is warm. It is also good. " * 9, languages={"en"})
        return
    path: Path = request.getfixturevalue("gguf_path")
    with LlamaEngine(path, can_fork=request.param == "forking", context=1024) as engine:
        yield engine


def test_it_says_what_it_is(model: LanguageModel) -> None:
    assert model.name
    assert model.parameters > 0
    assert model.context_size > 0


def test_likelihoods_come_in_the_order_given(model: LanguageModel) -> None:
    texts = [" a pot of milk and honey", " milk", " biscuits"]
    there = model.score(OPEN, texts)
    back = model.score(OPEN, texts[::-1])[::-1]
    assert [likelihood.tokens for likelihood in there] == [likelihood.tokens for likelihood in back]
    assert [likelihood.total for likelihood in there] == pytest.approx(
        [likelihood.total for likelihood in back], abs=0.6
    )
    assert all(likelihood.total < 0 < likelihood.tokens for likelihood in there)
    assert there[0].tokens > there[1].tokens
    assert there[0].mean == there[0].total / there[0].tokens


def test_no_continuations_get_no_likelihoods(model: LanguageModel) -> None:
    assert model.score(OPEN, []) == []


def test_the_empty_continuation_is_certain(model: LanguageModel) -> None:
    (likelihood,) = model.score(OPEN, [""])
    assert (likelihood.total, likelihood.tokens, likelihood.mean) == (0, 0, 0)


def test_the_same_continuation_twice_gets_the_same_likelihood_twice(model: LanguageModel) -> None:
    first, second = model.score(OPEN, [" milk and honey"] * 2)
    assert first == second


def test_every_prompt_gets_an_answer_in_its_place(model: LanguageModel) -> None:
    shown = {0: "", 1: "", 2: ""}

    def on_text(index: int, text: str) -> None:
        shown[index] += text

    answers = model.generate(asks(QUESTION, OTHER, QUESTION, max_tokens=12), on_text=on_text)
    assert [answer.text for answer in answers] == list(shown.values())
    assert all(answer.text and 0 < answer.tokens <= 12 for answer in answers)


def test_no_prompts_get_no_answers(model: LanguageModel) -> None:
    assert model.generate([]) == []


def test_an_answer_ends_at_its_length(model: LanguageModel) -> None:
    (answer,) = model.generate(asks(QUESTION, max_tokens=3))
    assert (answer.tokens, answer.finish) == (3, "length")


def test_an_answer_ends_before_a_stop_string(model: LanguageModel) -> None:
    (whole,) = model.generate(asks(QUESTION, max_tokens=8))
    stop = whole.text[4:7]
    (answer,) = model.generate(asks(QUESTION, max_tokens=8, stop=["never said", stop]))
    assert answer.finish == "stop"
    assert answer.text == whole.text.split(stop)[0]


def test_after_the_deadline_nothing_more_is_written(model: LanguageModel) -> None:
    answers = model.generate(asks(QUESTION, OTHER, max_tokens=5), deadline=0)
    assert [(answer.text, answer.finish) for answer in answers] == [("", "deadline")] * 2


def test_each_ask_has_its_own_length_and_stop(model: LanguageModel) -> None:
    (whole,) = model.generate(asks(QUESTION, max_tokens=8))
    stop = whole.text[4:7]
    short, stopped = model.generate([*asks(QUESTION, max_tokens=2), *asks(QUESTION, max_tokens=8, stop=[stop])])
    assert (short.tokens, short.finish) == (2, "length")
    assert (stopped.text, stopped.finish) == (whole.text.split(stop)[0], "stop")


def test_a_choice_is_one_of_its_strings_whole_and_in_its_place(model: LanguageModel) -> None:
    choices = ["a pot of green tea with honey and a slice of lemon", "a pot", "a mug", "no"]
    shown = {0: "", 1: "", 2: ""}

    def on_text(index: int, text: str) -> None:
        shown[index] += text

    wanted = [
        *asks(QUESTION, max_tokens=1, choices=choices),
        *asks(OTHER, max_tokens=3),
        *asks(OTHER, max_tokens=1, choices=choices[:1]),
    ]
    one, free, only = model.generate(wanted, on_text=on_text)
    assert one.text in choices
    assert free.tokens == 3
    assert only.text == choices[0]
    assert [one.finish, only.finish] == ["stop", "stop"]
    assert list(shown.values()) == [one.text, free.text, only.text]


def test_what_is_cancelled_ends_at_once(model: LanguageModel) -> None:
    cancel = threading.Event()
    cancel.set()
    answers = model.generate(asks(QUESTION, OTHER), cancel=cancel)
    assert [(answer.text, answer.finish) for answer in answers] == [("", "cancelled")] * 2
    with pytest.raises(Interrupted):
        model.score(OPEN, [" milk"], cancel=cancel)
    with pytest.raises(Interrupted):
        model.score(OPEN, [" milk"], deadline=0)
    assert model.generate(asks(QUESTION, max_tokens=2), cancel=threading.Event())[0].finish == "length"


def test_a_prompt_longer_than_the_context_is_refused_with_numbers(model: LanguageModel) -> None:
    long = chat(("user", "tea and milk " * 5000))
    for call in (
        lambda: model.score(long, ["x"]),
        lambda: model.generate(asks(QUESTION, long, max_tokens=5)),
        lambda: model.generate(asks(QUESTION, max_tokens=model.context_size)),
    ):
        with pytest.raises(InputTooLong, match=str(model.context_size)) as caught:
            call()
        assert caught.value.needed > caught.value.context == model.context_size


def test_longer_messages_have_more_tokens(model: LanguageModel) -> None:
    assert 0 < model.count_tokens(chat(("user", "tea"))) < model.count_tokens(chat(("user", "tea pot")))


def test_it_says_which_languages_it_masters(model: LanguageModel) -> None:
    assert [model.supports(language) for language in ("en", "zh", "tlh")] == [True, False, False]


def test_closing_twice_is_fine() -> None:
    with ScriptedModel() as model:
        model.close()
    assert model.closed
