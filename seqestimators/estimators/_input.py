"""How an estimator reads X: what fit saw decides what predict accepts."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from ..sequences import EOS, UNKNOWN, Sequences, read_sequences


class SequenceReader(BaseEstimator):
    """Base of all estimators that read token ids or numeric series."""

    input: Any = "tokens"
    dtype: Any = "float32"

    known_tokens_: np.ndarray

    def read(self, X: Any) -> Sequences:
        """Return X as the network reads it: checked, ids that fit has not seen replaced by UNKNOWN.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        Sequences
        """
        check_is_fitted(self)
        return self._read(X, reset=False)

    def _read(self, X: Any, reset: bool) -> Sequences:
        """Read X; compare it with what fit has seen unless `reset`."""
        if hasattr(X, "__array__") and not hasattr(X, "__len__"):
            X = np.asarray(X)
        if _is_matrix(X) or (reset and _is_nested_list(X)):
            validate_data(self, X, reset=reset, skip_check_array=True)
        elif reset:
            for name in ("n_features_in_", "feature_names_in_"):
                with suppress(AttributeError):
                    delattr(self, name)
        # of a fitted model the type is that of its weights, whatever set_params has changed since
        dtype = np.dtype(self.dtype if reset else self._as_fitted().dtype)
        sequences = read_sequences(X, self.input if reset else self.input_, dtype)
        if reset:
            return sequences
        if sequences.is_tokens:
            sequences = self._replace_unknown(sequences)
        elif sequences.values.shape[1] != self.n_inputs_:
            raise ValueError(
                f"X has series of {sequences.values.shape[1]} channels, but {type(self).__name__} was fitted "
                f"on series of {self.n_inputs_}"
            )
        return sequences

    def _learn_input(self, sequences: Sequences) -> None:
        """Learn which token ids there are, or how many channels."""
        self.input_ = "tokens" if sequences.is_tokens else "values"
        if sequences.is_tokens:
            self.n_inputs_ = max(EOS + 1, int(sequences.values.max(initial=0)) + 1)
            self.known_tokens_ = np.zeros(self.n_inputs_, dtype=bool)
            self.known_tokens_[: EOS + 1] = True
            self.known_tokens_[sequences.values] = True
        else:
            self.n_inputs_ = sequences.values.shape[1]

    def _replace_unknown(self, sequences: Sequences) -> Sequences:
        """Give ids that fit has not seen the id UNKNOWN."""
        values = np.where(sequences.values < self.n_inputs_, sequences.values, UNKNOWN)
        return replace(sequences, values=np.where(self.known_tokens_[values], values, UNKNOWN))


def _is_matrix(X: Any) -> Any:
    """Whether X is rectangular, so that its width is part of the model."""
    if isinstance(X, Sequences) or len(getattr(X, "shape", ())) != 2:
        return False
    if X.shape[0] and X.shape[1] == 1 and (hasattr(X, "iloc") or isinstance(X, np.ndarray)):
        # meta-estimators pass a column with a sequence in each cell
        return np.ndim(X.iloc[0, 0] if hasattr(X, "iloc") else X[0, 0]) == 0
    return True


def _is_nested_list(X: Any) -> Any:
    """Whether X is a matrix written as a list of lists of numbers."""
    return (
        isinstance(X, list)
        and len(X) > 0
        and all(isinstance(row, list) and len(row) == len(X[0]) for row in X)
        and np.ndim(X[0]) == 1
    )
