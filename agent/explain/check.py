"""The check of a phrased explanation against the claims it was made from.

Nothing is left to a model's good will. The names of things in a text (titles, the brand, claimed words) are replaced by
marks; what is left must come from a closed list of connecting words, and the marks must stand to each other as the
claims say: `the P suits you because it is by B, like the R0 you bought`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.explain.claims import Reason
from agent.llm.base import Generated
from store.rows import Event, Product
from store.words import words

_LONGEST = 60  # words
# What holds a sentence together and promises nothing: no praise, and no verb that says what a thing does.
_CONNECTING = frozenset(
    words(
        """
        a an the this that these it its it's that's and so as because since for to in at by with from like too also both
        another one same similar you your you've is are was were be has have had which shares share suits suit choice
        product products item items just more
        """
    )
)
_DEEDS = {
    Event.PURCHASE: "bought|purchased|own",
    Event.REVIEW: "reviewed",
    Event.RATING: "rated highly|rated",
    Event.LIKE: "liked",
    Event.VIEW: "looked at|viewed",
}
_ANY_DEED = "|".join(_DEEDS.values())
# How each kind of claim may be worded, in marks.
_WORDINGS = {
    "brand": r"\bby B(?: and)?(?: is)?(?: just)? like {row}",
    "words": r"\bshare (?:both |the )*(?:{words})(?: and (?:{words})| (?:{words}))* with {row}",
    "similar": r"\bsimilar to {row}",
}
_DEED_WORDS = frozenset(re.split(r"[| ]", _ANY_DEED))


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a text about a product may draw on: the product, the new category's name and the reasons given."""

    product: Product
    category: str
    reasons: Sequence[Reason]


def problem(generated: Generated, grounds: Grounds) -> str | None:
    """What is wrong with a generated English text, in a few words; None when every part of it is supported."""
    text = generated.text.strip()
    if generated.finish != "stop" or not re.search(r"[.!][\"”]?$", text):
        return "it is not complete"
    if len(text.split()) > _LONGEST:
        return "it is too long"
    rows = list({reason.row.product.item_id: reason.row.product for reason in grounds.reasons if reason.row}.values())
    try:
        marked = " ".join(_marked(words(text), _names(grounds, rows)))
    except _Strange as exc:
        return f"{exc} is in no fact"
    if not re.match(r"(?:the |this |your )?(?:B )?P (?:is|are|suit|share|has|have)\b", marked):
        return "it does not begin by saying something of the product"
    rest, made = _without_claims(marked, grounds, [product.item_id for product in rows])
    if re.search(rf"\b(?:R\d+|W:\S+|by|like|similar|with|share|{_ANY_DEED})(?:\s|$)", rest):
        return "it says something that no claim says"
    return None if made else "it makes no claim"


class _Strange(Exception):
    """A word that is neither part of a name nor a connecting one."""


def _names(grounds: Grounds, rows: Sequence[Product]) -> dict[str, list[str]]:
    """Mark to words: P the product, R0, R1 … the history rows, B the brand, C the category, W:… claimed words."""
    names = {"P": _title(grounds.product), "B": words(grounds.product.brand or ""), "C": words(grounds.category)}
    names.update({f"R{number}": _title(product) for number, product in enumerate(rows)})
    names.update({f"W:{word}": [word] for reason in grounds.reasons for word in words(reason.claim.value)})
    return {mark: name for mark, name in names.items() if name}


def _without_claims(marked: str, grounds: Grounds, rows: Sequence[str]) -> tuple[str, bool]:
    """What a marked text says beside its claims, and whether it makes any."""
    made = False
    for reason in grounds.reasons:
        if reason.row is None:
            continue
        number, deed = rows.index(reason.row.product.item_id), _DEEDS[reason.row.event]
        row = rf"(?:the |a )?R{number}(?: that| which)? (?:you|you've)(?: have)?(?: also| just)? (?:{deed})\b"
        shorter = re.sub(_WORDINGS[_kind(reason)].format(words=_claimed(reason), row=row), "", marked)
        made = made or shorter != marked
        marked = shorter
    return re.sub(r"\bby B\b", "", marked), made


def _kind(reason: Reason) -> str:
    if reason.claim.item_field == "brand":
        return "brand"
    return "similar" if reason.claim.value.startswith("cosine") else "words"


def _claimed(reason: Reason) -> str:
    return "|".join(f"W:{re.escape(word)}" for word in words(reason.claim.value))


def _title(product: Product) -> list[str]:
    title, brand = words(product.title), words(product.brand or "")
    return title if set(brand) <= set(title) else brand + title


def _marked(tokens: Sequence[str], names: dict[str, list[str]]) -> list[str]:
    """The text with each stretch of a name, the longest first, replaced by its mark; raises _Strange."""
    marked: list[str] = []
    at = 0
    while at < len(tokens):
        length, mark = max(((_stretch(tokens[at:], name, mark), mark) for mark, name in names.items()), key=_by_length)
        if length > 1 or (length == 1 and tokens[at] not in _CONNECTING):
            marked.append(mark)
        elif tokens[at] in _CONNECTING or tokens[at] in _DEED_WORDS:
            length = 1
            marked.append(tokens[at])
        else:
            raise _Strange(repr(tokens[at]))
        at += length
    return marked


def _by_length(found: tuple[int, str]) -> tuple[int, bool]:
    length, mark = found
    return length, mark[0] != "W"  # a whole brand or title rather than a claimed word of the same length


def _stretch(tokens: Sequence[str], name: Sequence[str], mark: str) -> int:
    """How many tokens at the beginning stand in the name side by side; 0 where too few to stand for it.

    Two words stand for a title, or all it has; a brand and a category are named in full.
    """
    least = min(2, len(name)) if mark[0] in "PR" else len(name)
    longest = 0
    for start in range(len(name)):
        same = 0
        while same < min(len(tokens), len(name) - start) and tokens[same] == name[start + same]:
            same += 1
        longest = max(longest, same)
    return longest if longest >= least else 0
