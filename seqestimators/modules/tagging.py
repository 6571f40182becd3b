"""The network of the tagger: an output for every label, each of one or several steps."""

import torch
from torch import Tensor, nn

from ..sequences import BOS, EOS
from ._losses import cross_entropy
from .batch import Batch, Ragged, real_steps
from .dropout import Dropout
from .encoder import RecurrentEncoder
from .network import SequenceNetwork
from .pooling import masked_mean

__all__ = ["TaggingNetwork"]


class TaggingNetwork(SequenceNetwork):
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
        Number of steps per label.
    dropout : float, default=0.0
        Probability of an input of the output layer to be dropped, in [0, 1).
    output_bias : bool, default=True
        Whether the output layer has the bias `b`.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Batch, RecurrentEncoder, TaggingNetwork
    >>> network = TaggingNetwork(RecurrentEncoder(10, hidden_size=3), output_size=5)
    >>> outputs = network(Batch(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1])))
    >>> outputs.values.shape, outputs.lengths
    (torch.Size([4, 5]), tensor([3, 1]))
    """

    def __init__(
        self,
        encoder: RecurrentEncoder,
        output_size: int,
        *,
        stride: int = 1,
        dropout: float = 0.0,
        output_bias: bool = True,
    ):
        super().__init__(encoder)
        self.stride = stride
        self.dropout = Dropout(dropout)
        self.output = nn.Linear(stride * encoder.output_size, output_size, bias=output_bias)

    @property
    def is_causal(self) -> bool:
        """Whether a label depends on the steps up to its own alone."""
        return self.encoder.is_causal

    def forward(self, batch: Batch) -> Ragged:
        """Return the outputs for one batch.

        Parameters
        ----------
        batch : Batch
            Every sequence has a multiple of `stride` steps between its
            markers.

        Returns
        -------
        Ragged of shape (n_labels, output_size)
            An output for each label of each sequence.
        """
        parts = [self._tag(*piece) for piece in batch.pieces]
        return Ragged(*(torch.cat(part) for part in zip(*parts, strict=True)))

    def _tag(self, inputs: Tensor, lengths: Tensor) -> Ragged:
        states = self.encoder(inputs, lengths).join()  # (n, T, size)
        labelled = real_steps(lengths, inputs.shape[1])
        if self.encoder.tokens:
            labelled = labelled & (inputs != BOS) & (inputs != EOS)
        groups = states[labelled].reshape(-1, self.output.in_features)  # (n_labels, stride * size)
        return Ragged(self.output(self.dropout(groups)), labelled.sum(1) // self.stride)

    def row_losses(self, outputs: Ragged, batch: Batch) -> Tensor:  # type: ignore[override]
        """Return the cross-entropy of every label, Tensor of shape (n_labels,)."""
        return cross_entropy(outputs.values, batch.target.values)  # type: ignore[union-attr, arg-type]

    def decode(self, outputs: Ragged) -> Tensor:
        """Return the likeliest class of every label, Tensor of shape (n_labels,), dtype int64.

        Parameters
        ----------
        outputs : Ragged
            What `forward` returns.
        """
        return outputs.values.argmax(1)

    def probabilities(self, outputs: Ragged) -> Tensor:
        """Return the probability of every class, Tensor of shape (n_labels, output_size).

        Parameters
        ----------
        outputs : Ragged
            What `forward` returns.
        """
        return torch.softmax(outputs.values, dim=1)

    def represent(self, batch: Batch) -> Tensor:
        """Return the mean hidden state of every sequence, Tensor of shape (n, representation_size)."""
        parts = [(self.encoder(*piece).join(), piece[1]) for piece in batch.pieces]
        return torch.cat([masked_mean(states, lengths) for states, lengths in parts])
