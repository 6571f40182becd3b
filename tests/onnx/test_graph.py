"""Graphs: what constants are, and that the result is a model that older software reads."""

import numpy as np
import pytest
import torch

from seqestimators._onnx.graph import Graph

onnx = pytest.importorskip("onnx")
evaluator = pytest.importorskip("onnx.reference").ReferenceEvaluator


@pytest.mark.parametrize(
    ("value", "dtype", "shape"),
    [
        (3, "int64", ()),
        ([1, 2], "int64", (2,)),
        (0.5, "float32", ()),
        (torch.ones(2, dtype=torch.float64), "float32", (2,)),
        (torch.ones(2, dtype=torch.int64), "int64", (2,)),
        (np.ones(2), "float64", (2,)),
    ],
    ids=str,
)
def test_types_of_constants(value, dtype, shape):
    graph = Graph(onnx)
    inside = graph.add("Identity", value)
    model = graph.write({}, [("out", inside, dtype, list(shape))])
    (result,) = evaluator(model).run(None, {})
    assert (np.asarray(result).dtype, np.shape(result)) == (dtype, shape)


def test_sizes_are_those_of_the_input():
    graph = Graph(onnx)
    inside = graph.add("Mul", graph.size("x", 1), 2)
    model = graph.write({"x": ("float32", ["n", "m"])}, [("out", inside, "int64", [1])])
    assert evaluator(model).run(None, {"x": np.zeros((3, 5), "float32")})[0].tolist() == [10]
    assert model.ir_version == 8
    assert [one.version for one in model.opset_import] == [17]
