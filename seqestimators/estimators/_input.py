"""How an estimator reads X: what fit saw decides what predict accepts."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from ..exceptions import InvalidSequenceError
from ..sequences import EOS, UNKNOWN, Sequences, mean_and_scale, place_of, read_sequences


class SequenceReader(BaseEstimator):
    """Base of all estimators that read token ids or numeric series."""

    input: Any = "tokens"
    standardize: Any = False
    dtype: Any = "float32"

    known_tokens_: np.ndarray
    channel_mean_: np.ndarray
    channel_scale_: np.ndarray

    def read(self, X: Any) -> Sequences:
        """Return X as the network reads it: checked, unknown ids replaced, channels standardized.

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
        # what is to be standardized is cast later: a small type doesn't hold differences of large numbers
        is_cast = not (self.standardize if reset else hasattr(self, "channel_mean_"))
        sequences = read_sequences(X, self.input if reset else self.input_, dtype if is_cast else None)
        return sequences if reset else self._as_network_reads(sequences)

    def _as_network_reads(self, sequences: Sequences) -> Sequences:
        """Give ids that fit has not seen the id UNKNOWN; standardize the channels of series."""
        if sequences.is_tokens:
            return self._replace_unknown(sequences)
        if sequences.values.shape[1] != self.n_inputs_:
            raise ValueError(
                f"X has series of {sequences.values.shape[1]} channels, but {type(self).__name__} was fitted "
                f"on series of {self.n_inputs_}"
            )
        if sequences.is_standardized or not hasattr(self, "channel_mean_"):
            return sequences
        with np.errstate(over="ignore"):
            values = (sequences.values - self.channel_mean_) / self.channel_scale_
            values = values.astype(self._as_fitted().dtype)
        is_finite = np.isfinite(values)
        if not is_finite.all():
            index, channel = np.argwhere(~is_finite)[0]
            row, position = place_of(index, sequences.offsets)
            raise InvalidSequenceError(
                f"row {row}, position {position} of X is {sequences.values[index, channel]:g}, a value too "
                f"large for {values.dtype.name} once it is standardized: correct it or leave the step out"
            )
        return replace(sequences, values=values, is_standardized=True)

    def _learn_input(self, sequences: Sequences, sample_weight: np.ndarray) -> None:
        """Learn which token ids there are, or how many channels, and their mean and scale."""
        for name in ("channel_mean_", "channel_scale_", "known_tokens_"):  # of a fit before
            self.__dict__.pop(name, None)
        self.input_ = "tokens" if sequences.is_tokens else "values"
        if sequences.is_tokens:
            self.n_inputs_ = max(EOS + 1, int(sequences.values.max(initial=0)) + 1)
            self.known_tokens_ = np.zeros(self.n_inputs_, dtype=bool)
            self.known_tokens_[: EOS + 1] = True
            self.known_tokens_[sequences.values] = True
            return
        self.n_inputs_ = sequences.values.shape[1]
        if self.standardize:
            weight = np.repeat(sample_weight, sequences.lengths)
            self.channel_mean_, self.channel_scale_ = (
                mean_and_scale(sequences.values, weight)
                if weight.any()
                else (np.zeros(self.n_inputs_), np.ones(self.n_inputs_))  # there is no step at all
            )

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
