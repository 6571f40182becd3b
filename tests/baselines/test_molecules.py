"""Fingerprints against direct calls of RDKit, and the pipelines made of them."""

import pickle
import subprocess
import sys

import joblib
import numpy as np
import pandas as pd
import pytest
from rdkit import Chem
from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_predict

from seqestimators.baselines import MorganFingerprint, make_ecfp_forest, make_ecfp_mlp
from seqestimators.exceptions import InvalidSequenceError

ALCOHOLS = ["CCO", "CCCO", "CC(C)O", "OCCCCO", "CCCCO", "OC1CCCCC1"]
RINGS = ["c1ccccc1", "Cc1ccccc1", "c1ccncc1", "C[C@@H](N)c1ccccc1Cl", "Brc1cc[nH]c1", "c1ccc2ccccc2c1"]
SMILES = ALCOHOLS + RINGS
LABELS = np.array(["alcohol"] * len(ALCOHOLS) + ["ring"] * len(RINGS))

every_pipeline = pytest.mark.parametrize("make", [make_ecfp_mlp, make_ecfp_forest])


@pytest.mark.parametrize("radius", [0, 2, 3])
@pytest.mark.parametrize("n_bits", [64, 2048])
def test_bits_are_those_of_rdkit(radius, n_bits):
    generator = GetMorganGenerator(radius=radius, fpSize=n_bits)
    expected = [list(generator.GetFingerprint(Chem.MolFromSmiles(smiles))) for smiles in SMILES]
    fingerprints = MorganFingerprint(radius=radius, n_bits=n_bits).fit_transform(SMILES)
    assert fingerprints.dtype == np.float32
    np.testing.assert_array_equal(fingerprints, expected)


@pytest.mark.parametrize("radius", [0, 2])
def test_counts_are_those_of_rdkit(radius):
    generator = GetMorganGenerator(radius=radius, fpSize=256)
    expected = [generator.GetCountFingerprint(Chem.MolFromSmiles(smiles)).ToList() for smiles in SMILES]
    fingerprints = MorganFingerprint(radius=radius, n_bits=256, counts=True).fit_transform(SMILES)
    assert fingerprints.max() > 1
    np.testing.assert_array_equal(fingerprints, expected)


@pytest.mark.parametrize(
    "container",
    [
        list,
        tuple,
        np.array,
        lambda x: np.array(x, dtype=object)[:, None],
        pd.Series,
        lambda x: [Chem.MolFromSmiles(smiles) for smiles in x],
    ],
    ids=["list", "tuple", "array", "column", "Series", "molecules"],
)
def test_containers_agree(container):
    expected = MorganFingerprint().transform(SMILES)
    np.testing.assert_array_equal(MorganFingerprint().fit_transform(container(SMILES)), expected)


@pytest.mark.parametrize("n_jobs", [2, -1, 100])
def test_parallel_jobs_change_nothing(n_jobs):
    expected = MorganFingerprint().transform(SMILES)
    with joblib.parallel_config("threading"):
        np.testing.assert_array_equal(MorganFingerprint(n_jobs=n_jobs).transform(SMILES), expected)


def test_a_molecule_without_atoms_has_no_bits():
    assert not MorganFingerprint().transform([""]).any()


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_an_unparsable_row_is_named(n_jobs, capfd):
    X = [*SMILES, "C1CC"]
    with (
        joblib.parallel_config("threading"),
        pytest.raises(InvalidSequenceError, match="Could not parse 'C1CC' at row 12 as a molecule: correct"),
    ):
        MorganFingerprint(n_jobs=n_jobs).fit_transform(X)
    assert capfd.readouterr().err == ""  # RDKit's log is not shown beside it


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ([], ValueError, "X has no sequences"),
        ("CCO", ValueError, "Wrap a single sequence"),
        (["CCO", None], InvalidSequenceError, "row 1 of X is missing"),
        (["CCO", np.nan], InvalidSequenceError, "row 1 of X is missing"),
        (["CCO", 7], TypeError, "row 1 of X is 7"),
        (np.array([["CCO", "C"]]), ValueError, "select a column"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "transform", "fit_transform"])
def test_bad_input_is_refused(X, error, message, method):
    with pytest.raises(error, match=message):
        getattr(MorganFingerprint(), method)(X)


@pytest.mark.parametrize(
    "parameters", [{"radius": -1}, {"n_bits": 0}, {"radius": 1.5}, {"counts": 2}, {"n_jobs": "all"}]
)
def test_bad_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=f"'{next(iter(parameters))}' parameter of MorganFingerprint"):
        MorganFingerprint(**parameters).fit(SMILES)


def test_numpy_integers_are_integers():
    fingerprint = MorganFingerprint(radius=np.int64(1), n_bits=np.int32(32)).fit(SMILES)
    assert fingerprint.transform(SMILES).shape == (len(SMILES), 32)


def test_features_have_names():
    fingerprint = MorganFingerprint(n_bits=3)
    names = ["morganfingerprint0", "morganfingerprint1", "morganfingerprint2"]
    assert list(fingerprint.get_feature_names_out()) == names
    frame = fingerprint.set_output(transform="pandas").fit_transform(pd.Series(SMILES))
    assert list(frame.columns) == names


def test_fingerprints_are_cloned_and_pickled():
    fingerprint = MorganFingerprint(radius=1, n_bits=64, counts=True)
    for copy in (clone(fingerprint), pickle.loads(pickle.dumps(fingerprint))):
        assert copy.get_params() == fingerprint.get_params()
        np.testing.assert_array_equal(copy.transform(SMILES), fingerprint.transform(SMILES))


@every_pipeline
def test_pipelines_learn_what_bits_say(make):
    model = make(n_bits=512, random_state=0)
    predicted = cross_val_predict(model, SMILES, LABELS, cv=3)
    assert np.mean(predicted == LABELS) >= 0.75
    assert set(model.fit(SMILES, LABELS).predict(SMILES)) == {"alcohol", "ring"}


@every_pipeline
def test_the_same_seed_gives_the_same_model(make):
    first, second = (make(n_bits=64, random_state=3).fit(SMILES, LABELS) for _ in range(2))
    np.testing.assert_array_equal(first.predict_proba(SMILES), second.predict_proba(SMILES))
    restored = pickle.loads(pickle.dumps(first))
    np.testing.assert_array_equal(first.predict_proba(SMILES), restored.predict_proba(SMILES))


@every_pipeline
def test_parameters_reach_the_steps(make):
    model = make(radius=3, n_bits=128, counts=True, n_jobs=2, random_state=5)
    fingerprint, classifier = (step for _, step in model.steps)
    assert fingerprint.get_params() == {"radius": 3, "n_bits": 128, "counts": True, "n_jobs": 2}
    assert classifier.random_state == 5


@every_pipeline
def test_pipelines_refuse_bad_parameters(make):
    with pytest.raises(ValueError, match="'n_bits' parameter"):
        make(n_bits=0)


def test_the_penalty_of_the_perceptron_and_the_size_of_the_forest():
    assert make_ecfp_mlp(hidden_layer_sizes=(8, 4), alpha=0.5, max_iter=7)[-1].get_params()["alpha"] == 0.5
    assert make_ecfp_forest(n_estimators=7)[-1].n_estimators == 7


def test_grid_search_in_two_processes_gives_the_same_scores():
    grid = {"morganfingerprint__n_bits": [16, 256], "morganfingerprint__radius": [0, 2]}
    model = make_ecfp_forest(n_estimators=5, random_state=0)
    alone, parallel = (GridSearchCV(model, grid, cv=3, n_jobs=n).fit(SMILES, LABELS) for n in (1, 2))
    np.testing.assert_array_equal(
        alone.cv_results_["mean_test_score"], parallel.cv_results_["mean_test_score"]
    )


def test_rdkit_is_loaded_on_demand():
    check = "import sys, seqestimators.baselines; sys.exit(bool({'rdkit', 'torch'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
