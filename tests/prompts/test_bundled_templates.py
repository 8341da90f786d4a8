"""The templates that come with newaisle, as a model gets them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from newaisle.languages import LANGUAGES
from newaisle.prompts.check import check_template
from newaisle.prompts.inputs import INPUTS
from newaisle.prompts.library import bundled_path, load_template
from newaisle.prompts.messages import Part

EXPLAIN: dict[str, Any] = {
    "category": "Camp Kitchen",
    "product": {"title": "Ridgeline titanium camp mug 450 ml"},
    "facts": ["It is by Ridgeline, like the Ridgeline trekking poles you bought.", "It costs 24.00 USD."],
    "begin": "it is by",
}
EXPLAINING = ["explain", "explain-detailed", "explain-seller"]
RANK = {"category": "茶具", "brief": "泡茶用的器具", "history": [{"title": "红茶 100克"}, {"title": "茶点"}]}


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bundled_template_passes_its_own_check(name: str, language: str) -> None:
    assert check_template(bundled_path(name, language)) == []


def test_every_input_has_a_description_and_an_example_that_fits() -> None:
    for model in INPUTS.values():
        fields = model.model_fields
        assert all(field.description and field.examples for field in fields.values())
        model.model_validate({name: field.examples[0] for name, field in fields.items() if field.examples})


def test_explain_shows_an_example_of_each_kind_of_claim_and_then_the_strongest_fact() -> None:
    messages = load_template("explain", language="en", folder=None).render(EXPLAIN)
    assert [message.role for message in messages] == ["system", *["user", "assistant"] * 7]
    assert messages[-2].text == (
        "Product: Ridgeline titanium camp mug 450 ml\n"
        "Facts:\n"
        "- It is by Ridgeline, like the Ridgeline trekking poles you bought.\n"
    )


def test_the_longer_styles_are_shown_two_facts() -> None:
    for name in ("explain-detailed", "explain-seller"):
        shown = load_template(name, language="en", folder=None).render(
            {**EXPLAIN, "facts": [*EXPLAIN["facts"], "More."]}
        )
        assert shown[-2].text == (
            "Product: Ridgeline titanium camp mug 450 ml\n"
            "Facts: It is by Ridgeline, like the Ridgeline trekking poles you bought. It costs 24.00 USD.\n"
        )


@pytest.mark.parametrize("name", EXPLAINING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_try_is_shown_one_fact_and_what_was_wrong_with_the_first(name: str, language: str) -> None:
    template = load_template(name, language=language, folder=None)
    first, second = (template.render({**EXPLAIN, "refused": said})[-2].text for said in ("", "'best' is in no claim"))
    assert "'best' is in no claim" not in first
    assert "'best' is in no claim" in second
    assert EXPLAIN["facts"][0] in second
    assert EXPLAIN["facts"][1] not in second


def test_explain_begins_the_answer_with_the_product_and_the_fact_as_data() -> None:
    start = load_template("explain", language="en", folder=None).render(EXPLAIN)[-1]
    assert start.text == "The Ridgeline titanium camp mug 450 ml may suit you: it is by"
    assert start.parts[1] == Part("Ridgeline titanium camp mug 450 ml", True)
    assert start.parts[3] == Part("it is by", True)


@pytest.mark.parametrize("name", EXPLAINING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_explain_examples_begin_as_the_answer_will_and_say_nothing_but_their_facts(name: str, language: str) -> None:
    template = load_template(name, language=language, folder=None)
    file = yaml.safe_load(template.path.read_text(encoding="utf-8"))
    for example in file["examples"]:
        facts = example["input"]["facts"]
        said = (" " if language == "en" else "").join([facts[0][0].lower() + facts[0][1:], *facts[1:]])
        assert example["output"] == template.render(example["input"])[-1].text + said


@pytest.mark.parametrize("name", EXPLAINING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sellers_examples_alone_do_not_address_the_customer(name: str, language: str) -> None:
    you = {"en": " you ", "zh": "您"}[language]
    template = load_template(name, language=language, folder=None)
    shown = [message.text for message in template.head if message.role != "system"]
    assert any(you in text for text in shown) == (name != "explain-seller")


@pytest.mark.parametrize("name", EXPLAINING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_explain_examples_are_one_short_line_each(name: str, language: str) -> None:
    template = load_template(name, language=language, folder=None)
    answers = [message.text for message in template.head if message.role == "assistant"]
    assert len(answers) >= 2
    assert all("\n" not in answer and len(answer.split()) <= 60 for answer in answers)


def test_rank_lists_the_history_and_asks_for_the_choice() -> None:
    messages = load_template("rank", language="zh", folder=None).render(RANK)
    assert [message.role for message in messages] == ["system", "user"]
    assert messages[-1].text == (
        "一位顾客喜欢这些商品：\n- 红茶 100克\n- 茶点\n“茶具”是新类目：泡茶用的器具\n他接下来会在“茶具”里选哪件商品？"
    )
    assert Part("红茶 100克", True) in messages[-1].parts


def test_rank_has_something_to_say_of_a_customer_without_history() -> None:
    message = load_template("rank", language="en", folder=None).render({"category": "Tea"})[-1]
    assert message.text == (
        'A new customer has not bought anything yet.\nWhich product from "Tea" do they choose next?'
    )
