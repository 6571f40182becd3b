"""Losses of classes, and what all losses share: one number per row, so that rows can be weighted."""

import functools
import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

FOCUS = 2.0
"""Power of the focal loss: the value that its authors found best."""


def of_rows(of_values: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Make of a loss of every value one of every row, the mean over its targets that are not NaN.

    Parameters
    ----------
    of_values : callable
        Takes outputs, and a target of shape (n, n_targets) without NaN; returns
        a Tensor of that shape.

    Returns
    -------
    callable
        Takes outputs, target and `weight`, a Tensor of the shape of the target
        or None; returns a Tensor of shape (n,).
    """

    @functools.wraps(of_values)
    def weighted(outputs: Tensor, target: Tensor, weight: Tensor | None = None, **options: object) -> Tensor:
        is_observed = _is_observed(target)
        losses = of_values(outputs, target if is_observed else target.nan_to_num(0), **options)
        if weight is not None:
            losses = losses * weight.to(losses.dtype)
        if not is_observed:
            return _mean_over_observed(losses, target)
        return losses.mean(1) if losses.shape[1] > 1 else losses.flatten()

    return weighted


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


def focal_loss(logits: Tensor, target: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Return the focal loss of every row, Tensor of shape (n,).

    It is the cross-entropy times the square of the probability of all other
    classes: rows that are predicted right count little.

    Parameters
    ----------
    logits : Tensor of shape (n, n_classes)
    target : Tensor of shape (n,), dtype int64
        Index of the class.
    label_smoothing : float, default=0.0
        Share of the target that is spread evenly over all classes, in [0, 1).

    References
    ----------
    .. [1] Lin, T.-Y. et al., "Focal Loss for Dense Object Detection", ICCV 2017.
    """
    logs = torch.log_softmax(logits, dim=1)
    target = F.one_hot(target, logits.shape[1]) * (1 - label_smoothing) + label_smoothing / logits.shape[1]
    return -(target * (1 - logs.exp()) ** FOCUS * logs).sum(1)


@of_rows
def binary_cross_entropy(logits: Tensor, target: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Return the binary cross-entropy of every row, mean over its labels that are not NaN.

    Parameters
    ----------
    logits, target : Tensors of shape (n, n_labels)
    label_smoothing : float, default=0.0
        Share of the target that is spread evenly over yes and no, in [0, 1).

    Returns
    -------
    Tensor of shape (n,)
    """
    return F.binary_cross_entropy_with_logits(logits, _smooth(target, label_smoothing), reduction="none")


@of_rows
def binary_focal_loss(logits: Tensor, target: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Return the focal loss of every row, mean over its labels that are not NaN.

    Parameters
    ----------
    logits, target : Tensors of shape (n, n_labels)
    label_smoothing : float, default=0.0
        Share of the target that is spread evenly over yes and no, in [0, 1).

    Returns
    -------
    Tensor of shape (n,)
    """
    target = _smooth(target, label_smoothing)
    of_yes = target * torch.sigmoid(-logits) ** FOCUS * F.logsigmoid(logits)
    of_no = (1 - target) * torch.sigmoid(logits) ** FOCUS * F.logsigmoid(-logits)
    return -(of_yes + of_no)


def sum_at_once(criterion: object, outputs: Tensor, target: Tensor, weight: Tensor) -> Tensor | None:
    """Return the weighted sum of a loss where one operation computes it, without the loss of each row.

    Parameters
    ----------
    criterion : callable
    outputs, target : Tensors of shape (n, ...)
    weight : Tensor of shape (n,)

    Returns
    -------
    Tensor of shape () or None
    """
    if criterion is not binary_cross_entropy or outputs.shape[1] > 1 or not _is_observed(target):
        return None
    weight = weight.to(outputs.dtype)[:, None]
    return F.binary_cross_entropy_with_logits(outputs, target, weight, reduction="sum")


def _smooth(target: Tensor, label_smoothing: float) -> Tensor:
    return target * (1 - label_smoothing) + label_smoothing / 2 if label_smoothing else target


def _is_observed(target: Tensor) -> bool:
    """Whether nothing is NaN, as far as it is known at once: on a CPU."""
    return target.is_cpu and math.isfinite(target.sum())


def _mean_over_observed(losses: Tensor, target: Tensor) -> Tensor:
    """Mean over the targets of a row that are not NaN; 0 where none is."""
    observed = ~torch.isnan(target)
    return torch.where(observed, losses, 0).sum(1) / observed.sum(1).clamp(min=1)
