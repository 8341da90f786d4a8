"""Opens a file of any known format and yields its records with their line numbers, as often as they are wanted.

CSV and TSV (`;`, `|` and `::` too), JSON, JSON Lines and Parquet, each perhaps in gzip, from a path, a stream or
standard input. Only JSON that is not JSON Lines is held in memory, and only as text of at most 128 MiB.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newaisle.errors import InputError
from newaisle.store.encodings import advice, encoding_of, is_utf8
from newaisle.store.files import MEND, PARQUET, Source, name_of, opened
from newaisle.store.hints import Hints
from newaisle.store.json_rows import json_lines, literal, rows_of_document
from newaisle.store.records import Broken, Record
from newaisle.store.tables import LONGEST_FIELD, LONGEST_LINE, Lines, table_rows

__all__ = ["FORMATS", "LONGEST_FIELD", "Broken", "Record", "RecordFile", "Source"]

FORMATS = ("csv", "tsv", "json", "jsonl", "parquet")
LARGEST_ARRAY = 128 << 20  # bytes of JSON that is not JSON Lines

_SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json"}


class RecordFile:
    """One open file of records; `hints` gathers what there is to say about it.

    Raises InputError for a file that cannot be read as a whole.
    """

    def __init__(
        self,
        source: Source,
        *,
        file_format: str | None = None,
        encoding: str | None = None,
        hints: Hints | None = None,
    ) -> None:
        if source == Path("-"):
            source = "-"
        self.name = name_of(source)
        self.hints = hints or Hints()
        self._share = 0.0  # of the file read so far, where bytes do not tell
        self._file = opened(source, self.name)
        try:
            self.total_bytes = self._file.seek(0, io.SEEK_END)
            if not self.total_bytes:
                raise InputError(f"{self.name} is empty: give a file with rows")
            self._file.seek(0)
            head = self._file.read(1 << 16)
            if b"\n" not in head:  # a long first line: whether another follows it tells JSON Lines from JSON
                head += self._file.readline(LONGEST_LINE) + self._file.read(1 << 10)
            if head.startswith(PARQUET):
                self._encoding = "utf-8"
            else:
                self._encoding = self._encoding_of(head, encoding)
            self.format = _format_of(self.name, head, file_format, self._encoding)
            if self.hints.names and self.format not in ("csv", "tsv"):
                raise InputError(f"{self.name} is {self.format}, whose columns have names: leave --columns out")
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
                    yield from self._json_lines(text)
                else:
                    delimiter = "\t" if self.format == "tsv" else None
                    yield from table_rows(Lines(text), delimiter, self.name, self.hints)
        except UnicodeError as exc:
            raise InputError(advice(self._file, self.name, self._encoding)) from exc
        except OSError as exc:
            raise InputError(f"{self.name} cannot be read ({exc.strerror or exc}): {MEND}") from exc

    def _encoding_of(self, head: bytes, given: str | None) -> str:
        encoding = encoding_of(head, given, self.name)
        while given and head and head.isascii():
            head = self._file.read(1 << 20)
        if given and not encoding.startswith("utf") and is_utf8(head):
            self.hints.note(f"it is UTF-8, and was read so, not as {given}")
            return "utf-8-sig"
        return encoding

    @contextmanager
    def _text(self) -> Iterator[io.TextIOWrapper]:
        view = io.TextIOWrapper(self._file, encoding=self._encoding, newline="")
        try:
            yield view
        finally:
            if not self._file.closed:
                view.detach()  # else the view closes the file when it goes

    def _json_lines(self, stream: io.TextIOBase) -> Iterator[Record | Broken]:
        lines = Lines(stream)
        for text, value in json_lines(lines, self.hints):
            lines.taken.clear()
            yield _as_record(lines.number, value, text)

    def _json_document(self, stream: io.TextIOBase) -> Iterator[Record | Broken]:
        if self.total_bytes > LARGEST_ARRAY:
            raise InputError(
                f"{self.name} is one JSON document of {self.total_bytes >> 20} MiB, more than {LARGEST_ARRAY >> 20}"
                " MiB: convert it to JSON Lines, for example with `jq -c '.[]'`"
            )
        text = stream.read()
        value = literal(text, self.hints) if text.lstrip("\ufeff \t\r\n[{").startswith("'") else None
        if value is not None:
            text = json.dumps(value, default=str)
        line, counted = 1, 0
        try:
            for start, value in rows_of_document(text, self.hints):
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


def _format_of(name: str, head: bytes, given: str | None, encoding: str) -> str:
    if given is not None:
        if given not in FORMATS:
            raise InputError(f"there is no format {given!r}: take one of {', '.join(FORMATS)}")
        return given
    if head.startswith(PARQUET):
        return "parquet"
    path = Path(name.lower().removesuffix(".gz"))
    by_suffix = _SUFFIXES.get(path.suffix)
    # A file called .json is often JSON Lines, one called .jsonl objects over several lines, and standard input has no
    # name at all: the content decides.
    start = head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        first, _, rest = start.partition("\n")
        closed, again = first.rstrip().endswith("}"), rest.lstrip().startswith("{")
        one_a_line = closed or again if by_suffix == "jsonl" else (closed or first.rstrip().endswith("},")) and again
        return "jsonl" if one_a_line else "json"
    array = re.match(r"\[\s*[{\]]" if by_suffix in ("csv", "tsv") else r"\[", start)
    return "json" if array else by_suffix or "csv"


def _as_record(line: int, value: object, text: str) -> Record | Broken:
    if isinstance(value, dict):
        return Record(line, value)
    return Broken(line, str(value) if isinstance(value, ValueError) else "it is not a JSON object", text)
