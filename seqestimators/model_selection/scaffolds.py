"""Cross-validation over the scaffolds of molecules."""

from typing import Any

import numpy as np

from .._sklearn import StrOptions
from ..domain import parse_molecules, plain_molecule, require_rdkit
from ..parameters import parameter, with_parameters
from ._group_split import BaseGroupSplit

__all__ = ["ScaffoldSplit"]


@with_parameters
class ScaffoldSplit(BaseGroupSplit):
    """Cross-validation that tests on molecular scaffolds not trained on.

    The Bemis-Murcko scaffold of a molecule is what is left of it without its
    side chains: the ring systems and what links them. Molecules of one
    scaffold are mostly alike, so that a random split, which puts some of them
    on either side, flatters a model. Here they stay together.

    Parameters
    ----------
    test_size : float, int or None
        None makes `n_splits` folds: every molecule is tested on once. Else
        each split is drawn for itself, and its test set has this share, or
        this number, of the molecules.
    shuffle : bool
        Whether chance decides where a scaffold goes. With `test_size`,
        scaffolds in random order join the test set while they fit, which is
        never larger than asked for. Without chance, scaffolds join the
        training set, the most frequent first, while they fit, and the rare
        ones are tested on, as in MoleculeNet: a single, harder split whose
        test set is never smaller than asked for. Folds get the most frequent
        scaffolds first, each the smallest fold so far; chance only orders
        scaffolds of the same number of molecules.
    acyclic : {"together", "apart"}
        What to do with molecules without a ring, whose scaffold is empty:
        "together" takes them for one group, as MoleculeNet does, "apart" for
        one group for each molecule.
    random_state : int, RandomState instance or None
        Order of the scaffolds. An int makes the splits repeatable.

    Raises
    ------
    InvalidSequenceError
        A SMILES has no normal form, or RDKit can't parse it. The message names
        it and its row.
    ValueError
        A parameter is out of its range, or there are too few scaffolds.

    See Also
    --------
    SequenceClusterSplit : The same for near-identical sequences.
    leakage_report : What a split has on both sides.

    Notes
    -----
    Stereochemistry, isotopes, atom maps and explicit hydrogens don't count:
    molecules that differ in nothing else stay together. Folds are of equal size only as far as the
    scaffolds allow: in many data sets, benzene alone is every tenth molecule.

    References
    ----------
    .. [1] Bemis, G. W., M. A. Murcko, "The Properties of Known Drugs. 1.
       Molecular Frameworks", Journal of Medicinal Chemistry 39 (1996)
       2887-2893.
    .. [2] Wu, Z. et al., "MoleculeNet: a benchmark for molecular machine
       learning", Chemical Science 9 (2018) 513-530.

    Examples
    --------
    >>> from seqestimators.model_selection import ScaffoldSplit
    >>> smiles = ["c1ccccc1", "Cc1ccccc1", "CCc1ccccc1", "C1CCCCC1", "CC1CCCCC1", "CCO"]
    >>> for train, test in ScaffoldSplit(n_splits=3).split(smiles):
    ...     print(sorted(smiles[i] for i in test))
    ['CCc1ccccc1', 'Cc1ccccc1', 'c1ccccc1']
    ['C1CCCCC1', 'CC1CCCCC1']
    ['CCO']
    >>> split = ScaffoldSplit(n_splits=1, test_size=0.3, shuffle=False)
    >>> next(split.split(smiles))
    (array([0, 1, 2, 5]), array([3, 4]))
    """

    acyclic: str = parameter(default="together", constraints=[StrOptions({"together", "apart"})])

    def _find_groups(self, X: Any) -> np.ndarray:
        require_rdkit()
        from rdkit.Chem import MolToSmiles
        from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

        scaffolds = []
        for molecule in parse_molecules(X):
            plain = plain_molecule(molecule, stereo=False)
            scaffold = MurckoScaffoldSmiles(mol=plain, includeChirality=False)
            if not scaffold and self.acyclic == "apart":
                scaffold = MolToSmiles(plain)
            scaffolds.append(scaffold)
        return np.unique(scaffolds, return_inverse=True)[1]
