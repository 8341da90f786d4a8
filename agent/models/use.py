"""Universal Sentence Encoder multilingual 3 as an ONNX graph and a tokenizer, from its weights as published.

A table of token vectors, three branches of two convolutions each over 2, 3 and 5 tokens, the sum over the tokens, and a
small network (Yang et al. 2020, "Multilingual Universal Sentence Encoder for Semantic Retrieval", arXiv 1907.04307).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from newaisle.agent.models.graph import Array, Graph, QuantizedGraph, Ranges, Weights

BRANCHES = {2: 0, 3: 1, 5: 2}  # tokens that a convolution sees: how many of them before its own
_TO_THE_END = np.iinfo(np.int64).max
_CHUNKS = 17  # that the table is published in: token t is row t // 17 of number t % 17, each with a scale of its own


class UseGraph(Graph):
    """In fp32 but for the table, which stays in the bytes that it is published in."""

    def __init__(self, weights: Weights) -> None:
        super().__init__(weights, dimensions=len(weights["cnn_b"]))
        self.epsilon = float(weights["eps"])

    def encode(self, token_ids: str, mask: str) -> str:
        """Table, branches, pooling and head."""
        from onnx import TensorProto

        axis = self.constant("mask.axis", np.array([2], np.int64))
        mask = self.node("Cast", [mask], "mask.float", to=TensorProto.FLOAT)
        mask = self.node("Unsqueeze", [mask, axis], "mask.column")
        vectors = self.token_vectors(token_ids)
        branches = [self.branch(size, hidden, mask) for size, hidden in self.project(vectors).items()]
        features = self.node("Concat", [vectors, *branches], "features", axis=2)
        normalised = self.normalise("features", features, self.weights["ln_g"], self.weights["ln_b"])
        return self.to_unit_length(self.head(self.pool(normalised, mask)))

    def token_vectors(self, token_ids: str) -> str:
        """The rows of the table: batch × length × 512."""
        from onnx import TensorProto

        chunks = [self.weights[f"q{number + 1}"] for number in range(_CHUNKS)]
        self.mapped.add("table")
        table = np.stack(chunks, axis=1).reshape(-1, chunks[0].shape[1])
        count = self.constant("table.chunks", np.array(_CHUNKS, np.int64))
        number = self.node("Mod", [token_ids, count], "table.chunk")
        row = self.node("Gather", [self.constant("table", table), token_ids], "table.row")
        value = self.node("Cast", [row], "table.float", to=TensorProto.FLOAT)
        for name, operator in (("scale", "Mul"), ("lo", "Add")):
            of_chunk = self.constant(f"table.{name}s", self.weights[name][:, np.newaxis])
            one = self.node("Gather", [of_chunk, number], f"table.{name}")
            value = self.node(operator, [value, one], f"table.with_{name}")
        return value

    def project(self, vectors: str) -> dict[int, str]:
        """The input of each branch, normalised."""
        matrix, bias, gain, shift = (
            np.concatenate([self.weights[f"{name}{size}"] for size in BRANCHES], axis=-1)
            for name in ("proj", "proj_b", "ln_g", "ln_b")
        )
        product = self.multiply("projection.product", vectors, matrix)
        biased = self.node("Add", [product, self.constant("projection.bias", bias)], "projection")
        normalised = self.normalise("projection", biased, gain, shift)
        outputs = [f"branch{size}.input" for size in BRANCHES]
        sizes = self.constant("projection.sizes", np.full(len(BRANCHES), matrix.shape[1] // len(BRANCHES), np.int64))
        self.split(normalised, sizes, outputs)
        return dict(zip(BRANCHES, outputs, strict=True))

    def branch(self, size: int, hidden: str, mask: str) -> str:
        """Two convolutions over `size` tokens, each added to what it was given; beyond a text's ends are zeros."""
        for number in (1, 2):
            part = f"branch{size}.{number}"
            hidden = self.node("Mul", [hidden, mask], f"{part}.masked")
            window = self.window(part, size, hidden)
            product = self.multiply(f"{part}.product", window, self.weights[f"w{number}_{size}"])
            bias = self.constant(f"{part}.bias", self.weights[f"b{number}_{size}"])
            active = self.node("Relu", [self.node("Add", [product, bias], f"{part}.sum")], f"{part}.active")
            hidden = self.node("Add", [active, hidden], f"{part}.output")
        return hidden

    def window(self, part: str, size: int, hidden: str) -> str:
        """Each token's vector among those of its neighbours, side by side."""
        left = BRANCHES[size]
        pads = self.constant(f"{part}.pads", np.array([0, left, 0, 0, size - 1 - left, 0], np.int64))
        padded = self.node("Pad", [hidden, pads], f"{part}.padded")
        ends = [at - size + 1 or _TO_THE_END for at in range(size)]
        shifted = [self.rows(f"{part}.shifted{at}", padded, at, end) for at, end in enumerate(ends)]
        return self.node("Concat", shifted, f"{part}.window", axis=2)

    def rows(self, output: str, source: str, start: int, end: int) -> str:
        """A stretch of every text's tokens."""
        places = {"start": start, "end": end, "axis": 1}
        inputs = [self.constant(f"{output}.{name}", np.array([place], np.int64)) for name, place in places.items()]
        return self.node("Slice", [source, *inputs], output)

    def pool(self, features: str, mask: str) -> str:
        """The sum over a text's tokens, projected, over the square root of their number: batch × 512."""
        axis = self.constant("pooling.axis", np.array([1], np.int64))
        total = self.node(
            "ReduceSum", [self.node("Mul", [features, mask], "pooling.masked"), axis], "pooling.sum", keepdims=0
        )
        count = self.node("ReduceSum", [mask, axis], "pooling.count", keepdims=0)
        mean = self.node("Div", [total, count], "pooling.mean")
        root = self.node("Sqrt", [count], "pooling.root")
        product = self.dense("pooling.projected", mean, "cnn_W")
        biased = self.node("Add", [product, self.weight("cnn_b")], "pooling.biased")
        return self.node("Mul", [biased, root], "pooling")

    def head(self, pooled: str) -> str:
        """Two blocks, each with a way around it."""
        first = self.node("Relu", [self.dense("head.first", pooled, "d0")], "head.first.active")
        total = self.node(
            "Add", [self.dense("head.second", first, "d1"), self.dense("head.way1", pooled, "p1")], "head.sum1"
        )
        middle = self.node("Relu", [total], "head.middle")
        third = self.node("Relu", [self.dense("head.third", middle, "d2")], "head.third.active")
        total = self.node(
            "Add", [self.dense("head.fourth", third, "d3"), self.dense("head.way2", middle, "p3")], "head.sum2"
        )
        return self.node("Tanh", [total], "head")

    def dense(self, output: str, source: str, name: str) -> str:
        """A matrix product of a text's vector: so few that they stay in fp32."""
        return self.node("MatMul", [source, self.weight(name)], output)

    def normalise(self, part: str, source: str, gain: Array, shift: Array) -> str:
        """Layer normalisation."""
        parts = [self.constant(f"{part}.gain", gain), self.constant(f"{part}.shift", shift)]
        return self.node("LayerNormalization", [source, *parts], f"{part}.normalised", epsilon=self.epsilon)

    def split(self, source: str, sizes: str, outputs: list[str]) -> None:
        """Cut a tensor along its last axis."""
        from onnx import helper

        self.nodes.append(helper.make_node("Split", [source, sizes], outputs, axis=-1))


class QuantizedUseGraph(QuantizedGraph, UseGraph):
    """The same with int8 matrices."""

    def __init__(self, weights: Weights, ranges: Ranges) -> None:
        super().__init__(weights)
        self.ranges = ranges


def write_tokenizer(model: Path, folder: Path) -> None:
    """Write the `tokenizer.json` of a SentencePiece unigram model into a folder.

    The library `tokenizers`, which reads it, gives the ids that SentencePiece gives; what is missing is a reader of
    SentencePiece's own format, which is a protocol buffer.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    fields = list(_fields(model.read_bytes()))
    pieces = [_piece(value) for number, value in fields if number == _PIECE]
    (normalizer,) = (dict(_fields(value)) for number, value in fields if number == _NORMALIZER)
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=_UNKNOWN, byte_fallback=False))
    maps = [normalizers.Precompiled(charsmap)] if (charsmap := normalizer.get(_CHARSMAP)) else []
    spaces = [normalizers.Strip(), normalizers.Replace(Regex(r"\s+"), " ")]
    tokenizer.normalizer = normalizers.Sequence([*maps, *spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", None, [("<s>", _START), ("</s>", _END)])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


# Field numbers of sentencepiece_model.proto, and the ids that USE gives the control pieces.
_PIECE, _NORMALIZER, _CHARSMAP, _TEXT, _SCORE, _KIND = 1, 3, 2, 1, 2, 3
_CONTROL = 3
_UNKNOWN, _START, _END = 0, 1, 2


def _piece(message: bytes) -> tuple[str, float]:
    """Text and score; that of a control piece, which no text may hold, begins with what every text is cleared of."""
    fields = dict(_fields(message))
    text = bytes(fields[_TEXT]).decode()
    (score,) = struct.unpack("<f", fields[_SCORE])
    return ("\n" + text if fields.get(_KIND) == _CONTROL else text), score


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Number and value of each field of a protocol buffer: a whole number, or bytes."""
    at = 0

    def whole() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = whole()
        if key & 7 == 0:
            yield key >> 3, whole()
            continue
        length = {1: 8, 5: 4}.get(key & 7) or whole()
        yield key >> 3, message[at : at + length]
        at += length
