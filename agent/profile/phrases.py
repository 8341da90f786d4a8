"""Words of a history as a person would say them: English words that stand together, Chinese in whole words.

Words are counted as everywhere (`store.words`), Chinese by pairs of characters. A pair may be half of a word or lie
across two of them, so a run of characters is first cut where the catalogue has a pair far more seldom than one beside
it, and what remains grows by the characters that nearly always stand beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from newaisle.agent.claims.shared_words import STOP_WORDS, telling
from newaisle.agent.rank.tf_idf import Frequencies
from newaisle.store.rows import Product
from newaisle.store.words import runs, words

Weight = Callable[[Sequence[int], int], float]  # of the products at these places, given how many the shop has

_LONGEST_TEXT = 12  # words of a description: in a longer one a word is soon a coincidence
_CANDIDATES = 60  # words that phrases are made of
_MOST = 30  # phrases
_LONGEST_ENGLISH, _LONGEST_CHINESE = 3, 10  # words and characters of a phrase
_NEARLY_ALWAYS = 2 / 3  # of the products with a phrase: more than that have the same neighbour of it
_HAS_DIGIT = re.compile(r"\d")  # a size or a model number
_LABEL = re.compile(r"\w+\s*[:：]")  # names what comes after it
_SELDOM = 0.5  # of the commoner neighbour's frequency: a pair below it lies across two words


class _Token(NamedTuple):
    key: str  # as it is compared
    text: str  # as it is spelled
    before: str  # what stands between it and the token before it


class _Segment(NamedTuple):
    """Tokens side by side: words, or Chinese characters."""

    place: int  # of the product
    tokens: tuple[_Token, ...]
    is_chinese: bool

    @property
    def unit(self) -> int:
        """How many tokens a counted word has."""
        return 2 if self.is_chinese else 1

    def keys(self, start: int, length: int) -> tuple[str, ...]:
        return tuple(token.key for token in self.tokens[start : start + length])

    def text(self, start: int, length: int) -> str:
        first, *others = self.tokens[start : start + length]
        return first.text + "".join(token.before + token.text for token in others)


class _Found(NamedTuple):
    """Where a phrase stands: segment and first token, each."""

    spots: list[tuple[_Segment, int]]
    length: int

    @property
    def places(self) -> list[int]:
        return list(dict.fromkeys(segment.place for segment, _ in self.spots))


class Phrases:
    """The words of some products' titles and short descriptions; those of brand and category are left out."""

    def __init__(self, products: Sequence[Product], frequencies: Frequencies) -> None:
        self._products = products
        segments = [segment for place, product in enumerate(products) for segment in _segments(place, product)]
        keys = {"".join(s.keys(i, s.unit)) for s in segments for i in range(len(s.tokens) - s.unit + 1)}
        self._frequency = frequencies(sorted(keys))
        self._segments = [part for segment in segments for part in self._cut(segment)]

    def weighed(self, weight: Weight, support: int) -> list[tuple[str, list[int], int]]:
        """The phrases of at least `support` products that weigh most: text, places of products, the shop's count."""
        units = self._units()
        # How much each counted word weighs, of those that enough products have.
        weights = {
            key: abs(weight(found.places, self._frequency.get(key, 0)))
            for key, found in units.items()
            if len(found.places) >= support
        }
        best = sorted(weights, key=lambda key: (-weights[key], key))[:_CANDIDATES]
        kept: dict[tuple[str, ...], tuple[str, list[int], int]] = {}
        for key in best:
            if not weights[key]:
                break
            found = _grown(units[key])
            segment, start = found.spots[0]
            if segment.is_chinese and found.length > _LONGEST_CHINESE:
                continue
            keys = segment.keys(start, found.length)
            if not any(_within(keys, other) or _within(other, keys) for other in kept):
                kept[keys] = (segment.text(start, found.length), found.places, self._frequency.get(key, 0))
        return list(kept.values())[:_MOST]

    def _units(self) -> dict[str, _Found]:
        """Where each counted word stands that can say something."""
        units: dict[str, _Found] = {}
        unwanted = [_named(product) for product in self._products]
        for segment in self._segments:
            for start in range(len(segment.tokens) - segment.unit + 1):
                key = "".join(segment.keys(start, segment.unit))
                if telling(key) and not _HAS_DIGIT.search(key) and key not in unwanted[segment.place]:
                    units.setdefault(key, _Found([], segment.unit)).spots.append((segment, start))
        return units

    def _cut(self, segment: _Segment) -> Iterator[_Segment]:
        """A run of Chinese characters without the joints between words; anything else as it is."""
        if not segment.is_chinese:
            yield segment
            return
        counts = [self._frequency.get("".join(segment.keys(i, 2)), 0) for i in range(len(segment.tokens) - 1)]
        joints = [i + 1 for i in range(1, len(counts) - 1) if counts[i] < _SELDOM * max(counts[i - 1], counts[i + 1])]
        for start, end in zip([0, *joints], [*joints, len(segment.tokens)], strict=True):
            if end - start > 1:
                yield segment._replace(tokens=segment.tokens[start:end])


def _segments(place: int, product: Product) -> Iterator[_Segment]:
    yield from _segments_of(place, product.title)
    if len(words(product.description)) <= _LONGEST_TEXT:
        yield from _segments_of(place, _LABEL.sub(";", product.description))


def _segments_of(place: int, text: str) -> Iterator[_Segment]:
    tokens: list[_Token] = []
    end = 0
    for run, start, is_chinese in runs(text):
        between = text[end:start]
        if tokens and (is_chinese or between not in (" ", "-")):
            yield _Segment(place, tuple(tokens), False)
            tokens = []
        if is_chinese:
            yield _Segment(place, tuple(_token(character, "") for character in run), True)
        else:
            tokens.append(_token(run, between))
        end = start + len(run)
    if tokens:
        yield _Segment(place, tuple(tokens), False)


@lru_cache(maxsize=1 << 16)  # as in `store.words`
def _token(text: str, before: str) -> _Token:
    return _Token("".join(words(text)), text, before)


@lru_cache(maxsize=1 << 12)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(words(text))


def _named(product: Product) -> frozenset[str]:
    """Words that the product's brand and category have: they are interests of their own."""
    return _words_of(product.brand or "") | _words_of(product.category_name or "")


def _grown(found: _Found) -> _Found:
    """A phrase with the neighbours that it nearly always has."""
    while True:
        segment = found.spots[0][0]
        if not segment.is_chinese and (found.length >= _LONGEST_ENGLISH or len(found.places) < 2):
            return found
        for step in (found.length, -1):
            neighbours = _neighbours(found, step)
            if neighbours:
                found = _Found([(s, start + min(step, 0)) for s, start in neighbours], found.length + 1)
                break
        else:
            return found


def _neighbours(found: _Found, step: int) -> list[tuple[_Segment, int]]:
    """The spots with the neighbour that more than nearly always stands at `step` from the phrase; else none."""
    beside: dict[str, list[tuple[_Segment, int]]] = {}
    for segment, start in found.spots:
        at = start + step
        if 0 <= at < len(segment.tokens):
            beside.setdefault(segment.tokens[at].key, []).append((segment, start))
    counts = Counter({key: len({segment.place for segment, _ in spots}) for key, spots in beside.items()})
    for key, count in counts.most_common(1):
        is_word = found.spots[0][0].is_chinese or (key.isalpha() and key not in STOP_WORDS)
        if is_word and count > _NEARLY_ALWAYS * len(found.places):
            return beside[key]
    return []


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))
