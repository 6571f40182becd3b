"""How estimators read X: what fit has seen decides."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.sequences import object_array

SMALL = {"hidden_size": 3, "embedding_dim": 2, "max_epochs": 1, "random_state": 0}
X, Y = [[4, 6], [6], [4, 4], [6, 6]] * 5, [0, 1, 0, 1] * 5


@pytest.fixture(scope="module")
def model():
    return RecurrentClassifier(**SMALL).fit(X, Y)


def test_tokens_that_fit_has_not_seen_are_read_as_unknown(model):
    assert (model.input_, model.n_inputs_) == ("tokens", 7)
    assert model.known_tokens_.tolist() == [True] * 5 + [False, True]
    sequences = model.read([[4, 5, 6, 7, 99], [2, 4, 3]])
    assert sequences.values.tolist() == [4, 1, 6, 1, 1, 2, 4, 3]
    assert sequences.lengths.tolist() == [5, 3]
    again = model.read(sequences)
    assert again.values.tolist() == sequences.values.tolist()


def test_a_column_of_sequences_is_read_as_they_are(model):
    ids = object_array([np.array(row) for row in X])
    expected = model.predict_proba(X)
    for column in (ids, ids[:, None], pd.DataFrame({"ids": ids}), pd.Series(ids)):
        np.testing.assert_array_equal(model.predict_proba(column), expected)
    fitted = RecurrentClassifier(**SMALL).fit(ids[:, None], Y)
    assert not hasattr(fitted, "n_features_in_")
    np.testing.assert_array_equal(fitted.predict_proba(X), expected)


def test_what_a_tokenizer_makes_of_a_column_is_read():
    column = np.array(["AC", "G", "AA", "GT"], dtype=object)[:, None]
    ids = DNATokenizer().fit_transform(column)
    assert ids.shape == (4, 1)
    flat = RecurrentClassifier(**SMALL).fit(ids[:, 0], [0, 1, 0, 1])
    np.testing.assert_array_equal(flat.predict_proba(ids), flat.predict_proba(ids[:, 0]))


def test_a_matrix_has_a_width_until_a_fit_without_one():
    model = RecurrentClassifier(**SMALL).fit(np.array([[4, 5], [5, 4]] * 5), Y[:10])
    assert model.n_features_in_ == 2
    with pytest.raises(ValueError, match="3 features, but RecurrentClassifier is expecting 2"):
        model.predict(np.array([[4, 5, 4]]))
    assert model.fit([[4, 5], [5, 4], [4]] * 4, Y[:12]).predict([[4]]).shape == (1,)
    assert not hasattr(model, "n_features_in_")


def test_values_have_channels():
    series = [np.ones((n, 2)) for n in (1, 3, 2, 1)]
    model = RecurrentClassifier(**SMALL).fit(series, [0, 1, 0, 1])
    assert (model.input_, model.n_inputs_) == ("values", 2)
    assert not hasattr(model, "known_tokens_")
    assert model.read(series).values.dtype == np.float32
    with pytest.raises(ValueError, match="series of 1 channels, but .* was fitted on series of 2"):
        model.read([[0.5]])


def test_input_can_be_chosen():
    as_values = RecurrentClassifier(**SMALL, input="values").fit(X, Y)
    assert as_values.input_ == "values"
    with pytest.raises(ValueError, match="row 0, position 0 of X is 0.5"):
        RecurrentClassifier(**SMALL, input="tokens").fit([[0.5], [1.5]], [0, 1])


def test_series_have_the_type_of_the_fitted_weights():
    series = [np.ones((n, 2)) for n in (1, 3, 2, 1)]
    model = RecurrentClassifier(**SMALL).fit(series, [0, 1, 0, 1])
    expected = model.predict_proba(series)
    np.testing.assert_array_equal(model.set_params(dtype="float64").predict_proba(series), expected)


def test_reading_needs_a_fit():
    with pytest.raises(NotFittedError, match="RecurrentClassifier instance is not fitted"):
        RecurrentClassifier().read(X)
