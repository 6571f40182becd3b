"""Targets that are sequences are given back as what they were: strings, lists, tuples or arrays."""

import numpy as np

from .strings import check_sequences

__all__ = ["read_targets", "to_kind"]


def read_targets(y):
    """Read targets that are sequences.

    Parameters
    ----------
    y : array-like of n sequences
        Strings, lists, tuples or arrays; a column of them, of shape (n, 1); or
        an array of shape (n, L).

    Returns
    -------
    rows : list of str, or list of list
    kind : {"string", "list", "tuple", "array"}
    """
    if getattr(y, "ndim", 1) == 2 and y.shape[1] == 1:
        column = y.iloc[:, 0] if hasattr(y, "iloc") else y[:, 0]
        y = column if column.dtype.kind not in "biuf" else y
    if isinstance(y, np.ndarray) and y.ndim == 2:
        y = list(y)
    rows = check_sequences(y, lists=True, name="y")
    if isinstance(rows[0], str):
        return rows, "string"
    first = y.iloc[0] if hasattr(y, "iloc") else y[0]
    return rows, "tuple" if isinstance(first, tuple) else "list" if isinstance(first, list) else "array"


def to_kind(rows, kind):
    """Turn arrays of items into rows of one kind.

    Parameters
    ----------
    rows : sequence of ndarray
    kind : {"string", "list", "tuple", "array"}

    Returns
    -------
    ndarray of shape (n,), dtype object
    """
    result = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows):
        if kind == "string":
            result[i] = "".join(row.tolist())
        elif kind == "array":
            result[i] = row
        else:
            result[i] = row.tolist() if kind == "list" else tuple(row.tolist())
    return result
