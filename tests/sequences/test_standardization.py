"""Mean and scale of columns, against numpy and exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.sequences import mean_and_scale

TABLES = st.lists(
    st.tuples(st.floats(-1e6, 1e6), st.floats(-1, 1), st.integers(0, 3)), min_size=1, max_size=20
).filter(lambda rows: any(weight for *_, weight in rows))


@given(TABLES)
def test_equals_numpy_with_rows_repeated(rows):
    table = np.array([row[:2] for row in rows])
    weight = np.array([row[2] for row in rows], dtype=float)
    repeated = np.repeat(table, weight.astype(int), axis=0)
    mean, scale = mean_and_scale(table, weight)
    np.testing.assert_allclose(mean, repeated.mean(axis=0), rtol=1e-9, atol=1e-9)
    deviation = repeated.std(axis=0)
    varies = deviation > 1e-9 * np.abs(repeated).max(axis=0, initial=1)
    np.testing.assert_allclose(scale[varies], deviation[varies], rtol=1e-6)


@pytest.mark.parametrize("power", [-300, -170, 0, 9, 12, 160, 300])
def test_numbers_of_any_size_are_measured_alike(power):
    column = np.array([1.0, 2.0, 3.0, 4.0]) * 2.0 ** (power * 3)
    mean, scale = mean_and_scale(column[:, None])
    assert mean[0] == 2.5 * 2.0 ** (power * 3)
    np.testing.assert_allclose(scale / 2.0 ** (power * 3), np.sqrt(1.25), rtol=1e-15)


@pytest.mark.parametrize("offset", [1e9, -1e12, 2.0**45])
def test_a_large_offset_keeps_the_differences(offset):
    column = offset + np.array([0.0, 1.0, 2.0, 3.0])
    mean, scale = mean_and_scale(column[:, None])
    exact = sum(map(Fraction, column.tolist())) / 4
    assert abs(Fraction(float(mean[0])) - exact) <= abs(exact) * Fraction(1, 2**52)
    np.testing.assert_allclose(scale, np.sqrt(1.25), rtol=0.05)


def test_a_constant_column_has_the_scale_1():
    mean, scale = mean_and_scale(np.array([[0.1, 0.0, 7e300]] * 7))
    np.testing.assert_allclose(mean, [0.1, 0, 7e300])
    assert scale.tolist() == [1, 1, 1]


def test_what_has_no_weight_is_absent_whatever_it_is():
    table = np.array([[1.0, 2.0], [np.nan, np.inf], [3.0, 4.0]])
    mean, scale = mean_and_scale(table, np.array([1.0, 0.0, 1.0]))
    assert (mean.tolist(), scale.tolist()) == ([2, 3], [1, 1])
    mean, scale = mean_and_scale(table, np.array([[1.0, 1.0], [0, 0], [3.0, 0]]))
    assert mean.tolist() == [2.5, 2]
    assert scale.tolist() == [np.sqrt(0.75), 1]


def test_weights_that_are_tiny_count_in_proportion():
    table = np.array([[0.0], [1.0]])
    np.testing.assert_array_equal(
        mean_and_scale(table, np.array([1e-300, 3e-300])), mean_and_scale(table, np.array([1.0, 3.0]))
    )


def test_a_column_without_weight_is_left_as_it_is():
    table = np.array([[1.0, np.nan], [3.0, np.nan]])
    mean, scale = mean_and_scale(table, ~np.isnan(table))
    assert (mean.tolist(), scale.tolist()) == ([2, 0], [1, 1])
