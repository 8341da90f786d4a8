"""Which stretches of a sentence name the product or a row of the history, as titles are shortened by people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from newaisle.agent.wording.check.grounds import Described, Facts
from newaisle.agent.wording.check.tokens import QUOTES, Sentence, quoted

_THAT = "that"
_ENOUGH = 2  # words of a title, but for those that any text may use, that stand for it


class Mention(NamedTuple):
    """Tokens from `start` to `end` that name one of some rows, the product (`PRODUCT`) or a category (`CATEGORY`)."""

    start: int
    end: int
    keys: tuple[str, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows that it may stand for."""
        return tuple(key for key in self.keys if key not in (PRODUCT, CATEGORY))


PRODUCT, CATEGORY = "", "\0"


def mentions(sentence: Sentence, facts: Facts, before: Sequence[str] = ()) -> list[Mention]:
    """What a sentence names, in order; none overlaps another, and a longer one goes before a shorter.

    before: the rows that were named in the sentences before.
    """
    spans: dict[tuple[int, int], list[str]] = {}
    for start in range(len(sentence)):
        for described in (facts.product, *facts.rows):
            if end := _end(start, sentence, described, facts):
                spans.setdefault((start, end), []).append(described.key)
        for name in facts.categories:
            is_named = tuple(token.norm for token in sentence[start : start + len(name)]) == name
            if is_named and not _is_thing(name, sentence[max(0, start - 1) : start], facts):
                spans[start, start + len(name)] = [CATEGORY]
    chosen: list[Mention] = []
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        if all(end <= other.start or start >= other.end for other in chosen):
            chosen.append(Mention(start, end, _exact(sentence[start:end], spans[start, end], facts)))
    found = sorted(one for one in chosen if not _is_of_product(one, sentence, facts))
    found = list(_merged(found, sentence, facts))
    return sorted([*found, *_again(found, sentence, facts, before)])


def _again(found: list[Mention], sentence: Sentence, facts: Facts, before: Sequence[str]) -> Iterator[Mention]:
    """A row that was named, by one word of its title where it was chosen, as in `others who chose the kettle`."""
    for place in uncovered(sentence, found):
        word = sentence[place].norm
        before_it = [token.norm for token in sentence[max(0, place - 2) : place]]
        is_chosen = (
            len(before_it) > 1 and before_it[0] in facts.words.interested and before_it[1] in facts.words.articles
        )
        if not is_chosen:
            continue
        last = {key for one in found if one.end < place for key in one.rows} or {*before[-1:]}
        is_any = before_it[0] in facts.words.choosing
        if is_any and before_it[1] == _THAT and len(last) == 1:  # whatever it is called: `who chose that film`
            yield Mention(place, place + 1, tuple(last))
            continue
        if word in facts.product.all or not _tells(word, facts):
            continue
        named = {*before, *(key for one in found if one.end < place for key in one.rows)}
        if rows := tuple(row.key for row in facts.rows if row.key in named and word in row.title):
            yield Mention(place, place + 1, rows)


def _is_thing(category: tuple[str, ...], before: Sentence, facts: Facts) -> bool:
    """Whether a category's name only says what the product is, as `this flask` does in Flasks."""
    return facts.product.head in category and any(token.norm in facts.words.articles for token in before)


def _merged(found: list[Mention], sentence: Sentence, facts: Facts) -> Iterator[Mention]:
    """The same with the parts of one name together, as in `the black tea from Hearthlin`."""
    joins, last = facts.words.making | facts.words.within, None
    for one in found:
        if not last or last.end < one.start - 1:
            one = _with_kind(one, sentence, facts)
        between = [token.norm for token in sentence[last.end : one.start]] if last else []
        if last and last.rows and last.keys == one.keys and len(between) == 1 and joins.issuperset(between):
            last = Mention(last.start, one.end, one.keys)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _with_kind(one: Mention, sentence: Sentence, facts: Facts) -> Mention:
    """A mention of a row with what stands before its brand, as in `the tea from Hearthlin`."""
    titles = [row.title for row in facts.rows if row.key in one.keys]
    kind = sentence[one.start - 2].norm if one.start > 1 else ""
    joined = one.rows and _tells(kind, facts) and sentence[one.start - 1].norm in facts.words.making
    return one._replace(start=one.start - 2) if joined and any(kind in title for title in titles) else one


def _is_of_product(one: Mention, sentence: Sentence, facts: Facts) -> bool:
    """Whether what looks like part of a row's title only says what the product is, too."""
    words = {token.norm for token in sentence[one.start : one.end] if token.is_word}
    rows = [row for row in facts.rows if row.key in one.keys]
    is_row = rows and PRODUCT not in one.keys and CATEGORY not in one.keys
    return (
        bool(is_row and words)
        and all(word in facts.product.all for word in words)
        and not (any(row.head in words for row in rows) and _is_pointed_at(one, sentence, facts))
    )


def _is_pointed_at(one: Mention, sentence: Sentence, facts: Facts) -> bool:
    """Whether a name has an article, or in Chinese a verb, before it: what begins a clause is what something is of."""
    if facts.evidence.language == "zh":
        return True
    before = sentence[one.start - 1] if one.start else None
    return before is not None and before.norm in facts.words.articles | facts.words.possessive


def _exact(name: Sentence, keys: list[str], facts: Facts) -> tuple[str, ...]:
    """Of what a name may stand for, the one that has just that title."""
    words = {token.norm for token in name if token.is_word or token.is_number}
    exact = [one.key for one in (facts.product, *facts.rows) if one.key in keys and one.short == words]
    return tuple(exact or keys)


def _end(start: int, sentence: Sentence, described: Described, facts: Facts) -> int:
    """Where the longest mention of a product ends that begins at a token; 0 for none."""
    first = sentence[start].norm
    is_named = any(first in core for core in described.cores) and sentence[start].text[0].isupper()
    if first not in described.all or not (_tells(first, facts) or is_named):
        return 0
    end, seen = start, set[str]()
    for place in range(start, len(sentence)):
        token = sentence[place]
        again = token.norm in seen and token.norm not in described.twice and _tells(token.norm, facts)
        stops = (token.text in facts.words.stops or token.text in QUOTES) and token.text not in described.marks
        if again or stops or (token.is_word and token.norm not in described.all):
            break
        known = token.norm in seen
        seen.add(token.norm)
        if known and not _tells(token.norm, facts):
            continue
        if token.norm in described.title or (token.norm in described.all and _tells(token.norm, facts)):
            end = place + 1
    words = {token.norm for token in sentence[start:end]}
    telling = {word for word in words if word in described.title and _tells(word, facts)}
    if described.core <= words or (is_named and any(core <= words for core in described.cores)):
        return end
    is_owned = telling - facts.product.brands and _is_owned(start, end, sentence, facts)
    if telling <= described.brands and len(telling) > 1 and not is_owned:  # who made it, and not which it is
        return 0
    if {*range(start, end)} <= quoted(sentence) and not _is_quoted_name(start, sentence, facts):
        return end if described.head in telling and len(telling) >= _ENOUGH else 0
    return end if len(telling) >= _ENOUGH or is_owned else 0


def _tells(word: str, facts: Facts) -> bool:
    return word not in facts.words.style


def _is_owned(start: int, end: int, sentence: Sentence, facts: Facts) -> bool:
    """Whether one word of a title is all there is, as in `the kettle you bought`."""
    words = facts.words
    customer = words.customer["seller" if facts.evidence.style == "seller" else "short"] | words.possessive
    before = sentence[max(0, start - 5) : start]
    parts = enumerate(pairwise(sentence[max(0, start - 5) : start + 1]))
    # `The customer, who bought it` is in one.
    marks = [place for place, (one, then) in parts if one.text in words.stops and then.norm not in words.relative]
    before = before[marks[-1] + 1 :] if marks else before
    return any(token.norm in customer for token in (*before, *sentence[end : end + 3]))


def _is_quoted_name(start: int, sentence: Sentence, facts: Facts) -> bool:
    """Whether it is a name that is quoted, as in `the "kettle" you bought`, and not a word, as in `shares "kettle"`."""
    opening = max(place for place in range(start) if place not in quoted(sentence))
    before = sentence[opening - 1] if opening else sentence[opening]
    words = facts.words
    return before.norm in words.articles | words.possessive or (before.text,) in words.events


def uncovered(sentence: Sentence, named: list[Mention]) -> Iterator[int]:
    """The places of tokens that belong to no name but the product's, whose words are looked up like all others."""
    for place in range(len(sentence)):
        if not any(one.start <= place < one.end and one.keys != (PRODUCT,) for one in named):
            yield place
