"""What people see on stderr while a command runs: notes, progress, and a line on what goes on."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from newaisle.progress import StageProgress, silent

if TYPE_CHECKING:
    from rich.live import Live
    from rich.spinner import Spinner


QUIET, NORMAL, VERBOSE = -1, 0, 1
VOLUME = "newaisle.volume"  # in the `meta` of the context: one of these three
_LINE, _BARS = "newaisle.line", "newaisle.bars"  # there while they are on the screen
_PATIENCE = 0.4  # seconds before a line is drawn that says what goes on


def volume() -> int:
    """How much is said on stderr: QUIET, NORMAL or VERBOSE."""
    return int(_context_meta().get(VOLUME, NORMAL))


def note(text: str) -> None:
    """Print one line for a person, on stderr."""
    if volume() > QUIET:
        click.echo(text, err=True)


def error(text: str) -> None:
    """Print one line on stderr for what went wrong, however little is to be said."""
    click.echo(f"Error: {text}", err=True)


def detail(text: str) -> None:
    """Print one line on stderr for whoever wants to know what goes on: with --verbose alone."""
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
        yield silent
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
    """Say what goes on now, on the line of `working` where there is one."""
    if line := _context_meta().get(_LINE):
        line.say(text)


def _begin_bars() -> None:
    """Take the line away for the bars: two things that are drawn over and over get in each other's way."""
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


def counted(count: int, noun: str) -> str:
    """So many of something: `1 row`, `2,000 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def rows(count: int) -> str:
    """So many rows."""
    return counted(count, "row")
