"""Whether a model words the answers of a shop: always, never, or where it adds something there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import newaisle
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.shop import session
from newaisle.errors import RequestError
from newaisle.prompts.messages import Message
from newaisle.store.home import Home
from newaisle.testing import ScriptedModel


def fact(prompt: Sequence[Message]) -> str:
    """The first fact, as a model that repeats it."""
    return prompt[-1].text.split("Facts:\n- ", 1)[1].splitlines()[0]


def turned(prompt: Sequence[Message]) -> str:
    """The same with a word of its own."""
    return fact(prompt).replace("like the", "the brand of the", 1)


def answers(home: Home, model: ScriptedModel, count: int, **how: object) -> list[newaisle.RecommendationSet]:
    with newaisle.open_shop(home.folder, model=model, embedder="hash") as shop:
        return [shop.recommend("ann", "Tea", k=4, **how) for _ in range(count)]  # type: ignore[arg-type]


def sources(answer: newaisle.RecommendationSet) -> set[str]:
    return {one.explanation.source for one in answer.recommendations}


def test_a_model_that_repeats_the_claims_words_the_first_answers_and_then_no_more(shop: Home) -> None:
    model = ScriptedModel(fact)
    found = answers(shop, model, 12)
    worded = [answer for answer in found if "llm" in sources(answer)]
    assert found[: len(worded)] == worded
    assert 0 < len(worded) < 12
    (told,) = worded[-1].warnings
    assert told.startswith("scripted repeats the claims' own sentences in 100 % of ")
    assert "`--wording on`" in told
    assert not any(answer.warnings for answer in found if answer is not worded[-1])
    assert (found[-1].made_with.model, found[-1].degraded) == (None, False)
    calls = len(model.generate_calls)
    assert "llm" not in sources(answers(shop, model, 1)[0])  # it is kept
    assert len(model.generate_calls) == calls
    assert "llm" in sources(answers(shop, model, 1, wording="on")[0])


def test_where_it_is_to_word_always_nothing_is_said_of_what_auto_would_do(shop: Home) -> None:
    assert not any(answer.warnings for answer in answers(shop, ScriptedModel(fact), 12, wording="on"))


def test_a_model_that_words_anew_goes_on(shop: Home) -> None:
    assert all("llm" in sources(answer) for answer in answers(shop, ScriptedModel(turned), 12))


def test_off_loads_no_model(shop: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: object) -> LanguageModel:
        raise AssertionError("nothing had to be loaded")

    monkeypatch.setattr(session, "load_model", load)
    with newaisle.open_shop(shop.folder, embedder="hash") as opened:
        found = opened.recommend("ann", "Tea", wording="off", llm_rank="off")
        assert sources(found) == {"evidence"}
        assert (found.degraded, found.warnings) == (False, [])
        assert opened.profile("ann", wording="off").warnings == ["the paragraph is made by code: wording is off"]


def test_a_large_model_ranks_though_it_does_not_word(shop: Home) -> None:
    model = ScriptedModel(fact, parameters=7_000_000_000)
    (found,) = answers(shop, model, 1, wording="off")
    assert model.score_calls
    assert not model.generate_calls
    assert sources(found) == {"evidence"}


def test_an_answer_says_when_every_text_was_refused(shop: Home) -> None:
    (found,) = answers(shop, ScriptedModel(lambda prompt: "It is perfect for you."), 1)
    (told,) = found.warnings
    assert told.startswith("none of 2 texts of the language model passed the check, the first because 'perfect'")
    assert "`newaisle prompts eval explain`" in told
    assert "`--wording off`" in told


def test_it_says_nothing_where_some_passed(shop: Home) -> None:
    replies = iter(range(100))
    model = ScriptedModel(lambda prompt: turned(prompt) if next(replies) == 0 else "It is perfect for you.")
    assert answers(shop, model, 1)[0].warnings == []


def test_a_model_that_took_over_is_not_counted_as_the_one_in_use(shop: Home) -> None:
    model = ScriptedModel(fact)
    model.given_up = ["the first is down"]
    answers(shop, model, 1)
    assert not shop.wording_file.exists()


def test_a_profile_is_judged_likewise(shop: Home) -> None:
    def stated(prompt: Sequence[Message]) -> str:
        facts = [line.partition(". ")[2] for line in prompt[-2].text.splitlines()]
        return " ".join(filter(None, facts)).removeprefix("This customer")

    with newaisle.open_shop(shop.folder, model=ScriptedModel(stated), embedder="hash") as opened:
        found = [opened.profile("ann") for _ in range(21)]
    assert [one.paragraph.source for one in found] == ["llm"] * 20 + ["evidence"]
    assert found[-1].warnings[0].startswith("the paragraph is made by code: the language model repeats the claims' own")


def test_what_is_no_switch_is_refused(shop: Home) -> None:
    with pytest.raises(RequestError, match="there is no wording 'never': take one of 'auto', 'on', 'off'"):
        answers(shop, ScriptedModel(fact), 1, wording="never")
