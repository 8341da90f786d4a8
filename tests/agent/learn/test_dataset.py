from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.agent.learn.dataset import Dataset
from newaisle.store.rows import Event
from tests.agent.filled import EMBEDDER, did, fill, product

PRODUCTS = [product(f"p{i}", f"thing number {i}", "Things" if i % 2 else "Stuff > Odds") for i in range(400)]


def _read(folder: Path, rows, **more) -> Dataset:
    home = fill(folder, PRODUCTS, rows)
    with home.writer() as ledger:
        ledger.set_meta("embedder", EMBEDDER.name)
    with home.reader() as ledger:
        return Dataset.read(ledger, **more)


def test_a_past_has_every_row_customer_by_customer(tmp_path: Path):
    dataset = _read(tmp_path, [did("bob", "p1"), did("ann", "p2", Event.RETURN), did("bob", "p0")])

    assert dataset.users == ["ann", "bob"]
    named = [
        (dataset.users[user], dataset.products[item].item_id, float(liking))
        for user, item, liking in zip(dataset.rows.user, dataset.rows.item, dataset.rows.liking, strict=True)
    ]
    assert named == [("ann", "p2", -1.0), ("bob", "p1", 1.0), ("bob", "p0", 1.0)]
    assert dataset.vectors.shape[0] == 400
    assert dataset.vectors.any(axis=1).all()
    assert dataset.categories == ["Stuff > Odds", "Things"]


def test_without_a_category_its_products_stay_and_its_rows_go(tmp_path: Path):
    dataset = _read(tmp_path, [did("ann", "p1"), did("ann", "p2")])

    rest = dataset.without(["Things"])

    assert len(rest.products) == 400
    assert [dataset.products[item].item_id for item in rest.rows.item] == ["p2"]


@pytest.mark.parametrize("most", [40, 200])
def test_of_a_large_shop_a_sample_is_read_with_what_was_done_with_it(tmp_path: Path, most: int):
    dataset = _read(tmp_path, [did("ann", f"p{i}") for i in range(400)], most=most)

    assert 0.5 * most < len(dataset.products) < 1.5 * most
    assert len(dataset.rows) == len(dataset.products)
    assert sorted(dataset.rows.item) == list(range(len(dataset.products)))
