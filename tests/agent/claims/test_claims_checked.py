"""Claims in any case: each is true of what it names, in words that are there, and they come by what they moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.claims.sentences import price_text, short_title
from newaisle.agent.claims.shared_words import naming_words
from newaisle.agent.rank.blend import Blend, rank
from newaisle.agent.rank.case import CoInteractions, HistoryRow, RankingCase
from newaisle.agent.rank.popularity import of_likeness
from newaisle.agent.rank.signals import price_levels
from newaisle.agent.schema.answer import Claim, Constraints
from newaisle.languages import Language
from newaisle.store.rows import Event, Product
from newaisle.store.words import words
from tests.agent.claims.claiming import ALL_SIGNALS, TEA, claims_on, kinds
from tests.agent.filled import product
from tests.agent.rank.cases import case_of, row, whole_cases

CONSTRAINTS = ("price_limit", "wanted_brand", "excluded_words")
any_constraints = st.builds(
    Constraints,
    max_price=st.sampled_from([None, 20.0]),
    currency=st.just("EUR"),
    brands=st.sampled_from([[], ["Hale", "Orrin", "青禾"]]),
    exclude=st.sampled_from([[], ["plastic"]]),
)
events = st.lists(st.sampled_from([Event.PURCHASE, Event.VIEW, Event.RATING]), min_size=6, max_size=6)


@given(whole_cases(), any_constraints, events, st.sampled_from(["en", "zh"]))
def test_every_claim_can_be_checked_in_any_case(
    case: RankingCase, constraints: Constraints, events: list[Event], language: Language
) -> None:
    history = [replace(one, event=event) for one, event in zip(case.history, events, strict=False)]
    case = replace(case, history=history)
    claims = claims_on(case, blend=ALL_SIGNALS, constraints=constraints, language=language)
    for candidate in range(len(case.candidates)):
        reasons = claims.of(candidate)
        moved = [reason.claim for reason in reasons if reason.claim.kind not in CONSTRAINTS]
        asked = [reason.claim for reason in reasons if reason.claim.kind in CONSTRAINTS]
        assert moved
        assert [reason.claim for reason in reasons] == [*moved, *asked]
        assert [claim.contribution for claim in moved] == sorted((c.contribution for c in moved), reverse=True)
        assert [claim.contribution for claim in asked] == [0.0] * len(asked)
        about = [(claim.kind, claim.history_item_id) for claim in moved]
        assert len(about) == len(set(about))
        for reason in reasons:
            _check(reason.claim, reason.row, case, candidate)


def field_of(one: Product, name: str) -> str:
    return one.attributes[name.removeprefix("attributes.")] if "." in name else str(getattr(one, name))


def _check(claim: Claim, named: HistoryRow | None, case: RankingCase, candidate: int) -> None:
    one = case.candidates[candidate]
    assert np.isfinite(claim.contribution)
    if claim.kind == "popularity":
        assert case.co_interactions is not None
        assert claim.value == str(int(case.co_interactions.counts[candidate])) != "0"
    if claim.basis != "history":
        assert (named, claim.history_item_id, claim.also) == (None, None, [])
        return
    assert claim.contribution > 0
    assert named in case.history
    assert named is not None
    assert named.product.item_id == claim.history_item_id
    assert short_title(named.product.title) in claim.text
    rows = [row for row in case.history if row.product.item_id in (claim.history_item_id, *claim.also)]
    assert len(rows) == 1 + len(claim.also) == len({row.product.item_id for row in rows})
    if claim.kind != "price_level" and claim.also:
        assert "others you chose" in claim.text or "选过的其他商品" in claim.text
        assert Event.VIEW not in {row.event for row in rows}
    for each in rows:
        _check_row(claim, each, one, price_levels(case)[candidate])


def _check_row(claim: Claim, liked: HistoryRow, one: Product, level: float) -> None:
    """That what a claim says of its rows is so of this one."""
    other = liked.product
    if claim.kind == "brand":
        assert claim.value == one.brand
        assert claim.value.casefold() == (other.brand or "").casefold()
    elif claim.kind == "attribute":
        assert claim.value == field_of(one, claim.item_field)
        assert claim.value.casefold() == field_of(other, claim.item_field).casefold()
    elif claim.kind == "words":
        shared = set(words(claim.value))
        assert shared
        assert shared <= set(words(field_of(one, claim.item_field)))
        assert shared <= {word for text in naming_words(other) for word in text}
    elif claim.kind == "price_level":
        assert claim.value == price_text(one.price or 0.0, one.currency)
        assert liked.price_level == pytest.approx(level, abs=0.1 + 1e-6)
    else:
        assert claim.kind in ("similar", "closer", "together", "counted")


def taken(counts: list[float], alike: list[float]) -> CoInteractions:
    return CoInteractions(counts=np.array(counts), alike=np.array(alike))


def test_the_basis_is_what_moved_the_score_up_most_and_not_what_is_said_first() -> None:
    """Expected popularity and the brand; what the one moves, more than the other."""
    case = case_of([product("a", "lamp", brand="Pine"), product("b", "bowl")], [row(TEA)])
    case = replace(case, expected_popularity=np.array([1.0, 0.0]))
    for weights, basis in (
        ({"brand": 0.2, "expected_popularity": 0.3}, "general"),
        ({"brand": 0.3, "expected_popularity": 0.2}, "history"),
    ):
        assert claims_on(case, blend=Blend(weights=weights)).basis(0) == basis


@pytest.mark.parametrize(
    ("alike", "basis"), [([0.0, 0.0], "category"), ([30.0, 0.0], "history")], ids=["strangers", "like this customer"]
)
def test_what_others_chose_is_of_the_category_unless_they_are_like_this_customer(
    alike: list[float], basis: str
) -> None:
    case = case_of([product("a", "lamp"), product("b", "bowl")], [row(TEA)])
    case = replace(case, co_interactions=taken([6, 5], alike))
    assert claims_on(case).basis(0) == basis
    assert kinds(claims_on(case).of(0)) == ["popularity", "category"]


def test_where_nothing_moved_the_score_up_the_basis_is_general() -> None:
    """Only what spoke against it did anything."""
    case = case_of([product("a", "lamp"), product("b", "bowl", brand="Pine")], [row(TEA)])
    assert claims_on(case).basis(0) == "general"
    assert claims_on(case).basis(1) == "history"


def test_without_a_history_what_is_typical_is_known_of_the_category() -> None:
    case = case_of([product("a", "oak lamp"), product("b", "oak lamp red"), product("c", "zinc bowl")], [])
    assert [claims_on(case).basis(one) for one in range(3)] == ["category", "category", "general"]


@given(whole_cases())
def test_popularity_is_worth_what_it_is_for_a_stranger(case: RankingCase) -> None:
    ranking, claims = rank(case, ALL_SIGNALS), claims_on(case, blend=ALL_SIGNALS)
    expected = ranking.parts.get("expected_popularity", np.zeros(len(case.candidates)))
    for candidate in range(len(case.candidates)):
        for claim in (reason.claim for reason in claims.of(candidate) if reason.claim.kind == "popularity"):
            assert case.co_interactions is not None
            due = of_likeness(case.co_interactions, expected, likeness=ALL_SIGNALS.likeness, prior=ALL_SIGNALS.prior)
            alone = ranking.parts["popularity"][candidate] - due[candidate]
            assert claim.contribution == pytest.approx(alone, abs=1e-4)
            assert claim.contribution > 0
