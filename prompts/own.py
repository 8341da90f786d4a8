"""A user's own templates: making one, editing a draft of it, comparing it with the bundled one, giving it up."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from newaisle.errors import PromptError, TemplateError
from newaisle.languages import Language
from newaisle.prompts.check import check_template
from newaisle.prompts.library import bundled_path, find_template
from newaisle.prompts.phrase_files import bundled_file
from newaisle.prompts.source import read_text
from newaisle.prompts.template import Template, read_template
from newaisle.prompts.variables import skeleton

PHRASES = "phrases"
_MEND = "mend that, or choose another --prompts"


def own_path(name: str, language: Language, folder: Path) -> Path:
    """Where the user's own copy of a template would lie; TemplateError for a name that no prompt has."""
    find_template(name, language, None)
    return folder / f"{name}.{language}.yaml"


def new_template(name: str, language: Language, folder: Path, *, minimal: bool = False) -> Path:
    """Put a copy of the bundled template, or a minimal one, into the user's folder; PromptError where there is one.

    In a language without a bundled one it is the English one, to be translated. The name `phrases` is that of the file
    of the claims' sentences.
    """
    if name == PHRASES:
        path, text = folder / PHRASES / f"{language}.yaml", read_text(bundled_file(language))
    else:
        path = own_path(name, language, folder)
        text = skeleton(name, language) if minimal else read_text(find_template(name, language, None)[0])
        text = re.sub(r"^language: .*$", f"language: {language}", text, count=1, flags=re.MULTILINE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as exc:
        if not path.exists():  # it is the folder that is a file
            raise PromptError("cannot be made, as there is a file of this name: move it away", path=folder) from exc
        edit = f"change it with `newaisle prompts edit {name} --language {language}`"
        reset = f"take it away with `newaisle prompts reset {name} --language {language}`"
        mend = "change it, or delete it" if name == PHRASES else f"{edit}, or {reset}"
        raise TemplateError(f"is there already: {mend}", path=path) from exc
    except OSError as exc:
        raise PromptError(f"cannot be written ({exc.strerror}): {_MEND}", path=path) from exc
    return path


def difference(name: str, language: Language, folder: Path) -> list[str]:
    """The lines of a unified diff from the bundled template to the user's own; empty where they say the same.

    Raises TemplateError where there is no own copy.
    """
    mine, (bundled, _) = own_path(name, language, folder), find_template(name, language, None)
    if not mine.exists():
        make = f"`newaisle prompts new {name} --language {language}` makes a copy of your own"
        raise TemplateError(f"the bundled {mine.name} is in use: {make}")
    before, after = (read_text(path).splitlines() for path in (bundled, mine))
    return list(difflib.unified_diff(before, after, f"bundled/{bundled.name}", str(mine), lineterm=""))


def own_files(name: str, language: Language, folder: Path) -> list[Path]:
    """What there is of a user's own template: the file, and the draft of an edit that failed."""
    mine = own_path(name, language, folder)
    return [path for path in (mine, folder / "drafts" / mine.name) if path.exists()]


def reset_template(name: str, language: Language, folder: Path) -> None:
    """Delete `own_files`, so that the bundled template is in use; PromptError where that cannot be done."""
    for path in own_files(name, language, folder):
        try:
            path.unlink()
        except OSError as exc:
            raise PromptError(f"cannot be deleted ({exc.strerror}): {_MEND}", path=path) from exc


def variant(which: str, name: str, language: Language, folder: Path) -> Template:
    """A template of the prompt `name`, to be compared with another.

    which: `bundled`, `yours`, a file, or a folder that has it in the language. Raises TemplateError where that is
    nothing, or a template of another prompt.
    """
    path = {"bundled": bundled_path(name, language), "yours": own_path(name, language, folder)}.get(which, Path(which))
    path = path / f"{name}.{language}.yaml" if path.is_dir() else path
    if not path.exists():
        known = "give `bundled`, `yours`, a file or a folder"
        raise TemplateError(f"there is no template {which!r} ({path}): {known}")
    template = read_template(path, "bundled" if path == bundled_path(name, language) else "yours")
    if template.name != name:
        raise TemplateError(f"is a template of {template.name!r}: give one called {name}.LANGUAGE.yaml", path=path)
    return template


def edit_template(
    name: str,
    language: str,
    folder: Path,
    *,
    editor: Callable[[Path], object],
    check: Callable[[Path], Sequence[PromptError]] = check_template,
) -> Path | None:
    """Let `editor` change a draft of the template in use, and put it into `folder` if `check` finds nothing wrong.

    Returns the file that is in use from then on, None if nothing was changed. A draft that fails stays where the
    TemplateError says, and is what the next edit opens; the template in use is then untouched.
    """
    base, _ = find_template(name, language, folder)
    target = folder / f"{name}.{language}.yaml"
    draft = folder / "drafts" / target.name
    try:
        draft.parent.mkdir(parents=True, exist_ok=True)
        if not draft.exists():
            draft.write_bytes(base.read_bytes())
        try:
            editor(draft)
        finally:
            is_changed = draft.exists() and draft.read_bytes() != base.read_bytes()
            if not is_changed:
                draft.unlink(missing_ok=True)
        if not is_changed:
            return None
        _refuse(check(draft), draft, f"newaisle prompts edit {name} --language {language}")
        return draft.replace(target)
    except OSError as exc:
        raise PromptError(
            f"cannot be edited ({exc.strerror}): mend that, or choose another --prompts", path=draft
        ) from exc


def _refuse(problems: Sequence[PromptError], draft: Path, command: str) -> None:
    if problems:
        kept = f"nothing in use was changed, and your text is kept in this file: `{command}` opens it again"
        raise TemplateError(f"{problems[0].message}; {kept}", path=draft, line=problems[0].line) from problems[0]
