"""Whether the parts of a sentence stand where they may: it is whole, and nothing in it is said that needs a claim.

What is said here is said of the order of parts alone; `agent.wording.check.bindings` says which claims it makes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from newaisle.agent.schema.answer import ClaimKind
from newaisle.agent.wording.check.events import letters
from newaisle.agent.wording.check.parts import Part
from newaisle.agent.wording.check.text_evidence import Refused, TextEvidence
from newaisle.languages import Language

_NO_END = frozenset("DwlfjeEhv&MTagFuW")  # no English sentence ends with these, but for:
_CAN_END = frozenset({"too", "as well", "already", "before", "earlier", "to", "than most", "in common"})
_VERBS = frozenset("ethsEIZKxz")
_PREPOSITIONS = frozenset("in from for at on".split())
_SO = frozenset("so therefore thus then 所以 因此".split())
# Sequences of parts that make no sense, or a sense that no claim has, with what is wrong.
_NEVER: dict[Language | None, list[tuple[str, str]]] = {
    None: [
        (r"h[D~b]*[PRS]", "it says that a product is shared"),
        (r"F(?!D*[RP])", "'if' is followed by no product"),
        (r"f(?!D?[BCr])", "'by' is followed by no brand"),
        (r"[HNc+]", "a name or number is in no claim"),
        (r"Y(?!.*O.*R)", "what 'you' did is in no claim"),
    ],
    "en": [
        (r"[PRS]D?[PRS]|P,D?P|ee|DD|&&|ss|hh|jj", "it is no sentence"),
        (r"D[wflhEvge&,i]|^~[iO]|^[wD]O|[iP]eB(?!~)", "it is no sentence"),
        (r"^(?!.*Z).*[Pi]e(?:D?~)?D?R", "it says that the product is another"),
        (r"[Pi],D?R(?:e|,|$)", "it says that the product is another"),
        (r"Ol|I(?![D~b]*[PiRO])(?!.*[OJ])|E[^,&]*s", "who likes what is in no claim"),
        (r"O(?!.*I)(?<!I.)(?<!I)", "what other customers did is in no claim"),
        (r"I[Db]*C", "it is not the category that others were interested in"),
    ],
    "zh": [
        (r"[PRS][PRS]|PD?P", "it is no sentence"),
        (r"^(?!.*Z).*[Pi]eD?R", "it says that the product is another"),
        (r"O(?!.*I)|WD?C", "what other customers did is in no claim"),
    ],
}
# Parts that only claims of some kinds may say.
_ONLY: list[tuple[str, frozenset[ClaimKind]]] = [
    ("K", frozenset({"expected_popularity"})),
    ("J", frozenset({"together"})),
    ("x", frozenset({"excluded_words"})),
    ("X", frozenset({"excluded_words"})),
    ("$", frozenset({"price_limit"})),
    ("z", frozenset({"price_limit"})),
    ("^", frozenset({"counted"})),
]

_ESTIMATES = (  # going by other categories it finds more than most of C; the other way round; in Chinese
    r"K[^RS]*[Pi][^RS]*K[D~]*C",
    r"[Pi][^RS]*K[D~]*C[^RS]*K",
    r"K[^RS]*[Pi][^RS]*TCTK",
)


def check_form(sentence: Sequence[Part], evidence: TextEvidence) -> None:
    """Raises Refused where a sentence is broken off, or its parts stand in an order that says what no claim says."""
    said = letters(sentence)
    if evidence.language == "en" and said[-1] in _NO_END and sentence[-1].text not in _CAN_END:
        raise Refused("it is not complete")
    for pattern, what in (*_NEVER[None], *_NEVER[evidence.language]):
        if re.search(pattern, said):
            raise Refused(what)
    if evidence.language == "en":
        _check_words(sentence, said)
    for part in sentence:
        if part.role == "y" and part.text not in ("they", "them"):
            raise Refused(f"what {part.text!r} did is in no claim")
    if re.search("[RS],?v?e?[wf~D]*C", re.sub("T[D~]*C", "", said)):
        raise Refused("the category is said of another product")
    _check_outcomes(sentence)
    _check_claimed(sentence, said, evidence)
    _check_prices(sentence, said, evidence.language)
    _check_denials(said)
    _check_whole(said)


def _check_words(sentence: Sequence[Part], said: str) -> None:
    """Refuses an English sentence without a verb, or with a word that cannot follow the one before it."""
    verbal = any(part.event == "clause" or part.text.startswith(("resembl", "appear")) for part in sentence)
    if not verbal and not _VERBS & set(said):
        raise Refused("it is no sentence")
    for before, part in pairwise(sentence):
        last = before.text.rsplit(" ", 1)[-1]
        if last == part.text or (last in ("with", "to", "of", "by") and part.text in _PREPOSITIONS):
            raise Refused(f"{before.text} {part.text} is no English")


def _check_outcomes(sentence: Sequence[Part]) -> None:
    """Refuses a deed as the outcome of a recommendation, or as done before the product was there."""
    for before, part in pairwise(sentence):
        if before.text in _SO and part.event == "clause":
            raise Refused(f"what was done with {part.text!r} is said to follow from something else")
        if before.text in ("before", "earlier", "once") and part.role in "iPD":
            raise Refused(f"{before.text!r} is in no claim")
    clauses = [place for place, part in enumerate(sentence) if part.event == "clause"]
    named = [place for place, part in enumerate(sentence) if part.role in "Pi"]
    if sentence[0].role == "j" and clauses and named and named[-1] < clauses[0]:
        raise Refused(f"what was done with {sentence[clauses[0]].text!r} is said to follow from something else")


def _check_claimed(sentence: Sequence[Part], said: str, evidence: TextEvidence) -> None:
    kinds = {reason.claim.kind for reason in evidence.reasons}
    asked: ClaimKind = "wanted_brand" if "B" in said else "excluded_words" if "x" in said else "price_limit"
    for role, allowed in (*_ONLY, ("q", frozenset({asked}))):
        if role in said and not kinds & allowed:
            raise Refused(f"{sentence[said.index(role)].text!r} is in no claim")


def _check_prices(sentence: Sequence[Part], said: str, language: Language) -> None:
    limit = r"zL|L[D~]*z" if language == "zh" else "zL"
    if len(re.findall(r"a[D~e]*\$", said)) != said.count("$") or len(re.findall(limit, said)) != said.count("L"):
        raise Refused("a price is not said to be what it is")
    if any(part.role == "a" and part.text != "at" for part in sentence) and "$" not in said:
        raise Refused("a price is missing")


def _check_denials(said: str) -> None:
    """What the catalogue does not mention: each word after those that say so, and no others."""
    denied = re.sub(r"x[D~]*X(?:[&,D]*X)*", "", said)
    if "x" in denied or "X" in denied:
        raise Refused("what the catalogue does not mention is not the claim's")


def _check_whole(said: str) -> None:
    """Refuses a part that says something only with others, where they are missing."""
    if "T" in said and not set("MK") & set(said):
        raise Refused("the comparison is not the claim's")
    if "^" in said and "Z" not in said:
        raise Refused("what counts is in no claim")
    if "K" in said and not any(re.search(pattern, said) for pattern in _ESTIMATES):
        raise Refused("the estimate is not the claim's")
    if "h" in said and not set("VABrpmMXO") & set(said):
        raise Refused("what is shared is missing")
    if said.count("J") != len(re.findall("JD?[RS][D~]*I[D~]*[Pi]", said)):
        raise Refused("who chose what is in no claim")
    if "I" in said and not set("OJs") & set(said):
        raise Refused("who is interested is in no claim")
