"""The answers of memory tasks, worked out from the series alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.datasets import make_adding, make_copy, make_marker, make_parity
from seqestimators.sequences import read_sequences

counts = st.integers(1, 30)
seeds = st.integers(0, 2**32 - 1)


def bounds(shortest):
    """Draw a length, or a pair of bounds."""
    one = st.integers(shortest, shortest + 20)
    return one | st.tuples(one, one).map(sorted).map(tuple)


def allowed(length):
    return range(length, length + 1) if isinstance(length, int) else range(length[0], length[1] + 1)


@given(
    counts,
    bounds(1),
    st.text(min_size=1, max_size=9).filter(lambda text: len(set(text)) == len(text)),
    st.characters(),
    st.booleans(),
    seeds,
)
def test_a_copy_is_what_stands_before_the_marker(n_samples, length, alphabet, marker, reverse, seed):
    if marker in alphabet:
        return
    X, y = make_copy(
        n_samples, length=length, alphabet=alphabet, marker=marker, reverse=reverse, random_state=seed
    )
    assert X.shape == y.shape == (n_samples,)
    assert X.dtype == y.dtype == object
    for given_string, answer in zip(X, y, strict=True):
        string, found, rest = given_string.partition(marker)
        assert (found, rest) == (marker, "")
        assert set(string) <= set(alphabet)
        assert len(string) in allowed(length)
        assert answer == ("".join(reversed(string)) if reverse else string)


def test_symbols_of_a_copy_are_drawn_alike():
    _, y = make_copy(1000, length=40, alphabet="abcd", random_state=0)
    joined = "".join(y)
    assert [joined.count(symbol) / len(joined) for symbol in "abcd"] == pytest.approx([0.25] * 4, abs=0.01)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alphabet": ""}, "alphabet='' must hold one symbol or more"),
        ({"alphabet": "abca"}, "alphabet='abca' must hold .*, each of them once"),
        ({"marker": ""}, "marker='' must be one character"),
        ({"marker": "->"}, "marker='->' must be one character"),
        ({"marker": "a"}, "marker='a' must be one character that is not in alphabet='abcdefgh'"),
        ({"marker": None}, "parameter of make_copy"),
    ],
)
def test_alphabet_and_marker_must_make_sense(options, message):
    with pytest.raises(ValueError, match=message):
        make_copy(**options)


@given(counts, bounds(2), seeds)
def test_one_number_of_each_half_is_to_be_added(n_samples, length, seed):
    X, y = make_adding(n_samples, length=length, random_state=seed)
    assert X.shape == y.shape == (n_samples,)
    assert y.dtype == np.float64
    for series, answer in zip(X, y, strict=True):
        n_steps = len(series)
        assert series.shape == (n_steps, 2)
        assert series.dtype == np.float64
        assert n_steps in allowed(length)
        values, marks = series.T
        assert ((values >= 0) & (values < 1)).all()
        assert np.isin(marks, [0, 1]).all()
        first, second = np.flatnonzero(marks)
        assert first < n_steps // 2 <= second
        assert answer == values[first] + values[second]


def test_adding_is_as_hard_as_stated_and_marks_occur_everywhere():
    X, y = make_adding(20_000, length=8, random_state=0)
    assert np.mean((y - 1) ** 2) == pytest.approx(1 / 6, abs=0.005)
    marks = np.mean([series[:, 1] for series in X], axis=0)
    np.testing.assert_allclose(marks, 0.25, atol=0.02)


def test_estimators_read_adding_as_values():
    X, _ = make_adding(5, random_state=0)
    assert not read_sequences(X).is_tokens
    assert read_sequences(X).values.shape[1] == 2


@given(counts, bounds(1), seeds)
def test_parity_is_that_of_the_ones(n_samples, length, seed):
    X, y = make_parity(n_samples, length=length, random_state=seed)
    assert X.shape == y.shape == (n_samples,)
    assert y.dtype == np.int64
    assert y.sum() == n_samples // 2
    for bits, label in zip(X, y, strict=True):
        assert set(bits) <= {"0", "1"}
        assert len(bits) in allowed(length)
        assert int(bits, 2).bit_count() % 2 == label


def test_all_strings_of_a_class_are_equally_likely():
    X, y = make_parity(8000, length=4, random_state=0)
    for label in (0, 1):
        strings, numbers = np.unique(X[y == label].astype(str), return_counts=True)
        assert len(strings) == 8
        np.testing.assert_allclose(numbers / 4000, 1 / 8, atol=0.025)


@given(counts, bounds(1), st.integers(-5, -1) | st.integers(10, 99), seeds)
def test_marker_is_in_every_series_of_class_1_and_in_no_other(n_samples, length, marker, seed):
    X, y = make_marker(n_samples, length=length, marker=marker, random_state=seed)
    assert X.shape == y.shape == (n_samples,)
    assert y.sum() == n_samples // 2
    for series, label in zip(X, y, strict=True):
        assert series.dtype == np.float64
        assert series.shape == (len(series),)
        assert len(series) in allowed(length)
        assert np.count_nonzero(series == marker) == label
        digits = series[series != marker]
        assert np.isin(digits, np.arange(10)).all()


@given(counts, bounds(1), seeds)
def test_rectangular_series_have_one_length(n_samples, length, seed):
    X, y = make_marker(n_samples, length=length, rectangular=True, random_state=seed)
    assert X.ndim == 3
    assert X.shape[::2] == (n_samples, 1)
    assert X.shape[1] in allowed(length)
    np.testing.assert_array_equal((X == -1).any(axis=(1, 2)), y)


def test_marker_is_found_at_every_place_and_every_length_occurs():
    X, y = make_marker(3000, length=(2, 6), random_state=0)
    assert {len(series) for series in X} == {2, 3, 4, 5, 6}
    places = {int(np.flatnonzero(series == -1)[0]) for series in X[y == 1] if len(series) == 6}
    assert places == set(range(6))
    assert {digit for series in X[y == 0] for digit in series} == set(range(10))


def test_series_are_values_to_the_estimators():
    X, _ = make_marker(10, random_state=0)
    without_marker = [series for series in X if -1 not in series]
    assert not read_sequences(without_marker).is_tokens


@pytest.mark.parametrize("marker", [0, 3, 9])
def test_a_digit_is_no_marker(marker):
    with pytest.raises(ValueError, match=f"marker={marker} is one of the digits"):
        make_marker(marker=marker)
