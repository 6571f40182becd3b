"""SeriesScaler: the channels of numeric series, standardized."""

from typing import Any, Self

import numpy as np
from sklearn.base import OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._sklearn import LinkedEstimator, _fit_context
from ..sequences import Sequences, mean_and_scale, object_array, read_sequences, read_weights

__all__ = ["SeriesScaler"]


class SeriesScaler(OneToOneFeatureMixin, TransformerMixin, LinkedEstimator):
    """Bring every channel of numeric series to mean 0 and standard deviation 1.

    What scikit-learn's StandardScaler is for a table, for series of any
    lengths: each step of each series counts as a row of the table. Missing
    values, NaN, are left out of the statistics and stay as they are. The
    recurrent estimators do the same inside, by ``standardize=True``; as a
    step of its own it serves other models, and those who want to see the
    scaled numbers.

    Parameters
    ----------
    channels_first : bool, default=False
        Whether series have the shape (n_channels, T), as in the estimators;
        those that are returned have it then, too.

    Attributes
    ----------
    mean_, scale_ : ndarray of shape (n_channels,), dtype float64
        Mean and standard deviation of each channel over all steps; the scale
        of a constant channel is 1, as of one without values.
    n_channels_ : int
        Number of channels.

    See Also
    --------
    seqestimators.sequences.mean_and_scale : Computes both.

    Examples
    --------
    >>> from seqestimators import SeriesScaler
    >>> scaler = SeriesScaler()
    >>> scaled = scaler.fit_transform([[1.0, 3.0], [1.0, 3.0, 1.0, 3.0]])
    >>> scaled[0].tolist(), scaler.mean_.tolist(), scaler.scale_.tolist()
    ([[-1.0], [1.0]], [2.0], [1.0])
    """

    _parameter_constraints: dict[str, list[Any]] = {"channels_first": ["boolean"]}

    def __init__(self, channels_first: bool = False):
        self.channels_first = channels_first

    @_fit_context
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Learn mean and scale of every channel.

        Parameters
        ----------
        X : array-like of n series
            See :func:`~seqestimators.sequences.read_sequences`.
        y : Ignored
            Present for scikit-learn's API.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every series, at least 0; 0 means absent.

        Returns
        -------
        SeriesScaler
            The fitted scaler.

        Raises
        ------
        InvalidSequenceError
            A series can't be read; the message names row and position.
        ValueError
            No series of weight above 0 has a step.
        """
        series = self._read(X)
        weight = read_weights(sample_weight, len(series))
        weight = np.repeat(weight, series.lengths)
        if not weight.any():
            raise ValueError("X has no step of sample_weight above 0: there is nothing to learn a scale from")
        self.n_channels_ = series.values.shape[1]
        observed = ~np.isnan(series.values)
        self.mean_, self.scale_ = mean_and_scale(series.values, weight[:, None] * observed)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the series with standardized channels.

        Parameters
        ----------
        X : array-like of n series
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Arrays of shape (T, n_channels), dtype float64; transposed under
            `channels_first`.

        Raises
        ------
        InvalidSequenceError
            A series can't be read; the message names row and position.
        ValueError
            The series have another number of channels than those of fit.
        """
        series = self._check(X)
        return self._write((series.values - self.mean_) / self.scale_, series)

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Return standardized series in their units again.

        Parameters
        ----------
        X : array-like of n series
            As `transform` returns them.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Arrays of shape (T, n_channels), dtype float64; transposed under
            `channels_first`.

        Raises
        ------
        InvalidSequenceError
            A series can't be read; the message names row and position.
        ValueError
            The series have another number of channels than those of fit.
        """
        series = self._check(X)
        return self._write(series.values * self.scale_ + self.mean_, series)

    def _read(self, X: Any) -> Sequences:
        return read_sequences(X, "values", dtype=None, channels_first=self.channels_first, missing="keep")

    def _check(self, X: Any) -> Sequences:
        check_is_fitted(self)
        series = self._read(X)
        if series.values.shape[1] != self.n_channels_:
            raise ValueError(
                f"X has series of {series.values.shape[1]} channels, but SeriesScaler was fitted on series "
                f"of {self.n_channels_}"
            )
        return series

    def _write(self, values: np.ndarray, series: Sequences) -> np.ndarray:
        rows = Sequences(values, series.offsets).to_list()
        return object_array([row.T for row in rows]) if self.channels_first else rows
