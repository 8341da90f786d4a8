"""`newaisle logs`: the answers that were given, with every prompt, answer of a model and check behind them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from newaisle.agent.cli.complete import complete_customer
from newaisle.agent.cli.options import TEXT, Group, home_option, pass_settings
from newaisle.agent.cli.screen import counted, note
from newaisle.agent.cli.tables import print_json, stdout_console
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from newaisle.store.logs import Entry, Logs, Status

_LONGEST_KEPT = 36_500  # days


@click.group(name="logs", cls=Group, invoke_without_command=True)
@click.option(
    "-n", "count", type=click.IntRange(min=0), metavar="N", default=5, show_default=True, help="How many; 0: all."
)
@click.option(
    "--id", "id", type=TEXT, metavar="ID", help="One answer with all its prompts: its id, or how that begins."
)
@click.option(
    "--user",
    "user_id",
    type=TEXT,
    metavar="ID",
    shell_complete=complete_customer,
    help="Only what this customer was answered.",
)
@click.option("--prompts", is_flag=True, help="Every prompt as well, what the model answered, and what the check said.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of everything.")
@home_option
@pass_settings
@click.pass_context
def logs(
    context: click.Context,
    settings: Settings,
    /,
    count: int,
    id: str | None,
    user_id: str | None,
    prompts: bool,
    as_json: bool,
) -> None:
    """Show the answers that were given, the newest last, with all that a language model had to do with them.

    Logging is on until you turn it off. An answer is kept for 30 days, and the newest 10,000 at most; `newaisle forget`
    erases a customer's answers with everything else.

    \b
    Examples:
      newaisle logs
      newaisle logs -n 1 --prompts
      newaisle logs --id 3f9b21c4 --json
      newaisle logs --user mara -n 0
    """
    from newaisle.agent.cli.log_text import print_entry
    from newaisle.agent.shop.session import require_shop

    given = [name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if context.invoked_subcommand is not None:
        if given:
            raise click.UsageError(f"`newaisle logs {context.invoked_subcommand}` shows no answers: leave the rest out")
        return
    if id is not None and {"count", "user_id"} & set(given):
        raise click.UsageError("--id names one answer: leave -n and --user out")
    log = _log(settings)
    entries = [log.find(id)] if id is not None else log.newest(count or None, user_id=user_id)
    if not entries:
        require_shop(settings)  # more likely the wrong folder than one that nothing was asked of
    if as_json:
        print_json([_json(entry) for entry in entries])
    else:
        console = stdout_console()
        for entry in entries:
            print_entry(console, entry, in_full=prompts or id is not None)
    _note_the_rest(log, shown=len(entries), user_id=user_id)


@logs.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@home_option
@pass_settings
def status(settings: Settings, as_json: bool) -> None:
    """Say whether answers are logged, how many there are, how long they are kept and where.

    \b
    Example:
      newaisle logs status
    """
    from rich.filesize import decimal

    from newaisle.agent.cli.log_text import time_text

    found = _log(settings).status()
    if as_json:
        print_json(_status_json(found))
        return
    click.echo(f"logging    {'on' if found.is_on else 'off'}")
    click.echo(f"answers    {found.answers:,}, with {found.exchanges:,} prompts")
    click.echo(f"oldest     {time_text(found.oldest) if found.oldest else '-'}")
    click.echo(f"newest     {time_text(found.newest) if found.newest else '-'}")
    click.echo(f"kept       {counted(found.keep_days, 'day')}, the newest {found.most_answers:,} at most")
    click.echo(f"size       {decimal(found.bytes)}")
    click.echo(f"file       {found.path}")


@logs.command()
@click.option(
    "--keep-days",
    type=click.IntRange(1, _LONGEST_KEPT),
    metavar="N",
    help="Drop answers that are older, now and from now on. [default: as before, at first 30]",
)
@home_option
@pass_settings
def on(settings: Settings, keep_days: int | None) -> None:
    """Log answers from now on.

    \b
    Examples:
      newaisle logs on
      newaisle logs on --keep-days 7
    """
    log = _log(settings)
    log.turn_on(now=datetime.now(UTC), keep_days=keep_days)
    found = log.status()
    click.echo(
        f"answers are logged, and kept for {counted(found.keep_days, 'day')}, the newest {found.most_answers:,} at most"
    )


@logs.command()
@home_option
@pass_settings
def off(settings: Settings) -> None:
    """Log nothing from now on; what was logged stays until `newaisle logs clear`.

    \b
    Example:
      newaisle logs off
    """
    log = _log(settings)
    log.turn_off()
    kept = log.status().answers
    click.echo(f"nothing is logged any more; {counted(kept, 'answer')} from before: `newaisle logs clear` erases them")


@logs.command()
@home_option
@pass_settings
def clear(settings: Settings) -> None:
    """Erase every logged answer, and the bytes that deletion leaves behind; a damaged log is deleted.

    \b
    Example:
      newaisle logs clear
    """
    from newaisle.errors import DamagedLog

    log = _log(settings)
    try:
        click.echo(f"{counted(log.clear(), 'answer')} erased")
    except DamagedLog:
        log.discard()
        click.echo("the damaged log is deleted; a new one begins with the next answer, and it is on")


@logs.command()
@home_option
@pass_settings
def path(settings: Settings) -> None:
    """Print where the log lies: an SQLite file, with the tables `answers` and `exchanges`.

    \b
    Example:
      newaisle logs path
    """
    click.echo(_log(settings).path)


def _log(settings: Settings) -> Logs:
    from newaisle.store.logs import Logs

    return Logs(settings.shop.logs_path)


def _note_the_rest(log: Logs, *, shown: int, user_id: str | None) -> None:
    """Say why nothing is shown, and that nothing new will be."""
    if not log.status().is_on:
        note("the log is off: `newaisle logs on` turns it on" + ("; these are from before" if shown else ""))
    elif not shown:
        whom = f" for {user_id}" if user_id is not None else ""
        note(f"nothing is logged yet{whom}: ask with `newaisle recommend`")


def _json(entry: Entry) -> dict[str, Any]:
    from dataclasses import asdict

    exchanges = [
        {**asdict(one), "prompt": [{"role": role, "text": text} for role, text in one.prompt]}
        for one in entry.exchanges
    ]
    return {
        "id": entry.id,
        "created_at": entry.created_at.isoformat(),
        "user_id": entry.user_id,
        "category": entry.category,
        "answer": json.loads(entry.answer),
        "exchanges": exchanges,
    }


def _status_json(found: Status) -> dict[str, Any]:
    from dataclasses import asdict

    oldest, newest = (time and time.isoformat() for time in (found.oldest, found.newest))
    return {**asdict(found), "oldest": oldest, "newest": newest, "path": str(found.path)}
