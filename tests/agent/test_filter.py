"""What a filter leaves is measured against the whole category, and not against what is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newaisle.agent.recommend import recommend
from newaisle.agent.retrieve.context import Retriever
from newaisle.agent.schema.answer import Constraints, Recommendation
from newaisle.agent.schema.query import Query
from newaisle.agent.shop.parts import Parts
from newaisle.agent.why.why import why
from newaisle.agent.why.why_not import why_not
from tests.agent.filled import did, fill, parts, product, retriever

LAMPS = [
    product("l1", "titanium camp lamp", brand="Hale", price=60.0, currency="USD"),
    product("l2", "oak desk lamp", brand="Pine", price=20.0, currency="USD"),
    product("l3", "steel floor lamp", brand="Orrin", price=90.0, currency="USD"),
    product("l4", "glass table lamp", price=40.0, currency="USD"),
    product("l5", "oak bed lamp", brand="Hale", price=30.0, currency="USD"),
    product("l6", "lamp that is gone", price=10.0, currency="USD", in_stock=False),
]
CHOSEN = [
    product("p1", "titanium pot", "Kitchen", brand="Hale", price=70.0, currency="USD"),
    product("p2", "oak board", "Kitchen", brand="Hale", price=20.0, currency="USD"),
    product("p3", "paper cone", "Kitchen", price=5.0, currency="USD"),
]
HISTORY = [did("ann", one.item_id) for one in CHOSEN] + [
    did(f"other{i}", item) for i in range(4) for item in ("p2", "l2", "l5")
]
FILTERS = [
    Constraints(max_price=25.0, currency="USD"),
    Constraints(min_price=50.0, currency="USD"),
    Constraints(brands=["Hale"]),
    Constraints(not_brands=["Hale"]),
    Constraints(words=["titanium"]),
    Constraints(exclude=["oak"]),
]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Parts]:
    with fill(tmp_path, [*LAMPS, *CHOSEN], HISTORY).reader() as ledger:
        yield parts(ledger)


def asked(constraints: Constraints | None = None) -> Query:
    return Query(user_id="ann", category="Lamps", constraints=constraints or Constraints(), diversity=0.0)


def reasons(one: Recommendation) -> list[tuple[str, str, float]]:
    return [
        (claim.kind, claim.text, claim.contribution) for claim in one.explanation.claims if claim.basis == "history"
    ]


@pytest.mark.parametrize("constraints", FILTERS)
def test_what_a_filter_leaves_keeps_its_order_its_scores_and_its_reasons(shop: Parts, constraints: Constraints) -> None:
    whole = recommend(asked(), shop).recommendations
    left = recommend(asked(constraints), shop).recommendations
    assert 0 < len(left) < len(whole)
    ids = [one.item_id for one in left]
    assert ids == [one.item_id for one in whole if one.item_id in ids]
    by_id = {one.item_id: one for one in whole}
    for one in left:
        assert (one.score, one.signals, reasons(one)) == (
            by_id[one.item_id].score,
            by_id[one.item_id].signals,
            reasons(by_id[one.item_id]),
        )


def test_the_only_one_that_a_filter_leaves_has_its_reasons_and_is_in_place_one(shop: Parts) -> None:
    (only,) = recommend(asked(Constraints(words=["titanium"])), shop).recommendations
    assert only.item_id == "l1"
    assert "titanium" in only.explanation.text
    assert only.explanation.basis == "history"
    told = [claim.counterfactual for claim in only.explanation.claims if claim.counterfactual]
    assert told
    assert {(one.rank_now, one.rank) for one in told} == {(1, 1)}
    assert all(one.score < only.score for one in told)


def test_what_is_out_of_stock_is_no_part_of_the_category(shop: Parts) -> None:
    case = Retriever.of(shop).find(asked(Constraints(brands=["Hale"]))).case
    assert [one.item_id for one in case.candidates] == ["l1", "l2", "l3", "l4", "l5"]
    assert case.eligible.tolist() == [0, 4]


def test_what_is_too_much_to_be_scored_whole_is_cut_to_what_was_asked_for(shop: Parts) -> None:
    found = retriever(shop.ledger, exact_limit=4).find(asked(Constraints(brands=["Hale"])))
    assert [one.item_id for one in found.case.candidates] == ["l1", "l5"]


def test_why_and_why_not_count_what_the_filter_leaves(shop: Parts) -> None:
    query = asked(Constraints(brands=["Hale"]))
    best = recommend(query, shop).recommendations[0]
    found = why(query, next(one for one in LAMPS if one.item_id == best.item_id), shop)
    assert (found.rank, found.rank_by_score, found.candidates) == (1, 1, 2)
    assert {signal.rank for signal in found.signals} <= {1, 2}
    refused = why_not(query, LAMPS[1], shop)
    assert [one.kind for one in refused.obstacles] == ["other brand"]
