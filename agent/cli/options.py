"""Options that several commands share. They may stand before or after the command's name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from agent.settings import Settings, is_url

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
    if value not in (None, ()) and option.name is not None:
        setattr(context.find_root().ensure_object(Settings), option.name, value)


def _option(name: str, help: str, *, env: bool, kind: Any = TEXT, **more: Any) -> Callable[[Command], Command]:
    # The environment is read where the group's options are, so that it never wins over a flag.
    variable = f"NEWAISLE_{name.upper().replace('-', '_')}"
    return click.option(
        f"--{name}",
        type=kind,
        callback=_set,
        expose_value=False,
        envvar=variable if env else None,
        help=f"{help} [env: {variable}]",
        **more,
    )


_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)
_embedder = functools.partial(_option, "embedder", "Embedder: a name, URL#MODEL, or `hash` for words only.")
_models = functools.partial(_option, "models", "Folder of the model files.", kind=_FOLDER)


def home_option(command: Command, *, env: bool = False) -> Command:
    """Where the shop's data is."""
    return _option("home", "Data folder of the shop.", env=env, kind=_FOLDER)(command)


def embedder_options(command: Command) -> Command:
    """Which embedder is used and where the files of models are: for what asks no language model."""
    return _embedder(env=False)(_models(env=False)(command))


def model_options(command: Command, *, env: bool = False) -> Command:
    """Which models are used and where their files are."""
    options = [
        _option("backend", "Where the language model runs.", env=env, kind=click.Choice(["local", "http"])),
        _option("base-url", "OpenAI-compatible server, with --backend http.", env=env, metavar="URL"),
        _option("api-key-file", "JSON file of API keys by host.", env=env, kind=_FILE),
        _option("model", "Language model: a name, or `none` to do without.", env=env),
        _option(
            "fallback",
            "Takes over when it fails: a name, or URL#MODEL; repeatable.",
            env=env,
            multiple=True,
            metavar="SPEC",
        ),
        _embedder(env=env),
        _models(env=env),
    ]
    if env:  # a group takes its options in the order they are given to it
        return functools.reduce(lambda group, option: option(group), options, command)
    command = _with_checked_backend(command)
    return functools.reduce(lambda function, option: option(function), reversed(options), command)


def _with_checked_backend(command: Command) -> Command:
    @functools.wraps(command)
    def checked(*args: Any, **kwargs: Any) -> Any:
        context = click.get_current_context()
        _check_backend(context, context.find_root().ensure_object(Settings))
        return command(*args, **kwargs)

    return checked  # type: ignore[return-value]


def _check_backend(context: click.Context, settings: Settings) -> None:
    if settings.backend == "http" and not settings.base_url:
        raise click.UsageError("--backend http needs the server's address: give --base-url URL", context)
    if settings.base_url and not is_url(settings.base_url):
        raise click.UsageError(f"--base-url {settings.base_url} must begin with http:// or https://", context)
    # An address in the environment is no contradiction to a flag that turns the server off for once.
    for_once = _is_flag(context, "backend") and not _is_flag(context, "base_url")
    if settings.base_url and settings.backend != "http" and not for_once:
        raise click.UsageError("--base-url is used with --backend http alone: give both", context)


def _is_flag(context: click.Context | None, name: str) -> bool:
    """Whether an option stands on the command line, before or after the command's name."""
    while context is not None:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            return True
        context = context.parent
    return False
