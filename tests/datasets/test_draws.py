"""What all generators share: lengths, labels, rows, seeds; the global generator is left alone."""

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


@every
@pytest.mark.parametrize("options", [{"n_samples": 0}, {"n_samples": 1.5}, {"random_state": "a"}])
def test_parameters_are_checked(make, options):
    with pytest.raises(ValueError, match=f"parameter of {make.__name__}"):
        make(**options)


@every_of_some_length
def test_a_length_must_be_positive(make):
    with pytest.raises(ValueError, match=f"parameter of {make.__name__}"):
        make(length=0)
