"""`newaisle config`: the settings in use, and where they come from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from newaisle.agent.cli.configure import fill_in
from newaisle.agent.cli.options import Group, every_setting
from newaisle.agent.cli.tables import print_json
from newaisle.agent.models.catalog import DEFAULT_LLM
from newaisle.agent.settings.settings import FOLDER, TABLE, Settings


@click.group(cls=Group)
@click.pass_context
def config(context: click.Context) -> None:
    """Show the settings: flags, environment, the project's file, your own file, defaults; the first that says wins.

    Settings may stand in `newaisle.toml`, in the folder you work in or one above it, and in a file of your own for all
    folders; `newaisle config path` says where that is. Every option that has a variable NEWAISLE_… is a setting, with
    `_` for `-`. So are `language`, `style`, `k` and `currency`: what these options are where you leave them out.

    \b
    A newaisle.toml:
      home = "shop"            # beside this file
      model = "none"
      k = 10

    \b
    Examples:
      newaisle config show --origin
      newaisle config path
    """
    if context.invoked_subcommand == "show":
        fill_in(context)


@config.command()
@click.option("--origin", is_flag=True, help="Also where each comes from.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@every_setting
def show(settings: Settings, /, origin: bool, as_json: bool) -> None:
    """Print every setting and its value, as a command would see it that is run here.

    A key of a server is no setting and is never printed.

    \b
    Examples:
      newaisle config show
      newaisle config show --origin
      newaisle --home shop config show --origin --json
    """
    values, known = _values(settings), settings.origins
    if as_json:
        shown = {
            key: {"value": value, "origin": known.get(key, "default")} if origin else value
            for key, value in values.items()
        }
        print_json(shown)
        return
    width = max(len(_text(value)) for value in values.values())
    for key, value in values.items():
        click.echo(f"{key:<12}  {_text(value):<{width}}  {known.get(key, 'default') if origin else ''}".rstrip())


@config.command()
def path() -> None:
    """Print where the project's file and your own are, or would be.

    \b
    Example:
      newaisle config path
    """
    from newaisle.agent.settings.files import PROJECT_FILE, project_file, user_file

    project, user = project_file(Path.cwd()), user_file()
    click.echo(f"project  {project or f'no {PROJECT_FILE} here or above'}")
    click.echo(f"user     {user}{'' if user.exists() else ' (not there)'}")


def _values(settings: Settings) -> dict[str, Any]:
    """The settings as plain data, the folders first."""
    values = {key: getattr(settings, key) for key in sorted(TABLE, key=lambda key: TABLE[key].kind is not FOLDER)}
    values["prompts"] = settings.prompts_folder
    if settings.model is None and settings.backend == "local":
        values["model"] = DEFAULT_LLM
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Path):
        return str(value)
    # A password in an address is refused wherever it is used; until then it is not shown.
    return re.sub(r"//[^/]*@", "//…@", value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)
