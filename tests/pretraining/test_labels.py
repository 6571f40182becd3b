"""The free labels, against RDKit's own functions one by one."""

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import Descriptors, MACCSkeys, rdMolDescriptors
from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

from seqestimators.pretraining._labels import N_BITS, FreeLabels, compute_labels, drop_rare_bits

SMILES = ["CCO", "c1ccccc1O", "CC(=O)Nc1ccc(O)cc1", "C", "[Na+].[Cl-]"]
MOLECULES = [Chem.MolFromSmiles(one) for one in SMILES]


@pytest.fixture(scope="module")
def labels():
    return compute_labels(MOLECULES)


@pytest.mark.parametrize(
    ("name", "descriptor"),
    [
        ("amw", Descriptors.MolWt),
        ("tpsa", Descriptors.TPSA),
        ("CrippenClogP", Descriptors.MolLogP),
        ("NumRings", rdMolDescriptors.CalcNumRings),
        ("SlogP_VSA4", Descriptors.SlogP_VSA5),
        ("PEOE_VSA0", Descriptors.PEOE_VSA1),
        ("MQNs11", lambda molecule: molecule.GetNumHeavyAtoms()),
    ],
)
def test_numbers_are_those_of_rdkit(labels, name, descriptor):
    expected = [descriptor(molecule) for molecule in MOLECULES]
    assert labels.numbers[:, labels.names.index(name)] == pytest.approx(expected, rel=1e-5)


def test_bits_are_those_of_rdkit(labels):
    morgan = GetMorganGenerator(radius=2, fpSize=N_BITS)
    for row, molecule in zip(labels.bits, MOLECULES, strict=True):
        assert row[:-N_BITS].tolist() == list(MACCSkeys.GenMACCSKeys(molecule))
        assert (row[-N_BITS:] == morgan.GetFingerprintAsNumPy(molecule)).all()


def test_numbers_have_a_name_each(labels):
    assert labels.numbers.shape == (len(SMILES), len(labels.names))
    assert len(set(labels.names)) == len(labels.names)


@pytest.mark.parametrize("smiles", ["", "*", "[Fe]", "[U+6]", "C" * 300, "[H][H]"])
def test_every_label_of_odd_molecules_is_finite(smiles):
    labels = compute_labels([Chem.MolFromSmiles(smiles)])
    assert np.isfinite(labels.numbers).all()
    assert np.isin(labels.bits, (0, 1)).all()


def test_bits_of_nearly_none_or_nearly_all_are_left_out():
    bits = np.zeros((4000, 4), dtype=np.float32)
    bits[:3, 0] = bits[:4, 1] = bits[4:, 2] = bits[3:, 3] = 1
    kept = drop_rare_bits(FreeLabels([], np.zeros((4000, 0)), bits)).bits
    assert (kept == bits[:, [1, 2]]).all()
