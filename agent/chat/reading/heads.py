"""The word of a title that says what the product is."""

from __future__ import annotations

import re

from newaisle.languages import HAN
from newaisle.store.words import words

_TAIL = re.compile(r",|;|:| - |\(| (?:with|for|of|in|by|from|and)(?= ).*")
_IS_HAN = re.compile(f"[{HAN}]")
_PACKING = frozenset(
    "set kit pack pair piece box case bundle assortment collection lot size small medium large".split()
)


def head_words(title: str) -> list[str]:
    """The head noun of an English title, as `store.words` reads it; none of a Chinese one."""
    if _IS_HAN.search(title):
        return []
    found = [word for word in words(_TAIL.split(title.casefold(), maxsplit=1)[0]) if word.isalpha()]
    while found and found[-1] in _PACKING:
        found.pop()
    return found[-1:]
