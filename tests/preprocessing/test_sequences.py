import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from Bio.Seq import MutableSeq, Seq
from Bio.SeqRecord import SeqRecord
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.preprocessing import Sequences, check_sequences, read_sequences

ROWS = ["ACGT", "", "AC"]

CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "array of str": np.array,
    "array of bytes": lambda rows: np.array(rows, dtype="S"),
    "array of objects": lambda rows: np.array(rows, dtype=object),
    "column of an array": lambda rows: np.array(rows, dtype=object)[:, None],
    "pandas Series": lambda rows: pd.Series(rows, index=[7, 7, 8]),
    "pandas Series of objects": lambda rows: pd.Series(rows, dtype=object),
    "pandas Series of string": lambda rows: pd.Series(rows, dtype="string"),
    "pandas Series of pyarrow": lambda rows: pd.Series(rows, dtype=pd.ArrowDtype(pa.string())),
    "pandas categories": lambda rows: pd.Series(rows, dtype="category"),
    "pandas array": lambda rows: pd.array(rows, dtype="string"),
    "pandas Index": pd.Index,
    "pandas DataFrame": lambda rows: pd.DataFrame({"name of the column": rows}),
    "polars Series": pl.Series,
    "polars DataFrame": lambda rows: pl.DataFrame({"name of the column": rows}),
    "pyarrow array": pa.array,
    "pyarrow chunks": lambda rows: pa.chunked_array([rows[:1], rows[1:]]),
    "pyarrow table": lambda rows: pa.table({"name of the column": rows}),
}
if hasattr(np.dtypes, "StringDType"):  # since numpy 2.0
    CONTAINERS["array of numpy strings"] = lambda rows: np.array(rows, dtype=np.dtypes.StringDType())

MISSING = {
    "None": [None],
    "nan": [float("nan")],
    "numpy nan": [np.float32("nan")],
    "NA": [pd.NA],
    "NaT": [pd.NaT],
    "pandas string": pd.Series([pd.NA], dtype="string"),
    "pandas pyarrow": pd.Series([None], dtype=pd.ArrowDtype(pa.string())),
    "polars": pl.Series(["A", None])[1:],
    "pyarrow": pa.array([None], pa.string()),
    "record without a sequence": [SeqRecord(None)],
    "undefined sequence": [Seq(None, 5)],
}


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_containers(container):
    rows = check_sequences(container(ROWS))
    assert rows == ROWS
    assert {type(row) for row in rows} == {str}


@pytest.mark.parametrize(
    "row",
    [
        "ACGT",
        b"ACGT",
        bytearray(b"ACGT"),
        np.str_("ACGT"),
        Seq("ACGT"),
        MutableSeq("ACGT"),
        SeqRecord(Seq("ACGT")),
    ],
)
def test_rows(row):
    array = np.empty(1, dtype=object)
    array[0] = row
    for X in ([row], (row,), array, pd.Series([row], dtype=object)):
        assert check_sequences(X) == ["ACGT"]
        assert type(check_sequences(X)[0]) is str


def test_molecule():
    assert check_sequences([Chem.MolFromSmiles("OCC")]) == ["CCO"]


def test_bytes_are_utf8():
    assert check_sequences(["é".encode()]) == ["é"]
    with pytest.raises(InvalidSequenceError, match="row 1 of X holds, at position 1, a byte"):
        check_sequences(["A", b"A\xff"])


def test_lists_of_items():
    rows = [["a", "b"], ("c",), np.array(["d", "e"]), pd.Series([1, 2]), np.array([], dtype=object)]
    assert check_sequences(rows, lists=True) == [["a", "b"], ["c"], ["d", "e"], [1, 2], []]
    with pytest.raises(TypeError, match="row 1 of X is a str, but row 0 a list"):
        check_sequences([["a"], "a"], lists=True)


def test_the_rows_are_a_new_list():
    assert check_sequences(ROWS) is not ROWS


@pytest.mark.parametrize("X", MISSING.values(), ids=MISSING)
@pytest.mark.parametrize("lists", [False, True])
def test_missing_rows(X, lists):
    with pytest.raises(InvalidSequenceError, match="row 0 of X is"):
        check_sequences(X, lists=lists)


@pytest.mark.parametrize("X", ["ACGT", b"ACGT", np.str_("ACGT"), Seq("ACGT"), SeqRecord(Seq("A"))], ids=repr)
def test_bare_string(X):
    with pytest.raises(ValueError, match="string object received. Wrap a single sequence as"):
        check_sequences(X)


@pytest.mark.parametrize(
    "X", [[], (), np.array([]), pd.Series([], dtype=object), pl.Series([], dtype=pl.String)]
)
def test_no_rows(X):
    with pytest.raises(ValueError, match="0 sample"):
        check_sequences(X)


@pytest.mark.parametrize("X", [None, 3, {"A": 1}, {"A"}, iter(["A"])], ids=lambda X: type(X).__name__)
def test_no_container(X):
    with pytest.raises(TypeError, match="X must be a list, array or Series"):
        check_sequences(X)


@pytest.mark.parametrize("X", [np.array([["A", "C"]]), pd.DataFrame({"a": ["A"], "b": ["C"]})])
def test_several_columns(X):
    with pytest.raises(ValueError, match="Expected one column of sequences"):
        check_sequences(X)


@pytest.mark.parametrize("X", [np.array("A"), np.zeros((2, 1, 1))])
def test_other_dimensions(X):
    with pytest.raises(ValueError, match="Expected a 1-D array of sequences"):
        check_sequences(X)


@pytest.mark.parametrize("row", [1, 1.5, ["A"], np.array([4, 5]), {"A"}], ids=repr)
def test_wrong_rows(row):
    with pytest.raises(TypeError, match=f"row 1 of X is .* of type {type(row).__name__}"):
        check_sequences(["A", row])


def test_neither_biopython_nor_rdkit_is_imported():
    code = "import sys; from seqestimators import SmilesTokenizer as T; T().fit(['CCO', b'C']); "
    code += "print({'torch', 'rdkit', 'Bio'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


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


@given(ragged_ids)
def test_take(rows):
    sequences = read_sequences([np.array(row, dtype=int) for row in rows], input="tokens")
    assert [row.tolist() for row in sequences.take([-1, 0]).to_list()] == [rows[-1], rows[0]]
    is_long = sequences.lengths > 2
    assert [row.tolist() for row in sequences.take(is_long).to_list()] == [
        row for row in rows if len(row) > 2
    ]


@pytest.mark.parametrize(
    "container",
    [
        list,
        tuple,
        pd.Series,
        lambda rows: np.fromiter(rows, dtype=object, count=len(rows)),
        lambda rows: [row.tolist() for row in rows],
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
    with pytest.raises(InvalidSequenceError, match="Negative values"):
        read_sequences(Sequences(np.array([4, -1]), np.array([0, 2])))
