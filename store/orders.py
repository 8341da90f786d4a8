"""Takes records of histories apart that hold several items: orders with their lines, events with what they are about.

Such as `{"customer": {"id": 7}, "line_items": [{"sku": "k1"}, …]}`, the same as text in a cell, `"k1,k2"` under
`skus`, or columns `line_item_1_sku`, `line_item_2_sku`. One row an item comes out, with all that the order says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newaisle.store.cleaning import written_list
from newaisle.store.headers import BASKETS, HISTORIES, WRAPPERS, normal_name
from newaisle.store.name_words import is_only, rank, read_name

Record = dict[str, Any]
_ITEMS = frozenset(HISTORIES["item_id"]) - BASKETS
_NUMBERED = re.compile(r"(\D+?)[ _.-]?(\d{1,3})(?!\d)(.*)", re.S)
_SEPARATORS = ("|", ";", ",", "\n", " + ", " ")
# `A12 x2`, `2x A12`, `A12 (2)` and `A12:2`: how many of it.
_COUNTED = re.compile(
    r"(?P<id>[^\s,;|]+?)\s*(?:\s[x×*]\s*(?P<many>\d+)|\((?P<count>\d+)\)|[:=](?P<value>\d+))"
    r"|(?P<times>\d+)\s*[x×*]\s+(?P<item>\S+)"
)
_VAGUE = ("id", "thing")  # meanings that alone do not tell what of
_NESTED = frozenset({dict, list})
_LONGEST = 100_000  # characters of a list in a cell
_DEEP = 4  # of objects inside one another


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which columns of records with the same ones hold several items, and of which number which stands for what."""

    baskets: list[str]
    numbered: list[dict[str, str]]  # the columns of a number, by what each is called without it


_ONE = _Plan([], [])  # a record is a row


def rows_of(record: Record) -> Iterable[Record]:
    """The rows of a record: itself where it is one already."""
    is_nested = not _NESTED.isdisjoint(map(type, record.values()))
    record = dict(_flat(record)) if is_nested else record
    plan = _plan(tuple(record))
    return _taken_apart(record, plan) if is_nested or plan is not _ONE else (record,)


def _taken_apart(record: Record, plan: _Plan) -> Iterable[Record]:
    for name, value in record.items():
        found = _items(name, value, name in plan.baskets)
        if found and not any(record.get(column) for column in found[0] if is_item(column)):
            rest = {other: kept for other, kept in record.items() if other != name}
            return [{**rest, **item} for item in found]
    lines = [{name: record[column] for name, column in line.items()} for line in plan.numbered]
    return [{**record, **line} for line in lines if any(line[name] for name in line if is_item(name))] or [record]


@lru_cache(maxsize=4096)
def is_item(name: str) -> bool:
    """Whether a column has this name for the id of a product."""
    plain = normal_name(name)
    by_words = rank("histories", "item_id", name) is not None and read_name(name).number is None
    return plain in _ITEMS or (by_words and plain not in BASKETS and not any(is_only(name, {one}) for one in _VAGUE))


@lru_cache(maxsize=4096)
def _is_basket(name: str) -> bool:
    return normal_name(name) in BASKETS or is_only(name, {"thing", "line", "order"})


@lru_cache(maxsize=1024)
def _plan(keys: tuple[str, ...]) -> _Plan:
    if any(map(is_item, keys)):
        return _ONE
    found = [(match[1], match[2], match[1] + match[3], key) for key in keys if (match := _NUMBERED.fullmatch(key))]
    of_items = dict.fromkeys((before, number) for before, number, name, _ in found if is_item(name))
    lines: dict[str, dict[str, str]] = {number: {} for _, number in of_items}
    for before, number, name, key in found:
        if (before, number) in of_items or (number in lines and normal_name(name) in HISTORIES["quantity"]):
            lines[number][name] = key
    numbered = list(lines.values())
    baskets = [key for key in keys if _is_basket(key)]
    return _Plan(baskets, numbered if len(numbered) > 1 else []) if baskets or len(numbered) > 1 else _ONE


def _flat(record: Mapping[str, Any], depth: int = _DEEP) -> Iterator[tuple[str, Any]]:
    """What is inside objects under both names, as `customer_id`; what only wraps the rest is left out of the name."""
    for name, value in record.items():
        if isinstance(value, dict) and depth:
            prefix = "" if normal_name(name) in WRAPPERS else f"{name}_"
            yield from (
                (prefix + inner, part) for inner, part in _flat(value, depth - 1) if prefix + inner not in record
            )
        else:
            yield name, value


def _items(name: str, value: object, is_basket: bool) -> list[Record]:
    """The items in a cell, each with its columns; none where it holds no list of items."""
    if isinstance(value, str) and is_basket:
        is_json = value.lstrip()[:1] in ("[", "{")
        value = written_list(value, _LONGEST) if is_json else _lines_of_text(value) or _split(value)
    if not isinstance(value, list):
        return []
    lines = [dict(_flat(line)) for line in value if isinstance(line, dict)]
    if any(any(map(is_item, line)) for line in lines):
        return lines
    if not _is_basket(name):
        return []
    ids = [next((key for key in line if is_only(key, {"id"})), "") for line in lines]
    return [{**line, "item_id": line[id]} for line, id in zip(lines, ids, strict=True) if id] or [
        _counted(name if normal_name(name) in BASKETS else "item_id", one)
        for one in value
        if isinstance(one, str | int)
    ]


def _counted(name: str, one: str | int) -> Record:
    """An item of a list, and how many of it where that stands beside it."""
    found = _COUNTED.fullmatch(one.strip()) if isinstance(one, str) else None
    if not found:
        return {name: one}
    return {
        name: found["id"] or found["item"],
        "quantity": next(filter(None, found.group("many", "count", "value", "times"))),
    }


def _lines_of_text(text: str) -> list[Record]:
    """`sku:k1|quantity:2;sku:k2|quantity:1` or `Product SKU: k1, Product Qty: 2 | …`, as orders are exported."""
    found = []
    for between, within in (";|", "|,"):
        pairs = (
            [part.strip().split(":", 1) for part in line.split(within) if ":" in part] for line in text.split(between)
        )
        found.append([line for line in map(dict, pairs) if any(map(is_item, line))])
    return max(found, key=len)


def _split(text: str) -> list[str]:
    if _COUNTED.fullmatch(text.strip()):
        return [text]
    separator = next((mark for mark in _SEPARATORS if mark in text.strip()), None)
    return [part for one in text.split(separator) if (part := one.strip())] if separator else []
