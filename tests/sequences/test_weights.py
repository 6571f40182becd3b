"""The weights of rows: read as scikit-learn does, with errors that name the row."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from seqestimators.sequences import read_weights


@pytest.mark.parametrize(
    "weights",
    [
        [1, 0.5, 0],
        (1, 0.5, 0),
        np.array([1, 0.5, 0], dtype=np.float32),
        pd.Series([1, 0.5, 0], index=[7, 7, 3]),
        pd.array([1, 0.5, 0], dtype="Float64"),
        np.ma.array([1, 0.5, 0], mask=False),
        np.array([Fraction(1), Fraction(1, 2), 0]),
    ],
    ids=lambda weights: type(weights).__name__,
)
def test_weights_of_any_container(weights):
    read = read_weights(weights, 3)
    assert read.dtype == np.float64
    assert read.tolist() == [1, 0.5, 0]


def test_one_weight_is_that_of_all_rows_and_none_is_1():
    assert read_weights(None, 2).tolist() == [1, 1]
    assert read_weights(3, 2).tolist() == [3, 3]


def test_weights_may_be_as_large_as_numbers_are():
    read = read_weights([1.5e308, 0.75e308, 1.5e308], 3)
    assert np.average([1, 0, 0], weights=read) == 0.4


@pytest.mark.parametrize("weights", [None, [], 2])
def test_no_rows_have_no_weights(weights):
    with pytest.raises(ValueError, match="0 sample"):
        read_weights(weights, 0)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1, -0.5], "row 1 of sample_weight is -0.5: a weight is a finite number from 0 on"),
        ([np.inf, 1], "row 0 of sample_weight is inf"),
        ([1, np.nan], "row 1 of sample_weight is missing"),
        ([None, 1], "row 0 of sample_weight is missing"),
        (["a", 1], "row 1 of sample_weight is 1, but row 0 is 'a'"),
        ([Fraction(1, 2), Fraction(-1, 2)], "row 1 of sample_weight is Fraction"),
        (pd.array([1, None], dtype="Float64"), "row 1 of sample_weight is missing"),
        (np.ma.array([1.0, 2.0], mask=[True, False]), "row 0 of sample_weight is masked"),
        ([0, 0], "at least one non-zero number: sample_weight is 0 in every row"),
        (0, "at least one non-zero"),
        ([1, 2, 3], "sample_weight has 3 weights for 2 rows: give one for each"),
        ([[1], [2]], "1D"),
        (["1", "2"], "row 0 of sample_weight is '1': a weight is a finite number"),
        ([1 + 1j, 1], "row 0 of sample_weight is"),
        (np.array(["2020", "2021"], dtype="M8[D]"), "row 0 of sample_weight is datetime.date"),
        ({0: 1, 1: 2}, "sample_weight is a dict"),
    ],
    ids=str,
)
def test_what_is_no_weight_is_named(weights, words):
    with pytest.raises((ValueError, TypeError), match=words):
        read_weights(weights, 2)
