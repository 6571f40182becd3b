"""Several labels per row in any container, with missing ones."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from seqestimators.sequences import is_label_table, names_of_columns, read_label_table, score_rows

TABLE = np.array([[0, 1], [np.nan, 1], [1, np.nan]])
MINUS = np.where(np.isnan(TABLE), -1, TABLE).astype(int)
OBJECTS = [[0, 1], [None, 1], [1, pd.NA]]


@pytest.mark.parametrize(
    "y",
    [
        TABLE,
        TABLE.tolist(),
        TABLE.astype(np.float32),
        MINUS,
        MINUS.tolist(),
        MINUS.astype(np.int8),
        OBJECTS,
        np.array(OBJECTS, dtype=object),
        np.ma.masked_array(np.nan_to_num(TABLE, nan=7), mask=np.isnan(TABLE)),
        np.ma.masked_array(MINUS, mask=False),
        pd.DataFrame(TABLE, columns=["a", "b"]),
        csr_array(MINUS),
        pd.DataFrame(MINUS),
        pd.DataFrame(TABLE).astype("Int64"),
        pd.DataFrame(TABLE).astype("boolean"),
        pd.DataFrame(TABLE).astype(object),
    ],
)
def test_missing_labels_of_every_kind(y):
    assert is_label_table(y)
    read = read_label_table(y)
    assert read.dtype == np.float64
    np.testing.assert_array_equal(read, TABLE)


def test_what_is_read_is_a_copy():
    y = MINUS.astype(float)
    read_label_table(y)
    np.testing.assert_array_equal(y, MINUS)


@pytest.mark.parametrize(
    "y", [[-1, 1], [[-1], [1]], np.array([[0.0]]), ["MK", "MKL"], [[0, 1], [1]], [], [[]]]
)
def test_one_column_is_a_label_a_row(y):
    assert not is_label_table(y)


@pytest.mark.parametrize(
    ("value", "shown"), [(2, "2"), (0.5, "0.5"), (np.inf, "inf"), (-2, "-2"), ("yes", "'yes'"), ("1", "'1'")]
)
def test_other_fields_are_named(value, shown):
    y = [[0, 1], [1, value]]
    with pytest.raises(ValueError, match=rf"row 1, column 1 of y is {shown}, but .* NaN or -1 \(not known\)"):
        read_label_table(np.array(y, dtype=object))


@given(
    arrays(np.int8, st.tuples(st.integers(1, 6), st.integers(2, 4)), elements=st.integers(-1, 1)), st.data()
)
def test_rows_are_right_if_all_known_labels_are(y, data):
    predicted = data.draw(arrays(np.int64, y.shape, elements=st.integers(0, 1)))
    rows = [
        all(p == t for t, p in zip(true, guess, strict=True) if t != -1)
        for true, guess in zip(y, predicted, strict=True)
        if (true != -1).any()
    ]
    if not rows:
        with pytest.raises(ValueError, match="no row"):
            score_rows(read_label_table(y), predicted, np.ones(len(y)))
    else:
        assert score_rows(read_label_table(y), predicted, np.ones(len(y))) == pytest.approx(np.mean(rows))


def test_columns_have_names_in_data_frames_of_several():
    table = pd.DataFrame({"toxic": [0, 1], "soluble": [1, 1]})
    assert names_of_columns(table).tolist() == ["toxic", "soluble"]
    assert names_of_columns(pl.from_pandas(table)).tolist() == ["toxic", "soluble"]
    nameless = [table[["toxic"]], table["toxic"], table.to_numpy(), table.set_axis([0, 1], axis=1), [[0, 1]]]
    for y in nameless:
        assert names_of_columns(y) is None
