"""A preview shows the very messages that a model is asked with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from newaisle.agent import sample
from newaisle.agent.chat.by_model import refined
from newaisle.agent.chat.parse import read_turn
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.agent.chat.turn_preview import preview
from newaisle.agent.learn.learned import Learned
from newaisle.agent.rank.blend import Blend
from newaisle.agent.recommend import recommend
from newaisle.agent.schema.query import Query
from newaisle.agent.settings.settings import Settings
from newaisle.agent.shop.parts import Parts
from newaisle.agent.shop.session import open_parts
from newaisle.agent.why.preview import tokens_by_layer
from newaisle.errors import RequestError
from newaisle.languages import Language
from newaisle.prompts.messages import Message
from newaisle.store.embedders import HashEmbedder
from newaisle.store.ingest import ingest
from newaisle.store.shop import ReadOptions
from newaisle.testing import ScriptedModel

QUERY = Query(user_id=sample.CUSTOMER, category=sample.NEW_CATEGORY, k=3)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    settings = Settings(home=tmp_path_factory.mktemp("shop"), embedder="hash", model="none")
    options = ReadOptions()
    ingest(
        settings.shop,
        embedder=HashEmbedder(),
        catalogue=sample.CATALOGUE,
        histories=sample.HISTORIES,
        options=options,
    )
    with open_parts(settings) as opened:
        yield opened


BRANDS = Learned(blend=Blend(weights={"brand": -1.0, "lexical": 0.1}))  # ranks quite otherwise than the default does


@pytest.mark.parametrize("language", ["en", "zh", None])
@pytest.mark.parametrize("diversity", [0.0, 0.9])
@pytest.mark.parametrize("learned", [Learned(), BRANDS], ids=["default", "brands"])
def test_what_is_shown_is_what_the_model_is_asked(
    parts: Parts, language: Language | None, diversity: float, learned: Learned
) -> None:
    query = replace(QUERY, language=language, diversity=diversity)
    parts = replace(parts, learned=learned)
    model = ScriptedModel(lambda _: "no.", languages=("en", "zh"))
    answer = recommend(query, replace(parts, model=lambda: model))
    told = [
        one.rank
        for one in answer.recommendations
        if one.explanation.basis != "category"  # else there is nothing to phrase
    ]
    shown = [preview("explain", query, parts, place=place).messages for place in told]
    assert shown == [ask.prompt for call in model.generate_calls[:1] for ask in call.asks]
    assert shown or learned is BRANDS
    products = [preview("explain", query, parts, place=place).product for place in (1, 2, 3)]
    assert [product.item_id for product in products if product] == [one.item_id for one in answer.recommendations]


def test_what_is_shown_depends_on_what_was_learned_and_on_how_mixed_the_list_is(parts: Parts) -> None:
    def shown(learned: Learned, diversity: float) -> list[str]:
        query = replace(QUERY, diversity=diversity)
        return [
            preview("explain", query, replace(parts, learned=learned), place=n).messages[-1].text for n in (1, 2, 3)
        ]

    plain = shown(Learned(), 0.0)
    assert plain != shown(Learned(), 0.9)
    assert plain != shown(BRANDS, 0.0)


def test_the_rank_prompt_shown_is_the_one_that_is_scored_after(parts: Parts) -> None:
    query = replace(QUERY, brief="Pots for the trail")
    model = ScriptedModel(lambda _: "no.")
    recommend(query, replace(parts, model=lambda: model), llm_rank="on")
    shown = preview("rank", query, parts)
    assert tuple(shown.messages) == model.score_calls[0].prompt
    assert shown.product is None


def test_the_listwise_prompt_shown_is_the_one_that_is_asked_first(parts: Parts) -> None:
    query = replace(QUERY, brief="Pots for the trail")
    model = ScriptedModel(lambda _: "no.")
    model.can_score = False
    recommend(query, replace(parts, model=lambda: model), llm_rank="on")
    shown = preview("listwise", query, parts)
    assert shown.messages == model.generate_calls[0].asks[0].prompt
    assert shown.product is None


def test_a_place_that_nothing_takes_is_refused(parts: Parts) -> None:
    with pytest.raises(RequestError, match=r"there is no product in place 999: ask for one of the \d+ that"):
        preview("explain", QUERY, parts, place=999)


def test_a_users_own_template_is_shown(parts: Parts, tmp_path: Path) -> None:
    (tmp_path / "rank.en.yaml").write_text("description: d\nlanguage: en\nprompt: Mine\n", encoding="utf-8")
    (message,) = preview("rank", QUERY, replace(parts, prompts_folder=tmp_path)).messages
    assert message.text == "Mine"


def test_a_turn_is_shown_as_it_is_put_to_a_model(parts: Parts) -> None:
    said = "a mug for slurping noodles"
    shown = preview("turn", Query(user_id=None, category=""), parts, turn=said)
    model = ScriptedModel(["nothing"], parameters=7_000_000_000)
    vocabulary = Vocabulary.of(parts.ledger)
    refined(read_turn(said, vocabulary), said, model, vocabulary)
    assert shown.messages == model.generate_calls[0].asks[0].prompt


def test_a_turn_is_shown_in_its_own_language(parts: Parts) -> None:
    assert preview("turn", QUERY, parts, turn="吸溜面条用的杯子").template.language == "zh"


@pytest.mark.parametrize("name", ["explain", "rank", "listwise", "profile"])
def test_the_tokens_of_the_layers_are_those_of_the_prompt(parts: Parts, name: str) -> None:
    shown, model = preview(name, QUERY, parts), ScriptedModel()
    counts = tokens_by_layer(shown, model)
    assert len(counts) == len(shown.layers) > 1
    assert all(count > 0 for count in counts)
    assert sum(counts) == model.count_tokens(shown.messages)


def test_what_closes_a_message_is_counted_with_its_end(parts: Parts) -> None:
    class Marking(ScriptedModel):
        def count_tokens(self, messages: Sequence[Message]) -> int:
            return super().count_tokens(messages) + 5 * (messages[-1].role != "assistant")

    shown = preview("rank", QUERY, parts)
    *first, last = tokens_by_layer(shown, Marking())
    *same, shorter = tokens_by_layer(shown, ScriptedModel())
    assert first == same
    assert last == shorter + 5
