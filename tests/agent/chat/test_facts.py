"""Questions are answered from the catalogue's fields, with the field named, or not at all."""

from __future__ import annotations

from typing import Any

from newaisle.agent.chat.facts import Fact, facts_of
from newaisle.agent.chat.intent import ProductField
from newaisle.agent.chat.phrases import PHRASES
from newaisle.store.rows import Product

ENGLISH, CHINESE = PHRASES["en"], PHRASES["zh"]


def lamp(**fields: Any) -> Product:
    given: dict[str, Any] = {
        "item_id": "l1",
        "title": "Alba desk lamp, oak, 45 cm",
        "category": ("Home", "Lamps"),
        "brand": "Brightwick",
        "price": 49.0,
        "currency": "EUR",
        "description": "A lamp for reading. Comes with a spare bulb. 三年保修。",
        "in_stock": True,
        "attributes": {"Colour": "white", "材质": "橡木", "Suitable for": "adults"},
    }
    return Product(**{**given, **fields})


def asked(field: ProductField, *about: str, product: Product | None = None) -> list[tuple[str, str]]:
    return [(fact.field, fact.value) for fact in facts_of(product or lamp(), field, about, ENGLISH)]


def test_each_field() -> None:
    for field, expected in [
        ("price", [("price", "49.00 EUR")]),
        ("brand", [("brand", "Brightwick")]),
        ("category", [("category", "Home > Lamps")]),
        ("in_stock", [("in stock", "yes")]),
        ("color", [("Colour", "white")]),
        ("material", [("材质", "橡木")]),
        ("for", [("Suitable for", "adults")]),
        ("size", [("title", "45 cm")]),
        ("weight", []),
    ]:
        assert asked(field) == expected, field


def test_what_the_catalogue_does_not_have_is_not_said() -> None:
    for field in ["price", "brand", "category", "in_stock", "color", "size", "description", "other"]:
        bare = Product(item_id="x", title="Thing")
        assert facts_of(bare, field, ("warranty",), ENGLISH) == [], field


def test_out_of_stock_is_said() -> None:
    assert asked("in_stock", product=lamp(in_stock=False)) == [("in stock", "no")]


def test_any_other_question_is_answered_with_the_sentence_that_has_its_words() -> None:
    assert asked("other", "bulb") == [("description", "Comes with a spare bulb.")]
    assert asked("other", "保修") == [("description", "三年保修。")]
    assert asked("other", "white") == [("Colour", "white")]
    assert asked("other", "warranty") == []


def test_the_products_own_name_answers_no_question() -> None:
    assert asked("other", "lamp", "brightwick") == []


def test_everything_is_price_description_and_attributes() -> None:
    assert [field for field, _ in asked("description")] == ["price", "description", "Colour", "材质", "Suitable for"]


def test_fields_are_named_in_the_language_of_the_chat() -> None:
    assert facts_of(lamp(), "price", (), CHINESE) == [Fact("价格", "49.00 EUR")]
