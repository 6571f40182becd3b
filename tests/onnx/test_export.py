"""ONNX files: what stands beside the graph, ids that fit hasn't met, and what is refused by name."""

import builtins
import json

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from seqestimators import (
    DNATokenizer,
    Padder,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
    SequenceColumns,
    SequenceTokenizer,
    to_onnx,
)
from seqestimators.augmentation import AugmentedClassifier, ReverseComplement
from seqestimators.modules import CELLS
from seqestimators.modules.pooling import MeanPooling

onnxruntime = pytest.importorskip("onnxruntime")

SMALL = {"hidden_size": 2, "max_epochs": 1, "random_state": 0}
DNA, KIND = ["ATGC", "ATG", "CCAT", "GG"] * 2, ["start", "start", "none", "none"] * 2
IDS = [np.array([4, 7, 6]), np.array([5, 5])] * 3


class OwnMean(MeanPooling):
    """A pooling of a user's own."""


class OwnCell(CELLS["gru"]):
    """A cell of a user's own."""


def open_file(path):
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def facts_of(session):
    return {name: json.loads(text) for name, text in session.get_modelmeta().custom_metadata_map.items()}


def test_the_file_knows_classes_and_vocabulary(tmp_path):
    model = make_pipeline(DNATokenizer(k=2, add_eos=True), RecurrentClassifier(**SMALL)).fit(DNA, KIND)
    to_onnx(model, str(tmp_path / "model.onnx"))
    facts = facts_of(open_file(tmp_path / "model.onnx"))
    assert facts["classes"] == ["none", "start"]
    assert facts["vocabulary"] == model[0].vocabulary_.tokens
    assert facts["tokenizer"].items() >= {"class": "DNATokenizer", "k": 2, "add_eos": True}.items()
    assert facts["estimator"] == "RecurrentClassifier"


def test_tokens_and_classes_of_any_kind_are_written(tmp_path):
    X, y = [[("a", 1), np.int64(3)], [np.int64(5)]] * 2, [[1, 2], [2]] * 2
    model = make_pipeline(SequenceTokenizer(), RecurrentTagger(**SMALL)).fit(X, y)
    to_onnx(model, tmp_path / "model.onnx")
    facts = facts_of(open_file(tmp_path / "model.onnx"))
    assert facts["vocabulary"][4:] == [3, 5, ["a", 1]]
    assert (facts["classes"], facts["stride"]) == ([1, 2], 1)


def test_ids_that_fit_has_not_met_are_unknown(tmp_path):
    model = RecurrentClassifier(**SMALL).fit(IDS, [0, 1] * 3)
    to_onnx(model, tmp_path / "model.onnx")
    ids = np.array([[4, 9, 6, 100, -1, 2], [4, 1, 6, 1, 1, 2]])
    answers = open_file(tmp_path / "model.onnx").run(None, {"ids": ids, "lengths": np.array([6, 6])})[0]
    np.testing.assert_array_equal(answers[0], answers[1])
    np.testing.assert_allclose(answers, model.predict_proba([ids[1]] * 2), atol=1e-6)


def test_numbers_with_a_large_offset_stay_as_exact_as_they_are(tmp_path):
    y = 1e9 + np.arange(6)
    for dtype in ("float32", "float64"):
        model = RecurrentRegressor(dtype=dtype, **SMALL).fit(IDS, y)
        to_onnx(model, tmp_path / "model.onnx")
        inputs = {"ids": np.array([[4, 7, 6]]), "lengths": np.array([3])}
        (answer,) = open_file(tmp_path / "model.onnx").run(None, inputs)
        assert answer.dtype == "float64"
        np.testing.assert_allclose(answer - 1e9, model.predict(IDS[:1]) - 1e9, atol=1e-5)


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (RecurrentSeq2Seq(), TypeError, "RecurrentSeq2Seq is a network for sequences that to_onnx doesn't"),
        (RecurrentLanguageModel(), TypeError, "RecurrentLanguageModel"),
        (LogisticRegression(), TypeError, "LogisticRegression is an estimator that"),
        (GridSearchCV(RecurrentClassifier(), {}), TypeError, "of a search its best_estimator_"),
        (
            AugmentedClassifier(RecurrentClassifier(), ReverseComplement(), n_copies=1),
            TypeError,
            "AugmentedClassifier",
        ),
        (make_pipeline(DNATokenizer(), Padder(), RecurrentClassifier()), ValueError, "has a Padder"),
        (make_pipeline(DNATokenizer(), RecurrentClassifier()), NotFittedError, "not fitted"),
        (RecurrentClassifier, TypeError, "type is an estimator that"),
    ],
    ids=["seq2seq", "language", "linear", "search", "augmented", "padder", "unfitted", "class"],
)
def test_models_that_have_no_graph_are_named(model, error, message, tmp_path):
    with pytest.raises(error, match=message):
        to_onnx(model, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "own"), [("pooling", OwnMean), ("cell", OwnCell)])
def test_parts_of_ones_own_are_named(name, own, tmp_path):
    model = RecurrentClassifier(**{name: own}, **SMALL).fit(IDS, [0, 1] * 3)
    with pytest.raises(TypeError, match=f"not {own.__name__}"):
        to_onnx(model, tmp_path / "model.onnx")


def test_several_columns_are_refused(tmp_path):
    table = pd.DataFrame({"dna": DNA, "weight": np.arange(8.0)})
    columns = SequenceColumns({"dna": DNATokenizer()}, numeric=["weight"])
    model = make_pipeline(columns, RecurrentClassifier(**SMALL)).fit(table, KIND)
    with pytest.raises(ValueError, match="has a SequenceColumns"):
        to_onnx(model, tmp_path / "model.onnx")
    with pytest.raises(ValueError, match="1 columns of sequences and 1 numbers beside each"):
        to_onnx(model[-1], tmp_path / "model.onnx")


def test_the_mean_of_several_networks_is_refused(tmp_path):
    model = RecurrentRegressor(dropout=0.5, n_dropout_samples=2, **SMALL).fit(IDS, np.arange(6.0))
    with pytest.raises(ValueError, match="n_dropout_samples averages several networks"):
        to_onnx(model, tmp_path / "model.onnx")


def test_outputs_of_no_known_name_are_refused(tmp_path):
    with pytest.raises(ValueError, match="'output' parameter of to_onnx"):
        to_onnx(RecurrentClassifier(), tmp_path / "model.onnx", output="logits")


def test_without_onnx_the_message_says_what_to_install(monkeypatch, tmp_path):
    real_import = builtins.__import__

    def without_onnx(name, *args):
        if name == "onnx":
            raise ImportError(name)
        return real_import(name, *args)

    monkeypatch.setattr(builtins, "__import__", without_onnx)
    with pytest.raises(ImportError, match=r"pip install seqestimators\[onnx\]"):
        to_onnx(RecurrentClassifier(), tmp_path / "model.onnx")
