"""Molecules as rows of numbers, by RDKit: fingerprints and descriptors."""

from contextlib import suppress
from difflib import get_close_matches
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import gen_even_slices
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Integral, Interval, _fit_context
from ..domain import normalize, parse_molecules, require_rdkit
from ..parameters import parameter, with_parameters
from ..preprocessing.base import StringInput

__all__ = ["MolecularDescriptors", "MorganFingerprint"]


class _MoleculeTransformer(TransformerMixin, StringInput):
    """SMILES to rows of numbers, in parallel."""

    def _compute(self, X, compute, *parameters):
        """Compute the rows of X in `n_jobs` chunks.

        Parameters
        ----------
        X : array-like of shape (n_molecules,)
            SMILES or RDKit molecules.
        compute : callable
            Gets SMILES, the number of the first row and `parameters`.
        *parameters
            Whatever else `compute` needs.

        Returns
        -------
        ndarray of shape (n_molecules, n_features)
        """
        require_rdkit()
        from rdkit import rdBase

        smiles = normalize(X, "smiles")
        n_chunks = min(effective_n_jobs(self.n_jobs), len(smiles))
        with rdBase.BlockLogs():  # here too, or the first of several threads to finish switches them on
            parts = Parallel(n_jobs=self.n_jobs)(
                delayed(compute)(smiles[chunk], chunk.start, *parameters)
                for chunk in gen_even_slices(len(smiles), n_chunks)
            )
        return np.concatenate(parts)


@with_parameters
class MorganFingerprint(ClassNamePrefixFeaturesOutMixin, _MoleculeTransformer):
    """Extended-connectivity fingerprints (ECFP) of molecules, from RDKit.

    Each atom's surroundings up to `radius` bonds away are hashed to one of
    `n_bits` positions; the fingerprint says which positions were met, or how
    often. With the default radius of 2 it is known as ECFP4.

    Parameters
    ----------
    radius : int
        Greatest distance from the central atom, in bonds; at least 0.
    n_bits : int
        Length of a fingerprint; at least 1. Fewer bits make more
        substructures share a position.
    counts : bool
        Whether to count how often each substructure occurs; 0 or 1 otherwise.
    n_jobs : int or None
        Number of parallel jobs; -1 uses all processors. None means 1 unless
        in a ``joblib.parallel_config`` context. It pays off from some ten
        thousand molecules on.

    Raises
    ------
    InvalidSequenceError
        A SMILES has no normal form, as where a name stands behind it, or RDKit
        can't parse it. The message names its row.

    See Also
    --------
    MolecularDescriptors : Properties of whole molecules instead.
    make_ecfp_forest : These fingerprints and a random forest.
    make_ecfp_logistic : These fingerprints and a logistic regression.
    make_ecfp_mlp : These fingerprints and a multilayer perceptron.

    Notes
    -----
    The output is dense float32: forests take it without a copy, and a
    perceptron trains on it about twice as fast as on integers, which it would
    turn into float64.

    RDKit molecules are read as their SMILES, so that explicit hydrogens and
    coordinates don't count. The empty SMILES is a molecule without atoms; its
    fingerprint is 0.

    References
    ----------
    .. [1] Rogers, D., M. Hahn, "Extended-Connectivity Fingerprints", Journal of
       Chemical Information and Modeling 50 (2010) 742-754.
    .. [2] Morgan, H. L., "The Generation of a Unique Machine Description for
       Chemical Structures", Journal of Chemical Documentation 5 (1965)
       107-113.

    Examples
    --------
    >>> from seqestimators.baselines import MorganFingerprint
    >>> fingerprints = MorganFingerprint(n_bits=64).fit_transform(["CCO", "c1ccccc1O"])
    >>> fingerprints.shape
    (2, 64)
    >>> fingerprints.sum(axis=1)
    array([ 6., 11.], dtype=float32)
    """

    radius: int = parameter(
        default=2, constraints=[Interval(Integral, 0, None, closed="left")], kw_only=False
    )
    n_bits: int = parameter(
        default=2048, constraints=[Interval(Integral, 1, None, closed="left")], kw_only=False
    )
    counts: bool = parameter(default=False, constraints=["boolean"], kw_only=False)
    n_jobs: int | None = parameter(default=None, constraints=[Integral, None], kw_only=False)

    @_fit_context
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters and the input; there is nothing to learn.

        Parameters
        ----------
        X : array-like of shape (n_molecules,)
            SMILES or RDKit molecules, in any container that
            :func:`check_sequences` reads.
        y : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        self : object
            The transformer itself.
        """
        normalize(X, "smiles")
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Compute the fingerprint of every molecule.

        Parameters
        ----------
        X : array-like of shape (n_molecules,)
            SMILES or RDKit molecules.

        Returns
        -------
        ndarray of shape (n_molecules, n_bits), dtype float32

        Raises
        ------
        InvalidSequenceError
            RDKit can't parse a SMILES.
        """
        return self._compute(X, _fingerprints, self.radius, self.n_bits, self.counts)

    @property
    def _n_features_out(self):
        return self.n_bits

    def __sklearn_is_fitted__(self):
        return True  # nothing is learned

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags


def _fingerprints(smiles, first_row, radius, n_bits, counts):
    """Fingerprints of some molecules, ndarray of shape (len(smiles), n_bits), dtype float32."""
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    generator = GetMorganGenerator(radius=int(radius), fpSize=int(n_bits))
    compute = generator.GetCountFingerprintAsNumPy if counts else generator.GetFingerprintAsNumPy
    result = np.empty((len(smiles), n_bits), dtype=np.float32)
    for i, molecule in enumerate(parse_molecules(smiles, first_row=first_row)):
        result[i] = compute(molecule)
    return result


@with_parameters
class MolecularDescriptors(_MoleculeTransformer):
    """Descriptors of molecules, from RDKit: weight, polarity, counts of rings and groups, and so on.

    Parameters
    ----------
    names : array-like of str or None
        Descriptors to compute, by RDKit's names. None means all that RDKit
        lists in ``rdkit.Chem.Descriptors.descList``, some 210.
    n_jobs : int or None
        Number of parallel jobs; -1 uses all processors. None means 1 unless
        in a ``joblib.parallel_config`` context. All descriptors of a molecule
        of the size of a drug take some ten milliseconds, so that it pays off
        from a hundred molecules on.

    Attributes
    ----------
    names_ : ndarray of shape (n_descriptors,), dtype object
        Names of the columns.

    Raises
    ------
    InvalidSequenceError
        A SMILES has no normal form, as where a name stands behind it, or RDKit
        can't parse it. The message names its row.
    ValueError
        RDKit has no descriptor of one of the names.

    See Also
    --------
    MorganFingerprint : Substructures instead.
    make_descriptor_forest : These descriptors and a random forest.

    Notes
    -----
    What RDKit doesn't define for a molecule is NaN: the BCUT2D descriptors
    where an atom has no Gasteiger charge (most metals), and some others of
    molecules with no atoms or no heavy ones. Put
    :class:`~sklearn.impute.SimpleImputer` behind this step for models that
    refuse NaN.

    The descriptor Ipc grows exponentially with the molecule, to 1e94 for a
    chain of 300 carbon atoms. What exceeds the range of float32, in which
    scikit-learn's trees compute, becomes the largest number of that range.
    Linear models and neural networks do better without Ipc; AvgIpc is tame.

    Which descriptors there are depends on RDKit's version: a fitted
    transformer keeps to the names it has seen.

    RDKit molecules are read as their SMILES, so that explicit hydrogens and
    coordinates don't count.

    References
    ----------
    .. [1] Todeschini, R., V. Consonni, "Handbook of Molecular Descriptors",
       Wiley-VCH, 2000.

    Examples
    --------
    >>> from seqestimators.baselines import MolecularDescriptors
    >>> descriptors = MolecularDescriptors(names=["MolWt", "RingCount"])
    >>> descriptors.fit_transform(["CCO", "c1ccccc1O"]).round(1)
    array([[46.1,  0. ],
           [94.1,  1. ]])
    >>> descriptors.get_feature_names_out()
    array(['MolWt', 'RingCount'], dtype=object)
    """

    names: Any = parameter(default=None, constraints=["array-like", None], kw_only=False)
    n_jobs: int | None = parameter(default=None, constraints=[Integral, None], kw_only=False)

    @_fit_context
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters and the input, and settle the columns.

        Parameters
        ----------
        X : array-like of shape (n_molecules,)
            SMILES or RDKit molecules, in any container that
            :func:`check_sequences` reads.
        y : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        self : object
            The transformer itself.

        Raises
        ------
        ValueError
            RDKit has no descriptor of one of the names, or there are none.
        """
        normalize(X, "smiles")
        names = list(_find_descriptors(self.names))
        if not names:
            raise ValueError("names is empty: name a descriptor, or set names=None for all")
        self.names_ = np.array(names, dtype=object)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Compute the descriptors of every molecule.

        Parameters
        ----------
        X : array-like of shape (n_molecules,)
            SMILES or RDKit molecules.

        Returns
        -------
        ndarray of shape (n_molecules, n_descriptors), dtype float64
            NaN where a descriptor isn't defined; within the range of float32.

        Raises
        ------
        InvalidSequenceError
            RDKit can't parse a SMILES.
        """
        check_is_fitted(self)
        return self._compute(X, _describe, self.names_.tolist())

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Name the columns.

        Parameters
        ----------
        input_features : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        names : ndarray of shape (n_descriptors,), dtype object
            RDKit's names.
        """
        check_is_fitted(self)
        return self.names_.copy()


def _find_descriptors(names):
    """RDKit's functions by their names, all if `names` is None."""
    require_rdkit()
    import rdkit
    from rdkit.Chem import Descriptors

    functions = dict(Descriptors.descList)
    if names is None:
        return functions
    for name in names:
        if name not in functions:
            near = get_close_matches(str(name), functions, n=1, cutoff=0)[0]
            raise ValueError(
                f"RDKit {rdkit.__version__} has no descriptor {name!r}: choose one of "
                f"rdkit.Chem.Descriptors.descList, perhaps {near!r}"
            )
    return {name: functions[name] for name in names}


def _describe(smiles, first_row, names):
    """Descriptors of some molecules, ndarray of shape (len(smiles), len(names)), dtype float64."""
    from rdkit import rdBase

    functions = _find_descriptors(names).values()
    result = np.full((len(smiles), len(functions)), np.nan)
    with rdBase.BlockLogs():
        for row, molecule in zip(result, parse_molecules(smiles, first_row=first_row), strict=True):
            for i, function in enumerate(functions):
                # Errors are of many types: some divide by a number of atoms, or take the largest of none.
                with suppress(Exception):
                    row[i] = function(molecule)
    largest = np.finfo(np.float32).max
    return np.clip(result, -largest, largest)
