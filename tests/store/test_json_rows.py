from __future__ import annotations

import json

import pytest

from newaisle.store.hints import Hints
from newaisle.store.json_rows import LONGEST_LITERAL, json_lines, parse_row, rows_of_document

NAMES = {"id": "id", "sku": "id", "_id": "id", "title": "title", "name": "title", "price": "price", "type": "category"}


def hints() -> Hints:
    return Hints(NAMES.get, frozenset({"id", "title"}))


def rows(value: object, used: Hints | None = None) -> list[object]:
    text = value if isinstance(value, str) else json.dumps(value, indent=1)
    return [row for _, row in rows_of_document(text, used or hints())]


KETTLE, MUG = {"sku": "k1", "name": "Kettle", "price": 3}, {"sku": "k2", "name": "Mug", "price": 4}


@pytest.mark.parametrize(
    "document",
    [
        [KETTLE, MUG],
        json.dumps(KETTLE, indent=2) + "\n" + json.dumps(MUG, indent=2),
        json.dumps(KETTLE) + ",\n" + json.dumps(MUG) + ",\n",
        {"count": 2, "tags": ["a"], "products": [KETTLE, MUG], "next": None},
        {"status": "ok", "data": {"total": 2, "products": [KETTLE, MUG]}},
        {"data": {"products": {"edges": [{"node": KETTLE}, {"node": MUG}]}}},
        {"products": [KETTLE, MUG], "categories": [{"id": 9, "name": "Kitchen"}]},
        [{"products": [KETTLE]}, {"products": [MUG]}],
        [
            {"type": "header"},
            {"type": "database", "name": "shop"},
            {"type": "table", "name": "p", "data": [KETTLE, MUG]},
        ],
        {"sku": {"0": "k1", "1": "k2"}, "name": {"0": "Kettle", "1": "Mug"}, "price": {"0": 3, "1": 4}},
        {"sku": ["k1", "k2"], "name": ["Kettle", "Mug"], "price": [3, 4]},
    ],
)
def test_rows_are_found_in_whatever_stands_around_them(document: object) -> None:
    assert rows(document) == [KETTLE, MUG]


@pytest.mark.parametrize(
    "around", [lambda found: found, lambda found: {"products": found}, lambda found: {"a": {"b": found}}]
)
def test_the_key_of_an_object_by_its_id_is_its_id(around: object) -> None:
    found = around({"k1": {"name": "Kettle", "price": 3}, "k2": {"name": "Mug"}})  # type: ignore[operator]
    assert rows(found) == [{"id": "k1", "name": "Kettle", "price": 3}, {"id": "k2", "name": "Mug"}]


def test_an_object_by_its_key_keeps_an_id_of_its_own() -> None:
    assert rows({"kettle": {"id": 1, "name": "Kettle"}}) == [{"key": "kettle", "id": 1, "name": "Kettle"}]


def test_lists_of_one_kind_are_all_read_with_their_names() -> None:
    used = hints()
    assert rows({"Kitchen": [KETTLE], "Garden": [MUG]}, used) == [
        {**KETTLE, "key": "Kitchen"},
        {**MUG, "key": "Garden"},
    ]
    assert list(used.notes) == ["the rows are those of 'Kitchen' and 1 more, whose name is in the column 'key'"]


def test_what_stands_beside_the_rows_is_told() -> None:
    used = hints()
    rows({"products": [KETTLE], "categories": [{"id": 9, "name": "Kitchen"}]}, used)
    assert list(used.notes) == ["1 other lists were left out, such as 'categories'", "the rows are those of 'products'"]


@pytest.mark.parametrize(
    "product",
    [
        {"sku": "k1", "name": "Kettle", "variants": [{"sku": "k1-red", "price": 3}]},
        {"id": 1, "title": "Kettle", "price": 3, "variants": [{"id": 2, "title": "red"}]},
        {"id": 1, "title": "Kettle", "price": {"amount": 3, "currency": "EUR"}},
        {"id": 1, "tags": ["a", "b"]},
        {},
    ],
)
def test_a_product_with_lists_of_its_own_is_one_row(product: dict[str, object]) -> None:
    assert rows(product) == [product]
    assert rows([product, product]) == [product, product]


def test_without_hints_the_only_list_of_objects_are_the_rows() -> None:
    assert rows({"n": 1, "rows": [{"a": 1}]}, Hints()) == [{"a": 1}]
    assert rows({"a": 1, "b": ["x"]}, Hints()) == [{"a": 1, "b": ["x"]}]
    assert rows("[]", Hints()) == []


def test_lines_of_a_search_engine_are_rows() -> None:
    lines = [json.dumps({"_index": "p", "_id": "k1", "_source": {"name": "Kettle", "price": 3}})]
    assert [row for _, row in json_lines(lines, hints())] == [
        {"_index": "p", "_id": "k1", "name": "Kettle", "price": 3}
    ]


def test_values_of_other_types_are_read_as_a_document_store_writes_them() -> None:
    assert parse_row('{"_id": {"$oid": "65a"}, "price": {"$numberDecimal": "9.90"}}', hints()) == {
        "_id": "65a",
        "price": "9.90",
    }


def test_a_number_that_is_none_is_a_missing_value() -> None:
    assert parse_row('{"id": 1, "a": NaN, "b": Infinity, "c": -Infinity}', hints()) == {
        "id": 1,
        "a": None,
        "b": None,
        "c": None,
    }


def test_lines_as_python_prints_them_are_read_and_told() -> None:
    used = hints()
    lines = [
        "{'sku': 'k1', 'name': \"Moss's kettle\", 'price': nan, 3: (1, 2), 'new': True}\n",
        '{"sku": "k2", "brand": None}\n',
    ]
    assert [row for _, row in json_lines(lines, used)] == [
        {"sku": "k1", "name": "Moss's kettle", "price": None, "3": (1, 2), "new": True},
        {"sku": "k2", "brand": None},
    ]
    assert list(used.notes) == ["rows are written as Python prints them, and were read so"]


@pytest.mark.parametrize(
    "text",
    [
        "{'a': open('x')}",
        "{'a': " + "-" * 60_000 + "1}",
        "{'a': " + "[" * 500,
        "{'a': '" + "x" * LONGEST_LITERAL + "'}",
        "{'a': b}",
    ],
)
def test_only_literals_of_a_bounded_length_are_read(text: str) -> None:
    assert isinstance(parse_row(text, hints()), ValueError)
