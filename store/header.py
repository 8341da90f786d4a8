"""Finds the header of a table of delimited text among its first rows, and how its fields are separated.

The header is the row with names that columns usually have; where there is none, the first that is as wide as the rows
after it and holds no values. What stands above it is left out. A table may have no header: then its columns are named
by the user, who is told how.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from newaisle.errors import InputError
from newaisle.store.hints import Hints

DELIMITERS = (",", "\t", ";", "|", "::", "^", "~", "\x01")
_JOINT = "\x1f"  # stands for a delimiter of several characters, which the csv module does not know

_SEARCHED = 30  # rows among which the header is
_FIELDS = 2  # the least fields in a row of names
_NO_NAMES = (False, 0)
_SHOWN = 200  # characters of a row in a message
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(\\t|[^\"])\"?\s*", re.I)  # how Excel is told the delimiter
_NUMBER = re.compile(r"[-+]?[\d.,]*\d\W*")
_VALUE = re.compile(  # a number, a date or time, an address: no name of a column
    r"[-+$€£¥]*\s*[\d.,]*\d\W*|\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3})[-/. ]\d{2,4}([T ].*)?|\w+://\S+|\S+@\S+\.\w+"
)
_DATE = re.compile(r"\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3})[-/. ]\d{2,4}([T ].*)?")
_EPOCH = 1e8  # the least number that is one


@dataclass(frozen=True, slots=True)
class Row:
    """A row among the first: the lines before its end, and its cells."""

    end: int
    cells: list[str]

    @property
    def filled(self) -> int:
        return sum(map(bool, map(str.strip, self.cells)))


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, the delimiter, and how many lines there are before the first row."""

    names: list[str]
    delimiter: str
    lines: int
    cells: Sequence[str] = ()  # as the file has them


def as_csv(line: str, delimiter: str) -> str:
    """A line with a delimiter that the csv module knows."""
    return line.replace(delimiter, _JOINT) if len(delimiter) > 1 else line


def csv_options(delimiter: str) -> dict[str, Any]:
    """How the csv module reads such lines; where a delimiter has several characters, nothing is quoted."""
    several = len(delimiter) > 1
    return {
        "delimiter": _JOINT if several else delimiter,
        "quoting": csv.QUOTE_NONE if several else csv.QUOTE_MINIMAL,
        "strict": True,
    }


def find_header(lines: Sequence[str], delimiter: str | None, name: str, hints: Hints) -> Header:
    """The header of a file that begins with these lines. Raises InputError where there seems to be none."""
    skipped = next((number for number, line in enumerate(lines) if line.strip("\ufeff \t\r\n")), 0)
    told = _SEP_LINE.fullmatch(lines[skipped]) if lines else None
    if told:
        delimiter, skipped = told[1].replace("\\t", "\t"), skipped + 1
    if delimiter and not any(delimiter in line for line in lines):
        delimiter = None
    tables = [_Table(lines, skipped, mark, name, hints) for mark in ([delimiter] if delimiter else DELIMITERS)]
    return max(tables, key=lambda table: table.rank).header()


class _Table:
    """The first rows as one delimiter makes them."""

    def __init__(self, lines: Sequence[str], skipped: int, delimiter: str, name: str, hints: Hints) -> None:
        self._name, self._hints, self._delimiter = name, hints, delimiter
        self.problem: csv.Error | None = None
        self.rows = list(self._read(lines, skipped))
        widths = Counter(len(row.cells) for row in self.rows if row.filled)
        self.width = max(widths, key=lambda width: (widths[width] if width > 1 else 0, width), default=0)
        self._ranks = [self._rank_of_names(row.cells) for row in self.rows[:_SEARCHED]]
        fits = 0 < self.width == len(hints.names) or max(self._ranks, default=_NO_NAMES) > _NO_NAMES
        self.rank = (fits, widths[self.width] / max(1, widths.total()) * self.width)

    def _read(self, lines: Sequence[str], skipped: int) -> Iterator[Row]:
        taken = (as_csv(line, self._delimiter) for line in lines[skipped:])
        reader = csv.reader(taken, **csv_options(self._delimiter))
        try:
            for cells in reader:
                yield Row(skipped + reader.line_num, cells)
        except csv.Error as exc:
            self.problem = exc

    def header(self) -> Header:
        rows, hints = self.rows, self._hints
        if self.problem and not rows:
            raise InputError(f"the header of {self._name} cannot be read ({self.problem}): mend its first line")
        block = self._rows_of_names()
        if hints.names:
            return self._named(block)
        if block:
            chosen = max(block, key=lambda number: (self._ranks[number], number))
        else:
            chosen = self._first_of_width()
            block = range(chosen, chosen + 1)
            if rows and self._holds_values(chosen) and not hints.are_names(rows[chosen].cells):
                raise InputError(self._without_header(chosen))
        if block[-1] and rows:
            more = ", ".join(str(rows[number].end) for number in block if number != chosen)
            also = f", line {more} belongs to it" if more else ""
            above = "; what stands above is left out" if block[0] else ""
            hints.note(f"the header is line {rows[chosen].end}{also}{above}")
        cells = rows[chosen].cells if rows else []
        return Header(_distinct(cells), self._delimiter, rows[block[-1]].end if rows else 0, cells)

    def _rank_of_names(self, cells: Sequence[str]) -> tuple[bool, int]:
        """How much cells look like names of columns, none of which is a value."""
        hints = self._hints
        if any(_VALUE.fullmatch(cell.strip()) and hints.field_of(cell) for cell in cells):
            return _NO_NAMES
        rank = hints.rank(_distinct(cells))
        return rank if rank[1] >= _FIELDS else _NO_NAMES

    def _rows_of_names(self) -> range:
        """The row that looks most like one of names, with such rows right before and after it; none where none does."""
        ranks = self._ranks
        first = max(range(len(ranks)), key=ranks.__getitem__, default=0)
        last = first
        if not ranks or ranks[first] == _NO_NAMES:
            return range(0)
        while first and ranks[first - 1] > _NO_NAMES:
            first -= 1
        while last + 1 < len(ranks) and (ranks[last + 1] > _NO_NAMES or self._is_no_row(last + 1)):
            last += 1
        return range(first, last + 1)

    def _is_no_row(self, number: int) -> bool:
        """Whether a row below the header says something of the columns: a word where all rows below have numbers."""
        cells, below = self.rows[number].cells, [row.cells for row in self.rows[number + 1 :] if row.filled]
        columns = list(zip(*below, strict=False)) if len(below) >= _FIELDS else []
        return not any(map(re.compile(r"\d").search, cells)) and any(
            cell.strip() and all(_NUMBER.fullmatch(one.strip()) for one in column)
            for cell, column in zip(cells, columns, strict=False)
        )

    def _first_of_width(self) -> int:
        """The first row of as many fields as most have; a line of a comment is none."""
        for number, row in enumerate(self.rows[:_SEARCHED]):
            if not row.cells[:1] or row.cells[0].startswith("#"):
                continue
            if row.filled >= max(_FIELDS, self.width / 2) or self.width < _FIELDS:
                return number
        return 0

    def _holds_values(self, number: int) -> bool:
        """Whether a row is one of values: numbers, dates or addresses, or what stands in the same column below."""
        cells = [cell.strip() for cell in self.rows[number].cells]
        if len(cells) < _FIELDS or cells == list(map(str, range(len(cells)))):  # a data frame's numbered columns
            return False
        columns = list(zip(*(row.cells for row in self.rows[number + 1 :] if row.filled), strict=False))
        unknown = not self._hints.fields(cells)
        return any(map(_VALUE.fullmatch, filter(None, cells))) or any(
            cell and (cell in column or (unknown and _are_of_one_shape((cell, *column))))
            for cell, column in zip(cells, columns, strict=False)
        )

    def _named(self, block: range) -> Header:
        """The header that `--columns` stands for."""
        if block:
            raise InputError(f"{self._name} has a header, in line {self.rows[block[0]].end}: leave --columns out")
        names, first = list(self._hints.names), self._first_of_width()
        row = self.rows[first]
        if len(names) > len(row.cells):
            raise InputError(
                f"--columns names {len(names)} columns, and line {row.end} of {self._name} has {len(row.cells)}:"
                f" {_shown(row.cells)}"
            )
        before = self.rows[first - 1].end if first else 0
        return Header(names + [""] * (len(row.cells) - len(names)), self._delimiter, before)

    def _without_header(self, number: int) -> str:
        row = self.rows[number]
        names = guessed_names([row.cells for row in self.rows[number:]], histories="user_id" in self._hints.needed)
        return (
            f"{self._name} seems to have no header, its first row is {_shown(row.cells)}:"
            f" name its columns in their order, such as --columns {names}"
        )


def shape(cell: str) -> str:
    """How a cell is written: `a9` for k1 and AB007, `9` for a number."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d[\d.,]*", "9", cell.strip()))


def _are_of_one_shape(cells: Sequence[str]) -> bool:
    shapes = set(map(shape, cells))
    return len(cells) > 1 and len(shapes) == 1 and "9" in min(shapes)


def guessed_names(rows: Sequence[Sequence[str]], *, histories: bool) -> str:
    """Likely names for the columns of rows without a header, for a person to mend; what is not clear stays empty."""
    columns = [[cell.strip() for cell in column if cell.strip()] for column in zip(*rows, strict=False)]
    names = ["user_id", "item_id"] if histories else ["id"]
    for cells in columns[len(names) :]:
        kind = _field_of_values(cells) if histories else _product_field(cells, names)
        names.append("" if kind in names else kind)
    return ",".join(names).rstrip(",")


def _field_of_values(cells: Sequence[str]) -> str:
    """The field of an interaction that values may be of."""
    if cells and all(map(_NUMBER.fullmatch, cells)):
        numbers = [float(re.sub(r"[^\d.]", "", cell.replace(",", ".")) or 0) for cell in cells]
        return "timestamp" if min(numbers) >= _EPOCH else "rating" if max(numbers) <= 10 else ""
    return "timestamp" if cells and all(map(_DATE.fullmatch, cells)) else "event" if cells else ""


def _product_field(cells: Sequence[str], names: Sequence[str]) -> str:
    """The field of a product that values may be of."""
    if not cells or any(map(_VALUE.fullmatch, cells)):
        return ""
    return "category" if "title" in names else "title"


def _distinct(header: Sequence[str]) -> list[str]:
    """The header with repeated names numbered; a column without a name (a data frame's index) is left out as ''."""
    seen: Counter[str] = Counter()
    names = []
    for name in (" ".join(cell.strip("\ufeff \t\r\n").split("\n")) for cell in header):
        seen[name] += 1
        unnamed = not name or name.startswith("Unnamed: ")
        names.append("" if unnamed else f"{name} {seen[name]}" if seen[name] > 1 else name)
    return names


def _shown(cells: Sequence[str]) -> str:
    text = " | ".join(" ".join(cell.split()) for cell in cells)
    return repr(text[:_SHOWN] + "…" * (len(text) > _SHOWN))
