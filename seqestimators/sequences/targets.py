"""Targets that are sequences are given back as what they were: strings, lists, tuples or arrays."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .container import object_array
from .reading import first_column, is_column
from .strings import check_sequences

__all__ = ["read_targets", "to_kind"]


def read_targets(y: Any) -> tuple[list[Any], str]:
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
    if is_column(y):
        column = np.asarray(first_column(y))
        y = column if column.dtype.kind not in "biuf" else y
    if isinstance(y, np.ndarray) and y.ndim == 2:
        y = list(y)
    rows = check_sequences(y, lists=True, name="y")
    if isinstance(rows[0], str):
        return rows, "string"
    first = y.iloc[0] if hasattr(y, "iloc") else y[0]
    return rows, "tuple" if isinstance(first, tuple) else "list" if isinstance(first, list) else "array"


def to_kind(rows: Sequence[Any], kind: str) -> np.ndarray:
    """Turn arrays of items into rows of one kind.

    Parameters
    ----------
    rows : sequence of ndarray
    kind : {"string", "list", "tuple", "array"}

    Returns
    -------
    ndarray of shape (n,), dtype object
    """
    if kind == "array":
        return object_array(rows)
    makers: dict[str, Callable[[Any], Any]] = {"string": "".join, "list": list, "tuple": tuple}
    return object_array((makers[kind](row.tolist()) for row in rows), len(rows))
