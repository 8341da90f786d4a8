"""A BERT sentence encoder as an ONNX graph: pooling and normalisation are part of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from newaisle.agent.models.graph import FUSED, Array, Graph, QuantizedGraph, Ranges, Weights


class BertGraph(Graph):
    """In fp32; `config` is the model's `config.json`."""

    def __init__(self, weights: Weights, config: Mapping[str, Any]) -> None:
        super().__init__(weights, dimensions=config["hidden_size"])
        self.heads = int(config["num_attention_heads"])
        self.layers = int(config["num_hidden_layers"])
        self.epsilon = float(config["layer_norm_eps"])

    def encode(self, token_ids: str, mask: str) -> str:
        """Embeddings, layers and pooling."""
        from onnx import TensorProto

        axis = self.constant("mask.axis", np.array([1], np.int64))
        count = self.node("ReduceSum", [mask, axis], "mask.count", keepdims=0)
        lengths = self.node("Cast", [count], "mask.lengths", to=TensorProto.INT32)
        hidden = self.embeddings(token_ids)
        for number in range(self.layers):
            hidden = self.layer(number, hidden, lengths)
        return self.pool(hidden, mask)

    def embeddings(self, token_ids: str) -> str:
        """Token, position and (the one) segment embedding, summed and normalised: batch × length × hidden."""
        part = "embeddings"
        segment = self.weights[f"{part}.token_type_embeddings.weight"][0]
        table = self.constant(f"{part}.table", self.weights[f"{part}.position_embeddings.weight"] + segment)
        first = self.constant(f"{part}.first", np.zeros(1, np.int64))
        length = self.node("Shape", [token_ids], f"{part}.length", start=1, end=2)
        positions = self.node("Slice", [table, first, length], f"{part}.positions")
        words = self.look_up(f"{part}.words", self.weights[f"{part}.word_embeddings.weight"], token_ids)
        total = self.node("Add", [words, positions], f"{part}.sum")
        norm = [self.weight(f"{part}.LayerNorm.{name}") for name in ("weight", "bias")]
        return self.node("LayerNormalization", [total, *norm], f"{part}.normalised", epsilon=self.epsilon)

    def attention(self, layer: str, hidden: str, lengths: str) -> str:
        """Multi-head self-attention; positions from a text's length on are masked."""
        parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([self.weights[f"{part}.weight"].T for part in parts], axis=1)
        bias = np.concatenate([self.weights[f"{part}.bias"] for part in parts])
        return self.attend(
            f"{layer}.attention", hidden, matrix, self.constant(f"{layer}.attention.bias", bias), lengths
        )

    def attend(self, output: str, source: str, matrix: Array, bias: str, lengths: str) -> str:
        """The attention node itself, with its input projection."""
        self.factors[source] = matrix
        inputs = [source, self.constant(f"{output}.weight", matrix), bias, lengths]
        return self.node("Attention", inputs, output, domain=FUSED, num_heads=self.heads)

    def add_and_normalise(self, part: str, source: str, skip: str) -> str:
        """Layer normalisation of a dense layer's output, its bias and what bypassed it."""
        product = self.multiply(f"{part}.product", source, self.weights[f"{part}.dense.weight"].T)
        names = ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")
        inputs = [product, skip, *(self.weight(f"{part}.{name}") for name in names)]
        return self.node("SkipLayerNormalization", inputs, f"{part}.normalised", domain=FUSED, epsilon=self.epsilon)

    def layer(self, number: int, hidden: str, lengths: str) -> str:
        """One transformer layer: attention, then the feed-forward part with GELU in its exact (erf) form."""
        layer = f"encoder.layer.{number}"
        attended = self.attention(layer, hidden, lengths)
        middle = self.add_and_normalise(f"{layer}.attention.output", attended, hidden)
        dense = f"{layer}.intermediate.dense"
        wide = self.multiply(f"{dense}.product", middle, self.weights[f"{dense}.weight"].T)
        active = self.node("BiasGelu", [wide, self.weight(f"{dense}.bias")], f"{layer}.intermediate", domain=FUSED)
        return self.add_and_normalise(f"{layer}.output", active, middle)

    def pool(self, hidden: str, mask: str) -> str:
        """Mean over the real tokens, scaled to unit length: batch × hidden."""
        from onnx import TensorProto

        last = self.constant("pooling.last", np.array([2], np.int64))
        middle = self.constant("pooling.middle", np.array([1], np.int64))
        weights = self.node("Cast", [mask], "pooling.mask", to=TensorProto.FLOAT)
        weights = self.node("Unsqueeze", [weights, last], "pooling.weights")
        masked = self.node("Mul", [hidden, weights], "pooling.masked")
        total = self.node("ReduceSum", [masked, middle], "pooling.sum", keepdims=0)
        # the sum is enough: the mean's divisor cancels in the normalisation
        return self.to_unit_length(total)


class QuantizedBertGraph(QuantizedGraph, BertGraph):
    """The same with int8 matrices."""

    def __init__(self, weights: Weights, config: Mapping[str, Any], ranges: Ranges) -> None:
        super().__init__(weights, config)
        self.ranges = ranges

    def attend(self, output: str, source: str, matrix: Array, bias: str, lengths: str) -> str:
        """The attention node over int8."""
        value, scale, zero, packed, scales, zeros = self.quantize(output, source, matrix)
        inputs = [value, packed, bias, scale, scales, lengths, zero, zeros]
        return self.node("QAttention", inputs, output, domain=FUSED, num_heads=self.heads)
