import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from sklearn.utils.estimator_checks import _NotAnArray

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import object_array, read_labels, read_targets, refuse_infinite, to_kind

ROWS = {
    "string": ["HE", "E"],
    "list": [["H", "E"], ["E"]],
    "tuple": [("H", "E"), ("E",)],
    "array": [np.array(["H", "E"]), np.array(["E"])],
}
CONTAINERS = {
    "list": list,
    "array": object_array,
    "column": lambda rows: object_array(rows)[:, None],
    "pandas Series": lambda rows: pd.Series(rows, index=[7, 7]),
    "pandas DataFrame": lambda rows: pd.DataFrame({"y": object_array(rows)}),
}


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_rows_come_back_as_what_they_were(container, kind):
    rows, found = read_targets(container(ROWS[kind]))
    assert found == kind
    assert [list(row) for row in rows] == [["H", "E"], ["E"]]
    given_back = to_kind([np.array(list(row)) for row in rows], found)
    assert given_back.shape == (2,)
    assert all(type(row) is type(ROWS[kind][0]) for row in given_back)
    assert [list(row) for row in given_back] == [["H", "E"], ["E"]]


def test_a_matrix_has_one_target_a_row():
    assert read_targets(np.array([[7, 5], [5, 5]])) == ([[7, 5], [5, 5]], "array")
    assert read_targets(np.array([[7], [5]])) == ([[7], [5]], "array")


def test_a_polars_column():
    assert read_targets(pl.DataFrame({"y": ["HE", "E"]})) == (["HE", "E"], "string")


def test_a_missing_target_is_named():
    with pytest.raises(InvalidSequenceError, match="row 1 of y is missing"):
        read_targets(["HE", None])


@pytest.mark.parametrize(
    "y", [[0, 1], np.array([0, 1]), pd.Series([0, 1]), pl.Series([0, 1]), pa.array([0, 1])]
)
def test_a_number_is_no_target_that_is_a_sequence(y):
    with pytest.raises(
        TypeError, match="row 0 of y is 0, one value for the whole sequence, .*RecurrentClassifier"
    ):
        read_targets(y)


WORDS, WHOLE = ["b", "a", "b"], [1, 0, 1]


@pytest.mark.parametrize(
    ("y", "expected", "dtype"),
    [
        (WHOLE, WHOLE, np.int64),
        (tuple(WHOLE), WHOLE, np.int64),
        (np.array(WHOLE, dtype=object), WHOLE, np.int64),
        (np.ma.masked_array(WHOLE), WHOLE, np.int64),
        (pd.Series(WHOLE, index=[5, 5, 5], dtype="Int64"), WHOLE, np.int64),
        (pd.array(WHOLE, dtype="UInt8"), WHOLE, np.uint8),
        (pd.Series(WHOLE, dtype="int64[pyarrow]"), WHOLE, np.int64),
        (pd.Series([True, False, True], dtype="boolean"), [True, False, True], np.bool_),
        (pd.Series([1.5, 2, 3], dtype="Float32"), [1.5, 2, 3], np.float32),
        (pd.Series(WORDS, dtype="string"), WORDS, object),
        (pd.Series(WORDS, dtype="category"), WORDS, object),
        (pd.Categorical(WHOLE), WHOLE, np.int64),
        (pl.Series(WHOLE), WHOLE, np.int64),
        (pl.Series(WORDS, dtype=pl.Categorical), WORDS, "<U1"),
        (pa.array(WHOLE), WHOLE, np.int64),
        (pa.chunked_array([WHOLE]), WHOLE, np.int64),
        (pa.array(WORDS).dictionary_encode(), WORDS, "<U1"),
        (torch.tensor(WHOLE), WHOLE, np.int64),
        (_NotAnArray(np.array(WHOLE)), WHOLE, np.int64),
        (pd.DataFrame({"y": pd.Series(WHOLE, dtype="Int64")}), [[1], [0], [1]], np.int64),
        (pl.DataFrame({"y": WHOLE}), [[1], [0], [1]], np.int64),
        (pa.table({"y": WHOLE}), [[1], [0], [1]], np.int64),
        ([[1], [0], [1]], [[1], [0], [1]], np.int64),
        (pd.DataFrame({"a": WHOLE, "b": WHOLE}), [[1, 1], [0, 0], [1, 1]], np.int64),
        (pl.DataFrame({"a": WHOLE, "b": WHOLE}), [[1, 1], [0, 0], [1, 1]], np.int64),
        (pa.table({"a": WHOLE, "b": WHOLE}), [[1, 1], [0, 0], [1, 1]], np.int64),
        ([(1, 2), (3, 4)], [[1, 2], [3, 4]], np.int64),
    ],
)
def test_labels_keep_their_kind(y, expected, dtype):
    read = read_labels(y)
    assert type(read) is np.ndarray
    assert read.dtype == dtype
    assert read.tolist() == expected


@pytest.mark.parametrize(
    "y",
    [
        [[1, None], [0, 1]],
        [[1.0, np.nan], [0, 1]],
        np.array([[1, None], [0, 1]], dtype=object),
        np.ma.masked_array([[1, 5], [0, 1]], mask=[[0, 1], [0, 0]]),
        pd.DataFrame({"a": [1, 0], "b": [None, 1]}),
        pd.DataFrame({"a": [1, 0], "b": pd.array([None, 1], dtype="Int64")}),
        pl.DataFrame({"a": [1, 0], "b": [None, 1]}),
        pa.table({"a": [1, 0], "b": [None, 1]}),
    ],
)
def test_what_is_missing_in_one_of_several_columns_is_nan(y):
    np.testing.assert_array_equal(read_labels(y), [[1, np.nan], [0, 1]])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a", "b", None], "row 2 of y is missing .None."),
        (["a", np.nan], "row 1 of y is missing .NaN."),
        ([1, 2, pd.NA], "row 2 of y is missing .<NA>."),
        ([1.0, np.nan], "row 1 of y is missing .NaN."),
        (np.array([1.0, np.nan]), "row 1 of y is missing .NaN."),
        (np.array(["a", None], dtype=object), "row 1 of y is missing .None."),
        (np.ma.masked_array([1, 2], mask=[0, 1]), "row 1 of y is masked: leave the row out"),
        (pd.Series([1, None], dtype="Int64", index=[7, 7]), "row 1 of y is missing .<NA>."),
        (pd.Series(["a", None], dtype="string"), "row 1 of y is missing"),
        (pd.Series(["a", None], dtype="category"), "row 1 of y is missing"),
        (pd.Series(pd.to_datetime(["2020-01-01", None])), "row 1 of y is missing .NaT."),
        (pl.Series([1, None]), "row 1 of y is missing"),
        (pa.array(["a", None]), "row 1 of y is missing .None."),
        (np.array([[1.0], [np.nan]]), "row 1 of y is missing .NaN."),
        ([1, "a"], "row 1 of y is 'a', but row 0 is 1: use strings or numbers, not both"),
        ([[1, 2], [1]], r"row 1 of y is \[1\], but row 0 is \[1, 2\]: give every row one label"),
        ([1, [1]], r"row 1 of y is \[1\], but row 0 is 1"),
        ("ab", "y is one string, 'ab'"),
        (np.array(1), "y should be a 1d array, .* got an array of shape"),
        (np.ones((2, 2, 2)), "y should be a 1d array, .* got an array of shape"),
    ],
)
def test_rows_without_a_label_are_named(y, message):
    with pytest.raises(ValueError, match=message):
        read_labels(y)


@pytest.mark.parametrize("y", [{"a": [1]}, {1, 2}, iter([1]), torch.ones(2, requires_grad=True)])
def test_what_holds_no_labels_is_refused(y):
    with pytest.raises(TypeError, match="^y "):
        read_labels(y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 1, np.inf], "row 2 of y is inf: y contains infinity"),
        ([[0, 1], [1, -np.inf]], "row 1, column 1 of y is -inf"),
        (np.array([1, np.inf], np.float16), "too large for float16"),
    ],
)
def test_an_infinite_number_is_named(y, message):
    with pytest.raises(ValueError, match=message):
        refuse_infinite(np.asarray(y))


@pytest.mark.parametrize("y", [[1.0, np.nan], [1, 2], ["inf"], [None]])
def test_what_is_not_infinite_passes(y):
    refuse_infinite(np.asarray(y))
