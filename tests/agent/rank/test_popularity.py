"""What others took: nothing while they took nothing, more and more as they take more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newaisle.agent.rank.case import CoInteractions, Scores
from newaisle.agent.rank.popularity import NEIGHBOURS, count_co_interactions, of_likeness, popularity, rarity

few = settings(max_examples=12)
sizes = st.integers(1, 12)


def others(counts: list[float], alike: list[float] | None = None) -> CoInteractions:
    return CoInteractions(counts=np.array(counts, float), alike=np.array(alike or [0.0] * len(counts), float))


@st.composite
def any_others(draw: st.DrawFn) -> tuple[CoInteractions, Scores]:
    """What others took of some candidates, and what was expected, however far apart."""
    size = draw(sizes)
    counts = draw(st.lists(st.integers(0, 10**7).map(float), min_size=size, max_size=size))
    alike = draw(st.lists(st.floats(0, 1e6), min_size=size, max_size=size))
    expected = draw(st.lists(st.floats(-2e3, 2e3), min_size=size, max_size=size))
    return others(counts, alike), np.array(expected)


def test_where_nobody_took_anything_nothing_changes() -> None:
    change = popularity(others([0, 0, 0]), np.array([3.0, -1.0, 0.5]), likeness=1, prior=50)
    assert change == pytest.approx(0, abs=1e-12)


def test_a_choice_counts_as_much_as_one_that_was_expected() -> None:
    """Of a prior of 50 each of two candidates has 25; 50 choices of the first make that 75 to 25."""
    change = popularity(others([50, 0]), np.zeros(2), likeness=1, prior=50)
    assert change[0] - change[1] == pytest.approx(np.log(3))


def test_many_choices_decide_whatever_was_expected() -> None:
    expected = np.array([5.0, 0.0, -5.0])
    counts = np.array([1.0, 2.0, 7.0])
    few_choices = expected + popularity(others(counts.tolist()), expected, likeness=1, prior=50)
    many_choices = expected + popularity(others((counts * 1e7).tolist()), expected, likeness=1, prior=50)
    assert few_choices.argmax() == 0
    assert np.exp(many_choices - np.logaddexp.reduce(many_choices)) == pytest.approx(counts / 10, abs=1e-4)


def test_a_larger_prior_holds_out_longer() -> None:
    spread = [np.ptp(popularity(others([9, 1]), np.zeros(2), likeness=1, prior=prior)) for prior in (1, 10, 100, 1e6)]
    assert spread == sorted(spread, reverse=True)
    assert spread[-1] == pytest.approx(0, abs=1e-4)


def test_customers_like_this_one_count_by_their_likeness() -> None:
    taken = others([5, 5], [10, 0])
    spread = [np.ptp(popularity(taken, np.zeros(2), likeness=likeness, prior=50)) for likeness in (0, 1, 2)]
    assert spread[0] == 0
    assert spread[1] == pytest.approx(np.log((5 + 10 + 25) / (5 + 25)))
    assert spread[2] > spread[1]


@few
@given(any_others(), st.floats(0, 10), st.floats(1e-3, 1e6))
def test_the_change_is_finite_and_zero_on_average(
    drawn: tuple[CoInteractions, Scores], likeness: float, prior: float
) -> None:
    taken, expected = drawn
    change = popularity(taken, expected, likeness=likeness, prior=prior)
    assert np.isfinite(change).all()
    assert change.mean() == pytest.approx(0, abs=1e-6)


@few
@given(any_others(), st.data())
def test_the_change_moves_with_its_candidates(drawn: tuple[CoInteractions, Scores], data: st.DataObject) -> None:
    taken, expected = drawn
    order = data.draw(st.permutations(range(len(expected))))
    moved = CoInteractions(counts=taken.counts[order], alike=taken.alike[order])
    change = popularity(taken, expected, likeness=1, prior=50)
    assert popularity(moved, expected[order], likeness=1, prior=50) == pytest.approx(change[order], abs=1e-6)


@few
@given(any_others())
def test_one_choice_more_never_puts_a_candidate_lower(drawn: tuple[CoInteractions, Scores]) -> None:
    taken, expected = drawn
    more = CoInteractions(counts=taken.counts + np.eye(len(expected))[0], alike=taken.alike)
    before, after = (popularity(one, expected, likeness=1, prior=50) for one in (taken, more))
    assert (after[0] - after >= before[0] - before - 1e-6).all()


def test_choices_are_counted_by_candidate_and_by_likeness() -> None:
    """Three customers, of whom the second alone is like this one and so weighs as much as all three."""
    customer, candidate = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 3])
    taken = count_co_interactions(customer, candidate, np.array([0.0, 0.2, 0.0]), candidates=5)
    assert taken.counts.tolist() == [1, 2, 0, 1, 0]
    assert taken.alike.tolist() == pytest.approx([0, 3, 0, 0, 0])


def test_where_nobody_is_alike_only_counts_are_left() -> None:
    taken = count_co_interactions(np.array([0, 1]), np.array([1, 1]), np.zeros(2), candidates=2)
    assert taken.counts.tolist() == [0, 2]
    assert not taken.alike.any()


def test_only_the_most_alike_count_for_their_likeness() -> None:
    customers = NEIGHBOURS + 3
    likeness = np.linspace(1, 2, customers)
    taken = count_co_interactions(np.arange(customers), np.arange(customers), likeness, candidates=customers)
    assert np.flatnonzero(taken.alike).tolist() == list(range(3, customers))
    assert taken.alike.sum() == pytest.approx(customers)
    assert taken.alike[-1] / taken.alike[3] == pytest.approx(likeness[-1] / likeness[3])


def test_what_few_have_says_more_about_who_is_alike() -> None:
    weights = rarity(np.array([0, 1, 10, 100])).tolist()
    assert weights == sorted(set(weights), reverse=True)
    assert weights[2] == pytest.approx(1 / np.log(12))
    assert weights[-1] > 0


def test_of_likeness_is_what_those_alike_add_to_what_everybody_took() -> None:
    """25 of a prior of 50, 5 taken, and 10 by likeness: log(40 / 30) more than of the other, which has 30."""
    taken = others([5, 5], [10, 0])
    due = of_likeness(taken, np.zeros(2), likeness=1, prior=50)
    assert due[0] - due[1] == pytest.approx(np.log(40 / 30))
    assert due.sum() == pytest.approx(0)


def test_where_nobody_is_alike_nothing_is_due_to_likeness() -> None:
    assert not of_likeness(others([5, 50]), np.array([1.0, 0.0]), likeness=1, prior=50).any()
    assert not of_likeness(others([5, 50], [9, 0]), np.array([1.0, 0.0]), likeness=0, prior=50).any()


@few
@given(any_others())
def test_without_what_is_due_to_likeness_popularity_is_that_for_a_stranger(
    drawn: tuple[CoInteractions, Scores],
) -> None:
    taken, expected = drawn
    whole = popularity(taken, expected, likeness=1, prior=50)
    stranger = popularity(others(taken.counts.tolist()), expected, likeness=1, prior=50)
    assert whole - of_likeness(taken, expected, likeness=1, prior=50) == pytest.approx(stranger, abs=1e-6)
