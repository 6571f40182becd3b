"""The recurrence written out in numpy is that of the network."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import (
    DNATokenizer,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
)
from seqestimators.inspection import hidden_states, numpy_forward

X, y = ["ACGTAC", "TT", "GATTACA", "C", ""], [0, 1, 0, 1, 1]
TOLERANCE = {"float32": 1e-5, "float64": 1e-10}

each_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
each_direction = pytest.mark.parametrize("bidirectional", [False, True])
each_dtype = pytest.mark.parametrize("dtype", ["float32", "float64"])


def assert_equal(model, X, dtype, layers):
    for layer in layers:
        expected = hidden_states(model, X, layer=layer)
        for got, wanted in zip(numpy_forward(model, X, layer=layer), expected, strict=True):
            assert got.dtype == wanted.dtype == dtype
            np.testing.assert_allclose(got, wanted, rtol=0, atol=TOLERANCE[dtype])


@each_cell
@each_direction
@each_dtype
@pytest.mark.parametrize("embedding_dim", [None, 3])
def test_every_layer_equals_that_of_the_network(cell, bidirectional, dtype, embedding_dim):
    model = make_pipeline(
        DNATokenizer(),
        RecurrentClassifier(
            cell=cell,
            bidirectional=bidirectional,
            dtype=dtype,
            embedding_dim=embedding_dim,
            num_layers=3,
            hidden_size=5,
            max_epochs=2,
            random_state=0,
        ),
    ).fit(X, y)
    assert_equal(model, X, dtype, layers=[0, 1, 2, -1])


@each_cell
def test_values(cell):
    series = [np.linspace(0, 1, 2 * n).reshape(n, 2) for n in (3, 1, 6)]
    settings = {"hidden_size": 4, "max_epochs": 2, "dtype": "float64", "random_state": 0}
    model = RecurrentRegressor(cell=cell, **settings).fit(series, [1.0, 2.0, 3.0])
    assert_equal(model, series, "float64", layers=[0])


@each_cell
@each_direction
def test_the_directions_of_a_language_model_never_mix(cell, bidirectional):
    model = make_pipeline(
        DNATokenizer(),
        RecurrentLanguageModel(
            cell=cell,
            bidirectional=bidirectional,
            num_layers=2,
            hidden_size=5,
            dtype="float64",
            max_epochs=2,
            random_state=0,
        ),
    ).fit(X)
    assert_equal(model, X, "float64", layers=[0, 1])


def test_taggers_and_readers_of_sequences():
    settings = {"hidden_size": 4, "max_epochs": 1, "dtype": "float64", "random_state": 0}
    labels = [text.lower() for text in X]
    for estimator in (RecurrentTagger(**settings), RecurrentSeq2Seq(**settings)):
        assert_equal(make_pipeline(DNATokenizer(), estimator).fit(X[:4], labels[:4]), X[:4], "float64", [0])


def test_a_pretrained_encoder_brings_its_own_cell():
    tokenizer = DNATokenizer().fit(X)
    ids = tokenizer.transform(X)
    language_model = RecurrentLanguageModel(cell="gru", hidden_size=5, max_epochs=1).fit(ids)
    model = RecurrentClassifier(pretrained=language_model, max_epochs=1).fit(ids, y)
    assert model.cell == "lstm"  # which it is not
    assert_equal(model, ids, "float32", layers=[0])


def test_one_sequence_gives_one_array_and_a_missing_layer_an_error():
    model = make_pipeline(DNATokenizer(), RecurrentClassifier(hidden_size=5, max_epochs=1)).fit(X, y)
    assert numpy_forward(model, "ACG").shape == (3, 10)
    with pytest.raises(ValueError, match="layer=1, but the network has the layers 0 to 0"):
        numpy_forward(model, "ACG", layer=1)
