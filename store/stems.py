"""Words as they are compared where their endings do not count: knife and knives, mould and moulds."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any


@lru_cache(maxsize=1 << 14)
def norm(word: str) -> str:
    """A word as it is compared: an English one by its stem (Porter 2001, "Snowball"), others as they are written."""
    word = re.sub(r"['’](?:s?$)?", "", word.casefold())
    return str(_stemmer().stemWord(word)) if word.isascii() else word


def norm_phrase(text: str) -> str:
    """The words of a phrase, each as it is compared."""
    return " ".join(map(norm, re.split(r"[\s-]+", text.strip())))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")
