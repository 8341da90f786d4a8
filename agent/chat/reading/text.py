"""The text of a turn as the other modules read it, with what was found in it marked.

A thing that was found (a brand, products on the screen, a category, a content word) is replaced by one private
character, so that the grammar can be written as patterns over what is left: `no more {word}`, `more like {items}`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from newaisle.agent.chat.reading.properties import PROPERTIES
from newaisle.agent.chat.reading.slang import CHINESE_PATTERNS, CHINESE_SLIPS, SLANG

LONGEST = 400  # characters of a turn that are read
_KIND = Literal["brand", "items", "word", "topic"]
_FIRST: dict[_KIND, int] = {"brand": 0xE000, "items": 0xE400, "word": 0xE800, "topic": 0xEC00}
BRAND, ITEMS, WORD, TOPIC = (f"[{chr(first)}-{chr(first + 0x3FF)}]" for first in _FIRST.values())
_UNREADABLE = re.compile(r"[\ue000-\uf8ff\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\ufeff]")
_HYPHENATED = {way: one for one in PROPERTIES if "-" in one for way in (one.replace("-", " "), one.replace("-", ""))}
_SPELLINGS = {way: one for way, one in _HYPHENATED.items() if way not in PROPERTIES} | SLANG
_RESPELLED = re.compile(
    r"(?<![\w'])(?:" + "|".join(map(re.escape, sorted(_SPELLINGS, key=len, reverse=True))) + r")(?![\w'])"
)
_FOUR = re.compile(r"(?<![\w#.])4(?= (?:a|an|my|me|the|his|her|our|some) )")  # "looking 4 a knife"
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "～": "~", "–": "-", "—": "-", "。": ". "}
)


def any_of(phrases: str) -> str:
    """A pattern for any of some phrases, the longest first: parted by spaces or lines, with _ for a space in them."""
    written = {re.escape(phrase).replace("_", " ") for phrase in phrases.split()}
    return "(?:" + "|".join(sorted(written, key=lambda phrase: (-len(phrase), phrase))) + ")"


def normal(text: str) -> str:
    """The text in lower case, full-width forms made plain, apostrophes put in, and slang written out."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST].translate(_QUOTES)).casefold()
    plain = _FOUR.sub("for", _UNREADABLE.sub(" ", plain))
    for slip, meant in CHINESE_SLIPS.items():
        plain = plain.replace(slip, meant)
    for pattern, meant in CHINESE_PATTERNS:
        plain = pattern.sub(meant, plain)
    return " ".join(_RESPELLED.sub(lambda found: _SPELLINGS[found.group()], plain).split())[:LONGEST]


@dataclass(frozen=True, slots=True)
class Brand:
    name: str


@dataclass(frozen=True, slots=True)
class Items:
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Word:
    said: str
    known: bool  # whether the catalogue, or the table of common properties, has it
    is_degree: bool = False  # "lighter", 太重: more or less than something, which no text says
    is_in_texts: bool = False  # whether descriptions have it, although no title does


@dataclass(frozen=True, slots=True)
class Topic:
    said: str
    weights: tuple[tuple[str, float], ...]  # how surely it means each category
    is_thing: bool  # whether it also says what kind of product is wanted


Found = Brand | Items | Word | Topic
_F = TypeVar("_F", Brand, Items, Word, Topic)
_KINDS: dict[type, _KIND] = {Brand: "brand", Items: "items", Word: "word", Topic: "topic"}


@dataclass(slots=True)
class Marked:
    """A turn under reading: its text with private characters in it, and what each of them stands for."""

    text: str
    found: dict[str, Found] = field(default_factory=dict)

    def mark(self, thing: Found) -> str:
        """The character that stands for a thing from now on."""
        kind = _KINDS[type(thing)]
        number = sum(isinstance(one, type(thing)) for one in self.found.values())
        character = chr(_FIRST[kind] + number)
        self.found[character] = thing
        return character

    def replace(self, pattern: re.Pattern[str], by: Callable[[re.Match[str]], str | None]) -> None:
        """Replace what a pattern matches; where `by` returns None it stays."""
        self.text = pattern.sub(lambda match: match.group() if (new := by(match)) is None else new, self.text)

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """Find a pattern and cut it out."""
        matches = list(pattern.finditer(self.text))
        if matches:
            self.text = pattern.sub(" , ", self.text)
        return matches

    def of(self, kind: type[_F], text: str | None = None) -> Iterator[_F]:
        """The things of one kind that still stand in the text, or in a part of it, in order."""
        for character in self.text if text is None else text:
            thing = self.found.get(character)
            if isinstance(thing, kind):
                yield thing
