"""Phrasing: the model's sentence where it passes the check, else the claims' own."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.explain.claims import Reason
from agent.explain.phrase import from_evidence, phrase
from agent.llm.errors import LanguageModelError
from prompts.library import load_template
from store.rows import Product
from tests.agent.explain.grounds import reason
from tests.agent.llm.fake import ScriptedModel
from tests.agent.shop import product

MUG = product("h", "Hale camp mug", brand="Hale")
STOVE = product("s", "Hale folding stove, 45 g", brand="Hale")
KNIFE = product("k", "Hale camp knife", brand="Hale")


def because(text: str, kind: str = "brand", value: str = "Hale") -> Reason:
    one = reason(kind, value, MUG)
    return Reason(one.claim.model_copy(update={"text": text}), one.row)


BRAND = because("It is by Hale, like the Hale camp mug you bought.")
WORDS = because('It shares "steel" with the Hale camp mug you bought.', "words", "steel")
THIRD = because("It is similar to the Hale camp mug you bought.", "similar")


def phrased(model: ScriptedModel, products: list[Product], reasons: list[list[Reason]], folder: Path | None = None):  # type: ignore[no-untyped-def]
    return phrase(model, load_template("explain", language="en", folder=folder), "Camp", products, reasons)


def test_a_sentence_that_passes_is_the_explanation_with_its_start() -> None:
    model = ScriptedModel([" is by Hale, like the Hale camp mug you bought."])
    (said,) = phrased(model, [STOVE], [[BRAND, WORDS]])
    assert said.explanation.text == (
        "The Hale folding stove may suit you because it is by Hale, like the Hale camp mug you bought."
    )
    assert said.explanation.source == "llm"
    assert said.refusal is None
    assert said.explanation.claims == [BRAND.claim, WORDS.claim]


@pytest.mark.parametrize("reply", [" is the best of all.", "", " is by Hale, like the Hale camp mug you liked."])
def test_a_sentence_that_fails_is_replaced_by_the_evidence(reply: str) -> None:
    (said,) = phrased(ScriptedModel([reply]), [STOVE], [[BRAND, WORDS]])
    assert said.explanation == from_evidence([BRAND, WORDS])
    assert said.explanation.source == "evidence"
    assert said.refusal


def test_evidence_says_the_two_strongest_claims_and_keeps_all() -> None:
    explanation = from_evidence([BRAND, WORDS, THIRD])
    assert explanation.text == f"{BRAND.claim.text} {WORDS.claim.text}"
    assert explanation.claims == [BRAND.claim, WORDS.claim, THIRD.claim]


def test_all_sentences_are_written_in_one_batch_and_each_is_judged_alone() -> None:
    model = ScriptedModel([" is by Hale, like the Hale camp mug you bought.", " you will love it."])
    first, second = phrased(model, [STOVE, KNIFE], [[BRAND], [WORDS]])
    assert [first.explanation.source, second.explanation.source] == ["llm", "evidence"]
    assert second.explanation.text == WORDS.claim.text
    (call,) = model.generate_calls
    assert len(call.asks) == 2
    assert call.deadline
    assert "\n" in call.asks[0].stop


def test_the_model_is_shown_the_product_and_the_strongest_fact() -> None:
    model = ScriptedModel([""])
    phrased(model, [STOVE], [[BRAND, WORDS, THIRD]])
    shown = model.generate_calls[0].asks[0].prompt[-2].text
    assert "Product: Hale folding stove\n" in shown
    assert BRAND.claim.text in shown
    assert WORDS.claim.text not in shown


def test_a_template_is_given_the_two_facts_it_may_use_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "explain.en.yaml").write_text(
        "description: all\nlanguage: en\nprompt: \"{{ facts | join(' ') }}\"\n", encoding="utf-8"
    )
    model = ScriptedModel([""])
    phrased(model, [STOVE], [[BRAND, WORDS, THIRD]], tmp_path)
    assert model.generate_calls[0].asks[0].prompt[-1].text == f"{BRAND.claim.text} {WORDS.claim.text}"


def test_a_claim_that_the_model_was_not_given_is_refused() -> None:
    reply = " is similar to the Hale camp mug you bought."
    (said,) = phrased(ScriptedModel([reply]), [STOVE], [[BRAND, WORDS, THIRD]])
    assert said.refusal


def test_a_template_without_a_start_leaves_the_whole_sentence_to_the_model(tmp_path: Path) -> None:
    (tmp_path / "explain.en.yaml").write_text(
        "description: short\nlanguage: en\nprompt: 'Say why: {{ facts[0] }}'\n", encoding="utf-8"
    )
    model = ScriptedModel(["The folding stove is by Hale, like the camp mug you bought."])
    (said,) = phrased(model, [STOVE], [[BRAND]], tmp_path)
    assert said.explanation.text == "The folding stove is by Hale, like the camp mug you bought."
    assert said.explanation.source == "llm"


def test_a_text_that_ran_into_the_limit_is_refused() -> None:
    model = ScriptedModel([" and it is by Hale" * 60 + "."])
    (said,) = phrased(model, [STOVE], [[BRAND]])
    assert said.refusal == "it is not complete"


def test_a_model_that_fails_altogether_is_the_callers_matter() -> None:
    with pytest.raises(LanguageModelError):
        phrased(ScriptedModel([LanguageModelError("no")]), [STOVE], [[BRAND]])
