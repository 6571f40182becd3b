"""The skorch nets: how a batch becomes a loss."""

import warnings

from skorch import NeuralNet
from skorch.callbacks import EarlyStopping

from .batching import BatchIterator

__all__ = ["Seq2SeqNet", "SequenceNet"]

PREDICTION_BATCH_SIZE = 256
"""Sequences per batch, at least, where the result does not depend on it."""

ENTROPY_WEIGHT = 0.02
"""Weight of the entropy of hops, in nats, beside the loss of a token."""
ENTROPY_RAMP = 0.1
"""Share of the training over which that weight is reached."""


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
    >>> from seqestimators._training import SequenceNet, SquaredError
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

    def fit_loop(self, *args, **kwargs):
        """Train; an interruption by the user ends it with a warning, and what is learned stays."""
        try:
            return super().fit_loop(*args, **kwargs)
        except KeyboardInterrupt:  # which is also how skorch stops early
            stoppers = [one for _, one in self.callbacks_ if isinstance(one, EarlyStopping)]
            if not any(one.misses_ == one.patience for one in stoppers):
                warnings.warn("Training interrupted by user.", stacklevel=2)
            return self

    def infer(self, x, **fit_params):
        """Hand the pieces of a batch to the network."""
        return self.module_(x.pieces, **fit_params)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Return the weighted mean of the rows' losses."""
        target, weight = y_true
        losses = self.criterion_(y_pred, target)
        return (losses * weight.to(losses.dtype)).sum()


class Seq2SeqNet(SequenceNet):
    """The net of a sequence-to-sequence model, whose hops shall become certain.

    The mean entropy of the hops of monotonic attention is added to the loss,
    at a weight that grows over the first tenth of the training.

    Parameters
    ----------
    order_generator : torch.Generator or None, default=None
        Shuffles the training rows.
    **kwargs
        Those of :class:`SequenceNet`.

    Examples
    --------
    >>> from seqestimators._training import Seq2SeqNet, SequenceNet
    >>> issubclass(Seq2SeqNet, SequenceNet)
    True
    """

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Return the weighted mean of the tokens' losses, in training with the entropy of hops."""
        loss = super().get_loss(y_pred.logits, y_true, X, training)
        if training and y_pred.entropy is not None:
            progress = self.module_.decoder.attention.progress
            loss = loss + ENTROPY_WEIGHT * min(1.0, progress / ENTROPY_RAMP) * y_pred.entropy
        return loss
