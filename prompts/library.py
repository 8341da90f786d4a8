"""Finds templates: a user's own copy wins over the bundled one, and English stands in for a missing language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newaisle.errors import TemplateError
from newaisle.languages import LANGUAGES, Language, is_code
from newaisle.prompts.inputs import INPUTS, USES, require_prompt
from newaisle.prompts.template import Origin, Template, read_template

_BUNDLED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Listed:
    """A template in use, as far as it can be read: `problem` says why not, and then there is no description.

    used_by: the commands that ask with it.
    """

    name: str
    language: Language
    origin: Origin
    used_by: str
    path: Path
    description: str
    hash: str
    problem: str | None


def load_template(name: str, *, language: str, folder: Path | None) -> Template:
    """The template in use, from `folder` (the user's own) or bundled; TemplateError where it cannot be used."""
    path, origin = find_template(name, language, folder)
    try:
        return read_template(path, origin)
    except TemplateError as exc:
        if origin == "bundled":
            raise
        command = f"newaisle prompts edit {name} --language {path.name.split('.')[1]}"
        reset = command.replace(" edit ", " reset ")
        mend = f"mend it with `{command}`, or use the bundled one again with `{reset}`"
        raise TemplateError(f"{exc.message}; {mend}", path=exc.path, line=exc.line) from exc


def find_template(name: str, language: str, folder: Path | None) -> tuple[Path, Origin]:
    """The file that `load_template` would read, and whose it is."""
    require_prompt(name)
    for candidate in (language, "en"):
        for in_use, path, origin in templates_in_use(folder):
            if path.name == f"{name}.{candidate}.yaml" and in_use == candidate:
                return path, origin
    raise TemplateError(f"the bundled template {name}.en.yaml is missing: install newaisle again")


def templates_in_use(folder: Path | None) -> Iterator[tuple[Language, Path, Origin]]:
    """Each name and language that has a template: the user's own file, else the bundled one."""
    for name in INPUTS:
        own = folder.glob(f"{name}.*.yaml") if folder else ()
        others = {language for language in (path.name.split(".")[1] for path in own) if is_code(language)}
        for language in (*LANGUAGES, *sorted(others - {*LANGUAGES})):
            yours = folder / f"{name}.{language}.yaml" if folder else None
            if yours and yours.exists():
                yield language, yours, "yours"
            elif bundled_path(name, language).exists():
                yield language, bundled_path(name, language), "bundled"


def bundled_path(name: str, language: str) -> Path:
    """Where the template that comes with newaisle lies, whether or not there is one."""
    return _BUNDLED / f"{name}.{language}.yaml"


def list_templates(folder: Path | None) -> list[Listed]:
    """Every template in use, those that cannot be read included."""
    return [_listed(language, path, origin) for language, path, origin in templates_in_use(folder)]


def _listed(language: Language, path: Path, origin: Origin) -> Listed:
    name = path.name.partition(".")[0]
    try:
        template = read_template(path, origin)
    except TemplateError as exc:
        return Listed(name, language, origin, USES[name], path, "", "", str(exc))
    return Listed(name, language, origin, USES[name], path, template.description, template.short_hash, None)
