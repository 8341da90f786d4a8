"""What templates are given of products, reasons and a context."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from agent.answer import Constraints
from agent.context import Context
from agent.explain.claims import Reason
from agent.template_inputs import SPOKEN, explain_input, listwise_input, product_fields, rank_input, spoken
from tests.agent.explain.grounds import reason
from tests.agent.rank.cases import case_of, row
from tests.agent.shop import product


def test_a_product_is_shown_by_its_short_title_and_its_price_with_the_currency() -> None:
    one = product(
        "a", "Sip 5 running vest, 5 litres, size M", "Sport > Running", brand="Hale", price=94, currency="USD"
    )
    assert product_fields(one).model_dump() == {
        "title": "Sip 5 running vest",
        "category": "Running",
        "brand": "Hale",
        "price": "94.00 USD",
    }


def test_what_the_catalogue_does_not_say_is_empty() -> None:
    assert product_fields(product("a", "lamp", "")).model_dump() == {
        "title": "lamp",
        "category": "",
        "brand": "",
        "price": "",
    }


def test_only_the_strongest_reasons_are_spoken_of() -> None:
    rows = [product(f"h{i}", f"thing{i}") for i in range(4)]
    shown = explain_input("Lamps", product("a", "lamp"), [reason("similar", "", one) for one in rows])
    assert len(shown.facts) == len(shown.history) == SPOKEN
    assert [one.title for one in shown.history] == ["thing0", "thing1"]


def general(text: str) -> Reason:
    """A reason that rests on no history."""
    claim = reason("similar", "", product("h", "thing")).claim
    return Reason(claim.model_copy(update={"text": text, "basis": "general", "history_item_id": None}))


def test_a_model_is_given_what_rests_on_the_history_however_strong_the_rest() -> None:
    own = [reason("brand", "Hale", product(f"h{i}", f"thing{i}")) for i in range(3)]
    assert spoken([general("a"), own[0], general("b"), own[1], own[2]]) == own[:SPOKEN]
    shown = explain_input("Lamps", product("a", "lamp"), [general("a"), own[0]])
    assert (len(shown.facts), [one.title for one in shown.history]) == (1, ["thing0"])


def test_without_a_history_the_facts_are_the_general_ones() -> None:
    shown = explain_input("Lamps", product("a", "lamp"), [general("a"), general("b"), general("c")])
    assert (shown.facts, shown.history) == (["a", "b"], [])


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
