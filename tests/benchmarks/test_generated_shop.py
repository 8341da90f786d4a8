from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.generated import IN_CATEGORY, generated_history, generated_product, new_category, write_shop
from newaisle.store.shop import open_catalogue, open_histories


@given(st.integers(0, 999_999))
def test_a_product_is_the_same_every_time(number: int) -> None:
    assert generated_product(number) == generated_product(number)


def test_the_files_are_the_same_every_time(tmp_path: Path) -> None:
    one, two = write_shop(tmp_path / "one", 300), write_shop(tmp_path / "two", 300)
    assert one.items.read_bytes() == two.items.read_bytes()
    assert one.interactions.read_bytes() == two.interactions.read_bytes()


def test_a_larger_shop_contains_the_smaller(tmp_path: Path) -> None:
    small, large = write_shop(tmp_path / "small", 20), write_shop(tmp_path / "large", 50)
    assert large.items.read_text().startswith(small.items.read_text())


def test_a_million_products_have_a_thousand_categories() -> None:
    categories = {generated_product(number)["category"] for number in range(0, 1_000_000, IN_CATEGORY)}
    assert len(categories) == 1_000
    assert len({generated_product(number)["category"] for number in range(IN_CATEGORY)}) == 1


def test_every_row_can_be_read(tmp_path: Path) -> None:
    files = write_shop(tmp_path, 3_000)
    with open_catalogue(files.items, on_reject=lambda reject: None) as products:
        assert len(list(products)) == 3_000
    with open_histories(files.interactions, on_reject=lambda reject: None) as interactions:
        rows = list(interactions)
    assert (products.report.rejected, interactions.report.rejected) == (0, 0)
    assert len({row.user_id for row in rows}) == 300


@given(st.integers(0, 10_000))
def test_a_new_category_is_none_that_the_customer_knows(number: int) -> None:
    products = 10_000
    known = {generated_product(int(str(row[1])[1:]))["category"] for row in generated_history(number, products)}
    assert new_category(number, products) not in known


def test_a_customer_of_a_tiny_shop_knows_it_all() -> None:
    assert new_category(0, IN_CATEGORY) is None
