"""Which category of the shop a word speaks of: by the category's own name, or by a topic that the name belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache

from rapidfuzz.distance import OSA

from newaisle.agent.chat.reading.chinese_kinds import DONE, NEAR
from newaisle.agent.chat.reading.function_words import COMMON
from newaisle.agent.chat.reading.text import normal
from newaisle.agent.chat.reading.topics import THINGS, TOPICS, Topic
from newaisle.languages import HAN
from newaisle.store.rows import PATH_SEPARATOR
from newaisle.store.words import words

Weights = Mapping[str, float]

# How surely words mean a category: its whole name, a part of it between "&" and commas, one word of such a part, the
# name of a category above it. What is said by a topic counts for less, and a category for a little below its parent.
_WHOLE, _PART, _ABOVE, _WORD = 4.0, 3.0, 2.5, 2.0
_BY_TOPIC, _BELOW = 0.6, 0.5
SURE = _PART
LONGEST_PHRASE = 4  # words that are read as one name
_LEAST, _AHEAD = 1.1, 0.15  # of the best category, and of it over the next, for it to be meant
_LONG = 5  # letters of a word from which one may be wrong, and of a stem that begins a longer word
_SPLIT = re.compile(r" ?[&,/、+] ?| and |[和与及]")
_GENERIC = frozenset(
    """
    other supply accessory product equipment tool storage system material making watching device gear good item care
    and of for set kit stuff general misc miscellaneous more all new sale book
    """.split()
)


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A word without what makes it an activity, a person or several: hiking, hikers and hikes are one."""
    (word,) = words(word)[:1] or [word]
    for ending in ("ing", "er"):
        if len(word) > 5 and word.endswith(ending):
            word = word[: -len(ending)]
            word = word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls" else word
            break
    if len(word) > 4 and word.endswith("ie"):  # what is left of "comedies"
        return word[:-2] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in re.findall(rf"[^\W_{HAN}]+", text) if word != "and")


class CategoryNames:
    """The categories of a shop, by everything that may be said for them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = sorted(set(paths))

    @cached_property
    def _names(self) -> dict[str, tuple[str, float]]:
        """Names as they are written in lower case, of categories and of those above, with path and weight."""
        found: dict[str, tuple[str, float]] = {}
        for path in self.paths:
            parts = path.split(PATH_SEPARATOR)
            for depth, part in enumerate(parts, 1):
                leaf = depth == len(parts)
                node = PATH_SEPARATOR.join(parts[:depth])
                found.setdefault(node, (normal(part), _WHOLE if leaf or node in self.paths else _ABOVE))
        return found

    @cached_property
    def _phrases(self) -> dict[str, dict[str, float]]:
        """Category weights by phrase: the stems of English words, Chinese as it is written."""
        found: dict[str, dict[str, float]] = {}

        def add(phrase: str, path: str, weight: float) -> None:
            if phrase:
                known = found.setdefault(phrase, {})
                known[path] = max(weight, known.get(path, 0))

        for path, (name, weight) in self._names.items():
            add(_key(name), path, weight)
            for part in _SPLIT.split(name):
                add(_key(part), path, min(weight, _PART))
                for word in re.findall(rf"[{HAN}]{{2,}}|[^\W_{HAN}]+", part):
                    if _key(word) != _key(part) and (words(word) or [""])[0] not in _GENERIC:
                        add(_key(word), path, _WORD)
            if weight == _ABOVE:
                for below in self.paths:
                    if below.startswith(path + PATH_SEPARATOR):
                        add(_key(name), below, _BELOW)
        return found

    def is_part(self, word: str) -> bool:
        """Whether a name, or one of the things that it lists, is just this English word, in either number."""
        return _singular(word) in self._parts

    @cached_property
    def _parts(self) -> frozenset[str]:
        return frozenset(_singular(part) for name, _ in self._names.values() for part in _SPLIT.split(name))

    @cached_property
    def _kinds(self) -> frozenset[str]:
        """The kinds of product among the several things that a name lists: journals in "Sketching & Journals"."""
        parts = [part for name, _ in self._names.values() if len(of := _SPLIT.split(name)) > 1 for part in of]
        return frozenset(single for part in parts if (single := _singular(part)) != part and " " not in single)

    @cached_property
    def _by_topic(self) -> dict[str, dict[str, float]]:
        """Category weights by the word of a topic that a category's name has."""
        return {
            word: self._phrases[key]
            for said in TOPICS.values()
            for topic in said
            for word in topic.names
            if (key := _key(word)) in self._phrases
        }

    @cached_property
    def chinese(self) -> frozenset[str]:
        """The Chinese names, for cutting a text into words."""
        return frozenset(phrase for phrase in self._phrases if re.match(f"[{HAN}]", phrase))

    def meant(self, said: str) -> tuple[Weights, bool]:
        """How surely a phrase in lower case means each category, and whether it also names a kind of product."""
        found: dict[str, float] = {}
        for path, weight in self._phrases.get(_key(said), {}).items():
            found[path] = weight
        topics = TOPICS.get(said) or TOPICS.get(_singular(said)) or []
        if said.isalpha() and not (topics or found) and stem(said) != _singular(said):
            topics = _topics_of_stems().get(stem(said), [])
        for topic in topics:
            for path, weight in self._of_topic(topic.names):
                found[path] = max(found.get(path, 0), weight * _BY_TOPIC)
        if not found and said in NEAR:
            found = {path: weight * _BY_TOPIC for path, weight in self._of_topic(NEAR[said])}
        is_thing = (
            said in THINGS
            or (said in NEAR and said not in DONE)
            or _singular(said) in THINGS
            or (bool(found) and _singular(said) in self._kinds)
        )
        if not found and said.isalpha() and said.isascii():
            found = self._of_compound(said)
            is_thing = bool(found)
        return found, is_thing

    def misspelled(self, word: str) -> Weights:
        """What is meant by a word with one slip in it; nothing where that could be several."""
        if len(word) < _LONG or not word.isalpha() or not word.isascii():
            return {}
        near = {
            phrase for phrase in self._spellings.get(word[0], ()) if OSA.distance(word, phrase, score_cutoff=1) == 1
        }
        return self._phrases.get(_key(near.pop()), {}) if len(near) == 1 else {}

    @cached_property
    def _spellings(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, _ in self._names.values():
            for word in re.findall(r"[a-z]+", name):
                if len(word) >= _LONG and (words(word) or [""])[0] not in _GENERIC and word not in COMMON:
                    found.setdefault(word[0], set()).add(word)
        return found

    def _of_topic(self, names: Iterable[str]) -> Iterator[tuple[str, float]]:
        for name in names:
            yield from self._by_topic.get(name, {}).items()

    def _of_compound(self, word: str) -> dict[str, float]:
        """Categories whose name begins a longer word: a sketchbook is for sketching."""
        for end in range(len(word) - 3, _LONG - 1, -1):
            known = self._phrases.get(stem(word[:end]), {})
            sure = {path: _WORD for path, weight in known.items() if weight >= _PART}
            if sure:
                return sure
        return {}


def best(weights: Iterable[Weights]) -> tuple[str, float] | None:
    """The category that several phrases mean together, with its weight; None where it could be another."""
    sums: dict[str, float] = {}
    for one in weights:
        for path, weight in one.items():
            sums[path] = sums.get(path, 0) + weight
    ranked = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked or ranked[0][1] < _LEAST:
        return None
    path, weight = ranked[0]
    rivals = [other for other in ranked[1:] if not path.startswith(other[0] + PATH_SEPARATOR)]
    return None if rivals and weight - rivals[0][1] < _AHEAD else (path, weight)


@cache
def _topics_of_stems() -> dict[str, list[Topic]]:
    """Topics by the stems of the English words that people say of them: birdwatchers are after birdwatching."""
    found: dict[str, list[Topic]] = {}
    for word, topics in TOPICS.items():
        if word.isascii() and word.isalpha() and word not in THINGS and len(stem(word)) >= _LONG:
            found.setdefault(stem(word), topics)
    return found


def _key(text: str) -> str:
    if re.match(f"[{HAN}]", text):
        return text
    return " ".join(stems(text))


def _singular(said: str) -> str:
    return " ".join(words(said)) if said.isascii() else said
