"""A list that near-duplicates do not fill, and maximal marginal relevance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.rank.diversity import diversify, sameness, similarity_of, title_without_variant
from newaisle.store.rows import Product
from tests.agent.rank.cases import case_of, unit_or_zero

weights = st.floats(0, 1)


@st.composite
def lists(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, Callable[[int, int], bool]]:
    """Distinct scores, similarities, and which candidates are variants of one product."""
    size = draw(st.integers(1, 8))
    scores = draw(st.lists(st.integers(-20, 20), min_size=size, max_size=size, unique=True))
    vectors = [
        unit_or_zero(draw(st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3))).astype(float)
        for _ in range(size)
    ]
    product = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    similarity = np.array([[float(a @ b) for b in vectors] for a in vectors])
    return np.array(scores, dtype=float), similarity, lambda one, other: product[one] == product[other]


@given(lists(), weights)
def test_the_best_one_comes_first(drawn: tuple, weight: float) -> None:  # type: ignore[type-arg]
    scores, similarity, same = drawn
    assert diversify(scores, similarity.__getitem__, k=3, weight=weight, same=same)[0] == scores.argmax()


@given(lists(), weights, st.integers(0, 10))
def test_no_place_stays_empty_and_nobody_comes_twice(drawn: tuple, weight: float, k: int) -> None:  # type: ignore[type-arg]
    scores, similarity, same = drawn
    chosen = diversify(scores, similarity.__getitem__, k=k, weight=weight, same=same)
    assert len(chosen) == len(set(chosen)) == min(k, len(scores))


@given(lists(), st.integers(1, 10))
def test_without_a_weight_the_scores_alone_decide(drawn: tuple, k: int) -> None:  # type: ignore[type-arg]
    scores, similarity, _ = drawn
    assert diversify(scores, similarity.__getitem__, k=k, weight=0) == np.argsort(-scores)[:k].tolist()


@given(lists(), weights, st.integers(1, 10))
def test_no_variant_comes_before_another_product_that_is_left(drawn: tuple, weight: float, k: int) -> None:  # type: ignore[type-arg]
    scores, similarity, same = drawn
    chosen = diversify(scores, similarity.__getitem__, k=k, weight=weight, same=same)
    repeats = [any(same(one, other) for other in chosen[:place]) for place, one in enumerate(chosen)]
    assert repeats == sorted(repeats)
    if any(repeats):
        assert all(any(same(one, other) for other in chosen) for one in range(len(scores)))


@given(lists(), weights, st.data())
def test_candidates_may_be_given_in_any_order(drawn: tuple, weight: float, data: st.DataObject) -> None:  # type: ignore[type-arg]
    scores, similarity, same = drawn
    order = data.draw(st.permutations(range(len(scores))))
    moved = diversify(
        scores[order],
        similarity[np.ix_(order, order)].__getitem__,
        k=5,
        weight=weight,
        same=lambda one, other: same(order[one], order[other]),
    )
    assert [order[one] for one in moved] == diversify(scores, similarity.__getitem__, k=5, weight=weight, same=same)


@given(lists(), weights, st.floats(0.1, 10), st.floats(-5, 5))
def test_the_scale_of_the_scores_does_not_matter(drawn: tuple, weight: float, factor: float, more: float) -> None:  # type: ignore[type-arg]
    scores, _, same = drawn
    apart = np.eye(len(scores)).__getitem__
    scaled = diversify(factor * scores + more, apart, k=5, weight=weight / 2, same=same)
    assert scaled == diversify(scores, apart, k=5, weight=weight / 2, same=same)


def test_the_weight_decides_between_the_better_one_and_the_one_that_is_different() -> None:
    scores = [1.0, 0.9, 0.5, 0.0]
    similarity = np.array([[1, 0.9, 0, 0], [0.9, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])
    assert diversify(scores, similarity.__getitem__, k=2, weight=0.1) == [0, 1]
    assert diversify(scores, similarity.__getitem__, k=2, weight=0.5) == [0, 2]


def test_the_opposite_of_what_is_listed_is_no_better_than_something_unrelated() -> None:
    similarity = np.array([[1, 0, -1], [0, 1, 0], [-1, 0, 1.0]])
    assert diversify([1.0, 0.5, 0.4], similarity.__getitem__, k=2, weight=0.9) == [0, 1]


def test_equal_scores_keep_the_order_given() -> None:
    assert diversify([1.0, 1.0, 1.0], np.eye(3).__getitem__, k=3, weight=0.5) == [0, 1, 2]


def test_variants_that_have_to_fill_the_list_come_in_the_order_of_their_scores() -> None:
    similarity = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1.0]])
    assert diversify([3.0, 2.0, 1.0], similarity.__getitem__, k=3, weight=0.9, same=lambda one, other: True) == [
        0,
        1,
        2,
    ]


def test_nobody_to_choose_from_makes_an_empty_list() -> None:
    assert diversify([], np.zeros((0, 0)).__getitem__, k=3, weight=0.5) == []


def test_sizes_colours_counts_and_model_numbers_make_no_other_product() -> None:
    for one, other in [
        ("Avery 1 durable view binder black 17011", "Avery 3 durable view binder white 17042"),
        ("Glass beads 4mm 100 pcs", "Glass beads 8 mm, pack of 50"),
        ("Linen shirt, XL, blue", "Linen shirt, S, dark red"),
        ("Pencil HB2", "pencils HB3"),
        ("晨光中性笔 黑色 12支装", "晨光中性笔 红色 24支装"),
        ("青花瓷茶杯 大号 300毫升", "青花瓷茶杯 小号 180ml"),
    ]:
        assert title_without_variant(one) == title_without_variant(other), one


def test_titles_that_differ_in_more_or_have_nothing_else_are_different() -> None:
    for one, other in [
        ("Gel pen 0.7 mm", "Fountain pen 0.7 mm"),
        ("Black", "White"),
        ("1984", "2001"),
        ("10 pack", "20 pack"),
        ("红色", "蓝色"),
        ("景德镇茶杯 大号", "景德镇茶壶 大号"),
    ]:
        assert title_without_variant(one) != title_without_variant(other), one


def test_vectors_that_nearly_coincide_are_one_product_and_missing_ones_are_not() -> None:
    products = [Product(item_id=str(i), title=title) for i, title in enumerate(("oak", "elm", "ash", "fir"))]
    vectors = np.array([[1, 0], [0.999, 0.0447], [0, 0], [0, 0]], dtype=np.float32)
    same = sameness(products, vectors)
    assert same is not None
    assert same(0, 1)
    assert not same(0, 2)
    assert not same(2, 3)


def test_similarity_is_that_of_vectors_or_of_words_where_there_are_none() -> None:
    products = [Product(item_id=title, title=title) for title in ("oak chair", "oak table", "steel lamp")]
    by_words = similarity_of(case_of(products, []))(0)
    assert by_words[0] == pytest.approx(1)
    assert by_words[1] > by_words[2] == pytest.approx(0)
    vectors = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.float32)
    assert similarity_of(case_of(products, [], vectors))(0).tolist() == [1, 0, 1]


def test_where_sizes_are_all_that_tells_products_apart_they_are_no_variants():
    groats = [Product(item_id=f"g{i}", title=f"Oat groats {size} oz") for i, size in enumerate((6, 10, 20, 40))]
    others = [Product(item_id=f"o{i}", title=f"{name} flour 2 lb") for i, name in enumerate(("rye", "rice", "corn"))]
    nothing = np.zeros((7, 0), dtype=np.float32)

    assert sameness(groats, nothing[:4]) is None
    same = sameness([*groats, *others], nothing)
    assert same is not None
    assert same(0, 1)
    assert not same(0, 4)
