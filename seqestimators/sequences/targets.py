"""The place that reads y: one label, number or sequence per row, which comes back as what it was."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.sparse import issparse

from ._containers import as_array, first_column, is_column, is_missing, refuse_records, shorten
from .container import object_array
from .strings import check_sequences

__all__ = ["read_labels", "read_targets", "refuse_infinite", "to_kind"]


def read_labels(y: Any, name: str = "y", *, may_be_missing: bool = False) -> np.ndarray:
    """Read one label or number per row, or several columns of them.

    Parameters
    ----------
    y : array-like of shape (n,) or (n, n_columns)
        List, tuple, array, masked array, tensor, or Series or data frame of
        pandas, polars or pyarrow. Nullable types are read as the types that
        they extend, categories as their values.
    name : str, default="y"
        What messages call y.
    may_be_missing : bool, default=False
        Whether a row may be missing where there is one column, too: it is NaN
        then, and the column one of floats.

    Returns
    -------
    ndarray of shape (n,) or (n, n_columns)
        Whole numbers stay whole. In one of several columns a value that is
        missing or masked is NaN, and the column one of floats.

    Raises
    ------
    ValueError
        A row is missing (None, NaN, NA or masked), holds several values where
        others have one, or another type; the message names it.
    TypeError
        y is no container of rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqestimators.sequences import read_labels
    >>> read_labels(pd.Series([1, 0], dtype="Int64"))
    array([1, 0])
    >>> read_labels([[1, None], [0, 1]])
    array([[ 1., nan],
           [ 0.,  1.]])
    """
    if isinstance(y, (str, bytes)):
        raise ValueError(f"{name} is one string, {shorten(y)}, but a list of n labels is expected")
    refuse_records(y, name)
    y = y.toarray() if issparse(y) else y
    if isinstance(y, (set, frozenset)) or not (hasattr(y, "__len__") or hasattr(y, "__array__")):
        raise TypeError(f"{name} must be a list or an array, got {type(y).__name__}")
    if hasattr(y, "__array__") and not hasattr(y, "shape") and not hasattr(y, "to_pylist"):
        y = as_array(y, name)
    shape = getattr(y, "shape", None)
    if shape == () or (shape is not None and len(shape) > 2):
        raise ValueError(
            f"{name} should be a 1d array, of one label per row, or 2-D, got an array of shape {shape}"
        )
    if shape is None or (hasattr(y, "to_pylist") and len(shape) < 2):
        rows = list(y.to_pylist() if hasattr(y, "to_pylist") else y)
        return (_read_table if any(map(_is_row, rows)) else _read_column)(rows, name, may_be_missing)
    if len(shape) != 2:
        return _read_column(y, name, may_be_missing)
    if shape[1] == 1:
        return _read_column(first_column(y), name, may_be_missing)[:, None]
    if isinstance(y, np.ndarray) and y.dtype.kind != "O" and not isinstance(y, np.ma.MaskedArray):
        return y
    if hasattr(y, "iloc"):
        columns = [y.iloc[:, j] for j in range(shape[1])]
    elif hasattr(y, "column"):
        columns = [y.column(j) for j in range(shape[1])]
    else:
        columns = list(as_array(y, name).T) if not isinstance(y, np.ma.MaskedArray) else list(y.T)
        columns = [y[:, j] for j in range(shape[1])] if hasattr(y, "get_column") else columns
    return np.stack([_read_column(column, name, may_be_missing=True) for column in columns], axis=1)


def read_numbers(y: Any, name: str = "y") -> np.ndarray:
    """Read one number per row, or several columns of them, of which some may not be known.

    Parameters
    ----------
    y : array-like of shape (n,) or (n, n_columns)
        As of :func:`read_labels`.
    name : str, default="y"
        What messages call it.

    Returns
    -------
    ndarray of shape (n,) or (n, n_columns), dtype float64
        NaN where a number is missing or masked.

    Raises
    ------
    ValueError
        A value is no number; the message names its row.
    TypeError
        It is no container of rows.
    """
    read = read_labels(y, name, may_be_missing=True)
    if read.dtype.kind in "biuf":
        return read.astype(np.float64)
    numbers = np.empty(read.shape)
    for (row, *column), value in np.ndenumerate(read):
        try:
            if isinstance(value, complex):
                raise TypeError
            numbers[row, *column] = float(value)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"row {row} of {name} is {value!r}, which is no number: correct it") from None
    return numbers


def refuse_infinite(y: np.ndarray, name: str = "y") -> None:
    """Raise an error that names the first infinite number.

    Parameters
    ----------
    y : ndarray of shape (n,) or (n, n_columns)
    name : str, default="y"
        What messages call y.

    Raises
    ------
    ValueError
        A number is infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import refuse_infinite
    >>> refuse_infinite(np.array([1.0, 2.0]))
    """
    if y.dtype.kind != "f" or not (is_infinite := np.isinf(y)).any():
        return
    row, *column = np.argwhere(is_infinite)[0].tolist()
    place = f"row {row}" + "".join(f", column {j}" for j in column)
    raise ValueError(
        f"{place} of {name} is {y[row, *column]:g}: {name} contains infinity, or a value too large for "
        f"{y.dtype.name}; correct it, or leave the row out"
    )


def _is_row(value: Any) -> bool:
    """Whether a value is a list, a tuple or an array."""
    return not isinstance(value, (str, bytes)) and hasattr(value, "__len__") and np.ndim(value) > 0


def _read_table(rows: list[Any], name: str, may_be_missing: bool) -> np.ndarray:
    """Columns of a list of lists."""
    widths = [len(row) if _is_row(row) else None for row in rows]
    width = widths[0]
    for row, value in enumerate(rows):
        if widths[row] != width:
            raise ValueError(
                f"row {row} of {name} is {shorten(value)}, but row 0 is {shorten(rows[0])}: give every row "
                "one label, or as many as the others. Labels for every step of a sequence are learned by "
                "RecurrentTagger"
            )
    columns = [
        _read_column(list(column), name, may_be_missing or width != 1) for column in zip(*rows, strict=True)
    ]
    return np.stack(columns, axis=1) if columns else np.empty((len(rows), 0))


def _read_column(y: Any, name: str, may_be_missing: bool = False) -> np.ndarray:
    """One value per row as a plain array, missing ones refused, or NaN."""
    missing = _find_missing(y)
    if missing.any() and not may_be_missing:
        row = int(missing.argmax())
        value = (
            np.ma.masked
            if isinstance(y, np.ma.MaskedArray)
            else y.iloc[row]
            if hasattr(y, "iloc")
            else y[row]
        )
        text = "NaN" if isinstance(value, (float, np.floating)) else repr(value)
        reason = "masked" if value is np.ma.masked else f"missing ({text})"
        raise ValueError(f"row {row} of {name} is {reason}: leave the row out, or fill the value in")
    if hasattr(y, "iloc"):
        if missing.any():
            y = y.astype(object)
        else:
            y = y.to_numpy(dtype=getattr(y.dtype, "numpy_dtype", None))
    elif isinstance(y, np.ma.MaskedArray):
        y = y.data
    elif hasattr(y, "categories"):  # a Categorical of pandas
        y = y.tolist()
    elif not isinstance(y, (np.ndarray, list)):
        y = y.to_list() if hasattr(y, "to_list") else as_array(y, name)
    if isinstance(y, np.ndarray) and y.dtype.kind != "O" and not missing.any():
        return y
    values = list(y)
    if missing.any():
        values = [np.nan if is_absent else value for value, is_absent in zip(values, missing, strict=True)]
    kinds = {isinstance(value, (str, bytes)) for value in values}
    if len(kinds) > 1:
        row = next(
            i for i, value in enumerate(values) if isinstance(value, str) != isinstance(values[0], str)
        )
        raise ValueError(
            f"row {row} of {name} is {values[row]!r}, but row 0 is {values[0]!r}: use strings or numbers, "
            "not both"
        )
    if isinstance(y, np.ndarray) and kinds == {True}:
        return y
    if missing.any():
        return np.array([float(value) for value in values])
    return np.asarray(values)


def _find_missing(y: Any) -> np.ndarray:
    """Which rows of a column are missing or masked, ndarray of bool."""
    if isinstance(y, np.ma.MaskedArray):
        return np.ma.getmaskarray(y) | _find_missing(np.asarray(y.data))
    if hasattr(y, "isna"):
        return np.asarray(y.isna(), dtype=bool)
    kind = getattr(getattr(y, "dtype", None), "kind", None)
    if kind in ("f", "c"):
        return np.isnan(y)
    if kind is not None and kind != "O":
        return np.zeros(len(y), dtype=bool)
    return np.fromiter(map(is_missing, y), dtype=bool, count=len(y))


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
    TypeError
        A row is one number, and no sequence.

    Examples
    --------
    >>> from seqestimators.sequences import read_targets
    >>> read_targets([("a", "b"), ("c",)])
    ([['a', 'b'], ['c']], 'tuple')
    """
    if is_column(y):
        column = np.asarray(first_column(y))
        y = column if column.dtype.kind not in "biuf" else y
    if len(getattr(y, "shape", ())) == 2:
        y = list(y if isinstance(y, np.ndarray) else as_array(y, "y"))
    refuse_records(y, "y")
    if hasattr(y, "__getitem__") and not isinstance(y, str) and len(y):
        first = y.iloc[0] if hasattr(y, "iloc") else y[0]
        first = first.as_py() if hasattr(first, "as_py") else first
        if isinstance(first, (bool, int, float, np.number, np.bool_)) and not is_missing(first):
            raise TypeError(
                f"row 0 of y is {first}, one value for the whole sequence, but here each row of y is a "
                "sequence, a string or a list: one label per sequence is learned by RecurrentClassifier, one "
                "number by RecurrentRegressor"
            )
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
