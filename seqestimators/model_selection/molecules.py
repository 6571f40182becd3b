"""SMILES to RDKit molecules, or an error that names the row."""

from ..exceptions import InvalidSequenceError


def parse_molecules(smiles, name="X"):
    """Yield the RDKit molecule of every SMILES of a list."""
    from rdkit import Chem, rdBase

    for i, text in enumerate(smiles):
        with rdBase.BlockLogs():  # the error below says more than RDKit's log
            molecule = Chem.MolFromSmiles(text)
        if molecule is None:
            raise InvalidSequenceError(
                f"Could not parse {text!r} at row {i} of {name} as a molecule: correct the SMILES or drop "
                "the row"
            )
        yield molecule
