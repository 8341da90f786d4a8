"""Rows of JSON. Numbers beyond a double and repeated keys are refused, NaN is no value, deep nesting is an error.

`json.loads` lets these through, or ends in a RecursionError. Lines as Python prints them are read as well.
"""

from __future__ import annotations

import ast
import json
import math
import re
import warnings
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from newaisle.store.hints import Hints

LONGEST_LITERAL = 1 << 17  # characters: reading one takes a hundred times as much memory

_SPACE = re.compile("[ \t\n\r\ufeff]*")
_BETWEEN = re.compile("[ \t\n\r\ufeff\x1e,]*")
_LOOKED_AT = 50  # members of an object, or elements of an array, that are looked into for rows
_A_ROW = (False, 2)  # the least rank (`Hints.rank`) of keys that are a row's
_ALIKE, _SAME = 0.5, 0.8  # shares of keys in common, of objects of one kind and of those that belong together
_DEPTH = 2  # objects around those around the rows
# How numbers that are none, and constants, are written in JSON and by Python.
_CONSTANTS = {"nan": None, "NaN": None, "inf": None, "Infinity": None, "null": None, "true": True, "false": False}


def parse_row(text: str, hints: Hints) -> object:
    """The value of one line of JSON Lines, or a ValueError (returned, not raised) that says why there is none."""
    try:
        value, end = _STRICT.raw_decode(text, _skip_space(text, 0))
        if end < len(text) - 1:
            _expect_end(text, end)
    except json.JSONDecodeError as exc:
        value = literal(text, hints)
        return ValueError(f"not valid JSON at column {exc.colno}: {exc.msg}") if value is None else value
    except RecursionError:
        return ValueError("it is nested too deeply")
    except ValueError as exc:
        return exc
    return value


def literal(text: str, hints: Hints) -> object:
    """A dictionary or list as Python prints it, None where the text is none or too long."""
    text = text.strip()
    if len(text) > LONGEST_LITERAL or text[:1] not in ("{", "["):
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            value = ast.literal_eval(_Constants().visit(ast.parse(text, mode="eval")))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
    hints.note("rows are written as Python prints them, and were read so")
    return {str(name): part for name, part in value.items()} if isinstance(value, dict) else value


class _Constants(ast.NodeTransformer):
    """Puts values for the bare words that stand among a dictionary's values where a program joined two notations."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(_CONSTANTS[node.id]) if node.id in _CONSTANTS else node


def json_lines(lines: Iterable[str], hints: Hints) -> Iterator[tuple[str, object]]:
    """Each line that is not blank, and its value or the ValueError that says why there is none."""
    around: str | None = ""
    for text in lines:
        if not text.isspace():
            value = parse_row(text, hints)
            if around is not None:
                around = _around(value, hints) if around == "" else around
                value = _unwrapped(value, around)
            yield text, value


def _around(value: object, hints: Hints) -> str | None:
    """The key under which an object, no row itself, holds one, as each row of an API or of a search engine does."""
    if isinstance(value, dict) and hints.rank_of_keys(value) < _A_ROW:
        inside = [key for key, part in value.items() if isinstance(part, dict) and hints.rank_of_keys(part) >= _A_ROW]
        return inside[0] if len(inside) == 1 else None
    return None


def _unwrapped(value: object, around: str | None) -> object:
    """The row in an object around it, with what stands beside it."""
    if around and isinstance(value, dict) and isinstance(value.get(around), dict):
        return {name: part for name, part in value.items() if name != around} | value[around]
    return value


def rows_of_document(text: str, hints: Hints) -> Iterator[tuple[int, object]]:
    """The rows of a JSON document and where each begins.

    It is an array, or objects one after another, or an object around the rows: an array of objects, or objects by their
    ids. Which of them are the rows, the names of fields tell. A row that is JSON but not acceptable comes as the
    ValueError that says why. Raises json.JSONDecodeError where the document is no JSON, RecursionError where it is
    nested too deeply.
    """
    position = _skip_space(text, 0)
    while True:
        begin = _expect(text, position, "[{")
        rows = _rows_of_array if text[begin] == "[" else _rows_of_object
        end = yield from rows(text, begin, hints)
        position = _skip_space(text, end, _BETWEEN)
        if position == len(text):
            return


def _rows_of_array(text: str, start: int, hints: Hints) -> Generator[tuple[int, object], None, int]:
    first = [at for at, _, _ in islice(_elements(text, start), _LOOKED_AT) if text[at] == "{"]
    own = max((hints.rank_of_keys(_keys(text, at)) for at in first), default=_A_ROW)
    # Pages of rows, or the tables of a dump, are objects around the rows.
    pages = not own[0] and any(
        hints.rank_of_keys(group.names) >= max(_A_ROW, (own[0], own[1] + 1))
        for at in first
        for group in _groups(text, at)
    )
    end = start + 1
    for at, value, end in _elements(text, start):  # noqa: B007 - the last end is wanted
        if pages and text[at] == "{":
            yield from _rows_of_object(text, at, hints, page=True)
        else:
            yield at, value
    return _expect(text, end, "]") + 1


def _rows_of_object(
    text: str, start: int, hints: Hints, *, page: bool = False
) -> Generator[tuple[int, object], None, int]:
    """The rows in an object, or the object as a row; a page without rows is none."""
    end = _end(text, start)
    chosen = _chosen(text, start, hints)
    if not chosen and not page:
        yield from ((start, row) for row in _row_or_columns(_decode(text, start)[0]))
    if chosen and chosen[0].path:
        names = [repr(".".join(group.path)) for group in chosen]
        more = f" and {len(names) - 1:,} more, whose name is in the column 'key'" if len(names) > 1 else ""
        hints.note(f"the rows are those of {names[0]}{more}")
    for group in chosen:
        key = {"key": group.path[-1]} if len(chosen) > 1 else {}
        for at, value in _rows_of_group(text, group, hints):
            yield at, {**value, **key} if isinstance(value, dict) else value
    return end


def _row_or_columns(value: object) -> Iterable[object]:
    """The object itself, or the rows of one that holds columns, as a data frame writes them."""
    if isinstance(value, dict) and value and all(isinstance(column, dict | list) for column in value.values()):
        columns = [list(column.values()) if isinstance(column, dict) else column for column in value.values()]
        if len(columns) > 1 and len({len(column) for column in columns}) == 1:
            return (dict(zip(value, cells, strict=True)) for cells in zip(*columns, strict=True))
    return (value,)


@dataclass(frozen=True, slots=True)
class _Group:
    """An array of objects, or an object of objects, that may be the rows: where it is, and its first row's keys."""

    path: tuple[str, ...]
    start: int
    names: list[str]


def _chosen(text: str, start: int, hints: Hints) -> list[_Group]:
    """Which of the groups in the object at `start` are the rows; none where it is a row itself."""
    groups, own = _groups(text, start), hints.rank_of_keys(_keys(text, start))
    likely = [group for group in groups if hints.rank_of_keys(group.names) >= _A_ROW]
    if not likely:  # nothing tells but that there is one place for rows
        return groups if len(groups) == 1 and own < _A_ROW else []
    level = min(len(group.path) for group in likely)
    best = max(
        (group for group in likely if len(group.path) == level), key=lambda group: hints.rank_of_keys(group.names)
    )
    if own >= max(_A_ROW, hints.rank_of_keys(best.names)):
        return []
    beside = [group for group in groups if len(group.path) == level]
    chosen = [group for group in beside if _likeness(group.names, best.names) >= _SAME]
    left = [".".join(group.path) for group in beside if group not in chosen]
    if left:
        hints.note(f"{len(left):,} other lists were left out, such as {left[0]!r}")
    return chosen


def _likeness(some: list[str], others: list[str]) -> float:
    """The share of keys that two objects have in common."""
    return len(set(some) & set(others)) / max(len(some), len(others), 1)


def _groups(text: str, start: int, path: tuple[str, ...] = ()) -> list[_Group]:
    """What may be the rows in the object at `start`, and in the objects inside it."""
    members = list(_members(text, start))
    found = []
    if members and all(text[at] == "{" for _, at in members):
        first, last = (_keys(text, members[i][1]) for i in (0, -1))
        if _likeness(first, last) >= _ALIKE:
            found.append(_Group(path, start, first))
    for number, (key, at) in enumerate(members):
        if text[at] == "{" and len(path) < _DEPTH and number < _LOOKED_AT:
            found += _groups(text, at, (*path, key))
        elif text[at] == "[":
            first_row = _skip_space(text, at + 1)
            if text[first_row : first_row + 1] == "{":
                found.append(_Group((*path, key), at, _keys_within(text, first_row)))
    return found


def _keys_within(text: str, start: int) -> list[str]:
    """The keys of an object, and those of the objects in it."""
    members = list(_members(text, start))
    return [key for key, _ in members] + [key for _, at in members if text[at] == "{" for key in _keys(text, at)]


def _rows_of_group(text: str, group: _Group, hints: Hints) -> Iterator[tuple[int, object]]:
    if text[group.start] == "[":
        around: str | None = ""
        for at, value, _ in _elements(text, group.start):
            around = _around(value, hints) if around == "" else around
            yield at, _unwrapped(value, around)
        return
    for key, at in _members(text, group.start):
        value = _decode(text, at)[0]
        yield at, {"key" if "id" in value else "id": key, **value} if isinstance(value, dict) else value


def _keys(text: str, start: int) -> list[str]:
    return [key for key, _ in _members(text, start)]


def _members(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The key of each member of the object at `start`, and where its value begins."""
    position = _skip_space(text, start + 1)
    if text[position : position + 1] == "}":
        return
    while True:
        name, end = _LAX.raw_decode(text, position)
        if not isinstance(name, str):
            raise json.JSONDecodeError("Expecting a key in double quotes", text, position)
        position = _skip_space(text, _expect(text, end, ":") + 1)
        yield name, position
        end = _expect(text, _end(text, position), ",}")
        if text[end] == "}":
            return
        position = _skip_space(text, end + 1)


def _end(text: str, start: int) -> int:
    """Where the value at `start` ends; an array of many is passed over one by one, not held in memory."""
    if text[start : start + 1] != "[":
        return int(_LAX.raw_decode(text, start)[1])
    end = start + 1
    for _, _, end in _elements(text, start):  # noqa: B007 - the last end is wanted
        pass
    return _expect(text, end, "]") + 1


def _elements(text: str, begin: int) -> Iterator[tuple[int, object, int]]:
    """Start, value and end of each element of the array at `begin`."""
    start = _skip_space(text, begin + 1)
    if text[start : start + 1] == "]":
        return
    while True:
        value, end = _decode(text, start)
        yield start, value, end
        if text[end : end + 1] != ",":
            end = _expect(text, end, ",]")
            if text[end] == "]":
                return
        start = _skip_space(text, end + 1)


def _decode(text: str, start: int) -> tuple[object, int]:
    try:
        return _STRICT.raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except ValueError as exc:
        return exc, _LAX.raw_decode(text, start)[1]


def _expect(text: str, position: int, marks: str) -> int:
    position = _skip_space(text, position)
    if position >= len(text) or text[position] not in marks:
        raise json.JSONDecodeError(f"Expecting {' or '.join(marks)}", text, position)
    return position


def _expect_end(text: str, position: int) -> None:
    position = _skip_space(text, position, _BETWEEN)
    if position < len(text):
        raise json.JSONDecodeError("Extra data", text, position)


def _skip_space(text: str, position: int, space: re.Pattern[str] = _SPACE) -> int:
    match = space.match(text, position)
    return match.end() if match else position


def _object(pairs: list[tuple[str, Any]]) -> Any:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} occurs twice")
    if len(values) == 1 and pairs[0][0].startswith("$"):  # MongoDB writes {"$oid": "..."} for a value of another type
        return pairs[0][1]
    return values


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


_STRICT = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_CONSTANTS.get, parse_float=_finite)
_LAX = json.JSONDecoder(parse_int=str, parse_float=str)
