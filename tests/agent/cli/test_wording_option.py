"""Whether a model words texts, as the command line has it: the option, what was found, and the demo."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from newaisle.agent.shop import backends
from newaisle.prompts.messages import Message
from newaisle.testing import ScriptedModel
from tests.agent.cli.command import newaisle

KITCHEN = ("recommend", "--user", "mara", "--category", "Camp Kitchen", "--json")


def fact(prompt: Sequence[Message]) -> str:
    """The first fact, as a model that repeats it."""
    return prompt[-1].text.split("Facts:\n- ", 1)[1].splitlines()[0]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """The language model in use: one that repeats what it is given."""
    found = ScriptedModel(fact)
    monkeypatch.setattr(backends, "load_model", lambda settings: found)
    monkeypatch.setattr("newaisle.agent.shop.session.load_model", lambda settings: found)
    monkeypatch.setenv("NEWAISLE_MODEL", found.name)
    return found


def is_worded(*options: str) -> bool:
    found = newaisle(*KITCHEN, *options).json["recommendations"]
    return any(one["explanation"]["source"] == "llm" for one in found)


@pytest.mark.usefixtures("shop", "model")
def test_it_is_a_setting_as_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_worded()
    Path("newaisle.toml").write_text('wording = "off"\n', encoding="utf-8")
    assert not is_worded()
    monkeypatch.setenv("NEWAISLE_WORDING", "on")
    assert is_worded()
    assert not is_worded("--wording", "off")


@pytest.mark.usefixtures("shop")
def test_what_was_found_is_said_by_doctor_and_in_the_list_of_models(model: ScriptedModel) -> None:
    def told() -> tuple[str, list[str]]:
        doctor = next(one for one in json.loads(newaisle("doctor", "--json").out) if one["name"] == "wording")
        return doctor["detail"], newaisle("models", "list").ok().out.splitlines()

    detail, listed = told()
    assert detail == "no text of the model in this shop yet: its first ones say whether it adds something"
    before = len(listed)
    for _ in range(5):
        newaisle(*KITCHEN).ok()
    said = "explain.en: scripted repeats the claims' own sentences in 100 % of 20 texts in this shop"
    detail, listed = told()
    assert detail == f"{said}: wording is off by `--wording auto`"
    assert listed[before:] == [detail]
    calls = len(model.generate_calls)
    assert not is_worded()
    assert len(model.generate_calls) == calls
    assert is_worded("--wording", "on")


@pytest.mark.usefixtures("shop", "model")
def test_calibrating_with_the_model_measures_its_wording_too() -> None:
    ran = newaisle("calibrate", "--llm").ok()
    told = "scripted repeats the claims' own sentences in 100 % of 2"
    assert ran.out.splitlines()[-1].startswith(told)
    assert not is_worded()
    assert newaisle("calibrate", "--llm", "--json").json["wording"].startswith(told)


@pytest.mark.usefixtures("shop", "model")
def test_a_chat_words_as_it_is_told() -> None:
    asked = ("chat", "--user", "mara", "--category", "Camp Kitchen")
    assert "It is by " in newaisle(*asked).ok().out
    assert "may suit you: " not in newaisle(*asked, "--wording", "off").ok().out


def test_the_demo_shows_how_the_model_words_its_answer(
    surroundings: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWAISLE_WORDING", "off")
    shown = newaisle("demo", "--home", surroundings / "demo").ok().out
    told = shown[shown.index("The claims' own sentences, and how scripted words them (") :]
    assert told.count("claims It ") == told.count("scripted It ") == 2
    assert " s):" in told.splitlines()[0]
    assert model.generate_calls
