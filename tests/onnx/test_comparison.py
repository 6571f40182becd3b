"""The check of a graph against its model: what it lets through, and what it refuses."""

import numpy as np
import pytest

from seqestimators import RecurrentClassifier, RecurrentRegressor, RecurrentTagger, to_onnx
from seqestimators._onnx.comparison import compare_answers

pytest.importorskip("onnxruntime")

SMALL = {"hidden_size": 2, "max_epochs": 1, "random_state": 0}
IDS = [np.array([4, 7, 6, 5]), np.array([5, 5])] * 3
LABELS = [["a", "b"], ["b"]] * 3


@pytest.mark.parametrize("output", ["predictions", "states"])
@pytest.mark.parametrize(
    ("model", "y"),
    [
        (RecurrentClassifier(**SMALL), [0, 1] * 3),
        (RecurrentRegressor(**SMALL), [0.5, 1.5] * 3),
        (RecurrentTagger(stride=2, **SMALL), LABELS),
    ],
    ids=["classifier", "regressor", "tagger"],
)
def test_a_graph_of_another_model_is_noticed(model, y, output, tmp_path):
    model.fit(IDS, y)
    to_onnx(model, tmp_path / "model.onnx", output=output)
    content = (tmp_path / "model.onnx").read_bytes()
    compare_answers(content, model)
    for parameter in model.net_.module_.parameters():
        parameter.data += 0.1
    with pytest.raises(RuntimeError, match=f"{type(model).__name__} gives other answers than the model"):
        compare_answers(content, model)
    assert not np.isnan(model.transform(IDS)).any()


def test_channels_may_come_first_in_fit(tmp_path):
    model = RecurrentClassifier(channels_first=True, **SMALL).fit(np.zeros((4, 2, 5)), [0, 1] * 2)
    to_onnx(model, tmp_path / "model.onnx")
