"""What the sample shop promises, read with nothing but the csv module."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from newaisle.agent.sample import CATALOGUE, CUSTOMER, HISTORIES, NEW_CATEGORY

ATTRIBUTES = ["color", "material", "size", "weight", "for"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def products() -> list[dict[str, str]]:
    return read(CATALOGUE)


@pytest.fixture(scope="module")
def by_id(products: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in products}


@pytest.fixture(scope="module")
def events() -> list[dict[str, str]]:
    return read(HISTORIES)


@pytest.fixture(scope="module")
def new_brands(products: list[dict[str, str]]) -> set[str]:
    return {row["brand"] for row in products if leaf(row) == NEW_CATEGORY}


def leaf(product: dict[str, str]) -> str:
    return product["category"].split(" > ")[-1]


def is_chinese(product: dict[str, str]) -> bool:
    return CHINESE.search(product["title"]) is not None


@pytest.mark.parametrize("path", [CATALOGUE, HISTORIES])
def test_every_line_has_as_many_columns_as_the_header(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        assert len({len(row) for row in csv.reader(file, strict=True)}) == 1


def test_catalogue_has_the_promised_columns(products: list[dict[str, str]]) -> None:
    fixed = ["id", "title", "category", "brand", "price", "currency", "description", "in_stock"]
    assert list(products[0]) == fixed + ATTRIBUTES


def test_about_two_hundred_products_with_distinct_ids(products: list[dict[str, str]]) -> None:
    ids = [row["id"] for row in products]
    assert 195 <= len(ids) == len(set(ids)) <= 210


def test_eight_categories_of_similar_size(products: list[dict[str, str]]) -> None:
    sizes = Counter(leaf(row) for row in products)
    assert len(sizes) == 8
    assert all(22 <= size <= 28 for size in sizes.values())
    assert NEW_CATEGORY in sizes


def test_no_title_or_description_twice(products: list[dict[str, str]]) -> None:
    for column in ("title", "description"):
        texts = [row[column].casefold() for row in products]
        assert len(texts) == len(set(texts))


def test_descriptions_share_no_phrase_of_five_words(products: list[dict[str, str]]) -> None:
    owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in products:
        words = re.findall(r"[a-z']+", row["description"].lower())
        for start in range(len(words) - 4):
            owners[tuple(words[start : start + 5])].add(row["id"])
    assert [phrase for phrase, ids in owners.items() if len(ids) > 1] == []


def test_english_descriptions_have_15_to_40_words(products: list[dict[str, str]]) -> None:
    lengths = [len(row["description"].split()) for row in products if not is_chinese(row)]
    assert min(lengths) >= 15
    assert max(lengths) <= 40


def test_a_tenth_is_wholly_chinese_and_spread_out(products: list[dict[str, str]]) -> None:
    chinese = [row for row in products if is_chinese(row)]
    assert 20 <= len(chinese) <= 22
    assert len({leaf(row) for row in chinese}) >= 5
    assert NEW_CATEGORY in {leaf(row) for row in chinese}
    for row in chinese:
        text = " ".join(row[column] for column in ("title", "brand", "description", *ATTRIBUTES))
        assert LATIN_WORD.search(text) is None


def test_english_products_have_no_chinese_in_them(products: list[dict[str, str]]) -> None:
    english = [row for row in products if not is_chinese(row)]
    assert all(CHINESE.search(" ".join(row.values())) is None for row in english)


def test_prices_are_plain_and_in_the_currency_of_the_language(products: list[dict[str, str]]) -> None:
    for row in products:
        assert row["currency"] == ("CNY" if is_chinese(row) else "USD")
        assert re.fullmatch(r"\d+\.\d\d", row["price"])
        assert 3 <= float(row["price"]) <= 300


def test_a_few_products_are_out_of_stock(products: list[dict[str, str]]) -> None:
    stock = Counter(row["in_stock"] for row in products)
    assert set(stock) == {"true", "false"}
    assert 3 <= stock["false"] <= 15


def test_brands_cross_categories_and_into_the_new_one(products: list[dict[str, str]], new_brands: set[str]) -> None:
    categories: dict[str, set[str]] = defaultdict(set)
    for row in products:
        categories[row["brand"]].add(leaf(row))
    assert 20 <= len(categories) <= 30
    assert sum(len(names) >= 3 for names in categories.values()) >= 10
    assert sum(len(categories[brand]) >= 2 for brand in new_brands) >= 10


def test_about_550_events_by_40_customers(events: list[dict[str, str]]) -> None:
    rows = Counter(event["user_id"] for event in events)
    assert len(rows) == 40
    assert 500 <= len(events) <= 600
    assert 1 <= sum(count <= 2 for count in rows.values()) <= 2
    assert all(6 <= count <= 25 for count in rows.values() if count > 2)


def test_every_event_is_of_a_product_outside_the_new_category(
    events: list[dict[str, str]], by_id: dict[str, dict[str, str]]
) -> None:
    assert all(leaf(by_id[event["item_id"]]) != NEW_CATEGORY for event in events)


def test_events_are_of_all_seven_kinds_and_only_rated_ones_carry_a_rating(
    events: list[dict[str, str]],
) -> None:
    kinds = {event["event"] for event in events}
    assert kinds == {"purchase", "view", "rating", "review", "return", "like", "dislike"}
    for event in events:
        rated = event["event"] in {"rating", "review"}
        assert event["rating"] in ({"1", "2", "3", "4", "5"} if rated else {""})


def test_dates_parse_and_each_history_runs_forward(events: list[dict[str, str]]) -> None:
    histories: dict[str, list[date]] = defaultdict(list)
    for event in events:
        histories[event["user_id"]].append(date.fromisoformat(event["timestamp"]))
    for dates in histories.values():
        assert dates == sorted(dates)
        assert date(2024, 1, 1) <= dates[0]
        assert dates[-1] <= date(2026, 6, 30)


def test_no_event_twice(events: list[dict[str, str]]) -> None:
    assert len({tuple(event.values()) for event in events}) == len(events)


def test_nobody_rates_or_returns_what_they_did_not_buy(events: list[dict[str, str]]) -> None:
    bought: set[tuple[str, str]] = set()
    for event in events:
        pair = event["user_id"], event["item_id"]
        if event["event"] == "purchase":
            bought.add(pair)
        elif event["event"] in {"rating", "review", "return"}:
            assert pair in bought


def test_some_customers_buy_mostly_chinese_products(
    events: list[dict[str, str]], by_id: dict[str, dict[str, str]]
) -> None:
    shares: dict[str, list[bool]] = defaultdict(list)
    for event in events:
        if event["event"] == "purchase":
            shares[event["user_id"]].append(is_chinese(by_id[event["item_id"]]))
    mostly = {user for user, chinese in shares.items() if sum(chinese) > len(chinese) / 2}
    assert 4 <= len(mostly) <= 5
    assert "小雨" in mostly


def test_the_demo_customer_likes_one_brand_of_the_new_category_and_returned_another(
    events: list[dict[str, str]], by_id: dict[str, dict[str, str]], new_brands: set[str]
) -> None:
    mine = [event for event in events if event["user_id"] == CUSTOMER]
    returned = {by_id[event["item_id"]]["brand"] for event in mine if event["event"] == "return"}
    loved = {by_id[event["item_id"]]["brand"] for event in mine if event["rating"] == "5"}
    one_star = {by_id[event["item_id"]]["brand"] for event in mine if event["rating"] == "1"}
    assert returned == one_star
    assert len(returned) == 1
    assert returned < new_brands
    assert loved & new_brands
    assert not loved & returned
