"""What an evaluation says in words, on the screen and on the page alike."""

from __future__ import annotations

import pytest

from newaisle.agent.cli.measured_text import print_evaluation
from newaisle.agent.evaluate.report import render_report
from newaisle.agent.evaluate.result import Difference, Evaluation, Interval
from newaisle.agent.evaluate.wording import left_out, marked_name, method_name, verdict, what_was_learned
from tests.agent.evaluate.evaluations import calibrated, evaluation, interval


def _warm(ratio: Interval | None, *, mean: float = 0.012, low: float = 0.008) -> Evaluation:
    row = Difference(method="warm-blend", minus="popularity", ndcg_at_10=interval(mean, low, 0.016), ratio=ratio)
    return evaluation(differences=[row])


def test_a_ratio_is_told_with_its_interval():
    assert verdict(_warm(interval(1.19, 1.124, 1.25)))[0].text == (
        "Warm blend is better than popularity (warm), by 0.012 NDCG@10 [0.008, 0.016], 1.19 times [1.12, 1.25]."
    )
    assert "times" not in verdict(_warm(None))[0].text


def test_a_ratio_claims_nothing_that_the_difference_does_not():
    found = verdict(_warm(interval(1.02, 0.95, 1.1), mean=0.001, low=-0.014))[0]

    assert found.finding == "open"
    assert found.text.endswith("no difference can be claimed, +0.001 [−0.014, 0.016] NDCG@10, 1.02 times [0.95, 1.10].")


def test_one_line_has_the_weights_the_heaviest_first_and_how_far_probabilities_go():
    found = evaluation(calibration=calibrated()).model_copy(
        update={"weights": {"lexical": 0.2, "expected_popularity": 0.413, "brand": 0.0, "dense": 0.004}}
    )

    assert what_was_learned(found) == (
        "Weights: expected popularity 0.41, lexical 0.20; Brier skill +0.012 [0.004, 0.020];"
        " first five: 5.5 % predicted, 5.1 % [4.3 %, 6.0 %] taken."
    )


def test_without_weights_and_probabilities_the_line_says_so():
    found = evaluation().model_copy(update={"weights": {"brand": 0.0}, "calibration": None})

    assert what_was_learned(found) == "Weights: none; no probabilities."


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("popularity", "popularity (warm)"),
        ("user-knn", "user-kNN (warm)"),
        ("warm-blend", "warm blend"),
        ("blend-expected_popularity", "blend without expected popularity (warm)"),
    ],
)
def test_warm_methods_are_marked_once(name: str, called: str):
    assert marked_name(name, warm=True) == called
    assert marked_name(name, warm=False) == method_name(name)


def test_the_screen_and_the_page_say_the_same(capsys: pytest.CaptureFixture[str]):
    found = evaluation()

    print_evaluation(found)
    shown, page = " ".join(capsys.readouterr().out.split()), " ".join(render_report(found).split())

    for said in (*(sentence.text for sentence in verdict(found)), what_was_learned(found), *found.notes):
        assert said in shown
        assert said in page
    for name in found.methods:
        if not left_out(name):
            assert f" {method_name(name)} " in shown
            assert f">{method_name(name)}<" in page
