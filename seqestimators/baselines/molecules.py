"""Molecules as fingerprints, and the models that chemists train on them."""

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils import gen_even_slices

from .._sklearn import Integral, Interval, Real, _fit_context, validate_params
from ..exceptions import InvalidSequenceError
from ..preprocessing import check_sequences

__all__ = ["MorganFingerprint", "make_ecfp_forest", "make_ecfp_mlp"]


class MorganFingerprint(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Extended-connectivity fingerprints (ECFP) of molecules, from RDKit.

    Each atom's surroundings up to `radius` bonds away are hashed to one of
    `n_bits` positions; the fingerprint says which positions were met, or how
    often. With the default radius of 2 it is known as ECFP4.

    Parameters
    ----------
    radius : int, default=2
        Greatest distance from the central atom, in bonds; at least 0.
    n_bits : int, default=2048
        Length of a fingerprint; at least 1. Fewer bits make more
        substructures share a position.
    counts : bool, default=False
        Whether to count how often each substructure occurs; 0 or 1 otherwise.
    n_jobs : int or None, default=None
        Number of parallel jobs; -1 uses all processors. None means 1 unless
        in a ``joblib.parallel_config`` context. It pays off from some ten
        thousand molecules on.

    Raises
    ------
    InvalidSequenceError
        RDKit can't parse a SMILES. The message names it and its row.

    See Also
    --------
    make_ecfp_mlp : These fingerprints and a multilayer perceptron.
    make_ecfp_forest : These fingerprints and a random forest.

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

    _parameter_constraints: dict = {
        "radius": [Interval(Integral, 0, None, closed="left")],
        "n_bits": [Interval(Integral, 1, None, closed="left")],
        "counts": ["boolean"],
        "n_jobs": [Integral, None],
    }

    def __init__(self, radius=2, n_bits=2048, counts=False, n_jobs=None):
        self.radius = radius
        self.n_bits = n_bits
        self.counts = counts
        self.n_jobs = n_jobs

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
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
        check_sequences(X)
        return self

    def transform(self, X):
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
        from rdkit import rdBase

        smiles = check_sequences(X)
        n_chunks = min(effective_n_jobs(self.n_jobs), len(smiles))
        with rdBase.BlockLogs():  # here too, or the first of several threads to finish switches them on
            parts = Parallel(n_jobs=self.n_jobs)(
                delayed(_fingerprints)(smiles[chunk], chunk.start, self.radius, self.n_bits, self.counts)
                for chunk in gen_even_slices(len(smiles), n_chunks)
            )
        return np.concatenate(parts)

    @property
    def _n_features_out(self):
        return self.n_bits

    def __sklearn_is_fitted__(self):
        return True  # nothing is learned

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


def _fingerprints(smiles, first_row, radius, n_bits, counts):
    """Fingerprints of some molecules, ndarray of shape (len(smiles), n_bits), dtype float32."""
    from rdkit import Chem, rdBase
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    generator = GetMorganGenerator(radius=int(radius), fpSize=int(n_bits))
    compute = generator.GetCountFingerprintAsNumPy if counts else generator.GetFingerprintAsNumPy
    result = np.empty((len(smiles), n_bits), dtype=np.float32)
    with rdBase.BlockLogs():  # the error below says more than RDKit's log
        for i, text in enumerate(smiles):
            molecule = Chem.MolFromSmiles(text)
            if molecule is None:
                raise InvalidSequenceError(
                    f"Could not parse {text!r} at row {first_row + i} as a molecule: correct the SMILES or "
                    "drop the row"
                )
            result[i] = compute(molecule)
    return result


@validate_params(
    {
        "radius": MorganFingerprint._parameter_constraints["radius"],
        "n_bits": MorganFingerprint._parameter_constraints["n_bits"],
        "counts": ["boolean"],
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_ecfp_mlp(
    *,
    radius=2,
    n_bits=2048,
    counts=False,
    hidden_layer_sizes=(256,),
    alpha=1.0,
    max_iter=500,
    n_jobs=None,
    random_state=None,
):
    """Make a classifier of molecules: Morgan fingerprints and a multilayer perceptron.

    Parameters
    ----------
    radius : int, default=2
        Radius of the fingerprint in bonds; at least 0.
    n_bits : int, default=2048
        Length of a fingerprint; at least 1.
    counts : bool, default=False
        Whether the fingerprint counts substructures.
    hidden_layer_sizes : int or array-like of int, default=(256,)
        Number of units of each hidden layer.
    alpha : float, default=1.0
        Strength of the L2 penalty; at least 0. Fingerprints have more bits
        than most data sets have molecules, so it is larger than
        scikit-learn's.
    max_iter : int, default=500
        Greatest number of epochs; at least 1. Training stops when the loss
        does, mostly well before.
    n_jobs : int or None, default=None
        Number of parallel jobs of the fingerprint.
    random_state : int, RandomState instance or None, default=None
        Initial weights and order of the molecules. An int makes results
        repeatable.

    Returns
    -------
    Pipeline
        Of the steps "morganfingerprint" and "mlpclassifier", not fitted.

    See Also
    --------
    make_ecfp_forest : The same with a random forest.

    References
    ----------
    .. [1] Rogers, D., M. Hahn, "Extended-Connectivity Fingerprints", Journal of
       Chemical Information and Modeling 50 (2010) 742-754.
    .. [2] Ma, J. et al., "Deep Neural Nets as a Method for Quantitative
       Structure-Activity Relationships", Journal of Chemical Information and
       Modeling 55 (2015) 263-274.

    Examples
    --------
    >>> from seqestimators.baselines import make_ecfp_mlp
    >>> model = make_ecfp_mlp(n_bits=256, random_state=0)
    >>> model.fit(["CCO", "CCCO", "c1ccccc1", "Cc1ccccc1"], [1, 1, 0, 0])
    Pipeline(...)
    >>> model.predict(["CCCCO", "CCc1ccccc1"])
    array([1, 0])
    """
    return make_pipeline(
        MorganFingerprint(radius=radius, n_bits=n_bits, counts=counts, n_jobs=n_jobs),
        MLPClassifier(
            hidden_layer_sizes=hidden_layer_sizes, alpha=alpha, max_iter=max_iter, random_state=random_state
        ),
    )


@validate_params(
    {
        "radius": MorganFingerprint._parameter_constraints["radius"],
        "n_bits": MorganFingerprint._parameter_constraints["n_bits"],
        "counts": ["boolean"],
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_ecfp_forest(
    *, radius=2, n_bits=2048, counts=False, n_estimators=500, n_jobs=None, random_state=None
):
    """Make a classifier of molecules: Morgan fingerprints and a random forest.

    Parameters
    ----------
    radius : int, default=2
        Radius of the fingerprint in bonds; at least 0.
    n_bits : int, default=2048
        Length of a fingerprint; at least 1.
    counts : bool, default=False
        Whether the fingerprint counts substructures.
    n_estimators : int, default=500
        Number of trees; at least 1.
    n_jobs : int or None, default=None
        Number of parallel jobs of the fingerprint and of the forest.
    random_state : int, RandomState instance or None, default=None
        Bootstrap samples and the bits each split looks at. An int makes
        results repeatable.

    Returns
    -------
    Pipeline
        Of the steps "morganfingerprint" and "randomforestclassifier", not
        fitted.

    See Also
    --------
    make_ecfp_mlp : The same with a multilayer perceptron.

    References
    ----------
    .. [1] Svetnik, V. et al., "Random Forest: A Classification and Regression
       Tool for Compound Classification and QSAR Modeling", Journal of Chemical
       Information and Computer Sciences 43 (2003) 1947-1958.

    Examples
    --------
    >>> from seqestimators.baselines import make_ecfp_forest
    >>> model = make_ecfp_forest(n_bits=256, n_estimators=20, random_state=0)
    >>> model.fit(["CCO", "CCCO", "c1ccccc1", "Cc1ccccc1"], [1, 1, 0, 0])
    Pipeline(...)
    >>> model.predict(["CCCCO", "CCc1ccccc1"])
    array([1, 0])
    """
    return make_pipeline(
        MorganFingerprint(radius=radius, n_bits=n_bits, counts=counts, n_jobs=n_jobs),
        RandomForestClassifier(n_estimators=n_estimators, n_jobs=n_jobs, random_state=random_state),
    )
