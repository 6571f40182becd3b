"""Length-bucketed batches, and the loop that runs them."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from skorch.dataset import Dataset

from ..modules import MAX_STEPS, Batch, Ragged
from ..sequences import Sequences, object_array
from .flat_rows import FlatRows, send

__all__ = ["MAX_HELD_STEPS", "MAX_STEPS", "BatchIterator", "SequenceDataset", "run_batches"]

MAX_HELD_STEPS = 2**17
"""Steps of sequences that are held or searched at once, where each costs little."""
MAX_PADDING_RATIO = 2
"""Padded steps per real step that a batch of more than `MAX_STEPS` may have."""
WINDOW = 32
"""Batches, at most, that are sorted by length together."""


class DistinctRows:
    """A column of sequences of which each distinct one is read once in a batch.

    Parameters
    ----------
    sequences : Sequences
    device : str or torch.device, default="cpu"

    Attributes
    ----------
    lengths : ndarray of shape (n,), dtype int64
        Length of the sequence of every row.
    """

    def __init__(self, sequences: Sequences, device: str | torch.device = "cpu"):
        distinct, self.index = sequences.distinct()
        self.source = FlatRows(distinct, device)
        self.lengths = sequences.lengths

    def batch(self, rows: np.ndarray) -> tuple[Batch, torch.Tensor]:
        """Return the distinct sequences of some rows, and which of them each row has.

        Parameters
        ----------
        rows : ndarray of shape (n_rows,), dtype int64
        """
        kept, place = np.unique(self.index[rows], return_inverse=True)
        order = np.argsort(-self.source.lengths[kept], kind="stable")
        batch = pad_in_pieces(self.source, kept[order])
        return Batch(*batch), send(np.argsort(order)[place], self.source.values.device)


def pad_in_pieces(source: FlatRows, rows: np.ndarray) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Return some rows as padded matrices, and their lengths: several where one would be mostly padding."""
    pieces = [slice(None)] if source.is_matrix else cut_by_length(source.lengths[rows])
    inputs, lengths = zip(*(source.pad(rows[piece]) for piece in pieces), strict=True)
    return list(inputs), list(lengths)


class PartedBatch:
    """A batch too large to be computed at once: a list of Batch, whose losses add up to its own."""

    def __init__(self, parts: list[Batch]):
        self.parts = parts

    def __len__(self) -> int:
        return sum(map(len, self.parts))


class SequenceDataset(Dataset):
    """Sequences, their targets and weights as tensors on one device.

    Parameters
    ----------
    sequences : Sequences
        Token ids or numeric series.
    target : ndarray of shape (n, ...), Sequences or None, default=None
        What to learn: one row per sequence or, as Sequences, any number of
        values per sequence, each of which counts in the loss.
    weight : ndarray of shape (n,) or (n, ...), Sequences or None, default=None
        Weight in the loss of every sequence, or of every value of its target,
        for which it has the form of the target; None weighs all alike.
    labels : ndarray of shape (n, ...) or None, default=None
        The targets as scores read them, and as a user knows them.
    device : str or torch.device, default="cpu"

    Attributes
    ----------
    X : Sequences
    y : ndarray or None
        Rows and labels, where skorch's callbacks look for them.
    """

    def __init__(
        self,
        sequences: Sequences,
        target: Any = None,
        weight: Any = None,
        *,
        labels: Any = None,
        device: str | torch.device = "cpu",
    ):
        self.X, self.y = sequences, labels
        self.source = FlatRows(sequences, device)
        features = sequences.features
        self.features = None if features is None else torch.from_numpy(features).to(device)
        self.others = [DistinctRows(other, device) for other in sequences.others]
        self.target: Any = None  # FlatRows, or a Tensor with one row per sequence; so is the weight
        self.weight: Any = None
        if target is None:
            return
        weight = np.ones(len(target)) if weight is None else weight
        if isinstance(target, Sequences):
            if not isinstance(weight, Sequences):
                weight = Sequences(np.repeat(weight, target.lengths).astype(np.float64), target.offsets)
            self.target, self.weight = FlatRows(target, device), FlatRows(weight, device)
            self.total_weight = _sum_weights(weight.values)
            return
        self.target = torch.from_numpy(np.ascontiguousarray(target)).to(device)
        weight = np.asarray(weight, dtype=np.float64)
        self.weight = torch.from_numpy(weight * (weight.size / _sum_weights(weight))).to(device)

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, row: int) -> tuple[Batch, Any]:
        batch = self.batch(np.array([row]))
        return batch, batch.target

    @property
    def lengths(self) -> np.ndarray:
        """Steps of every row, those of all its sequences, ndarray of shape (n,), dtype int64."""
        return sum((other.lengths for other in self.others), start=self.source.lengths)

    def read_instead(self, sequences: Sequences) -> None:
        """Put other sequences in the place of the present ones, for the same targets.

        Parameters
        ----------
        sequences : Sequences
            As many.
        """
        self.X, self.source = sequences, FlatRows(sequences, self.source.values.device)

    def batch(self, rows: np.ndarray, n_rows: int | None = None) -> Batch:
        """Return some rows, in pieces if their lengths are far apart.

        The weights sum to 1 in the mean over the batches: a batch of rows
        that weigh little, or of short sequences with few values, has a small
        loss, or else its rows would count for more than those of other
        batches.

        Parameters
        ----------
        rows : ndarray of shape (n_rows,), dtype int64
            The longest first, for pieces that are as few as possible.
        n_rows : int or None, default=None
            Number of rows in the batch of which they are a part; None: all.
        """
        rows = np.asarray(rows)
        n_rows_of_all = float(len(rows) if n_rows is None else n_rows)  # a whole number would become a tensor
        inputs, lengths = pad_in_pieces(self.source, rows)
        target = weight = features = None
        index = send(rows, self.source.values.device)
        if isinstance(self.target, FlatRows):
            target = self.target.join(rows)
            weight = self.weight.join(rows).values / (n_rows_of_all / len(self) * self.total_weight)
        elif self.target is not None:
            target, weight = self.target.index_select(0, index), self.weight.index_select(0, index)
            weight = weight / n_rows_of_all
        if self.features is not None:
            features = self.features.index_select(0, index)
        return Batch(inputs, lengths, target, weight, features, [other.batch(rows) for other in self.others])


def _sum_weights(weight: np.ndarray) -> float:
    """Sum of the weights, never 0: a chunk of ignored values has a loss of 0."""
    return max(float(weight.sum()), np.finfo(np.float64).tiny)


def cut_by_length(lengths: np.ndarray) -> list[slice]:
    """Cut a batch where one matrix would be mostly padding.

    One sequence of 20,000 steps among 63 of 50 would make a matrix, and a
    memory for the gradient, 55 times larger than its content. Read in pieces
    whose results are joined, the loss and its gradient stay the same.

    Parameters
    ----------
    lengths : ndarray of shape (n,), dtype int64
        The longest first, for pieces that are as few as possible.

    Returns
    -------
    list of slice
        Consecutive and together the whole batch. The padded size of a piece
        is at most `MAX_STEPS`, or `MAX_PADDING_RATIO` times its content (or
        it holds a single sequence).

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators._training.batching import cut_by_length
    >>> cut_by_length(np.array([20_000] + [50] * 63))
    [slice(0, 1, None), slice(1, 64, None)]
    """
    pieces = []
    stack = [(0, len(lengths))]
    while stack:
        start, stop = stack.pop()
        piece = lengths[start:stop]
        padded = len(piece) * piece.max(initial=0)
        if len(piece) <= 1 or padded <= MAX_STEPS or padded <= MAX_PADDING_RATIO * piece.sum():
            pieces.append(slice(start, stop))
            continue
        is_short = piece <= piece.max() / 2
        middle = start + max(1, int(np.argmax(is_short)))
        stack += [(middle, stop), (start, middle)]
    return pieces


class BatchIterator:
    """Batches of sequences, of about the same length if possible.

    For training, the rows are shuffled, cut into two or more large windows,
    sorted by length within each window and cut into batches, which come in
    random order: every epoch has other batches, and little padding. Otherwise
    all rows are sorted by length once, and a batch takes as many as have
    `MAX_STEPS` padded steps, or `batch_size` rows if these have more. The
    longest row of a batch comes first.

    Parameters
    ----------
    dataset : SequenceDataset
    batch_size : int
        Number of sequences per batch; -1 puts all into one. A single sequence
        left over joins the batch before it.
    generator : torch.Generator or None, default=None
        Shuffles; None keeps the order by length.
    mixed : bool, default=False
        Whether batches for training shall be random samples, sorted within
        each batch only.
    max_steps : int or None, default=None
        Padded steps of what is computed at once, at most: a larger batch for
        training comes as a :class:`PartedBatch`, and others have fewer rows.

    References
    ----------
    .. [1] Khomenko, V., O. Shyshkov, O. Radyvonenko, K. Bokhan, "Accelerating
       recurrent neural network training using sequence bucketing and
       multi-GPU data parallelization", IEEE DSMP 2016.
    """

    def __init__(
        self,
        dataset: SequenceDataset,
        batch_size: int,
        generator: torch.Generator | None = None,
        *,
        mixed: bool = False,
        max_steps: int | None = None,
    ):
        self.mixed = mixed
        self.max_steps = max_steps
        self.dataset = dataset
        self.batch_size = len(dataset) if batch_size == -1 else batch_size
        self.generator = generator

    def __len__(self) -> int:
        return len(self._bounds()) - 1

    def _bounds(self) -> list[int]:
        n_rows = len(self.dataset)
        bounds = [*range(0, n_rows, self.batch_size), n_rows]
        if len(bounds) > 2 and self.batch_size > 1 and bounds[-1] - bounds[-2] == 1:
            del bounds[-2]
        return bounds

    def _plan(self) -> list[np.ndarray]:
        """Rows of every batch, in the order in which they come."""
        lengths = self.dataset.lengths
        if self.generator is None:
            min_rows = self.batch_size if self.max_steps is None else 1
            return cut_by_steps(lengths, min(self.max_steps or MAX_STEPS, MAX_STEPS), min_rows)
        order = torch.randperm(len(lengths), generator=self.generator).numpy()
        # at least two windows: one alone would give the same batches in every epoch
        n_batches = 1 if self.mixed else min(WINDOW, -(-len(self) // 2))
        window = np.arange(len(order)) // (n_batches * self.batch_size)
        order = order[np.lexsort((lengths[order], window))]
        batches = [order[start:stop][::-1].copy() for start, stop in pairwise(self._bounds())]
        return [batches[i] for i in torch.randperm(len(batches), generator=self.generator).tolist()]

    def __iter__(self) -> Iterator[tuple[Batch | PartedBatch, Any]]:
        _keep_freed_memory()
        for rows in self._plan():
            if self.max_steps is not None:
                lengths = self.dataset.lengths[rows]
                if len(rows) * lengths.max() > self.max_steps:
                    parts = [rows[part] for part in cut_by_steps(lengths, self.max_steps)]
                    yield PartedBatch([self.dataset.batch(part, len(rows)) for part in parts]), None
                    continue
            batch = self.dataset.batch(rows)
            yield batch, batch.target


def cut_by_steps(lengths: np.ndarray, max_steps: int, min_rows: int = 1) -> list[np.ndarray]:
    """Cut rows, sorted by length, into batches of bounded padded size.

    Parameters
    ----------
    lengths : ndarray of shape (n,), dtype int64
    max_steps : int
        Padded steps of a batch, at most, unless it has no more than
        `min_rows` rows.
    min_rows : int, default=1

    Returns
    -------
    list of ndarray of int64
        Each row once: the batches of the shortest first, and in each the
        longest row.
    """
    order = np.argsort(lengths, kind="stable")
    batches, begin = [], 0
    while begin < len(order):
        most = max_steps // max(lengths[order[begin]], 1)  # rows as short as this one
        longest = lengths[order[begin : begin + most]].clip(min=1)  # no steps are padded to one
        # the longest of so many rows, times their number, grows with it
        padded = np.arange(1, len(longest) + 1) * longest
        n_rows = max(int(np.searchsorted(padded, max_steps, side="right")), min_rows, 1)
        batches.append(order[begin : begin + n_rows][::-1].copy())
        begin += n_rows
    return batches


def run_batches(
    dataset: SequenceDataset,
    function: Callable[[Batch], Any],
    *,
    max_steps: int = MAX_STEPS,
    min_rows: int = 1,
    gradients: bool = False,
) -> Any:
    """Apply a function to all rows, in batches of about the same length, and put the results in order.

    Parameters
    ----------
    dataset : SequenceDataset
    function : callable
        Takes a Batch; returns a Tensor with one row per sequence, a Ragged, or a
        list with an item a sequence.
    max_steps, min_rows : int
        Size of a batch: see :func:`cut_by_steps`.
    gradients : bool, default=False
        Whether the function needs a graph for gradients.

    Returns
    -------
    ndarray of shape (n, ...), Sequences, or ndarray of shape (n,), dtype object
        One row per sequence, in the order of the data set.
    """
    batches = cut_by_steps(dataset.lengths, max_steps, min_rows)
    with torch.inference_mode(not gradients):
        results = [function(dataset.batch(rows)) for rows in batches]
    order = np.concatenate(batches)
    if isinstance(results[0], torch.Tensor):
        values = torch.cat(results).cpu().numpy()
        in_order = np.empty_like(values)
        in_order[order] = values
        return in_order
    if isinstance(results[0], Ragged):
        values, lengths = (torch.cat(part).cpu().numpy() for part in zip(*results, strict=True))
        return Sequences.from_lengths(values, lengths).take(np.argsort(order))
    joined = object_array([row for part in results for row in part])
    return joined[np.argsort(order)]


def _keep_freed_memory() -> None:
    """Let the memory of one batch serve the next.

    glibc gives freed memory back to the system beyond twice the largest block
    that it has seen freed, and batches of different lengths take pages anew
    again and again: a tenth of the time of training, measured on a virtual
    machine. The largest block that counts has 32 MB; allocated and freed
    untouched, it costs microseconds. Other systems are indifferent to it.
    """
    torch.empty(2**25 - 2**13, dtype=torch.uint8)
