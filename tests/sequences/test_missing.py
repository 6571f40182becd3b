"""Masks of missing values, against a loop over every step."""

import numpy as np
import pytest

from seqestimators.sequences import mask_missing, read_sequences

RNG = np.random.RandomState(0)
SERIES = [np.where(RNG.rand(n, 2) < 0.5, np.nan, RNG.normal(size=(n, 2))) for n in (5, 0, 1, 8)]


def mask_by_hand(series):
    """What a network is to read of one series, number by number."""
    n_steps, n_channels = series.shape
    joined = np.zeros((n_steps, 3 * n_channels))
    for t, channel in np.ndindex(series.shape):
        seen = [s for s in range(t) if not np.isnan(series[s, channel])]
        observed = not np.isnan(series[t, channel])
        known = [*seen, t] if observed else seen
        value = series[known[-1], channel] if known else 0
        joined[t, channel::n_channels] = value, observed, np.log1p(t - max(seen, default=0))
    return joined


def test_equals_a_loop_over_all_numbers():
    masked = mask_missing(read_sequences(SERIES, missing="keep", dtype=np.float64))
    assert masked.is_masked
    for found, series in zip(masked, SERIES, strict=True):
        np.testing.assert_allclose(found, mask_by_hand(series), rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_type_stays_and_a_prefix_is_masked_alike(dtype):
    series = read_sequences(SERIES, missing="keep", dtype=dtype)
    masked = mask_missing(series)
    assert masked.values.dtype == dtype
    prefix = series.cut(series.offsets[:-1], series.lengths // 2)
    expected = masked.cut(masked.offsets[:-1], masked.lengths // 2)
    np.testing.assert_array_equal(mask_missing(prefix).values, expected.values)
