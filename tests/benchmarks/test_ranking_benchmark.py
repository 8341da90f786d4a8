"""The ranking benchmark: every signal that a shop allows takes part, and the shop stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.ranking import HISTORIES, main, measure
from newaisle.agent import sample
from newaisle.agent.rank.blend import BY_ROW
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.shop import ReadOptions


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("shop"))
    ingest(home, embedder=HashEmbedder(), catalogue=sample.CATALOGUE, histories=sample.HISTORIES, options=ReadOptions())
    return home.folder


def test_every_signal_takes_part_for_a_short_and_a_long_history(home: Path) -> None:
    with Home(home).reader() as ledger:
        revision = ledger.revision
        figures = measure(ledger, candidates=60, runs=2)
        assert ledger.revision == revision
    assert [one["history"] for one in figures["ranking"]] == list(HISTORIES)
    for one in figures["ranking"]:
        assert set(one["parts"]) == {*BY_ROW, "disliked", "popularity", "expected_popularity"}
        assert one["candidates"] == 60
        assert 0 < one["median_ms"] <= one["p95_ms"]


def test_a_shop_with_too_few_products_is_refused(home: Path) -> None:
    result = CliRunner().invoke(main, [str(home), "--candidates", "100000"])
    assert result.exit_code == 1
    assert "choose fewer with --candidates" in result.output


def test_a_folder_without_a_shop_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [str(tmp_path)])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
