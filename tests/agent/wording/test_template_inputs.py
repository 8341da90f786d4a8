"""What templates are given of products, reasons and a context."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from newaisle.agent.claims.reason import Reason
from newaisle.agent.claims.sentences import sentences
from newaisle.agent.retrieve.context import Context
from newaisle.agent.schema.answer import Constraints
from newaisle.agent.schema.style import Style
from newaisle.agent.wording.template_inputs import (
    SPOKEN,
    explain_input,
    listwise_input,
    product_fields,
    rank_input,
    spoken,
)
from newaisle.languages import Language
from newaisle.store.rows import Event, Product
from tests.agent.filled import product
from tests.agent.rank.cases import case_of, row
from tests.agent.wording.check.evidence import reason


def test_a_product_is_shown_by_its_short_title_and_its_price_with_the_currency() -> None:
    one = product(
        "a", "Sip 5 running vest, 5 litres, size M", "Sport > Running", brand="Hale", price=94, currency="USD"
    )
    fields = product_fields(one)
    assert (fields.title, fields.category, fields.brand) == ("Sip 5 running vest", "Running", "Hale")
    assert fields.price == "94.00 USD"


def test_a_product_is_shown_with_its_colour_its_attributes_and_the_beginning_of_its_description() -> None:
    said = "Knitted from wool. " * 20
    long = {f"name_{i}": "x" for i in range(8)}
    one = replace(product("a", "vest"), description=said, attributes={"Color": "red", "care": "y" * 161, **long})
    fields = product_fields(one)
    assert fields.colour == "red"
    assert fields.attributes == ["Color: red", *(f"name {i}: x" for i in range(5))]
    assert fields.description == ("Knitted from wool. " * 8).strip()
    assert product_fields(replace(one, description="word " * 100)).description == ("word " * 32).strip()


def test_a_title_has_no_article_of_its_own_where_the_template_has_one() -> None:
    assert product_fields(product("a", "Lion King, The (1994)")).title == "Lion King"
    assert product_fields(product("a", "Theory of tea")).title == "Theory of tea"


def test_what_the_catalogue_does_not_say_is_empty() -> None:
    assert product_fields(product("a", "lamp", "")).model_dump() == {
        "title": "lamp",
        "category": "",
        "brand": "",
        "price": "",
        "colour": "",
        "description": "",
        "attributes": [],
    }


@pytest.mark.parametrize("style", ["short", "detailed", "seller"])
def test_only_the_strongest_reasons_are_spoken_of(style: Style) -> None:
    rows = [product(f"h{i}", f"thing{i}") for i in range(5)]
    shown = explain_input("Lamps", product("a", "lamp"), [reason("similar", "", one) for one in rows], style)
    assert len(shown.facts) == len(shown.history) == SPOKEN[style] < 5
    assert [one.title for one in shown.history] == ["thing0", "thing1", "thing2"][: SPOKEN[style]]


def saying(text: str, row: Product | None = None) -> Reason:
    """A reason with its own sentence, which rests on no history but where a row is given."""
    one = reason("similar", "", row or product("h", "thing"))
    if row is not None:
        return Reason(one.claim.model_copy(update={"text": text}), one.row)
    return Reason(one.claim.model_copy(update={"text": text, "basis": "general", "history_item_id": None}))


def test_a_model_is_given_what_rests_on_the_history_first_however_strong_the_rest() -> None:
    own = [reason("brand", "Hale", product(f"h{i}", f"thing{i}")) for i in range(3)]
    strong = saying("a")
    assert spoken([strong, own[0], saying("b"), own[1], own[2]], "short") == own[:2]
    assert spoken([strong, own[0], own[1]], "detailed") == [*own[:2], strong]


def test_without_a_history_the_facts_are_the_general_ones() -> None:
    shown = explain_input("Lamps", product("a", "lamp"), [saying("a"), saying("b"), saying("c")])
    assert (shown.facts, shown.history) == (["a", "b"], [])


def begun(one: Reason, *, refused: str = "") -> str:
    return explain_input("Lamps", product("a", "lamp"), [one], refused=refused).begin


MUG = product("m", "Hale camp mug, 450 ml")


def test_a_text_is_begun_and_the_second_time_as_far_as_the_title_or_half() -> None:
    for one, first, again in [
        (
            saying("It is by Hale, like the Hale camp mug you bought.", MUG),
            "it is by",
            "it is by Hale, like the Hale camp mug",
        ),
        (saying("12 other customers took an interest in it."), "12 other customers", "12 other customers"),
        (
            saying("In other categories of this shop, products like this found more."),
            "in other categories",
            "in other categories of this",
        ),
        (saying("它和您买过的“Hale camp mug”相似。", MUG), "它和", "它和您买过的“Hale camp mug"),
        (saying("另有1,412位顾客对它感兴趣。"), "另有1,412", "另有1,412位"),
    ]:
        assert begun(one) == first, one
        assert begun(one, refused="'best' is in no claim") == again, one


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("style", ["short", "seller"])
@pytest.mark.parametrize("refused", ["", "it is not complete"])
def test_of_every_sentence_some_is_begun_and_some_is_left_to_the_model(
    language: Language, style: Style, refused: str
) -> None:
    say = sentences(language, style)
    names = dict.fromkeys(("brand", "brands", "words", "name", "value", "category", "price", "limit"), "Hale") | {
        "count": "12"
    }
    for field in fields(say):
        text = getattr(say, field.name)
        if field.name in ("did", "many", "many_in", "quote", "between", "either"):
            continue
        if field.name in ("often", "unchosen", "from_category"):  # which no model words
            continue
        said = text.format(**names, title="Hale camp mug", did=say.did[Event.LIKE], many=say.many.format(count=2))
        begin = begun(saying(said, MUG if "{title}" in text else None), refused=refused)
        assert 0 < len(begin) < len(said) - 1
        assert said.casefold().startswith(begin.casefold())
        assert not begin.endswith(" ")


def context_of(count: int, *, dimensions: int = 4) -> Context:
    """A history of `count` rows of which the first bear most on the only candidate."""
    history = [row(product(f"h{i}", f"thing{i}")) for i in range(count)]
    vectors = np.zeros((count, dimensions), np.float32)
    if dimensions:
        vectors[:, 0] = np.linspace(1, 0, count)
    candidate = np.eye(1, 4, dtype=np.float32)
    return Context(
        category="Home > Lamps",
        constraints=Constraints(),
        case=case_of([product("a", "lamp")], history, candidate, vectors),
        is_new_to_user=True,
        is_new_to_catalogue=False,
        nearest=[("Home > Desks", 0.5)],
    )


def test_the_history_rows_that_bear_most_are_shown_in_the_order_of_time() -> None:
    shown = rank_input(context_of(20), "Light at home.")
    assert [one.title for one in shown.history] == [f"thing{i}" for i in range(12)]
    assert (shown.category, shown.nearest, shown.brief) == ("Lamps", ["Desks"], "Light at home.")


def test_a_history_without_vectors_is_shown_from_its_beginning() -> None:
    assert [one.title for one in rank_input(context_of(3, dimensions=0), "").history] == ["thing0", "thing1", "thing2"]


def test_nobody_has_no_history_to_show() -> None:
    assert rank_input(context_of(0), "").history == []


def test_candidates_have_their_letters_in_the_order_they_are_shown() -> None:
    context = context_of(20)
    context.case = replace(context.case, candidates=[product(f"c{i}", f"lamp{i}", brand="Hale") for i in range(3)])
    shown = listwise_input(context, "Light at home.", [2, 0, 1])
    assert [(one.label, one.title, one.brand) for one in shown.candidates] == [
        ("A", "lamp2", "Hale"),
        ("B", "lamp0", "Hale"),
        ("C", "lamp1", "Hale"),
    ]
    assert (shown.category, shown.brief, len(shown.history)) == ("Lamps", "Light at home.", 12)
