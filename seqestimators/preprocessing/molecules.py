"""SMILES to RDKit molecules, or an error that names the row."""

from ..exceptions import InvalidSequenceError


def parse_molecules(smiles, name="X", *, first_row=0, remedy="correct the SMILES or drop the row"):
    """Yield the RDKit molecule of every SMILES of a list, whose first is in row `first_row` of `name`."""
    from rdkit import Chem, rdBase

    for row, text in enumerate(smiles, first_row):
        with rdBase.BlockLogs():  # the error below says more than RDKit's log
            molecule = Chem.MolFromSmiles(text)
        if molecule is None:
            raise InvalidSequenceError(
                f"Could not parse {text!r} at row {row} of {name} as a molecule: {remedy}"
            )
        yield molecule
