"""What stands beside the first sequence of every row: further sequences, and numbers."""

from dataclasses import replace
from typing import Any, Self

import numpy as np

from ..exceptions import InvalidSequenceError
from ..sequences import Sequences
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

    def _as_fitted(self) -> Self:
        return self


class JoinedInput(SequenceReader):
    """Base of the estimators that read several columns: sequences, and numbers.

    Attributes
    ----------
    other_columns_ : tuple of ColumnReader
        What fit has learned of every further column of sequences.
    n_numbers_ : int
        Number of numbers beside each sequence.
    """

    _reads_one_column = False
    other_columns_: tuple[ColumnReader, ...] = ()
    n_numbers_: int = 0

    def _read(self, X: Any, reset: bool) -> Sequences:
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
        others = tuple(column._read(other, reset) for column, other in zip(columns, others, strict=True))
        if features is not None:
            features = self._read_numbers(features, self.dtype if reset else self._as_fitted().dtype)
        return replace(sequences, features=features, others=others)

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
        super()._learn_input(sequences, sample_weight)
        self.other_columns_ = tuple(self._make_column() for _ in sequences.others)
        for column, other in zip(self.other_columns_, sequences.others, strict=True):
            column._learn_input(other, sample_weight)
        self.n_numbers_ = 0 if sequences.features is None else sequences.features.shape[1]

    def _learn_later_input(self, sequences: Sequences) -> None:
        super()._learn_later_input(sequences)
        for column, other in zip(self.other_columns_, sequences.others, strict=True):
            column._learn_later_input(other)

    def _as_network_reads(self, sequences: Sequences) -> Sequences:
        read = super()._as_network_reads(sequences)
        n_numbers = 0 if read.features is None else read.features.shape[1]
        if n_numbers != self.n_numbers_:
            raise ValueError(
                f"X has {n_numbers} numbers beside each sequence, but {type(self).__name__} was fitted on "
                f"{self.n_numbers_}: transform X with the SequenceColumns of fit"
            )
        columns = zip(self.other_columns_, read.others, strict=True)
        return replace(read, others=tuple(column._as_network_reads(other) for column, other in columns))
