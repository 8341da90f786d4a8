"""The rule by which one variant of a language model is chosen, on made-up measurements."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.evaluate.model_quality import loss_per_token
from newaisle.agent.llm.base import Likelihood
from newaisle.agent.models.manifest import MOST_FEWER_PASSED, MOST_LOSS, Measurement, answer_seconds, choose


def measured(variant: str, answer_s: float | None, **more: Any) -> Measurement:
    """A measurement that nothing speaks against unless `more` says so."""
    return Measurement(
        **{"variant": variant, "bytes": 100, "answer_s": answer_s, "loss": 0.0, "passed_share": 0.8, **more}
    )


PUBLISHED = measured("Q4_1", 2.0)


def chosen(*others: Measurement) -> str:
    (best,) = [one for one in choose([PUBLISHED, *others]) if one.chosen]
    return best.variant


def why(*others: Measurement) -> dict[str, str]:
    return {one.variant: one.why for one in choose([PUBLISHED, *others])}


def test_the_fastest_that_loses_little_is_chosen() -> None:
    assert chosen(measured("Q8_0", 1.5), measured("F16", 1.2), measured("Q4_0", 1.0, loss=0.1)) == "F16"


def test_without_candidates_the_file_as_published_stays() -> None:
    assert chosen() == "Q4_1"
    assert why() == {"Q4_1": "nothing faster keeps within the limits of loss"}


def test_a_candidate_that_is_slow_or_loses_too_much_is_passed_over_and_told_why() -> None:
    for candidate, reason in [
        (measured("Q8_0", 2.0), "no faster than the file as published"),
        (measured("Q8_0", 1.0, loss=MOST_LOSS + 0.001), f"loses more than {MOST_LOSS} nats a token"),
        (measured("Q8_0", 1.0, loss=math.nan), f"loses more than {MOST_LOSS} nats a token"),
        (measured("Q8_0", None, loss=0.1), f"loses more than {MOST_LOSS} nats a token"),
        (measured("Q8_0", 1.0, passed_share=0.74), "over 5 points fewer of its explanations pass their check"),
        (measured("Q8_0", None, loss=None, passed_share=None), "does not run here"),
    ]:
        assert chosen(candidate) == "Q4_1", candidate
        assert why(candidate)["Q8_0"] == reason, candidate


@pytest.mark.parametrize("limit", [{"loss": MOST_LOSS}, {"passed_share": 0.8 - MOST_FEWER_PASSED}, {"loss": -0.1}])
def test_a_loss_up_to_the_limits_does_not_matter(limit: dict[str, float]) -> None:
    assert chosen(measured("Q8_0", 1.0, **limit)) == "Q8_0"


def test_one_whose_explanations_were_not_asked_for_is_not_chosen() -> None:
    assert chosen(measured("Q8_0", 1.0, passed_share=None), measured("F16", 1.5)) == "F16"


def test_of_two_that_are_as_fast_the_smaller_is_chosen() -> None:
    assert chosen(measured("F16", 1.0, bytes=300), measured("Q8_0", 1.0, bytes=150)) == "Q8_0"


def test_the_reason_for_a_choice_says_how_much_faster_it_is() -> None:
    reasons = why(measured("Q8_0", 1.0))
    assert reasons["Q8_0"] == "2.00 times as fast as published, with a loss within the limits"
    assert reasons["Q4_1"] == "slower than what was chosen"


def test_an_answer_is_reckoned_from_both_speeds() -> None:
    assert answer_seconds(375.0, 70.0) == pytest.approx(1 + 2)


maybe = st.none() | st.floats(0.01, 10)
candidates = st.builds(
    Measurement,
    variant=st.text(min_size=1),
    bytes=st.integers(1, 10**9),
    answer_s=maybe,
    loss=st.none() | st.floats(-0.1, 0.1),
    passed_share=st.none() | st.floats(0, 1),
)


@given(st.lists(candidates, min_size=1, max_size=5, unique_by=lambda one: one.variant))
def test_one_variant_is_chosen_and_never_one_beyond_the_limits(measurements: list[Measurement]) -> None:
    published = measurements[0]
    found = choose(measurements)
    (best,) = [one for one in found if one.chosen]
    assert [one.variant for one in found] == [one.variant for one in measurements]
    assert all(one.why for one in found)
    if best.variant == published.variant:
        return
    assert best.loss is not None
    assert best.loss <= MOST_LOSS
    assert None not in (best.answer_s, published.answer_s, best.passed_share, published.passed_share)
    assert best.answer_s < published.answer_s
    assert best.passed_share >= published.passed_share - MOST_FEWER_PASSED - 1e-6


def test_the_loss_is_that_of_all_tokens_together() -> None:
    before = [Likelihood(-10.0, 10), Likelihood(-40.0, 10), Likelihood(-5.0, 5)]
    after = [Likelihood(-11.0, 10), Likelihood(-41.0, 10), Likelihood(-5.5, 5)]
    assert loss_per_token(before, after) == (pytest.approx(0.1), pytest.approx(0.0, abs=1e-9))
    assert loss_per_token(before, before) == (0.0, 0.0)


def test_the_error_of_a_loss_is_that_of_a_ratio_of_totals() -> None:
    before = [Likelihood(0.0, 1)] * 4
    after = [Likelihood(-value, 1) for value in (0.0, 0.0, 0.2, 0.2)]
    loss, error = loss_per_token(before, after)
    # with texts of one length it is the standard error of the mean: sqrt(0.04 / 3) / sqrt(4)
    assert (loss, error) == (pytest.approx(0.1), pytest.approx(math.sqrt(0.04 / 3) / 2))
