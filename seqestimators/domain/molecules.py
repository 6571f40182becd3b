"""SMILES to RDKit molecules, or an error that names the row."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..exceptions import InvalidSequenceError

__all__ = ["parse_molecules"]


def parse_molecules(
    smiles: Iterable[str],
    name: str = "X",
    *,
    first_row: int = 0,
    remedy: str = "correct the SMILES or drop the row",
) -> Iterator[Any]:
    """Yield the RDKit molecule of every SMILES.

    Parameters
    ----------
    smiles : iterable of str
    name : str, default="X"
        What a message calls them.
    first_row : int, default=0
        Number of the row that the first of them is.
    remedy : str, default="correct the SMILES or drop the row"
        What a message says is to be done.

    Yields
    ------
    rdkit.Chem.Mol

    Raises
    ------
    InvalidSequenceError
        RDKit can't parse one; the message names its row.

    Examples
    --------
    >>> from seqestimators.domain import parse_molecules
    >>> [molecule.GetNumAtoms() for molecule in parse_molecules(["CCO", "c1ccccc1"])]
    [3, 6]
    """
    from rdkit import Chem, rdBase

    for row, text in enumerate(smiles, first_row):
        with rdBase.BlockLogs():  # the error below says more than RDKit's log
            molecule = Chem.MolFromSmiles(text)
        if molecule is None:
            raise InvalidSequenceError(
                f"Could not parse {text!r} at row {row} of {name} as a molecule: {remedy}"
            )
        yield molecule
