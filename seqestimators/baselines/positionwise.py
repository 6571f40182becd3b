"""PositionwiseClassifier: a label for every token, by a classifier that sees no further than a window."""

from typing import Any, Self

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from .._sklearn import (
    HasMethods,
    Integral,
    Interval,
    LinkedEstimator,
    _fit_context_of_meta_estimator,
)
from ..parameters import parameter, with_parameters
from ..preprocessing.vocabulary import sort_tokens
from ..sequences import (
    PAD,
    UNKNOWN,
    Sequences,
    count_labels,
    encode_labels,
    join_labels,
    read_sequences,
    read_targets,
    read_weights,
    to_kind,
)

__all__ = ["PositionwiseClassifier"]


def _has_probabilities(classifier):
    estimator = getattr(classifier, "estimator_", classifier.estimator)
    return estimator is None or hasattr(estimator, "predict_proba")


@with_parameters
class PositionwiseClassifier(LinkedEstimator):
    """Label every token of a sequence with a classifier of single tokens.

    Each label belongs to one token, or to `stride` of them, as for
    RecurrentTagger. The classifier sees these tokens and `window` more on
    either side, as one-hot vectors, and nothing else of the sequence: it says
    how much of a task needs no memory.

    Parameters
    ----------
    estimator : classifier or None
        What labels the vectors, which are a sparse CSR matrix. None means
        ``LogisticRegression(C=100, tol=1e-6, max_iter=1000)``.
    window : int
        Number of neighbours seen on either side; at least 0.
    stride : int
        Number of tokens per label, at least 1; it divides the length of every
        sequence. The ids of beginning and end carry no label.

    Attributes
    ----------
    estimator_ : classifier
        Fitted; its features are those of :meth:`encode`.
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    tokens_ : ndarray of shape (n_tokens,), dtype int64
        Token ids seen in fit, sorted; and 0, what lies outside a sequence, if
        there is a window.
    target_kind_ : {"string", "list", "tuple", "array"}
        What a row of y was in fit, and is in predict.

    See Also
    --------
    make_majority : ``PositionwiseClassifier(make_majority())`` gives every
        token the most frequent label.
    make_onehot_logistic : One label for the whole sequence.

    Notes
    -----
    Memory is proportional to the number of tokens, times the width
    ``stride + 2 * window`` of what is seen.

    The default penalty and tolerance are small because tokens are many and
    some of them rare: with scikit-learn's own, a token that occurs once in
    40,000 gets the label of a frequent one.

    Logistic regression on codon tokens translates every codon that it has
    seen. On single nucleotides with ``stride=3`` the score of an amino acid
    is a sum over the three places. That is no table, but it suffices: sums
    translate all 64 codons under each of the 27 genetic codes that Biopython
    knows, whereas of a code with shuffled amino acids they get 36 right on
    average. They even fill in codons that training lacks.

    What the window doesn't show stays wrong. Trained on 100 genes of
    *E. coli*, logistic regression on codon tokens mistakes none of the
    codons of 1000 others but 98 starts: GTG, TTG and ATT stand for M there, and
    for V, L and I elsewhere. With ``window=1``, which shows that nothing is before
    them, all but one are right: an ATT, a start that training lacks.

    References
    ----------
    .. [1] Qian, N., T. J. Sejnowski, "Predicting the secondary structure of
       globular proteins using neural network models", Journal of Molecular
       Biology 202 (1988) 865-884.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import CodonTokenizer
    >>> from seqestimators.baselines import PositionwiseClassifier
    >>> model = make_pipeline(CodonTokenizer(), PositionwiseClassifier())
    >>> model.fit(["ATGAAATGA", "ATGCTATAA"], ["MK*", "ML*"])
    Pipeline(...)
    >>> model.predict(["ATGCTAAAATAA"])
    array(['MLK*'], dtype=object)
    """

    estimator: Any = parameter(
        default=None, constraints=[HasMethods(["fit", "predict"]), None], kw_only=False
    )
    window: int = parameter(default=0, constraints=[Interval(Integral, 0, None, closed="left")])
    stride: int = parameter(default=1, constraints=[Interval(Integral, 1, None, closed="left")])

    @_fit_context_of_meta_estimator
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit the classifier to all tokens and their labels.

        Parameters
        ----------
        X : array-like of n sequences
            Token ids: lists, tuples or integer arrays of any lengths, or a
            matrix padded with 0. See
            :func:`~seqestimators.sequences.read_sequences`.
        y : array-like of n label sequences
            Strings, whose characters are the labels, or lists, tuples or
            arrays of labels; row i has ``len(X[i]) // stride`` of them,
            beginning and end not counted.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0; 0 means absent.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        InvalidSequenceError
            A row of X or y can't be read, or the stride doesn't divide its
            length, or it has another number of labels than it should; the
            message names the row.
        ValueError
            y has another number of rows than X, or no labels; or the
            classifier takes no sample_weight.
        TypeError
            X holds strings: a tokenizer must come first. Or labels are
            neither strings nor numbers, or both.
        """
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None: give one per row"
            )
        sequences = self._read(X)
        labels, kind = self._read_labels(y, sequences)
        estimator = self.estimator
        if estimator is None:
            estimator = LogisticRegression(C=100, tol=1e-6, max_iter=1000)
        weights = {}
        if sample_weight is not None:
            if not has_fit_parameter(estimator, "sample_weight"):
                raise ValueError(
                    f"{type(estimator).__name__} takes no sample_weight: leave it out, or choose another "
                    "classifier"
                )
            weight = read_weights(sample_weight, len(sequences))
            kept = np.flatnonzero(weight)
            sequences, labels = sequences[kept], labels[kept]
            weights["sample_weight"] = np.repeat(weight[kept], labels.lengths)
        known = _is_known(labels)
        if not known.any():
            raise ValueError("y has no labels: every sequence is empty or has the weight 0")
        self.target_kind_ = kind
        self.classes_ = _sort_labels(labels.values[known])
        self.tokens_ = np.unique(sequences.values)
        if self.window:
            self.tokens_ = np.union1d(self.tokens_, [PAD])
        targets = self.classes_[encode_labels(labels, self.classes_).values[known]]
        weights = {name: weight[known] for name, weight in weights.items()}
        self.estimator_ = clone(estimator).fit(self._encode(sequences)[0][known], targets, **weights)
        return self

    def encode(self, X: Any) -> csr_matrix:
        """Return what the classifier sees: one-hot vectors of tokens and neighbours.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        csr_matrix of shape (n_labels, (stride + 2 * window) * n_tokens)
            The labels of all sequences, one behind the other. The columns of
            the first place seen come first, one for each of `tokens_`. A
            token that isn't among them counts as the id 1, and is a vector of
            zeros if that isn't either.
        """
        check_is_fitted(self)
        return self._encode(self._read(X))[0]

    def predict(self, X: Any) -> np.ndarray:
        """Return the label of every token.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Label sequences, of the kind that fit saw.
        """
        check_is_fitted(self)
        return to_kind(self._predict(self._read(X)).to_list(), self.target_kind_)

    @available_if(_has_probabilities)
    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of every label of every token.

        Only where the classifier has `predict_proba`.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Arrays of shape (n_labels, n_classes) whose rows sum to 1; columns
            are in the order of `classes_`.
        """
        check_is_fitted(self)
        features, offsets = self._encode(self._read(X))
        if features.shape[0]:
            probabilities = self.estimator_.predict_proba(features)
        else:
            probabilities = np.empty((0, len(self.classes_)))
        return Sequences(probabilities, offsets).to_list()

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the share of labels that are right.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of n label sequences
            True labels.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row.

        Returns
        -------
        float
            In [0, 1]; 1 if there are no labels.
        """
        check_is_fitted(self)
        sequences = self._read(X)
        labels, _ = self._read_labels(y, sequences)
        weight = np.repeat(read_weights(sample_weight, len(sequences)), labels.lengths) * _is_known(labels)
        if not weight.any():
            return 1.0
        is_right = self._predict(sequences).values.astype(object) == labels.values
        return float(np.average(is_right, weights=weight))

    def _read(self, X):
        """Token ids without those of beginning and end; their numbers are multiples of the stride."""
        sequences = read_sequences(X, input="tokens")
        sequences = sequences.keep(~sequences.is_end)
        count_labels(sequences, self.stride, unit="tokens")
        return sequences

    def _read_labels(self, y, sequences):
        """The labels as Sequences of objects, and the kind of their rows."""
        rows, kind = read_targets(y)
        return join_labels(rows, sequences.lengths // self.stride, stride=self.stride, unit="tokens"), kind

    def _encode(self, sequences):
        """One-hot vectors of all labels, and where those of each sequence begin."""
        tokens = self.tokens_
        columns = np.searchsorted(tokens, sequences.values).clip(max=len(tokens) - 1)
        column_of_unknown = int(np.searchsorted(tokens, UNKNOWN)) if UNKNOWN in tokens else -1
        columns[tokens[columns] != sequences.values] = column_of_unknown

        offsets = sequences.offsets // self.stride
        width = self.stride + 2 * self.window
        seen = np.arange(offsets[-1])[:, None] * self.stride - self.window + np.arange(width)
        n_labels = np.diff(offsets)
        is_inside = (seen >= np.repeat(sequences.offsets[:-1], n_labels)[:, None]) & (
            seen < np.repeat(sequences.offsets[1:], n_labels)[:, None]
        )
        column_at = np.zeros(seen.shape, dtype=np.int64)  # that of PAD, the least id
        column_at[is_inside] = columns[seen[is_inside]]
        is_set = column_at >= 0
        indices = (column_at + len(tokens) * np.arange(width))[is_set]
        rows = Sequences.from_lengths(indices, is_set.sum(axis=1))
        shape = (int(offsets[-1]), width * len(tokens))
        return csr_matrix((np.ones(len(indices)), rows.values, rows.offsets), shape=shape), offsets

    def _predict(self, sequences):
        features, offsets = self._encode(sequences)
        labels = self.estimator_.predict(features) if features.shape[0] else self.classes_[:0]
        return Sequences(labels, offsets)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = tags.input_tags.positive_only = True
        tags.target_tags.required = True
        tags._skip_test = True  # scikit-learn's checks know one label per row
        return tags


def _is_known(labels):
    """Which labels are not masked, ndarray of bool."""
    return np.fromiter((label is not None for label in labels.values), dtype=bool, count=len(labels.values))


def _sort_labels(labels):
    """The distinct labels as an array of strings or numbers."""
    distinct = sort_tokens(set(labels.tolist()))
    n_strings = sum(isinstance(label, str) for label in distinct)
    if 0 < n_strings < len(distinct):
        raise TypeError(
            f"y holds labels of several types, {distinct[0]!r} and {distinct[-1]!r}: use strings or numbers"
        )
    array = np.array(distinct)
    if array.ndim != 1 or array.dtype.kind not in "biufU":
        raise TypeError(f"y holds the label {distinct[0]!r}: use strings or numbers")
    return array
