"""Options that several commands share. They may stand before or after the command's name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from newaisle.agent.cli.complete import complete_embedder, complete_language_model
from newaisle.agent.cli.screen import QUIET, VERBOSE, VOLUME
from newaisle.agent.settings import Settings, is_url

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


def origins(context: click.Context) -> dict[str, str]:
    """Where each setting that is not left at its default comes from: `flag --home`, `env NEWAISLE_HOME`, FILE:LINE."""
    found: dict[str, str] = context.meta.setdefault("newaisle.origins", {})
    return found


def _set(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value in (None, ()) or option.name is None:
        return
    setattr(context.find_root().ensure_object(Settings), option.name, value)
    is_env = context.get_parameter_source(option.name) is ParameterSource.ENVIRONMENT
    origins(context)[option.name] = f"env {option.envvar}" if is_env else f"flag {option.opts[0]}"


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
_embedder = functools.partial(
    _option,
    "embedder",
    "Embedder: a name, URL#MODEL, or `hash` for words only.",
    metavar="NAME",
    shell_complete=complete_embedder,
)
_models = functools.partial(_option, "models", "Folder of the model files.", kind=_FOLDER)


def home_option(command: Command, *, env: bool = False) -> Command:
    """Where the shop's data is."""
    return _option("home", "Data folder of the shop.", env=env, kind=_FOLDER)(command)


def prompts_option(command: Command, *, env: bool = False) -> Command:
    """Where the user's own templates are: for what renders templates, or shows them."""
    about = "Folder of your own templates. [default: prompts in the data folder]"
    return _option("prompts", about, env=env, kind=_FOLDER)(command)


def embedder_options(command: Command) -> Command:
    """Which embedder is used and where the files of models are: for what asks no language model."""
    return _embedder(env=False)(_models(env=False)(command))


def model_options(command: Command, *, env: bool = False) -> Command:
    """Which models are used and where their files are."""
    options = [
        _option("backend", "Where the language model runs.", env=env, kind=click.Choice(["local", "http"])),
        _option("base-url", "OpenAI-compatible server, with --backend http.", env=env, metavar="URL"),
        _option("api-key-file", "JSON file of API keys by host.", env=env, kind=_FILE),
        _option(
            "model",
            "Language model: a name, or `none` to do without.",
            env=env,
            metavar="NAME",
            shell_complete=complete_language_model,
        ),
        _option(
            "fallback",
            "Takes over when it fails: a name, or URL#MODEL; repeatable.",
            env=env,
            multiple=True,
            metavar="SPEC",
            shell_complete=complete_language_model,
        ),
        _embedder(env=env),
        _models(env=env),
    ]
    if env:  # a group takes its options in the order they are given to it
        return functools.reduce(lambda group, option: option(group), options, command)
    command = _with_checked_backend(command)
    return functools.reduce(lambda function, option: option(function), reversed(options), command)


class Group(click.Group):
    """A group whose help has the whole first sentence of each command."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        commands = {name: self.get_command(context, name) for name in self.list_commands(context)}
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(10_000)) for name, one in commands.items() if one])


def with_volume(command: click.Command) -> click.Command:
    """The command, and each below it, with the options that say how much is said on stderr."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            with_volume(one)
    command.params += [
        _volume(("-q", "--quiet"), QUIET, "No notes and no progress; errors stay."),
        _volume(("-v", "--verbose"), VERBOSE, "Say on stderr what is read and loaded, and how long it takes."),
    ]
    return command


def _volume(names: tuple[str, ...], value: int, help: str) -> click.Option:
    return click.Option(
        [*names, "volume"], flag_value=value, type=int, expose_value=False, callback=_set_volume, help=help
    )


def _set_volume(context: click.Context, _: click.Parameter, value: int | None) -> None:
    if value is not None:
        context.meta[VOLUME] = value


def _with_checked_backend(command: Command) -> Command:
    @functools.wraps(command)
    def checked(*args: Any, **kwargs: Any) -> Any:
        context = click.get_current_context()
        _check_backend(context, context.find_root().ensure_object(Settings))
        return command(*args, **kwargs)

    return checked  # type: ignore[return-value]


def _check_backend(context: click.Context, settings: Settings) -> None:
    known = origins(context)
    if settings.backend == "http" and not settings.base_url:
        raise click.UsageError("--backend http needs the server's address: give --base-url URL", context)
    if settings.base_url and not is_url(settings.base_url):
        raise click.UsageError(f"--base-url {settings.base_url} must begin with http:// or https://", context)
    # An address that was given further away is no contradiction to what turns the server off for once.
    for_once = _distance(known.get("backend")) < _distance(known.get("base_url"))
    if settings.base_url and settings.backend != "http" and not for_once:
        where = "" if is_flag("base_url", context) else f" ({known['base_url']})"
        raise click.UsageError(f"--base-url{where} is used with --backend http alone: give both", context)


def _distance(origin: str | None) -> int:
    """How far from the command line a setting was given."""
    if origin is None:
        return 4
    kinds = (origin.startswith("flag "), origin.startswith("env "), "newaisle.toml:" in origin)
    return kinds.index(True) if True in kinds else 3


def is_flag(name: str, context: click.Context | None = None) -> bool:
    """Whether an option stands on the command line, before or after the command's name."""
    context = context or click.get_current_context()
    while context is not None:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            return True
        context = context.parent
    return False
