"""The recurrent encoder: sequences of any lengths in, hidden states out."""

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..sequences import PAD
from ._mixed_precision import has_bfloat16
from ._truncation import read_truncated
from .batch import MAX_STEPS, real_steps, reverse_each
from .cells import CELLS, Cell, State
from .dropout import Dropout, TokenDropout, are_masks_shared
from .states import States, StatesAndEnd
from .stem import Stem

__all__ = ["FirstStates", "RecurrentEncoder"]

MIN_STEPS = 512
"""Steps, at least, of a part of a long batch: with many rows it has more than `MAX_STEPS` padded ones."""

MAX_KEPT = 512
"""Tokens, at most, whose one-hot vectors are kept as a table."""

FirstStates = Sequence[Sequence[State | None]]
"""Of each layer, and in it of each direction, the state before the first step."""


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
    cell : {"rnn", "lstm", "gru"} or Cell class, default="lstm"
        Recurrent cell, see `CELLS`.
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
    n_positions : int, default=0
        Number of positions, counted from the beginning, that have a learned
        vector, which is added to that of the step; 0 at first. Steps beyond
        have none.
    stem : (n_filters, width, pool) or None, default=None
        A convolution before the recurrence, see
        :class:`~seqestimators.modules.Stem`.
    token_dropout : float, default=0.0
        Probability of a token to be read as unknown in training, in [0, 1).
    projection_dim : int or None, default=None
        Size of the vector that a linear layer without bias makes of the values
        of a step; None reads them as they are. Not used for token ids.
    mixed_precision : bool, default=False
        Whether the layers are trained in bfloat16, where the hardware multiplies
        in it; with weights of float32, as are states and all that is computed
        outside of training.

    Attributes
    ----------
    output_size : int
        Size of a hidden state: `hidden_size`, twice that if bidirectional.
    is_causal : bool
        Whether a state depends on the steps up to its own alone.
    truncate_gradient : int or None
        Steps of each part of a sequence, in training: gradients flow back to
        the beginning of their part and no further, in each direction as it
        reads. Set from outside; None lets them flow to the first step.

    References
    ----------
    .. [1] Schuster, M., K. K. Paliwal, "Bidirectional Recurrent Neural
       Networks", IEEE Transactions on Signal Processing 45, 1997.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import RecurrentEncoder
    >>> encoder = RecurrentEncoder(10, hidden_size=3, bidirectional=True)
    >>> states = encoder(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1]))
    >>> states.join().shape
    torch.Size([2, 3, 6])
    """

    one_hot: Tensor | None

    def __init__(
        self,
        input_size: int,
        *,
        tokens: bool = True,
        cell: str | type[Cell] = "lstm",
        hidden_size: int = 64,
        num_layers: int = 1,
        bidirectional: bool = False,
        embedding_dim: int | None = None,
        dropout: float = 0.0,
        mix_directions: bool = True,
        n_positions: int = 0,
        stem: tuple[int, int, int] | None = None,
        token_dropout: float = 0.0,
        projection_dim: int | None = None,
        mixed_precision: bool = False,
    ):
        super().__init__()
        self.input_size = input_size
        self.tokens = tokens
        self.bidirectional = bidirectional
        self.mix_directions = mix_directions
        self.mixed_precision = mixed_precision
        self.hidden_size = hidden_size
        self.output_size = hidden_size * (2 if bidirectional else 1)
        self.embedding = None
        if tokens and embedding_dim is not None:
            self.embedding = nn.Embedding(input_size, embedding_dim, padding_idx=PAD)
        has_table = tokens and embedding_dim is None and input_size <= MAX_KEPT
        one_hot = _one_hot(torch.arange(input_size), input_size, torch.float32) if has_table else None
        self.register_buffer("one_hot", one_hot, persistent=False)
        self.token_dropout = TokenDropout(token_dropout)
        size: Any = input_size if self.embedding is None else embedding_dim
        self.projection = None
        if not tokens and projection_dim is not None:
            self.projection = nn.Linear(size, projection_dim, bias=False)
            size = projection_dim
        self.positions = nn.Parameter(torch.zeros(n_positions, size)) if n_positions else None
        self.stem = None if stem is None else Stem(size, *stem)
        size = size if self.stem is None else self.stem.output_size
        self.layers = nn.ModuleList()
        for _ in range(num_layers):
            cells = [CELLS.find(cell)(size, hidden_size) for _ in range(1 + bidirectional)]
            self.layers.append(nn.ModuleList(cells))
            size = self.output_size if mix_directions else hidden_size
        self.dropout = Dropout(dropout)
        self.truncate_gradient: int | None = None

    @property
    def is_causal(self) -> bool:
        """Whether a state depends on the steps up to its own alone."""
        return not self.bidirectional and (self.stem is None or self.stem.is_pointwise)

    def embed(self, inputs: Tensor) -> Tensor:
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
        if self.one_hot is not None:
            return F.embedding(inputs, self.one_hot)
        return _one_hot(inputs, self.input_size, next(self.parameters()).dtype)

    def prepare(self, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the first layer reads: a place for layers before the recurrence.

        Parameters
        ----------
        inputs : Tensor of shape (n, T) of token ids or (n, T, d) of values
            Padded behind with 0.
        lengths : Tensor of shape (n,), dtype int64
            How many steps of each sequence are real; 0 is legal.

        Returns
        -------
        vectors : Tensor of shape (n, T', size)
        lengths : Tensor of shape (n,), dtype int64
            How many of these vectors are real.
        """
        if self.tokens:
            inputs = self.token_dropout(inputs)
        vectors = self._embed_steps(inputs)
        if self.positions is not None:
            table = self.positions[: vectors.shape[1]]
            table = F.pad(table, (0, 0, 0, vectors.shape[1] - len(table)))
            vectors = vectors + table * real_steps(lengths, len(table))[..., None]
        return (vectors, lengths) if self.stem is None else self.stem(vectors, lengths)

    def _embed_steps(self, inputs: Tensor) -> Tensor:
        """Return the vectors of steps: embedded and projected, (n, T, size), 0 on padding."""
        # Time comes first in memory, as the cells need it, and the batch first in every shape
        vectors = self.embed(inputs.transpose(0, 1)).transpose(0, 1)
        return vectors if self.projection is None else self.projection(vectors)

    def forward(self, inputs: Tensor, lengths: Tensor, first: FirstStates | None = None) -> States:
        """Return the hidden states of the last layer.

        Parameters
        ----------
        inputs : Tensor of shape (n, T) of token ids or (n, T, d) of values
            Padded behind with 0.
        lengths : Tensor of shape (n,), dtype int64
        first : list of a list a layer, of a tuple a direction, or None, default=None
            The state before the first step: Tensors of shape (n, hidden_size),
            one for each of the cell's `parts`. None stands for zeros.

        Returns
        -------
        States
            Pooling needs no common order of both directions, which saves
            turning one round.
        """
        return self.read_layers(inputs, lengths, first)[-1]

    def read_layers(self, inputs: Tensor, lengths: Tensor, first: FirstStates | None = None) -> list[States]:
        """Return what `forward` returns for each layer, the first layer first."""
        if not (self.mixed_precision and self.training and has_bfloat16(inputs.device.type)):
            return self._read_layers(inputs, lengths, first)
        with torch.autocast(inputs.device.type, torch.bfloat16):
            read = self._read_layers(inputs, lengths, first)
        return [States([one.float() for one in states.directions], states.lengths) for states in read]

    def _read_layers(self, inputs: Tensor, lengths: Tensor, first: FirstStates | None) -> list[States]:
        layers: Any = list(self.layers)
        first = first or [[None, None]] * len(layers)
        read = [self._read_first(inputs, lengths, first[0])]
        lengths = read[0].lengths
        for layer, before in zip(layers[1:], first[1:], strict=True):
            if self.mix_directions:
                states = self.dropout(read[-1].join())  # (n, T, output_size)
                read.append(self._read_layer(layer, states, lengths, before))
            else:
                given = zip(layer, read[-1].directions, before, strict=False)
                pairs = [self._read(cell, self.dropout(states), lengths, h) for cell, states, h in given]
                read.append(States.of_directions(pairs, lengths))
        return read

    def reads_in_parts(self, inputs: Tensor) -> bool:
        """Say whether a batch is so long that its states come part by part from `read_parts`.

        Only where no gradients are asked for, and no layer reads what those
        below it read later: in one direction, of a single layer, or where the
        directions don't mix.

        Parameters
        ----------
        inputs : Tensor of shape (n, T) or (n, T, d)

        Returns
        -------
        bool
        """
        if torch.is_grad_enabled() or self.training or inputs.shape[1] <= _steps_of_part(len(inputs)):
            return False
        is_single = len(self.layers) == 1
        looks_ahead = not is_single and self.bidirectional and self.mix_directions
        has_masks = not is_single and are_masks_shared()  # they belong to whole sequences
        is_hindered = looks_ahead or has_masks or self.stem is not None
        return not (is_hindered or self._overrides("embed", "prepare", "forward", "read_layers"))

    def read_parts(
        self, inputs: Tensor, lengths: Tensor, first: FirstStates | None = None
    ) -> Iterator[tuple[int, States]]:
        """Yield what `forward` returns part by part; in one where `reads_in_parts` says no.

        Parameters
        ----------
        inputs : Tensor of shape (n, T) of token ids or (n, T, d) of values
        lengths : Tensor of shape (n,), dtype int64
        first : list of a list a layer, of a tuple a direction, or None, default=None
            As in `forward`.

        Yields
        ------
        begin : int
            The step with which the part begins, counted as each direction
            reads: of the second one, from the end.
        states : States
            Those of the part, and how many of them are real. The directions
            can't be joined: their steps are others.
        """
        if not self.reads_in_parts(inputs):
            yield 0, self(inputs, lengths, *(() if first is None else (first,)))
            return
        n, n_steps = inputs.shape[:2]
        layers: Any = self.layers
        ways = range(1 + self.bidirectional)
        last: Any = [list(layer) for layer in first or [[None] * len(ways)] * len(self.layers)]
        for begin in range(0, n_steps, _steps_of_part(n)):
            end = min(begin + _steps_of_part(n), n_steps)
            steps = torch.arange(begin, end, device=inputs.device).expand(n, -1)
            of_part = (lengths - begin).clamp_(0, end - begin)
            directions = []
            for way in ways:
                place = (lengths[:, None] - 1 - steps).clamp_(min=0) if way else steps
                states, ids = self._take(inputs, place, layers[0][way])
                for i, (layer, before) in enumerate(zip(layers, last, strict=True)):
                    if i:
                        states, ids = self.dropout(states), None
                    states, before[way] = layer[way].read_part(states, of_part, before[way], ids)
                directions.append(states)
            yield begin, States(directions, of_part)

    def _take(self, inputs: Tensor, place: Tensor, cell: Cell) -> tuple[Tensor, Tensor | None]:
        """Return what a cell of the first layer reads at some places: vectors, or ids and those of all."""
        index = place if self.tokens else place[..., None].expand(-1, -1, inputs.shape[2])
        inputs = inputs.gather(1, index)
        if self._is_plain and self._is_table_small(inputs) and cell.reads_ids:
            return self._table, inputs
        vectors = self._embed_steps(inputs)
        if self.positions is not None:
            table = F.pad(self.positions, (0, 0, 0, 1))  # positions beyond have no vector
            vectors = vectors + F.embedding(place.clamp(max=len(self.positions)), table)
        return vectors, None

    def _read_first(self, inputs: Tensor, lengths: Tensor, before: Sequence[Any]) -> States:
        layer: Any = self.layers[0]
        has_ids = self._truncation(inputs.shape[1]) is not None or all(cell.reads_ids for cell in layer)
        if has_ids and before[0] is None and self._is_plain and self._is_table_small(inputs):
            vectors, ids = self._table, self.token_dropout(inputs)
            ways = zip(layer, (False, True), strict=False)
            pairs = [self._read_ids(cell, vectors, ids, lengths, way) for cell, way in ways]
            return States.of_directions(pairs, lengths)
        return self._read_layer(layer, *self.prepare(inputs, lengths), before)

    def _is_table_small(self, inputs: Tensor) -> bool:
        """Whether there are as many steps as tokens, so that multiplying the vectors of all pays."""
        return self.tokens and inputs.numel() >= self.input_size

    @property
    def _table(self) -> Tensor:
        """The vectors of all tokens, Tensor of shape (input_size, size)."""
        if self.one_hot is not None:
            return self.one_hot
        # not the weight of the embedding, of which padding must not get a gradient
        return self.embed(torch.arange(self.input_size, device=next(self.parameters()).device))

    def _overrides(self, *names: str) -> bool:
        """Whether a subclass has a method of its own among these."""
        class_: Any = type(self)
        return _overrides(class_, names)

    @property
    def _is_plain(self) -> bool:
        """Whether the first layer reads the vector of each token, and a subclass sees to nothing else."""
        return self.stem is None and self.positions is None and not self._overrides("embed", "prepare")

    def _truncation(self, n_steps: int) -> int | None:
        """Steps of a part, where gradients through so many are truncated."""
        n = self.truncate_gradient if self.training and torch.is_grad_enabled() else None
        return None if n is None or n_steps <= n else n

    def _read_layer(self, layer: nn.Module, states: Tensor, lengths: Tensor, before: Sequence[Any]) -> States:
        cells: Any = layer.children()
        forward, *backward = cells
        pairs = [self._read(forward, states, lengths, before[0])]
        for cell in backward:
            pairs.append(self._read(cell, reverse_each(states, lengths), lengths, before[1]))
        return States.of_directions(pairs, lengths)

    def _read(self, cell: Cell, states: Tensor, lengths: Tensor, first: State | None) -> StatesAndEnd:
        """Return what a cell makes of a first state, by default of zeros, for which it may be faster."""
        if (n := self._truncation(states.shape[1])) is not None:
            return read_truncated(cell, states, lengths, n, first), None
        return cell.read(states, lengths) if first is None else (cell(states, first)[0], None)

    def _read_ids(
        self, cell: Cell, vectors: Tensor, ids: Tensor, lengths: Tensor, is_backward: bool
    ) -> StatesAndEnd:
        """Return what a cell makes of the vectors of all tokens."""
        if (n := self._truncation(ids.shape[1])) is not None:
            in_order = reverse_each(ids, lengths) if is_backward else ids
            return read_truncated(cell, vectors, lengths, n, ids=in_order), None
        return cell.read_ids(vectors, ids, lengths, is_backward)


@functools.cache
def _overrides(class_: Any, names: tuple[str, ...]) -> bool:
    return any(getattr(class_, name) is not getattr(RecurrentEncoder, name) for name in names)


def _one_hot(ids: Tensor, n_tokens: int, dtype: torch.dtype) -> Tensor:
    """Return the vectors of tokens where they are not learned, (..., n_tokens), that of padding 0."""
    vectors = ids.new_zeros(*ids.shape, n_tokens, dtype=dtype).scatter_(-1, ids[..., None], 1)
    vectors[..., PAD] = 0
    return vectors


def _steps_of_part(n: int) -> int:
    """Steps of a part of a long batch of n sequences."""
    return max(MAX_STEPS // max(n, 1), MIN_STEPS)
