"""`newaisle prompts`: see, edit, check, try and compare the templates that every prompt is made of."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newaisle.agent.cli.complete import complete_template
from newaisle.agent.cli.options import Group, pass_settings
from newaisle.agent.cli.prompts_check import check_command, test_command
from newaisle.agent.cli.prompts_eval import eval_command
from newaisle.agent.cli.prompts_options import folder_options, of_template
from newaisle.agent.cli.prompts_own import diff_command, edit_command, new_command, reset_command
from newaisle.agent.cli.prompts_render import render_command
from newaisle.agent.cli.screen import note
from newaisle.agent.cli.tables import print_json
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newaisle.languages import Language
    from newaisle.prompts.library import Listed
    from newaisle.prompts.variables import Variable


@click.group(name="prompts", cls=Group)
def prompts_group() -> None:
    """Look at the prompts, change them, and see what the changes are worth.

    Every prompt that reaches a model is a template file. Your own copies lie in the folder `prompts` of the data
    folder, or in the one of --prompts, and win over the bundled ones.

    \b
    Examples:
      newaisle prompts list
      newaisle prompts edit explain
      newaisle prompts render explain --user mara --category "Camp Kitchen"
    """


@click.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@folder_options
@pass_settings
def list_command(settings: Settings, /, as_json: bool) -> None:
    """List the templates in use: whose each is, and which commands ask with it.

    \b
    Examples:
      newaisle prompts list
      newaisle prompts list --prompts shop-prompts --json
    """
    from newaisle.prompts.library import list_templates

    templates = list_templates(settings.prompts_folder)
    if as_json:
        print_json([_row(template) for template in templates])
        return
    _print_columns(
        [
            (
                template.name,
                template.language,
                template.origin,
                template.used_by,
                template.description if template.problem is None else f"cannot be used: {template.problem}",
            )
            for template in templates
        ]
    )


def _row(template: Listed) -> dict[str, str | None]:
    return {**asdict(template), "path": str(template.path)}


def _print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Rows under each other, every column but the last as wide as what is longest in it."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    for *cells, last in rows:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        click.echo("  ".join([*padded, last]).rstrip())


@click.command(name="vars")
@click.argument("name", required=False, shell_complete=complete_template)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, by prompt.")
def vars_command(name: str | None, as_json: bool) -> None:
    """List the variables that a template may use, with type and example; of all prompts where none is named.

    The third column says what a variable changes with: what lasts belongs before what changes more often.

    \b
    Examples:
      newaisle prompts vars explain
      newaisle prompts vars --json
    """
    from newaisle.prompts.inputs import INPUTS
    from newaisle.prompts.variables import variables_of

    found = {one: variables_of(one) for one in ([name] if name else INPUTS)}
    if as_json:
        plain = {one: [asdict(variable) for variable in variables] for one, variables in found.items()}
        print_json(plain)
        return
    for number, (one, variables) in enumerate(found.items()):
        if name is None:
            click.echo(("\n" if number else "") + one)
        _print_columns([_cells(variable) for variable in variables])


def _cells(variable: Variable) -> tuple[str, ...]:
    need = "required" if variable.is_required else "optional"
    example = json.dumps(variable.example, ensure_ascii=False)
    return variable.name, variable.type, variable.changes_with, need, f"{variable.description}; {example}"


@click.command(name="show")
@of_template
def show_command(settings: Settings, /, name: str, language: str) -> None:
    """Print the template in use, as it stands in its file.

    \b
    Example:
      newaisle prompts show explain --language zh
    """
    from newaisle.prompts.library import find_template
    from newaisle.prompts.source import read_text

    path, _ = find_template(name, language, settings.prompts_folder)
    click.echo(read_text(path), nl=False)


@click.command(name="path")
@of_template
def path_command(settings: Settings, /, name: str, language: str) -> None:
    """Print where the template in use lies.

    \b
    Example:
      newaisle prompts path explain
    """
    from newaisle.prompts.library import find_template

    path, _ = find_template(name, language, settings.prompts_folder)
    click.echo(path)


@click.command(name="words")
@click.option(
    "--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Which language's words."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def words_command(language: Language, as_json: bool) -> None:
    """List the praise, promises and pressure that no text may have.

    A text of a model that has one of them is refused, but where the product's own fields or a claim say it. A * stands
    for any ending.

    \b
    Examples:
      newaisle prompts words
      newaisle prompts words --language zh --json
    """
    from newaisle.agent.wording.check.vocabulary import promises, words_file

    found, path = promises(language), words_file(language)
    if as_json:
        print_json({"path": str(path), "words": found})
        return
    click.echo("\n".join(found))
    note(f"under `promises` in {path}")


for command in (
    list_command,
    vars_command,
    show_command,
    path_command,
    new_command,
    edit_command,
    diff_command,
    reset_command,
    render_command,
    check_command,
    test_command,
    eval_command,
    words_command,
):
    prompts_group.add_command(command)
