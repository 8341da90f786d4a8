"""Shared words as a person would read them: in the product's own spelling, words side by side joined into one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from itertools import pairwise

from newaisle.languages import HAN
from newaisle.store.rows import Product
from newaisle.store.words import words
from newaisle.tables import table

_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:['’-][^\W_{HAN}]+)*")
_LABEL = re.compile(r"[^\W\d_]+\s*[:：](?=\s|$)|[^\W\d_]+：")
_LONG = 12  # words: a shorter text says what a product is, in a longer one a shared word is soon a coincidence
STOP_WORDS = frozenset(table(__file__, "stop_words.toml")["words"].split())  # no reason, whoever shares them


def telling(word: str) -> bool:
    """Whether a word can stand as a reason: no number, no single letter, no stop word."""
    return any(c.isalpha() for c in word) and word not in STOP_WORDS and (len(word) > 2 or not word.isascii())


def naming_fields(product: Product) -> Iterator[tuple[str, str]]:
    """Name and text of the fields that say what a product is: its title, and others that are short."""
    yield "title", product.title
    others = {"description": product.description}
    others |= {f"attributes.{name}": value for name, value in product.attributes.items()}
    yield from ((name, text) for name, text in others.items() if 0 < len(words(text)) <= _LONG)


def content_words(field: str, text: str) -> set[str]:
    """The words of a field but for what merely labels the others: `Genres: Drama; tags: heist` is about two things."""
    return set(words(text if field == "title" else _LABEL.sub(" ", text)))


def naming_words(product: Product) -> list[list[str]]:
    """The words of each of those fields."""
    return [words(text) for _, text in naming_fields(product)]


def spelled(text: str, wanted: Set[str], neighbours: Set[tuple[str, str]]) -> list[str]:
    """The stretches of `text` that consist of `wanted` words (see `store.words`), as spelled there; no word twice.

    English words side by side are one stretch if they are `neighbours`, Chinese ones always.
    """
    found: list[tuple[int, int]] = []
    for start, end in _wanted_runs(text, wanted, neighbours):
        if found and text[found[-1][1] : start] == " ":
            before, after = words(text[slice(*found[-1])]), words(text[start:end])
            if before and after and (before[-1], after[0]) in neighbours:
                found[-1] = (found[-1][0], end)
                continue
        found.append((start, end))
    once = {tuple(words(text[start:end])): text[start:end] for start, end in reversed(found)}
    kept: list[tuple[str, ...]] = []
    for key in sorted(once, key=len, reverse=True):
        if not any(set(key) & set(other) for other in kept):
            kept.append(key)
    return [stretch for key, stretch in reversed(once.items()) if key in kept]


def side_by_side(texts: list[list[str]]) -> frozenset[tuple[str, str]]:
    """The pairs of words that follow each other in one of the texts."""
    return frozenset(pair for text in texts for pair in pairwise(text))


def _wanted_runs(text: str, wanted: Set[str], neighbours: Set[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    """Where the wanted words stand: whole runs of letters, stretches of Chinese ones.

    A hyphenated run is whole if all its words are wanted, or one of them where the other text has the run too.
    """
    for match in _RUN.finditer(text):
        run, at = match.group(), match.start()
        if run[0] >= "\u3400":
            yield from ((at + start, at + end) for start, end in _covered(run, wanted))
        elif set(words(run)) <= wanted or (wanted & set(words(run)) and set(pairwise(words(run))) <= neighbours):
            yield match.span()
        else:
            parts = re.finditer(r"[^-'’]+", run)
            yield from ((at + part.start(), at + part.end()) for part in parts if set(words(part.group())) <= wanted)


def _covered(run: str, wanted: Set[str]) -> Iterator[tuple[int, int]]:
    """The longest stretches of a run of Chinese characters that are covered by wanted pairs."""
    inside = [run[i : i + 2] in wanted for i in range(len(run) - 1)]
    marks = "".join("x" if here or before else " " for before, here in pairwise([False, *inside, False]))
    yield from (stretch.span() for stretch in re.finditer("x+", marks))


_WORTH = table(__file__, "worthy_words.toml")
MATERIALS = frozenset(_WORTH["materials"].split())
_OF_LIST = f"{_WORTH['materials']} {_WORTH['worthy']}".split()
_WORTHY, _POOR = (frozenset(" ".join(words(word)) for word in some) for some in (_OF_LIST, _WORTH["poor"].split()))
_WORTHY_CHINESE = tuple(word for word in _OF_LIST if not word.isascii())
_CHINESE_PHRASE = 4  # characters from which a stretch of Chinese is more than a word
_SHORT_ENDS = frozenset("的了和与之是在有")
_VALUES = re.compile(r"[,;，；、|/]")


def worth_a_sentence(stretch: str, other: str, neighbours: Set[tuple[str, str]], kinds: Set[str]) -> bool:
    """Whether it says something of two products that both have a stretch of words.

    It does if it is a phrase that stands in the `other` text too, or a word for a material, a theme, a technique, a
    make or a kind of thing: of the bundled list or one of `kinds`, which the catalogue itself gives (see `kinds_of`).
    """
    own = words(stretch)
    if re.search(f"[{HAN}]", stretch):
        is_phrase = len(stretch) >= _CHINESE_PHRASE and not {stretch[0], stretch[-1]} & _SHORT_ENDS
        return stretch in other and (is_phrase or stretch in kinds or any(one in stretch for one in _WORTHY_CHINESE))
    if len(own) > 1:
        meaning = [word for word in own if word not in _POOR and not any(map(str.isdigit, word))]
        together = set(pairwise(own)) <= neighbours
        return together and (len(meaning) > 1 or bool(meaning and meaning[0] in _WORTHY | kinds))
    return " ".join(own) in _WORTHY or bool(set(own) & kinds - _POOR)


def is_phrase(stretch: str) -> bool:
    """Whether a stretch is more than one word, as people count: what a hyphen joins is one."""
    return (
        len(stretch) >= _CHINESE_PHRASE if re.search(f"[{HAN}]", stretch) else len(words(stretch.replace("-", ""))) > 1
    )


def names_it(stretch: str, title: str) -> bool:
    """Whether a title says by a stretch what the product is, and not what comes with it or whom it is for."""
    head = words(re.split(r"\b(?:with|for|w)\b", title, maxsplit=1, flags=re.IGNORECASE)[0])
    return bool(own := words(stretch)) and set(own) <= set(head)


def same_field(product: Product, other: Product) -> bool:
    """Whether the categories of two products lie beside each other, or have a word in common."""
    paths, others = ([path for path in (one.category, *one.other_categories) if path] for one in (product, other))
    return any(
        (path[:-1] and path[:-1] == beside[:-1]) or any(map(telling, set(words(path[-1])) & set(words(beside[-1]))))
        for path in paths
        for beside in others
    )


def kinds_of(product: Product) -> set[str]:
    """The words by which the catalogue itself sorts a product: its categories, and attributes of one word."""
    found = {word for path in (product.category, *product.other_categories) for name in path for word in words(name)}
    found |= {name for path in (product.category, *product.other_categories) for name in path if not name.isascii()}
    values = (part for value in product.attributes.values() for part in _VALUES.split(value))
    found |= {own[0] for value in values if len(own := words(value)) == 1}
    return {word for word in found if telling(word) and not any(map(str.isdigit, word))}


def labelled(product: Product) -> set[str]:
    """The words that stand alone in a labelled list of a product: `Genres: Drama; tags: heist` has both."""
    lists = (text for name, text in naming_fields(product) if name != "title" and _LABEL.search(text))
    values = (value for text in lists for value in _VALUES.split(_LABEL.sub(" ; ", text)))
    return {"".join(own) if len(own) == 1 else value.strip().casefold() for value in values if (own := words(value))}
