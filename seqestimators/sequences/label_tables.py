"""Several labels per row, of which some are not known: one way to read them, for all who learn or score."""

from typing import Any

import numpy as np
from scipy.sparse import issparse

from ._containers import is_missing, shorten

__all__ = ["is_label_table", "names_of_columns", "read_label_table", "score_rows"]

_NUMBERS = (bool, int, float, np.bool_, np.integer, np.floating)


def is_label_table(y: Any) -> bool:
    """Tell whether y has several columns; one column is one label per row, like none.

    Parameters
    ----------
    y : array-like

    Returns
    -------
    bool

    Examples
    --------
    >>> from seqestimators.sequences import is_label_table
    >>> is_label_table([[0, 1], [1, -1]]), is_label_table([[0], [1]]), is_label_table([-1, 1])
    (True, False, False)
    """
    shape = getattr(y, "shape", None)
    if shape is None:
        try:
            shape = np.asarray(y).shape
        except ValueError:  # rows of several lengths
            return False
    return len(shape) == 2 and shape[1] > 1


def names_of_columns(y: Any) -> np.ndarray | None:
    """Return the names of several columns of y.

    Parameters
    ----------
    y : array-like
        Of a data frame of pandas or polars, or a table of pyarrow, whose names
        are strings.

    Returns
    -------
    ndarray of shape (n_columns,), dtype object, or None
        None if y has no such names, or one column only.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqestimators.sequences import names_of_columns
    >>> names_of_columns(pd.DataFrame({"toxic": [0, 1], "soluble": [1, 1]})).tolist()
    ['toxic', 'soluble']
    """
    names = list(getattr(y, "column_names", getattr(y, "columns", ())))
    is_named = len(names) > 1 and all(isinstance(name, str) for name in names)
    return np.array(names, dtype=object) if is_named else None


def read_label_table(y: Any, name: str = "y") -> np.ndarray:
    """Read several labels per row: 1 (yes), 0 (no), or missing.

    Parameters
    ----------
    y : array-like of shape (n, n_labels)
        Numbers or bool. NaN, None, NA, -1 and the masked fields of a masked
        array are missing.
    name : str, default="y"
        What messages call it.

    Returns
    -------
    ndarray of shape (n, n_labels), dtype float64
        Of 1, 0 and NaN.

    Raises
    ------
    ValueError
        A field is none of these; the message names row and column.

    Examples
    --------
    >>> from seqestimators.sequences import read_label_table
    >>> read_label_table([[0, 1], [-1, None]])
    array([[ 0.,  1.],
           [nan, nan]])
    """
    y = y.toarray() if issparse(y) else y
    is_masked = np.ma.getmaskarray(y) if isinstance(y, np.ma.MaskedArray) else None
    fields = np.ma.getdata(y) if is_masked is not None else np.asarray(y)
    if fields.dtype.kind in "biuf":
        table = fields.astype(np.float64)
    else:
        table = _read_fields(fields.astype(object), name)
    if is_masked is not None:
        table[is_masked] = np.nan
    table[table == -1] = np.nan
    strange = ~(np.isnan(table) | (table == 0) | (table == 1))
    if strange.any():
        row, column = np.argwhere(strange)[0].tolist()
        raise _strange(row, column, f"{table[row, column]:g}", name)
    return table


def _read_fields(fields, name):
    table = np.full(fields.shape, np.nan)
    for (row, column), value in np.ndenumerate(fields):
        if isinstance(value, _NUMBERS):
            table[row, column] = value
        elif not is_missing(value):
            raise _strange(row, column, shorten(value), name)
    return table


def _strange(row, column, value, name):
    return ValueError(
        f"row {row}, column {column} of {name} is {value}, but of several labels per row each is 1 (yes), 0 "
        "(no), or NaN or -1 (not known). Multioutput targets of several classes each need one model a column"
    )


def score_rows(table: np.ndarray, predicted: np.ndarray, sample_weight: np.ndarray) -> float:
    """Share of rows of which all known labels are right; rows without any don't count.

    Parameters
    ----------
    table : ndarray of shape (n, n_labels)
        As from :func:`read_label_table`.
    predicted : ndarray of shape (n, n_labels)
        0 and 1.
    sample_weight : ndarray of shape (n,)

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        No row of weight above 0 has a known label.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import score_rows
    >>> table = np.array([[0, np.nan], [1, 1], [np.nan, np.nan]])
    >>> score_rows(table, np.array([[0, 1], [1, 0], [0, 0]]), np.ones(3))
    0.5
    """
    known = ~np.isnan(table)
    weight = sample_weight * known.any(axis=1)
    if not weight.any():
        raise ValueError("no row of sample_weight above 0 has a known label: there is nothing to score")
    return float(np.average(((predicted == table) | ~known).all(axis=1), weights=weight))
