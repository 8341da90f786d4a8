"""Learning probabilities: planted odds are found again, and hold on cases that nothing was learned on."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from newaisle.agent.learn.probability import learn_odds
from newaisle.agent.rank.blend import log_shares
from newaisle.agent.rank.case import Scores

SLOPE, INTERCEPT = 1.1, 0.4


def _cases(
    count: int, *, candidates: int, seed: int, slope: float = SLOPE
) -> tuple[list[Scores], list[NDArray[np.bool_]]]:
    """Each candidate is taken with the planted odds, whatever happens to the others."""
    random = np.random.default_rng(seed)
    scores = [random.normal(scale=1.5, size=candidates) for _ in range(count)]
    return scores, [random.random(candidates) < _probability(one, slope, INTERCEPT) for one in scores]


def _probability(scores: Scores, slope: float, intercept: float) -> Scores:
    return 1 / (1 + np.exp(-(intercept + slope * log_shares(scores))))


def test_planted_odds_are_found():
    slope, intercept, _ = learn_odds(*_cases(400, candidates=30, seed=0))

    assert slope == pytest.approx(SLOPE, abs=0.1)
    assert intercept == pytest.approx(INTERCEPT, abs=0.3)


@pytest.mark.parametrize("candidates", [30, 60])
def test_on_fresh_cases_as_many_are_taken_as_foretold_also_in_larger_categories(candidates: int):
    slope, intercept, _ = learn_odds(*_cases(300, candidates=30, seed=0))
    scores, taken = _cases(600, candidates=candidates, seed=1)
    foretold = np.concatenate([_probability(one, slope, intercept) for one in scores])
    happened = np.concatenate(taken)

    order = np.argsort(-foretold)
    for part in (order, *np.array_split(order[: len(order) // 2], 5)):
        error = (happened[part].mean() / len(part)) ** 0.5
        assert happened[part].mean() == pytest.approx(foretold[part].mean(), rel=0.2, abs=3 * error)
    assert foretold[order[:100]].mean() > 10 * foretold[order].mean()


def test_as_many_are_expected_to_be_taken_as_were():
    scores, taken = _cases(100, candidates=20, seed=3)

    slope, intercept, _ = learn_odds(scores, taken)

    foretold = np.concatenate([_probability(one, slope, intercept) for one in scores])
    assert foretold.mean() == pytest.approx(np.concatenate(taken).mean(), abs=1e-4)


def test_categories_of_all_sizes_have_as_many_taken_as_foretold():
    """In the larger ones customers take more of the first products than a share alone would say."""
    random = np.random.default_rng(0)
    scores = [random.normal(scale=1.5, size=10 * 4 ** (case % 3)) for case in range(900)]
    planted = [1 / (1 + np.exp(-(log_shares(one) + 0.5 * np.log(len(one)) - 1))) for one in scores]
    taken = [random.random(len(one)) < one for one in planted]

    slope, intercept, size = learn_odds(scores, taken)

    assert (slope, size) == (pytest.approx(1, abs=0.1), pytest.approx(0.5, abs=0.1))
    for kind in range(3):
        foretold = [
            1 / (1 + np.exp(-(intercept + size * np.log(len(s)) + slope * log_shares(s)))) for s in scores[kind::3]
        ]
        first = [np.sort(one)[-5:].mean() for one in foretold]
        happened = [one[np.argsort(s)[-5:]].mean() for one, s in zip(taken[kind::3], scores[kind::3], strict=True)]
        assert np.mean(first) == pytest.approx(np.mean(happened), rel=0.1)


def test_of_categories_of_one_size_nothing_is_learned_about_others():
    assert learn_odds(*_cases(100, candidates=20, seed=0)).size == 0


def test_scores_that_say_nothing_or_the_opposite_give_everybody_the_base_rate():
    random = np.random.default_rng(0)
    scores = [random.normal(size=20) for _ in range(200)]
    by_chance = [random.random(20) < 0.1 for _ in range(200)]
    the_worst = [one <= np.sort(one)[1] for one in scores]

    for taken in (by_chance, the_worst):
        slope, intercept, _ = learn_odds(scores, taken)
        assert 0 <= slope < 0.1
        assert _probability(scores[0], slope, intercept) == pytest.approx(0.1, abs=0.03)
    assert learn_odds(scores, the_worst).slope == 0


def test_what_is_added_to_all_scores_of_a_case_changes_nothing():
    scores, taken = _cases(100, candidates=10, seed=0)

    shifted = learn_odds([one + i for i, one in enumerate(scores)], taken)

    assert shifted == pytest.approx(learn_odds(scores, taken), abs=1e-3)
