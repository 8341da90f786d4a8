"""The usual names of columns and words of cells, as data has them, and how names are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import yaml

Names = Mapping[str, tuple[str, ...]]


def normal_name(name: str) -> str:
    """A name without case, accents, spaces, punctuation and the `g:` of a product feed."""
    name = unicodedata.normalize("NFKD", name).casefold().strip()
    return re.sub(r"[\W_\u0300-\u036f]+", "", name.removeprefix("g:"))


def _words(kind: str) -> dict[str, tuple[str, ...]]:
    """Which words of `histories.yaml` stand for what."""
    return {meaning: tuple(map(normal_name, words.split(","))) for meaning, words in _HISTORIES[kind].items()}


_HISTORIES = yaml.safe_load((Path(__file__).parent / "histories.yaml").read_text(encoding="utf-8"))
POSITION_NAMES, BASKETS, WRAPPERS = (
    frozenset(map(normal_name, _HISTORIES[kind].split(","))) for kind in ("positions", "baskets", "wrappers")
)
HISTORIES: Names = _words("columns")
HISTORIES = {**HISTORIES, "item_id": (*HISTORIES["item_id"], *sorted(BASKETS))}  # one that holds a single item
EVENT_WORDS, STATUS_WORDS = _words("events"), _words("statuses")
