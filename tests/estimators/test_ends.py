from seqestimators.estimators._ends import leave_out
from seqestimators.sequences import Sequences


def test_the_first_or_the_last_of_every_sequence_is_left_out():
    rows = Sequences.from_rows([[2, 4, 3], [2, 3]])
    assert [row.tolist() for row in leave_out(rows, first=True)] == [[4, 3], [3]]
    assert [row.tolist() for row in leave_out(rows, first=False)] == [[2, 4], [2]]
