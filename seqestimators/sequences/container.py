"""The container of sequences of any lengths: one buffer, and where each sequence begins."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from .fingerprint import Fingerprint, fingerprint_of, mark
from .ids import BOS, EOS

__all__ = ["Sequences", "TokenIds", "object_array", "offsets_of", "place_of"]


@dataclass(frozen=True, eq=False)
class Sequences:
    """Sequences of any lengths in one contiguous buffer.

    Memory is proportional to the number of tokens, never to the number of
    sequences times the longest.

    Parameters
    ----------
    values : ndarray of shape (n_total,) or (n_total, n_channels)
        The sequences, one behind the other: token ids as int64, or the
        values of numeric series as float32 or float64.
    offsets : ndarray of shape (n_sequences + 1,), dtype int64
        Sequence `i` is ``values[offsets[i]:offsets[i + 1]]``.
    features : ndarray of shape (n_sequences, n_features) or None, default=None
        Numbers that belong to a whole sequence.
    others : tuple of Sequences, default=()
        Further sequences of each row, as many in each container.
    is_standardized : bool, default=False
        Whether an estimator has standardized the channels of numeric series.
    is_masked : bool, default=False
        Whether channels that say what is missing stand behind those of
        numeric series, see :func:`mask_missing`.
    fingerprint : Fingerprint or None, default=None
        Fingerprint of the vocabulary that made the token ids, where it is known.

    Raises
    ------
    TypeError
        Values or offsets are no arrays.
    ValueError
        Offsets don't lead from 0 to the end of the values, or there are
        features, or other sequences, of another number of rows.

    Examples
    --------
    >>> from seqestimators.sequences import Sequences
    >>> sequences = Sequences.from_rows([[4, 5, 6], [7]])
    >>> sequences.values
    array([4, 5, 6, 7])
    >>> sequences.offsets
    array([0, 3, 4])
    >>> sequences[1]
    array([7])
    """

    values: np.ndarray
    offsets: np.ndarray
    features: np.ndarray | None = None
    others: tuple["Sequences", ...] = ()
    is_standardized: bool = False
    is_masked: bool = False
    fingerprint: Fingerprint | None = None

    def __post_init__(self) -> None:
        for name in ("values", "offsets"):
            if not isinstance(getattr(self, name), np.ndarray):
                raise TypeError(
                    f"{name} of Sequences are an array, not a {type(getattr(self, name)).__name__}: "
                    "Sequences.from_rows(rows) makes both of rows"
                )
        offsets, n_steps = self.offsets, len(self.values)
        if offsets.ndim != 1 or offsets.dtype.kind != "i" or not len(offsets):
            raise ValueError(
                f"offsets have shape {offsets.shape} and dtype {offsets.dtype}, but are n + 1 integers, of "
                "where each of n sequences begins and the last one ends"
            )
        if offsets[0] != 0 or offsets[-1] != n_steps or (offsets[1:] < offsets[:-1]).any():
            raise ValueError(
                f"offsets must rise from 0 to {n_steps}, the number of steps in values: got "
                f"{np.array2string(offsets, threshold=6)}"
            )
        if self.features is not None and len(self.features) != len(self):
            raise ValueError(
                f"features have {len(self.features)} rows, but there are {len(self)} sequences: give one each"
            )
        for other in self.others:
            if len(other) != len(self):
                raise ValueError(
                    f"another column has {len(other)} sequences, but the first has {len(self)}: give one each"
                )

    @classmethod
    def from_lengths(cls, values: np.ndarray, lengths: np.ndarray) -> "Sequences":
        """Make sequences of a buffer and their lengths.

        Parameters
        ----------
        values : ndarray of shape (n_total, ...)
        lengths : ndarray of shape (n_sequences,), dtype int64
            Their sum is `n_total`.

        Returns
        -------
        Sequences
        """
        offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        return cls(values, offsets)

    @classmethod
    def from_rows(cls, rows: Sequence[Any], like: np.ndarray | None = None) -> "Sequences":
        """Join rows into one buffer.

        Parameters
        ----------
        rows : list of n array-likes of shape (length, ...)
        like : ndarray or None, default=None
            Gives type and channels where there is no row, or only empty ones.

        Returns
        -------
        Sequences
        """
        empty = np.empty(0, dtype=np.int64) if like is None else like[:0]
        return cls(np.concatenate([row for row in rows if len(row)] or [empty]), offsets_of(rows))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self.values[begin:end] for begin, end in pairwise(self.offsets.tolist()))

    @property
    def shape(self) -> tuple[int]:
        """Number of sequences in a tuple: by it scikit-learn knows what can be indexed by rows."""
        return (len(self),)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, tuple):  # rows, and an ellipsis, as scikit-learn indexes
            index = index[0]
        if isinstance(index, slice) or np.ndim(index):
            return self.take(index)
        if not -len(self) <= index < len(self):
            raise IndexError(f"sequence {index} of {len(self)}")
        index %= len(self)
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    @property
    def is_tokens(self) -> bool:
        """Whether the sequences are token ids; numeric series otherwise."""
        return self.values.ndim == 1

    @property
    def lengths(self) -> np.ndarray:
        """Length of every sequence, ndarray of shape (n_sequences,), dtype int64."""
        return np.diff(self.offsets)

    def take(self, rows: Any) -> "Sequences":
        """Return the sequences of the given rows, in that order.

        Parameters
        ----------
        rows : array-like of shape (n_rows,), or slice
            Indices of sequences, or a boolean mask over all of them.

        Returns
        -------
        Sequences
            A copy, whose cost grows with the tokens taken; the same object where it is all rows in order.
        """
        everything = np.arange(len(self))
        rows = everything[rows if isinstance(rows, slice) else np.asarray(rows)]
        if np.array_equal(rows, everything):
            return self
        taken = self.cut(self.offsets[rows], self.lengths[rows])
        return taken.with_beside(self, rows)

    def with_beside(self, source: "Sequences", rows: np.ndarray) -> "Sequences":
        """Return these sequences with what stands beside rows of others: features and further sequences.

        Parameters
        ----------
        source : Sequences
            That have features, other sequences, or nothing beside them.
        rows : ndarray of shape (n_sequences,), dtype int64
            The row of the source that belongs to each sequence.

        Returns
        -------
        Sequences
        """
        if source.features is None and not source.others:
            return self
        features = None if source.features is None else source.features[rows]
        return replace(self, features=features, others=tuple(other.take(rows) for other in source.others))

    def distinct(self) -> tuple["Sequences", np.ndarray]:
        """Find the sequences that are equal.

        Returns
        -------
        sequences : Sequences
            Each once, in the order in which they first occur.
        index : ndarray of shape (n_sequences,), dtype int64
            Which of them every sequence is.
        """
        places: dict[bytes, int] = {}
        index = np.empty(len(self), dtype=np.int64)
        firsts: list[int] = []
        for row, sequence in enumerate(self):
            index[row] = places.setdefault(sequence.tobytes(), len(places))
            if index[row] == len(firsts):
                firsts.append(row)
        return self.take(firsts), index

    def cut(self, begins: np.ndarray, lengths: np.ndarray) -> "Sequences":
        """Return pieces of the buffer, which may overlap.

        Parameters
        ----------
        begins : ndarray of shape (n_pieces,), dtype int64
            Where in the buffer each piece begins.
        lengths : ndarray of shape (n_pieces,), dtype int64

        Returns
        -------
        Sequences
            A copy, one sequence a piece.
        """
        offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        kind = np.int32 if max(offsets[-1], len(self.values)) < 2**31 else np.int64  # half the memory
        source = np.arange(offsets[-1], dtype=kind)
        source += np.repeat((begins - offsets[:-1]).astype(kind), lengths)
        return replace(self, values=self.values[source], offsets=offsets, features=None, others=())

    def keep(self, kept: np.ndarray) -> "Sequences":
        """Leave out single steps.

        Parameters
        ----------
        kept : ndarray of shape (n_total,), dtype bool
            Whether each step of the buffer stays.

        Returns
        -------
        Sequences
        """
        before = np.concatenate([[0], np.cumsum(kept)])
        return replace(self, values=self.values[kept], offsets=before[self.offsets])

    def to_list(self) -> np.ndarray:
        """Return the sequences as a 1-D object array.

        Returns
        -------
        ndarray of shape (n_sequences,), dtype object
            Views into the buffer; as :class:`TokenIds` where the vocabulary
            of the ids is known.
        """
        values, bounds = mark(self.values, self.fingerprint), pairwise(self.offsets.tolist())
        rows = object_array((values[begin:end] for begin, end in bounds), len(self))
        return rows if self.fingerprint is None else rows.view(TokenIds)

    # The markers of beginning and end: added where a network needs them, never twice

    @property
    def is_end(self) -> np.ndarray:
        """Which steps are the ids BOS and EOS, ndarray of bool; none of a numeric series."""
        if not self.is_tokens:
            return np.zeros(len(self.values), dtype=bool)
        return (self.values == BOS) | (self.values == EOS)

    def without_ends(self) -> "Sequences":
        """Leave out BOS at the beginning and EOS at the end of every sequence, where they stand.

        Returns
        -------
        Sequences
            The same object where there are none, or where these are series.
        """
        if not self.is_tokens:
            return self
        filled = np.flatnonzero(self.lengths)
        first, last = self.offsets[filled], self.offsets[filled + 1] - 1
        begins = first[self.values[first] == BOS]
        ends = last[self.values[last] == EOS]
        if not len(begins) + len(ends):
            return self
        kept = np.ones(len(self.values), dtype=bool)
        kept[begins] = kept[ends] = False
        return self.keep(kept)

    def with_ends(self, begin: bool = True, end: bool = True) -> "Sequences":
        """Put BOS before and EOS behind every sequence of token ids.

        Parameters
        ----------
        begin, end : bool, default=True
            Which of both.

        Returns
        -------
        Sequences
        """
        offsets = self.offsets + (begin + end) * np.arange(len(self.offsets))
        values = np.empty(offsets[-1], dtype=self.values.dtype)
        is_inner = np.ones(offsets[-1], dtype=bool)
        for wanted, marker, places in ((begin, BOS, offsets[:-1]), (end, EOS, offsets[1:] - 1)):
            if wanted:
                values[places] = marker
                is_inner[places] = False
        values[is_inner] = self.values
        return replace(self, values=values, offsets=offsets)


class TokenIds(np.ndarray):
    """The object array that a tokenizer returns: pickled, it keeps the fingerprint of its ids.

    The rows themselves are plain arrays, which lose it when they are pickled
    one by one.

    Parameters
    ----------
    rows : list of n ndarray
        1-D arrays of ids, whose fingerprint stays as it is.

    Examples
    --------
    >>> import pickle
    >>> from seqestimators import SequenceTokenizer
    >>> from seqestimators.sequences import TokenIds, read_sequences
    >>> ids = SequenceTokenizer().fit_transform(["abba", "cab"])
    >>> type(ids) is TokenIds, type(ids[0]).__name__
    (True, 'ndarray')
    >>> restored = pickle.loads(pickle.dumps(ids))
    >>> read_sequences(restored).fingerprint == read_sequences(ids).fingerprint
    True
    """

    def __new__(cls, rows: Sequence[Any]) -> "TokenIds":
        """Return an object array of the rows."""
        return object_array(rows).view(cls)

    def __reduce__(self) -> Any:
        """Return one buffer of all ids, where they have one fingerprint."""
        rows = [row for row in self.flat if type(row) is np.ndarray and row.ndim == 1]
        if len(rows) != self.size or (fingerprint := fingerprint_of(rows)) is None:
            return np.asarray(self).__reduce__()
        return _restore_ids, (np.concatenate(rows), list(map(len, rows)), self.shape, tuple(fingerprint))

    def __deepcopy__(self, memo: Any) -> Any:
        """Return an array of rows of its own."""
        make, values = self.__reduce__()[:2]
        return make(*values) if make is _restore_ids else np.asarray(self).__deepcopy__(memo)


def _restore_ids(values: np.ndarray, lengths: list[int], shape: tuple[int, ...], fingerprint: Any) -> Any:
    sequences = Sequences.from_lengths(values, np.array(lengths, dtype=np.int64))
    return replace(sequences, fingerprint=Fingerprint(*fingerprint)).to_list().reshape(shape)


def object_array(rows: Iterable[Any], n_rows: int | None = None) -> np.ndarray:
    """Put rows into a 1-D object array, as no function of numpy does where all lengths agree.

    Parameters
    ----------
    rows : iterable of objects
    n_rows : int or None, default=None
        Their number; needed where `rows` has no length.

    Returns
    -------
    ndarray of shape (n_rows,), dtype object

    Examples
    --------
    >>> from seqestimators.sequences import object_array
    >>> object_array([[1, 2], [3, 4]]).shape
    (2,)
    """
    if n_rows is None:
        n_rows = len(rows)  # type: ignore[arg-type]
    result = np.empty(n_rows, dtype=object)
    for i, row in enumerate(rows):
        result[i] = row
    return result


def offsets_of(rows: Sequence[Any]) -> np.ndarray:
    """Return where each row begins, and the last ends, once all are joined: n + 1 places as int64."""
    offsets = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, rows), dtype=np.int64, count=len(rows)), out=offsets[1:])
    return offsets


def place_of(index: int, offsets: np.ndarray) -> tuple[int, int]:
    """Return the row, and the position in it, of an element once all rows are joined.

    Parameters
    ----------
    index : int
        Of the element in the joined buffer.
    offsets : ndarray of shape (n_rows + 1,), dtype int64
        Row `i` begins at ``offsets[i]``.

    Returns
    -------
    row, position : int

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import place_of
    >>> place_of(4, np.array([0, 3, 5]))
    (1, 1)
    """
    row = int(np.searchsorted(offsets, index, side="right")) - 1
    return row, int(index - offsets[row])
