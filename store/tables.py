"""Rows of delimited text (CSV, TSV and the like), also where its quotes are not as they should be.

What is quoted as the csv module writes it is read as it was written. A stray quote would make one field of the rows
after it; where they are rows by themselves, they are read as such.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence

from newaisle.store.header import Header, as_csv, csv_options, find_header, shape
from newaisle.store.hints import Hints
from newaisle.store.records import Broken, Record

LONGEST_FIELD = 1 << 20  # characters
LONGEST_LINE = 1 << 25  # characters
LONGEST_RECORD = 1_000  # physical lines of one CSV record
_PEEKED = 60  # lines among which the header is looked for
_PEEKED_TEXT = 1 << 18  # characters of them

_EXCEL_TEXT = re.compile(r'="(.*)"', re.S)  # how a spreadsheet is told to keep 00456 as text
# A cell with a space before its quotes, which the csv module never writes.
_SPACED = re.compile(r'(?:^|[,;|\t]) +"[^",;|\s][^"]*" *(?:[,;|\t\r\n]|$)')
_BREAK = re.compile(r"\r\n|\r|\n")
_MOST = 2 / 3  # of the cells that are compared
_DIGIT, _NUMBER = re.compile(r"\d"), re.compile(r"\W*\d[\d.,]*\W*")


class Lines:
    """Physical lines, counted; lines already taken can be put back."""

    def __init__(self, stream: io.TextIOBase) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._stream.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) >= LONGEST_LINE:
            while (more := self._stream.readline(LONGEST_LINE)) and not more.endswith(("\n", "\r")):
                pass
        self.number += 1
        self.taken.append(line)
        if len(self.taken) > LONGEST_RECORD:
            raise csv.Error("the record has too many lines")
        return line

    def peek(self) -> list[str]:
        """The next lines, which stay to be taken."""
        size = 0
        while len(self._waiting) < _PEEKED and size < _PEEKED_TEXT:
            line = self._stream.readline(LONGEST_LINE)
            if not line:
                break
            self._waiting.append(line)
            size += len(line)
        return list(self._waiting)

    def put_back_all_but_first(self) -> None:
        self._waiting.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        del self.taken[1:]


def table_rows(lines: Lines, delimiter: str | None, name: str, hints: Hints) -> Iterator[Record | Broken]:
    """The rows of a table; `delimiter` None is found. Raises InputError where the columns have no names."""
    csv.field_size_limit(LONGEST_FIELD)
    first = lines.peek()
    header = find_header(first, delimiter, name, hints)
    for _ in range(header.lines):
        next(lines)
        lines.taken.clear()
    quotes = _Quotes(header, hints)
    names, width, repeated = header.names, len(header.names), list(header.cells)
    all_named = all(names)
    reader = csv.reader(
        quotes.lines(lines),
        **csv_options(header.delimiter),
        skipinitialspace=any(map(_SPACED.search, first)),
    )
    while True:
        lines.taken.clear()
        line, reason = lines.number + 1, None
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            row, reason = [], _csv_reason(exc, len(lines.taken))
        if not reason:
            if not any(row):
                continue
            if len(row) != width and (len(row) < width or any(row[width:])):
                reason = f"it has {len(row)} fields where the header has {width}"
        if reason or len(lines.taken) > 1:
            row, reason = quotes.second_look(row, reason, lines)
        for text in lines.taken:
            if "\0" in text:
                reason = "it holds a NUL byte"
            if '="' in text:
                row = quotes.without_formulas(row)
        if row == repeated:
            reason = "it repeats the header"
        if reason:
            yield Broken(line, reason, "".join(lines.taken))
        elif all_named:
            yield Record(line, dict(zip(names, row, strict=False)))
        else:
            yield Record(line, {name: cell for name, cell in zip(names, row, strict=False) if name})


class _Quotes:
    """What becomes of rows whose quotes are not as they should be."""

    def __init__(self, header: Header, hints: Hints) -> None:
        self._delimiter, self._width, self._hints = header.delimiter, len(header.names), hints

    def lines(self, lines: Lines) -> Iterator[str]:
        """Lines as the csv module can read them."""
        if len(self._delimiter) == 1:
            return lines
        return (as_csv(line, self._delimiter) for line in lines)

    def without_formulas(self, row: list[str]) -> list[str]:
        """The row with ="00456", by which a spreadsheet keeps it text, as 00456."""
        found = [match[1] if (match := _EXCEL_TEXT.fullmatch(cell)) else cell for cell in row]
        if found != row:
            self._hints.note('="…" is read as what stands between the quotes')
        return found

    def second_look(self, row: list[str], reason: str | None, lines: Lines) -> tuple[list[str], str | None]:
        """A row that has faults, or several lines, and the reason why it cannot be used, as they are best read.

        Lines that turn out to be rows of their own are put back.
        """
        taken = lines.taken
        if row and len(taken) == 1:
            return row, reason
        plain = [text.rstrip("\r\n").split(self._delimiter) for text in (taken if row else taken[:1])]
        if row and reason and any(len(cells) != self._width for cells in plain):
            return row, reason
        if row and not reason:
            field = _SpanningField(row[: self._width], plain)
            if not field.may_be_rows():
                return row, None
            if not field.are_rows():
                return row, f"a quote makes one row of {len(taken)} lines, of which some may be rows: mend its quotes"
        lines.put_back_all_but_first()
        if not row and '\\"' in taken[0] and (escaped := self._escaped(taken[0])):
            return escaped, None
        if len(plain[0]) != self._width or max(map(len, plain[0])) > LONGEST_FIELD:
            return row, reason
        self._hints.note("quotes that are not closed, or stand within a field, are read as part of the text")
        return plain[0], None

    def _escaped(self, text: str) -> list[str] | None:
        """The cells of a line in which a backslash stands before quotes that are part of the text."""
        options = csv_options(self._delimiter)
        reader = csv.reader([as_csv(text, self._delimiter)], escapechar="\\", doublequote=False, **options)
        try:
            (row,) = reader
        except (csv.Error, ValueError):
            return None
        return row if len(row) == self._width else None


class _SpanningField:
    """The first field of a row that spans lines, and those lines as rows without quotes."""

    def __init__(self, row: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
        spanning = [i for i, cell in enumerate(row) if "\n" in cell or "\r" in cell]
        self._row, self._inside = row, spanning[0]
        self._breaks = len(_BREAK.findall(row[self._inside]))
        # The line on which it closes goes on to the next where another field spans lines too.
        self._lines = lines[: self._breaks + (len(spanning) == 1)]
        self._outside = [i for i in range(len(row)) if i not in spanning]

    def may_be_rows(self) -> bool:
        """Whether several lines are as wide as the row, and mostly of the kind of what surely is outside the field."""
        if len(self._lines) < 2 or any(len(cells) != len(self._row) for cells in self._lines):
            return False
        pairs = [
            (self._row[i], cells[i])
            for number, cells in enumerate(self._lines)
            for i in self._outside
            if (number > 0 if i < self._inside else number < self._breaks) and cells[i].strip()
        ]
        return bool(pairs) and sum(_kind(one) == _kind(other) for one, other in pairs) >= _MOST * len(pairs)

    def are_rows(self) -> bool:
        """Whether lines that may be rows surely are: two columns tell, and one has ids or numbers of one shape."""
        shapes = [{shape(cells[i]) for cells in (self._row, *self._lines)} for i in self._outside]
        return len(shapes) > 1 and any(len(found) == 1 and "9" in min(found) for found in shapes)


def _kind(cell: str) -> str:
    return "number" if _NUMBER.fullmatch(cell) else "code" if _DIGIT.search(cell) else "words"


def _csv_reason(exc: csv.Error, lines: int) -> str:
    if "field limit" in str(exc):
        return "a field is longer than 1 MiB"
    if lines > 1 or "unexpected end" in str(exc):
        return "a quote is opened and not closed"
    return f"its quotes are wrong: {exc}"
