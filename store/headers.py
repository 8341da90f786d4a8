"""The usual names of columns and words of cells, as data has them, and how names are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from newaisle.store.prices import ISO_4217
from newaisle.tables import read_yaml

Names = Mapping[str, tuple[str, ...]]

_FOLDER = Path(__file__).parent
_LANGUAGES = "en|de|fr|es|it|nl|pt|pl|sv|da|fi|cs|ja|zh|cn|ko|ru|tr"
# What may follow a usual name: the type of a RecBole file, brackets, a language with or without its territory.
_AFTER = re.compile(
    rf":(?:token|float)(?:_seq)?$|\s*[(\[][^()\[\]]*[)\]]\s*\*?$|[-_. ](?:{_LANGUAGES})(?:[-_][a-z]{{2}})?$", re.I
)
_LETTERS = str.maketrans("łŁøØđĐ", "lLoOdD")  # which Unicode does not take apart
_CODE = re.compile(r"(?:^|[^A-Za-z])([A-Za-z]{3})\W*$")


def normal_name(name: str) -> str:
    """A name without case, accents, spaces, punctuation and the `g:` of a product feed."""
    name = (name if name.isascii() else unicodedata.normalize("NFKD", name.translate(_LETTERS))).casefold().strip()
    return re.sub(r"[\W_\u0300-\u036f]+", "", name.removeprefix("g:"))


def bare_name(name: str) -> str:
    """The normal name without what may follow it: `name-en_US`, `name(en-gb)`, `item_id:token`, `Price EUR`."""
    name = _AFTER.sub("", name.strip()) or name
    return normal_name(_CODE.sub("", name) if currency_in(name) else name)


@cache
def currency_in(name: str) -> str | None:
    """The ISO 4217 code that a column name ends in, as `price (EUR)` and `Price EUR` do."""
    code = _CODE.search(name)
    return code[1].upper() if code and code[1].upper() in ISO_4217 else None


def _words(value: Any) -> tuple[str, ...]:
    lines = [value] if isinstance(value, str) else value
    return tuple(word for line in lines for word in line.split())


_HISTORIES, _CATALOGUE = (read_yaml(_FOLDER / f"{kind}.yaml") for kind in ("histories", "catalogue"))


def _meanings(kind: str) -> dict[str, tuple[str, ...]]:
    """Which words of `histories.yaml` stand for what."""
    return {meaning: tuple(map(normal_name, words.split(","))) for meaning, words in _HISTORIES[kind].items()}


POSITION_NAMES, BASKETS, WRAPPERS = (
    frozenset(map(normal_name, _HISTORIES[kind].split(","))) for kind in ("positions", "baskets", "wrappers")
)
HISTORIES: Names = _meanings("columns")
HISTORIES = {**HISTORIES, "item_id": (*HISTORIES["item_id"], *sorted(BASKETS))}  # one that holds a single item
EVENT_WORDS, STATUS_WORDS = _meanings("events"), _meanings("statuses")
CATALOGUE: Names = {field: _words(names) for field, names in _CATALOGUE["columns"].items()}
OPTION_COLUMNS: tuple[tuple[str, str], ...] = tuple((name, value) for name, value in _CATALOGUE["options"])
VARIANT_COLUMNS, ATTRIBUTE_OBJECTS, PRODUCT_KINDS, HIDING, SHOWING, PLACEHOLDERS, SEVERAL_IN_A_CELL = (
    frozenset(_words(_CATALOGUE[key]))
    for key in (
        "variant_columns",
        "attribute_objects",
        "product_kinds",
        "hiding",
        "showing",
        "placeholders",
        "several_in_a_cell",
    )
)
AMOUNTS, MINOR_AMOUNTS, REGULAR_AMOUNTS, CURRENCIES, PICTURES = (
    _words(_CATALOGUE[key]) for key in ("amounts", "minor_amounts", "regular_amounts", "currencies", "pictures")
)
