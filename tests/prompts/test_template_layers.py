"""Which text of a prompt is read how often: every character belongs to one layer, and changes with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from newaisle.languages import LANGUAGES
from newaisle.prompts.check import fullest
from newaisle.prompts.inputs import INPUTS
from newaisle.prompts.library import load_template
from newaisle.prompts.messages import Message
from newaisle.prompts.reading_order import Piece, layers
from newaisle.prompts.template import Template

Build = Callable[..., Template]
EXPLAIN = {"category": "Tea", "product": {"title": "Cup"}, "facts": ["It is blue."]}


def text_of(piece: Piece) -> str:
    return "".join(part.text for part in piece.parts)


def texts(template: Template, inputs: dict[str, object]) -> list[tuple[str, str]]:
    """The layers of an `explain` template, each with its text."""
    checked = INPUTS["explain"].model_validate(inputs)
    found = layers(template, checked, template.render(checked))
    return [(layer.name, "|".join(map(text_of, layer.pieces))) for layer in found]


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_layers_of_a_bundled_prompt_are_all_its_text_the_most_lasting_first(name: str, language: str) -> None:
    template, inputs = load_template(name, language=language, folder=None), fullest(name)
    messages = template.render(inputs)
    found = layers(template, inputs, messages)
    parts: dict[int, list[object]] = {}
    for piece in (piece for layer in found for piece in layer.pieces):
        assert piece.begins == (piece.message not in parts)
        parts.setdefault(piece.message, []).extend(piece.parts)
    joined = [Message(message.role, tuple(parts[number])) for number, message in enumerate(messages)]  # type: ignore[arg-type]
    assert [(one.role, one.text) for one in joined] == [(one.role, one.text) for one in messages]
    data = ["".join(part.text for part in one.parts if part.is_data) for one in joined]
    assert data == ["".join(part.text for part in one.parts if part.is_data) for one in messages]
    assert found[0].per is None
    assert all((one.per or 0) < (other.per or 0) for one, other in pairwise(found))


def test_a_layer_begins_with_the_first_character_that_changes(template: Build) -> None:
    built = template("In {{ category }}: {{ product.title }}, {{ facts[0] }}")
    assert texts(built, EXPLAIN) == [("template", "In "), ("category", "Tea: "), ("product", "Cup, It is blue.")]


def test_what_comes_after_a_change_is_read_again_with_it_however_long_it_lasts(template: Build) -> None:
    built = template("{{ product.title }} of {{ category }}. The end.")
    assert texts(built, EXPLAIN) == [("product", "Cup of Tea. The end.")]


def test_the_same_text_whatever_the_inputs_is_one_layer(template: Build) -> None:
    assert texts(template("Hello"), EXPLAIN) == [("template", "Hello")]


def test_the_start_of_the_answer_is_the_last_of_the_text(template: Build) -> None:
    built = template("Say it.", more="start: 'The {{ product.title }}'\n")
    assert texts(built, EXPLAIN) == [("template", "Say it.|The "), ("product", "Cup")]
    inputs = INPUTS["explain"].model_validate(EXPLAIN)
    (layer,) = layers(built, inputs, built.render(inputs, start=False))
    assert [text_of(piece) for piece in layer.pieces] == ["Say it."]


def test_a_condition_on_an_input_that_is_empty_changes_nothing(template: Build) -> None:
    built = template("{% if refused %}Again: {{ refused }}{% endif %}Go.")
    assert texts(built, EXPLAIN) == [("template", "Go.")]
    assert texts(built, {**EXPLAIN, "refused": "x"}) == [("template", "Again: "), ("product", "xGo.")]
