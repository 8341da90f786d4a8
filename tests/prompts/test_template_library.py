"""Which template is in use, and editing one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from newaisle.errors import PromptError, TemplateError
from newaisle.prompts.inputs import INPUTS
from newaisle.prompts.library import bundled_path, list_templates, load_template
from newaisle.prompts.own import edit_template

MINE = "description: Mine.\nlanguage: {language}\nprompt: mine {{{{ category }}}}\n"


def put(folder: Path, name: str, text: str | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(MINE.format(language=name.split(".")[1]) if text is None else text, encoding="utf-8")
    return path


def test_importing_the_package_loads_neither_jinja_nor_yaml_nor_pydantic() -> None:
    script = "import sys, newaisle.prompts.messages; print({'jinja2', 'yaml', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_bundled_template_is_used_where_there_is_no_own_copy(tmp_path: Path) -> None:
    for folder in (None, tmp_path / "nowhere"):
        template = load_template("explain", language="zh", folder=folder)
        assert (template.origin, template.path) == ("bundled", bundled_path("explain", "zh"))


def test_an_own_copy_wins_over_the_bundled_one(tmp_path: Path) -> None:
    path = put(tmp_path, "explain.en.yaml")
    template = load_template("explain", language="en", folder=tmp_path)
    assert (template.origin, template.path, template.description) == ("yours", path, "Mine.")
    assert load_template("explain", language="zh", folder=tmp_path).origin == "bundled"


def test_an_own_copy_that_is_wrong_is_an_error_and_not_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "rank.en.yaml", "description: [\n")
    with pytest.raises(
        TemplateError,
        match=r"rank\.en\.yaml:2: .*`newaisle prompts edit rank --language en`, or .* `newaisle prompts reset rank",
    ):
        load_template("rank", language="en", folder=tmp_path)


@pytest.mark.parametrize("language", ["fr", "", "../en", "en.yaml"])
def test_english_stands_in_for_a_language_that_has_no_template(language: str) -> None:
    template = load_template("explain", language=language, folder=None)
    assert (template.language, template.path) == ("en", bundled_path("explain", "en"))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("explian", " (did you mean 'explain'?)"),
        ("../explain", " (did you mean 'explain'?)"),
        ("zzz", ""),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(TemplateError) as caught:
        load_template(name, language="en", folder=None)
    assert str(caught.value) == f"no prompt is called {name!r}{hint}: take one of {', '.join(INPUTS)}"


def test_the_list_says_whose_each_template_is_and_which_cannot_be_used(tmp_path: Path) -> None:
    put(tmp_path, "explain.en.yaml")
    put(tmp_path, "rank.zh.yaml", "description: [\n")
    listed = {(item.name, item.language): item for item in list_templates(tmp_path)}
    assert {key: item.origin for key, item in listed.items()} == {
        ("explain", "en"): "yours",
        ("explain", "zh"): "bundled",
        ("explain-detailed", "en"): "bundled",
        ("explain-detailed", "zh"): "bundled",
        ("explain-seller", "en"): "bundled",
        ("explain-seller", "zh"): "bundled",
        ("rank", "en"): "bundled",
        ("rank", "zh"): "yours",
        ("listwise", "en"): "bundled",
        ("listwise", "zh"): "bundled",
        ("profile", "en"): "bundled",
        ("profile", "zh"): "bundled",
        ("turn", "en"): "bundled",
        ("turn", "zh"): "bundled",
    }
    assert [key for key, item in listed.items() if item.problem] == [("rank", "zh")]
    assert listed["explain", "en"].hash == load_template("explain", language="en", folder=tmp_path).short_hash


def edited(folder: Path, text: str) -> Path | None:
    return edit_template("explain", "en", folder, editor=lambda draft: draft.write_text(text, encoding="utf-8"))


def test_an_edit_starts_from_the_bundled_text_and_becomes_an_own_copy(tmp_path: Path) -> None:
    seen: list[str] = []

    def editor(draft: Path) -> None:
        seen.append(draft.read_text(encoding="utf-8"))
        draft.write_text(seen[0] + "# changed\n", encoding="utf-8")

    path = edit_template("explain", "en", tmp_path / "prompts", editor=editor)
    assert seen == [bundled_path("explain", "en").read_text(encoding="utf-8")]
    assert path == load_template("explain", language="en", folder=tmp_path / "prompts").path
    assert path.read_text(encoding="utf-8").endswith("# changed\n")


def test_an_edit_that_changes_nothing_leaves_no_copy_behind(tmp_path: Path) -> None:
    assert edit_template("explain", "en", tmp_path, editor=lambda _: None) is None
    assert load_template("explain", language="en", folder=tmp_path).origin == "bundled"
    assert not list(tmp_path.rglob("*.yaml"))


def test_a_bad_edit_keeps_the_old_template_and_the_new_text(tmp_path: Path) -> None:
    mine = put(tmp_path, "explain.en.yaml")
    bad = "description: d\nlanguage: en\nprompt: |-\n  x\n  {{ prodct }}\n"
    with pytest.raises(TemplateError) as caught:
        edited(tmp_path, bad)
    assert caught.value.line == 5
    assert caught.value.path is not None
    assert caught.value.path.read_text(encoding="utf-8") == bad
    assert "`newaisle prompts edit explain --language en` opens it again" in str(caught.value)
    assert mine.read_text(encoding="utf-8") == MINE.format(language="en")


def test_the_next_edit_goes_on_from_the_text_that_was_refused(tmp_path: Path) -> None:
    bad = MINE.format(language="en").replace("category", "categry")
    with pytest.raises(TemplateError):
        edited(tmp_path, bad)

    def mend(draft: Path) -> None:
        draft.write_text(draft.read_text(encoding="utf-8").replace("categry", "category"), encoding="utf-8")

    assert edit_template("explain", "en", tmp_path, editor=mend) == tmp_path / "explain.en.yaml"
    assert not list((tmp_path / "drafts").iterdir())


def test_an_editor_that_breaks_off_leaves_no_draft_to_mistake_for_work(tmp_path: Path) -> None:
    def editor(draft: Path) -> None:  # noqa: ARG001
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        edit_template("explain", "en", tmp_path, editor=editor)
    assert not list(tmp_path.rglob("*.yaml"))


def test_an_edit_where_nothing_can_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "prompts").write_text("a file, not a folder")
    with pytest.raises(PromptError, match=r"cannot be edited \("):
        edited(tmp_path / "prompts", "x")
