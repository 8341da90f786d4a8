"""What holds for every command: help, options before and after the name, exit codes, how quickly it starts."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from newaisle.agent.cli import cli
from tests.agent.cli.command import commands, newaisle, process

COMMANDS = dict(commands())
GROUPS = {(name,): group for name, group in cli.commands.items() if isinstance(group, click.Group)}


def test_there_is_a_command_for_each_thing_to_do() -> None:
    assert [" ".join(path) for path in COMMANDS] == [
        "demo",
        "doctor",
        "models list",
        "models pull",
        "models bench",
        "models rm",
        "ingest",
        "config show",
        "config path",
        "completion",
        "recommend",
        "chat",
        "why",
        "why-not",
        "profile",
        "category",
        "classify",
        "feedback",
        "schema",
        "calibrate",
        "eval",
        "prompts list",
        "prompts vars",
        "prompts show",
        "prompts path",
        "prompts new",
        "prompts edit",
        "prompts diff",
        "prompts reset",
        "prompts render",
        "prompts check",
        "prompts test",
        "prompts eval",
        "prompts words",
        "synonyms check",
        "logs status",
        "logs on",
        "logs off",
        "logs clear",
        "logs path",
        "reindex",
        "forget",
        "remove",
    ]


def test_the_help_has_every_command_once_under_a_heading() -> None:
    help = newaisle("--help").ok().out.partition("\nStart:\n")[2]
    assert re.findall(r"^(\w.*):$", help, flags=re.MULTILINE) == ["Answer", "Learn and measure", "Prompts", "Keep"]
    assert re.findall(r"^ {2}([a-z-]+) ", help, flags=re.MULTILINE) == list(cli.commands)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(path: tuple[str, ...]) -> None:
    help = newaisle(*path, "--help").ok().out
    assert f"newaisle {' '.join(path)}" in help.partition("Example")[2]
    assert newaisle(*path, "-h").out == help


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_every_group_explains_itself_with_examples_and_a_whole_sentence_for_each_command(path: tuple[str, ...]) -> None:
    help = newaisle(*path, "--help").ok().out
    assert f"newaisle {' '.join(path)}" in help.partition("Example")[2]
    assert "..." not in help.partition("Commands:")[2]


@pytest.mark.parametrize("path", [*COMMANDS, *GROUPS], ids=" ".join)
def test_the_first_sentence_of_help_is_one_and_the_rest_is_paragraphs(path: tuple[str, ...]) -> None:
    first, *rest = inspect.cleandoc({**COMMANDS, **GROUPS}[path].help or "").split("\n\n")
    assert first.endswith(".")
    assert rest
    assert 20 < len(first) < 200


@pytest.mark.parametrize("path", [*COMMANDS, *GROUPS], ids=" ".join)
def test_every_option_says_what_it_does(path: tuple[str, ...]) -> None:
    options = [parameter for parameter in {**COMMANDS, **GROUPS}[path].params if isinstance(parameter, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_version_is_the_distributions() -> None:
    assert newaisle("--version").ok().out == f"newaisle, version {version('newaisle')}\n"


def test_without_a_command_the_help_is_shown() -> None:
    ran = newaisle()
    assert (ran.code, ran.out) == (2, "")
    assert "Start here" in ran.err


HEAVY = (
    "chromadb dateutil filelock httpx jinja2 llama_cpp numpy onnx onnxruntime prompt_toolkit pyarrow pydantic rapidfuzz"
    " rich scipy sklearn tokenizers yaml"
)


def imported_by(*arguments: object, **environment: str) -> set[str]:
    """Which of the heavy packages a command imports."""
    script = f"""
import atexit, sys
atexit.register(lambda: print("\\n" + " ".join(set({HEAVY!r}.split()) & set(sys.modules))))
sys.argv = ["newaisle", *{[str(argument) for argument in arguments]!r}]
from newaisle.agent.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments", [("--help",), ("recommend", "--help"), ("chat", "--help"), ("--version",), ("completion", "bash")]
)
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert imported_by(*arguments) == set()


def test_help_with_settings_of_files_imports_nothing_heavy() -> None:
    Path("newaisle.toml").write_text('home = "shop"\nbackend = "http"\nbase_url = "http://localhost:1"\n')
    assert imported_by("recommend", "--help") == set()
    assert imported_by("config", "show") == set()


@pytest.mark.usefixtures("shop")
def test_a_recommendation_without_a_model_imports_neither_what_models_nor_what_an_index_needs() -> None:
    asked = ("recommend", "--user", "mara", "--category", "Camp Kitchen", "--json")
    assert imported_by(*asked) <= {"numpy", "scipy", "pydantic", "rapidfuzz", "yaml"}


def test_home_may_stand_before_or_after_the_command(shop: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert "there is no shop in" in newaisle("--home", elsewhere, "recommend", "--category", "Camp Kitchen").err
    assert "there is no shop in" in newaisle("recommend", "--category", "Camp Kitchen", "--home", elsewhere).err
    newaisle("--home", elsewhere, "recommend", "--category", "Camp Kitchen", "--home", shop).ok()


def test_a_flag_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEWAISLE_HOME", str(tmp_path / "from environment"))
    line = f"there is no shop in {tmp_path / 'flag'}"
    assert line in newaisle("--home", tmp_path / "flag", "forget", "x").err
    assert line in newaisle("forget", "x", "--home", tmp_path / "flag").err
    assert "from environment" in newaisle("forget", "x").err


@pytest.mark.parametrize("before", [True, False])
def test_models_may_be_chosen_before_or_after_the_command(tmp_path: Path, before: bool) -> None:
    chosen = ("--models", tmp_path / "m", "--model", "smollm2-135m", "--embedder", "minilm-l6")
    ran = newaisle(*chosen, "doctor") if before else newaisle("doctor", *chosen)
    assert ran.out.count("is not installed") == 2


def test_a_home_that_is_only_in_the_usual_place_is_found_by_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWAISLE_HOME")
    assert len(newaisle("prompts", "list").ok().out.splitlines()) == 14


def test_reading_from_a_shop_that_does_not_exist_makes_none(tmp_path: Path) -> None:
    for command in (("recommend", "--category", "x"), ("forget", "x"), ("remove", "x"), ("reindex",)):
        ran = newaisle(*command)
        assert ran.code == 3
        assert "run `newaisle ingest CATALOGUE --histories FILE`" in ran.err
    assert not (tmp_path / "home").exists()


def test_a_mistyped_command_or_option_is_one_line_with_the_nearest() -> None:
    for arguments, nearest in ((("recomend",), "recommend"), (("schema", "--hel"), "--help")):
        ran = newaisle(*arguments)
        assert ran.code == 2
        assert len(ran.err.splitlines()) == 1
        assert nearest in ran.err


def test_the_program_runs_as_a_module_too() -> None:
    assert process("--version").stdout.startswith("newaisle, version")
