"""One sentence of a text, with what it names and where some phrases stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from newaisle.agent.wording.check.grounds import Described, Facts
from newaisle.agent.wording.check.mentions import CATEGORY, PRODUCT, Mention, mentions, uncovered
from newaisle.agent.wording.check.tokens import Sentence, Token, quoted
from newaisle.agent.wording.check.vocabulary import Phrase
from newaisle.store.rows import Event

_COMMAS = frozenset(",，、:：—–")


@dataclass(frozen=True)
class Said:
    """A sentence, what it names, and the rows that were named before it, the last one last."""

    sentence: Sentence
    facts: Facts
    named: list[Mention]
    before: Sequence[str] = ()
    is_question: bool = False

    @classmethod
    def read(cls, sentence: Sentence, facts: Facts, before: Sequence[str], *, is_question: bool = False) -> Said:
        """A sentence with the names in it."""
        return cls(sentence, facts, mentions(sentence, facts, before), before, is_question)

    @property
    def rows(self) -> list[Mention]:
        """The mentions of rows."""
        return [mention for mention in self.named if mention.rows]

    @cached_property
    def products(self) -> list[Mention]:
        """The mentions of the product and of rows."""
        return [one for one in self.named if one.keys != (CATEGORY,)]

    @cached_property
    def free(self) -> list[int]:
        """The places of tokens that belong to no name but the product's, whose words are looked up like all others."""
        return list(uncovered(self.sentence, self.named))

    @cached_property
    def plain(self) -> list[int]:
        """The places of tokens that belong to no name at all."""
        return [place for place in self.free if not any(one.start <= place < one.end for one in self.named)]

    def described(self, keys: Iterable[str]) -> list[Described]:
        """The rows of some keys."""
        wanted = set(keys)
        return [row for row in self.facts.rows if row.key in wanted]

    def at(self, phrases: frozenset[Phrase]) -> Iterator[tuple[int, int]]:
        """Where one of some phrases stands, but for inside a name: begin and end."""
        beginning = by_first(phrases)
        for start in self.free:
            for phrase in beginning.get(self.sentence[start].norm, ()):
                end = start + len(phrase)
                if tuple(token.norm for token in self.sentence[start:end]) == phrase:
                    yield start, end

    @cached_property
    def told(self) -> list[tuple[int, int, frozenset[Event]]]:
        """Where an event is told of: begin, end, and what it may be. By its written form: `like` is not `liked`."""
        free, found, events = set(self.free), [], self.facts.words.events
        beginning = by_first(frozenset(events))
        for start in self.free:
            for phrase in beginning.get(written(self.sentence[start]), ()):
                end = start + len(phrase)
                if free.issuperset(range(start, end)) and tuple(map(written, self.sentence[start:end])) == phrase:
                    found.append((start, end, events[phrase]))
        return found

    def has(self, phrases: frozenset[Phrase]) -> str:
        """The first of some phrases as it is written; the empty text where there is none."""
        return next((self.text(start, end) for start, end in self.at(phrases)), "")

    def text(self, start: int, end: int) -> str:
        """Some tokens as they are written."""
        gap = "" if self.facts.evidence.language == "zh" else " "
        return gap.join(token.text for token in self.sentence[start:end])

    def norms(self, start: int, end: int) -> set[str]:
        """Some tokens as they are compared."""
        return {token.norm for token in self.sentence[max(0, start) : end]}

    @property
    def is_opener(self) -> bool:
        """Whether it is a question that speaks of no product, as in `Boxes to pack?`: it says nothing of one."""
        spoken = self.norms(0, len(self.sentence)) & self.facts.words.pronouns
        return self.is_question and not (self.products or self.before or spoken)

    def is_product(self, one: Mention) -> bool:
        """Whether something that is named is the product by its whole title, and nothing else."""
        return one.keys == (PRODUCT,) and self.facts.product.core <= self.norms(one.start, one.end)

    def names(self, one: Mention) -> set[str]:
        """The words and numbers of a name."""
        return {token.norm for token in self.sentence[one.start : one.end] if token.is_word or token.is_number}

    def clause(self, place: int) -> range:
        """The places around one up to the next comma that stands in no name."""
        commas = [one for one in self.plain if self.sentence[one].text in _COMMAS]
        start = max((one + 1 for one in commas if one < place), default=0)
        return range(start, min((one for one in commas if one > place), default=len(self.sentence)))

    def last_named(self, place: int) -> Mention | None:
        """What is named last before a place in its clause, with nothing but words of style in between; else None."""
        start = self.clause(place).start
        last = next((one for one in reversed(self.named) if start <= one.start and one.end <= place), None)
        loose = last and all(
            token.norm in self.facts.words.style and token.norm not in self.facts.words.pronouns
            for token in self.sentence[last.end : place]
            if token.is_word
        )
        return last if loose else None

    def is_customer(self, place: int) -> bool:
        """Whether a token speaks to the customer or, in a text for the seller, of the customer."""
        token, words = self.sentence[place], self.facts.words
        if token.norm in words.somebody and self.norms(place - 1, place) & words.meaning:
            return False  # `for someone who likes tea`: whom it is for
        if self.facts.evidence.style != "seller":
            return token.norm in words.customer["short"]
        singular = not token.text.casefold().endswith("customers")
        before = self.sentence[max(0, place - 2) : place]
        counted = any(one.is_number or one.norm in words.elsewhere | words.many for one in before)
        of_a_row = place and self.sentence[place - 1].text == "的"  # 选了“X”的顾客: who chose it, too
        return token.norm in words.customer["seller"] and singular and not (counted or of_a_row)

    @cached_property
    def called(self) -> set[int]:
        """The places of Chinese that names a row whose fields are in English, as in 您买过的三脚折凳."""
        if self.facts.evidence.language != "zh" or self.facts.product.all.has_han:
            return set()
        words, found = self.facts.words, set[int]()
        ends = words.stops | words.ending | {phrase[0] for phrase in words.sharing | words.brands}
        ends |= {phrase[0] for said, _ in words.relations for phrase in said}
        for _, end, _ in self.told:
            for place in range(end, len(self.sentence)):
                token = self.sentence[place]
                if token.text in ends:
                    break
                of_row = token.norm not in words.properties or any(token.norm in row.all for row in self.facts.rows)
                if of_row and token.is_word and not token.text.isascii():
                    found.add(place)
        return found

    @cached_property
    def quoted(self) -> set[int]:
        """The places of tokens in quotation marks."""
        return quoted(self.sentence)

    @cached_property
    def statements(self) -> list[range]:
        """The parts of the sentence that each say something of a row: at a mark or an `and` between two of them."""
        words, parts, start = self.facts.words, [], 0
        ties = [span for phrases, _ in words.relations for span in self.at(phrases)]
        ties += list(self.at(words.sharing | words.brands))
        for place in self.plain:
            token = self.sentence[place]
            if not (token.text in _COMMAS or token.norm in words.joining):
                continue
            left = any(start <= row.start < place for row in self.rows)
            left = left and any(start <= begin < place for begin, _ in ties)
            right = next((row.start for row in self.rows if row.start > place), place)
            if right > place and self.facts.evidence.language == "zh":  # there the tie comes after the name
                right = len(self.sentence)
            content = any(place < one < right and self.is_content(one) for one in self.plain)
            tied = any(place < begin < right and self.text(begin, end) not in words.backward for begin, end in ties)
            if left and right > place and (content or tied):
                parts.append(range(start, place))
                start = place + 1
        return [*parts, range(start, len(self.sentence))]

    def statement(self, place: int) -> range:
        """The part of the sentence that a place is in."""
        return next((part for part in self.statements if place < part.stop), self.statements[-1])

    def rows_in(self, part: range) -> list[Mention]:
        """The rows that are named in a part of the sentence."""
        return [row for row in self.rows if row.start in part]

    def is_content(self, place: int) -> bool:
        """Whether a token is a word of the product or of a claim that tells one product from another."""
        token, facts = self.sentence[place], self.facts
        return token.is_word and token.norm not in facts.words.style and token.norm in facts.product.all | facts.claimed


@cache
def by_first(phrases: frozenset[Phrase]) -> dict[str, list[Phrase]]:
    """Phrases by their first words."""
    found: dict[str, list[Phrase]] = {}
    for phrase in sorted(phrases):
        found.setdefault(phrase[0], []).append(phrase)
    return found


def written(token: Token) -> str:
    """A token in lower case, without the 's of who has something."""
    return re.sub(r"['’]s$", "", token.text.casefold())


def is_row(one: Mention | None) -> bool:
    """Whether something that is named is a row and cannot be the product."""
    return bool(one and one.rows) and PRODUCT not in (one.keys if one else ())
