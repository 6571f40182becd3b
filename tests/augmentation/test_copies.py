"""What the inner estimator is given in fit."""

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.augmentation import (
    AugmentedClassifier,
    AugmentedRegressor,
    Augmenter,
    ReverseComplement,
    SmilesRandomizer,
)
from seqestimators.exceptions import InvalidSequenceError

RANDOM = np.random.RandomState(0)
X = ["".join(RANDOM.choice(list("ACGT"), 10)) for _ in range(30)]
Y = np.array(["yes" if "AC" in row or "GT" in row else "no" for row in X])
SMILES = ["CCO", "CCCO", "CC(C)O", "c1ccccc1", "Cc1ccccc1", "CCc1ccccc1"]
SIZES = np.array([3.0, 4, 4, 6, 7, 8])


class Recorder(BaseEstimator):
    """Keeps what its fit is given; its answer is the length of a row."""

    def fit(self, X, y, sample_weight=None, groups=None):
        self.X_, self.y_, self.sample_weight_, self.groups_ = list(X), list(y), sample_weight, groups
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.array([len(row) for row in X], dtype=float)


class RecordingRegressor(RegressorMixin, Recorder):
    pass


class RecordingClassifier(ClassifierMixin, Recorder):
    pass


class Numbered(Augmenter):
    """Puts the first digit of the seed behind a row."""

    def _vary(self, sequences, seeds):
        return [f"{row}{seed}" for row, seed in zip(sequences, seeds, strict=True)]


def letters(classifier):
    return make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2), lowercase=False), classifier)


def test_copies_are_made_in_fit_and_share_the_weight():
    model = AugmentedRegressor(RecordingRegressor(), ReverseComplement(), 2)
    inner = model.fit(["aac", "GGU"], [1, 2]).estimator_
    assert inner.X_ == ["AAC", "GGT", "GTT", "ACC"]
    assert inner.y_ == [1, 2, 1, 2]
    assert inner.sample_weight_.tolist() == [0.5] * 4
    assert inner.groups_.tolist() == [0, 1, 0, 1]
    inner = model.fit(["aac", "GGU"], [1, 2], sample_weight=[0, 3], groups=["a", "b"]).estimator_
    assert inner.sample_weight_.tolist() == [0, 1.5, 0, 1.5]
    assert list(inner.groups_) == ["a", "b", "a", "b"]


def test_one_copy_is_the_row_itself():
    inner = AugmentedRegressor(RecordingRegressor(), SmilesRandomizer(), 1).fit(SMILES, SIZES).estimator_
    assert inner.X_ == SMILES
    assert inner.sample_weight_ is None
    assert inner.groups_ is None


def test_copies_differ_and_follow_the_seed():
    def copies_of(random_state):
        model = AugmentedRegressor(RecordingRegressor(), Numbered(), 4, random_state=random_state)
        return model.fit(["a", "b"], [0, 1]).estimator_.X_

    assert len(set(copies_of(0))) == 8
    assert copies_of(0) == copies_of(0)
    assert copies_of(0) != copies_of(1)


def test_weights_reach_the_last_step_of_a_pipeline():
    steps = letters(LogisticRegression())
    model = AugmentedClassifier(steps, ReverseComplement(), 2).fit(X, Y)
    other = ReverseComplement().transform(X).tolist()
    both = clone(steps).fit(X + other, [*Y, *Y], logisticregression__sample_weight=np.full(60, 0.5))
    np.testing.assert_allclose(model.predict_proba(X), both.predict_proba(X))
    weight = np.arange(30) % 3
    model.fit(X, Y, sample_weight=weight)
    both.fit(X + other, [*Y, *Y], logisticregression__sample_weight=np.tile(weight, 2) / 2)
    np.testing.assert_allclose(model.predict_proba(X), both.predict_proba(X))
    by_keyword = clone(model).fit(X, Y, logisticregression__sample_weight=weight)
    np.testing.assert_allclose(by_keyword.predict_proba(X), both.predict_proba(X))


def test_an_estimator_without_weights_sees_repeated_rows():
    model = AugmentedClassifier(letters(KNeighborsClassifier(2)), ReverseComplement(), 2).fit(X, Y)
    assert model.estimator_[-1].n_samples_fit_ == 60
    with pytest.raises(ValueError, match="given sample_weight, but fit of KNeighborsClassifier takes none"):
        model.fit(X, Y, sample_weight=np.ones(30))
    with pytest.raises(ValueError, match="given groups, but fit of KNeighborsClassifier takes none"):
        model.fit(X, Y, groups=np.arange(30))


def test_copies_stay_together_where_rows_are_set_aside():
    network = make_pipeline(
        DNATokenizer(),
        RecurrentClassifier(
            hidden_size=3, max_epochs=3, early_stopping=True, validation_fraction=0.3, random_state=0
        ),
    )
    model = AugmentedClassifier(network, ReverseComplement(), 2, random_state=0).fit(X, Y)
    assert len(model.estimator_[-1].history_) == 3
    recorded = AugmentedClassifier(
        make_pipeline("passthrough", RecordingClassifier()), ReverseComplement(), 2
    ).fit(X, Y)
    np.testing.assert_array_equal(recorded.estimator_[-1].groups_, np.tile(np.arange(30), 2))


def test_other_parameters_of_fit_are_handed_on():
    class Noting(RecordingRegressor):
        def fit(self, X, y, note=None, marks=None):
            self.note_, self.marks_ = note, marks
            return super().fit(X, y)

    model = AugmentedRegressor(Noting(), ReverseComplement(), 2)
    inner = model.fit(["AC", "GG"], [0, 1], note="hello", marks=[7, 8]).estimator_
    assert inner.note_ == "hello"
    assert list(inner.marks_) == [7, 8, 7, 8]


def test_metadata_is_routed():
    with sklearn.config_context(enable_metadata_routing=True):
        asking = RecordingRegressor().set_fit_request(sample_weight=True, groups=True)
        model = AugmentedRegressor(asking, ReverseComplement(), 2)
        inner = model.fit(["AC", "GG"], [0, 1], sample_weight=[2, 4]).estimator_
        assert inner.sample_weight_.tolist() == [1, 2, 1, 2]
        assert inner.groups_.tolist() == [0, 1, 0, 1]

        model.set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
        scores = cross_validate(
            model, X, np.arange(30.0), params={"sample_weight": np.full(30, 6.0)}, cv=2, return_estimator=True
        )
        assert scores["estimator"][0].estimator_.sample_weight_.tolist() == [3] * 30

        silent = AugmentedRegressor(RecordingRegressor(), ReverseComplement(), 2)
        assert silent.fit(["AC", "GG"], [0, 1]).estimator_.sample_weight_ is None
        with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
            silent.fit(["AC", "GG"], [0, 1], sample_weight=[2, 4])

        last = LogisticRegression().set_fit_request(sample_weight=True)
        AugmentedClassifier(letters(last), ReverseComplement(), 2).fit(X, Y, sample_weight=np.ones(30))


def test_no_copy_of_a_test_row_is_trained_on():
    model = AugmentedRegressor(RecordingRegressor(), ReverseComplement(), 2)
    found = cross_validate(model, X, np.arange(30.0), cv=3, return_estimator=True, return_indices=True)
    for fitted, test in zip(found["estimator"], found["indices"]["test"], strict=True):
        held_out = {X[i] for i in test} | set(ReverseComplement().transform([X[i] for i in test]))
        assert not held_out & set(fitted.estimator_.X_)


def test_bad_rows_are_named():
    model = AugmentedClassifier(RecordingClassifier(), SmilesRandomizer(), 2, n_averaged=1)
    with pytest.raises(InvalidSequenceError, match="Could not parse 'C1CC' at row 1 of X"):
        model.fit(["CC", "C1CC"], [0, 1])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(["CC", "CCC"], [0])
    with pytest.raises(ValueError, match="requires y to be passed"):
        model.fit(["CC", "CCC"], None)
    with pytest.raises(ValueError, match="Wrap a single sequence"):
        model.fit("CC", [0])
    with pytest.raises(ValueError, match="row 1 of sample_weight is -1: a weight is"):
        model.fit(["CC", "CCC"], [0, 1], sample_weight=[1, -1])


def test_an_augmenter_by_its_method_alone():
    class Plain:
        def augment(self, X, random_state):
            return [row[::-1] for row in X]

    inner = AugmentedRegressor(RecordingRegressor(), Plain(), 2).fit(["ab", "cd"], [0, 1]).estimator_
    assert inner.X_ == ["ab", "cd", "ba", "dc"]

    class Short(Plain):
        def augment(self, X, random_state):
            return X[:1]

    with pytest.raises(ValueError, match="Short.augment made 1 rows of 2: return one for each"):
        AugmentedRegressor(RecordingRegressor(), Short(), 2).fit(["ab", "cd"], [0, 1])
