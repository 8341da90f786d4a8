"""`newaisle prompts new`, `diff` and `reset`."""

from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.prompts.library import bundled_path
from tests.agent.cli.command import newaisle, on_terminal

OWN = ("new", "diff", "reset")


@pytest.fixture
def folder(surroundings: Path) -> Path:
    return surroundings / "home" / "prompts"


def change(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("friendly", "kind", 1), encoding="utf-8")


def test_new_makes_a_copy_and_prints_where_it_lies(folder: Path) -> None:
    ran = newaisle("prompts", "new", "explain", "--language", "zh").ok()
    assert ran.out == f"{folder / 'explain.zh.yaml'}\n"
    assert (folder / "explain.zh.yaml").read_bytes() == bundled_path("explain", "zh").read_bytes()


def test_new_can_make_a_minimal_one_that_passes_the_check(folder: Path) -> None:
    newaisle("prompts", "new", "listwise", "--minimal").ok()
    assert "{{ row.label }}" in (folder / "listwise.en.yaml").read_text(encoding="utf-8")
    assert ": ok, " in newaisle("prompts", "check", "listwise").ok().out


def test_new_writes_over_nothing(folder: Path) -> None:
    newaisle("prompts", "new", "rank").ok()
    change(folder / "rank.en.yaml")
    before = (folder / "rank.en.yaml").read_bytes()
    ran = newaisle("prompts", "new", "rank", "--minimal")
    assert (ran.code, ran.out) == (3, "")
    assert "newaisle prompts edit rank" in ran.err
    assert (folder / "rank.en.yaml").read_bytes() == before


def test_diff_shows_what_an_own_template_changes(folder: Path) -> None:
    newaisle("prompts", "new", "explain").ok()
    assert newaisle("prompts", "diff", "explain").ok().out == ""
    change(folder / "explain.en.yaml")
    lines = newaisle("prompts", "diff", "explain").ok().out.splitlines()
    assert lines[:2] == ["--- bundled/explain.en.yaml", f"+++ {folder / 'explain.en.yaml'}"]
    assert [line[0] for line in lines[3:] if line[0] in "+-"] == ["-", "+"]
    assert "\x1b" not in "".join(lines)


def test_diff_is_coloured_on_a_terminal(folder: Path) -> None:
    newaisle("prompts", "new", "explain").ok()
    change(folder / "explain.en.yaml")
    code, shown = on_terminal("prompts", "diff", "explain")
    assert code == 0
    assert "\x1b[32m+" in shown
    assert "\x1b[31m-" in shown


def test_diff_without_an_own_template_says_how_to_make_one() -> None:
    ran = newaisle("prompts", "diff", "explain")
    assert ran.code == 3
    assert "newaisle prompts new explain" in ran.err


def test_reset_deletes_when_told_to_and_the_bundled_one_is_in_use_again(folder: Path) -> None:
    newaisle("prompts", "new", "explain").ok()
    assert newaisle("prompts", "path", "explain").ok().out == f"{folder / 'explain.en.yaml'}\n"
    ran = newaisle("prompts", "reset", "explain", "--yes").ok()
    assert "the bundled explain.en.yaml is in use" in ran.err
    assert newaisle("prompts", "path", "explain").ok().out == f"{bundled_path('explain', 'en')}\n"


@pytest.mark.parametrize(("answer", "code", "is_there"), [("y\n", 0, False), ("n\n", 130, True), ("", 130, True)])
def test_reset_asks_first(folder: Path, answer: str, code: int, is_there: bool) -> None:
    newaisle("prompts", "new", "explain").ok()
    ran = newaisle("prompts", "reset", "explain", stdin=answer)
    assert ran.code == code
    assert f"Delete {folder / 'explain.en.yaml'}?" in ran.err
    assert (folder / "explain.en.yaml").exists() == is_there


def test_reset_of_nothing_is_no_failure() -> None:
    ran = newaisle("prompts", "reset", "explain").ok()
    assert "there is nothing to delete" in ran.err


@pytest.mark.parametrize("command", OWN)
def test_a_language_that_is_no_code_is_wrong_usage(command: str) -> None:
    assert newaisle("prompts", command, "explain", "--language", "French").code == 2
