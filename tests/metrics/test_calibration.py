"""Calibration errors and coverages, against counts by hand and scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import calibration_curve

from seqestimators.metrics import expected_calibration_error, interval_coverage_score

RNG = np.random.default_rng(0)
PROB = RNG.uniform(size=500)
LABELS = (RNG.uniform(size=500) < PROB**2).astype(int)


def test_the_calibration_error_is_that_of_the_calibration_curve():
    frequency, mean = calibration_curve(LABELS, PROB, n_bins=8)
    n_rows = np.histogram(PROB, bins=8, range=(0, 1))[0]
    expected = np.average(np.abs(frequency - mean), weights=n_rows)
    assert expected_calibration_error(LABELS, PROB, n_bins=8) == pytest.approx(expected)
    named = np.array(["no", "yes"])[LABELS]
    assert expected_calibration_error(named, PROB, n_bins=8) == pytest.approx(expected)


def test_several_classes_are_judged_by_the_likeliest():
    prob = np.array([[0.6, 0.3, 0.1], [0.1, 0.1, 0.8], [0.2, 0.65, 0.15]])
    expected = (2 * abs(0.625 - 0.5) + 0.2) / 3  # .6 and .65 share a bin, with one of two right
    error = expected_calibration_error(["a", "c", "c"], prob, labels=["a", "b", "c"], n_bins=5)
    assert error == pytest.approx(expected)


def test_weights_repeat_rows():
    weight = RNG.integers(0, 3, 500)
    repeated = expected_calibration_error(LABELS.repeat(weight), PROB.repeat(weight))
    assert expected_calibration_error(LABELS, PROB, sample_weight=weight) == pytest.approx(repeated)
    lower, upper = PROB - 0.3, PROB + 0.5
    repeated = interval_coverage_score(*(one.repeat(weight) for one in (LABELS, lower, upper)))
    assert interval_coverage_score(LABELS, lower, upper, sample_weight=weight) == pytest.approx(repeated)


def test_what_is_masked_or_none_is_not_known():
    ends = [0, 0, 0], [1, 1, 1]
    masked = np.ma.masked_array([0.5, 7, 2], mask=[False, True, False])
    for target in ([0.5, None, 2], pd.Series([0.5, pd.NA, 2], dtype="Float64", index=[3, 3, 1]), masked):
        assert interval_coverage_score(target, *ends) == 0.5


def test_unknown_labels_are_left_out():
    table = np.column_stack([LABELS, np.where(np.arange(500) < 300, LABELS, np.nan), np.full(500, np.nan)])
    each = expected_calibration_error(table, np.column_stack([PROB] * 3), average=None)
    expected = [
        expected_calibration_error(LABELS, PROB),
        expected_calibration_error(LABELS[:300], PROB[:300]),
        np.nan,
    ]
    np.testing.assert_allclose(each, expected)
    mean = expected_calibration_error(table, np.column_stack([PROB] * 3))
    assert mean == pytest.approx(np.mean(expected[:2]))
    each = interval_coverage_score(table, np.zeros((500, 3)), np.full((500, 3), 0.5), average=None)
    np.testing.assert_allclose(each, [1 - LABELS.mean(), 1 - LABELS[:300].mean(), np.nan])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expected_calibration_error([0, 1], [0.5, 1.2]), "row 1 of y_prob has 1.2"),
        (lambda: expected_calibration_error([0, 1], [0.5, np.nan]), "row 1 of y_prob has nan"),
        (lambda: expected_calibration_error([0, 1], [0.5]), "y_prob has the shape .1,., but y_true has 2"),
        (lambda: expected_calibration_error([0, 0], [0.5, 0.5]), r"y_true has 1 classes, \[0\]"),
        (
            lambda: expected_calibration_error([3, 1], [0.5, 0.5], labels=[1, 2]),
            "row 0 of y_true, 3, is none",
        ),
        (lambda: expected_calibration_error([[0, 1]], [[0.5]]), "y_prob has the shape"),
        (lambda: interval_coverage_score([1, 2], [0, 3], [1, 2]), "interval of row 1 goes from 3 to 2"),
        (lambda: interval_coverage_score([1, 2], [0], [1, 2]), "lower has the shape"),
        (
            lambda: expected_calibration_error(["b", "a"], [0.5, 0.5], labels=["b", "a"]),
            r"labels=\[.b., .a.\] must be sorted",
        ),
        (
            lambda: expected_calibration_error([[0, 1], [1, 0]], np.eye(2), labels=[0, 1]),
            "labels names classes of one label per row",
        ),
        (lambda: expected_calibration_error([0, 1], 0.5), "y_prob"),
        (
            lambda: expected_calibration_error([0, 1], [0.5, "high"]),
            "row 1 of y_prob is .high., .* strings or",
        ),
        (
            lambda: interval_coverage_score(["1", "x"], [0, 0], [1, 1]),
            "row 1 of y_true is .*x.*, which is no",
        ),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()
