"""RecurrentRegressor: a number, or several, for every sequence."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import check_array, check_consistent_length

from .._sklearn import _check_sample_weight, _check_y, _fit_context
from ..modules import squared_error
from ..parameters import with_parameters
from ..sequences import mean_and_scale, read_labels, refuse_infinite
from ._margins import NumberMargin
from .pooled import BasePooled

__all__ = ["RecurrentRegressor"]

MAX_OFFSET = 1e4
"""Offset of targets, in standard deviations, whose differences float32 holds to three digits."""
SMALLEST, LARGEST = 1e-30, 1e30
"""Between them float32 holds targets with all their digits."""


@with_parameters
class RecurrentRegressor(RegressorMixin, BasePooled):
    """Recurrent network that predicts one number, or several, for a sequence.

    Sequences are token ids, as a tokenizer gives them, or numeric series, of
    variable length. Targets are standardized inside, with the weights of the
    rows, and the predictions transformed back; the loss is the squared error.

    Attributes
    ----------
    n_outputs_ : int
        Number of targets.
    <attributes>

    See Also
    --------
    RecurrentClassifier : Classes instead of numbers.

    References
    ----------
    .. [1] Hochreiter, S., Schmidhuber, J., "Long Short-Term Memory", Neural
       Computation 9, 1997.
    .. [2] Howard, J., Ruder, S., "Universal Language Model Fine-tuning for
       Text Classification", ACL 2018 (concat pooling).

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import RecurrentRegressor, SmilesTokenizer
    >>> X, y = ["C", "CC", "CCC", "CCCC"] * 5, [1.0, 2.0, 3.0, 4.0] * 5
    >>> model = make_pipeline(
    ...     SmilesTokenizer(), RecurrentRegressor(hidden_size=8, random_state=0)
    ... )
    >>> model.fit(X, y).predict(["CCC", "CC"]).shape
    (2,)
    """

    @_fit_context
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        groups: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        checkpoint: Any = None,
    ) -> Self:
        """Fit the network to sequences and their targets.

        Parameters
        ----------
        X : array-like of n sequences
            Token ids or numeric series: a list of 1-D arrays (or of arrays of
            shape (length, channels)), a 2-D array with padding, or a 3-D
            float array. See :func:`~seqestimators.sequences.read_sequences`.
        y : array-like of shape (n,) or (n, n_outputs)
            Numbers, in any unit. Of several targets, NaN says that one is not
            known: it counts neither in the loss nor in its mean.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0; 0 means absent.
        groups : array-like of shape (n,) or None, default=None
            Rows of one group stay on one side of the validation split.
        X_val : array-like of sequences or None, default=None
            Validation rows for early stopping, as X, in place of a share of
            the rows of X. It needs `early_stopping`.
        y_val : array-like or None, default=None
            Their targets, as y.
        checkpoint : str, Path or None, default=None
            A folder in which to keep the training, in a file a fit, written
            after every epoch. The same fit, called again, goes on from there;
            a finished one is not trained again. It needs a `random_state`.

        Returns
        -------
        RecurrentRegressor
            The fitted estimator.

        Raises
        ------
        InvalidSequenceError
            A sequence can't be read; the message names row and position.
        ValueError
            y holds inf, or NaN where it is one target or a whole column, or its
            length is not that of X.
        TypeError
            X holds strings: a tokenizer must come first.
        """
        return self._fit(X, y, sample_weight, groups, X_val=X_val, y_val=y_val, checkpoint=checkpoint)

    @_fit_context
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Run one epoch over a chunk of data, at a constant learning rate.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit. New token ids are learned as they come, as far as the
            tokenizer of the first call knows them; without one, up to the
            largest id of that call. A warning counts those beyond.
        y : array-like of shape (n,) or (n, n_outputs)
            Numbers. The first call decides how targets are standardized.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.

        Returns
        -------
        RecurrentRegressor
            The estimator.
        """
        return self._partial_fit(X, y, sample_weight)

    def _read_target(self, y: Any) -> np.ndarray:
        return _read_numbers(self, y)

    def _learn_target(self, y: Any, sequences: Any, sample_weight: np.ndarray, classes: Any = None) -> None:
        table = _as_table(y)
        self.n_outputs_ = table.shape[1]
        self._y_is_1d = y.ndim == 1
        known = ~np.isnan(table) & (sample_weight > 0)[:, None]
        if not known.any(axis=0).all():
            column = int(np.argmin(known.any(axis=0)))
            raise ValueError(f"column {column} of y is NaN in every row: leave it out")
        self._y_mean, self._y_scale = mean_and_scale(table, sample_weight[:, None] * known)

    def _encode_target(self, y: Any, sequences: Any) -> np.ndarray:
        table = _as_table(y)
        if table.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {table.shape[1]} targets, but the model was fitted on {self.n_outputs_}")
        return ((table - self._y_mean) / self._y_scale).astype(self._as_fitted().dtype)

    def _n_outputs(self) -> int:
        return self.n_outputs_

    def _criterion(self) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        return squared_error

    def margin(self, target: int | None = None) -> NumberMargin:
        """Return what explanations are about: a predicted number.

        Parameters
        ----------
        target : int or None, default=None
            Index of a target. None takes the only one.

        Returns
        -------
        NumberMargin
            It reads the number from outputs of the network, and names it.
        """
        return NumberMargin(self._y_mean, self._y_scale, target)

    def predict(self, X: Any) -> np.ndarray:
        """Return the predicted targets of every sequence.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype `dtype`, or (n, n_outputs), dtype float64
            In the unit of y. Several targets come as float64, which
            scikit-learn's checks ask for, and so does a single one that
            float32 can't hold: one that is very large or small, or whose
            offset is more than 10,000 standard deviations.
        """
        return self.answer(self.run(X))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return R², the share of the variance of y that the model explains.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of shape (n,) or (n, n_targets)
            True numbers. Of several a row, NaN says that one is not known and
            doesn't count.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.

        Returns
        -------
        float
            At most 1; the mean over the targets, if there are several.
        """
        predicted = self.predict(X)
        y = _read_numbers(self, y)
        if not np.isnan(y).any():
            return r2_score(y, predicted, sample_weight=sample_weight)
        check_consistent_length(predicted, y)
        weight = _check_sample_weight(sample_weight, predicted, ensure_non_negative=True)
        known = ~np.isnan(y)
        return float(
            np.mean(
                [
                    r2_score(y[rows, j], predicted[rows, j], sample_weight=weight[rows])
                    for j, rows in enumerate(known.T)
                ]
            )
        )

    def answer(self, outputs: np.ndarray) -> np.ndarray:
        """Return the numbers that outputs of the network stand for, in the unit of y.

        Parameters
        ----------
        outputs : ndarray of shape (n, n_outputs)

        Returns
        -------
        ndarray of shape (n,) or (n, n_targets)
        """
        outputs = outputs.astype(np.float64) * self._y_scale + self._y_mean
        return outputs[:, 0].astype(self._answer_dtype()) if self._y_is_1d else outputs

    def _answer_dtype(self) -> str:
        """Type of single answers: that of the network, unless float32 would lose their differences."""
        (mean,), (scale,) = np.abs(self._y_mean), self._y_scale
        is_held = mean <= MAX_OFFSET * scale and scale >= SMALLEST and max(mean, scale) <= LARGEST
        return self._as_fitted().dtype if is_held else "float64"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _as_table(y: np.ndarray) -> np.ndarray:
    return np.asarray(y, dtype=np.float64).reshape(len(y), -1)


def _read_numbers(model: Any, y: Any) -> np.ndarray:
    """Y as numbers; NaN, which says that a target is not known, only among several targets."""
    y = read_labels(y)
    first = y.reshape(-1)[:1].tolist()[0] if y.dtype.kind in "OUSmM" and y.size else 0
    if isinstance(first, (str, bytes)):
        raise ValueError(
            f"row 0 of y is {first!r}, a text, but {type(model).__name__} learns numbers: classes are "
            "learned by RecurrentClassifier; turn numbers that are written as text into floats"
        )
    if y.dtype.kind in "mM":
        raise ValueError(
            f"row 0 of y is {first!r}, but {type(model).__name__} learns numbers: turn dates and times into "
            "numbers, as the days between them"
        )
    refuse_infinite(y)
    if y.ndim == 2 and y.shape[1] > 1:
        y = check_array(y, dtype="numeric", ensure_all_finite="allow-nan", input_name="y")
        return y.astype(np.float64) if y.dtype.kind == "O" else y
    return _check_y(y, multi_output=True, y_numeric=True, estimator=model)
