"""The network of the language model: what comes next, at every step."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from ..sequences import BOS, EOS, PAD, UNKNOWN
from ._losses import cross_entropy
from .batch import Batch, Ragged, real_steps
from .dropout import Dropout
from .encoder import FirstStates, RecurrentEncoder
from .network import SequenceNetwork
from .pooling import last_of_parts
from .states import States

__all__ = ["LanguageNetwork"]


class CellState(tuple[tuple[Tensor, ...], ...]):
    """The states of all layers, each a tuple of Tensors (n, hidden_size); none before the first token."""

    def select(self, rows: Tensor) -> "CellState":
        """Return the states of some sequences, in that order."""
        return CellState(tuple(part[rows] for part in layer) for layer in self)


class LanguageNetwork(SequenceNetwork):
    r"""Logits of the next token after every prefix of a sequence.

    .. math:: \log p(x_{t+1} \mid x_1 \ldots x_t) = \log \mathrm{softmax}(W h_t + b)

    Sequences stand between the markers of beginning and end. Padding and the
    beginning never come next: their logit is minus infinity. A bidirectional
    encoder, of directions that don't mix, models the sequences read from
    their ends as well, down to the marker of the beginning.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads token ids, without mixing the directions.
    dropout : float, default=0.0
        Probability of an input of the output layer to be dropped, in [0, 1).
    output_bias : bool, default=True
        Whether the output layer has the bias `b`.
    n_numbers : int, default=0
        Size of the condition: numbers `c` beside each sequence, which the
        state before the first step depends on, :math:`h_0 = V c + v` for each
        part of the state of each layer and direction. Without any, it is 0.

    Raises
    ------
    ValueError
        The encoder looks ahead.

    References
    ----------
    .. [1] Mikolov, T. et al., "Recurrent neural network based language model",
       Interspeech 2010.
    .. [2] Peters, M. E. et al., "Deep Contextualized Word Representations",
       NAACL 2018 (both directions).

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Batch, LanguageNetwork, RecurrentEncoder
    >>> network = LanguageNetwork(RecurrentEncoder(10, hidden_size=3))
    >>> batch = Batch(torch.tensor([[2, 5, 6, 3], [2, 7, 3, 0]]), torch.tensor([4, 3]))
    >>> network(batch).values.shape
    torch.Size([5, 10])
    """

    @property
    def is_causal(self) -> bool:
        """Whether logits depend on the tokens before theirs alone: yes, in the order of reading."""
        return True

    def __init__(
        self, encoder: RecurrentEncoder, *, dropout: float = 0.0, output_bias: bool = True, n_numbers: int = 0
    ):
        if not (encoder.is_causal or encoder.bidirectional):
            raise ValueError(
                f"a {type(encoder).__name__} reads steps that are yet to come, which a language model "
                "predicts: give it an encoder whose `is_causal` is true"
            )
        super().__init__(encoder)
        self.dropout = Dropout(dropout)
        size = encoder.output_size // (2 if encoder.bidirectional else 1)
        self.output = nn.Linear(size, encoder.input_size, bias=output_bias)
        self.condition: nn.Linear | None = None
        if n_numbers:
            parts = [part for layer in encoder.layers for cell in layer for part in cell.parts]  # type: ignore[attr-defined]
            self.condition = nn.Linear(n_numbers, len(parts) * size)

    def forward(self, batch: Batch) -> Ragged:
        """Return the logits for one batch.

        Parameters
        ----------
        batch : Batch
            Token ids, each sequence between BOS and EOS, and lengths that
            count both.

        Returns
        -------
        Ragged of shape (n_total, n_tokens)
            Of each sequence the logits of each token behind BOS, EOS
            included, and, in both directions, those of each token before
            EOS, from the last to BOS.
        """
        return self._predict(batch, n_directions=2)

    def forward_logits(self, batch: Batch) -> Ragged:
        """Return only the logits of the tokens behind BOS, Ragged of shape (n_total, n_tokens)."""
        return self._predict(batch, n_directions=1)

    def _predict(self, batch: Batch, n_directions: int) -> Ragged:
        parts = []
        for lengths, states in self._read(batch):
            n_steps = states.directions[0].shape[1] - 1  # nothing follows the last token
            directions = states.directions[:n_directions]
            logits = [
                self.next_logits(one[:, :n_steps], end)
                for one, end in zip(directions, (EOS, BOS), strict=False)
            ]
            real = real_steps(lengths - 1, n_steps).repeat(1, len(logits))
            parts.append(Ragged(torch.cat(logits, dim=1)[real], (lengths - 1) * len(logits)))
        return Ragged(*(torch.cat(part) for part in zip(*parts, strict=True)))

    def follow(self, batch: Batch, function: Callable[[Tensor, Tensor], Tensor]) -> Ragged:
        """Apply a function to the logits after each prefix and the token that comes next.

        Parameters
        ----------
        batch : Batch
            As `forward` takes it. Of long sequences no more logits than those
            of a part are held at once.
        function : callable
            Takes logits of shape (n_steps, n_tokens) and tokens of shape
            (n_steps,); returns a Tensor of shape (n_steps,).

        Returns
        -------
        Ragged of shape (n_total,)
            A value for each token behind BOS.
        """
        rows = []
        for inputs, lengths, first in self._pieces(batch):
            following, n_following = inputs[:, 1:], lengths - 1
            parts = []
            for begin, states in self.encoder.read_parts(inputs, lengths, first):
                tokens = following[:, begin : begin + states.directions[0].shape[1]]
                logits = self.next_logits(states.directions[0][:, : tokens.shape[1]])
                real = real_steps(n_following - begin, tokens.shape[1])
                values = function(logits[real], tokens[real])
                parts.append(values.new_zeros(tokens.shape).masked_scatter_(real, values))
            rows.append((torch.cat(parts, dim=1), n_following))
        return Ragged.from_padded(rows)

    def _read(self, batch: Batch) -> Iterator[tuple[Tensor, States]]:
        """The lengths of each piece of a batch, and the hidden states."""
        for inputs, lengths, first in self._pieces(batch):
            yield lengths, self.encoder(inputs, lengths, *(() if first is None else (first,)))

    def _pieces(self, batch: Batch) -> Iterator[tuple[Tensor, Tensor, FirstStates | None]]:
        """The inputs and lengths of each piece of a batch, and the state before the first step."""
        sizes = [len(lengths) for lengths in batch.lengths]
        conditions = [None] * len(sizes) if batch.features is None else batch.features.split(sizes)
        for (inputs, lengths), numbers in zip(batch.pieces, conditions, strict=True):
            yield inputs, lengths, None if numbers is None else self.first_states(numbers)

    def first_states(self, numbers: Tensor) -> FirstStates:
        """Return the state before the first step under a condition, of each layer and in it each direction.

        Parameters
        ----------
        numbers : Tensor of shape (n, n_numbers)
        """
        assert self.condition is not None
        parts = iter(self.condition(numbers).split(self.encoder.hidden_size, dim=1))
        layers: Any = self.encoder.layers
        return [[tuple(next(parts) for _ in cell.parts) for cell in layer] for layer in layers]

    def begin(self, numbers: Tensor | None) -> CellState:
        """Return the state from which `step` goes, of a condition of shape (n, n_numbers) if there is one."""
        if numbers is None:
            return CellState()
        return CellState(forward for forward, *_ in self.first_states(numbers))  # type: ignore[misc]

    def row_losses(self, outputs: Ragged, batch: Batch) -> Tensor:  # type: ignore[override]
        """Return the cross-entropy of every next token, Tensor of shape (n_total,)."""
        return cross_entropy(outputs.values, batch.target.values)  # type: ignore[union-attr, arg-type]

    def next_logits(self, states: Tensor, end: int = EOS) -> Tensor:
        """Return the logits of what follows each state.

        Parameters
        ----------
        states : Tensor of shape (..., hidden_size)
        end : {EOS, BOS}, default=EOS
            The marker in which a sequence, as it is read, ends.

        Returns
        -------
        Tensor of shape (..., n_tokens)
        """
        impossible = [PAD, BOS if end == EOS else EOS]
        logits = self.output(self.dropout(states))
        return logits.index_fill(-1, torch.tensor(impossible, device=logits.device), -torch.inf)

    def step(self, token: Tensor, state: CellState) -> tuple[Tensor, CellState]:
        """Read one token of each of n sequences, forward.

        Parameters
        ----------
        token : Tensor of shape (n,)
        state : CellState
            Of all layers; before the first token what `begin` returns.

        Returns
        -------
        log_probabilities : Tensor of shape (n, n_tokens)
            Of the next token; minus infinity for UNKNOWN, which stands for no
            token that could be written.
        state : CellState
        """
        states, _ = self.encoder.prepare(token[:, None], torch.ones_like(token))  # (n, 1, size)
        after = []
        for i, layer in enumerate(self.encoder.layers):
            forward = next(layer.children())
            states, last = forward(states, state[i] if state else None)  # (n, 1, hidden_size)
            after.append(last)
        logits = self.next_logits(states[:, 0])
        logits = logits.index_fill(1, torch.tensor([UNKNOWN], device=logits.device), -torch.inf)
        return torch.log_softmax(logits, dim=1), CellState(after)

    def represent(self, batch: Batch) -> Tensor:
        """Return the state that has read the whole sequence, Tensor of shape (n, representation_size)."""
        pieces = (self.encoder.read_parts(*piece) for piece in self._pieces(batch))
        return torch.cat([last_of_parts(states for _, states in parts) for parts in pieces])
