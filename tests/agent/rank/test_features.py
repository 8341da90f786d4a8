"""What can be seen of a product as numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.rank.expected_popularity import PRICE, features, number
from newaisle.store.rows import Product

numeric = st.sampled_from(
    ["12", "0", "-3.5", "1e300", "nan", "inf", "-Infinity", "1e999", "twelve", "", "十二", "5 cm"]
)
products = st.builds(
    lambda title, description, price, pages: Product(
        item_id="x", title=title, description=description, price=price, attributes={"pages": pages}
    ),
    st.sampled_from(["", "oak chair", "计划本 2024 大号", "Diary 1999 to 2031", "a1b2c3", "茶" * 300]),
    st.sampled_from(["", "for two", "两人用"]),
    st.one_of(st.none(), st.sampled_from([0.0, 3.5, 1e12])),
    numeric,
)


def product(title: str = "oak", *, price: float | None = None, description: str = "", **attributes: str) -> Product:
    return Product(item_id="x", title=title, price=price, description=description, attributes=attributes)


def telling(*of: Product, numbers: Sequence[str] = ()) -> np.ndarray:  # type: ignore[type-arg]
    """The columns that tell these products apart."""
    seen = features(of, numbers)
    return seen[:, np.abs(seen).max(axis=0) > 1e-9]


@given(st.lists(products, min_size=1, max_size=8), st.sets(st.sampled_from([PRICE, "pages", "nowhere"])))
def test_every_column_is_finite_and_zero_on_average(of: list[Product], numbers: set[str]) -> None:
    seen = features(of, sorted(numbers))
    assert seen.shape[0] == len(of)
    assert np.isfinite(seen).all()
    assert seen.mean(axis=0) == pytest.approx(0, abs=1e-9)


@given(st.lists(products, min_size=1, max_size=8), st.data())
def test_rows_move_with_their_products(of: list[Product], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(of))))
    moved = features([of[i] for i in order], [PRICE, "pages"])
    assert moved == pytest.approx(features(of, [PRICE, "pages"])[order], abs=1e-9)


def test_there_are_as_many_columns_in_every_category() -> None:
    one = features([product()], [PRICE, "pages"])
    many = features(
        [product("oak chair 2024", price=3, pages="7"), product("纸", description="纸"), product()], ["a", "b"]
    )
    assert one.shape[1] == many.shape[1]


def test_a_product_alone_in_its_category_has_nothing_to_be_told_apart_by() -> None:
    assert not features([product("oak 2020", price=3, pages="7")], [PRICE, "pages"]).any()


def test_equal_products_have_nothing_to_be_told_apart_by() -> None:
    assert not telling(*[product("茶 2020", price=3)] * 5, numbers=[PRICE]).any()


def test_a_description_tells_products_apart() -> None:
    assert telling(product(), product(description="of oiled oak")).size


def test_chinese_titles_are_told_apart_by_their_length() -> None:
    assert telling(product("茶"), product("手工陶瓷茶杯")).size


def test_a_year_is_near_its_own_decade_and_in_part_near_the_next() -> None:
    """1990, 1995 and no year: what tells them apart says 1, a half of each decade, and `no year`."""
    years = features([product("a 1990"), product("a 1995"), product("a year")], [])[:, -15:]
    nineties, next_decade, none = years[:, 9], years[:, 10], years[:, 14]
    assert nineties - nineties[2] == pytest.approx([1, 0.5, 0])
    assert next_decade - next_decade[2] == pytest.approx([0, 0.5, 0])
    assert none - none[0] == pytest.approx([0, 0, 1])
    assert not years[:, [*range(9), 11, 12, 13]].any()


def test_a_number_that_is_no_year_is_none() -> None:
    for title in ["model 20245", "12024", "1899 oaks", "2040 oaks", "no year"]:
        years = features([product(title), product("in 2024")], [])[:, -15:]
        assert years[0, 14] == 0.5, title


def test_the_last_year_of_a_title_counts() -> None:
    twice, once = features([product("1950 or 2020"), product("a1 in 2020")], [])[:, -15:]
    assert twice == pytest.approx(once)


def test_a_price_that_is_missing_counts_as_the_mean() -> None:
    of = [product(price=np.expm1(1)), product(price=np.expm1(3)), product(), product(price=np.expm1(2))]
    seen = features(of, [PRICE])
    assert seen[2] == pytest.approx(seen[3])
    assert seen[0] != pytest.approx(seen[1])


def test_what_is_no_number_counts_as_missing() -> None:
    for unusable in ["nan", "inf", "-inf", "1e999", "twelve", "", "5 cm"]:
        assert np.isnan(number(product(pages=unusable), "pages")), unusable
        known = [product(pages="3"), product(pages="3000")]
        assert features([*known, product(pages=unusable)], ["pages"]) == pytest.approx(
            features([*known, product(pages="")], ["pages"])
        ), unusable


def test_numbers_are_read_from_attributes_and_the_price_from_its_own_field() -> None:
    of = product(price=2.5, pages=" 80 ", price_="9")
    assert number(of, PRICE) == 2.5
    assert number(of, "pages") == 80
    assert np.isnan(number(product(), PRICE))
    assert np.isnan(number(of, "weight"))


def test_a_number_that_no_product_has_tells_nothing() -> None:
    of = [product("oak"), product("oak chair")]
    with_it, without = features(of, ["weight"]), features(of, [])
    assert with_it[:, np.abs(with_it).max(axis=0) > 0] == pytest.approx(without[:, np.abs(without).max(axis=0) > 0])
