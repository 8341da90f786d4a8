"""Which product a sentence is about, and whether what only the recommended one has is said of another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newaisle.agent.wording.check.events import letters
from newaisle.agent.wording.check.parts import Part
from newaisle.agent.wording.check.text_evidence import Refused

HANGING = frozenset("lwEIJ")  # roles that hang the row after them on what was said before
_COMPARED = frozenset("mMpTg")  # roles whose object a row is
_COORDINATION = frozenset("D&,bPRSiu")
_CLOSING = frozenset("一样 也一样 都一样 一样的 相同 也相同 都相同 相同的".split())
_OF_PRODUCT = frozenset("$Lzkxq")  # what is said of the product alone


@dataclass(frozen=True, slots=True)
class Topic:
    """The names of a sentence that stand as its subject: place and role. `it` is what a pronoun stands for at first."""

    sentence: Sequence[Part]
    subjects: list[tuple[int, str]]
    it: str

    def check(self, *, states: bool) -> None:
        """Raises Refused where a row is recommended, or has what is the product's, or the product is not there at all.

        states: whether the sentence says that something has a property.
        """
        said = letters(self.sentence)
        if re.search("[Pi]&D*[RS]u*s", said):
            raise Refused("it recommends a product of the history")
        for place, part in enumerate(self.sentence):
            if part.role == "s" and self._recommends(place) in ("R", "S"):
                raise Refused("it recommends a product of the history")
            if part.role in _OF_PRODUCT and self._subject_before(place) in ("R", "S"):
                raise Refused(f"{part.text!r} is said of a product of the history")
        if states and not (set("PbZ") & set(said) or self._is_it_the_product(said)):
            raise Refused("it says nothing of the product")

    def next_it(self) -> str:
        """What a pronoun stands for after the sentence."""
        if "Z" in letters(self.sentence):
            return "P"
        named = [role for _, role in self.subjects if role in "PR"]
        return ("P" if "P" in named else named[-1]) if named else self.it

    def _subject_before(self, place: int) -> str:
        return next((role for at, role in reversed(self.subjects) if at < place), "")

    def _recommends(self, place: int) -> str:
        """What is said to suit the customer at a place: the subject before it, else what comes right after."""
        before = [role for at, role in self.subjects if at < place and role != "i"]
        after = [part.role for part in self.sentence[place + 1 : place + 3] if part.role in "PRS"]
        return before[-1] if before else after[0] if after else ""

    def _is_it_the_product(self, said: str) -> bool:
        """Whether an `it` stands for the product: no row has become the subject before it."""
        first = next((place for place, role in self.subjects if role in "RS"), len(said))
        return self.it == "P" and "i" in said[:first]


def topic_of(sentence: Sequence[Part], it: str) -> Topic:
    """The topic of a sentence: names that hang on nothing, are no deed's object and are not joined to the product."""
    subjects = [
        (place, part.role)
        for place, part in enumerate(sentence)
        if part.role == "i" or (part.role in "PRS" and not _is_object(sentence, place))
    ]
    return Topic(sentence, subjects, it)


def anchor(sentence: Sequence[Part], place: int) -> str:
    """The role of what a name hangs on: the first part before it that is no name joined to it."""
    before = next((part for part in reversed(sentence[:place]) if part.role not in _COORDINATION), None)
    # A Chinese phrase for likeness closes what is compared: nothing after it hangs on it.
    return "" if before is None or before.text in _CLOSING else before.role


def _is_object(sentence: Sequence[Part], place: int) -> bool:
    part, hung_on = sentence[place], anchor(sentence, place)
    if hung_on in HANGING or part.event == "clause" or "F" in letters(sentence[max(0, place - 2) : place]):
        return True
    if part.role not in "RS":
        return False
    joined = re.search("[Pi][D~]*[&bu]+D*$", letters(sentence[:place]))
    return hung_on in _COMPARED or joined is not None
