"""Brings what files and the environment say of the settings together with the flags, before a command runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from newaisle.agent.cli.options import origins
from newaisle.agent.cli.screen import detail
from newaisle.agent.settings import Settings

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
    from newaisle.agent.config import SETTINGS, read_config, read_environment
    from newaisle.errors import ConfigError

    root = context.find_root()
    settings, known = root.ensure_object(Settings), origins(root)
    given = {**read_config(_here()), **read_environment()}
    for key in SETTINGS.keys() & given.keys() - known.keys():
        if given[key].problem:
            raise ConfigError(given[key].problem)
        setattr(settings, key, given[key].value)
        known[key] = given[key].origin
    defaults = {key: one for key, one in given.items() if key not in SETTINGS}
    known.update({key: one.origin for key, one in defaults.items()})
    root.default_map = _default_map(root.command, {key: one.value for key, one in defaults.items()})
    for origin in dict.fromkeys(one.origin.rpartition(":")[0] for one in given.values() if ":" in one.origin):
        detail(f"settings of {origin}")


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
