"""Losses that give one number a row, so that rows can be weighted."""

import torch
from torch import nn
from torch.nn import functional as F

__all__ = ["BinaryCrossEntropy", "CrossEntropy", "SquaredError"]


def _mean_over_observed(losses, target):
    """Mean over the targets of a row that are not NaN; 0 where none is."""
    observed = ~torch.isnan(target)
    return torch.where(observed, losses, 0).sum(1) / observed.sum(1).clamp(min=1)


class CrossEntropy(nn.Module):
    """Cross-entropy of every row.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        Share of the target that is spread evenly over all classes whose
        logit is finite, in [0, 1).

    References
    ----------
    .. [1] Szegedy, C. et al., "Rethinking the Inception Architecture for
       Computer Vision", CVPR 2016 (label smoothing).

    Examples
    --------
    >>> import torch
    >>> from seqestimators._training import CrossEntropy
    >>> CrossEntropy()(torch.zeros(1, 4), torch.tensor([2])).exp()
    tensor([4.])
    """

    def __init__(self, label_smoothing=0.0):
        super().__init__()
        self.label_smoothing = label_smoothing

    def forward(self, logits, target):
        """Return Tensor of shape (n,) for logits (n, n_classes) and class indices (n,)."""
        losses = F.cross_entropy(logits, target, reduction="none")
        if not self.label_smoothing:
            return losses
        log_probabilities = torch.log_softmax(logits, dim=1)
        possible = log_probabilities > -torch.inf  # torch's own smoothing would be infinite here
        even = -log_probabilities.masked_fill(~possible, 0).sum(1) / possible.sum(1)
        return (1 - self.label_smoothing) * losses + self.label_smoothing * even


class BinaryCrossEntropy(nn.Module):
    """Binary cross-entropy of every row, mean over its labels that are not NaN.

    Examples
    --------
    >>> import torch
    >>> from seqestimators._training import BinaryCrossEntropy
    >>> BinaryCrossEntropy()(torch.zeros(1, 2), torch.tensor([[1.0, torch.nan]])).exp()
    tensor([2.])
    """

    def forward(self, logits, target):
        """Return Tensor of shape (n,) for logits and targets of shape (n, n_labels)."""
        losses = F.binary_cross_entropy_with_logits(logits, target.nan_to_num(0), reduction="none")
        return _mean_over_observed(losses, target)


class SquaredError(nn.Module):
    """Squared error of every row, mean over its targets that are not NaN.

    Examples
    --------
    >>> import torch
    >>> from seqestimators._training import SquaredError
    >>> SquaredError()(torch.tensor([[1.0, 5.0]]), torch.tensor([[3.0, torch.nan]]))
    tensor([4.])
    """

    def forward(self, prediction, target):
        """Return Tensor of shape (n,) for predictions and targets of shape (n, n_targets)."""
        return _mean_over_observed((prediction - target.nan_to_num(0)) ** 2, target)
