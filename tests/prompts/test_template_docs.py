"""docs/templates.md is true: its examples are templates, and its tables list what there is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from pydantic import BaseModel

from newaisle.agent.cli.prompts import prompts_group
from newaisle.prompts import limits
from newaisle.prompts.check import check_template
from newaisle.prompts.expected import TestKeys
from newaisle.prompts.grammar import FILTERS, LOOP, TESTS
from newaisle.prompts.inputs import INPUTS, Per
from newaisle.prompts.phrase_files import faults
from newaisle.prompts.reading_order import order_notes
from newaisle.prompts.template import TemplateFile

PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


def listed(start: str) -> set[str]:
    """The names in code marks on the page's line that begins with `start`."""
    (line,) = [line for line in PAGE.splitlines() if line.startswith(start)]
    return {name.partition("(")[0] for name in re.findall(r"`([^`]+)`", line)}


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_a_template_that_passes_the_check(tmp_path: Path, text: str) -> None:
    (language,) = re.findall(r"^language: (\w+)$", text, flags=re.MULTILINE)
    path = tmp_path / f"explain.{language}.yaml"
    path.write_text(text, encoding="utf-8")
    assert check_template(path) == []
    assert order_notes(path) == []


def test_there_is_an_example_in_each_language() -> None:
    assert sorted(re.findall(r"^language: (\w+)$", "\n".join(EXAMPLES), flags=re.MULTILINE)) == ["en", "zh"]


def test_the_phrases_are_such_as_can_be_used(tmp_path: Path) -> None:
    (text,) = re.findall(r"^`phrases/de.yaml`:\n\n```text\n(.*?)```", PAGE, flags=re.DOTALL | re.MULTILINE)
    path = tmp_path / "de.yaml"
    path.write_text(text, encoding="utf-8")
    assert faults(path) == []


def test_every_variable_is_described() -> None:
    for name in INPUTS:
        table = re.split(rf"What [^\n]*`{name}`[^\n]* given:", PAGE)[1]
        section = table.partition("\n\n")[2].partition("\n\n")[0]
        assert re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE) == list(INPUTS[name].model_fields), name


def test_every_input_stands_where_the_page_says_it_changes() -> None:
    section = PAGE.partition("## What lasts comes first")[2].partition("\n\nThe customer")[0]
    rows = re.findall(r"^\| the (\w+) \| (.*) \|$", section, flags=re.MULTILINE)
    assert [changes.upper() for changes, _ in rows] == [per.name for per in Per]
    inputs = {(per.name, name) for model in INPUTS.values() for name, per in _changes(model)}
    assert {(changes.upper(), name) for changes, names in rows for name in _inputs(names)} == inputs


def _changes(model: type[BaseModel]) -> Iterable[tuple[str, Per]]:
    return ((name, field.metadata[0]) for name, field in model.model_fields.items())


def _inputs(names: str) -> set[str]:
    """What stands in code marks, but for the names of prompts that are no input."""
    prompts = set(INPUTS) - {name for model in INPUTS.values() for name in model.model_fields}
    return set(re.findall(r"`([^`]+)`", names)) - prompts


def test_every_key_of_the_file_is_described() -> None:
    section = PAGE.partition("## The file")[2].partition("| key of a test |")[0]
    assert re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE) == list(TemplateFile.model_fields)


def test_every_key_of_a_test_is_described() -> None:
    section = PAGE.partition("| key of a test |")[2].partition("\n\n")[0]
    assert {"input", *re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE)} == set(TestKeys.model_fields)


def test_filters_tests_and_loop_variables_are_all_listed() -> None:
    assert listed("- the filters") == FILTERS
    assert listed("- the tests") == TESTS
    assert {name.removeprefix("loop.") for name in listed("- `{% for") if name.startswith("loop.")} == set(LOOP)


def test_the_limits_are_the_ones_in_force() -> None:
    table = PAGE.partition("## Limits")[2]
    stated = [
        int(number.replace(",", "")) for number in re.findall(r"\| ([\d,]+)(?: \w+)? \|$", table, flags=re.MULTILINE)
    ]
    assert stated == [
        limits.MAX_FILE_BYTES,
        limits.MAX_OUTPUT_CHARS,
        limits.MAX_INPUT_CHARS,
        limits.MAX_LOOP_DEPTH,
        limits.MAX_SYNTAX_DEPTH,
        limits.MAX_STEPS,
    ]


def test_every_command_on_the_page_exists() -> None:
    named = set(re.findall(r"newaisle prompts (\w+)", PAGE))
    assert named == set(prompts_group.commands)
