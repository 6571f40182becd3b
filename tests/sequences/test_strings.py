import subprocess
import sys
import types
from typing import NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from Bio.Seq import MutableSeq, Seq
from Bio.SeqRecord import SeqRecord
from rdkit import Chem

from seqestimators.datasets import FastaRecord
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import check_sequences

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


class Read(NamedTuple):
    name: str
    sequence: str


@pytest.mark.parametrize("lists", [False, True])
def test_records_with_a_sequence(lists):
    records = [FastaRecord("a", "some gene", "ACGT"), Read("b", "AC"), types.SimpleNamespace(sequence="G")]
    assert check_sequences(records, lists=lists) == ["ACGT", "AC", "G"]
    assert check_sequences([*records, "T"], lists=lists)[-1] == "T"
    with pytest.raises(ValueError, match="Wrap a single sequence as"):
        check_sequences(records[0], lists=lists)
    rows = pd.Series(["ACGT", "AC"], index=["sequence", "other"])
    assert check_sequences(rows, lists=lists) == ["ACGT", "AC"]


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
    with pytest.raises(TypeError, match="X must be a list, array or Series|X is a dict, a dictionary of"):
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
