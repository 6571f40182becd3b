"""Numbers of steps, as RecurrentStepRegressor reads them."""

import numpy as np
import pandas as pd
import pytest

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import join_numbers, read_step_numbers

ROWS = [[0.5, None, 2], [1.0], []]
EXPECTED = [[0.5, np.nan, 2], [1], []]


def as_objects(rows):
    result = np.empty(len(rows), dtype=object)
    result[:] = rows
    return result


@pytest.mark.parametrize(
    "y",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        as_objects([np.array(row, dtype=float) for row in EXPECTED]),
        as_objects(ROWS)[:, None],
        pd.Series(ROWS, index=[5, 6, 7]),
        pd.DataFrame({"y": ROWS}),
        [np.ma.masked_array([0.5, 9, 2], mask=[0, 1, 0]), pd.array([1], dtype="Int64"), np.empty(0)],
        [pd.array([0.5, pd.NA, 2], dtype="Float64"), pd.Series([1.0]), []],
    ],
)
def test_rows_of_every_container(y):
    read = read_step_numbers(y)
    assert read.dtype == object
    for row, expected in zip(read, EXPECTED, strict=True):
        assert row.dtype == np.float64
        np.testing.assert_array_equal(row, expected)


def test_matrices_are_padded_with_nan():
    y = np.array([[1.0, 2, 3], [4, np.nan, np.nan]])
    for matrix in (y, pd.DataFrame(y), np.ma.masked_array(np.nan_to_num(y), mask=np.isnan(y))):
        joined = join_numbers(read_step_numbers(matrix), np.array([3, 1]))
        assert joined.values[:, 0].tolist() == [1, 2, 3, 4]
        assert joined.offsets.tolist() == [0, 3, 4]
    several = read_step_numbers(np.stack([y, 2 * y], axis=2))
    assert join_numbers(several, np.array([3, 1])).values.tolist() == [[1, 2], [2, 4], [3, 6], [4, 8]]
    with pytest.raises(InvalidSequenceError, match="row 0 of y has 3 numbers, but row 0 of X has 2 groups"):
        join_numbers(read_step_numbers(y), np.array([2, 1]))
    with pytest.raises(
        InvalidSequenceError, match="row 1 of y has 1 numbers, but row 1 of X has 2 groups of st"
    ):
        join_numbers(read_step_numbers(ROWS), np.array([3, 2, 0]), stride=3)


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        ([1.5, 2.0], TypeError, "row 0 of y is 1.5, one value for the whole sequence, .* RecurrentRegressor"),
        ([[1.0], None], InvalidSequenceError, "row 1 of y is missing"),
        (
            [[1.0], "AC"],
            InvalidSequenceError,
            "row 1 of y is 'AC', but a number for each step .* RecurrentTagger",
        ),
        ([[1.0], ["1.5"]], InvalidSequenceError, "row 1 of y is"),
        ([[1.0], [None, "a"]], InvalidSequenceError, "row 1 of y is"),
        ([[1.0], [2.0, np.inf]], InvalidSequenceError, "row 1, position 1 of y is infinite"),
        ([[1.0], [[1.0, 2.0]]], InvalidSequenceError, r"row 1 of y has shape \(1, 2\), but row 0 \(1,\)"),
        ([[[[1.0]]]], InvalidSequenceError, r"row 0 of y has shape \(1, 1, 1\)"),
        ([[1.0, [2.0, 3.0]]], InvalidSequenceError, "row 0 of y is"),
        (["2020-01-01"], InvalidSequenceError, "row 0 of y is"),
        ([], ValueError, "y has no rows"),
        ("AC", ValueError, "string object received"),
        ({"a": [1.0]}, TypeError, "y is a dict"),
    ],
)
def test_what_is_no_number_of_a_step_is_refused(y, error, message):
    with pytest.raises(error, match=message):
        read_step_numbers(y)
