"""Options that several commands share. They may stand before or after the command's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from agent.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
pass_settings = click.make_pass_decorator(Settings, ensure=True)


class _Text(click.ParamType[str]):
    """Text that can be stored and compared: bytes that are no UTF-8 are refused here."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> str:
        if not value.isprintable() and any("\ud800" <= character <= "\udfff" for character in value):
            self.fail(f"{value!r} is not UTF-8 text", param, context)
        return value


TEXT = _Text()


def _set(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value is not None and option.name is not None:
        setattr(context.find_root().ensure_object(Settings), option.name, value)


def _option(name: str, help: str, *, env: bool, kind: Any = TEXT) -> Callable[[Command], Command]:
    # The environment is read where the group's options are, so that it never wins over a flag.
    return click.option(
        f"--{name}",
        type=kind,
        callback=_set,
        expose_value=False,
        envvar=f"NEWAISLE_{name.upper()}" if env else None,
        help=f"{help} [env: NEWAISLE_{name.upper()}]",
    )


_FOLDER = click.Path(file_okay=False, path_type=Path)


def home_option(command: Command, *, env: bool = False) -> Command:
    """Where the shop's data is."""
    return _option("home", "Data folder of the shop.", env=env, kind=_FOLDER)(command)


def model_options(command: Command, *, env: bool = False) -> Command:
    """Which models are used and where their files are."""
    command = _option("embedder", "Embedder: a model's name, or `hash` for words only.", env=env)(command)
    command = _option("model", "Language model: a name, or `none` to do without.", env=env)(command)
    return _option("models", "Folder of the model files.", env=env, kind=_FOLDER)(command)
