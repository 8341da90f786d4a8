from __future__ import annotations

import numpy as np
import pytest

from newaisle.agent.evaluate.calibration import CalibrationCounts, calibrated, calibration_counts, usual_targets
from tests.agent.learn.datasets import dataset, likes, products


def _counts(probabilities: list[float], taken: list[int], *, targets: float = 1.0) -> CalibrationCounts:
    values = np.array(probabilities)
    order = np.argsort(-values)
    return calibration_counts(values, np.array(taken, dtype=bool), order, targets=targets)


def test_counts_of_a_case_worked_out_by_hand():
    counts = _counts([0.5, 0.25, 0.0, 0.25], [1, 0, 0, 0])

    assert counts.brier == pytest.approx(0.25 + 2 * 0.0625)
    assert counts.base_brier == pytest.approx(0.75**2 + 3 * 0.25**2)
    assert (counts.top_predicted, counts.top_taken, counts.top_count) == (1.0, 1, 4)
    assert counts.counts == [1, 0, 0, 0, 0, 0, 0, 2, 1, 0]
    assert counts.taken == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert counts.predicted == [0, 0, 0, 0, 0, 0, 0, 0.5, 0.5, 0]


def test_the_first_five_are_those_of_the_order():
    counts = _counts([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [1, 0, 0, 0, 0, 1])

    assert counts.top_predicted == pytest.approx(2.0)
    assert (counts.top_taken, counts.top_count) == (1, 5)


def test_certainty_falls_into_the_last_bin():
    assert _counts([1.0], [1]).counts[-1] == 1


def test_the_base_rate_has_no_skill_and_the_truth_has_all():
    base = calibrated([_counts([0.25] * 4, [1, 0, 0, 0]), _counts([0.5] * 2, [0, 1])])
    truth = calibrated([_counts([1.0, 0, 0, 0], [1, 0, 0, 0]), _counts([0, 1.0], [0, 1])])

    assert base.brier_skill == pytest.approx(0)
    assert truth.brier_skill == 1


def test_worse_than_the_base_rate_is_below_zero():
    assert calibrated([_counts([0, 1.0, 1.0, 1.0], [1, 0, 0, 0])]).brier_skill < 0


def test_probabilities_that_hold_are_within_the_intervals():
    random = np.random.default_rng(1)
    cases = []
    for _ in range(300):
        probabilities = random.choice([0.02, 0.15, 0.6], size=20)
        cases.append(_counts(probabilities.tolist(), (random.random(20) < probabilities).astype(int).tolist()))

    found = calibrated(cases)

    assert found.top5_taken.low < found.top5_predicted < found.top5_taken.high
    assert [round(bin.predicted, 2) for bin in found.bins] == [0.02, 0.15, 0.6]  # empty bins are left out
    for bin in found.bins:
        assert bin.taken.low < bin.predicted < bin.taken.high
    assert found.brier_skill_interval.low > 0


def test_usual_targets_are_counted_on_cases_made_from_what_may_be_learned_from():
    catalogue = products({"tea": 10, "pot": 10})
    steps = ("tea0", "tea1", "tea2", "tea3", "tea4")
    rows = [row for user in range(10) for row in likes(f"u{user}", *steps, "pot1", "pot2", "pot3")]

    assert usual_targets(dataset(catalogue, rows)) == 3
    assert usual_targets(dataset(catalogue, [])) == 1
