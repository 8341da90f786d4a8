"""Learning what sells: an effect planted in known categories is found, and holds in one that was never seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.popularity_learner import FEWEST_PRODUCTS, PopularityLearner
from newaisle.agent.learn.split import Case
from newaisle.agent.rank.expected_popularity import ExpectedPopularity
from newaisle.store.rows import Product
from tests.agent.learn.datasets import Row, dataset, likes

KNOWN = ("desk", "wall", "road")
NEW = "tent"
SIZE = 40  # products of a category; the even ones sell
Fields = dict[str, object]


def _by_word(i: int) -> Fields:
    return {"title": f"{('gold', 'iron')[i % 2]} lamp"}


def _by_brand(i: int) -> Fields:
    return {"title": "a lamp", "brand": ("Hale", "Orin")[i % 2]}


def _by_price(i: int) -> Fields:
    return {"title": "a lamp", "price": 10.0 + i // 2 + (60 if i % 2 == 0 else 0), "currency": "EUR"}


def _by_number(i: int) -> Fields:
    return {"title": "a lamp", "attributes": {"watts": str(10 + i // 2 + (60 if i % 2 == 0 else 0))}}


def _by_year(i: int) -> Fields:
    return {"title": f"a lamp of {(1950, 1990)[i % 2]}"}


def _by_nothing(i: int) -> Fields:
    return {"title": "a lamp", "description": "light" * (i % 5)}


def _catalogue(fields: Callable[[int], Fields], *unsold: str) -> list[Product]:
    return [
        Product(item_id=f"{category}{i}", category=(category,), **fields(i))  # type: ignore[arg-type]
        for category in (*KNOWN, *unsold, NEW)
        for i in range(SIZE)
    ]


def _sales(*categories: str, sells: int = 0) -> list[Row]:
    """Everything was liked by one customer; every second product, from `sells` on, by six more."""
    rows = likes("c0", *(f"{category}{i}" for category in categories for i in range(SIZE)))
    for customer in range(1, 7):
        rows += likes(f"c{customer}", *(f"{category}{i}" for category in categories for i in range(sells, SIZE, 2)))
    return rows


def _directions() -> np.ndarray:
    """Unit vectors that are alike but for one direction, which tells what sells."""
    vectors = np.random.default_rng(0).normal(size=((len(KNOWN) + 1) * SIZE, 8))
    vectors[:, 0] = np.where(np.arange(len(vectors)) % 2, -2, 2)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _learner(shop: Dataset) -> PopularityLearner:
    return PopularityLearner(CaseMaker(shop), embedder="some")


def _expected_popularity(shop: Dataset, known: Dataset | None = None) -> np.ndarray:
    """Of the products of the new category."""
    learner = _learner(shop)
    coefficients = learner.learn(known or shop)
    assert coefficients is not None
    return learner.of_all(coefficients)[-SIZE:]


def test_what_sells_in_known_categories_is_expected_to_sell_in_a_new_one():
    for fields in [_by_word, _by_brand, _by_price, _by_number, _by_year]:
        expected_popularity = _expected_popularity(dataset(_catalogue(fields), _sales(*KNOWN)))

        assert expected_popularity[::2].min() > expected_popularity[1::2].max(), fields


def test_what_vectors_tell_carries_over_too():
    expected_popularity = _expected_popularity(dataset(_catalogue(_by_nothing), _sales(*KNOWN), vectors=_directions()))

    assert expected_popularity[::2].min() > expected_popularity[1::2].max()


def test_what_sold_least_is_expected_to_sell_least():
    expected_popularity = _expected_popularity(dataset(_catalogue(_by_word), _sales(*KNOWN, sells=1)))

    assert expected_popularity[::2].max() < expected_popularity[1::2].min()


def test_where_nothing_tells_what_sells_next_to_nothing_is_expected():
    told = _expected_popularity(dataset(_catalogue(_by_word), _sales(*KNOWN)))
    nothing_told = _expected_popularity(dataset(_catalogue(lambda _: {"title": "a lamp"}), _sales(*KNOWN)))

    assert np.ptp(nothing_told) == pytest.approx(0, abs=1e-6)
    assert np.ptp(told) > 0.5


def test_a_disliked_product_did_not_sell():
    disliked = [(user, item, -1.0) for user, item, _ in _sales(*KNOWN, sells=1)]
    mixed = sorted([*_sales(*KNOWN), *disliked], key=lambda row: row[0])

    assert _expected_popularity(dataset(_catalogue(_by_word), mixed)) == pytest.approx(
        _expected_popularity(dataset(_catalogue(_by_word), _sales(*KNOWN)))
    )


def test_a_product_that_one_customer_took_often_sold_once():
    again = likes("c0", *(f"{category}{i}" for category in KNOWN for i in range(1, SIZE, 2))) * 9
    often = sorted([*_sales(*KNOWN), *again], key=lambda row: row[0])

    assert _expected_popularity(dataset(_catalogue(_by_word), often)) == pytest.approx(
        _expected_popularity(dataset(_catalogue(_by_word), _sales(*KNOWN)))
    )


def test_nothing_that_was_done_in_a_hidden_category_is_used():
    """There the opposite sold: whoever looked would learn the opposite."""
    opposite = sorted([*_sales(*KNOWN), *_sales(NEW, sells=1) * 3], key=lambda row: row[0])
    honest, poisoned = (dataset(_catalogue(_by_word), rows) for rows in (_sales(*KNOWN), opposite))

    clean = _expected_popularity(honest)

    assert _expected_popularity(poisoned, known=poisoned.without([NEW])).tolist() == clean.tolist()
    assert _expected_popularity(poisoned).tolist() != clean.tolist()  # it would have mattered


def test_categories_that_nobody_bought_in_yet_say_nothing():
    """Were they taken for full of products that do not sell, the effect would fade with their number."""
    unsold = [f"empty{i}" for i in range(12)]

    alone, among_many = (
        _expected_popularity(dataset(_catalogue(_by_word, *more), _sales(*KNOWN))) for more in ((), unsold)
    )

    assert np.ptp(among_many) == pytest.approx(np.ptp(alone), rel=0.05)


def test_too_little_to_learn_from_gives_nothing():
    def sold(products: int, *categories: str) -> Dataset:
        items = [f"{category}{i}" for category in categories for i in range(SIZE)][:products]
        return dataset(_catalogue(_by_word), likes("ann", *items))

    shop = sold(0)
    learner = _learner(shop)

    assert learner.learn(shop) is None
    assert learner.learn(sold(FEWEST_PRODUCTS - 1, *KNOWN)) is None
    assert learner.learn(sold(FEWEST_PRODUCTS, *KNOWN)) is not None


def test_a_single_category_says_nothing_about_others():
    catalogue = [Product(item_id=f"{i}", title=f"lamp {i % 7}", category=(f"c{i // 150}",)) for i in range(300)]
    one, two = (dataset(catalogue, likes("ann", *(str(i) for i in range(count)))) for count in (150, 151))

    assert _learner(one).learn(one) is None
    assert _learner(two).learn(two) is not None


def _mixed() -> tuple[Dataset, PopularityLearner, np.ndarray]:
    """A shop with something of everything, where some products have no vector, brand or price."""

    def fields(i: int) -> Fields:
        return {
            "title": f"{('gold', 'iron', '陶瓷')[i % 3]} lamp {1900 + i}",
            "brand": (None, "Hale", "青禾")[i % 3],
            "price": None if i % 5 == 0 else 5.0 + i,
            "currency": "EUR",
            "attributes": {"watts": str(i * i % 11)} if i % 4 else {},
            "description": "bright " * (i % 6),
        }

    vectors = _directions()
    vectors[::7] = 0
    shop = dataset(_catalogue(fields), _sales(*KNOWN), vectors=vectors)
    learner = _learner(shop)
    coefficients = learner.learn(shop)
    assert coefficients is not None
    return shop, learner, coefficients


def test_the_model_says_of_a_category_what_the_learner_does_up_to_a_constant():
    shop, learner, coefficients = _mixed()
    items = tuple(f"{NEW}{i}" for i in range(SIZE))
    case = CaseMaker(shop).make(
        Case(user_id="u", category=NEW, history=("desk0",), targets=frozenset({"tent0"}), candidates=items)
    )

    model = learner.as_model(coefficients)

    apart = model.of(case) - learner.of_all(coefficients)[-SIZE:]
    assert apart == pytest.approx(apart.mean(), abs=1e-3)
    assert np.ptp(model.of(case)) > 0.5
    assert model.embedder == "some"
    assert model.numbers == ["price", "watts"]


def test_a_model_comes_back_from_json_as_it_was():
    _, learner, coefficients = _mixed()
    model = learner.as_model(coefficients)

    assert ExpectedPopularity.model_validate_json(model.model_dump_json()) == model


def test_a_word_that_hardly_occurs_is_not_learned_from():
    def fields(i: int) -> Fields:
        return {"title": f"a lamp unique{i}" if i < 3 else "a lamp"}

    shop = dataset(_catalogue(fields)[: 3 * SIZE], _sales(*KNOWN))
    alone = dataset([*_catalogue(fields)[:2], *_catalogue(_by_word)[2 : 3 * SIZE]], _sales(*KNOWN))

    learned, not_learned = (
        learner.as_model(found).words
        for learner, found in ((one, one.learn(of)) for one, of in ((_learner(shop), shop), (_learner(alone), alone)))
        if found is not None
    )

    assert "unique0" in learned  # in all three categories
    assert "unique0" not in not_learned  # in one
    assert "gold" in not_learned


def test_an_attribute_that_few_products_have_or_that_is_always_the_same_is_no_number_to_learn_from():
    def fields(i: int) -> Fields:
        return {"title": "a lamp", "attributes": {"same": "5", "text": "red", **({"rare": str(i)} if i < 4 else {})}}

    shop = dataset(_catalogue(fields), _sales(*KNOWN))
    learner = _learner(shop)
    coefficients = learner.learn(shop)

    assert coefficients is not None
    assert learner.as_model(coefficients).numbers == []
