"""Claims: each is true of a history row and a field of the product, and worth what it moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from newaisle.agent.claims.claims import Reason
from newaisle.agent.claims.sentences import SENTENCES, short_title
from newaisle.agent.rank.blend import DEFAULT_BLEND, Blend, rank
from newaisle.agent.rank.case import CoInteractions, HistoryRow, RankingCase
from newaisle.agent.schema.answer import Constraints
from newaisle.agent.wording.check.check import TextEvidence, problem
from newaisle.agent.wording.phrase import from_evidence
from newaisle.languages import Language
from newaisle.store.rows import Event
from tests.agent.claims.claiming import DESK, OTHERS, TEA, against_others, claims_of, kinds, texts
from tests.agent.filled import product
from tests.agent.rank.cases import case_of, row


def test_a_title_with_an_article_gets_no_second_one() -> None:
    for title, said in [("Desk, The", "The Desk"), ("Christmas Story, A (1983)", "A Christmas Story")]:
        lamp = product("c", "lamp", brand="Hale")
        (text,) = texts(claims_of(against_others(lamp, row(product("h1", title, brand="Hale")))))
        assert text == f"It is by Hale, like {said} you bought."


def named_words(reasons: list[Reason]) -> list[str]:
    """The values of the claims that name shared words."""
    return [reason.claim.value for reason in reasons if reason.claim.kind == "words"]


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
    assert reason.claim.text == 'It shares "Oak" with the Hale oak desk you bought.'
    assert (reason.claim.item_field, reason.claim.value) == ("attributes.material", "Oak")


def at_an_angle(cosine: float) -> RankingCase:
    """A candidate whose vector alone is like that of the history."""
    vectors = np.zeros((7, 4), np.float32)
    vectors[:, 1] = 1
    vectors[0] = [cosine, np.sqrt(1 - cosine**2), 0, 0]
    return case_of([product("c", "lantern"), *OTHERS], [row(DESK)], vectors, np.array([[1, 0, 0, 0]], np.float32))


def similar() -> RankingCase:
    return at_an_angle(0.8)


def test_similar_products_without_shared_words_are_called_similar() -> None:
    (reason,) = claims_of(similar())
    assert reason.claim.text == "It is similar to the Hale oak desk you bought."
    assert reason.claim.value == "cosine 0.80"


@pytest.mark.parametrize("compares_languages", [True, False])
def test_texts_in_two_languages_are_called_similar_where_their_vectors_can_be_compared(
    compares_languages: bool,
) -> None:
    case = similar()
    lantern, *others = case.candidates
    chinese = [replace(lantern, title="折叠露营灯"), *others]
    case = replace(case, candidates=chinese, compares_languages=compares_languages)
    assert ("similar" in kinds(claims_of(case))) == compares_languages


def hardly_alike() -> RankingCase:
    return at_an_angle(0.5)


def test_products_that_are_hardly_alike_are_not_called_similar_but_more_alike_than_most() -> None:
    reason, honest = claims_of(hardly_alike())
    assert not reason.worth
    assert (honest.claim.text, honest.claim.contribution) == ("New in Lamps.", 0)
    assert reason.claim.text == "It is described more like the Hale oak desk you bought than most of Lamps."
    assert (reason.claim.basis, reason.claim.item_field, reason.claim.value) == ("history", "title", "more than 85 %")
    ranking = rank(hardly_alike())
    assert reason.claim.contribution == pytest.approx(ranking.parts["dense"][0] + ranking.parts["nearest"][0], abs=1e-4)
    assert texts(claims_of(hardly_alike(), language="zh")) == [
        "它的描述和您买过的“Hale oak desk”更接近，超过“Lamps”的多数商品。",
        "“Lamps”新品。",
    ]


def test_a_likeness_to_one_row_that_the_others_contradict_is_not_claimed() -> None:
    case = hardly_alike()
    others = [row(product(f"p{i}", f"thing{i}")) for i in range(3)]
    vectors = np.array([[1, 0, 0, 0], *[[0, 1, 0, 0]] * 3], np.float32)
    unlike = case_of(case.candidates, [row(DESK), *others], case.candidate_vectors, vectors)
    assert kinds(claims_of(unlike)) == ["counted", "category"]


def test_products_of_two_languages_are_not_said_to_be_alike() -> None:
    case = hardly_alike()
    case = replace(case, candidates=[product("c", "手工陶瓷茶杯"), *case.candidates[1:]])
    assert kinds(claims_of(case)) == ["counted", "category"]


def test_where_nothing_can_be_said_of_it_the_row_that_counts_most_is_still_named() -> None:
    """It is not said what the two have in common, only what the score would be without the row."""
    case = hardly_alike()
    case = replace(case, candidates=[product("c", "手工陶瓷茶杯"), *case.candidates[1:]])
    reason, _ = claims_of(case)
    assert reason.claim.text == "The Hale oak desk you bought speaks for it."
    assert not reason.worth
    assert texts(claims_of(case, language="zh"))[0] == "您买过的“Hale oak desk”支持推荐它。"
    now, without = rank(case).scores[0], rank(case.without([0], None)).scores[0]
    assert (reason.claim.basis, reason.claim.history_item_id) == ("history", "h1")
    assert reason.claim.contribution == pytest.approx(now - without, abs=1e-4)
    assert reason.claim.value == f"{now - without:.4f}"


def test_what_is_no_more_alike_than_the_others_is_not_said_to_be() -> None:
    assert [reason.claim.basis for reason in claims_of(hardly_alike(), 1)] == ["general"]


def test_the_sentence_says_what_the_customer_did() -> None:
    for event, english, chinese in [
        (Event.PURCHASE, "you bought", "您买过的"),
        (Event.REVIEW, "you reviewed", "您评论过的"),
        (Event.RATING, "you rated highly", "您评分很高的"),
        (Event.LIKE, "you liked", "您喜欢的"),
        (Event.VIEW, "you looked at", "您浏览过的"),
    ]:
        case = against_others(product("c", "lamp", brand="Hale"), row(DESK, 0.25, event))
        assert texts(claims_of(case)) == [f"It is by Hale, like the Hale oak desk {english}."], event
        assert texts(claims_of(case, language="zh")) == [f"它和{chinese}“Hale oak desk”都是Hale的产品。"], event


def test_chinese_words_are_joined_and_quoted_in_chinese() -> None:
    cup, bowl = product("c", "手工陶瓷茶杯", brand="明朗"), product("h", "白色陶瓷碗", brand="青禾")
    assert texts(claims_of(against_others(cup, row(bowl)), language="zh")) == ["它和您买过的“白色陶瓷碗”都提到“陶瓷”。"]


def test_a_word_of_a_long_description_is_a_coincidence_and_no_claim() -> None:
    long = "The drainage holes empty it two strides after a ford and the oak never minds the wet at all."
    lamp = product("c", "reading lamp", description=long)
    assert named_words(claims_of(against_others(lamp, row(DESK)))) == []


def test_what_labels_the_words_of_a_field_is_no_shared_word() -> None:
    film = product("f", "Heat", description="Genres: Crime; tags: heist")
    other = product("h", "Ronin", description="Genres: Crime; tags: cars")
    assert named_words(claims_of(against_others(film, row(other)))) == ["Crime"]


def test_a_hyphenated_word_is_named_whole() -> None:
    film = product("f", "Heat", description="Sci-Fi")
    other = product("h", "Ronin", description="Sci-Fi")
    assert named_words(claims_of(against_others(film, row(other)))) == ["Sci-Fi"]


def test_a_word_that_very_many_products_have_is_no_claim() -> None:
    lamp = product("c", "oak lamp")
    case = against_others(lamp, row(DESK))
    common = replace(case, product_count=1000, frequencies=lambda asked: dict.fromkeys(asked, 101))
    assert named_words(claims_of(common)) == []
    rare = replace(case, product_count=1000, frequencies=lambda asked: dict.fromkeys(asked, 100))
    assert named_words(claims_of(rare)) == ["oak"]


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


def test_a_brand_adds_what_the_signal_and_its_name_among_the_words_add() -> None:
    blend = Blend(weights={"brand": 0.5, "lexical": 0.5})
    case = against_others(product("c", "lamp", brand="Hale"), row(DESK), row(TEA))
    (reason,) = claims_of(case, blend=blend)
    evidence = rank(case, blend).evidence
    assert reason.claim.contribution == pytest.approx(evidence["brand"][0, 0] + evidence["lexical"][0, 0], abs=1e-4)
    (reason,) = claims_of(case, blend=Blend(weights={"brand": 0.5}))
    assert reason.claim.contribution == pytest.approx(evidence["brand"][0, 0], abs=1e-4)


def test_shared_words_add_what_all_signals_of_likeness_to_the_row_add() -> None:
    case = against_others(product("c", "oak lamp"), row(DESK), row(TEA))
    (reason,) = claims_of(case)
    evidence = rank(case).evidence
    assert reason.claim.contribution == pytest.approx(
        sum(evidence[name][0, 0] for name in ("lexical", "dense", "nearest")), abs=1e-4
    )


def test_a_long_history_that_adds_by_all_its_rows_has_its_strongest_named() -> None:
    history = [row(product(f"p{i}", f"thing{i} oak")) for i in range(40)]
    case = against_others(product("c", "oak lamp"), *history)
    case = replace(case, expected_popularity=np.array([3.0, 0, 0, 0, 0, 0, 0]), product_count=1000)
    general, own = claims_of(case, blend=Blend(weights={**DEFAULT_BLEND.weights, "expected_popularity": 3.0}))
    assert own.claim.contribution < general.claim.contribution / 4
    assert (general.claim.basis, own.claim.history_item_id, own.claim.value) == ("general", "p39", "oak")


ATTRIBUTES = Blend(weights={"attributes": 0.5})


def test_a_shared_attribute_is_named_with_its_value() -> None:
    lamp = product("c", "lamp", attributes={"frame_colour": "Forest green", "watts": "40"})
    chair = product("h", "garden chair", attributes={"frame_colour": "forest green", "watts": "40"})
    case = against_others(lamp, row(TEA), row(chair))
    (reason,) = claims_of(case, blend=ATTRIBUTES)
    assert reason.claim.text == 'It shares the frame colour "Forest green" with the garden chair you bought.'
    assert (reason.claim.item_field, reason.claim.value) == ("attributes.frame_colour", "Forest green")
    assert (reason.claim.basis, reason.claim.history_item_id) == ("history", "h")
    assert reason.claim.contribution == pytest.approx(rank(case, ATTRIBUTES).parts["attributes"][0], abs=1e-4)
    assert texts(claims_of(case, blend=ATTRIBUTES, language="zh")) == [
        "它和您买过的“garden chair”的frame colour都是“Forest green”。"
    ]


def test_an_attribute_that_all_candidates_have_is_no_reason() -> None:
    lamps = [product(f"c{i}", f"lamp{i}", attributes={"colour": "green"}) for i in range(4)]
    case = case_of(lamps, [row(product("h", "chair", attributes={"colour": "green"}))])
    assert [reason.claim.basis for reason in claims_of(case, blend=ATTRIBUTES)] == ["general"]


def test_the_value_of_a_shared_attribute_is_not_named_again_as_shared_words() -> None:
    lamp = product("c", "lamp", attributes={"colour": "Forest green"})
    chair = product("h", "garden chair", attributes={"colour": "forest green"})
    case = against_others(lamp, row(chair))
    blend = Blend(weights={"attributes": 0.5, "lexical": 0.5})
    (reason,) = claims_of(case, blend=blend)
    assert reason.claim.item_field == "attributes.colour"
    parts = rank(case, blend).parts
    assert reason.claim.contribution == pytest.approx(parts["attributes"][0] + parts["lexical"][0], abs=1e-4)


PRICE = Blend(weights={"price": 0.5})


def priced(*levels: float | None) -> RankingCase:
    """Ten candidates of rising price, and a history at these price levels."""
    lamps = [product(f"c{i}", f"lamp{i}", price=10.0 + i, currency="EUR") for i in range(10)]
    return case_of(lamps, [replace(row(product(f"h{i}", f"thing{i}")), price_level=x) for i, x in enumerate(levels)])


def test_the_same_price_level_is_a_claim_on_the_price() -> None:
    case = priced(0.2, 0.95)
    (reason, _) = claims_of(case, 9, blend=PRICE)
    assert reason.claim.text == (
        "It is at about the same price level in its category as the thing1 you bought is in its own."
    )
    assert (reason.claim.item_field, reason.claim.value) == ("price", "19.00 EUR")
    assert (reason.claim.basis, reason.claim.history_item_id) == ("history", "h1")
    assert reason.claim.contribution == pytest.approx(rank(case, PRICE).evidence["price"][9, 1], abs=1e-4)
    assert texts(claims_of(case, 9, blend=PRICE, language="zh"))[:1] == [
        "它和您买过的“thing1”在各自品类里的价位差不多。"
    ]


@pytest.mark.parametrize("levels", [(0.2,), (None,), (None, 0.75)])
def test_another_price_level_or_an_unknown_one_is_none(levels: tuple[float | None, ...]) -> None:
    assert "price" not in [reason.claim.item_field for reason in claims_of(priced(*levels), 9, blend=PRICE)]


def taken(*counts: float) -> CoInteractions:
    return CoInteractions(counts=np.array(counts), alike=np.zeros(len(counts)))


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (1, "One other customer took an interest in it.", "另有1位顾客对它感兴趣。"),
        (1200, "1,200 other customers took an interest in it.", "另有1,200位顾客对它感兴趣。"),
    ],
)
def test_how_many_others_took_it_is_a_claim_on_the_category(count: int, english: str, chinese: str) -> None:
    case = replace(case_of([product("a", "lamp"), product("b", "bowl")], [row(TEA)]), co_interactions=taken(count, 0))
    reason, _ = claims_of(case)
    assert (reason.claim.text, texts(claims_of(case, language="zh"))[0]) == (english, chinese)
    assert not reason.worth
    assert (reason.claim.basis, reason.claim.item_field, reason.claim.value) == ("category", "item_id", str(count))
    assert (reason.row, reason.claim.history_item_id) == (None, None)
    assert reason.claim.contribution == pytest.approx(rank(case).parts["popularity"][0], abs=1e-4)


def test_that_those_who_took_it_are_like_this_customer_is_not_counted_for_how_many_they_are() -> None:
    """What is due to likeness rests on the history, and is said only where enough others are alike."""
    case = replace(case_of([product("a", "lamp"), product("b", "bowl")], [row(TEA)]), co_interactions=taken(7, 1))
    assert case.co_interactions is not None
    alike = replace(case, co_interactions=replace(case.co_interactions, alike=np.array([0.3, 0.0])))
    reason, _ = claims_of(alike)
    assert (reason.claim.kind, reason.claim.text) == ("popularity", "7 other customers took an interest in it.")
    assert reason.claim.contribution == pytest.approx(rank(case).parts["popularity"][0], abs=1e-4)
    assert reason.claim.contribution < rank(alike).parts["popularity"][0] - 1e-3


def test_that_few_others_took_it_is_no_reason() -> None:
    case = replace(case_of([product("a", "lamp"), product("b", "bowl")], [row(TEA)]), co_interactions=taken(1, 90))
    assert texts(claims_of(case)) == ["From Lamps."]
    unseen = replace(case, co_interactions=taken(0, 0))
    assert [reason.claim.basis for reason in claims_of(unseen)] == ["general"]


def attractive(*expected_popularity: float, history: list[HistoryRow]) -> RankingCase:
    candidates = [product(f"c{i}", f"thing{i}") for i in range(len(expected_popularity))]
    return replace(case_of(candidates, history), expected_popularity=np.array(expected_popularity))


@pytest.mark.parametrize("history", [[], [row(TEA)]])
def test_what_found_customers_elsewhere_is_a_general_reason(history: list[HistoryRow]) -> None:
    case = attractive(2, 0, 0, 0, history=history)
    reason, _ = claims_of(case)
    assert not reason.worth
    assert reason.claim.text == (
        "Going by other categories of this shop, it is estimated to find more customers than most of Lamps."
    )
    assert (reason.claim.basis, reason.claim.item_field, reason.claim.value) == ("general", "title", "thing0")
    assert reason.claim.contribution == pytest.approx(rank(case).parts["expected_popularity"][0], abs=1e-4)
    assert "更受顾客欢迎" in texts(claims_of(case, language="zh"))[0]


def test_what_is_hardly_more_attractive_than_the_mean_is_not_said_to_be() -> None:
    case = attractive(0.1, 2, -2, -0.1, history=[])
    assert texts(claims_of(case)) == ["New in Lamps."]
    assert texts(claims_of(case, 2)) == ["New in Lamps."]


def test_what_was_disliked_is_no_reason() -> None:
    case = case_of([product("a", "lamp", brand="Hale"), product("b", "bowl", brand="Pine")], [row(TEA)])
    case = replace(case, disliked=[product("d", "stool", brand="Hale")])
    assert texts(claims_of(case)) == ["New in Lamps."]


def test_without_a_history_the_category_is_the_basis_and_it_says_so() -> None:
    case = case_of([product("a", "oak lamp"), product("b", "oak lamp red"), product("c", "zinc bowl")], [])
    typical, unlike = claims_of(case, 0), claims_of(case, 2)
    assert texts(typical) == ["New in Lamps."]
    assert [typical[0].claim.basis, typical[0].row, typical[0].claim.history_item_id] == ["category", None, None]
    assert typical[0].claim.contribution > 0
    assert texts(unlike) == ["New in Lamps."]
    assert [unlike[0].claim.basis, unlike[0].claim.contribution] == ["general", 0.0]
    assert texts(claims_of(case, 0, language="zh")) == ["“Lamps”新品。"]


def test_where_nothing_in_the_history_bears_on_it_it_says_so() -> None:
    (reason,) = claims_of(against_others(product("c", "lamp"), row(TEA)))
    assert reason.claim.text == "New in Lamps."
    assert (reason.claim.basis, reason.claim.item_field, reason.claim.value) == ("general", "category", "Lamps")


LAMP = product("c", "lamp", brand="Hale", price=19.5, currency="EUR")
ASKED = {
    "price_limit": (
        Constraints(max_price=20, currency="EUR"),
        ("price", "19.50 EUR"),
        "At 19.50 EUR it is within the limit of 20.00 EUR.",
        "价格19.50 EUR，在20.00 EUR的上限之内。",
    ),
    "least_price": (
        Constraints(min_price=15, currency="EUR"),
        ("price", "19.50 EUR"),
        "At 19.50 EUR it is not below 15.00 EUR, as was asked.",
        "价格19.50 EUR，不低于15.00 EUR，符合要求。",
    ),
    "wanted_brand": (
        Constraints(brands=["orrin", "hale"]),
        ("brand", "Hale"),
        "It is by Hale, as was asked.",
        "它是Hale的产品，符合要求。",
    ),
    "unwanted_brand": (
        Constraints(not_brands=["Orrin", "Pine"]),
        ("brand", "Hale"),
        "It is not by Orrin or Pine, as was asked.",
        "它不是Orrin、Pine的产品，符合要求。",
    ),
    "wanted_words": (
        Constraints(words=["lamp"]),
        ("title", "lamp"),
        'The catalogue mentions "lamp" for it, as was asked.',
        "商品资料提到了“lamp”，符合要求。",
    ),
    "excluded_words": (
        Constraints(exclude=["plastic", "pure wool"]),
        ("title", "plastic, pure wool"),
        'The catalogue does not mention "plastic" and "pure wool" for it.',
        "商品资料没有提到“plastic”、“pure wool”。",
    ),
}


def test_what_was_asked_for_and_holds_is_said_last_and_moved_nothing() -> None:
    for kind in ASKED:
        asked, about, english, chinese = ASKED[kind]
        case = against_others(LAMP, row(DESK))
        brand, met = claims_of(case, constraints=asked)
        assert (brand.claim.kind, met.claim.kind, met.claim.text) == ("brand", kind, english), kind
        assert (met.claim.item_field, met.claim.value) == about, kind
        assert (met.claim.basis, met.claim.contribution, met.claim.history_item_id) == ("general", 0.0, None), kind
        assert (met.row, met.claim.counterfactual) == (None, None), kind
        assert texts(claims_of(case, constraints=asked, language="zh"))[1:] == [chinese], kind


def test_nothing_is_said_of_an_unwanted_brand_where_no_brand_is_known() -> None:
    reasons = claims_of(
        against_others(replace(LAMP, brand=None), row(DESK)), constraints=Constraints(not_brands=["Pine"])
    )
    assert "unwanted_brand" not in kinds(reasons)


def test_what_was_not_asked_for_is_not_said_to_be_met() -> None:
    """That only products in stock are shown is so of every answer, and nothing to say of one."""
    reasons = claims_of(against_others(LAMP, row(DESK)), constraints=Constraints(in_stock=True))
    assert kinds(reasons) == ["brand"]


def test_all_that_was_asked_for_is_said_to_be_met_even_where_nothing_else_can_be_said() -> None:
    asked = [one for one, *_ in ASKED.values()]
    everything = Constraints(
        **{name: value for one in asked for name, value in one.model_dump(exclude_defaults=True).items()}
    )
    assert kinds(claims_of(against_others(LAMP), constraints=everything)) == ["category", *ASKED]


def of_every_kind() -> dict[str, tuple[RankingCase, int, Blend]]:
    """Cases of which one candidate has a reason of each kind that rests on the history, with the blend."""
    lamp = product("c", "wall lamp", attributes={"frame_colour": "Forest green"})
    chair = product("h", "garden chair", attributes={"frame_colour": "forest green"})
    return {
        "brand": (against_others(product("c", "wall lamp", brand="Hale"), row(DESK)), 0, DEFAULT_BLEND),
        "words": (against_others(product("c", "oak lamp"), row(DESK)), 0, DEFAULT_BLEND),
        "attribute": (against_others(lamp, row(chair)), 0, ATTRIBUTES),
        "price level": (priced(0.95), 9, PRICE),
        "closer": (hardly_alike(), 0, DEFAULT_BLEND),
        "similar": (similar(), 0, DEFAULT_BLEND),
    }


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("kind", of_every_kind())
def test_a_model_may_say_what_rests_on_the_history_as_it_is(kind: str, language: Language) -> None:
    case, candidate, blend = of_every_kind()[kind]
    reason, *_ = claims_of(case, candidate, language=language, blend=blend)
    one = case.candidates[candidate]
    start = f"{one.title}适合您，因为" if language == "zh" else f"The {one.title} may suit you because "
    evidence = TextEvidence(one, "Lamps", [reason], language)
    said = start + reason.claim.text.replace("It ", "it ")
    assert problem(said, "stop", evidence) is None
    other = reason.row.product.title if reason.row else ""
    assert problem(said.replace(short_title(other), "zinc hand fork"), "stop", evidence)
    for true, false in [("Lamps", "Beds"), ("Forest green", "Red"), ("frame colour", "material"), ("oak", "zinc")]:
        assert true not in said or problem(said.replace(true, false), "stop", evidence)


def test_the_text_has_the_strongest_reasons_and_first_one_from_the_history() -> None:
    case = against_others(product("c", "wall lamp", brand="Hale"), row(DESK))
    (own,) = claims_of(case)
    asked = own.claim.model_copy(update={"kind": "price_limit", "history_item_id": None})
    first, second, third = (Reason(asked.model_copy(update={"text": text})) for text in "ABC")
    assert from_evidence([first, second, own, third], "history", "short").text == f"{own.claim.text} A"
    assert from_evidence([own, first, second], "history", "short").text == f"{own.claim.text} A"
    assert from_evidence([first, second, third], "general", "short").text == "A B"
    assert from_evidence([first], "general", "short").text == "A"
    made = from_evidence([first, second, own], "category", "short")
    assert [claim.text for claim in made.claims] == ["A", "B", own.claim.text]
    assert (made.source, made.basis, made.score_basis) == ("evidence", "history", "category")
    assert from_evidence([first], "history", "short").basis == "wish"
