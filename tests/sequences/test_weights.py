"""The weights of rows: read as scikit-learn does, with errors that name the row."""

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
    assert read_weights(None, 0).shape == (0,)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1, -0.5], "row 1 of sample_weight is -0.5: a weight is a finite number from 0 on"),
        ([np.inf, 1], "row 0 of sample_weight is inf"),
        ([1, np.nan], "row 1 of sample_weight is missing"),
        ([None, 1], "row 0 of sample_weight is missing"),
        (pd.array([1, None], dtype="Float64"), "row 1 of sample_weight is missing"),
        (np.ma.array([1.0, 2.0], mask=[True, False]), "row 0 of sample_weight is masked"),
        ([0, 0], "sample_weight is 0 in every row|at least one non-zero"),
        ([1, 2, 3], "(3,)|3"),
        ([[1], [2]], "1D"),
        (["a", "b"], "could not convert string"),
    ],
    ids=str,
)
def test_what_is_no_weight_is_named(weights, words):
    with pytest.raises(ValueError, match=words):
        read_weights(weights, 2)
