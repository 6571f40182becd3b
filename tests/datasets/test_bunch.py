"""The forms in which every data set comes."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem

from seqestimators import datasets
from seqestimators.datasets import _bunch
from seqestimators.datasets._bunch import make_bunch

SHIPPED = [datasets.load_molecule_activity, datasets.load_nci_molecules]
FETCHED = [
    datasets.fetch_bbbp,
    partial(datasets.fetch_coding_sequences, "phix174"),
    datasets.fetch_esol,
    datasets.fetch_freesolv,
    datasets.fetch_g2p,
    datasets.fetch_lipophilicity,
    datasets.fetch_promoters,
    datasets.fetch_splice,
]
every_function = pytest.mark.parametrize(
    "function", SHIPPED + FETCHED, ids=lambda one: getattr(one, "func", one).__name__
)


@pytest.fixture
def read(request, function, monkeypatch):
    """Read with the data home where there is need of one; the molecules are parsed in other tests."""
    monkeypatch.setattr(_bunch, "_can_parse", lambda smiles: np.ones(len(smiles), dtype=bool))

    def call(**options):
        if function in FETCHED:
            options["data_home"] = request.getfixturevalue("data_home")
        return function(**options)

    return call


@every_function
def test_arrays(read):
    bunch = read()
    assert bunch.data.dtype == object
    assert bunch.data.shape == bunch.target.shape == (len(bunch.data),)
    assert all(type(one) is str and one and one == one.strip() for one in bunch.data)
    assert bunch.frame is None
    assert bunch.target_names
    for text in (bunch.DESCR, bunch.licence, bunch.filename, *bunch.feature_names):
        assert isinstance(text, str)
        assert text
    assert bunch.source.startswith("https://")
    X, y = read(return_X_y=True)
    np.testing.assert_array_equal(X, bunch.data)
    np.testing.assert_array_equal(y, bunch.target)


@every_function
def test_frames(read):
    arrays, bunch = read(), read(as_frame=True)
    assert isinstance(bunch.data, pd.Series)
    assert isinstance(bunch.target, pd.Series)
    assert list(bunch.frame.columns[:2]) == [bunch.data.name, bunch.target.name]
    assert bunch.feature_names == [bunch.data.name]
    assert bunch.data.tolist() == arrays.data.tolist()
    assert bunch.target.tolist() == arrays.target.tolist()
    X, y = read(return_X_y=True, as_frame=True)
    pd.testing.assert_series_equal(X, bunch.data)
    pd.testing.assert_series_equal(y, bunch.target)


def test_lists_of_one_length_stay_lists():
    columns = {"word": ["ab", "cd"], "phonemes": [["a", "b"], ["c", "d"]]}
    X, y = make_bunch(columns, data="word", target="phonemes", return_X_y=True, as_frame=False)
    assert X.tolist() == ["ab", "cd"]
    assert y.shape == (2,)
    assert y[0] == ["a", "b"]


def test_without_a_target_there_is_none():
    bunch = make_bunch({"word": ["ab"]}, data="word", target=None, return_X_y=False, as_frame=False)
    assert bunch.target is None
    assert bunch.target_names == []


@pytest.mark.parametrize("as_frame", [False, True])
@pytest.mark.parametrize("invalid", ["keep", "drop"])
def test_molecules_that_do_not_parse_are_counted_in_silence(invalid, as_frame, capfd):
    columns = {"smiles": ["CCO", "C(C", "c1ccccc1", "xyz"], "y": np.arange(4), "name": list("abcd")}
    bunch = make_bunch(
        columns, data="smiles", target="y", invalid=invalid, return_X_y=False, as_frame=as_frame
    )
    kept = [0, 2] if invalid == "drop" else [0, 1, 2, 3]
    assert bunch.n_invalid == 2
    assert list(bunch.data) == [columns["smiles"][i] for i in kept]
    assert list(bunch.target) == kept
    assert list(bunch.name) == [columns["name"][i] for i in kept]
    assert capfd.readouterr() == ("", "")
    Chem.MolFromSmiles("C(C")  # RDKit speaks again
    assert "C(C" in capfd.readouterr().err


def test_kept_molecules_are_not_parsed_for_a_pair(monkeypatch):
    monkeypatch.setattr(Chem, "MolFromSmiles", None)
    columns = {"smiles": ["CCO"], "y": np.arange(1)}
    X, _ = make_bunch(columns, data="smiles", target="y", invalid="keep", return_X_y=True, as_frame=False)
    assert X.tolist() == ["CCO"]
