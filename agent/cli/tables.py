"""Tables, lists and JSON on stdout: one renderer for all commands. rich is imported only when something is drawn."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table

Column = Mapping[str, Any]  # of a grid, as rich takes it
TEXT: Column = {}
NUMBER: Column = {"justify": "right", "no_wrap": True}
PLACE: Column = {"justify": "right", "width": 2}
REST: Column = {"ratio": 1}  # what the others leave of the line
_INDENT = 3


def print_json(value: Any) -> None:
    """Print plain data as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def stdout_console() -> Console:
    """A console for tables on stdout."""
    from rich.console import Console

    # A pipe has no width; a wide one keeps each product on its line.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def escaped(text: str) -> str:
    """A text in which nothing is read as markup."""
    from rich.markup import escape

    return escape(text)


def indented(markup: str, *, by: int = _INDENT, below: int = 0) -> Padding:
    """A text under the line that it belongs to, with so many empty lines below."""
    from rich.padding import Padding

    return Padding(markup, (0, 0, below, by))


def aside(text: str, *, by: int = _INDENT) -> Padding:
    """What only some readers look at, under the line that it belongs to."""
    return indented(f"[dim]{escaped(text)}[/]", by=by)


def grid(*columns: Column, whole_width: bool = False) -> Table:
    """Rows under each other without headings."""
    from rich.table import Table

    made = Table.grid(expand=whole_width, padding=(0, 1))
    for column in columns:
        made.add_column(**column)
    return made


def table(
    *headings: str,
    title: str | None = None,
    lines: Literal["none", "heading", "all"] = "heading",
    texts: Collection[str] = (),
    padding: tuple[int, int] | tuple[int, int, int, int] = (0, 1),
    first: Column = TEXT,
    others: Column = TEXT,
) -> Table:
    """A table with headings: the first column and those of `texts` are texts, the others numbers.

    lines: which are drawn. first, others: what holds for the first column, and for all others.
    """
    from rich import box
    from rich.table import Table

    boxes = {"none": None, "heading": box.SIMPLE_HEAD, "all": box.HEAVY_HEAD}
    made = Table(title=title, title_justify="left", box=boxes[lines], pad_edge=lines == "all", padding=padding)
    for number, heading in enumerate(headings):
        is_text = number == 0 or heading in texts
        made.add_column(heading, justify="left" if is_text else "right", **(others if number else first))
    return made
