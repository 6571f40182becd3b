"""SMILES to RDKit molecules, and molecules to the one form in which they are compared."""

from collections.abc import Iterator
from typing import Any

from ..exceptions import InvalidSequenceError
from .normal_forms import UNKNOWN_SYMBOL, normalize

__all__ = ["parse_molecules", "plain_molecule"]


def require_rdkit() -> None:
    """Raise an error that says what to do where RDKit isn't installed.

    Raises
    ------
    ImportError
        RDKit isn't installed.
    """
    try:
        import rdkit  # noqa: F401
    except ImportError:
        raise ImportError(
            "Molecules need RDKit, which is not installed: pip install rdkit. SmilesTokenizer reads SMILES "
            "without it (canonical=False, stereo=True)"
        ) from None


def parse_molecules(
    smiles: Any,
    name: str = "X",
    *,
    first_row: int = 0,
    remedy: str = "correct the SMILES or drop the row",
) -> Iterator[Any]:
    """Yield the RDKit molecule of every SMILES.

    Parameters
    ----------
    smiles : array-like of shape (n_molecules,) or (n_molecules, 1)
        SMILES or RDKit molecules, in any container that
        :func:`~seqestimators.sequences.check_sequences` reads.
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
        One has no normal form, as where a name stands behind a blank, or RDKit
        can't parse it; the message names its row.
    ImportError
        RDKit isn't installed.

    See Also
    --------
    normalize : The normal form.

    Examples
    --------
    >>> from seqestimators.domain import parse_molecules
    >>> [molecule.GetNumAtoms() for molecule in parse_molecules(["CCO", "c1ccccc1"])]
    [3, 6]
    """
    require_rdkit()
    from rdkit import Chem, rdBase

    for row, text in enumerate(normalize(smiles, "smiles", name=name, first_row=first_row), first_row):
        with rdBase.BlockLogs():  # the error below says more than RDKit's log
            # what stands for an unknown symbol would end the SMILES
            molecule = None if UNKNOWN_SYMBOL in text else Chem.MolFromSmiles(text)
        if molecule is None:
            raise InvalidSequenceError(
                f"Could not parse {text!r} at row {row} of {name} as a molecule: {remedy}"
            )
        yield molecule


def can_parse(smiles: str) -> bool:
    """Whether a string has a normal form that RDKit can parse."""
    try:
        list(parse_molecules([smiles]))
    except InvalidSequenceError:
        return False
    return True


def canonical_smiles(smiles: list[str]) -> list[str | None]:
    """Return the one form of each molecule in which it is compared, None of what is no molecule.

    Parameters
    ----------
    smiles : list of str

    Returns
    -------
    list of str or None
        Canonical SMILES by RDKit; atom maps, isotopes and explicit hydrogens
        don't count, stereochemistry does.
    """
    require_rdkit()
    from rdkit.Chem import MolToSmiles

    written: dict[str, str | None] = {}
    for text in smiles:
        if text not in written:
            try:
                (molecule,) = parse_molecules([text])
            except InvalidSequenceError:
                written[text] = None
            else:
                written[text] = MolToSmiles(plain_molecule(molecule)) or None  # the empty string is none
    return [written[text] for text in smiles]


def plain_molecule(molecule: Any, *, stereo: bool = True) -> Any:
    """Return a molecule without what doesn't make it another one.

    Parameters
    ----------
    molecule : rdkit.Chem.Mol
    stereo : bool, default=True
        Whether stereochemistry stays.

    Returns
    -------
    rdkit.Chem.Mol
        A copy without atom maps, isotopes and hydrogens that are atoms of
        their own, as if parsed from a SMILES that has none of them.

    Examples
    --------
    >>> from rdkit.Chem import MolToSmiles
    >>> from seqestimators.domain import parse_molecules, plain_molecule
    >>> [
    ...     MolToSmiles(plain_molecule(one))
    ...     for one in parse_molecules(["[CH3:1][OH:2]", "[13CH3]O[2H]"])
    ... ]
    ['CO', 'CO']
    """
    from rdkit import Chem, rdBase

    molecule = Chem.Mol(molecule)
    for atom in molecule.GetAtoms():
        atom.SetAtomMapNum(0)
        atom.SetIsotope(0)
    if not stereo:
        Chem.RemoveStereochemistry(molecule)
    with rdBase.BlockLogs():  # of hydrogens without neighbours, which stay
        molecule = Chem.RemoveHs(molecule)
        # Parsed again, brackets are gone where there is no need of them, and so are centres that were none
        # but for isotopes
        parsed: Any = Chem.MolFromSmiles(Chem.MolToSmiles(molecule))
    return molecule if parsed is None else parsed
