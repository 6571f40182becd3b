"""Which token of a SMILES is which atom of the molecule."""

from typing import Any, NamedTuple

import numpy as np

from ..domain import require_rdkit
from ..exceptions import InvalidSequenceError
from ..preprocessing import SmilesTokenizer
from ..sequences import BOS, EOS, SPECIAL_TOKENS, object_array
from ._fitted import FittedModel, is_single, unwrap

__all__ = ["AtomAlignment", "atom_alignment", "parse_as_written"]

NO_ATOM = -1


class AtomAlignment(NamedTuple):
    """The tokens of a SMILES and the atoms that they are.

    Parameters
    ----------
    smiles : str
        As the tokenizer reads it: rewritten, if it does that.
    tokens : list of str
        Name of every token, marks of the ends included.
    atoms : ndarray of shape (n_tokens,), dtype int64
        Index of the atom of every token; -1 for bonds, branches, rings and
        ends.

    See Also
    --------
    atom_alignment : Returns it.

    Examples
    --------
    >>> from seqestimators import SmilesTokenizer
    >>> from seqestimators.inspection import atom_alignment
    >>> alignment = atom_alignment(SmilesTokenizer().fit(["CC=O"]), "CC=O")
    >>> alignment.n_atoms, alignment.sum_over_atoms([1, 2, 4, 8]).tolist()
    (3, [1.0, 2.0, 8.0])
    """

    smiles: str
    tokens: list[str]
    atoms: np.ndarray

    @property
    def n_atoms(self) -> Any:
        """Number of atoms, hydrogens only where the SMILES writes them as atoms."""
        return int(self.atoms.max(initial=NO_ATOM)) + 1

    def sum_over_atoms(self, values: Any) -> Any:
        """Add up the values of the tokens of each atom.

        Parameters
        ----------
        values : array-like of shape (n_tokens,)

        Returns
        -------
        ndarray of shape (n_atoms,)
        """
        is_atom = self.atoms != NO_ATOM
        return np.bincount(self.atoms[is_atom], np.asarray(values)[is_atom], minlength=self.n_atoms)


def atom_alignment(model: Any, X: Any, *, column: Any = None) -> Any:
    """Return which token of a SMILES is which atom.

    Atoms are numbered in the order in which the SMILES writes them. RDKit
    numbers them alike if it keeps hydrogens that are written as atoms.

    Parameters
    ----------
    model : fitted SmilesTokenizer, estimator or Pipeline
        A tokenizer, or a fitted Pipeline that begins with one.
    X : array-like of n SMILES, or one SMILES
        Or what the model predicts, of a model of several columns.
    column : object, default=None
        Column of sequences to look at, of a model that reads several, as
        :class:`~seqestimators.SequenceColumns` names it.

    Returns
    -------
    AtomAlignment, or ndarray of shape (n,), dtype object
        Its `tokens` and `atoms` are aligned to the ids that the tokenizer
        returns, its `smiles` is the string that was read: a tokenizer with
        ``canonical=True`` or ``stereo=False`` rewrites it first.

    Raises
    ------
    TypeError
        The model has no SmilesTokenizer.
    ValueError
        There is no such column.
    InvalidSequenceError
        The tokenizer rewrites SMILES, and RDKit can't parse one.

    See Also
    --------
    MoleculeAttributionDisplay : Colours the atoms of a molecule.

    References
    ----------
    .. [1] Weininger, D., "SMILES, a chemical language and information system",
       Journal of Chemical Information and Computer Sciences 28 (1988) 31-36.

    Examples
    --------
    >>> from seqestimators import SmilesTokenizer
    >>> from seqestimators.inspection import atom_alignment
    >>> tokenizer = SmilesTokenizer(scheme="character").fit(["C[C@H](N)Cl"])
    >>> alignment = atom_alignment(tokenizer, "C[C@H](N)Cl")
    >>> alignment.tokens
    ['C', '[', 'C', '@', 'H', ']', '(', 'N', ')', 'Cl']
    >>> alignment.atoms.tolist()
    [0, 1, 1, 1, 1, 1, -1, 2, -1, 3]
    """
    tokenizer, rows = model, [X] if is_single(X) else X
    if not hasattr(model, "tokenize"):
        fitted = FittedModel(model, column)
        fitted.require_column()
        tokenizer, rows = fitted.tokenizer, fitted.take_strings(X)
    if not isinstance(tokenizer, SmilesTokenizer):
        raise TypeError(f"{type(model).__name__} has no SmilesTokenizer, which alone knows of atoms")
    # Not from the ids: those of unknown tokens don't tell an atom from a bond
    alignments = []
    for tokens in tokenizer.tokenize(rows):
        smiles, atoms = "".join(tokens), _number_atoms(tokens)
        if tokenizer.add_bos:
            tokens, atoms = [SPECIAL_TOKENS[BOS], *tokens], [NO_ATOM, *atoms]
        if tokenizer.add_eos:
            tokens, atoms = [*tokens, SPECIAL_TOKENS[EOS]], [*atoms, NO_ATOM]
        alignments.append(AtomAlignment(smiles, tokens, np.array(atoms, dtype=np.int64)))
    return unwrap(object_array(alignments), X)


def _number_atoms(tokens: list[str]) -> Any:
    """Index of the atom of every token; those of a bracket are one atom."""
    atoms: list[int] = []
    n_atoms, in_bracket = 0, False
    for token in tokens:
        is_new = not in_bracket and (token[0].isalpha() or token[0] in "[*")
        n_atoms += is_new
        atoms.append(n_atoms - 1 if is_new or in_bracket else NO_ATOM)
        in_bracket = (in_bracket or token[0] == "[") and token[-1] != "]"
    return atoms


def parse_as_written(smiles: str) -> Any:
    """Return RDKit's molecule of a SMILES, with every atom that the SMILES writes.

    Parameters
    ----------
    smiles : str

    Returns
    -------
    rdkit Mol
        RDKit drops hydrogens that are written as atoms, ``[H]``, unless told
        not to.

    Raises
    ------
    InvalidSequenceError
        RDKit can't parse the SMILES.
    """
    require_rdkit()
    from rdkit import Chem, rdBase

    parameters = Chem.SmilesParserParams()
    parameters.removeHs = False  # type: ignore[assignment]
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles, parameters)
    if molecule is None:
        raise InvalidSequenceError(f"Could not parse {smiles!r} as a molecule: correct it")
    return molecule
