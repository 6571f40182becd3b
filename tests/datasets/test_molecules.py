"""Downloaded molecules have the counts of their files."""

import csv
from collections import Counter

import numpy as np
import pytest

from seqestimators.datasets import (
    fetch_bbbp,
    fetch_esol,
    fetch_freesolv,
    fetch_lipophilicity,
    fetch_tox21,
    fetch_zinc,
)


def read_column(path, name):
    with open(path, encoding="utf-8", newline="") as stream:
        return [row[name] for row in csv.DictReader(stream)]


def test_bbbp(data_home):
    bbbp = fetch_bbbp(data_home=data_home)
    assert Counter(bbbp.target.tolist()) == {1: 1567, 0: 483}
    assert bbbp.target.dtype == np.int64
    assert len(bbbp.target_names) == 2
    assert bbbp.n_invalid == 11
    parsable = fetch_bbbp(invalid="drop", data_home=data_home)
    assert parsable.data.shape == parsable.target.shape == parsable.name.shape == (2039,)
    assert parsable.n_invalid == 11
    assert set(parsable.data) < set(bbbp.data)


def test_esol_without_the_spaces_around_its_smiles(data_home):
    esol = fetch_esol(data_home=data_home)
    written = read_column(esol.filename, "smiles")
    assert sum(smiles != smiles.strip() for smiles in written) == 212
    assert [smiles.strip() for smiles in written] == esol.data.tolist()
    assert "212" in esol.DESCR
    assert esol.target.shape == (1128,)
    assert esol.n_invalid == 0


def test_freesolv(data_home):
    freesolv = fetch_freesolv(data_home=data_home)
    assert freesolv.target.shape == freesolv.calculated.shape == (642,)
    # The calculation is good enough to tell it from another column.
    assert np.corrcoef(freesolv.target, freesolv.calculated)[0, 1] > 0.9
    assert freesolv.n_invalid == 0


def test_lipophilicity(data_home):
    smiles, log_d = fetch_lipophilicity(data_home=data_home, return_X_y=True)
    assert smiles.shape == log_d.shape == (4200,)
    assert log_d.dtype == np.float64
    assert np.isfinite(log_d).all()


def test_tox21(data_home):
    tox21 = fetch_tox21(data_home=data_home)
    assert tox21.target.shape == (7831, 12)
    assert tox21.target.dtype == np.float64
    assert tox21.data.shape == tox21.identifier.shape == (7831,)
    assert (tox21.target_names[0], tox21.target_names[-1]) == ("NR-AR", "SR-p53")
    assert tox21.n_invalid == 8
    counts = [np.count_nonzero(tox21.target[:, 0] == value) for value in (0, 1)]
    assert (*counts, np.count_nonzero(np.isnan(tox21.target[:, 0]))) == (6956, 309, 566)
    assert round(np.isnan(tox21.target).mean(), 2) == 0.17


def test_tox21_as_a_frame(data_home):
    tox21 = fetch_tox21(data_home=data_home, as_frame=True, invalid="drop")
    assert tox21.frame.columns.tolist() == ["smiles", *tox21.target_names, "identifier"]
    assert tox21.target.columns.tolist() == tox21.target_names
    assert tox21.data.shape == (7823,)
    smiles, y = fetch_tox21(data_home=data_home, return_X_y=True)
    assert (type(y), y.shape, smiles.shape) == (np.ndarray, (7831, 12), (7831,))


@pytest.mark.parametrize("invalid", ["keep", "drop"])
def test_molecules_that_rdkit_warns_of_are_quiet(invalid, data_home, capfd):
    for fetch in (fetch_bbbp, fetch_tox21):
        fetch(data_home=data_home, invalid=invalid)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("subset", "n_molecules"), [("test", 5000), ("valid", 24445)])
def test_zinc(subset, n_molecules, data_home):
    smiles, target = fetch_zinc(subset, data_home=data_home, return_X_y=True)
    assert smiles.shape == (n_molecules,)
    assert target is None
    assert all(type(one) is str and one.isascii() for one in smiles)


def test_zinc_parses(data_home):
    assert fetch_zinc("test", data_home=data_home).n_invalid == 0


def test_an_unknown_subset_is_refused():
    with pytest.raises(ValueError, match="'subset' parameter of fetch_zinc"):
        fetch_zinc("train")
