"""The one skorch net: its batches, and the network's own loss."""

from typing import Any

import torch
from skorch import NeuralNet

from ..modules import Batch, SequenceNetwork
from .batching import BatchIterator, SequenceDataset

__all__ = ["SequenceNet"]


class SequenceNet(NeuralNet):
    """A skorch net over length-bucketed batches, which asks its network for the loss.

    Parameters
    ----------
    network : SequenceNetwork
    order_generator : torch.Generator or None, default=None
        Shuffles the training rows.
    **kwargs
        Those of ``skorch.NeuralNet`` but for the criterion.
    """

    def __init__(
        self, module: SequenceNetwork, *, order_generator: torch.Generator | None = None, **kwargs: Any
    ):
        kwargs.setdefault("criterion", torch.nn.Identity)  # skorch wants one; the network has its own
        super().__init__(module, **kwargs)
        self.order_generator = order_generator

    def get_iterator(self, dataset: SequenceDataset, training: bool = False) -> BatchIterator:
        """Return batches by length: shuffled for training, else of a size that is fast."""
        return BatchIterator(dataset, self.batch_size, self.order_generator if training else None)

    def infer(self, x: Batch, **fit_params: Any) -> Any:
        """Hand a batch to the network."""
        return self.module_(x, **fit_params)

    def get_loss(self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False) -> torch.Tensor:
        """Ask the network for the loss of a batch."""
        return self.module_.loss(X, y_pred)
