"""What other customers chose: counted, compared with this customer, and told of nobody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.learned import Learned
from newaisle.agent.learn.neighbours import Neighbours
from newaisle.agent.learn.split import Case
from newaisle.agent.rank.blend import DEFAULT_BLEND, Blend
from newaisle.agent.rank.case import CoInteractions
from newaisle.agent.recommend import recommend
from newaisle.agent.retrieve.co_interactions import InteractionMatrix, interaction_matrix_of
from newaisle.agent.schema.answer import Claim, RecommendationSet
from newaisle.agent.schema.query import Query
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from newaisle.store.rows import Event, Interaction, Product
from tests.agent.filled import did, fill, parts, product, retriever

TEA = [product(f"tea{i}", f"tea number {i}", "Tea") for i in range(4)]
LAMPS = [product(f"lamp{i}", f"lamp number {i}", "Lamps") for i in range(3)]
LAMP_IDS = [lamp.item_id for lamp in LAMPS]


def others_in(ledger: Ledger, user_id: str | None, liked: list[str], candidates: list[str]) -> CoInteractions | None:
    choices = interaction_matrix_of(ledger, user_id, liked, candidates)
    return choices.co_interactions() if choices else None


def test_customers_who_took_something_are_counted_once_for_each_product(tmp_path: Path) -> None:
    rows = [did("ann", "lamp0"), did("ann", "lamp0"), did("bob", "lamp0"), did("bob", "lamp2"), did("cy", "tea0")]
    with fill(tmp_path, [*TEA, *LAMPS], rows).reader() as ledger:
        others = others_in(ledger, None, [], LAMP_IDS)

    assert others is not None
    assert others.counts.tolist() == [2, 0, 1]
    assert not others.alike.any()


def test_what_the_customer_did_and_what_was_disliked_is_not_counted(tmp_path: Path) -> None:
    rows = [did("me", "lamp0"), did("ann", "lamp1", Event.RETURN), did("bob", "lamp2")]
    with fill(tmp_path, [*TEA, *LAMPS], rows).reader() as ledger:
        others = others_in(ledger, "me", [], LAMP_IDS)

        assert others is not None
        assert others.counts.tolist() == [0, 0, 1]
        assert others_in(ledger, "bob", [], LAMP_IDS[1:]) is None


def test_who_liked_the_same_rare_product_is_most_alike(tmp_path: Path) -> None:
    rows = [did("near", "tea3"), did("near", "lamp0"), did("far", "tea0"), did("far", "lamp1"), did("crowd", "tea0")]
    with fill(tmp_path, [*TEA, *LAMPS], rows).reader() as ledger:
        others = others_in(ledger, "me", ["tea3", "tea0"], LAMP_IDS)

    assert others is not None
    assert others.alike[0] > others.alike[1] > others.alike[2] == 0


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from([*range(4)]), st.booleans()), max_size=30))
def test_the_ledger_and_the_dataset_tell_the_same_of_others(
    tmp_path_factory: pytest.TempPathFactory, done: list[tuple[str, int, bool]]
) -> None:
    rows = [did(user, f"{'lamp' if lamp and i < 3 else 'tea'}{i}") for user, i, lamp in done]
    rows += [did("me", "tea0"), did("me", "tea1")]
    with fill(tmp_path_factory.mktemp("shop"), [*TEA, *LAMPS], rows).reader() as ledger:
        now = others_in(ledger, "me", ["tea0", "tea1"], LAMP_IDS)
        dataset = Dataset.read(ledger)
    case = Case(
        user_id="me", category="Lamps", history=("tea0", "tea1"), targets=frozenset({"lamp0"}), candidates=(*LAMP_IDS,)
    )
    lamps = np.array([dataset.products[item].category == ("Lamps",) for item in dataset.rows.item], dtype=bool)
    before = Neighbours(dataset).co_interactions(case, dataset.rows.where(lamps))

    assert (now is None) == (before is None)
    if now is not None and before is not None:
        assert now.counts.tolist() == before.counts.tolist()
        np.testing.assert_allclose(now.alike, before.alike)


def test_others_choices_reach_the_ranking_case_and_a_category_of_none_stays_zero_shot(tmp_path: Path) -> None:
    rows = [did("me", "tea0"), did("ann", "tea0"), did("ann", "tea1")]
    with fill(tmp_path, [*TEA, *LAMPS], rows).reader() as ledger:
        find = retriever(ledger).find

        assert find(Query(user_id="me", category="Lamps")).case.co_interactions is None
        others = find(Query(user_id="me", category="Tea")).case.co_interactions

    assert others is not None
    assert others.counts.sum() == 1  # tea0 is mine already


def test_disliked_products_and_price_levels_reach_the_ranking_case(tmp_path: Path) -> None:
    priced = [product(f"p{i}", f"pan {i}", "Pans", price=10.0 * i, currency="EUR") for i in range(1, 5)]
    rows = [did("me", "p4"), did("me", "tea0", Event.RETURN)]
    with fill(tmp_path, [*TEA, *LAMPS, *priced], rows).reader() as ledger:
        case = retriever(ledger).find(Query(user_id="me", category="Lamps")).case

    assert [one.item_id for one in case.disliked] == ["tea0"]
    assert [row.price_level for row in case.history] == [0.875]


def choices_of(tmp_path: Path, rows: Sequence[Interaction], liked: list[str]) -> InteractionMatrix:
    with fill(tmp_path, [*TEA, *LAMPS], rows).reader() as ledger:
        choices = interaction_matrix_of(ledger, "me", liked, LAMP_IDS)
    assert choices is not None
    return choices


def everybody(items: str, *users: str) -> list[Interaction]:
    return [did(user, item) for user in users for item in items.split()]


def test_it_is_known_how_many_chose_a_product_beside_one_of_the_history(tmp_path: Path) -> None:
    rows = [*everybody("tea0 lamp0", "a", "b"), *everybody("tea0 tea1 lamp2", "c"), *everybody("tea1", "d")]
    choices = choices_of(tmp_path, [*rows, *everybody("tea0 tea1 lamp0", "me")], ["tea1", "tea0"])

    assert choices.together().tolist() == [[0, 2], [0, 0], [1, 1]]


def test_without_a_row_others_are_as_like_as_by_the_rest_of_the_history(tmp_path: Path) -> None:
    rows = [*everybody("tea0 lamp0", "a", "b"), *everybody("tea1 lamp1", "c"), *everybody("tea0 tea1 tea2", "me")]
    whole = choices_of(tmp_path / "whole", rows, ["tea0", "tea1", "tea2"])

    assert whole.co_interactions([0, 2]).alike[1] == 0 < whole.co_interactions([0, 2]).alike[0]
    assert whole.co_interactions([1]).alike[0] == 0 < whole.co_interactions([1]).alike[1]
    assert not whole.co_interactions([]).alike.any()
    assert whole.co_interactions([]).counts.tolist() == whole.co_interactions().counts.tolist() == [2, 1, 0]


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([*TEA, *LAMPS])), min_size=1, max_size=20),
    st.lists(st.sampled_from(range(4)), min_size=1, unique=True),
    st.data(),
)
def test_others_without_rows_are_those_of_a_ledger_without_them(
    tmp_path_factory: pytest.TempPathFactory,
    done: list[tuple[str, Product]],
    mine: list[int],
    data: st.DataObject,
) -> None:
    theirs = [did(user, one.item_id) for user, one in done]
    left = sorted(data.draw(st.sets(st.sampled_from(range(len(mine))))))
    found = []
    for kept in (range(len(mine)), left):
        ids = [f"tea{mine[row]}" for row in kept]
        rows = [*theirs, *(did("me", item) for item in ids)]
        with fill(tmp_path_factory.mktemp("shop"), [*TEA, *LAMPS], rows).reader() as ledger:
            found.append(interaction_matrix_of(ledger, "me", ids, LAMP_IDS))
    whole, anew = found

    assert (whole is None) == (anew is None)
    if whole is not None and anew is not None:
        assert whole.co_interactions(left).counts.tolist() == anew.co_interactions().counts.tolist()
        np.testing.assert_allclose(whole.co_interactions(left).alike, anew.co_interactions().alike)
        assert whole.together()[:, left].tolist() == anew.together().tolist()


BY_OTHERS = Learned(blend=Blend(weights=DEFAULT_BLEND.weights, likeness=8.0, prior=1.0))


def lamps_for_me(home: Home, **asked: object) -> RecommendationSet:
    """The answer to a customer whom the co-interactions weigh with heavily."""
    with home.reader() as ledger:
        made = parts(ledger)
        object.__setattr__(made, "learned", BY_OTHERS)
        return recommend(Query(user_id="me", category="Lamps", k=1000, diversity=0.0, **asked), made)  # type: ignore[arg-type]


def together(answer: RecommendationSet) -> dict[str, Claim]:
    """Of each product, the claim on what others chose beside it."""
    return {
        one.item_id: claim
        for one in answer.recommendations
        for claim in one.explanation.claims
        if claim.kind == "together"
    }


CROWD = ("a", "b", "c")


@pytest.mark.parametrize(
    ("language", "style", "text"),
    [
        ("en", "short", "Customers who chose the tea number 0 you bought also chose this."),
        ("en", "seller", "3 other customers who chose the tea number 0 the customer bought also chose this."),
        ("zh", "short", "选了您买过的“tea number 0”的顾客也选了它。"),
        ("zh", "seller", "选了顾客买过的“tea number 0”的顾客也选了它。"),
    ],
)
def test_what_three_others_chose_beside_it_is_a_reason(tmp_path: Path, language: str, style: str, text: str) -> None:
    rows = [*everybody("tea0 lamp0", *CROWD), *everybody("tea1 lamp1", "d"), did("me", "tea0"), did("me", "tea2")]
    answer = lamps_for_me(fill(tmp_path, [*TEA, *LAMPS], rows), language=language, style=style)

    (item,) = together(answer)
    claim = together(answer)[item]
    assert (item, claim.text, claim.value) == ("lamp0", text, "3")
    assert (claim.basis, claim.history_item_id, claim.also, claim.item_field) == ("history", "tea0", [], "item_id")
    assert claim.counterfactual is not None
    assert claim.counterfactual.score < answer.recommendations[0].score


def test_what_two_others_chose_says_too_much_of_them(tmp_path: Path) -> None:
    rows = [*everybody("tea0 lamp0", *CROWD[:2]), *everybody("tea1 lamp1", "d"), did("me", "tea0")]

    assert together(lamps_for_me(fill(tmp_path, [*TEA, *LAMPS], rows))) == {}


def test_who_only_looked_at_it_did_not_choose_it(tmp_path: Path) -> None:
    rows = [*everybody("tea0 lamp0", *CROWD[:2]), did("c", "tea0"), did("c", "lamp0", Event.VIEW)]
    rows += [*everybody("tea1 lamp1", "d"), did("e", "lamp2", Event.VIEW), did("me", "tea0")]
    answer = lamps_for_me(fill(tmp_path / "looked", [*TEA, *LAMPS], rows))
    assert together(answer) == {}
    honest = {one.item_id: one.explanation.claims[-1].text for one in answer.recommendations}
    assert (honest["lamp0"], honest["lamp2"]) == ("From Lamps.", "From Lamps.")

    answer = lamps_for_me(fill(tmp_path / "chose", [*TEA, *LAMPS], [*rows, did("c", "lamp0")]))
    assert together(answer)["lamp0"].value == "3"


def test_this_customer_is_not_one_of_the_others_and_nobody_counts_twice(tmp_path: Path) -> None:
    """A product that was liked is not owned, and can be recommended."""
    rows = [*everybody("tea0 lamp0", *CROWD[:2]), *everybody("tea0 lamp0 tea0 lamp0", "a"), did("me", "tea0")]
    rows += [did("me", "lamp0", Event.LIKE), *everybody("tea1 lamp1", "d", "e", "f")]
    assert together(lamps_for_me(fill(tmp_path / "two", [*TEA, *LAMPS], rows))) == {}

    rows += everybody("tea0 lamp0", "c")
    answer = lamps_for_me(fill(tmp_path / "three", [*TEA, *LAMPS], [row for row in rows if row.event != Event.LIKE]))
    assert together(answer)["lamp0"].value == "3"


def test_that_a_product_was_chosen_beside_itself_is_nothing_to_say(tmp_path: Path) -> None:
    rows = [*everybody("lamp0", *CROWD), *everybody("lamp1", "d"), did("me", "lamp0", Event.LIKE), did("me", "tea1")]

    assert together(lamps_for_me(fill(tmp_path, [*TEA, *LAMPS], rows))) == {}


def test_who_only_returned_it_was_not_interested(tmp_path: Path) -> None:
    rows = [*everybody("tea0 lamp0", *CROWD[:2]), did("c", "tea0"), did("c", "lamp0", Event.RETURN), did("me", "tea0")]

    assert together(lamps_for_me(fill(tmp_path, [*TEA, *LAMPS], [*rows, *everybody("lamp1", "d")]))) == {}


def test_the_row_that_most_of_them_chose_is_named(tmp_path: Path) -> None:
    rows = [*everybody("tea0 tea1 lamp0", *CROWD), *everybody("tea1 lamp0", "e"), *everybody("tea0 lamp1", *"fgh")]
    answer = lamps_for_me(fill(tmp_path, [*TEA, *LAMPS], [*rows, did("me", "tea0"), did("me", "tea1")]))

    claim = together(answer)["lamp0"]
    assert (claim.history_item_id, claim.value) == ("tea1", "4")


CATEGORIES = ["Lamps", "Tea", "Desks"]
SHOP = [
    product(
        f"item-{i}",
        f"oak {('linen', 'steel')[i % 2]} unique{'abcdefghijkl'[i]}",
        CATEGORIES[i % 3],
        brand=("Hale", "Pine")[i % 2],
    )
    for i in range(12)
]
_others_did = st.lists(
    st.tuples(st.sampled_from([f"customer-{i}" for i in range(6)]), st.sampled_from(SHOP)), max_size=40
)
_i_did = st.lists(st.tuples(st.sampled_from(SHOP), st.sampled_from([Event.PURCHASE, Event.VIEW, Event.RETURN])))


@given(_others_did, _i_did, st.sampled_from(["en", "zh"]), st.sampled_from(["short", "detailed", "seller"]))
def test_an_answer_names_no_other_customer_and_nothing_that_only_others_chose(
    tmp_path_factory: pytest.TempPathFactory,
    others_did: list[tuple[str, Product]],
    i_did: list[tuple[Product, Event]],
    language: str,
    style: str,
) -> None:
    mine = [did("me", one.item_id, event) for one, event in i_did] or [did("me", SHOP[1].item_id)]
    rows = [*(did(user, one.item_id) for user, one in others_did), *mine]
    told = lamps_for_me(fill(tmp_path_factory.mktemp("shop"), SHOP, rows), language=language, style=style)

    said, own = told.model_dump_json(), {one.item_id for one in mine}
    assert "customer-" not in said
    for one in SHOP:
        if one.category != ("Lamps",) and one.item_id not in own:
            assert f'"{one.item_id}"' not in said
            assert one.title not in said
    for one in SHOP:
        for claim in (claim for shown in told.recommendations for claim in shown.explanation.claims):
            assert one.title not in claim.text or one.item_id in (claim.history_item_id, *claim.also)


@given(_others_did, st.lists(st.sampled_from(SHOP), min_size=1, max_size=4))
def test_the_number_of_others_is_right_and_never_below_three(
    tmp_path_factory: pytest.TempPathFactory, others_did: list[tuple[str, Product]], liked: list[Product]
) -> None:
    mine = [did("me", one.item_id, Event.LIKE) for one in liked]
    pairs = {(user, one.item_id) for user, one in others_did}
    pairs |= {(f"customer-{i}", item) for i in range(3) for item in (SHOP[0].item_id, SHOP[1].item_id)}
    rows = [*(did(user, item) for user, item in sorted(pairs)), *mine]
    for item, claim in together(lamps_for_me(fill(tmp_path_factory.mktemp("shop"), SHOP, rows))).items():
        both = {user for user, one in pairs if one == item} & {
            user for user, one in pairs if one == claim.history_item_id
        }
        assert int(claim.value) == len(both) >= 3
        assert claim.text.startswith(("Customers who chose the ", "It was also chosen by customers who chose the "))
