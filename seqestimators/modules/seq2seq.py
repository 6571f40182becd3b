"""The network of sequence to sequence: an encoder, and a decoder with attention."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..sequences import BOS, PAD, UNKNOWN
from ._losses import cross_entropy
from ._mixed_precision import has_bfloat16
from .attention import ATTENTIONS, Attended, Attention, Memory
from .batch import Batch, Ragged, real_steps
from .cells import CELLS, Cell
from .dropout import Dropout
from .encoder import RecurrentEncoder
from .network import SequenceNetwork
from .pooling import fill_padding

__all__ = ["AttentionDecoder", "Seq2SeqNetwork"]

ENTROPY_WEIGHT = 0.02
"""Weight of the entropy of hops, in nats, beside the loss of a token."""
ENTROPY_RAMP = 0.1
"""Share of the training over which that weight is reached."""


class DecoderState(NamedTuple):
    """Where the decoding of n sequences stands; every tensor has one row per sequence.

    Parameters
    ----------
    hidden : tuple of Tensors of shape (n, hidden_size)
        The state of each layer: h, and for an LSTM c behind it.
    memory : Memory
        What attention keeps of the source.
    may_copy : Tensor of shape (n,), dtype bool, or None, default=None
        Whether UNKNOWN may be written, for a symbol of the source; None of
        none.
    """

    hidden: tuple[Tensor, ...]
    memory: Memory
    may_copy: Tensor | None = None

    def select(self, rows: Tensor) -> "DecoderState":
        """Return the state of some rows, in that order; a row may come several times."""
        memory = Memory(*(part[rows] for part in self.memory))
        may_copy = None if self.may_copy is None else self.may_copy[rows]
        return DecoderState(tuple(part[rows] for part in self.hidden), memory, may_copy)


class Seq2SeqOutput(NamedTuple):
    """What the network returns for one batch.

    Parameters
    ----------
    values : Tensor of shape (n_total, n_tokens)
        Logits of the tokens of the first target, then those of the second, ...
    lengths : Tensor of shape (n,), dtype int64
        Number of tokens of each target.
    entropy : Tensor of shape (n_total,), or None
        Entropy of the hop of monotonic attention before each token, in nats.
    """

    values: Tensor
    lengths: Tensor
    entropy: Tensor | None


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
    cell : {"rnn", "lstm", "gru"} or Cell class, default="lstm"
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
    mixed_precision : bool, default=False
        Whether the layers are trained in bfloat16, as those of
        :class:`~seqestimators.modules.RecurrentEncoder`.

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
        n_tokens: int,
        *,
        source_size: int,
        cell: str | type[Cell] = "lstm",
        hidden_size: int = 128,
        num_layers: int = 1,
        embedding_dim: int = 32,
        attention: str | type[Attention] = "dot",
        dropout: float = 0.0,
        output_bias: bool = True,
        mixed_precision: bool = False,
    ):
        super().__init__()
        self.mixed_precision = mixed_precision
        self.embedding = nn.Embedding(n_tokens, embedding_dim, padding_idx=PAD)
        sizes = [embedding_dim] + [hidden_size] * (num_layers - 1)
        self.layers = nn.ModuleList([CELLS.find(cell)(size, hidden_size) for size in sizes])
        self.parts_per_layer = len(CELLS.find(cell).parts)  # type: ignore[attr-defined]
        self.bridge = nn.Linear(source_size, self.parts_per_layer * num_layers * hidden_size)
        self.attention = ATTENTIONS.find(attention)(hidden_size, source_size)
        self.combine = nn.Linear(self.attention.output_size + hidden_size, hidden_size)
        self.dropout = Dropout(dropout)
        self.output = nn.Linear(hidden_size, n_tokens, bias=output_bias)

    def begin(self, states: Tensor, last: Tensor, lengths: Tensor) -> DecoderState:
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

    def forward(
        self, tokens: Tensor, state: DecoderState, need_weights: bool = False
    ) -> tuple[Tensor, DecoderState, Attended]:
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
        is_mixed = self.mixed_precision and self.training and has_bfloat16(tokens.device.type)
        states = self.embedding(tokens)  # (n, U, embedding_dim)
        hidden: list[Tensor] = []
        with torch.autocast(tokens.device.type, torch.bfloat16) if is_mixed else nullcontext():
            for i, layer in enumerate(self.layers):
                if i:
                    states = self.dropout(states)
                parts = state.hidden[i * self.parts_per_layer : (i + 1) * self.parts_per_layer]
                states, after = layer(states, parts)  # (n, U, hidden_size)
                hidden += after
        states = states.float() if is_mixed else states
        attended = self.attention(states, state.memory, need_weights)
        outputs = torch.tanh(self.combine(torch.cat([attended.context, states], dim=2)))
        memory = state.memory._replace(position=attended.position)
        return outputs, state._replace(hidden=tuple(hidden), memory=memory), attended

    def logits(self, outputs: Tensor) -> Tensor:
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


class Seq2SeqNetwork(SequenceNetwork):
    """An encoder of the source and a decoder of the target.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads the source.
    decoder : AttentionDecoder
        Writes the target; its `source_size` is the encoder's `output_size`.
    label_smoothing : float, default=0.0
        Share of the probability that training spreads over all tokens, in
        [0, 1).

    Notes
    -----
    In training, the entropy of the hop of monotonic attention is added to the
    loss of every token, at a weight that grows over the first tenth of the
    training: hops shall become certain.

    References
    ----------
    .. [1] Sutskever, I., O. Vinyals, Q. V. Le, "Sequence to Sequence Learning
       with Neural Networks", NeurIPS 2014.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import (
    ...     AttentionDecoder,
    ...     Batch,
    ...     Ragged,
    ...     RecurrentEncoder,
    ...     Seq2SeqNetwork,
    ... )
    >>> encoder = RecurrentEncoder(10, hidden_size=4)
    >>> network = Seq2SeqNetwork(encoder, AttentionDecoder(9, source_size=4, hidden_size=3))
    >>> target = Ragged(torch.tensor([4, 3, 3]), torch.tensor([2, 1]))
    >>> batch = Batch(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1]), target)
    >>> network(batch).values.shape
    torch.Size([3, 9])
    """

    def __init__(self, encoder: RecurrentEncoder, decoder: AttentionDecoder, *, label_smoothing: float = 0.0):
        super().__init__(encoder)
        self.decoder = decoder
        self.label_smoothing = label_smoothing

    def forward(self, batch: Batch) -> Seq2SeqOutput:
        """Return the logits of the targets, each token from those before it.

        Parameters
        ----------
        batch : Batch
            With the targets, Ragged token ids, each of which ends in EOS.

        Returns
        -------
        Seq2SeqOutput
        """
        outputs, entropies = [], []
        target: Ragged = batch.target  # type: ignore[assignment]
        for (inputs, lengths), part in zip(
            batch.pieces, target.split(list(map(len, batch.lengths))), strict=True
        ):
            padded = part.pad()
            states, attended = self._follow(self.read(inputs, lengths), padded)
            real = real_steps(part.lengths, padded.shape[1])
            outputs.append(states[real])
            if attended.entropy is not None:
                entropies.append(attended.entropy[real])
        entropy = torch.cat(entropies) if entropies else None
        return Seq2SeqOutput(self.decoder.logits(torch.cat(outputs)), batch.target.lengths, entropy)  # type: ignore[union-attr]

    def row_losses(self, outputs: Seq2SeqOutput, batch: Batch) -> Tensor:  # type: ignore[override]
        """Return the cross-entropy of every token, in training with the entropy of its hop, (n_total,)."""
        target: Ragged = batch.target  # type: ignore[assignment]
        losses = cross_entropy(outputs.values, target.values, self.label_smoothing)
        if self.training and outputs.entropy is not None:
            losses = losses + ENTROPY_WEIGHT * min(1.0, self.progress / ENTROPY_RAMP) * outputs.entropy
        return losses

    @staticmethod
    def _pairs(batch: Batch) -> Iterator[tuple[Tensor, Tensor, Ragged]]:
        """Inputs, lengths and targets of each piece."""
        target: Ragged = batch.target  # type: ignore[assignment]
        parts = target.split([len(lengths) for lengths in batch.lengths])
        return ((*piece, part) for piece, part in zip(batch.pieces, parts, strict=True))

    def read(self, inputs: Tensor, lengths: Tensor) -> DecoderState:
        """Read sources of shape (n, T) and return the state before the first token."""
        self.decoder.attention.progress = self.progress
        states = self.encoder(inputs, lengths)
        joined = fill_padding(states.join(), states.lengths, 0)
        return self.decoder.begin(joined, states.last(), states.lengths)

    def _follow(
        self, state: DecoderState, target: Tensor, need_weights: bool = False
    ) -> tuple[Tensor, Attended]:
        """Let the decoder read targets (n, U) that end in EOS, one token behind."""
        begin = target.new_full((len(target), 1), BOS)
        outputs, _, attended = self.decoder(torch.cat([begin, target[:, :-1]], dim=1), state, need_weights)
        return outputs, attended

    def align(self, batch: Batch) -> list[Tensor]:
        """Return where the decoder looks while it follows the targets.

        Parameters
        ----------
        batch : Batch
            As `forward` takes it.

        Returns
        -------
        list of n Tensors of shape (U, T)
            A row for each token of the target, and a column for each step of
            the source.
        """
        found: list[Tensor] = []
        target: Ragged = batch.target  # type: ignore[assignment]
        for (inputs, lengths), part in zip(
            batch.pieces, target.split(list(map(len, batch.lengths))), strict=True
        ):
            weights = self._follow(self.read(inputs, lengths), part.pad(), need_weights=True)[1].weights
            sizes = zip(weights, part.lengths.tolist(), lengths.tolist(), strict=True)  # type: ignore[arg-type]
            found += [matrix[:n_tokens, :n_steps] for matrix, n_tokens, n_steps in sizes]
        return found

    def search(
        self,
        batch: Batch,
        limits: Tensor,
        find: Callable[..., list[object]],
        may_copy: Tensor | None = None,
    ) -> list[object]:
        """Search for the target of each source.

        Parameters
        ----------
        batch : Batch
        limits : Tensor of shape (n,), dtype int64
            Greatest length of each target.
        find : callable
            A search, such as :func:`greedy_search`: takes a step, the state
            before the first token, and the limits; returns an item a source.
        may_copy : Tensor of shape (n,), dtype bool, or None, default=None
            Of which sources the target may have UNKNOWN.

        Returns
        -------
        list of n objects
        """
        found: list[object] = []
        for inputs, lengths in batch.pieces:
            own = slice(len(found), len(found) + len(lengths))
            state = self.read(inputs, lengths)
            if may_copy is not None:
                state = state._replace(may_copy=may_copy[own])
            found += find(self._step, state, limits[own])
        return found

    def _step(self, token: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Logarithm of the probability of each next token, none for UNKNOWN where nothing may be copied."""
        outputs, state, _ = self.decoder(token[:, None], state)
        logits = self.decoder.logits(outputs[:, 0])
        if state.may_copy is None:
            logits[:, UNKNOWN] = -torch.inf  # it stands for no token that could be written
        else:
            logits[~state.may_copy, UNKNOWN] = -torch.inf
        return torch.log_softmax(logits, dim=1), state

    def represent(self, batch: Batch) -> Tensor:
        """Return the states that have read the whole source, Tensor of shape (n, representation_size)."""
        return torch.cat([self.encoder(*piece).last() for piece in batch.pieces])
