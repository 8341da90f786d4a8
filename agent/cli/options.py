"""Options that several commands share. They may stand before or after the command's name."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from newaisle.agent.cli.complete import complete_category, complete_embedder, complete_file, complete_language_model
from newaisle.agent.cli.screen import QUIET, VERBOSE, VOLUME
from newaisle.agent.llm.server.address import is_url
from newaisle.agent.settings.settings import CODE, COUNT, CURRENCY, FILE, FOLDER, TABLE, TEXTS, Kind, Row, Settings
from newaisle.languages import LANGUAGES

Command = TypeVar("Command", bound=Callable[..., Any])
pass_settings = click.make_pass_decorator(Settings, ensure=True)


class _Text(click.ParamType[str]):
    """Text that can be stored and compared: bytes that are no UTF-8 are refused here."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> str:
        if not value.isprintable() and any("\ud800" <= character <= "\udfff" for character in value):
            self.fail(f"{value!r} is not UTF-8 text", param, context)
        return value


class _Currency(click.ParamType[str]):
    name = "currency"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> str:
        if not CURRENCY.fits(value):
            self.fail(f"{value!r} is no ISO 4217 code such as USD or CNY", param, context)
        return value.upper()


class _Language(click.ParamType[str]):
    name = "code"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> str:
        if not CODE.fits(value):
            self.fail(f"{value!r} is not {CODE.wanted}", param, context)
        return value

    def shell_complete(self, context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        return [CompletionItem(language) for language in LANGUAGES if language.startswith(incomplete)]


TEXT = _Text()
LANGUAGE = _Language()
_TYPES: dict[Kind, click.ParamType[Any]] = {
    FOLDER: click.Path(file_okay=False, path_type=Path),
    FILE: click.Path(dir_okay=False, path_type=Path),
    COUNT: click.IntRange(min=1),
    CURRENCY: _Currency(),
    CODE: LANGUAGE,
}
_PROPOSALS = {"llm": complete_language_model, "embedder": complete_embedder}


def _option(row: Row, **more: Any) -> Callable[[Command], Command]:
    kind = click.Choice(row.kind.choices) if row.kind.choices else _TYPES.get(row.kind, TEXT)
    return click.option(row.flag, type=kind, multiple=row.kind is TEXTS, metavar=row.metavar, **more)


def answer_option(name: str) -> Callable[[Command], Command]:
    """An option that is as the settings say where it is left out."""
    row = TABLE[name]
    return _option(row, default=row.default, show_default=row.default is not None, help=row.help)


def _set(row: Row, context: click.Context, _: click.Parameter, value: Any) -> None:
    is_env = context.get_parameter_source(row.name) is ParameterSource.ENVIRONMENT
    # The root has read the environment; a flag before the command's name wins over it.
    if value not in (None, ()) and not (is_env and context.parent):
        origin = f"env {row.variable}" if is_env else f"flag {row.flag}"
        context.find_root().ensure_object(Settings).give(row.name, value, origin)


def _options(*about: str) -> Callable[[Command], Command]:
    def add_options(command: Command) -> Command:
        for row in reversed([row for row in TABLE.values() if row.about in about]):
            command = _option(
                row,
                shell_complete=_PROPOSALS.get(row.proposed),
                callback=functools.partial(_set, row),
                expose_value=False,
                envvar=row.variable,
                help=f"{row.help} [env: {row.variable}]",
            )(command)
        return command

    return add_options


def category_option(help: str, **more: Any) -> Callable[[Command], Command]:
    """`--category`; help: what is said of it where it is taken."""
    return click.option("--category", type=TEXT, metavar="NAME", shell_complete=complete_category, help=help, **more)


def brief_option(help: str) -> Callable[[Command], Command]:
    """`--brief`: what a category is about."""
    return click.option("--brief", type=TEXT, metavar="FILE_OR_TEXT", shell_complete=complete_file, help=help)


def amount_option(default: int, help: str) -> Callable[[Command], Command]:
    """`-n`: how many."""
    return click.option(
        "-n", "count", type=click.IntRange(min=1), metavar="N", default=default, show_default=True, help=help
    )


candidates_option = click.option(
    "--candidates",
    metavar="FILE",
    shell_complete=complete_file,
    help="Its products, in any format of the catalogue; they are not stored.",
)
every_option = _options("home", "prompts", "model", "embedder")
home_option = _options("home")
prompts_option = _options("prompts")  # for what renders templates, or shows them
embedder_options = _options("embedder")  # for what asks no language model


def model_options(command: Command) -> Command:
    """Which models are used and where their files are."""
    return _options("model", "embedder")(_with_checked_backend(command))


def every_setting(command: Any) -> Any:
    """The options of every setting that has to do with answers; the settings are the command's first argument."""
    return home_option(prompts_option(model_options(pass_settings(command))))


class Group(click.Group):
    """A group whose help has the whole first sentence of each command, under the headings of `sections`."""

    sections: Mapping[str, Sequence[click.Command]] = {}  # without any, all stand under one

    def in_sections(self, sections: Mapping[str, Sequence[click.Command]]) -> None:
        """Add commands under headings."""
        self.sections = sections
        for command in chain.from_iterable(sections.values()):
            self.add_command(command)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        commands = {name: self.get_command(context, name) for name in self.list_commands(context)}
        sections = self.sections or {"Commands": [one for one in commands.values() if one]}
        width = max(map(len, commands))
        for heading, listed in sections.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{one.name:{width}}", one.get_short_help_str(10_000)) for one in listed])


def with_volume(command: click.Command) -> click.Command:
    """The command, and each below it, with the options that say how much is said on stderr."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            with_volume(one)
    for names, value, help in (
        (["-q", "--quiet"], QUIET, "No notes and no progress; errors stay."),
        (["-v", "--verbose"], VERBOSE, "Say on stderr what is read and loaded, and how long it takes."),
    ):
        volume = [*names, "volume"]
        command.params.append(
            click.Option(volume, flag_value=value, type=int, expose_value=False, callback=_set_volume, help=help)
        )
    return command


def _set_volume(context: click.Context, _: click.Parameter, value: int | None) -> None:
    if value is not None:
        context.meta[VOLUME] = value


def _with_checked_backend(command: Command) -> Command:
    @functools.wraps(command)
    @pass_settings
    def checked(settings: Settings, /, *args: Any, **kwargs: Any) -> Any:
        _check_backend(click.get_current_context(), settings)
        return command(*args, **kwargs)

    return checked  # type: ignore[return-value]


def _check_backend(context: click.Context, settings: Settings) -> None:
    if settings.backend == "http" and not settings.base_url:
        raise click.UsageError("--backend http needs the server's address: give --base-url URL", context)
    if settings.base_url and not is_url(settings.base_url):
        raise click.UsageError(f"--base-url {settings.base_url} must begin with http:// or https://", context)
    # An address that was given further away is no contradiction to what turns the server off for once.
    backend, base_url = (settings.origins.get(key, "") for key in ("backend", "base_url"))
    for_once = _distance(backend) < _distance(base_url)
    if settings.base_url and settings.backend != "http" and not for_once:
        where = "" if base_url.startswith("flag ") else f" ({base_url})"
        raise click.UsageError(f"--base-url{where} is used with --backend http alone: give both", context)


def _distance(origin: str) -> int:
    """How far from the command line a setting was given."""
    return next(far for far, mark in enumerate(("flag ", "env ", "newaisle.toml:", ":", "")) if mark in origin)


def is_flag(name: str) -> bool:
    """Whether an option stands on the command line, after the command's name."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
