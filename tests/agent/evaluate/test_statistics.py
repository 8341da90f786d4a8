from __future__ import annotations

import numpy as np
import pytest

from newaisle.agent.evaluate.statistics import mean_intervals, ratio_interval
from newaisle.agent.rank.metrics import standard_error


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide():
    values = np.random.default_rng(1).normal(0.3, 1.0, size=(500, 1))

    (interval,) = mean_intervals(values)

    error = standard_error(values[:, 0])
    assert interval.mean == pytest.approx(values.mean())
    assert interval.low == pytest.approx(values.mean() - 1.96 * error, abs=0.1 * error)
    assert interval.high == pytest.approx(values.mean() + 1.96 * error, abs=0.1 * error)


def test_what_is_equal_in_every_case_differs_by_nothing():
    (interval,) = mean_intervals(np.zeros((7, 1)))

    assert (interval.mean, interval.low, interval.high) == (0, 0, 0)


def test_columns_share_their_draws_and_keep_their_order():
    one = np.random.default_rng(2).normal(size=40)

    first, second = mean_intervals(np.stack([one, 3 * one], axis=1))

    assert second.low == pytest.approx(3 * first.low)
    assert second.high == pytest.approx(3 * first.high)


def test_intervals_are_the_same_each_time():
    values = np.random.default_rng(3).normal(size=(20, 2))

    assert mean_intervals(values) == mean_intervals(values)


def test_a_ratio_is_of_sums_and_redraws_whole_cases():
    """All taken come from one case of fifty, so a draw may well lack it: the interval reaches down to nothing."""
    above, below = np.zeros(50), np.full(50, 10.0)
    above[0] = 10.0

    interval = ratio_interval(above, below)

    assert interval.mean == pytest.approx(0.02)
    assert interval.low == 0
    assert 0.04 < interval.high < 0.1


def test_one_minus_a_ratio_turns_its_bounds_round():
    above, below = np.array([1.0, 2.0, 3.0]), np.array([4.0, 4.0, 4.0])

    plain, turned = ratio_interval(above, below), ratio_interval(above, below, one_minus=True)

    assert (turned.mean, turned.low, turned.high) == pytest.approx((1 - plain.mean, 1 - plain.high, 1 - plain.low))


def test_draws_without_anything_below_the_line_count_nothing():
    interval = ratio_interval(np.array([1.0, 0.0]), np.array([1.0, 0.0]))

    assert (interval.mean, interval.low, interval.high) == (1.0, 0.0, 1.0)
