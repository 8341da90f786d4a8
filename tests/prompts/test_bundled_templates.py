"""The templates that come with newaisle, as a model gets them."""

from __future__ import annotations

from typing import Any

import pytest

from newaisle.agent.evaluate.fact_reading import evidence_of
from newaisle.agent.wording.check.check import problem
from newaisle.agent.wording.phrase import STYLES
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


def test_explain_shows_the_product_as_far_as_it_is_known_and_the_facts() -> None:
    template = load_template("explain", language="en", folder=None)
    system, asked = template.render(EXPLAIN)
    assert (system.role, asked.role) == ("system", "user")
    assert asked.text == (
        "Product: Ridgeline titanium camp mug 450 ml\n"
        "Facts:\n"
        "- It is by Ridgeline, like the Ridgeline trekking poles you bought.\n"
        "- It costs 24.00 USD.\n"
    )
    known = {"brand": "Ridgeline", "attributes": ["material: titanium", "weight: 98 g"]}
    more = template.render({**EXPLAIN, "product": EXPLAIN["product"] | known})[-1]
    assert "Brand: Ridgeline\nDetails: material: titanium; weight: 98 g\n" in more.text
    assert Part("Ridgeline", True) in more.parts


@pytest.mark.parametrize("name", EXPLAINING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_try_is_shown_one_fact(name: str, language: str) -> None:
    template = load_template(name, language=language, folder=None)
    first, second = (template.render({**EXPLAIN, "refused": said})[-1].text for said in ("", "'best' is in no claim"))
    assert EXPLAIN["facts"][0] in second
    assert EXPLAIN["facts"][1] in first
    assert EXPLAIN["facts"][1] not in second


@pytest.mark.parametrize("name", EXPLAINING)
def test_examples_pass_the_check(name: str) -> None:
    template = load_template(name, language="zh", folder=None)
    style = STYLES[name]
    assert template.examples
    for example in template.examples:
        evidence = evidence_of(example.input, "zh", style)
        assert evidence is not None
        assert problem(example.output, "stop", evidence) is None


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
