import pytest
from rdkit import Chem

from seqestimators.domain import parse_molecules
from seqestimators.exceptions import InvalidSequenceError


def test_molecules_are_those_of_rdkit():
    (molecule,) = parse_molecules(["OCC"])
    assert Chem.MolToSmiles(molecule) == Chem.CanonSmiles("OCC")


def test_the_row_of_what_is_no_molecule():
    with pytest.raises(InvalidSequenceError, match="'C1' at row 6 of smiles as a molecule: drop it"):
        list(parse_molecules(["C", "C1"], "smiles", first_row=5, remedy="drop it"))
