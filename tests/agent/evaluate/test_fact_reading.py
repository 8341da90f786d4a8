"""Facts that a template is given are read back into the reasons that they were made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.agent import sample
from newaisle.agent.claims.reason import Reason
from newaisle.agent.evaluate.fact_reading import evidence_of
from newaisle.agent.rank.blend import rank
from newaisle.agent.recommend import chosen_of, claims_for
from newaisle.agent.retrieve.context import Retriever
from newaisle.agent.schema.query import Query
from newaisle.agent.schema.style import Style
from newaisle.agent.settings.settings import Settings
from newaisle.agent.shop.parts import Parts
from newaisle.agent.shop.session import open_parts
from newaisle.agent.wording.check.check import problem
from newaisle.agent.wording.template_inputs import explain_input
from newaisle.languages import Language
from newaisle.prompts.inputs import ExplainInput, ProductFields
from newaisle.store.embedders import HashEmbedder
from newaisle.store.ingest import ingest
from newaisle.store.shop import ReadOptions

STYLES: list[Style] = ["short", "seller"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(home=tmp_path_factory.mktemp("shop"), embedder="hash", model="none")
    ingest(
        settings.shop,
        embedder=HashEmbedder(),
        catalogue=sample.CATALOGUE,
        histories=sample.HISTORIES,
        options=ReadOptions(),
    )
    return settings.home


def told(parts: Parts, language: Language, style: Style) -> list[tuple[ExplainInput, list[Reason]]]:
    """What the first recommendations to every third customer may say, all their reasons at once."""
    found = []
    for user_id in list(parts.ledger.user_ids())[::3]:
        query = Query(user_id=user_id, category=sample.NEW_CATEGORY, k=5, style=style)
        context = Retriever.of(parts).find(query)
        ranking = rank(context.case, parts.learned.blend)
        claims = claims_for(context, ranking, parts, language, style)
        for candidate in chosen_of(context.case, ranking, query):
            reasons = claims.of(candidate)
            inputs = explain_input(context.category_name, context.case.candidates[candidate], reasons, style)
            history = [*inputs.history, *(ProductFields(title=one.row.product.title) for one in reasons if one.row)]
            found.append(
                (inputs.model_copy(update={"facts": [r.claim.text for r in reasons], "history": history}), reasons)
            )
    return found


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_claim_that_the_sample_shop_allows_is_read_back(shop: Path, language: Language, style: Style) -> None:
    kinds = set()
    with open_parts(Settings(home=shop, embedder="hash", model="none")) as parts:
        for inputs, reasons in told(parts, language, style):
            evidence = evidence_of(inputs, language, style)
            assert evidence is not None
            for read, made in zip(evidence.reasons, reasons, strict=True):
                assert read.claim.kind == made.claim.kind
                assert bool(read.claim.also) == bool(made.claim.also)
                assert style != "seller" or len(read.claim.also) == len(made.claim.also)
                assert (read.row and read.row.event) == (made.row and made.row.event)
                if made.claim.kind in ("brand", "words"):
                    assert read.claim.value == made.claim.value
                kinds.add(made.claim.kind)
    assert {"brand", "words", "price_level"} & kinds
    assert len(kinds) >= 4


def test_a_fact_is_read_for_its_kind_and_value() -> None:
    for fact, kind, value in [
        ('It shares "reading" and "clip" with the lamp you liked.', "words", "reading, clip"),
        (
            'It shares the main material "steel" with the fork you bought and others you chose.',
            "attribute",
            "steel",
        ),
        ("1,200 other customers took an interest in it.", "popularity", "1,200".replace(",", "")),
        ("One other customer took an interest in it.", "popularity", "1"),
        ("It is by Orrin, as was asked.", "wanted_brand", "Orrin"),
        ("New in Tea.", "category", "Tea"),
    ]:
        inputs = ExplainInput(category="Tea", product=ProductFields(title="Cup"), facts=[fact])
        evidence = evidence_of(inputs, "en", "short")
        assert evidence is not None, fact
        (reason,) = evidence.reasons
        assert (reason.claim.kind, reason.claim.value) == (kind, value), fact


def test_a_text_is_checked_by_what_was_read() -> None:
    inputs = ExplainInput(
        category="Tea", product=ProductFields(title="Orrin cup"), facts=["It is by Orrin, like the fork you bought."]
    )
    evidence = evidence_of(inputs, "en", "short")
    assert evidence is not None
    assert problem("The Orrin cup may suit you: it is by Orrin, like the fork you bought.", "stop", evidence) is None
    assert problem("The Orrin cup may suit you: it is by Orrin, like the fork you liked.", "stop", evidence)
    assert problem("The Orrin cup may suit you: it is by Batley, like the fork you bought.", "stop", evidence)


@pytest.mark.parametrize("fact", ["It costs 8.50 EUR.", "", "It is by Orrin, like the fork."])
def test_facts_that_are_no_sentences_of_newaisle_are_no_evidence(fact: str) -> None:
    inputs = ExplainInput(category="Tea", product=ProductFields(title="Cup"), facts=[fact])
    assert evidence_of(inputs, "en", "short") is None
    own = "It is similar to the fork you bought."
    assert evidence_of(inputs.model_copy(update={"facts": [own, fact]}), "en", "short") is None
    assert evidence_of(inputs.model_copy(update={"facts": [own]}), "en", "short") is not None
    assert evidence_of(inputs.model_copy(update={"facts": [own]}), "zh", "short") is None
