"""What a text states: each property is tied to the product and the rows it is said of, and to the claim that says so.

A row belongs to the property before it where a word like `with` or `like` hangs it there, else to the next one; what
names no row of its own is said of the rows named last. Whichever way that is meant, each of them must have the claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from newaisle.agent.schema.answer import Claim, ClaimKind
from newaisle.agent.wording.check.events import letters
from newaisle.agent.wording.check.form import check_form
from newaisle.agent.wording.check.parts import Part
from newaisle.agent.wording.check.text_evidence import Refused, TextEvidence
from newaisle.agent.wording.check.topic import HANGING, anchor, topic_of
from newaisle.languages import Language

_KINDS: dict[str, tuple[ClaimKind, ...]] = {  # of claims, by the role of what states them
    "B": ("brand",),
    "r": ("brand",),
    "V": ("words", "attribute"),
    "A": ("attribute",),
    "m": ("similar",),
    "l": ("similar",),  # where nothing else is said
    "p": ("price_level",),
    "M": ("closer",),
    "O": ("together",),
    "J": ("together",),
    "Z": ("counted",),
}
_SAMENESS = frozenset({"also", "too", "another", "both", "same", "as well"})
_COMPARISONS: dict[Language, list[str]] = {
    "en": [
        r"[Pi][^RS]*M[D~vwl]*Re*T[D~wf]*[CQ]",  # the P is more like the R than most of C
        r"T[D~wf]*C[^RS]*[Pi][^RS]*M[D~vwl]*R",  # compared with most of C, the P is more like the R
        r"^[~D]*C,[^RS]*[Pi][^RS]*M[D~vwl]*Re*T(?:,|$)",  # among those in C, the P is more like the R than most
        r"R[^RSP]*P[^RS]*M[D~vwl]*[iR][e~]*T[D~wf]*C",  # you bought the R; the P is closer to it than most of C
    ],
    "zh": [r"[Pi][^RSP]*R[D~]*M,?TCT", r"TCT,?[^RS]*[Pi][^RS]*M[D~]*R", r"[Pi][^RS]*TCTM[D~]*R"],
}
_SPEAKS = r"R[^PS]*Z[D~]*[Pi]|Z[D~]*[Pi]D?eD?R"  # the R speaks for the P


@dataclass(frozen=True, slots=True)
class _Property:
    """Something said of the product: the places of its parts, and of the rows that it is said of too."""

    places: list[int]
    rows: list[int] = field(default_factory=list)


def stated(parts: Sequence[Part], evidence: TextEvidence) -> set[int]:
    """The numbers of the reasons that a text states. Raises Refused where it states anything else."""
    made: set[int] = set()
    named: list[Part] = []
    it = "P"
    for is_end, group in groupby(parts, key=lambda part: part.role == "."):
        if is_end:
            continue
        parts_of_it = list(group)
        check_form(parts_of_it, evidence)
        sentence = _Sentence(parts_of_it, evidence, named)
        properties = sentence.properties()
        found = sentence.claims_of(properties) | sentence.claims_without_rows()
        made |= found
        if not found and not sentence.may_stand_alone():
            raise Refused("it says nothing that is claimed")
        topic = topic_of(parts_of_it, it)
        topic.check(states=bool(properties))
        named, it = sentence.rows()[-1:] or named, topic.next_it()
    return made


@dataclass(frozen=True, slots=True)
class _Sentence:
    parts: list[Part]
    evidence: TextEvidence
    named: list[Part]  # the row named last before it

    def rows(self) -> list[Part]:
        return [part for part in self.parts if part.role in "RS"]

    def may_stand_alone(self) -> bool:
        """Whether a sentence may make no claim: it says what the customer did, or suggests the product."""
        return any(part.event == "clause" for part in self.parts) or (
            not self.rows() and any(part.role in "sB" for part in self.parts)
        )

    def properties(self) -> list[_Property]:
        """What the sentence says that the product has, with the rows that each is said of."""
        found: list[_Property] = []
        asked = any(part.role == "q" for part in self.parts)  # then the brand is what was asked for
        for place, part in enumerate(self.parts):
            if part.role not in _KINDS or part.role == "l" or (part.role == "B" and asked):
                continue
            if found and self._continues(found[-1].places[-1], place):
                found[-1].places.append(place)
            else:
                found.append(_Property([place]))
        found = found or [_Property([place]) for place, part in enumerate(self.parts) if part.role == "l"][:1]
        self._tie_rows(found)
        return found

    def _continues(self, before: int, place: int) -> bool:
        """Whether a word or value goes on with a list of them."""
        listed = self.parts[before].role in "VA" and self.parts[place].role in "VA"
        return listed and re.fullmatch("[&,D~ebiu]*", letters(self.parts[before + 1 : place])) is not None

    def _tie_rows(self, properties: Sequence[_Property]) -> None:
        before: _Property | None = None
        for place, part in enumerate(self.parts if properties else []):
            if part.role not in "RS":
                continue
            before = self._belongs_to(place, properties, before)
            if part.key in {self.parts[row].key for row in before.rows if self.parts[row].role == part.role}:
                raise Refused(f"{part.text!r} is compared with itself")
            before.rows.append(place)

    def _belongs_to(self, place: int, properties: Sequence[_Property], before: _Property | None) -> _Property:
        """The property that a row is tied to; `before` is that of the row before it."""
        said = letters(self.parts[:place])
        if before and re.search("[RS][&D]*(?:,?g[D,]*)?$", said):
            return before
        earlier = [one for one in properties if one.places[0] < place]
        later = [one for one in properties if one.places[0] > place]
        if earlier:
            hangs = anchor(self.parts, place) in HANGING | {"g"}
            is_counted = self.parts[earlier[-1].places[0]].role in "OJ" and not earlier[-1].rows
            if hangs or is_counted or not later:
                return earlier[-1]
        return later[0]

    def claims_of(self, properties: Sequence[_Property]) -> set[int]:
        """The reasons that support some properties of all their rows."""
        made: set[int] = set()
        for number, one in enumerate(properties):
            head = self.parts[one.places[0]]
            rows = [self.parts[place] for place in one.rows]
            if head.role == "O" and not rows:
                made |= self._popularity(head)
            elif rows or head.role != "B" or self._says_same(one.places[0]):
                rows = rows or self._inherited(one, properties[number - 1] if number else None)
                self._check_manner(head, rows)
                made |= self._supporting(one, rows)
        return made

    def _inherited(self, one: _Property, before: _Property | None) -> list[Part]:
        """The rows that a property is said of which names none: those named last, else the next."""
        rows = [part for part in self.parts[: one.places[0]] if part.role in "RS"][-1:]
        rows += [self.parts[place] for place in before.rows] if before else []
        return rows or self.named or self.rows()[:1]

    def _says_same(self, place: int) -> bool:
        """Whether what is said of the product at a place is said of something else too."""
        start = next((i for i in range(place, 0, -1) if self.parts[i - 1].role in "&,v"), 0)
        end = next((i for i in range(place + 1, len(self.parts)) if self.parts[i].role in "&,v"), len(self.parts))
        return any(part.role in "blh" or part.text in _SAMENESS for part in self.parts[start:end])

    def _check_manner(self, head: Part, rows: Sequence[Part]) -> None:
        said = letters(self.parts)
        if not rows:
            raise Refused(f"{head.text!r} is said without a product of the history")
        if head.role == "M":
            patterns = _COMPARISONS[self.evidence.language]
            if said.count("M") > 1 or not any(re.search(pattern, said) for pattern in patterns):
                raise Refused("the comparison is not the claim's")
        if head.role == "Z" and not re.search(_SPEAKS, said):
            raise Refused("what speaks for what is not the claim's")
        if head.role == "p" and "Q" not in said:
            raise Refused("price levels are those of each category")

    def _supporting(self, one: _Property, rows: Sequence[Part]) -> set[int]:
        """The reasons that say all parts of a property of all its rows."""
        found: set[int] = set()
        for possible in self._possible_of(one.places):
            for row in rows:
                supporting = {number for number in possible if self._rests_on(number, row)}
                if not supporting:
                    raise Refused(f"{self.parts[one.places[0]].text!r} is not claimed of {row.text!r}")
                found |= supporting
        return found

    def _possible_of(self, places: Sequence[int]) -> list[set[int]]:
        """For each part of a property the reasons that may say it; an attribute and its value go by one reason."""
        runs: list[set[int]] = []
        before = -1
        for place in places:
            possible = self._possible(self.parts[place])
            between = letters(self.parts[before + 1 : place]) if runs else "&"
            if re.fullmatch("[D~ei]*", between) and self.parts[before].role != self.parts[place].role:
                runs[-1] &= possible
            else:
                runs.append(possible)
            before = place
        return runs

    def _possible(self, part: Part) -> set[int]:
        kinds = _KINDS[part.role]
        return {
            number
            for number, reason in enumerate(self.evidence.reasons)
            if reason.claim.kind in kinds
            and (part.role not in "VAOJ" or str(number) in part.keys or (part.role == "J" and not part.key))
        }

    def _rests_on(self, number: int, row: Part) -> bool:
        claim = self.evidence.reasons[number].claim
        if row.role == "S":
            return str(number) in row.keys and bool(claim.also)
        return row.key == claim.history_item_id or row.key in claim.also

    def _popularity(self, counted: Part) -> set[int]:
        reasons = enumerate(self.evidence.reasons)
        found = {n for n, reason in reasons if reason.claim.kind == "popularity" and str(n) in counted.keys}
        if not found:
            raise Refused(f"{counted.text!r} is in no claim")
        return found

    def claims_without_rows(self) -> set[int]:
        """The reasons that the sentence states of those that rest on no row."""
        said = letters(self.parts)
        return {
            number
            for number, reason in enumerate(self.evidence.reasons)
            if reason.row is None and self._says(reason.claim, said)
        }

    def _says(self, claim: Claim, said: str) -> bool:
        if claim.kind == "category":
            return "C" in said
        of_kind: dict[ClaimKind, bool] = {
            "expected_popularity": "K" in said,
            "price_limit": "$" in said or "z" in said,
            "wanted_brand": "q" in said and "B" in said,
            "excluded_words": "x" in said,
        }
        return of_kind.get(claim.kind, False)
