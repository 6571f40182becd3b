"""How an estimator reads X: what fit saw decides what predict accepts."""

import warnings
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from .._sklearn import LinkedEstimator, check_is_fitted
from ..exceptions import InvalidSequenceError, SeriesLayoutWarning, TokenIdWarning
from ..sequences import (
    EOS,
    N_PARTS,
    PAD,
    UNKNOWN,
    Fingerprint,
    Sequences,
    mask_missing,
    mean_and_scale,
    open_rows,
    open_series,
    place_of,
    read_sequences,
)

MOST_STEPS_OF_CHANNELS = 16
"""Series of one length, at most this, and of more than twice as many channels look transposed."""


class SequenceReader(LinkedEstimator):
    """Base of all estimators that read token ids or numeric series."""

    input: Any = "tokens"
    standardize: Any = False
    channels_first: Any = False
    missing: Any = "error"
    positions: Any = False
    dtype: Any = "float32"

    _reads_one_column = True
    _is_width_of_lists = False
    n_positions_ = 0  # in files of before version 0.1
    known_tokens_: np.ndarray
    fingerprint_: tuple[Any, ...] | None
    channel_mean_: np.ndarray
    channel_scale_: np.ndarray

    @property
    def _name(self) -> str:
        """What messages call the estimator."""
        return type(self).__name__

    @property
    def _number_type(self) -> str:
        """Type of the weights, and of the numbers that go in and come out."""
        return "float32" if self.dtype == "bfloat16" else self.dtype

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
        return self._as_network_reads(self._read(X, reset=False))

    def _read(self, X: Any, reset: bool) -> Sequences:
        """Read X; compare it with what fit has seen unless `reset`."""
        # of a fitted model the parameters are those of its fit, whatever set_params has changed since
        params = self if reset else self._as_fitted()
        if not isinstance(X, Sequences):
            X = open_rows(open_series(X, params.channels_first), "X")
        if hasattr(X, "__array__") and not hasattr(X, "__len__"):
            X = np.asarray(X)
        if reset:
            self._is_width_of_lists = _is_nested_list(X)
        if _is_matrix(X) or (reset and self._is_width_of_lists):
            # lists that have one length by chance say nothing of the width of padded ones
            if reset or not (self._is_width_of_lists and _is_padded(X)):
                validate_data(self, X, reset=reset, skip_check_array=True)
        elif reset:
            for name in ("n_features_in_", "feature_names_in_"):
                with suppress(AttributeError):
                    delattr(self, name)
        # what is to be standardized is cast later: a small type doesn't hold differences of large numbers
        is_cast = not (self.standardize if reset else hasattr(self, "channel_mean_"))
        sequences = read_sequences(
            X,
            self.input if reset else self.input_,
            np.dtype(params._number_type) if is_cast else None,
            channels_first=params.channels_first,
            missing="keep" if params.missing == "mask" else "error",
            is_new=reset,
        )
        if self._reads_one_column and (sequences.features is not None or sequences.others):
            raise ValueError(
                f"X has more columns than one of sequences, which {self._name} can't read: give it "
                "that one alone, or take a RecurrentClassifier or a RecurrentRegressor"
            )
        if not reset:
            self._compare_vocabulary(sequences)
        elif not sequences.is_tokens and not isinstance(X, Sequences):
            self._warn_of_layout(sequences)
        return sequences

    def _compare_vocabulary(self, sequences: Sequences) -> None:
        """Refuse ids of another vocabulary than that of fit."""
        fitted = getattr(self, "fingerprint_", None)
        if fitted is None or Fingerprint(*fitted).agrees(sequences.fingerprint):
            return
        raise InvalidSequenceError(
            f"X holds ids of {sequences.fingerprint}, but {self._name} was fitted on those of "
            f"{Fingerprint(*fitted)}, where the same id stands for another token: transform X with the "
            "tokenizer of fit, or with one that has its vocabulary_ as vocabulary="
        )

    def _warn_of_layout(self, sequences: Sequences) -> None:
        """Warn of short series of one length that have many channels."""
        (n_steps, *others), n_channels = np.unique(sequences.lengths).tolist(), sequences.values.shape[1]
        if not others and 0 < n_steps <= MOST_STEPS_OF_CHANNELS and n_channels > 2 * n_steps:
            warnings.warn(
                f"every row of X has {n_steps} steps of {n_channels} channels: if these are {n_steps} "
                f"channels and {n_channels} steps, set channels_first={not self.channels_first}",
                SeriesLayoutWarning,
                stacklevel=7,
            )

    def _as_network_reads(self, sequences: Sequences) -> Sequences:
        """Give ids that fit has not seen the id UNKNOWN; standardize series, and mask what they lack."""
        if sequences.is_tokens:
            return self._replace_unknown(sequences)
        if sequences.is_masked:
            return sequences
        if sequences.values.shape[1] != self.n_inputs_:
            raise ValueError(
                f"X has series of {sequences.values.shape[1]} channels, but {self._name} was fitted "
                f"on series of {self.n_inputs_}"
            )
        if not sequences.is_standardized and hasattr(self, "channel_mean_"):
            sequences = self._standardize(sequences)
        return mask_missing(sequences) if self._as_fitted().missing == "mask" else sequences

    def _standardize(self, sequences: Sequences) -> Sequences:
        with np.errstate(over="ignore"):
            values = (sequences.values - self.channel_mean_) / self.channel_scale_
            values = values.astype(self._as_fitted()._number_type)
        is_infinite = np.isinf(values)
        if is_infinite.any():
            index, channel = np.argwhere(is_infinite)[0]
            row, position = place_of(index, sequences.offsets)
            raise InvalidSequenceError(
                f"row {row}, position {position} of X is {sequences.values[index, channel]:g}, a value too "
                f"large for {values.dtype.name} once it is standardized: correct it or leave the step out"
            )
        return replace(sequences, values=values, is_standardized=True)

    def _learn_input(self, sequences: Sequences, sample_weight: np.ndarray) -> None:
        """Learn which token ids there are, or how many channels, their mean and scale, and the positions."""
        for name in ("channel_mean_", "channel_scale_", "known_tokens_", "fingerprint_"):  # of a fit before
            self.__dict__.pop(name, None)
        self.input_ = "tokens" if sequences.is_tokens else "values"
        if sequences.is_tokens:
            fingerprint = sequences.fingerprint
            n_tokens = EOS + 1 if fingerprint is None else fingerprint.n_tokens
            self.n_inputs_ = max(n_tokens, int(sequences.values.max(initial=0)) + 1)
            self.fingerprint_ = None if fingerprint is None else tuple(fingerprint)
            self.known_tokens_ = np.zeros(self.n_inputs_, dtype=bool)
            self.known_tokens_[: EOS + 1] = True
            self.known_tokens_[sequences.values] = True
        else:
            self.n_inputs_ = sequences.values.shape[1]
        lengths = sequences.lengths
        has_positions = self.positions
        if has_positions == "auto":  # aligned rows, where the place may say more than the neighbours
            has_positions = sequences.is_tokens and lengths.min() == lengths.max() >= 2
        self.n_positions_ = int(lengths.max()) if has_positions else 0
        if self.standardize and not sequences.is_tokens:
            observed = ~np.isnan(sequences.values)
            weight = np.repeat(sample_weight, sequences.lengths)[:, None] * observed
            self.channel_mean_, self.channel_scale_ = mean_and_scale(sequences.values, weight)
            never = np.flatnonzero(~observed.any(axis=0))
            if len(never) and len(observed):
                warnings.warn(
                    f"channel {never[0]} of X has no value in any training row, and is not standardized: "
                    "leave it out",
                    UserWarning,
                    stacklevel=7,
                )

    def _learn_later_input(self, sequences: Sequences) -> None:
        """Learn which token ids there are in later rows, as far as the network has a vector for them."""
        if not sequences.is_tokens:
            return
        values = sequences.values
        is_late = values >= self.n_inputs_
        if is_late.any():
            row, position = place_of(int(is_late.argmax()), sequences.offsets)
            warnings.warn(
                f"{len(np.unique(values[is_late]))} token ids of X, which occur {is_late.sum()} times, first "
                f"in row {row}, position {position}, are beyond the {self.n_inputs_} of the first call and "
                "count as unknown: give the first call all tokens, or ids of a tokenizer, which tell how "
                "many there are",
                TokenIdWarning,
                stacklevel=7,
            )
        known = self.known_tokens_.copy()
        known[values[~is_late]] = True
        self.known_tokens_ = known

    @property
    def _n_network_inputs(self) -> int:
        """Number of token ids, or of channels that the network reads."""
        is_masked = self.input_ == "values" and self._as_fitted().missing == "mask"
        return self.n_inputs_ * (N_PARTS if is_masked else 1)

    def _replace_unknown(self, sequences: Sequences) -> Sequences:
        """Give ids that fit has not seen the id UNKNOWN."""
        values = sequences.values
        if values.max(initial=0) < self.n_inputs_ and self.known_tokens_[values].all():
            return sequences
        values = np.where(values < self.n_inputs_, values, UNKNOWN)
        return replace(sequences, values=np.where(self.known_tokens_[values], values, UNKNOWN))


def _is_matrix(X: Any) -> Any:
    """Whether X is rectangular, so that its width is part of the model."""
    if isinstance(X, Sequences) or len(getattr(X, "shape", ())) != 2:
        return False
    if X.shape[0] and X.shape[1] == 1 and (hasattr(X, "iloc") or isinstance(X, np.ndarray)):
        # meta-estimators pass a column with a sequence in each cell
        return np.ndim(X.iloc[0, 0] if hasattr(X, "iloc") else X[0, 0]) == 0
    return True


def _is_nested_list(X: Any) -> bool:
    """Whether X is a matrix written as a list of lists of numbers."""
    return (
        isinstance(X, list)
        and len(X) > 0
        and all(isinstance(row, list) and len(row) == len(X[0]) > 0 for row in X)
        and not any(hasattr(item, "__len__") for item in X[0])
    )


def _is_padded(X: Any) -> bool:
    """Whether rows of a matrix end in padding: NaN, or 0 that stands nowhere else than at their ends."""
    table = np.asarray(X)
    if table.dtype.kind == "f" and np.isnan(table[:, -1]).any():
        return True
    content = table != PAD
    has_begun, has_not_ended = (np.maximum.accumulate(side, axis=1) for side in (content, content[:, ::-1]))
    is_outer = ~(has_begun & has_not_ended[:, ::-1])
    return bool(is_outer.any() and (content | is_outer).all())
