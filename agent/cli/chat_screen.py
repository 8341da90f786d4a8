"""What people see of a chat: tables, reasons, notes, and what goes on while they wait."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from newaisle.agent.chat.replies import Reply
from newaisle.agent.cli.profile import print_profile
from newaisle.agent.cli.prompts_render import print_preview
from newaisle.agent.cli.tables import stdout_console
from newaisle.agent.cli.why_text import print_why, print_why_not
from newaisle.agent.schema.answer import Recommendation, RecommendationSet
from newaisle.agent.schema.profile import Profile
from newaisle.agent.schema.why import Why, WhyNot
from newaisle.agent.why.preview import Preview

_NARROW = 64  # columns that a brand of its own column needs
_WIDEST_BRAND = 18
_SHORTEST_TITLE = 16
_PLACE = 2
_PIPED = 100  # columns of a transcript: a pipe has no width, and a wide one keeps lines whole


@dataclass(slots=True)
class Waiting:
    """What a turn that is being answered reports to, and is stopped by."""

    on_chosen: Callable[[list[Recommendation]], None] = lambda recommendations: None
    cancel: threading.Event = field(default_factory=threading.Event)


class Screen:
    """Prints a chat to stdout."""

    def __init__(self) -> None:
        self.measure()

    def measure(self) -> None:
        """Take the width of the terminal anew: people resize theirs between two answers."""
        # rich takes every dumb terminal for 80 columns wide.
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPED
        self.console = Console(highlight=False, width=width)

    @property
    def is_terminal(self) -> bool:
        """Whether somebody is there to type and to read."""
        return sys.stdin.isatty() and self.console.is_terminal

    @property
    def is_live(self) -> bool:
        """Whether it can draw over what it has drawn, for somebody who waits."""
        return self.is_terminal and not self.console.is_dumb_terminal

    def line(self, text: str, style: str | None = None) -> None:
        """Print one paragraph; what looks like markup in it is printed as it is."""
        self.console.print(text, style=style, markup=False)

    def turn(self, text: str) -> None:
        """What was said, where no terminal has shown it."""
        for number, line in enumerate(text.splitlines() or [""]):
            self.console.print(f"{'> ' if number == 0 else '. '}{line}", markup=False, soft_wrap=True)

    def reply(self, reply: Reply) -> None:
        """A whole answer: what was read, what is said, the recommendations, the constraints and notes."""
        self.measure()
        if reply.understood:
            self.line(reply.understood, style="dim")
        if reply.text:
            self.line(reply.text)
        if reply.whole is not None:
            print_whole(reply.whole)
        if reply.answer is not None:
            self._answer(reply.answer)
        for text in reply.notes:
            self.line(text, style="cyan")
        if reply.answer is not None:
            self._warnings(reply.answer)

    def _answer(self, answer: RecommendationSet) -> None:
        who = answer.request.user_id or "somebody without a history"
        self.line(f"{answer.category.name} for {who}", style="bold")
        if answer.recommendations:
            self._table(answer.recommendations)
        else:
            self.line("Nothing is left to recommend.")

    def _table(self, recommendations: Sequence[Recommendation]) -> None:
        table = table_of(recommendations, self.console)
        if self.console.is_terminal:
            self.console.print(table)
            return
        with self.console.capture() as captured:
            self.console.print(table)
        for line in captured.get().splitlines():  # in a file nobody wants what fills a line up
            self.console.print(line.rstrip(), markup=False, soft_wrap=True)

    def _warnings(self, answer: RecommendationSet) -> None:
        for warning in answer.warnings:
            self.line(f"note: {warning}", style="yellow")
        if answer.degraded:
            self.line("degraded: made without a part that failed; `newaisle doctor` says how to mend it", "yellow")

    @contextmanager
    def waiting(self) -> Iterator[Waiting]:
        """While a turn is answered: the recommendations are on the screen as soon as they are chosen.

        Ctrl-C then stops the wording of their reasons, and before that the turn (KeyboardInterrupt). What was drawn is
        gone at the end: the answer replaces it. In a pipe nothing is drawn, and Ctrl-C ends the program.
        """
        if not self.is_live:
            yield Waiting()
            return
        waiting, is_chosen = Waiting(), threading.Event()
        self.measure()

        def stop(*_: Any) -> None:
            if not is_chosen.is_set() or waiting.cancel.is_set():
                raise KeyboardInterrupt
            waiting.cancel.set()

        with Live(_working("thinking"), console=self.console, transient=True, refresh_per_second=8) as live:

            def chosen(recommendations: list[Recommendation]) -> None:
                is_chosen.set()
                live.update(_with_progress(table_of(recommendations, self.console, is_final=False)), refresh=True)

            waiting.on_chosen = chosen
            before = signal.signal(signal.SIGINT, stop)
            try:
                yield waiting
            finally:
                signal.signal(signal.SIGINT, before)


def print_whole(found: Any) -> None:
    """What a command shows whole, by what its twin on the command line prints it with."""
    match found:
        case Why():
            print_why(found)
        case WhyNot():
            print_why_not(found, None)
        case Profile():
            print_profile(stdout_console(), found)
        case Preview():
            print_preview(found)
        case RecommendationSet():
            click.echo(found.model_dump_json(indent=2))


def table_of(recommendations: Sequence[Recommendation], console: Console, *, is_final: bool = True) -> Group:
    """Place, title, brand and price of each, the reason under it; in a narrow terminal the brand follows the title."""
    brand_width = min(_WIDEST_BRAND, max((cell_len(one.brand or "") for one in recommendations), default=0))
    price_width = max((cell_len(_price(one)) for one in recommendations), default=0)
    if console.width < _NARROW:
        brand_width = 0
    shown: list[RenderableType] = []
    for one in recommendations:
        shown.append(_head(one, console.width, brand_width, price_width))
        reason = Text(one.explanation.text, style="" if is_final else "dim")
        shown.append(Padding(reason, (0, 0, 0, _PLACE + 1), expand=False))
    return Group(*shown)


def _head(one: Recommendation, width: int, brand_width: int, price_width: int) -> RenderableType:
    left = width - _PLACE - 1 - (brand_width + 1 if brand_width else 0) - (price_width + 1 if price_width else 0)
    title = Text(one.title, style="bold")
    title.truncate(2 * max(left, _SHORTEST_TITLE) - 4, overflow="ellipsis")  # two lines, broken between words
    if one.brand and not brand_width:
        title.append(f" {one.brand}", style="not bold cyan")
    cells = [Text(str(one.rank), style="bold"), title]
    line = Table.grid(expand=True, padding=(0, 1, 0, 0))
    line.add_column(justify="right", width=_PLACE)
    line.add_column(ratio=1)
    if brand_width:
        line.add_column(width=brand_width, no_wrap=True, overflow="ellipsis")
        cells.append(Text(one.brand or "", style="cyan"))
    if price_width:
        line.add_column(width=price_width, justify="right", no_wrap=True)
        cells.append(Text(_price(one)))
    line.add_row(*cells)
    return line


def _price(one: Recommendation) -> str:
    most = "" if one.highest_price is None else f"–{one.highest_price:,.2f}"
    return "" if one.price is None else f"{one.price:,.2f}{most} {one.currency or ''}".rstrip()


def _working(what: str) -> RenderableType:
    return Spinner("dots", Text(f"{what}; Ctrl-C stops", style="dim"))


def _with_progress(table: Group) -> Group:
    return Group(table, _working("wording the reasons"))
