"""Columns of numbers are told by their names, and what is no number is found."""

import numpy as np
import pandas as pd
import pytest

from seqestimators.preprocessing._column_numbers import is_number, list_names


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ("pH", ["pH"]),
        (1, [1]),
        (np.array(["pH", "T"]), ["pH", "T"]),
        (pd.Index([0, 2]), [0, 2]),
        ([True, False], []),
        (slice(2), []),
        (len, []),  # a function that chooses
    ],
    ids=str,
)
def test_names_of_columns(columns, names):
    found = list_names(columns)
    assert found == names
    assert {type(name) for name in found} <= {str, int}


def test_dates_and_complex_numbers_are_no_numbers():
    assert all(map(is_number, [1, 0.5, True, "1.5", np.float32(2)]))
    others = [None, "a", 1j, np.datetime64(0, "ns"), np.timedelta64(1, "s"), pd.Timestamp(0), [1]]
    assert not any(map(is_number, others))
