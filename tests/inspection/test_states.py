"""Hidden states: aligned to the tokens, equal to the encoder's."""

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentLanguageModel
from seqestimators.inspection import hidden_states

X, y = ["ACGTAC", "TT", "GATTACA", "C"], [0, 1, 0, 1]


def make_model(**parameters):
    settings = {"hidden_size": 5, "embedding_dim": 3, "max_epochs": 1, "random_state": 0} | parameters
    return make_pipeline(DNATokenizer(), RecurrentClassifier(**settings))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_states_are_those_of_the_encoder_read_alone(cell, bidirectional):
    model = make_model(cell=cell, bidirectional=bidirectional, num_layers=2).fit(X, y)
    encoder = model[-1].net_.module_.encoder.eval()
    for text, states in zip(X, hidden_states(model, X), strict=True):
        ids = torch.from_numpy(model[0].transform([text])[0])[None]
        with torch.inference_mode():
            expected = encoder(ids, torch.tensor([len(text)])).join()[0].numpy()
        np.testing.assert_allclose(states, expected, atol=1e-6)


def test_one_sequence_gives_one_array_and_an_empty_one_no_step():
    model = make_model().fit(X, y)
    assert hidden_states(model, "ACG").shape == (3, 10)
    np.testing.assert_allclose(
        hidden_states(model, "ACG"), hidden_states(model, ["ACG", "TTTT"])[0], atol=1e-6
    )
    assert hidden_states(model, [""])[0].shape == (0, 10)
    assert hidden_states(model[-1], np.array([4, 5])).shape == (2, 10)


def test_the_first_layer_of_two():
    model = make_model(num_layers=2).fit(X, y)
    np.testing.assert_array_equal(hidden_states(model, "ACG", layer=0), hidden_states(model, "ACG", layer=-2))
    assert not np.array_equal(hidden_states(model, "ACG", layer=0), hidden_states(model, "ACG"))
    with pytest.raises(ValueError, match="layer=2, but the network has the layers 0 to 1"):
        hidden_states(model, "ACG", layer=2)


def test_last_states_are_what_last_pooling_returns():
    model = make_model(pooling="last", bidirectional=False).fit(X, y)
    lasts = [states[-1] for states in hidden_states(model, X)]
    np.testing.assert_allclose(lasts, model.transform(X), atol=1e-6)


def test_the_states_of_a_language_model_include_both_ends():
    model = make_pipeline(DNATokenizer(), RecurrentLanguageModel(hidden_size=5, max_epochs=1)).fit(X)
    assert hidden_states(model, "ACG").shape == (5, 5)


def test_untrained_and_foreign_models_are_refused():
    with pytest.raises(NotFittedError):
        hidden_states(make_model(), X)
    with pytest.raises(NotFittedError):
        hidden_states(GridSearchCV(make_model(), {}), X)
    with pytest.raises(TypeError, match="LogisticRegression is no recurrent estimator"):
        hidden_states(LogisticRegression().fit([[0], [1]], y[:2]), X)


def test_a_search_shows_its_best_model():
    search = GridSearchCV(make_model(), {"recurrentclassifier__hidden_size": [4]}, cv=2).fit(X, y)
    np.testing.assert_array_equal(hidden_states(search, "ACG"), hidden_states(search.best_estimator_, "ACG"))
