"""`newaisle prompts test`: a template's own tests, with the language model in use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newaisle.agent.shop import backends
from newaisle.errors import LanguageModelError
from newaisle.testing import ScriptedModel
from tests.agent.cli.command import Ran, newaisle

RANK = """\
description: d
language: en
prompt: "{{ category }}"
tests:
  - input: {category: Tea}
    among: [green tea, steel drill]
    contains: [tea]
  - input: {category: Drills}
    among: [green tea, steel drill]
    contains: [drill]
"""
EXPLAIN = """\
description: d
language: en
prompt: "{{ facts[0] }}"
start: "The {{ product.title }}"
tests:
  - input: &tea {category: Tea, product: {title: cup}, facts: [It is similar to the Batley bulb planter you bought.]}
    contains: [similar]
    max_words: 12
    passes_check: true
"""


@pytest.fixture
def folder(surroundings: Path) -> Path:
    folder = surroundings / "home" / "prompts"
    folder.mkdir(parents=True)
    return folder


def run(monkeypatch: pytest.MonkeyPatch, model: ScriptedModel, *arguments: object) -> Ran:
    monkeypatch.setattr(backends, "load_model", lambda settings: model)
    return newaisle("prompts", "test", *arguments, "--model", model.name)


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text.replace("&tea ", ""), encoding="utf-8")
    return path


def test_a_test_that_is_met_is_a_line_with_its_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(folder, "explain.en.yaml", EXPLAIN)
    model = ScriptedModel([" is similar to the Batley bulb planter you bought."])
    ran = run(monkeypatch, model, "explain").ok()
    assert ran.out.startswith(f"{path}:6: passed in ")
    assert ran.out.count("\n") == 1
    (ask,) = model.generate_calls[0].asks
    assert ask.prompt[-1].text == "The cup"
    assert model.closed


def test_a_test_that_fails_says_what_the_answer_lacks_and_exits_with_5(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(folder, "explain.en.yaml", EXPLAIN)
    ran = run(monkeypatch, ScriptedModel([" is perfect."]), "explain")
    assert ran.code == 5
    failure, answer = ran.out.splitlines()
    assert failure == (
        f"{path}:6: failed: it does not contain 'similar'; it does not pass the check: 'perfect' is in no claim"
    )
    assert answer == "    The cup is perfect."
    assert ran.err.startswith("Error: 1 of 1 tests failed: mend the template with `newaisle prompts edit explain`")


def test_a_prompt_that_scores_answers_with_the_likeliest_title(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "rank.en.yaml", RANK)
    model = ScriptedModel(likelihoods={"green tea": -1.0, "steel drill": -9.0})
    ran = run(monkeypatch, model, "rank", "--json")
    assert ran.code == 5

    first, second = json.loads(ran.out)
    assert (first["line"], first["answer"], first["unmet"]) == (5, "green tea", [])
    assert (second["line"], second["answer"], second["unmet"]) == (8, "green tea", ["it does not contain 'drill'"])


def test_facts_that_are_not_newaisles_leave_nothing_to_check_by(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "explain.en.yaml", EXPLAIN.replace("It is similar to the Batley bulb planter you bought", "It is blue"))
    ran = run(monkeypatch, ScriptedModel([" is similar."]), "explain")
    assert ran.code == 5
    assert "there is nothing to check it by" in ran.out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("explain", "--language", "zh"), "scripted does not master Chinese"),
        (("turn",), "scripted is too small to be asked about turns of a chat"),
        (("listwise",), "scripted can score titles, so that it is asked with `rank` instead"),
    ],
)
def test_a_model_that_is_never_asked_with_a_prompt_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], reason: str
) -> None:
    model = ScriptedModel()
    ran = run(monkeypatch, model, *arguments).ok()
    assert ran.out == ""
    assert ran.err == f"not run: {reason}; choose another model with --model\n"
    assert model.generate_calls == []


def test_the_bundled_turns_are_read_by_a_model_that_answers_well(monkeypatch: pytest.MonkeyPatch) -> None:
    replies = ["category: Outdoor > Camp Kitchen", "without: nettles", "small talk"]
    model = ScriptedModel(replies, parameters=7_000_000_000)
    assert run(monkeypatch, model, "turn").ok().out.count("passed") == 3


def test_a_template_without_tests_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(folder, "explain.en.yaml", "description: d\nlanguage: en\nprompt: x\n")
    ran = run(monkeypatch, ScriptedModel(), "explain").ok()
    assert ran.err == f"{path} has no tests: write some under `tests`\n"


def test_a_model_that_cannot_score_is_refused_where_titles_are_scored(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "rank.en.yaml", RANK)
    model = ScriptedModel()
    model.can_score = False
    ran = run(monkeypatch, model, "rank")
    assert ran.code == 3
    assert "cannot score given texts" in ran.err


@pytest.mark.parametrize("model", ["none", "smollm2-135m"])
def test_without_a_model_the_exit_code_is_4_and_the_next_move_is_named(model: str) -> None:
    ran = newaisle("prompts", "test", "explain", "--model", model)
    assert (ran.code, ran.out) == (4, "")
    assert "--model NAME" in ran.err or "newaisle models pull" in ran.err


def test_a_model_that_fails_is_no_failed_test(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, ScriptedModel([LanguageModelError("it broke")]), "explain")
    assert ran.code == 4
    assert "it broke" in ran.err


@pytest.mark.models
@pytest.mark.parametrize("name", ["explain", "explain-detailed", "explain-seller", "rank", "profile"])
def test_the_default_model_passes_the_bundled_tests(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("NEWAISLE_MODELS", "NEWAISLE_MODEL"):
        monkeypatch.delenv(variable)
    ran = newaisle("prompts", "test", name).ok()
    assert ran.out.count(": passed in ") >= 2
