"""Finds which column of a file holds which field: by `--map`, by the file's format, by the usual names, by contents."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from shlex import quote
from typing import Any

from rapidfuzz import fuzz

from newaisle.errors import InputError, did_you_mean
from newaisle.store.cleaning import LONGEST_ID, flat_text, is_missing, parse_stock
from newaisle.store.formats import Format, Kind, recognised
from newaisle.store.headers import (
    CATALOGUE,
    HIDING,
    HISTORIES,
    PRODUCT_KINDS,
    SHOWING,
    Names,
    bare_name,
    normal_name,
)
from newaisle.store.report import Understood

__all__ = ["CATALOGUE", "HISTORIES", "Columns", "Names", "id_hash", "normal_name", "parse_mapping"]

_SHOWN = 20  # columns listed in a message
REQUIRED = ("id", "title", "user_id", "item_id")
_SEVERAL = frozenset(
    {"ids", "listed", "hidden", "other_category", "variants"}
)  # fields that may stand in any number of columns
_EXTRA_NAMES = {"ids": CATALOGUE["id"]}  # whatever is a product's id elsewhere, beside the one that is its id here
_FILLED = 0.9  # share of the titled rows in which an id stands
_SHORTEST = 4  # letters of a name that may be like another
_ON_OR_OFF = HIDING | SHOWING
_ALIKE = 75  # of 100: how alike a column's name and a usual one must be to be suggested

Record = Mapping[str, Any]


def parse_mapping(pairs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """`field=column` settings as a mapping; one field may be given several columns, in order.

    Raises InputError for what is not such a pair or names no field.
    """
    mapping: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        field, equals, column = (part.strip() for part in pair.partition("="))
        if not (equals and field and column):
            raise InputError(f"--map {pair!r} is not FIELD=COLUMN: write for example --map title=product_name")
        check_field(field)
        mapping[field] = (*mapping.get(field, ()), column)
    return mapping


def check_field(field: str) -> None:
    """Raise InputError when `field` is neither a product's nor an interaction's."""
    fields = [*CATALOGUE, *HISTORIES]
    if field not in fields:
        raise InputError(
            f"--map knows no field {field!r}{did_you_mean(field, fields)}: take one of {', '.join(fields)}"
        )


def id_hash(value: object) -> int:
    """What two cells with one id have in common."""
    return hash(flat_text(value).strip())


class Columns:
    """The columns of one file and the field that each holds; grows while rows with new keys are met.

    A field once found keeps its column, so that a key which turns up late never changes what an id means.
    `used_ids`: hashes of the ids that histories name, which tell one id column from another.
    """

    def __init__(
        self,
        names: Names,
        mapping: Mapping[str, tuple[str, ...]],
        *,
        formats: Sequence[Format] = (),
        used_ids: Set[int] = frozenset(),
    ) -> None:
        for field in mapping:
            check_field(field)
        self._names = names
        self.needed = frozenset(REQUIRED) & names.keys()
        self._field_by_name: dict[str, str] = {}
        for field, usual in names.items():
            for name in usual:
                self._field_by_name.setdefault(name, field)
        self._kind: Kind = "catalogue" if "id" in names else "histories"
        self._formats = formats
        self._mapping = {field: columns for field, columns in mapping.items() if field in names}
        self._used_ids = used_ids
        self._sample: Sequence[Record] = ()
        self.format: Format | None = None
        self.of: dict[str, tuple[str, ...]] = {}
        self.found: dict[str, None] = {}
        self._why: dict[str, str] = {}  # of a column that holds a field
        self._empty: list[str] = []  # of the new columns those without a value
        self._closed: set[str] = set()  # fields that are not looked for by name
        for field, columns in self._mapping.items():
            self._take(field, columns, "--map")

    def notice(self, names: Iterable[str], sample: Sequence[Record] = ()) -> None:
        """Take in the keys of rows, at first with some of those; keys already known cost next to nothing."""
        new = [name for name in names if name not in self.found]
        if not new:
            return
        first = not self.found
        self.found.update(dict.fromkeys(new))
        if first:
            self._sample = [{name: _cut(value) for name, value in record.items()} for record in sample]
            self._take_format()
        self._empty = [name for name in new if sample and not any(_has(record, name) for record in sample)]
        self._match([name for name in new if name not in self._empty])
        self._match(self._empty)  # a later row may fill them

    def _take(self, field: str, columns: tuple[str, ...], why: str) -> None:
        self.of[field] = (*self.of.get(field, ()), *columns)
        self._why.update(dict.fromkeys(columns, why))

    def _take_format(self) -> None:
        found = recognised(self._formats, self._kind, self.found)
        if found is None:
            return
        by_name = {normal_name(name): name for name in reversed(self.found)}
        self.format = found.with_columns(by_name)
        listed = {"listed": (*found.fields.get("listed", ()), *found.hidden)} if found.hidden else {}
        for field, wanted in {**found.fields, **listed}.items():
            columns = [by_name[name] for name in map(normal_name, wanted) if name in by_name]
            columns = [name for name in columns if self._why.get(name) != "--map"]
            if field in self._names and field not in self.of:
                if columns:
                    self._take(field, tuple(dict.fromkeys(columns)), found.name)
                if columns or not wanted:
                    self._closed.add(field)

    def _match(self, new: Sequence[str]) -> None:
        if "price" in self._mapping:  # whoever names the price means what is paid
            self._closed.add("sale_price")
        for spelling in (normal_name, bare_name):
            by_name: dict[str, str] = {}
            for name in new:
                by_name.setdefault(spelling(name), name)
            for field, usual in self._names.items():
                if field in _SEVERAL and field not in self._closed and field not in self._mapping:
                    usual = (*_EXTRA_NAMES.get(field, ()), *usual)
                    for column in [by_name[name] for name in usual if name in by_name]:
                        if column not in self._why and self._fits(field, column):
                            self._take(field, (column,), "its name")
                elif field not in self.of and field not in self._closed:
                    self._match_one(field, [by_name[name] for name in usual if name in by_name])

    def _match_one(self, field: str, named: Sequence[str]) -> None:
        candidates = [name for name in named if name not in self._why]
        fitting = [name for name in candidates if self._fits(field, name)]
        why = "its name"
        if field == "id" and candidates:
            fitting = sorted(fitting, key=lambda name: (self._goes_on(name), self._in_histories(name)), reverse=True)
            fitting = fitting or candidates
            why = self._why_not(candidates[0], fitting[0])
        if field == "price":
            fitting = fitting or candidates  # what cannot be read there is said
        if fitting:
            self._take(field, (fitting[0],), why)

    def _fits(self, field: str, column: str) -> bool:
        """Whether what stands in a column may be the field, as its name says."""
        if field == "id":
            return self._is_id(column)
        if field in ("variants", "view"):
            return self._is_nested(column) if field == "variants" else self._tells_rows_apart(column)
        texts = {text.strip().casefold() for text in self._values(column)}
        if field in ("listed", "hidden"):
            known = sum(text in _ON_OR_OFF or normal_name(text) in _ON_OR_OFF for text in texts)
            return bool(known) and 2 * known >= len(texts)
        if field == "category":
            return not texts or not {normal_name(text) for text in texts} <= PRODUCT_KINDS
        if field == "price":
            return not texts or any(map(str.isdigit, "".join(texts)))
        return field != "in_stock" or not texts or any(parse_stock(text) is not None for text in texts)

    def _is_nested(self, column: str) -> bool:
        cells = [record.get(column) for record in self._sample]
        return any(isinstance(one, dict) for cell in cells for one in (cell if isinstance(cell, list) else [cell]))

    def _tells_rows_apart(self, column: str) -> bool:
        """Whether rows with one id differ in a column, as translations do."""
        views: dict[str, set[str]] = defaultdict(set)
        for record in self._sample:
            views[flat_text(self.first("id", record))].add(flat_text(record.get(column)))
        return any(len(different) > 1 for different in views.values())

    def _is_id(self, column: str) -> bool:
        """Whether a column stands in nearly all rows with a title, and with one title nearly always."""
        by_id: dict[str, str] = {}
        titled = filled = clashes = 0
        for record in self._sample:
            if title := self._title(record):
                titled += 1
                key = flat_text(record.get(column)).strip()
                filled += bool(key)
                clashes += bool(key) and by_id.setdefault(key, title) != title
        return filled >= _FILLED * titled and clashes <= (1 - _FILLED) * titled

    def _why_not(self, first: str, chosen: str) -> str:
        """Why an id column was chosen, and not the one whose name is tried first."""
        if first == chosen:
            empty = next((name for name in self._empty if normal_name(name) in self._names["id"]), None)
            return f"its name; {empty} is empty" if empty and empty != chosen else "its name"
        if self._goes_on(chosen):
            return f"its name; it joins the rows of a product, {first} does not"
        if self._in_histories(chosen) > self._in_histories(first):
            return f"the histories use it, not {first}"
        return f"its name; {first} is not unique, or not always there"

    def _goes_on(self, column: str) -> bool:
        """Whether rows without a title have the id of the titled row above them."""
        above: object = None
        for record in self._sample:
            value = record.get(column)
            if is_missing(flat_text(self._title(record))):
                if value not in (None, "") and value == above:
                    return True
            else:
                above = value
        return False

    def _title(self, record: Record) -> str:
        titles = self.of.get("title") or [name for name in self.found if normal_name(name) in self._names["title"]][:1]
        return "".join(flat_text(record.get(name)) for name in titles)

    def _in_histories(self, column: str) -> int:
        return sum(id_hash(record.get(column)) in self._used_ids for record in self._sample) if self._used_ids else 0

    def field_of(self, name: str) -> str | None:
        """The field that a column of this name holds by `--map`, or usually."""
        mapped = next((field for field, columns in self._mapping.items() if name in columns), None)
        return mapped or self._field_by_name.get(normal_name(name)) or self._field_by_name.get(bare_name(name))

    def first(self, field: str, record: Record) -> Any:
        """The record's value of a field: of several columns the first that is not empty; None when there is none."""
        for column in self.of.get(field, ()):
            value = record.get(column)
            if value is not None and value != "":
                return value
        return None

    def attributes(self) -> list[str]:
        """The columns that hold no field."""
        unused = {normal_name(name) for name in self.format.unused} if self.format else ()
        return [name for name in self.found if name not in self._why and not (unused and normal_name(name) in unused)]

    def understood(self) -> list[Understood]:
        """Each column of the file: the field that it holds, and why; `attributes` for the others of a catalogue."""
        fields: dict[str, str] = {}
        for field, columns in self.of.items():
            for column in columns:
                fields[column] = f"{fields[column]}, {field}" if column in fields else field
        others = set(self.attributes()) if self._kind == "catalogue" else set()
        return [
            Understood(name, fields[name], self._why[name])
            if name in fields
            else Understood(name, "attributes" if name in others else None, self._why_left(name, others))
            for name in self.found
        ]

    def _why_left(self, name: str, attributes: Set[str]) -> str:
        if name in attributes or self.format is None or self._kind == "histories":
            return "no field has its name"
        return f"{self.format.name} leaves it out"

    def check(self, source: str) -> None:
        """Raise InputError when a mapped column or a field that every row needs is not there."""
        if self.format and self.format.refused:
            raise InputError(f"{source} is of {self.format.name}: {self.format.refused}")
        for field, columns in self._mapping.items():
            for column in columns:
                if column not in self.found:
                    raise InputError(
                        f"{source} has no column {column!r} for --map {field}={column}"
                        f"{did_you_mean(column, self.found)}: take one of its columns, {self._listed()}"
                    )
        if "user_id" in self._names and "user_id" not in self.of and "order" in self.of:
            raise InputError(
                f"{source} says what each order has and not whose it is: add the customer from the file of the orders,"
                f" or take each order for a customer with --map user_id={quote(self.of['order'][0])}"
            )
        for field in self._names:
            if field in REQUIRED and field not in self.of:
                raise InputError(
                    f"{source} has no column for the {field}: its columns are {self._listed()};"
                    f" name it with --map {field}={self.likely(field) or 'COLUMN'}"
                )

    def likely(self, field: str) -> str | None:
        """The column that a field may well be in, by its name and what stands in it; None where none is likely."""
        could_be = _CONTENTS.get(field, _is_text)
        others = [name for name in self.attributes() if name.isprintable() and could_be(self._values(name))]
        others = [name for name in others if len(bare_name(name)) >= _SHORTEST]
        alike = {name: max(fuzz.ratio(bare_name(name), usual) for usual in self._names[field]) for name in others}
        best = max(others, key=alike.__getitem__, default=None)
        if best is not None and alike[best] >= _ALIKE:
            return best
        texts = [name for name in others if self._sample and field == "title"]
        return texts[0] if len(texts) == 1 else None

    def _values(self, column: str) -> list[str]:
        return [text for record in self._sample if not is_missing(text := flat_text(record.get(column)))]

    def _listed(self) -> str:
        shown = [repr(name[:60]).strip("'") for name in list(self.found)[:_SHOWN]]
        more = f" and {len(self.found) - _SHOWN} more" if len(self.found) > _SHOWN else ""
        return ", ".join(shown) + more if shown else "none"


def _cut(value: Any) -> Any:
    """As much of a value as is looked at, so that long texts are not kept."""
    return value[:LONGEST_ID] if isinstance(value, str) else value


def _has(record: Record, name: str) -> bool:
    value = record.get(name)
    return value is not None and value not in ("", [])


def _is_text(values: Sequence[str]) -> bool:
    """Whether most of the values, or none being known all, are words: no numbers, dates or addresses."""
    return not values or 2 * sum(_WORDS.search(text) is not None and "://" not in text for text in values) > len(values)


def _is_short(values: Sequence[str]) -> bool:
    return all(len(text) <= 100 and " " not in text.strip() for text in values)


_WORDS = re.compile(r"[^\W\d_]{2}")
_CONTENTS: dict[str, Callable[[Sequence[str]], bool]] = {
    "title": _is_text,
    "category": _is_text,
    "id": _is_short,
    "user_id": _is_short,
    "item_id": _is_short,
    "event": _is_short,
    "price": lambda values: not any(map(_WORDS.fullmatch, values)) and any(map(str.isdigit, "".join(values))),
    "timestamp": lambda values: all(any(map(str.isdigit, text)) for text in values),
}
