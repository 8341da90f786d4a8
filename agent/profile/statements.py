"""Statements: what may be said of a customer, each taken from interests, and the sentences that code makes of them.

Few and strong ones: a text that says everything says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import TypeAdapter

from newaisle.agent.claims.sentences import short_title
from newaisle.agent.profile.interest import FEW, Interest, Interests
from newaisle.languages import Language
from newaisle.store.rows import PATH_SEPARATOR, Event
from newaisle.store.words import words
from newaisle.tables import table

About = Literal["mostly", "often", "brand", "dearer", "cheaper", "word", "dislike", "disliked", "again", "recent"]

_NAMES = 3  # in one statement
_TELLING = 0.05  # weight of an interest that is worth saying
_CATEGORY = 0.1  # share of the history, likewise
_DISLIKED = -0.1  # weight of a word or category that is; a brand's is plainer
_MOSTLY = 0.5  # share of the history in the categories named
_PRICED = 3  # products that a price level rests on
_OFF_MIDDLE = 0.1  # nearer to the middle than that, prices high and low may have evened out
_WORD = 0.1  # weight of a word or value of an attribute
_ENOUGH = 3  # statements: with fewer, what came last is said too
_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Statement:
    """Something said about names; `event` is what was done with the one that came last."""

    about: About
    names: tuple[str, ...] = ()
    event: Event | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """How a language says each kind, out of `says.toml`.

    one, many: clauses of `this customer`, and of `they`. recent: clauses of what was done last. first, others:
    sentences of one statement or more.
    """

    one: Mapping[About, str]
    many: Mapping[About, str]
    recent: Mapping[Event, str]
    between: str
    last: str
    first: str
    others: str
    joint: str
    gap: str
    nothing: str


SAYINGS: dict[Language, Saying] = TypeAdapter(dict[Language, Saying]).validate_python(table(__file__, "says.toml"))


def statements(interests: Interests) -> list[Statement]:
    """What is worth saying, the most telling first."""
    said = [*_categories(interests), *_brands(interests), *_price(interests)]
    taken = [name for statement in said for name in statement.names]
    said += [*_words(interests, taken), *_dislikes(interests), *_again(interests)]
    return said if len(said) >= _ENOUGH else [*said, *_recent(interests)]


def shortened(said: Sequence[Statement]) -> list[Statement]:
    """The first two of some statements with two names each: what a small model still gets right."""
    return [replace(statement, names=statement.names[:2]) for statement in said[:2]]


def facts(said: Sequence[Statement], language: Language) -> list[str]:
    """The statements as sentences, three at most."""
    saying = SAYINGS[language]
    forms = [(saying.first, saying.one), *[(saying.others, saying.many)] * _SENTENCES]
    return [
        frame.format(saying.joint.join(_clause(one, form, language) for one in part))
        for part, (frame, form) in zip(_parts(said), forms, strict=False)
    ]


def sentences(said: Sequence[Statement], language: Language) -> str:
    """The statements as one text of those sentences."""
    saying = SAYINGS[language]
    return saying.gap.join(facts(said, language)) if said else saying.nothing


def _parts(said: Sequence[Statement]) -> list[Sequence[Statement]]:
    """At most three runs, as equal in number as they can be, the longer ones first."""
    count = min(_SENTENCES, len(said))
    ends = [-(-len(said) * (number + 1) // count) for number in range(count)]
    return [said[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _clause(statement: Statement, forms: Mapping[About, str], language: Language) -> str:
    saying = SAYINGS[language]
    form = saying.recent[statement.event] if statement.event else forms[statement.about]
    *others, last = [f'"{name}"' if "," in name else name for name in statement.names] or [""]
    names = saying.last.join([saying.between.join(others), last]) if others else last
    return form.format(names=names, s="s" if others else "")


def _categories(interests: Interests) -> Iterator[Statement]:
    best = [one for one in interests.categories if one.weight >= _CATEGORY][:_NAMES]
    if best:
        about: About = "mostly" if sum(one.share for one in best) > _MOSTLY else "often"
        yield Statement(about, tuple(one.name.split(PATH_SEPARATOR)[-1] for one in best))


def _brands(interests: Interests) -> Iterator[Statement]:
    """Liked brands: of several products, for one purchase among others is not yet a taste."""
    least = 1 if len(interests.recent) <= FEW else 2
    best = [one for one in interests.brands if one.weight >= _TELLING and len(one.item_ids) >= least]
    if best:
        yield Statement("brand", tuple(one.name for one in best[:_NAMES]))


def _price(interests: Interests) -> Iterator[Statement]:
    """The level over all categories, in the currency of most products, where it is not near the middle."""
    for one in interests.prices:
        if not one.name and len(one.item_ids) >= _PRICED and abs(one.level - 0.5) > _OFF_MIDDLE:
            yield Statement("dearer" if one.level > 0.5 else "cheaper")
            return


def _words(interests: Interests, taken: Sequence[str]) -> Iterator[Statement]:
    """Liked words and values of attributes: each of other products, and none that a name said already has."""
    known = set(words(" ".join(taken)))
    names: dict[frozenset[str], str] = {}
    for one in _by_weight(interests.words, interests.attributes):
        name = one.name.partition(": ")[2] if one.kind == "attribute" else one.name
        products = frozenset(one.item_ids)
        if one.weight >= _WORD and products not in names and known.isdisjoint(words(name)):
            known.update(words(name))
            names[products] = name
    if names:
        yield Statement("word", tuple(names.values())[:_NAMES])


def _dislikes(interests: Interests) -> Iterator[Statement]:
    """Brands, categories and words of several disliked products, else the product that was disliked most."""
    least = {"brand": -_TELLING, "word": _DISLIKED, "category": _DISLIKED}
    found = _by_weight(interests.brands, interests.categories, interests.words)
    several = [one for one in found if one.weight <= least[one.kind] and len(one.item_ids) > 1]
    products = [one for one in interests.recent if one.weight < 0]
    if several:
        yield Statement("dislike", tuple(dict.fromkeys(one.name.split(PATH_SEPARATOR)[-1] for one in several))[:_NAMES])
    elif products:
        yield Statement("disliked", (short_title(min(products, key=lambda one: one.weight).name),))


def _again(interests: Interests) -> Iterator[Statement]:
    for one in sorted(interests.again, key=lambda one: -one.times)[:1]:
        if one.weight > 0:
            yield Statement("again", (short_title(one.name),))


def _recent(interests: Interests) -> Iterator[Statement]:
    for one in interests.recent:
        if one.weight > 0 and Event(one.event) in SAYINGS["en"].recent:
            yield Statement("recent", (short_title(one.name),), Event(one.event))
            return


def _by_weight(*kinds: Sequence[Interest]) -> list[Interest]:
    return sorted((one for kind in kinds for one in kind), key=lambda one: -abs(one.weight))
