"""Numbers that are aligned with the steps of a sequence: read, counted, and joined."""

from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length

from ..exceptions import InvalidSequenceError
from ._containers import first_column, is_column, is_missing, open_rows, shorten
from .container import Sequences, object_array
from .step_labels import check_counts

__all__ = ["join_numbers", "read_step_numbers"]


def read_step_numbers(y: Any) -> np.ndarray:
    """Read a number, or several, for every step of every sequence.

    Parameters
    ----------
    y : array-like of n rows
        Lists or arrays of numbers, of shape (T,), or (T, k) for several a
        step; a column of them; or an array of shape (n, T) or (n, T, k). A
        number that is None, NaN, NA or masked is not known.

    Returns
    -------
    ndarray of shape (n,), dtype object
        Arrays of float64, NaN where a number is not known.

    Raises
    ------
    InvalidSequenceError
        A row is missing, holds what is no number or infinite, or has another
        number of columns than others; the message names row and position.
    TypeError
        A row is one number, and no sequence.

    Examples
    --------
    >>> from seqestimators.sequences import read_step_numbers
    >>> read_step_numbers([[0.5, None], [2]]).tolist()
    [array([0.5, nan]), array([2.])]
    """
    if isinstance(y, np.ma.MaskedArray):
        y = np.ma.filled(y.astype(np.float64), np.nan)
    if is_column(y):
        column = first_column(y)
        y = column if np.asarray(column[:1]).dtype.kind == "O" else y
    y = open_rows(y, "y")
    if hasattr(y, "iloc"):
        y = list(y) if y.ndim == 1 else y.to_numpy()
    rows = [_read_row(row, i) for i, row in enumerate(y.to_pylist() if hasattr(y, "to_pylist") else y)]
    if not rows:
        raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required: y has no rows")
    shapes = [(i, row.shape[1:]) for i, row in enumerate(rows) if len(row)]
    for i, shape in shapes:
        if shape != shapes[0][1]:
            raise InvalidSequenceError(
                f"row {i} of y has shape {rows[i].shape}, but row {shapes[0][0]} {rows[shapes[0][0]].shape}: "
                "give every step of every row as many numbers"
            )
    return object_array(rows)


def _read_row(row: Any, i: int) -> np.ndarray:
    if is_missing(row):
        raise InvalidSequenceError(f"row {i} of y is missing ({row!r}): drop it, or give NaN for each step")
    if isinstance(row, np.ma.MaskedArray):
        row = np.ma.filled(row.astype(np.float64), np.nan)
    if not hasattr(row, "__len__") or getattr(row, "ndim", 1) == 0:
        raise TypeError(
            f"row {i} of y is {shorten(row)}, one value for the whole sequence, but here each row of y is a "
            "sequence of numbers: one number per sequence is learned by RecurrentRegressor"
        )
    try:
        values = np.asarray(row)
        if values.dtype.kind == "O":  # None and NA are numbers that are not known
            known = [[np.nan if is_missing(one) else one for one in np.atleast_1d(step)] for step in values]
            values = np.asarray(known if values.ndim > 1 else [one for step in known for one in step])
        if values.dtype.kind not in "biuf" and values.size:
            raise ValueError
        values = values.astype(np.float64)
    except (TypeError, ValueError):
        raise InvalidSequenceError(
            f"row {i} of y is {shorten(row)}, but a number for each step is expected; classes are learned by "
            "RecurrentTagger"
        ) from None
    if values.ndim > 2:
        raise InvalidSequenceError(f"row {i} of y has shape {values.shape}, but is to have (T,) or (T, k)")
    if (bad := np.isinf(values)).any():
        position = int(np.argwhere(bad)[0, 0])
        raise InvalidSequenceError(
            f"row {i}, position {position} of y is infinite: correct it, or give NaN, which says that a "
            "number is not known"
        )
    return values


def join_numbers(rows: Any, n_targets: np.ndarray, *, stride: int = 1) -> Sequences:
    """Join the numbers of all steps into one table, once each row has as many as its row of X asks for.

    Parameters
    ----------
    rows : ndarray of shape (n,), dtype object
        What :func:`read_step_numbers` returns. NaN behind the end of a row,
        as padding is written, is cut off.
    n_targets : ndarray of shape (n,), dtype int64
        What :func:`count_labels` returns.
    stride : int, default=1
        Number of steps per target, for the message.

    Returns
    -------
    Sequences
        Its values have shape (n_total, k).

    Raises
    ------
    InvalidSequenceError
        A row has another number of steps; the message names it.
    ValueError
        There are more rows of y than of X, or fewer.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import join_numbers, read_step_numbers
    >>> rows = read_step_numbers(np.array([[1.0, 2.0], [3.0, np.nan]]))
    >>> join_numbers(rows, np.array([2, 1])).values.tolist()
    [[1.0], [2.0], [3.0]]
    """
    check_consistent_length(n_targets, rows)
    cut = [
        row[:n] if len(row) > n and np.isnan(row[n:]).all() else row
        for row, n in zip(rows, n_targets.tolist(), strict=True)
    ]
    check_counts(cut, n_targets, stride=stride, name="numbers", remedy="give one for each, or NaN")
    tables = [row.reshape(len(row), -1) for row in cut if len(row)]
    return Sequences(
        np.concatenate(tables or [np.empty((0, 1))]), np.concatenate([[0], np.cumsum(n_targets)])
    )
