"""Losses of numbers, also of those of which only bounds are known."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ._losses import of_rows

SMALLEST_DEVIATION = 1e-3
"""Standard deviation that a Gaussian has at least, where the targets have one of 1."""
NARROW = 1e-3
"""Width of an interval, in standard deviations, in which the density counts as constant."""


@of_rows
def squared_error(prediction: Tensor, target: Tensor) -> Tensor:
    """Return the squared error of every row, mean over its targets that are not NaN.

    Parameters
    ----------
    prediction, target : Tensors of shape (n, n_targets)

    Returns
    -------
    Tensor of shape (n,)
    """
    return (prediction - target) ** 2


@of_rows
def huber_loss(prediction: Tensor, target: Tensor) -> Tensor:
    """Return half the squared error of every row, which goes on as a straight line beyond 1.

    Parameters
    ----------
    prediction, target : Tensors of shape (n, n_targets)

    Returns
    -------
    Tensor of shape (n,)
        Mean over the targets that are not NaN.

    References
    ----------
    .. [1] Huber, P. J., "Robust Estimation of a Location Parameter", Annals of
       Mathematical Statistics 35 (1964) 73-101.
    """
    return F.huber_loss(prediction, target, reduction="none")


@of_rows
def pinball_loss(prediction: Tensor, target: Tensor, quantiles: tuple[float, ...]) -> Tensor:
    """Return the pinball loss of every row, whose minimum is at the quantiles.

    Parameters
    ----------
    prediction : Tensor of shape (n, n_targets) or (n, n_quantiles)
    target : Tensor of shape (n, n_targets), or (n, 1) of several quantiles
    quantiles : tuple of float
        One, or the quantile of each column.

    Returns
    -------
    Tensor of shape (n,)
        Mean over the columns whose target is not NaN.

    References
    ----------
    .. [1] Koenker, R., G. Bassett, "Regression Quantiles", Econometrica 46
       (1978) 33-50.
    """
    missing = target - prediction
    share = torch.tensor(quantiles, dtype=missing.dtype, device=missing.device)
    return torch.maximum(share * missing, (share - 1) * missing)


@of_rows
def poisson_loss(log_rate: Tensor, target: Tensor) -> Tensor:
    """Return the negative log-likelihood of counts, but for what doesn't depend on the rate.

    Parameters
    ----------
    log_rate, target : Tensors of shape (n, n_targets)

    Returns
    -------
    Tensor of shape (n,)
        Mean over the targets that are not NaN.
    """
    return log_rate.exp() - target * log_rate


@of_rows
def gaussian_loss(outputs: Tensor, target: Tensor) -> Tensor:
    """Return the negative log-likelihood of Gaussians.

    Parameters
    ----------
    outputs : Tensor of shape (n, 2 * n_targets)
        First the means, then what :func:`deviation` reads.
    target : Tensor of shape (n, n_targets)

    Returns
    -------
    Tensor of shape (n,)
        Mean over the targets that are not NaN.

    References
    ----------
    .. [1] Nix, D. A., A. S. Weigend, "Estimating the Mean and Variance of the
       Target Probability Distribution", ICNN 1994.
    """
    mean, raw = outputs.chunk(2, dim=1)
    sd = deviation(raw)
    return sd.log() - _log_density((target - mean) / sd)


def deviation(raw: Tensor) -> Tensor:
    """Return the standard deviations that outputs of a network stand for, in the unit of the target."""
    return F.softplus(raw) + SMALLEST_DEVIATION


def bounded_squared_error(prediction: Tensor, bounds: Tensor) -> Tensor:
    """Return the square of how far each row lies outside its bounds, Tensor of shape (n,).

    Parameters
    ----------
    prediction : Tensor of shape (n, 1)
    bounds : Tensor of shape (n, 2)
        Lower and upper one, -inf and inf where there is none.
    """
    return _excess(prediction, bounds) ** 2


def bounded_huber_loss(prediction: Tensor, bounds: Tensor) -> Tensor:
    """Return the Huber loss of how far each row lies outside its bounds, Tensor of shape (n,).

    Parameters
    ----------
    prediction : Tensor of shape (n, 1)
    bounds : Tensor of shape (n, 2)
        Lower and upper one, -inf and inf where there is none.
    """
    excess = _excess(prediction, bounds)
    return F.huber_loss(excess, torch.zeros_like(excess), reduction="none")


def _excess(prediction: Tensor, bounds: Tensor) -> Tensor:
    lower, upper = bounds.unbind(1)
    return torch.relu(lower - prediction[:, 0]) + torch.relu(prediction[:, 0] - upper)


def bounded_gaussian_loss(outputs: Tensor, bounds: Tensor) -> Tensor:
    """Return the negative log-likelihood of intervals under Gaussians, Tensor of shape (n,).

    Parameters
    ----------
    outputs : Tensor of shape (n, 2)
        The mean, and what :func:`deviation` reads.
    bounds : Tensor of shape (n, 2)
        Lower and upper one, -inf and inf where there is none. Where they are
        equal the target is known, and its density counts.

    References
    ----------
    .. [1] Tobin, J., "Estimation of Relationships for Limited Dependent
       Variables", Econometrica 26 (1958) 24-36.
    """
    mean, raw = outputs.unbind(1)
    sd = deviation(raw)
    lower, upper = bounds.unbind(1)
    below, above = lower.isinf(), upper.isinf()
    # what is infinite is replaced first: where() alone would leave its gradient NaN
    a = (torch.where(below, 0, lower) - mean) / sd
    b = (torch.where(above, 0, upper) - mean) / sd
    is_exact = lower == upper
    is_narrow = ~(below | above) & (b - a < NARROW)
    is_wide = ~(below | above | is_narrow)
    width = torch.where(is_narrow & ~is_exact, upper - lower, 1) / torch.where(is_exact, 1, sd)
    logs = torch.zeros_like(mean)  # of the whole line, whose probability is 1
    logs = torch.where(below & ~above, torch.special.log_ndtr(b), logs)
    logs = torch.where(above & ~below, torch.special.log_ndtr(-a), logs)
    logs = torch.where(is_narrow, _log_density((a + b) / 2) + width.log(), logs)
    logs = torch.where(is_exact, _log_density(a) - sd.log(), logs)
    return -torch.where(is_wide, _log_mass(torch.where(is_wide, a, -1), torch.where(is_wide, b, 1)), logs)


def _log_density(z: Tensor) -> Tensor:
    """Logarithm of the density of the standard normal distribution."""
    return -(z**2) / 2 - math.log(2 * math.pi) / 2


def _log_mass(a: Tensor, b: Tensor) -> Tensor:
    """Logarithm of the probability of (a, b), a < b, under the standard normal distribution."""
    is_right = a > 0  # of the two tails that mirror each other the left one has all its digits
    a, b = torch.where(is_right, -b, a), torch.where(is_right, -a, b)
    smaller, larger = torch.special.log_ndtr(a), torch.special.log_ndtr(b)
    return larger + torch.log(-torch.expm1(smaller - larger))
