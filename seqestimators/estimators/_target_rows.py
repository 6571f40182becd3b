"""Targets that are sequences: read into rows that still show what they were."""

from typing import Any

import numpy as np

from ..sequences import Sequences, object_array, read_step_weights, read_targets, to_kind

KINDS = {str: "string", list: "list", tuple: "tuple", np.ndarray: "array"}


class WeightedRows:
    """Targets of steps with a weight for each, indexed as the object array of their rows.

    Parameters
    ----------
    rows : ndarray of shape (n,), dtype object
        Labels as `SequenceTargets` reads them, or arrays of numbers.
    step_weight : array-like of n rows
        A weight for every label or number.

    Attributes
    ----------
    rows : ndarray of shape (n,), dtype object
        Labels of weight 0 are None, numbers NaN.
    kind : type
        Of the rows as they were.
    weights : Sequences
        Of every label.
    """

    def __init__(self, rows: np.ndarray, step_weight: Any):
        self.kind = type(rows[0])
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        self.weights = read_step_weights(step_weight, lengths)
        self.rows = _mask(rows, self.weights)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]


def _mask(rows: np.ndarray, weights: Sequences) -> np.ndarray:
    """Put None in the place of every label of weight 0, NaN in that of a number."""
    if weights.values.all():
        return rows
    if getattr(rows[0], "dtype", None) == np.float64:
        masked = object_array([row.copy() for row in rows])
        for row, weight in zip(masked, weights, strict=True):
            row[weight == 0] = np.nan
        return masked
    masked = object_array(list(map(list, rows))) if isinstance(rows[0], str) else rows.copy()
    for i, (row, weight) in enumerate(zip(rows, weights, strict=True)):
        if not weight.all():
            masked[i] = [label if one else None for label, one in zip(row, weight.tolist(), strict=True)]
    return masked


class SequenceTargets:
    """The part of an estimator whose targets are sequences, and come back as what they were."""

    target_kind_: str

    def _read_target(self, y: Any) -> np.ndarray:
        """Return rows of the kind of y, an object array of str, list, tuple, or arrays of objects."""
        rows, kind = read_targets(y)
        if kind in ("string", "list"):
            return object_array(rows)
        return to_kind([object_array(row) for row in rows], kind)

    def _learn_target(self, y: Any, sequences: Any, sample_weight: Any, classes: Any = None) -> None:
        self.target_kind_ = KINDS[y.kind if isinstance(y, WeightedRows) else type(y[0])]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags._skip_test = True  # scikit-learn's checks know one label per row
        return tags
