"""What a constraint keeps out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newaisle.agent.retrieve.constraints import admit, mentioned, usual_currency
from newaisle.agent.schema.answer import Constraints
from newaisle.store.rows import Product
from newaisle.store.stems import norm_phrase
from newaisle.store.synonyms import Synonyms
from newaisle.store.words import product_text, words
from tests.agent.filled import product


def kept(products: list[Product], **constraints: Any) -> list[str]:
    return [one.item_id for one in admit(products, Constraints(**constraints)).products]


def test_without_constraints_only_what_is_out_of_stock_is_left_out() -> None:
    products = [product("a", "x"), product("b", "x", in_stock=True), product("c", "x", in_stock=False)]
    assert kept(products) == ["a", "b"]
    assert kept(products, in_stock=False) == ["a", "b", "c"]


def test_a_price_limit_includes_the_limit() -> None:
    products = [product(str(price), "x", price=price, currency="USD") for price in (4.99, 5.0, 5.01)]
    assert kept(products, max_price=5, currency="USD") == ["4.99", "5.0"]


def test_a_least_price_includes_it_and_leaves_a_range_with_the_limit() -> None:
    products = [product(str(price), "x", price=price, currency="USD") for price in (4.99, 5.0, 7.0, 9.01)]
    assert kept(products, min_price=5, currency="USD") == ["5.0", "7.0", "9.01"]
    assert kept(products, min_price=5, max_price=9, currency="USD") == ["5.0", "7.0"]
    assert kept([product("unknown", "x")], min_price=0, currency="USD") == []


def test_an_unwanted_brand_is_left_out_in_whatever_case_and_an_unknown_one_is_not() -> None:
    products = [product("a", "x", brand="Hale"), product("b", "x", brand="Orrin"), product("c", "Hale lamp")]
    assert kept(products, not_brands=["HALE"]) == ["b", "c"]


def test_every_wanted_word_has_to_be_in_some_text() -> None:
    products = [
        product("a", "Blue oak lamp"),
        product("b", "oak lamp", attributes={"colour": "navy blue"}),
        product("c", "oak lamp"),
        product("d", "蓝色 陶瓷 台灯"),
    ]
    assert kept(products, words=["blue"]) == ["a", "b", "d"]
    assert kept(products, words=["blue", "Oak lamp"]) == ["a", "b"]
    assert kept(products, words=["蓝色"]) == ["a", "b", "d"]
    assert kept(products, words=[""]) == ["a", "b", "c", "d"]


def test_an_unknown_price_and_another_currency_fail_a_limit_with_a_count() -> None:
    products = [
        product("cheap", "x", price=1.0, currency="USD"),
        product("unknown", "x"),
        product("free", "x", price=0.0, currency="USD"),
        product("euro", "x", price=1.0, currency="EUR"),
        product("bare", "x", price=1.0),
    ]
    admitted = admit(products, Constraints(max_price=9, currency="USD"))
    assert [one.item_id for one in admitted.products] == ["cheap", "free"]
    assert admitted.warnings == [
        "1 products without a price were left out because of the price limit",
        "2 products priced in another currency were left out because of the price limit",
    ]


def test_prices_without_a_currency_compare_where_no_currency_is_known() -> None:
    products = [product("a", "x", price=1.0), product("b", "x", price=9.0)]
    assert kept(products, max_price=5) == ["a"]


def test_no_warning_without_a_price_limit() -> None:
    assert admit([product("a", "x")], Constraints()).warnings == []


def test_a_brand_is_compared_in_whatever_case_and_an_unknown_one_is_another() -> None:
    products = [product("a", "x", brand="Hale"), product("b", "x", brand="Orrin"), product("c", "Hale lamp")]
    assert kept(products, brands=["HALE"]) == ["a"]
    assert kept(products, brands=["hale", "orrin"]) == ["a", "b"]


def test_an_excluded_word_is_found_as_a_word() -> None:
    for phrase, text, out in [
        ("wool", "Wool hat", True),
        ("wools", "wool hat", True),
        ("WOOL", "hat of wool", True),
        ("wool", "woollen hat", True),
        ("merino wool", "merino wool hat", True),
        ("merino wool", "wool of merino", False),
        ("陶瓷", "白色陶瓷碗", True),
        ("瓷", "白色陶瓷碗", True),
        ("木质", "白色陶瓷碗", False),
        ("陶瓷碗", "白色陶瓷碗", True),
        ("陶瓷碗", "陶瓷茶杯和木碗", False),
        ("", "anything", False),
        ("!!", "anything", False),
    ]:
        assert (kept([product("a", text)], exclude=[phrase]) == []) is out, phrase


def test_a_word_is_served_by_others_that_mean_it_and_by_narrower_ones() -> None:
    for asked, text, said in [
        ("metal", "Folding titanium mug", "titanium"),
        ("metal", "钛合金 水杯", "钛"),
        ("titanium", "钛合金 水杯", "钛"),
        ("knife", "Set of steak knives", "knives"),
        ("titanium", "Metal mug", ""),
        ("metal", "Oak mug", ""),
        ("stainless steel", "Stainless-steel mug", "stainless steel"),
    ]:
        assert mentioned(product("a", text), asked) == said, asked
    own = Synonyms.read([], norm_phrase)
    assert not mentioned(product("a", "titanium mug"), "metal", own)


@pytest.mark.parametrize("field", [{"description": "with wool"}, {"attributes": {"m": "wool"}}, {"brand": "Wool & Co"}])
def test_an_excluded_word_is_looked_for_in_every_text_of_a_product(field: dict[str, Any]) -> None:
    assert kept([product("a", "hat", **field)], exclude=["wool"]) == []


def test_the_usual_currency_is_what_most_prices_are_in() -> None:
    prices = [product("a", "x", currency=code) for code in ("EUR", "USD", "EUR", None, None, None)]
    assert usual_currency(prices) == "EUR"
    assert usual_currency([product("a", "x")]) is None


TITLES = st.lists(st.sampled_from("oak wool linen 陶瓷 木质 hat".split()), max_size=4).map(" ".join)
PRODUCTS = st.lists(
    st.builds(
        product,
        st.just("x"),
        TITLES,
        brand=st.sampled_from([None, "Hale", "Orrin"]),
        price=st.one_of(st.none(), st.floats(0, 100)),
        currency=st.sampled_from([None, "USD", "CNY"]),
        in_stock=st.sampled_from([None, True, False]),
    ),
    max_size=8,
)
CONSTRAINTS = st.builds(
    Constraints,
    max_price=st.one_of(st.none(), st.floats(0, 100)),
    currency=st.sampled_from(["USD", "CNY"]),
    brands=st.lists(st.sampled_from(["hale", "Orrin", "Nobody"]), max_size=2),
    exclude=st.lists(st.sampled_from(["wool", "陶瓷", "oak wool"]), max_size=2),
    in_stock=st.booleans(),
)


@settings(deadline=None)
@given(PRODUCTS, CONSTRAINTS)
def test_what_is_admitted_satisfies_every_constraint_and_the_rest_is_counted(
    products: list[Product], constraints: Constraints
) -> None:
    admitted = admit(products, constraints)
    assert len(admitted.products) + admitted.kept_out.total() == len(products)
    for one in admitted.products:
        if constraints.in_stock:
            assert one.in_stock is not False
        if constraints.brands:
            assert (one.brand or "").casefold() in {brand.casefold() for brand in constraints.brands}
        if constraints.max_price is not None:
            assert one.price is not None
            assert one.price <= constraints.max_price
            assert one.currency == constraints.currency
        for phrase in constraints.exclude:
            assert " ".join(words(phrase)) not in " ".join(words(product_text(one)))
