"""The whole pipeline, with a scripted language model and word vectors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.learn.learned import JudgedLikelihood, Learned
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.llm.wrapping import Fallback
from newaisle.agent.recommend import recommend
from newaisle.agent.schema.answer import Constraints, RecommendationSet
from newaisle.agent.schema.query import Query
from newaisle.agent.shop.parts import Parts
from newaisle.errors import (
    BackendDown,
    Interrupted,
    LanguageModelError,
    LogError,
    ModelError,
    PromptError,
    RequestError,
    ServerFailed,
    UselessAnswer,
)
from newaisle.prompts.messages import Message
from newaisle.store.home import Home
from newaisle.store.index import Index, Neighbour
from newaisle.store.ledger import Ledger
from newaisle.store.logs import Entry
from newaisle.store.rows import Event
from newaisle.testing import ScriptedModel
from tests.agent.filled import EMBEDDER, did, fill, parts, product

SIGNALS = {"lexical", "dense", "nearest", "brand", "popularity"}
LAMPS = [
    product("l0", "Hale oak desk lamp", brand="Hale", price=20.0, currency="USD"),
    product("l1", "Orrin steel floor lamp", brand="Orrin", price=90.0, currency="USD"),
    product("l2", "Pine clip lamp", brand="Pine", price=9.0, currency="USD"),
    product("l3", "Hale linen shade", brand="Hale", price=35.0, currency="EUR"),
    product("l4", "青禾 木质台灯", brand="青禾"),
    product("l5", "zinc lantern"),
]
HAMMOCKS = [product("h1", "Hale oak hammock stand", "", brand="Hale"), product("h2", "net", "")]
KNOWN = [
    product("d1", "Hale oak desk", "Home > Desks", brand="Hale"),
    product("d2", "Orrin steel shelf", "Home > Shelves", brand="Orrin"),
    product("t1", "Pine black tea", "Food > Tea", brand="Pine"),
    product("z1", "青禾 木质书架", "家居 > 书架", brand="青禾"),
    product("z2", "陶瓷 茶杯", "家居 > 茶具"),
]
HISTORY = [
    did("ann", "d1"),
    did("ann", "t1", Event.VIEW),
    did("bea", "d2", Event.REVIEW),
    did("bea", "l1", Event.LIKE),
    did("mei", "z1"),
    did("mei", "z2", Event.LIKE),
    did("all", "d1"),
    *[did("all", one.item_id) for one in LAMPS],
    did("cold", "d1", Event.RATING, 1.0),
]


class QuietIndex:
    """An index in good order that knows no category."""

    generation = "g000007"

    def nearest_categories(self, *_: object) -> list[Neighbour]:
        return []


def quiet_index() -> Index:
    return QuietIndex()  # type: ignore[return-value]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return fill(tmp_path_factory.mktemp("recommend"), [*LAMPS, *KNOWN], HISTORY)


@pytest.fixture(scope="module")
def ledger(home: Home) -> Iterator[Ledger]:
    with home.reader() as opened:
        yield opened


Ask = Callable[..., RecommendationSet]


@pytest.fixture(scope="module")
def ask(ledger: Ledger) -> Ask:
    """Asks for lamps; `model` is a model or what loading it raises."""

    def asked(
        user_id: str | None = "ann",
        category: str = "Lamps",
        *,
        model: LanguageModel | Exception | None = None,
        llm_rank: Any = "auto",
        strict: bool = False,
        index: Callable[[], Index] = quiet_index,
        prompts_folder: Path | None = None,
        learned: Learned = Learned(),  # noqa: B008 - frozen
        **query: Any,
    ) -> RecommendationSet:
        made = parts(ledger, _loader(model), index=index, prompts_folder=prompts_folder)
        return recommend(
            Query(user_id=user_id, category=category, **query),
            replace(made, learned=learned),
            llm_rank=llm_rank,
            strict=strict,
        )

    return asked


def _loader(model: LanguageModel | Exception | None) -> Callable[[], LanguageModel] | None:
    def load() -> LanguageModel:
        if isinstance(model, Exception):
            raise model
        assert model is not None
        return model

    return None if model is None else load


def copy_the_first_fact(prompt: Sequence[Message]) -> str:
    """What a diligent model would write: the first fact."""
    return next(line.removeprefix("- ") for line in prompt[-1].text.splitlines() if line.startswith("- "))


def diligent(**settings: Any) -> ScriptedModel:
    return ScriptedModel(copy_the_first_fact, **settings)


def ids(answer: RecommendationSet) -> list[str]:
    return [one.item_id for one in answer.recommendations]


VERSION_1 = {
    "": "schema_version id created_at request made_with category preference_transfer recommendations degraded warnings"
    " timings_ms",
    "request": "user_id category k constraints language style",
    "request.constraints": "max_price min_price currency brands not_brands words exclude in_stock",
    "made_with": "version template template_hash model model_sha256 adapter embedder index_generation",
    "category": "name is_new_to_user is_new_to_catalogue nearest",
    "category.nearest": "name similarity",
    "recommendations": "rank item_id title brand price currency regular_price highest_price categories score"
    " probability signals explanation",
    "recommendations.explanation": "text source basis score_basis claims",
    "recommendations.explanation.claims": "kind text basis history_item_id also item_field value contribution"
    " counterfactual",
}
OF_A_HISTORY = {
    "preference_transfer": "from_category kind value weight rows item_ids",
    "preference_transfer.rows": "item_id title weight",
    "recommendations.explanation.claims.counterfactual": "score rank rank_now",
}


def at(answer: Any, path: str) -> list[dict[str, Any]]:
    """Every object at a path of field names; lists on the way are gone through."""
    found = [answer]
    for name in filter(None, path.split(".")):
        found = [one[name] for one in found]
        found = [item for one in found for item in (one if isinstance(one, list) else [one])]
    return found


@pytest.mark.parametrize("path", VERSION_1)
@pytest.mark.parametrize("user_id", ["ann", "mei", None])
def test_the_answer_has_just_the_fields_of_version_1(ask: Ask, path: str, user_id: str | None) -> None:
    answer = ask(user_id, model=diligent(), constraints=Constraints(max_price=50))
    found = at(json.loads(answer.model_dump_json()), path)
    assert found
    assert all(list(one) == VERSION_1[path].split() for one in found)


@pytest.mark.parametrize("path", OF_A_HISTORY)
@pytest.mark.parametrize("user_id", ["ann", "mei"])
def test_what_rests_on_a_history_has_its_fields_and_is_empty_without_one(ask: Ask, path: str, user_id: str) -> None:
    found = [one for one in at(json.loads(ask(user_id).model_dump_json()), path) if one]
    assert found
    assert all(list(one) == OF_A_HISTORY[path].split() for one in found)
    assert not any(at(json.loads(ask(None).model_dump_json()), path))


def test_a_probability_is_null_where_none_was_learned(ask: Ask) -> None:
    assert {one.probability for one in ask().recommendations} == {None}


def test_the_json_can_be_read_back(ask: Ask) -> None:
    answer = ask()
    assert RecommendationSet.model_validate_json(answer.model_dump_json()) == answer


def test_the_schema_requires_every_field() -> None:
    schema = RecommendationSet.model_json_schema(mode="serialization")
    for part in [schema, *schema["$defs"].values()]:
        assert set(part["required"]) == set(part["properties"])
        assert part["additionalProperties"] is False


def test_what_the_customer_chose_decides_the_order(ask: Ask) -> None:
    assert ids(ask("ann"))[0] == "l0"
    assert ids(ask("bea"))[0] == "l1"
    assert ids(ask("mei"))[0] == "l4"


def test_the_same_question_has_the_same_products_in_the_same_order(ask: Ask) -> None:
    first, second = ask(), ask()
    assert first.recommendations == second.recommendations
    assert first.id != second.id


def test_it_says_when_and_from_what_it_was_made(ask: Ask) -> None:
    answer = ask(model=diligent(name="tiny"))
    assert datetime.now(UTC) - answer.created_at < timedelta(minutes=10)
    assert answer.created_at.utcoffset() == timedelta(0)
    made = answer.made_with
    assert (made.version, made.embedder) == (version("newaisle"), EMBEDDER.name)
    assert (made.model, made.template, made.index_generation) == ("tiny", "explain", "g000007")
    assert len(made.template_hash or "") == 64
    assert answer.degraded is False
    assert answer.warnings == []


def test_every_stage_is_timed(ask: Ask) -> None:
    timings = ask(model=diligent(), llm_rank="on").timings_ms
    assert list(timings) == ["retrieve", "rank", "load_model", "likelihood", "explain"]
    assert all(spent >= 0 for spent in timings.values())
    assert list(ask().timings_ms) == ["retrieve", "rank", "explain"]


def test_scores_fall_and_are_the_sum_of_their_signals(ask: Ask) -> None:
    answer = ask(k=6, diversity=0.0)
    scores = [one.score for one in answer.recommendations]
    assert scores == sorted(scores, reverse=True)
    assert [one.rank for one in answer.recommendations] == [1, 2, 3, 4, 5, 6]
    for one in answer.recommendations:
        assert set(one.signals) == SIGNALS
        assert sum(one.signals.values()) == pytest.approx(one.score, abs=3e-4)


def test_a_list_may_be_mixed_and_then_its_order_is_not_that_of_the_scores(ask: Ask) -> None:
    plain, mixed = ask(k=6, diversity=0.0).recommendations, ask(k=6, diversity=0.9).recommendations
    assert mixed[0] == plain[0]
    assert [one.item_id for one in plain[:2]] == ["l0", "l3"]  # both by Hale
    assert mixed[1].brand != "Hale"
    assert {one.item_id: one.score for one in mixed} == {one.item_id: one.score for one in plain}


def test_more_than_there_is_gives_what_there_is(ask: Ask) -> None:
    assert sorted(ids(ask(k=1000))) == [one.item_id for one in LAMPS]


@pytest.mark.parametrize("k", [0, -3])
def test_fewer_than_one_is_refused(ask: Ask, k: int) -> None:
    with pytest.raises(RequestError, match=f"k is {k}: ask for at least one product"):
        ask(k=k)


def test_nothing_left_is_an_empty_answer_that_says_so(ask: Ask) -> None:
    model = diligent()
    for answer in (ask("all", model=model), ask(model=model, constraints=Constraints(brands=["Nobody"]))):
        assert answer.recommendations == []
        assert answer.warnings[0].startswith("none of 6 products can be recommended")
        assert not answer.degraded
        assert answer.made_with.model is None
    assert model.generate_calls == []


def test_a_price_limit_is_warned_about_and_explained(ask: Ask) -> None:
    answer = ask(constraints=Constraints(max_price=50))
    assert sorted(ids(answer)) == ["l0", "l2"]
    assert answer.request.constraints.currency == "USD"
    assert len(answer.warnings) == 2
    assert answer.recommendations[0].explanation.claims[-1].item_field == "price"


def test_an_answer_to_nobody_rests_on_what_others_took(ask: Ask) -> None:
    """Everybody's lamps were taken by one customer, and the floor lamp by a second one too."""
    for user_id in (None, "cold"):
        answer = ask(user_id)
        assert len(answer.recommendations) == 5
        top, *rest = answer.recommendations
        assert (top.item_id, top.explanation.claims[0].value) == ("l1", "2")
        assert (top.explanation.basis, top.explanation.score_basis) == ("category", "category")
        assert {claim.basis for one in rest for claim in one.explanation.claims} == {"general"}
        assert {one.explanation.text for one in answer.recommendations} == {"From Lamps."}
        assert {"popularity"} <= set(top.signals) <= {"popularity", "disliked"}
        assert answer.preference_transfer == []


def test_only_what_some_reason_speaks_for_is_left_to_the_model(ask: Ask) -> None:
    model = diligent()
    answer = ask(model=model)
    sources = {(one.explanation.source, one.explanation.basis == "category") for one in answer.recommendations}
    assert sources == {("llm", False), ("evidence", True)}
    idle = diligent()
    assert ask(None, "Hammocks", candidates=HAMMOCKS[1:], model=idle).made_with.model is None
    assert idle.generate_calls == []


def test_an_answer_to_nobody_about_what_nobody_took_rests_on_the_category(ask: Ask) -> None:
    answer = ask(None, "Hammocks", candidates=HAMMOCKS)
    assert set(answer.recommendations[0].signals) == {"typical"}
    assert {one.explanation.text for one in answer.recommendations} == {"New in Hammocks."}


def test_a_product_that_was_rated_badly_is_never_a_reason(ask: Ask) -> None:
    claims = [claim for one in ask("cold").recommendations for claim in one.explanation.claims]
    assert all(claim.history_item_id is None for claim in claims)


def test_the_model_phrases_in_one_batch_and_the_answer_says_so(ask: Ask) -> None:
    model = diligent()
    answer = ask(model=model)
    top = answer.recommendations[0].explanation
    assert top.source == "llm"
    assert top.text == top.claims[0].text
    assert len(model.generate_calls) == 1
    moved = [one for one in answer.recommendations if one.explanation.basis != "category"]
    english = [one for one in moved if one.title.isascii()]
    assert len(model.generate_calls[0].asks) == len(english)


def test_a_text_that_is_refused_falls_back_to_the_evidence_without_being_degraded(ask: Ask) -> None:
    answer = ask(model=ScriptedModel(lambda prompt: " is the best lamp in the world."))
    assert {one.explanation.source for one in answer.recommendations} == {"evidence"}
    assert answer.recommendations == ask().recommendations
    assert not answer.degraded
    assert answer.made_with.model == "scripted"


def test_strict_refuses_an_answer_with_a_replaced_text(ask: Ask) -> None:
    with pytest.raises(
        UselessAnswer, match=r"failed the check, the first because 'best' is in no claim: leave --strict out"
    ):
        ask(model=ScriptedModel(lambda prompt: " is best."), strict=True)
    assert ask(model=diligent(), strict=True).recommendations


FAILURES = [
    ModelError("smollm2-135m is not here: run `newaisle models pull smollm2-135m`"),
    LanguageModelError("the model does not load: run `newaisle doctor`"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=["missing", "broken"])
def test_a_model_that_does_not_load_degrades_the_answer(ask: Ask, failure: Exception) -> None:
    answer = ask(model=failure)
    assert answer.degraded
    assert answer.warnings == [f"no language model: {failure}"]
    assert answer.recommendations == ask().recommendations
    assert (answer.made_with.model, answer.made_with.template) == (None, None)
    with pytest.raises(BackendDown, match=r"--strict allows no answer without a part: no language model: "):
        ask(model=failure, strict=True)


def test_a_model_that_fails_while_writing_degrades_the_answer(ask: Ask) -> None:
    broken = ScriptedModel(lambda prompt: LanguageModelError("it stopped: run `newaisle doctor`"))
    answer = ask(model=broken)
    assert answer.degraded
    assert answer.warnings == ["not phrased by the language model: it stopped: run `newaisle doctor`"]
    assert answer.recommendations == ask().recommendations
    assert answer.made_with.model is None
    with pytest.raises(BackendDown):
        ask(model=broken, strict=True)


def test_a_model_that_fails_while_ranking_degrades_the_answer(ask: Ask) -> None:
    def fail(_: object, title: str) -> float:
        raise LanguageModelError(f"it stopped at {title!r}: run `newaisle doctor`")

    answer = ask(model=diligent(likelihoods=fail), llm_rank="on")
    assert answer.degraded
    assert answer.warnings[0].startswith("not ranked by the language model: it stopped at")
    assert answer.recommendations[0].explanation.source == "llm"
    assert "likelihood" not in answer.recommendations[0].signals
    assert ids(answer) == ids(ask())


def test_programming_errors_are_not_hidden(ask: Ask) -> None:
    with pytest.raises(ZeroDivisionError):
        ask(model=ScriptedModel(lambda prompt: ZeroDivisionError()))


def test_an_index_that_is_missing_degrades_the_answer(ask: Ask, ledger: Ledger) -> None:
    answer = recommend(Query(user_id="ann", category="Lamps"), parts(ledger))
    assert answer.degraded
    assert answer.warnings == ["the index is missing: run `newaisle reindex`"]
    assert answer.made_with.index_generation is None
    assert answer.recommendations == ask().recommendations
    with pytest.raises(BackendDown):
        recommend(Query(user_id="ann", category="Lamps"), parts(ledger), strict=True)


def test_a_broken_template_is_the_users_to_mend(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "explain.en.yaml").write_text("prompt: '{{ nothing }}'\n", encoding="utf-8")
    with pytest.raises(PromptError):
        ask(model=diligent(), prompts_folder=tmp_path)


def test_chinese_is_left_to_the_evidence_where_the_model_does_not_master_it(ask: Ask) -> None:
    model = diligent()
    answer = ask("mei", model=model)
    assert answer.request.language == "zh"
    top = answer.recommendations[0]
    assert (top.item_id, top.explanation.source) == ("l4", "evidence")
    assert top.explanation.text.startswith("它和您买过的“青禾 木质书架”都提到“木质”。")
    assert model.generate_calls == []
    assert answer.made_with.model is None


def test_a_chinese_title_in_an_english_answer_is_not_left_to_the_model_either(ask: Ask) -> None:
    model = diligent()
    answer = ask("mei", model=model, language="en")
    assert answer.request.language == "en"
    assert answer.recommendations[0].explanation.text.startswith('It shares "木质" with the 青禾 木质书架 you bought.')
    assert model.generate_calls == []


def test_a_model_that_supports_chinese_phrases_it(ask: Ask) -> None:
    answer = ask("mei", model=diligent(languages=("en", "zh")))
    top = answer.recommendations[0].explanation
    assert top.source == "llm"
    assert top.text == "它和您买过的“青禾 木质书架”都提到“木质”。"


def test_without_a_history_the_candidates_decide_the_language(ask: Ask) -> None:
    assert ask(None).request.language == "en"
    assert ask(None, "书架").request.language == "zh"


def preferring(title: str) -> ScriptedModel:
    return diligent(likelihoods={title: -0.001})


def test_a_small_model_does_not_rank_unless_it_is_told_to(ask: Ask) -> None:
    model = preferring("zinc lantern")
    assert ids(ask(model=model)) == ids(ask())
    assert model.score_calls == []
    told = ask(model=model, llm_rank="on")
    assert ids(told).index("l5") < ids(ask(k=6)).index("l5")
    assert set(told.recommendations[0].signals) == SIGNALS | {"likelihood"}
    assert sorted(model.score_calls[0].continuations) == sorted(one.title for one in LAMPS)


def test_a_large_model_ranks_unless_it_is_told_not_to(ask: Ask) -> None:
    model = replaced(preferring("zinc lantern"), parameters=7_000_000_000)
    assert "likelihood" in ask(model=model).recommendations[0].signals
    assert "likelihood" not in ask(model=model, llm_rank="off").recommendations[0].signals


def test_what_the_shop_has_learned_of_a_model_counts_for_more_than_its_size(ask: Ask) -> None:
    model = preferring("zinc lantern")
    told = ask(model=model, llm_rank="on").recommendations[0].signals["likelihood"]
    paid = ask(model=model, learned=Learned(likelihood=_weighed(model.name, kept=True)))
    assert paid.recommendations[0].signals["likelihood"] == pytest.approx(2 * told, abs=1e-3)

    large = replaced(preferring("zinc lantern"), parameters=7_000_000_000)
    for name, ranks in [(large.name, False), ("another", True)]:
        answer = ask(model=large, learned=Learned(likelihood=_weighed(name, kept=False)))
        assert ("likelihood" in answer.recommendations[0].signals) is ranks, name


def _weighed(model: str, *, kept: bool) -> JudgedLikelihood:
    return JudgedLikelihood(model=model, weight=0.6, cases=9, asked=9, gain=0.1, gain_se=0.01, seconds=1, kept=kept)


def replaced(model: ScriptedModel, *, parameters: int) -> ScriptedModel:
    model.parameters = parameters
    return model


def test_likelihood_needs_a_history(ask: Ask) -> None:
    model = preferring("zinc lantern")
    assert set(ask(None, model=model, llm_rank="on").recommendations[0].signals) == {"popularity"}
    assert model.score_calls == []


def test_a_model_that_does_not_say_its_size_is_taken_for_a_large_one(ask: Ask) -> None:
    model = preferring("zinc lantern")
    model.parameters = None
    assert "likelihood" in ask(model=model).recommendations[0].signals


def test_a_model_that_runs_out_of_time_while_ranking_is_said_and_done_without(ask: Ask) -> None:
    def fail(*_: object) -> float:
        raise Interrupted("not all was scored in 120 s: use a smaller model, or --llm-rank off")

    answer = ask(model=diligent(likelihoods=fail), llm_rank="on")
    assert answer.degraded
    assert answer.warnings[0].startswith("not ranked by the language model: not all was scored in 120 s")
    assert ids(answer) == ids(ask())


def listing(reply: Callable[[dict[str, str]], str], **settings: Any) -> ScriptedModel:
    """A model that cannot score titles; `reply` makes its order of the titles by their letters."""

    def say(prompt: Sequence[Message]) -> str:
        titles = dict(
            re.findall(r"^([A-T])[.] (.+?)(?: \(.*|, [0-9.]+ .*|（.*)?$", prompt[-1].text, flags=re.MULTILINE)
        )
        return reply(titles) if titles else copy_the_first_fact(prompt)

    model = ScriptedModel(say, **settings)
    model.can_score = False
    return model


def liking_most(title: str) -> ScriptedModel:
    return listing(lambda titles: ", ".join(sorted(titles, key=lambda label: titles[label] != title)))


def test_a_model_that_cannot_score_is_asked_for_an_order_in_both_directions(ask: Ask) -> None:
    model = liking_most("zinc lantern")
    answer = ask(model=model, llm_rank="on")
    assert set(answer.recommendations[0].signals) == SIGNALS | {"listwise"}
    assert ids(answer).index("l5") < ids(ask(k=6)).index("l5")
    assert model.score_calls == []
    shown = [re.findall(r"^[A-T][.] (.+)$", text, flags=re.MULTILINE) for text in model.generate_calls[0].texts]
    assert len(shown) == 2
    assert len(shown[0]) == len(LAMPS)
    assert shown[0] == shown[1][::-1]
    assert list(answer.timings_ms) == ["retrieve", "rank", "load_model", "listwise", "explain"]


def test_scores_are_still_the_sum_of_their_signals_and_reasons_still_those_of_the_history(ask: Ask) -> None:
    answer = ask(model=liking_most("zinc lantern"), llm_rank="on")
    for one in answer.recommendations:
        assert sum(one.signals.values()) == pytest.approx(one.score, abs=4e-4)
    claims = {claim.text for one in answer.recommendations for claim in one.explanation.claims}
    assert claims <= {claim.text for one in ask(k=6).recommendations for claim in one.explanation.claims}
    assert RecommendationSet.model_validate_json(answer.model_dump_json()) == answer


def test_a_model_that_goes_by_the_place_in_the_list_changes_no_order(ask: Ask) -> None:
    answer = ask(model=listing(", ".join), llm_rank="on")
    assert {one.signals["listwise"] for one in answer.recommendations} == {0.0}
    assert ids(answer) == ids(ask())


def test_answers_that_are_no_order_are_warned_about_and_useless_under_strict(ask: Ask) -> None:
    model = listing(lambda titles: "They are all lovely.")
    answer = ask(model=model, llm_rank="on")
    assert answer.warnings == ["not ranked by the language model: its answers put no two products in order"]
    assert not answer.degraded
    assert "listwise" not in answer.recommendations[0].signals
    assert ids(answer) == ids(ask())
    with pytest.raises(UselessAnswer, match="puts no two products in order"):
        ask(model=model, llm_rank="on", strict=True)


def test_a_single_candidate_needs_no_order(ask: Ask) -> None:
    model = listing(", ".join)
    answer = ask(model=model, llm_rank="on", constraints=Constraints(brands=["Pine"]), strict=True)
    assert ids(answer) == ["l2"]
    assert answer.warnings == []
    assert "listwise" not in answer.recommendations[0].signals


def test_an_order_is_asked_for_in_the_language_of_the_answer(ask: Ask) -> None:
    model = liking_most("zinc lantern")
    ask("mei", model=model, llm_rank="on")
    assert "这位顾客接下来会选哪一件" in model.generate_calls[0].texts[0]


def failing_model(*, parameters: int = 7_000_000_000) -> ScriptedModel:
    def fail(*_: object) -> Any:
        raise ServerFailed("http://one.example/v1 failed (HTTP 503); look at its log", status_code=503)

    return ScriptedModel(fail, likelihoods=fail, parameters=parameters, name="first")


def in_order(*models: ScriptedModel | Exception) -> Fallback:
    def load(model: ScriptedModel | Exception) -> ScriptedModel:
        if isinstance(model, Exception):
            raise model
        return model

    return Fallback([partial(load, model) for model in models])


TAKEN_OVER = "another language model took over: http://one.example/v1 failed (HTTP 503); look at its log"


def test_the_next_model_takes_over_and_the_answer_says_so_without_being_degraded(ask: Ask) -> None:
    answer = ask(model=in_order(failing_model(), diligent(name="second")), llm_rank="off")
    assert answer.warnings == [TAKEN_OVER]
    assert not answer.degraded
    assert answer.made_with.model == "second"
    assert answer.recommendations[0].explanation.source == "llm"


def test_a_large_model_that_takes_over_ranks_in_its_own_way(ask: Ask) -> None:
    second = liking_most("zinc lantern")
    answer = ask(model=in_order(failing_model(), replaced(second, parameters=7_000_000_000)))
    assert set(answer.recommendations[0].signals) == SIGNALS | {"listwise"}
    assert answer.warnings == [TAKEN_OVER]


def test_a_small_model_that_takes_over_phrases_but_does_not_rank(ask: Ask) -> None:
    answer = ask(model=in_order(failing_model(), preferring("zinc lantern")))
    assert set(answer.recommendations[0].signals) == SIGNALS
    assert answer.recommendations[0].explanation.source == "llm"
    assert answer.warnings == [TAKEN_OVER]


def test_when_all_models_fail_the_answer_is_degraded_and_says_why_of_each(ask: Ask) -> None:
    answer = ask(model=in_order(failing_model(), FAILURES[0]), llm_rank="off")
    assert answer.degraded
    assert answer.warnings == [TAKEN_OVER, f"not phrased by the language model: {FAILURES[0]}"]
    assert answer.recommendations == ask().recommendations


def test_when_no_model_opens_the_answer_says_why_of_each(ask: Ask) -> None:
    with pytest.raises(ModelError) as raised:
        in_order(LanguageModelError("the first is down"), FAILURES[0])
    answer = ask(model=raised.value)
    assert answer.degraded
    assert answer.warnings == [f"no language model: {FAILURES[0]} (before it: the first is down)"]


def test_a_category_new_to_the_catalogue_is_answered_from_its_brief_and_candidates(ask: Ask) -> None:
    answer = ask("ann", "Hammocks", candidates=HAMMOCKS, brief="Between two trees.", model=diligent())
    assert ids(answer) == ["h1", "h2"]
    assert answer.category.is_new_to_catalogue
    assert answer.category.name == "Hammocks"
    assert answer.recommendations[0].explanation.source == "llm"


def test_the_category_is_shown_by_its_name_and_its_neighbours_by_their_paths(ask: Ask) -> None:
    answer = ask("ann", "home > lamps")
    assert answer.category.name == "Lamps"
    assert answer.request.category == "home > lamps"
    assert all(" > " in near.name for near in answer.category.nearest)
    assert answer.category.is_new_to_user


@given(
    user_id=st.sampled_from([None, "ann", "bea", "mei", "all", "cold"]),
    category=st.sampled_from(["Lamps", "Home", "Desks", "家居", "Tea"]),
    k=st.integers(1, 8),
    limit=st.sampled_from([None, 10.0, 40.0]),
)
def test_no_product_comes_twice_or_is_owned_or_too_dear(
    ledger: Ledger, user_id: str | None, category: str, k: int, limit: float | None
) -> None:
    query = Query(user_id=user_id, category=category, k=k, constraints=Constraints(max_price=limit))
    answer = recommend(query, replace(parts(ledger), index=quiet_index))
    owned = {row.item_id for row in HISTORY if row.user_id == user_id and row.event not in (Event.VIEW, Event.LIKE)}
    found = ids(answer)
    assert len(found) == len(set(found)) <= k
    assert not set(found) & owned
    assert set(found) <= {one.item_id for one in [*LAMPS, *KNOWN]}
    if limit is not None:
        assert all(one.price is not None and one.price <= limit for one in answer.recommendations)


def test_parts_are_loaded_only_when_they_are_needed(ledger: Ledger) -> None:
    def never() -> Any:
        raise AssertionError("was loaded")

    made = Parts(ledger=ledger, embedder_name=EMBEDDER.name, embedder=never, index=quiet_index, model=never)
    assert recommend(Query(user_id="all", category="Lamps"), made).recommendations == []


def test_a_style_is_asked_for_by_name_and_decides_the_template_and_whom_it_speaks_to(ask: Ask) -> None:
    for style, template in (("short", "explain"), ("detailed", "explain-detailed"), ("seller", "explain-seller")):
        model = ScriptedModel(lambda prompt: "")
        answer = ask(model=model, style=style, k=1)
        assert (answer.request.style, answer.made_with.template) == (style, template)
        (one,) = answer.recommendations
        assert ("the customer bought" in one.explanation.claims[0].text) == (style == "seller")
        assert ("you bought" in one.explanation.claims[0].text) == (style != "seller")
        assert len(model.generate_calls[0].asks) == 1


@pytest.mark.parametrize("style", ["short", "detailed", "seller"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_style_changes_words_and_nothing_else(ask: Ask, style: str, language: str) -> None:
    def bare(answer: RecommendationSet) -> Any:
        told = json.loads(answer.model_dump_json())
        for one in told["recommendations"]:
            del one["explanation"]["text"]
            for claim in one["explanation"]["claims"]:
                del claim["text"]
        return told["recommendations"], told["preference_transfer"]

    assert bare(ask(style=style, language=language)) == bare(ask(language=language))


def test_the_tastes_of_the_answer_are_those_of_its_claims(ask: Ask) -> None:
    answer = ask("bea")
    shown = {one.item_id: one.explanation.claims for one in answer.recommendations}
    assert answer.preference_transfer
    for taste in answer.preference_transfer:
        rows = {row.item_id for row in taste.rows}
        for item in taste.item_ids:
            resting = [claim for claim in shown[item] if claim.history_item_id and claim.kind == taste.kind]
            assert any(rows & {str(claim.history_item_id), *claim.also} for claim in resting)
    assert {taste.from_category for taste in answer.preference_transfer} <= {"Home > Shelves", "Home > Lamps"}
    total = sum(claim.contribution for claims in shown.values() for claim in claims)
    own = sum(claim.contribution for claims in shown.values() for claim in claims if claim.history_item_id)
    weights = [taste.weight for taste in answer.preference_transfer]
    assert sum(weights) == pytest.approx(own / total, abs=1e-3)


def test_what_was_asked_for_is_the_last_thing_said_of_every_product(ask: Ask) -> None:
    asked = Constraints(max_price=100, brands=["Hale", "Orrin"], exclude=["plastic"])
    for one in ask(constraints=asked).recommendations:
        last = one.explanation.claims[-3:]
        assert [claim.kind for claim in last] == ["price_limit", "wanted_brand", "excluded_words"]
        assert [claim.contribution for claim in last] == [0.0, 0.0, 0.0]
    kinds = {claim.kind for one in ask().recommendations for claim in one.explanation.claims}
    assert not kinds & {"price_limit", "wanted_brand", "excluded_words"}


# What is kept of an answer.


@pytest.fixture
def logged(ledger: Ledger) -> Callable[..., tuple[RecommendationSet, Entry]]:
    """Asks as `ask` does, with a log; gives the answer and what was handed to the log."""

    def asked(model: LanguageModel | Exception | None = None, *, llm_rank: Any = "off", **query: Any) -> Any:
        entries: list[Entry] = []
        made = replace(parts(ledger, _loader(model), index=quiet_index), log=entries.append)
        answer = recommend(Query(**{"user_id": "ann", "category": "Lamps", **query}), made, llm_rank=llm_rank)
        (entry,) = entries
        return answer, entry

    return asked


Logged = Callable[..., tuple[RecommendationSet, Entry]]


def test_the_log_gets_the_whole_answer(logged: Logged) -> None:
    for user_id in ("ann", None):
        answer, entry = logged(user_id=user_id)
        assert (entry.id, entry.created_at, entry.user_id) == (answer.id, answer.created_at, user_id)
        assert entry.category == "Lamps"
        assert RecommendationSet.model_validate_json(entry.answer) == answer
        assert list(entry.exchanges) == []


def test_the_log_gets_every_prompt_for_a_text_with_what_was_answered(logged: Logged) -> None:
    model = diligent()
    answer, entry = logged(model)
    (call,) = model.generate_calls
    shown = [tuple((message.role, message.text) for message in one.prompt) for one in call.asks]
    assert [one.prompt for one in entry.exchanges] == shown
    texts = {one.item_id: one.explanation for one in answer.recommendations}
    for one in entry.exchanges:
        assert (one.purpose, one.template, one.template_hash) == ("explain", "explain", answer.made_with.template_hash)
        assert (one.attempt, one.finish, one.refusal) == (1, "stop", None)
        assert one.item_id is not None
        assert (texts[one.item_id].text, texts[one.item_id].source) == (one.answer, "llm")


def test_the_log_gets_every_refusal_and_the_second_try(logged: Logged) -> None:
    model = ScriptedModel(lambda prompt: " is the best lamp in the world.")
    answer, entry = logged(model, k=1)
    top = answer.recommendations[0]
    assert (top.item_id, top.explanation.source) == ("l0", "evidence")
    assert [(one.item_id, one.attempt) for one in entry.exchanges] == [("l0", 1), ("l0", 2)]
    assert all(one.answer.endswith("is the best lamp in the world.") for one in entry.exchanges)
    assert all(one.refusal for one in entry.exchanges)


def test_the_log_gets_what_was_asked_for_a_ranking_by_likelihood(logged: Logged) -> None:
    model = preferring("zinc lantern")
    _, entry = logged(model, llm_rank="on")
    ranked, *_ = entry.exchanges
    assert (ranked.purpose, ranked.template, ranked.item_id, ranked.refusal) == ("rank", "rank", None, None)
    (call,) = model.score_calls
    assert ranked.prompt == tuple((message.role, message.text) for message in call.prompt)
    assert sorted(ranked.answer.splitlines()) == sorted(
        f"{-0.001 / 2 if title == 'zinc lantern' else -1.0:.4f} {title}" for title in call.continuations
    )


def test_the_log_gets_both_orders_that_were_asked_for(logged: Logged) -> None:
    said: list[str] = []

    def by_title(titles: dict[str, str]) -> str:
        said.append(", ".join(sorted(titles, key=lambda label: titles[label])))
        return said[-1]

    model = listing(by_title)
    _, entry = logged(model, llm_rank="on")
    orders = [one for one in entry.exchanges if one.purpose == "listwise"]
    assert [(one.answer, one.refusal) for one in orders] == [(order, None) for order in said]
    assert [one.prompt for one in orders] == [
        tuple((message.role, message.text) for message in one.prompt) for one in model.generate_calls[0].asks
    ]
    assert [one.purpose for one in entry.exchanges][:3] == ["listwise", "listwise", "explain"]


def test_a_log_that_cannot_be_written_is_a_warning_and_nothing_else(ledger: Ledger, ask: Ask) -> None:
    def full(_: Entry) -> None:
        raise LogError("the disk is full: free some space and run it again")

    made = replace(parts(ledger, index=quiet_index), log=full)
    answer = recommend(Query(user_id="ann", category="Lamps"), made, strict=True)
    assert answer.warnings == ["not in the log: the disk is full: free some space and run it again"]
    assert not answer.degraded
    assert answer.recommendations == ask().recommendations


def test_an_error_of_the_program_in_the_log_is_not_hidden(ledger: Ledger) -> None:
    def broken(_: Entry) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        recommend(Query(user_id="ann", category="Lamps"), replace(parts(ledger, index=quiet_index), log=broken))


def test_what_is_refused_under_strict_is_no_answer_and_not_kept(ledger: Ledger) -> None:
    entries: list[Entry] = []
    model = ScriptedModel(lambda prompt: " is best.")
    made = replace(parts(ledger, lambda: model, index=quiet_index), log=entries.append)
    with pytest.raises(UselessAnswer):
        recommend(Query(user_id="ann", category="Lamps"), made, strict=True)
    assert entries == []
