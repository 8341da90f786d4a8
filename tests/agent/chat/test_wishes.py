"""What a turn makes of what was asked for before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.chat.intent import Intent
from newaisle.agent.chat.wishes import Wishes, after, kinds_of_values
from newaisle.agent.retrieve.constraints import limits_price
from newaisle.agent.schema.answer import Constraints
from tests.agent.chat.shop import PRODUCTS, SHOWN, VOCABULARY

KINDS_OF = kinds_of_values(VOCABULARY.rows)
BRANDS = ("Brightwick", "Corvane", "Pellory")


def wished(wishes: Wishes, turn: str = "", *, shown: Any = SHOWN, meant: Any = (), **intent: Any) -> Wishes:
    """The wishes after a turn that says this, in a shop that also sells in yuan."""
    return after(
        wishes,
        Intent(**intent),
        turn,
        shown=shown,
        meant=meant,
        kinds_of=KINDS_OF,
        currencies=lambda: {"EUR", "CNY"},
    )


def limits(**fields: Any) -> Wishes:
    return Wishes(category="Home > Lamps & Lighting", constraints=Constraints(**fields))


def test_a_new_category_keeps_the_constraints_and_drops_what_they_were_to_be_like() -> None:
    before = limits(max_price=30, currency="EUR").model_copy(update={"like": ("l1",), "unlike": ("l2",)})
    new = wished(before, category="Pets > Dogs")
    assert new == Wishes(category="Pets > Dogs", constraints=before.constraints)


def test_a_brand_that_is_wanted_is_not_unwanted_any_more_and_the_other_way_round() -> None:
    new = wished(limits(not_brands=["Corvane", "Pellory"]), brands=("Corvane",))
    assert (new.constraints.brands, new.constraints.not_brands) == (["Corvane"], ["Pellory"])
    new = wished(new, not_brands=("Corvane",))
    assert (new.constraints.brands, new.constraints.not_brands) == ([], ["Pellory", "Corvane"])


def test_the_brands_on_the_screen_are_ruled_out() -> None:
    new = wished(limits(), shown_brands=True)
    assert new.constraints.not_brands == ["Brightwick", "Corvane", "Pellory"]


def test_a_colour_replaces_a_colour_and_stands_beside_a_material() -> None:
    new = wished(wished(limits(), words=("white",)), words=("oak",))
    assert new.constraints.words == ["white", "oak"]
    assert wished(new, words=("red",)).constraints.words == ["oak", "red"]


def test_two_words_of_one_turn_both_hold() -> None:
    assert wished(limits(), words=("red", "green")).constraints.words == ["red", "green"]


def test_a_word_that_is_wanted_is_not_excluded_any_more_and_the_other_way_round() -> None:
    new = wished(limits(exclude=["steel", "paper"]), words=("steel",))
    assert (new.constraints.words, new.constraints.exclude) == (["steel"], ["paper"])
    new = wished(new, exclude=("steel",))
    assert (new.constraints.words, new.constraints.exclude) == ([], ["paper", "steel"])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"max_price": 30.0}, (30.0, 10.0, "EUR")),
        ({"min_price": 60.0}, (None, 60.0, "EUR")),
        ({"max_price": 5.0}, (5.0, None, "EUR")),
        ({"max_price": 30.0, "currency": "CNY"}, (30.0, None, "CNY")),
    ],
)
def test_a_limit_replaces_its_like_and_what_it_contradicts(said: dict[str, Any], expected: tuple[Any, ...]) -> None:
    found = wished(limits(min_price=10, max_price=50, currency="EUR"), **said).constraints
    assert (found.max_price, found.min_price, found.currency) == expected


def test_a_bare_number_is_in_the_currency_of_the_screen_or_in_yuan_in_chinese() -> None:
    assert wished(limits(), "under 30", max_price=30.0).constraints.currency == "EUR"
    assert wished(limits(), "三十以内", max_price=30.0).constraints.currency == "CNY"
    assert wished(limits(), "under 30", max_price=30.0, shown=()).constraints.currency is None


def test_what_is_lifted_is_what_the_turn_names_or_all_of_its_kind() -> None:
    before = limits(brands=["Corvane"], words=["oak", "white"], exclude=["paper"], max_price=9, currency="EUR")
    assert wished(before, "it need not be oak", lift=("words",)).constraints.words == ["white"]
    assert wished(before, "never mind the looks", lift=("words",)).constraints.words == []
    assert wished(before, "any brand", lift=("brands",)).constraints.brands == []
    assert not limits_price(wished(before, "price does not matter", lift=("price",)).constraints)
    assert wished(before, "whatever", lift=("all",)) == Wishes(category=before.category)


def test_cheaper_and_dearer_are_than_the_middle_of_the_screen_or_than_what_is_meant() -> None:
    assert wished(limits(), relation="cheaper").constraints.max_price == 58.99  # the middle of 25, 49, 59, 65, 89
    assert wished(limits(), relation="cheaper", meant=[PRODUCTS[6]]).constraints.max_price == 24.99
    assert wished(limits(), relation="dearer", meant=[PRODUCTS[2]]).constraints.min_price == 89.01
    assert wished(limits(max_price=30, currency="EUR"), relation="cheaper").constraints.max_price == 30
    assert wished(limits(max_price=30, currency="EUR"), relation="dearer").constraints.max_price is None


def test_nothing_is_cheaper_than_products_without_a_price() -> None:
    assert wished(limits(), relation="cheaper", shown=()) == limits()


def test_like_some_products_and_unlike_others() -> None:
    new = wished(limits(), relation="similar", meant=[PRODUCTS[0], PRODUCTS[1]])
    assert new.like == ("l1", "l2")
    new = wished(new, relation="different", meant=[PRODUCTS[2]])
    assert (new.like, new.unlike, new.passed) == ((), ("l3",), ("l3",))
    assert wished(new, relation="similar", meant=[PRODUCTS[2]]).unlike == ()


def test_something_else_moves_on_from_all_that_is_shown() -> None:
    new = wished(limits(), relation="different")
    assert new.passed == tuple(one.item_id for one in SHOWN)
    assert new.unlike == ()


INTENTS = st.builds(
    Intent,
    max_price=st.none() | st.floats(1, 100),
    min_price=st.none() | st.floats(1, 100),
    brands=st.lists(st.sampled_from(BRANDS), unique=True, max_size=2).map(tuple),
    not_brands=st.lists(st.sampled_from(BRANDS), unique=True, max_size=2).map(tuple),
    words=st.lists(st.sampled_from(("oak", "steel", "red", "white")), unique=True, max_size=2).map(tuple),
    exclude=st.lists(st.sampled_from(("oak", "steel", "red", "white")), unique=True, max_size=2).map(tuple),
    relation=st.sampled_from((None, "cheaper", "dearer", "similar", "different")),
    shown_brands=st.booleans(),
)


@given(intents=st.lists(INTENTS, max_size=6))
def test_wishes_never_contradict_themselves(intents: list[Intent]) -> None:
    wishes = limits()
    for intent in intents:
        contradicts = set(intent.brands) & set(intent.not_brands) or set(intent.words) & set(intent.exclude)
        upside_down = intent.max_price and intent.min_price and intent.min_price > intent.max_price
        if contradicts or upside_down or (intent.brands and intent.shown_brands):
            continue  # no turn says this
        wishes = wished(wishes, **{name: getattr(intent, name) for name in intent.model_fields_set})
        found = wishes.constraints
        assert not set(found.brands) & set(found.not_brands)
        assert not set(found.words) & set(found.exclude)
        assert found.max_price is None or found.min_price is None or found.min_price <= found.max_price
        assert not set(wishes.like) & set(wishes.unlike)
