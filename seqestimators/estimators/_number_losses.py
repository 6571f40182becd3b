"""What a loss of numbers means: how targets are scaled for it, and what outputs say under it."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch

from ..modules import (
    bounded_gaussian_loss,
    bounded_huber_loss,
    bounded_squared_error,
    deviation,
    gaussian_loss,
    huber_loss,
    pinball_loss,
    poisson_loss,
    squared_error,
)
from ..sequences import mean_and_scale
from ._margins import NumberMargin

NORMAL_QUARTILES = 1.349
"""Distance of the quartiles of a normal distribution, in standard deviations."""

Criterion = Callable[..., torch.Tensor]


class OwnLoss:
    """A loss that a user brings, its answers checked.

    Parameters
    ----------
    loss : callable
        Takes outputs and target, returns a Tensor of shape (n,).
    """

    def __init__(self, loss: Criterion):
        if isinstance(loss, type):
            raise ValueError(f"loss={loss!r} is a class: give a function, or an instance of the class")
        self.loss = loss

    def __call__(self, outputs: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the loss of every row, Tensor of shape (n,)."""
        losses: Any = self.loss(outputs, target)
        if not isinstance(losses, torch.Tensor) or losses.shape != (len(outputs),):
            found = tuple(losses.shape) if isinstance(losses, torch.Tensor) else type(losses).__name__
            raise ValueError(
                f"loss={self.loss!r} returns {found} for {len(outputs)} rows: return a tensor of shape "
                f"({len(outputs)},), one number a row, as loss.mean(dim=1) is"
            )
        if outputs.requires_grad and not losses.requires_grad:
            raise ValueError(
                f"loss={self.loss!r} returns a tensor that has no gradient: compute it from the outputs by "
                "operations of torch, and detach none of them"
            )
        if not losses.isnan().any() or not outputs.isfinite().all():
            return losses
        if target.is_floating_point() and target.isnan().any():
            raise ValueError(
                f"loss={self.loss!r} returns NaN where a target is not known, NaN: leave out such targets, "
                "which torch.isnan(target) finds"
            )
        raise ValueError(
            f"loss={self.loss!r} returns NaN for finite outputs: it may take the logarithm of a negative "
            "number, or divide by 0"
        )


class SquaredLoss:
    """The squared error, and what the other losses have in common with it.

    Attributes
    ----------
    per_target : int
        Number of outputs that the network has for a target.
    criterion : callable
        Takes outputs and target, and perhaps the weight of every target.
    bounded_criterion : callable or None
        The same for targets of which bounds are known.
    """

    per_target: int = 1
    criterion: Criterion = staticmethod(squared_error)
    bounded_criterion: ClassVar[Criterion | None] = staticmethod(bounded_squared_error)

    def standardize(self, table: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what is subtracted from each target, and by what it is divided.

        Parameters
        ----------
        table, weight : ndarray of shape (n, n_targets)
            Targets of weight 0 are not known.
        """
        return mean_and_scale(table, weight)

    def read(self, outputs: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Return the predicted numbers for outputs of the network.

        Parameters
        ----------
        outputs : ndarray of shape (..., n_outputs), dtype float64
        mean, scale : ndarray of shape (n_targets,)
        """
        return outputs * scale + mean

    def variance(self, outputs: np.ndarray, scale: np.ndarray) -> np.ndarray | None:
        """Return the variance that the network itself gives each number, or None if it gives none.

        Its unit is the square of `scale`.
        """
        return None

    def margin(self, mean: np.ndarray, scale: np.ndarray, target: int | None) -> NumberMargin:
        """Return what explanations are about."""
        return NumberMargin(mean, scale, target)


class HuberLoss(SquaredLoss):
    """Linear for errors beyond a standard deviation, which is read off the quartiles of the targets."""

    criterion = staticmethod(huber_loss)
    bounded_criterion = staticmethod(bounded_huber_loss)

    def standardize(self, table: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return medians and scaled distances of the quartiles, which no outlier moves."""
        center, scale = mean_and_scale(table, weight)
        for j, (column, of_column) in enumerate(zip(table.T, weight.T, strict=True)):
            lower, middle, upper = _quantiles(column, of_column, (0.25, 0.5, 0.75))
            if upper > lower:  # else half of the targets are one number
                center[j], scale[j] = middle, (upper - lower) / NORMAL_QUARTILES
        return center, scale


class QuantileLoss(SquaredLoss):
    """One quantile of every target, or several of one.

    Parameters
    ----------
    quantiles : tuple of float
    """

    bounded_criterion = None

    def __init__(self, quantiles: tuple[float, ...]):
        self.per_target = len(quantiles)
        self.criterion = partial(pinball_loss, quantiles=quantiles)

    def read(self, outputs: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Return the quantiles, put in order where they cross [1]_.

        References
        ----------
        .. [1] Chernozhukov, V., I. Fernandez-Val, A. Galichon, "Quantile and
           Probability Curves Without Crossing", Econometrica 78 (2010) 1093-1125.
        """
        numbers = outputs * scale + mean
        return np.sort(numbers, axis=-1) if self.per_target > 1 else numbers

    def margin(self, mean: np.ndarray, scale: np.ndarray, target: int | None) -> NumberMargin:
        """Return what explanations are about: one of the quantiles."""
        return NumberMargin(mean.repeat(self.per_target), scale.repeat(self.per_target), target)


class GaussianLoss(SquaredLoss):
    """A normal distribution for every target."""

    per_target = 2
    criterion = staticmethod(gaussian_loss)
    bounded_criterion = staticmethod(bounded_gaussian_loss)

    def read(self, outputs: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Return the means, which come first."""
        return outputs[..., : len(mean)] * scale + mean

    def variance(self, outputs: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Return the variance of each number."""
        return deviation(torch.from_numpy(outputs[..., len(scale) :])).numpy() ** 2


class PoissonLoss(SquaredLoss):
    """A Poisson distribution for every target, whose outputs are logarithms of rates."""

    criterion = staticmethod(poisson_loss)
    bounded_criterion = None

    def standardize(self, table: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return 0 and the means, so that rates stay rates."""
        mean, _ = mean_and_scale(table, weight)
        return np.zeros_like(mean), np.where(mean > 0, mean, 1)

    def read(self, outputs: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Return the rates."""
        return np.exp(outputs) * scale

    def variance(self, outputs: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Return the variances, which are the rates themselves."""
        return np.exp(outputs) / scale

    def margin(self, mean: np.ndarray, scale: np.ndarray, target: int | None) -> NumberMargin:
        """Return what explanations are about: the logarithm of a rate."""
        return NumberMargin(np.log(scale), np.ones_like(scale), target, prefix="logarithm of ")


class CallableLoss(SquaredLoss):
    """A loss of one's own, of standardized targets.

    Parameters
    ----------
    loss : callable
    """

    bounded_criterion = None

    def __init__(self, loss: Criterion):
        self.criterion = OwnLoss(loss)


def find_number_loss(loss: Any, quantile: Any) -> SquaredLoss:
    """Return the loss of these parameters.

    Parameters
    ----------
    loss : str or callable
    quantile : float or array-like of float
    """
    if callable(loss):
        return CallableLoss(loss)
    if loss == "quantile":
        return QuantileLoss(tuple(np.atleast_1d(quantile).tolist()))
    kinds = {"squared": SquaredLoss, "huber": HuberLoss, "gaussian": GaussianLoss, "poisson": PoissonLoss}
    return kinds[loss]()


def check_quantile(loss: Any, quantile: Any) -> None:
    """Raise an error if quantiles are none, or without effect.

    Parameters
    ----------
    loss : str or callable
    quantile : float or array-like of float

    Raises
    ------
    ValueError
        A number is not between 0 and 1, they don't increase, or the loss is
        another.
    """
    try:
        numbers = np.atleast_1d(np.asarray(quantile, dtype=np.float64))
    except (TypeError, ValueError):
        raise ValueError(f"quantile={quantile!r}: give a number between 0 and 1, or a list of some") from None
    if numbers.ndim != 1 or not numbers.size or not ((numbers > 0) & (numbers < 1)).all():
        raise ValueError(f"quantile={quantile!r}: give a number between 0 and 1, or a list of some")
    if (np.diff(numbers) <= 0).any():
        raise ValueError(f"quantile={quantile!r}: give quantiles in increasing order, each once")
    if loss != "quantile" and numbers.tolist() != [0.5]:
        raise ValueError(f'quantile={quantile!r} needs loss="quantile", but loss={loss!r}')


def _quantiles(values: np.ndarray, weight: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    """Quantiles of weighted values: the least ones below or at which so much of the weight is."""
    kept = np.flatnonzero(weight)
    order = kept[np.argsort(values[kept])]
    total = np.cumsum(weight[order])
    places = np.searchsorted(total, np.array(shares) * total[-1] * (1 - 1e-12))
    return values[order[places]]


def read_bounds(y: np.ndarray) -> np.ndarray:
    """Check lower and upper bounds.

    Parameters
    ----------
    y : ndarray of shape (n, 2)
        Equal where the target is known, -inf and inf where there is no bound.

    Returns
    -------
    ndarray of shape (n, 2), dtype float64

    Raises
    ------
    ValueError
        A row has no such bounds; the message names it.
    """
    if y.ndim != 2 or y.shape[1] != 2:
        raise ValueError(
            f"y has the shape {y.shape}, but bounded_targets=True takes (n, 2), a lower and an upper bound a "
            "row: give a number that is known twice, and -inf or inf where there is no bound"
        )
    y = y.astype(np.float64)
    lower, upper = y.T
    for wrong, reason in (
        (np.isnan(y).any(axis=1), "NaN is no bound: write -inf or inf where there is none"),
        (lower > upper, "the lower bound is above the upper one"),
        ((lower == np.inf) | (upper == -np.inf), "no number lies between them"),
    ):
        if wrong.any():
            row = int(wrong.argmax())
            raise ValueError(f"row {row} of y is {y[row].tolist()}, lower and upper bound: {reason}")
    return y


def middle_of_bounds(bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers that stand for intervals where targets are standardized.

    Parameters
    ----------
    bounds : ndarray of shape (n, 2)

    Returns
    -------
    middle : ndarray of shape (n, 1)
        The middle, or the only bound; NaN where there is none.
    is_known : ndarray of shape (n, 1), dtype bool
    """
    finite = np.isfinite(bounds)
    is_known = finite.any(axis=1, keepdims=True)
    total = np.where(finite, bounds / 2, 0).sum(axis=1, keepdims=True)  # halves: their sum is not too large
    return np.where(is_known, total * 2 / np.maximum(finite.sum(axis=1, keepdims=True), 1), np.nan), is_known
