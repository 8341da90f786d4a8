"""The two embedders of the catalogue, of a few kilobytes: one knows English words, the other French and Chinese too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from newaisle.agent.models.fetch import describe

LETTERS = "abcdefghijklmnopqrstuvwxyz"
ENGLISH = "green tea pot cup wool yarn blue".split()
OTHERS = "theiere tasse laine verte bleue".split() + list("绿茶壶杯毛线具")
MEANING = {"theiere": "pot", "tasse": "cup", "laine": "wool", "verte": "green", "bleue": "blue"}
MEANING |= {"绿": "green", "茶": "tea", "壶": "pot", "杯": "cup", "毛": "wool", "线": "yarn"}
SIZE = 24


def write_embedder(models: Path, name: str) -> None:
    """Put the one of that name into a folder of models; words that mean the same have one vector."""
    folder = models / name
    folder.mkdir(parents=True)
    known = [*ENGLISH, *(OTHERS if name == "use-multilingual" else [])]
    pieces = ["[PAD]", "[UNK]", *LETTERS, *(f"##{letter}" for letter in LETTERS), *known]
    tokenizer = Tokenizer(WordPiece({piece: row for row, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = BertNormalizer(), BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    random = np.random.default_rng(len(name))
    vectors = {word: random.normal(size=SIZE) for word in ENGLISH}
    rows = [vectors.get(MEANING.get(piece, piece), random.normal(size=SIZE) / 9) for piece in pieces]
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["vectors"]),
        helper.make_node("ReduceSum", ["vectors", "axis"], ["sentence_embedding"], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "words",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", SIZE])],
        [
            numpy_helper.from_array(np.array(rows, np.float32), "table"),
            numpy_helper.from_array(np.array([1]), "axis"),
        ],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "model.onnx"
    )
    describe(folder, "model.onnx", name=name, kind="embedder", source="made here", variant="int8").write(folder)
