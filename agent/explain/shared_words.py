"""Shared words as a person would read them: in the product's own spelling, Chinese pairs joined into whole runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import cache

from store.rows import Product
from store.words import words

_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+(?:['’-][^\W_]+)*")


@cache
def stop_words() -> frozenset[str]:
    """Words that are no reason: function words, measures, and Chinese pairs that only hold a sentence together."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    measures = "set pair pack piece litre liter inch size small medium large mini count cm mm ml oz kg lb ct".split()
    chinese = ("一个", "适合", "可以", "以及", "使用", "非常", "我们", "不会", "的人", "的时")
    return frozenset({*ENGLISH_STOP_WORDS, *measures, *chinese})


def telling(word: str) -> bool:
    """Whether a word can stand as a reason: no number, no single letter, no stop word."""
    return any(c.isalpha() for c in word) and word not in stop_words() and (len(word) > 2 or not word.isascii())


def fields_with_text(product: Product) -> Iterator[tuple[str, str]]:
    """Name and text of each field of a product that is matched word by word."""
    yield "title", product.title
    if product.brand:
        yield "brand", product.brand
    if product.description:
        yield "description", product.description
    for name, value in product.attributes.items():
        yield f"attributes.{name}", value


def spelled(text: str, wanted: Set[str]) -> list[str]:
    """The stretches of `text` that consist of `wanted` words (see `store.words`), as spelled there, each word once."""
    found: dict[str, None] = {}
    for match in _RUN.finditer(text):
        run = match.group()
        if run[0] >= "\u3400":
            found.update(dict.fromkeys(_joined(run, wanted)))
        else:
            parts = words(run)
            if parts and all(part in wanted for part in parts):
                found[run] = None
            else:
                found.update((piece, None) for piece in re.split(r"[-'’]", run) if set(words(piece)) & wanted)
    return list({tuple(words(stretch)): stretch for stretch in reversed(found)}.values())[::-1]


def _joined(run: str, wanted: Set[str]) -> Iterator[str]:
    """The longest stretches of a run of Chinese characters that are covered by wanted pairs."""
    covered = [False] * len(run)
    for i in range(len(run) - 1):
        if run[i : i + 2] in wanted:
            covered[i] = covered[i + 1] = True
    start = None
    for i, inside in enumerate([*covered, False]):
        if inside and start is None:
            start = i
        elif not inside and start is not None:
            yield run[start:i]
            start = None
