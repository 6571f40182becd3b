"""Rows of any lengths on a device: one flat buffer, from which batches are cut by vectorized indexing."""

from typing import Any

import numpy as np
import torch

from ..modules import Ragged
from ..sequences import Sequences

__all__ = ["FlatRows"]


def send(array: np.ndarray, device: torch.device) -> torch.Tensor:
    """Copy an array to a device, without waiting for what a GPU still computes.

    A copy from ordinary memory waits for all that came before it; one from pinned memory takes its turn.
    """
    tensor = torch.from_numpy(array)
    if device.type == "cpu":
        return tensor
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


class FlatRows:
    """Rows of any lengths in one flat tensor, cut out by vectorized indexing.

    Parameters
    ----------
    sequences : Sequences
    device : str or torch.device, default="cpu"

    Attributes
    ----------
    values : Tensor of shape (n_total + 1,) or (n_total + 1, d)
        The rows, one behind the other, and a last element of 0; whole numbers as the smallest type that
        holds them.
    lengths, starts : ndarray of shape (n,), dtype int64
        Row `i` is ``values[starts[i]:starts[i] + lengths[i]]``.
    """

    def __init__(self, sequences: Sequences, device: str | torch.device = "cpu"):
        values = sequences.values
        kind = _smallest_type(values)
        padded = np.zeros((len(values) + 1, *values.shape[1:]), dtype=kind)
        padded[:-1] = values
        self.values = torch.from_numpy(padded).to(device)
        self.lengths = sequences.lengths
        self.starts = sequences.offsets[:-1]
        n, longest = len(self.lengths), self.lengths.max(initial=0)
        is_matrix = longest > 0 and len(values) == n * longest  # all have one length
        self._matrix = self.values[:-1].unflatten(0, (n, longest)) if is_matrix else None

    @property
    def is_matrix(self) -> bool:
        """Whether all rows have one length, and that is not 0."""
        return self._matrix is not None

    def pad(self, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Return some rows as one padded matrix.

        Parameters
        ----------
        rows : ndarray of shape (n_rows,), dtype int64

        Returns
        -------
        inputs : Tensor of shape (n_rows, T) or (n_rows, T, d)
            T is the longest of these rows, at least 1; 0 stands behind.
        lengths : Tensor of shape (n_rows,), dtype int64
        """
        if self._matrix is not None:
            return _take(self._matrix, rows), send(self.lengths[: len(rows)], self.values.device)
        lengths = self.lengths[rows]
        n_steps = lengths.max(initial=1)
        steps = np.arange(n_steps)
        index = self.starts[rows][:, None] + steps  # (n, T)
        if lengths.min(initial=n_steps) < n_steps:
            index[steps >= lengths[:, None]] = len(self.values) - 1  # the last element of the buffer is 0
        padded = _take(self.values, index.ravel())
        return padded.view(*index.shape, *padded.shape[1:]), send(lengths, self.values.device)

    def join(self, rows: np.ndarray) -> Ragged:
        """Return the values of some rows, one behind the other, and their lengths.

        Parameters
        ----------
        rows : ndarray of shape (n_rows,), dtype int64
        """
        lengths = self.lengths[rows]
        ends = np.cumsum(lengths)
        index = np.arange(lengths.sum()) + np.repeat(self.starts[rows] - ends + lengths, lengths)
        return Ragged(_take(self.values, index), send(lengths, self.values.device))


def _take(values: torch.Tensor, index: np.ndarray) -> torch.Tensor:
    taken = values.index_select(0, send(index, values.device))
    return taken if taken.is_floating_point() else taken.to(torch.int64)


def _smallest_type(values: np.ndarray) -> Any:
    """Return the smallest type of torch and numpy for whole numbers from 0 on; that of others is theirs."""
    if values.dtype.kind != "i" or values.min(initial=0) < 0:
        return values.dtype
    greatest = values.max(initial=0)
    return next(one for one in (np.uint8, np.int16, np.int32, np.int64) if greatest <= np.iinfo(one).max)
