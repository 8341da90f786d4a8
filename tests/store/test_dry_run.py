from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.store.dry_run import Preview, preview
from newaisle.store.home import Home
from newaisle.store.shop import ReadOptions

ITEMS = "id,sku,name,category,price,sale_price,colour\n1,J-1,Jug,Home > Jugs;Sale,5 €,4 €,red\n2,,,Pans,3 €,,\n"
DID = "user_id,item_id,event,date\nann,J-1,buy,2024-03-02\nann,9,buy,2024-03-03\n"


@pytest.fixture
def looked(tmp_path: Path) -> Preview:
    (tmp_path / "items.csv").write_text(ITEMS)
    (tmp_path / "did.csv").write_text(DID)
    return preview(
        Home(tmp_path / "shop"),
        catalogue=tmp_path / "items.csv",
        histories=tmp_path / "did.csv",
        options=ReadOptions(),
    )


def test_a_preview_shows_all_that_would_be_stored_and_why(looked: Preview) -> None:
    shown = looked.as_plain_data()
    assert list(shown) == ["columns", "products", "interactions", "notes", "warnings", "rejected"]
    assert shown["columns"][:2] == [
        {"column": "id", "field": "ids", "why": "its name"},
        {"column": "sku", "field": "id", "why": "the histories use it, not id"},
    ]
    assert {"column": "colour", "field": "attributes", "why": "no field has its name"} in shown["columns"]
    assert shown["products"] == [
        {
            "item_id": "J-1",
            "title": "Jug",
            "categories": ["Home > Jugs", "Sale"],
            "brand": None,
            "price": 4.0,
            "regular_price": 5.0,
            "currency": "EUR",
            "in_stock": None,
            "listed": True,
            "attributes": {"colour": "red"},
            "ids": ["1"],
        }
    ]
    assert shown["interactions"] == [
        {
            "user_id": "ann",
            "item_id": "J-1",
            "event": "purchase",
            "liking": 1.0,
            "rating": None,
            "time": "2024-03-02T00:00:00+00:00",
        }
    ]
    assert [(row["line"], row["reason"]) for row in shown["rejected"]] == [
        (3, "the id is missing"),
        (3, "the catalogue has no product '9'"),
    ]


def test_a_preview_writes_nothing(looked: Preview, tmp_path: Path) -> None:
    assert looked.products
    assert sorted(path.name for path in tmp_path.iterdir()) == ["did.csv", "items.csv"]


def test_of_a_long_file_the_first_of_each_kind_are_shown(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,title\n" + "".join(f"{id},Jug\n" for id in range(1_001)))
    seen = preview(Home(tmp_path / "shop"), catalogue=tmp_path / "items.csv", options=ReadOptions())
    assert [product.item_id for product in seen.products] == [str(id) for id in range(100)]


def test_histories_without_products_are_shown_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "did.csv").write_text(DID)
    seen = preview(Home(tmp_path / "shop"), histories=tmp_path / "did.csv", options=ReadOptions())
    assert [row.item_id for row in seen.interactions] == ["J-1", "9"]
