"""The templates that come with newaisle, as a model gets them."""

from __future__ import annotations

import pytest
import yaml

from prompts import INPUTS, Part, bundled_path, check_template, load_template
from prompts.template import LANGUAGES

EXPLAIN = {
    "category": "Camp Kitchen",
    "product": {"title": "Ridgeline titanium camp mug 450 ml"},
    "facts": ["It is by Ridgeline, like the Ridgeline trekking poles you bought.", "It costs 24.00 USD."],
}
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
    assert [message.role for message in messages] == ["system", *["user", "assistant"] * 4]
    assert messages[-2].text == (
        "Product: Ridgeline titanium camp mug 450 ml\n"
        "Facts:\n"
        "- It is by Ridgeline, like the Ridgeline trekking poles you bought.\n"
    )


def test_explain_begins_the_answer_with_the_product_as_data() -> None:
    start = load_template("explain", language="en", folder=None).render(EXPLAIN)[-1]
    assert start.text == "The Ridgeline titanium camp mug 450 ml may suit you because it"
    assert start.parts[1] == Part("Ridgeline titanium camp mug 450 ml", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_explain_examples_begin_as_the_answer_will(language: str) -> None:
    template = load_template("explain", language=language, folder=None)
    file = yaml.safe_load(template.path.read_text(encoding="utf-8"))
    for example in file["examples"]:
        assert example["output"].startswith(template.render(example["input"])[-1].text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_explain_examples_are_one_short_line_each(language: str) -> None:
    template = load_template("explain", language=language, folder=None)
    answers = [message.text for message in template.head if message.role == "assistant"]
    assert len(answers) >= 2
    assert all("\n" not in answer and len(answer.split()) <= 35 for answer in answers)


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
