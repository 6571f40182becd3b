"""Ragged sequences to one rectangular array."""

import warnings
from typing import Any, Self

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._sklearn import LinkedEstimator, StrOptions, _fit_context
from ..exceptions import InvalidSequenceError, TruncationWarning
from ..parameters import parameter, with_parameters
from ..sequences import PAD, SPECIAL_TOKENS, UNKNOWN, Sequences, mark, read_sequences
from .base import AT_LEAST_1

__all__ = ["Padder"]

# A matrix is refused where it is both large and mostly padding.
_LARGE_BYTES = 2**30
_MOSTLY_PADDING = 20


def _has_columns(padder: "Padder") -> bool:
    return not padder.one_hot and getattr(padder, "input_", "tokens") == "tokens"


@with_parameters
class Padder(TransformerMixin, LinkedEstimator):
    """Fill sequences of any lengths up to one length.

    The estimators of this library need no padding; it serves all others.

    Parameters
    ----------
    length : int or None
        Length of every sequence in the output; at least 1. None takes that of
        the longest sequence in `fit`.
    side : {"right", "left"}
        Where padding is added. "left" is for token ids only.
    truncate : {"right", "left", "error"}
        What to do with a longer sequence: cut its end or its beginning off,
        with a warning, or raise an error.
    one_hot : bool
        Whether to give one-hot vectors instead of token ids.

    Attributes
    ----------
    length_ : int
        Length of every sequence in the output.
    input_ : {"tokens", "values"}
        What `fit` has seen.
    n_tokens_ : int
        Largest token id in `fit` plus 1, but at least 4, the number of
        special ids. Only for token ids.
    n_channels_ : int
        Number of values per step. Only for values.

    Raises
    ------
    InvalidSequenceError
        A sequence is longer than `length_` under ``truncate="error"``.
    ValueError
        The output takes more than a gibibyte and more than 20 times what its
        content does; nothing is allocated then.

    Warns
    -----
    TruncationWarning
        Sequences are cut; their number stands in the message.

    See Also
    --------
    SequenceTokenizer : Makes token ids.

    Examples
    --------
    >>> from seqestimators import Padder
    >>> padder = Padder().fit([[4, 5, 6], [7]])
    >>> padder.transform([[4, 5, 6], [7]])
    array([[4, 5, 6],
           [7, 0, 0]])
    >>> padder.inverse_transform([[7, 0, 0]])[0]
    array([7])
    >>> Padder(one_hot=True).fit_transform([[4, 5, 6], [7]]).shape
    (2, 3, 8)
    """

    length: int | None = parameter(default=None, constraints=[AT_LEAST_1, None], kw_only=False)
    side: str = parameter(default="right", constraints=[StrOptions({"right", "left"})], kw_only=False)
    truncate: str = parameter(
        default="right", constraints=[StrOptions({"right", "left", "error"})], kw_only=False
    )
    one_hot: bool = parameter(default=False, constraints=["boolean"], kw_only=False)

    @_fit_context
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the length of the output and the kind of the input.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Token ids (1-D integer arrays) or values (float arrays of shape
            (T,) or (T, d)), as :func:`read_sequences` takes them.
        y : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        self : object
            Fitted padder.
        """
        sequences = read_sequences(X, dtype=None, is_new=self.one_hot)
        self.input_ = "tokens" if sequences.is_tokens else "values"
        if self.input_ == "tokens":
            self.n_tokens_ = max(int(sequences.values.max(initial=PAD)) + 1, len(SPECIAL_TOKENS))
        else:
            self.n_channels_ = sequences.values.shape[1]
            if self.side == "left":
                raise ValueError('side="left" is for token ids only, but X holds values: use side="right"')
            if self.one_hot:
                raise ValueError("one_hot=True is for token ids only, but X holds values: use one_hot=False")
        self.length_ = self.length if self.length is not None else max(int(sequences.lengths.max()), 1)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Fill sequences up to `length_`.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Sequences of the kind that `fit` has seen.

        Returns
        -------
        X_padded : ndarray
            Token ids, shape (n_samples, length), dtype int64, 0 where
            padded; or one-hot vectors, shape (n_samples, length, n_tokens),
            dtype float32, where padding is the token 0 and an id not seen in
            `fit` the token 1; or values, shape (n_samples, length,
            n_channels), of the float type of X, NaN where padded.
        """
        check_is_fitted(self)
        sequences = read_sequences(X, input=self.input_, dtype=None)
        if self.input_ == "values" and sequences.values.shape[1] != self.n_channels_:
            raise InvalidSequenceError(
                f"X has {sequences.values.shape[1]} channels, but Padder was fitted on {self.n_channels_}: "
                "give the channels of the training data"
            )
        self._require_room(sequences)
        if self.input_ == "values":
            return self._fill(sequences, np.nan)
        ids = self._fill(sequences, PAD)
        if not self.one_hot:
            return mark(ids, sequences.fingerprint)
        vectors = np.zeros((*ids.shape, self.n_tokens_), dtype=np.float32)
        known = np.where(ids < self.n_tokens_, ids, UNKNOWN)
        np.put_along_axis(vectors, known[:, :, None], 1, axis=2)
        return vectors

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Take the padding off again.

        Parameters
        ----------
        X : array-like of shape (n_samples, length) or (n_samples, length, d)
            Output of `transform`.

        Returns
        -------
        sequences : ndarray of shape (n_samples,), dtype object
            Sequences of their own lengths.
        """
        check_is_fitted(self)
        if self.one_hot:
            X = np.argmax(X, axis=2)
        return read_sequences(X, input=self.input_, dtype=None).to_list()

    @available_if(_has_columns)
    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Name the columns of a matrix of token ids.

        Parameters
        ----------
        input_features : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        names : ndarray of shape (length,), dtype object
            ``"token0"``, ``"token1"``, ...
        """
        check_is_fitted(self)
        return np.array([f"token{i}" for i in range(self.length_)], dtype=object)

    def _require_room(self, sequences: Sequences) -> None:
        """Refuse a matrix that is large and almost all padding."""
        n_bytes_of_step = sequences.values[:1].nbytes if len(sequences.values) else 8
        if self.one_hot:
            n_bytes_of_step = 4 * self.n_tokens_
        n_steps = len(sequences) * self.length_
        n_bytes = n_steps * n_bytes_of_step
        if n_bytes > _LARGE_BYTES and n_steps > _MOSTLY_PADDING * len(sequences.values):
            longest = int(np.argmax(sequences.lengths))
            raise ValueError(
                f"{len(sequences)} sequences padded to length {self.length_} take {n_bytes:,} bytes, but "
                f"hold only {len(sequences.values):,} steps; the longest is row {longest} of X with "
                f"{sequences.lengths[longest]:,}. Set a smaller length, leave that row out, or give the "
                "ragged sequences to an estimator of seqestimators, which needs no padding"
            )

    def _fill(self, sequences: Sequences, fill: float) -> np.ndarray:
        """Rectangle of shape (n, length_) or (n, length_, d) with the sequences in it."""
        kept = self._truncate(sequences)
        filled = np.full((len(kept), self.length_, *kept.values.shape[1:]), fill, dtype=kept.values.dtype)
        place = np.arange(self.length_)
        n_empty = self.length_ - kept.lengths[:, None]
        is_filled = place >= n_empty if self.side == "left" else place < kept.lengths[:, None]
        filled[is_filled] = kept.values
        return filled

    def _truncate(self, sequences: Sequences) -> Sequences:
        lengths = sequences.lengths
        is_long = lengths > self.length_
        if not is_long.any():
            return sequences
        if self.truncate == "error":
            row = int(np.argmax(is_long))
            raise InvalidSequenceError(
                f"row {row} of X has {lengths[row]} steps, more than the {self.length_} of the output: set a "
                'greater length, or truncate="right" or "left" to cut it'
            )
        end = "end" if self.truncate == "right" else "beginning"
        warnings.warn(
            f"{is_long.sum()} of {len(sequences)} sequences are longer than {self.length_} and lose their "
            f"{end}; the longest is row {np.argmax(lengths)} with {lengths.max()}",
            TruncationWarning,
            stacklevel=5,
        )
        kept = np.minimum(lengths, self.length_)
        begins = sequences.offsets[:-1] if self.truncate == "right" else sequences.offsets[1:] - kept
        return sequences.cut(begins, kept)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
