"""Fingerprints and descriptors against direct calls of RDKit."""

import pickle
import subprocess
import sys

import joblib
import numpy as np
import pandas as pd
import pytest
from rdkit import Chem, rdBase
from rdkit.Chem import Descriptors
from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from seqestimators.baselines import MolecularDescriptors, MorganFingerprint
from seqestimators.exceptions import InvalidSequenceError

ALCOHOLS = ["CCO", "CCCO", "CC(C)O", "OCCCCO", "CCCCO", "OC1CCCCC1"]
RINGS = ["c1ccccc1", "Cc1ccccc1", "c1ccncc1", "C[C@@H](N)c1ccccc1Cl", "Brc1cc[nH]c1", "c1ccc2ccccc2c1"]
SMILES = ALCOHOLS + RINGS

every_transformer = pytest.mark.parametrize(
    "transformer", [MorganFingerprint(), MolecularDescriptors(["MolWt"])]
)


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
@every_transformer
def test_containers_agree(transformer, container):
    expected = clone(transformer).fit_transform(SMILES)
    np.testing.assert_array_equal(clone(transformer).fit_transform(container(SMILES)), expected)


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
        pytest.raises(
            InvalidSequenceError, match="Could not parse 'C1CC' at row 12 of X as a molecule: correct"
        ),
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
@every_transformer
@pytest.mark.parametrize("method", ["fit", "transform", "fit_transform"])
def test_bad_input_is_refused(transformer, X, error, message, method):
    transformer = clone(transformer).fit(SMILES)
    with pytest.raises(error, match=message):
        getattr(transformer, method)(X)


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


def direct_descriptors(smiles, names):
    """Row by row from RDKit's own functions, NaN where one raises an error."""
    functions = dict(Descriptors.descList)
    rows = []
    for text in smiles:
        molecule = Chem.MolFromSmiles(text)
        rows.append([])
        for name in names:
            try:
                rows[-1].append(functions[name](molecule))
            except (TypeError, ValueError, ZeroDivisionError):
                rows[-1].append(np.nan)
    return np.array(rows, dtype=np.float64)


def test_descriptors_are_those_of_rdkit():
    descriptors = MolecularDescriptors().fit(SMILES)
    names = [name for name, _ in Descriptors.descList]
    assert list(descriptors.get_feature_names_out()) == list(descriptors.names_) == names
    with rdBase.BlockLogs():
        expected = direct_descriptors(SMILES, names)
    values = descriptors.transform(SMILES)
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, expected)
    columns = np.array(["RingCount", "MolWt"])
    np.testing.assert_array_equal(
        MolecularDescriptors(columns).fit_transform(SMILES), direct_descriptors(SMILES, columns)
    )


def test_descriptors_that_are_not_defined_are_nan():
    names = ["MolWt", "SPS", "BalabanJ", "MaxEStateIndex"]
    values = MolecularDescriptors(names).fit_transform(["", "CCO"])
    np.testing.assert_array_equal(np.isnan(values), [[False, True, True, True], [False] * 4])
    assert np.isnan(MolecularDescriptors(["BCUT2D_MWHI"]).fit_transform(["[Na+].[Cl-]"])).all()


def test_huge_descriptors_stay_in_the_range_of_float32():
    chains = ["C" * 60, "C" * 300]
    direct = direct_descriptors(chains, ["Ipc"])
    values = MolecularDescriptors(["Ipc"]).fit_transform(chains)
    assert direct[1] > np.finfo(np.float32).max
    assert values[0] == direct[0]
    assert values[1] == np.finfo(np.float32).max
    assert np.isfinite(values.astype(np.float32)).all()


def test_an_unknown_descriptor_is_refused():
    with pytest.raises(ValueError, match="has no descriptor 'MolWeight': choose .*, perhaps 'MolWt'"):
        MolecularDescriptors(["RingCount", "MolWeight"]).fit(SMILES)
    with pytest.raises(ValueError, match="names is empty"):
        MolecularDescriptors([]).fit(SMILES)
    with pytest.raises(ValueError, match="'names' parameter of MolecularDescriptors"):
        MolecularDescriptors("MolWt").fit(SMILES)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_descriptors_name_an_unparsable_row(n_jobs, capfd):
    descriptors = MolecularDescriptors(["MolWt"], n_jobs=n_jobs).fit(SMILES)
    with (
        joblib.parallel_config("threading"),
        pytest.raises(
            InvalidSequenceError, match="Could not parse 'C1CC' at row 12 of X as a molecule: correct"
        ),
    ):
        descriptors.transform([*SMILES, "C1CC"])
    assert capfd.readouterr().err == ""


def test_descriptors_are_cloned_pickled_and_run_in_parallel():
    descriptors = MolecularDescriptors(["MolWt", "TPSA"]).fit(pd.Series(SMILES))
    expected = descriptors.transform(SMILES)
    restored = pickle.loads(pickle.dumps(descriptors))
    np.testing.assert_array_equal(restored.transform(np.array(SMILES)), expected)
    parallel = clone(descriptors).set_params(n_jobs=2)
    with pytest.raises(NotFittedError):
        parallel.transform(SMILES)
    with joblib.parallel_config("threading"):
        np.testing.assert_array_equal(parallel.fit_transform(SMILES), expected)
    frame = descriptors.set_output(transform="pandas").transform(SMILES)
    assert list(frame.columns) == ["MolWt", "TPSA"]


def test_rdkit_is_loaded_on_demand():
    check = "import sys, seqestimators.baselines; sys.exit(bool({'rdkit', 'torch'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
