"""The place that reads the token ids and numeric series that a user passes."""

from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import DTypeLike
from scipy.sparse import issparse
from sklearn.utils import check_array

from ..exceptions import InvalidSequenceError
from .container import Sequences, offsets_of, place_of
from .ids import PAD

__all__ = ["first_column", "is_column", "is_missing", "read_sequences", "shorten"]

_TOKENIZER_FIRST = (
    "strings are not numbers yet: put a tokenizer before the estimator, e.g. "
    "make_pipeline(SmilesTokenizer(), estimator) for SMILES, DNATokenizer(), CodonTokenizer() or "
    "ProteinTokenizer() for sequences, SequenceTokenizer() for any other symbols"
)


def read_sequences(X: Any, input: str = "auto", dtype: DTypeLike | None = np.float32) -> Sequences:
    """Read token ids or numeric series of any lengths into one flat buffer.

    Parameters
    ----------
    X : array-like
        Token ids: a list, tuple, object array or Series of 1-D integer
        arrays, or an integer array of shape (n, L). Leading and trailing 0s
        are padding and left out; a 0 between other ids stays.
        Numeric series: a list (or the like) of float arrays of shape (T,) or
        (T, d), a float array of shape (n, T, d), or one of shape (n, T) whose
        rows are series of scalars. Trailing steps of NaN are padding and left
        out. A column (an array of shape (n, 1), or a frame) may hold a
        sequence in each cell. A :class:`Sequences` is passed through.
    input : {"auto", "tokens", "values"}, default="auto"
        What the numbers are. "auto" takes non-negative integers in 1-D
        sequences or 2-D arrays for tokens and all else for values.
    dtype : {np.float32, np.float64} or None, default=np.float32
        Type of the values of numeric series. None keeps the type of floats,
        at most float64, which stands for all other numbers too. Token ids are
        always int64.

    Returns
    -------
    Sequences
        The flat buffer and its offsets.

    Raises
    ------
    InvalidSequenceError
        A row is missing; tokens are negative or fractional; values are NaN
        (but for trailing padding) or infinite; series differ in their number
        of channels. The message names row, position and value.
    ValueError
        X is a bare string, has no rows, or holds scalars instead of sequences.
    TypeError
        Rows are strings, which a tokenizer must read first, or of a type that
        is no sequence of numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import read_sequences
    >>> read_sequences(np.array([[4, 5, 0], [6, 0, 0]])).lengths
    array([2, 1])
    >>> read_sequences([[0.5, 1.5], [2.5]]).values.shape
    (3, 1)
    """
    if isinstance(X, Sequences):
        flat, offsets = X.values, X.offsets
        is_tokens = X.is_tokens
        if is_tokens and input != "values" and flat.min(initial=0) >= 0:
            return X  # read before
        if not is_tokens and input != "tokens" and dtype in (None, flat.dtype) and np.isfinite(flat).all():
            return X
    else:
        flat, offsets = _flatten(X)
        is_tokens = flat.ndim == 1 and flat.dtype.kind in "iu" and bool(flat.min(initial=0) >= 0)
    if input == "tokens" or (input == "auto" and is_tokens):
        return _as_tokens(flat, offsets)
    return _as_values(flat, offsets, dtype)


def is_column(X: Any) -> bool:
    """Whether X is a frame, a table or a matrix of one column."""
    shape: tuple[int, ...] = getattr(X, "shape", ())
    return len(shape) == 2 and shape[1] == 1


def first_column(X: Any) -> Any:
    """Return the first column of a frame, a table or a matrix."""
    if hasattr(X, "iloc"):  # pandas
        return X.iloc[:, 0]
    return X.column(0) if hasattr(X, "column") else X[:, 0]  # pyarrow; numpy and polars


def _flatten(X: Any) -> tuple[np.ndarray, np.ndarray]:
    """Join the rows of X into one buffer of shape (total,) or (total, d)."""
    if isinstance(X, (str, bytes)):
        raise ValueError("Iterable over sequences expected, string object received.")
    if issparse(X):
        raise TypeError("X is a sparse matrix, but sequences are dense: sparse input is not supported")
    if isinstance(X, (dict, set, frozenset)) or not (hasattr(X, "__len__") or hasattr(X, "__array__")):
        raise TypeError(f"X must be a list or an array of sequences, got {type(X).__name__}")
    if is_column(X):
        column = np.asarray(first_column(X))
        if column.dtype == object and len(column) and np.ndim(column[0]) > 0:
            return _join_rows(column)
    if len(getattr(X, "shape", ())) < 2 and hasattr(X, "__array__"):
        X = np.asarray(X)  # items of pyarrow are no numbers, and those of pandas are slow to get
    return _flatten_rectangle(X) if len(getattr(X, "shape", ())) > 1 else _join_rows(X)


def _flatten_rectangle(X: Any) -> tuple[np.ndarray, np.ndarray]:
    if getattr(getattr(X, "dtype", None), "kind", None) in ("U", "S"):
        raise TypeError(f"X holds strings, and {_TOKENIZER_FIRST}")
    array = check_array(
        _keep_integers(X), allow_nd=True, dtype="numeric", ensure_all_finite=False, input_name="X"
    )
    if array.ndim > 3:
        raise ValueError(f"X must have 2 or 3 dimensions, got shape {array.shape}")
    n_sequences, length = array.shape[:2]
    offsets = np.arange(n_sequences + 1) * length
    return array.reshape(n_sequences * length, *array.shape[2:]), offsets


def _keep_integers(X: Any) -> Any:
    """Give whole numbers their type where an object array or pandas' Int64 would turn into floats."""
    if hasattr(X, "iloc"):
        is_whole = all(getattr(dtype, "kind", None) in ("i", "u") for dtype in X.dtypes)
        return X.to_numpy(dtype=np.int64) if is_whole and not X.isna().to_numpy().any() else X
    if isinstance(X, np.ndarray) and X.dtype == object:
        with suppress(ValueError):
            array = np.array(X.tolist())
            return array if array.dtype.kind in "iu" else X
    return X


def _join_rows(X: Any) -> tuple[np.ndarray, np.ndarray]:
    rows = [_read_row(row, i) for i, row in enumerate(X)]
    if not rows:
        raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required: X has no sequences")
    filled = [row for row in rows if len(row)] or rows[:1]
    first = filled[0]
    if any(row.ndim != first.ndim or row.shape[1:] != first.shape[1:] for row in filled):
        bad = next(
            i
            for i, row in enumerate(rows)
            if len(row) and (row.ndim != first.ndim or row.shape[1:] != first.shape[1:])
        )
        raise InvalidSequenceError(
            f"row {bad} of X has shape {rows[bad].shape} where rows before it have steps of shape "
            f"{first.shape[1:]}: give every series the same number of channels"
        )
    return np.concatenate(filled), offsets_of(rows)


def _read_row(row: Any, index: int) -> np.ndarray:
    """One sequence as a numeric array of shape (T,) or (T, d)."""
    if type(row) is np.ndarray and row.dtype.kind in "iuf" and row.ndim in (1, 2):
        return row
    if isinstance(row, (str, bytes)):
        raise TypeError(f"row {index} of X is the string {shorten(row)}, and {_TOKENIZER_FIRST}")
    if is_missing(row):
        raise InvalidSequenceError(
            f"row {index} of X is missing ({row!r}): drop it, or give an empty sequence if nothing was "
            "observed"
        )
    if np.ndim(row) == 0 and not hasattr(row, "__len__"):
        if isinstance(row, (int, float, np.number)):
            raise ValueError(
                f"Expected a list of sequences, but row {index} of X is the number {row!r}. Wrap a single "
                "sequence as [x]. Reshape your data with X.reshape(-1, 1) if each number is a row."
            )
        raise TypeError(f"row {index} of X is a {type(row).__name__}, not a sequence of numbers")
    if getattr(getattr(row, "dtype", None), "kind", "") in ("i", "u") and hasattr(row, "isna"):
        missing = np.asarray(row.isna())  # of pandas' Int64, which numpy would turn into NaN
        if missing.any():
            raise InvalidSequenceError(
                f"row {index}, position {int(missing.argmax())} of X is missing: impute it, or leave the "
                "step out"
            )
    try:
        array = np.asarray(row)
    except ValueError:
        raise InvalidSequenceError(f"row {index} of X is ragged itself: its steps differ in length") from None
    if array.dtype.kind == "O":
        array = _from_objects(array, index)
    if array.dtype.kind in "US":
        raise TypeError(f"row {index} of X holds strings, and {_TOKENIZER_FIRST}")
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: row {index} of X")
    if array.dtype.kind not in "iufb" or array.ndim not in (1, 2):
        raise TypeError(
            f"row {index} of X has shape {array.shape} and dtype {array.dtype}: a sequence is a 1-D array of "
            "token ids or of numbers, or a 2-D array of shape (length, channels)"
        )
    return array.astype(np.float64) if array.dtype.kind == "b" else array


def _from_objects(array: np.ndarray, index: int) -> np.ndarray:
    """Numbers out of an object array, or an error that names the first that is none."""
    if array.ndim == 1:
        for position, value in enumerate(array):
            if isinstance(value, (str, bytes)):
                raise TypeError(f"row {index} of X holds strings, and {_TOKENIZER_FIRST}")
            if is_missing(value) and not isinstance(value, float):
                raise InvalidSequenceError(
                    f"row {index}, position {position} of X is missing ({value!r}): impute it, or leave the "
                    "step out"
                )
    try:
        numbers = np.array(array.tolist())
    except ValueError:
        numbers = array
    if numbers.dtype.kind == "O":
        raise TypeError(f"row {index} of X is not a sequence of numbers: {shorten(array.tolist())}")
    return numbers


def is_missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN or NA."""
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, (float, np.floating)) and bool(np.isnan(value)))
    )


def shorten(value: Any, limit: int = 40) -> str:
    """Short form of any value, for messages."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _as_tokens(flat: np.ndarray, offsets: np.ndarray) -> Sequences:
    if flat.ndim == 2 and flat.shape[1] == 1:
        flat = flat[:, 0]
    if flat.ndim != 1:
        raise InvalidSequenceError(
            f"token ids are 1-D sequences, but X has steps of shape {flat.shape[1:]}: numeric series of "
            'several channels need input="values"'
        )
    if flat.dtype.kind == "f":
        bad = ~np.isfinite(flat) | (flat != np.trunc(flat))
        if bad.any():
            row, position = place_of(index := int(np.argmax(bad)), offsets)
            raise InvalidSequenceError(
                f"row {row}, position {position} of X is {_name_number(flat[index])}, but token ids are "
                'whole numbers (no NaN, no inf, no fractions): tokenize first, or set input="values" for '
                "numeric series"
            )
    if flat.size and flat.min() < 0:
        row, position = place_of(index := int(np.argmax(flat < 0)), offsets)
        raise InvalidSequenceError(
            f"Negative values in data: row {row}, position {position} of X is {flat[index]}, but token ids "
            'start at 0 (padding); set input="values" for numeric series'
        )
    tokens = Sequences(flat.astype(np.int64, copy=False), offsets)
    return _strip(tokens, tokens.values == PAD, leading=True)


def _as_values(flat: np.ndarray, offsets: np.ndarray, dtype: DTypeLike | None) -> Sequences:
    flat = flat if flat.ndim == 2 else flat[:, None]
    if dtype is None:
        dtype = flat.dtype if flat.dtype in (np.float16, np.float32) else np.float64
    with np.errstate(over="ignore"):
        values = Sequences(np.ascontiguousarray(flat, dtype=dtype), offsets)
    if np.isfinite(values.values).all():
        return values
    values = _strip(values, np.isnan(values.values).all(axis=1), leading=False)
    is_bad = ~np.isfinite(values.values)
    if is_bad.any():
        index, channel = np.argwhere(is_bad)[0]
        row, position = place_of(index, values.offsets)
        raise InvalidSequenceError(
            f"row {row}, position {position} of X is {_name_number(values.values[index, channel])}: input "
            f"contains NaN, inf or a value too large for {np.dtype(dtype).name}. Impute it or leave the step "
            "out; only trailing NaN is read as padding"
        )
    return values


def _name_number(value: Any) -> str:
    return "NaN" if np.isnan(value) else f"{value:g}"


def _strip(sequences: Sequences, is_padding: np.ndarray, leading: bool) -> Sequences:
    """Leave out the padding behind (and before, if `leading`) every sequence."""
    if not is_padding.any():
        return sequences
    content = np.flatnonzero(~is_padding)
    places = np.searchsorted(content, sequences.offsets)
    filled = places[1:] > places[:-1]
    begins = sequences.offsets[:-1].copy()
    lengths = np.zeros_like(begins)
    if leading:
        begins[filled] = content[places[:-1][filled]]
    lengths[filled] = content[places[1:][filled] - 1] + 1 - begins[filled]
    return sequences.cut(begins, lengths)
