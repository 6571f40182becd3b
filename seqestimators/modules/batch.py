"""What goes into a network, and rows of any lengths that come out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

__all__ = ["MAX_STEPS", "Batch", "Ragged", "last_rows", "real_steps", "reverse_each", "shortest"]

MAX_STEPS = 2**14
"""Padded steps of sequences that are always computed at once."""


def real_steps(lengths: Tensor, n_steps: int) -> Tensor:
    """Return which steps are no padding, Tensor of shape (n, n_steps), dtype bool.

    Parameters
    ----------
    lengths : Tensor of shape (n,), dtype int64
    n_steps : int
    """
    return torch.arange(n_steps, device=lengths.device) < lengths[:, None]


def last_rows(lengths: Tensor) -> Tensor:
    """Return where the last real steps are among all ``T * n`` with the time first, Tensor of shape (n,).

    Parameters
    ----------
    lengths : Tensor of shape (n,), dtype int64
        Of an empty sequence it is the first step.
    """
    n = len(lengths)
    return (lengths - 1).clamp_(min=0).mul_(n).add_(torch.arange(n, device=lengths.device))


def shortest(lengths: Tensor) -> int:
    """Return the least length where it is at hand, on a CPU; elsewhere 0, as asking waits for the device.

    Parameters
    ----------
    lengths : Tensor of shape (n,), dtype int64
    """
    return int(lengths.min()) if lengths.is_cpu else 0


class _Permute(torch.autograd.Function):
    """Reorder rows by a permutation that is its own inverse, so forward and backward are one gather."""

    @staticmethod
    def forward(ctx: Any, x: Any, index: Any) -> Any:
        ctx.save_for_backward(index)
        return x.index_select(0, index)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (index,) = ctx.saved_tensors
        return _Permute.apply(gradient, index), None


def reverse_each(x: Tensor, lengths: Tensor) -> Tensor:
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
    >>> from seqestimators.modules.batch import reverse_each
    >>> reverse_each(torch.tensor([[1, 2, 3], [4, 5, 0]]), torch.tensor([3, 2]))
    tensor([[3, 2, 1],
            [5, 4, 0]])
    """
    n, steps = x.shape[:2]
    if shortest(lengths) == steps:
        return x.transpose(0, 1).flip(0).transpose(0, 1)
    time = torch.arange(steps, device=x.device)[:, None]  # (T, 1)
    mirrored = torch.where(time < lengths, lengths - 1 - time, time)  # (T, n)
    index = (mirrored * n + torch.arange(n, device=x.device)).flatten()  # (T * n,)
    time_first = x.transpose(0, 1)
    return _Permute.apply(time_first.flatten(0, 1), index).view(time_first.shape).transpose(0, 1)


class Ragged(NamedTuple):
    """Rows of any lengths, one behind the other.

    Parameters
    ----------
    values : Tensor of shape (n_total, ...)
    lengths : Tensor of shape (n,), dtype int64
        Their sum is `n_total`.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Ragged
    >>> Ragged(torch.tensor([4, 5, 6]), torch.tensor([2, 1])).pad()
    tensor([[4, 5],
            [6, 0]])
    """

    values: Tensor
    lengths: Tensor

    @classmethod
    def from_padded(cls, pieces: Iterable[tuple[Tensor, Tensor]]) -> "Ragged":
        """Take the real steps out of padded pieces.

        Parameters
        ----------
        pieces : iterable of (Tensor of shape (n, T, ...), lengths of shape (n,))
        """
        padded, lengths = zip(*pieces, strict=True)
        real = [one[real_steps(n, one.shape[1])] for one, n in zip(padded, lengths, strict=True)]
        return cls(torch.cat(real), torch.cat(lengths))

    def pad(self) -> Tensor:
        """Return the rows as one matrix, Tensor of shape (n, T, ...), 0 behind; T is at least 1."""
        n_steps = max(int(self.lengths.max()), 1)
        padded = self.values.new_zeros(len(self.lengths), n_steps, *self.values.shape[1:])
        padded[real_steps(self.lengths, n_steps)] = self.values
        return padded

    def split(self, n_rows: Sequence[int]) -> list["Ragged"]:
        """Return the first so many rows, the next so many, ...

        Parameters
        ----------
        n_rows : list of int
        """
        if len(n_rows) == 1:
            return [self]
        lengths = self.lengths.split(list(n_rows))
        values = self.values.split([int(part.sum()) for part in lengths])
        return [Ragged(*pair) for pair in zip(values, lengths, strict=True)]


class Batch:
    """The rows that go through a network together.

    Where one padded matrix would be mostly padding, the sequences come in
    several pieces, which the encoder reads one after the other; everything
    else has one row per sequence, in the order of the pieces.

    Parameters
    ----------
    inputs : Tensor of shape (n, T) or (n, T, d), or list of those
        Token ids or values, padded behind with 0; a Tensor a piece.
    lengths : Tensor of shape (n,), dtype int64, or list of those
        How many steps of each sequence are real.
    target : Tensor of shape (n, ...), Ragged or None, default=None
        What to learn: one row per sequence, or any number of values per sequence.
    weight : Tensor or None, default=None
        Weight in the loss of each row, of each of its targets, or of each value
        of a ragged target, shape (n,), (n, ...) or (n_total,). The loss is the sum of the weighted losses.
        None weighs each 1.
    features : Tensor of shape (n, n_features) or None, default=None
        Numbers that belong to a whole sequence.
    others : sequence of (Batch, Tensor of shape (n,), dtype int64), default=()
        Further sequences of each row, an item a column: the distinct ones as
        a batch of their own, and which of them every row has.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Batch
    >>> batch = Batch(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1]))
    >>> len(batch), [inputs.shape for inputs, lengths in batch.pieces]
    (2, [torch.Size([2, 3])])
    """

    def __init__(
        self,
        inputs: Tensor | Sequence[Tensor],
        lengths: Tensor | Sequence[Tensor],
        target: Tensor | Ragged | None = None,
        weight: Tensor | None = None,
        features: Tensor | None = None,
        others: Sequence[tuple["Batch", Tensor]] = (),
    ):
        self.inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
        self.lengths = (lengths,) if isinstance(lengths, Tensor) else tuple(lengths)
        self.target = target
        self.weight = weight
        self.features = features
        self.others = tuple(others)

    def __len__(self) -> int:
        return sum(map(len, self.lengths))

    @property
    def pieces(self) -> Iterator[tuple[Tensor, Tensor]]:
        """The inputs and lengths of each piece."""
        return zip(self.inputs, self.lengths, strict=True)
