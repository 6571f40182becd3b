"""Length-bucketed batches, cut from the flat buffer by vectorized indexing."""

from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

from ..sequences import Sequences

__all__ = ["Batch", "BatchIterator", "FlatRows", "SequenceDataset", "cut_by_length"]

WINDOW = 32
"""Batches, at most, that are sorted by length together."""
MAX_PADDED_SIZE = 16384
"""Padded steps that a batch may always have."""
MAX_PADDING_RATIO = 2
"""Padded steps per real step that a larger batch may have."""


class FlatRows:
    """Rows of any lengths in one flat tensor, cut out by vectorized indexing.

    Parameters
    ----------
    sequences : Sequences
    device : str or torch.device, default="cpu"

    Attributes
    ----------
    values : Tensor of shape (n_total + 1,) or (n_total + 1, d)
        The rows, one behind the other, and a last element of 0.
    lengths, starts : ndarray of shape (n,), dtype int64
        Row `i` is ``values[starts[i]:starts[i] + lengths[i]]``.

    Examples
    --------
    >>> from seqestimators.sequences import read_sequences
    >>> from seqestimators._training import FlatRows
    >>> rows = FlatRows(read_sequences([[4, 5, 6], [7], [8, 9]]))
    >>> rows.pad([1, 0])[0]
    tensor([[7, 0, 0],
            [4, 5, 6]])
    >>> rows.join([2, 1])
    tensor([8, 9, 7])
    """

    def __init__(self, sequences, device="cpu"):
        padding = np.zeros((1, *sequences.values.shape[1:]), dtype=sequences.values.dtype)
        self.values = torch.from_numpy(np.concatenate([sequences.values, padding])).to(device)
        self.lengths = sequences.lengths
        self.starts = sequences.offsets[:-1]

    def pad(self, rows):
        """Return some rows as one padded matrix.

        Parameters
        ----------
        rows : array-like of shape (n_rows,), dtype int64

        Returns
        -------
        inputs : Tensor of shape (n_rows, T) or (n_rows, T, d)
            T is the longest of these rows, at least 1; 0 stands behind.
        lengths : Tensor of shape (n_rows,), dtype int64
        """
        device = self.values.device
        lengths = self.lengths[rows]
        steps = np.arange(max(lengths.max(initial=1), 1))
        padding = len(self.values) - 1  # the last element of the buffer is 0
        index = np.where(steps < lengths[:, None], self.starts[rows][:, None] + steps, padding)  # (n, T)
        inputs = self.values[torch.from_numpy(index).to(device)]
        return inputs, torch.from_numpy(lengths).to(device)

    def join(self, rows):
        """Return the values of some rows, one behind the other.

        Parameters
        ----------
        rows : array-like of shape (n_rows,), dtype int64

        Returns
        -------
        Tensor of shape (n_values,) or (n_values, d)
        """
        lengths = self.lengths[rows]
        ends = np.cumsum(lengths)
        index = np.arange(lengths.sum()) + np.repeat(self.starts[rows] - ends + lengths, lengths)
        return self.values[torch.from_numpy(index).to(self.values.device)]


class SequenceDataset(Dataset):
    """Sequences, their targets and weights as tensors on one device.

    Parameters
    ----------
    sequences : Sequences
        Token ids or numeric series.
    target : ndarray of shape (n, ...), Sequences or None, default=None
        What to learn: one row a sequence or, as Sequences, any number of
        values a sequence, each of which counts in the loss.
    weight : ndarray of shape (n,), Sequences or None, default=None
        Weight in the loss of every sequence, or of every value of its target,
        for which it has the form of the target; None weighs all alike.
    teacher_forcing : bool, default=False
        Whether the network reads the targets too, to learn each of their
        values from those before it.
    device : str or torch.device, default="cpu"

    Examples
    --------
    >>> from seqestimators.sequences import read_sequences
    >>> from seqestimators._training import SequenceDataset
    >>> dataset = SequenceDataset(read_sequences([[4, 5, 6], [7]]))
    >>> dataset.batch([1, 0]).pieces[0][0]
    tensor([[7, 0, 0],
            [4, 5, 6]])
    """

    def __init__(self, sequences, target=None, weight=None, *, teacher_forcing=False, device="cpu"):
        self.source = FlatRows(sequences, device)
        self.target: Any = None  # FlatRows, or a Tensor with a row a sequence; so is the weight
        self.weight: Any = None
        self.teacher_forcing = teacher_forcing
        if isinstance(target, Sequences):
            self.target = FlatRows(target, device)
            if not isinstance(weight, Sequences):
                weight = np.ones(len(target)) if weight is None else weight
                weight = Sequences(np.repeat(weight, target.lengths).astype(np.float64), target.offsets)
            self.weight = FlatRows(weight, device)
            self.total_weight = _sum_weights(weight.values)
            return
        if target is not None:
            self.target = torch.from_numpy(np.ascontiguousarray(target)).to(device)
        weight = np.ones(len(sequences)) if weight is None else weight
        weight = np.asarray(weight, dtype=np.float64)
        self.weight = torch.from_numpy(weight * (len(weight) / _sum_weights(weight))).to(device)

    def __len__(self):
        return len(self.lengths)

    def __getitem__(self, row):
        return self.batch([row]), self.targets([row])

    @property
    def lengths(self):
        """Length of every sequence, ndarray of shape (n,), dtype int64."""
        return self.source.lengths

    def batch(self, rows):
        """Return the sequences of some rows, in pieces if their lengths are far apart."""
        rows = np.asarray(rows)
        pieces = [rows[piece] for piece in cut_by_length(self.lengths[rows])]
        padded = [self.source.pad(piece) for piece in pieces]
        if self.teacher_forcing:
            targets = map(self.target.pad, pieces)
            padded = [(*pair, *target) for pair, target in zip(padded, targets, strict=True)]
        return Batch(padded, len(rows))

    def targets(self, rows):
        """Return the targets of some rows and their weights.

        They sum to 1 in the mean over the batches: a batch of rows that weigh
        little, or of short sequences with few values, has a small loss, or
        else its rows would count for more than those of other batches.
        """
        if isinstance(self.target, FlatRows):
            share = len(rows) / len(self)
            return self.target.join(rows), self.weight.join(rows) / (share * self.total_weight)
        rows = torch.as_tensor(rows, device=self.weight.device)
        weight = self.weight[rows]
        return None if self.target is None else self.target[rows], weight / len(rows)


def _sum_weights(weight):
    """Sum of the weights, never 0: a chunk of ignored values has a loss of 0."""
    return max(float(weight.sum()), np.finfo(np.float64).tiny)


class Batch:
    """The sequences of one batch, as skorch hands them to the network.

    Parameters
    ----------
    pieces : list of (inputs, lengths) or (inputs, lengths, target, target_lengths)
        See :meth:`PooledNetwork.represent`; with targets under teacher forcing.
    n_rows : int
        Number of sequences in all pieces together.

    Examples
    --------
    >>> from seqestimators._training import Batch
    >>> len(Batch([], n_rows=0))
    0
    """

    def __init__(self, pieces, n_rows):
        self.pieces = pieces
        self.n_rows = n_rows

    def __len__(self):
        return self.n_rows


def cut_by_length(lengths):
    """Cut a batch where one matrix would be mostly padding.

    One sequence of 20,000 steps among 63 of 50 would make a matrix, and a
    memory for the gradient, 55 times larger than its content. Read in pieces
    whose results are joined, the loss and its gradient stay the same.

    Parameters
    ----------
    lengths : ndarray of shape (n,), dtype int64
        In ascending order, for pieces that are as few as possible.

    Returns
    -------
    list of slice
        Consecutive and together the whole batch. The padded size of a piece
        is at most `MAX_PADDED_SIZE`, or `MAX_PADDING_RATIO` times its content
        (or it holds a single sequence).

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators._training import cut_by_length
    >>> cut_by_length(np.array([50] * 63 + [20_000]))
    [slice(0, 63, None), slice(63, 64, None)]
    """
    pieces = []
    stack = [(0, len(lengths))]
    while stack:
        start, stop = stack.pop()
        piece = lengths[start:stop]
        padded = len(piece) * piece.max(initial=0)
        if len(piece) <= 1 or padded <= max(MAX_PADDED_SIZE, MAX_PADDING_RATIO * piece.sum()):
            pieces.append(slice(start, stop))
            continue
        is_long = piece > piece.max() / 2
        middle = start + max(1, int(np.argmax(is_long)))
        stack += [(middle, stop), (start, middle)]
    return pieces


class BatchIterator:
    """Batches of sequences of about the same length.

    For training, the rows are shuffled, cut into two or more large windows,
    sorted by length within each window and cut into batches, which come in
    random order: every epoch has other batches, and little padding. Otherwise
    all rows are sorted by length once.

    Parameters
    ----------
    dataset : SequenceDataset
    batch_size : int
        Number of sequences per batch; -1 puts all into one. A single sequence
        left over joins the batch before it.
    generator : torch.Generator or None, default=None
        Shuffles; None keeps the order by length.

    Attributes
    ----------
    order : ndarray of shape (n,), dtype int64
        The rows as the last iteration visited them.

    References
    ----------
    .. [1] Khomenko, V., O. Shyshkov, O. Radyvonenko, K. Bokhan, "Accelerating
       recurrent neural network training using sequence bucketing and
       multi-GPU data parallelization", IEEE DSMP 2016.

    Examples
    --------
    >>> from seqestimators.sequences import read_sequences
    >>> from seqestimators._training import BatchIterator, SequenceDataset
    >>> dataset = SequenceDataset(read_sequences([[4, 5, 6], [7], [8, 9]]))
    >>> [batch.pieces[0][1].tolist() for batch, _ in BatchIterator(dataset, batch_size=3)]
    [[1, 2, 3]]
    """

    def __init__(self, dataset, batch_size, generator=None):
        self.dataset = dataset
        self.batch_size = len(dataset) if batch_size == -1 else batch_size
        self.generator = generator

    def __len__(self):
        return len(self._bounds()) - 1

    def _bounds(self):
        n_rows = len(self.dataset)
        bounds = [*range(0, n_rows, self.batch_size), n_rows]
        if len(bounds) > 2 and self.batch_size > 1 and bounds[-1] - bounds[-2] == 1:
            del bounds[-2]
        return bounds

    def _plan(self):
        """Rows of every batch, in the order in which they come."""
        lengths = self.dataset.lengths
        if self.generator is None:
            order = np.argsort(lengths, kind="stable")
        else:
            order = torch.randperm(len(lengths), generator=self.generator).numpy()
            # at least two windows: one alone would give the same batches in every epoch
            n_batches = min(WINDOW, -(-len(self) // 2))
            window = np.arange(len(order)) // (n_batches * self.batch_size)
            order = order[np.lexsort((lengths[order], window))]
        batches = [order[start:stop] for start, stop in pairwise(self._bounds())]
        if self.generator is not None:
            batches = [batches[i] for i in torch.randperm(len(batches), generator=self.generator)]
        return batches

    def __iter__(self):
        _keep_freed_memory()
        batches = self._plan()
        self.order = np.concatenate(batches)
        for rows in batches:
            yield self.dataset.batch(rows), self.dataset.targets(rows)


def _keep_freed_memory():
    """Let the memory of one batch serve the next.

    glibc gives freed memory back to the system beyond twice the largest block
    that it has seen freed, and batches of different lengths take pages anew
    again and again: a tenth of the time of training, measured on a virtual
    machine. The largest block that counts has 32 MB; allocated and freed
    untouched, it costs microseconds. Other systems are indifferent to it.
    """
    torch.empty(2**25 - 2**13, dtype=torch.uint8)
