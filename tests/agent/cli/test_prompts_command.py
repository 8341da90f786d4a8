"""`newaisle prompts list`, `vars`, `show`, `path`, `check` and `edit`: in a home folder, with an editor."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newaisle.agent.cli.prompts import prompts_group
from newaisle.agent.settings.settings import Settings
from newaisle.errors import PromptError, TemplateError
from newaisle.prompts.inputs import INPUTS
from newaisle.prompts.library import bundled_path, load_template


class Shell:
    """Runs `newaisle prompts …` in one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(prompts_group, arguments, obj=Settings(home=self.home, model="none"), env=environment)

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


def test_list_shows_what_is_in_use_whose_it_is_and_what_asks_with_it(shell: Shell) -> None:
    put(shell, "rank.en.yaml", GOOD)
    lines = shell.ok("list").splitlines()
    assert [line.split()[:2] for line in lines] == [[name, language] for name in INPUTS for language in ("en", "zh")]
    (rank,) = [line for line in lines if line.startswith("rank ") and " en " in line]
    assert rank.split("  ", 1)[1].split() == ["en", "yours", "recommend", "--llm-rank", "Mine."]
    (turn, _) = [line for line in lines if line.startswith("turn ")]
    assert turn.split()[2:4] == ["bundled", "chat"]


def test_the_columns_of_the_list_are_aligned(shell: Shell) -> None:
    lines = shell.ok("list").splitlines()
    longest = max(map(len, INPUTS))
    assert {line[longest : longest + 6] for line in lines} == {"  en  ", "  zh  "}
    assert len({line.index("bundled") for line in lines}) == 1
    templates = [load_template(name, language=language, folder=None) for name in INPUTS for language in ("en", "zh")]
    starts = {line.index(one.description) for line, one in zip(lines, templates, strict=True)}
    assert len(starts) == 1


def test_list_goes_on_past_a_template_that_cannot_be_used(shell: Shell) -> None:
    put(shell, "explain.en.yaml", "description: [\n")
    first, *others = shell.ok("list").splitlines()
    assert "cannot be used" in first
    assert len(others) == 2 * len(INPUTS) - 1


def test_list_as_json_has_the_same_and_the_hash(shell: Shell) -> None:
    rows = json.loads(shell.ok("list", "--json"))
    template = load_template("explain", language="zh", folder=None)
    assert rows[1] == {
        "name": "explain",
        "language": "zh",
        "origin": "bundled",
        "used_by": "recommend, chat",
        "description": template.description,
        "path": str(template.path),
        "hash": template.short_hash,
        "problem": None,
    }


def test_another_folder_of_templates_can_be_named(shell: Shell, tmp_path: Path) -> None:
    elsewhere = tmp_path / "versioned"
    elsewhere.mkdir()
    (elsewhere / "rank.en.yaml").write_text(GOOD, encoding="utf-8")
    assert shell.ok("path", "rank", "--prompts", str(elsewhere)) == f"{elsewhere / 'rank.en.yaml'}\n"
    assert shell.ok("path", "rank") == f"{bundled_path('rank', 'en')}\n"


def test_vars_of_a_prompt_are_lines_with_type_and_example(shell: Shell) -> None:
    first, product, *_ = shell.ok("vars", "explain").splitlines()
    assert first.split("  ")[0] == "category"
    assert first.endswith('text                      category  required  the new category; "Camp Kitchen"')
    assert product.split()[:4] == ["product", "product", "product", "required"]


def test_vars_without_a_name_are_those_of_every_prompt(shell: Shell) -> None:
    lines = shell.ok("vars").splitlines()
    assert [line for line in lines if line in INPUTS] == ["explain", *list(INPUTS)[1:]]
    found = json.loads(shell.ok("vars", "--json"))
    assert list(found) == list(INPUTS)
    assert found["turn"][0] == {
        "name": "categories",
        "type": "list of up to 24 texts",
        "description": "categories of the shop, those that resemble the words left if there are many",
        "is_required": True,
        "changes_with": "answer",
        "example": ["Outdoor > Camp Kitchen", "Outdoor > Hiking"],
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


@pytest.mark.parametrize("command", ["show", "path", "edit", "check", "vars", "new", "diff", "reset", "test"])
def test_an_unknown_name_is_an_error_with_the_nearest(shell: Shell, command: str) -> None:
    error = shell.error(command, "explian")
    assert isinstance(error, TemplateError)
    assert str(error).startswith("no prompt is called 'explian' (did you mean 'explain'?): take one of explain, ")


def test_check_names_every_template_that_is_well_with_an_estimate_of_its_size(shell: Shell) -> None:
    lines = shell.ok("check").splitlines()
    assert len(lines) == 2 * len(INPUTS)
    for line in lines:
        assert re.search(r": ok, about [\d,]+ of 4,096 tokens, estimated$", line)


def test_check_prints_a_line_for_each_problem_and_fails(shell: Shell) -> None:
    path = put(shell, "explain.en.yaml", GOOD + "promt: x\nsystm: y\n")
    stray = put(shell, "explian.en.yaml", GOOD)
    result = shell.run("check")
    assert isinstance(result.exception, TemplateError)
    assert str(result.exception).startswith("3 problems found")
    problems = [line for line in result.stdout.splitlines() if ": ok, " not in line]
    assert problems == [
        f"{path}:4: unknown key 'promt' (did you mean 'prompt'?)",
        f"{path}:5: unknown key 'systm' (did you mean 'system'?)",
        f"{stray}: no prompt is called 'explian' (did you mean 'explain'?): take one of {', '.join(INPUTS)}",
    ]


def test_check_of_one_name_looks_at_nothing_else(shell: Shell) -> None:
    put(shell, "explain.en.yaml", "broken: [\n")
    assert len(shell.ok("check", "rank").splitlines()) == 2
    assert str(shell.error("check", "explain", "rank")).startswith("1 problem found")


def test_check_gives_advice_without_failing(shell: Shell) -> None:
    path = put(shell, "explain.en.yaml", "description: d\nlanguage: en\nprompt: '{{ product.title }} {{ category }}'\n")
    first, second, third = shell.ok("check", "explain").splitlines()
    assert first.startswith(f"{path}:3: note: `category` lasts longer than `product`")
    assert second.startswith(f"{path}: ok, ")
    assert "explain.zh.yaml: ok, " in third


def test_check_finds_a_worked_example_that_no_code_can_read(shell: Shell) -> None:
    example = "examples:\n  - input: {categories: [Tea], turn: a cup, unread: [cup]}\n    output: sure!\n"
    path = put(shell, "turn.en.yaml", f"description: d\nlanguage: en\nprompt: '{{{{ turn }}}}'\n{example}")
    result = shell.run("check", "turn")
    assert str(result.exception).startswith("1 problem found")
    first = result.stdout.splitlines()[0]
    assert first == f"{path}:5: this example's answer is of no use: no line of it can be read"


def test_check_as_json_has_the_same(shell: Shell) -> None:
    path = put(shell, "explain.en.yaml", GOOD + "promt: x\n")
    stray = put(shell, "explian.en.yaml", GOOD)
    result = shell.run("check", "--json")
    assert isinstance(result.exception, TemplateError)
    first, second, *_, last = json.loads(result.stdout)
    assert first["path"] == str(path)
    assert first["problems"] == [{"line": 4, "message": "unknown key 'promt' (did you mean 'prompt'?)"}]
    assert (first["tokens"], first["notes"]) == (None, [])
    assert second["tokens"] > 300
    assert (second["context"], second["counted_by"]) == (4096, None)
    assert last["path"] == str(stray)


def test_an_edit_that_spoils_a_worked_example_is_not_taken(shell: Shell, tmp_path: Path) -> None:
    spoil = "path.write_text(path.read_text('utf-8').replace('output: small talk', 'output: hm'), 'utf-8')"
    error = shell.error("edit", "turn", VISUAL=editor(tmp_path, spoil))
    assert "this example's answer is of no use" in str(error)
    assert shell.ok("path", "turn") == f"{bundled_path('turn', 'en')}\n"


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
    assert all(command in result.stdout for command in prompts_group.commands)


@pytest.mark.parametrize(("language", "word"), [("en", "guarantee*"), ("zh", "保证")])
def test_words_lists_what_no_text_may_promise_and_says_where_the_list_lies(
    shell: Shell, language: str, word: str
) -> None:
    ran = shell.run("words", "--language", language)
    assert word in ran.stdout.splitlines()
    found = json.loads(shell.ok("words", "--language", language, "--json"))
    assert found["words"] == ran.stdout.splitlines()
    assert Path(found["path"]).is_file()
    assert found["path"] in ran.stderr
