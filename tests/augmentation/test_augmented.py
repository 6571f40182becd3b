"""What is made of the answers to several strings, and what both take part in."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone, is_classifier, is_regressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.utils import get_tags

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.augmentation import (
    AugmentedClassifier,
    AugmentedRegressor,
    Augmenter,
    ReverseComplement,
    SmilesRandomizer,
)
from seqestimators.baselines import make_ecfp_mlp, make_kmer_logistic

RANDOM = np.random.RandomState(0)
X = ["".join(RANDOM.choice(list("ACGT"), 10)) for _ in range(30)]
Y = np.array(["yes" if "AC" in row or "GT" in row else "no" for row in X])
SMILES = ["CCO", "CCCO", "CC(C)O", "c1ccccc1", "Cc1ccccc1", "CCc1ccccc1"]
SIZES = np.array([3.0, 4, 4, 6, 7, 8])


class Length(RegressorMixin, BaseEstimator):
    """The length of a row."""

    def fit(self, X, y):
        self.n_rows_ = len(X)
        return self

    def predict(self, X):
        return np.array([len(row) for row in X], dtype=float)


class Numbered(Augmenter):
    """Puts the first digit of the seed behind a row."""

    def _vary(self, sequences, seeds):
        return [f"{row}{seed}" for row, seed in zip(sequences, seeds, strict=True)]


def letters(classifier):
    return make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2), lowercase=False), classifier)


def test_the_same_answer_for_both_strands():
    other = ReverseComplement().transform(X)
    model = AugmentedClassifier(make_kmer_logistic(k=3), ReverseComplement(), 2, n_averaged=1).fit(X, Y)
    np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(other))
    network = make_pipeline(DNATokenizer(), RecurrentClassifier(hidden_size=3, max_epochs=2, random_state=0))
    model = AugmentedClassifier(network, ReverseComplement(), 2, n_averaged=1).fit(X, Y)
    np.testing.assert_allclose(model.predict_proba(X), model.predict_proba(other), atol=1e-6)
    assert not np.allclose(
        model.estimator_.predict_proba(X), model.estimator_.predict_proba(other), atol=1e-6
    )


def test_means_and_spreads_are_those_of_the_single_answers():
    model = AugmentedRegressor(Length(), SmilesRandomizer(), 1, n_averaged=3, random_state=0).fit(
        SMILES, SIZES
    )
    draws = np.random.RandomState(model.seed_)
    strings = [SMILES, *(SmilesRandomizer().augment(SMILES, draws) for _ in range(3))]
    lengths = np.array([[len(row) for row in rows] for rows in strings])
    mean, std = model.predict(SMILES, return_std=True)
    np.testing.assert_allclose(mean, lengths.mean(axis=0))
    np.testing.assert_allclose(std, lengths.std(axis=0))
    np.testing.assert_array_equal(model.predict(SMILES), mean)
    np.testing.assert_allclose([model.predict([row])[0] for row in SMILES], mean)
    assert model.score(SMILES, mean) == 1


def test_spread_of_probabilities():
    model = AugmentedClassifier(
        letters(LogisticRegression()), SmilesRandomizer(), 3, n_averaged=5, random_state=0
    ).fit(SMILES, ["a", "a", "a", "b", "b", "b"])
    mean, std = model.predict_proba(SMILES, return_std=True)
    np.testing.assert_allclose(mean.sum(axis=1), 1)
    assert mean.shape == std.shape == (6, 2)
    assert std.any()
    np.testing.assert_array_equal(model.predict(SMILES), model.classes_[mean.argmax(axis=1)])
    np.testing.assert_allclose(np.exp(model.predict_log_proba(SMILES)), mean)
    np.testing.assert_allclose(model.decision_function(SMILES) > 0, mean[:, 1] > mean[:, 0])


def test_a_spread_needs_several_answers():
    model = AugmentedRegressor(Length(), Numbered(), 1).fit(SMILES, SIZES)
    with pytest.raises(ValueError, match="AugmentedRegressor has n_averaged=0: set it"):
        model.predict(SMILES, return_std=True)
    assert model.set_params(n_averaged=2).predict(SMILES, return_std=True)[1].shape == (6,)


def test_without_averaging_the_answer_is_the_estimators():
    model = AugmentedClassifier(letters(LinearSVC()), ReverseComplement(), 2).fit(X, Y)
    np.testing.assert_array_equal(model.predict(X), model.estimator_.predict(X))
    assert not hasattr(model, "predict_proba")
    averaged = clone(model).set_params(n_averaged=1).fit(X, Y)
    np.testing.assert_array_equal(
        averaged.predict(X), averaged.classes_[(averaged.decision_function(X) > 0).astype(int)]
    )


def test_three_classes_are_told_by_decision_function_too():
    y = np.arange(30) % 3
    model = AugmentedClassifier(letters(LinearSVC()), ReverseComplement(), 2, n_averaged=1).fit(X, y)
    np.testing.assert_array_equal(model.predict(X), model.decision_function(X).argmax(axis=1))


def test_several_labels_a_row():
    y = np.array([["A" in row[:4], "C" in row[:4]] for row in X], dtype=float)
    y[0, 1] = np.nan
    network = make_pipeline(DNATokenizer(), RecurrentClassifier(hidden_size=3, max_epochs=2, random_state=0))
    for n_averaged in (0, 1):
        model = AugmentedClassifier(network, ReverseComplement(), 2, n_averaged=n_averaged).fit(X, y)
        probabilities = model.predict_proba(X)
        assert probabilities.shape == (30, 2)
        np.testing.assert_array_equal(model.predict(X), probabilities > 0.5)
        assert 0 <= model.score(X, y) <= 1


def test_scikit_learn_takes_it_as_its_own():
    model = AugmentedClassifier(make_kmer_logistic(k=2), ReverseComplement(), 2)
    assert is_classifier(model)
    assert get_tags(model).input_tags.string
    assert get_tags(model).classifier_tags.multi_label
    assert is_regressor(AugmentedRegressor(make_ecfp_mlp(task="regression"), SmilesRandomizer(), 2))
    assert cross_val_score(model, X, Y, cv=2).shape == (2,)
    assert cross_val_predict(model, X, Y, cv=2, method="predict_proba").shape == (30, 2)
    grid = {"n_averaged": [0, 1], "estimator__logisticregression__C": [0.1, 1.0]}
    assert GridSearchCV(model, grid, cv=2).fit(X, Y).best_params_.keys() == grid.keys()
    fitted = clone(model).fit(X, Y)
    restored = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(restored.predict_proba(X), fitted.predict_proba(X))
    for method in ("predict", "predict_proba", "decision_function"):
        with pytest.raises(NotFittedError):
            getattr(clone(model), method)(X)
    assert not hasattr(clone(model), "n_features_in_")
    assert not hasattr(clone(model), "classes_")
    network = make_pipeline(DNATokenizer(), RecurrentClassifier(hidden_size=2, max_epochs=1))
    assert AugmentedClassifier(network, ReverseComplement(), 2).fit(X, Y).n_features_in_ == 1


def test_containers_agree():
    model = AugmentedClassifier(make_kmer_logistic(k=2), ReverseComplement(), 2, n_averaged=1)
    expected = model.fit(X, Y).predict_proba(X)
    for rows in (np.array(X), pd.Series(X, index=range(5, 35)), pd.DataFrame({"dna": X})):
        labels = pd.Series(Y, index=range(9, 39))
        np.testing.assert_array_equal(model.fit(rows, labels).predict_proba(rows), expected)


def test_numbers_are_learned():
    counts = CountVectorizer(analyzer="char")
    target = TransformedTargetRegressor(Ridge(), transformer=StandardScaler())
    model = AugmentedRegressor(make_pipeline(counts, target), SmilesRandomizer(), 3, random_state=0)
    assert model.fit(SMILES, SIZES, sample_weight=np.ones(6)).score(SMILES, SIZES) > 0.9
    targets = np.column_stack([SIZES, -SIZES])
    model.set_params(n_averaged=1).fit(SMILES, targets)
    assert model.predict(SMILES, return_std=True)[1].shape == (6, 2)


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (AugmentedClassifier(Ridge(), ReverseComplement(), 2), ValueError, "Ridge, which is no classifier"),
        (
            AugmentedRegressor(LogisticRegression(), ReverseComplement(), 2),
            ValueError,
            "LogisticRegression, which is no regressor: for a classifier use AugmentedClassifier",
        ),
        (
            AugmentedClassifier(KNeighborsClassifier(), ReverseComplement(), 3),
            ValueError,
            "n_copies=3 asks for 2 other strings of each, but ReverseComplement has 1: set it to 2 at most",
        ),
        (
            AugmentedClassifier(KNeighborsClassifier(), ReverseComplement(), 2, n_averaged=2),
            ValueError,
            "n_averaged=2 asks for 2 other strings of each, but ReverseComplement has 1: set it to 1 at most",
        ),
        (AugmentedClassifier(KNeighborsClassifier(), Numbered(), 0), ValueError, "'n_copies' parameter"),
        (AugmentedClassifier(KNeighborsClassifier(), "random", 2), ValueError, "'augmenter' parameter"),
        (AugmentedClassifier("svm", Numbered(), 2), ValueError, "'estimator' parameter"),
    ],
)
def test_bad_parameters_are_refused(model, error, message):
    with pytest.raises(error, match=message):
        model.fit(X, Y)


def test_answers_of_several_outputs_are_refused():
    class Listing(ClassifierMixin, Length):
        def predict_proba(self, X):
            return [np.ones((len(X), 2)) / 2] * 2

    model = AugmentedClassifier(Listing(), Numbered(), 1, n_averaged=1).fit(X, Y)
    with pytest.raises(TypeError, match="predict_proba of Listing gives a list"):
        model.predict_proba(X)
