"""The network of the classifier and the regressor: encoder, pooling, output layer."""

import torch
from torch import nn
from torch.nn import functional as F

from .dropout import Dropout
from .encoder import RecurrentEncoder
from .pooling import Pooling

__all__ = ["PooledNetwork"]


class PooledNetwork(nn.Module):
    r"""One output vector per sequence.

    .. math:: y = W \,\mathrm{dropout}(\mathrm{norm}(\mathrm{pool}(\mathrm{encoder}(x)))) + b

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads the sequences.
    output_size : int
        Number of outputs.
    pooling : {"concat", "last", "mean", "max", "attention"}, default="concat"
        See :class:`Pooling`.
    dropout : float, default=0.0
        Probability of an input of the output layer to be dropped, in [0, 1).
    batch_norm : bool, default=False
        Whether the pooled vector is normalized over the batch.
    output_bias : bool, default=True
        Whether the output layer has the bias `b`.
    device, dtype : optional
        As for any torch module.

    References
    ----------
    .. [1] Ioffe, S., C. Szegedy, "Batch Normalization: Accelerating Deep
       Network Training by Reducing Internal Covariate Shift", ICML 2015.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import PooledNetwork, RecurrentEncoder
    >>> network = PooledNetwork(RecurrentEncoder(10, hidden_size=3), output_size=2)
    >>> network([(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1]))]).shape
    torch.Size([2, 2])
    """

    def __init__(
        self,
        encoder: RecurrentEncoder,
        output_size,
        *,
        pooling="concat",
        dropout=0.0,
        batch_norm=False,
        output_bias=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        factory = {"device": device, "dtype": dtype}
        self.encoder = encoder
        self.pooling = Pooling(pooling, encoder.output_size, **factory)
        self.norm = nn.BatchNorm1d(self.pooling.output_size, **factory) if batch_norm else None
        self.dropout = Dropout(dropout)
        self.output = nn.Linear(self.pooling.output_size, output_size, bias=output_bias, **factory)

    def represent(self, pieces):
        """Return the pooled hidden state of every sequence.

        Parameters
        ----------
        pieces : list of (inputs, lengths)
            One batch, cut by length into pieces that the encoder reads one
            after the other: inputs of shape (n_i, T_i) or (n_i, T_i, d),
            lengths of shape (n_i,).

        Returns
        -------
        Tensor of shape (n, pooling.output_size)
            ``n`` is the sum of all ``n_i``, in that order.
        """
        return torch.cat(
            [self.pooling(self.encoder.read(inputs, lengths), lengths) for inputs, lengths in pieces]
        )

    def forward(self, pieces):
        """Return the outputs for one batch, Tensor of shape (n, output_size)."""
        return self.read_out(self.represent(pieces))

    def read_out(self, pooled):
        """Return the outputs for pooled hidden states.

        Parameters
        ----------
        pooled : Tensor of shape (n, pooling.output_size)

        Returns
        -------
        Tensor of shape (n, output_size)
        """
        if self.norm is not None:
            pooled = _normalize(self.norm, pooled)
        return self.output(self.dropout(pooled))  # (n, output_size)


def _normalize(norm, pooled):
    if norm.training and len(pooled) == 1:  # a single row has no variance: the running one serves
        return F.batch_norm(pooled, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps)
    return norm(pooled)
