"""The names in a text: which stretches of it are a product, a row, a brand, a claimed word or a number of the evidence.

Spelling is tolerated: case, punctuation, a plural's s, a letter or two wrong in a long word, and parts of a title as
long as they keep its order and two of its telling words. What a stretch may stand for is all that it fits best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from newaisle.agent.claims.sentences import short_title
from newaisle.agent.claims.shared_words import telling
from newaisle.agent.wording.check.text_evidence import TextEvidence
from newaisle.languages import HAN
from newaisle.store.rows import Product

_TOKEN = re.compile(rf"\d+(?:[.,]\d+)+|[{HAN}]|[^\W_{HAN}]+(?:['’][^\W_{HAN}]+)*|\S")
_JOINING = frozenset("-–'’/")  # what may stand between the words of any name
_QUOTES = frozenset("\"'“”‘’「」『』《》")
_SHARING = frozenset(
    "share shares sharing shared mention mentions mentioned features feature have has words word".split()
)
_ENDS_SHARING = frozenset("with like as to . , ; : 的 您 你".split())
_LONG, _VERY_LONG = 6, 10  # letters of a word from which one may be wrong, and two
_ENOUGH = 2.0  # telling words that stand for a title
_HAN_SHARE = 0.7  # of a telling word in a Chinese character: three of them are enough
_NUMBERS = dict(zip("one two three four five six seven eight nine ten".split(), map(str, range(1, 11)), strict=True))
_COUNTED = frozenset("product item thing other customer shopper".split())
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY", "元": "CNY", "美元": "USD"}


class Token(NamedTuple):
    """A word, number, Chinese character or mark of a text. `norm` is what it is compared by."""

    norm: str
    text: str
    is_word: bool


class Name(NamedTuple):
    """What a stretch of text may stand for: the letter of its role (see `lexicon`) and which one it is."""

    role: str
    key: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A name with the forms that it is known by; a title may also stand there in part."""

    name: Name
    forms: frozenset[tuple[str, ...]]
    title: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()  # that stand in it
    ending: frozenset[str] = frozenset()  # that it ends with


class Mention(NamedTuple):
    """A stretch of tokens, and what it may stand for."""

    end: int
    names: tuple[Name, ...]


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text in order."""
    return tuple(_token(found) for found in _TOKEN.findall(text))


def _token(text: str) -> Token:
    if text == "&":
        return Token("and", text, True)
    return Token(_norm(text.casefold()), text, text[0].isalnum())


def _norm(word: str) -> str:
    word = re.sub(r"['’]s?$", "", word)
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def forms(text: str) -> tuple[str, ...]:
    """The words of a name as they are compared."""
    return tuple(token.norm for token in tokens(text) if token.is_word)


def entities(evidence: TextEvidence) -> list[Entity]:
    """Everything that the evidence give a name to."""
    rows = {reason.row.product.item_id: reason.row.product for reason in evidence.reasons if reason.row}
    found = [_product(evidence.product, Name("P", "")), _category(evidence.category, Name("C", ""))]
    found += [_product(row, Name("R", item_id)) for item_id, row in rows.items()]
    if evidence.product.brand:
        found.append(_plain(evidence.product.brand, Name("B", "")))
    categories = {row.category_name for row in rows.values() if row.category_name} - {evidence.category}
    found += [_category(name, Name("H", name)) for name in sorted(categories)]
    for number, reason in enumerate(evidence.reasons):
        found += _claimed(number, reason.claim.kind, reason.claim.item_field, reason.claim.value)
    return [entity for entity in found if entity.forms]


def _plain(text: str, name: Name) -> Entity:
    words = forms(text)
    return Entity(name, frozenset({words} - {()}), marks=frozenset(text), ending=_ending(text))


def _category(text: str, name: Name) -> Entity:
    return _plain(text, name)


def _product(product: Product, name: Name) -> Entity:
    title, brand, short = forms(product.title), forms(product.brand or ""), forms(short_title(product.title))
    whole = title if _within(brand, title) else brand + title
    bare = [form[len(brand) :] for form in (title, short) if brand and form[: len(brand)] == brand]
    known = {whole, title, short, short if _within(brand, short) else brand + short, *bare}
    known = {form for form in known if form and (len(form) > 1 or form in (title, short))}
    return Entity(
        name,
        frozenset(known),
        whole,
        frozenset(product.title),
        _ending(product.title) | _ending(short_title(product.title)),
    )


def _ending(text: str) -> frozenset[str]:
    ending = re.search(r"\W*$", text)
    return frozenset(ending[0] if ending else "")


def _within(some: tuple[str, ...], all_words: tuple[str, ...]) -> bool:
    return any(all_words[i : i + len(some)] == some for i in range(len(all_words) - len(some) + 1))


def _claimed(number: int, kind: str, field: str, value: str) -> Iterator[Entity]:
    """The words and values that a claim is about, by its number among the reasons."""
    if kind == "words":
        yield from (_plain(word, Name("V", str(number))) for word in value.split(", "))
    elif kind == "attribute":
        yield _plain(value, Name("V", str(number)))
        yield _plain(field.removeprefix("attributes.").replace("_", " "), Name("A", str(number)))
    elif kind == "excluded_words":
        yield from (_plain(word, Name("X", str(number))) for word in value.split(", "))


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds the names of some evidence in a text."""

    entities: Sequence[Entity]
    starts: Mapping[str, Sequence[Entity]]  # by the words that they may begin with
    numbers: dict[str, tuple[Name, ...]]  # by how they are written: counts, a price, a limit
    currencies: frozenset[str]

    def find(self, text: Sequence[Token]) -> dict[int, Mention]:
        """The mentions in a text by where they begin; none overlaps another."""
        text = self._spelled(text)
        found: dict[int, Mention] = {}
        at, sharing = 0, False
        while at < len(text):
            mention = self._number(text, at) or self._name(text, at, sharing=sharing)
            if mention:
                found[at] = mention
                at = mention.end
                continue
            word = text[at].text.casefold()
            sharing = (sharing or word in _SHARING or word in "提到有含") and word not in _ENDS_SHARING
            at += 1
        return found

    def _spelled(self, text: Sequence[Token]) -> list[Token]:
        """The text with the misspelled words of names put right."""
        known = {word for entity in self.entities for form in (*entity.forms, entity.title) for word in form}
        long = [word for word in known if len(word) >= _LONG and word.isalpha()]
        return [
            token._replace(norm=_nearest(token.norm, long)) if token.is_word and token.norm not in known else token
            for token in text
        ]

    def _name(self, text: Sequence[Token], at: int, *, sharing: bool) -> Mention | None:
        if not text[at].is_word or text[at].norm not in self.starts:
            return None
        ends = [
            (end, exact, entity) for entity in self.starts[text[at].norm] for end, exact in _reach(entity, text, at)
        ]
        claimed = [one for one in ends if one[2].name.role in "VAX"]
        if quoted := [one for one in claimed if _is_quoted(text, at, one[0])]:
            ends = quoted
        elif sharing:  # a part of a title is no name here: it would pass for a word that is shared
            ends = claimed or [one for one in ends if one[1]]
        if not ends:
            return None
        end = max(end for end, _, _ in ends)
        longest = [one for one in ends if one[0] == end]
        best = [one for one in longest if one[1]] or longest
        return Mention(_closed(text, end, best), tuple(dict.fromkeys(entity.name for _, _, entity in best)))

    def _number(self, text: Sequence[Token], at: int) -> Mention | None:
        """A count, price or limit, with the currency before or after it."""
        start, end, currency = at, at + 1, ""
        if (before := self._currency(text, at)) and at + 1 < len(text):
            start, end, currency = at + 1, at + 2, before
        written = text[start].text.casefold()
        if end < len(text) and text[end].norm in _COUNTED:
            written = _NUMBERS.get(written, written)
        if end < len(text) and not currency and (after := self._currency(text, end)):
            end, currency = end + 1, after
            end += text[end - 1].text == "美" and end < len(text) and text[end].text == "元"
        names = tuple(
            name for name in self.numbers.get(_plain_number(written), ()) if not currency or name.role in "$L"
        )
        if not names or (currency and currency not in self.currencies):
            return None
        return Mention(end, names)

    def _currency(self, text: Sequence[Token], at: int) -> str:
        written = text[at].text
        if written == "美" and at + 1 < len(text) and text[at + 1].text == "元":
            return "USD"
        return _SIGNS.get(written, written.upper() if written.upper() in self.currencies else "")


def _closed(text: Sequence[Token], end: int, best: Iterable[tuple[int, bool, Entity]]) -> int:
    """The end of a name with the marks that the name ends with, but for the one that ends the text."""
    marks = {mark for _, _, entity in best for mark in entity.ending}
    while end + 1 < len(text) and text[end].text in marks:
        end += 1
    return end


def _plain_number(written: str) -> str:
    """A number without what groups its digits and without noughts at its end; other words as they are."""
    digits = written.replace(",", "")
    if not re.fullmatch(r"\d+(?:\.\d+)?", digits):
        return ""
    return f"{float(digits):.2f}"


def numbers_of(evidence: TextEvidence) -> tuple[dict[str, tuple[Name, ...]], frozenset[str]]:
    """The counts, the price and the limit that the claims state, and the currencies."""
    found: dict[str, list[Name]] = {}
    currencies: set[str] = set()
    for number, reason in enumerate(evidence.reasons):
        claim = reason.claim
        if claim.kind in ("together", "popularity") and claim.value:  # a fact to the customer has no number
            found.setdefault(_plain_number(claim.value), []).append(Name("N", str(number)))
        if claim.also:
            found.setdefault(_plain_number(str(1 + len(claim.also))), []).append(Name("N", str(number)))
        if claim.kind == "price_limit":
            prices = re.findall(r"(\d+(?:\.\d+)?)(?: ([A-Z]{3}))?", claim.text)
            for role, (amount, currency) in zip("$L", prices, strict=False):
                found.setdefault(_plain_number(amount), []).append(Name(role, str(number)))
                currencies |= {currency} - {""}
    return {written: tuple(names) for written, names in found.items()}, frozenset(currencies)


@lru_cache(maxsize=4096)
def _could_be(written: str, word: str) -> bool:
    wrong = 2 if len(word) >= _VERY_LONG else 1
    return written[:2] == word[:2] and OSA.distance(written, word, score_cutoff=wrong) <= wrong


def _nearest(written: str, words: Iterable[str]) -> str:
    if len(written) < _LONG or not written.isalpha():
        return written
    return next((word for word in words if _could_be(written, word)), written)


def _is_quoted(text: Sequence[Token], start: int, end: int) -> bool:
    return start > 0 and text[start - 1].text in _QUOTES and end < len(text) and text[end].text in _QUOTES


def _reach(entity: Entity, text: Sequence[Token], at: int) -> Iterator[tuple[int, bool]]:
    """How far a name reaches that begins at a token: as one of its known forms, else as a part of a title."""
    longest = max((end for form in entity.forms if (end := _end_of(form, text, at, entity.marks))), default=0)
    if longest:
        yield longest, True
    if entity.title and text[at].norm in entity.title:
        end = _end_of_part(entity, text, at)
        if end > longest:
            yield end, False


def _end_of(form: Sequence[str], text: Sequence[Token], at: int, marks: frozenset[str]) -> int:
    """Where a form ends that begins at a token; 0 where it does not stand there."""
    for number, word in enumerate(form):
        while number and at < len(text) and not text[at].is_word and _joins(text[at].text, marks):
            at += 1
        if at >= len(text) or text[at].norm != word:
            return 0
        at += 1
    return at


def _joins(mark: str, marks: frozenset[str]) -> bool:
    return mark in _JOINING or mark in marks


def _end_of_part(entity: Entity, text: Sequence[Token], at: int) -> int:
    """Where the longest part of a title ends that begins at a token; 0 where too little of it stands there.

    Words may be left out, Chinese characters may not.
    """
    return max(
        (_end_from(entity, text, at, place) for place, word in enumerate(entity.title) if word == text[at].norm),
        default=0,
    )


def _end_from(entity: Entity, text: Sequence[Token], at: int, place: int) -> int:
    title, marks = entity.title, entity.marks
    told, end = _tells(title[place]), 0
    while True:
        at, place = at + 1, place + 1
        while at < len(text) and not text[at].is_word and _joins(text[at].text, marks):
            at += 1
        if at >= len(text) or not text[at].is_word:
            return end
        norm = text[at].norm
        if _is_han(norm):
            if place >= len(title) or title[place] != norm:
                return end
        else:
            if norm not in title[place:]:
                return end
            place = title.index(norm, place)
        told += _tells(norm)
        if told >= _ENOUGH and _tells(norm):
            end = at + 1


def _is_han(norm: str) -> bool:
    return "\u3400" <= norm[0] <= "\ufaff"


@lru_cache(maxsize=4096)
def _tells(word: str) -> float:
    if _is_han(word):
        return _HAN_SHARE
    if not word.isalpha():
        return 0.01  # a model number ends a name, but tells no product apart
    return float(telling(word))


def finder(evidence: TextEvidence) -> Finder:
    """The finder of the names of some evidence."""
    numbers, currencies = numbers_of(evidence)
    known = entities(evidence)
    starts: dict[str, list[Entity]] = {}
    for entity in known:
        for word in {form[0] for form in entity.forms} | set(entity.title):
            starts.setdefault(word, []).append(entity)
    return Finder(known, starts, numbers, currencies)
