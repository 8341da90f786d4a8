from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.neighbours import Neighbours, distinct
from newaisle.agent.learn.split import Case
from newaisle.agent.learn.visibility import arrivals, rows_at
from tests.agent.learn.datasets import Row, dataset, likes, products, shown

CATALOGUE = products({"tea": 5, "pot": 4})
ITEMS = [product.item_id for product in CATALOGUE]
CASE = Case(
    user_id="ann",
    category="pot",
    history=("tea0", "tea1"),
    targets=frozenset({"pot0"}),
    candidates=("pot3", "pot2", "pot1", "pot0"),
)
_rows = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(ITEMS), st.sampled_from([-1.0, 0.0, 0.25, 1.0])),
    min_size=1,
    max_size=25,
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


def _plainly(rows: list[Row], history: set[str]) -> list[float]:
    """The likeness of each customer, product by product: the rarer a shared one, the more; fewer likes, the more."""
    liked = {user: {item for who, item, liking in rows if who == user and liking > 0} for user, _, _ in rows}
    found = []
    for own in liked.values():
        total = 0.0
        for item in own & history:
            customers = sum(item in other for other in liked.values())
            total += (1 / log(2 + customers)) ** 2
        found.append(total / sqrt(len(own)) if own else 0.0)
    return found


@given(_rows, st.sets(st.sampled_from(ITEMS), min_size=1))
def test_likeness_is_what_a_plain_loop_says(rows: list[Row], history: set[str]):
    likeness = Neighbours(dataset(CATALOGUE, rows)).likeness(sorted(history))

    assert likeness == pytest.approx(_plainly(rows, history))


def test_a_product_liked_often_by_one_customer_counts_once():
    once = dataset(CATALOGUE, [*likes("a", "tea0"), *likes("b", "tea0", "tea1")])
    often = dataset(CATALOGUE, [*likes("a", "tea0", "tea0", "tea0"), *likes("b", "tea0", "tea1", "tea1")])

    assert Neighbours(often).likeness(["tea0"]).tolist() == Neighbours(once).likeness(["tea0"]).tolist()


def _shop(*own: Row) -> Dataset:
    return dataset(
        CATALOGUE,
        [
            *likes("ann", "tea0", "tea1"),
            *own,
            *likes("far", "tea3", "pot1", "pot1", "pot2"),
            *likes("near", "tea0", "tea1", "pot3"),
            ("near", "pot1", -1.0),
        ],
    )


def test_others_are_counted_in_the_order_of_the_candidates_each_customer_once():
    shop = _shop()

    others = Neighbours(shop.without(["pot"])).co_interactions(CASE, rows_at(shop, arrivals(shop, CASE)))

    assert others is not None
    assert others.counts.tolist() == [1, 1, 1, 0]
    # Of the two who took something only one is like ann, and weighs as much as both.
    assert others.alike == pytest.approx([2, 0, 0, 0])


def test_the_customers_own_rows_in_the_category_never_count():
    taken = _shop(*likes("ann", "pot0", "pot1"), ("ann", "pot2", -1.0))

    with_own = Neighbours(taken.without(["pot"])).co_interactions(CASE, rows_at(taken, arrivals(taken, CASE)))
    without = Neighbours(_shop()).co_interactions(CASE, rows_at(_shop(), arrivals(_shop(), CASE)))

    assert "ann" not in {user for user, _ in shown(taken, rows_at(taken, arrivals(taken, CASE)))}
    assert with_own is not None
    assert without is not None
    assert with_own.counts.tolist() == without.counts.tolist()


def test_what_others_did_in_a_category_that_the_dataset_is_without_makes_nobody_alike():
    hidden, open_ = (Neighbours(shop).likeness(["tea0", "pot3"]) for shop in (_shop().without(["pot"]), _shop()))

    assert open_[2] > hidden[2] > 0


def test_where_nobody_is_alike_everybody_counts_and_nobody_more():
    shop = dataset(CATALOGUE, [*likes("b", "tea3", "pot0"), *likes("c", "tea4", "pot0")])

    others = Neighbours(shop.without(["pot"])).co_interactions(CASE, shop.rows)

    assert others is not None
    assert others.counts.tolist() == [0, 0, 0, 2]
    assert others.alike.tolist() == [0, 0, 0, 0]


def test_without_a_choice_among_the_candidates_there_are_no_others():
    shop = dataset(CATALOGUE, [*likes("b", "tea3"), ("b", "pot0", -1.0), ("b", "pot1", 0.0)])

    assert Neighbours(shop).co_interactions(CASE, shop.rows) is None
    assert Neighbours(shop).co_interactions(CASE, shop.rows.where(np.zeros(len(shop.rows), dtype=bool))) is None


def test_customers_and_products_are_paired_once():
    shop = dataset(CATALOGUE, likes("b", "tea3", "tea1", "tea3"))

    user, item = distinct(shop, shop.rows)

    assert (user.tolist(), item.tolist()) == ([0, 0], [1, 3])
