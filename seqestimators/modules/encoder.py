"""The recurrent encoder: sequences of any lengths in, hidden states out."""

import torch
from torch import nn
from torch.nn import functional as F

from .dropout import Dropout

__all__ = ["CELLS", "RecurrentEncoder", "join_directions", "reverse_each"]

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
PAD = 0


class _Permute(torch.autograd.Function):
    """Reorder rows by a permutation that is its own inverse, so forward and backward are one gather."""

    @staticmethod
    def forward(ctx, x, index):
        ctx.save_for_backward(index)
        return x.index_select(0, index)

    @staticmethod
    def backward(ctx, gradient):
        (index,) = ctx.saved_tensors
        return _Permute.apply(gradient, index), None


def reverse_each(x, lengths):
    """Reverse every sequence within its own length; padding stays behind.

    Parameters
    ----------
    x : Tensor of shape (n, T, ...)
    lengths : Tensor of shape (n,), dtype int64
        How many steps of each sequence are real.

    Returns
    -------
    Tensor of the shape of `x`

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import reverse_each
    >>> reverse_each(torch.tensor([[1, 2, 3], [4, 5, 0]]), torch.tensor([3, 2]))
    tensor([[3, 2, 1],
            [5, 4, 0]])
    """
    n, steps = x.shape[:2]
    time = torch.arange(steps, device=x.device)[:, None]  # (T, 1)
    mirrored = torch.where(time < lengths, lengths - 1 - time, time)  # (T, n)
    index = (mirrored * n + torch.arange(n, device=x.device)).flatten()  # (T * n,)
    time_first = x.transpose(0, 1)
    return _Permute.apply(time_first.flatten(0, 1), index).view(time_first.shape).transpose(0, 1)


def join_directions(directions, lengths):
    """Put the states of both directions side by side.

    Parameters
    ----------
    directions : list of one or two Tensors of shape (n, T, hidden_size)
        What :meth:`RecurrentEncoder.read` returns.
    lengths : Tensor of shape (n,), dtype int64

    Returns
    -------
    Tensor of shape (n, T, output_size)
        The states of the second direction are turned into the order of the
        first.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import join_directions
    >>> forward, backward = torch.tensor([[[1], [2]]]), torch.tensor([[[20], [10]]])
    >>> join_directions([forward, backward], torch.tensor([2]))
    tensor([[[ 1, 10],
             [ 2, 20]]])
    """
    if len(directions) == 1:
        return directions[0]
    forward, backward = directions
    return torch.cat([forward, reverse_each(backward, lengths)], dim=2)


class RecurrentEncoder(nn.Module):
    r"""Hidden states of a stack of recurrent layers over padded sequences.

    .. math:: H^{(0)} = \mathrm{embed}(x), \qquad
       H^{(l)} = \left[\overrightarrow{\mathrm{cell}}(H^{(l-1)}) \,;\,
       \mathrm{rev}(\overrightarrow{\mathrm{cell}}(\mathrm{rev}(H^{(l-1)})))\right]

    where rev reverses every sequence within its own length. Each layer and
    direction is a unidirectional torch module of its own. As padding stands
    behind a sequence, no real step ever reads it: the states of the real
    steps equal those of ``pack_padded_sequence``, which on a CPU is several
    times slower.

    Parameters
    ----------
    input_size : int
        Number of token ids, the special ones included, or number of channels
        of a numeric series.
    tokens : bool, default=True
        Whether the input is token ids; numeric series otherwise.
    cell : {"rnn", "lstm", "gru"}, default="lstm"
        Elman network with tanh, long short-term memory, or gated recurrent
        unit.
    hidden_size : int, default=64
        Number of units per direction.
    num_layers : int, default=1
        Number of recurrent layers.
    bidirectional : bool, default=False
        Whether a second network reads every sequence from its end.
    embedding_dim : int or None, default=None
        Size of the learned vector of a token. None feeds one-hot vectors.
        Not used for numeric series.
    dropout : float, default=0.0
        Probability of a unit to be dropped between layers, in [0, 1).
    mix_directions : bool, default=True
        Whether every layer reads both directions of the one below. Otherwise
        each direction is a network of its own, which never sees what is yet
        to come: the language model needs that.
    device, dtype : optional
        As for any torch module.

    Attributes
    ----------
    output_size : int
        Size of a hidden state: `hidden_size`, twice that if bidirectional.

    References
    ----------
    .. [1] Elman, J. L., "Finding Structure in Time", Cognitive Science 14, 1990.
    .. [2] Hochreiter, S., J. Schmidhuber, "Long Short-Term Memory", Neural
       Computation 9, 1997.
    .. [3] Cho, K. et al., "Learning Phrase Representations using RNN
       Encoder-Decoder for Statistical Machine Translation", EMNLP 2014.
    .. [4] Schuster, M., K. K. Paliwal, "Bidirectional Recurrent Neural
       Networks", IEEE Transactions on Signal Processing 45, 1997.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import RecurrentEncoder
    >>> encoder = RecurrentEncoder(10, hidden_size=3, bidirectional=True)
    >>> encoder(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1])).shape
    torch.Size([2, 3, 6])
    """

    def __init__(
        self,
        input_size,
        *,
        tokens=True,
        cell="lstm",
        hidden_size=64,
        num_layers=1,
        bidirectional=False,
        embedding_dim=None,
        dropout=0.0,
        mix_directions=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        factory = {"device": device, "dtype": dtype}
        self.input_size = input_size
        self.tokens = tokens
        self.bidirectional = bidirectional
        self.mix_directions = mix_directions
        self.output_size = hidden_size * (2 if bidirectional else 1)
        self.embedding = None
        if tokens and embedding_dim is not None:
            self.embedding = nn.Embedding(input_size, embedding_dim, padding_idx=PAD, **factory)
        self.layers = nn.ModuleList()
        size = input_size if self.embedding is None else embedding_dim
        for _ in range(num_layers):
            cells = [
                CELLS[cell](size, hidden_size, batch_first=True, **factory) for _ in range(1 + bidirectional)
            ]
            self.layers.append(nn.ModuleList(cells))
            size = self.output_size if mix_directions else hidden_size
        self.dropout = Dropout(dropout)

    def embed(self, inputs):
        """Return the vectors the first layer reads.

        Parameters
        ----------
        inputs : Tensor of shape (...,) of token ids or (..., d) of values

        Returns
        -------
        Tensor of shape (..., embedding_dim), (..., n_tokens) or (..., d)
            Padding is the zero vector.
        """
        if not self.tokens:
            return inputs
        if self.embedding is not None:
            return self.embedding(inputs)
        one_hot = torch.eye(self.input_size, dtype=next(self.parameters()).dtype, device=inputs.device)
        one_hot[PAD] = 0
        return F.embedding(inputs, one_hot)

    def forward(self, inputs, lengths):
        """Return the hidden state of the last layer at every step.

        Parameters
        ----------
        inputs : Tensor of shape (n, T) of token ids or (n, T, d) of values
            Padded behind with 0.
        lengths : Tensor of shape (n,), dtype int64
            How many steps of each sequence are real; 0 is legal.

        Returns
        -------
        Tensor of shape (n, T, output_size)
            What stands at padded steps means nothing.
        """
        return join_directions(self.read(inputs, lengths), lengths)

    def read(self, inputs, lengths):
        """Return the hidden states of each direction, in the order in which it reads.

        Parameters
        ----------
        inputs : Tensor of shape (n, T) of token ids or (n, T, d) of values
            Padded behind with 0.
        lengths : Tensor of shape (n,), dtype int64

        Returns
        -------
        list of one or two Tensors of shape (n, T, hidden_size)
            The second direction begins with the last real step. Pooling needs
            no common order, which saves turning it round.
        """
        return self.read_layers(inputs, lengths)[-1]

    def read_layers(self, inputs, lengths):
        """Return what `read` returns for each layer, the first layer first.

        Parameters
        ----------
        inputs : Tensor of shape (n, T) of token ids or (n, T, d) of values
            Padded behind with 0.
        lengths : Tensor of shape (n,), dtype int64

        Returns
        -------
        list of num_layers lists of one or two Tensors of shape (n, T, hidden_size)
        """
        # Time comes first in memory, as the cells need it, and the batch first in every shape
        states = self.embed(inputs.transpose(0, 1)).transpose(0, 1)  # (n, T, size)
        read = [self._read_layer(self.layers[0], states, lengths)]
        for layer in self.layers[1:]:
            if self.mix_directions:
                states = self.dropout(join_directions(read[-1], lengths))  # (n, T, output_size)
                read.append(self._read_layer(layer, states, lengths))
            else:
                read.append(
                    [
                        cell(self.dropout(states))[0]
                        for cell, states in zip(layer.children(), read[-1], strict=True)
                    ]
                )
        return read

    def _read_layer(self, layer, states, lengths):
        forward, *backward = layer.children()
        directions = [forward(states)[0]]  # (n, T, hidden_size)
        for cell in backward:
            directions.append(cell(reverse_each(states, lengths))[0])
        return directions
