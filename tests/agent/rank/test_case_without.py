"""A case without some rows of its history: what it would be had the customer never had to do with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.rank.blend import BY_ROW, Blend, rank
from newaisle.agent.rank.case import HALF_LIFE, CoInteractions, RankingCase
from newaisle.agent.rank.signals import by_words
from tests.agent.rank.cases import checkerboard, whole_cases

ALL_SIGNALS = Blend(weights=dict.fromkeys([*BY_ROW, "expected_popularity", "disliked"], 0.3))
WORKED_OUT = ("similarity", "centred_similarity", "shared_words", "matched_words", "tf_idf", "candidate_words")


def built_anew(case: RankingCase, rows: Collection[int], others: CoInteractions | None) -> RankingCase:
    keep = [row for row in range(len(case.history)) if row not in rows]
    return replace(
        case,
        history=[case.history[row] for row in keep],
        history_vectors=case.history_vectors[keep],
        co_interactions=others,
    )


@given(whole_cases(), st.data())
def test_every_signal_is_that_of_a_case_built_anew_whatever_was_worked_out_before(
    case: RankingCase, data: st.DataObject
) -> None:
    rows = data.draw(st.sets(st.sampled_from(range(len(case.history))))) if case.history else set()
    case = replace(case, mean_vector=np.array(data.draw(st.sampled_from([[0.0] * 4, [0.5, 0.1, 0, -0.3]])), np.float32))
    for name in data.draw(st.lists(st.sampled_from(WORKED_OUT), unique=True)):
        getattr(case, name)
    others = data.draw(st.sampled_from([case.co_interactions, None]))

    cut, anew = case.without(rows, others), built_anew(case, rows, others)

    assert cut.history == anew.history
    assert cut.co_interactions is others
    for name, signal in BY_ROW.items() if cut.history else ():
        assert signal(cut) == pytest.approx(signal(anew), abs=1e-5), name
    assert rank(cut, ALL_SIGNALS).scores == pytest.approx(rank(anew, ALL_SIGNALS).scores, abs=1e-4)
    for first in range(len(cut.candidates)):
        for second in range(len(cut.history)):
            assert by_words(cut, first, second) == pytest.approx(by_words(anew, first, second), abs=1e-5)


def test_a_row_that_is_like_no_candidate_says_the_same_alone_as_among_others() -> None:
    """What all products have in common is taken off either way."""
    case = checkerboard()
    vectors = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0]], np.float32)
    case = replace(case, history_vectors=vectors, mean_vector=np.array([0.5, 0, 0, 0], np.float32))
    assert case.centred_similarity[:, 1].any()
    assert built_anew(case, [0, 2], None).centred_similarity[:, 0].tolist() == case.centred_similarity[:, 1].tolist()


@given(whole_cases(), st.data())
def test_rows_may_be_taken_out_one_after_the_other(case: RankingCase, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(case.history))))[:3]
    left, by_steps = list(range(len(case.history))), case
    for row in order:
        by_steps = by_steps.without([left.index(row)], case.co_interactions)
        left.remove(row)
    at_once = case.without(order, case.co_interactions)
    assert rank(by_steps, ALL_SIGNALS).scores == pytest.approx(rank(at_once, ALL_SIGNALS).scores, abs=1e-4)


def test_the_case_itself_stays_as_it_was() -> None:
    case = checkerboard()
    before = rank(case).scores
    assert len(case.without([0, 2], None).history) == 1
    assert len(case.history) == 3
    assert rank(case).scores.tolist() == before.tolist()


def test_without_any_row_it_is_a_case_of_no_history() -> None:
    case = checkerboard()
    nobody = case.without(range(3), None)
    assert (list(nobody.history), nobody.history_vectors.shape) == ([], (0, 4))
    assert set(rank(nobody).parts) == {"typical"}


def test_the_rows_that_stay_share_the_liking_by_their_new_places() -> None:
    """The older of two rows counts as if it had been the one before the last all the time."""
    left = checkerboard().without([1], None).liking_share
    assert left[1] / left[0] == pytest.approx(2 ** (1 / HALF_LIFE))
    assert left.sum() == pytest.approx(1)


def test_what_was_worked_out_is_not_worked_out_again() -> None:
    case = checkerboard()
    rank(case)
    asked: list[object] = []
    watched = replace(case, frequencies=lambda words: asked.append(words) or {})  # type: ignore[func-returns-value]
    vars(watched).update({name: vars(case)[name] for name in WORKED_OUT if name in vars(case)})
    rank(watched.without([0], None))
    assert asked == []
    assert np.shares_memory(watched.without([0], None).candidate_vectors, case.candidate_vectors)
