"""Targets that are sequences are given back as what they were: strings, lists, tuples or arrays."""

import numpy as np

from .container import object_array
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
        What a row was.

    Raises
    ------
    InvalidSequenceError
        A row is missing; the message names it.

    Examples
    --------
    >>> from seqestimators.sequences import read_targets
    >>> read_targets([("a", "b"), ("c",)])
    ([['a', 'b'], ['c']], 'tuple')
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
    convert = {
        "string": lambda row: "".join(row.tolist()),
        "array": lambda row: row,
        "list": lambda row: row.tolist(),
        "tuple": lambda row: tuple(row.tolist()),
    }[kind]
    return object_array(map(convert, rows), len(rows))
