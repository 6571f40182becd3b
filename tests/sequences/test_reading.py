import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import Sequences, object_array, read_sequences

ragged_ids = st.lists(st.lists(st.integers(1, 50), max_size=6), min_size=1)


@given(ragged_ids, st.integers(0, 3), st.integers(0, 3))
def test_ragged_and_padded_tokens_agree(rows, before, behind):
    ragged = read_sequences([np.array(row, dtype=int) for row in rows], input="tokens")
    width = max(map(len, rows)) + 1
    matrix = np.array([[0] * before + row + [0] * (width - len(row) + behind) for row in rows])
    padded = read_sequences(matrix)
    assert [row.tolist() for row in ragged.to_list()] == rows
    for sequences in (ragged, padded):
        assert sequences.values.dtype == np.int64
        np.testing.assert_array_equal(sequences.values, ragged.values)
        np.testing.assert_array_equal(sequences.offsets, ragged.offsets)


def test_an_inner_zero_of_a_token_matrix_stays():
    assert read_sequences(np.array([[0, 4, 0, 5, 0]])).values.tolist() == [4, 0, 5]


@pytest.mark.parametrize(
    "container",
    [
        list,
        tuple,
        pd.Series,
        lambda rows: np.fromiter(rows, dtype=object, count=len(rows)),
        lambda rows: [row.tolist() for row in rows],
        lambda rows: object_array(rows)[:, None],
        lambda rows: pd.DataFrame({"ids": object_array(rows)}, index=[3, 3]),
        lambda rows: pd.Series(rows, dtype=pd.ArrowDtype(pa.list_(pa.int64()))).to_frame(),
        pl.Series,
        lambda rows: pl.DataFrame({"ids": rows}),
        lambda rows: pl.DataFrame({"ids": pl.Series(rows, dtype=pl.Object)}),
        pa.array,
        lambda rows: pa.table({"ids": rows}),
    ],
)
def test_containers_of_ids(container):
    sequences = read_sequences(container([np.array([4, 5, 6]), np.array([7])]))
    assert sequences.is_tokens
    assert [row.tolist() for row in sequences.to_list()] == [[4, 5, 6], [7]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values(dtype):
    ragged = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, np.nan]])[:, :1].repeat(2, axis=1)]
    cube = np.full((2, 3, 2), np.nan)
    cube[0, :2], cube[1, :1] = ragged
    for X in (ragged, cube):
        sequences = read_sequences(X, dtype=dtype)
        assert sequences.values.dtype == dtype
        assert sequences.values.tolist() == [[1, 2], [3, 4], [5, 5]]
        assert sequences.offsets.tolist() == [0, 2, 3]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.int64])
def test_values_may_keep_their_type(dtype):
    kept = dtype if dtype in (np.float16, np.float32) else np.float64
    series = object_array([np.ones((2, 1), dtype), np.ones((1, 1), dtype)])
    for X in (series, series[:, None]):
        assert read_sequences(X, input="values", dtype=None).values.dtype == kept


def test_a_matrix_of_floats_holds_series_of_scalars():
    sequences = read_sequences(np.array([[0.0, 1.5, np.nan], [2.0, np.nan, np.nan]]))
    assert [row.tolist() for row in sequences.to_list()] == [[[0], [1.5]], [[2]]]


@pytest.mark.parametrize("X", [[[1, -1]], [[1.0, 2.0]], np.ones((1, 2, 1))], ids=str)
def test_auto_takes_these_for_values(X):
    assert not read_sequences(X).is_tokens


@pytest.mark.parametrize(
    ("X", "input", "message"),
    [
        ([[4, 5], [4, 5.5]], "tokens", "row 1, position 1 of X is 5.5"),
        ([[4, 5], [4, -5]], "tokens", "row 1, position 1 of X is -5"),
        ([[4.0, np.nan]], "tokens", "row 0, position 1 of X is NaN"),
        ([[0.5], [np.nan, 0.5]], "values", "row 1, position 0 of X is NaN"),
        ([[0.5], [0.5, np.inf]], "values", "row 1, position 1 of X is inf"),
        ([[0.5], [1e300]], "values", "row 1, position 0 of X is inf"),
        ([np.ones((2, 2)), np.ones((2, 3))], "auto", "row 1 of X has shape"),
        ([[4], None], "auto", "row 1 of X is missing"),
    ],
)
def test_bad_numbers(X, input, message):
    with pytest.raises(InvalidSequenceError, match=message):
        read_sequences(X, input=input)


@pytest.mark.parametrize("X", [["ACGT"], np.array([["A"]]), [["A", "C"]], pd.Series(["ACGT"])], ids=str)
def test_strings_need_a_tokenizer(X):
    with pytest.raises(TypeError, match="put a tokenizer before the estimator"):
        read_sequences(X)


@pytest.mark.parametrize("X", ["ACGT", [], [1, 2]], ids=str)
def test_no_sequences(X):
    with pytest.raises(ValueError, match="string object received|0 sample|Expected a list of sequences"):
        read_sequences(X)


def test_sequences_pass_through():
    sequences = read_sequences([[4, 5], [6]])
    assert read_sequences(sequences) is sequences
    assert isinstance(read_sequences(sequences, input="values"), Sequences)
    with pytest.raises(IndexError, match="sequence 2 of 2"):
        sequences[2]


@pytest.mark.parametrize(
    "X",
    [
        np.array([[4, 5], [6, 7]], dtype=object),
        pd.DataFrame([[4, 5], [6, 7]]).astype("Int64"),
        pd.DataFrame([[4, 5], [6, 7]]),
    ],
    ids=["object", "Int64", "int64"],
)
def test_a_matrix_of_whole_numbers_holds_tokens_whatever_its_type(X):
    assert read_sequences(X).is_tokens
    assert read_sequences(X).to_list()[1].tolist() == [6, 7]


def test_a_missing_whole_number_is_named():
    with pytest.raises(InvalidSequenceError, match="row 1, position 1 of X is missing"):
        read_sequences([pd.array([4], dtype="Int64"), pd.array([4, None], dtype="Int64")])


def test_sequences_are_checked_too():
    several = Sequences(np.array([[4.0, 9.0], [5.0, 9.0]]), np.array([0, 2]))
    with pytest.raises(InvalidSequenceError, match="steps of shape"):
        read_sequences(several, input="tokens")
    with pytest.raises(InvalidSequenceError, match="row 0, position 0 of X is NaN"):
        read_sequences(Sequences(np.array([[np.nan], [1.0]]), np.array([0, 2])))
    with pytest.raises(InvalidSequenceError, match="Negative values"):
        read_sequences(Sequences(np.array([4, -1]), np.array([0, 2])))


@pytest.mark.parametrize("X", [np.empty((3, 2, 0)), [np.empty((2, 0)), np.empty((1, 0))]])
def test_series_without_channels_are_refused(X):
    with pytest.raises(InvalidSequenceError, match="series of 0 channels: a step needs at least one number"):
        read_sequences(X)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.array(3), r"X is one number, array\(3\), but a list"),
        ([[4, 5], frozenset([4, 5])], "row 1 of X is a frozenset, whose items have no order"),
        ([torch.nn.utils.rnn.pack_sequence([torch.tensor([4, 5])])], "row 0 of X is a PackedSequence"),
    ],
)
def test_what_has_no_order_or_is_no_row_is_refused_by_name(X, message):
    with pytest.raises(TypeError, match=message):
        read_sequences(X)


def test_a_row_whose_steps_differ_is_named():
    with pytest.raises(InvalidSequenceError, match="row 1 of X is ragged itself"):
        read_sequences([[[1.0, 2.0]], [[1.0, 2.0], [3.0]]])


def test_missing_values_are_kept_where_asked():
    nan = np.nan
    rows = [[nan, 1.0, nan, 2.0, nan], [nan], [3.0, None], pd.array([4, pd.NA], dtype="Int64")]
    read = read_sequences(rows, missing="keep")
    assert read.lengths.tolist() == [5, 1, 2, 2]  # a list says itself where it ends
    np.testing.assert_array_equal(read.values[:, 0], [nan, 1, nan, 2, nan, nan, 3, nan, 4, nan])
    np.testing.assert_array_equal(read_sequences(read, missing="keep").values, read.values)
    cube = np.array([[[1.0, nan], [nan, nan], [nan, 2.0], [nan, nan]], np.full((4, 2), nan)])
    read = read_sequences(cube, missing="keep")
    assert read.lengths.tolist() == [3, 0]  # behind them an array has padding
    np.testing.assert_array_equal(read[0], cube[0, :3])
    column = pd.DataFrame({"series": [np.array([1.0, nan]), np.array([nan])]})
    assert read_sequences(column, missing="keep").lengths.tolist() == [2, 1]
    with pytest.raises(InvalidSequenceError, match="row 0, position 1 of X is inf"):
        read_sequences([[nan, np.inf]], missing="keep")
    with pytest.raises(InvalidSequenceError, match=r'set missing="mask"'):
        read_sequences([[nan, 1.0]])
    with pytest.raises(InvalidSequenceError, match=r'position 0 of X is missing \(None\): .* missing="mask"'):
        read_sequences([[None, 1.0]])
