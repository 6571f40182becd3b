import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.preprocessing import Tokens
from seqestimators.preprocessing.tokens import number_distinct


@given(st.lists(st.lists(st.integers() | st.text(max_size=2)), min_size=1))
def test_from_lists(lists):
    assert list(Tokens.from_lists(lists).to_lists()) == lists


@given(st.lists(st.text(), min_size=1))
def test_from_characters(strings):
    assert list(Tokens.from_characters(strings).to_lists()) == [list(string) for string in strings]


def test_from_characters_keeps_lone_surrogates():
    assert list(Tokens.from_characters(["a\ud800", "\U0010ffff"]).to_lists()) == [
        ["a", "\ud800"],
        ["\U0010ffff"],
    ]


@given(st.lists(st.text("abc"), min_size=1))
def test_count_adds_codes_of_one_name(strings):
    tokens = Tokens.from_characters(strings)
    folded = Tokens(tokens.codes, [name.replace("b", "a") for name in tokens.names], tokens.offsets)
    text = "".join(strings).replace("b", "a")
    assert folded.count() == {letter: text.count(letter) for letter in set(text)}


@pytest.mark.parametrize("numbers", [[7, 8], [300, 8], [-1, 2]])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint32])
def test_replace(numbers, dtype):
    tokens = Tokens(np.array([0, 1, 1], dtype), ["x", "y"], np.array([0, 3]))
    replaced = tokens.replace(numbers)
    assert replaced.dtype == np.int64
    assert replaced.tolist() == [numbers[0], numbers[1], numbers[1]]


@given(st.lists(st.integers(0, 50)), st.sampled_from([51, 2**40]))
def test_number_distinct_is_unique(values, bound):
    values = np.array(values, dtype=np.int64)
    distinct, numbers = number_distinct(values, bound)
    expected = np.unique(values, return_inverse=True)
    np.testing.assert_array_equal(distinct, expected[0])
    np.testing.assert_array_equal(numbers, expected[1])


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_missing_items(missing):
    with pytest.raises(InvalidSequenceError, match="row 1, position 2 of X is missing"):
        Tokens.from_lists([["a"], ["a", "b", missing]])


def test_items_named_like_special_tokens():
    with pytest.raises(
        InvalidSequenceError, match="row 0, position 1 of X is '<eos>', the name of a special"
    ):
        Tokens.from_lists([["a", "<eos>"]])


def test_items_that_are_not_hashable():
    with pytest.raises(TypeError, match="row 1, position 0 of X is a list"):
        Tokens.from_lists([["a"], [["b"]]])
