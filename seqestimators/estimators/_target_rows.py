"""Targets that are sequences: read into rows that still show what they were."""

from typing import Any

import numpy as np

from ..sequences import object_array, read_targets, to_kind

KINDS = {str: "string", list: "list", tuple: "tuple", np.ndarray: "array"}


def read_rows(y: Any) -> np.ndarray:
    """Read targets that are sequences.

    Parameters
    ----------
    y : array-like of n sequences

    Returns
    -------
    ndarray of shape (n,), dtype object
        Rows of the kind of y: str, list, tuple, or arrays of objects.
    """
    rows, kind = read_targets(y)
    if kind in ("string", "list"):
        return object_array(rows)
    return to_kind([object_array(row) for row in rows], kind)


def kind_of(rows: np.ndarray) -> str:
    """Return what the rows are that `read_rows` has returned: "string", "list", "tuple" or "array"."""
    return KINDS[type(rows[0])]
