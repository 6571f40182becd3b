"""The estimators inside scikit-learn's own tools, on ragged strings with string labels."""

import pickle

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    cross_val_predict,
    cross_val_score,
    learning_curve,
)
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentLanguageModel, RecurrentRegressor

SMALL = {"hidden_size": 4, "embedding_dim": 4, "max_epochs": 2, "batch_size": 8, "random_state": 0}


def make_strings(n_rows=36, seed=0):
    """DNA of 1 to 8 letters; the label is its first letter."""
    random_state = np.random.RandomState(seed)
    X = ["".join(random_state.choice(list("ACGT"), random_state.randint(1, 9))) for _ in range(n_rows)]
    return X, np.array(["purine" if row[0] in "AG" else "pyrimidine" for row in X])


X, Y = make_strings()


def make_model(**parameters):
    return make_pipeline(DNATokenizer(), RecurrentClassifier(**SMALL | parameters))


@pytest.fixture(scope="module")
def fitted():
    return make_model().fit(X, Y)


def run_grid_search(n_jobs=None):
    grid = {"recurrentclassifier__cell": ["rnn", "gru"], "recurrentclassifier__hidden_size": [3, 4]}
    search = GridSearchCV(make_model(), grid, cv=2, scoring="neg_log_loss", n_jobs=n_jobs).fit(X, Y)
    return np.array([search.cv_results_[f"split{i}_test_score"] for i in range(2)])


def test_grid_search_gives_the_same_scores_under_every_backend():
    expected = run_grid_search()
    assert np.isfinite(expected).all()
    np.testing.assert_array_equal(run_grid_search(n_jobs=2), expected)
    with joblib.parallel_backend("threading", n_jobs=2):
        np.testing.assert_array_equal(run_grid_search(), expected)


def test_a_pretrained_model_travels_to_other_processes():
    ids = DNATokenizer().fit_transform(X)
    language_model = RecurrentLanguageModel(**SMALL).fit(ids)
    model = RecurrentClassifier(pretrained=language_model, max_epochs=1, random_state=0)
    scores = [cross_val_score(model, ids, Y, cv=2, scoring="neg_log_loss", n_jobs=n) for n in (None, 2)]
    np.testing.assert_array_equal(*scores)


def test_clone_and_set_params(fitted):
    other = clone(fitted)
    assert not hasattr(other[-1], "net_")
    assert other[-1].get_params() == fitted[-1].get_params()
    np.testing.assert_array_equal(other.fit(X, Y).predict_proba(X), fitted.predict_proba(X))
    assert clone(fitted).set_params(recurrentclassifier__cell="gru").fit(X, Y)[-1].cell == "gru"


def test_pickle_and_joblib(fitted, tmp_path):
    joblib.dump(fitted, tmp_path / "model.joblib")
    for restored in (pickle.loads(pickle.dumps(fitted)), joblib.load(tmp_path / "model.joblib")):
        np.testing.assert_array_equal(restored.predict_proba(X), fitted.predict_proba(X))
        np.testing.assert_array_equal(restored.predict(X), fitted.predict(X))


def test_cross_val_predict():
    labels = cross_val_predict(make_model(), X, Y, cv=2)
    assert labels.shape == Y.shape
    assert set(labels) <= set(Y)
    assert cross_val_predict(make_model(), X, Y, cv=2, method="predict_proba").shape == (len(X), 2)


@pytest.mark.parametrize(
    "make_ensemble",
    [
        lambda model: CalibratedClassifierCV(model, cv=2),
        lambda model: VotingClassifier([("one", model), ("two", clone(model))], voting="soft"),
        lambda model: StackingClassifier([("one", model)], LogisticRegression(), cv=2),
    ],
    ids=["CalibratedClassifierCV", "VotingClassifier", "StackingClassifier"],
)
def test_meta_estimators(make_ensemble):
    ensemble = make_ensemble(make_model()).fit(X, Y)
    assert set(ensemble.predict(X)) <= set(Y)
    np.testing.assert_allclose(ensemble.predict_proba(X).sum(axis=1), 1, rtol=1e-5)


def test_bagging_passes_a_column():
    column = np.array(X, dtype=object)[:, None]
    bagging = BaggingClassifier(make_model(), n_estimators=2, random_state=0).fit(column, Y)
    assert set(bagging.predict(column)) <= set(Y)


def test_halving_search_over_epochs():
    search = HalvingGridSearchCV(
        make_model(),
        {"recurrentclassifier__hidden_size": [3, 4]},
        resource="recurrentclassifier__max_epochs",
        min_resources=1,
        max_resources=2,
        factor=2,
        cv=2,
        random_state=0,
    ).fit(X, Y)
    assert search.n_resources_ == [1, 2]
    assert search.best_params_["recurrentclassifier__max_epochs"] == 2


def test_halving_search_over_epochs_of_the_bare_estimator():
    ids = DNATokenizer().fit_transform(X)
    search = HalvingGridSearchCV(
        RecurrentClassifier(**SMALL),
        {"hidden_size": [3, 4]},
        resource="max_epochs",
        min_resources=1,
        max_resources=2,
        factor=2,
        cv=2,
        random_state=0,
    ).fit(ids, Y)
    assert search.best_estimator_.n_iter_ == 2


def test_learning_curve():
    sizes, train, test = learning_curve(make_model(), X, Y, train_sizes=[0.5, 1.0], cv=2)
    assert sizes.tolist() == [9, 18]
    assert np.isfinite(train).all()
    assert np.isfinite(test).all()


def test_set_output(fitted):
    model = clone(fitted[-1]).set_output(transform="pandas")
    table = model.fit(fitted[0].transform(X), Y).transform(fitted[0].transform(X[:3]))
    assert table.columns.tolist() == model.get_feature_names_out().tolist()
    assert table.columns[0] == "recurrentclassifier0"
    np.testing.assert_array_equal(table.to_numpy(), fitted[-1].transform(fitted[0].transform(X[:3])))


def test_the_encoder_feeds_another_model():
    model = make_pipeline(DNATokenizer(), RecurrentClassifier(**SMALL), LogisticRegression()).fit(X, Y)
    assert set(model.predict(X)) <= set(Y)


def test_regression_in_a_search():
    model = make_pipeline(DNATokenizer(), RecurrentRegressor(**SMALL))
    search = GridSearchCV(model, {"recurrentregressor__hidden_size": [3, 4]}, cv=2)
    assert search.fit(X, [len(row) for row in X]).predict(X).shape == (len(X),)
