"""The networks with an output for every step, or for every few: labels or numbers."""

from typing import Any

import torch
from torch import Tensor, nn

from ..sequences import BOS, EOS
from ._losses import cross_entropy
from ._number_losses import squared_error
from .batch import Batch, Ragged, real_steps
from .conditional_random_field import ConditionalRandomField
from .dropout import Dropout
from .encoder import RecurrentEncoder
from .network import SequenceNetwork
from .pooling import masked_mean, mean_of_parts

__all__ = ["CRFTaggingNetwork", "StepNetwork", "StepRegressionNetwork", "TaggingNetwork"]


class StepNetwork(SequenceNetwork):
    r"""One output vector for every `stride` steps of a sequence.

    .. math:: y_i = W \,\mathrm{dropout}([h_{si} \,;\, \ldots \,;\, h_{si+s-1}]) + b

    with the hidden states `h` of the encoder and the stride `s`. The markers
    of beginning and end are read, but have no output. A subclass has the loss.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads the sequences.
    output_size : int
        Number of outputs a target.
    stride : int, default=1
        Number of steps per target.
    dropout : float, default=0.0
        Probability of an input of the output layer to be dropped, in [0, 1).
    output_bias : bool, default=True
        Whether the output layer has the bias `b`.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Batch, RecurrentEncoder, StepNetwork
    >>> network = StepNetwork(RecurrentEncoder(10, hidden_size=3), output_size=5)
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
        """Whether an output depends on the steps up to its own alone."""
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
        Ragged of shape (n_targets, output_size)
            An output for each target of each sequence.
        """
        parts = [self._read(*piece) for piece in batch.pieces]
        return Ragged(*(torch.cat(part) for part in zip(*parts, strict=True)))

    def _read(self, inputs: Tensor, lengths: Tensor) -> Ragged:
        counted = real_steps(lengths, inputs.shape[1])
        if self.encoder.tokens:
            counted = counted & (inputs != BOS) & (inputs != EOS)
        n_targets = counted.sum(1) // self.stride
        if self.stride == 1 and self.encoder.reads_in_parts(inputs):
            return Ragged(self._read_parts(inputs, lengths)[counted], n_targets)
        states = self.encoder(inputs, lengths).join()  # (n, T, size)
        groups = states[counted].reshape(-1, self.output.in_features)  # (n_targets, stride * size)
        return Ragged(self.output(self.dropout(groups)), n_targets)

    def _read_parts(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Return the outputs at all steps of long sequences, (n, T, output_size)."""
        n, n_steps = inputs.shape[:2]
        weights = self.output.weight.split(self.encoder.hidden_size, dim=1)
        outputs = self.output.weight.new_zeros(n, n_steps, self.output.out_features)
        if self.output.bias is not None:
            outputs += self.output.bias
        for begin, states in self.encoder.read_parts(inputs, lengths):
            row, step = real_steps(states.lengths, states.directions[0].shape[1]).nonzero(as_tuple=True)
            places = (begin + step, lengths[row] - 1 - begin - step)  # of the second direction, from the end
            for of_direction, weight, place in zip(states.directions, weights, places, strict=False):
                outputs[row, place] += of_direction[row, step] @ weight.t()
        return outputs

    def represent(self, batch: Batch) -> Tensor:
        """Return the mean hidden state of every sequence, Tensor of shape (n, representation_size)."""
        return torch.cat([self._mean(*piece) for piece in batch.pieces])

    def _mean(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        if self.encoder.reads_in_parts(inputs):
            return mean_of_parts(states for _, states in self.encoder.read_parts(inputs, lengths))
        return masked_mean(self.encoder(inputs, lengths).join(), lengths)


class TaggingNetwork(StepNetwork):
    """Outputs that are the scores of classes, each label by itself.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads the sequences.
    output_size : int
        Number of different labels.
    stride, dropout, output_bias : int, float, bool
        As in StepNetwork.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Batch, RecurrentEncoder, TaggingNetwork
    >>> network = TaggingNetwork(RecurrentEncoder(10, hidden_size=3), output_size=5)
    >>> outputs = network(Batch(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1])))
    >>> network.decode(outputs).shape, network.probabilities(outputs).shape
    (torch.Size([4]), torch.Size([4, 5]))
    """

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


class CRFTaggingNetwork(TaggingNetwork):
    r"""A network whose outputs are the scores of a conditional random field over the labels.

    The loss of a label is :math:`-\log p(y_t \mid y_1, \ldots, y_{t-1})`; those of a
    sequence add up to minus its log-likelihood.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads the sequences.
    output_size : int
        Number of different labels.
    **options : dict
        `stride`, `dropout` and `output_bias`, as in TaggingNetwork.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Batch, CRFTaggingNetwork, RecurrentEncoder
    >>> network = CRFTaggingNetwork(RecurrentEncoder(10, hidden_size=3), output_size=5)
    >>> outputs = network(Batch(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1])))
    >>> network.decode(outputs).shape, network.probabilities(outputs).shape
    (torch.Size([4]), torch.Size([4, 5]))
    """

    def __init__(self, encoder: RecurrentEncoder, output_size: int, **options: Any):
        super().__init__(encoder, output_size, **options)
        self.field = ConditionalRandomField(output_size)

    @property
    def is_causal(self) -> bool:
        """Whether a label depends on the steps up to its own alone: never, as it depends on later labels."""
        return False

    def row_losses(self, outputs: Ragged, batch: Batch) -> Tensor:  # type: ignore[override]
        """Return -log p of every label, given those before it, Tensor of shape (n_labels,).

        A label that is not known, -100, has a loss of 0, and is summed over.
        """
        target: Ragged = batch.target  # type: ignore[assignment]
        label = target.values[:, None]
        found = self.field.log_probabilities(outputs, target).gather(1, label.clamp(min=0))
        return torch.where(label < 0, 0, -found)[:, 0]

    def decode(self, outputs: Ragged) -> Tensor:
        """Return the likeliest labels of every sequence as a whole, Tensor of shape (n_labels,), dtype int64.

        Parameters
        ----------
        outputs : Ragged
            What `forward` returns.
        """
        return self.field.decode(outputs)

    def probabilities(self, outputs: Ragged) -> Tensor:
        """Return the marginal probability of every class, Tensor of shape (n_labels, output_size).

        Parameters
        ----------
        outputs : Ragged
            What `forward` returns.
        """
        return self.field.log_probabilities(outputs).exp()


class StepRegressionNetwork(StepNetwork):
    """Outputs that are numbers, with the squared error as their loss.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads the sequences.
    output_size : int
        Number of numbers a target.
    stride, dropout, output_bias : int, float, bool
        As in StepNetwork.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Batch, Ragged, RecurrentEncoder, StepRegressionNetwork
    >>> network = StepRegressionNetwork(RecurrentEncoder(10, hidden_size=3), output_size=1)
    >>> target = Ragged(torch.zeros(3, 1), torch.tensor([3]))
    >>> batch = Batch(torch.tensor([[4, 5, 6]]), torch.tensor([3]), target)
    >>> network.row_losses(network(batch), batch).shape
    torch.Size([3])
    """

    def row_losses(self, outputs: Ragged, batch: Batch) -> Tensor:  # type: ignore[override]
        """Return the squared error of every target, mean over its numbers that are not NaN."""
        return squared_error(outputs.values, batch.target.values)  # type: ignore[union-attr]
