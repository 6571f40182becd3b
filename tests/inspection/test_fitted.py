"""A fitted model, taken apart: what is around the estimator, and the names of what it reads."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentRegressor
from seqestimators.inspection._fitted import FittedModel, is_single, unwrap
from seqestimators.sequences import object_array

X, Y = ["ACGT", "TT", "GA", "C"], [0, 1, 0, 1]
SMALL = {"hidden_size": 3, "embedding_dim": 2, "max_epochs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def model():
    return make_pipeline(DNATokenizer(), RecurrentClassifier(**SMALL, num_layers=2)).fit(X, Y)


def test_what_is_around_the_estimator_is_taken_off(model):
    estimator, tokenizer = model[-1], model[0]
    search = GridSearchCV(model, {"recurrentclassifier__lr": [0.1]}, cv=2).fit(X, Y)
    assert FittedModel(search).estimator is search.best_estimator_[-1]
    within = make_pipeline("passthrough", tokenizer, FrozenEstimator(estimator))
    for given in (model, FrozenEstimator(model), within, make_pipeline(model)):
        fitted = FittedModel(given)
        assert fitted.estimator is estimator
        assert fitted.tokenizer is tokenizer
        assert fitted.read("ACN").values.tolist() == [4, 5, 1]
    bare = FittedModel(estimator)
    assert bare.tokenizer is None
    assert bare.read([4, 5, 99]).values.tolist() == [4, 5, 1]


def test_what_is_no_fitted_model_is_refused(model):
    with pytest.raises(NotFittedError):
        FittedModel(make_pipeline(DNATokenizer(), RecurrentClassifier()))
    with pytest.raises(TypeError, match="LogisticRegression is no recurrent estimator: give a fitted"):
        FittedModel(LogisticRegression())
    with pytest.raises(ValueError, match="x holds 2 sequences, but this looks at one"):
        FittedModel(model).read_one(["A", "C"])
    assert len(FittedModel(model).read_one(["A"])) == 1


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        ("ACGT", True),
        (np.array([4, 5]), True),
        ([4, 5], True),
        ((0.5, 1.5), True),
        (["ACGT"], False),
        ([[4, 5]], False),
        ([], False),
        (np.zeros((2, 3)), False),
        (np.array(["AC"], dtype=object), False),
        (pd.Series(["AC"]), False),
        (pd.Series([0.5, 1.5]), True),
    ],
    ids=str,
)
def test_one_sequence_is_told_from_several(X, expected):
    assert is_single(X) == expected
    results = object_array(["first", "second"])
    assert unwrap(results, X) is (results[0] if expected else results)


def test_names(model):
    fitted = FittedModel(model)
    assert fitted.name == "bidirectional LSTM"
    assert fitted.name_tokens(fitted.read(["AN", "T"])) == [["A", "<unknown>"], ["T"]]
    bare = FittedModel(model[-1])
    assert bare.name_tokens(bare.read([4, 1, 3])) == [["4", "<unknown>", "<eos>"]]
    series = [np.array([[0.5, -1.25], [1e-9, 1234.5]]), np.zeros((1, 2))]
    numeric = RecurrentRegressor(**SMALL, cell="gru", bidirectional=False).fit(series, [0.0, 1.0])
    assert FittedModel(numeric).name == "GRU"
    names = FittedModel(numeric).name_tokens(FittedModel(numeric).read(series))
    assert names == [["0.5, -1.25", "0, 1234.5"], ["0, 0"]]
    numeric.set_params(standardize=False).fit(series, [0.0, 1.0])
    names = FittedModel(numeric).name_tokens(FittedModel(numeric).read(series))
    assert names == [["0.5, -1.25", "1e-09, 1234.5"], ["0, 0"]]


def test_layers_and_directions(model):
    fitted = FittedModel(model)
    assert [fitted.find_layer(layer) for layer in (0, 1, -1, -2)] == [0, 1, 1, 0]
    assert [fitted.find_direction(one) for one in ("forward", "backward")] == [0, 1]
    with pytest.raises(ValueError, match="layer=2, but the network has the layers 0 to 1"):
        fitted.find_layer(2)
    forward = RecurrentClassifier(**SMALL, bidirectional=False).fit([[4], [5]], [0, 1])
    with pytest.raises(ValueError, match="fit it with bidirectional=True"):
        FittedModel(forward).find_direction("backward")


def test_answers_and_states_are_in_the_order_of_the_rows(model):
    fitted = FittedModel(model)
    sequences = fitted.read(X)
    np.testing.assert_array_equal(fitted.answer(sequences), model.predict_proba(X))
    states = fitted.run_states(sequences, lambda layers: layers[0].join())
    assert [row.shape for row in states] == [(len(text), 6) for text in X]
    margin = model[-1].margin()
    assert fitted.name_of_margin(margin, fitted.read_one("ACG")) == "log-odds of 1"


def test_a_copy_for_gradients_leaves_the_network_alone(model):
    fitted = FittedModel(model)
    copy = fitted.copy_network()
    assert {weight.dtype for weight in copy.parameters()} == {torch.float64}
    assert {weight.dtype for weight in fitted.network.parameters()} == {torch.float32}
    assert not fitted.network.encoder.layers[0][0].training
    for ours, theirs in zip(fitted.network.parameters(), copy.parameters(), strict=True):
        assert torch.equal(ours.double(), theirs)
        assert ours.data_ptr() != theirs.data_ptr()
