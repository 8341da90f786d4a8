"""Editing a template on a draft, so that a bad edit neither replaces what works nor is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from newaisle.errors import PromptError, TemplateError
from newaisle.prompts.check import check_template
from newaisle.prompts.library import find_template


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
