"""The ready models of molecules: their steps, parameters, seeds, and a search over them."""

import pickle

import numpy as np
import pytest
from rdkit import Chem
from sklearn.base import is_classifier, is_regressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.svm import SVC, SVR

from seqestimators.baselines import (
    MolecularDescriptors,
    MorganFingerprint,
    make_descriptor_forest,
    make_ecfp_forest,
    make_ecfp_logistic,
    make_ecfp_mlp,
    make_ecfp_svm,
)
from seqestimators.exceptions import InvalidSequenceError

ALCOHOLS = ["CCO", "CCCO", "CC(C)O", "OCCCCO", "CCCCO", "OC1CCCCC1"]
RINGS = ["c1ccccc1", "Cc1ccccc1", "c1ccncc1", "C[C@@H](N)c1ccccc1Cl", "Brc1cc[nH]c1", "c1ccc2ccccc2c1"]
SMILES = ALCOHOLS + RINGS
LABELS = np.array(["alcohol"] * len(ALCOHOLS) + ["ring"] * len(RINGS))
SIZES = np.array([Chem.MolFromSmiles(smiles).GetNumAtoms() for smiles in SMILES], dtype=float)
NAMES = ["HeavyAtomCount", "MolWt", "NumAromaticRings", "TPSA"]

# Names of descriptors or a number of bits keep the tests short.
CLASSIFIERS = {
    "logistic": lambda **options: make_ecfp_logistic(n_bits=512, **options),
    "mlp": lambda **options: make_ecfp_mlp(n_bits=512, hidden_layer_sizes=32, random_state=3, **options),
    "forest": lambda **options: make_ecfp_forest(n_bits=512, n_estimators=50, random_state=3, **options),
    "descriptors": lambda **options: make_descriptor_forest(
        names=NAMES, n_estimators=50, random_state=3, **options
    ),
}
every_model = pytest.mark.parametrize("make", CLASSIFIERS.values(), ids=CLASSIFIERS)
every_regressor = pytest.mark.parametrize(
    "make", [CLASSIFIERS[name] for name in ("mlp", "forest", "descriptors")]
)


@every_model
def test_classes_are_learned(make):
    model = make()
    assert is_classifier(model)
    assert np.mean(cross_val_predict(model, SMILES, LABELS, cv=3) == LABELS) >= 0.75
    assert set(model.fit(SMILES, LABELS).predict(SMILES)) == {"alcohol", "ring"}


@every_regressor
def test_numbers_are_learned(make):
    model = make(task="regression").fit(
        SMILES, 1000 + 100 * SIZES
    )  # far from the scale of a network's output
    assert is_regressor(model)
    assert model.score(SMILES, 1000 + 100 * SIZES) > 0.5


@every_model
def test_the_same_seed_gives_the_same_model(make):
    first, second = (make().fit(SMILES, LABELS) for _ in range(2))
    np.testing.assert_array_equal(first.predict_proba(SMILES), second.predict_proba(SMILES))
    restored = pickle.loads(pickle.dumps(first))
    np.testing.assert_array_equal(first.predict_proba(SMILES), restored.predict_proba(SMILES))


@every_model
def test_an_unparsable_row_is_named(make):
    with pytest.raises(InvalidSequenceError, match="Could not parse 'C1CC' at row 12 of X as a molecule"):
        make().fit([*SMILES, "C1CC"], [*LABELS, "ring"])


def test_logistic_regression_is_that_of_the_fingerprints():
    model = make_ecfp_logistic(radius=1, n_bits=128, counts=True, C=0.5).fit(SMILES, LABELS)
    bits = MorganFingerprint(radius=1, n_bits=128, counts=True).transform(SMILES)
    direct = LogisticRegression(C=0.5, max_iter=1000).fit(bits, LABELS)
    np.testing.assert_allclose(model.predict_proba(SMILES), direct.predict_proba(bits))


def test_the_forest_of_descriptors_is_that_of_imputed_ones():
    X = [*SMILES, "[Na+].[Cl-]", ""]
    y = np.append(SIZES, [2, 0])
    model = make_descriptor_forest(task="regression", n_estimators=5, random_state=0).fit(X, y)
    descriptors = MolecularDescriptors().fit_transform(X)
    assert np.isnan(descriptors).any()
    imputed = SimpleImputer(strategy="median", keep_empty_features=True).fit_transform(descriptors)
    direct = RandomForestRegressor(5, max_features=1 / 3, random_state=0).fit(imputed, y)
    np.testing.assert_array_equal(model.predict(X), direct.predict(imputed))


@pytest.mark.parametrize("make", [make_ecfp_logistic, make_ecfp_mlp, make_ecfp_forest])
def test_parameters_reach_the_fingerprint(make):
    fingerprint = make(radius=3, n_bits=128, counts=True, n_jobs=2)[0]
    assert fingerprint.get_params() == {"radius": 3, "n_bits": 128, "counts": True, "n_jobs": 2}


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_parameters_reach_the_models(task):
    network = make_ecfp_mlp(task=task, hidden_layer_sizes=(8, 4), alpha=0.5, max_iter=7, random_state=5)[-1]
    options = network.get_params() if task == "classification" else network.regressor.get_params()
    asked = {"hidden_layer_sizes": (8, 4), "alpha": 0.5, "max_iter": 7, "random_state": 5}
    assert {name: options[name] for name in asked} == asked
    for make in (make_ecfp_forest, make_descriptor_forest):
        forest = make(task=task, n_estimators=7, n_jobs=2, random_state=5)[-1]
        assert (forest.n_estimators, forest.n_jobs, forest.random_state) == (7, 2, 5)
    assert make_descriptor_forest(names=NAMES, n_jobs=2)[0].get_params() == {"names": NAMES, "n_jobs": 2}


@pytest.mark.parametrize(
    ("make", "parameter"),
    [
        (make_ecfp_mlp, {"n_bits": 0}),
        (make_ecfp_forest, {"task": "ranking"}),
        (make_ecfp_logistic, {"C": 0}),
        (make_descriptor_forest, {"n_estimators": 0}),
        (make_ecfp_mlp, {"task": "regressor"}),
        (make_descriptor_forest, {"names": "MolWt"}),
    ],
)
def test_bad_parameters_are_refused(make, parameter):
    with pytest.raises(ValueError, match=f"'{next(iter(parameter))}' parameter of {make.__name__}"):
        make(**parameter)


def test_grid_search_in_two_processes_gives_the_same_scores():
    grid = {"morganfingerprint__n_bits": [16, 256], "morganfingerprint__radius": [0, 2]}
    model = make_ecfp_forest(n_estimators=5, random_state=0)
    alone, parallel = (GridSearchCV(model, grid, cv=3, n_jobs=n).fit(SMILES, LABELS) for n in (1, 2))
    np.testing.assert_array_equal(
        alone.cv_results_["mean_test_score"], parallel.cv_results_["mean_test_score"]
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_networks_for_numbers_are_searched():
    grid = {"transformedtargetregressor__regressor__alpha": [0.1, 10.0]}
    model = make_ecfp_mlp(task="regression", n_bits=64, max_iter=20, random_state=0)
    assert GridSearchCV(model, grid, cv=3).fit(SMILES, SIZES).best_params_.keys() == grid.keys()


def test_the_machine_of_fingerprints_is_that_of_log_counts():
    counts = np.log1p(MorganFingerprint(n_bits=128, counts=True).transform(SMILES))
    model = make_ecfp_svm(n_bits=128).fit(SMILES, LABELS)
    direct = SVC(C=5.0).fit(counts, LABELS)
    np.testing.assert_allclose(model.decision_function(SMILES), direct.decision_function(counts))
    assert not hasattr(model, "predict_proba")
    assert np.mean(cross_val_predict(model, SMILES, LABELS, cv=3) == LABELS) >= 0.75
    assert cross_val_score(model, SMILES, LABELS == "ring", cv=3, scoring="roc_auc").min() >= 0.75


def test_the_machine_standardizes_numbers():
    y = 1000 + 100 * SIZES
    model = make_ecfp_svm(task="regression", n_bits=128, C=2, gamma=0.1, epsilon=0.01, n_jobs=1).fit(
        SMILES, y
    )
    counts = np.log1p(MorganFingerprint(n_bits=128, counts=True).transform(SMILES))
    direct = SVR(C=2, gamma=0.1, epsilon=0.01).fit(counts, (y - y.mean()) / y.std())
    np.testing.assert_allclose(model.predict(SMILES), direct.predict(counts) * y.std() + y.mean(), rtol=1e-4)
    assert is_regressor(model)
    assert model.score(SMILES, y) > 0.5


@pytest.mark.parametrize("parameter", [{"C": 0}, {"gamma": "wide"}, {"epsilon": -1}, {"task": "rank"}])
def test_bad_parameters_of_the_machine_are_refused(parameter):
    with pytest.raises(ValueError, match=f"'{next(iter(parameter))}' parameter of make_ecfp_svm"):
        make_ecfp_svm(**parameter)
