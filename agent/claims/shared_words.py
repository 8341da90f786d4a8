"""Shared words as a person would read them: in the product's own spelling, words side by side joined into one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from itertools import pairwise

from newaisle.languages import HAN
from newaisle.store.rows import Product
from newaisle.store.words import words

_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:['’-][^\W_{HAN}]+)*")
_LABEL = re.compile(r"[^\W\d_]+\s*[:：](?=\s|$)|[^\W\d_]+：")
_LONG = 12  # words: a shorter text says what a product is, in a longer one a shared word is soon a coincidence


# Words that are no reason: function words, measures, praise, and Chinese pairs that only hold a sentence up.
STOP_WORDS = frozenset(
    """
    a about above across after again against all almost alone along already also although always am amid among an and
    another any anyone anything anywhere are around as at away back be became because become been before behind being
    below beside besides between beyond both but by can cannot could did do does doing done down due during each either
    else enough etc even ever every everyone everything everywhere except few for forth from further get gets give go
    goes got had has have having he hence her here hers herself him himself his how however i if in indeed inside
    instead into is it its itself just keep least less let like made make makes many may me might mine more moreover
    most mostly much must my myself near neither never next no nobody none nor not nothing now of off often on once one
    ones only onto or other others otherwise our ours ourselves out outside over own part per perhaps please plus put
    quite rather re really same see seem several shall she should since so some somehow someone something sometimes
    somewhere still such take than that the their theirs them themselves then there therefore these they this those
    though through throughout thus to together too toward towards under unless until up upon us use used uses using very
    via was we well were what whatever when where whereas whether which while who whole whom whose why will with within
    without would yet you your yours yourself
    two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty hundred
    set pair pack piece litre liter inch size small medium large mini count cm mm ml oz kg lb ct
    new easy great good best perfect nice quality premium value ultra super assorted vary ideal
    一个 适合 可以 以及 使用 非常 我们 不会 只有 没有 的人 的时
    毫升 厘米 毫米 公斤 英寸 大号 中号 小号
    """.split()
)


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
