"""Windows of series, against a loop over all of them."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow
import pytest
from sklearn.model_selection import TimeSeriesSplit

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.preprocessing import make_windows

SERIES = [np.random.RandomState(i).normal(size=(n, 2)) for i, n in enumerate((9, 3, 12))]


@pytest.mark.parametrize(("length", "horizon", "step"), [(1, 1, 1), (3, 2, 1), (4, 1, 3), (2, 5, 2)])
@pytest.mark.parametrize("target", [None, 0, -1])
def test_equals_a_loop_over_all_windows(length, horizon, step, target):
    expected = []
    for group, one in enumerate(SERIES):
        for begin in range(0, len(one) - length - horizon + 1, step):
            behind = one[begin + length : begin + length + horizon]
            behind = behind if target is None else behind[:, [target]]
            expected.append((begin + length - 1, group, one[begin : begin + length], behind.ravel()))
    expected.sort(key=lambda window: window[:2])
    time, groups, X, y = (np.array(part) for part in zip(*expected, strict=True))
    found = make_windows(SERIES, length, horizon, step, target=target)
    np.testing.assert_array_equal(found.X, X)
    np.testing.assert_array_equal(found.y, y[:, 0] if y.shape[1] == 1 else y)
    np.testing.assert_array_equal(found.time, time)
    np.testing.assert_array_equal(found.groups, groups)


@pytest.mark.parametrize(
    "one",
    [
        SERIES[0],
        pd.DataFrame(SERIES[0]),
        [SERIES[0]],
        SERIES[0][None],
        pd.DataFrame(SERIES[0], pd.MultiIndex.from_product([["a"], range(9)])),
    ],
    ids=["array", "frame", "list", "3-D", "long frame"],
)
def test_one_series_in_any_container(one):
    expected = make_windows(SERIES[:1], 3)
    for found, part in zip(make_windows(one, 3), expected, strict=True):
        np.testing.assert_array_equal(found, part)


@pytest.mark.parametrize(
    "kind",
    [
        list,
        np.array,
        pd.Series,
        pyarrow.array,
        pl.Series,
        lambda series: pd.Series(series, dtype=object),
        lambda series: pd.DataFrame({"a": series}, dtype=object),
        lambda series: pl.DataFrame({"a": series}),
    ],
)
def test_one_series_of_numbers(kind):
    X, y, *_ = make_windows(kind([1.0, 2.0, 3.0, 4.0]), 2)
    assert (X[:, :, 0].tolist(), y.tolist()) == ([[1, 2], [2, 3]], [3, 4])
    found = make_windows(np.array([[1.0, 2.0, 3.0, 4.0]]), 2, channels_first=True)
    np.testing.assert_array_equal(found.X, X)


@pytest.mark.parametrize("horizon", [1, 3])
def test_a_gap_keeps_the_targets_of_training_out_of_the_test(horizon):
    series = np.arange(40.0)
    X, y, *_ = make_windows(series, 5, horizon)
    for train, test in TimeSeriesSplit(4, gap=horizon - 1).split(X):
        assert y[train].max() == X[test].max(axis=(1, 2)).min()  # the first test window ends where they do
        assert not np.intersect1d(y[train], y[test]).size


def test_missing_values_stay_in_windows_but_not_in_targets():
    nan = np.nan
    X, y, time, _ = make_windows([0.0, nan, 2.0, 3.0, nan, 5.0], 2)
    np.testing.assert_array_equal(X[:, :, 0], [[0, nan], [nan, 2], [3, nan]])
    assert (y.tolist(), time.tolist()) == ([2, 3, 5], [1, 2, 4])


def test_what_makes_no_window_is_refused():
    with pytest.raises(
        ValueError, match="longest series has 12 steps, but a window of length=10 and horizon=3"
    ):
        make_windows(SERIES, 10, 3)
    with pytest.raises(ValueError, match="target=2, but the series have the channels 0 to 1"):
        make_windows(SERIES, 3, target=2)
    with pytest.raises(ValueError, match="a row a step: give list"):
        make_windows(np.zeros((2, 9)), 3)
    with pytest.raises(ValueError, match="all 4 windows are followed by missing values"):
        make_windows([np.nan] * 6, 2)
    with pytest.raises(TypeError, match="row 0 of series"):
        make_windows(["ab"], 2)
    with pytest.raises(ValueError, match="longest series has 2 steps, but .* horizon=1180591620717411303424"):
        make_windows([1.0, 2.0], 1, 2**70)
    for nothing in (None, 5.0, {1.0, 2.0}):
        with pytest.raises(TypeError, match="^series must be"):
            make_windows(nothing, 2)
    with pytest.raises(InvalidSequenceError, match="row 1 of series is ragged"):
        make_windows([[1.0, 2.0], [1.0, [2.0]]], 1)
