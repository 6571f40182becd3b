import sys

import pytest
from rdkit import Chem

from seqestimators import SmilesTokenizer
from seqestimators.baselines import MolecularDescriptors, MorganFingerprint
from seqestimators.datasets import load_molecule_activity
from seqestimators.domain import parse_molecules, plain_molecule
from seqestimators.domain.molecules import can_parse
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.model_selection import ScaffoldSplit, leakage_report


def test_molecules_are_those_of_rdkit():
    (molecule,) = parse_molecules(["OCC"])
    assert Chem.MolToSmiles(molecule) == Chem.CanonSmiles("OCC")


def test_the_row_of_what_is_no_molecule():
    with pytest.raises(InvalidSequenceError, match="'C1' at row 6 of smiles as a molecule: drop it"):
        list(parse_molecules(["C", "C1"], "smiles", first_row=5, remedy="drop it"))


def test_what_can_be_parsed():
    rows = ["CCO", " C\n", "", "C1", "CCO ethanol", "C\N{REPLACEMENT CHARACTER}O"]
    assert [can_parse(smiles) for smiles in rows] == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("smiles", "plain"),
    [
        ("[CH3:1][CH2:2][OH:3]", "CCO"),
        ("[2H]O[2H]", "O"),
        ("[2H][2H]", "[H][H]"),
        ("[13CH3][C@@H](N)F", "C[C@@H](N)F"),
        ("C[C@H]([2H])O", "CCO"),  # a centre only by its isotope
        ("[NH4+].[35Cl-]", "[Cl-].[NH4+]"),
        ("[CH3]", "[CH3]"),  # a radical is another molecule
        ("", ""),
    ],
)
def test_plain_molecules(smiles, plain):
    [molecule] = parse_molecules([smiles])
    assert Chem.MolToSmiles(plain_molecule(molecule)) == Chem.CanonSmiles(plain)
    assert Chem.MolToSmiles(molecule) == Chem.CanonSmiles(smiles)  # left as it was


def test_hydrogens_that_only_show_a_geometry_go_with_it():
    molecules = list(parse_molecules(["[H]/N=C/C", "N=CC"]))
    assert len({Chem.MolToSmiles(plain_molecule(one, stereo=False)) for one in molecules}) == 1


def test_without_rdkit_the_message_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdkit", None)
    for call in (
        lambda: list(parse_molecules(["C"])),
        lambda: SmilesTokenizer(canonical=True).fit(["C"]),
        lambda: MorganFingerprint().fit_transform(["C"]),
        lambda: MolecularDescriptors().fit(["C"]),
        lambda: next(ScaffoldSplit(2).split(["C", "C"])),
        lambda: leakage_report(["C"], kind="smiles"),
        load_molecule_activity,
    ):
        with pytest.raises(ImportError, match="RDKit, which is not installed: pip install rdkit"):
            call()
    SmilesTokenizer().fit(["C"])
