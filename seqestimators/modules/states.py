"""The hidden states of a layer, as an encoder returns them."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from .batch import last_rows, reverse_each, shortest

__all__ = ["States", "StatesAndEnd"]

StatesAndEnd = tuple[Tensor, Tensor | None]
"""Of one direction: the states (n, T, hidden_size), and the last real ones (n, hidden_size), or None."""


class States(NamedTuple):
    """The hidden states of a layer, each direction in the order in which it reads.

    Parameters
    ----------
    directions : list of one or two Tensors of shape (n, T, hidden_size)
        The second begins with the last real step. What stands at padded steps
        means nothing.
    lengths : Tensor of shape (n,), dtype int64
        How many states of each sequence are real.
    ends : list of Tensors of shape (n, hidden_size), or None, default=None
        The last real state of each direction, where the cell gives it; else
        `last` takes it from the states.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import States
    >>> forward, backward = torch.tensor([[[1], [2]]]), torch.tensor([[[20], [10]]])
    >>> states = States([forward, backward], torch.tensor([2]))
    >>> states.join()
    tensor([[[ 1, 10],
             [ 2, 20]]])
    >>> states.last()
    tensor([[ 2, 10]])
    """

    directions: list[Tensor]
    lengths: Tensor
    ends: Sequence[Tensor | None] | None = None

    @classmethod
    def of_directions(cls, pairs: Sequence[StatesAndEnd], lengths: Tensor) -> "States":
        """Join what the cells of a layer return.

        Parameters
        ----------
        pairs : list of one or two tuples of a Tensor, and a Tensor or None
        lengths : Tensor of shape (n,), dtype int64
        """
        directions, ends = zip(*pairs, strict=True)
        return cls(list(directions), lengths, ends)

    def join(self) -> Tensor:
        """Put both directions side by side in the order of the sequence, (n, T, output_size)."""
        if len(self.directions) == 1:
            return self.directions[0]
        forward, backward = self.directions
        return torch.cat([forward, reverse_each(backward, self.lengths)], dim=2)

    def last(self) -> Tensor:
        """Return the states that have read the whole sequence, (n, output_size); 0 of an empty one."""
        ends = [one for one in self.ends or () if one is not None]
        if len(ends) == len(self.directions):
            return ends[0] if len(ends) == 1 else torch.cat(ends, dim=1)
        shortest_length = shortest(self.lengths)
        if shortest_length == self.directions[0].shape[1] > 0:
            # the time first, as the gradient lies in memory
            return torch.cat([states.transpose(0, 1)[-1] for states in self.directions], dim=1)
        rows = last_rows(self.lengths)
        parts = [states.transpose(0, 1).flatten(0, 1).index_select(0, rows) for states in self.directions]
        last = torch.cat(parts, dim=1)
        return last if shortest_length > 0 else last.masked_fill((self.lengths == 0)[:, None], 0)
