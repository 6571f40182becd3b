"""The decoder of sequence-to-sequence models, and the network around it."""

from typing import NamedTuple

import torch
from torch import nn

from .attention import ATTENTIONS, Memory
from .dropout import Dropout
from .encoder import CELLS, RecurrentEncoder, join_directions
from .pooling import _fill_padding, _last_states, real_steps

__all__ = ["AttentionDecoder", "DecoderState", "Seq2SeqNetwork", "Seq2SeqOutput"]

PAD, BOS = 0, 2


class DecoderState(NamedTuple):
    """Where the decoding of n sequences stands; every tensor has a row a sequence.

    Parameters
    ----------
    hidden : tuple of Tensors of shape (n, hidden_size)
        The state of each layer: h, and for an LSTM c behind it.
    memory : Memory
        What attention keeps of the source.

    Examples
    --------
    >>> from seqestimators.modules import DecoderState
    >>> DecoderState._fields
    ('hidden', 'memory')
    """

    hidden: tuple
    memory: Memory

    def select(self, rows):
        """Return the state of some rows, in that order; a row may come several times."""
        memory = Memory(*(part[rows] for part in self.memory))
        return DecoderState(tuple(part[rows] for part in self.hidden), memory)


class Seq2SeqOutput(NamedTuple):
    """What the network returns for one batch.

    Parameters
    ----------
    logits : Tensor of shape (n_total, n_tokens)
        The tokens of the first target, then those of the second, ...
    entropy : Tensor of shape (), or None
        Mean entropy of the hops of monotonic attention, in nats.

    Examples
    --------
    >>> from seqestimators.modules import Seq2SeqOutput
    >>> Seq2SeqOutput._fields
    ('logits', 'entropy')
    """

    logits: torch.Tensor
    entropy: torch.Tensor | None


class AttentionDecoder(nn.Module):
    r"""Tokens of the target, each from those before it and from the source.

    .. math:: s_u = \mathrm{cell}(s_{u-1}, y_{u-1}), \qquad
       c_u = \mathrm{attend}(s_u), \qquad
       y_u = W \tanh(V [c_u \,;\, s_u] + v) + b

    Attention comes after the recurrence, so that in training the whole target
    is one call, without a loop over its steps.

    Parameters
    ----------
    n_tokens : int
        Number of token ids of the target, the special ones included.
    source_size : int
        Size of a hidden state of the encoder.
    cell : {"rnn", "lstm", "gru"}, default="lstm"
        Recurrent cell.
    hidden_size : int, default=128
        Number of units a layer.
    num_layers : int, default=1
        Number of layers.
    embedding_dim : int, default=32
        Size of the learned vector of a token.
    attention : {"dot", "additive", "monotonic"}, default="dot"
        How to look at the source.
    dropout : float, default=0.0
        Probability of a unit to be dropped between layers and before the
        output layer, in [0, 1).
    output_bias : bool, default=True
        Whether the output layer has the bias `b`.
    device, dtype : optional
        As for any torch module.

    References
    ----------
    .. [1] Luong, M.-T., H. Pham, C. D. Manning, "Effective Approaches to
       Attention-based Neural Machine Translation", EMNLP 2015.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import AttentionDecoder
    >>> decoder = AttentionDecoder(9, source_size=4, hidden_size=3)
    >>> state = decoder.begin(torch.rand(2, 5, 4), torch.rand(2, 4), torch.tensor([5, 3]))
    >>> outputs, state, _ = decoder(torch.tensor([[2], [2]]), state)
    >>> decoder.logits(outputs).shape
    torch.Size([2, 1, 9])
    """

    def __init__(
        self,
        n_tokens,
        *,
        source_size,
        cell="lstm",
        hidden_size=128,
        num_layers=1,
        embedding_dim=32,
        attention="dot",
        dropout=0.0,
        output_bias=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        factory = {"device": device, "dtype": dtype}
        self.embedding = nn.Embedding(n_tokens, embedding_dim, padding_idx=PAD, **factory)
        sizes = [embedding_dim] + [hidden_size] * (num_layers - 1)
        self.layers = nn.ModuleList(
            [CELLS[cell](size, hidden_size, batch_first=True, **factory) for size in sizes]
        )
        self.parts_per_layer = 2 if cell == "lstm" else 1
        self.bridge = nn.Linear(source_size, self.parts_per_layer * num_layers * hidden_size, **factory)
        self.attention = ATTENTIONS[attention](hidden_size, source_size, **factory)
        self.combine = nn.Linear(source_size + hidden_size, hidden_size, **factory)
        self.dropout = Dropout(dropout)
        self.output = nn.Linear(hidden_size, n_tokens, bias=output_bias, **factory)

    def begin(self, states, last, lengths):
        """Return the state before the first token.

        Parameters
        ----------
        states : Tensor of shape (n, T, source_size)
            Hidden states of the encoder, 0 on padding.
        last : Tensor of shape (n, source_size)
            The states that have read the whole source.
        lengths : Tensor of shape (n,), dtype int64

        Returns
        -------
        DecoderState
        """
        n_parts = self.parts_per_layer * len(self.layers)
        hidden = torch.tanh(self.bridge(last)).chunk(n_parts, dim=1)
        return DecoderState(hidden, self.attention.remember(states, lengths))

    def forward(self, tokens, state, need_weights=False):
        """Read tokens of the target.

        Parameters
        ----------
        tokens : Tensor of shape (n, U)
            The target's tokens before those to be predicted, BOS first.
        state : DecoderState
        need_weights : bool, default=False
            Whether to return the weights of attention in any case.

        Returns
        -------
        outputs : Tensor of shape (n, U, hidden_size)
            What the output layer reads.
        state : DecoderState
            After the last of these tokens.
        attended : Attended
        """
        states = self.embedding(tokens)  # (n, U, embedding_dim)
        hidden = []
        for i, layer in enumerate(self.layers):
            if i:
                states = self.dropout(states)
            parts = state.hidden[i * self.parts_per_layer : (i + 1) * self.parts_per_layer]
            first = tuple(part[None].contiguous() for part in parts)
            states, after = layer(states, first if len(first) > 1 else first[0])  # (n, U, hidden_size)
            hidden += [part[0] for part in (after if isinstance(after, tuple) else (after,))]
        attended = self.attention(states, state.memory, need_weights)
        outputs = torch.tanh(self.combine(torch.cat([attended.context, states], dim=2)))
        memory = state.memory._replace(position=attended.position)
        return outputs, DecoderState(tuple(hidden), memory), attended

    def logits(self, outputs):
        """Return the logits of the next token; padding and the beginning never come next.

        Parameters
        ----------
        outputs : Tensor of shape (..., hidden_size)

        Returns
        -------
        Tensor of shape (..., n_tokens)
        """
        logits = self.output(self.dropout(outputs))
        return logits.index_fill(-1, torch.tensor([PAD, BOS], device=logits.device), -torch.inf)


class Seq2SeqNetwork(nn.Module):
    """An encoder of the source and a decoder of the target.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads the source.
    decoder : AttentionDecoder
        Writes the target; its `source_size` is the encoder's `output_size`.

    References
    ----------
    .. [1] Sutskever, I., O. Vinyals, Q. V. Le, "Sequence to Sequence Learning
       with Neural Networks", NeurIPS 2014.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import AttentionDecoder, RecurrentEncoder, Seq2SeqNetwork
    >>> encoder = RecurrentEncoder(10, hidden_size=4)
    >>> network = Seq2SeqNetwork(encoder, AttentionDecoder(9, source_size=4, hidden_size=3))
    >>> source = torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1])
    >>> target = torch.tensor([[4, 3], [3, 0]]), torch.tensor([2, 1])
    >>> network([(*source, *target)]).logits.shape
    torch.Size([3, 9])
    """

    def __init__(self, encoder: RecurrentEncoder, decoder: AttentionDecoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, pieces):
        """Return the logits of the targets, each token from those before it.

        Parameters
        ----------
        pieces : list of (inputs, lengths, target, target_lengths)
            One batch, cut by length: sources of shape (n_i, T_i), padded
            targets of shape (n_i, U_i), which end in EOS, and how many steps
            of each are real.

        Returns
        -------
        Seq2SeqOutput
        """
        outputs, entropies = [], []
        for inputs, lengths, target, target_lengths in pieces:
            begin = target.new_full((len(target), 1), BOS)
            known = torch.cat([begin, target[:, :-1]], dim=1)  # (n, U)
            states, _, attended = self.decoder(known, self.read(inputs, lengths))
            real = real_steps(target_lengths, target.shape[1])
            outputs.append(states[real])
            if attended.entropy is not None:
                entropies.append(attended.entropy[real])
        entropy = torch.cat(entropies).mean() if entropies else None
        return Seq2SeqOutput(self.decoder.logits(torch.cat(outputs)), entropy)

    def read(self, inputs, lengths):
        """Read sources of shape (n, T) and return the DecoderState before the first token."""
        directions = self.encoder.read(inputs, lengths)
        last = _last_states(directions, lengths)
        states = _fill_padding(join_directions(directions, lengths), lengths, 0)
        return self.decoder.begin(states, last, lengths)

    def align(self, inputs, lengths, target):
        """Return the weights of attention, Tensor of shape (n, U, T), for targets (n, U) that end in EOS."""
        begin = target.new_full((len(target), 1), BOS)
        known = torch.cat([begin, target[:, :-1]], dim=1)
        return self.decoder(known, self.read(inputs, lengths), need_weights=True)[2].weights

    def represent(self, pieces):
        """Return the states that have read the whole source, Tensor of shape (n, encoder.output_size)."""
        return torch.cat(
            [_last_states(self.encoder.read(inputs, lengths), lengths) for inputs, lengths, *_ in pieces]
        )
