"""Matrix products in whole numbers: fast, and the same on every processor, whatever stands beside.

A product of floats depends on the order in which its terms are added, and libraries add them in
another order on another processor, and in another row of the same matrix. Sums of whole numbers are
exact. A float is told by two whole numbers of a byte each, high and low, against the largest float
of its row or column. The product of low with low is left out; it is about what rounding loses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Bytes = NDArray[np.uint8]

__all__ = ["NOTHING", "InBytes", "Product", "largest"]

NOTHING = 128  # the byte that stands for 0
_BITS = 7
_BASE = 1 << _BITS
_LARGEST = 127
# Two products of an unsigned byte with at most 64 fit into 16 bits, which processors without
# instructions for this add them in.
_LARGEST_WEIGHT = 63
_TINY = 1e-30
_ROWS = 512  # at a time: what lies between bytes and floats takes ten times the result's memory


@dataclass(frozen=True)
class InBytes:
    """Rows (n, d) in whole numbers: ``top / 127 * (high - 128 + (low - 128) / 128)``."""

    high: Bytes
    low: Bytes
    top: Matrix

    @classmethod
    def of(cls, rows: Matrix, top: Matrix | None = None) -> Self:
        """Tell rows by high and low bytes, within half of a 16,256th of ``top``.

        Args:
            rows: (n, d) float32.
            top: (n,) what no absolute value of a row exceeds; default the largest of each row.
        """
        if top is None:
            top = largest(rows)
        scale = np.float32(_LARGEST * _BASE) / np.maximum(top, _TINY)
        whole = np.rint(rows * scale[:, None]).astype(np.int16)
        high = (whole + np.int16(_BASE // 2)) >> _BITS
        whole -= high << _BITS
        return cls(_unsigned(high), _unsigned(whole), top)


def largest(rows: Matrix) -> Matrix:
    """Largest absolute value of each of n rows."""
    return np.asarray(np.maximum(rows.max(axis=1), -rows.min(axis=1)), dtype=np.float32)


class Product:
    """A matrix (d, c) that rows in bytes are multiplied by."""

    def __init__(self, weights: Matrix) -> None:
        from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.graph_optimization_level = GraphOptimizationLevel.ORT_DISABLE_ALL
        # Either would keep memory for every number of rows that was ever asked for.
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False
        self._columns = weights.shape[1]
        self._session = InferenceSession(
            _graph(weights), options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, rows: InBytes) -> Matrix:
        """Multiply rows (n, d) by the matrix; float32 (n, c)."""
        found = np.empty((len(rows.top), self._columns), dtype=np.float32)
        for start in range(0, len(found), _ROWS):
            part = slice(start, start + _ROWS)
            given = {"high": rows.high[part], "low": rows.low[part], "top": rows.top[part, None]}
            found[part] = self._session.run(None, given)[0]
        return found


def _unsigned(values: NDArray[np.int16]) -> Bytes:
    values += np.int16(NOTHING)
    return values.astype(np.uint8)


def _graph(weights: Matrix) -> bytes:
    """The product as a network that onnxruntime runs."""
    from onnx import TensorProto, helper, numpy_helper

    scale = np.abs(weights).max(axis=0) / (_LARGEST_WEIGHT * _BASE)
    whole = np.rint(weights / np.maximum(scale, _TINY)).astype(np.int16)
    high = (whole + _BASE // 2) >> _BITS
    constants = {
        "weights_high": high.astype(np.int8),
        "weights_low": (whole - (high << _BITS)).astype(np.int8),
        "zero": np.array(NOTHING, np.uint8),
        "base": np.array(_BASE, np.float32),
        "scale": (scale / _LARGEST).astype(np.float32),
    }
    nodes = [
        helper.make_node("MatMulInteger", ["high", "weights_high", "zero"], ["high_high"]),
        helper.make_node("MatMulInteger", ["high", "weights_low", "zero"], ["high_low"]),
        helper.make_node("MatMulInteger", ["low", "weights_high", "zero"], ["low_high"]),
        helper.make_node("Add", ["high_low", "low_high"], ["mixed"]),
        helper.make_node("Cast", ["high_high"], ["large"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["mixed"], ["small"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["large", "base"], ["larger"]),
        helper.make_node("Add", ["larger", "small"], ["sum"]),
        helper.make_node("Mul", ["sum", "top"], ["topped"]),
        helper.make_node("Mul", ["topped", "scale"], ["product"]),
    ]
    value = helper.make_tensor_value_info
    rows, columns = weights.shape
    graph = helper.make_graph(
        nodes,
        "product",
        [
            value("high", TensorProto.UINT8, ["n", rows]),
            value("low", TensorProto.UINT8, ["n", rows]),
            value("top", TensorProto.FLOAT, ["n", 1]),
        ],
        [value("product", TensorProto.FLOAT, ["n", columns])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())
