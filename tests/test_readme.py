"""The README, in both languages, and docs/ are true: their commands run, print what is shown, and leave none out."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent.cli import cli
from tests.agent.cli.command import commands, newaisle
from tests.shown import COLUMNS, PAGES, ROOT, Shell, rounds_alike, same, shown_in, write_files

README = (ROOT / "README.md").read_text(encoding="utf-8")
_CODE = re.compile(r"`newaisle ([^`]+)`|^(?: {2,}|\$ )newaisle (.*)$", re.MULTILINE)


def pages_with_commands() -> list[Path]:
    return [page for page in PAGES if shown_in(page)]


COMMANDS = dict(commands())


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that the demo makes."""
    home = tmp_path_factory.mktemp("filled") / ".demo"
    newaisle("demo", "--home", home, "--model", "none", "--embedder", "hash").ok()
    return home


@pytest.mark.parametrize("page", pages_with_commands(), ids=lambda page: page.name)
def test_every_command_runs_without_models_and_prints_what_is_shown(
    page: Path, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = {"NEWAISLE_MODEL": "none", "NEWAISLE_EMBEDDER": "hash", "NEWAISLE_MODELS": str(tmp_path / "models")}
    for name, value in {**without, "COLUMNS": COLUMNS}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    shutil.copytree(filled, ".demo")
    for shown in shown_in(page):
        if shown.command.startswith(("make ", "newaisle models pull")):
            continue
        if shown.command.startswith("export "):
            monkeypatch.setenv(*shown.command.removeprefix("export ").split("="))
            continue
        if shown.command.startswith("newaisle ") and not re.search(r" (?:<|2>)", shown.command):
            ran = newaisle(*shlex.split(shown.command.partition(" | ")[0])[1:]).ok()
            printed = ran.out + ran.err
        else:
            code, printed = Shell(tmp_path, {}).run(shown.command)
            assert code == 0
        assert shown.with_models or not shown.output or same(shown.output, printed), printed


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `make demo` was run before, with the files that the pages show."""
    folder = tmp_path_factory.mktemp("demo")
    write_files(folder)
    code, printed = Shell(folder, {}).run("newaisle models pull && newaisle demo --home .demo")
    assert code == 0, printed
    return folder


@pytest.mark.models
@pytest.mark.parametrize("page", pages_with_commands(), ids=lambda page: page.name)
def test_every_command_prints_what_is_shown(page: Path, demo: Path, tmp_path: Path) -> None:
    shell = Shell(tmp_path, {})
    shutil.copytree(demo, tmp_path, dirs_exist_ok=True)
    is_same = same if rounds_alike() else as_long
    for shown in shown_in(page):
        code, printed = shell.run(shown.runs)
        assert code == 0, printed
        comparing = is_same if shown.with_models else same
        assert not shown.output or comparing(shown.output, printed), f"{shown.command}\n{printed}"


def as_long(shown: str, printed: str) -> bool:
    """Whether an output has about as many lines as what is shown, some of which may be left out there."""
    return len(printed.splitlines()) >= len(shown.splitlines()) / 2


def test_the_demo_of_the_makefile_is_the_one_that_is_shown() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^demo: .*\n\t@\$\(BIN\)/newaisle demo --home \.demo$", makefile, flags=re.MULTILINE)
    targets = re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE)
    for page in {*PAGES, *ROOT.glob("*.md")}:
        assert set(re.findall(r"(?:`| {4}|\$ )make (\w+)", page.read_text(encoding="utf-8"))) <= set(targets), page.name


def test_the_readme_can_be_read_in_one_sitting() -> None:
    assert len(README.splitlines()) < 300


def test_what_the_readme_writes_in_python_runs(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    shutil.copytree(filled, tmp_path / ".demo")
    monkeypatch.chdir(tmp_path)
    (written,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    exec(written, {})
    assert "it shares" in capsys.readouterr().out.casefold()


def test_every_command_is_on_a_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = {" ".join(path) for path in COMMANDS if re.search(rf"newaisle {' '.join(path)}\b", text)}
    assert [" ".join(path) for path in COMMANDS if " ".join(path) not in named] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists_with_its_options(page: Path) -> None:
    for quoted, line in _CODE.findall(page.read_text(encoding="utf-8")):
        words = re.split(r"\s", (quoted or line).partition("  ")[0].partition(" | ")[0])
        path = next((path for path in COMMANDS if list(path) == words[: len(path)]), None)
        if path is None:
            assert words[0] in {"COMMAND", "--help", *cli.commands}, words
            continue
        known = {option for parameter in COMMANDS[path].params for option in parameter.opts} | {"--help", "-h"}
        assert {word for word in words if re.fullmatch(r"--?[a-z-]+", word)} <= known, words


def test_every_link_leads_somewhere() -> None:
    for page in {*PAGES, *ROOT.glob("*.md")}:
        for target, heading in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", page.read_text(encoding="utf-8")):
            to = (page.parent / target).resolve() if target else page
            assert to.exists(), f"{page.name}: {target}"
            assert not heading or heading in headings(to), f"{page.name}: {target}#{heading}"


def headings(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in found}


def test_every_exit_code_is_explained() -> None:
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8").partition("## Exit codes")[2]
    assert re.findall(r"^\| (\d+) \|", text, flags=re.MULTILINE) == ["0", "2", "3", "4", "5", "6", "130"]
