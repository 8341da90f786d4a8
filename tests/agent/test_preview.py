"""A preview shows the very messages that a model is asked with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent import sample
from agent.context import Query
from agent.errors import RequestError
from agent.preview import preview
from agent.recommend import Parts, recommend
from agent.session import open_parts
from agent.settings import Settings
from store.embedders import HashEmbedder
from store.ingest import ingest
from store.shop import ReadOptions
from tests.agent.llm.fake import ScriptedModel

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


@pytest.mark.parametrize("language", ["en", "zh", None])
def test_what_is_shown_is_what_the_model_is_asked(parts: Parts, language: str | None) -> None:
    query = replace(QUERY, language=language)  # type: ignore[arg-type]
    model = ScriptedModel(lambda _: "no.", languages=("en", "zh"))
    recommend(query, replace(parts, model=lambda: model))
    shown = [preview("explain", query, parts, place=place).messages for place in (1, 2, 3)]
    assert shown == [ask.prompt for ask in model.generate_calls[0].asks]


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
    with pytest.raises(RequestError, match=r"there is no product in place 999: \d+ of Camp Kitchen"):
        preview("explain", QUERY, parts, place=999)


def test_a_users_own_template_is_shown(parts: Parts, tmp_path: Path) -> None:
    (tmp_path / "rank.en.yaml").write_text("description: d\nlanguage: en\nprompt: Mine\n", encoding="utf-8")
    (message,) = preview("rank", QUERY, replace(parts, prompts_folder=tmp_path)).messages
    assert message.text == "Mine"
