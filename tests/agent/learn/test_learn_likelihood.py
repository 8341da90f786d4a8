"""Weighing a language model: it ranks where that is surely better on categories left out, and is asked no more."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray

from newaisle.agent.learn.learned import JudgedLikelihood, Learned
from newaisle.agent.learn.likelihood import FEWEST, MOST_CASES, SECONDS, WEIGHTS, weigh_likelihood
from newaisle.agent.learn.split import Case
from newaisle.agent.learn.weights import Choice, Trial
from newaisle.agent.rank.blend import MODEL_WEIGHT
from newaisle.agent.rank.by_model import SHORTLIST
from newaisle.agent.rank.case import Scores

_RANDOM = np.random.default_rng(0)


def _trials(number: int, *, candidates: int = 40, place: int = 8) -> tuple[list[Trial], list[Scores]]:
    """The product in this place, from 0, by the scores is the one taken."""
    items = tuple(f"p{i}" for i in range(candidates))
    taken = np.arange(candidates) == place
    case = Case(user_id="u", category="tea", history=("x",), targets=frozenset({f"p{place}"}), candidates=items)
    trial = Trial("tea", case, Choice(np.zeros((candidates, 1), np.float32), taken))
    return [trial] * number, [-np.arange(candidates) / 10.0] * number


def _weighed(
    trials: list[Trial], scores: list[Scores], rate: object, **how: object
) -> tuple[JudgedLikelihood | None, list[tuple[int, int]]]:
    seen: list[tuple[int, int]] = []
    found = weigh_likelihood(
        trials,
        scores,
        np.arange(len(trials)) % 4,
        rate,  # type: ignore[arg-type]
        model="m",
        progress=lambda done, total: seen.append((done, total)),
        **how,  # type: ignore[arg-type]
    )
    return found, seen


def _knows(case: Case, shortlist: NDArray[np.intp]) -> Scores:
    return np.array([float(case.candidates[number] in case.targets) for number in shortlist])


def _guesses(_: Case, shortlist: NDArray[np.intp]) -> Scores:
    return _RANDOM.normal(size=len(shortlist))


def test_a_model_that_knows_what_is_taken_ranks_from_then_on() -> None:
    found, seen = _weighed(*_trials(30), _knows)

    assert found is not None
    assert found.kept
    assert found.weight in WEIGHTS[1:]
    assert found.gain > 0.3
    assert (found.model, found.cases, found.asked) == ("m", 30, 30)
    assert seen[-1] == (30, MOST_CASES)
    learned = Learned(likelihood=found)
    assert (learned.ranks("m"), learned.weight_of("m")) == (True, found.weight)
    assert (learned.ranks("another"), learned.weight_of("another")) == (None, MODEL_WEIGHT)


def test_a_model_that_guesses_does_not() -> None:
    found, _ = _weighed(*_trials(60), _guesses)

    assert found is not None
    assert not found.kept
    assert Learned(likelihood=found).ranks("m") is False


def test_it_is_asked_about_the_first_candidates_of_cases_that_it_could_change() -> None:
    """A product beyond the shortlist stays there, and a case of that kind counts without being asked about."""
    some, their = _trials(30)
    beyond, scores = _trials(30, place=SHORTLIST)
    asked: list[int] = []

    def rate(case: Case, shortlist: NDArray[np.intp]) -> Scores:
        asked.append(len(shortlist))
        return _knows(case, shortlist)

    found, _ = _weighed([*some, *beyond], [*their, *scores], rate)
    alone, _ = _weighed(some, their, rate)

    assert found is not None
    assert alone is not None
    assert asked == [SHORTLIST] * 60
    assert (found.cases, found.asked) == (60, 30)
    assert found.gain == pytest.approx(alone.gain / 2)


@pytest.mark.parametrize("number", [0, FEWEST - 1])
def test_too_few_cases_say_nothing(number: int) -> None:
    assert _weighed(*_trials(number), _knows)[0] is None


def test_it_stops_after_enough_cases_or_when_the_time_is_over() -> None:
    enough, _ = _weighed(*_trials(MOST_CASES + 10), _knows)
    assert enough is not None
    assert enough.asked == MOST_CASES

    clock = count(step=SECONDS / 30)
    slow, _ = _weighed(*_trials(100), _knows, now=lambda: next(clock))
    assert slow is not None
    assert FEWEST <= slow.asked <= 31
    assert slow.seconds == pytest.approx(SECONDS / slow.asked, rel=0.1)
