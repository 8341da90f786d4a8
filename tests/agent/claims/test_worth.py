"""Which reasons are worth a sentence to the customer, and what is said where none is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from newaisle.agent.claims.reason import Reason, varied, worth_saying
from newaisle.agent.claims.shared_words import kinds_of, labelled, side_by_side, worth_a_sentence
from newaisle.agent.rank.blend import Blend
from newaisle.agent.rank.case import CoInteractions
from newaisle.agent.retrieve.co_interactions import InteractionMatrix
from newaisle.agent.schema.answer import Constraints
from newaisle.agent.wording.phrase import from_evidence
from newaisle.store.words import words
from tests.agent.claims.claiming import DESK, TEA, against_others, claims_of, claims_on, kinds, texts
from tests.agent.claims.test_claims import at_an_angle, taken
from tests.agent.claims.test_claims_many_rows import against_rival
from tests.agent.filled import product
from tests.agent.rank.cases import case_of, row


@pytest.mark.parametrize(
    ("stretch", "other", "is_worth"),
    [
        ("oak", "an oak desk", True),
        ("Pans", "a pan", False),
        ("base", "a base", False),
        ("blue", "a blue mug", False),
        ("hand-forged", "a hand-forged hook", True),
        ("left-handed", "handed to the left", False),
        ("colored pencils", "a case for colored pencils", True),
        ("wide case", "a wide case", False),
        ("chisel tip", "pens with a chisel tip", True),
        ("blue ink", "a bottle of blue ink", False),
        ("blue enamel", "a blue enamel mug", True),
        ("180 sheets", "a pad of 180 sheets", False),
        ("煮茶壶", "煮茶用的茶壶", False),
        ("不锈钢", "不锈钢水壶", True),
        ("不锈钢水", "不锈钢和水", False),
        ("世界", "世界地图", False),
        ("中国国家地理", "中国国家地理杂志", True),
        ("的青春年华", "的青春年华", True),
        ("读书人的", "读书人的", False),
    ],
)
def test_a_stretch_is_worth_a_sentence_if_it_is_a_phrase_or_names_a_kind(
    stretch: str, other: str, is_worth: bool
) -> None:
    assert worth_a_sentence(stretch, other, side_by_side([words(other)]), set()) == is_worth


def test_a_word_that_the_catalogue_sorts_both_by_is_worth_a_sentence() -> None:
    assert worth_a_sentence("Pencils", "", frozenset(), {"pencil"})
    assert not worth_a_sentence("Accessories", "", frozenset(), {"accessory"})
    assert kinds_of(product("a", "x", "Art Supplies > Pencils & 2 Pens", attributes={"wood": "Oak; red ash"})) == {
        "art",
        "supplie",
        "pencil",
        "pen",
        "oak",
    }


def test_what_stands_alone_in_a_labelled_list_is_known() -> None:
    film = product("a", "Heat: a film", description="Genres: Crime, Sci-Fi; tags: heist")
    assert labelled(film) == {"crime", "sci-fi", "heist"}
    assert labelled(product("b", "Genres: Crime", description="a story of crime")) == set()


def test_a_remark_that_few_products_have_is_no_kind() -> None:
    film = product("f", "Heat", description="Genres: Crime; tags: muista")
    other = product("h", "Ronin", description="Genres: Crime; tags: muista")
    seen = [row(replace(other, item_id=f"h{i}")) for i in range(3)]
    case = against_others(film, *seen)
    counts = {"crime": 100, "muista": 9}
    case = replace(case, product_count=1000, frequencies=lambda asked: {one: counts.get(one, 1) for one in asked})
    (said,) = worth_saying(claims_of(case))
    assert (said.claim.value, said.row, len(said.claim.also)) == ("Crime", seen[2], 2)


def test_the_floor_leaves_a_shared_word_in_the_claims_and_says_what_is_honest() -> None:
    reasons = claims_of(against_others(product("c", "base lamp"), row(product("h", "base of tin"))))
    assert [(reason.claim.kind, reason.worth) for reason in reasons] == [("words", False), ("category", True)]
    made = from_evidence(reasons, "history", "short")
    assert (made.text, made.basis, made.score_basis, len(made.claims)) == ("New in Lamps.", "category", "history", 2)


@pytest.mark.parametrize(("cosine", "kind"), [(0.81, "history"), (0.79, "category")])
def test_only_what_one_would_call_alike_is_said_to_be_similar(cosine: float, kind: str) -> None:
    reasons = claims_of(at_an_angle(cosine))
    assert reasons[0].claim.kind == "similar"
    assert from_evidence(reasons, "history", "short").basis == kind


@pytest.mark.parametrize(
    ("counts", "english", "chinese"),
    [
        ((9, 0, 0, 0, 0, 0, 0), "Often chosen in Lamps.", "“Lamps”里常被选购。"),
        ((3, 9, 9, 0, 0, 0, 0), "Often chosen in Lamps.", "“Lamps”里常被选购。"),
        ((3, 9, 9, 9, 0, 0, 0), "From Lamps.", "来自“Lamps”。"),
        ((2, 1, 1, 1, 0, 0, 0), "From Lamps.", "来自“Lamps”。"),
        ((0, 9, 9, 0, 0, 0, 0), "New in Lamps.", "“Lamps”新品。"),
    ],
)
def test_where_nothing_is_worth_saying_it_says_how_often_others_chose_it(
    counts: tuple[float, ...], english: str, chinese: str
) -> None:
    case = replace(against_others(product("c", "lamp"), row(TEA)), co_interactions=taken(*counts))
    assert texts(worth_saying(claims_of(case))) == [english]
    assert texts(worth_saying(claims_of(case, language="zh"))) == [chinese]
    assert from_evidence(claims_of(case), "category", "short").basis == "category"


def test_a_bare_count_of_others_is_for_the_seller_alone() -> None:
    case = replace(against_others(product("c", "lamp"), row(TEA)), co_interactions=taken(9, 0, 0, 0, 0, 0, 0))
    assert texts(worth_saying(claims_of(case, style="seller"), "seller")) == [
        "9 other customers took an interest in it.",
        "Often chosen in Lamps.",
    ]
    assert from_evidence(claims_of(case, style="seller"), "category", "seller").basis == "category"


def test_a_wish_that_holds_is_said_before_what_is_known_of_the_category() -> None:
    lamp = product("c", "lamp", price=9.0, currency="EUR")
    reasons = claims_of(against_others(lamp, row(TEA)), constraints=Constraints(max_price=10, currency="EUR"))
    made = from_evidence(reasons, "general", "short")
    assert made.text == "At 9.00 EUR it is within the limit of 10.00 EUR. New in Lamps."
    assert made.basis == "wish"


def test_a_worthy_reason_is_kept_beside_a_bare_count_that_moved_the_score_more() -> None:
    case = against_others(product("c", "oak lamp"), row(DESK), *[row(product(f"p{i}", "tin")) for i in range(9)])
    case = replace(case, co_interactions=taken(90_000, 0, 0, 0, 0, 0, 0))
    reasons = claims_of(case)
    assert reasons[0].claim.kind == "popularity"
    assert reasons[0].claim.contribution > 4 * reasons[1].claim.contribution
    assert texts(worth_saying(reasons)) == ['It shares "oak" with the Hale oak desk you bought.']


def matrix(chosen: list[list[int]], owned: list[list[int]]) -> InteractionMatrix:
    """Who chose which candidate and which product of the history, a row for each customer."""
    one, other = csr_matrix(np.array(chosen)), csr_matrix(np.array(owned))
    weights, size = np.ones(other.shape[1]), np.asarray(other.sum(axis=1), dtype=float).ravel().clip(1)
    return InteractionMatrix(taken=one, liked=other, chosen=one, owned=other, weights=weights, size=size)


def test_surprise_is_the_log_likelihood_ratio_of_dunning() -> None:
    """The table 10, 10 / 20, 60 has a G² of 4.26; the other way round it is no surprise."""
    customers = [([1], [1])] * 10 + [([0], [1])] * 10 + [([1], [0])] * 20 + [([0], [0])] * 60
    chosen, owned = [list(one) for one, _ in customers], [list(other) for _, other in customers]
    table = np.array([[10, 10], [20, 60]])
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / 100
    assert matrix(chosen, owned).surprise(0) == pytest.approx([2 * (table * np.log(table / expected)).sum()])
    assert matrix([[1 - one[0]] for one in chosen], owned).surprise(0).tolist() == [0]


@pytest.mark.parametrize(
    ("category", "angle", "times", "is_worth"),
    [
        ("Mugs", 0, 4, False),  # nothing to do with each other, however surprising
        ("Lamp Oil", 0, 4, True),  # a word of the categories in common
        ("Mugs", 0.5, 4, True),  # nearer to the row than the other candidates
        ("Mugs", 0.6, 2, True),  # alike, so less surprise is enough
        ("Mugs", 0.5, 2, False),
    ],
)
def test_others_choices_are_worth_a_sentence_where_products_go_together(
    category: str, angle: float, times: int, is_worth: bool
) -> None:
    """Everybody who has the jar chose the lamp, and so did one of five others."""
    chosen = [[1] + [0] * 5] * (2 * times) + [[0] + [1] * 5] * times
    owned = [[1]] * (2 * times) + [[0]] * times
    choices = matrix(chosen, owned)
    vectors = np.zeros((6, 2), np.float32)
    vectors[0] = [angle, np.sqrt(1 - angle**2)]
    lamps = [product(f"c{i}", f"lamp{i}", "Lamps") for i in range(6)]
    jar = row(product("y", "jar", category))
    case = case_of(lamps, [jar], vectors, np.array([[1, 0]], np.float32))
    case = replace(case, co_interactions=choices.co_interactions([0]))
    claims = replace(claims_on(case, blend=Blend(weights={}, likeness=4.0, prior=3.0)), interaction_matrix=choices)
    (together,) = [one for one in claims.of(0) if one.claim.kind == "together"]
    assert together.worth is is_worth


@pytest.mark.parametrize(
    ("title", "others", "is_worth"),
    [
        ("dog mug", 0, False),
        ("dog mug", 2, True),
        ("mug with dog", 2, False),  # what comes with it
        ("titanium mug", 0, True),
        ("iron gall ink", 0, False),
    ],
)
def test_one_word_is_worth_a_sentence_where_several_rows_carry_it_or_it_is_a_material(
    title: str, others: int, is_worth: bool
) -> None:
    shared = next(word for word in ("dog", "titanium", "iron") if word in title)
    history = [row(product(f"h{i}", f"{shared} hook")) for i in range(1 + others)]
    case = replace(against_others(product("c", title), *history), product_count=1000)
    (found,) = [one for one in claims_of(case) if one.claim.kind == "words"]
    assert (found.claim.value, found.worth) == (shared, is_worth)


def test_the_name_of_the_category_is_no_reason_for_a_product_of_it() -> None:
    history = [row(product(f"h{i}", "dog hook")) for i in range(3)]
    claims = claims_on(replace(against_others(product("c", "dog mug"), *history), product_count=1000))
    for category, is_worth in (("Lamps", True), ("Dogs", False)):
        assert replace(claims, category=category).of(0)[0].worth is is_worth


def test_the_row_that_goes_with_it_is_named_and_not_the_one_that_most_have() -> None:
    """Everybody has the first product of the history; who has the second chose the lamp, and nobody else did."""
    chosen = [[1, 0]] * 4 + [[0, 1]] * 8
    owned = [[1, 1]] * 4 + [[1, 0]] * 8
    choices = matrix(chosen, owned)
    case = case_of([product("a", "lamp"), product("b", "bowl")], [row(product("x", "tin")), row(product("y", "jar"))])
    co_interactions: CoInteractions = choices.co_interactions([0, 1])
    case = replace(case, co_interactions=co_interactions)
    blend = Blend(weights={}, likeness=4.0, prior=3.0)
    claims = replace(claims_on(case, blend=blend), interaction_matrix=choices)
    (together,) = [one for one in claims.of(0) if one.claim.kind == "together"]
    assert together.claim.text == "Customers who chose the jar you bought also chose this."
    assert (together.basis, together.claim.value) == ("co_interaction", "4")
    said = [one.claim.text for one in claims.of(0, place=1) if one.claim.kind == "together"]
    assert said == ["It was also chosen by customers who chose the jar you bought."]
    assert claims.of(0, place=2) == claims.of(0)
    assert "together" not in kinds(claims.of(1))


def test_two_products_of_an_answer_do_not_say_the_same_if_there_is_another_reason() -> None:
    def saying(kind: str, value: str, item: str) -> Reason:
        (made, *_) = claims_of(against_others(product("c", "oak lamp", brand="Hale"), row(DESK)))
        claim = made.claim.model_copy(update={"kind": kind, "value": value, "history_item_id": item})
        return Reason(claim, made.row)

    brand, oak, jar = saying("brand", "Hale", "a"), saying("words", "oak", "b"), saying("together", "3", "c")
    jug = saying("together", "4", "d")
    first, second, third, fourth = varied([[brand, oak], [brand, oak], [brand, oak, jar], [brand]])
    assert first == [brand, oak]
    assert second == [oak, brand]
    assert third == [jar, brand, oak]
    assert fourth == [brand]
    assert varied([[]]) == [[]]
    assert varied([[jar], [jug, oak], [jug]]) == [[jar], [oak, jug], [jug]]


def test_a_word_that_only_one_of_the_two_is_sorted_by_is_no_kind() -> None:
    film = product("c", "War Room", "Documentary", description="Genres: Documentary")
    fought = product("h", "Ronin", "War", description="War")
    (words_claim, _) = claims_of(against_others(film, row(fought)))
    assert (words_claim.claim.value, words_claim.worth) == ("War", False)
    filed = replace(film, title="The War Room", category=("War",))
    many = [row(replace(fought, item_id=f"h{i}")) for i in range(3)]
    (words_claim,) = claims_of(replace(against_others(filed, *many), product_count=1000))
    assert (words_claim.claim.value, words_claim.worth) == ("War", True)
    (words_claim, _) = claims_of(replace(against_others(filed, *many[1:]), product_count=1000))
    assert words_claim.worth is False


def test_words_worth_a_sentence_are_looked_for_in_more_rows_than_are_named() -> None:
    """The latest rows share a word that says nothing; and a bare count moved the score more than all of them."""
    history = [row(DESK), *[row(product(f"b{i}", f"base tin{i}")) for i in range(3)]]
    case = against_rival(product("c", "oak base lamp"), *history)
    case = replace(case, co_interactions=taken(90_000, 0, 0, 0, 0, 0, 0, 0))
    assert texts(worth_saying(claims_of(case))) == ['It shares "oak" with the Hale oak desk you bought.']
