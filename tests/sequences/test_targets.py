import numpy as np
import pandas as pd
import polars as pl
import pytest

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import object_array, read_targets, to_kind

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
