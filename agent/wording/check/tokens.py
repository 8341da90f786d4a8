"""A text as words, numbers and marks, sentence by sentence; Chinese is cut into the longest words that are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from newaisle.languages import HAN
from newaisle.store.stems import norm

_TOKEN = re.compile(rf"\d+(?:[.,]\d+)*|[{HAN}]+|[^\W\d_{HAN}]+(?:['’][^\W\d_{HAN}]+)*|\S")
_ENDS = frozenset(".!?。！？;；\n")
QUOTES = frozenset('"“”„»«「」')
_LONGEST = 8  # characters of a Chinese word


class Token(NamedTuple):
    """A word, number or mark: as it is written, as it is compared, and where it begins in the text."""

    text: str
    norm: str
    start: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit()


Sentence = Sequence[Token]


def tokens(text: str, known: Callable[[str], bool] = lambda word: False) -> Iterator[Token]:
    """The tokens of a text in order; `known`: whether some Chinese characters are a word."""
    for match in _TOKEN.finditer(text):
        written, start = match.group(), match.start()
        if re.match(f"[{HAN}]", written):
            for word in _cut(written, known):
                yield Token(word, word, start)
                start += len(word)
        elif written[0].isdigit():
            yield Token(written, plain_number(written), start)
        elif written[0].isalpha():
            yield Token(written, norm(written), start)
        else:
            yield Token(written, written, start)


def quoted(sentence: Sentence) -> set[int]:
    """The places of tokens in quotation marks."""
    inside, found = False, set()
    for place, token in enumerate(sentence):
        if token.text in QUOTES:
            inside = not inside
        elif inside:
            found.add(place)
    return found


def sentences(found: Sequence[Token], is_abbreviation: Callable[[str], bool]) -> list[tuple[Sentence, str]]:
    """The tokens of each sentence, and the mark that ends it."""
    read: list[tuple[Sentence, str]] = []
    start = 0
    for place, token in enumerate(found):
        if token.text in _ENDS and not (token.text == "." and place and is_abbreviation(found[place - 1].text)):
            if place > start:
                read.append((found[start:place], token.text))
            start = place + 1
    return [*read, (found[start:], "")] if start < len(found) else read


def plain_number(written: str) -> str:
    """A number without what groups its digits, and without noughts at the end of its decimals."""
    digits = written.replace(",", "")
    return f"{float(digits):g}" if re.fullmatch(r"\d+(?:\.\d+)?", digits) else digits


def _cut(run: str, known: Callable[[str], bool]) -> Iterator[str]:
    """Forward maximum matching (Liang 1986): at each place the longest word that is known, else one character."""
    at = 0
    while at < len(run):
        lengths = range(min(_LONGEST, len(run) - at), 1, -1)
        length = next((length for length in lengths if known(run[at : at + length])), 1)
        yield run[at : at + length]
        at += length
