"""The benchmark of the main job, on a small data set and without models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.main_job import main
from benchmarks.speed import check
from newaisle.agent.learn.split import DataFolder
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.shop import ReadOptions
from tests.agent.evaluate.data import write_data

WITHOUT_MODELS = ("--model", "none", "--embedder", "hash")


def test_the_benchmark_measures_reading_answering_and_quality(tmp_path: Path):
    folder = write_data(tmp_path / "colours", zipped=True)

    options = ("--home", str(tmp_path / "home"), "--runs", "1", "--json")
    done = CliRunner().invoke(main, [str(folder), *options, *WITHOUT_MODELS])

    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["data"] == "colours"
    assert (figures["ingest"]["rows"], figures["ingest"]["embedded"], figures["ingest"]["products"]) == (24, 12, 12)
    assert 0 < figures["ingest"]["peak_mib"] < 1024
    assert figures["speed"]["process"]["answers"] == 1
    assert figures["speed"]["loaded"]["answers"] == 2
    assert figures["speed"]["process"]["min_s"] <= figures["speed"]["process"]["median_s"]
    checks = figures["speed"]["checks"]
    assert (checks["answers"], checks["twice"], checks["owned"], checks["phrased_by_model"]) == (3, 0, 0, 0)
    assert checks["real"] == checks["products"] == 3  # each customer owns one of the two vases
    assert figures["cases"] == 2
    assert figures["methods"]["blend"]["hr@1"] == 1.0
    assert figures["sample"] is None


def test_a_part_alone_is_printed_as_a_table(tmp_path: Path):
    folder = write_data(tmp_path / "colours")

    done = CliRunner().invoke(main, [str(folder), "--only", "quality", *WITHOUT_MODELS])

    assert done.exit_code == 0, done.output
    assert "2 cases, all candidates" in done.stdout
    assert "popularity (warm)" in done.stdout
    assert "ingest:" not in done.stdout
    assert "a whole process" not in done.stdout


def test_a_folder_that_is_no_data_set_gets_one_line(tmp_path: Path):
    done = CliRunner().invoke(main, [str(tmp_path), *WITHOUT_MODELS])

    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "has no items.jsonl" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_checks_count_invented_repeated_and_owned_products(tmp_path: Path):
    data = DataFolder.find(write_data(tmp_path / "colours"))
    home = Home(tmp_path / "home")
    ingest(home, embedder=HashEmbedder(), catalogue=data.items, histories=data.interactions, options=ReadOptions())
    rows = [("vase-blue", "llm"), ("vase-red", "evidence"), ("vase-red", "evidence"), ("vase-invented", "llm")]
    answer = {
        "request": {"user_id": "red-fan"},
        "category": {"name": "Vases"},
        "degraded": False,
        "recommendations": [{"item_id": item_id, "explanation": {"source": source}} for item_id, source in rows],
    }

    with home.reader() as ledger:
        checks = check([answer], ledger)

    assert checks == {
        "answers": 1,
        "products": 4,
        "real": 2,
        "twice": 1,
        "owned": 1,
        "phrased_by_model": 2,
        "degraded": 0,
    }


@pytest.mark.parametrize("option", [("--only", "nonsense"), ("--no-such-option",)])
def test_wrong_usage_is_refused(tmp_path: Path, option: tuple[str, ...]):
    assert CliRunner().invoke(main, [str(tmp_path), *option]).exit_code == 2
