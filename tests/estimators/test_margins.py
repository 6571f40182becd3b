"""The one number of an answer: log-odds of a class, or a target in the unit of y."""

import numpy as np
import pytest
import torch

from seqestimators.estimators._margins import ClassMargin, NumberMargin

OUTPUTS = torch.tensor([[0.5, -1.0, 2.0], [3.0, 1.0, 0.0]], dtype=torch.float64)


def test_of_two_classes_the_second_is_explained():
    outputs = OUTPUTS[:, :1]
    second = ClassMargin(["a", "b"], 1, False, None)
    assert (second.column, second.unit) == (1, 1.0)
    assert second.choose(outputs).tolist() == [1, 1]
    assert second.read(outputs, second.choose(outputs)).tolist() == [0.5, 3.0]
    first = ClassMargin(["a", "b"], 1, False, "a")
    assert first.column == 0
    assert first.read(outputs, first.choose(outputs)).tolist() == [-0.5, -3.0]
    probability = first.read(outputs, first.choose(outputs), "probability")
    np.testing.assert_allclose(probability, 1 / (1 + np.exp([0.5, 3.0])))


@pytest.mark.parametrize("target", [None, 1])
def test_of_several_classes_the_likeliest_or_the_one_asked_for(target):
    margin = ClassMargin([7, 1, 5], 3, False, target)
    columns = margin.choose(OUTPUTS)
    assert columns.tolist() == ([2, 0] if target is None else [1, 1])
    probabilities = torch.softmax(OUTPUTS, dim=1)[range(2), columns]
    np.testing.assert_allclose(margin.read(OUTPUTS, columns, "probability"), probabilities)
    np.testing.assert_allclose(margin.read(OUTPUTS, columns), torch.logit(probabilities))


def test_several_labels_are_each_their_own():
    margin = ClassMargin([0, 1, 2], 3, True, 1)
    assert margin.read(OUTPUTS, margin.choose(OUTPUTS)).tolist() == [-1.0, 1.0]
    assert ClassMargin([0], 1, True, None).choose(OUTPUTS[:, :1]).tolist() == [0, 0]


def test_names():
    margin = ClassMargin(["a", "b"], 1, False, None)
    assert margin.name(1) == "log-odds of b"
    assert margin.name(0, "probability") == "probability of a"
    with pytest.raises(ValueError, match=r"target='c' is none of the classes \['a', 'b'\]"):
        ClassMargin(["a", "b"], 1, False, "c")


def test_numbers_are_in_the_unit_of_y():
    mean, scale = np.array([10.0, -1.0]), np.array([2.0, 0.5])
    margin = NumberMargin(mean, scale, 1)
    assert (margin.column, margin.unit, margin.name(1)) == (1, 0.5, "prediction of target 1")
    columns = margin.choose(OUTPUTS)
    assert columns.tolist() == [1, 1]
    assert margin.read(OUTPUTS, columns).tolist() == [-1.5, -0.5]
    assert NumberMargin(mean[:1], scale[:1], None).name(0) == "prediction"
    with pytest.raises(ValueError, match="predicts 2 targets: name one by target=0"):
        NumberMargin(mean, scale, None)
    with pytest.raises(ValueError, match="target=2 is none of the targets 0 to 1"):
        NumberMargin(mean, scale, 2)
