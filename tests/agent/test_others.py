from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.context import Query
from agent.others import others_in
from agent.past.neighbours import Neighbours
from agent.past.past import Past
from agent.past.split import Case
from store.rows import Event
from tests.agent.shop import did, fill, product, retriever

TEA = [product(f"tea{i}", f"tea number {i}", "Tea") for i in range(4)]
LAMPS = [product(f"lamp{i}", f"lamp number {i}", "Lamps") for i in range(3)]
LAMP_IDS = [lamp.item_id for lamp in LAMPS]


def test_customers_who_took_something_are_counted_once_for_each_product(tmp_path: Path):
    rows = [did("ann", "lamp0"), did("ann", "lamp0"), did("bob", "lamp0"), did("bob", "lamp2"), did("cy", "tea0")]
    with fill(tmp_path, [*TEA, *LAMPS], rows).reader() as ledger:
        others = others_in(ledger, None, [], LAMP_IDS)

    assert others is not None
    assert others.counts.tolist() == [2, 0, 1]
    assert not others.alike.any()


def test_what_the_customer_did_and_what_was_disliked_is_not_counted(tmp_path: Path):
    rows = [did("me", "lamp0"), did("ann", "lamp1", Event.RETURN), did("bob", "lamp2")]
    with fill(tmp_path, [*TEA, *LAMPS], rows).reader() as ledger:
        others = others_in(ledger, "me", [], LAMP_IDS)

        assert others is not None
        assert others.counts.tolist() == [0, 0, 1]
        assert others_in(ledger, "bob", [], LAMP_IDS[1:]) is None


def test_who_liked_the_same_rare_product_is_most_alike(tmp_path: Path):
    rows = [did("near", "tea3"), did("near", "lamp0"), did("far", "tea0"), did("far", "lamp1"), did("crowd", "tea0")]
    with fill(tmp_path, [*TEA, *LAMPS], rows).reader() as ledger:
        others = others_in(ledger, "me", ["tea3", "tea0"], LAMP_IDS)

    assert others is not None
    assert others.alike[0] > others.alike[1] > others.alike[2] == 0


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from([*range(4)]), st.booleans()), max_size=30))
def test_the_ledger_and_the_past_tell_the_same_of_others(tmp_path_factory: pytest.TempPathFactory, done):
    rows = [did(user, f"{'lamp' if lamp and i < 3 else 'tea'}{i}") for user, i, lamp in done]
    rows += [did("me", "tea0"), did("me", "tea1")]
    with fill(tmp_path_factory.mktemp("shop"), [*TEA, *LAMPS], rows).reader() as ledger:
        now = others_in(ledger, "me", ["tea0", "tea1"], LAMP_IDS)
        past = Past.read(ledger)
    case = Case(
        user_id="me", category="Lamps", history=("tea0", "tea1"), targets=frozenset({"lamp0"}), candidates=(*LAMP_IDS,)
    )
    lamps = np.array([past.products[item].category == ("Lamps",) for item in past.rows.item], dtype=bool)
    before = Neighbours(past).others(case, past.rows.where(lamps))

    assert (now is None) == (before is None)
    if now is not None and before is not None:
        assert now.counts.tolist() == before.counts.tolist()
        np.testing.assert_allclose(now.alike, before.alike)


def test_others_choices_reach_the_ranking_case_and_a_category_of_none_stays_zero_shot(tmp_path: Path):
    rows = [did("me", "tea0"), did("ann", "tea0"), did("ann", "tea1")]
    with fill(tmp_path, [*TEA, *LAMPS], rows).reader() as ledger:
        find = retriever(ledger).find

        assert find(Query(user_id="me", category="Lamps")).case.others is None
        others = find(Query(user_id="me", category="Tea")).case.others

    assert others is not None
    assert others.counts.sum() == 1  # tea0 is mine already


def test_disliked_products_and_price_levels_reach_the_ranking_case(tmp_path: Path):
    priced = [product(f"p{i}", f"pan {i}", "Pans", price=10.0 * i, currency="EUR") for i in range(1, 5)]
    rows = [did("me", "p4"), did("me", "tea0", Event.RETURN)]
    with fill(tmp_path, [*TEA, *LAMPS, *priced], rows).reader() as ledger:
        case = retriever(ledger).find(Query(user_id="me", category="Lamps")).case

    assert [one.item_id for one in case.disliked] == ["tea0"]
    assert [row.price_level for row in case.history] == [0.875]
