from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.bench_shop import CANDIDATES, make_shop
from benchmarks.chats import briefing
from newaisle.agent.learn.split import DataFolder
from newaisle.store.shop import open_catalogue, open_histories


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    folder = tmp_path / "data"
    folder.mkdir()
    items = [
        {"id": f"p{number}", "title": f"Kettle {number}", "category": "Tea" if number < 60 else "Drills"}
        for number in range(120)
    ]
    cases = [
        {
            "user_id": f"u{number}",
            "category": "Tea",
            "history": [f"p{70 + number}", f"p{80 + number}"],
            "targets": [f"p{number}"],
            "candidates": [f"p{candidate}" for candidate in range(60)],
        }
        for number in range(6)
    ]
    (folder / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in items))
    (folder / "split.jsonl").write_text("".join(json.dumps(row) + "\n" for row in cases))
    (folder / "interactions.csv").write_text("user_id,item_id,event\n")
    return DataFolder.find(folder)


def test_the_shop_has_what_its_cases_are_about_and_others_up_to_its_size(data: DataFolder, tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", data, category="Tea", cases=3, products=90)
    products, cases = shop.products(), shop.cases()
    assert (len(products), len(cases)) == (90, 3)
    for case in cases:
        assert len(case.candidates) == CANDIDATES
        assert case.targets <= set(case.candidates) <= set(products)
        assert set(case.history) <= set(products)


def test_the_same_data_gives_the_same_shop(data: DataFolder, tmp_path: Path) -> None:
    one, two = (make_shop(tmp_path / name, data, category=None, cases=3, products=90) for name in ("one", "two"))
    assert one.items.read_bytes() == two.items.read_bytes()
    assert one.cases() == two.cases()


def test_customers_have_the_histories_of_their_cases_and_nothing_else(data: DataFolder, tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", data, category="Tea", cases=3, products=90)
    with open_catalogue(shop.items, on_reject=lambda reject: None) as products:
        assert {product.item_id for product in products} == set(shop.products())
    with open_histories(shop.interactions, on_reject=lambda reject: None) as interactions:
        rows = list(interactions)
    for case in shop.cases():
        own = sorted((row for row in rows if row.user_id == case.user_id), key=lambda row: row.position)
        assert tuple(row.item_id for row in own) == case.history


def test_a_chat_is_told_what_was_bought_and_what_is_offered(data: DataFolder, tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", data, category="Tea", cases=1, products=90)
    (case,) = shop.cases()
    told = briefing(case, shop.products())
    assert all(
        f"- {shop.products()[item_id]['title']}\n" in f"{told}\n" for item_id in (*case.history, *case.candidates)
    )
