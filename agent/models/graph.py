"""An encoder as an ONNX graph, written straight from its weights, in fp32 or int8.

The fused operators that onnxruntime has (domain `com.microsoft`) are used from the start, so no optimiser has to find
them.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
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


class Graph(ABC):
    """Collects the nodes and weights of an fp32 graph; every method adds a part and returns its output's name."""

    def __init__(self, weights: Weights, *, dimensions: int) -> None:
        self.weights = weights
        self.dimensions = dimensions
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, Array] = {}
        self.factors: dict[str, Array] = {}  # input of each matrix product: the matrix, input × output
        self.mapped: set[str] = set()  # constants that get a file of their own: only what is read of it takes memory

    @abstractmethod
    def encode(self, token_ids: str, mask: str) -> str:
        """The whole graph, from tokens and mask to rows of unit length: batch × dimensions."""

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

    def look_up(self, output: str, table: Array, rows: str) -> str:
        """The rows of a table."""
        return self.node("Gather", [self.constant(f"{output}.table", table), rows], output)

    def multiply(self, output: str, source: str, matrix: Array) -> str:
        """The product with a dense layer's matrix; whoever takes it adds the bias."""
        self.factors[source] = matrix
        return self.node("MatMul", [source, self.constant(f"{output}.weight", matrix)], output)

    def to_unit_length(self, rows: str) -> str:
        """The rows of a matrix scaled to length 1, which is what the graph gives."""
        return self.node("LpNormalization", [rows], "sentence_embedding", axis=1, p=2)


class QuantizedGraph(Graph):
    """The graph with int8 matrices, a scale for each output channel, and uint8 activations with a fixed scale each.

    Fixed scales, found beforehand, make a text's vector independent of its batch, which scales taken from each batch
    do not. Channels with outliers are evened out first: half their excess (in the logarithm) over the median channel
    moves from activation to matrix, by powers of two (after SmoothQuant, Xiao et al. 2023, arXiv 2211.10438).
    """

    ranges: Ranges

    def look_up(self, output: str, table: Array, rows: str) -> str:
        """The rows of a table in int8, with a scale for each row: a quarter of the bytes to load at every start."""
        from onnx import TensorProto

        scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
        whole = super().look_up(f"{output}.int8", np.rint(table / scales).astype(np.int8), rows)
        scale = super().look_up(f"{output}.scale", scales.astype(np.float32), rows)
        value = self.node("Cast", [whole], f"{output}.float", to=TensorProto.FLOAT)
        return self.node("Mul", [value, scale], output)

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


def write_graph(graph: Graph, target: Path) -> None:
    """Fill `graph` and write it as `target`.

    Inputs `input_ids` and `attention_mask`, int64 of shape (batch, length), padded on the right; output
    `sentence_embedding`, float32 of shape (batch, dimensions), rows of unit length. Raises KeyError where a weight is
    missing.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    names, shape = ("input_ids", "attention_mask"), ["batch", "length"]
    output = graph.encode(*names)
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in names]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", graph.dimensions])]
    constants = [
        _mapped(name, value, target) if name in graph.mapped else numpy_helper.from_array(value, name)
        for name, value in graph.constants.items()
    ]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "sentence_encoder", inputs, outputs, constants),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)],
        ir_version=8,
    )
    onnx.save(model, target)


def _mapped(name: str, value: Array, target: Path) -> onnx.TensorProto:
    """A constant in a file beside `target`, whose name tells its contents, so that the graph's checksum does too."""
    from onnx import external_data_helper, numpy_helper

    tensor = numpy_helper.from_array(value, name)
    file = target.with_name(f"{name}-{hashlib.sha256(tensor.raw_data).hexdigest()[:12]}.bin")
    file.write_bytes(tensor.raw_data)
    external_data_helper.set_external_data(tensor, location=file.name)
    tensor.ClearField("raw_data")
    return tensor
