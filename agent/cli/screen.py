"""What people see: progress on stderr, tables on stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from agent.answer import Claim, Recommendation, RecommendationSet
    from prompts.messages import Message

Progress = Callable[[str, int, int], None]  # stage, done, total


@contextmanager
def progress_bars(names: dict[str, str]) -> Iterator[Progress]:
    """A bar on stderr for each stage, under the name given for it; nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(names.get(stage, stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def note(text: str) -> None:
    """One line for a person, on stderr."""
    import click

    click.echo(text, err=True)


def rows(count: int) -> str:
    """So many rows: `1 row`, `2,000 rows`."""
    return "1 row" if count == 1 else f"{count:,} rows"


def print_table(answer: RecommendationSet) -> None:
    """A recommendation set for people: a line per product, its reasons under it."""
    console = stdout_console()
    _print_heading(console, answer)
    if not answer.recommendations:
        console.print("Nothing is left to recommend: loosen a constraint, or choose another category.")
    for recommendation in answer.recommendations:
        _print_recommendation(console, recommendation)
    for warning in answer.warnings:
        console.print(f"[yellow]note:[/] {_escaped(warning)}")
    if answer.degraded:
        console.print("[yellow]degraded:[/] made without a part that failed; `newaisle doctor` says how to mend it")


def print_messages(messages: Sequence[Message]) -> None:
    """The messages of a prompt: each role as a heading, data set off from the template's own text by its style."""
    from rich.text import Text

    console = stdout_console()
    for message in messages:
        console.print(f"[bold]--- {message.role}[/]")
        text = Text()
        for part in message.parts:
            text.append(part.text, style="cyan underline" if part.is_data else "")
        console.print(text, soft_wrap=True)


def stdout_console() -> Console:
    """A console for tables on stdout."""
    from rich.console import Console

    # A pipe has no width; a wide one keeps each product on its line.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def _print_heading(console: Console, answer: RecommendationSet) -> None:
    who = answer.request.user_id or "somebody without a history"
    new = " (new to the catalogue)" if answer.category.is_new_to_catalogue else ""
    console.print(f"[bold]{_escaped(answer.category.name)}[/]{new} for [bold]{_escaped(who)}[/]")
    if answer.category.nearest:
        nearest = ", ".join(category.name.split(" > ")[-1] for category in answer.category.nearest[:3])
        console.print(f"[dim]nearest known categories: {_escaped(nearest)}[/]")
    console.print()


def _print_recommendation(console: Console, recommendation: Recommendation) -> None:
    from rich.padding import Padding
    from rich.table import Table

    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(justify="right", width=2)
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(
        f"[bold]{recommendation.rank}[/]",
        f"[bold]{_escaped(recommendation.title)}[/] [dim]{_escaped(recommendation.item_id)}[/]",
        _price(recommendation),
    )
    console.print(line)
    console.print(Padding(_escaped(recommendation.explanation.text), (0, 0, 0, 3)))
    rows = [_row(claim) for claim in recommendation.explanation.claims if claim.history_item_id]
    moved = {name: round(value, 2) for name, value in recommendation.signals.items()}
    parts = "  ".join(f"{name} {value:+.2f}" for name, value in moved.items() if value)
    because = f"because of {', '.join(dict.fromkeys(rows))}; " if rows else ""
    console.print(Padding(f"[dim]{_escaped(because)}score {recommendation.score:.2f} = {parts}[/]", (0, 0, 1, 3)))


def _row(claim: Claim) -> str:
    """The history rows that a claim rests on, and where the product would be without them."""
    rows = f"{claim.history_item_id} and {len(claim.also)} more" if claim.also else f"{claim.history_item_id}"
    changed = claim.counterfactual
    if changed is None or changed.rank == changed.rank_now:
        return rows
    return f"{rows} (place {changed.rank_now}, without {'them' if claim.also else 'it'} {changed.rank})"


def _price(recommendation: Recommendation) -> str:
    if recommendation.price is None:
        return ""
    return f"{recommendation.price:,.2f} {recommendation.currency or ''}".rstrip()


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
