"""What every network of this package is: it reads batches, and it owns its loss."""

import torch
from torch import Tensor, nn

from .batch import Batch
from .encoder import RecurrentEncoder

__all__ = ["SequenceNetwork"]


class SequenceNetwork(nn.Module):
    """Base of the networks around an encoder.

    What is optimized, what stands for a whole sequence, and whether a prefix
    is enough for the answer on it is asked of the network and known nowhere
    else. A subclass has `forward`, `row_losses` and `represent`, and says
    `is_causal`; a loss that is more than a sum over rows or values overrides
    `loss`.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads the sequences.

    Attributes
    ----------
    is_causal : bool
        Whether the output that belongs to a step depends on the steps up to
        it alone.
    progress : float
        Share of the training that is over; set from outside before each
        batch, 1 outside of training.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import (
    ...     Batch,
    ...     PooledNetwork,
    ...     RecurrentEncoder,
    ...     SequenceNetwork,
    ... )
    >>> network = PooledNetwork(RecurrentEncoder(10, hidden_size=3), output_size=1)
    >>> isinstance(network, SequenceNetwork), network.is_causal
    (True, False)
    """

    def __init__(self, encoder: RecurrentEncoder):
        super().__init__()
        self.encoder = encoder
        self.progress = 1.0

    @property
    def is_causal(self) -> bool:
        """Whether the output that belongs to a step depends on the steps up to it alone."""
        return False

    @property
    def compares_rows(self) -> bool:
        """Whether training relates the rows of a batch to each other, so that they must be a fair sample."""
        return False

    @property
    def representation_size(self) -> int:
        """Size of the vector that `represent` returns for a sequence."""
        return self.encoder.output_size

    def represent(self, batch: Batch) -> Tensor:
        """Return a vector for every sequence, Tensor of shape (n, representation_size).

        Parameters
        ----------
        batch : Batch
        """
        raise NotImplementedError

    def row_losses(self, outputs: object, batch: Batch) -> Tensor:
        """Return the loss of every row, or of every value of a ragged target.

        Parameters
        ----------
        outputs : object
            What `forward` has returned for the batch.
        batch : Batch
            With its target.

        Returns
        -------
        Tensor of the shape of ``batch.weight``
        """
        raise NotImplementedError

    def loss(self, batch: Batch, outputs: object = None) -> Tensor:
        """Return what training minimizes.

        Parameters
        ----------
        batch : Batch
            With its target.
        outputs : object, default=None
            What `forward` has returned for the batch; None calls it.

        Returns
        -------
        Tensor of shape ()
            The sum of the losses, each times its weight.
        """
        losses = self.row_losses(self(batch) if outputs is None else outputs, batch)
        if batch.weight is None:
            return losses.sum()
        weight = batch.weight.to(losses.dtype)
        return torch.dot(losses, weight) if losses.ndim == 1 else (losses * weight).sum()
