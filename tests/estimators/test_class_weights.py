import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from seqestimators.estimators._class_weights import weigh_classes

CLASSES, LABELS = np.array(["a", "b", "c"]), np.array([0, 0, 0, 1, 2, 2])


def test_none_leaves_the_weights_of_the_rows():
    weight = np.arange(6.0)
    assert weigh_classes(None, CLASSES, LABELS, weight) is weight


def test_balanced_gives_every_class_the_same_mass():
    weight = np.array([1.0, 2, 3, 4, 5, 0])
    balanced = weigh_classes("balanced", CLASSES, LABELS, weight)
    np.testing.assert_allclose(np.bincount(LABELS, weights=balanced), 5)
    alike = weigh_classes("balanced", CLASSES, LABELS, np.ones(6))
    of_sklearn = compute_class_weight("balanced", classes=CLASSES, y=CLASSES[LABELS])
    np.testing.assert_allclose(alike, of_sklearn[LABELS])


def test_an_absent_class_is_no_division_by_zero():
    balanced = weigh_classes("balanced", CLASSES, LABELS[:3], np.array([1.0, 1.0, 0.0]))
    assert balanced.tolist() == pytest.approx([1 / 3, 1 / 3, 0])


def test_a_dictionary_multiplies_and_leaves_the_rest():
    weighed = weigh_classes({"a": 10, "c": 0}, CLASSES, LABELS, np.arange(6.0))
    assert weighed.tolist() == [0, 10, 20, 3, 0, 0]


@pytest.mark.parametrize("value", [-2, -0.1, np.nan, np.inf, "1", None, 1j])
def test_a_weight_is_finite_and_not_negative(value):
    with pytest.raises(
        ValueError, match="class_weight gives the class 'b' the weight .*: a weight is a finite"
    ):
        weigh_classes({"a": 1, "b": value}, CLASSES, LABELS, np.ones(6))


def test_weights_that_are_all_0_leave_nothing_to_learn():
    with pytest.raises(ValueError, match=r"every class, \['a', 'b', 'c'\], the weight 0"):
        weigh_classes(dict.fromkeys("abc", 0), CLASSES, LABELS, np.ones(6))


def test_a_name_of_no_class_is_told_where_a_class_has_no_weight():
    with pytest.raises(ValueError, match=r"names the class 'z', which is none of y, \['a', 'b', 'c'\]"):
        weigh_classes({"a": 2, "z": 1}, CLASSES, LABELS, np.ones(6))
    of_absent = dict.fromkeys("abcz", 2)  # as in a fold that lacks a rare class
    assert weigh_classes(of_absent, CLASSES, LABELS, np.ones(6)).tolist() == [2] * 6
