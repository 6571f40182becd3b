"""The network of the language model: what comes next, at every step."""

import torch
from torch import nn

from .dropout import Dropout
from .encoder import RecurrentEncoder
from .pooling import _last_states, real_steps

__all__ = ["CellState", "LanguageNetwork"]

PAD, UNKNOWN, BOS, EOS = 0, 1, 2, 3


class CellState(tuple):
    """The states of all layers, each a tuple of Tensors of shape (1, n, hidden_size).

    Parameters
    ----------
    iterable : iterable of tuples, default=()
        One a layer; none before the first token.

    Examples
    --------
    >>> from seqestimators.modules import CellState
    >>> CellState()
    ()
    """

    def select(self, rows):
        """Return the states of some sequences, in that order."""
        return CellState(tuple(part[:, rows] for part in layer) for layer in self)


class LanguageNetwork(nn.Module):
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
    device, dtype : optional
        As for any torch module.

    References
    ----------
    .. [1] Mikolov, T. et al., "Recurrent neural network based language model",
       Interspeech 2010.
    .. [2] Peters, M. E. et al., "Deep Contextualized Word Representations",
       NAACL 2018 (both directions).

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import LanguageNetwork, RecurrentEncoder
    >>> network = LanguageNetwork(RecurrentEncoder(10, hidden_size=3))
    >>> network([(torch.tensor([[2, 5, 6, 3], [2, 7, 3, 0]]), torch.tensor([4, 3]))]).shape
    torch.Size([5, 10])
    """

    def __init__(self, encoder: RecurrentEncoder, *, dropout=0.0, output_bias=True, device=None, dtype=None):
        super().__init__()
        self.encoder = encoder
        self.dropout = Dropout(dropout)
        size = encoder.output_size // (2 if encoder.bidirectional else 1)
        self.output = nn.Linear(size, encoder.input_size, bias=output_bias, device=device, dtype=dtype)

    def forward(self, pieces):
        """Return the logits for one batch.

        Parameters
        ----------
        pieces : list of (inputs, lengths)
            Padded token ids of shape (n_i, T_i), each sequence between BOS
            and EOS, and lengths that count both.

        Returns
        -------
        Tensor of shape (n_total, n_tokens)
            For the first sequence the logits of each token behind BOS, EOS
            included, and, in both directions, those of each token before
            EOS, from the last to BOS; then those for the second, ...
        """
        return torch.cat([self._predict(inputs, lengths) for inputs, lengths in pieces])

    def forward_logits(self, pieces):
        """Return only the logits of the tokens behind BOS, Tensor of shape (n_total, n_tokens)."""
        return torch.cat([self._predict(inputs, lengths, n_directions=1) for inputs, lengths in pieces])

    def _predict(self, inputs, lengths, n_directions=2):
        n_steps = inputs.shape[1] - 1  # nothing follows the last token
        directions = self.encoder.read(inputs, lengths)[:n_directions]
        logits = [
            self.next_logits(states[:, :n_steps], end)
            for states, end in zip(directions, (EOS, BOS), strict=False)
        ]
        real = real_steps(lengths - 1, n_steps).repeat(1, len(logits))
        return torch.cat(logits, dim=1)[real]

    def next_logits(self, states, end=EOS):
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

    def step(self, token, state):
        """Read one token of each of n sequences, forward.

        Parameters
        ----------
        token : Tensor of shape (n,)
        state : CellState
            Of all layers; ``CellState()`` before the first token.

        Returns
        -------
        log_probabilities : Tensor of shape (n, n_tokens)
            Of the next token; minus infinity for UNKNOWN, which stands for no
            token that could be written.
        state : CellState
        """
        states = self.encoder.embed(token[:, None])  # (n, 1, size)
        after = []
        for i, (cell, *_) in enumerate(layer.children() for layer in self.encoder.layers):
            before = None
            if state:
                before = state[i] if len(state[i]) > 1 else state[i][0]
            states, last = cell(states, before)  # (n, 1, hidden_size)
            after.append(last if isinstance(last, tuple) else (last,))
        logits = self.next_logits(states[:, 0])
        logits = logits.index_fill(1, torch.tensor([UNKNOWN], device=logits.device), -torch.inf)
        return torch.log_softmax(logits, dim=1), CellState(after)

    def represent(self, pieces):
        """Return the state that has read the whole sequence, (n, encoder.output_size)."""
        return torch.cat(
            [_last_states(self.encoder.read(inputs, lengths), lengths) for inputs, lengths in pieces]
        )
