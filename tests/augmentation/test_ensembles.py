"""Votes of several seeds: the mean of what the members say."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentRegressor
from seqestimators.augmentation import (
    AugmentedClassifier,
    ReverseComplement,
    SeedEnsembleRegressor,
    make_seed_ensemble,
)
from seqestimators.baselines import make_ecfp_mlp

RANDOM = np.random.RandomState(0)
X = ["".join(RANDOM.choice(list("ACGT"), 8)) for _ in range(24)]
LABELS = np.array(["yes" if row.count("A") > 1 else "no" for row in X])
SMALL = {"hidden_size": 3, "max_epochs": 2}


def test_probabilities_are_averaged():
    model = make_pipeline(DNATokenizer(), RecurrentClassifier(**SMALL))
    ensemble = make_seed_ensemble(model, 3).fit(X, LABELS)
    assert isinstance(ensemble, VotingClassifier)
    members = [
        clone(model).set_params(recurrentclassifier__random_state=seed).fit(X, LABELS) for seed in range(3)
    ]
    answers = [member.predict_proba(X) for member in members]
    np.testing.assert_allclose(ensemble.predict_proba(X), np.mean(answers, axis=0), rtol=1e-6)
    assert not np.allclose(answers[0], answers[1])
    assert set(ensemble.predict(X)) <= {"yes", "no"}
    assert model[-1].random_state is None
    assert len(cross_val_score(ensemble, X, LABELS, cv=2)) == 2


def test_numbers_are_averaged():
    model = make_pipeline(DNATokenizer(), RecurrentRegressor(**SMALL))
    y = np.array([row.count("A") for row in X], dtype=float)
    ensemble = make_seed_ensemble(model, 2, n_jobs=1).fit(X, y)
    assert isinstance(ensemble, SeedEnsembleRegressor)
    np.testing.assert_allclose(
        ensemble.predict(X), np.mean([one.predict(X) for one in ensemble.estimators_], axis=0)
    )


def test_every_quantile_is_averaged():
    model = RecurrentRegressor(**SMALL, loss="quantile", quantile=[0.1, 0.5, 0.9])
    y = np.array([row.count("A") for row in X], dtype=float)
    ensemble = make_seed_ensemble(make_pipeline(DNATokenizer(), model), 2).fit(X, y)
    members = [one.predict(X) for one in ensemble.estimators_]
    mean, std = ensemble.predict(X, return_std=True)
    assert mean.shape == (len(X), 3)
    np.testing.assert_array_equal(ensemble.predict(X), mean)
    np.testing.assert_allclose(mean, np.mean(members, axis=0))
    np.testing.assert_allclose(std, np.std(members, axis=0), rtol=1e-4)


@pytest.mark.parametrize("loss", ["squared", "gaussian"])
def test_standard_deviations_of_an_ensemble(loss):
    model = make_pipeline(DNATokenizer(), RecurrentRegressor(**SMALL, loss=loss))
    y = np.array([row.count("A") for row in X], dtype=float)
    ensemble = make_seed_ensemble(model, 3).fit(X, y)
    mean, std = ensemble.predict(X, return_std=True)
    np.testing.assert_array_equal(ensemble.predict(X), mean)
    variance = np.var([one.predict(X) for one in ensemble.estimators_], axis=0)
    if loss == "gaussian":
        own = [one.predict(X, return_std=True)[1] for one in ensemble.estimators_]
        variance = variance + np.square(own).mean(axis=0)
    np.testing.assert_allclose(std, np.sqrt(variance), rtol=1e-4)


def test_one_member_has_no_spread():
    ensemble = make_seed_ensemble(make_pipeline(DNATokenizer(), RecurrentRegressor(**SMALL)), 1)
    assert ensemble.fit(X, range(len(X))).predict(X[:1]).shape == (1,)
    with pytest.raises(ValueError, match="needs several members, .* set n_seeds to 2 or more"):
        ensemble.predict(X[:1], return_std=True)


def test_seeds_are_set_wherever_they_are():
    network = make_pipeline(DNATokenizer(), RecurrentClassifier(**SMALL))
    augmented = AugmentedClassifier(network, ReverseComplement(), 2)
    params = make_seed_ensemble(augmented, 2).get_params()
    assert params["seed1__random_state"] == 1
    assert params["seed1__estimator__recurrentclassifier__random_state"] == 1
    params = make_seed_ensemble(make_ecfp_mlp(task="regression"), 2).get_params()
    assert params["seed1__transformedtargetregressor__regressor__random_state"] == 1


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (make_pipeline(StandardScaler(), GaussianNB()), "Pipeline has no random_state"),
        (LinearSVC(), "LinearSVC has no predict_proba to average: wrap it in CalibratedClassifierCV"),
        (
            make_pipeline(StandardScaler()),
            "Pipeline' must|must be an object implementing|neither a classifier",
        ),
    ],
)
def test_what_has_no_vote_is_refused(estimator, message):
    with pytest.raises(ValueError, match=message):
        make_seed_ensemble(estimator)
    with pytest.raises(ValueError, match="'n_seeds' parameter of make_seed_ensemble"):
        make_seed_ensemble(RecurrentClassifier(), 0)
