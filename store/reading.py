"""Opens a file of any known format and yields its records with their line numbers, as often as they are wanted.

CSV and TSV (`;` and `|` too), JSON, JSON Lines and Parquet, each perhaps in gzip, from a path, a stream or standard
input. What is no path to an ordinary file is copied to a temporary file first. Only JSON that is one array is held in
memory, and only as text of at most 128 MiB.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import shutil
import sys
import tempfile
import zlib
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal

from rapidfuzz import process

from newaisle.errors import InputError
from newaisle.store.json_rows import parse_row, rows_of_document

Source = Path | BinaryIO | Literal["-"]

FORMATS = ("csv", "tsv", "json", "jsonl", "parquet")
LONGEST_FIELD = 1 << 20  # characters
LONGEST_LINE = 1 << 25  # characters
LONGEST_RECORD = 1_000  # physical lines of one CSV record
LARGEST_ARRAY = 128 << 20  # bytes of JSON that is not JSON Lines

_SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json"}
_OTHER_KINDS = {
    b"PK\x03\x04": "a zip archive or an Excel workbook: unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
    b"BZh": "compressed with bzip2: unpack it",
    b"\xfd7zXZ": "compressed with xz: unpack it",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it",
    b"%PDF": "a PDF document: export the data as CSV",
}
_PARQUET = b"PAR1"
_MEND = "give a file that can be read"
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class Record:
    """One row as the file has it. `line` is its first physical line (in Parquet: its row), from 1."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """A part of the file that is no record, and why."""

    line: int
    reason: str
    text: str


class RecordFile:
    """One open file of records. Raises InputError for a file that cannot be read as a whole."""

    def __init__(self, source: Source, *, file_format: str | None = None, encoding: str | None = None) -> None:
        if source == Path("-"):
            source = "-"
        self.name = _name_of(source)
        self._share = 0.0  # of the file read so far, where bytes do not tell
        self._file = _unpacked(_opened(source, self.name), self.name)
        try:
            self.total_bytes = self._file.seek(0, io.SEEK_END)
            if not self.total_bytes:
                raise InputError(f"{self.name} is empty: give a file with rows")
            self._file.seek(0)
            head = self._file.read(1 << 16)
            if b"\n" not in head:  # a long first line: whether another follows it tells JSON Lines from JSON
                head += self._file.readline(LONGEST_LINE) + self._file.read(1 << 10)
            self._encoding = _encoding_of(head, encoding, self.name)
            self.format = _format_of(self.name, head, file_format, self._encoding)
        except BaseException:
            self.close()
            raise

    @property
    def bytes_read(self) -> int:
        """How far the current pass over the file has come."""
        return int(self._share * self.total_bytes) if self._share else min(self._file.tell(), self.total_bytes)

    def close(self) -> None:
        self._file.close()

    def records(self) -> Iterator[Record | Broken]:
        """One pass over the file, from its beginning."""
        self._file.seek(0)
        self._share = 0.0
        try:
            if self.format == "parquet":
                yield from self._parquet()
                return
            with self._text() as text:
                if self.format == "json":
                    yield from self._json_document(text)
                elif self.format == "jsonl":
                    yield from _json_lines(_Lines(text))
                else:
                    yield from _delimited(_Lines(text), "\t" if self.format == "tsv" else None, self.name)
        except UnicodeDecodeError as exc:
            raise InputError(_wrong_encoding(self.name, self._encoding, exc)) from exc
        except UnicodeError as exc:
            raise InputError(f"{self.name} is not {self._encoding}: name its encoding with --encoding") from exc
        except OSError as exc:
            raise InputError(f"{self.name} cannot be read ({exc.strerror or exc}): {_MEND}") from exc

    @contextmanager
    def _text(self) -> Iterator[io.TextIOWrapper]:
        view = io.TextIOWrapper(self._file, encoding=self._encoding, newline="")
        try:
            yield view
        finally:
            if not self._file.closed:
                view.detach()  # else the view closes the file when it goes

    def _json_document(self, stream: io.TextIOBase) -> Iterator[Record | Broken]:
        if self.total_bytes > LARGEST_ARRAY:
            raise InputError(
                f"{self.name} is one JSON array of {self.total_bytes >> 20} MiB, more than {LARGEST_ARRAY >> 20} MiB:"
                " convert it to JSON Lines, for example with `jq -c '.[]'`"
            )
        text = stream.read()
        line, counted = 1, 0
        try:
            for start, value in rows_of_document(text):
                line += text.count("\n", counted, start)
                counted = start
                self._share = start / len(text)
                yield _as_record(line, value, text[start : start + 2_000])
        except RecursionError as exc:
            raise InputError(f"{self.name} is nested too deeply after line {line}: flatten it") from exc
        except json.JSONDecodeError as exc:
            raise InputError(
                f"{self.name} is not valid JSON at line {exc.lineno}, column {exc.colno} ({exc.msg}): mend it there"
            ) from exc

    def _parquet(self) -> Iterator[Record | Broken]:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError as exc:
            raise InputError(f"reading {self.name} needs pyarrow: pip install 'newaisle[parquet]'") from exc
        try:
            table = pq.ParquetFile(self._file)
            row = 0
            for batch in table.iter_batches(batch_size=2_000):
                for index in range(batch.num_rows):
                    row += 1
                    try:
                        yield Record(row, batch.slice(index, 1).to_pylist()[0])
                    except (ValueError, OverflowError) as exc:
                        yield Broken(row, f"a value cannot be read: {exc}", "")
                self._share = row / max(1, table.metadata.num_rows)
        except (pa.ArrowException, OSError, ValueError) as exc:
            reason = str(exc).partition("\n")[0][:200]
            raise InputError(f"{self.name} is not a readable Parquet file ({reason}): write it anew") from exc


def _name_of(source: Source) -> str:
    if source == "-":
        return "standard input"
    return str(source if isinstance(source, Path) else getattr(source, "name", "the stream"))


def _opened(source: Source, name: str) -> BinaryIO:
    """A seekable file at its beginning: the path's own, or a temporary copy of a stream or a pipe."""
    try:
        file: BinaryIO
        if isinstance(source, Path):
            file = source.open("rb")
            if file.seekable():
                return file
        else:
            file = sys.stdin.buffer if source == "-" else source
        return _copied(file)
    except FileNotFoundError as exc:
        assert isinstance(source, Path)
        raise InputError(f"there is no file {name}{_near(source)}") from exc
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or exc
        raise InputError(f"{name} cannot be read ({reason}): {_MEND}") from exc


def _near(path: Path) -> str:
    try:
        names = [entry.name for entry in islice(path.parent.iterdir(), 1_000)]
    except OSError:
        return f": there is no folder {path.parent} either"
    match = process.extractOne(path.name, names, score_cutoff=70)
    return f": did you mean {path.parent / match[0]}?" if match else ": check the path"


def _copied(file: BinaryIO | gzip.GzipFile) -> BinaryIO:
    spool: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - RecordFile closes it
    try:
        shutil.copyfileobj(file, spool, 1 << 20)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool


def _unpacked(file: BinaryIO, name: str) -> BinaryIO:
    """The file itself, or what its gzip holds, as a temporary file."""
    head = file.read(8)
    file.seek(0)
    for magic, kind in _OTHER_KINDS.items():
        if head.startswith(magic):
            file.close()
            raise InputError(f"{name} is {kind}")
    if not head.startswith(b"\x1f\x8b"):
        return file
    try:
        with file, gzip.GzipFile(fileobj=file) as unpacked:
            return _copied(unpacked)
    except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
        raise InputError(f"{name} is a gzip file that breaks off or is damaged ({exc}): copy it again") from exc
    except OSError as exc:
        where = tempfile.gettempdir()
        raise InputError(f"{name} cannot be unpacked ({exc.strerror or exc}): see that {where} has room") from exc


def _encoding_of(head: bytes, given: str | None, name: str) -> str:
    if given:
        try:
            b"".decode(given)
            io.TextIOWrapper(io.BytesIO(), encoding=given).detach()
        except (LookupError, ValueError) as exc:
            raise InputError(f"there is no text encoding {given!r}: try --encoding utf-8, gb18030 or cp1252") from exc
        return "utf-8-sig" if codecs.lookup(given).name == "utf-8" else given
    for bom, encoding in _BOMS.items():
        if head.startswith(bom):
            return encoding
    if not head.startswith(_PARQUET) and head.count(0) > len(head) // 4:
        wide = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        raise InputError(f"{name} is not utf-8; it is probably {wide}: add --encoding {wide}")
    return "utf-8"


def _wrong_encoding(name: str, encoding: str, exc: UnicodeDecodeError) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(bytes(exc.object[:65_536])).best()
    guess = best.encoding if best and best.encoding != encoding else None
    advice = f"it is probably {guess}: add --encoding {guess}" if guess else "name its encoding with --encoding"
    return f"{name} is not {encoding.removesuffix('-sig')} (byte 0x{exc.object[exc.start]:02x}); {advice}"


def _format_of(name: str, head: bytes, given: str | None, encoding: str) -> str:
    if given is not None:
        if given not in FORMATS:
            raise InputError(f"there is no format {given!r}: take one of {', '.join(FORMATS)}")
        return given
    if head.startswith(_PARQUET):
        return "parquet"
    path = Path(name.lower().removesuffix(".gz"))
    by_suffix = _SUFFIXES.get(path.suffix)
    if by_suffix in ("csv", "tsv", "jsonl"):
        return by_suffix
    # A file called .json is often JSON Lines, and standard input has no name at all: the content decides.
    start = head.decode(encoding, "ignore").lstrip()
    if start.startswith("["):
        return "json"
    if start.startswith("{"):
        first, _, rest = start.partition("\n")
        return "jsonl" if rest.strip().startswith("{") and first.rstrip().endswith("}") else "json"
    return by_suffix or "csv"


class _Lines:
    """Physical lines, counted; lines already taken can be put back."""

    def __init__(self, stream: io.TextIOBase) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
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

    def put_back_all_but_first(self) -> None:
        self._waiting.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def _delimited(lines: _Lines, delimiter: str | None, name: str) -> Iterator[Record | Broken]:
    csv.field_size_limit(LONGEST_FIELD)
    first = next(lines, "")
    while first and not first.strip():
        first = next(lines, "")
    delimiter = delimiter or _delimiter_of(first)
    try:
        names = next(csv.reader([first], delimiter=delimiter, strict=True), [])
    except csv.Error as exc:
        raise InputError(f"the header of {name} cannot be read ({exc}): mend its first line") from exc
    columns = _distinct([column.strip("\ufeff \t\r\n") for column in names])
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.taken.clear()
        line = lines.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            # A stray quote would swallow the rows after it: give up its own line alone.
            yield Broken(line, _csv_reason(exc, len(lines.taken)), lines.taken[0])
            lines.put_back_all_but_first()
            continue
        if not any(row):
            continue
        reason = _fault(row, len(columns), lines.taken)
        if reason:
            yield Broken(line, reason, "".join(lines.taken))
        else:
            yield Record(line, {name: cell for name, cell in zip(columns, row, strict=False) if name})


def _fault(row: list[str], width: int, taken: list[str]) -> str | None:
    if len(row) != width and (len(row) < width or any(row[width:])):
        return f"it has {len(row)} fields where the header has {width}"
    return "it holds a NUL byte" if any("\0" in line for line in taken) else None


def _csv_reason(exc: csv.Error, lines: int) -> str:
    if "field limit" in str(exc):
        return "a field is longer than 1 MiB"
    if lines > 1 or "unexpected end" in str(exc):
        return "a quote is opened and not closed"
    return f"its quotes are wrong: {exc}"


def _delimiter_of(header: str) -> str:
    """The delimiter that gives the header the most columns, a comma if none does."""
    return max(",\t;|", key=lambda delimiter: len(next(csv.reader([header[:65_536]], delimiter=delimiter), [])))


def _distinct(header: list[str]) -> list[str]:
    """The header with repeated names numbered; a column without a name (a data frame's index) is left out as ''."""
    seen: Counter[str] = Counter()
    names = []
    for name in header:
        seen[name] += 1
        unnamed = not name or name.startswith("Unnamed: ")
        names.append("" if unnamed else f"{name} {seen[name]}" if seen[name] > 1 else name)
    return names


def _json_lines(lines: _Lines) -> Iterator[Record | Broken]:
    for text in lines:
        lines.taken.clear()
        if not text.isspace():
            yield _as_record(lines.number, parse_row(text), text)


def _as_record(line: int, value: object, text: str) -> Record | Broken:
    if isinstance(value, dict):
        return Record(line, value)
    return Broken(line, str(value) if isinstance(value, ValueError) else "it is not a JSON object", text)
