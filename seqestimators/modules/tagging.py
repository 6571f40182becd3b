"""The network of the tagger: an output for every label, each of one or several steps."""

import torch
from torch import nn

from .dropout import Dropout
from .encoder import RecurrentEncoder
from .pooling import masked_mean, real_steps

__all__ = ["TaggingNetwork"]

BOS, EOS = 2, 3


class TaggingNetwork(nn.Module):
    r"""One output vector for every `stride` steps of a sequence.

    .. math:: y_i = W \,\mathrm{dropout}([h_{si} \,;\, \ldots \,;\, h_{si+s-1}]) + b

    with the hidden states `h` of the encoder and the stride `s`. The markers
    of beginning and end are read, but carry no label.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads the sequences.
    output_size : int
        Number of outputs a label.
    stride : int, default=1
        Number of steps a label.
    dropout : float, default=0.0
        Probability of an input of the output layer to be dropped, in [0, 1).
    output_bias : bool, default=True
        Whether the output layer has the bias `b`.
    device, dtype : optional
        As for any torch module.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import RecurrentEncoder, TaggingNetwork
    >>> network = TaggingNetwork(RecurrentEncoder(10, hidden_size=3), output_size=5)
    >>> network([(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1]))]).shape
    torch.Size([4, 5])
    """

    def __init__(
        self,
        encoder: RecurrentEncoder,
        output_size,
        *,
        stride=1,
        dropout=0.0,
        output_bias=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.encoder = encoder
        self.stride = stride
        self.dropout = Dropout(dropout)
        size = stride * encoder.output_size
        self.output = nn.Linear(size, output_size, bias=output_bias, device=device, dtype=dtype)

    def forward(self, pieces):
        """Return the outputs for one batch.

        Parameters
        ----------
        pieces : list of (inputs, lengths)
            See :meth:`PooledNetwork.represent`. Every sequence has a multiple
            of `stride` steps between its markers.

        Returns
        -------
        Tensor of shape (n_labels, output_size)
            The labels of the first sequence, then those of the second, ...
        """
        return torch.cat([self._tag(inputs, lengths) for inputs, lengths in pieces])

    def _tag(self, inputs, lengths):
        states = self.encoder(inputs, lengths)  # (n, T, size)
        labelled = real_steps(lengths, inputs.shape[1])
        if self.encoder.tokens:
            labelled = labelled & (inputs != BOS) & (inputs != EOS)
        groups = states[labelled].reshape(-1, self.output.in_features)  # (n_labels, stride * size)
        return self.output(self.dropout(groups))

    def represent(self, pieces):
        """Return the mean hidden state of every sequence, Tensor of shape (n, encoder.output_size)."""
        return torch.cat([masked_mean(self.encoder(inputs, lengths), lengths) for inputs, lengths in pieces])
