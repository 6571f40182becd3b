"""Errors and warnings of our own: caught by the class that a caller would name, whole after a pickle."""

import pickle
import warnings

import pytest

from seqestimators import DNATokenizer, Padder, exceptions
from seqestimators.exceptions import (
    DataNotFoundError,
    FileFormatWarning,
    InvalidSequenceError,
    TruncationWarning,
)


@pytest.mark.parametrize(
    ("kind", "general"),
    [
        (InvalidSequenceError, ValueError),
        (TruncationWarning, UserWarning),
        (DataNotFoundError, OSError),
        (FileFormatWarning, UserWarning),
    ],
)
def test_each_is_caught_by_the_class_that_python_has_for_it(kind, general):
    with pytest.raises(general, match="row 3"):
        raise kind("row 3")


@pytest.mark.parametrize("name", exceptions.__all__)
def test_each_comes_whole_out_of_another_process(name):
    error = getattr(exceptions, name)("row 3, position 5")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == "row 3, position 5"


def test_a_sequence_that_cannot_be_read_is_named():
    with pytest.raises(InvalidSequenceError, match="row 1, position 2 of X is '!'"):
        DNATokenizer(unknown="error").fit_transform(["ACGT", "AC!T"])


def test_truncation_alone_can_be_silenced():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TruncationWarning)
        assert Padder(length=2).fit_transform([[4, 5, 6], [4]]).tolist() == [[4, 5], [4, 0]]
