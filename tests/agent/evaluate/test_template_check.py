"""Whether a template fits into what a model reads, and whether its worked examples can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.agent.chat import by_model
from newaisle.agent.evaluate.template_check import check, faults
from newaisle.agent.profile import statements
from newaisle.agent.rank.by_model import SHORTLIST
from newaisle.agent.retrieve import context
from newaisle.agent.settings.settings import Settings
from newaisle.agent.shop.backends import load_model
from newaisle.agent.wording import template_inputs
from newaisle.prompts.inputs import INPUTS, Most
from newaisle.prompts.library import bundled_path
from newaisle.testing import ScriptedModel

HEAD = "description: d\nlanguage: en\nprompt: |-\n  {{ facts | join(' ') }}\n"
EXAMPLE = """\
examples:
  - input: {category: Tea, product: {title: Cup}, facts: [It is similar to the fork you bought.]}
    output: The Cup is perfect.
"""


def write(folder: Path, text: str, name: str = "explain.en.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_tokens_are_counted_by_a_model_with_the_answer(tmp_path: Path) -> None:
    found = check(write(tmp_path, HEAD + "options: {max_tokens: 100}\n"), ScriptedModel(name="small"))
    assert (found.problems, found.notes) == ([], [])
    assert str(found.size) == "134 of 4,096 tokens"  # 100, a message, and three facts of 11 words


def test_without_a_model_they_are_estimated_and_it_says_so(tmp_path: Path) -> None:
    size = check(write(tmp_path, HEAD)).size
    assert size is not None
    assert str(size) == f"about {size.tokens} of 4,096 tokens, estimated"
    assert size.tokens > 160


def test_no_list_is_longer_than_the_inputs_say() -> None:
    most = {
        ("explain", "facts"): max(template_inputs.SPOKEN.values()),
        ("explain", "history"): max(template_inputs.SPOKEN.values()),
        ("rank", "history"): template_inputs._HISTORY_ROWS,
        ("rank", "nearest"): context._NEAREST,
        ("listwise", "history"): template_inputs._HISTORY_ROWS,
        ("listwise", "candidates"): SHORTLIST,
        ("profile", "facts"): statements._SENTENCES,
        ("turn", "categories"): by_model._CATEGORIES,
        ("turn", "brands"): by_model._BRANDS,
    }
    assert most == {
        (name, field): int(mark)
        for name in ("explain", "rank", "listwise", "profile", "turn")
        for field, info in INPUTS[name].model_fields.items()
        for mark in info.metadata
        if isinstance(mark, Most)
    }


@pytest.mark.models
@pytest.mark.parametrize("name", INPUTS)
def test_an_estimate_is_near_to_what_the_default_model_counts(name: str) -> None:
    with load_model(Settings()) as model:
        counted = check(bundled_path(name, "en"), model).size
    size = check(bundled_path(name, "en")).size
    assert size is not None
    assert counted is not None
    assert 0.9 * counted.tokens < size.tokens < 1.8 * counted.tokens


def test_a_prompt_that_is_longer_than_the_model_reads_is_a_problem(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD)
    (problem,) = check(path, ScriptedModel(name="small", context_size=100)).problems
    assert str(problem).startswith(f"{path}:1: with its lists full it takes 194 of 100 tokens")


def test_by_an_estimate_alone_that_is_advice(tmp_path: Path) -> None:
    found = check(write(tmp_path, HEAD + "options: {max_tokens: 4096}\n"))
    assert found.problems == []
    assert "estimated: shorten it" in str(found.notes[0])


def test_an_explanation_that_the_check_refuses_is_advice_on_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + EXAMPLE)
    found = check(path)
    assert found.problems == []
    assert [str(note) for note in found.notes] == [
        f"{path}:6: note: the check would refuse this example's answer, and a model's that is like it:"
        " 'perfect' is in no claim"
    ]
    assert faults(path) == []


def test_an_order_without_letters_is_a_problem(tmp_path: Path) -> None:
    text = (
        "description: d\nlanguage: en\nprompt: x\nexamples:\n"
        "  - input: {category: Tea, candidates: [{label: A, title: a}, {label: B, title: b}]}\n    output: the first\n"
    )
    path = write(tmp_path, text, "listwise.en.yaml")
    (problem,) = check(path).problems
    assert (problem.line, problem.message) == (
        5,
        "this example's answer is of no use: it puts no two products in order",
    )
    assert [str(fault) for fault in faults(path)] == [str(problem)]
    write(tmp_path, text.replace("the first", "B, A"), "listwise.en.yaml")
    assert faults(path) == []


@pytest.mark.parametrize("text", ["description: [\n", HEAD + "promt: x\n"])
def test_what_cannot_be_used_has_no_size(tmp_path: Path, text: str) -> None:
    found = check(write(tmp_path, text))
    assert found.size is None
    assert found.problems
