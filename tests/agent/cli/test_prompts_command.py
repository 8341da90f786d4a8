"""`newaisle prompts` as a person uses it: in a home folder, with an editor."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.cli.prompts import prompts_group
from prompts import PromptError, TemplateError, bundled_path, load_template


@dataclass(frozen=True)
class Home:
    home: Path


class Shell:
    """Runs `newaisle prompts …` in one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(prompts_group, arguments, obj=Home(self.home), env=environment)

    def ok(self, *arguments: str, **environment: str) -> str:
        result = self.run(*arguments, **environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    def error(self, *arguments: str, **environment: str) -> PromptError:
        exception = self.run(*arguments, **environment).exception
        assert isinstance(exception, PromptError)
        return exception


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


def put(shell: Shell, name: str, text: str) -> Path:
    path = shell.home / "prompts" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def editor(tmp_path: Path, statement: str) -> str:
    """An editor that runs one Python statement on the file's `path`."""
    script = tmp_path / "editor.py"
    script.write_text(f"import sys, pathlib\npath = pathlib.Path(sys.argv[1])\n{statement}\n", encoding="utf-8")
    return f"{sys.executable} {script}"


GOOD = "description: Mine.\nlanguage: en\nprompt: mine\n"


def test_list_shows_what_is_in_use_and_whose_it_is(shell: Shell) -> None:
    put(shell, "rank.en.yaml", GOOD)
    lines = shell.ok("list").splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["explain", "en", "bundled"],
        ["explain", "zh", "bundled"],
        ["explain-detailed", "en", "bundled"],
        ["explain-detailed", "zh", "bundled"],
        ["explain-seller", "en", "bundled"],
        ["explain-seller", "zh", "bundled"],
        ["rank", "en", "yours"],
        ["rank", "zh", "bundled"],
        ["listwise", "en", "bundled"],
        ["listwise", "zh", "bundled"],
        ["profile", "en", "bundled"],
        ["profile", "zh", "bundled"],
    ]
    assert lines[6].endswith("Mine.")


def test_list_goes_on_past_a_template_that_cannot_be_used(shell: Shell) -> None:
    put(shell, "explain.en.yaml", "description: [\n")
    first, *others = shell.ok("list").splitlines()
    assert "cannot be used" in first
    assert len(others) == 11


def test_list_as_json_has_the_same_and_the_hash(shell: Shell) -> None:
    rows = json.loads(shell.ok("list", "--json"))
    template = load_template("explain", language="zh", folder=None)
    assert rows[1] == {
        "name": "explain",
        "language": "zh",
        "origin": "bundled",
        "description": template.description,
        "path": str(template.path),
        "hash": template.short_hash,
        "problem": None,
    }


def test_show_prints_the_file_as_it_stands(shell: Shell) -> None:
    assert shell.ok("show", "explain") == bundled_path("explain", "en").read_text(encoding="utf-8")
    put(shell, "explain.en.yaml", "broken: [\n")
    assert shell.ok("show", "explain") == "broken: [\n"
    assert shell.ok("show", "explain", "--language", "zh").startswith("description: 用")


def test_path_prints_where_the_one_in_use_lies(shell: Shell) -> None:
    assert shell.ok("path", "rank") == f"{bundled_path('rank', 'en')}\n"
    mine = put(shell, "rank.en.yaml", GOOD)
    assert shell.ok("path", "rank") == f"{mine}\n"


@pytest.mark.parametrize("command", ["show", "path", "edit", "check"])
def test_an_unknown_name_is_an_error_with_the_nearest(shell: Shell, command: str) -> None:
    error = shell.error(command, "explian")
    assert isinstance(error, TemplateError)
    assert str(error) == "no prompt is called 'explian'; did you mean 'explain'?"


def test_check_names_every_template_that_is_well(shell: Shell) -> None:
    lines = shell.ok("check").splitlines()
    assert len(lines) == 12
    assert all(line.endswith(": ok") for line in lines)


def test_check_prints_a_line_for_each_problem_and_fails(shell: Shell) -> None:
    path = put(shell, "explain.en.yaml", GOOD + "promt: x\nsystm: y\n")
    stray = put(shell, "explian.en.yaml", GOOD)
    result = shell.run("check")
    assert isinstance(result.exception, TemplateError)
    assert str(result.exception).startswith("3 problems found")
    problems = [line for line in result.stdout.splitlines() if not line.endswith(": ok")]
    assert problems == [
        f"{path}:4: unknown key 'promt'; did you mean 'prompt'?",
        f"{path}:5: unknown key 'systm'; did you mean 'system'?",
        f"{stray}: no prompt is called 'explian'; did you mean 'explain'?",
    ]


def test_check_of_one_name_looks_at_nothing_else(shell: Shell) -> None:
    put(shell, "explain.en.yaml", "broken: [\n")
    assert len(shell.ok("check", "rank").splitlines()) == 2
    assert str(shell.error("check", "explain", "rank")).startswith("1 problem found")


def test_check_gives_advice_without_failing(shell: Shell) -> None:
    path = put(shell, "explain.en.yaml", "description: d\nlanguage: en\nprompt: '{{ product.title }} {{ category }}'\n")
    first, second = shell.ok("check", "explain").splitlines()
    assert first.startswith(f"{path}:3: note: `category` lasts longer than `product`")
    assert second.endswith("explain.zh.yaml: ok")


def test_edit_takes_what_the_editor_saved(shell: Shell, tmp_path: Path) -> None:
    visual = editor(tmp_path, "path.write_text(path.read_text('utf-8').replace('friendly', 'kind'), 'utf-8')")
    result = shell.run("edit", "explain", VISUAL=visual)
    assert result.exit_code == 0
    assert result.stdout == ""
    path = shell.home / "prompts" / "explain.en.yaml"
    assert str(path) in result.stderr
    assert "kind" in path.read_text(encoding="utf-8")


def test_edit_of_a_chinese_template_keeps_its_text(shell: Shell, tmp_path: Path) -> None:
    visual = editor(tmp_path, "path.write_text(path.read_text('utf-8') + '# 改过\\n', 'utf-8')")
    shell.ok("edit", "explain", "--language", "zh", EDITOR=visual, VISUAL=visual)
    assert shell.ok("show", "explain", "--language", "zh").endswith("# 改过\n")


def test_edit_without_a_change_says_so(shell: Shell, tmp_path: Path) -> None:
    result = shell.run("edit", "explain", VISUAL=editor(tmp_path, "pass"))
    assert (result.exit_code, result.stderr) == (0, "Nothing was changed.\n")
    assert shell.ok("path", "explain") == f"{bundled_path('explain', 'en')}\n"


def test_a_bad_edit_names_the_line_and_where_the_text_was_kept(shell: Shell, tmp_path: Path) -> None:
    mine = put(shell, "explain.en.yaml", GOOD)
    error = shell.error("edit", "explain", VISUAL=editor(tmp_path, "path.write_text('description: d\\nx: y\\n')"))
    assert error.line == 1
    assert error.path is not None
    assert error.path.read_text(encoding="utf-8") == "description: d\nx: y\n"
    assert str(error).startswith(f"{error.path}:1: ")
    assert mine.read_text(encoding="utf-8") == GOOD


def test_an_editor_that_cannot_be_started_leaves_everything_as_it_was(shell: Shell) -> None:
    error = shell.error("edit", "explain", VISUAL="no-such-editor-anywhere")
    assert "set VISUAL or EDITOR" in str(error)
    assert not list(shell.home.rglob("*.yaml"))


def test_help_needs_no_home() -> None:
    result = CliRunner().invoke(prompts_group, ["--help"])
    assert result.exit_code == 0
    assert all(command in result.stdout for command in ("list", "show", "path", "edit", "check"))
