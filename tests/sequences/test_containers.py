"""Containers of rows: opened as what they are, or refused by name."""

from collections import OrderedDict, UserDict, deque, namedtuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

from seqestimators import RecurrentClassifier
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import is_missing, naming, read_sequences

Encoding = namedtuple("Encoding", ["ids", "mask"])
ROWS = [[4, 5, 6], [7]]
PACKED = torch.nn.utils.rnn.pack_sequence([torch.tensor(row) for row in ROWS])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (PACKED, "X is a PackedSequence, a named tuple of data, .*: unpack it first, with .*unpack_sequence"),
        (Encoding(ROWS, ROWS), "X is a Encoding, a named tuple of ids, mask: give the one that holds"),
        ([Encoding(4, 5)], "row 0 of X is a Encoding, a named tuple of ids, mask"),
        ({"input_ids": ROWS}, "X is a dict, a dictionary of input_ids"),
        (UserDict(input_ids=ROWS), "X is a UserDict, a dictionary of input_ids"),
        ([OrderedDict(a=4)], "row 0 of X is a OrderedDict, a dictionary of a"),
        ({4, 5}, "X must be a list or an array of sequences, got set"),
        (iter(ROWS), "X must be a list or an array of sequences, got list_iterator"),
        (torch.ones(2, 3, requires_grad=True), "X is a Tensor that numpy can't read: .*detach"),
        ([torch.ones(3, requires_grad=True)], "row 0 of X is a Tensor that numpy can't read: .*detach"),
        (
            pd.DataFrame({"s": ["CCO", "C"], "T": [1, 2]}),
            "column 's' of X, one of 2, holds strings, .*tokenizer",
        ),
        (pl.DataFrame({"T": [1, 2], "s": ["CCO", "C"]}), "column 's' of X, one of 2, holds strings"),
        (pa.table({"T": [1, 2], "s": ["CCO", "C"]}), "column 's' of X, one of 2, holds strings"),
        (pd.DataFrame({"x": ROWS, "T": [1, 2]}), "column 'x' of X, one of 2, holds sequences"),
        (pl.DataFrame({"x": ROWS, "T": [1, 2]}), "column 'x' of X, one of 2, holds sequences"),
        (
            np.array([[np.ones(2), 3], [np.ones(2), 4]], dtype=object),
            "column 0 of X, one of 2, holds sequences",
        ),
        (pd.DataFrame({"T": [1], "t": pd.to_datetime(["2020-01-01"])}), "column 't' of X, .* holds dates"),
        (np.array([["2020-01-01", "2020-01-02"]], dtype="M8[D]"), "column 0 of X, one of 2, holds dates"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_holds_no_rows_is_refused_by_name(X, message):
    with pytest.raises(TypeError, match=message):
        read_sequences(X)
    with pytest.raises(TypeError, match=message):
        RecurrentClassifier().fit(X, [0, 1])


@pytest.mark.parametrize(
    ("X", "place"),
    [
        (np.ma.masked_array(np.ones((2, 3)), mask=[[0, 0, 0], [0, 1, 0]]), "row 1, position 1"),
        (
            np.ma.masked_array(np.ones((2, 3, 2)), mask=np.arange(12).reshape(2, 3, 2) == 3),
            "row 0, position 1, cha",
        ),
        ([np.ones(2), np.ma.masked_array([1.0, 2.0], mask=[False, True])], "row 1, position 1"),
        (np.ma.masked_array([[4, 5]], mask=True), "row 0, position 0"),
    ],
)
def test_masked_numbers_are_named(X, place):
    with pytest.raises(InvalidSequenceError, match=f"{place}.* of X is masked: fill it in"):
        read_sequences(X)


@pytest.mark.parametrize(
    "X",
    [
        np.ma.masked_array([[4, 5, 6], [7, 0, 0]]),
        [np.ma.masked_array([4, 5, 6]), np.ma.masked_array([7], mask=[False])],
        torch.tensor([[4, 5, 6], [7, 0, 0]]),
        torch.nn.utils.rnn.unpack_sequence(PACKED),
        torch.nested.nested_tensor([torch.tensor(row) for row in ROWS], layout=torch.jagged),
        deque(ROWS),
        {1: ROWS[0], 2: ROWS[1]}.values(),
        [np.array([4, 5, 6], dtype=np.uint64), np.array([7], dtype=np.int64)],
        [np.array([4, 5, 6], dtype=np.uint8), np.array([7], dtype=np.uint64)],
    ],
)
def test_these_are_read(X):
    read = read_sequences(X)
    assert read.is_tokens
    assert [row.tolist() for row in read] == ROWS
    assert RecurrentClassifier(hidden_size=2, max_epochs=1).fit(X, [0, 1]).input_ == "tokens"


@pytest.mark.parametrize(
    ("X", "input", "message"),
    [
        (
            np.array([[2**63 + 5, 4]], dtype=np.uint64),
            "auto",
            "row 0, position 0 of X is 9223372036854775813",
        ),
        ([[4, 5], [6, 2**64 - 3]], "tokens", "row 1, position 1 of X is 1.8446744073709552e.19"),
        (np.array([[4.0, 1e300]]), "tokens", "row 0, position 1 of X is 1e.300"),
        (np.array([[2.0**63]]), "tokens", "row 0, position 0 of X is 9.2233"),
        (np.array([[4, np.inf]]), "tokens", "row 0, position 1 of X is inf"),
        (
            [[4, 2**64]],
            "auto",
            "row 0, position 1 of X is 18446744073709551616, which is too large for int64",
        ),
    ],
)
def test_ids_that_would_wrap_around_are_named(X, input, message):
    with pytest.raises(InvalidSequenceError, match=message):
        read_sequences(X, input=input)


def test_what_stands_for_nothing():
    assert all(map(is_missing, [None, np.nan, pd.NA, pd.NaT, np.ma.masked, np.float32("nan")]))
    assert not any(map(is_missing, ["", 0, "nan", [], np.nan_to_num(np.nan)]))


def test_errors_call_what_is_read_by_its_name():
    for given, expected in (
        ("row 2 of X is 'X': correct X", "row 2 of table['a'] is 'X': correct table['a']"),
        ("Xylose", "Xylose"),
    ):
        with pytest.raises(InvalidSequenceError) as error, naming("table['a']"):
            raise InvalidSequenceError(given)
        assert str(error.value) == expected
