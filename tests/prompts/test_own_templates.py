"""Making a template of one's own, comparing it with the bundled one, and going back."""

from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.errors import PromptError, TemplateError
from newaisle.languages import LANGUAGES, Language
from newaisle.prompts.check import check_template
from newaisle.prompts.inputs import INPUTS
from newaisle.prompts.library import bundled_path, load_template
from newaisle.prompts.own import difference, new_template, own_files, reset_template, variant
from newaisle.prompts.reading_order import order_notes

MINE = "description: Mine.\nlanguage: en\nprompt: mine\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "prompts"


def put(path: Path, text: str = MINE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_new_template_is_a_copy_of_the_bundled_one_and_in_use(folder: Path) -> None:
    path = new_template("explain", "zh", folder)
    assert path == folder / "explain.zh.yaml"
    assert path.read_bytes() == bundled_path("explain", "zh").read_bytes()
    assert load_template("explain", language="zh", folder=folder).origin == "yours"


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_minimal_template_uses_every_variable_and_passes_every_check(
    folder: Path, name: str, language: Language
) -> None:
    path = new_template(name, language, folder, minimal=True)
    assert check_template(path) == []
    assert order_notes(path) == []
    assert load_template(name, language=language, folder=folder).variables == set(INPUTS[name].model_fields)


def test_a_template_that_is_there_is_not_written_over(folder: Path) -> None:
    mine = put(folder / "explain.en.yaml")
    with pytest.raises(TemplateError, match=r"is there already: change it with `newaisle prompts edit explain"):
        new_template("explain", "en", folder)
    assert mine.read_text(encoding="utf-8") == MINE


def test_a_folder_that_cannot_be_made_is_an_error_with_its_place(tmp_path: Path) -> None:
    put(tmp_path / "file")
    with pytest.raises(PromptError, match="there is a file of this name: move it away"):
        new_template("explain", "en", tmp_path / "file")
    with pytest.raises(PromptError, match="cannot be written"):
        new_template("explain", "en", tmp_path / "file" / "below")


def test_a_difference_goes_from_the_bundled_template_to_the_own_one(folder: Path) -> None:
    path = new_template("explain", "en", folder)
    assert difference("explain", "en", folder) == []
    put(path, path.read_text(encoding="utf-8").replace("good shop assistant", "kind one", 1))
    lines = difference("explain", "en", folder)
    assert lines[0] == "--- bundled/explain.en.yaml"
    assert lines[1] == f"+++ {path}"
    changed = [line for line in lines[2:] if line.startswith(("+", "-"))]
    assert [line[0] for line in changed] == ["-", "+"]
    assert "kind" in changed[1]


def test_there_is_no_difference_without_an_own_template(folder: Path) -> None:
    with pytest.raises(TemplateError, match=r"the bundled explain\.en\.yaml is in use"):
        difference("explain", "en", folder)


def test_a_reset_deletes_the_own_template_and_its_draft_and_nothing_else(folder: Path) -> None:
    mine, draft = put(folder / "explain.en.yaml"), put(folder / "drafts" / "explain.en.yaml")
    other = put(folder / "explain.zh.yaml")
    assert own_files("explain", "en", folder) == [mine, draft]
    reset_template("explain", "en", folder)
    assert own_files("explain", "en", folder) == []
    assert other.exists()
    assert load_template("explain", language="en", folder=folder).origin == "bundled"


@pytest.mark.parametrize("use", [new_template, difference, own_files, reset_template])
def test_an_unknown_prompt_is_an_error_with_the_nearest(folder: Path, use: object) -> None:
    with pytest.raises(TemplateError, match=r"no prompt is called 'explian' \(did you mean 'explain'"):
        use("explian", "en", folder)  # type: ignore[operator]


def test_a_variant_is_the_bundled_one_ones_own_a_file_or_that_of_a_folder(folder: Path, tmp_path: Path) -> None:
    mine = put(folder / "explain.en.yaml")
    other = put(tmp_path / "drafts" / "explain.en.yaml")
    assert variant("bundled", "explain", "en", folder).path == bundled_path("explain", "en")
    assert variant("yours", "explain", "en", folder).path == mine
    assert variant(str(other), "explain", "en", folder).path == other
    assert variant(str(other.parent), "explain", "en", folder).path == other


@pytest.mark.parametrize(
    ("which", "message"),
    [
        ("yours", "there is no template 'yours'"),
        ("nowhere.yaml", "give `bundled`, `yours`, a file or a folder"),
        ("{tmp}", "there is no template"),
        ("{tmp}/rank.en.yaml", "is a template of 'rank': give one called explain.LANGUAGE.yaml"),
        ("{tmp}/draft.yaml", "no prompt is called 'draft'"),
    ],
)
def test_what_is_no_variant_of_the_prompt_is_refused(folder: Path, tmp_path: Path, which: str, message: str) -> None:
    put(tmp_path / "rank.en.yaml")
    put(tmp_path / "draft.yaml")
    with pytest.raises(TemplateError, match=message):
        variant(which.format(tmp=tmp_path), "explain", "en", folder)
