"""What stands beside the first sequence of every row: further sequences, and numbers."""

from dataclasses import replace
from typing import Any, Self

import numpy as np

from .._sklearn import Integral
from ..exceptions import InvalidSequenceError
from ..sequences import Sequences, naming
from ._input import SequenceReader


class ColumnReader(SequenceReader):
    """Reads a further column of sequences as the estimator reads the first one.

    Parameters
    ----------
    input, standardize, missing, positions, dtype : object
        As in the estimator.
    """

    def __init__(self, input: Any, standardize: Any, missing: Any, positions: Any, dtype: Any):
        self.input = input
        self.standardize = standardize
        self.missing = missing
        self.positions = positions
        self.dtype = dtype

    @property
    def _name(self) -> str:
        return "the model"

    def _as_fitted(self) -> Self:
        return self

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state from a file, which replaces no part of the class."""
        for name in state:
            if name.startswith("__") or callable(getattr(type(self), name, None)):
                raise ValueError(f"the file sets {name!r}, which is no state of a {type(self).__name__}")
        self.__dict__ |= state


class JoinedInput(SequenceReader):
    """Base of the estimators that read several columns: sequences, and numbers.

    Attributes
    ----------
    other_columns_ : tuple of ColumnReader
        What fit has learned of every further column of sequences.
    n_numbers_ : int
        Number of numbers beside each sequence.
    """

    shared_encoder: Any = False
    projection_dim: Any = None

    _reads_one_column = False
    other_columns_: tuple[ColumnReader, ...] = ()
    n_numbers_: int = 0

    def _read(self, X: Any, reset: bool) -> Sequences:
        n_columns = 1 + len(getattr(X, "others", ()))
        with naming(_name_of(0, n_columns)):
            sequences = super()._read(X, reset)
        features, others = sequences.features, sequences.others
        columns = self.other_columns_
        if reset:
            columns = tuple(self._make_column() for _ in others)
        elif len(others) != len(columns):
            raise ValueError(
                f"X has {1 + len(others)} columns of sequences, but {type(self).__name__} was fitted on "
                f"{1 + len(columns)}: transform X with the SequenceColumns of fit"
            )
        if features is None and not others:
            return sequences
        read = []
        for place, (column, other) in enumerate(zip(columns, others, strict=True), 1):
            with naming(_name_of(place, n_columns)):
                read.append(column._read(other, reset))
        if features is not None:
            features = self._read_numbers(features, (self if reset else self._as_fitted())._number_type)
        return replace(sequences, features=features, others=tuple(read))

    def _read_numbers(self, features: Any, dtype: str) -> np.ndarray:
        """Return the numbers beside each sequence, checked, ndarray of shape (n, n_numbers)."""
        features = np.asarray(features)
        with np.errstate(over="ignore"):
            numbers = features.astype(dtype)
        if not np.isfinite(numbers).all():
            row, number = np.argwhere(~np.isfinite(numbers))[0]
            raise InvalidSequenceError(
                f"row {row} of X has {features[row, number]:g} as number {number} beside its sequence: NaN, "
                f"inf or a value too large for {dtype}. Impute it, or leave the row out"
            )
        return numbers

    def _make_column(self) -> ColumnReader:
        return ColumnReader("auto", self.standardize, self.missing, self.positions, self.dtype)

    def _learn_input(self, sequences: Sequences, sample_weight: np.ndarray) -> None:
        if isinstance(self.projection_dim, (list, tuple)):
            self._check_projected([sequences, *sequences.others])
        first, *others = self._columns_to_learn(sequences)
        weights = np.tile(sample_weight, len(first) // len(sequences))
        super()._learn_input(first, weights)
        self.other_columns_ = tuple(self._make_column() for _ in others)
        for column, other in zip(self.other_columns_, others, strict=True):
            column._learn_input(other, weights)
        self.n_numbers_ = 0 if sequences.features is None else sequences.features.shape[1]

    def _check_projected(self, columns: list[Sequences]) -> None:
        """Refuse a list of projections that isn't one for each column of values."""
        projections = self.projection_dim
        if len(projections) != len(columns):
            raise ValueError(
                f"projection_dim={projections!r} has {len(projections)} items, but X has {len(columns)} "
                "columns of sequences: give one for each, in their order"
            )
        for place, (size, column) in enumerate(zip(projections, columns, strict=True)):
            if size is not None and column.is_tokens:
                raise ValueError(
                    f"projection_dim={projections!r} projects column {place}, which holds token ids: give "
                    "None there, or set embedding_dim"
                )

    def _columns_to_learn(self, sequences: Sequences) -> list[Sequences]:
        """Return what is learned from for each column: itself, or all of them if they share an encoder."""
        columns = [sequences, *sequences.others]
        if not self.shared_encoder:
            return columns
        if len(columns) == 1:
            raise ValueError("shared_encoder=True reads several columns of sequences alike, but X has one")
        for number, column in enumerate(columns):
            if column.values.shape[1:] != sequences.values.shape[1:]:
                raise InvalidSequenceError(
                    f"shared_encoder=True reads all columns alike, but steps of column {number} have shape "
                    f"{column.values.shape[1:]}, and those of column 0 {sequences.values.shape[1:]}"
                )
            if not (sequences.fingerprint is None or sequences.fingerprint.agrees(column.fingerprint)):
                raise InvalidSequenceError(
                    "shared_encoder=True reads all columns alike, but column 0 holds ids of "
                    f"{sequences.fingerprint}, and column {number} of {column.fingerprint}: give the "
                    "tokenizers one vocabulary="
                )
        lengths = np.concatenate([column.lengths for column in columns])
        joined = Sequences.from_lengths(np.concatenate([column.values for column in columns]), lengths)
        joined = replace(joined, features=None, fingerprint=sequences.fingerprint)
        return [joined] * len(columns)

    def _learn_later_input(self, sequences: Sequences) -> None:
        first, *others = self._columns_to_learn(sequences)
        super()._learn_later_input(first)
        for column, other in zip(self.other_columns_, others, strict=True):
            column._learn_later_input(other)

    def _as_network_reads(self, sequences: Sequences) -> Sequences:
        n_columns = 1 + len(sequences.others)
        with naming(_name_of(0, n_columns)):
            read = super()._as_network_reads(sequences)
        n_numbers = 0 if read.features is None else read.features.shape[1]
        if n_numbers != self.n_numbers_:
            raise ValueError(
                f"X has {n_numbers} numbers beside each sequence, but {type(self).__name__} was fitted on "
                f"{self.n_numbers_}: transform X with the SequenceColumns of fit"
            )
        if not read.others:
            return read
        others = []
        for place, (column, other) in enumerate(zip(self.other_columns_, read.others, strict=True), 1):
            with naming(_name_of(place, n_columns)):
                others.append(column._as_network_reads(other))
        return replace(read, others=tuple(others))


def _name_of(place: int, n_columns: int) -> str:
    return f"column {place} of X" if n_columns > 1 else "X"


def check_projections(projection_dim: Any, shared_encoder: bool) -> None:
    """Raise an error if a list of projections has other items than sizes, or the encoder is one.

    Parameters
    ----------
    projection_dim : int, list, tuple or None
    shared_encoder : bool

    Raises
    ------
    ValueError
        An item is neither a whole number of at least 1 nor None, or all
        columns share one encoder.
    """
    if not isinstance(projection_dim, (list, tuple)):
        return
    for size in projection_dim:
        if size is not None and not (isinstance(size, Integral) and size >= 1):
            raise ValueError(
                f"projection_dim={projection_dim!r} has the item {size!r}: give a whole number of at least "
                "1, or None, for each column of sequences"
            )
    if shared_encoder:
        raise ValueError(
            f"projection_dim={projection_dim!r} has an item for each column, but shared_encoder=True reads "
            "all by one encoder: give one number"
        )
