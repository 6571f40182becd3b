"""Molecules out of RDKit's wheel."""

import numpy as np
import pytest
from rdkit import RDConfig
from rdkit.Chem import Crippen, MolFromSmiles, rdMolDescriptors
from rdkit.rdBase import BlockLogs

from seqestimators.datasets import load_molecule_activity, load_nci_molecules
from seqestimators.exceptions import DataNotFoundError


def test_molecule_activity_has_the_numbers_of_its_file():
    molecules = load_molecule_activity()
    assert molecules.data.shape == molecules.target.shape == (1017,)
    assert (molecules.target.min(), molecules.target.max()) == (4.27, 9.22)
    assert np.median(molecules.target) == 6.44
    assert molecules.n_invalid == 0
    assert len(set(molecules.data)) == len(set(molecules.identifier)) == 1017


def test_activities_belong_to_their_molecules():
    molecules = load_molecule_activity()
    with open(f"{RDConfig.RDContribDir}/FreeWilson/data/CHEMBL2321810_act.csv", encoding="utf-8") as stream:
        lines = stream.read().split()[1:]
    expected = dict(line.split(",") for line in lines)
    found = dict(zip(molecules.identifier, molecules.target, strict=True))
    assert found == {name: float(activity) for name, activity in expected.items()}


def test_active_is_a_pic50_of_at_least_six_and_a_half():
    values, classes = load_molecule_activity(), load_molecule_activity(target="active")
    np.testing.assert_array_equal(classes.target, values.target >= 6.5)
    assert classes.target.dtype == np.int64
    assert classes.target_names == ["inactive", "active"]
    assert (classes.data == values.data).all()


def test_nci_molecules_have_the_numbers_of_their_file():
    molecules = load_nci_molecules()
    assert molecules.data.shape == molecules.target.shape == molecules.identifier.shape == (4999,)
    with BlockLogs():
        n_invalid = sum(MolFromSmiles(one) is None for one in molecules.data)
    assert molecules.n_invalid == n_invalid < 10  # it depends on the version of RDKit
    assert load_nci_molecules(invalid="drop").data.shape == (4999 - n_invalid,)


def test_surfaces_belong_to_their_molecules():
    smiles, tpsa = (part[:300] for part in load_nci_molecules(return_X_y=True))
    with BlockLogs():
        molecules = [MolFromSmiles(one) for one in smiles]
    is_valid = np.array([one is not None for one in molecules])
    is_close = {
        compute: np.mean([abs(compute(molecules[i]) - tpsa[i]) < 0.1 for i in np.flatnonzero(is_valid)])
        for compute in (rdMolDescriptors.CalcTPSA, Crippen.MolLogP)
    }
    assert is_close[rdMolDescriptors.CalcTPSA] > 0.9
    assert is_close[Crippen.MolLogP] < 0.1  # an unrelated property


def test_an_rdkit_without_data_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(RDConfig, "RDContribDir", str(tmp_path))
    monkeypatch.setattr(RDConfig, "RDDataDir", str(tmp_path))
    for load in (load_molecule_activity, load_nci_molecules):
        with pytest.raises(DataNotFoundError, match="pip install rdkit") as caught:
            load()
        assert str(tmp_path) in str(caught.value)
