"""What users put rows into: opened as what it is, or refused by its name."""

import datetime
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from scipy.sparse import issparse

from ..exceptions import InvalidSequenceError

TIMES = (np.datetime64, np.timedelta64, datetime.date, datetime.time, datetime.timedelta)
_AXES = ("row", "position", "channel")

TOKENIZER_FIRST = (
    "strings are not numbers yet: put a tokenizer before the estimator, e.g. "
    "make_pipeline(SmilesTokenizer(), estimator) for SMILES, DNATokenizer(), CodonTokenizer() or "
    "ProteinTokenizer() for sequences, SequenceTokenizer() for any other symbols"
)


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Let errors of what reads X call it by another name.

    Parameters
    ----------
    name : str
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        error.args = (re.sub(r"(?<!['\w])X(?!['\w])", lambda _: name, str(error)),)  # 'X' is a symbol
        raise


def is_column(X: Any) -> bool:
    """Whether X is a frame, a table or a matrix of one column."""
    shape: tuple[int, ...] = getattr(X, "shape", ())
    return len(shape) == 2 and shape[1] == 1


def first_column(X: Any) -> Any:
    """Return the first column of a frame, a table or a matrix."""
    if hasattr(X, "iloc"):  # pandas
        return X.iloc[:, 0]
    return X.column(0) if hasattr(X, "column") else X[:, 0]  # pyarrow; numpy and polars


def open_rows(X: Any, name: str) -> Any:
    """Return a container of rows as one that numpy reads as what it is, or refuse it by its name."""
    if isinstance(X, (str, bytes)):
        raise ValueError("Iterable over sequences expected, string object received.")
    if issparse(X):
        raise TypeError(f"{name} is a sparse matrix, but sequences are dense: sparse input is not supported")
    refuse_records(X, name)
    if getattr(X, "is_nested", False) is True:  # a tensor whose rows have lengths of their own
        return list(X.unbind())
    if isinstance(X, (set, frozenset)) or not (hasattr(X, "__len__") or hasattr(X, "__array__")):
        raise TypeError(f"{name} must be a list or an array of sequences, got {type(X).__name__}")
    if hasattr(X, "__array__") and getattr(X, "shape", None) == ():
        raise TypeError(
            f"{name} is one number, {shorten(X)}, but a list or an array of sequences is expected"
        )
    return unmask(X)


def refuse_records(value: Any, name: str) -> None:
    """Raise an error that names the fields of a dictionary or a named tuple, which are no rows."""
    is_named = isinstance(value, tuple) and hasattr(value, "_fields")
    if not is_named and not isinstance(value, Mapping):
        return
    kind = type(value).__name__
    if kind == "PackedSequence":
        remedy = "unpack it first, with torch.nn.utils.rnn.unpack_sequence"
    else:
        remedy = "give the one that holds the sequences, or list(...) if its items are rows"
    fields = ", ".join(map(str, list(value._fields if is_named else value)[:5]))
    raise TypeError(
        f"{name} is a {kind}, {'a named tuple' if is_named else 'a dictionary'} of {fields}: {remedy}"
    )


def unmask(array: Any, *row: int, name: str = "X") -> Any:
    """Return the data of a masked array, which may be the only row that is given, if nothing is masked."""
    if not isinstance(array, np.ma.MaskedArray):
        return array
    mask = np.ma.getmaskarray(array)
    if mask.any():
        numbers = [*row, *np.argwhere(mask)[0].tolist()]
        place = ", ".join(f"{kind} {i}" for kind, i in zip(_AXES, numbers, strict=False))
        remedy = "fill it in, as with filled(value)"
        if name == "X":
            remedy += (
                ', or give lists that leave it out; behind the end of a series, or with missing="mask", fill '
                "in NaN"
            )
        raise InvalidSequenceError(f"{place} of {name} is masked: {remedy}")
    return np.asarray(array.data)


def as_array(value: Any, name: str) -> np.ndarray:
    """Return np.asarray, its foreign errors turned into one that names the value."""
    try:
        return np.asarray(value)
    except (TypeError, RuntimeError) as error:  # a tensor with a gradient, or on another device
        raise TypeError(f"{name} is a {type(value).__name__} that numpy can't read: {error}") from None


def refuse_mixed_columns(X: Any) -> None:
    """Raise an error that names a column of strings, of dates, or of sequences among several."""
    if len(X.shape) != 2 or not len(X) or (isinstance(X, np.ndarray) and X.dtype.kind not in "OmM"):
        return
    places = range(X.shape[1])
    if hasattr(X, "iloc"):  # pandas
        columns = [X.iloc[:, j] for j in places]
    elif hasattr(X, "column"):  # pyarrow
        columns = [X.column(j) for j in places]
    else:  # numpy and polars
        columns = [X[:, j] for j in places]
    names = getattr(X, "column_names", getattr(X, "columns", places))
    for name, cell in zip(names, map(first_known, columns), strict=True):
        if isinstance(cell, (str, bytes)):
            reason = f"strings, and {TOKENIZER_FIRST}"
        elif isinstance(cell, TIMES):
            reason = "dates or times: turn them into numbers, as the seconds between them"
        elif count_axes(cell) > 0:
            reason = "sequences, and several are not one: SequenceColumns reads them, and numbers beside them"
        else:
            continue
        raise TypeError(
            f"column {name!r} of X, one of {len(columns)}, holds {reason}. Or select the one column that "
            "holds the sequences, or columns of numbers"
        )


def is_missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN or NA."""
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType", "MaskedConstant")
        or (isinstance(value, (float, np.floating)) and bool(np.isnan(value)))
    )


def count_axes(value: Any) -> int:
    """Return the number of axes of a value, 2 of what is ragged."""
    try:
        return np.ndim(value)
    except ValueError:
        return 2


def first_known(column: Any) -> Any:
    """Return the first value of a column that isn't missing, or None."""
    for value in column:
        value = value.as_py() if hasattr(value, "as_py") else value  # of pyarrow
        if not is_missing(value):
            return value
    return None


def shorten(value: Any, limit: int = 40) -> str:
    """Short form of any value, for messages."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
