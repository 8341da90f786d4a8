"""`newaisle prompts check`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.complete import complete_template
from newaisle.agent.cli.options import model_options, pass_settings
from newaisle.agent.cli.prompts_options import counting_model, folder_options
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newaisle.agent.evaluate.template_check import Checked
    from newaisle.errors import PromptError


@click.command(name="check")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_template)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, a template each.")
@folder_options
@model_options
@pass_settings
def check_command(settings: Settings, /, names: tuple[str, ...], as_json: bool) -> None:
    """Check the templates in use, or those of the NAMEs, in every language.

    Looks at syntax, variables, limits and the worked examples, whose answers have to be of use, and at whether the
    prompt fits into what the model reads, with lists as long as they get; tokens are estimated where no local model is
    installed. Each problem is one line, PATH:LINE: what is wrong. Exits with 3 when there is any. A line with `note:`
    is advice on a template that works: what is read again though it stays the same, or an example that the check of
    explanations refuses; it changes nothing about the exit code.

    \b
    Examples:
      newaisle prompts check
      newaisle prompts check explain --json
    """
    from newaisle.agent.evaluate.template_check import check
    from newaisle.errors import TemplateError
    from newaisle.prompts.check import check_names
    from newaisle.prompts.library import find_template, templates_in_use

    folder = settings.prompts_folder
    for name in names:
        find_template(name, "en", folder)
    paths = [path for _, path, _ in templates_in_use(folder) if not names or path.name.partition(".")[0] in names]
    with counting_model(settings) as model:
        found = [check(path, model) for path in paths]
    strays = [] if names else check_names(folder)
    _print_json(found, strays) if as_json else _print(found, strays)
    count = sum(len(one.problems) for one in found) + len(strays)
    if count:
        raise TemplateError(
            f"{count} {'problem' if count == 1 else 'problems'} found; mend with `newaisle prompts edit NAME`"
        )


def _print(found: Sequence[Checked], strays: Sequence[PromptError]) -> None:
    for one in found:
        for line in [*one.problems, *one.notes]:
            click.echo(line)
        if not one.problems:
            click.echo(f"{one.path}: ok, {one.size}")
    for problem in strays:
        click.echo(problem)


def _print_json(found: Sequence[Checked], strays: Sequence[PromptError]) -> None:
    rows = [_row(one.path, one.problems, one) for one in found]
    rows += [_row(problem.path, [problem], None) for problem in strays]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=2))


def _row(path: Path | None, problems: Sequence[PromptError], checked: Checked | None) -> dict[str, Any]:
    size = checked.size if checked else None
    return {
        "path": str(path),
        "problems": [{"line": one.line, "message": one.message} for one in problems],
        "notes": [{"line": one.line, "message": one.message} for one in (checked.notes if checked else [])],
        "tokens": size and size.tokens,
        "context": size and size.context,
        "counted_by": size and size.model,
    }
