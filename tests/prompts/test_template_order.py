"""The advice on templates that say late what they could say early."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newaisle.languages import LANGUAGES
from newaisle.prompts.inputs import INPUTS, Most, Per
from newaisle.prompts.library import bundled_path
from newaisle.prompts.reading_order import order_notes
from newaisle.prompts.template import Template

Build = Callable[..., Template]
WriteTemplate = Callable[..., Path]

LONG = "Write one sentence, kindly, and use nothing but these facts."
LONG_CHINESE = "请用一句话告诉顾客这件商品为什么适合他。"


def noted(template: Template) -> list[int]:
    return [note.line for note in order_notes(template)]


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_bundled_templates_say_what_lasts_first(name: str, language: str) -> None:
    assert order_notes(bundled_path(name, language)) == []


def test_every_input_says_what_it_changes_with() -> None:
    for model in INPUTS.values():
        for field in model.model_fields.values():
            assert [type(mark) for mark in field.metadata if not isinstance(mark, Most)] == [Per]


def test_an_input_after_one_that_changes_more_often_is_noted(template: Build) -> None:
    built = template("{{ product.title }}\nfrom {{ category }}")
    (note,) = order_notes(built)
    assert str(note) == (
        f"{built.path}:5: note: `category` lasts longer than `product` on line 4, but comes after it, so it is read "
        "again for each product; move it before `product`"
    )


@pytest.mark.parametrize(
    ("prompt", "lines"),
    [
        ("{{ category }}\n{{ product.title }}", []),
        ("{{ facts | first }}\n{{ product.title }}", []),
        ("{% for fact in facts %}\n{{ fact }}\n{% endfor %}\n{{ category }}", [7]),
        ("{% for fact in facts if fact != category %}\n{{ fact }}\n{% endfor %}", []),
        ("{% if product.brand %}\nBranded.\n{% endif %}\n{{ category }}", [7]),
        ("{% if product.brand %}\n{{ category }}\n{% endif %}", []),
        ("{% if product.brand %}\n{% set x = 1 %}\n{% endif %}\n{{ category }}", []),
        ("{% if category %}\n{{ product.title }}\n{% elif facts %}\nx\n{% else %}\n{{ category }}\n{% endif %}", []),
        ("{% if category %}\n{{ product.title }}\n{% else %}\nx\n{% endif %}\n{{ category }}", [9]),
        ("{% for row in history %}\n{{ row.title }}\n{% else %}\n{{ category }}\n{% endfor %}", []),
        ("{% set title = product.title %}\n{{ category }}\n{{ title }}", []),
        ("{% set title = product.title %}\n{{ title }}\n{{ category }}", [6]),
        ("{% set title %}{{ product.title }}{% endset %}\n{{ title }}\n{{ category }}", [6]),
        ("{% macro show(x) %}{{ x }}{% endmacro %}\n{{ show(product.title) }}\n{{ show(category) }}", [6]),
        ("{% macro fact() %}{{ facts[0] }}{% endmacro %}\n{{ fact() }}\n{{ category }}", [6]),
        ("{% for category in history %}\n{{ category.title }}\n{% endfor %}\n{{ product.title }}", []),
        ("{{ 'x' if product.brand else 'y' }}\n{{ category }}", [5]),
        ("{{ product.title }}\n{{ category }}\n{{ category }}", [5]),
        ("{{ 'fixed' }}\n{{ category }}", []),
    ],
)
def test_order_is_that_in_which_text_is_put_out(template: Build, prompt: str, lines: list[int]) -> None:
    assert noted(template(prompt)) == lines


def test_a_customer_lasts_longer_than_a_category(write_template: WriteTemplate) -> None:
    prompt = "  {{ category }}\n  {% for row in history %}{{ row.title }}{% endfor %}"
    text = f"description: d\nlanguage: en\nprompt: |-\n{prompt}"
    (note,) = order_notes(write_template(text=text, name="rank.en.yaml"))
    assert (note.line, note.message.split("`")[1]) == (5, "history")


def test_fixed_text_after_data_of_the_product_is_noted(template: Build) -> None:
    built = template(f"Title: {{{{ product.title }}}}\n\n{LONG}")
    (note,) = order_notes(built)
    assert str(note) == (
        f"{built.path}:6: note: these {len(LONG)} characters are the same for every product, but are read again for "
        "each because they come after its data on line 4; move them into `system`, which is read once, or "
        "at least above that line"
    )


@pytest.mark.parametrize(
    ("prompt", "lines"),
    [
        (f"{LONG}\n{{{{ product.title }}}}\nFacts:\n{{{{ facts[0] }}}}", []),
        (f"{{{{ category }}}}\n{LONG}", []),
        (f"{{{{ product.title }}}}{LONG_CHINESE}", [4]),
        ("{{ product.title }}\n商品的事实：", []),
        (f"{{% for fact in facts %}}\n{{{{ fact }}}}\n{LONG}\n{{% endfor %}}", []),
        (f"{{% if product.price %}}\n{{{{ product.price }}}}\n{LONG}\n{{% endif %}}", []),
        (f"{{{{ product.title }}}}\n{{% if category %}}\n{LONG}\n{{% endif %}}", [6]),
        (f"{{% for fact in facts %}}\n- {{{{ fact }}}}\n{{% endfor %}}\n{LONG}\n{LONG}", [7]),
        (f"{{{{ product.title }}}}\n{LONG}\n{{{{ facts[0] }}}}\n{LONG}", [5, 7]),
    ],
)
def test_headings_and_what_repeats_with_the_data_are_not_fixed_text(
    template: Build, prompt: str, lines: list[int]
) -> None:
    assert noted(template(prompt)) == lines


def test_the_start_of_the_answer_may_come_last(template: Build) -> None:
    start = f"start: '{{{{ product.title }}}} {LONG}'\n"
    assert noted(template("{{ facts[0] }}", more=start)) == []


def test_a_folded_prompt_is_noted_on_its_first_line(write_template: WriteTemplate) -> None:
    text = "description: d\nlanguage: en\nprompt: >-\n  {{ product.title }}\n  is from\n  {{ category }}"
    assert [note.line for note in order_notes(write_template(text=text))] == [3]


def test_a_template_that_cannot_be_used_has_problems_and_no_notes(write_template: WriteTemplate) -> None:
    assert order_notes(write_template("{{ product.title }}{{ category }}{{ facts }}")) == []
    assert order_notes(write_template().with_name("nowhere.yaml")) == []
