"""The variables of each prompt as an author reads of them, and the fullest inputs there are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newaisle.errors import TemplateError
from newaisle.prompts.check import check_template, fullest
from newaisle.prompts.inputs import INPUTS, Most
from newaisle.prompts.variables import variables_of

WriteTemplate = Callable[..., Path]


@pytest.mark.parametrize("name", INPUTS)
def test_every_variable_can_be_put_into_a_template(name: str, write_template: WriteTemplate) -> None:
    texts = [f"{{{{ {one.name} }}}}" for one in variables_of(name) if one.type == "text"]
    lists = [f"{{{{ {one.name} | length }}}}" for one in variables_of(name) if one.type.startswith("list")]
    put = [*texts, *lists]
    rows = [f"{{% if {one.split('[')[0][3:]} %}}{one}{{% endif %}}" for one in put if "[" in one]
    prompt = " ".join([*(one for one in put if "[" not in one), *rows])
    path = write_template(text=f"description: d\nlanguage: en\nprompt: '{prompt}'\n", name=f"{name}.en.yaml")
    assert check_template(path) == []


def test_every_variable_has_a_meaning_an_example_and_what_it_changes_with() -> None:
    for name in INPUTS:
        for one in variables_of(name):
            assert one.description, name
            assert one.example, name
            assert one.changes_with in ("customer", "category", "answer", "product"), name


def test_a_variable_of_the_product_is_shown_with_its_fields() -> None:
    found = {one.name: one for one in variables_of("explain")}
    assert found["product"].type == "product"
    assert found["product.title"].example == "Ridgeline titanium camp mug 450 ml"
    assert found["history"].type == "list of up to 3 products"
    assert found["history[0].brand"].example == "Ridgeline"
    assert found["facts"].type == "list of up to 3 texts"
    assert found["product.attributes"].type == "list of up to 6 texts"
    assert (found["category"].is_required, found["refused"].is_required) == (True, False)


def test_an_unknown_prompt_has_no_variables() -> None:
    with pytest.raises(TemplateError, match="did you mean 'listwise'"):
        variables_of("listwis")


def test_the_fullest_inputs_have_every_list_as_long_as_it_gets() -> None:
    for name in INPUTS:
        inputs = fullest(name)
        for field, info in type(inputs).model_fields.items():
            assert getattr(inputs, field), name
            for most in info.metadata:
                if isinstance(most, Most):
                    assert len(getattr(inputs, field)) == most, name
