"""What the name of a column says, word by word: `Numer zamówienia`, `orderNumber` and `N.º pedido` are an order's id.

A name falls apart at case, punctuation and digits, a compound (`Materialkurztext`, `商品编号`) into the words of
`vocabulary.yaml`, which say what each means. What a column with such words holds, the rules in the same file say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from newaisle.store.headers import currency_in
from newaisle.tables import read_yaml

Meanings = frozenset[str]

_FILE = Path(__file__).parent / "vocabulary.yaml"
_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})
_NUMBER_SIGN = re.compile(r"\b[Nn]\s*[.]?\s*[º°](?:\b|(?=\W|$))|№|#")
_ELISION = re.compile(r"\b[dlDL]['’]")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+|\d+")
_ENDINGS = ("s", "es", "n", "en", "e")  # of plurals
_JOINTS = ("", "s", "n", "en", "es", "e")  # between the parts of a compound
_SHORT = frozenset({"id", "nr", "no", "vk"})  # parts of compounds; others have three letters and more
_SHORTEST, _LONGEST, _LONGEST_NAME = 3, 40, 100
_PREFIX = 4  # letters of an ending that `*` stands for
# What may stand in a name beside what it is about.
_BESIDE: Mapping[str, Meanings] = {
    "catalogue": frozenset({"thing"}),
    "histories": frozenset({"order", "event", "line", "deal", "thing"}),
}
_TOLD_BY_CONTENTS = frozenset(
    {"category", "price", "in_stock", "status"}
)  # whose columns may have unknown words too: what stands in them tells
_STANDS_ALONE = frozenset({"id", "title", "ids"})  # fields that nothing but fillers may stand beside


@dataclass(frozen=True, slots=True)
class NameWords:
    """The meanings of a name's words, how many of its words are not known, and the last number in it."""

    meanings: Meanings
    unknown: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    words: Mapping[str, str]
    stems: Mapping[str, str]
    rules: Mapping[str, Mapping[str, tuple[Meanings, ...]]]

    def meaning(self, word: str) -> str | None:
        """What a word means, in whatever number or case of its language."""
        if found := self.words.get(word):
            return found
        for ending in _ENDINGS:
            cut = word.removesuffix(ending)
            if _SHORTEST < len(cut) < len(word) and (found := self.words.get(cut)):
                return found
        stems = (word[:end] for end in range(len(word), max(_SHORTEST, len(word) - _PREFIX) - 1, -1))
        return next((self.stems[stem] for stem in stems if stem in self.stems), None)


def rank(kind: str, field: str, name: str) -> int | None:
    """How well the words of a name fit a field, 0 the best; None where they do not.

    kind: of the file, `catalogue` or `histories`.
    """
    return _ranks(kind, name).get(field)


@lru_cache(maxsize=4096)
def _ranks(kind: str, name: str) -> dict[str, int]:
    said = read_name(name)
    meanings = said.meanings - {"of"}
    if meanings & {"gross", "net"}:
        meanings -= {"tax"}
    if not meanings or meanings & {"other", "tax"}:
        return {}
    rules = _vocabulary().rules[kind]
    if said.unknown:
        rules = {field: patterns for field, patterns in rules.items() if field in _TOLD_BY_CONTENTS}
    whole = {field: patterns.index(meanings) for field, patterns in rules.items() if meanings in patterns}
    if whole:
        return whole
    found: dict[str, int] = {}
    for field, patterns in rules.items():
        fitting = (
            number
            for number, pattern in enumerate(patterns)
            if field not in _STANDS_ALONE and pattern <= meanings and meanings - pattern <= _BESIDE[kind]
        )
        if (first := next(fitting, None)) is not None:
            found[field] = len(patterns) + first
    return found


def is_only(name: str, meanings: Set[str]) -> bool:
    """Whether a name says nothing but one or more of these."""
    said = read_name(name)
    return not said.unknown and bool(said.meanings - {"of"}) and said.meanings - {"of"} <= meanings


def best_field(kind: str, name: str) -> str | None:
    """The field that the words of a name fit best."""
    ranks = _ranks(kind, name)
    return min(ranks, key=ranks.__getitem__, default=None)


def means(name: str, meaning: str) -> bool:
    """Whether one of a name's words has a meaning, and none makes it a column of something else."""
    said = read_name(name).meanings
    return meaning in said and not said & {"other", "cost"}


@lru_cache(maxsize=4096)
def read_name(name: str) -> NameWords:
    """The words of a column's name."""
    if len(name) > _LONGEST_NAME:
        return NameWords(frozenset(), 1)
    name = name.replace("%", " percent ")
    text = _NUMBER_SIGN.sub(" no ", _ELISION.sub(" ", re.sub(r"\b[Nn][ou]?[.](?=\s|$)", " no ", name)))
    meanings: set[str] = set()
    unknown, number = 0, None
    currency = currency_in(name)
    for word in _WORD.findall(_plain(text)):
        if word.isdigit():
            number = int(word[:6])
        elif word != currency:
            found, rest = _in_compound(word.casefold())
            meanings |= found
            unknown += rest
    return NameWords(frozenset(meanings), unknown, number)


def _in_compound(word: str) -> tuple[set[str], int]:
    """The meanings of a word's parts, and whether some part of it is not known."""
    vocabulary = _vocabulary()
    if meaning := vocabulary.meaning(word):
        return {meaning}, 0
    parts = _parts(word)
    if parts is not None:
        return set(parts), 0
    if not word.isascii():  # a script without spaces: the words that are known in it
        return _known_inside(word), 1
    # The last part of a compound says what it is.
    tail = next((word[at:] for at in range(1, len(word) - _PREFIX) if word[at:] in vocabulary.words), None)
    return ({vocabulary.words[tail]} if tail else set()), 1


def _known_inside(word: str) -> set[str]:
    vocabulary, found, at = _vocabulary(), set(), 0
    while at < len(word):
        end = next((end for end in range(len(word), at, -1) if word[at:end] in vocabulary.words), None)
        if end:
            found.add(vocabulary.words[word[at:end]])
        at = end or at + 1
    return found


@lru_cache(maxsize=4096)
def _parts(word: str) -> tuple[str, ...] | None:
    """The meanings of the words that a compound is made of; None where it is made of others."""
    vocabulary = _vocabulary()
    for end in range(min(len(word), _LONGEST), 0, -1):
        first = word[:end]
        if first.isascii() and len(first) < _SHORTEST and first not in _SHORT:
            return None
        meaning = vocabulary.words.get(first) or (vocabulary.meaning(first) if end == len(word) else None)
        if meaning is None:
            continue
        if end == len(word):
            return (meaning,)
        for joint in _JOINTS if first.isascii() else ("",):
            if word.startswith(joint, end) and (rest := _parts(word[end + len(joint) :])) is not None:
                return (meaning, *rest)
    return None


def _plain(text: str) -> str:
    """A name without accents."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@cache
def _vocabulary() -> _Vocabulary:
    data = read_yaml(_FILE)
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    for meaning, text in data["words"].items():
        for word in _plain(text).casefold().split():
            if word.endswith("*"):
                stems.setdefault(word[:-1], meaning)
            words.setdefault(word.rstrip("*"), meaning)
    rules = {
        kind: {field: tuple(frozenset(rule.split()) for rule in patterns) for field, patterns in data[kind].items()}
        for kind in _BESIDE
    }
    return _Vocabulary(words, stems, rules)
