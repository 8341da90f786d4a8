"""Preference transfer: the tastes that claims rest on, by the category that they come from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.claims.reason import Reason, transferred
from newaisle.agent.rank.blend import rank
from newaisle.agent.rank.case import RankingCase
from newaisle.agent.schema.answer import Claim, ClaimKind, PreferenceTransfer
from tests.agent.claims.claiming import ALL_SIGNALS, claims_on
from tests.agent.filled import product
from tests.agent.rank.cases import row, whole_cases

DESK = product("d", "Hale oak desk, 120 cm, natural", "Home > Desks", brand="Hale")
BENCH = product("b", "Hale bench", "Home > Desks", brand="hale")
TEA = product("t", "black tea", "Food > Tea")
GIFT = product("g", "gift", "")
HISTORY = [DESK, BENCH, TEA, GIFT]
LAMP, RUG = product("l", "lamp"), product("r", "rug")


def reason(kind: ClaimKind, value: str, contribution: float, *rows: str) -> Reason:
    """A claim on rows of the history; on none, one that does not rest on it."""
    claim = Claim(
        kind=kind,
        text="",
        basis="history" if rows else "category",
        history_item_id=rows[0] if rows else None,
        also=list(rows[1:]),
        item_field="title",
        value=value,
        contribution=contribution,
    )
    named = next((row(one) for one in HISTORY if rows and one.item_id == rows[0]), None)
    return Reason(claim, named)


def told(tastes: list[PreferenceTransfer]) -> list[tuple[Any, ...]]:
    return [(one.from_category, one.kind, one.value, one.weight, one.item_ids) for one in tastes]


def rows_of(taste: PreferenceTransfer) -> list[tuple[str, float]]:
    return [(one.item_id, one.weight) for one in taste.rows]


def test_a_taste_is_its_share_of_what_all_claims_add() -> None:
    (taste,) = transferred(HISTORY, [(LAMP, [reason("brand", "Hale", 0.3, "d"), reason("popularity", "7", 0.1)])])
    assert told([taste]) == [("Home > Desks", "brand", "Hale", 0.75, ["l"])]
    assert [row.model_dump() for row in taste.rows] == [
        {"item_id": "d", "title": "Hale oak desk, 120 cm, natural", "weight": 0.3}
    ]


def test_several_rows_share_what_their_claim_adds() -> None:
    (taste,) = transferred(HISTORY, [(LAMP, [reason("brand", "Hale", 0.4, "d", "b")])])
    assert (taste.weight, rows_of(taste)) == (1.0, [("d", 0.2), ("b", 0.2)])


def test_a_claim_on_rows_of_two_categories_is_a_taste_of_each() -> None:
    tastes = transferred(HISTORY, [(LAMP, [reason("words", "oak", 0.6, "d", "b", "t")])])
    assert told(tastes) == [
        ("Home > Desks", "words", "oak", 0.6667, ["l"]),
        ("Food > Tea", "words", "oak", 0.3333, ["l"]),
    ]


def test_one_taste_may_speak_for_several_products() -> None:
    """However it is spelled; the first spelling is shown. Its rows are in the order of what they add."""
    recommended = [(LAMP, [reason("brand", "Hale", 0.2, "d")]), (RUG, [reason("brand", "HALE", 0.6, "b", "d")])]
    (taste,) = transferred(HISTORY, recommended)
    assert told([taste]) == [("Home > Desks", "brand", "Hale", 1.0, ["l", "r"])]
    assert rows_of(taste) == [("d", 0.5), ("b", 0.3)]


def test_a_product_is_named_once_by_a_taste_and_different_tastes_stay_apart() -> None:
    reasons = [
        reason("words", "oak", 0.1, "d"),
        reason("words", "Oak", 0.2, "b"),
        reason("attribute", "oak", 0.3, "d"),
        reason("words", "linen", 0.4, "d"),
    ]
    assert told(transferred(HISTORY, [(LAMP, reasons)])) == [
        ("Home > Desks", "words", "linen", 0.4, ["l"]),
        ("Home > Desks", "words", "oak", 0.3, ["l"]),
        ("Home > Desks", "attribute", "oak", 0.3, ["l"]),
    ]


def test_what_has_no_name_is_a_taste_for_the_row_itself() -> None:
    for kind in ["similar", "closer", "price_level", "together", "counted"]:
        (taste,) = transferred(HISTORY, [(LAMP, [reason(kind, "cosine 0.71", 0.3, "d")])])
        assert (taste.kind, taste.value) == (kind, "Hale oak desk"), kind


def test_likeness_to_two_rows_is_two_tastes() -> None:
    tastes = transferred(HISTORY, [(LAMP, [reason("price_level", "9.00 EUR", 0.4, "d", "b")])])
    assert [taste.value for taste in tastes] == ["Hale oak desk", "Hale bench"]


def test_a_row_without_a_category_has_an_empty_one() -> None:
    (taste,) = transferred(HISTORY, [(LAMP, [reason("counted", "0.3", 0.3, "g")])])
    assert taste.from_category == ""


@pytest.mark.parametrize("reasons", [[], [reason("popularity", "7", 0.1)], [reason("category", "Lamps", 0.0)]])
def test_where_nothing_rests_on_the_history_nothing_was_carried_over(reasons: list[Reason]) -> None:
    assert transferred(HISTORY, [(LAMP, reasons)]) == []
    assert transferred([], []) == []


@given(whole_cases(), st.integers(1, 6))
def test_in_any_case_weights_are_shares_that_come_to_those_of_the_history(case: RankingCase, k: int) -> None:
    claims = claims_on(case, blend=ALL_SIGNALS)
    chosen = rank(case, ALL_SIGNALS).order()[:k].tolist()
    recommended = [(case.candidates[one], claims.of(one)) for one in chosen]
    history = [one.product for one in case.history]

    tastes = transferred(history, recommended)

    made = [reason.claim for _, reasons in recommended for reason in reasons]
    whole = sum(claim.contribution for claim in made)
    own = sum(claim.contribution for claim in made if claim.basis == "history")
    rounding = 1e-4 * (len(tastes) + 1)
    assert all(0 <= taste.weight <= 1 for taste in tastes)
    assert sum(taste.weight for taste in tastes) == pytest.approx(own / whole if whole else 0.0, abs=rounding)
    assert [taste.weight for taste in tastes] == sorted((taste.weight for taste in tastes), reverse=True)
    rows = [one for taste in tastes for one in taste.rows]
    assert sum(one.weight for one in rows) == pytest.approx(own, abs=1e-4 * (len(rows) + 1))
    assert {one.item_id for one in rows} <= {one.item_id for one in history}
    for claim in made:
        for item in [claim.history_item_id, *claim.also] if claim.history_item_id else []:
            assert any(item in [one.item_id for one in taste.rows] for taste in tastes if taste.kind == claim.kind)
    speaking = {item for taste in tastes for item in taste.item_ids}
    assert speaking == {product.item_id for product, reasons in recommended if any(reason.row for reason in reasons)}
