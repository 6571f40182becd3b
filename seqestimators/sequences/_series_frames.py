"""Data frames in which libraries for time series keep series, told by their structure."""

from typing import Any

import numpy as np

from ..exceptions import InvalidSequenceError
from ._containers import count_axes, first_known, shorten
from .container import object_array
from .fingerprint import fingerprint_of

LONG_NAMES = (
    {"case_id", "dim_id", "reading_id", "value"},
    {"index", "time_index", "column", "value"},
)
"""Columns of tables that have a row for each number, in which the order of the rows says little."""


def open_series(X: Any, channels_first: bool) -> Any:
    """Return the series of a frame as an object array of one row each; all else as it is.

    Parameters
    ----------
    X : object
        A nested frame, in which each cell of several columns is the series of
        a channel; or a frame with an index of instances and times, a row a
        step, one column per channel. The instances are taken in the order in
        which they first occur.
    channels_first : bool
        Whether the series that are returned have the shape (d, T), not (T, d).

    Returns
    -------
    object
    """
    if not hasattr(X, "iloc") or len(getattr(X, "shape", ())) != 2 or not len(X):
        return X
    if set(map(str, X.columns)) in LONG_NAMES:
        instance, channel, time, value = _order(list(map(str, X.columns)))
        raise TypeError(
            f"X has a row for each number, in the columns {', '.join(map(repr, X.columns))}: give "
            f"X.pivot(index=[{instance!r}, {time!r}], columns={channel!r}, values={value!r}), which has a "
            "row for each step"
        )
    if getattr(X.index, "nlevels", 1) > 1 and all(np.ndim(cell) == 0 for cell in X.iloc[0]):
        rows = _split_steps(X)
    elif X.shape[1] > 1 and all(dtype.kind == "O" for dtype in X.dtypes) and _is_nested(X):
        rows = [_join_channels(X, row) for row in range(len(X))]
    else:
        return X
    return object_array([row.T for row in rows] if channels_first else rows)


def _order(names: list[str]) -> list[str]:
    """Return which columns of a table of numbers hold instance, channel, time and value."""
    if "case_id" in names:
        return ["case_id", "dim_id", "reading_id", "value"]
    return ["index", "column", "time_index", "value"]


def _is_nested(X: Any) -> bool:
    """Whether all columns hold series, and no token ids; cells may be missing."""
    cells = [cell for cell in map(first_known, (X.iloc[:, j] for j in range(X.shape[1]))) if cell is not None]
    is_series = all(count_axes(cell) > 0 and not isinstance(cell, (str, bytes)) for cell in cells)
    arrays = [cell for cell in cells if type(cell) is np.ndarray]
    return bool(cells) and is_series and fingerprint_of(arrays) is None


def _join_channels(X: Any, row: int) -> np.ndarray:
    channels = []
    for name, cell in zip(X.columns, X.iloc[row], strict=True):
        if count_axes(cell) != 1:
            raise InvalidSequenceError(
                f"row {row} of X has {shorten(cell)} in column {name!r}, where other rows have a series: "
                'drop the row, or give as many NaN as it has steps, which missing="mask" reads'
            )
        channel = np.asarray(cell)
        channels.append(channel if channel.dtype.kind in "biuf" else object_array(list(cell)))
    lengths = list(map(len, channels))
    if len(set(lengths)) > 1:
        other = next(i for i, length in enumerate(lengths) if length != lengths[0])
        raise InvalidSequenceError(
            f"row {row} of X has {lengths[0]} steps in column {X.columns[0]!r} and {lengths[other]} in "
            f"{X.columns[other]!r}: the channels of a series have the same steps. SequenceColumns reads "
            "columns that are series of their own"
        )
    return np.stack(channels, axis=-1)


def _split_steps(X: Any) -> list[np.ndarray]:
    """Return the rows of each instance of a frame with an index of instances and times."""
    instances, times = X.index.droplevel(-1), X.index.get_level_values(-1)
    codes, _ = instances.factorize()
    if (codes < 0).any():
        step = int((codes < 0).argmax())
        raise InvalidSequenceError(
            f"the index of X has no instance in row {step} ({X.index[step]!r}): drop the row, or name the "
            "series that it belongs to"
        )
    order = np.argsort(codes, kind="stable")
    codes, times = codes[order], times[order]
    continues = codes[1:] == codes[:-1]
    try:
        is_back = continues & ~(times[1:] > times[:-1])
    except TypeError:
        raise TypeError("the times in the index of X are of several types: give numbers, or dates") from None
    if is_back.any():
        step = int(is_back.argmax())
        raise InvalidSequenceError(
            f"instance {instances[order[step]]} of X has the time {times[step + 1]} behind "
            f"{times[step]}: sort the rows with X.sort_index(), and give each time once"
        )
    return np.split(X.to_numpy()[order], np.flatnonzero(~continues) + 1)
