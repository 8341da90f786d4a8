from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newaisle.store.ledger import Ledger
from newaisle.store.rows import Product
from tests.agent.filled import did, fill, product


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    mugs = [product(f"m{i:03}", f"mug {i}", "Home > Mugs") for i in range(100)]
    others = [product("l1", "lamp", "Home > Lamps"), product("x1", "no category", "")]
    done = [did("ann", "m001"), did("ann", "m002"), did("bob", "m001"), did("cy", "l1"), did("dee", "x1")]
    with fill(tmp_path, [*mugs, *others], done).reader() as opened:
        yield opened


def test_a_sample_has_so_many_products_of_every_category_spread_over_it(ledger: Ledger) -> None:
    sample = ledger.category_samples(5)
    assert list(sample) == ["Home > Lamps", "Home > Mugs"]
    assert sample["Home > Lamps"] == ["l1"]
    places = sorted(int(item_id[1:]) for item_id in sample["Home > Mugs"])
    assert len(places) == 5
    assert max(b - a for a, b in pairwise([0, *places, 100])) <= 50


def test_a_small_category_is_taken_whole_and_nothing_twice(ledger: Ledger) -> None:
    everything = ledger.category_samples(1_000)["Home > Mugs"]
    assert sorted(everything) == [f"m{i:03}" for i in range(100)]


def test_products_taken_off_the_list_are_in_no_sample(ledger: Ledger) -> None:
    with Ledger.open(ledger.path, writable=True) as writable:
        writable.retire_products([one for one in writable.item_ids() if not one.startswith("m00")])
        writable.recount_words()
    assert set(ledger.category_samples(1_000)["Home > Mugs"]) <= {f"m00{i}" for i in range(10)}
    assert {one.item_id for one in ledger.product_sample(1_000)} == {f"m00{i}" for i in range(10)}


def test_a_sample_of_all_products_is_the_same_every_time_and_a_smaller_one_its_beginning(ledger: Ledger) -> None:
    drawn = ledger.product_sample(20)
    assert drawn == ledger.product_sample(20)
    assert drawn[:5] == ledger.product_sample(5)
    assert len(ledger.product_sample(1_000)) == 101
    assert all(isinstance(one, Product) and one.category for one in drawn)


def test_customers_are_counted_once_whatever_they_did(ledger: Ledger) -> None:
    assert ledger.customer_count(["Home > Mugs"]) == 2
    assert ledger.customer_count(["Home > Mugs", "Home > Lamps"]) == 3
    assert ledger.customer_count([]) == 0


def test_a_category_whose_rows_lie_far_apart_is_sampled_as_fully(tmp_path: Path) -> None:
    others = [product(f"o{i:04}", f"other {i}", "Other") for i in range(500)]
    mugs = [product(f"m{i:03}", f"mug {i}", "Mugs") for i in range(60)]
    with fill(tmp_path, [*mugs[:50], *others, *mugs[50:]]).reader() as ledger:
        assert len(ledger.category_samples(24)["Mugs"]) == 24
        assert set(ledger.category_samples(60)["Mugs"]) == {one.item_id for one in mugs}


@settings(max_examples=20)
@given(st.integers(1, 12), st.integers(1, 12))
def test_a_sample_is_as_large_as_asked_or_the_whole_of_a_smaller_category(size: int, count: int) -> None:
    with TemporaryDirectory() as folder:
        products = [product(f"p{i}", f"thing {i}", "A") for i in range(size)]
        with fill(Path(folder), products).reader() as ledger:
            found = ledger.category_samples(count)["A"]
    assert len(set(found)) == len(found) == min(size, count)
