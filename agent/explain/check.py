"""The check of a phrased explanation against the claims it was made from.

Nothing is left to a model's good will. A text has to open with the product, and whatever it claims has to be worded in
one of a few ways that name the history row and what was done with it: `the P suits you because it is by B, like the R
you bought`. These parts are taken out one after the other, and what is left may only be words that say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.explain.claims import Reason
from agent.explain.sentences import Language
from agent.explain.wordings import WORDINGS, Wording
from agent.llm.base import Finish
from store.rows import Product
from store.words import words

_LONGEST = 400  # characters
_CLAIM = "§"  # stands where a claim has been taken out
_ENOUGH = 3  # characters of a Chinese title that stand for it
PUNCTUATION = frozenset(" .,;:!'\"“”‘’()-–—&/，。！；：、（）《》「」")


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a text about a product may draw on: the product, the new category's name and the reasons given."""

    product: Product
    category: str
    reasons: Sequence[Reason]
    language: Language = "en"


def problem(text: str, finish: Finish, grounds: Grounds) -> str | None:
    """What is wrong with a generated text, in a few words; None when every part of it is supported."""
    if finish != "stop" or not re.search(r"[.!。！][\"”]?$", text):
        return "it is not complete"
    if len(text) > _LONGEST:
        return "it is too long"
    if strange := _strange_characters(text, grounds):
        return f"{min(strange)!r} has no place in it"
    wording = WORDINGS[grounds.language]
    rest = wording.normal(text)
    made = 0
    for reason in grounds.reasons:
        rest, found = _without_claim(rest, reason, grounds, wording)
        if found > 1:
            return "it repeats itself"
        made += found
    rest, opened = _without_opening(_without_asides(rest, grounds, wording), grounds, wording)
    if not opened:
        return "it does not begin by saying something of the product"
    if left := _left_over(rest, wording):
        return f"{left!r} is in no claim"
    return None if made else "it makes no claim"


def _strange_characters(text: str, grounds: Grounds) -> set[str]:
    """Characters beside letters, digits and punctuation (stars, emoji, markup) that no name in the facts has."""
    rows = [reason.row.product.title for reason in grounds.reasons if reason.row]
    names = "".join([grounds.product.title, grounds.product.brand or "", grounds.category, *rows])
    return {character for character in text if not character.isalnum()} - PUNCTUATION - set(names)


def _without_claim(said: str, reason: Reason, grounds: Grounds, wording: Wording) -> tuple[str, int]:
    """The text without one claim, and how often it made it."""
    if reason.row is None:
        return said, 0
    product = reason.row.product
    pattern = getattr(wording, _kind(reason)).format(
        brand=_brand(grounds.product, wording),
        category=re.escape(wording.normal(grounds.category)),
        name=_attribute(reason, wording),
        words="|".join(map(re.escape, _claimed(reason, wording))),
        row=wording.row.format(deed=wording.deeds[reason.row.event]),
    )
    found = 0

    def take_out(match: re.Match[str]) -> str:
        nonlocal found
        if not _names(match["row"], product, wording):
            return match[0]
        found += 1
        return _CLAIM

    return re.sub(pattern, take_out, said), found


def _without_asides(said: str, grounds: Grounds, wording: Wording) -> str:
    category = re.escape(wording.normal(grounds.category))
    pattern = wording.aside.format(brand=_brand(grounds.product, wording), category=category)
    return re.sub(" +", " ", re.sub(pattern, "", said))


def _without_opening(said: str, grounds: Grounds, wording: Wording) -> tuple[str, bool]:
    match = re.match(wording.opening.format(claim=_CLAIM), said)
    if match and _names(match["product"], grounds.product, wording):
        return said[match.end() :], True
    return said, False


def _left_over(said: str, wording: Wording) -> str | None:
    """The first thing left in a text that says something; None when only connecting words are left."""
    said = re.sub(wording.suiting, "", said).replace(_CLAIM, wording.gap)
    if wording.gap:
        return next((word for word in said.split() if word not in wording.connecting), None)
    longest_first = sorted(wording.connecting, key=len, reverse=True)
    return re.sub("|".join(longest_first), " ", said).strip() or None


def _kind(reason: Reason) -> str:
    fields = {"brand": "brand", "price": "price_level"}
    values = {r"cosine \d\.\d\d": "similar", r"more than \d+ %": "closer"}
    by_value = (kind for pattern, kind in values.items() if re.fullmatch(pattern, reason.claim.value))
    return fields.get(reason.claim.item_field) or next(by_value, "words")


def _attribute(reason: Reason, wording: Wording) -> str:
    """A pattern for the name of the attribute that both products have alike, matching nothing where there is none."""
    name = reason.claim.item_field.removeprefix("attributes.")
    shared = reason.row.product.attributes.get(name) if reason.row else None
    if shared is None or shared.casefold() != reason.claim.value.casefold():
        return r"(?!)"
    return re.escape(wording.normal(name.replace("_", " ")))


def _claimed(reason: Reason, wording: Wording) -> list[str]:
    """The words of a claim, each as it may stand in a text."""
    parts = words(reason.claim.value) if wording.gap else map(wording.normal, reason.claim.value.split(", "))
    return sorted(parts, key=len, reverse=True)


def _brand(product: Product, wording: Wording) -> str:
    """A pattern for the brand, matching nothing where there is none."""
    return re.escape(wording.normal(product.brand)) if product.brand else r"(?!)"


def _names(part: str, product: Product, wording: Wording) -> bool:
    """Whether a part of a text names a product: its title, or a stretch of it of two words, brand before title."""
    title, brand = wording.normal(product.title), wording.normal(product.brand or "")
    whole = title if brand in title else brand + wording.gap + title
    if wording.gap:
        return part in (title, whole) or (wording.gap in part and f" {part} " in f" {whole} ")
    return part in (title, whole) or (len(part) >= _ENOUGH and part in whole)
