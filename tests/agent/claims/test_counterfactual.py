"""What an answer would be without rows of the history: as if the customer had never had to do with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.claims.of_history import Counterfactuals, place_by_score
from newaisle.agent.claims.reason import SMALLEST
from newaisle.agent.learn.learned import Learned
from newaisle.agent.rank.blend import DEFAULT_BLEND, Blend, Ranking, rank, with_signal
from newaisle.agent.rank.case import RankingCase
from newaisle.agent.recommend import recommend
from newaisle.agent.schema.answer import Claim, RecommendationSet
from newaisle.agent.schema.query import Query
from newaisle.store.rows import Event, Interaction, Product
from tests.agent.claims.claiming import ALL_SIGNALS, OTHERS, claims_of, claims_on, kinds
from tests.agent.filled import did, fill, parts, product
from tests.agent.rank.cases import case_of, checkerboard, row, whole_cases


def counterfactuals(case: RankingCase, blend: Blend = DEFAULT_BLEND) -> Counterfactuals:
    return Counterfactuals(case, None, rank(case, blend), blend)


def built_anew(case: RankingCase, rows: Collection[int]) -> RankingCase:
    keep = [i for i in range(len(case.history)) if i not in rows]
    return replace(case, history=[case.history[i] for i in keep], history_vectors=case.history_vectors[keep])


def rows_of(claim: Claim) -> list[str]:
    """The products of the history that a claim rests on."""
    return [claim.history_item_id, *claim.also] if claim.history_item_id else []


HALE, PINE = product("h1", "desk", brand="Hale"), product("h2", "shelf", brand="Pine")
BRAND = Blend(weights={"brand": 0.5})


def between_two_brands() -> RankingCase:
    """A candidate of each brand, one of none, and a history of both brands, the later of which weighs more."""
    candidates = [product("a", "lamp", brand="Hale"), product("b", "bowl", brand="Pine"), product("c", "rug")]
    return case_of(candidates, [row(HALE), row(PINE)])


def test_without_a_row_score_and_place_are_those_of_the_rest_of_the_history() -> None:
    without = counterfactuals(between_two_brands(), BRAND).of(1, [1])
    # Of brands that are 1, 0 and 0 of the history, the first stands out by the root of 2, and the others by half of it.
    assert without.score == round(-0.5 * 0.5**0.5, 4)
    assert (without.rank, without.rank_now) == (2, 1)


def test_what_equals_another_keeps_its_place_in_the_order_of_the_candidates() -> None:
    found = counterfactuals(between_two_brands(), BRAND)
    assert [found.of(one, [1]).rank for one in range(3)] == [1, 2, 3]


def test_the_drop_is_what_is_lost_and_below_0_where_it_gains() -> None:
    found = counterfactuals(between_two_brands(), BRAND)
    now, without = rank(between_two_brands(), BRAND).scores, rank(built_anew(between_two_brands(), [1]), BRAND).scores
    assert found.drop(1, [1]) == pytest.approx(now[1] - without[1])
    assert found.drop(1, [1]) > 0 > found.drop(0, [1])


def test_without_all_rows_it_is_the_answer_to_somebody_without_a_history() -> None:
    case = checkerboard()
    stranger = rank(built_anew(case, range(3)))
    without = counterfactuals(case).of(0, [0, 1, 2])
    assert without.score == round(float(stranger.scores[0]), 4)
    assert without.rank == place_by_score(stranger.scores, 0)


def test_what_a_language_model_added_stays_as_it_is() -> None:
    """Asking it again would take as long as the whole answer."""
    case = between_two_brands()
    ranking = with_signal(rank(case, BRAND), "likelihood", np.array([0, 1, 2]), np.array([3.0, 2.0, 1.0]))
    without = Counterfactuals(case, None, ranking, BRAND).of(1, [1])
    plain = rank(built_anew(case, [1]), BRAND).scores
    assert without.score == round(float(plain[1] + ranking.parts["likelihood"][1]), 4)
    assert without.rank_now == place_by_score(ranking.scores, 1)


def test_the_place_by_score_is_that_in_the_order_of_the_ranking() -> None:
    ranking = Ranking({"lexical": np.array([0.5, 2.0, 0.5, 2.0, -1.0])})
    places = {int(candidate): place for place, candidate in enumerate(ranking.order(), start=1)}
    assert [place_by_score(ranking.scores, candidate) for candidate in range(5)] == [places[i] for i in range(5)]


def test_a_row_without_which_the_score_would_not_fall_is_no_reason() -> None:
    """Both rows are of the brand, and with either the candidate is the only one that is: a look keeps it there."""
    case = case_of(
        [product("c", "lamp", brand="Hale"), product("o", "bowl")],
        [row(HALE), row(product("v", "stool", brand="Hale"), 0.25, Event.VIEW)],
    )
    assert rank(case, BRAND).evidence["brand"][0, 0] > 0
    assert counterfactuals(case, BRAND).drop(0, [0]) == pytest.approx(0)
    assert kinds(claims_of(case, blend=BRAND)) == ["category"]


def test_a_row_without_which_the_place_would_be_better_is_no_reason() -> None:
    """The row speaks for the candidate, and more so for the one above it, which would fall below."""
    blend = Blend(weights={"brand": 1.0, "lexical": 0.2})
    mine, rival = product("c", "linen lamp", brand="Hale"), product("d", "oak desk", brand="Hale")
    case = case_of(
        [mine, rival, *OTHERS],
        [row(product("h1", "linen scarf")), row(product("h2", "oak desk lantern", brand="Hale"))],
    )
    without = counterfactuals(case, blend).of(0, [1])
    assert rank(case, blend).evidence["brand"][0, 1] > 0
    assert counterfactuals(case, blend).drop(0, [1]) > 0
    assert (without.rank, without.rank_now) == (1, 2)
    assert [rows_of(reason.claim) for reason in claims_of(case, blend=blend)] == [["h1"]]
    assert kinds(claims_of(case, 1, blend=blend))[0] == "brand"


def test_where_no_claim_may_rest_on_the_row_that_counts_most_one_rests_on_the_next() -> None:
    """Without the stool the lamp would lose the brand and yet be first; of the scarf nothing can be said in words."""
    blend = Blend(weights={"brand": 1.0, "dense": 0.2})
    directions = np.eye(4, dtype=np.float32)
    case = case_of(
        [product("c", "lamp", brand="Hale"), product("d", "desk", brand="Hale"), *OTHERS],
        [row(product("h1", "亚麻围巾")), row(product("h2", "stool", brand="Hale"))],
        directions[[0, 1, *[2] * len(OTHERS)]],
        directions[[0, 1]],
    )
    found = counterfactuals(case, blend)
    assert found.drop(0, [1]) > found.drop(0, [0]) > 0
    assert (found.of(0, [1]).rank, found.of(0, [0]).rank, found.of(0, [0]).rank_now) == (1, 2, 2)
    reason, _ = claims_of(case, blend=blend)
    assert (reason.claim.kind, reason.claim.history_item_id) == ("counted", "h1")


@given(whole_cases())
def test_whatever_rests_on_the_history_would_not_be_said_without_its_rows(case: RankingCase) -> None:
    ranking, ids = rank(case, ALL_SIGNALS), [one.product.item_id for one in case.history]
    claims = claims_on(case, blend=ALL_SIGNALS)
    for candidate in range(len(case.candidates)):
        for claim in (reason.claim for reason in claims.of(candidate)):
            if claim.basis != "history":
                assert claim.counterfactual is None
                continue
            told = claim.counterfactual
            assert told is not None
            without = rank(built_anew(case, {ids.index(item) for item in rows_of(claim)}), ALL_SIGNALS).scores
            assert told.score == pytest.approx(without[candidate], abs=1e-4)
            assert without[candidate] < ranking.scores[candidate]
            assert told.rank_now <= told.rank
            assert told.rank_now == place_by_score(ranking.scores, candidate)
            assert told.rank in possible_places(without.tolist(), candidate, slack=1e-5)


def possible_places(scores: Sequence[float], candidate: int, *, slack: float) -> range:
    """The places that a candidate may have where differences of scores up to `slack` mean nothing."""
    mine = scores[candidate]
    ahead = sum(other > mine + slack for other in scores)
    return range(ahead + 1, sum(other >= mine - slack for other in scores) + 1)


@given(whole_cases())
def test_where_one_row_that_adds_something_counts_some_claim_rests_on_the_history(case: RankingCase) -> None:
    """It counts if without it the score falls and the place is no better."""
    ranking, claims = rank(case, ALL_SIGNALS), claims_on(case, blend=ALL_SIGNALS)
    found = counterfactuals(case, ALL_SIGNALS)
    for candidate in range(len(case.candidates)):
        added = np.sum([evidence[candidate] for evidence in ranking.evidence.values()], axis=0)
        counting = [
            i
            for i in range(len(case.history))
            if added[i] >= SMALLEST
            and found.drop(candidate, [i]) >= SMALLEST
            and found.of(candidate, [i]).rank >= found.of(candidate, [i]).rank_now
        ]
        if counting:
            assert "history" in [reason.claim.basis for reason in claims.of(candidate)]


# The same through the whole pipeline: a claim is compared with the answer of a shop that lacks the rows.

LAMPS = [
    product("l0", "Hale oak desk lamp", brand="Hale", price=20.0, currency="USD", attributes={"wood": "oak"}),
    product("l1", "Orrin steel floor lamp", brand="Orrin", price=90.0, currency="USD"),
    product("l2", "Pine clip lamp", brand="Pine", price=9.0, currency="USD"),
    product("l3", "zinc lantern"),
]
KNOWN = [
    product("d1", "Hale oak desk", "Home > Desks", brand="Hale", price=300.0, currency="USD"),
    product("d2", "Orrin steel shelf", "Home > Shelves", brand="Orrin"),
    product("t1", "Pine black tea", "Food > Tea", brand="Pine"),
    product("s1", "Hale oak stool", "Home > Chairs", brand="Hale", attributes={"wood": "Oak"}),
]
OTHERS_DID = [
    did(user, item)
    for user, items in {"o1": "d1 l0", "o2": "d1 l0", "o3": "d1 l0", "o4": "d2 l3"}.items()
    for item in items.split()
]
MINE = [did("me", "t1", Event.VIEW), did("me", "s1"), did("me", "d2", Event.VIEW), did("me", "d1")]
LEARNED = Learned(blend=Blend(weights=ALL_SIGNALS.weights, likeness=4.0, prior=3.0))


def answered(
    folder: Path,
    products: Sequence[Product],
    done: Sequence[Interaction],
) -> RecommendationSet:
    """All lamps for `me`, by score alone; for nobody in particular if they did nothing."""
    user = "me" if any(one.user_id == "me" for one in done) else None
    query = Query(user_id=user, category="Lamps", k=1000, diversity=0.0)
    with fill(folder, products, done).reader() as ledger:
        return recommend(query, replace(parts(ledger), learned=LEARNED))


def without(done: Sequence[Interaction], items: Collection[str]) -> list[Interaction]:
    return [one for one in done if one.user_id != "me" or one.item_id not in items]


def test_a_counterfactual_is_the_answer_of_the_same_shop_without_the_rows(tmp_path: Path) -> None:
    shop, done = [*LAMPS, *KNOWN], [*OTHERS_DID, *MINE]
    answer = answered(tmp_path / "with", shop, done)
    top = answer.recommendations[0]
    assert top.item_id == "l0"
    told = {claim.kind: claim for claim in top.explanation.claims if claim.basis == "history"}
    assert {"brand", "together"} <= set(told)
    for kind, claim in told.items():
        there = answered(tmp_path / kind, shop, without(done, rows_of(claim)))
        place, same = next((i, one) for i, one in enumerate(there.recommendations, start=1) if one.item_id == "l0")
        assert claim.counterfactual is not None
        assert claim.counterfactual.score == pytest.approx(same.score, abs=1e-4)
        assert (claim.counterfactual.rank, claim.counterfactual.rank_now) == (place, 1)


def test_without_all_rows_it_is_the_answer_to_nobody_in_particular(tmp_path: Path) -> None:
    shop, done = [*LAMPS, *KNOWN], [*OTHERS_DID, did("me", "d1")]
    answer = answered(tmp_path / "with", shop, done)
    nobody = {one.item_id: one.score for one in answered(tmp_path / "nobody", shop, OTHERS_DID).recommendations}
    found = [
        (one.item_id, claim.counterfactual.score)
        for one in answer.recommendations
        for claim in one.explanation.claims
        if claim.counterfactual
    ]
    assert found
    assert [score for _, score in found] == pytest.approx([nobody[item] for item, _ in found], abs=1e-4)


WORDS = "oak steel linen copper wool".split()
CATEGORIES = ["Lamps", "Desks", "Tea"]
EVENTS = [Event.PURCHASE, Event.PURCHASE, Event.VIEW, Event.LIKE, Event.RETURN]
_things = st.builds(
    lambda words, category, brand, wood, price: {
        "title": " ".join(words),
        "category": category,
        "brand": brand,
        "attributes": {"wood": wood} if wood else {},
        "price": price,
        "currency": "EUR" if price else None,
    },
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.sampled_from(CATEGORIES),
    st.sampled_from([None, "Hale", "Pine"]),
    st.sampled_from([None, "Oak", "oak", "ash"]),
    st.sampled_from([None, 5.0, 9.0]),
)


@st.composite
def shops(draw: st.DrawFn) -> tuple[list[Product], list[Interaction]]:
    """A small shop; of lamps this customer has only liked or looked at some, so that all of them can be recommended."""
    things = draw(st.lists(_things, min_size=4, max_size=9))
    products = [product(f"p{i}", f"{fields.pop('title')} thing{i}", **fields) for i, fields in enumerate(things)]
    at = st.sampled_from(products)
    some = st.tuples(st.sampled_from(["o1", "o2", "o3", "o4"]), at)
    done = [did(user, one.item_id) for user, one in draw(st.lists(some, max_size=12))]
    for one, event in draw(st.lists(st.tuples(at, st.sampled_from(EVENTS)), min_size=1, max_size=5)):
        if one.category != ("Lamps",) or event in (Event.VIEW, Event.LIKE):
            done.append(did("me", one.item_id, event))
    return [*products, product("zz", "copper lamp", "Lamps", brand="Hale")], done


@given(shops())
def test_every_counterfactual_is_the_answer_of_the_same_shop_without_the_rows(
    tmp_path_factory: pytest.TempPathFactory, shop: tuple[list[Product], list[Interaction]]
) -> None:
    products, done = shop
    folder, number = tmp_path_factory.mktemp("shop"), count()
    there: dict[frozenset[str], list[tuple[str, float]]] = {}
    for one in answered(folder / "with", products, done).recommendations:
        for claim in one.explanation.claims:
            if claim.counterfactual is None:
                continue
            rows = frozenset(rows_of(claim))
            if rows not in there:
                answer = answered(folder / f"{next(number)}", products, without(done, rows))
                there[rows] = [(other.item_id, other.score) for other in answer.recommendations]
            place = next(place for place, (item, _) in enumerate(there[rows]) if item == one.item_id)
            scores = [score for _, score in there[rows]]
            assert claim.counterfactual.score == pytest.approx(scores[place], abs=1.1e-4)
            assert claim.counterfactual.score <= one.score
            assert claim.counterfactual.rank in possible_places(scores, place, slack=1.1e-4)
