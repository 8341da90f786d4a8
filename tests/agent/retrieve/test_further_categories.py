"""Products of several categories: each is a candidate in all of them, and once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from newaisle.agent.categories.portrait import portray
from newaisle.agent.retrieve.known import known_categories
from newaisle.agent.schema.query import Query
from newaisle.agent.why.why_not import why_not
from newaisle.store import prefix_search
from newaisle.store.index import Neighbour
from newaisle.store.ledger import Ledger
from tests.agent.filled import EMBEDDER, did, fill, parts, product, retriever

PRODUCTS = [
    product("l1", "oak desk lamp", "Home > Lamps", price=20.0, currency="USD"),
    product("l2", "steel lamp", "Home > Lamps", price=90.0, currency="USD", other_categories=(("Sale",), ("Home",))),
    product("d1", "oak desk", "Home > Desks", price=5.0, currency="USD", other_categories=(("Sale", "Last"),)),
    product("d2", "elm desk", "Home > Desks", other_categories=(("Sale",),), listed=False),
    product("t1", "black tea", "Food > Tea", ids=("t1-50g",)),
]
HISTORY = [did("ann", "t1"), did("bob", "d1"), did("cy", "d2")]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with fill(tmp_path_factory.mktemp("several"), PRODUCTS, HISTORY).reader() as ledger:
        yield ledger


class _Index:
    """One that knows products by their main category alone."""

    generation = "g1"

    def nearest_products(self, *_: object, categories: Sequence[str], **__: object) -> list[Neighbour]:
        return [Neighbour(one.item_id, 1.0) for one in PRODUCTS if one.listed and one.paths[0] in categories]


def ids(ledger: Ledger, user_id: str | None, category: str, **settings: Any) -> list[str]:
    found = retriever(ledger, **settings).find(Query(user_id=user_id, category=category))
    return [one.item_id for one in found.case.candidates]


@pytest.mark.parametrize(
    ("category", "expected"),
    [("Sale", ["d1", "l2"]), ("Lamps", ["l1", "l2"]), ("Home", ["d1", "l1", "l2"]), ("Last", ["d1"])],
)
def test_a_product_is_a_candidate_in_each_of_its_categories_once(
    filled: Ledger, category: str, expected: list[str]
) -> None:
    assert ids(filled, "ann", category) == expected


def test_whoever_has_it_by_one_category_has_been_to_the_others(filled: Ledger) -> None:
    assert ids(filled, "bob", "Sale") == ["l2"]
    assert not retriever(filled).find(Query(user_id="bob", category="Sale")).is_new_to_user
    assert filled.customer_count(["Sale > Last"]) == 1


def test_categories_are_counted_priced_and_known_by_all_that_is_in_them(filled: Ledger) -> None:
    assert filled.categories() == {
        "Food > Tea": 1, "Home": 1, "Home > Desks": 1, "Home > Lamps": 2, "Sale": 1, "Sale > Last": 1,
    }  # fmt: skip
    assert filled.counts()["categories"] == 6
    assert filled.product_count() == 4
    assert filled.prices("Sale") == {"USD": [90.0]}
    assert filled.category_words()["Sale"] == {"steel": 1, "lamp": 1}
    assert filled.category_samples(5)["Sale > Last"] == ["d1"]
    known = known_categories(filled, EMBEDDER.name)
    assert known.sizes["Sale"] == 1
    assert known.without([PRODUCTS[1]]).sizes["Sale"] == known.without([PRODUCTS[1]]).sizes["Home"] == 0
    assert prefix_search.categories(filled.path, "Sa") == ["Sale", "Sale > Last"]


def test_a_category_is_portrayed_by_the_products_that_it_has_each_counted_once(filled: Ledger) -> None:
    assert portray("Home", parts(filled)).products == 3
    assert portray("Sale", parts(filled)).products == 2


def test_the_shortlist_of_a_large_category_has_those_that_are_in_it_by_another(filled: Ledger) -> None:
    assert sorted(ids(filled, "ann", "Sale", exact_limit=1, index=_Index)) == ["d1", "l2"]


def test_no_product_is_in_the_wrong_category_for_being_asked_for_in_another_of_its_own(filled: Ledger) -> None:
    found = why_not(Query(user_id="ann", category="Sale"), PRODUCTS[1], parts(filled))
    assert [one.kind for one in found.obstacles] == []
    assert found.product.categories == ["Home > Lamps", "Sale", "Home"]


def test_what_the_shop_hides_is_named_as_not_listed(filled: Ledger) -> None:
    hidden = filled.products(["d2"])["d2"]
    found = why_not(Query(user_id="ann", category="Desks"), hidden, parts(filled))
    assert [one.kind for one in found.obstacles] == ["unlisted"]
