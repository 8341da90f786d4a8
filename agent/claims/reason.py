"""A reason: a claim, the history row that its sentence names, and what makes it one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newaisle.agent.claims.sentences import short_title
from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.answer import Claim, ClaimKind, PreferenceTransfer, TransferredRow
from newaisle.store.rows import PATH_SEPARATOR, Product

SMALLEST = 5e-5  # contributions are shown with four digits: what would be 0 there is none
WEAK = 0.25  # of the strongest claim: what moved the score less than that is not worth a sentence
MOST = 0.5  # of a category's candidates have to come after a product that is said to be before most of them


@dataclass(frozen=True, slots=True)
class Reason:
    """A claim with the history row it rests on, if any."""

    claim: Claim
    row: HistoryRow | None = None


def worth_saying(reasons: Sequence[Reason]) -> list[Reason]:
    """The reasons that a text may give: not a weak one beside a strong one; those that rest on the history first.

    The history is cut into many claims, and what is said of others is one.
    """
    strongest = max((reason.claim.contribution for reason in reasons), default=0.0)
    told = [reason for reason in reasons if reason.row is None or reason.claim.contribution >= WEAK * strongest]
    return sorted(told, key=lambda reason: reason.row is None)


_NAMED = ("brand", "attribute", "words")  # claims on something that has a name; the others are on likeness to a row
_Taste = tuple[str, ClaimKind, str]  # category, kind, value without case


def transferred(
    history: Sequence[Product], recommended: Sequence[tuple[Product, Sequence[Reason]]]
) -> list[PreferenceTransfer]:
    """The tastes that the claims on some recommended products rest on, the heaviest first.

    What a claim adds to a score counts for each of its rows alike, in the category of the row.
    """
    known = {product.item_id: product for product in history}
    weights: defaultdict[_Taste, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    speaks_for: defaultdict[_Taste, list[str]] = defaultdict(list)
    spelled: dict[_Taste, str] = {}
    total = 0.0
    for product, reasons in recommended:
        for claim in (reason.claim for reason in reasons):
            total += max(0.0, claim.contribution)
            for row, value in _rows_and_values(claim, known):
                taste = (PATH_SEPARATOR.join(known[row].category), claim.kind, value.casefold())
                spelled.setdefault(taste, value)
                weights[taste][row] += claim.contribution / (1 + len(claim.also))
                if product.item_id not in speaks_for[taste]:
                    speaks_for[taste].append(product.item_id)
    # Of each taste its share of all that speaks for the recommended products.
    tastes = [
        PreferenceTransfer(
            from_category=taste[0],
            kind=taste[1],
            value=spelled[taste],
            weight=round(sum(rows.values()) / total, 4) if total else 0.0,
            rows=_rows(rows, known),
            item_ids=speaks_for[taste],
        )
        for taste, rows in weights.items()
    ]
    return sorted(tastes, key=lambda taste: -taste.weight)


def _rows_and_values(claim: Claim, known: Mapping[str, Product]) -> list[tuple[str, str]]:
    """Each row that a claim rests on, with what is liked of it: what has a name, else the product as a whole."""
    rows = [claim.history_item_id, *claim.also] if claim.history_item_id else []
    return [(row, claim.value if claim.kind in _NAMED else short_title(known[row].title)) for row in rows]


def _rows(weights: Mapping[str, float], known: Mapping[str, Product]) -> list[TransferredRow]:
    heaviest = sorted(weights, key=lambda row: -weights[row])
    return [TransferredRow(item_id=row, title=known[row].title, weight=round(weights[row], 4)) for row in heaviest]
