"""RecurrentRegressor: a number, or several, for every sequence."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Interval, Real, StrOptions, _check_y, _fit_context
from ..metrics import score_each_task
from ..parameters import parameter, with_parameters
from ..sequences import read_labels, read_numbers, read_weights, refuse_infinite
from ._margins import NumberMargin
from ._number_losses import SquaredLoss, check_quantile, find_number_loss, middle_of_bounds, read_bounds
from ._task_weights import check_task_weight, weigh_tasks
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
    rows, and the predictions transformed back.

    Parameters
    ----------
    loss : {"squared", "huber", "quantile", "gaussian", "poisson"} or callable
        What is minimized, and so what is predicted. "squared": the mean.
        "huber": a mean that outliers move little; errors count linearly beyond
        a standard deviation of the targets, which is read off their quartiles.
        "quantile": the `quantile`. "gaussian": the mean, and with
        `return_std` the standard deviation, of a normal distribution [3]_.
        "poisson": the rate of counts, targets of at least 0. A callable takes
        outputs and standardized targets, tensors of shape (n, n_targets) in
        which NaN is a target that is not known, and returns one number a row,
        a tensor of shape (n,).
    quantile : float or list of float
        Which quantile of the targets is predicted under ``loss="quantile"``,
        between 0 and 1. A list in increasing order gives a column each, for
        one target.
    bounded_targets : bool
        Whether y of shape (n, 2) holds a lower and an upper bound of one
        target: equal where it is known, -inf or inf where there is no bound.
        ``loss="gaussian"`` takes the probability of the interval [4]_;
        "squared" and "huber" count what lies outside of it.
    task_weight : array-like of shape (n_targets,) or None
        Weight in the loss of each of several targets, at least 0; only their
        ratios count. None weighs all alike.

    Attributes
    ----------
    n_outputs_ : int
        Number of columns of a prediction: of targets, or of quantiles.
    target_names_ : ndarray of shape (n_targets,)
        Names of the columns of y, only if fit saw a data frame of several.
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
    .. [3] Nix, D. A., A. S. Weigend, "Estimating the Mean and Variance of the
       Target Probability Distribution", ICNN 1994.
    .. [4] Tobin, J., "Estimation of Relationships for Limited Dependent
       Variables", Econometrica 26 (1958) 24-36.
    .. [5] Gal, Y., Z. Ghahramani, "Dropout as a Bayesian Approximation", ICML
       2016 (Monte Carlo dropout).

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

    loss: str | Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = parameter(
        default="squared",
        constraints=[StrOptions({"squared", "huber", "quantile", "gaussian", "poisson"}), callable],
    )
    quantile: Any = parameter(default=0.5, constraints=[Interval(Real, 0, 1, closed="neither"), "array-like"])
    bounded_targets: bool = parameter(default=False, constraints=["boolean"])
    task_weight: Any = parameter(default=None, constraints=["array-like", None], after_fit=True)

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
            known: it counts neither in the loss nor in its mean. Under
            `bounded_targets`, (n, 2) lower and upper bounds.
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
            length is not that of X; it holds negative numbers under
            ``loss="poisson"``; parameters contradict each other.
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

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_quantile(self.loss, self.quantile)
        check_task_weight(self.task_weight, self.loss)
        if self.bounded_targets and self.task_weight is not None:
            raise ValueError("task_weight weighs several targets, but bounded_targets=True is for one")
        if self.bounded_targets and self._find_loss().bounded_criterion is None:
            raise ValueError(
                f'bounded_targets=True takes loss="gaussian", "squared" or "huber", but loss={self.loss!r}'
            )

    def _find_loss(self) -> SquaredLoss:
        """Return the loss, that of the fit in a fitted model."""
        return find_number_loss(self.loss, self.quantile)

    def _read_target(self, y: Any) -> np.ndarray:
        if self.bounded_targets:
            return read_bounds(_read_numbers(self, y, may_be_infinite=True))
        y = _read_numbers(self, y)
        if self.loss == "poisson" and (y < 0).any():
            row, *column = np.argwhere(y < 0)[0].tolist()
            place = f"row {row}" + "".join(f", column {j}" for j in column)
            raise ValueError(
                f'{place} of y is {y[row, *column]:g}, but loss="poisson" learns counts, and rates, of at '
                "least 0"
            )
        return y

    def _learn_target(self, y: Any, sequences: Any, sample_weight: np.ndarray, classes: Any = None) -> None:
        loss, table = self._find_loss(), _as_table(y)
        if self.bounded_targets:
            table, is_known = middle_of_bounds(table)
        else:
            is_known = ~np.isnan(table)
        n_quantiles = np.size(self.quantile)
        if n_quantiles > 1 and table.shape[1] > 1:
            raise ValueError(
                f"quantile={self.quantile!r} gives several columns for one target, but y has "
                f"{table.shape[1]}: fit one model a target, or one a quantile"
            )
        known = is_known & (sample_weight > 0)[:, None]
        if not known.any(axis=0).all():
            if self.bounded_targets:
                raise ValueError("y has no finite bound in any row: there is nothing to learn from")
            column = int(np.argmin(known.any(axis=0)))
            raise ValueError(f"column {column} of y is NaN in every row: leave it out")
        self.n_outputs_ = max(table.shape[1], n_quantiles)
        self._y_is_1d = self.n_outputs_ == 1 and (y.ndim == 1 or self.bounded_targets)
        self._y_mean, self._y_scale = loss.standardize(table, sample_weight[:, None] * known)

    def _encode_target(self, y: Any, sequences: Any) -> np.ndarray:
        table = _as_table(y)
        n_targets = len(self._y_mean)
        if table.shape[1] != n_targets and not self.bounded_targets:
            raise ValueError(f"y has {table.shape[1]} targets, but the model was fitted on {n_targets}")
        return ((table - self._y_mean) / self._y_scale).astype(self._as_fitted()._number_type)

    def _row_weights(self, target: Any, sample_weight: np.ndarray, y: Any) -> np.ndarray:
        n_targets = 1 if self.bounded_targets else target.shape[1]
        return weigh_tasks(self.task_weight, n_targets, sample_weight)

    def _n_outputs(self) -> int:
        return len(self._y_mean) * self._find_loss().per_target

    def _criterion(self) -> Callable[..., torch.Tensor]:
        loss = self._find_loss()
        return (loss.bounded_criterion if self.bounded_targets else None) or loss.criterion

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
        return self._as_fitted()._find_loss().margin(self._y_mean, self._y_scale, target)

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Return the predicted targets of every sequence, and perhaps their standard deviations.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        return_std : bool, default=False
            Whether to return standard deviations too: those of the
            distribution that ``loss="gaussian"`` or "poisson" predicts, of the
            predictions of `n_dropout_samples` networks, or of both together.

        Returns
        -------
        y : ndarray of shape (n,), dtype `dtype`, or (n, n_outputs), dtype float64
            In the unit of y. Several targets come as float64, which
            scikit-learn's checks ask for, and so does a single one that
            float32 can't hold: one that is very large or small, or whose
            offset is more than 10,000 standard deviations.
        std : ndarray of the same shape and dtype
            In the unit of y. Only with `return_std`.

        Raises
        ------
        ValueError
            The model predicts no standard deviation.
        """
        if not (return_std or self.n_dropout_samples):
            return self.answer(self.run(X))
        check_is_fitted(self)
        if return_std and not self.gives_std:
            raise ValueError(
                f"return_std=True, but a model of loss={self._network_params['loss']!r} predicts no standard "
                'deviation: fit with loss="gaussian", or set n_dropout_samples to 2 or more'
            )
        outputs = self._run_samples(X) if self.n_dropout_samples else self.run(X)[:, None]
        outputs = outputs.astype(np.float64)  # (n, n_samples, n_outputs)
        loss, scale = self._as_fitted()._find_loss(), self._y_scale
        numbers = loss.read(outputs, self._y_mean, scale)
        variance = (numbers / scale).var(axis=1)  # so that squares are neither too large nor too small
        if (own := loss.variance(outputs, scale)) is not None:
            variance = variance + own.mean(axis=1)
        predicted = self._write_numbers(numbers.mean(axis=1))
        return (predicted, self._write_numbers(np.sqrt(variance) * scale)) if return_std else predicted

    @property
    def gives_std(self) -> bool:
        """Whether `predict` can return standard deviations."""
        loss = vars(self).get("_network_params", vars(self))["loss"]
        return self.n_dropout_samples > 1 or loss in ("gaussian", "poisson")

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return R², the share of the variance of y that the predictions explain.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of shape (n,) or (n, n_targets)
            True numbers. Of several a row, NaN says that one is not known and
            doesn't count. Under `bounded_targets`, bounds: only rows in which
            both are equal count.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.

        Returns
        -------
        float
            At most 1; the mean over the targets, if there are several. Of
            several quantiles, that of the one closest to the median.

        Raises
        ------
        ValueError
            No target is known, or y has other columns than in fit.
        """
        predicted = self.predict(X)
        fitted = self._as_fitted()
        if fitted.bounded_targets and np.ndim(y) == 2:
            bounds = fitted._read_target(y)
            check_consistent_length(predicted, bounds)
            is_exact = bounds[:, 0] == bounds[:, 1]
            if not is_exact.any():
                raise ValueError("R² needs targets that are known, but in no row of y are both bounds equal")
            y = np.where(is_exact, bounds[:, 0], np.nan)
            return score_r2(_as_table(y), _as_table(predicted), sample_weight)
        if np.size(fitted.quantile) > 1:
            predicted = predicted[:, np.abs(np.asarray(fitted.quantile) - 0.5).argmin()]
        return score_r2(_as_table(_read_numbers(self, y)), _as_table(predicted), sample_weight)

    def answer(self, outputs: np.ndarray) -> np.ndarray:
        """Return the numbers that outputs of the network stand for, in the unit of y.

        Parameters
        ----------
        outputs : ndarray of shape (n, n_outputs)

        Returns
        -------
        ndarray of shape (n,) or (n, n_targets)
        """
        loss = self._as_fitted()._find_loss()
        return self._write_numbers(loss.read(outputs.astype(np.float64), self._y_mean, self._y_scale))

    def _write_numbers(self, numbers: np.ndarray) -> np.ndarray:
        return numbers[:, 0].astype(self._answer_dtype()) if self._y_is_1d else numbers

    def _answer_dtype(self) -> str:
        """Type of single answers: that of the network, unless float32 would lose their differences."""
        (mean,), (scale,) = np.abs(self._y_mean), self._y_scale
        is_held = mean <= MAX_OFFSET * scale and scale >= SMALLEST and max(mean, scale) <= LARGEST
        return self._as_fitted()._number_type if is_held else "float64"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = not self.bounded_targets
        tags.target_tags.positive_only = self.loss == "poisson"
        return tags


def score_r2(true: np.ndarray, predicted: np.ndarray, sample_weight: Any) -> float:
    """Return R², the mean over the columns that are known in any row.

    Parameters
    ----------
    true, predicted : ndarray of shape (n, n_targets)
        NaN in `true` says that a number is not known.
    sample_weight : array-like of shape (n,) or None

    Raises
    ------
    ValueError
        They differ in their shapes, or no number is known.
    """
    check_consistent_length(predicted, true)
    is_known = ~np.isnan(true)
    if is_known.any():
        if true.shape[1] != predicted.shape[1]:
            raise ValueError(
                f"y has {true.shape[1]} targets, but the model was fitted on {predicted.shape[1]}"
            )
        weight = read_weights(sample_weight, len(true))
        is_known &= (weight > 0)[:, None]
    if not is_known.any():
        raise ValueError("R² needs numbers that are known, but no row of weight above 0 has one in y")
    scores = score_each_task(
        true, predicted, r2_score, sample_weight=None if sample_weight is None else weight
    )
    return float(scores[is_known.any(axis=0)].mean())


def _as_table(y: np.ndarray) -> np.ndarray:
    return np.asarray(y, dtype=np.float64).reshape(len(y), -1)


def _read_numbers(model: Any, y: Any, *, may_be_infinite: bool = False) -> np.ndarray:
    """Y as numbers; NaN, which says that a target is not known, only among several targets."""
    y = read_labels(y)
    first = y.reshape(-1)[:1].tolist()[0] if y.dtype.kind in "OUSmM" and y.size else 0
    if isinstance(first, (str, bytes)):
        raise ValueError(
            f"row 0 of y is {first!r}, a text, but {type(model).__name__} learns numbers: classes are "
            "learned by RecurrentClassifier; turn numbers that are written as text into floats, and limits, "
            "as '>10', into bounds, for bounded_targets=True"
        )
    if y.dtype.kind == "O":
        y = read_numbers(y)
    if y.dtype.kind in "mM":
        raise ValueError(
            f"row 0 of y is {first!r}, but {type(model).__name__} learns numbers: turn dates and times into "
            "numbers, as the days between them"
        )
    if may_be_infinite:
        return y
    refuse_infinite(y)
    if y.ndim == 2 and y.shape[1] > 1:
        return check_array(y, dtype="numeric", ensure_all_finite="allow-nan", input_name="y")
    return _check_y(y, multi_output=True, y_numeric=True, estimator=model)
