"""Reads a shop: a catalogue as Products, histories as Interactions, each cleaned and checked row by row.

A file is passed over twice: once to find what holds for all of it (columns, how prices and times are written, the scale
of the ratings, which ids come back), once to make the rows. Memory holds some bytes a row, never the rows.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from newaisle.errors import InputError
from newaisle.progress import Progress
from newaisle.store.catalogue import ProductMaker
from newaisle.store.cleaning import BadValue, clean_text, flat_text, replace_surrogates
from newaisle.store.columns import Columns, id_hash
from newaisle.store.formats import Format
from newaisle.store.headers import CATALOGUE, HISTORIES
from newaisle.store.hints import Hints
from newaisle.store.histories import InteractionMaker
from newaisle.store.liking import Meaning
from newaisle.store.prices import parse_locale
from newaisle.store.reading import LONGEST_FIELD, Broken, Record, RecordFile, Source
from newaisle.store.report import ReadReport, Reject
from newaisle.store.rows import Interaction, Product

__all__ = ["ReadOptions", "ReadReport", "Reading", "Reject", "Source", "open_catalogue", "open_histories"]

Row = TypeVar("Row", covariant=True)
_LONGEST_REJECT = 2_000  # characters of the row kept with a reject
_SAMPLED = 1_000  # records whose keys are looked at before the columns are chosen
_PROGRESS_EVERY = 500  # records
_IDS_LOOKED_AT = 20_000  # records of a catalogue, to tell which column of histories has its ids
_DIFFERENT = 0.9  # share of the values in a column of ids that differ


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the user says about a file; what is None or empty is found.

    `mapping`: field -> columns (`store.columns.parse_mapping`). `event_map`: value in the file -> Event or "ignore".
    `columns`: the names of a file without a header, in order; those with a user_id are the histories' names.
    """

    mapping: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    event_map: Mapping[str, Meaning] = field(default_factory=dict)
    locale: str | None = None
    encoding: str | None = None
    file_format: str | None = None
    formats: Sequence[Format] = ()  # the user's own (`store.formats.read_format`)
    columns: tuple[tuple[str, ...], ...] = ()

    def names(self, *, histories: bool) -> tuple[str, ...]:
        """The names of the columns of the histories, or of the catalogue; none where the file's header has them.

        Raises InputError for two lists of one kind.
        """
        field_of = Columns(HISTORIES, self.mapping).field_of
        lists = [names for names in self.columns if ("user_id" in map(field_of, names)) == histories]
        if len(lists) > 1:
            raise InputError("--columns is given twice for one file: the histories' names are those with a user_id")
        return lists[0] if lists else ()


class _Maker(Protocol[Row]):
    """Makes the rows of one kind; sees every record once before it makes any."""

    columns: Columns
    used_ids: set[int]

    def expand(self, record: dict[str, Any]) -> Iterable[dict[str, Any]]: ...

    def survey(self, record: dict[str, Any]) -> None: ...

    def settle(self, report: ReadReport) -> None: ...

    def make(self, record: dict[str, Any], report: ReadReport) -> Iterator[Row]: ...

    def finish(self, report: ReadReport) -> Iterator[Row]: ...


class Reading(Generic[Row]):
    """The rows of one file, to be iterated once; `report` is complete when they are exhausted.

    `line` is the line of the row read last. Close it (or use `with`) when not all rows are taken.
    """

    def __init__(
        self,
        file: RecordFile,
        maker: _Maker[Row],
        *,
        on_reject: Callable[[Reject], None],
        on_progress: Progress,
    ) -> None:
        self.name = file.name
        self.total_bytes = file.total_bytes
        self.report = ReadReport()
        self.line = 0
        self.rejected_ids: set[str] = set()  # of products of which a row was rejected
        self.unread = 0  # rows of which not even the id can be read
        self._file = file
        self._maker = maker
        self._on_reject = on_reject
        self._on_progress = on_progress
        try:
            self._survey()
        except BaseException:
            self.close()
            raise

    @property
    def used_ids(self) -> Set[int]:
        """Hashes of the ids that histories have for products."""
        return self._maker.used_ids

    def __enter__(self) -> Reading[Row]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Row]:
        try:
            for record in self._records(second=True):
                self.report.read += 1
                self.line = record.line
                yield from self._rows(record)
            rows = list(self._maker.finish(self.report))
            self.report.kept += len(rows)
            yield from rows
        finally:
            self.close()

    def _survey(self) -> None:
        sample: list[dict[str, Any]] = []
        surveyed = broken = 0
        columns = self._maker.columns

        def survey_sample() -> None:
            # A dict keeps the order of the columns; a late row must not decide before an early one.
            columns.notice(dict.fromkeys(name for record in sample for name in record), tuple(sample))
            for record in sample:
                self._maker.survey(record)
            sample.clear()

        for record in self._records(second=False):
            if isinstance(record, Broken):
                broken += 1
                continue
            surveyed += 1
            if surveyed <= _SAMPLED:
                sample.append(record.values)
                continue
            if sample:
                survey_sample()
            columns.notice(record.values)
            self._maker.survey(record.values)
        survey_sample()
        if surveyed:
            columns.check(self.name)
        elif not broken:
            raise InputError(f"{self.name} has no rows: export it again")
        self._maker.settle(self.report)
        self.report.format = columns.format.name if columns.format else None
        self.report.columns = columns.understood()
        self.report.notes += self._file.hints.notes

    def _records(self, *, second: bool) -> Iterator[Record | Broken]:
        """One of the two passes; both together take the progress from nothing to all."""
        before = self.total_bytes if second else 0
        for count, record in enumerate(self._file.records()):
            if count % _PROGRESS_EVERY == 0:
                self._on_progress((before + self._file.bytes_read) // 2, self.total_bytes)
            if isinstance(record, Broken):
                yield record
            else:
                for values in self._maker.expand(record.values):
                    yield record if values is record.values else Record(record.line, values)
        self._on_progress((before + self.total_bytes) // 2, self.total_bytes)

    def _rows(self, record: Record | Broken) -> Iterator[Row]:
        if isinstance(record, Broken):
            self.unread += 1
            self._reject(record.line, record.reason, record.text)
            return
        try:
            _check_lengths(record.values)
            for row in self._maker.make(record.values, self.report):
                self.report.kept += 1
                yield row
        except BadValue as exc:
            self.rejected_ids.add(flat_text(self._maker.columns.first("id", record.values)).strip())
            self._reject(record.line, str(exc), record.values)

    def _reject(self, line: int, reason: str, row: dict[str, Any] | str) -> None:
        self.report.rejected += 1
        self._on_reject(Reject(self.name, line, clean_text(reason), _shown(row)))


def open_catalogue(
    source: Source,
    options: ReadOptions = ReadOptions(),
    *,
    on_reject: Callable[[Reject], None],
    on_progress: Progress = lambda done, total: None,
    used_ids: Set[int] = frozenset(),
) -> Reading[Product]:
    """The products of a file (a path, a binary stream, or "-"); several rows of one product are yielded once.

    `used_ids`: hashes (`store.columns.id_hash`) of the ids in histories, to tell which of several columns is the id.
    Raises InputError for a file or option that cannot be used; a row that cannot goes to `on_reject`.
    """
    locale = parse_locale(options.locale) if options.locale else None
    maker = ProductMaker(Columns(CATALOGUE, options.mapping, formats=options.formats, used_ids=used_ids), locale)
    file = _opened(source, options, maker.columns)
    return Reading(file, maker, on_reject=on_reject, on_progress=on_progress)


def open_histories(
    source: Source,
    options: ReadOptions = ReadOptions(),
    *,
    on_reject: Callable[[Reject], None],
    on_progress: Progress = lambda done, total: None,
    catalogue: Source | None = None,
) -> Reading[Interaction]:
    """The interactions of a file; as `open_catalogue`. `catalogue`: whose ids tell which column has the products."""
    locale = parse_locale(options.locale) if options.locale else None
    known_ids = cache(partial(_ids_of, catalogue, options))
    columns = Columns(HISTORIES, options.mapping, formats=options.formats, known_ids=known_ids)
    maker = InteractionMaker(columns, locale, options.event_map)
    file = _opened(source, options, maker.columns)
    return Reading(file, maker, on_reject=on_reject, on_progress=on_progress)


def _ids_of(catalogue: Source | None, options: ReadOptions) -> list[set[int]]:
    """Hashes of what stands in each column of a catalogue whose values differ from row to row."""
    if not isinstance(catalogue, Path) or catalogue == Path("-"):  # a stream can be read once
        return []
    columns: dict[str, set[int]] = defaultdict(set)
    rows: Counter[str] = Counter()
    try:
        file = _opened(catalogue, options, Columns(CATALOGUE, options.mapping))
        with closing(file):
            for record in islice(file.records(), _IDS_LOOKED_AT):
                for name, value in record.values.items() if isinstance(record, Record) else ():
                    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                        columns[name].add(id_hash(value))
                        rows[name] += 1
    except InputError:  # it is said when the catalogue is read
        return []
    return [ids for name, ids in columns.items() if len(ids) >= _DIFFERENT * rows[name]]


def _opened(source: Source, options: ReadOptions, columns: Columns) -> RecordFile:
    names = options.names(histories="user_id" in columns.needed)
    hints = Hints(columns.field_of, columns.needed, names, word_field=columns.word_field)
    return RecordFile(source, file_format=options.file_format, encoding=options.encoding, hints=hints)


def _check_lengths(record: dict[str, Any]) -> None:
    for name, value in record.items():
        if isinstance(value, str) and len(value) > LONGEST_FIELD:
            raise BadValue(f"the field {name[:60]!r} is longer than 1 MiB")


def _shown(row: dict[str, Any] | str) -> dict[str, Any] | str:
    if isinstance(row, str):
        return replace_surrogates(row[:_LONGEST_REJECT])
    try:
        text = replace_surrogates(json.dumps(row, ensure_ascii=False, default=flat_text))
    except RecursionError:
        return replace_surrogates(flat_text(row))
    if len(text) > _LONGEST_REJECT:
        return text[:_LONGEST_REJECT]
    shown: dict[str, Any] = json.loads(text, parse_constant=str)
    return shown
