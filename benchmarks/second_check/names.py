"""Finds names in a text: which stretch of it names which product, as shortened or respelled as people leave them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from benchmarks.second_check.shop_facts import Done
from newaisle.languages import HAN
from newaisle.store.rows import Product
from newaisle.store.words import words

_FIRST_MARK = 0xE000  # of the characters for private use: one stands for each name that was taken out
MARK = "[\ue000-\uf8ff]"
_HAN = re.compile(f"[{HAN}]")
_LETTER = re.compile(r"\w")
_ARTICLES = frozenset({"the", "a", "an", "your", "their", "this"})
_FEWEST_HAN = 4  # characters of a stretch of a Chinese name
_MOST_OF = 0.6  # of a title's words: with fewer, words in another order are no name
_FEWEST_SKIPPING = 5  # words of a name that may leave one out
_LIKE_ENOUGH = 92  # of 100: a letter or two may be wrong
_LONG_ENOUGH = 12  # characters of a name in which one may be
_QUOTED = re.compile(r'"[^"\n]{1,120}"|“[^”\n]{1,120}”|「[^」\n]{1,120}」|《[^》\n]{1,120}》')
Named = TypeVar("Named", Product, Done)


@dataclass(slots=True)
class Masked:
    """A text in which one character stands for each name and each quotation, so that it can be cut at punctuation."""

    text: str
    names: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, names: Iterable[str]) -> Masked:
        masked = cls(re.sub(MARK, " ", text))
        for start, end in sorted(_occurrences(masked.text, names), reverse=True):
            masked._take_out(start, end)
        for match in reversed(list(_QUOTED.finditer(masked.text))):
            masked._take_out(*match.span())
        return masked

    def _take_out(self, start: int, end: int) -> None:
        mark = chr(_FIRST_MARK + len(self.names))
        self.names.append(self.text[start:end])
        self.text = self.text[:start] + mark + self.text[end:]

    def spelled(self, part: str) -> str:
        """A part of the masked text as it was."""
        while found := re.search(MARK, part):
            part = part.replace(found[0], self.names[ord(found[0]) - _FIRST_MARK])
        return part


def _occurrences(text: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """Where stretches of names stand, the longest first where they overlap; each begins as its name does."""
    folded = text.lower()
    if len(folded) != len(text):  # a letter or two of the world have a longer lower case
        folded = text
    found = {span for name in set(names) for span in _beginnings(folded, name.lower())}
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0] - span[1], span)):
        if all(end <= other or start >= other_end for other, other_end in kept):
            kept.append((start, end))
    return kept


def _beginnings(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Where a name, or two words and more of its beginning, stand in a text."""
    key = name[: _FEWEST_HAN if _HAN.match(name) else _two_words(name)]
    start = text.find(key) if key else -1
    while start >= 0:
        length = len(key)
        while length < len(name) and start + length < len(text) and name[length] == text[start + length]:
            length += 1
        end = _whole(text, start, start + length)
        if end - start >= len(key) and (start == 0 or not _joined(text, start)):
            yield start, end
        start = text.find(key, start + 1)


def _two_words(name: str) -> int:
    match = re.match(r"\W*\w+\W+\w+", name)
    return match.end() if match else len(name)


def _whole(text: str, start: int, end: int) -> int:
    """Back to the end of a word, without punctuation but what closes a bracket."""
    while start < end < len(text) and _joined(text, end):
        end -= 1
    while end > start and not (_LETTER.match(text[end - 1]) or text[end - 1] in ")）]】\"'’”"):
        end -= 1
    return end


def _joined(text: str, place: int) -> bool:
    """Whether the characters before and at a place are of one word; every Chinese one is a word."""
    before, here = text[place - 1], text[place]
    return bool(_LETTER.match(before) and _LETTER.match(here) and not (_HAN.match(before) or _HAN.match(here)))


def unquoted(name: str) -> str:
    """A name without what it is quoted in."""
    return name.strip().strip("\"“”「」《》'‘’").strip()


def meant(name: str, among: Sequence[Named]) -> list[Named]:
    """All that a name may mean: several products may begin alike."""
    name = unquoted(name)
    exact = [one for one in among if _is_part(name, _product(one))]
    return exact or [one for one in among if _is_nearly(name, _product(one).title)]


def _product(one: Product | Done) -> Product:
    return one.product if isinstance(one, Done) else one


def _is_part(name: str, product: Product) -> bool:
    """Whether a name is a title, a stretch of one of two words, or most of its words in another order."""
    if _HAN.search(name):
        bare, title = _bare(name), _bare(f"{product.brand or ''}{product.title}")
        return bare == _bare(product.title) or (len(bare) >= _FEWEST_HAN and bare in title)
    said, title_words = _without_article(words(name)), words(product.title)
    for full in (title_words, [*words(product.brand or ""), *title_words]):
        if said and (said == full or said == words(_head(product.title)) or said == _without_article(full)):
            return True
        if len(said) >= 2 and any(full[i : i + len(said)] == said for i in range(len(full))):
            return True
    if _skips_one(said, title_words):
        return True
    given = set(said) - _ARTICLES
    return len(given) >= 2 and given <= set(title_words) and len(given) >= _MOST_OF * len(set(title_words))


def _skips_one(said: list[str], title: list[str]) -> bool:
    """Whether words are a stretch of a title but for one word that is left out inside it."""
    window = len(said) + 1
    return len(said) >= _FEWEST_SKIPPING and any(
        title[start : start + cut] + title[start + cut + 1 : start + window] == said
        for start in range(len(title) - window + 1)
        for cut in range(1, len(said))
    )


def _is_nearly(name: str, title: str) -> bool:
    """Whether a name is a stretch of a title with a letter or two wrong; numbers have to be right."""
    from rapidfuzz.fuzz import partial_ratio

    bare = " ".join(_without_article(words(name)))
    numbers = {word for word in words(name) if any(map(str.isdigit, word))}
    if len(bare) < _LONG_ENOUGH or len(bare) > len(title) + 2 or not numbers <= set(words(title)):
        return False
    return partial_ratio(bare, " ".join(words(title))) >= _LIKE_ENOUGH


def _without_article(some: list[str]) -> list[str]:
    return some[1:] if len(some) > 1 and some[0] in _ARTICLES else some


def _head(title: str) -> str:
    """A title up to a bracket or a comma."""
    return re.split(r"\s*[(（\[【,，;；|]", title, maxsplit=1)[0]


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
