"""`newaisle prompts`: see, edit and check the templates that every prompt is made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prompts.errors import PromptError
    from prompts.library import Listed

_language = click.option(
    "--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Which language's template."
)


@click.group(name="prompts")
def prompts_group() -> None:
    """Look at the prompts, change them, and check the changes.

    Every prompt that reaches a model is a template file. Your own copies lie in the folder `prompts` of the data
    folder and win over the bundled ones.
    """


@prompts_group.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_command(as_json: bool) -> None:
    """List the templates in use, and whose they are.

    \b
    Example:
      newaisle prompts list
    """
    from prompts.library import list_templates

    templates = list_templates(_folder())
    if as_json:
        click.echo(json.dumps([_row(template) for template in templates], ensure_ascii=False, indent=2))
        return
    for template in templates:
        about = template.description if template.problem is None else f"cannot be used: {template.problem}"
        click.echo(f"{template.name:<8} {template.language}  {template.origin:<8} {about}")


def _row(template: Listed) -> dict[str, str | None]:
    return {
        "name": template.name,
        "language": template.language,
        "origin": template.origin,
        "description": template.description,
        "path": str(template.path),
        "hash": template.hash,
        "problem": template.problem,
    }


@prompts_group.command(name="show")
@click.argument("name")
@_language
def show_command(name: str, language: str) -> None:
    """Print the template in use, as it stands in its file.

    \b
    Example:
      newaisle prompts show explain --language zh
    """
    from prompts.library import find_template
    from prompts.source import read_text

    path, _ = find_template(name, language, _folder())
    click.echo(read_text(path), nl=False)


@prompts_group.command(name="path")
@click.argument("name")
@_language
def path_command(name: str, language: str) -> None:
    """Print where the template in use lies.

    \b
    Example:
      newaisle prompts path explain
    """
    from prompts.library import find_template

    path, _ = find_template(name, language, _folder())
    click.echo(path)


@prompts_group.command(name="edit")
@click.argument("name")
@_language
def edit_command(name: str, language: str) -> None:
    """Change a template in your editor ($VISUAL or $EDITOR), on a copy of your own.

    What you save is checked first. If something is wrong with it, the template in use stays as it was, and your
    text is kept for the next edit.

    \b
    Example:
      newaisle prompts edit explain
    """
    from prompts.editing import edit_template

    path = edit_template(name, language, _folder(), editor=_open_editor)
    click.echo(f"In use from now on: {path}" if path else "Nothing was changed.", err=True)


def _open_editor(draft: Path) -> None:
    from prompts.errors import PromptError

    try:
        click.edit(filename=str(draft))
    except click.ClickException as exc:
        raise PromptError(f"{exc.message}; set VISUAL or EDITOR to an editor that works here") from exc


@prompts_group.command(name="check")
@click.argument("names", nargs=-1, metavar="[NAME]...")
def check_command(names: tuple[str, ...]) -> None:
    """Check the templates in use, or those of the NAMEs, in every language.

    Each problem is one line, PATH:LINE: what is wrong. Exits with 3 when there is any.

    \b
    Examples:
      newaisle prompts check
      newaisle prompts check explain
    """
    from prompts.check import check_names, check_template
    from prompts.errors import TemplateError
    from prompts.library import find_template, templates_in_use

    for name in names:
        find_template(name, "en", _folder())
    paths = [path for _, path, _ in templates_in_use(_folder()) if not names or path.name.partition(".")[0] in names]
    found = sum(_report(path, check_template(path)) for path in paths)
    if not names:
        found += sum(_report(problem.path, [problem]) for problem in check_names(_folder()))
    if found:
        raise TemplateError(
            f"{found} {'problem' if found == 1 else 'problems'} found; mend with `newaisle prompts edit NAME`"
        )


def _report(path: Path | None, problems: Iterable[PromptError]) -> int:
    lines = [str(problem) for problem in problems]
    click.echo("\n".join(lines) if lines else f"{path}: ok")
    return len(lines)


def _folder() -> Path:
    home: Path = click.get_current_context().obj.home
    return home / "prompts"
