"""`newaisle.Shop` as a program uses it: each method once, with the answers that the command line gives."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import newaisle
from newaisle.store.home import Home
from newaisle.store.rows import Event
from newaisle.testing import ScriptedModel
from tests.agent.cli.command import newaisle as command
from tests.conftest import TEA

KETTLE = newaisle.Product(item_id="k1", title="Steel kettle", category=("Food", "Kettles"), price=30.0, currency="EUR")


def printed(*arguments: object) -> dict[str, Any]:
    """What a command prints as JSON, as `plain` has it."""
    return without_time(command(*arguments, "--json").json)


def plain(answer: BaseModel) -> dict[str, Any]:
    return without_time(answer.model_dump(mode="json"))


def without_time(answer: dict[str, Any]) -> dict[str, Any]:
    """All of an answer but what is another each time."""
    return {name: value for name, value in answer.items() if name not in ("id", "created_at", "timings_ms")}


@pytest.mark.usefixtures("command_line")
def test_a_recommendation_is_that_of_the_command_line(small: newaisle.Shop) -> None:
    found = small.recommend("ann", "Drills", k=4)
    assert len(found.recommendations) == 4
    assert plain(found) == printed("recommend", "--user", "ann", "--category", "Drills", "-k", 4)


@pytest.mark.usefixtures("command_line")
def test_limits_are_keywords_that_mean_what_the_options_do(small: newaisle.Shop) -> None:
    limits = {"max_price": 8, "min_price": 5, "currency": "EUR", "not_brands": ["Bore"], "exclude": ["rose"]}
    found = small.recommend("bob", "Tea", k=2, in_stock=False, diversity=0, **limits)  # type: ignore[arg-type]
    assert {one.item_id for one in found.recommendations} < {"t1", "t2", "t3"}
    options = "--max-price 8 --min-price 5 --currency EUR --not-brand Bore --exclude rose --out-of-stock --diversity 0"
    asked = ("recommend", "--user", "bob", "--category", "Tea", "-k", 2, *options.split())
    assert plain(found) == printed(*asked)


@pytest.mark.usefixtures("command_line")
def test_why_is_that_of_the_command_line(small: newaisle.Shop) -> None:
    assert plain(small.why("ann", "d1", k=2)) == printed("why", "ann", "d1", "-k", 2)


@pytest.mark.usefixtures("command_line")
def test_why_not_is_that_of_the_command_line(small: newaisle.Shop) -> None:
    found = small.why_not("ann", "d5", max_price=12)
    assert [one.kind for one in found.obstacles] == ["too dear"]
    assert plain(found) == printed("why-not", "ann", "d5", "--max-price", 12)


@pytest.mark.usefixtures("command_line")
def test_a_profile_is_that_of_the_command_line(small: newaisle.Shop) -> None:
    assert plain(small.profile("bob")) == printed("profile", "bob")


@pytest.mark.usefixtures("command_line")
def test_a_category_is_what_the_command_line_says_it_is(small: newaisle.Shop) -> None:
    assert small.category("Tea").as_json() == printed("category", "Tea")
    new = small.category("Kettles", brief="for hot tea", count=1)
    assert new.as_json() == printed("category", "Kettles", "--brief", "for hot tea", "-n", 1)


@pytest.mark.usefixtures("command_line")
def test_a_product_is_classified_as_on_the_command_line(small: newaisle.Shop, tmp_path: Path) -> None:
    file = tmp_path / "new.jsonl"
    file.write_text(json.dumps({"id": "new", "title": "Green tea lychee"}))
    (found,) = small.classify([newaisle.Product(item_id="new", title="Green tea lychee")])
    told = printed("classify", file)
    assert (found.guesses[0].category, told["category"]) == (TEA, TEA)
    assert round(found.guesses[0].probability, 4) == told["probability"]


def test_somebody_without_a_history_can_be_recommended_to(small: newaisle.Shop) -> None:
    found = small.recommend(None, "Tea", k=2)
    assert len(found.recommendations) == 2
    assert not any(claim.history_item_id for one in found.recommendations for claim in one.explanation.claims)


def test_products_can_be_brought_that_the_catalogue_does_not_have(small: newaisle.Shop) -> None:
    found = small.recommend("ann", "Kettles", brief="for hot tea", candidates=[KETTLE])
    assert found.category.is_new_to_catalogue
    assert [one.item_id for one in found.recommendations] == ["k1"]


def test_texts_can_be_in_another_language_and_style(small: newaisle.Shop) -> None:
    english, chinese = (small.recommend("bob", "Tea", k=1, language=language) for language in ("en", "zh"))
    assert [one.item_id for one in english.recommendations] == [one.item_id for one in chinese.recommendations]
    assert english.recommendations[0].explanation.text != chinese.recommendations[0].explanation.text
    assert small.recommend("bob", "Tea", k=1, style="seller").request.style == "seller"


def test_a_query_may_be_made_before_it_is_asked(small: newaisle.Shop) -> None:
    limits = newaisle.Constraints(max_price=12)
    found = small.answer(newaisle.Query(user_id="ann", category="Drills", k=2, constraints=limits))
    assert plain(found) == plain(small.recommend("ann", "Drills", k=2, max_price=12))


def test_products_are_shown_before_their_reasons_are_worded(shop: Home) -> None:
    order: list[object] = []
    model = ScriptedModel(lambda prompt: order.append("worded") or "It is nice.")
    with newaisle.open_shop(shop.folder, model=model, embedder="hash") as opened:
        found = opened.recommend("ann", "Tea", k=1, on_chosen=lambda chosen: order.append(chosen[0].item_id))
    assert order[:2] == [found.recommendations[0].item_id, "worded"]


def test_an_answer_that_is_cancelled_has_the_claims_own_sentences(shop: Home) -> None:
    cancel = threading.Event()
    cancel.set()
    model = ScriptedModel(["It is nice."])
    with newaisle.open_shop(shop.folder, model=model, embedder="hash") as opened:
        found = opened.recommend("ann", "Tea", k=1, cancel=cancel)
    assert [one.explanation.source for one in found.recommendations] == ["evidence"]
    assert model.generate_calls == []


def test_an_answer_can_be_wanted_whole_or_not_at_all(shop: Home) -> None:
    model = ScriptedModel(lambda prompt: "It is the best tea in the world.")
    with newaisle.open_shop(shop.folder, model=model, embedder="hash") as opened:
        assert opened.recommend("ann", "Tea", k=1).recommendations
        with pytest.raises(newaisle.NewaisleError, match="texts failed the check") as raised:
            opened.recommend("ann", "Tea", k=1, strict=True)
    assert raised.value.exit_code == 5


def test_a_conversation_goes_on_from_turn_to_turn(small: newaisle.Shop) -> None:
    chat = small.chat("ann", k=2)
    first, second = (small.reply(chat, text).answer for text in ("tea under 9 euros", "/more"))
    assert first is not None
    assert second is not None
    assert first.request.constraints.max_price == second.request.constraints.max_price == 9
    ids = [[one.item_id for one in found.recommendations] for found in (first, second)]
    assert (len(ids[0]), sorted(ids[0] + ids[1])) == (2, ["t2", "t3", "t4", "t5"])


def test_feedback_is_stored_as_what_a_customer_did(small: newaisle.Shop) -> None:
    stored = small.feedback("dora", "t4", "liked")
    assert (stored.row.event, stored.row.liking, stored.is_first) == (Event.LIKE, 1.0, True)
    assert small.profile("dora").rows == 1


def test_customers_and_products_are_erased(small: newaisle.Shop) -> None:
    assert small.forget("ann") == 2
    assert small.remove("d0") == 2
    assert [event.user_id for event in small.parts.ledger.interactions()] == ["bob", "bob", "cy", "cy"]


def test_the_index_is_built_anew_and_says_how_far_it_is(small: newaisle.Shop) -> None:
    told: list[tuple[str, int, int]] = []
    assert small.reindex(progress=lambda *one: told.append(one)) == (0, "g000002")
    assert {stage for stage, _, _ in told} == {"index", "expected_popularity"}
    assert small.recommend("ann", "Tea").made_with.index_generation == "g000002"


def test_a_shop_too_small_to_learn_from_keeps_the_default_weights(small: newaisle.Shop) -> None:
    assert small.calibrate().judged is None
    small.reset_blend()
    assert small.recommend("ann", "Drills").recommendations[0].probability is None


def test_an_unknown_keyword_is_a_type_error_that_names_the_nearest(small: newaisle.Shop) -> None:
    with pytest.raises(TypeError, match=r"nothing is called 'max_prise' \(did you mean 'max_price'\?\)"):
        small.recommend("ann", "Tea", max_prise=4)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"k": 0}, "k is 0: ask for at least one product"),
        ({"max_price": "cheap"}, "max_price is 'cheap': it should be a valid number"),
        ({"exclude": "rose"}, "exclude is 'rose': it should be a valid list"),
        ({"style": "long"}, "style is 'long': it should be 'short', 'detailed' or 'seller'"),
        ({"language": "fr"}, "there are no phrases in 'fr': `newaisle prompts new phrases --language fr`"),
        ({"diversity": 7}, "diversity is 7: it should be less than or equal to 1"),
        ({"llm_rank": "maybe"}, "there is no llm_rank 'maybe': take one of 'auto', 'on', 'off'"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(small: newaisle.Shop, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(newaisle.NewaisleError) as raised:
        small.recommend("ann", "Tea", **asked)
    assert str(raised.value).startswith(told)
    assert raised.value.exit_code == 3


def test_an_unknown_customer_is_told_with_the_next_move(small: newaisle.Shop) -> None:
    asks: list[Callable[[str], object]] = [
        small.profile,
        small.chat,
        lambda user: small.recommend(user, "Tea"),
        lambda user: small.why(user, "t3"),
        lambda user: small.why_not(user, "t3"),
    ]
    for ask in asks:
        with pytest.raises(newaisle.NewaisleError, match=r"no customer 'anna' \(did you mean 'ann'\?\)") as raised:
            ask("anna")
        assert raised.value.next_move.startswith("check the id")
        assert raised.value.exit_code == 3


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda shop: shop.profile("ann", language="fr"), "there is no language 'fr': take one of "),
        (lambda shop: shop.category("Tea", method="best"), "there is no method 'best': take one of "),
        (lambda shop: shop.classify([], method="best"), "there is no method 'best': take one of "),
        (lambda shop: shop.feedback("ann", "t1", "loved"), "nobody can have 'loved' a product: say one of "),
        (lambda shop: shop.why("ann", "t9"), "no product 't9'"),
        (lambda shop: shop.why("ann", "t0"), "'t0' cannot be recommended here: "),
        (lambda shop: shop.ingest("nothing.csv"), "there is no file nothing.csv: check the path"),
    ],
)
def test_what_there_is_not_is_named(small: newaisle.Shop, ask: Callable[[newaisle.Shop], object], told: str) -> None:
    with pytest.raises(newaisle.NewaisleError) as raised:
        ask(small)
    assert str(raised.value).startswith(told)
    assert raised.value.exit_code == 3
