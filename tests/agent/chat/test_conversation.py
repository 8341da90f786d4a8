"""Conversations in the sample shop: what holds, what changes, what is shown, and what is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.turns import read_turns
from newaisle.agent import sample
from newaisle.agent.chat.commands import answer, replay
from newaisle.agent.chat.conversation import Conversation
from newaisle.agent.chat.replies import Reply
from newaisle.agent.chat.state import SavedChat
from newaisle.agent.retrieve.constraints import limits_price
from newaisle.agent.retrieve.context import OWNING
from newaisle.agent.shop.parts import Parts
from newaisle.errors import RequestError
from newaisle.store.rows import PATH_SEPARATOR, Event, Product
from newaisle.store.words import is_chinese
from tests.agent.filled import fill, product
from tests.agent.filled import parts as parts_of

KITCHEN = "Outdoor > Camp Kitchen"
TURNS = (
    "camp kitchen please",
    "something for knitting",
    "under 60",
    "at least 20 dollars",
    "no titanium",
    "not fernhollow",
    "only halvdal",
    "any brand is fine",
    "forget the price",
    "cheaper",
    "pricier ones",
    "more like 2",
    "the first but in green",
    "something else",
    "show me more",
    "not that brand",
    "i like 1",
    "i hate 2",
    "/dislike 1",
    "/like 3",
    "/more",
    "/undo",
    "start over",
    "why 1?",
    "what do you know about me?",
    "露营做饭用的，两百以内",
    "换个牌子",
    "便宜点",
    "不要钛",
    "价格无所谓",
    "类似2的",
    "hm",
    "/category Bird Watching",
    "/user 小雨",
    "/user",
)


def say(conversation: Conversation, *turns: str) -> Reply:
    """Say some turns; the answer to the last one."""
    replies = [answer(conversation, turn) for turn in turns]
    return replies[-1]


def titles(conversation: Conversation) -> list[str]:
    return [one.title for one in conversation.shown]


def breaks(product: Product, conversation: Conversation) -> str | None:
    """Which constraint in force a product breaks, by a check of its own."""
    wishes = conversation.state.wishes
    limits, text = wishes.constraints, f"{product.title} {product.description} {product.brand}".casefold()
    rows = conversation.parts.ledger.history(conversation.state.user_id or "")
    disliked = {one.item_id for one in conversation.state.opinions if one.event is Event.DISLIKE}
    rules = {
        "category": PATH_SEPARATOR.join(product.category) == wishes.category,
        "price": not limits_price(limits)
        or (
            product.price is not None
            and product.currency == limits.currency
            and (limits.max_price is None or product.price <= limits.max_price)
            and (limits.min_price is None or product.price >= limits.min_price)
        ),
        "brand": not limits.brands or product.brand in limits.brands,
        "not brand": product.brand not in limits.not_brands,
        "exclude": not any(re.search(rf"\b{re.escape(word)}\b", text) for word in limits.exclude),
        "passed": product.item_id not in (*wishes.passed, *wishes.like, *wishes.unlike),
        "owned": product.item_id not in {row.item_id for row in rows if row.event in OWNING},
        "disliked": product.item_id not in disliked,
        "in stock": product.in_stock is not False,
    }
    return next((name for name, holds in rules.items() if not holds), None)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.sampled_from(TURNS), min_size=2, max_size=7))
def test_nothing_outside_the_constraints_in_force_is_ever_shown(parts: Parts, turns: Sequence[str]) -> None:
    conversation = Conversation(parts, user_id=sample.CUSTOMER)
    for turn in turns:
        try:
            reply = answer(conversation, turn)
        except RequestError:
            continue
        if reply.answer is not None:
            assert [one.item_id for one in reply.answer.recommendations] == list(conversation.state.shown)
            assert [breaks(product, conversation) for product in conversation.shown] == [None] * len(conversation.shown)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_kind_of_turn_shows_a_product_outside_the_constraints(parts: Parts, language: str) -> None:
    said = [turn.say for turn in read_turns(Path(__file__).with_name("turns.jsonl"))]
    turns = [text for text in said if is_chinese(text) == (language == "zh")]
    shown = 0
    for start in range(0, len(turns), 5):
        conversation = Conversation(parts, user_id=sample.CUSTOMER if language == "en" else "小雨")
        answer(conversation, "/category Camp Kitchen")
        for turn in turns[start : start + 5]:
            answer(conversation, turn)
            found = {product.title: breaks(product, conversation) for product in conversation.shown}
            assert set(found.values()) <= {None}, (turn, found)
            shown += len(found)
    assert shown > 20


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.sampled_from(TURNS), min_size=1, max_size=6))
def test_a_saved_chat_said_again_gives_the_same_products_order_and_constraints(
    parts: Parts, turns: Sequence[str]
) -> None:
    first = Conversation(parts, user_id=sample.CUSTOMER)
    for turn in turns:
        try:
            answer(first, turn)
        except RequestError:
            continue
    saved = SavedChat.model_validate_json(first.saved().model_dump_json())
    again = Conversation(parts, user_id=saved.start.user_id, k=saved.k, style=saved.style)
    assert all(is_same for _, _, is_same in replay(again, saved))
    assert again.state == first.state
    resumed = Conversation(parts)
    resumed.resume(saved)
    assert resumed.state == first.state


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.sampled_from([turn for turn in TURNS if turn != "/undo"]), min_size=1, max_size=5))
def test_taking_back_every_turn_leads_to_the_beginning(parts: Parts, turns: Sequence[str]) -> None:
    conversation = Conversation(parts, user_id=sample.CUSTOMER)
    states = [conversation.state]
    for turn in turns:
        try:
            answer(conversation, turn)
        except RequestError:
            continue
        if conversation.state != states[-1]:
            states.append(conversation.state)
    while len(states) > 1:
        assert conversation.state == states.pop()
        answer(conversation, "/undo")
    assert conversation.state == states[0]
    assert answer(conversation, "/undo").text == conversation.say.nothing_to_undo


def test_what_was_asked_for_holds_until_it_is_lifted(conversation: Conversation) -> None:
    reply = say(conversation, "camp kitchen, under 60 usd", "no titanium", "not halvdal")
    assert reply.notes[0] == "in force: at most 60.00 USD; not Halvdal; without titanium"
    reply = say(conversation, "forget the price")
    assert reply.notes[0] == "in force: not Halvdal; without titanium"
    reply = say(conversation, "start over")
    assert reply.notes == ()
    assert conversation.state.wishes.category == KITCHEN


def test_the_later_of_two_words_for_the_same_attribute_holds(conversation: Conversation) -> None:
    say(conversation, "camp kitchen", "in green")
    assert conversation.state.wishes.constraints.words == ["green"]
    say(conversation, "in blue")
    assert conversation.state.wishes.constraints.words == ["blue"]


def test_a_limit_without_a_currency_is_in_the_one_of_the_screen(conversation: Conversation) -> None:
    say(conversation, "camp kitchen", "under 60")
    assert conversation.state.wishes.constraints.currency == "USD"


def test_a_bare_price_in_chinese_is_in_yuan_where_there_are_such_prices(conversation: Conversation) -> None:
    say(conversation, "露营做饭用的，两百以内")
    assert conversation.state.wishes.constraints.currency == "CNY"
    assert {one.currency for one in conversation.shown} == {"CNY"}


def test_cheaper_is_below_the_middle_of_what_is_shown_and_below_what_is_meant(conversation: Conversation) -> None:
    say(conversation, "camp kitchen")
    prices = sorted(one.price or 0 for one in conversation.shown)
    say(conversation, "cheaper")
    assert all((one.price or 0) < prices[2] for one in conversation.shown)
    third = conversation.shown[2].price or 0
    say(conversation, "cheaper than 3")
    assert all((one.price or 0) < third for one in conversation.shown)


def test_dearer_is_above_what_is_meant_and_lifts_a_limit_that_it_contradicts(conversation: Conversation) -> None:
    say(conversation, "camp kitchen", "under 60")
    dearest = max(one.price or 0 for one in conversation.shown)
    place = 1 + [one.price for one in conversation.shown].index(dearest)
    say(conversation, f"dearer than {place}")
    assert conversation.state.wishes.constraints.max_price is None or dearest < 60
    assert all((one.price or 0) > dearest for one in conversation.shown)


def test_more_like_one_is_nearer_to_it_than_what_was_shown(conversation: Conversation) -> None:
    say(conversation, "camp kitchen", "not fernhollow")
    (place, model) = next((n, one) for n, one in enumerate(conversation.shown, 1) if one.brand != "Oatmere")
    before = [one.brand for one in conversation.shown].count(model.brand)
    say(conversation, f"more like {place}")
    assert model.item_id not in conversation.state.shown
    assert [one.brand for one in conversation.shown].count(model.brand) >= max(1, before - 1)


def test_more_never_shows_a_product_twice_and_says_when_there_are_none(conversation: Conversation) -> None:
    say(conversation, "camp kitchen")
    seen = list(conversation.state.shown)
    for _ in range(10):
        reply = say(conversation, "show me more")
        assert not set(seen) & set(conversation.state.shown)
        seen += conversation.state.shown
        if not conversation.state.shown:
            break
    assert "that is all there is" in reply.notes
    assert len(seen) > 20


def test_a_dislike_is_gone_at_once_and_a_like_moves_the_next_answer(conversation: Conversation) -> None:
    say(conversation, "camp kitchen")
    first = conversation.shown[0]
    scores = {one.item_id: one.score for one in conversation.answer.recommendations}  # type: ignore[union-attr]
    reply = say(conversation, "i hate the first one")
    assert first.item_id not in conversation.state.shown
    assert f"for this chat: you do not like {first.title}" in reply.notes
    reply = say(conversation, "i like 2")
    assert reply.answer is not None
    assert any(scores.get(one.item_id) not in (None, one.score) for one in reply.answer.recommendations)
    assert conversation.parts.ledger.history(sample.CUSTOMER)[-1].event is not Event.DISLIKE  # nothing is stored


def test_a_turn_that_makes_no_sense_changes_nothing(conversation: Conversation) -> None:
    say(conversation, "camp kitchen", "under 60")
    before = conversation.state
    with pytest.raises(RequestError, match="did you mean 'mara'"):
        say(conversation, "/user maro")
    with pytest.raises(RequestError, match="no category 'Zzyzx'"):
        say(conversation, "/category Zzyzx")
    assert say(conversation, "why 9?").text == "There is no number 9 on the screen: 5 are shown."
    assert conversation.state == before


def test_a_category_is_asked_for_where_none_is_named_and_what_was_said_is_kept(conversation: Conversation) -> None:
    reply = say(conversation, "under 60, no plastic")
    assert reply.text.startswith("Which category? There are ")
    assert reply.text.index("Camp Kitchen") < reply.text.index("Coffee & Tea")  # new to the customer, so it comes first
    assert "without plastic" in reply.notes[0]
    say(conversation, "camp kitchen")
    assert all((one.price or 0) <= 60 for one in conversation.shown)


def test_where_nothing_is_left_the_ways_out_are_counted(conversation: Conversation) -> None:
    reply = say(conversation, "camp kitchen", "only fernhollow", "under 15")
    assert len(conversation.shown) == 1
    assert any(re.match(r"without the price limit there would be \d", note) for note in reply.notes)
    assert any(re.match(r"without the wishes about brands there would be \d", note) for note in reply.notes)


def test_why_names_claims_and_what_would_be_without_them(conversation: Conversation) -> None:
    say(conversation, "camp kitchen")
    told = say(conversation, "why 1?").text
    claims = conversation.answer.recommendations[0].explanation.claims  # type: ignore[union-attr]
    assert claims[0].text in told
    assert told.startswith(f"1 {conversation.shown[0].title.split(',')[0]}")


def test_why_not_names_every_reason_and_the_customers_own_words(conversation: Conversation) -> None:
    say(conversation, "camp kitchen, under 60", "no plastic")
    told = say(conversation, "why not the gravity filter?").text
    assert told.startswith("Pellwater Brook gravity filter is not recommended: it costs 79.00 USD, which is over the")
    shown = conversation.shown[0]
    say(conversation, "i hate 1")
    told = say(conversation, f"/whynot {shown.item_id}")
    assert told.whole is not None
    assert "You said that you do not like it" in say(conversation, f"why not the {shown.title}?").text
    say(conversation, "show me something else")


def test_why_not_of_what_was_passed_over_says_so(conversation: Conversation) -> None:
    say(conversation, "camp kitchen")
    assert "Fernhollow long-handled titanium spoon, 22 cm" in titles(conversation)
    say(conversation, "show me more")
    told = say(conversation, "why not the long-handled spoon?").text
    assert "/undo goes back" in told


def test_a_question_is_answered_from_a_field_or_not_at_all(conversation: Conversation) -> None:
    say(conversation, "camp kitchen")
    pot = 1 + titles(conversation).index("Fernhollow Thimble titanium pot with lid, 750 ml")
    assert say(conversation, f"how heavy is {pot}?").text.endswith(": weight 98 g")
    assert say(conversation, f"what does {pot} cost?").text.endswith(": price 59.00 USD")
    assert say(conversation, f"does {pot} come with a warranty?").text.endswith("the catalogue does not say (warranty)")


def test_a_turn_is_answered_in_its_language(conversation: Conversation) -> None:
    reply = say(conversation, "露营做饭用的")
    assert reply.understood.startswith("理解为：")
    assert say(conversation, "你好").text.startswith("我只了解本店的商品")
    assert say(conversation, "hello").text.startswith("I only know what this shop sells")


def test_what_was_not_understood_is_said(conversation: Conversation) -> None:
    reply = say(conversation, "camp kitchen for my wobblegang")
    assert "not understood: wobblegang" in reply.understood


def test_nothing_known_of_somebody_without_a_history(parts: Parts) -> None:
    conversation = Conversation(parts)
    assert "/user ID says who you are" in say(conversation, "what do you know about me?").text


def test_an_unknown_customer_is_refused(parts: Parts) -> None:
    with pytest.raises(RequestError, match="no customer 'maro'"):
        Conversation(parts, user_id="maro")


def test_where_a_name_could_be_several_products_some_are_named(conversation: Conversation) -> None:
    say(conversation, "camp kitchen")
    told = say(conversation, "why not the halvdal one?").text
    assert told.startswith("Which product? Say its number on the screen, or more of its name.\nPerhaps one of these: ")
    assert told.count("Halvdal") == 3


def test_nothing_is_said_to_be_cheaper_where_prices_are_not_known(tmp_path: Path) -> None:
    with fill(tmp_path, [product("a", "oak lamp"), product("b", "elm lamp")]).reader() as ledger:
        reply = say(Conversation(parts_of(ledger)), "/category Lamps", "cheaper")
    assert reply.notes[-1].startswith("the prices of these are not known")
    assert reply.answer is not None
    assert len(reply.answer.recommendations) == 2
