"""The skorch nets: how a batch becomes a loss."""

from skorch import NeuralNet

from .batching import BatchIterator

__all__ = ["SequenceNet"]

PREDICTION_BATCH_SIZE = 256
"""Sequences per batch, at least, where the result does not depend on it."""


class SequenceNet(NeuralNet):
    """A skorch net over length-bucketed batches of weighted sequences.

    Parameters
    ----------
    order_generator : torch.Generator or None, default=None
        Shuffles the training rows.
    **kwargs
        Those of ``skorch.NeuralNet``. The criterion gives one loss a row; the
        loss of a batch is their weighted mean.

    Examples
    --------
    >>> from seqestimators.modules import PooledNetwork, RecurrentEncoder
    >>> from seqestimators.training import SequenceNet, SquaredError
    >>> network = PooledNetwork(RecurrentEncoder(10), output_size=1)
    >>> net = SequenceNet(network, criterion=SquaredError, train_split=None).initialize()
    >>> net.module_ is network
    True
    """

    def __init__(self, *args, order_generator=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_generator = order_generator

    def get_iterator(self, dataset, training=False):
        """Return batches by length: shuffled for training, else of a size that is fast."""
        if training:
            return BatchIterator(dataset, self.batch_size, self.order_generator)
        return BatchIterator(dataset, max(self.batch_size, PREDICTION_BATCH_SIZE))

    def infer(self, x, **fit_params):
        """Hand the pieces of a batch to the network."""
        return self.module_(x.pieces, **fit_params)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Return the weighted mean of the rows' losses."""
        target, weight = y_true
        losses = self.criterion_(y_pred, target)
        return (losses * weight.to(losses.dtype)).sum()
