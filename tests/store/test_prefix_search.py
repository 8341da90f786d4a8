"""Names that begin with what was typed: few steps in any shop, and just those that a scan would find."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.errors import LedgerError
from newaisle.store import prefix_search
from newaisle.store.home import Home
from newaisle.store.rows import Event, Interaction, Product

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=4)


def fill(folder: Path, users: list[str], products: list[Product]) -> Path:
    home = Home(folder)
    with home.writer() as ledger:
        ledger.put_products(products)
        rows = [
            Interaction(user_id=user, item_id=products[0].item_id, event=Event.VIEW, liking=0.25, position=position)
            for position, user in enumerate(users)
        ]
        ledger.put_interactions(rows, [str(row.position) for row in rows])
    return home.ledger_path


def product(item_id: str, *category: str) -> Product:
    return Product(item_id=item_id, title=f"About {item_id}", category=category)


@given(st.lists(TEXT, min_size=1, max_size=8), TEXT | st.just(""))
def test_customers_and_products_are_those_that_begin_so(names: list[str], typed: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = fill(Path(folder) / "home", names * 2, [product(name) for name in dict.fromkeys(names)])
        wanted = sorted((name for name in set(names) if name.startswith(typed)), key=str.encode)
        assert prefix_search.customers(path, typed) == wanted
        assert prefix_search.products(path, typed) == [(name, f"About {name}") for name in wanted]


def test_no_more_come_than_anybody_could_choose_among(tmp_path: Path) -> None:
    names = [f"u{number:04}" for number in range(500)]
    path = fill(tmp_path / "home", names, [product(name) for name in names])
    assert prefix_search.customers(path, "") == names[:100]
    assert prefix_search.customers(path, "u03") == names[300:400]
    assert [item for item, _ in prefix_search.products(path, "u02")] == names[200:300]


def test_a_customer_of_many_rows_is_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fill(tmp_path / "home", [*["ann"] * 5_000, "bob"], [product("a")])
    steps: list[int] = []
    opened = prefix_search.open_reader

    def counting(ledger: Path) -> sqlite3.Connection:
        db = opened(ledger)
        db.set_progress_handler(lambda: steps.append(1), 100)  # called every 100 instructions
        return db

    monkeypatch.setattr(prefix_search, "open_reader", counting)
    assert prefix_search.customers(path, "") == ["ann", "bob"]
    assert len(steps) < 10


def test_a_category_goes_by_its_name_or_where_two_have_it_by_its_path(tmp_path: Path) -> None:
    paths = [("Home", "Tea"), ("Food", "Tea"), ("Food", "Coffee & Tea"), ("Toys",), ()]
    path = fill(tmp_path / "home", [], [product(str(number), *one) for number, one in enumerate(paths)])
    assert prefix_search.categories(path, "") == ["Coffee & Tea", "Food > Tea", "Home > Tea", "Toys"]
    assert prefix_search.categories(path, "coff") == ["Coffee & Tea"]
    assert prefix_search.categories(path, "Food") == ["Food > Coffee & Tea", "Food > Tea"]
    assert prefix_search.categories(path, "food > c") == ["Food > Coffee & Tea"]
    assert prefix_search.categories(path, "x") == []


def test_without_a_ledger_there_is_an_error_and_no_file(tmp_path: Path) -> None:
    for names in (prefix_search.customers, prefix_search.products, prefix_search.categories):
        with pytest.raises(LedgerError):
            names(tmp_path / "ledger.sqlite3", "")  # type: ignore[operator]
    assert list(tmp_path.iterdir()) == []
