import numpy as np
import pandas as pd
import pytest

from seqestimators.estimators._target_rows import SequenceTargets
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import object_array


def read_rows(y):
    return SequenceTargets()._read_target(y)


def kind_of(rows):
    targets = SequenceTargets()
    targets._learn_target(rows, None, None)
    return targets.target_kind_


@pytest.mark.parametrize(
    ("y", "kind", "first"),
    [
        (["ab", ""], "string", "ab"),
        (pd.Series(["ab", ""]), "string", "ab"),
        (np.array([["ab"], ["b"]], dtype=object), "string", "ab"),
        ([["a", "b"], []], "list", ["a", "b"]),
        ([("a", "b"), ()], "tuple", ("a", "b")),
        (object_array([np.array([1, 2]), np.array([3])]), "array", [1, 2]),
    ],
    ids=["strings", "series", "column", "lists", "tuples", "arrays"],
)
def test_rows_show_what_they_were(y, kind, first):
    rows = read_rows(y)
    assert rows.shape == (2,)
    assert rows.dtype == object
    assert kind_of(rows) == kind
    assert (rows[0].tolist() if kind == "array" else rows[0]) == first
    assert kind_of(read_rows(rows)) == kind  # read again, the same


def test_a_missing_row_is_named():
    with pytest.raises(InvalidSequenceError, match="row 1 of y is missing"):
        read_rows(["a", None])
