"""What a text says that the customer did: each deed belongs to one row of the history, and is that row's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from newaisle.agent.wording.check.mentions import Name
from newaisle.agent.wording.check.parts import Part
from newaisle.agent.wording.check.text_evidence import Refused, TextEvidence
from newaisle.store.rows import Event, Product

_ROWS = "(?P<rows>R(?:[,&D]+R)*)"
_NOT_OF_ANOTHER = "(?<![PSi])(?<![PSi]v)(?<![PSi],v)"
# Over the letters of the parts, in this order. `verb` is what was done, `rows` what it was done with.
_BINDINGS = [
    re.compile(rf"o?{_ROWS}(?:,?v+|e[D~]*)?y[tu]*(?P<deed>d)[uU]*(?![iuU])"),  # the R that you bought
    re.compile(rf"{_NOT_OF_ANOTHER}y[tu]*W[Du]*{_ROWS}(?P<deed>d)"),  # you gave the R a high rating
    re.compile(rf"{_NOT_OF_ANOTHER}y[tu]*(?P<deed>d)[D~]*{_ROWS}[uU]*(?![iuU])"),  # you bought the R
    re.compile(rf"ou*(?P<deed>n)D*{_ROWS}"),  # your purchase of the R
    re.compile(rf"{_ROWS}v?e?[tu]*(?P<deed>d)u*f?D?y"),  # the R bought by the customer
    re.compile(rf"(?P<deed>o)u*{_ROWS}"),  # your R
]
_BRAND_OF_ROW = [re.compile("(?P<row>R),?f(?P<brand>B)"), re.compile("(?P<brand>B)D?(?P<row>R)")]
_BRAND_OF_PRODUCT = re.compile("P,?(?P<brand>fD?B)(?!,?[lr])(?!,D?r)|(?P<before>B)[D~]*P")
_MANY = [
    re.compile(r"D?(?P<count>N)[G~]v?y[tu]*c(?:[~D]*(?P<category>H))?"),  # 3 products you chose in H
    re.compile(r"y~*(?P<category>H)?~*c(?P<count>N)G"),  # the same in Chinese
]


def letters(parts: Sequence[Part]) -> str:
    """The roles of parts in a row."""
    return "".join(part.role for part in parts)


def bind(parts: list[Part], evidence: TextEvidence) -> list[Part]:
    """The parts with deeds, owners and counts of rows taken into the rows they are said of.

    Raises Refused where a deed is said of anything but a row whose event it is, and where a row is nobody's.
    """
    rows = {reason.row.product.item_id: reason.row for reason in evidence.reasons if reason.row}
    parts = _take_brands(parts, {key: row.product for key, row in rows.items()}, evidence.product)
    parts = _take_others(_take_many(parts, evidence), evidence)
    parts = _take_counts(parts)
    said = letters(parts)
    bound: set[str] = set()
    for number, pattern in enumerate(_BINDINGS):
        while match := pattern.search(said):
            verb = parts[match.start("deed")]
            keys = [part.key for part in parts[slice(*match.span("rows"))] if part.role == "R"]
            event = Event.PURCHASE if verb.role == "o" else Event(verb.event)
            if "U" in match[0] and event is not Event.RATING:
                raise Refused("'highly' is in no claim")
            if any(rows[key].event is not event for key in keys):
                raise Refused(f"{verb.text!r} is not what was done with {parts[match.start('rows')].text!r}")
            bound |= set(keys)
            parts = _replaced(parts, match.span(), _rows_of(parts, match, number))
            said = letters(parts)
    return _all_bound(parts, bound)


def _rows_of(parts: Sequence[Part], match: re.Match[str], number: int) -> list[Part]:
    """The rows of a binding; where it is a clause of its own (you bought the R), they are no subject."""
    rows = parts[slice(*match.span("rows"))]
    said_first = parts[match.start("deed") : match.start("rows")]
    is_clause = number in (1, 2) and not any(part.text.endswith("的") for part in said_first)
    return [replace(part, event="clause" if is_clause else "own") if part.role == "R" else part for part in rows]


def _replaced(parts: list[Part], span: tuple[int, int], by: list[Part]) -> list[Part]:
    # What has been bound is marked by another letter until all is, so that it is bound once.
    return [*parts[: span[0]], *(replace(p, role="ʀ") if p.role == "R" else p for p in by), *parts[span[1] :]]


def _all_bound(parts: list[Part], bound: set[str]) -> list[Part]:
    for place, part in enumerate(parts):
        again = part.key in bound and place and parts[place - 1].role == "D"  # the R, named once more
        if part.role == "R" and not again:
            raise Refused(f"it does not say what was done with {part.text!r}")
        if part.role in "dnoU":
            raise Refused(f"{part.text!r} is said of nothing in the history")
    return [replace(part, role="R") if part.role == "ʀ" else part for part in parts]


def _take_brands(parts: list[Part], rows: dict[str, Product], recommended: Product) -> list[Part]:
    """Brands that are a part of a name: the P by B, the R by B."""
    brand = (recommended.brand or "").casefold()
    said = letters(parts)
    for pattern in _BRAND_OF_ROW:
        while match := pattern.search(said):
            row = parts[match.start("row")]
            if (rows[row.key].brand or "").casefold() != brand:
                raise Refused(f"{parts[match.start('brand')].text!r} is not the brand of {row.text!r}")
            parts = [*parts[: match.start()], row, *parts[match.end() :]]
            said = letters(parts)
    while match := _BRAND_OF_PRODUCT.search(said):
        group = "brand" if match["brand"] else "before"
        parts = [*parts[: match.start(group)], *parts[match.end(group) :]]
        said = letters(parts)
    return parts


_OTHERS = [
    re.compile(r"[+]v?y[tu]*c(?:[~D]*(?P<category>[HC]))?"),  # others you chose in H
    re.compile(r"y~*(?P<category>[HC])?~*c[+]"),  # the same in Chinese
]


def _take_others(parts: list[Part], evidence: TextEvidence) -> list[Part]:
    """Others that the customer chose, as one part: the rows beside the one that is named, of any reason with some."""
    names = tuple(Name("S", str(number)) for number, one in enumerate(evidence.reasons) if one.claim.also)
    for pattern in _OTHERS:
        while match := pattern.search(letters(parts)):
            category = (parts[match.start("category")].key or evidence.category) if match["category"] else ""
            of_it = tuple(name for name in names if category in evidence.reasons[int(name.key)].claim.text)
            if not of_it:
                raise Refused(f"{parts[match.start()].text!r} is in no claim")
            many = Part("S", "others", key=of_it[0].key, names=of_it)
            parts = [*parts[: match.start()], many, *parts[match.end() :]]
    return parts


def _take_many(parts: list[Part], evidence: TextEvidence) -> list[Part]:
    """So many products that the customer chose, as one part whose key is the number of the reason."""
    said = letters(parts)
    for pattern in _MANY:
        while match := pattern.search(said):
            count = parts[match.start("count")]
            row = evidence.reasons[int(count.key)].row
            if not evidence.reasons[int(count.key)].claim.also or row is None:
                raise Refused(f"{count.text!r} is in no claim")
            if match["category"] and not _is_of(evidence, count.key, parts[match.start("category")].key):
                raise Refused(f"{parts[match.start('category')].text!r} is not where all of them are from")
            many = Part("S", count.text, key=count.key, names=_counts(count, "S"))
            parts = [*parts[: match.start()], many, *parts[match.end() :]]
            said = letters(parts)
    return parts


def _take_counts(parts: list[Part]) -> list[Part]:
    """How many other customers, as one part that is keyed as the count is."""
    said = letters(parts)
    while match := re.search("N[OJ]", said):
        count = parts[match.start()]
        role = said[match.end() - 1]
        counted = Part(
            {"O": "ｏ", "J": "ｊ"}[role],
            f"{count.text} {parts[match.end() - 1].text}",
            key=count.key,
            names=_counts(count, role),
        )
        parts = [*parts[: match.start()], counted, *parts[match.end() :]]
        said = letters(parts)
    if "O" in said:
        raise Refused(f"{parts[said.index('O')].text!r} are not counted as in a claim")
    own = {"ｏ": "O", "ｊ": "J"}
    return [replace(part, role=own.get(part.role, part.role)) for part in parts]


def _counts(count: Part, role: str) -> tuple[Name, ...]:
    """The claims that state a number, as names of another role."""
    return tuple(Name(role, name.key) for name in count.names if name.role == "N")


def _is_of(evidence: TextEvidence, key: str, category: str) -> bool:
    """Whether the claim's own sentence says that its rows are of a category."""
    return category in evidence.reasons[int(key)].claim.text
