"""Generated data follow their rules, and leave the global generator alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.datasets import (
    make_adding,
    make_coding_sequences,
    make_copy,
    make_counting_language,
    make_dyck,
    make_marker,
    make_parity,
    make_reber,
    make_start_codon,
)
from seqestimators.sequences import read_sequences

of_some_length = [
    make_adding,
    make_coding_sequences,
    make_copy,
    make_marker,
    make_parity,
    make_start_codon,
]
every = pytest.mark.parametrize("make", [*of_some_length, make_counting_language, make_dyck, make_reber])
every_of_some_length = pytest.mark.parametrize("make", of_some_length)
every_of_two_classes = pytest.mark.parametrize(
    ("make", "options"),
    [
        (make_marker, {}),
        (make_parity, {}),
        (make_start_codon, {}),
        (make_dyck, {"corrupt": True}),
        (make_reber, {"corrupt": True}),
    ],
)
counts = st.integers(1, 30)
seeds = st.integers(0, 2**32 - 1)


def bounds(shortest):
    """Draw a length, or a pair of bounds."""
    one = st.integers(shortest, shortest + 20)
    return one | st.tuples(one, one).map(sorted).map(tuple)


def allowed(length):
    return range(length, length + 1) if isinstance(length, int) else range(length[0], length[1] + 1)


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


@given(counts, bounds(3), seeds)
def test_start_codon_begins_every_sequence_of_its_class_and_no_other(n_samples, length, seed):
    X, y = make_start_codon(n_samples, length=length, random_state=seed)
    assert X.dtype == object
    assert X.shape == y.shape == (n_samples,)
    assert (y == "start").sum() == n_samples // 2
    for dna, label in zip(X, y, strict=True):
        assert type(dna) is str
        assert len(dna) in allowed(length)
        assert set(dna) <= set("ACGT")
        assert label == ("start" if dna.startswith("ATG") else "no start")


def test_only_the_place_of_the_start_codon_tells_the_classes_apart():
    X, y = make_start_codon(4000, random_state=0)
    others = X[y == "no start"]
    assert len({dna[:3] for dna in others}) == 63
    # About half of the sequences have an ATG further on, in either class alike.
    shares = [np.mean([("ATG" in dna[3:]) for dna in X[y == label]]) for label in ("start", "no start")]
    assert abs(shares[0] - shares[1]) < 0.05
    assert min(shares) > 0.4


def flatten(data):
    """Everything generated, as plain lists."""
    arrays = data if isinstance(data, tuple) else (data,)
    return [[np.asarray(row).tolist() for row in array] for array in arrays]


@every
def test_one_seed_gives_one_result(make):
    first, second, other = (flatten(make(20, random_state=seed)) for seed in (3, 3, 4))
    assert first == second
    assert first[0] != other[0]


@every
def test_the_global_generator_does_not_move(make):
    before = np.random.get_state()[1].copy()
    make(20, random_state=0)
    make(20, random_state=np.random.RandomState(0))
    np.testing.assert_array_equal(before, np.random.get_state()[1])


@every
@given(n_samples=counts, seed=seeds)
def test_rows_are_in_an_object_array_of_one_dimension(make, n_samples, seed):
    data = make(n_samples, random_state=seed)
    X = data[0] if isinstance(data, tuple) else data
    assert X.shape == (n_samples,)
    assert X.dtype == object
    assert len({type(row) for row in X}) == 1
    assert type(X[0]) in (str, np.ndarray)


@every_of_two_classes
def test_classes_are_shuffled(make, options):
    _, y = make(101, random_state=0, **options)
    assert np.unique(y, return_counts=True)[1].tolist() == [51, 50]
    assert 10 < np.count_nonzero(y[1:] != y[:-1]) < 90


@every_of_some_length
@pytest.mark.parametrize("length", [(5,), (5, 6, 7), (9, 8), (0, 5), (5.0, 6.0), ("a", "b"), [4, 2]])
def test_bounds_that_make_no_sense_are_named(make, length):
    with pytest.raises(ValueError, match="length=") as caught:
        make(length=length)
    assert repr(length) in str(caught.value)


@every_of_some_length
@given(one=st.integers(3, 9))
def test_lengths_as_a_number_or_as_equal_bounds(make, one):
    for length in (one, (one, one), [one, one]):
        X, _ = make(20, length=length, random_state=0)
        assert len({len(row) for row in X}) == 1


@pytest.mark.parametrize("marker", [0, 3, 9])
def test_a_digit_is_no_marker(marker):
    with pytest.raises(ValueError, match=f"marker={marker} is one of the digits"):
        make_marker(marker=marker)


@every
@pytest.mark.parametrize("options", [{"n_samples": 0}, {"n_samples": 1.5}, {"random_state": "a"}])
def test_parameters_are_checked(make, options):
    with pytest.raises(ValueError, match=f"parameter of {make.__name__}"):
        make(**options)


@every_of_some_length
def test_a_length_must_be_positive(make):
    with pytest.raises(ValueError, match=f"parameter of {make.__name__}"):
        make(length=0)
