from __future__ import annotations

import json

import pytest
from shops import read_products


def price(content: str) -> tuple[float | None, float | None, str | None]:
    """What is paid for the first product of a file, its regular price, and the currency."""
    (product, *_), _, _ = read_products(content)
    return product.price, product.regular_price, product.currency


@pytest.mark.parametrize(
    ("columns", "cells", "paid", "regular"),
    [
        ("price", "18", 18, None),
        ("regular_price", "18", 18, None),
        ("price,sale_price", "18,16", 16, 18),
        ("sale price,regular price", "16,18", 16, 18),
        ("price,sale_price", "18,", 18, None),
        ("price,sale_price", "18,0.00", 18, None),
        ("price,sale_price", "18,20", 18, None),  # no sale
        ("price,compare_at_price", "39,49", 39, 49),
        ("price,compare_at_price", "39,29", 39, None),
        ("price,sale_price,on_sale", "18,16,no", 18, None),
        ("price,discount_percent", "20,10", 18, 20),
        ("price,discount %", "20,10", 18, 20),
        ("selling_price,mrp,discount_percent", "80,100,20", 80, 100),  # lowered already
        ("price,price_after_discount", "20,18", 18, 20),
        ("price,discount", "20,10%", 18, 20),
        ("price,discount_type,discount_value", "20,percentage,25", 15, 20),
        ("price,discount_type,discount_value", "20,fixed,2", 18, 20),
        ("price,Special Price Start,Special Price", "18,2099-01-01,16", 18, None),
        ("price,sale_price,special_from_date", "18,16,2000-01-01", 16, 18),
        ("price,sale_price,special_from_date", "18,16,2099-01-01", 18, None),
        ("price,sale_price,special_to_date", "18,16,1/1/01", 18, None),
        ("price,sale_price,sale_price_effective_date", "18,16,2000-01-01T00:00-0800/2099-02-01T00:00-0800", 16, 18),
        ("price,sale_price,sale_price_effective_date", "18,16,2000-01-01T00:00-0800/2001-02-01T00:00-0800", 18, None),
        ("price_cents", "1299", 12.99, None),
    ],
)
def test_the_price_is_what_is_paid_today(columns: str, cells: str, paid: float, regular: float | None) -> None:
    assert price(f"id,title,{columns}\n1,Jug,{cells}\n")[:2] == (paid, regular)


def test_a_sale_whose_dates_cannot_be_read_does_not_count_and_is_said() -> None:
    (product,), _, report = read_products("id,title,price,sale_price,sale_from_date\n1,Jug,18,16,next week\n")
    assert product.price == 18
    assert any("sales have dates that cannot be read" in warning for warning in report.warnings)


def test_whoever_names_the_price_means_what_is_paid() -> None:
    from newaisle.store.shop import ReadOptions

    (product,), _, _ = read_products(
        "id,title,price,sale_price\n1,Jug,18,16\n", ReadOptions(mapping={"price": ("price",)})
    )
    assert product.price == 18


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"amount": "12.50", "currency": "EUR"}, (12.5, None, "EUR")),
        ({"value": 12.5, "currencyCode": "EUR"}, (12.5, None, "EUR")),
        ({"current": {"amount": 9.5, "currency": "USD"}, "regular": 12}, (9.5, 12, "USD")),
        ([{"amount": 12.5, "currency_code": "eur"}, {"amount": 14, "currency_code": "usd"}], (12.5, None, "EUR")),
    ],
)
def test_a_nested_price_is_read(written: object, expected: tuple[float, float | None, str]) -> None:
    assert price(json.dumps({"id": 1, "title": "Jug", "price": written})) == expected


def test_a_lowered_price_stands_beside_the_value_that_it_lowers() -> None:
    cents = [{"value": {"centAmount": 2490}, "discounted": {"value": {"centAmount": 1990}}}]
    assert price(json.dumps({"id": 1, "title": "Jug", "prices": cents}))[:2] == (19.9, 24.9)
    overview = {"initial": 1999, "final": 999, "currency": "USD"}
    assert price(json.dumps({"id": 1, "title": "Jug", "price_overview": overview})) == (9.99, 19.99, "USD")
    pricing = [{"id": 1, "title": "Jug", "pricing": {"list": 10.5, "sale": None}}]
    assert price(json.dumps(pricing))[:2] == (10.5, None)


def test_nested_whole_numbers_are_cents_and_that_is_said() -> None:
    rows = [{"id": id, "title": "Jug", "price": {"amount": id * 100, "currency": "EUR"}} for id in (1, 1299)]
    products, _, report = read_products("\n".join(map(json.dumps, rows)))
    assert [product.price for product in products] == [1, 1299]
    assert any("read as cents" in warning for warning in report.warnings)


def test_a_nested_price_that_is_not_understood_is_said() -> None:
    (product,), _, report = read_products(json.dumps({"id": 1, "title": "Jug", "price": {"band": "low"}}))
    assert product.price is None
    assert "1 prices are not one plain number, so unknown, such as 'band: low'" in report.warnings


def test_the_name_of_the_column_may_say_the_currency() -> None:
    for name in ("Price EUR", "price (EUR)", "price_eur"):
        assert price(f"id,title,{name}\n1,Jug,5\n") == (5, None, "EUR")
