"""Meta-estimators that train on several strings for each row, and average answers over several."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin, is_classifier, is_regressor
from sklearn.utils import check_consistent_length, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ..sequences import is_label_table, read_label_table, read_weights, score_rows
from ._copies import BaseAugmented

__all__ = ["AugmentedClassifier", "AugmentedRegressor"]


def _estimator_has(method: str) -> Callable[[Any], bool]:
    """Whether the fitted estimator has a method, or else the one to be fitted."""
    return lambda self: hasattr(getattr(self, "estimator_", self.estimator), method)


class AugmentedClassifier(ClassifierMixin, BaseAugmented):
    """Train a classifier on several strings for each row, and average over several.

    A molecule has many SMILES, DNA has two strands. Each row is trained on as
    it is, and as ``n_copies - 1`` other strings of the same meaning. The
    copies are made inside fit: no copy of a test row is trained on, in
    cross-validation either.

    Parameters
    ----------
    estimator : estimator
        Classifier of strings, mostly a Pipeline. It is cloned.
    augmenter : object
        Makes other strings: :class:`SmilesRandomizer`,
        :class:`ReverseComplement`, an :class:`Augmenter` of your own, or what
        has a method ``augment(X, random_state)``.
    n_copies : int
        Number of strings for each row in training, itself included; at least
        1. Each weighs ``1 / n_copies``.
    n_averaged : int, default=0
        Number of other strings, besides the row itself, over which answers are
        averaged; at least 0. It may be set after fit.
    random_state : int, RandomState instance or None, default=None
        What the other strings are drawn by. An int makes fits repeatable; the
        answers of one fitted model always are. The seed of the estimator is
        its own.

    Attributes
    ----------
    estimator_ : estimator
        The fitted classifier.
    classes_ : ndarray of shape (n_classes,)
        The labels.
    n_features_in_ : int
        Number of features of `estimator_`, if it has one.
    seed_ : int
        What the strings over which answers are averaged are drawn by.

    See Also
    --------
    AugmentedRegressor : The same for numbers.
    make_seed_ensemble : Averages over models instead.

    Notes
    -----
    Weights, and the groups that keep the copies of a row together, go to the
    last step of a Pipeline, as ``step__sample_weight`` and ``step__groups``;
    where scikit-learn's metadata routing is on, to whom requests them
    (``set_fit_request(sample_weight=True, groups=True)``). An estimator that
    takes no weights is trained on rows that are repeated, as if there were
    more of them: a penalty that isn't relative to their number weighs less.

    Search parameters outside, ``GridSearchCV(AugmentedClassifier(...))``: a
    search inside would have copies of one row in both parts of its splits.
    Recurrent estimators that set rows aside, under ``early_stopping=True``,
    take the groups.

    An epoch is `n_copies` times as long: a recurrent estimator needs fewer.

    With :class:`ReverseComplement`, ``n_copies=2`` and ``n_averaged=1``, the
    answer is the same for both strands.

    References
    ----------
    .. [1] Bjerrum, E. J., "SMILES enumeration as data augmentation for neural
       network modeling of molecules", arXiv:1703.07076 (2017).
    .. [2] Shrikumar, A., P. Greenside, A. Kundaje, "Reverse-complement parameter
       sharing improves deep learning models for genomics", bioRxiv 103663
       (2017).

    Examples
    --------
    >>> from seqestimators.augmentation import AugmentedClassifier, ReverseComplement
    >>> from seqestimators.baselines import make_kmer_logistic
    >>> model = AugmentedClassifier(
    ...     make_kmer_logistic(k=2), ReverseComplement(), n_copies=2, n_averaged=1
    ... )
    >>> model.fit(["AAAC", "AAAG", "CCCA", "CCCG"], [0, 0, 1, 1]).predict(["TTTT", "GGGG"])
    array([0, 1])
    >>> probabilities, spread = model.predict_proba(["AAAA"], return_std=True)
    >>> spread.shape
    (1, 2)
    """

    def _check_parts(self):
        if not is_classifier(self.estimator):
            raise ValueError(
                f"AugmentedClassifier has the estimator {type(self.estimator).__name__}, which is no "
                "classifier: for a regressor use AugmentedRegressor"
            )
        self._check_variants("n_copies", self.n_copies - 1)
        self._check_variants("n_averaged", self.n_averaged)

    @property
    def classes_(self) -> np.ndarray:
        """The labels."""
        return self.estimator_.classes_

    def predict(self, X: Any) -> np.ndarray:
        """Return the class of every row.

        Parameters
        ----------
        X : array-like of shape (n,) or (n, 1)
            As in fit.

        Returns
        -------
        ndarray of shape (n,) or (n, n_labels)
            With `n_averaged`, what the mean of `predict_proba` says, or of
            `decision_function` if the estimator has no probabilities; without,
            what the estimator says.
        """
        check_is_fitted(self)
        if not self.n_averaged:
            return self.estimator_.predict(self._read(X))
        has_probabilities = hasattr(self.estimator_, "predict_proba")
        scores = self._answers(X, "predict_proba" if has_probabilities else "decision_function").mean(axis=0)
        threshold = 0.5 if has_probabilities else 0.0
        if np.ndim(self.estimator_.predict(self._read(X)[:1])) == 2:  # several labels per row
            return (scores > threshold).astype(np.int64)
        return self.classes_[(scores > threshold).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)]

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X: Any, return_std: bool = False) -> Any:
        """Return the probability of every class, the mean over the strings of a row.

        Parameters
        ----------
        X : array-like of shape (n,) or (n, 1)
            As in fit.
        return_std : bool, default=False
            Whether to return the spread too.

        Returns
        -------
        mean : ndarray of shape (n, n_classes)
            Columns are in the order of `classes_`.
        std : ndarray of shape (n, n_classes)
            Standard deviation over the ``1 + n_averaged`` strings; only if
            `return_std`.

        Raises
        ------
        ValueError
            `return_std` with ``n_averaged=0``.
        """
        return self._summarize(self._answers(X, "predict_proba"), return_std)

    @available_if(_estimator_has("predict_proba"))
    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the natural logarithm of `predict_proba`.

        Parameters
        ----------
        X : array-like of shape (n,) or (n, 1)
            As in fit.

        Returns
        -------
        ndarray of shape (n, n_classes)
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X: Any) -> np.ndarray:
        """Return the decision function of the estimator, the mean over the strings of a row.

        Parameters
        ----------
        X : array-like of shape (n,) or (n, 1)
            As in fit.

        Returns
        -------
        ndarray of shape (n,) or (n, n_classes)
        """
        return self._answers(X, "decision_function").mean(axis=0)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the share of rows that are right.

        Parameters
        ----------
        X : array-like of shape (n,) or (n, 1)
            As in fit.
        y : array-like of shape (n,) or (n, n_labels)
            True labels. Of several a row, NaN or -1 says that one is not known; a
            row is right if all its known labels are, and doesn't count if it
            has none.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.

        Returns
        -------
        float
            From 0 to 1.
        """
        if not is_label_table(y):
            return super().score(X, y, sample_weight)
        predicted = self.predict(X)
        table = read_label_table(y)
        check_consistent_length(table, predicted)
        weight = read_weights(sample_weight, len(predicted))
        return score_rows(table, predicted, weight)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator).classifier_tags
        if inner is not None:
            tags.classifier_tags = inner
        return tags


class AugmentedRegressor(RegressorMixin, BaseAugmented):
    """Train a regressor on several strings for each row, and average over several.

    What :class:`AugmentedClassifier` does, for numbers: each row is trained on
    as it is, and as ``n_copies - 1`` other strings of the same meaning. The
    copies are made inside fit, so that none of a test row is trained on.

    Parameters
    ----------
    estimator : estimator
        Regressor of strings, mostly a Pipeline. It is cloned.
    augmenter : object
        Makes other strings: :class:`SmilesRandomizer`,
        :class:`ReverseComplement`, an :class:`Augmenter` of your own, or what
        has a method ``augment(X, random_state)``.
    n_copies : int
        Number of strings for each row in training, itself included; at least
        1. Each weighs ``1 / n_copies``.
    n_averaged : int, default=0
        Number of other strings, besides the row itself, over which answers are
        averaged; at least 0. It may be set after fit.
    random_state : int, RandomState instance or None, default=None
        What the other strings are drawn by. An int makes fits repeatable; the
        answers of one fitted model always are. The seed of the estimator is
        its own.

    Attributes
    ----------
    estimator_ : estimator
        The fitted regressor.
    n_features_in_ : int
        Number of features of `estimator_`, if it has one.
    seed_ : int
        What the strings over which answers are averaged are drawn by.

    See Also
    --------
    AugmentedClassifier : The same for classes; how weights are passed.
    make_seed_ensemble : Averages over models instead.

    References
    ----------
    .. [1] Bjerrum, E. J., "SMILES enumeration as data augmentation for neural
       network modeling of molecules", arXiv:1703.07076 (2017).

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import RecurrentRegressor, SmilesTokenizer
    >>> from seqestimators.augmentation import AugmentedRegressor, SmilesRandomizer
    >>> network = make_pipeline(
    ...     SmilesTokenizer(), RecurrentRegressor(max_epochs=2, random_state=0)
    ... )
    >>> model = AugmentedRegressor(network, SmilesRandomizer(), 5, n_averaged=4, random_state=0)
    >>> model.fit(["CCO", "CCCO", "CCCCO"], [-0.3, 0.3, 0.9])
    AugmentedRegressor(...)
    >>> mean, std = model.predict(["CCCCCO", "C"], return_std=True)
    >>> mean.shape, std.shape
    ((2,), (2,))
    """

    def _check_parts(self):
        if not is_regressor(self.estimator):
            raise ValueError(
                f"AugmentedRegressor has the estimator {type(self.estimator).__name__}, which is no "
                "regressor: for a classifier use AugmentedClassifier"
            )
        self._check_variants("n_copies", self.n_copies - 1)
        self._check_variants("n_averaged", self.n_averaged)

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Return the number, or numbers, of every row, the mean over its strings.

        Parameters
        ----------
        X : array-like of shape (n,) or (n, 1)
            As in fit.
        return_std : bool, default=False
            Whether to return the spread too.

        Returns
        -------
        mean : ndarray of shape (n,) or (n, n_targets)
        std : ndarray of shape (n,) or (n, n_targets)
            Standard deviation over the ``1 + n_averaged`` strings; only if
            `return_std`.

        Raises
        ------
        ValueError
            `return_std` with ``n_averaged=0``.
        """
        return self._summarize(self._answers(X, "predict"), return_std)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator).regressor_tags
        if inner is not None:
            tags.regressor_tags = inner
        return tags
