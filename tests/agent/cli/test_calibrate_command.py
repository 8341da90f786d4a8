from __future__ import annotations

from pathlib import Path

from newaisle.agent.learn.learned import read_learned
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


def test_reset_goes_back_to_the_default(shop: Path):
    ran = newaisle("calibrate", "--home", str(shop), "--reset").ok()

    assert ran.out == ""
    assert "back to the default weights" in ran.err
    assert read_learned(shop).blend == DEFAULT_BLEND


def test_without_a_shop_it_says_what_to_do(home: Home):
    ran = newaisle("calibrate", "--home", str(home.folder))

    assert ran.code == 3
    assert "newaisle ingest" in ran.err
