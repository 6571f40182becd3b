"""Baselines of several labels per row: one model a label, against models trained by hand."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn import dummy, ensemble, linear_model, neural_network, svm
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import KFold, cross_val_predict, cross_val_score

from seqestimators.baselines import (
    _labelwise,
    make_descriptor_forest,
    make_ecfp_forest,
    make_ecfp_logistic,
    make_ecfp_mlp,
    make_ecfp_svm,
    make_kmer_logistic,
    make_majority,
    make_onehot_logistic,
)
from seqestimators.metrics import masked_roc_auc_scorer

# The networks are trained briefly.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RANDOM = np.random.RandomState(0)
X = RANDOM.normal(size=(40, 3))
COMPLETE = np.column_stack([X[:, 0] > 0, X[:, 1] > 0, X[:, 2] > 0.5]).astype(int)
HOLES = np.where(RANDOM.uniform(size=COMPLETE.shape) < 0.3, np.nan, COMPLETE)
SMILES = ["CCO", "CCCO", "CC(C)O", "c1ccccc1", "Cc1ccccc1", "c1ccncc1"] * 2
LABELS = np.array([[1, 0], [1, -1], [1, 0], [0, 1], [0, 1], [-1, 0]] * 2)

CLASSES = {
    "LogisticRegression": (linear_model.LogisticRegression, {}),
    "MLPClassifier": (
        neural_network.MLPClassifier,
        {"hidden_layer_sizes": 4, "max_iter": 20, "random_state": 0},
    ),
    "RandomForestClassifier": (ensemble.RandomForestClassifier, {"n_estimators": 10, "random_state": 0}),
    "ExtraTreesClassifier": (ensemble.ExtraTreesClassifier, {"n_estimators": 10, "random_state": 0}),
    "DummyClassifier": (dummy.DummyClassifier, {}),
}
every_class = pytest.mark.parametrize("name", CLASSES)
MODELS = {
    "ecfp logistic": lambda: make_ecfp_logistic(n_bits=64),
    "ecfp mlp": lambda: make_ecfp_mlp(n_bits=64, hidden_layer_sizes=4, max_iter=5, random_state=0),
    "ecfp forest": lambda: make_ecfp_forest(n_bits=64, n_estimators=5, random_state=0),
    "descriptors": lambda: make_descriptor_forest(names=["MolWt"], n_estimators=5, random_state=0),
    "k-mers": lambda: make_kmer_logistic(k=1),
    "one-hot": lambda: make_onehot_logistic(),
    "majority": make_majority,
}
every_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


def both(name):
    plain, parameters = CLASSES[name]
    return plain(**parameters), getattr(_labelwise, name)(**parameters)


@every_class
def test_one_label_a_row_is_as_in_scikit_learn(name):
    plain, ours = both(name)
    y = np.where(COMPLETE[:, 0] == 1, 1, -1)
    plain.fit(X, y, sample_weight=np.ones(40))
    assert isinstance(ours.fit(X, y, sample_weight=np.ones(40)), type(plain))
    assert ours.get_params() == plain.get_params()
    assert ours.classes_.tolist() == [-1, 1]
    for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        if hasattr(plain, method):
            with np.errstate(divide="ignore"):  # a forest is certain of some rows
                np.testing.assert_allclose(getattr(ours, method)(X), getattr(plain, method)(X))
    assert ours.score(X, y) == plain.score(X, y)


@every_class
@pytest.mark.parametrize("fill", [np.nan, -1])
def test_each_label_is_learned_from_its_known_rows(name, fill):
    plain, ours = both(name)
    ours.fit(X, np.where(np.isnan(HOLES), fill, HOLES))
    for i, label in enumerate(HOLES.T):
        known = ~np.isnan(label)
        model = clone(plain).fit(X[known], label[known].astype(int))
        np.testing.assert_allclose(ours.predict_proba(X)[:, i], model.predict_proba(X)[:, 1])
        np.testing.assert_array_equal(ours.predict(X)[:, i], model.predict(X))
        if hasattr(plain, "decision_function"):
            np.testing.assert_allclose(ours.decision_function(X)[:, i], model.decision_function(X))
    np.testing.assert_allclose(np.exp(ours.predict_log_proba(X)), ours.predict_proba(X))
    right = ((ours.predict(X) == HOLES) | np.isnan(HOLES)).all(axis=1)
    assert ours.score(X, HOLES) == pytest.approx(right[~np.isnan(HOLES).all(axis=1)].mean())


@every_class
def test_a_label_of_one_known_class_is_always_told(name):
    _, ours = both(name)
    y = HOLES.copy()
    y[:, 0] = np.where(np.isnan(y[:, 0]), np.nan, 1)
    y[:, 1] = np.where(np.isnan(y[:, 1]), np.nan, 0)
    ours.fit(X, y)
    np.testing.assert_array_equal(ours.predict(X)[:, :2], [[1, 0]] * 40)
    np.testing.assert_array_equal(ours.predict_proba(X)[:, :2], [[1, 0]] * 40)
    if hasattr(ours, "decision_function"):
        decision = ours.decision_function(X)
        assert np.isfinite(decision).all()
        assert (decision[:, 0] > 700).all()
        assert (decision[:, 1] < -700).all()


@every_class
def test_fitted_anew_with_labels_of_the_other_kind(name):
    _, ours = both(name)
    ours.fit(X, HOLES)
    assert ours.predict(X).shape == (40, 3)
    ours.fit(X, COMPLETE[:, 0])
    assert ours.predict(X).shape == (40,)
    assert not hasattr(ours, "models_")
    restored = pickle.loads(pickle.dumps(ours.fit(X, HOLES)))
    np.testing.assert_array_equal(restored.predict_proba(X), ours.predict_proba(X))
    assert clone(ours).get_params() == ours.get_params()
    with pytest.raises(NotFittedError):
        clone(ours).predict(X)


@every_class
def test_an_empty_label_is_named(name):
    _, ours = both(name)
    with pytest.raises(ValueError, match="column 1 of y is NaN in every row"):
        ours.fit(X, np.where(np.arange(3) == 1, np.nan, HOLES))


def test_a_forest_that_grows_on():
    forest = _labelwise.RandomForestClassifier(3, warm_start=True, random_state=0).fit(X, COMPLETE[:, 0])
    assert len(forest.set_params(n_estimators=5).fit(X, COMPLETE[:, 0]).estimators_) == 5


@every_model
def test_baselines_take_missing_labels(make):
    for y in (LABELS, np.where(LABELS == -1, np.nan, LABELS), pd.DataFrame(LABELS)):
        model = make().fit(SMILES, y)
        assert model.predict_proba(SMILES).shape == (12, 2)
        assert set(np.unique(model.predict(SMILES))) <= {0, 1}
        assert 0 <= model.score(SMILES, y) <= 1
    np.testing.assert_array_equal(
        cross_val_predict(make(), SMILES, LABELS, cv=2),
        cross_val_predict(make(), SMILES, LABELS, cv=KFold(2)),
    )
    assert np.isfinite(
        cross_val_score(make(), SMILES, np.where(LABELS == -1, np.nan, LABELS), cv=KFold(2))
    ).all()


def test_the_majority_of_each_label():
    model = make_majority().fit(SMILES, LABELS)
    np.testing.assert_allclose(model.predict_proba([[1, 2]]), [[0.6, 0.4]])


def test_a_machine_without_probabilities_has_margins():
    plain, ours = svm.SVC(C=2), _labelwise.SVC(C=2)
    assert not hasattr(ours, "predict_proba")
    labels = COMPLETE[:, 0]
    ours.fit(X, labels, sample_weight=np.ones(40))
    np.testing.assert_allclose(
        ours.decision_function(X),
        plain.fit(X, labels).decision_function(X),
    )
    assert ours.score(X, labels) == plain.score(X, labels)
    table = HOLES.copy()
    table[:, 1] = np.where(np.isnan(table[:, 1]), np.nan, 1)
    margins = ours.fit(X, table).decision_function(X)
    assert not hasattr(ours, "predict_proba")
    known = ~np.isnan(table[:, 0])
    plain.fit(X[known], table[known, 0].astype(int))
    np.testing.assert_allclose(margins[:, 0], plain.decision_function(X))
    assert (margins[:, 1] > 700).all()
    np.testing.assert_array_equal(ours.predict(X), margins > 0)
    assert 0 <= ours.score(X, table) <= 1
    assert clone(ours).get_params() == ours.get_params()


def test_a_machine_of_missing_labels_is_scored():
    y = np.where(LABELS == -1, np.nan, LABELS)
    model = make_ecfp_svm(n_bits=64).fit(SMILES, y)
    assert model.decision_function(SMILES).shape == (12, 2)
    assert masked_roc_auc_scorer(model, SMILES, y) == 1


def test_one_label_a_row_is_read_as_by_the_networks():
    table = [[0.0], [1.0]] * 3
    with pytest.raises(ValueError, match=r"row 1 of y is missing \(None\)"):
        _labelwise.LogisticRegression().fit(table, ["a", None] * 3)
    assert (
        _labelwise.LogisticRegression().fit(table, pd.Series([0, 1] * 3, dtype="Int64")).predict(table).dtype
        == np.int64
    )
    assert (
        _labelwise.LogisticRegression().fit(table, np.array(["a", "b"] * 3)).predict(table).tolist()
        == ["a", "b"] * 3
    )
