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

Record = dict[str, Any]
_ITEMS = frozenset(HISTORIES["item_id"]) - BASKETS
_NUMBERED = re.compile(r"(\D+?)[ _.-]?(\d{1,3})(?!\d)(.*)", re.S)
_SEPARATORS = ("|", ";", ",", "\n", " ")
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


def is_item(name: str) -> bool:
    return normal_name(name) in _ITEMS


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
    baskets = [key for key in keys if normal_name(key) in BASKETS]
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
    if normal_name(name) not in BASKETS:
        return []
    return [{**line, "item_id": line["id"]} for line in lines if "id" in line] or [
        {name: one} for one in value if isinstance(one, str | int)
    ]


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
    separator = next((mark for mark in _SEPARATORS if mark in text.strip()), None)
    return [part for one in text.split(separator) if (part := one.strip())] if separator else []
