"""What a language model makes of a ranking's shortlist, and what is noted of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent.rank.blend import BY_MODEL, Ranking, rank
from newaisle.agent.rank.by_model import SHORTLIST
from newaisle.agent.retrieve.context import Context, Retriever
from newaisle.agent.schema.query import Query
from newaisle.agent.shop.parts import Run
from newaisle.agent.wording.rank_by_model import rank_by_model
from newaisle.errors import CannotScore, LanguageModelError
from newaisle.prompts.messages import Message, as_pairs
from newaisle.store.ledger import Ledger
from newaisle.testing import ScriptedModel
from tests.agent.filled import did, fill, parts, product

LAMPS = [product(f"l{i}", f"lamp number{i}") for i in range(SHORTLIST + 3)]
DESK = product("d", "oak desk", "Home > Desks")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder: Path = tmp_path_factory.mktemp("rank_by_model")
    with fill(folder, [*LAMPS, DESK], [did("ann", "d")]).reader() as opened:
        yield opened


Ranked = tuple[Ranking, Run, Context]


@pytest.fixture
def ranked(ledger: Ledger) -> Callable[[ScriptedModel], Ranked]:
    """The ranking by a model for a customer, what was noted, and the context."""

    def made(model: ScriptedModel) -> Ranked:
        query = Query(user_id="ann", category="Lamps", brief="For reading.")
        run = Run(query=query, parts=parts(ledger))
        context = Retriever.of(run.parts).find(query)
        return rank_by_model(run, context, rank(context.case), model, "en"), run, context

    return made


def unable(reply: Callable[[Sequence[Message]], Any], **settings: Any) -> ScriptedModel:
    """A model that cannot score titles."""
    model = ScriptedModel(reply, **settings)
    model.can_score = False
    return model


def labels(prompt: Sequence[Message]) -> dict[str, str]:
    return dict(re.findall(r"^([A-T])[.] (.+?)(?: \(.*)?$", prompt[-1].text, flags=re.MULTILINE))


Rank = Callable[[ScriptedModel], Ranked]


def test_a_model_that_can_score_is_asked_for_likelihoods_of_the_shortlist_alone(ranked: Rank) -> None:
    model = ScriptedModel()
    ranking, run, context = ranked(model)
    before = rank(context.case).order()[:SHORTLIST]
    (call,) = model.score_calls
    assert list(call.continuations) == [context.case.candidates[one].title for one in before]
    assert set(ranking.parts) & set(BY_MODEL) == {"likelihood"}
    assert set(ranking.order()[:SHORTLIST]) == set(before)
    assert list(run.timings_ms) == ["likelihood"]
    assert run.template is not None
    assert run.template.name == "rank"


def test_the_likelihood_of_every_title_is_noted_with_the_prompt(ranked: Rank) -> None:
    model = ScriptedModel(likelihoods=lambda prompt, title: -float(title[-1]))
    _, run, context = ranked(model)
    (noted,) = run.exchanges
    assert (noted.purpose, noted.template, noted.finish, noted.refusal) == ("rank", "rank", "scored", None)
    assert noted.prompt == as_pairs(model.score_calls[0].prompt)
    assert "oak desk" in "".join(text for _, text in noted.prompt)
    order = rank(context.case).order()[:SHORTLIST]
    titles = [context.case.candidates[one].title for one in order]
    assert noted.answer.splitlines() == [f"{-float(title[-1]) / 2:.4f} {title}" for title in titles]


def test_a_model_that_cannot_score_is_asked_for_two_orders_and_both_are_noted(ranked: Rank) -> None:
    model = unable(lambda prompt: ", ".join(labels(prompt)))
    ranking, run, _ = ranked(model)
    assert set(ranking.parts) & set(BY_MODEL) == {"listwise"}
    (call,) = model.generate_calls
    assert [one.prompt for one in run.exchanges] == [as_pairs(ask.prompt) for ask in call.asks]
    assert [(one.purpose, one.template, one.refusal) for one in run.exchanges] == [("listwise", "listwise", None)] * 2
    assert [one.answer for one in run.exchanges] == [", ".join(labels(ask.prompt)) for ask in call.asks]
    assert (run.warnings, run.refusals, run.failures) == ([], [], [])


def test_an_answer_that_is_no_order_is_noted_as_refused_beside_one_that_is(ranked: Rank) -> None:
    answers = iter(["They are all lovely.", "B, A"])
    ranking, run, _ = ranked(unable(lambda prompt: next(answers)))
    assert "listwise" in ranking.parts
    assert [(one.answer, one.refusal) for one in run.exchanges] == [
        ("They are all lovely.", "it puts no two products in order"),
        ("B, A", None),
    ]
    assert (run.warnings, run.refusals) == ([], [])


def test_two_answers_that_are_no_order_leave_the_ranking_as_it_is_and_are_warned_about(ranked: Rank) -> None:
    ranking, run, context = ranked(unable(lambda prompt: "No."))
    assert ranking.scores.tolist() == rank(context.case).scores.tolist()
    assert run.warnings == ["not ranked by the language model: its answers put no two products in order"]
    assert run.refusals == ["it puts no two products in order"] * 2
    assert [one.refusal for one in run.exchanges] == run.refusals


def test_a_model_that_turns_out_not_to_score_is_asked_for_an_order(ranked: Rank) -> None:
    """As one that takes over in between may."""

    def refuse(*_: object) -> float:
        raise CannotScore("this server cannot score a text")

    model = ScriptedModel(lambda prompt: ", ".join(labels(prompt)), likelihoods=refuse)
    ranking, run, _ = ranked(model)
    assert set(ranking.parts) & set(BY_MODEL) == {"listwise"}
    assert [one.purpose for one in run.exchanges] == ["listwise", "listwise"]
    assert list(run.timings_ms) == ["likelihood", "listwise"]


@pytest.mark.parametrize("can_score", [True, False])
def test_a_failure_of_the_model_is_not_hidden(ranked: Rank, can_score: bool) -> None:
    def fail(*_: object) -> Any:
        raise LanguageModelError("it stopped: run `newaisle doctor`")

    model = ScriptedModel(fail, likelihoods=fail)
    model.can_score = can_score
    with pytest.raises(LanguageModelError, match="it stopped"):
        ranked(model)
