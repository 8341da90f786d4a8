"""What the check knows of a language's words, out of `words/LANGUAGE.yaml`: a language is added by such a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from newaisle.languages import HAN, Language
from newaisle.store.rows import Event
from newaisle.store.stems import norm
from newaisle.tables import read_yaml

Phrase = tuple[str, ...]
"""Words as they are compared, in a row."""
_HAN_WORD = re.compile(rf"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and phrases of a language by what they do in a text; see the comments in its file."""

    style: frozenset[str]
    written: frozenset[str]  # the words of `style` as they are written: some have a stem in common with a property
    free: frozenset[str]  # with everyday words, which may be part of a name
    properties: frozenset[str]
    promises: re.Pattern[str]
    events: dict[Phrase, frozenset[Event]]
    customer: dict[str, frozenset[str]]  # by style: how the customer is spoken to, or of
    relations: list[tuple[frozenset[Phrase], frozenset[str]]]  # how they are said, and the kinds of claims that do
    profile: dict[str, frozenset[Phrase]]  # what a paragraph about a customer says, by kind
    comparisons: frozenset[str]  # kinds of claims
    negations: frozenset[str]
    numbers: dict[str, int]
    han: frozenset[str]  # everything above and below that is Chinese: what a run of characters is cut into
    # Phrases.
    brands: frozenset[Phrase]
    sharing: frozenset[Phrase]
    asked: frozenset[Phrase]
    contrasting: frozenset[Phrase]
    leaping: frozenset[Phrase]
    not_denials: frozenset[Phrase]
    talk: frozenset[Phrase]
    # Words.
    adding: frozenset[str]
    adverbs: frozenset[str]
    again: frozenset[str]
    agreeing: frozenset[str]
    articles: frozenset[str]
    backward: frozenset[str]
    being: frozenset[str]
    belongings: frozenset[str]
    causes: frozenset[str]
    choices: frozenset[str]
    companions: frozenset[str]
    comparing: frozenset[str]
    conditions: frozenset[str]
    counted: frozenset[str]
    crossing: frozenset[str]
    currencies: frozenset[str]
    dimensions: frozenset[str]
    doing: frozenset[str]
    elsewhere: frozenset[str]
    ending: frozenset[str]
    everything: frozenset[str]
    going: frozenset[str]
    habits: frozenset[str]
    having: frozenset[str]
    identity: frozenset[str]
    interested: frozenset[str]
    joining: frozenset[str]
    jointly: frozenset[str]
    lasting: frozenset[str]
    kinds: frozenset[str]
    leading: frozenset[str]
    likening: frozenset[str]
    limits: frozenset[str]
    making: frozenset[str]
    many: frozenset[str]
    meaning: frozenset[str]
    modals: frozenset[str]
    most: frozenset[str]
    naming: frozenset[str]
    objects: frozenset[str]
    offering: frozenset[str]
    others: frozenset[str]
    manufacture: frozenset[str]
    pairing: frozenset[str]
    owning: frozenset[str]
    passive: frozenset[str]
    personal: frozenset[str]
    placing: frozenset[str]
    plural: frozenset[str]
    possessive: frozenset[str]
    choosing: frozenset[str]
    choosing_people: frozenset[str]
    pointing: frozenset[str]
    pronouns: frozenset[str]
    pursuits: frozenset[str]
    relative: frozenset[str]
    results: frozenset[str]
    somebody: frozenset[str]
    spans: frozenset[str]
    speakers: frozenset[str]
    stops: frozenset[str]
    suiting: frozenset[str]
    superlative: frozenset[str]
    supposing: frozenset[str]
    using: frozenset[str]
    within: frozenset[str]


_PHRASES = ("brands", "sharing", "asked", "contrasting", "leaping", "not_denials", "talk")
_WORDS = tuple(one.name for one in fields(Vocabulary)[tuple(Vocabulary.__annotations__).index("adding") :])


def words_file(language: Language) -> Path:
    """Where the words of a language are."""
    return Path(__file__).parent / "words" / f"{language}.yaml"


def promises(language: Language) -> list[str]:
    """What a text may say only where the product's title or a claim does; a * stands for any ending."""
    return sorted(_split(_read(language)["promises"]))


def _read(language: Language) -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(words_file(language))
    return found


@cache
def vocabulary(language: Language) -> Vocabulary:
    """The words of a language."""
    found = _read(language)
    return Vocabulary(
        style=_words(found["style"]),
        written=frozenset(found["style"].split()),
        free=_words(found["style"]) | (_words(found["everyday"]) - _words(found["properties"])),
        properties=_words(found["properties"]),
        promises=_promises(found["promises"]),
        events={tuple(verb.split()): frozenset(map(Event, names)) for verb, names in found["events"].items()},
        customer={style: frozenset(map(norm, names)) for style, names in found["customer"].items()},
        relations=[(_phrases(one["said"]), frozenset(one["kinds"])) for one in found["relations"]],
        profile={kind: _phrases(said) for kind, said in found["profile"].items()},
        comparisons=frozenset(_split(found["comparisons"])),
        negations=frozenset(_split(found["negations"])),
        numbers={norm(word): value for word, value in found["numbers"].items()},
        han=frozenset(re.findall(rf"[{HAN}]+", " ".join(map(str, _texts(found))))),
        **_each(found, _PHRASES, _phrase),
        **_each(found, _WORDS, norm),
    )


def _each(found: Mapping[str, str], names: Iterable[str], form: Callable[[str], Any]) -> dict[str, Any]:
    return {name: frozenset(map(form, _split(found[name]))) for name in names}


def _words(text: str) -> frozenset[str]:
    return frozenset(map(norm, text.split()))


def _split(text: str) -> list[str]:
    """What stands between commas; `comma` is a comma."""
    return ["," if one.strip() == "comma" else one.strip() for one in text.split(",") if one.strip()]


def _phrases(text: str) -> frozenset[Phrase]:
    return frozenset(map(_phrase, _split(text)))


def _phrase(text: str) -> Phrase:
    return tuple(norm(word) for word in re.findall(r"[\w']+", text))


def _promises(text: str) -> re.Pattern[str]:
    """One pattern for all of them, over a text in lower case."""
    parts = [re.escape(one).replace(r"\*", r"\w*").replace("'", "['’]") for one in _split(text)]
    return re.compile("|".join(part if _HAN_WORD.search(part) else rf"\b(?:{part})\b" for part in parts))


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield from (str(key), *_texts(value))
    elif isinstance(found, Iterable) and not isinstance(found, str):
        for one in found:
            yield from _texts(one)
    else:
        yield str(found)
