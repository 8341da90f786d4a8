"""A language that newaisle does not bring: phrases and a template of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from newaisle.agent.evaluate.template_check import check, check_phrases
from newaisle.agent.evaluate.variant_cases import explaining
from newaisle.agent.recommend import recommend
from newaisle.agent.schema.answer import RecommendationSet
from newaisle.agent.schema.query import Query
from newaisle.agent.why.why import why
from newaisle.prompts.messages import Message
from newaisle.prompts.template import read_template
from newaisle.store.ledger import Ledger
from newaisle.testing import ScriptedModel
from tests.agent.cli.command import newaisle
from tests.agent.filled import parts
from tests.agent.two_tastes import two_tastes

PHRASES = """
brand: 'Von {brand}, wie das Produkt „{title}“, {did}.'
brand_of_many: 'Von {brand}, wie das Produkt „{title}“, {did}, und {many}.'
words: 'Es hat {words} gemeinsam mit „{title}“, {did}.'
words_of_many: 'Es hat {words} gemeinsam mit „{title}“, {did}, und {many}.'
often: 'Oft gewählt in {category}.'
unchosen: 'Neu in {category}.'
from_category: 'Aus {category}.'
together: 'Wer das Produkt „{title}“ wählte, {did}, wählte auch dieses.'
many: 'anderem, das Sie wählten'
many_in: 'anderem aus {category}'
quote: '„{}“'
between: ' und '
did: {purchase: 'das Sie gekauft haben', like: 'das Ihnen gefiel'}
"""
TEMPLATE = """
description: Ein Satz an den Kunden.
language: de
prompt: |-
  {{ category }}
  {{ product.title }}
  {% for fact in facts[:1] %}
  {{ fact }}
  {% endfor %}
examples:
  - input:
      category: Tassen
      product: {title: Orrin Becher}
      facts: ['Von Orrin, wie das Produkt „Orrin Topf“, das Sie gekauft haben.']
    output: Der Orrin Becher passt zu Ihnen, von Orrin wie der Orrin Topf.
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with two_tastes(tmp_path / "home").reader() as ledger:
        yield ledger


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "prompts"
    (folder / "phrases").mkdir(parents=True)
    (folder / "phrases" / "de.yaml").write_text(PHRASES, encoding="utf-8")
    return folder


def answer(ledger: Ledger, folder: Path, model: ScriptedModel | None = None) -> RecommendationSet:
    query = Query(user_id="u0", category="Mugs", language="de")
    return recommend(query, parts(ledger, (lambda: model) if model else None, prompts_folder=folder), llm_rank="off")


def texts(found: RecommendationSet) -> str:
    return " ".join(one.explanation.text for one in found.recommendations)


def test_the_claims_are_said_in_it_and_what_is_missing_is_told(ledger: Ledger, folder: Path) -> None:
    found = answer(ledger, folder)

    assert found.request.language == "de"
    assert "das Sie gekauft haben" in texts(found)
    assert "you bought" not in texts(found)
    (warning,) = [one for one in found.warnings if "de.yaml" in one]
    assert "price_level" in warning
    (product,) = ledger.products(["mug-red-0"]).values()
    told = why(Query(user_id="u0", category="Mugs", language="de"), product, parts(ledger, prompts_folder=folder))
    assert "das Sie gekauft haben" in told.explanation.text
    assert warning in told.warnings


def test_no_model_words_it_in_english_where_there_is_no_template(ledger: Ledger, folder: Path) -> None:
    model = ScriptedModel(lambda _: "It may suit you.", languages=("en", "de"))

    found = answer(ledger, folder, model)
    assert {one.explanation.source for one in found.recommendations} == {"evidence"}
    assert model.generate_calls == []


def test_its_template_is_taken_where_the_model_supports_it_and_the_text_is_checked(
    ledger: Ledger, folder: Path
) -> None:
    (folder / "explain.de.yaml").write_text(TEMPLATE, encoding="utf-8")
    model = ScriptedModel(
        lambda prompt: f"Das passt zu Ihnen, {prompt[-1].text.splitlines()[-1]}", languages=("en", "de")
    )

    found = answer(ledger, folder, model)
    assert "llm" in {one.explanation.source for one in found.recommendations}
    assert "Das passt zu Ihnen, Von red works" in texts(found)
    assert found.made_with.template == "explain"

    boasting = ScriptedModel(lambda _: "Das passt zu Ihnen, es ist von Zinnober.", languages=("en", "de"))
    assert {one.explanation.source for one in answer(ledger, folder, boasting).recommendations} == {"evidence"}
    english = ScriptedModel(["It may suit you."] * 9)
    assert {one.explanation.source for one in answer(ledger, folder, english).recommendations} == {"evidence"}
    assert english.generate_calls == []


def test_prompts_check_reads_both(folder: Path) -> None:
    path = folder / "explain.de.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    assert (check(path).problems, check(path).notes) == ([], [])
    path.write_text(TEMPLATE.replace("von Orrin wie der Orrin Topf", "von Zinnober"), encoding="utf-8")
    (note,) = check(path).notes
    assert "'Zinnober' is in no claim" in note.message

    (phrases,) = check_phrases(folder)
    assert (phrases.problems, [note.line for note in phrases.notes]) == ([], [1])
    ran = newaisle("prompts", "check", "--prompts", folder, "--model", "none").ok()
    assert "de.yaml:1: note:" in ran.out
    (folder / "phrases" / "de.yaml").write_text("brnad: x\n", encoding="utf-8")
    ran = newaisle("prompts", "check", "--prompts", folder, "--model", "none")
    assert ran.code == 3
    assert "phrases/de.yaml:1: unknown key 'brnad' (did you mean 'brand'?)" in ran.out


def test_a_copy_of_the_english_template_and_phrases_is_made_to_be_translated(tmp_path: Path) -> None:
    for name in ("explain", "phrases"):
        path = Path(newaisle("prompts", "new", name, "--language", "de", "--prompts", tmp_path).ok().out.strip())
        assert path.exists()
    assert "language: de\n" in (tmp_path / "explain.de.yaml").read_text(encoding="utf-8")
    assert "explain           de  yours" in newaisle("prompts", "list", "--prompts", tmp_path).ok().out
    assert newaisle("prompts", "diff", "explain", "--language", "de", "--prompts", tmp_path).out.count("\n") > 3
    ran = newaisle("prompts", "reset", "explain", "--language", "de", "--yes", "--prompts", tmp_path).ok()
    assert "the bundled explain.en.yaml is in use" in ran.err


def test_a_template_of_another_folder_is_compared_with_the_phrases_in_use(
    ledger: Ledger, folder: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "drafts" / "explain.de.yaml"
    draft.parent.mkdir()
    draft.write_text(TEMPLATE, encoding="utf-8")
    asked: list[str] = []

    def reply(prompt: Sequence[Message]) -> str:
        asked.append(prompt[-1].text)
        return f"Das passt zu Ihnen, {asked[-1].splitlines()[-1]}"

    model = ScriptedModel(reply, languages=("de",))
    (case, *_) = explaining(parts(ledger, prompts_folder=folder), 10)
    found = case(read_template(draft, "yours"), model)
    assert "das Sie gekauft haben" in " ".join(asked)
    assert 1.0 in found.quality
