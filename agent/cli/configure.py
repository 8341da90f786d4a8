"""Brings what files and the environment say of the settings together with the flags, before a command runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from newaisle.agent.cli.screen import detail
from newaisle.agent.settings.settings import TABLE, Settings

# `config path` finds a broken file, so `config` reads them itself; `completion` is run whenever a shell starts.
_WITHOUT_FILES = {"config", "completion"}
_HELP = {"-h", "--help"}


def configure(context: click.Context, arguments: list[str]) -> None:
    """Fill in what the flags before the command's name and the environment leave open, for this run.

    arguments: what follows them. Raises ConfigError, but not where help is asked for.
    """
    from newaisle.errors import ConfigError

    if context.invoked_subcommand in _WITHOUT_FILES:
        return
    try:
        fill_in(context)
    except ConfigError:
        if not _HELP & set(arguments):
            raise


def fill_in(context: click.Context) -> None:
    """Fill in the settings of the root of this context, and the defaults of options; raises ConfigError."""
    from newaisle.agent.settings import files

    root = context.find_root()
    settings = root.ensure_object(Settings)
    for file in files.fill_in(settings, _here()):
        detail(f"settings of {file}")
    given = {key: getattr(settings, key) for key in settings.origins if TABLE[key].about == "answer"}
    root.default_map = _default_map(root.command, given)


def _here() -> Path:
    """The working directory; the root where that is gone."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path("/")


def _default_map(command: click.Command, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults of every command that has an option of the name, as click takes them."""
    if isinstance(command, click.Group):
        return {name: _default_map(one, defaults) for name, one in command.commands.items()}
    options = {parameter.name for parameter in command.params}
    return {key: value for key, value in defaults.items() if key in options}
