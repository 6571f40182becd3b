"""Weights of attention: those that the network uses, one for every real step."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from seqestimators import (
    DNATokenizer,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
)
from seqestimators.inspection import attention_weights, hidden_states

X, y = ["ACGTAC", "TT", "GATTACA", "C"], [0, 1, 0, 1]
SMALL = {"hidden_size": 5, "embedding_dim": 3, "max_epochs": 1, "random_state": 0}


def make_model(estimator, **parameters):
    return make_pipeline(DNATokenizer(), estimator(**SMALL | parameters))


@pytest.mark.parametrize("estimator", [RecurrentClassifier, RecurrentRegressor])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_weighted_mean_of_the_states_is_the_pooled_state(estimator, bidirectional):
    model = make_model(estimator, pooling="attention", bidirectional=bidirectional).fit(X, y)
    all_weights = attention_weights(model, X)
    for weights, states, pooled in zip(all_weights, hidden_states(model, X), model.transform(X), strict=True):
        assert weights.shape == (len(states),)
        assert (weights >= 0).all()
        assert weights.sum() == pytest.approx(1, abs=1e-6)
        np.testing.assert_allclose(weights @ states, pooled, atol=1e-6)


def test_one_sequence_gives_one_array_and_an_empty_one_no_weight():
    model = make_model(RecurrentClassifier, pooling="attention").fit(X, y)
    np.testing.assert_allclose(
        attention_weights(model, "ACG"), attention_weights(model, ["ACG", "TTTT"])[0], atol=1e-6
    )
    assert attention_weights(model, [""])[0].shape == (0,)
    assert attention_weights(model[-1], np.array([4, 5])).shape == (2,)


@pytest.mark.parametrize("attention", ["dot", "additive", "monotonic"])
def test_sequence_to_sequence_has_a_row_for_each_token_of_the_target_and_its_end(attention):
    targets = ["ab", "b", "abba", ""]
    model = make_model(RecurrentSeq2Seq, attention=attention).fit(X, targets)
    for weights, expected, text, target in zip(
        attention_weights(model, X, targets),
        model[-1].attention_weights(model[0].transform(X), targets),
        X,
        targets,
        strict=True,
    ):
        np.testing.assert_array_equal(weights, expected)
        assert weights.shape == (len(target) + 1, len(text))
        np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    assert attention_weights(model, "ACG", "ab").shape == (3, 3)
    predicted = model.predict(["ACG"])[0]
    np.testing.assert_array_equal(attention_weights(model, "ACG"), attention_weights(model, "ACG", predicted))


def test_a_model_without_attention_is_told_how_to_get_it():
    with pytest.raises(NotFittedError):
        attention_weights(make_model(RecurrentClassifier, pooling="attention"), X)
    with pytest.raises(ValueError, match='pooling="concat": fit it with pooling="attention"'):
        attention_weights(make_model(RecurrentClassifier).fit(X, y), X)
    with pytest.raises(TypeError, match="RecurrentTagger has no attention: give a RecurrentSeq2Seq"):
        attention_weights(make_model(RecurrentTagger).fit(X, X), X)
    with pytest.raises(TypeError, match="RecurrentLanguageModel has no attention"):
        attention_weights(make_model(RecurrentLanguageModel).fit(X), X)
    with pytest.raises(ValueError, match="y is given, but RecurrentClassifier writes no target"):
        attention_weights(make_model(RecurrentClassifier, pooling="attention").fit(X, y), X, y)
