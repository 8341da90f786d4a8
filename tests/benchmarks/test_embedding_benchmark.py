from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.embedding import main
from tests.agent.models.tiny_models import encoder_files, write_files


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return write_files(encoder_files(), tmp_path / "weights")


def test_every_variant_is_measured_against_fp32(weights: Path, tmp_path: Path) -> None:
    rows = [{"id": str(number), "title": f"kettle number {number}"} for number in range(20)]
    (tmp_path / "items.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    arguments = [str(tmp_path), "--weights", str(weights), "--texts", "12", "--rounds", "2", "--threads", "1"]
    done = CliRunner().invoke(main, [*arguments, "--json"], catch_exceptions=False)
    figures = json.loads(done.output)
    assert figures["texts"] == 12
    assert list(figures["variants"]) == ["fp32", "int8"]
    full, small = figures["variants"].values()
    assert full["ratio"] == 1
    assert full["cosine_min"] == pytest.approx(1, abs=1e-5)
    assert 0.9 < small["cosine_min"] <= small["cosine_mean"] < 1
    table = CliRunner().invoke(main, arguments, catch_exceptions=False).output
    assert "int8" in table


def test_a_folder_without_a_catalogue_is_refused_in_one_line(weights: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, [str(tmp_path), "--weights", str(weights)])
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert "items.jsonl" in done.stderr
