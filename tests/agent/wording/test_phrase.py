"""Phrasing: a model's text where it passes the check at the first or second try, else none; and the claims' own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.claims.reason import Reason
from newaisle.agent.llm.adapter import Adapter
from newaisle.agent.schema.style import Style
from newaisle.agent.wording import phrase as phrasing
from newaisle.agent.wording.phrase import Phrased, from_evidence, phrase, template_name
from newaisle.errors import LanguageModelError
from newaisle.prompts.library import load_template
from newaisle.store.rows import Product
from newaisle.testing import ScriptedModel
from tests.agent.filled import product
from tests.agent.wording.check.evidence import reason

MUG = product("h", "Hale camp mug", brand="Hale")
STOVE = product("s", "Hale folding stove, 45 g", brand="Hale")
KNIFE = product("k", "Hale camp knife", brand="Hale")
START = "The Hale folding stove may suit you: it is by"
BEGUN = """
description: begins the answer
language: en
prompt: "{{ facts[0] }}{% if refused %} Wrong: {{ refused }}{% endif %}"
start: "The {{ product.title }} may suit you: {{ begin }}"
"""
GOOD = "It is by Hale, like the Hale camp mug you bought."
BAD = "It is the best of all."
STYLES: list[Style] = ["short", "detailed", "seller"]


def because(text: str, kind: str = "brand", value: str = "Hale") -> Reason:
    one = reason(kind, value, MUG)  # type: ignore[arg-type]
    return Reason(one.claim.model_copy(update={"text": text}), one.row)


def others(count: int) -> Reason:
    """A reason that rests on no history."""
    claim = reason("brand", "", MUG).claim
    update = {"kind": "popularity", "basis": "category", "history_item_id": None, "item_field": "item_id"}
    text = f"{count} other customers took an interest in it."
    return Reason(claim.model_copy(update={**update, "value": str(count), "text": text}))


BRAND = because("It is by Hale, like the Hale camp mug you bought.")
WORDS = because('It shares "steel" with the Hale camp mug you bought.', "words", "steel")
SIMILAR = because("It is similar to the Hale camp mug you bought.", "similar")
OF_ANOTHER = Reason(SIMILAR.claim.model_copy(update={"history_item_id": "another"}), SIMILAR.row)
TO_SELLER = because("It is by Hale, like the Hale camp mug the customer bought.")


def phrased(
    model: ScriptedModel,
    products: Sequence[Product],
    reasons: Sequence[Sequence[Reason]],
    folder: Path | None = None,
    *,
    style: Style = "short",
) -> list[Phrased]:
    template = load_template(template_name(style), language="en", folder=folder)
    return phrase(model, template, "Camp", products, reasons)


def test_a_text_that_passes_is_told() -> None:
    (said,) = phrased(ScriptedModel([GOOD]), [STOVE], [[BRAND, WORDS]])
    assert said.text == GOOD
    (exchange,) = said.exchanges
    assert (exchange.attempt, exchange.answer, exchange.refusal, exchange.finish) == (1, said.text, None, "stop")


def test_a_text_that_fails_is_phrased_once_more() -> None:
    model = ScriptedModel([BAD, GOOD])
    (said,) = phrased(model, [STOVE], [[BRAND, WORDS]])
    assert said.text == GOOD
    first, second = said.exchanges
    assert (first.attempt, first.answer, second.attempt, second.refusal) == (1, BAD, 2, None)
    assert first.refusal


def test_a_text_is_told_with_its_start_and_a_second_try_is_begun_as_far_as_the_title(tmp_path: Path) -> None:
    (tmp_path / "explain.en.yaml").write_text(BEGUN, encoding="utf-8")
    model = ScriptedModel([" the best of all.", " you bought."])
    (said,) = phrased(model, [STOVE], [[BRAND]], tmp_path)
    first, second = (call.asks[0].prompt for call in model.generate_calls)
    assert first[-1].text == START
    assert second[-1].text == START + " Hale, like the Hale camp mug"
    assert said.text == START + " Hale, like the Hale camp mug you bought."
    assert second[-2].text.endswith(f"Wrong: {said.exchanges[0].refusal}")


@pytest.mark.parametrize("reply", [BAD, "", "It is by Hale, like the Hale camp mug you liked."])
def test_a_text_that_fails_twice_is_none(reply: str) -> None:
    model = ScriptedModel([reply, reply])
    (said,) = phrased(model, [STOVE], [[BRAND, WORDS]])
    assert said.text is None
    assert len(model.generate_calls) == 2
    assert all(exchange.refusal for exchange in said.exchanges)


def test_first_tries_are_one_batch_and_second_tries_another_of_those_that_failed() -> None:
    model = ScriptedModel([GOOD, BAD, GOOD, GOOD])
    said = phrased(model, [STOVE, KNIFE, STOVE], [[BRAND], [BRAND], [BRAND]])
    assert [len(call.asks) for call in model.generate_calls] == [3, 1]
    assert [len(one.exchanges) for one in said] == [1, 2, 1]
    assert said[1].text == GOOD
    assert "\n" in model.generate_calls[0].asks[0].stop


def test_an_exchange_holds_what_was_asked_word_for_word() -> None:
    model = ScriptedModel([GOOD])
    (said,) = phrased(model, [STOVE], [[BRAND]])
    template, (exchange,) = load_template("explain", language="en", folder=None), said.exchanges
    assert (exchange.purpose, exchange.template, exchange.template_hash) == ("explain", "explain", template.hash)
    assert exchange.item_id == "s"
    asked = model.generate_calls[0].asks[0].prompt
    assert exchange.prompt == tuple((message.role, message.text) for message in asked)


def test_the_second_tries_have_the_time_that_the_first_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 100.0, 112.0])
    monkeypatch.setattr(phrasing, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    model = ScriptedModel([BAD, BAD])
    phrased(model, [STOVE], [[BRAND]])
    assert [call.deadline for call in model.generate_calls] == [30.0, 18.0]


def test_without_time_left_nothing_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 100.0, 130.0])
    monkeypatch.setattr(phrasing, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    (said,) = phrased(ScriptedModel([BAD]), [STOVE], [[BRAND]])
    assert (said.text, len(said.exchanges)) == (None, 1)


@pytest.mark.parametrize("style", STYLES)
def test_a_text_is_made_from_all_facts_it_may_use_and_the_second_try_from_one(style: Style) -> None:
    model = ScriptedModel([BAD, BAD])
    phrased(model, [STOVE], [[BRAND, WORDS]], style=style)
    first, second = (call.asks[0].prompt[-1].text for call in model.generate_calls)
    assert "Product: Hale folding stove\n" in first
    assert "Brand: Hale\n" in first
    assert BRAND.claim.text in first
    assert WORDS.claim.text in first
    assert BRAND.claim.text in second
    assert WORDS.claim.text not in second


def test_a_sellers_text_speaks_of_the_customer() -> None:
    reply = "Show the customer the Hale folding stove: it is by Hale, like the Hale camp mug the customer bought."
    (said,) = phrased(ScriptedModel([reply]), [STOVE], [[TO_SELLER]], style="seller")
    assert said.text == reply


def test_a_text_may_rest_on_no_history() -> None:
    reply = "12 other customers took an interest in the Hale folding stove."
    (said,) = phrased(ScriptedModel([reply]), [STOVE], [[others(12)]])
    assert said.text == reply


def test_a_model_with_an_adapter_is_given_what_rests_on_the_history_alone() -> None:
    model = ScriptedModel([GOOD])
    model.adapter = Adapter(name="a", path=Path("a.gguf"), sha256="1", templates=("explain",))
    phrased(model, [STOVE], [[others(12), BRAND]])
    asked = model.generate_calls[0].asks[0].prompt[-1].text
    assert BRAND.claim.text in asked
    assert "12" not in asked


def test_a_template_is_given_the_two_facts_it_may_use_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "explain.en.yaml").write_text(
        "description: all\nlanguage: en\nprompt: \"{{ facts | join(' ') }}\"\n", encoding="utf-8"
    )
    model = ScriptedModel(["", ""])
    phrased(model, [STOVE], [[BRAND, WORDS, SIMILAR]], tmp_path)
    assert model.generate_calls[0].asks[0].prompt[-1].text == f"{BRAND.claim.text} {WORDS.claim.text}"


def test_a_claim_that_the_model_was_not_given_may_be_said_where_it_holds() -> None:
    reply = "It is by Hale and similar to the Hale camp mug you bought."
    (said,) = phrased(ScriptedModel([reply]), [STOVE], [[BRAND, WORDS, SIMILAR]])
    assert said.text == reply
    (refused,) = phrased(ScriptedModel([reply] * 2), [STOVE], [[BRAND, WORDS]])
    assert refused.text is None


def test_a_text_that_ran_into_the_limit_is_refused() -> None:
    model = ScriptedModel(["It is by Hale and" * 60 + " Hale."] * 2)
    (said,) = phrased(model, [STOVE], [[BRAND]])
    assert [exchange.refusal for exchange in said.exchanges] == ["it is not complete"] * 2
    assert said.exchanges[0].finish == "length"


def test_nothing_to_phrase_asks_nothing() -> None:
    model = ScriptedModel()
    assert phrased(model, [], []) == []
    assert model.generate_calls == []


def test_a_model_that_fails_altogether_is_the_callers_matter() -> None:
    with pytest.raises(LanguageModelError):
        phrased(ScriptedModel([LanguageModelError("no")]), [STOVE], [[BRAND]])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_style_is_a_template(style: Style, language: str) -> None:
    template = load_template(template_name(style), language=language, folder=None)
    assert (template.name, template.language) == (template_name(style), language)


@pytest.mark.parametrize(("style", "count"), [("short", 2), ("detailed", 4), ("seller", 4)])
def test_evidence_says_the_strongest_claims_and_keeps_all(style: Style, count: int) -> None:
    reasons = [BRAND, OF_ANOTHER, SIMILAR, others(3), others(2)]
    explanation = from_evidence(reasons, "history", style)
    assert explanation.text == " ".join(one.claim.text for one in reasons[:count])
    assert explanation.claims == [one.claim for one in reasons]
    assert (explanation.source, explanation.basis) == ("evidence", "history")


def test_a_short_text_names_a_product_of_the_history_once() -> None:
    reasons = [BRAND, WORDS, OF_ANOTHER]
    assert from_evidence(reasons, "history", "short").text == f"{BRAND.claim.text} {OF_ANOTHER.claim.text}"
    assert from_evidence([BRAND, WORDS], "history", "short").text == BRAND.claim.text
    assert from_evidence([BRAND, WORDS], "history", "detailed").text == f"{BRAND.claim.text} {WORDS.claim.text}"


def test_evidence_begins_with_the_history_where_that_is_not_among_the_strongest() -> None:
    reasons = [others(9), others(8), BRAND]
    assert from_evidence(reasons, "category", "short").text == f"{BRAND.claim.text} {others(9).claim.text}"


reasons_of_any_kind = st.lists(st.sampled_from([BRAND, WORDS, SIMILAR, others(2), others(3), others(4)]), min_size=1)


@given(reasons_of_any_kind, st.sampled_from(STYLES))
def test_evidence_never_leaves_the_history_out_nor_says_it_late(reasons: list[Reason], style: Style) -> None:
    explanation = from_evidence(reasons, "general", style)
    starts = {one.claim.text: one.row is not None for one in reasons}
    said = list(_sentences(explanation.text, starts))
    on_one_row = max(0, sum(one.row is not None for one in reasons) - 1) if style == "short" else 0
    assert len(said) == min(len(reasons) - on_one_row, {"short": 2, "detailed": 4, "seller": 4}[style])
    on_history = [starts[text] for text in said]
    assert on_history == sorted(on_history, reverse=True)
    assert any(on_history) == any(one.row for one in reasons)


def _sentences(text: str, known: dict[str, bool]) -> Iterator[str]:
    while text:
        first = next(one for one in known if text.startswith(one))
        yield first
        text = text[len(first) :].lstrip()
