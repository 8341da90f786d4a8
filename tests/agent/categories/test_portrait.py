"""What is said of a category, in shops whose answers are known beforehand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from newaisle.agent.categories.portrait import portray
from newaisle.agent.shop.parts import Parts
from newaisle.errors import InputError, RequestError
from newaisle.store.embedders import HashEmbedder
from tests.agent.filled import EMBEDDER, did, fill, no_embedder, parts, product

TEAS = [product(f"t{i}", f"Green tea {word}", "Food > Teas") for i, word in enumerate("mint rose lemon".split())]
POTS = [product(f"p{i}", f"Tea pot {word}", "Home > Pots") for i, word in enumerate("steel glass clay".split())]
DRILLS = [product(f"d{i}", f"Cordless drill {word}", "Tools > Drills") for i, word in enumerate("four five".split())]
SAWS = [product("s0", "Hand saw", "Tools > Saws")]
DONE = [did("ann", "t0"), did("ann", "t1"), did("bob", "t0"), did("bob", "p0"), did("cy", "d0")]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Parts]:
    with fill(tmp_path, [*TEAS, *POTS, *DRILLS, *SAWS], DONE).reader() as ledger:
        yield replace(parts(ledger), embedder=no_embedder)


def with_embedder(shop: Parts) -> Parts:
    return replace(shop, embedder=lambda: EMBEDDER)


def test_a_known_category_is_counted_and_needs_no_embedder(shop: Parts) -> None:
    portrait = portray("teas", shop)
    assert (portrait.name, portrait.is_known) == ("Food > Teas", True)
    assert (portrait.products, portrait.customers) == (3, 2)


def test_the_nearest_is_named_with_the_words_and_the_products_that_show_why(shop: Parts) -> None:
    near = portray("Teas", shop).nearest[0]
    assert (near.name, near.products) == ("Home > Pots", 3)
    assert near.shared_words == ["tea"]
    assert near.ours in TEAS
    assert near.theirs in POTS


def test_a_category_is_not_near_to_itself_nor_to_what_is_in_it(shop: Parts) -> None:
    portrait = portray("Tools", shop)
    assert (portrait.name, portrait.products, portrait.customers) == ("Tools", 3, 1)
    assert not any(near.name.startswith("Tools") for near in portrait.nearest)


def test_an_unknown_name_goes_by_its_words_and_has_no_products(shop: Parts) -> None:
    portrait = portray("Cordless drill batteries", with_embedder(shop))
    assert (portrait.is_known, portrait.products, portrait.customers) == (False, 0, 0)
    assert portrait.nearest[0].name == "Tools > Drills"
    assert portrait.nearest[0].ours is None
    assert portrait.nearest[0].theirs in DRILLS


def test_a_brief_tells_what_a_name_does_not(shop: Parts) -> None:
    portrait = portray("Xyz", with_embedder(shop), brief="a pot of clay for green tea", count=2)
    assert {near.name for near in portrait.nearest} == {"Home > Pots", "Food > Teas"}


def test_products_that_are_brought_tell_it_too(shop: Parts) -> None:
    brought = [product("n1", "Green tea honey", ""), product("n2", "Black tea plum", "")]
    portrait = portray("Xyz", with_embedder(shop), candidates=brought)
    assert portrait.nearest[0].name == "Food > Teas"
    assert portrait.nearest[0].ours == brought[0]
    assert not portrait.is_known


def test_so_many_neighbours_are_named_as_are_asked_for_and_are_near_at_all(shop: Parts) -> None:
    assert len(portray("Teas", shop, count=1).nearest) == 1
    assert all(near.similarity > 0 for near in portray("Teas", shop, count=10).nearest)
    assert portray("qwert", with_embedder(shop), method="words").nearest == []


def test_a_name_of_several_categories_is_refused(tmp_path: Path) -> None:
    products = [product("a", "x", "Home > Lamps"), product("b", "y", "Garden > Lamps")]
    with fill(tmp_path, products).reader() as ledger, pytest.raises(RequestError, match="ambiguous: say one of"):
        portray("Lamps", parts(ledger))


def test_another_embedder_than_the_shops_is_refused(shop: Parts) -> None:
    with pytest.raises(InputError, match="filled with the embedder"):
        portray("Xyz", replace(shop, embedder=lambda: HashEmbedder(32)))


def test_chinese_words_are_shown_as_they_stand_and_not_in_pairs(tmp_path: Path) -> None:
    products = [
        product("a", "陶瓷咖啡杯", "杯子"),
        product("b", "陶瓷咖啡壶", "壶"),
        product("c", "羊毛围巾", "围巾"),
    ]
    with fill(tmp_path, products).reader() as ledger:
        near = portray("杯子", parts(ledger)).nearest[0]
    assert near.name == "壶"
    assert near.shared_words == ["陶瓷咖啡"]
    assert (near.ours, near.theirs) == (products[0], products[1])


def test_without_vectors_the_products_that_share_words_are_shown(tmp_path: Path) -> None:
    with fill(tmp_path, [*TEAS, *POTS, *DRILLS]).reader() as ledger:
        unread = replace(parts(ledger), embedder_name="an embedder that read nothing")
        near = portray("Teas", unread).nearest[0]
    assert near.name == "Home > Pots"
    assert (near.ours in TEAS, near.theirs in POTS) == (True, True)


def test_as_json_it_can_be_read_back(shop: Parts) -> None:
    read = json.loads(json.dumps(portray("Teas", shop).as_json()))
    assert read["category"] == {"name": "Food > Teas", "is_known": True, "products": 3, "customers": 2}
    assert read["method"] == "words+matching"
    assert set(read["nearest"][0]) == {"name", "similarity", "products", "shared_words", "examples"}
    assert set(read["nearest"][0]["examples"]["theirs"]) == {"item_id", "title"}
