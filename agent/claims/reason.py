"""A reason: a claim, the history row that its sentence names, and what makes it one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newaisle.agent.claims.sentences import short_title
from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.answer import Claim, ClaimKind, PreferenceTransfer, TextBasis, TransferredRow
from newaisle.agent.schema.style import Style
from newaisle.store.rows import PATH_SEPARATOR, Product

SMALLEST = 5e-5  # contributions are shown with four digits: what would be 0 there is none
WEAK = 0.25  # of the strongest claim: what moved the score less than that is left out
MOST = 0.5  # of a category's candidates have to come after a product that is said to be before most of them


@dataclass(frozen=True, slots=True)
class Reason:
    """A claim with the history row it rests on, if any, and whether it is worth a sentence to the customer."""

    claim: Claim
    row: HistoryRow | None = None
    worth: bool = True

    @property
    def basis(self) -> TextBasis:
        """What a text that gives this reason first rests on."""
        if self.claim.kind == "together":
            return "co_interaction"
        if self.row is not None:
            return "history"
        return "category" if self.claim.kind in _OF_CATEGORY else "wish"


_OF_CATEGORY: tuple[ClaimKind, ...] = ("popularity", "expected_popularity", "category")


def worth_saying(reasons: Sequence[Reason], style: Style = "short") -> list[Reason]:
    """The reasons that a text may give: those on the history and on others' choices first, then what was asked for.

    Where there is none of the first, the last says what is known of the product in its category. How many others took
    it, and what may be expected of it, is for the seller alone.
    """
    for_seller = style == "seller"
    told = [one for one in reasons if one.worth or (for_seller and one.row is None)]
    return sorted(told, key=lambda one: (one.row is None, one.claim.kind == "category"))


def varied(told: Sequence[Sequence[Reason]]) -> list[list[Reason]]:
    """The reasons for the products of one answer, each in the order in which they are said.

    What was said of a product before makes room for the next reason on the history, if there is one; and so does a
    reason of the kind that the product before began with.
    """
    said: set[tuple[str, str]] = set()
    found: list[list[Reason]] = []
    for reasons in told:
        unsaid = [one for one in reasons if one.row and not said & _about(one)]
        before = found[-1][0].claim.kind if found and found[-1] else None
        first = next((one for one in unsaid if one.claim.kind != before), next(iter(unsaid), None))
        ordered = sorted(reasons, key=lambda one: one is not first)
        said |= _about(ordered[0]) if ordered else set()
        found.append(ordered)
    return found


def _about(reason: Reason) -> set[tuple[str, str]]:
    """What a reason says: its kind with what is shared, and its kind with the product it names."""
    claim = reason.claim
    shared = claim.value.casefold() if claim.kind in _NAMED else claim.history_item_id or ""
    return {(claim.kind, shared), (claim.kind, claim.history_item_id or "")}


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
