"""Claims: each is true of a history row and a field of the product, and worth what it moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from agent.answer import Constraints
from agent.explain.claims import Claims, Reason
from agent.explain.sentences import SENTENCES, Language
from agent.rank.blend import rank
from agent.rank.case import HistoryRow, RankingCase
from store.rows import Event, Product
from store.words import words
from tests.agent.rank.cases import case_of, cases, row
from tests.agent.shop import product


def claims_of(
    case: RankingCase, candidate: int = 0, *, language: Language = "en", constraints: Constraints | None = None
) -> list[Reason]:
    claims = Claims(
        case=case,
        ranking=rank(case),
        constraints=constraints or Constraints(),
        category="Lamps",
        say=SENTENCES[language],
    )
    return claims.of(candidate)


def texts(reasons: list[Reason]) -> list[str]:
    return [reason.claim.text for reason in reasons]


OTHERS = [product(f"o{i}", f"zinc bowl number{i}", brand="Nobody") for i in range(6)]
DESK = product("h1", "Hale oak desk, 120 cm, natural", brand="Hale")
TEA = product("h2", "black tea", brand="Pine")


def against_others(one: Product, *history: HistoryRow) -> RankingCase:
    return case_of([one, *OTHERS], list(history))


def test_a_shared_brand_is_a_claim_on_the_brand() -> None:
    (reason,) = claims_of(against_others(product("c", "lamp", brand="HALE"), row(DESK), row(TEA)))
    assert reason.claim.text == "It is by HALE, like the Hale oak desk you bought."
    assert (reason.claim.item_field, reason.claim.value) == ("brand", "HALE")
    assert (reason.claim.basis, reason.claim.history_item_id) == ("history", "h1")
    assert reason.row is not None
    assert reason.row.product == DESK


def test_shared_words_are_a_claim_on_the_field_that_has_them() -> None:
    lamp = product("c", "reading lamp", brand="Orrin", attributes={"material": "Oak, natural"})
    (reason,) = claims_of(against_others(lamp, row(DESK), row(TEA)))
    assert reason.claim.text == 'It shares "Oak" and "natural" with the Hale oak desk you bought.'
    assert (reason.claim.item_field, reason.claim.value) == ("attributes.material", "Oak, natural")


def test_similar_products_without_shared_words_are_called_similar() -> None:
    vectors = np.zeros((7, 4), np.float32)
    vectors[:, 1] = 1
    vectors[0] = [0.8, 0.6, 0, 0]
    case = case_of([product("c", "lantern"), *OTHERS], [row(DESK)], vectors, np.array([[1, 0, 0, 0]], np.float32))
    (reason,) = claims_of(case)
    assert reason.claim.text == "It is similar to the Hale oak desk you bought."
    assert reason.claim.value == "cosine 0.80"


def test_products_that_are_hardly_alike_are_not_called_similar() -> None:
    vectors = np.zeros((7, 4), np.float32)
    vectors[:, 1] = 1
    vectors[0] = [0.5, np.sqrt(0.75), 0, 0]
    case = case_of([product("c", "lantern"), *OTHERS], [row(DESK)], vectors, np.array([[1, 0, 0, 0]], np.float32))
    assert [reason.claim.basis for reason in claims_of(case)] == ["general"]


@pytest.mark.parametrize(
    ("event", "english", "chinese"),
    [
        (Event.PURCHASE, "you bought", "您买过的"),
        (Event.REVIEW, "you reviewed", "您评论过的"),
        (Event.RATING, "you rated highly", "您评分很高的"),
        (Event.LIKE, "you liked", "您喜欢的"),
        (Event.VIEW, "you looked at", "您浏览过的"),
    ],
)
def test_the_sentence_says_what_the_customer_did(event: Event, english: str, chinese: str) -> None:
    case = against_others(product("c", "lamp", brand="Hale"), row(DESK, 0.25, event))
    assert texts(claims_of(case)) == [f"It is by Hale, like the Hale oak desk {english}."]
    assert texts(claims_of(case, language="zh")) == [f"它和{chinese}“Hale oak desk”都是Hale的产品。"]


def test_chinese_words_are_joined_and_quoted_in_chinese() -> None:
    cup, bowl = product("c", "手工陶瓷茶杯", brand="明朗"), product("h", "白色陶瓷碗", brand="青禾")
    assert texts(claims_of(against_others(cup, row(bowl)), language="zh")) == ["它和您买过的“白色陶瓷碗”都提到“陶瓷”。"]


def test_a_word_of_a_long_description_is_a_coincidence_and_no_claim() -> None:
    long = "The drainage holes empty it two strides after a ford and the oak never minds the wet at all."
    lamp = product("c", "reading lamp", description=long)
    assert [reason.claim.basis for reason in claims_of(against_others(lamp, row(DESK)))] == ["general"]


def test_a_word_that_very_many_products_have_is_no_claim() -> None:
    lamp = product("c", "oak lamp")
    case = against_others(lamp, row(DESK))
    common = replace(case, product_count=1000, frequencies=lambda asked: dict.fromkeys(asked, 101))
    assert [reason.claim.basis for reason in claims_of(common)] == ["general"]
    rare = replace(case, product_count=1000, frequencies=lambda asked: dict.fromkeys(asked, 100))
    assert [reason.claim.item_field for reason in claims_of(rare)] == ["title"]


def test_the_same_words_are_not_claimed_of_two_rows() -> None:
    shelf = product("h3", "oak shelf", brand="Orrin")
    reasons = claims_of(against_others(product("c", "oak lamp", brand="Pine"), row(DESK), row(shelf)))
    assert len(reasons) == 1


def test_the_brand_is_not_a_shared_word() -> None:
    reasons = claims_of(against_others(product("c", "Hale lamp", brand="Hale"), row(DESK)))
    assert [reason.claim.item_field for reason in reasons] == ["brand"]


def test_what_all_candidates_have_alike_is_no_reason_for_one() -> None:
    lamps = [product(f"c{i}", f"oak lamp number{i}", brand="Hale") for i in range(4)]
    case = case_of(lamps, [row(DESK)])
    assert [reason.claim.basis for reason in claims_of(case)] == ["general"]


def test_claims_are_ordered_by_contribution_and_weak_ones_left_out() -> None:
    history = [row(DESK), *[row(product(f"p{i}", f"thing{i}", brand="Pine")) for i in range(9)]]
    lamp = product("c", "oak lamp", brand="Pine")
    reasons = claims_of(against_others(lamp, *history))
    contributions = [reason.claim.contribution for reason in reasons]
    assert contributions == sorted(contributions, reverse=True)
    assert all(value >= contributions[0] / 4 for value in contributions)
    assert reasons[0].claim.item_field == "brand"


def test_a_contribution_is_what_the_row_and_words_add_to_the_score() -> None:
    case = against_others(product("c", "lamp", brand="Hale"), row(DESK), row(TEA))
    (reason,) = claims_of(case)
    assert reason.claim.contribution == pytest.approx(rank(case).parts["brand"][0], abs=1e-4)


def test_without_a_history_the_category_is_the_basis_and_it_says_so() -> None:
    case = case_of([product("a", "oak lamp"), product("b", "oak lamp red"), product("c", "zinc bowl")], [])
    typical, unlike = claims_of(case, 0), claims_of(case, 2)
    assert texts(typical) == ["It is one of the most typical products of Lamps; there is no history to go by."]
    assert [typical[0].claim.basis, typical[0].row, typical[0].claim.history_item_id] == ["category", None, None]
    assert typical[0].claim.contribution > 0
    assert texts(unlike) == ["It is from Lamps; there is no history to go by."]
    assert [unlike[0].claim.basis, unlike[0].claim.contribution] == ["general", 0.0]
    assert "没有历史记录" in texts(claims_of(case, 0, language="zh"))[0]


def test_where_nothing_in_the_history_bears_on_it_it_says_so() -> None:
    (reason,) = claims_of(against_others(product("c", "lamp"), row(TEA)))
    assert reason.claim.text == "It is from Lamps; nothing in the history stands out as a reason for it."
    assert (reason.claim.basis, reason.claim.item_field, reason.claim.value) == ("general", "category", "Lamps")


def test_a_price_within_the_limit_is_the_last_claim() -> None:
    lamp = product("c", "lamp", brand="Hale", price=19.5, currency="EUR")
    limit = Constraints(max_price=20, currency="EUR")
    reasons = claims_of(against_others(lamp, row(DESK)), constraints=limit)
    assert texts(reasons)[1:] == ["At 19.50 EUR it is within the limit of 20.00 EUR."]
    assert (reasons[1].claim.item_field, reasons[1].claim.value) == ("price", "19.50 EUR")
    assert texts(claims_of(against_others(lamp, row(DESK)), constraints=limit, language="zh"))[1] == (
        "价格19.50 EUR，在20.00 EUR的上限之内。"
    )


@settings(deadline=None, max_examples=100)
@given(cases())
def test_every_claim_can_be_checked_in_any_case(case: RankingCase) -> None:
    ranking = rank(case)
    liked = {one.product.item_id: one for one in case.history}
    claims = Claims(case=case, ranking=ranking, constraints=Constraints(), category="X", say=SENTENCES["en"])
    for candidate, one in enumerate(case.candidates):
        reasons = claims.of(candidate)
        assert reasons
        contributions = [reason.claim.contribution for reason in reasons]
        assert contributions == sorted(contributions, reverse=True)
        for reason in reasons:
            _check(reason, one, liked)


def _check(reason: Reason, one: Product, liked: dict[str, HistoryRow]) -> None:
    claim = reason.claim
    assert np.isfinite(claim.contribution)
    if claim.basis != "history":
        assert reason.row is None
        assert claim.history_item_id is None
        return
    assert claim.contribution > 0
    assert reason.row is liked[str(claim.history_item_id)]
    other = reason.row.product
    if claim.item_field == "brand":
        assert claim.value == one.brand
        assert claim.value.casefold() == (other.brand or "").casefold()
    elif not claim.value.startswith("cosine"):
        shared = set(words(claim.value))
        assert shared
        assert shared <= set(words(one.title)) & set(words(other.title))
