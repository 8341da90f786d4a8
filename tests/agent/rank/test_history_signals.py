"""What is particular to the signals nearest, attributes and price, and to how the history is weighed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.rank.case import HALF_LIFE, HistoryRow, price_level
from newaisle.agent.rank.signals import attributes, dense, nearest, price
from newaisle.store.rows import Product
from tests.agent.rank.cases import case_of, checkerboard, row, unit_or_zero


def product(title: str = "", *, price: float | None = None, currency: str | None = "EUR", **attributes: str) -> Product:
    return Product(item_id="x", title=title, price=price, currency=currency, attributes=attributes)


def test_a_row_counts_half_of_one_half_life_rows_later() -> None:
    share = case_of([], [row(product()) for _ in range(2 * HALF_LIFE + 1)]).liking_share
    assert share[0] * 4 == pytest.approx(share[HALF_LIFE] * 2) == pytest.approx(share[-1])
    assert share.sum() == pytest.approx(1)


def test_a_history_too_long_to_count_its_first_row_still_has_shares() -> None:
    share = case_of([], [row(product()) for _ in range(3_000)]).liking_share
    assert share.sum() == pytest.approx(1)
    assert share[0] == 0


def test_nearest_lets_one_near_row_outweigh_many_that_are_a_little_near() -> None:
    """The first candidate is as the oldest row is, the second a fifth as each of eight, the others as none of them."""
    corners = np.eye(10, dtype=np.float32)
    a_little = 0.2 * corners[:8].sum(axis=0) + 0.68**0.5 * corners[8]
    candidates = np.stack([corners[0], a_little, *[corners[9]] * 10])
    case = case_of([product() for _ in candidates], [row(product())] * 8, candidates, corners[:8])
    as_one, a_little_as_all, *strangers = nearest(case).sum(axis=1)
    assert dense(case).sum(axis=1).argmax() == 1
    assert as_one > a_little_as_all > max(strangers)


def test_nearest_goes_by_words_where_there_are_no_vectors_and_the_other_way_round() -> None:
    history = [row(product("printer laser"))]
    by_words = nearest(case_of([product("laser ink"), product("paper"), product("pen")], history))
    assert by_words[:, 0].argmax() == 0
    vectors = np.eye(3, dtype=np.float32)
    by_vectors = nearest(case_of([product()] * 3, [row(product())], vectors, vectors[1:2]))
    assert by_vectors[:, 0].argmax() == 1


def test_nearest_never_counts_against_a_candidate() -> None:
    assert (nearest(checkerboard()) >= 0).all()
    assert not nearest(checkerboard())[1::2].any()


def test_nearest_makes_nothing_of_rounding() -> None:
    """The candidates differ by less than the vectors' numbers are exact."""
    direction = unit_or_zero([0.3, 0.5, 0.7, 0.2])
    vectors = np.stack([direction * np.float32(1 + ulp * 2**-23) for ulp in range(6)])
    case = case_of([product() for _ in vectors], [row(product()), row(product())], vectors, vectors[:2])
    assert np.ptp(case.similarity) > 0
    assert nearest(case) == pytest.approx(0, abs=1e-6)


def test_attributes_are_shared_whatever_their_case_and_only_under_the_same_name() -> None:
    candidates = [product(colour="RED"), product(lining="red"), product(colour="blue"), product()]
    case = case_of(candidates, [row(product(colour="Red"))])
    assert attributes(case)[:, 0].tolist() == pytest.approx([np.log(4), 0, 0, 0])


def test_an_attribute_of_few_candidates_says_more_than_one_of_many() -> None:
    candidates = [product(colour="red", wool="merino"), product(colour="red"), product(colour="red"), product()]
    case = case_of(candidates, [row(product(colour="red", wool="merino"))])
    assert attributes(case)[:, 0].tolist() == pytest.approx([np.log(4 / 3) + np.log(4), *[np.log(4 / 3)] * 2, 0])


def test_an_attribute_of_all_candidates_says_nothing() -> None:
    case = case_of([product(颜色="红"), product(颜色="红")], [row(product(颜色="红"))])
    assert not attributes(case).any()


def test_numbers_are_no_attributes_to_share_and_measures_are() -> None:
    case = case_of([product(pages="80", size="5 cm"), product()], [row(product(pages="80", size="5 cm"))])
    assert attributes(case)[0, 0] == pytest.approx(np.log(2))


def dearer(*levels: float | None) -> list[HistoryRow]:
    return [row(product(), price_level=level) for level in levels]


def test_price_compares_where_prices_stand_and_not_what_they_are() -> None:
    candidates = [product(price=amount) for amount in (1, 2, 3, 4)]
    assert price(case_of(candidates, dearer(0.875)))[:, 0].tolist() == pytest.approx([0.25, 0.5, 0.75, 1.0])
    a_million_times = [product(price=amount * 1e6) for amount in (1, 2, 3, 4)]
    assert price(case_of(a_million_times, dearer(0.875))) == pytest.approx(price(case_of(candidates, dearer(0.875))))


def test_price_says_nothing_where_one_of_the_two_has_none() -> None:
    case = case_of([product(price=None), product(price=5)], dearer(None, 0.5))
    assert price(case)[0].tolist() == [0, 0]
    assert price(case)[1, 0] == 0
    assert price(case)[1, 1] == pytest.approx(case.liking_share[1])


def test_prices_of_two_currencies_are_not_compared() -> None:
    euro = [product(price=amount) for amount in (10, 20)]
    yuan = [product(price=amount, currency="CNY") for amount in (100, 200)]
    evidence = price(case_of([*euro, *yuan], dearer(0.25)))[:, 0]
    assert evidence.tolist() == pytest.approx([1, 0.5, 1, 0.5])


def test_a_price_stands_in_the_middle_of_its_equals() -> None:
    assert price_level(5, [5, 5, 5]) == 0.5
    assert price_level(1, [1, 2, 3, 4]) == 0.125
    assert price_level(9, [1, 2]) == 1
    assert price_level(0, [1, 2]) == 0


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=20))
def test_price_levels_rise_with_prices_and_are_a_half_on_average(prices: Sequence[float]) -> None:
    prices = sorted(prices)
    levels = [price_level(one, prices) for one in prices]
    assert all(lower <= higher for lower, higher in itertools.pairwise(levels))
    assert np.mean(levels) == pytest.approx(0.5)
    assert 0 < min(levels) <= max(levels) < 1
