"""Words of a text for lexical matching: English and other spaced scripts by word, Chinese by character pairs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from newaisle.languages import HAN
from newaisle.store.rows import Product

_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:['’][^\W_{HAN}]+)?")
_ASCII_RUN = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)?")  # what _RUN finds in ASCII in lower case, several times as fast
_IS_HAN = re.compile(rf"[{HAN}]")
_CATEGORY_WORDS = 200  # words kept per category: the tail of rare words says nothing about its likeness to others


def words(text: str) -> list[str]:
    """The words of a text in order, in lower case and without a plural's s.

    A run of Chinese characters yields its overlapping pairs (Nie, Gao and Zhou 2000, "On the use of words and n-grams
    for Chinese information retrieval"): no dictionary is needed, and a shared pair is nearly always a shared word.
    """
    if text.isascii():
        return list(map(_singular, _ASCII_RUN.findall(text.lower())))
    found: list[str] = []
    for run in _RUN.findall(text.casefold()):
        if _IS_HAN.match(run):
            found.extend(run[i : i + 2] for i in range(len(run) - 1)) if len(run) > 1 else found.append(run)
        else:
            found.append(_singular(run))
    return found


def runs(text: str) -> Iterator[tuple[str, int, bool]]:
    """The runs of letters that `words` reads, as they are spelled: text, start, and whether it is Chinese."""
    return ((match.group(), match.start(), bool(_IS_HAN.match(match.group()))) for match in _RUN.finditer(text))


@lru_cache(maxsize=1 << 16)  # shops say the same words again and again
def _singular(word: str) -> str:
    word = re.sub(r"['’]s?$", "", word)
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def is_chinese(text: str) -> bool:
    """Whether at least a third of the text's letters are Chinese characters."""
    letters = sum(character.isalpha() for character in text)
    return letters > 0 and len(_IS_HAN.findall(text)) * 3 >= letters


def product_text(product: Product) -> str:
    """What is matched word by word: title, brand, description, and attributes that hold words."""
    attributes = (value for value in product.attributes.values() if any(map(str.isalpha, value)))
    return " ".join(filter(None, (product.title, product.brand, product.description, *attributes)))


def count_words(products: Iterable[Product]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """In how many products each word occurs: over all, and by category path (its most frequent words only)."""
    overall: Counter[str] = Counter()
    by_category: dict[str, Counter[str]] = {}
    for product in products:
        found = set(words(product_text(product)))
        overall.update(found)
        for path in product.paths:
            by_category.setdefault(path, Counter()).update(found)
    return overall, {path: Counter(dict(c.most_common(_CATEGORY_WORDS))) for path, c in by_category.items()}
