"""The blend, and the language model's likelihood on top of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.rank.blend import DEFAULT_WEIGHTS, Ranking, rank, standardise, with_signal
from agent.rank.case import RankingCase
from agent.rank.likelihood import likelihood, wanted
from store.rows import Product
from tests.agent.llm.fake import ScriptedModel, chat
from tests.agent.rank.cases import case_of, cases, checkerboard, permuted, row

numbers = st.floats(-1e3, 1e3)
few = settings(max_examples=40, deadline=None)


@few
@given(cases(least=0))
def test_the_parts_sum_to_the_score_and_the_rows_to_the_parts(case: RankingCase) -> None:
    ranking = rank(case)
    assert ranking.scores == pytest.approx(sum(ranking.parts.values()))
    assert np.isfinite(ranking.scores).all()
    for name, by_row in ranking.evidence.items():
        assert by_row.shape == (len(case.candidates), len(case.history))
        assert by_row.sum(axis=1) == pytest.approx(ranking.parts[name], abs=1e-4)


@few
@given(cases())
def test_every_part_is_zero_or_has_its_weight_as_standard_deviation(case: RankingCase) -> None:
    for name, part in rank(case).parts.items():
        assert part.mean() == pytest.approx(0, abs=1e-4)
        assert part.std() == pytest.approx(0, abs=1e-9) or part.std() == pytest.approx(DEFAULT_WEIGHTS[name], rel=1e-3)


@few
@given(cases(), st.data())
def test_scores_move_with_their_candidates(case: RankingCase, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(case.candidates))))
    assert rank(permuted(case, order)).scores == pytest.approx(rank(case).scores[list(order)], abs=1e-3)


def test_the_half_that_is_like_the_history_comes_first() -> None:
    assert set(rank(checkerboard(8)).order()[:4]) == {0, 2, 4, 6}


def test_a_weight_multiplies_its_part_and_no_other() -> None:
    plain = rank(checkerboard())
    heavy = rank(checkerboard(), weights={**DEFAULT_WEIGHTS, "brand": 3 * DEFAULT_WEIGHTS["brand"]})
    assert heavy.parts["brand"] == pytest.approx(3 * plain.parts["brand"])
    assert heavy.parts["lexical"] == pytest.approx(plain.parts["lexical"])


def test_a_signal_that_is_left_out_has_no_part() -> None:
    assert set(rank(checkerboard(), weights={"lexical": 1.0}).parts) == {"lexical"}


def test_candidates_that_are_all_alike_score_zero_and_keep_their_order() -> None:
    twins = [Product(item_id=f"c{i}", title="oak linen", brand="Hale") for i in range(5)]
    ranking = rank(case_of(twins, [row(Product(item_id="h", title="oak", brand="Hale"))]))
    assert not ranking.scores.any()
    assert not any(by_row.any() for by_row in ranking.evidence.values())
    assert ranking.order().tolist() == [0, 1, 2, 3, 4]


def test_without_a_history_the_most_typical_come_first() -> None:
    case = case_of([Product(item_id=t, title=t) for t in ("zinc bowl", "oak chair", "oak chair red")], [])
    ranking = rank(case)
    assert set(ranking.parts) == {"typical"}
    assert ranking.order()[-1] == 0


@pytest.mark.parametrize("history", [[], [row(Product(item_id="h", title="oak"))]])
def test_no_candidates_make_an_empty_ranking(history: list) -> None:  # type: ignore[type-arg]
    ranking = rank(case_of([], history))
    assert len(ranking.order()) == len(ranking.scores) == 0


@few
@given(st.lists(numbers, min_size=1, max_size=20))
def test_standardised_scores_have_no_mean_and_unit_or_no_variance(values: list[float]) -> None:
    scores = standardise(np.array(values))
    assert scores.mean() == pytest.approx(0, abs=1e-6)
    assert scores.std() == pytest.approx(1, rel=1e-6) or not scores.any()


def test_equal_scores_are_not_blown_up_by_rounding() -> None:
    assert not standardise(np.array([0.1 + 0.2, 0.3, 0.3])).any()


@few
@given(st.lists(numbers, min_size=2, max_size=12), st.data())
def test_a_models_signal_reorders_the_shortlist_and_leaves_the_rest_below(
    scores: list[float], data: st.DataObject
) -> None:
    ranking = Ranking({"lexical": np.array(scores)})
    size = data.draw(st.integers(1, len(scores)))
    shortlist = ranking.order()[:size]
    likelihoods = np.array(data.draw(st.lists(numbers, min_size=size, max_size=size)))
    both = with_signal(ranking, "likelihood", shortlist, likelihoods)
    assert set(both.order()[:size]) == set(shortlist)
    assert both.scores == pytest.approx(both.parts["lexical"] + both.parts["likelihood"])
    assert both.parts["likelihood"][shortlist] == pytest.approx(standardise(likelihoods))


def test_likelihood_keeps_the_order_of_what_it_was_not_asked_about() -> None:
    ranking = Ranking({"lexical": np.array([0.5, 9.0, 0.7, 8.0, 0.6])})
    both = with_signal(ranking, "likelihood", np.array([1, 3]), np.array([-9.0, 9.0]))
    assert both.order().tolist() == [3, 1, 2, 4, 0]
    far_below = with_signal(ranking, "likelihood", np.array([1, 0]), np.array([9.0, -9.0]))
    assert far_below.order().tolist() == [1, 0, 3, 2, 4]


def test_likelihood_is_the_mean_log_probability_of_each_title() -> None:
    model = ScriptedModel(likelihoods={"oak bowl": -6.0, "zinc": -1.0})
    assert likelihood(model, chat(("user", "which?")), ["oak bowl", "zinc"]).tolist() == [-3.0, -1.0]


@pytest.mark.parametrize(
    ("switch", "parameters", "expected"),
    [
        ("on", 1, True),
        ("off", 10**10, False),
        ("auto", 135_000_000, False),
        ("auto", 3_000_000_000, True),
        ("auto", None, True),
        ("off", None, False),
    ],
)
def test_auto_asks_only_large_models_to_rank(switch: str, parameters: int | None, expected: bool) -> None:
    model = ScriptedModel()
    model.parameters = parameters
    assert wanted(switch, model) is expected  # type: ignore[arg-type]


def test_evidence_is_kept_when_the_likelihood_is_added() -> None:
    ranking = rank(checkerboard())
    both = with_signal(ranking, "likelihood", np.arange(2), np.array([-1.0, -2.0]))
    assert both.evidence is ranking.evidence
    assert replace(both, parts=ranking.parts) == ranking


def test_a_signal_has_the_name_it_is_given() -> None:
    ranking = with_signal(Ranking({"lexical": np.zeros(2)}), "listwise", np.array([0, 1]), np.array([0.0, 1.0]))
    assert list(ranking.parts) == ["lexical", "listwise"]
    assert ranking.order().tolist() == [1, 0]
