"""`newaisle prompts new`, `edit`, `diff` and `reset`: a user's own templates."""

from __future__ import annotations

from pathlib import Path

import click

from newaisle.agent.cli.options import pass_settings
from newaisle.agent.cli.prompts_options import folder_options, language_option, name_argument, of_template
from newaisle.agent.cli.screen import note
from newaisle.agent.settings.settings import Settings
from newaisle.languages import Language

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}  # by how a line of a diff begins


@click.command(name="new")
@name_argument
@click.option("--minimal", is_flag=True, help="Every variable once and no more, in place of the bundled text.")
@language_option
@folder_options
@pass_settings
def new_command(settings: Settings, /, name: str, minimal: bool, language: Language) -> None:
    """Make a template of your own, a copy of the bundled one, and print where it lies.

    In a language that newaisle does not bring it is the English one, to be translated. The name `phrases` is the file
    of the claims' own sentences.

    \b
    Examples:
      newaisle prompts new explain
      newaisle prompts new phrases --language de
      newaisle prompts new profile --minimal --language zh
    """
    from newaisle.prompts.own import new_template

    click.echo(new_template(name, language, settings.prompts_folder, minimal=minimal))


@click.command(name="edit")
@of_template
def edit_command(settings: Settings, /, name: str, language: str) -> None:
    """Change a template in your editor ($VISUAL or $EDITOR), on a copy of your own.

    What you save is checked first. If something is wrong with it, the template in use stays as it was, and your
    text is kept for the next edit.

    \b
    Example:
      newaisle prompts edit explain
    """
    from newaisle.agent.evaluate.template_check import faults
    from newaisle.prompts.own import edit_template

    path = edit_template(name, language, settings.prompts_folder, editor=_open_editor, check=faults)
    note(f"In use from now on: {path}" if path else "Nothing was changed.")


def _open_editor(draft: Path) -> None:
    from newaisle.errors import PromptError

    try:
        click.edit(filename=str(draft))
    except click.ClickException as exc:
        raise PromptError(f"{exc.message}; set VISUAL or EDITOR to an editor that works here") from exc


@click.command(name="diff")
@of_template
def diff_command(settings: Settings, /, name: str, language: Language) -> None:
    """Print what your own template changes of the bundled one, as a unified diff; nothing where it changes nothing.

    \b
    Example:
      newaisle prompts diff explain
    """
    from newaisle.prompts.own import difference

    for line in difference(name, language, settings.prompts_folder):
        is_heading = line.startswith(("+++", "---"))
        click.secho(line, fg=None if is_heading else _COLOURS.get(line[:1]), bold=is_heading or None)


@click.command(name="reset")
@name_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@language_option
@folder_options
@pass_settings
def reset_command(settings: Settings, /, name: str, yes: bool, language: Language) -> None:
    """Delete your own template, so that the bundled one is in use again; asks first.

    \b
    Examples:
      newaisle prompts reset explain
      newaisle prompts reset explain --language zh --yes
    """
    from newaisle.prompts.library import find_template
    from newaisle.prompts.own import own_files, reset_template

    there = own_files(name, language, settings.prompts_folder)
    bundled = find_template(name, language, None)[0].name
    if not there:
        note(f"The bundled {bundled} is in use; there is nothing to delete.")
        return
    if not yes:
        click.confirm(f"Delete {' and '.join(map(str, there))}?", abort=True, err=True)
    reset_template(name, language, settings.prompts_folder)
    note(f"Deleted; the bundled {bundled} is in use from now on.")
