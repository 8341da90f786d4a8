from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from newaisle.errors import EmbedderError
from newaisle.store.embedders import BATCH_TOKENS, Embedder, HashEmbedder, OnnxEmbedder, batches, words

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
ENGLISH = ("blue", "red", "kettle", "steel", "mug", "wool", "yarn", "for", "knitting", "printer", "toner")
TABLE = np.random.default_rng(5).normal(size=(len(SPECIAL) + len(ENGLISH), 32)).astype(np.float32)


def write_tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer(WordPiece({word: row for row, word in enumerate(SPECIAL + ENGLISH)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.enable_padding(length=128, pad_id=0)
    tokenizer.enable_truncation(128)
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer


def write_graph(
    path: Path,
    *,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    outputs: Sequence[str] = ("token_vectors",),
    element: int = TensorProto.FLOAT,
) -> None:
    """Token vectors straight out of a table, under every name in `outputs`; those called `sentence…` are their sums."""
    table = TABLE.astype(helper.tensor_dtype_to_np_dtype(element))
    nodes = [helper.make_node("Gather", ["table", inputs[0]], ["vectors"])]
    for name in outputs:
        if name.startswith("sentence"):
            nodes.append(helper.make_node("ReduceSum", ["vectors", "axis"], [name], keepdims=0))
        else:
            nodes.append(helper.make_node("Identity", ["vectors"], [name]))
    graph = helper.make_graph(
        nodes,
        "table",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in inputs],
        [
            helper.make_tensor_value_info(
                name, element, ["batch", 32] if name.startswith("sentence") else ["batch", "length", 32]
            )
            for name in outputs
        ],
        [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([1]), "axis")],
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def write_pooling(folder: Path, mode: str) -> None:
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"word_embedding_dimension": 32, mode: True}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sentence-transformers folder of a few kilobytes."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    write_tokenizer(folder)
    write_graph(folder / "onnx" / "model.onnx")
    write_pooling(folder, "pooling_mode_mean_tokens")
    return folder


@cache
def pulled(name: str) -> Embedder:
    from newaisle.agent.models.cache import ModelCache
    from newaisle.agent.settings.settings import Settings

    folder = os.environ.get("NEWAISLE_MODELS")
    return OnnxEmbedder(ModelCache(Path(folder) if folder else Settings().models).pull(name))


@pytest.fixture
def real_embedder() -> Embedder:
    return pulled("minilm-l6")


REAL = [pytest.param(name, marks=pytest.mark.models) for name in ("minilm-l6", "use-multilingual")]


@pytest.fixture(params=["hash", "onnx", *REAL])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hash":
        return HashEmbedder()
    if request.param == "onnx":
        return OnnxEmbedder(request.getfixturevalue("folder"))
    return pulled(request.param)


def test_vectors_have_the_stated_shape_and_unit_length(embedder: Embedder) -> None:
    vectors = embedder.embed(["blue kettle", "", "手机壳 透明", "wool " * 2000, "?!"])
    assert vectors.shape == (5, embedder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)
    assert embedder.unknown_share([]).shape == (0,)


def test_a_texts_vector_depends_neither_on_its_place_nor_on_its_batch(embedder: Embedder) -> None:
    texts = [" ".join(ENGLISH[: 1 + row % len(ENGLISH)]) + " wool" * (row % 7) for row in range(120)]
    together = embedder.embed(texts)
    np.testing.assert_allclose(embedder.embed(texts[::-1])[::-1], together, atol=1e-4)
    np.testing.assert_allclose(np.vstack([embedder.embed([text]) for text in texts[:12]]), together[:12], atol=1e-4)


def test_similar_texts_are_nearer_than_dissimilar_ones(embedder: Embedder) -> None:
    kettle, other_kettle, wool = embedder.embed(["blue steel kettle", "red steel kettle", "wool yarn for knitting"])
    assert kettle @ other_kettle > kettle @ wool


def test_progress_rises_to_the_number_of_texts(embedder: Embedder) -> None:
    seen: list[tuple[int, int]] = []
    embedder.embed([f"{word} kettle" for word in ENGLISH] * 50, progress=lambda done, total: seen.append((done, total)))
    done = [count for count, _ in seen]
    assert done == sorted(done)
    assert seen[-1] == (550, 550)


def test_unknown_shares_lie_between_nothing_and_all(embedder: Embedder) -> None:
    shares = embedder.unknown_share(["blue kettle", "", "保温杯"])
    assert shares[0] == shares[1] == 0
    assert 0 <= shares[2] <= 1


def test_characters_without_a_token_are_counted(folder: Path) -> None:
    shares = OnnxEmbedder(folder).unknown_share(["保温杯", "kettle 保温", "blue zzz"])
    np.testing.assert_allclose(shares, [1, 2 / 8, 3 / 7])


@pytest.mark.models
def test_the_default_embedder_lacks_most_chinese_characters(real_embedder: Embedder) -> None:
    chinese, english = real_embedder.unknown_share(["迷你便携榨汁机充电款", "portable juicer, rechargeable"])
    assert chinese > 0.5
    assert english == 0


@pytest.mark.models
def test_the_default_embedder_knows_meanings(real_embedder: Embedder) -> None:
    query, synonym, other = real_embedder.embed(["sofa", "a comfortable couch", "laser printer toner"])
    assert query @ synonym > 0.5 > query @ other


@pytest.mark.parametrize(
    ("mode", "pool"),
    [
        ("pooling_mode_mean_tokens", lambda rows: rows.mean(axis=0)),
        ("pooling_mode_cls_token", lambda rows: rows[0]),
        ("pooling_mode_max_tokens", lambda rows: rows.max(axis=0)),
        ("pooling_mode_lasttoken", lambda rows: rows[-1]),
    ],
)
def test_token_vectors_are_pooled_as_the_folder_says_and_padding_takes_no_part(
    folder: Path, mode: str, pool: object
) -> None:
    write_pooling(folder, mode)
    vectors = OnnxEmbedder(folder).embed(["blue kettle", "red steel mug for wool"])
    for vector, tokens in zip(vectors, [(2, 4, 6, 3), (2, 5, 7, 8, 11, 9, 3)], strict=True):
        expected = pool(TABLE[list(tokens)])  # type: ignore[operator]
        np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-6)


@pytest.mark.parametrize(
    ("inputs", "outputs", "element"),
    [
        (("input_ids", "attention_mask", "token_type_ids"), ("token_vectors",), TensorProto.FLOAT),
        (("input_ids",), ("token_vectors",), TensorProto.FLOAT),
        (("input_ids", "attention_mask"), ("sentence_sum", "last_hidden_state"), TensorProto.FLOAT),
        (("input_ids", "attention_mask"), ("sentence_sum", "token_embeddings"), TensorProto.FLOAT),
        (("input_ids", "attention_mask"), ("token_embeddings", "sentence_embedding"), TensorProto.FLOAT),
        (("input_ids", "attention_mask"), ("last_hidden_state",), TensorProto.FLOAT16),
        (("input_ids", "attention_mask"), ("sentence_embedding",), TensorProto.FLOAT16),
    ],
)
def test_graphs_of_every_usual_shape_are_read(
    folder: Path, inputs: tuple[str, ...], outputs: tuple[str, ...], element: int
) -> None:
    write_graph(folder / "onnx" / "model.onnx", inputs=inputs, outputs=outputs, element=element)
    (vector,) = OnnxEmbedder(folder).embed(["blue kettle"])
    expected = TABLE[[2, 4, 6, 3]].sum(axis=0)
    np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=2e-3)
    assert vector.dtype == np.float32


def test_a_graph_with_sentence_vectors_needs_no_pooling(folder: Path) -> None:
    write_graph(folder / "onnx" / "model.onnx", outputs=("sentence_embedding",))
    (folder / "1_Pooling" / "config.json").unlink()
    (folder / "2_Dense").mkdir()
    assert OnnxEmbedder(folder).dimensions == 32


def test_a_tokenizer_that_says_nothing_of_padding_is_padded_as_the_config_says(folder: Path) -> None:
    expected = OnnxEmbedder(folder).embed(["blue kettle", "red steel mug for wool"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text('{"pad_token_id": 1}')
    np.testing.assert_allclose(OnnxEmbedder(folder).embed(["blue kettle", "red steel mug for wool"]), expected)


def test_text_beyond_the_models_limit_is_cut(folder: Path) -> None:
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 5}')
    cut, whole = OnnxEmbedder(folder).embed(["blue red kettle steel mug wool", "blue red kettle"])
    np.testing.assert_allclose(cut, whole, atol=1e-6)


def test_the_name_tells_the_weights(folder: Path) -> None:
    first = OnnxEmbedder(folder).name
    assert first.startswith("tiny/onnx-")
    changed = onnx.load(folder / "onnx" / "model.onnx")
    changed.graph.initializer[0].CopyFrom(numpy_helper.from_array(TABLE * 2, "table"))
    onnx.save(changed, folder / "onnx" / "model.onnx")
    assert OnnxEmbedder(folder).name != first


def test_the_name_comes_from_the_manifest_where_there_is_one(folder: Path) -> None:
    manifest = {"name": "known", "variant": "int8", "files": [{"path": "onnx/model.onnx", "sha256": "ab" * 32}]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert OnnxEmbedder(folder).name == "known/int8-abababababab"


def test_a_folder_without_a_graph_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path, r"No model\.onnx in")


def test_a_folder_without_a_tokenizer_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    assert_refused(folder, r"No tokenizer\.json")


@pytest.mark.parametrize(
    "name", ["onnx/model.onnx", "tokenizer.json", "1_Pooling/config.json", "sentence_bert_config.json"]
)
def test_a_damaged_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\x00damaged\xff")
    assert_refused(folder, "newaisle models pull")


def test_an_unknown_pooling_is_refused(folder: Path) -> None:
    write_pooling(folder, "pooling_mode_weightedmean_tokens")
    assert_refused(folder, "pooling other than")


def test_a_layer_that_the_graph_lacks_is_refused(folder: Path) -> None:
    (folder / "2_Dense").mkdir()
    assert_refused(folder, "2_Dense")


def test_a_graph_with_inputs_of_another_kind_is_refused(folder: Path) -> None:
    write_graph(folder / "onnx" / "model.onnx", inputs=("pixels", "attention_mask"))
    assert_refused(folder, "does not run")


def assert_refused(folder: Path, message: str) -> None:
    with pytest.raises(EmbedderError, match=message) as caught:
        OnnxEmbedder(folder)
    assert "\n" not in str(caught.value)


@given(st.lists(st.integers(min_value=1, max_value=2 * BATCH_TOKENS)))
def test_batches_hold_every_row_once_within_the_budget(lengths: list[int]) -> None:
    found = [rows.tolist() for rows in batches(lengths)]
    assert sorted(row for rows in found for row in rows) == list(range(len(lengths)))
    for rows in found:
        assert lengths[rows[0]] == max(lengths[row] for row in rows)
        assert len(rows) == 1 or len(rows) * lengths[rows[0]] <= BATCH_TOKENS


def test_hashed_vectors_are_the_same_on_every_machine() -> None:
    assert np.flatnonzero(HashEmbedder().embed(["kettle"])).tolist() == [12]
    assert HashEmbedder(dimensions=8).embed(["kettle"]).shape == (1, 8)
    assert HashEmbedder(dimensions=8).name != HashEmbedder().name


def test_chinese_is_split_into_characters_and_pairs_and_width_and_case_do_not_matter() -> None:
    assert words("保温杯 ＵＳＢ cable") == ["保", "温", "杯", "保温", "温杯", "usb", "cable"]


def test_hashed_chinese_texts_that_share_words_are_near() -> None:
    cup, other_cup, phone = HashEmbedder().embed(["不锈钢保温杯", "儿童保温杯", "手机壳"])
    assert cup @ other_cup > cup @ phone


class AsciiOnly(HashEmbedder):
    """Reads nothing but ASCII, as an English vocabulary does."""

    def unknown_share(self, texts: Sequence[str]) -> NDArray[np.float64]:
        return np.array([1 - len(text.encode("ascii", "ignore")) / len(text) for text in texts])


def test_a_text_the_embedder_cannot_read_has_no_vector() -> None:
    vectors = AsciiOnly().embed_readable(["a steel kettle", "手工铸铁茶壶", "Kingston 金士顿存储卡"])
    assert vectors[0].any()
    assert not vectors[1:].any()


def test_a_foreign_word_or_two_do_not_cost_a_text_its_vector() -> None:
    texts = ["Café crème brûlée dish, set of four", "steel kettle with a whistle, 1.2 l – 茶"]
    assert AsciiOnly().embed_readable(texts).any(axis=1).all()


def test_an_embedder_that_reads_everything_gives_everything_a_vector() -> None:
    embedder = HashEmbedder()
    texts = ["a steel kettle", "手工铸铁茶壶"]
    assert np.array_equal(embedder.embed_readable(texts), embedder.embed(texts))
