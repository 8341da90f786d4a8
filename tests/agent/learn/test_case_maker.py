from __future__ import annotations

import numpy as np
import pytest

from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.split import Case
from newaisle.agent.rank.blend import rank
from newaisle.agent.rank.case import CoInteractions, RankingCase
from newaisle.store.rows import Event, Product
from tests.agent.learn.datasets import dataset, likes


def _product(item_id: str, category: str, price: float | None = None, currency: str | None = "EUR") -> Product:
    return Product(
        item_id=item_id,
        title=f"{('stone', 'glass')[int(item_id[1]) % 2]} {category} {item_id}",
        category=(category,),
        price=price,
        currency=price and currency,
    )


CATALOGUE = [
    _product("t1", "tea", 1.0),
    _product("t2", "tea", 2.0),
    _product("t3", "tea", 2.0),
    _product("t4", "tea", 900.0),
    _product("t5", "tea", 3.0, "CNY"),
    _product("t6", "tea"),
    _product("p1", "pot", 2.0),
    _product("p2", "pot", 1.0),
    _product("p3", "pot"),
]


def _shop(*rows: str) -> Dataset:
    vectors = np.random.default_rng(0).normal(size=(len(CATALOGUE), 4))
    vectors[-1] = 0
    return dataset(CATALOGUE, likes("ann", *rows), vectors=vectors / np.linalg.norm(vectors + 1e-12, axis=1)[:, None])


def _case(*history: str, candidates: tuple[str, ...] = ("p1", "p2", "p3")) -> Case:
    return Case(
        user_id="ann", category="pot", history=history, targets=frozenset(candidates[:1]), candidates=candidates
    )


def test_a_price_level_is_among_prices_of_the_same_category_and_currency():
    for item_id, level in [
        ("t1", 1 / 8),  # the cheapest of four: half of itself is below
        ("t2", 4 / 8),  # one is cheaper, two are equal
        ("t3", 4 / 8),
        ("t4", 7 / 8),
        ("t5", 1 / 2),  # the only one in its currency
        ("t6", None),
    ]:
        (row,) = CaseMaker(_shop()).make(_case(item_id)).history

        assert row.price_level == level, item_id


def test_a_price_of_the_same_size_is_dear_in_one_category_and_usual_in_another():
    cheap, dear = CaseMaker(_shop()).make(_case("t2", "p1", candidates=("p2", "p3"))).history

    assert (cheap.price_level, dear.price_level) == (1 / 2, 3 / 4)


def test_each_product_of_a_history_is_one_row_where_it_came_first():
    made = CaseMaker(_shop()).make(_case("t3", "t1", "t3"))

    assert [row.product.item_id for row in made.history] == ["t3", "t1"]
    assert {(row.liking, row.event) for row in made.history} == {(1.0, Event.PURCHASE)}


def test_candidates_vectors_and_expected_popularity_stand_in_the_order_given():
    shop = _shop()
    others = CoInteractions(counts=np.ones(2), alike=np.zeros(2))

    made = CaseMaker(shop).make(
        _case("t1", candidates=("p3", "p1")),
        expected_popularity=np.arange(len(CATALOGUE), dtype=float),
        co_interactions=others,
    )

    assert [product.item_id for product in made.candidates] == ["p3", "p1"]
    assert made.candidate_vectors.tolist() == shop.vectors[[8, 6]].tolist()
    assert made.history_vectors.tolist() == shop.vectors[[0]].tolist()
    assert made.expected_popularity is not None
    assert made.expected_popularity.tolist() == [8, 6]
    assert made.co_interactions is others
    assert CaseMaker(shop).make(_case("t1")).expected_popularity is None


def test_the_mean_vector_leaves_out_products_without_one():
    shop = _shop()

    mean = CaseMaker(shop).make(_case("t1")).mean_vector

    assert mean == pytest.approx(shop.vectors[:-1].mean(axis=0), abs=1e-6)


def test_a_shop_without_vectors_has_a_case_all_the_same():
    made = CaseMaker(dataset(CATALOGUE, [])).make(_case("t1"))

    assert made.mean_vector.shape == (0,)
    assert not made.similarity.any()


def test_nothing_that_anybody_did_is_looked_at():
    busy, idle = (CaseMaker(shop).make(_case("t1", "t2")) for shop in (_shop("t1", "p1", "p1", "p2"), _shop()))

    assert rank(busy).scores.tolist() == rank(idle).scores.tolist()


def test_what_is_prepared_beforehand_is_what_a_case_works_out_by_itself():
    maker = CaseMaker(_shop())
    made = maker.make(_case("t1", "t2"))
    plain = RankingCase(
        candidates=made.candidates,
        history=made.history,
        candidate_vectors=made.candidate_vectors,
        history_vectors=made.history_vectors,
        mean_vector=made.mean_vector,
        product_count=made.product_count,
        frequencies=made.frequencies,
    )

    assert made.shared_words == pytest.approx(plain.shared_words, abs=1e-6)
    assert made.shared_words.any()
    assert [list(found) for found in made.candidate_words] == plain.candidate_words
    assert rank(made).scores == pytest.approx(rank(plain).scores, abs=1e-5)
    assert len(maker.vocabulary) == maker.texts.shape[1]
