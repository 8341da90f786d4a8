"""Every signal that rests on the history, on cases of which the right answer is known, and for any case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newaisle.agent.rank.blend import BY_ROW
from newaisle.agent.rank.case import HALF_LIFE, Matrix, RankingCase, stack
from newaisle.agent.rank.signals import brand, by_words, dense, lexical, typical
from newaisle.agent.rank.tf_idf import TfIdf
from newaisle.store.rows import Product
from tests.agent.rank.cases import VOCABULARY, case_of, cases, checkerboard, permuted, row

every_signal = pytest.mark.parametrize("signal", BY_ROW.values(), ids=BY_ROW)
few = settings(max_examples=12)
Signal = Callable[[RankingCase], Matrix]


def product(title: str, *, item_id: str = "x", brand: str | None = None) -> Product:
    return Product(item_id=item_id, title=title, brand=brand)


@every_signal
def test_a_signal_gives_one_number_per_candidate_and_history_row(signal: Signal) -> None:
    case = checkerboard(8)
    assert signal(case).shape == (8, len(case.history))


@every_signal
def test_a_signal_puts_the_half_that_is_like_the_history_first(signal: Signal) -> None:
    scores = signal(checkerboard(8)).sum(axis=1)
    assert scores[0::2].min() > scores[1::2].max()


@every_signal
@few
@given(case=cases())
def test_a_signal_is_finite(signal: Signal, case: RankingCase) -> None:
    assert np.isfinite(signal(case)).all()


@every_signal
@few
@given(case=cases(), data=st.data())
def test_a_signal_does_not_depend_on_the_order_of_the_candidates(
    signal: Signal, case: RankingCase, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(case.candidates))))
    assert signal(permuted(case, order)) == pytest.approx(signal(case)[list(order)], abs=1e-6)


@every_signal
def test_a_row_that_is_liked_more_counts_more(signal: Signal) -> None:
    case = checkerboard()
    weak, strong = replace(case.history[0], liking=0.25), replace(case.history[1], liking=1.0)
    evidence = signal(replace(case, history=[weak, strong, case.history[2]]))
    a_row_later = 2 ** (1 / HALF_LIFE)
    assert evidence[0, 0] > 0
    assert evidence[0, 1] == pytest.approx(4 * a_row_later * evidence[0, 0])


@every_signal
def test_half_life_rows_later_a_row_counts_half(signal: Signal) -> None:
    case = checkerboard()
    alike = [case.history[0]] * (HALF_LIFE + 1)
    evidence = signal(replace(case, history=alike, history_vectors=np.stack([case.history_vectors[0]] * len(alike))))
    assert evidence[0, 0] > 0
    assert evidence[0, -1] == pytest.approx(2 * evidence[0, 0])


@every_signal
def test_only_the_shares_of_the_liking_count(signal: Signal) -> None:
    case = checkerboard()
    weaker = replace(case, history=[replace(one, liking=0.25) for one in case.history])
    assert signal(weaker) == pytest.approx(signal(case))


@every_signal
@few
@given(case=cases(least=2))
def test_a_row_that_bears_on_no_candidate_does_not_change_the_order(signal: Signal, case: RankingCase) -> None:
    stranger = product("zinc", item_id="stranger", brand="Nobody")
    before = signal(case).sum(axis=1)
    longer = replace(
        case,
        history=[*case.history, row(stranger)],
        history_vectors=np.vstack([case.history_vectors, np.zeros((1, 4), np.float32)]),
    )
    after = signal(longer).sum(axis=1)
    for i, j in np.argwhere(before[:, None] > before[None, :] + 1e-4):
        assert after[i] > after[j]


@every_signal
def test_a_signal_has_no_rows_for_no_candidates(signal: Signal) -> None:
    assert signal(case_of([], [row(product("oak"))])).shape == (0, 1)


def test_lexical_matches_chinese_without_spaces() -> None:
    case = case_of([product("手工陶瓷茶杯"), product("不锈钢雨伞")], [row(product("白色陶瓷碗"))])
    tea_cup, umbrella = lexical(case).sum(axis=1)
    assert tea_cup > umbrella == 0


def test_lexical_counts_a_rare_word_for_more_than_a_common_one() -> None:
    common = [product("wool", item_id=f"w{i}") for i in range(5)]
    case = case_of([product("oak"), *common], [row(product("oak wool"))])
    scores = lexical(case).sum(axis=1)
    assert scores[0] > scores[1]


def test_dense_takes_out_what_all_candidates_share() -> None:
    shared, own, other = np.eye(4, dtype=np.float32)[:3]
    vectors = np.stack([shared + own, shared + other]) / np.sqrt(2, dtype=np.float32)
    case = case_of([product("a"), product("b")], [row(product("c"))], vectors, np.stack([shared]))
    assert dense(case) == pytest.approx(0, abs=1e-7)


def test_dense_takes_out_of_the_history_what_all_products_have_in_common() -> None:
    """Both candidates are equally near to the history row, the second one by what every product of the shop has."""
    own, common = np.eye(4, dtype=np.float32)[:2]
    liked = (own + common) / np.sqrt(2, dtype=np.float32)
    case = case_of([product("a"), product("b")], [row(product("c"))], np.stack([own, common]), np.stack([liked]))
    assert dense(case)[0, 0] == pytest.approx(dense(case)[1, 0])
    of_a_shop = replace(case, mean_vector=common / 2)
    assert dense(of_a_shop)[0, 0] > dense(of_a_shop)[1, 0]


def test_a_candidate_without_a_vector_counts_as_the_mean() -> None:
    vectors = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]], np.float32)
    case = case_of([product(t) for t in "abc"], [row(product("h"))], vectors, vectors[:1])
    assert dense(case)[2] == pytest.approx(dense(case)[:2].mean())


@pytest.mark.parametrize(("of_candidates", "of_history"), [(0, 4), (4, 0), (0, 0)])
def test_dense_is_zero_where_one_side_has_no_vectors_at_all(of_candidates: int, of_history: int) -> None:
    case = case_of(
        [product("a"), product("b")],
        [row(product("c"))],
        np.full((2, of_candidates), 0.5, np.float32),
        np.full((1, of_history), 0.5, np.float32),
    )
    assert not dense(case).any()


def test_brand_ignores_case_and_what_has_none() -> None:
    candidates = [product("a", brand="HALE"), product("b", brand="Orrin"), product("c")]
    case = case_of(candidates, [row(product("d", brand="Hale")), row(product("e"))])
    assert brand(case).sum(axis=1).tolist() == pytest.approx([case.liking_share[0], 0, 0])


def test_typical_prefers_what_is_most_like_the_others() -> None:
    titles = ("oak chair", "oak chair red", "oak chair blue", "zinc bowl")
    case = case_of([product(title) for title in titles], [])
    scores = typical(case)
    assert scores.argmax() == 0
    assert scores.argmin() == 3


def test_typical_gives_every_candidate_a_finite_number_even_without_words() -> None:
    assert np.isfinite(typical(case_of([product(""), product("!!")], []))).all()


def test_shared_words_come_with_what_they_add_over_the_mean_of_all() -> None:
    titles = ["oak chair", "oak bowl", "oak chair"]
    case = case_of([product(title, item_id=title) for title in titles], [row(product("oak bowl")), row(product("tea"))])
    shared = by_words(case, 1, 0)
    assert list(shared) == ["bowl", "oak"]
    assert shared["oak"] < shared["bowl"]
    evidence = lexical(case)[:, 0]
    assert sum(shared.values()) == pytest.approx(evidence[1] - evidence.mean())


@few
@given(case=cases(least=1))
def test_the_words_of_a_row_add_up_to_what_the_row_adds(case: RankingCase) -> None:
    """But for words that other candidates share with the row and this one lacks."""
    evidence = lexical(case)
    for number in range(len(case.history)):
        shared = by_words(case, 0, number)
        others = case.tf_idf.asked()[number].multiply(case.tf_idf.bm25 > 0).toarray()
        lacking = [w for w, n in zip(case.tf_idf.words, others.sum(axis=0), strict=True) if n and w not in shared]
        if not lacking:
            assert sum(shared.values()) == pytest.approx(evidence[0, number] - evidence[:, number].mean(), abs=1e-5)


def test_lexical_is_the_root_of_the_mean_square_of_bm25() -> None:
    case = case_of(
        [product("oak chair"), product("tea")], [row(product("oak")), row(product("chair")), row(product("x"))]
    )
    expected = np.sqrt((case.matched_words**2 * case.liking_share).sum(axis=1))
    assert expected[0] > expected[1] == 0
    assert lexical(case).sum(axis=1) == pytest.approx(expected)


def test_bm25_counts_a_word_for_less_in_a_long_text_and_the_second_time() -> None:
    texts = [["oak"], ["oak", "oak"], ["oak", "a", "b", "c", "d"]]
    space = TfIdf(texts, [["oak", "oak"]], product_count=9, frequencies=lambda asked: {"oak": 3})
    once, twice, long = (space.bm25 @ space.asked().T).toarray().ravel()
    assert long < once < twice < 2 * once


texts = st.lists(st.lists(st.sampled_from(VOCABULARY), max_size=6), min_size=1, max_size=5)


@few
@given(first=texts, second=texts)
def test_tf_idf_is_that_of_scikit_learn(first: list[list[str]], second: list[list[str]]) -> None:
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    counter = CountVectorizer(analyzer=list, vocabulary=VOCABULARY)
    weigh = TfidfTransformer(sublinear_tf=True)
    weigh.idf_ = np.log((1 + 9) / (1 + np.arange(len(VOCABULARY)))) + 1
    expected = [weigh.transform(counter.transform(side)) for side in (first, second)]
    made = TfIdf(first, second, product_count=9, frequencies=lambda _: {word: i for i, word in enumerate(VOCABULARY)})
    assert (made.first @ made.second.T).toarray() == pytest.approx((expected[0] @ expected[1].T).toarray())
    columns = [VOCABULARY.index(word) for word in made.words]
    assert made.first.toarray() == pytest.approx(expected[0].toarray()[:, columns])


def test_vectors_are_stacked_in_the_order_of_the_products_with_zeros_where_there_is_none() -> None:
    vectors = {"b": np.array([0, 1], np.float32)}
    assert stack(vectors, [product("", item_id="a"), product("", item_id="b")]).tolist() == [[0, 0], [0, 1]]
    assert stack({}, [product("", item_id="a")]).shape == (1, 0)
