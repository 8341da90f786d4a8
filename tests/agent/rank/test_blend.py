"""The blend: parts that add up to scores, probabilities, and what a language model adds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newaisle.agent.rank import blend as blend_module
from newaisle.agent.rank.blend import (
    BY_ROW,
    DEFAULT_BLEND,
    MODEL_WEIGHT,
    Blend,
    Ranking,
    log_shares,
    rank,
    standardise,
    with_signal,
)
from newaisle.agent.rank.by_model import likelihood, wanted
from newaisle.agent.rank.case import CoInteractions, Matrix, RankingCase
from newaisle.store.rows import Product
from newaisle.testing import ScriptedModel, chat
from tests.agent.rank.cases import case_of, checkerboard, permuted, row, whole_cases

numbers = st.floats(-1e3, 1e3)
few = settings(max_examples=12)


EVERYTHING = Blend(
    weights=dict.fromkeys((*BY_ROW, "disliked", "expected_popularity"), 0.5), prior=20.0, slope=0.9, intercept=-0.3
)


def without_history(case: RankingCase) -> RankingCase:
    return replace(case, history=[], history_vectors=np.zeros((0, 4), np.float32))


def taken(*counts: float) -> CoInteractions:
    return CoInteractions(counts=np.array(counts, dtype=np.float64), alike=np.zeros(len(counts)))


@few
@given(whole_cases(least=0))
def test_the_parts_sum_to_the_score_and_the_rows_to_the_parts(case: RankingCase) -> None:
    ranking = rank(case, EVERYTHING)
    assert ranking.scores == pytest.approx(sum(ranking.parts.values()))
    assert np.isfinite(ranking.scores).all()
    for name, by_row in ranking.evidence.items():
        assert by_row.shape == (len(case.candidates), len(case.history))
        assert by_row.sum(axis=1) == pytest.approx(ranking.parts[name], abs=1e-4)


@few
@given(whole_cases())
def test_every_part_is_zero_on_average_and_as_wide_as_its_weight(case: RankingCase) -> None:
    choices = 0.0 if case.co_interactions is None else case.co_interactions.counts.sum()
    left = (EVERYTHING.prior + EVERYTHING.personal * choices) / (EVERYTHING.prior + choices)
    widths = {**dict.fromkeys(BY_ROW, 0.5 * left), "disliked": 0.5, "expected_popularity": 0.5, "typical": 1.0}
    for name, part in rank(case, EVERYTHING).parts.items():
        assert part.mean() == pytest.approx(0, abs=1e-4)
        if name != "popularity":
            assert part.std() == pytest.approx(0, abs=1e-9) or part.std() == pytest.approx(widths[name], rel=1e-3)


@few
@given(whole_cases(), st.data())
def test_scores_move_with_their_candidates(case: RankingCase, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(case.candidates))))
    scores = rank(case, EVERYTHING).scores
    assert rank(permuted(case, order), EVERYTHING).scores == pytest.approx(scores[list(order)], abs=1e-3)


@few
@given(whole_cases())
def test_probabilities_lie_between_0_and_1_and_rise_with_the_scores(case: RankingCase) -> None:
    assert case.co_interactions is None or rank(case, EVERYTHING).probabilities is None
    ranking = rank(replace(case, co_interactions=None), EVERYTHING)
    assert ranking.probabilities is not None
    assert ((ranking.probabilities > 0) & (ranking.probabilities < 1)).all()
    assert (np.diff(ranking.probabilities[ranking.order()]) <= 0).all()


def test_a_probability_is_the_odds_of_a_share() -> None:
    """Of two equal candidates each has a half; the log-odds are 2 * log(1/2) - 0.5."""
    twins = [Product(item_id=f"c{i}", title="oak") for i in range(2)]
    ranking = rank(case_of(twins, []), Blend(weights={}, slope=2.0, intercept=-0.5))
    odds = 0.5**2 * np.exp(-0.5)
    assert ranking.probabilities == pytest.approx(odds / (1 + odds))
    larger = rank(case_of(twins, []), Blend(weights={}, slope=2.0, intercept=-0.5, size=3.0)).probabilities
    assert larger == pytest.approx(8 * odds / (1 + 8 * odds))


def test_without_learned_odds_there_are_no_probabilities() -> None:
    assert DEFAULT_BLEND.slope is None
    assert rank(checkerboard()).probabilities is None


def test_shares_of_any_scores_add_up_to_one() -> None:
    shares = log_shares(np.array([1000.0, 1000.0, -1000.0]))
    assert np.exp(shares) == pytest.approx([0.5, 0.5, 0])


def test_the_half_that_is_like_the_history_comes_first() -> None:
    for blend in (DEFAULT_BLEND, EVERYTHING):
        assert set(rank(checkerboard(8), blend).order()[:4]) == {0, 2, 4, 6}


def test_a_weight_multiplies_its_part_and_no_other() -> None:
    weights = DEFAULT_BLEND.weights
    plain = rank(checkerboard())
    heavy = rank(checkerboard(), Blend(weights={**weights, "brand": 3 * weights["brand"]}))
    assert heavy.parts["brand"] == pytest.approx(3 * plain.parts["brand"])
    assert heavy.evidence["brand"] == pytest.approx(3 * plain.evidence["brand"])
    assert heavy.parts["lexical"] == pytest.approx(plain.parts["lexical"])


def test_a_scale_is_what_a_difference_of_1_makes_in_the_score() -> None:
    ranking = rank(checkerboard())
    raw = BY_ROW["lexical"](checkerboard()).sum(axis=1)
    part = ranking.parts["lexical"]
    assert part[0] - part[1] == pytest.approx(ranking.scales["lexical"] * (raw[0] - raw[1]), rel=1e-4)


def test_a_signal_that_is_left_out_has_no_part() -> None:
    assert set(rank(checkerboard(), Blend(weights={"lexical": 1.0})).parts) == {"lexical"}


@pytest.mark.parametrize("weights", [{"lexical": 1.0}, {"lexical": 1.0, "dense": 0.0}])
def test_a_signal_without_a_weight_is_not_computed(weights: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: RankingCase) -> Matrix:
        raise AssertionError("computed")

    monkeypatch.setattr(blend_module, "BY_ROW", {**BY_ROW, "dense": never})
    assert set(rank(checkerboard(), Blend(weights=weights)).parts) == {"lexical"}


@pytest.mark.parametrize("name", ["disliked", "expected_popularity"])
def test_a_weight_of_zero_leaves_out_what_rests_on_no_history(name: str) -> None:
    case = replace(
        checkerboard(), disliked=[Product(item_id="d", title="d", brand="Hale")], expected_popularity=np.arange(8.0)
    )
    assert name in rank(case, Blend(weights={"lexical": 1.0, name: 0.1})).parts
    assert set(rank(case, Blend(weights={"lexical": 1.0, name: 0.0})).parts) == {"lexical"}


@pytest.mark.parametrize(
    ("choices", "personal", "left"), [(0, 0.5, 1.0), (50, 0.5, 0.75), (50, 1.0, 1.0), (50, 0.0, 0.5)]
)
def test_the_personal_part_shrinks_as_others_choose(choices: float, personal: float, left: float) -> None:
    blend = Blend(weights={"lexical": 1.0, "expected_popularity": 1.0}, prior=50.0, personal=personal)
    case = replace(checkerboard(), expected_popularity=np.arange(8.0))
    cold = rank(case, blend)
    warm = rank(replace(case, co_interactions=taken(choices, *[0.0] * 7)), blend)
    assert warm.parts["lexical"] == pytest.approx(left * cold.parts["lexical"])
    assert warm.evidence["lexical"] == pytest.approx(left * cold.evidence["lexical"])
    assert warm.parts["expected_popularity"] == pytest.approx(cold.parts["expected_popularity"])


def test_what_nobody_took_changes_no_score() -> None:
    cold = rank(checkerboard())
    assert rank(replace(checkerboard(), co_interactions=taken(*[0.0] * 8))).scores == pytest.approx(cold.scores)


def test_what_everybody_took_comes_first_in_the_end() -> None:
    case = replace(checkerboard(), expected_popularity=np.arange(8.0)[::-1])
    warm = rank(replace(case, co_interactions=taken(*[0.0] * 7, 1e6)))
    assert rank(case).order()[0] != 7
    assert warm.order()[0] == 7


def test_without_a_history_the_most_attractive_come_first() -> None:
    case = replace(without_history(checkerboard(4)), expected_popularity=np.array([0.0, 3.0, 1.0, 2.0]))
    ranking = rank(case)
    assert set(ranking.parts) == {"expected_popularity"}
    assert ranking.order().tolist() == [1, 3, 2, 0]
    assert not ranking.evidence


def test_without_a_history_what_others_took_comes_first() -> None:
    ranking = rank(replace(without_history(checkerboard(4)), co_interactions=taken(0, 3, 0, 9)))
    assert set(ranking.parts) == {"popularity"}
    assert ranking.order().tolist() == [3, 1, 0, 2]


def test_with_a_history_that_no_weight_looks_at_the_most_typical_come_first() -> None:
    assert set(rank(checkerboard(), Blend(weights={})).parts) == {"typical"}


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
    assert both.parts["likelihood"][shortlist] == pytest.approx(MODEL_WEIGHT * standardise(likelihoods))


def test_likelihood_keeps_the_order_of_what_it_was_not_asked_about() -> None:
    ranking = Ranking({"lexical": np.array([0.5, 8.4, 0.7, 8.0, 0.6])})
    both = with_signal(ranking, "likelihood", np.array([1, 3]), np.array([-9.0, 9.0]))
    assert both.order().tolist() == [3, 1, 2, 4, 0]
    far_below = with_signal(ranking, "likelihood", np.array([1, 0]), np.array([9.0, -9.0]))
    assert far_below.order().tolist() == [1, 0, 3, 2, 4]


def test_likelihood_is_the_mean_log_probability_of_each_title() -> None:
    model = ScriptedModel(likelihoods={"oak bowl": -6.0, "zinc": -1.0})
    assert likelihood(model, chat(("user", "which?")), ["oak bowl", "zinc"]).tolist() == [-3.0, -1.0]


def test_auto_asks_only_large_models_to_rank() -> None:
    for switch, parameters, expected in [
        ("on", 1, True),
        ("off", 10**10, False),
        ("auto", 135_000_000, False),
        ("auto", 3_000_000_000, True),
        ("auto", None, True),
        ("off", None, False),
    ]:
        model = ScriptedModel()
        model.parameters = parameters
        assert wanted(switch, model) is expected, switch  # type: ignore[arg-type]


def test_probabilities_do_not_hold_once_a_language_model_has_ranked() -> None:
    ranking = rank(checkerboard(), EVERYTHING)
    assert ranking.probabilities is not None
    assert with_signal(ranking, "likelihood", np.arange(2), np.array([-1.0, -2.0])).probabilities is None


def test_evidence_is_kept_when_the_likelihood_is_added() -> None:
    ranking = rank(checkerboard())
    both = with_signal(ranking, "likelihood", np.arange(2), np.array([-1.0, -2.0]))
    assert both.evidence is ranking.evidence
    assert replace(both, parts=ranking.parts) == ranking


def test_a_signal_has_the_name_it_is_given() -> None:
    ranking = with_signal(Ranking({"lexical": np.zeros(2)}), "listwise", np.array([0, 1]), np.array([0.0, 1.0]))
    assert list(ranking.parts) == ["lexical", "listwise"]
    assert ranking.order().tolist() == [1, 0]
