"""Labels of steps, as RecurrentTagger and PositionwiseClassifier read them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import (
    BOS,
    EOS,
    MASKED,
    Sequences,
    check_items,
    count_labels,
    encode_labels,
    is_masked,
    join_labels,
    read_step_weights,
    read_targets,
)

labels_of_rows = st.lists(st.text("abß", max_size=5), min_size=1)


def lengths_of(rows):
    return np.array([len(row) for row in rows])


def test_beginning_and_end_carry_no_label():
    tokens = Sequences.from_rows([[BOS, 4, 5, 6, EOS], [4, 5, 6], [BOS, EOS], []])
    assert count_labels(tokens, 3).tolist() == [1, 1, 0, 0]
    values = Sequences.from_rows([np.full((2, 1), float(BOS)), np.ones((4, 1))])
    assert count_labels(values, 2).tolist() == [1, 2]


def test_a_stride_that_does_not_divide_is_refused():
    tokens = Sequences.from_rows([[4, 5, 6], [BOS, 4, 5, 6, 7]])
    with pytest.raises(InvalidSequenceError) as error:
        count_labels(tokens, 3, unit="tokens")
    assert str(error.value) == (
        "row 1 of X has 4 tokens, which stride=3 doesn't divide: cut the sequence, or set another stride"
    )


@given(labels_of_rows)
def test_strings_and_lists_have_the_same_labels(rows):
    joined = join_labels(rows, lengths_of(rows))
    as_lists = join_labels(list(map(list, rows)), lengths_of(rows))
    assert joined.values.tolist() == as_lists.values.tolist() == list("".join(rows))
    np.testing.assert_array_equal(joined.offsets, as_lists.offsets)


@given(labels_of_rows)
def test_codes_lead_back_to_the_labels(rows):
    labels = join_labels(rows, lengths_of(rows))
    classes = np.array(["a", "b", "ß"])
    codes = encode_labels(labels, classes)
    assert codes.values.dtype == np.int64
    assert ["".join(classes[row]) for row in codes.to_list()] == rows


def test_labels_may_be_numbers_or_tuples():
    rows, _ = read_targets(np.array([[7, 5], [5, 5]]))
    assert encode_labels(join_labels(rows, np.array([2, 2])), np.array([5, 7])).values.tolist() == [
        1,
        0,
        0,
        0,
    ]
    labels = join_labels([[(0, 1), (2, 3)]], np.array([2]))
    assert labels.values.tolist() == [(0, 1), (2, 3)]


def test_another_number_of_labels_is_refused():
    with pytest.raises(InvalidSequenceError) as error:
        join_labels(["ab", "ab"], np.array([2, 1]), stride=3)
    assert str(error.value) == (
        "row 1 of y has 2 labels, but row 1 of X has 1 groups of stride=3 steps: give one label for each"
    )
    with pytest.raises(ValueError, match="inconsistent numbers of samples: .2, 1."):
        join_labels(["ab"], np.array([2, 1]))


def test_a_label_of_no_class_is_refused():
    labels = join_labels(["ab", "ad"], np.array([2, 2]))
    with pytest.raises(InvalidSequenceError, match="row 1, position 1 of y is 'd', which is none of the cla"):
        encode_labels(labels, np.array(["a", "b"]))


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        (
            [["a"], ["b", 0.5]],
            InvalidSequenceError,
            "row 1, position 1 of y is 0.5, a continuous target, but labels of steps are cl",
        ),
        (
            [[0.0], [float("inf")]],
            InvalidSequenceError,
            "row 1, position 0 of y is inf, a continuous target, but labels of steps",
        ),
        ([[None], [-100]], InvalidSequenceError, "all 2 labels of y are masked .None.: give at least one"),
        ([[["a"]]], TypeError, "row 0, position 0 of y is a list, which is no item of a sequence"),
    ],
)
def test_items_that_are_no_labels_are_refused(rows, error, message):
    with pytest.raises(error, match=message):
        join_labels(rows, lengths_of(rows))


def test_any_items_that_can_be_compared_are_fine():
    for rows in ([], ["ab"], [["a", 1, (2, 3)], []]):
        check_items(rows, "y")


@pytest.mark.parametrize("mask", [None, np.nan, pd.NA, -100, np.int64(-100), -100.0], ids=repr)
def test_a_masked_label_has_no_class(mask):
    assert is_masked(mask)
    labels = join_labels([["a", mask], [mask, "b"]], np.array([2, 2]))
    assert labels.values.tolist() == ["a", None, None, "b"]
    assert encode_labels(labels, np.array(["a", "b"])).values.tolist() == [0, MASKED, MASKED, 1]


@given(st.lists(st.lists(st.sampled_from([0, 1, 2, None]), max_size=5), min_size=1))
def test_masks_leave_the_other_labels_as_they_are(rows):
    if not any(label is not None for row in rows for label in row):
        rows = [*rows, [0]]
    joined = join_labels(rows, lengths_of(rows))
    assert [row.tolist() for row in joined] == rows
    codes = encode_labels(joined, np.arange(3))
    assert codes.values.tolist() == [MASKED if one is None else one for row in rows for one in row]


def test_labels_for_whole_sequences_are_told_apart():
    with pytest.raises(
        InvalidSequenceError, match="A label for the whole sequence is learned by RecurrentCl"
    ):
        join_labels(["pos", "neg"] * 4, np.array([2] * 8))


def test_weights_of_steps_have_the_form_of_the_labels():
    read = read_step_weights([[1, 0.5], [], np.array([0])], np.array([2, 0, 1]))
    assert read.values.dtype == np.float64
    assert [row.tolist() for row in read] == [[1, 0.5], [], [0]]
    for weights in (np.ones((2, 3)), pd.DataFrame(np.ones((2, 3))), np.ma.masked_array(np.ones((2, 3)))):
        assert read_step_weights(weights, np.array([3, 3])).lengths.tolist() == [3, 3]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([[1, -1], [1]], "row 0, position 1 of step_weight is -1: a weight is a finite number"),
        ([[1, 1], [np.nan]], "row 1, position 0 of step_weight is nan"),
        ([[1, 1], [np.inf]], "row 1, position 0 of step_weight is inf"),
        ([[1, 1], [1, 1]], r"row 1 of step_weight has shape \(2,\), but row 1 of y has 1 labels"),
        ([1, 1], r"row 0 of step_weight has shape \(\), but row 0 of y has 2 labels"),
        ([["a", "b"], [1]], r"row 0 of step_weight is \['a', 'b'\]: give one number for each label"),
        ([[0, 0], [0]], "step_weight is 0 for every step"),
        ([[1, 1]], "inconsistent numbers of samples"),
        (
            np.ma.masked_array([[1, 1], [1, 1]], [[0, 0], [1, 0]]),
            "row 1, position 0 of step_weight is masked",
        ),
        (
            [[1, 1], np.ma.masked_array([1], [True])],
            r"row 1, position 0 of step_weight is masked: fill it in",
        ),
    ],
)
def test_weights_that_are_none_are_named(weights, message):
    with pytest.raises(ValueError, match=message):
        read_step_weights(weights, np.array([2, 1]))
