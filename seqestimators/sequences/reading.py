"""The place that reads the token ids and numeric series that a user passes."""

from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import DTypeLike
from sklearn.utils import check_array

from ..exceptions import InvalidSequenceError
from ._containers import (
    TIMES,
    TOKENIZER_FIRST,
    as_array,
    count_axes,
    first_column,
    first_known,
    is_column,
    is_missing,
    open_rows,
    refuse_mixed_columns,
    refuse_records,
    shorten,
    unmask,
)
from ._series_frames import open_series
from ._suspicion import check_new_ids, refuse_columns_behind_padding
from .container import Sequences, object_array, offsets_of, place_of
from .fingerprint import Fingerprint, fingerprint_of
from .ids import PAD

__all__ = ["read_sequences"]

_GREATEST = np.iinfo(np.int64).max
_EXACT_IN_FLOATS = 2**53


def read_sequences(
    X: Any,
    input: str = "auto",
    dtype: DTypeLike | None = np.float32,
    *,
    channels_first: bool = False,
    missing: str = "error",
    is_new: bool = False,
) -> Sequences:
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
        sequence in each cell; where a frame has several columns, each cell
        may hold a channel. A frame with an index of instances and times has a
        row for each step. A masked array is read where nothing is masked. A
        :class:`Sequences` is passed through.
    input : {"auto", "tokens", "values"}, default="auto"
        What the numbers are. "auto" takes non-negative integers in 1-D
        sequences or 2-D arrays for tokens and all else for values.
    dtype : {np.float32, np.float64} or None, default=np.float32
        Type of the values of numeric series. None keeps the type of floats,
        at most float64, which stands for all other numbers too. Token ids are
        always int64.
    channels_first : bool, default=False
        Whether series of several channels have the shape (d, T), and an array
        of them (n, d, T). Frames have a column for each channel anyway.
    missing : {"error", "keep"}, default="error"
        What becomes of NaN in numeric series. "error" takes steps that are
        wholly NaN for padding where they end a series, and refuses all other
        NaN. "keep" keeps it, and takes such steps for padding in arrays
        alone: the series of a list end where they end. None and NA of pandas
        count as NaN then.
    is_new : bool, default=False
        Whether to judge if integers can be token ids, as fit does. Ids of no
        tokenizer of this library that hold 0 to 3 give a warning. Ids so large
        that a vector for each would fill the memory, above 2**20 and above 16
        times their number, are an error, and so are padded ids with further
        columns behind.

    Returns
    -------
    Sequences
        The flat buffer and its offsets.

    Raises
    ------
    InvalidSequenceError
        A row is missing or masked; tokens are negative, fractional or larger
        than int64 holds; values are infinite, or NaN (but for trailing
        padding) where `missing` doesn't keep it; series differ in their
        number of channels; ids are of two vocabularies. The message names
        row, position and value.
    ValueError
        X is a bare string, has no rows, or holds scalars instead of sequences.
    TypeError
        Rows are strings, which a tokenizer must read first, or of a type that
        is no sequence of numbers; X is a named tuple (a PackedSequence of
        torch is one), a dictionary, or a frame of strings and numbers.

    Warns
    -----
    TokenIdWarning
        Under `is_new`, ids that no tokenizer of this library has made hold 0,
        but for padding, 1, 2 behind the beginning or 3 before the end.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import read_sequences
    >>> read_sequences(np.array([[4, 5, 0], [6, 0, 0]])).lengths
    array([2, 1])
    >>> read_sequences([[0.5, 1.5], [2.5]]).values.shape
    (3, 1)
    """
    n_axes = 0
    keeps = missing == "keep"
    if isinstance(X, Sequences):
        flat, offsets, fingerprint = X.values, X.offsets, X.fingerprint
        is_tokens = X.is_tokens
        if is_tokens and input != "values" and flat.min(initial=0) >= 0:
            return X  # read before
        if not is_tokens and input != "tokens" and dtype in (None, flat.dtype) and np.isfinite(flat).all():
            return X
    else:
        X = open_rows(open_series(X, channels_first), "X")
        flat, offsets, fingerprint, n_axes = _flatten(X, channels_first, keeps)
        is_tokens = flat.ndim == 1 and flat.dtype.kind in "iu" and bool(flat.min(initial=0) >= 0)
        if is_new and n_axes == 2 and input != "values":
            refuse_columns_behind_padding(flat.reshape(len(offsets) - 1, -1))
    if input == "tokens" or (input == "auto" and is_tokens):
        tokens = _as_tokens(flat, offsets, fingerprint)
        if is_new:
            check_new_ids(tokens, fingerprint, n_axes == 2)
        read = _strip(tokens, tokens.values == PAD, leading=True)
    else:
        read = _as_values(flat, offsets, dtype, keeps, is_padded=n_axes > 0 or not keeps)
    return read.with_beside(X, np.arange(len(read))) if isinstance(X, Sequences) else read


def _flatten(
    X: Any, channels_first: bool, keeps: bool
) -> tuple[np.ndarray, np.ndarray, Fingerprint | None, int]:
    """Join the rows of X into one buffer of shape (total,) or (total, d).

    Returns also whose ids they are, and how many axes an array had; 0 of a list of rows.
    """
    if is_column(X):
        column = np.asarray(first_column(X))
        known = first_known(column) if column.dtype == object and len(column) else 0
        if known is None or count_axes(known) > 0:
            return *_join_rows(column, channels_first, keeps), 0
    if len(getattr(X, "shape", ())) < 2 and hasattr(X, "__array__"):
        X = as_array(X, "X")  # items of pyarrow are no numbers, and those of pandas are slow to get
    if len(getattr(X, "shape", ())) < 2:
        return *_join_rows(X, channels_first, keeps), 0
    fingerprint = fingerprint_of([X]) if type(X) is np.ndarray else None
    flat, offsets = _flatten_rectangle(X, channels_first)
    return flat, offsets, fingerprint, 1 + flat.ndim


def _flatten_rectangle(X: Any, channels_first: bool) -> tuple[np.ndarray, np.ndarray]:
    if getattr(getattr(X, "dtype", None), "kind", None) in ("U", "S"):
        raise TypeError(f"X holds strings, and {TOKENIZER_FIRST}")
    if hasattr(X, "detach"):
        X = as_array(X, "X")
    refuse_mixed_columns(X)
    array = check_array(
        _keep_integers(X), allow_nd=True, dtype="numeric", ensure_all_finite=False, input_name="X"
    )
    if array.ndim > 3:
        raise ValueError(f"X must have 2 or 3 dimensions, got shape {array.shape}")
    if array.ndim == 3 and channels_first:
        array = array.transpose(0, 2, 1)
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


def _join_rows(
    X: Any, channels_first: bool, keeps: bool
) -> tuple[np.ndarray, np.ndarray, Fingerprint | None]:
    rows = [_read_row(row, i, keeps) for i, row in enumerate(X)]
    fingerprint = fingerprint_of(rows)
    if channels_first:
        rows = [row.T for row in rows]
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
        remedy = "give every series the same number of channels"
        if {row.ndim for row in filled} == {2} and len({row.shape[0] for row in filled}) == 1:
            remedy += (
                f". All rows have {first.shape[0]} steps: if these are channels, and the series of other "
                f"lengths, set channels_first={not channels_first}"
            )
        raise InvalidSequenceError(
            f"row {bad} of X has shape {rows[bad].shape} where rows before it have steps of shape "
            f"{first.shape[1:]}: {remedy}"
        )
    offsets = offsets_of(rows)
    return _join(filled, offsets[-1]), offsets, fingerprint


def _join(rows: list[np.ndarray], n_steps: int) -> np.ndarray:
    """Join rows: what a tokenizer returns are the pieces of one buffer, which needs no copy."""
    owner = rows[0].base
    if isinstance(owner, np.ndarray) and owner.shape == (n_steps,) and owner.flags.c_contiguous:
        place = _address(owner)
        for row in rows:
            if row.base is not owner or _address(row) != place or row.dtype != owner.dtype:
                break
            place += row.nbytes
        else:
            return owner
    return np.concatenate(rows)


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def _read_row(row: Any, index: int, keeps: bool) -> np.ndarray:
    """One sequence as a numeric array of shape (T,) or (T, d); what is missing is NaN, if it is kept."""
    if type(row) is np.ndarray and row.dtype.kind in "if" and row.ndim in (1, 2):
        return row
    if isinstance(row, (str, bytes)):
        raise TypeError(f"row {index} of X is the string {shorten(row)}, and {TOKENIZER_FIRST}")
    if is_missing(row):
        raise InvalidSequenceError(
            f"row {index} of X is missing ({row!r}): drop it, or give an empty sequence if nothing was "
            "observed"
        )
    if isinstance(row, (set, frozenset)):
        raise TypeError(f"row {index} of X is a {type(row).__name__}, whose items have no order: give a list")
    if not hasattr(row, "__len__") and np.ndim(row) == 0:
        if isinstance(row, (int, float, np.number)):
            raise ValueError(
                f"Expected a list of sequences, but row {index} of X is the number {row!r}. Wrap a single "
                "sequence as [x]. Reshape your data with X.reshape(-1, 1) if each number is a row."
            )
        raise TypeError(f"row {index} of X is a {type(row).__name__}, not a sequence of numbers")
    if type(row) is not list:
        refuse_records(row, f"row {index} of X")
    row = unmask(row, index)
    if getattr(getattr(row, "dtype", None), "kind", "") in ("i", "u") and hasattr(row, "isna"):
        missing = np.asarray(row.isna())  # of pandas' Int64, which numpy would turn into NaN
        if missing.any():
            if not keeps:
                raise _missing(index, int(missing.argmax()))
            row = row.to_numpy(dtype=np.float64, na_value=np.nan)
    try:
        array = as_array(row, f"row {index} of X")
    except ValueError:
        raise InvalidSequenceError(f"row {index} of X is ragged itself: its steps differ in length") from None
    if array.dtype.kind == "O":
        array = _from_objects(array, index, keeps)
    if array.dtype.kind in "US":
        raise TypeError(f"row {index} of X holds strings, and {TOKENIZER_FIRST}")
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: row {index} of X")
    if array.dtype.kind not in "iufb" or array.ndim not in (1, 2):
        raise TypeError(
            f"row {index} of X has shape {array.shape} and dtype {array.dtype}: a sequence is a 1-D array of "
            "token ids or of numbers, or a 2-D array of shape (length, channels)"
        )
    if array.dtype.kind == "u" and array.max(initial=0) <= _GREATEST:
        return array.astype(np.int64)  # joined with int64, unsigned integers would become floats
    return array.astype(np.float64) if array.dtype.kind == "b" else array


def _missing(row: int, position: int, value: str = "") -> InvalidSequenceError:
    return InvalidSequenceError(
        f"row {row}, position {position} of X is missing{value}: impute it, leave the step out, or set "
        'missing="mask"'
    )


def _from_objects(array: np.ndarray, index: int, keeps: bool) -> np.ndarray:
    """Numbers out of an object array, or an error that names the first that is none."""
    if keeps:
        array = object_array([np.nan if is_missing(value) else value for value in array.flat]).reshape(
            array.shape
        )
    for (position, *_), value in np.ndenumerate(array) if array.ndim else ():
        if isinstance(value, (str, bytes)):
            raise TypeError(f"row {index} of X holds strings, and {TOKENIZER_FIRST}")
        if is_missing(value) and not isinstance(value, float):
            raise _missing(index, position, f" ({value!r})")
        if isinstance(value, TIMES):
            raise TypeError(
                f"row {index}, position {position} of X is {value}: turn dates and times into numbers, as "
                "the seconds between them"
            )
    try:
        numbers = np.array(array.tolist())
    except ValueError:
        numbers = array
    if numbers.dtype.kind == "O":
        for (position, *_), value in np.ndenumerate(array) if array.ndim else ():
            if isinstance(value, int) and abs(value) > _GREATEST:
                raise InvalidSequenceError(
                    f"row {index}, position {position} of X is {value}, which is too large for int64: give "
                    "measurements as floats"
                )
        raise TypeError(f"row {index} of X is not a sequence of numbers: {shorten(array.tolist())}")
    return numbers


def _as_tokens(flat: np.ndarray, offsets: np.ndarray, fingerprint: Fingerprint | None) -> Sequences:
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
    greatest = _EXACT_IN_FLOATS if flat.dtype.kind == "f" else _GREATEST
    if flat.size and flat.max() > greatest:
        row, position = place_of(index := int(np.argmax(flat)), offsets)
        raise InvalidSequenceError(
            f"row {row}, position {position} of X is {flat[index]}, but token ids are at most {greatest}, "
            'the largest whole number that is exact: tokenize first, or set input="values" for numeric series'
        )
    if flat.size and flat.min() < 0:
        row, position = place_of(index := int(np.argmax(flat < 0)), offsets)
        raise InvalidSequenceError(
            f"Negative values in data: row {row}, position {position} of X is {flat[index]}, but token ids "
            'start at 0 (padding); set input="values" for numeric series'
        )
    return Sequences(flat.astype(np.int64, copy=False), offsets, fingerprint=fingerprint)


def _as_values(
    flat: np.ndarray, offsets: np.ndarray, dtype: DTypeLike | None, keeps: bool, *, is_padded: bool
) -> Sequences:
    flat = flat if flat.ndim == 2 else flat[:, None]
    if not flat.shape[1]:
        raise InvalidSequenceError("X has series of 0 channels: a step needs at least one number")
    if dtype is None:
        dtype = flat.dtype if flat.dtype in (np.float16, np.float32) else np.float64
    with np.errstate(over="ignore"):
        values = Sequences(np.ascontiguousarray(flat, dtype=dtype), offsets)
    if np.isfinite(values.values).all():
        return values
    if is_padded:
        values = _strip(values, np.isnan(values.values).all(axis=1), leading=False)
    is_bad = np.isinf(values.values) if keeps else ~np.isfinite(values.values)
    if is_bad.any():
        index, channel = np.argwhere(is_bad)[0]
        row, position = place_of(index, values.offsets)
        number = values.values[index, channel]
        remedy = '. Only trailing NaN is read as padding: set missing="mask" to read it as missing'
        raise InvalidSequenceError(
            f"row {row}, position {position} of X is {_name_number(number)}: input contains NaN, inf or a "
            f"value too large for {np.dtype(dtype).name}. Impute it or leave the step out"
            f"{remedy if np.isnan(number) else ''}"
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
