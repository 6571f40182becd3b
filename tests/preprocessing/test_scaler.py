"""SeriesScaler, against scikit-learn's StandardScaler over all steps."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import StandardScaler

from seqestimators import SeriesScaler
from seqestimators.exceptions import InvalidSequenceError

RNG = np.random.default_rng(0)
SERIES = [RNG.normal([300, 1e5], [5, 50], size=(length, 2)) for length in (5, 1, 8, 3)]


def test_equals_the_standard_scaler_over_all_steps():
    oracle = StandardScaler().fit(np.concatenate(SERIES))
    scaler = SeriesScaler()
    scaled = scaler.fit_transform(SERIES)
    np.testing.assert_allclose(scaler.mean_, oracle.mean_)
    np.testing.assert_allclose(scaler.scale_, oracle.scale_)
    for row, series in zip(scaled, SERIES, strict=True):
        np.testing.assert_allclose(row, oracle.transform(series), atol=1e-9)


def test_weights_repeat_series():
    weighted = SeriesScaler().fit(SERIES, sample_weight=[2, 1, 0, 1])
    repeated = SeriesScaler().fit([SERIES[i] for i in (0, 0, 1, 3)])
    np.testing.assert_allclose(weighted.mean_, repeated.mean_)
    np.testing.assert_allclose(weighted.scale_, repeated.scale_)


def test_inverse_transform_gives_the_series_back():
    scaler = SeriesScaler().fit(SERIES)
    for row, series in zip(scaler.inverse_transform(scaler.transform(SERIES)), SERIES, strict=True):
        np.testing.assert_allclose(row, series)


def test_arrays_of_equal_lengths_and_empty_series():
    scaler = SeriesScaler().fit(np.arange(12.0).reshape(3, 4))
    assert [row.shape for row in scaler.transform([[1.0, 2.0], []])] == [(2, 1), (0, 1)]
    assert clone(scaler).get_params() == {"channels_first": False}


def test_bad_input_is_refused_by_name():
    with pytest.raises(NotFittedError):
        SeriesScaler().transform(SERIES)
    with pytest.raises(ValueError, match="no step of sample_weight above 0"):
        SeriesScaler().fit([[], []])
    with pytest.raises(InvalidSequenceError, match="row 1, position 0 of X is inf"):
        SeriesScaler().fit([[1.0], [np.inf, 2.0]])
    scaler = SeriesScaler().fit(SERIES)
    for method in (scaler.transform, scaler.inverse_transform):
        with pytest.raises(
            ValueError, match="series of 1 channels, but SeriesScaler was fitted on series of 2"
        ):
            method([[1.0, 2.0]])


@pytest.mark.parametrize("steps", [(3, 5), (4, 4)])
def test_channels_may_come_first_and_come_back_so(steps):
    random = np.random.default_rng(0)
    series = [random.normal(3, 2, size=(n, 2)) for n in steps]
    transposed = [one.T for one in series]
    scaler = SeriesScaler(channels_first=True).fit(transposed)
    scaled = scaler.transform(transposed)
    for one, row, back in zip(series, scaled, scaler.inverse_transform(scaled), strict=True):
        np.testing.assert_array_equal(row, SeriesScaler().fit(series).transform([one])[0].T)
        np.testing.assert_allclose(back, one.T)


def test_missing_values_count_nowhere_and_stay():
    series = [np.array([[1.0, np.nan], [3.0, 5.0], [np.nan, np.nan]]), np.array([[np.nan, 7.0]])]
    scaler = SeriesScaler().fit(series)
    assert (scaler.mean_.tolist(), scaler.scale_.tolist()) == ([2, 6], [1, 1])
    scaled = scaler.transform(series)
    np.testing.assert_array_equal(scaled[0], [[-1, np.nan], [1, -1], [np.nan, np.nan]])
    for row, one in zip(scaler.inverse_transform(scaled), series, strict=True):
        np.testing.assert_array_equal(row, one)
