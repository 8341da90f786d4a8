from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.agent.cli.calibrate import _of_model
from newaisle.agent.learn.learned import JudgedLikelihood, read_learned
from newaisle.agent.rank.blend import DEFAULT_BLEND
from newaisle.store.home import Home
from tests.agent.cli.command import newaisle


def test_a_small_shop_is_told_what_is_missing(shop: Path):
    ran = newaisle("calibrate", "--home", str(shop)).ok()

    assert "Too little to learn from" in ran.out
    assert read_learned(shop).blend == DEFAULT_BLEND


def test_json_says_what_was_learned_and_nothing_else(shop: Path):
    found = newaisle("calibrate", "--home", str(shop), "--json").json

    assert found["judged"] is None
    assert found["blend"]["weights"] == dict(DEFAULT_BLEND.weights)


@pytest.mark.parametrize(("kept", "verdict"), [(True, "it ranks from now on, with weight 0.3"), (False, "not enough")])
def test_a_language_model_is_told_with_its_gain_and_its_seconds(kept: bool, verdict: str):
    weighed = JudgedLikelihood(
        model="big", weight=0.3, cases=150, asked=80, gain=0.03, gain_se=0.009, seconds=1.26, kept=kept
    )

    said = _of_model(weighed)

    assert said.startswith("big, asked about 80 of 150 cases: +0.0300 ± 0.0090 NDCG@10, 1.3 s an answer")
    assert verdict in said
    assert "Too little" in _of_model(None)


def test_the_language_model_cannot_be_weighed_where_there_is_none(shop: Path):
    ran = newaisle("calibrate", "--llm", "--home", str(shop), "--model", "none")

    assert ran.code == 2
    assert "--llm needs a language model: give --model NAME" in ran.err


def test_reset_goes_back_to_the_default(shop: Path):
    ran = newaisle("calibrate", "--home", str(shop), "--reset").ok()

    assert ran.out == ""
    assert "back to the default weights" in ran.err
    assert read_learned(shop).blend == DEFAULT_BLEND


def test_without_a_shop_it_says_what_to_do(home: Home):
    ran = newaisle("calibrate", "--home", str(home.folder))

    assert ran.code == 3
    assert "newaisle ingest" in ran.err
