"""What the tests of ONNX files share: a model's graph, run on sequences."""

import numpy as np
import pytest

from seqestimators import to_onnx


def pad(X, is_tokens):
    """Return a matrix whose padding is anything, and the lengths."""
    lengths = np.array([len(x) for x in X])
    shape = (len(X), max(*lengths, 1), *X[0].shape[1:])
    padded = np.full(shape, 6, "int64") if is_tokens else np.full(shape, np.nan, "float32")
    for row, x in zip(padded, X, strict=True):
        row[: len(x)] = x
    return {"ids" if is_tokens else "values": padded, "lengths": lengths}


@pytest.fixture
def run_graph(tmp_path):
    """Return a function from a model and sequences to the outputs of its graph, by their names."""
    onnxruntime = pytest.importorskip("onnxruntime")

    def run(model, X, **options):
        path = tmp_path / "model.onnx"
        to_onnx(model, path, **options)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        inputs = pad(X, is_tokens=X[0].dtype.kind == "i")
        assert [one.name for one in session.get_inputs()] == list(inputs)
        names = [one.name for one in session.get_outputs()]
        return dict(zip(names, session.run(None, inputs), strict=True))

    return run
