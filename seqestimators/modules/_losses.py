"""Losses that give one number per row, so that rows can be weighted."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def cross_entropy(logits: Tensor, target: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Return the cross-entropy of every row, Tensor of shape (n,).

    Parameters
    ----------
    logits : Tensor of shape (n, n_classes)
    target : Tensor of shape (n,), dtype int64
        Index of the class.
    label_smoothing : float, default=0.0
        Share of the target that is spread evenly over all classes whose
        logit is finite, in [0, 1).

    References
    ----------
    .. [1] Szegedy, C. et al., "Rethinking the Inception Architecture for
       Computer Vision", CVPR 2016 (label smoothing).
    """
    losses = F.cross_entropy(logits, target, reduction="none")
    if not label_smoothing:
        return losses
    log_probabilities = torch.log_softmax(logits, dim=1)
    possible = log_probabilities > -torch.inf  # torch's own smoothing would be infinite here
    even = -log_probabilities.masked_fill(~possible, 0).sum(1) / possible.sum(1)
    return (1 - label_smoothing) * losses + label_smoothing * even


def binary_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Return the binary cross-entropy of every row, mean over its labels that are not NaN.

    Parameters
    ----------
    logits, target : Tensors of shape (n, n_labels)

    Returns
    -------
    Tensor of shape (n,)
    """
    if _is_observed(target):
        return F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean(1)
    losses = F.binary_cross_entropy_with_logits(logits, target.nan_to_num(0), reduction="none")
    return _mean_over_observed(losses, target)


def squared_error(prediction: Tensor, target: Tensor) -> Tensor:
    """Return the squared error of every row, mean over its targets that are not NaN.

    Parameters
    ----------
    prediction, target : Tensors of shape (n, n_targets)

    Returns
    -------
    Tensor of shape (n,)
    """
    if _is_observed(target):
        return ((prediction - target) ** 2).mean(1)
    return _mean_over_observed((prediction - target.nan_to_num(0)) ** 2, target)


def _is_observed(target: Tensor) -> bool:
    """Whether nothing is NaN, as far as it is known at once: on a CPU."""
    return target.is_cpu and math.isfinite(target.sum())


def _mean_over_observed(losses: Tensor, target: Tensor) -> Tensor:
    """Mean over the targets of a row that are not NaN; 0 where none is."""
    observed = ~torch.isnan(target)
    return torch.where(observed, losses, 0).sum(1) / observed.sum(1).clamp(min=1)
