"""Finds which column of a file holds which field: by `--map`, by the file's format, by the usual names, by contents."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from shlex import quote
from typing import Any

from rapidfuzz import fuzz

from newaisle.errors import InputError, did_you_mean
from newaisle.store.cleaning import LONGEST_ID, flat_text, is_missing, parse_stock
from newaisle.store.formats import Format, Kind, recognised
from newaisle.store.headers import (
    CATALOGUE,
    EVENT_WORDS,
    HIDING,
    HISTORIES,
    PRODUCT_KINDS,
    SHOWING,
    STATUS_WORDS,
    Names,
    bare_name,
    normal_name,
)
from newaisle.store.name_words import best_field, means, rank, read_name
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
_MATCHING = 0.5  # share of the ids in a column of histories that the catalogue has
_DISTINCT = 0.8  # share of different texts in a column of titles
_LONGEST_TITLE = 150
_FEWEST = 3  # rows that tell by what stands in them
_BY_CONTENTS = "by its contents"
_OUTCOMES = frozenset(word for words in STATUS_WORDS.values() for word in words)
_EVENTS = _OUTCOMES.union(*EVENT_WORDS.values())
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
    `used_ids`: hashes of the ids that histories name, which tell one id column from another. `known_ids` finds those of
    each column of the catalogue that may be its id, which tell what histories name; it is asked only where it matters.
    """

    def __init__(
        self,
        names: Names,
        mapping: Mapping[str, tuple[str, ...]],
        *,
        formats: Sequence[Format] = (),
        used_ids: Set[int] = frozenset(),
        known_ids: Callable[[], Collection[Set[int]]] = tuple,
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
        self._known_ids = known_ids
        self._sample: Sequence[Record] = ()
        self.format: Format | None = None
        self.of: dict[str, tuple[str, ...]] = {}
        self.found: dict[str, None] = {}
        self._why: dict[str, str] = {}  # of a column that holds a field
        self._empty: list[str] = []  # of the new columns those without a value
        self._closed: set[str] = set()  # fields that are not looked for by name
        self._titles: list[str] | None = None
        self._unfit: list[str] = []  # a column with the name of an id that is none by what stands in it
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
        filled = [name for name in new if name not in self._empty]
        self._match(filled, first=first)
        if first:
            self._take_used_id()
        self._match(self._empty)  # a later row may fill them
        if first and self._sample:
            self._match_contents(filled)

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

    def _take_used_id(self) -> None:
        """Where histories use another id of a product, and it would do as well, take that."""
        (own, *_), others = self.of.get("id", ("",)), self.of.get("ids", ())
        if not own or self._why[own] == "--map" or self._in_histories(own) or not self._is_everywhere(own):
            return
        others = tuple(name for name in others if self._is_everywhere(name) and not means(name, "variant"))
        best = max(others, key=self._in_histories, default=None)
        if best is not None and self._in_histories(best):
            self.of["id"], self.of["ids"] = (best,), (own, *(name for name in self.of["ids"] if name != best))
            self._why[best] = f"the histories use it, not {own}"

    def _is_everywhere(self, column: str) -> bool:
        """Whether every row has a value of its own."""
        values = self._values(column)
        return len(values) == len(set(values)) == len(self._sample)

    def _match(self, new: Sequence[str], *, first: bool = False) -> None:
        if "price" in self._mapping:  # whoever names the price means what is paid
            self._closed.add("sale_price")
        if first:
            self._take_levels(new)
        for key in ("id", "item_id"):
            if key in self._names and key not in self.of and key not in self._closed:
                self._match_key(key, new)
        for spelling in (normal_name, bare_name):
            by_name: dict[str, str] = {}
            for name in new:
                by_name.setdefault(spelling(name), name)
            for field, usual in self._names.items():
                wanted = (*_EXTRA_NAMES.get(field, ()), *usual)
                self._match_field(field, [by_name[name] for name in wanted if name in by_name])
        for field in self._names:
            self._match_field(field, self._by_words(field, new))

    def _match_field(self, field: str, named: Sequence[str]) -> None:
        if field in self._closed:
            return
        if field in _SEVERAL:
            if field not in self._mapping:
                for column in named:
                    if column not in self._why and self._fits(field, column):
                        self._take(field, (column,), "its name")
        elif field not in self.of:
            self._match_one(field, named)

    def _by_words(self, field: str, new: Sequence[str]) -> list[str]:
        """The columns that may hold a field by the words of their names and by what stands in them, the best first."""
        left = set(self.attributes())
        ranks = {name: place for name in new if name in left and (place := rank(self._kind, field, name)) is not None}
        if field == "category":  # where a number and a name stand for it, the name
            ranks = {name: place + _OPAQUE_LAST * _are_opaque(self._values(name)) for name, place in ranks.items()}
        return [name for name in sorted(ranks, key=ranks.__getitem__) if self._looks_like(field, name)]

    def _named(self, field: str, new: Sequence[str]) -> list[str]:
        """The columns with usual names of a field, the best first."""
        usual = {name: place for place, name in reversed(list(enumerate(self._names[field])))}
        places = {name: usual.get(normal_name(name), usual.get(bare_name(name), -1)) for name in new}
        exact = {name: normal_name(name) not in usual for name in new}
        return sorted((name for name in new if places[name] >= 0), key=lambda name: (exact[name], places[name]))

    def _match_key(self, field: str, new: Sequence[str]) -> None:
        usual = [name for name in self._named(field, new) if name not in self._why]
        other = [name for name in self._by_words(field, new) if name not in self._why and name not in usual]
        if field == "item_id":
            self._match_item(usual, other)
            return
        candidates = [*usual, *other]
        fitting = [name for name in candidates if self._is_id(name)]
        fitting = sorted(fitting, key=lambda name: (self._goes_on(name), self._in_histories(name)), reverse=True)
        if fitting:
            self._take("id", (fitting[0],), self._why_not(candidates[0], fitting[0]))
        else:
            self._unfit = self._unfit or candidates[:1]

    def _match_item(self, usual: Sequence[str], other: Sequence[str]) -> None:
        sure = [*usual, *(name for name in other if read_name(name).meanings - {"of"} not in ({"id"}, {"thing"}))]
        candidates = [*usual, *other]
        if len(candidates) > 1 or (candidates and not sure):
            shares = {name: self._share_known(name) for name in candidates}
            best = max(candidates, key=shares.__getitem__)
            if shares[best] >= _MATCHING:
                why = "its name" if best == candidates[0] else f"the catalogue has its ids, not {candidates[0]}"
                self._take("item_id", (best,), why)
                return
        if sure:
            self._take("item_id", (sure[0],), "its name")

    def _share_known(self, column: str) -> float:
        """The share of a column's values that are ids in the catalogue."""
        values = {id_hash(text) for text in self._values(column)}
        return max((len(values & ids) for ids in self._known_ids()), default=0) / max(len(values), 1)

    def _match_contents(self, new: Sequence[str]) -> None:
        """Find what every row needs, and the times, by what stands in the columns that are left."""
        left = [name for name in self.attributes() if name in new]
        orders = {name for name in left if rank(self._kind, "order", name) is not None}
        for field in ("title", "id", "item_id", "user_id", "event", "status", "timestamp"):
            if field in self._names and field not in self.of and field not in self._closed:
                others = [name for name in left if name not in self._why]
                if field not in ("event", "status"):
                    others = [name for name in others if name not in orders]
                found = _BY_VALUES[field](self, others)
                if len(found) == 1 and (field != "id" or not self._unfit or self._in_histories(found[0])):
                    self._take(field, (found[0],), _BY_CONTENTS)
        if "id" in self._names and "id" not in self.of and self._unfit:
            self.of["ids"] = tuple(name for name in self.of.get("ids", ()) if name not in self._unfit)
            self._take("id", (self._unfit[0],), "its name")

    def _like_titles(self, left: Sequence[str]) -> list[str]:
        """A short description where there is no title, else the only column of different texts."""
        described = [name for name in self.of.get("description", ()) if self._are_different(name)]
        if described:
            self.of.pop("description")
            return described[:1]
        return [name for name in left if self._are_different(name)]

    def _are_different(self, column: str) -> bool:
        texts = self._values(column)
        return (
            len(texts) >= max(_FEWEST, _FILLED * len(self._sample))
            and len(set(texts)) >= _DISTINCT * len(texts)
            and all(len(text) <= _LONGEST_TITLE for text in texts)
            and all(_WORDS.search(text) and "://" not in text for text in texts)
            and any(" " in text for text in texts)
        )

    def _like_ids(self, left: Sequence[str]) -> list[str]:
        """What histories use, else the only column with a value of its own in every row."""
        own = [name for name in left if self._is_everywhere(name) and _is_code(self._values(name))]
        used = sorted(own, key=self._in_histories, reverse=True)
        if used and self._in_histories(used[0]):
            return used[:1]
        return own if len(self._sample) >= _FEWEST else []

    def _like_items(self, left: Sequence[str]) -> list[str]:
        """The column whose ids the catalogue has."""
        shares = {name: self._share_known(name) for name in left if _is_short(self._values(name))}
        best = max(shares, key=shares.__getitem__, default=None)
        return [best] if best is not None and shares[best] >= _MATCHING else []

    def _like_people(self, left: Sequence[str]) -> list[str]:
        """The only column of codes that come again."""
        said = {name: read_name(name).meanings - {"of", "id"} for name in left}
        codes = {name: self._values(name) for name in left if not said[name] and self._is_plain(name)}
        return [
            name
            for name, values in codes.items()
            if len(values) == len(self._sample) and 1 < len(set(values)) < len(values) and _is_code(values, digits=True)
        ]

    def _like_events(self, left: Sequence[str]) -> list[str]:
        """The only column of words for what customers do."""
        return [name for name in left if self._holds_only(_EVENTS - _OUTCOMES, name)]

    def _like_statuses(self, left: Sequence[str]) -> list[str]:
        """The only column of words for what becomes of orders."""
        return [name for name in left if self._holds_only(_OUTCOMES, name)]

    def _holds_only(self, words: Set[str], column: str) -> bool:
        different = set(map(normal_name, self._values(column)))
        return len(different) > 1 and different <= words

    def _like_times(self, left: Sequence[str]) -> list[str]:
        """The first column of dates."""
        dated = [name for name in left if (values := self._values(name)) and all(map(_DATE.match, values))]
        return dated[:1]

    def _is_plain(self, column: str) -> bool:
        return not any(isinstance(record.get(column), dict | list) for record in self._sample)

    def _looks_like(self, field: str, column: str) -> bool:
        """Whether what stands in a column with a field's words may be the field."""
        texts = self._values(column)
        known = {"event": _EVENTS, "status": _OUTCOMES, "listed": _ON_OR_OFF}.get(field)
        if known is not None:
            different = {normal_name(text) for text in texts} | {text.strip().casefold() for text in texts}
            return not texts or 2 * len(different & known) >= len(set(texts))
        if field in ("title", "brand"):
            return _is_text(texts)
        if field == "in_stock":
            return 2 * sum(parse_stock(text) is not None for text in texts) >= len(texts)
        if field == "category" and read_name(column).unknown:  # what comes again and again, in words
            return _is_text(texts) and len(set(texts)) < len(texts) and max(map(len, texts)) <= _LONGEST_TITLE
        if field == "timestamp":
            return all(sum(map(str.isdigit, text)) >= _DIGITS_OF_DATE for text in texts[:_FEWEST])
        if field == "order":
            return not self._holds_only(_EVENTS, column)
        if field == "discount_percent":
            return means(column, "percent") or any("%" in text for text in texts)
        if field == "ids":
            return len(set(texts)) >= _FILLED * len(texts)
        if field in ("rating", "quantity", "price", "sale_price", "regular_price"):
            return all(any(map(str.isdigit, text)) or len(text) < _SHORT_MARK for text in texts[:_FEWEST])
        return field not in ("user_id", "item_id", "id") or not texts or self._is_plain(column)

    def _take_levels(self, new: Sequence[str]) -> None:
        """Categories in several columns: the levels of one path, or several categories."""
        if "category" not in self._names or "category" in self.of or "category" in self._closed:
            return
        said = {name: read_name(name) for name in new if name not in self._why}
        levels = [
            name
            for name, words in said.items()
            if not words.unknown
            and words.meanings - {"thing", "of", "name"} in ({"category"}, {"category", "level"}, {"level"})
            and (words.number is not None or "level" in words.meanings)
            and not _are_opaque(self._values(name))
        ]
        levels.sort(key=lambda name: said[name].number or 0)
        if len(levels) < 2:
            return
        if self._are_levels(levels):
            self._take("category", tuple(levels), "levels of a category")
        else:
            self._take("category", (levels[0],), "its name")
            self._take("other_category", tuple(levels[1:]), "its name")

    def _are_levels(self, columns: Sequence[str]) -> bool:
        """Whether a name in the second column nearly always stands below the same one, and none is a path itself."""
        above: dict[str, set[str]] = defaultdict(set)
        for record in self._sample:
            first, second = (flat_text(record.get(name)).strip() for name in columns[:2])
            if _PATH.search(first):
                return False
            above[second].add(first)
        above.pop("", None)
        return 2 * sum(len(parents) > 1 for parents in above.values()) <= len(above)

    def _match_one(self, field: str, named: Sequence[str]) -> None:
        candidates = [name for name in named if name not in self._why]
        fitting = [name for name in candidates if self._fits(field, name)]
        if field == "price":
            fitting = fitting or candidates  # what cannot be read there is said
        if fitting and field not in ("id", "item_id"):
            self._take(field, (fitting[0],), "its name")

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
        if field == "event":  # lines of orders have a type too
            return not texts & PRODUCT_KINDS or bool(texts & _EVENTS)
        if field == "category":
            return not texts or not {normal_name(text) for text in texts} <= PRODUCT_KINDS
        if field == "price":
            return not texts or any(map(str.isdigit, "".join(texts)))
        cells = [record.get(column) for record in self._sample]
        return field != "in_stock" or not texts or any(parse_stock(cell) is not None for cell in cells)

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
        titles = self.of.get("title") or self._likely_titles()
        return "".join(flat_text(record.get(name)) for name in titles)

    def _likely_titles(self) -> list[str]:
        """The column that will be the title's, where it is not chosen yet."""
        if self._titles is None:
            named = [name for name in self.found if normal_name(name) in self._names["title"]]
            words = [name for name in self.found if rank(self._kind, "title", name) is not None]
            described = [name for name in self.found if rank(self._kind, "description", name) is not None]
            self._titles = (named or sorted(words, key=lambda name: rank(self._kind, "title", name) or 0) or described)[
                :1
            ]
        return self._titles

    def _in_histories(self, column: str) -> int:
        return sum(id_hash(record.get(column)) in self._used_ids for record in self._sample) if self._used_ids else 0

    def field_of(self, name: str) -> str | None:
        """The field that a column of this name holds by `--map`, or usually."""
        mapped = next((field for field, columns in self._mapping.items() if name in columns), None)
        return mapped or self._field_by_name.get(normal_name(name)) or self._field_by_name.get(bare_name(name))

    def word_field(self, name: str) -> str | None:
        """The field that a column of this name holds by its words."""
        return best_field(self._kind, name)

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


def _are_opaque(values: Sequence[str]) -> bool:
    """Whether values are numbers or keys that nobody reads."""
    return bool(values) and all(_OPAQUE.fullmatch(text.strip()) for text in values)


def _is_code(values: Sequence[str], *, digits: bool = False) -> bool:
    """Whether values may be ids: short, of one word, no dates, no decimal numbers; `digits`: not only letters."""
    has_digits = not digits or all(map(_DIGIT.search, values))
    return bool(values) and has_digits and _is_short(values) and not any(_NO_CODE.match(text) for text in values)


_WORDS = re.compile(r"[^\W\d_]{2}")
_NO_CODE = re.compile(r"\s*(?:[\d.,]*[.,]\d+\s*$|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|https?:|true$|false$)", re.I)
_DATE = re.compile(r"\s*(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:\D|$)")
_DIGIT = re.compile(r"[\d@]")
_OPAQUE = re.compile(r"\d+|(?=.*\d)[0-9a-f-]{12,}", re.I)
_PATH = re.compile(r"\s[/>|]\s|>|;")
_OPAQUE_LAST = 1_000
_DIGITS_OF_DATE = 5
_SHORT_MARK = 3  # characters of a mark for a value that is not there
_BY_VALUES: dict[str, Callable[[Columns, Sequence[str]], list[str]]] = {
    "title": Columns._like_titles,
    "id": Columns._like_ids,
    "item_id": Columns._like_items,
    "user_id": Columns._like_people,
    "event": Columns._like_events,
    "status": Columns._like_statuses,
    "timestamp": Columns._like_times,
}
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
