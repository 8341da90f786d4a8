"""Synonyms: words that mean the same, and what a wider word covers, out of files in the format of Solr.

A line of words with commas between them: each stands for all. `wide => narrow, narrow`: whoever asks for the wide word
is served by the narrow ones. Words are compared by a function that is given, such as one that takes their stems.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

BUNDLED = Path(__file__).with_name("synonyms")


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Words and phrases by what serves whoever asks for them; all are in the form that they are compared in."""

    serving: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls, files: Iterable[Path], norm: Callable[[str], str]) -> Synonyms:
        """What some files say. Raises OSError, and UnicodeDecodeError for a file that is not UTF-8."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for wide, served in _rules(files):
            for one in wide:
                found[norm(one)].update(map(norm, served))
        return cls({word: frozenset(words) for word, words in _through(found).items()})

    def of(self, word: str) -> frozenset[str]:
        """What serves a word, the word itself left out."""
        return self.serving.get(word, frozenset())


def _rules(files: Iterable[Path]) -> Iterator[tuple[list[str], list[str]]]:
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            text = line.partition("#")[0].strip()
            if text:
                wide, arrow, narrow = text.partition("=>")
                words = _words(wide)
                yield words, _words(narrow) if arrow else words


def _words(text: str) -> list[str]:
    return [word for one in text.split(",") if (word := one.strip())]


def _through(found: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same with what serves that which serves: metal, then steel, then stainless steel."""
    whole: dict[str, set[str]] = {}
    for word in found:
        reached, waiting = {word}, [word]
        while waiting:
            new = found.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        whole[word] = reached - {word}
    return whole
