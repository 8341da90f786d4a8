"""How attractive candidates are, by a model of which every coefficient is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from newaisle.agent.rank.case import Scores
from newaisle.agent.rank.expected_popularity import PRICE, ExpectedPopularity, features
from newaisle.store.rows import Product
from tests.agent.rank.cases import case_of, cases, permuted, row


def product(title: str, *, brand: str | None = None, price: float | None = None) -> Product:
    return Product(item_id="x", title=title, brand=brand, price=price)


def model(
    *,
    words: dict[str, float] | None = None,
    brands: dict[str, float] | None = None,
    vector: Sequence[float] = (),
    numbers: Sequence[str] = (),
    column: int | None = None,
) -> ExpectedPopularity:
    """A model in which one column of the features may count 1, and all others nothing."""
    columns = np.zeros(features([product("")], numbers).shape[1])
    if column is not None:
        columns[column] = 1.0
    return ExpectedPopularity(
        embedder="e",
        words=words or {},
        brands=brands or {},
        vector=list(vector),
        numbers=list(numbers),
        features=columns.tolist(),
    )


def of(
    expected_popularity: ExpectedPopularity, *candidates: Product, vectors: Sequence[Sequence[float]] | None = None
) -> Scores:
    return expected_popularity.of(case_of(candidates, [], None if vectors is None else np.array(vectors, np.float32)))


def test_a_word_counts_by_its_weight_in_the_unit_row() -> None:
    """Four titles of one word or of two that are equally rare."""
    scores = of(
        model(words={"oak": 2.0, "茶具": -1.0, "unheard": 9.0}), *map(product, ("oak", "tin", "茶具", "zinc lid"))
    )
    assert scores.tolist() == pytest.approx([2, 0, -1, 0])
    assert of(model(words={"zinc": 3.0}), *map(product, ("oak", "zinc lid")))[1] == pytest.approx(3 / 2**0.5)


def test_a_brand_counts_whatever_its_case_and_an_unknown_one_nothing() -> None:
    brands = ["HALE", "Orrin", None, "New"]
    scores = of(model(brands={"hale": 1.0, "orrin": -0.5}), *(product("oak", brand=brand) for brand in brands))
    assert scores - scores[2] == pytest.approx([1, -0.5, 0, 0])


def test_a_vector_counts_by_its_direction() -> None:
    scores = of(model(vector=[1, 2, 0]), product("a"), product("b"), vectors=[[1, 0, 0], [0, 0.6, 0.8]])
    assert scores.tolist() == pytest.approx([1, 1.2])


def test_a_candidate_without_a_vector_counts_as_the_mean_of_the_others() -> None:
    scores = of(model(vector=[1, 2]), *map(product, "abc"), vectors=[[1, 0], [0, 0], [0, 1]])
    assert scores.tolist() == pytest.approx([1, 1.5, 2])


def test_where_no_candidate_has_a_vector_vectors_count_nothing() -> None:
    assert not of(model(vector=[1, 2]), product("a"), product("b"), vectors=[[0, 0], [0, 0]]).any()


@pytest.mark.parametrize("dimensions", [0, 1, 3])
def test_vectors_of_another_dimension_count_nothing_and_the_rest_still_does(dimensions: int) -> None:
    vectors = np.ones((2, dimensions)).tolist()
    scores = of(model(words={"oak": 2.0}, vector=[5, 5]), product("oak"), product("tin"), vectors=vectors)
    assert scores.tolist() == pytest.approx([2, 0])


def test_features_count_relative_to_the_category() -> None:
    has_no_year = features([product("")], []).shape[1] - 1
    scores = of(model(column=has_no_year), product("oak 2024"), product("oak"), product("tin"))
    assert scores.tolist() == pytest.approx([-2 / 3, 1 / 3, 1 / 3])


def test_a_price_counts_where_the_model_knows_prices() -> None:
    """The sixth quantity is the price; its last knot is at two standard deviations over the mean."""
    dearest = 5 * 7 + 6
    prices = [1, 1, 1, 1, 1, 1000]
    scores = of(model(numbers=[PRICE], column=dearest), *(product("oak", price=price) for price in prices))
    assert scores.argmax() == 5
    assert np.ptp(scores) == pytest.approx(1)


def test_no_candidates_have_no_expected_popularity() -> None:
    assert of(model(words={"oak": 1.0}, numbers=[PRICE])).shape == (0,)


def test_a_case_with_expected_popularity_is_the_same_case_and_keeps_what_was_worked_out() -> None:
    case = case_of([product("oak"), product("tin")], [row(product("oak"))])
    read = case.tf_idf
    made = case.with_expected_popularity(np.array([1.0, 2.0]))
    assert made.expected_popularity is not None
    assert made.expected_popularity.tolist() == [1, 2]
    assert made.tf_idf is read
    assert case.expected_popularity is None
    assert made.candidates is case.candidates


@given(cases(), st.data())
def test_expected_popularity_moves_with_the_candidates(case, data) -> None:  # type: ignore[no-untyped-def]
    expected_popularity = model(
        words={"oak": 2.0, "木质": 1.0}, brands={"hale": 1.0}, vector=[1, 2, 3, 4], numbers=[PRICE], column=3
    )
    order = data.draw(st.permutations(range(len(case.candidates))))
    scores = expected_popularity.of(case)
    assert np.isfinite(scores).all()
    assert expected_popularity.of(permuted(case, order)) == pytest.approx(scores[list(order)], abs=1e-5)
    assert expected_popularity.of(
        replace(case, history=case.history[:0], history_vectors=case.history_vectors[:0])
    ) == (pytest.approx(scores, abs=1e-5))


def test_a_model_survives_being_written_down() -> None:
    written = model(words={"茶具": 0.25}, brands={"hale": 1.0}, vector=[0.5], numbers=[PRICE], column=2)
    assert ExpectedPopularity.model_validate_json(written.model_dump_json()) == written


@pytest.mark.parametrize("change", [{"words": {"oak": float("nan")}}, {"vector": [float("inf")]}, {"colour": 1}])
def test_a_model_with_something_else_in_it_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ExpectedPopularity.model_validate({**model().model_dump(), **change})
