"""What people see: progress and notes on stderr, tables on stdout."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from newaisle.progress import StageProgress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner

    from newaisle.agent.schema.answer import Claim, Recommendation, RecommendationSet


QUIET, NORMAL, VERBOSE = -1, 0, 1
VOLUME = "newaisle.volume"  # in the `meta` of the context: one of these three
_LINE, _BARS = "newaisle.line", "newaisle.bars"  # there while they are on the screen
_PATIENCE = 0.4  # seconds before a line is drawn that says what goes on


def volume() -> int:
    """How much is said on stderr: QUIET, NORMAL or VERBOSE."""
    return int(_context_meta().get(VOLUME, NORMAL))


def note(text: str) -> None:
    """One line for a person, on stderr."""
    if volume() > QUIET:
        click.echo(text, err=True)


def error(text: str) -> None:
    """One line on stderr for what went wrong, however little is to be said."""
    click.echo(f"Error: {text}", err=True)


def detail(text: str) -> None:
    """One line on stderr for whoever wants to know what goes on: with --verbose alone."""
    if volume() >= VERBOSE:
        click.echo(text, err=True)


def can_draw() -> bool:
    """Whether stderr is a terminal that can draw over what it has drawn, and is wanted to."""
    if volume() == QUIET or not sys.stderr.isatty():
        return False
    from rich.console import Console

    return not Console(stderr=True).is_dumb_terminal


@contextmanager
def progress_bars(names: dict[str, str]) -> Iterator[StageProgress]:
    """A bar on stderr for each stage, under the name given for it, until all is done; in a terminal alone."""
    seconds: dict[str, tuple[float, float]] = {}  # of each stage: its begin and its last news

    with _bars() as draw:

        def show(stage: str, done: int, total: int) -> None:
            now = time.perf_counter()
            seconds[stage] = (seconds.get(stage, (now, now))[0], now)
            draw(names.get(stage, stage), done, total)

        yield show
    for stage, (begin, end) in seconds.items():
        detail(f"{names.get(stage, stage)}: {end - begin:.2f} s")


@contextmanager
def _bars() -> Iterator[StageProgress]:
    if not can_draw():
        yield lambda name, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bars = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    tasks: dict[str, TaskID] = {}

    def draw(name: str, done: int, total: int) -> None:
        if not tasks:
            _begin_bars()
            bars.start()
        if name not in tasks:
            tasks[name] = bars.add_task(name, total=total)
        bars.update(tasks[name], completed=done, total=total)

    try:
        yield draw
    finally:
        bars.stop()
        _context_meta()[_BARS] = False


@contextmanager
def working(text: str) -> Iterator[None]:
    """A line on stderr that says what goes on, once it takes longer than a moment; in a terminal alone.

    It vanishes at the end; `say` changes it meanwhile.
    """
    meta = _context_meta()
    if meta.get(_BARS) or not can_draw():
        yield
        return
    line = meta[_LINE] = _Line(text)
    try:
        yield
    finally:
        line.stop()


def say(text: str) -> None:
    """What goes on now, on the line of `working` where there is one."""
    if line := _context_meta().get(_LINE):
        line.say(text)


def _begin_bars() -> None:
    """Two things that are drawn over and over would get in each other's way."""
    meta = _context_meta()
    meta[_BARS] = True
    if line := meta.get(_LINE):
        line.stop()


def _context_meta() -> dict[str, Any]:
    """What is kept of this run of the command line."""
    context = click.get_current_context(silent=True)
    return {} if context is None else context.meta


class _Line:
    """Drawn by a timer of its own, so that what is quick shows nothing."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._live: Live | None = None
        self._is_over = False
        self._lock = threading.Lock()
        self._timer = threading.Timer(_PATIENCE, self._draw)
        self._timer.daemon = True
        self._timer.start()

    def say(self, text: str) -> None:
        with self._lock:
            self._text = text
            if self._live:
                self._live.update(self._spinner())

    def stop(self) -> None:
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            if self._live:
                self._live.stop()
            self._live = None

    def _draw(self) -> None:
        from rich.console import Console
        from rich.live import Live

        with self._lock:
            if not self._is_over:
                # stdout may go elsewhere: what is written there is left alone.
                self._live = Live(self._spinner(), console=Console(stderr=True), transient=True, redirect_stdout=False)
                self._live.start()

    def _spinner(self) -> Spinner:
        from rich.spinner import Spinner
        from rich.text import Text

        return Spinner("dots", Text(self._text, style="dim"))


def rows(count: int) -> str:
    """So many rows: `1 row`, `2,000 rows`."""
    return "1 row" if count == 1 else f"{count:,} rows"


def print_table(answer: RecommendationSet) -> None:
    """A recommendation set for people: a line per product, its reason under it; with --verbose what moved its score."""
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


def stdout_console() -> Console:
    """A console for tables on stdout."""
    from rich.console import Console

    # A pipe has no width; a wide one keeps each product on its line.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def _print_heading(console: Console, answer: RecommendationSet) -> None:
    who = answer.request.user_id or "somebody without a history"
    new = " (new to the catalogue)" if answer.category.is_new_to_catalogue else ""
    console.print(f"[bold]{_escaped(answer.category.name)}[/]{new} for [bold]{_escaped(who)}[/]")
    if volume() >= VERBOSE and answer.category.nearest:
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
    if volume() >= VERBOSE:
        console.print(Padding(f"[dim]{_escaped(_score(recommendation))}[/]", (0, 0, 0, 3)))
    console.print()


def _score(recommendation: Recommendation) -> str:
    """The history rows behind a recommendation, and the parts of its score."""
    rows = [_row(claim) for claim in recommendation.explanation.claims if claim.history_item_id]
    because = f"because of {', '.join(dict.fromkeys(rows))}; " if rows else ""
    moved = {name: round(value, 2) for name, value in recommendation.signals.items()}
    parts = "  ".join(f"{name} {value:+.2f}" for name, value in moved.items() if value)
    return f"{because}score {recommendation.score:.2f} = {parts}"


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
