"""`newaisle models bench` and `pull --again`, with the measuring itself replaced."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent.models.manifest import EmbedderMeasurement, FileRecord, Manifest, Measurement, choose
from newaisle.agent.schema.gain import Gain
from tests.agent.cli.command import newaisle

MEASURED = (
    Measurement(
        variant="Q4_1",
        bytes=98_000_000,
        prompt_tokens_s=300,
        written_tokens_s=60,
        answer_s=3.58,
        loss=0.0,
        loss_se=0.0,
        passed_share=0.92,
    ),
    Measurement(
        variant="Q8_0",
        bytes=145_000_000,
        prompt_tokens_s=600,
        written_tokens_s=90,
        answer_s=2.18,
        loss=0.005,
        loss_se=0.006,
        passed_share=0.94,
    ),
    Measurement(variant="Q4_0", bytes=92_000_000, loss=0.1377, loss_se=0.0347),
)
NAMES = {"llm": "smollm2-135m", "embedder": "minilm-l6"}


def in_cache(folder: Path, kind: Any, variant: str, measurements: Sequence[Any], **facts: Any) -> Manifest:
    """A known model in a cache, as a pull would have left it."""
    own = folder / NAMES[kind]
    own.mkdir(parents=True)
    (own / "model.gguf").write_bytes(b"GGUF")
    manifest = Manifest(
        name=NAMES[kind],
        kind=kind,
        source="package tiny==1.0",
        variant=variant,
        files=(FileRecord.of(own / "model.gguf", "model.gguf"),),
        measurements=tuple(measurements),
        made_at=datetime(2026, 11, 21, tzinfo=UTC),
        made_on="x86_64, Linux",
        **facts,
    )
    manifest.write(own)
    return manifest


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWAISLE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path / "models"


def test_what_was_measured_at_the_pull_is_shown_without_measuring(models: Path) -> None:
    in_cache(models, "llm", "Q8_0", choose(MEASURED), note="Q8_0 is 1.64 times as fast as published")
    shown = newaisle("models", "bench", "smollm2-135m", "--recorded").ok().out
    rows = {line.split()[0]: line for line in shown.splitlines() if line}
    assert rows["Q8_0"].split()[1:10] == ["*", "145", "600", "90", "2.18", "0.0050", "±", "0.0060", "94%"]
    assert rows["Q4_0"].split()[1:5] == ["92", "–", "–", "–"]
    assert "loses more than 0.02 nats a token" in rows["Q4_0"]
    assert "* in use since 2026-11-21: Q8_0 is 1.64 times as fast as published" in shown


def test_the_build_of_llama_cpp_that_was_measured_with_is_shown(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_cache(models, "llm", "Q8_0", choose(MEASURED), llama_cpp="llama-cpp-python 0.3.36, built by GCC 12.2.0")
    arguments = ("models", "bench", "smollm2-135m")
    assert "llama-cpp-python 0.3.36, built by GCC 12.2.0\n" in newaisle(*arguments, "--recorded").ok().out
    monkeypatch.setattr("newaisle.agent.evaluate.model_bench._language_model", lambda *_: choose(MEASURED))
    monkeypatch.setattr("newaisle.agent.evaluate.model_bench.description", lambda: "built by clang 19.1.7")
    assert "built by clang 19.1.7\n" in newaisle(*arguments).ok().out
    (found,) = newaisle(*arguments, "--json").json
    assert found["llama_cpp"] == "built by clang 19.1.7"


def test_json_has_everything_measured(models: Path) -> None:
    in_cache(models, "llm", "Q8_0", choose(MEASURED))
    (found,) = newaisle("models", "bench", "smollm2-135m", "--recorded", "--json").json
    assert (found["in_use"], found["best"]) == ("Q8_0", "Q8_0")
    assert [Measurement.model_validate(one) for one in found["measurements"]] == list(choose(MEASURED))


def test_another_variant_that_is_best_now_is_named_with_the_command(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_cache(models, "llm", "Q4_1", ())
    monkeypatch.setattr("newaisle.agent.evaluate.model_bench._language_model", lambda *_: choose(MEASURED))
    ran = newaisle("models", "bench", "smollm2-135m").ok()
    assert ran.err == "Q8_0 would be chosen now: run `newaisle models pull --again smollm2-135m`\n"
    assert "Q4_1 *" in ran.out
    assert Manifest.read(models / "smollm2-135m").variant == "Q4_1"  # type: ignore[union-attr]
    assert not list(models.glob(".bench.*"))


def test_the_variant_in_use_that_is_still_best_needs_nothing(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_cache(models, "llm", "Q8_0", ())
    monkeypatch.setattr("newaisle.agent.evaluate.model_bench._language_model", lambda *_: choose(MEASURED))
    assert newaisle("models", "bench", "smollm2-135m").ok().err == ""


def test_an_embedder_has_its_speed_and_its_likeness_to_fp32(models: Path) -> None:
    both = (
        EmbedderMeasurement(variant="fp32", bytes=90_000_000, texts_s=250.0, cosine=1.0),
        EmbedderMeasurement(variant="int8", bytes=23_000_000, texts_s=410.0, cosine=0.997, chosen=True, why="faster"),
    )
    in_cache(models, "embedder", "int8", both, note="faster")
    shown = newaisle("models", "bench", "minilm-l6", "--recorded").ok().out
    rows = {line.split()[0]: line.split() for line in shown.splitlines() if line}
    assert rows["int8"] == ["int8", "*", "23", "410", "0.9970", "faster"]
    assert rows["fp32"][:4] == ["fp32", "90", "250", "1.0000"]


def test_a_model_pulled_before_anything_was_recorded_is_still_read(models: Path) -> None:
    manifest = in_cache(models, "llm", "Q8_0", (), note="requantized")
    file = models / "smollm2-135m" / "manifest.json"
    old = {key: value for key, value in json.loads(file.read_text()).items() if key != "measurements"}
    file.write_text(json.dumps(old))
    assert Manifest.read(file.parent) == manifest
    shown = newaisle("models", "bench", "smollm2-135m", "--recorded").ok().out
    assert "nothing was measured when it was pulled" in shown
    assert "requantized" in shown


@pytest.mark.parametrize("kind", ["llm", "embedder"])
def test_a_manifest_comes_back_as_it_was_written(models: Path, kind: str) -> None:
    measured: Sequence[Any] = (
        MEASURED if kind == "llm" else (EmbedderMeasurement(variant="int8", bytes=1, texts_s=2.0),)
    )
    manifest = in_cache(models, kind, "Q8_0", measured)
    assert Manifest.read(models / NAMES[kind]) == manifest


@pytest.mark.usefixtures("models")
def test_a_model_that_is_not_here_is_named_with_the_command() -> None:
    ran = newaisle("models", "bench", "smollm2-135m")
    assert ran.code == 4
    assert "newaisle models pull smollm2-135m" in ran.err


@pytest.mark.usefixtures("models")
def test_pull_again_takes_in_a_file_that_changed(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    header = b"GGUF general.architecture\x08\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00llama"
    own.write_bytes(header)
    newaisle("models", "pull", own).ok()
    manifests = [tmp_path.glob("models/own-*/manifest.json")]
    (file,) = manifests[0]
    before = file.read_text()
    newaisle("models", "pull", own).ok()
    assert file.read_text() == before
    newaisle("models", "pull", "--again", own).ok()
    assert json.loads(file.read_text())["made_at"] != json.loads(before)["made_at"]


def test_what_the_texts_of_a_variant_add_is_told_below_the_table(models: Path) -> None:
    gain = Gain(
        texts=36,
        refused=0.25,
        again=0.5,
        openings=0.75,
        masked_openings=0.1,
        refusals={"… is in no claim": 9},
        seconds=0.436,
    )
    first, *others = MEASURED
    in_cache(models, "llm", "Q8_0", choose([first.model_copy(update={"gain": gain}), *others]))
    shown = newaisle("models", "bench", "smollm2-135m", "--recorded").ok().out
    assert (
        "Q4_1: 36 texts on the sample shop: 25% refused, 50% only the claims' own sentences again, 75% distinct first"
        " three words, 10% with the titles masked, 0.44 s a text, 9 times … is in no claim\n"
    ) in shown
    (found,) = newaisle("models", "bench", "smollm2-135m", "--recorded", "--json").json
    assert found["measurements"][0]["gain"] == gain.model_dump()
    assert found["measurements"][1]["gain"] is None
