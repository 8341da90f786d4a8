"""A BERT sentence encoder as an ONNX graph, written straight from its weights, in fp32 or int8.

Pooling and normalisation are part of the graph, and the fused operators that onnxruntime has for BERT (domain
`com.microsoft`) are used from the start, so no optimiser has to find them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

FUSED = "com.microsoft"

Array = NDArray[Any]
Weights = Mapping[str, Array]
Ranges = Mapping[str, tuple[Array, Array]]  # of each matrix product's input: least and greatest value per channel


class BertGraph:
    """Collects the nodes and weights of an fp32 graph; every method adds a part and returns its output's name."""

    def __init__(self, weights: Weights, config: Mapping[str, Any]) -> None:
        self.weights = weights
        self.heads = int(config["num_attention_heads"])
        self.epsilon = float(config["layer_norm_eps"])
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, Array] = {}
        self.factors: dict[str, Array] = {}  # input of each matrix product: the matrix, input × output

    def node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add one node with one output, named like it."""
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, value: Array) -> str:
        """Add a constant."""
        self.constants[name] = np.ascontiguousarray(value)
        return name

    def weight(self, name: str) -> str:
        """Add a weight of the model as it is stored."""
        return self.constant(name, self.weights[name])

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

    def look_up(self, output: str, table: Array, rows: str) -> str:
        """The rows of a table."""
        return self.node("Gather", [self.constant(f"{output}.table", table), rows], output)

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

    def multiply(self, output: str, source: str, matrix: Array) -> str:
        """The product with a dense layer's matrix; whoever takes it adds the bias."""
        self.factors[source] = matrix
        return self.node("MatMul", [source, self.constant(f"{output}.weight", matrix)], output)

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
        return self.node("LpNormalization", [total], "sentence_embedding", axis=1, p=2)


class QuantizedBertGraph(BertGraph):
    """The graph with int8 matrices, a scale for each output channel, and uint8 activations with a fixed scale each.

    Fixed scales, found beforehand, make a text's vector independent of its batch, which scales taken from each batch
    do not. Channels with outliers are evened out first: half their excess (in the logarithm) over the median channel
    moves from activation to matrix, by powers of two (after SmoothQuant, Xiao et al. 2023, arXiv 2211.10438).
    """

    def __init__(self, weights: Weights, config: Mapping[str, Any], ranges: Ranges) -> None:
        super().__init__(weights, config)
        self.ranges = ranges

    def look_up(self, output: str, table: Array, rows: str) -> str:
        """The rows of a table in int8, with a scale for each row: a quarter of the bytes to load at every start."""
        from onnx import TensorProto

        scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
        whole = super().look_up(f"{output}.int8", np.rint(table / scales).astype(np.int8), rows)
        scale = super().look_up(f"{output}.scale", scales.astype(np.float32), rows)
        value = self.node("Cast", [whole], f"{output}.float", to=TensorProto.FLOAT)
        return self.node("Mul", [value, scale], output)

    def attend(self, output: str, source: str, matrix: Array, bias: str, lengths: str) -> str:
        """The attention node over int8."""
        value, scale, zero, packed, scales, zeros = self.quantize(output, source, matrix)
        inputs = [value, packed, bias, scale, scales, lengths, zero, zeros]
        return self.node("QAttention", inputs, output, domain=FUSED, num_heads=self.heads)

    def multiply(self, output: str, source: str, matrix: Array) -> str:
        """The product with a matrix in int8."""
        value, scale, zero, packed, scales, zeros = self.quantize(output, source, matrix)
        return self.node("MatMulIntegerToFloat", [value, packed, scale, scales, zero, zeros], output, domain=FUSED)

    def quantize(self, output: str, source: str, matrix: Array) -> list[str]:
        """Names of the quantized input, its scale and zero point, the matrix, its scales and zero points."""
        low, high = self.ranges[source]
        smooth = smoothing(low, high)
        divided = self.node("Mul", [source, self.constant(f"{output}.smooth", 1 / smooth)], f"{output}.smoothed")
        least, most = min(float((low / smooth).min()), 0.0), max(float((high / smooth).max()), 0.0)
        scale = (most - least) / 255
        matrix = matrix * smooth[:, np.newaxis]
        scales = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / 127
        step = self.constant(f"{output}.scale", np.array(scale, np.float32))
        zero = self.constant(f"{output}.zero", np.array(round(-least / scale), np.uint8))
        return [
            self.node("QuantizeLinear", [divided, step, zero], f"{output}.input"),
            step,
            zero,
            self.constant(f"{output}.weight", np.rint(matrix / scales).astype(np.int8)),
            self.constant(f"{output}.scales", scales.astype(np.float32)),
            self.constant(f"{output}.zeros", np.zeros(len(scales), np.int8)),
        ]


def smoothing(low: Array, high: Array) -> Array:
    """What to divide each input channel by, and multiply the matrix's row by: a power of two, 1 but for outliers."""
    magnitude = np.maximum(-low, high)
    excess = magnitude / max(float(np.median(magnitude)), 1e-6)
    return np.exp2(np.rint(np.log2(np.maximum(excess, 1)) / 2)).astype(np.float32)


def write_graph(graph: BertGraph, config: Mapping[str, Any], target: Path) -> None:
    """Fill `graph` and write it as `target`.

    Inputs `input_ids` and `attention_mask`, int64 of shape (batch, length), padded on the right; output
    `sentence_embedding`, float32 of shape (batch, hidden), rows of unit length. `config` is the model's
    `config.json`. Raises KeyError where a weight is missing.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    axis = graph.constant("mask.axis", np.array([1], np.int64))
    count = graph.node("ReduceSum", ["attention_mask", axis], "mask.count", keepdims=0)
    lengths = graph.node("Cast", [count], "mask.lengths", to=TensorProto.INT32)
    hidden = graph.embeddings("input_ids")
    for number in range(config["num_hidden_layers"]):
        hidden = graph.layer(number, hidden, lengths)
    output = graph.pool(hidden, "attention_mask")
    names, shape = ("input_ids", "attention_mask"), ["batch", "length"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in names]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", config["hidden_size"]])]
    constants = [numpy_helper.from_array(value, name) for name, value in graph.constants.items()]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "sentence_encoder", inputs, outputs, constants),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)],
        ir_version=8,
    )
    onnx.save(model, target)
