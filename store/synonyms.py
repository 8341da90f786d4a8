"""Synonyms: words that mean the same, and what a wider word covers, out of files in the format of Solr.

A line of words with commas between them: each stands for all. `wide => narrow, narrow`: whoever asks for the wide word
is served by the narrow ones. `#` begins a comment. Words are compared by a function that is given, such as one that
takes their stems.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from newaisle.errors import InputError
from newaisle.store.stems import norm_phrase

BUNDLED = sorted(Path(__file__).with_name("synonyms").glob("*.txt"))
_ARROW = "=>"


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Words and phrases by what serves whoever asks for them; all are in the form that they are compared in."""

    serving: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls, files: Iterable[Path], norm: Callable[[str], str]) -> Synonyms:
        """What some files say. Raises InputError for one that cannot be read, with the line that is wrong."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for file in files:
            for wide, served in _rules(file):
                for one in wide:
                    found[norm(one)].update(map(norm, served))
        return cls({word: frozenset(words) for word, words in _through(found).items()})

    def of(self, word: str) -> frozenset[str]:
        """What serves a word, the word itself left out."""
        return self.serving.get(word, frozenset())


def known_synonyms(own: Path | None = None) -> Synonyms:
    """The bundled ones and a shop's own, by stems. Raises InputError for a file that is wrong."""
    return _known(own, own.stat().st_mtime_ns) if own and own.exists() else _known(None, 0)


@lru_cache(maxsize=2)
def _known(own: Path | None, _changed: int) -> Synonyms:
    """Read once, and again when the shop's file is changed."""
    return Synonyms.read([*BUNDLED, *([own] if own else [])], norm_phrase)


def _rules(file: Path) -> Iterator[tuple[list[str], list[str]]]:
    """The words of each line, and what serves them."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as exc:
        raise InputError(f"cannot read {file} ({exc.strerror}): mend that, or take it away") from exc
    except UnicodeDecodeError as exc:
        raise InputError(f"{file} is not UTF-8: save it as that") from exc
    for number, line in enumerate(lines, start=1):
        if text := line.partition("#")[0].strip():
            wide, arrow, narrow = text.partition(_ARROW)
            words, served = _words(wide), _words(narrow)
            if _ARROW in narrow:
                raise InputError(f"{file}:{number}: it has two {_ARROW}: make two lines of it")
            if arrow and not (words and served):
                raise InputError(f"{file}:{number}: there is no word on one side of {_ARROW}: put one there")
            if not arrow and len(words) < 2:
                raise InputError(f"{file}:{number}: {text!r} stands alone: put what means the same beside it: a, b")
            yield words, served or words


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
