"""Learning weights: those that made the choices are found again."""

from __future__ import annotations

import numpy as np
import pytest

from newaisle.agent.learn.weights import Choice, learn_weights
from newaisle.agent.rank.case import Scores

PLANTED = np.array([1.2, 0.5, 0.0])
NOTHING = np.zeros(3)


def _choices(weights: Scores, *, cases: int = 500, candidates: int = 20, taken: int = 1, seed: int = 0) -> list[Choice]:
    """Customers who choose by the softmax of weighted signals, one after the other without putting back."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(cases):
        signals = random.normal(size=(candidates, len(weights)))
        with_luck = signals @ weights + random.gumbel(size=candidates)
        chosen = np.zeros(candidates, dtype=bool)
        chosen[np.argsort(-with_luck)[:taken]] = True
        made.append(Choice(signals.astype(np.float32), chosen))
    return made


def test_planted_weights_are_found():
    found = learn_weights(_choices(PLANTED, cases=2000), start=NOTHING, pull=0.0)

    assert found == pytest.approx(PLANTED, abs=0.1)


def test_no_weight_is_below_zero_and_the_others_do_not_suffer():
    found = learn_weights(_choices(np.array([1.2, 0.5, -0.8]), cases=2000), start=NOTHING, pull=0.0)

    assert found[2] == 0
    assert found[0] > 2 * found[1] > 0.5


def test_a_strong_pull_keeps_the_start_and_a_weaker_one_goes_part_of_the_way():
    choices, start = _choices(PLANTED), np.array([0.2, 0.3, 0.4])

    def apart(pull: float) -> float:
        return float(np.abs(learn_weights(choices, start=start, pull=pull) - start).max())

    assert apart(1e6) < 1e-5
    assert apart(1e6) < apart(1.0) < apart(0.1) < apart(0.0)


def test_choices_without_a_reason_give_no_weight_to_speak_of():
    found = learn_weights(_choices(NOTHING, cases=2000), start=NOTHING, pull=0.0)

    assert found.max() < 0.1


def test_weights_from_some_of_the_alternatives_are_near_those_from_all(monkeypatch: pytest.MonkeyPatch):
    choices = _choices(PLANTED, candidates=400)
    sampled = learn_weights(choices, start=NOTHING, pull=0.0)
    other_draw = learn_weights(choices, start=NOTHING, pull=0.0, seed=1)
    monkeypatch.setattr("newaisle.agent.learn.weights._ALTERNATIVES", 400)
    full = learn_weights(choices, start=NOTHING, pull=0.0)

    assert sampled.tolist() != full.tolist()  # it was a sample
    assert sampled.tolist() != other_draw.tolist()
    assert sampled == pytest.approx(full, abs=0.1)
    assert full == pytest.approx(PLANTED, abs=0.15)


def test_the_same_choices_give_the_same_weights():
    choices = _choices(PLANTED, candidates=150, cases=50)

    first, second = (learn_weights(choices, start=NOTHING, pull=0.01) for _ in range(2))

    assert first.tolist() == second.tolist()


def test_what_is_added_to_all_candidates_of_a_case_changes_nothing():
    choices = _choices(PLANTED)
    shifted = [Choice(choice.signals + np.float32(i % 7), choice.taken) for i, choice in enumerate(choices)]

    assert learn_weights(shifted, start=NOTHING, pull=0.01) == pytest.approx(
        learn_weights(choices, start=NOTHING, pull=0.01), abs=1e-3
    )


def test_a_customer_who_took_two_counts_as_much_as_one_who_took_one():
    """Half for each: as if two customers had each taken one of them."""
    signals = np.random.default_rng(0).normal(size=(10, 3)).astype(np.float32)
    first, second = (np.arange(10) == taken for taken in (3, 7))
    both = Choice(signals, first | second)

    one = learn_weights([both], start=NOTHING, pull=0.1)
    two = learn_weights([Choice(signals, first), Choice(signals, second)], start=NOTHING, pull=0.1)

    assert one.max() > 0.1
    assert one == pytest.approx(two, abs=1e-4)


def test_scores_far_apart_do_not_overflow():
    far = [Choice(choice.signals * np.float32(1e4), choice.taken) for choice in _choices(PLANTED, cases=20)]

    assert np.isfinite(learn_weights(far, start=np.ones(3), pull=0.1)).all()
