"""Windows of series, and the steps behind them: examples for a forecast."""

from typing import Any, NamedTuple

import numpy as np

from .._sklearn import Integral, Interval, validate_params
from ..sequences import first_known, naming, read_sequences

__all__ = ["Windows", "make_windows"]

COUNT = Interval(Integral, 1, None, closed="left")


class Windows(NamedTuple):
    """Windows of series, sorted by time.

    Parameters
    ----------
    X : ndarray of shape (n_windows, length, d)
        The steps of each window.
    y : ndarray of shape (n_windows,) or (n_windows, horizon * n_targets)
        The steps behind it: all targets of the first step, of the next, ...;
        of a single number, the number itself.
    time : ndarray of shape (n_windows,), dtype int64
        Index of the last step of the window in its series.
    groups : ndarray of shape (n_windows,), dtype int64
        Index of the series.

    Examples
    --------
    >>> from seqestimators.preprocessing import make_windows
    >>> windows = make_windows([[1.0, 2.0, 3.0], [4.0, 5.0]], length=1)
    >>> windows.y.tolist(), windows.time.tolist(), windows.groups.tolist()
    ([2.0, 5.0, 3.0], [0, 0, 1], [0, 1, 0])
    """

    X: np.ndarray
    y: np.ndarray
    time: np.ndarray
    groups: np.ndarray


@validate_params(
    {
        "length": [COUNT],
        "horizon": [COUNT],
        "step": [COUNT],
        "target": [Integral, None],
        "channels_first": ["boolean"],
    }
)
def make_windows(
    series: Any,
    length: int,
    horizon: int = 1,
    step: int = 1,
    *,
    target: int | None = None,
    channels_first: bool = False,
) -> Windows:
    """Cut series into windows, each with the steps behind it as its target.

    Parameters
    ----------
    series : array-like of shape (T,) or (T, d), or array-like of n series
        An array, a Series or a data frame is one series; a list of arrays, an
        array of three dimensions, or a frame with an index of instances and
        times holds several.
    length : int
        Steps of a window, at least 1.
    horizon : int, default=1
        Steps behind it that are to be predicted, at least 1.
    step : int, default=1
        Steps from one window to the next, at least 1.
    target : int or None, default=None
        Index of the channel to predict, negative from the last. None predicts
        all.
    channels_first : bool, default=False
        Whether arrays have the shape (d, T) or (n, d, T).

    Returns
    -------
    Windows
        A tuple (X, y, time, groups). A window whose target has a missing
        value is left out; those in X stay, as NaN.

    Raises
    ------
    InvalidSequenceError
        A series can't be read; the message names row and position.
    ValueError
        No series has `length` + `horizon` steps, there is no such channel, or
        the targets of all windows are missing.

    See Also
    --------
    read_series : Series of any container.
    sklearn.model_selection.TimeSeriesSplit : Splits rows that are sorted by time.

    Notes
    -----
    Windows that begin close to each other share steps, so that rows drawn at
    random are no test. Either split at a time: the target of the last training
    window reaches `horizon` steps on, and the first test window must end where it
    does. In a single series these are ``TimeSeriesSplit(gap=horizon - 1)``,
    with a `step` of 1. Or split by series, ``GroupKFold()`` with `groups`.

    Examples
    --------
    >>> from seqestimators.preprocessing import make_windows
    >>> X, y, time, groups = make_windows([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], length=3, horizon=2)
    >>> X[:, :, 0].tolist()
    [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]]
    >>> y.tolist(), time.tolist()
    ([[3.0, 4.0], [4.0, 5.0]], [2, 3])
    """
    if hasattr(series, "to_pylist") and not hasattr(series, "shape"):  # an array of pyarrow
        series = series.to_pylist()
    with naming("series"):
        rows = read_sequences(
            [series] if _is_one(series) else series,
            "values",
            dtype=None,
            channels_first=channels_first,
            missing="keep",
        )
    n_channels = rows.values.shape[1]
    if target is not None and not -n_channels <= target < n_channels:
        raise ValueError(f"target={target}, but the series have the channels 0 to {n_channels - 1}")
    begins = [
        np.arange(0, max(0, n_steps - length - horizon + 1), min(step, n_steps + 1))
        for n_steps in rows.lengths.tolist()
    ]
    groups = np.repeat(np.arange(len(rows)), list(map(len, begins)))
    if not len(groups):
        remedy = "take shorter windows"
        if len(shape := getattr(series, "shape", ())) == 2 and max(shape) >= length + horizon:
            remedy = "a matrix is one series, a row a step: give list(series) where each row is one"
        raise ValueError(
            f"the longest series has {rows.lengths.max()} steps, but a window of length={length} and "
            f"horizon={horizon} takes {length + horizon}: {remedy}"
        )
    begin = np.concatenate(begins)
    order = np.lexsort([groups, begin])
    begin, groups = begin[order], groups[order]
    first = (rows.offsets[groups] + begin)[:, None]  # in the buffer
    channels = slice(None) if target is None else [target]
    y = rows.values[first + length + np.arange(horizon)][:, :, channels].reshape(len(first), -1)
    known = ~np.isnan(y).any(axis=1)
    if not known.any():
        raise ValueError(
            f"all {len(y)} windows are followed by missing values: impute them, or choose the channel to "
            "predict by target="
        )
    X = rows.values[first[known] + np.arange(length)]
    y = y[known, 0] if y.shape[1] == 1 else y[known]
    return Windows(X, y, begin[known] + length - 1, groups[known])


def _is_one(series: Any) -> bool:
    """Whether these are the steps of one series."""
    if getattr(getattr(series, "index", None), "nlevels", 1) > 1:
        return False
    shape = getattr(series, "shape", None)
    if shape is None:
        return isinstance(series, (list, tuple)) and len(series) > 0 and all(map(_is_number, series))
    if hasattr(series, "iloc") and len(shape) == 2:
        cells = [first_known(series.iloc[:, j]) for j in range(shape[1])]
    else:
        cells = [first_known(series)] if getattr(getattr(series, "dtype", None), "kind", "") == "O" else []
    return len(shape) <= 2 and all(map(_is_number, cells))


def _is_number(value: Any) -> bool:
    return getattr(value, "shape", ()) == () and not isinstance(value, (list, tuple))
