"""Scorers work where scikit-learn takes one, with y in any container."""

import doctest
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score

from seqestimators import metrics
from seqestimators.sequences import object_array

X = ["AAA", "CAC", "AGA", "TT"]
Y = ["TTT", "GTG", "TCT", "AC"]  # complements, but for the last letter
every_scorer = pytest.mark.parametrize("name", ["token_accuracy", "exact_match", "edit_similarity"])


class Complement(BaseEstimator):
    """Predict the complementary strand, in an object array."""

    def __init__(self, keep=False):
        self.keep = keep

    def fit(self, X, y):
        self.fitted_ = True
        return self

    def predict(self, X):
        return object_array([x if self.keep else x.translate(str.maketrans("ACGT", "TGCA")) for x in X])


@every_scorer
@pytest.mark.parametrize(
    "contain",
    [
        list,
        object_array,
        np.array,
        pd.Series,
        lambda y: list(map(list, y)),
        lambda y: object_array([np.array(list(row)) for row in y]),
    ],
)
def test_cross_validation_takes_any_container(name, contain):
    scorer, score = getattr(metrics, f"{name}_scorer"), getattr(metrics, f"{name}_score")
    scores = cross_val_score(Complement(), X, contain(Y), scoring=scorer, cv=KFold(2))
    predicted = Complement().predict(X)
    expected = [score(Y[:2], predicted[:2]), score(Y[2:], predicted[2:])]
    assert expected[0] == 1 > expected[1]
    np.testing.assert_array_equal(scores, expected)


@every_scorer
def test_a_search_finds_the_better_model(name):
    scorer = getattr(metrics, f"{name}_scorer")
    search = GridSearchCV(Complement(), {"keep": [True, False]}, scoring=scorer, cv=2).fit(X, Y)
    assert search.best_params_ == {"keep": False}


@every_scorer
def test_weights_and_pickles(name):
    scorer, score = getattr(metrics, f"{name}_scorer"), getattr(metrics, f"{name}_score")
    model = Complement().fit(X, Y)
    weighted = pickle.loads(pickle.dumps(scorer))(model, X, Y, sample_weight=[1, 1, 1, 3])
    assert weighted == score(Y, model.predict(X), sample_weight=[1, 1, 1, 3])


@every_scorer
def test_the_example_of_the_docstring_runs(name):
    text = getattr(metrics, f"{name}_scorer").__doc__
    test = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
    assert f"{name}_score" in text
    result = doctest.DocTestRunner().run(test)
    assert (result.failed, result.attempted) == (0, 5)
