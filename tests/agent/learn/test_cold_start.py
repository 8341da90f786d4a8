"""Learning how much co-interactions count: in shops where it is known whether the many, the like or the self decide."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from newaisle.agent.learn.cold_start import LIKENESSES, PERSONALS, PRIORS, ColdStart, learn_cold_start
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.split import Case
from newaisle.agent.learn.weights import Choice, Trial
from newaisle.agent.rank.case import Scores
from tests.agent.learn.datasets import dataset, likes, products

POTS = 30
CUSTOMERS = 16
CATALOGUE = products({"tea": 8, "pot": POTS})


def _shop(pot: Callable[[int], int]) -> Dataset:
    """Everybody drinks four teas, of one half of the customers others than of the other half, and takes a pot."""
    rows = []
    for customer in range(CUSTOMERS):
        teas = range(4) if customer % 2 else range(4, 8)
        rows += likes(f"u{customer:02}", *(f"tea{i}" for i in teas), f"pot{pot(customer)}")
    return dataset(CATALOGUE, rows)


def _trials(pot: Callable[[int], int]) -> list[Trial]:
    made = []
    for customer in range(CUSTOMERS):
        teas = range(4) if customer % 2 else range(4, 8)
        case = Case(
            user_id=f"u{customer:02}",
            category="pot",
            history=tuple(f"tea{i}" for i in teas),
            targets=frozenset({f"pot{pot(customer)}"}),
            candidates=tuple(f"pot{i}" for i in range(POTS)),
        )
        made.append(Trial("pot", case, Choice(np.zeros((POTS, 1), np.float32), np.arange(POTS) == pot(customer))))
    return made


def _learned(pot: Callable[[int], int], scores: Callable[[int], Scores]) -> ColdStart | None:
    trials = _trials(pot)
    nothing = [np.zeros(POTS)] * CUSTOMERS
    return learn_cold_start(_shop(pot), trials, [scores(customer) for customer in range(CUSTOMERS)], nothing)


def _noise(customer: int) -> Scores:
    return np.random.default_rng(customer).normal(size=POTS)


@pytest.fixture(autouse=True)
def _at_ten_and_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newaisle.agent.learn.cold_start._COUNTS", (10, None))


def test_where_all_take_the_same_it_is_left_to_the_many():
    learned = _learned(lambda _: 7, _noise)

    assert learned is not None
    assert learned.prior == min(PRIORS)
    assert learned.personal == min(PERSONALS)


def test_where_those_who_are_alike_take_the_same_likeness_counts():
    alike = _learned(lambda customer: customer % 2, _noise)
    not_alike = _learned(lambda customer: customer // 2 % 2, _noise)

    assert alike is not None
    assert not_alike is not None
    assert alike.likeness >= 1.0
    assert not_alike.likeness == min(LIKENESSES)


def test_where_their_own_scores_tell_which_of_the_popular_ones_they_take_nothing_of_them_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("newaisle.agent.learn.cold_start.PRIORS", (3.0,))  # so that few choices are many

    learned = _learned(
        lambda customer: customer % 3, lambda customer: 1.5 * (np.arange(POTS) == customer % 3) + 0.5 * _noise(customer)
    )

    assert learned is not None
    assert learned.personal == max(PERSONALS)


def test_without_choices_of_others_nothing_is_learned():
    shop = dataset(CATALOGUE, likes("u00", "tea0", "tea1", "pot0"))
    trials = _trials(lambda _: 0)[:1]

    assert learn_cold_start(shop, trials, [np.zeros(POTS)], [np.zeros(POTS)]) is None


def test_nothing_is_learned_from_what_a_customer_did_in_the_category_themselves():
    """Whoever saw the case's own choice among those of the others would trust the counts."""
    own = _learned(lambda customer: customer, _noise)
    shuffled = _learned(lambda customer: (customer + 8) % CUSTOMERS, _noise)

    assert own is not None
    assert shuffled is not None
    assert own.prior == max(PRIORS)
    assert shuffled.prior == max(PRIORS)


def test_the_same_past_teaches_the_same():
    assert _learned(lambda customer: customer % 2, _noise) == _learned(lambda customer: customer % 2, _noise)
