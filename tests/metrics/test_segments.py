"""Scores of segments against definitions written out, and values worked out by hand."""

from collections import Counter

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.metrics import (
    q3_score,
    segment_f1_score,
    segment_f1_scorer,
    segment_overlap_score,
    token_accuracy_score,
)


def spans_by_positions(row):
    """All (name, begin, end) that read B I ... I and don't go on, tried one by one."""
    names = {label[2:] for label in row if label != "O"}
    return {
        (name, i, j)
        for name in names
        for i in range(len(row))
        for j in range(i + 1, len(row) + 1)
        if row[i] == f"B-{name}"
        and all(label == f"I-{name}" for label in row[i + 1 : j])
        and (j == len(row) or row[j] != f"I-{name}")
    }


def runs_by_positions(row):
    n = len(row)
    return {
        (row[i], i, j)
        for i in range(n)
        for j in range(i + 1, n + 1)
        if len({*row[i:j]}) == 1 and (i == 0 or row[i - 1] != row[i]) and (j == n or row[j] != row[i])
    }


@pytest.mark.parametrize(
    ("scheme", "labels", "find"),
    [("bio", ["B-x", "I-x", "B-y", "I-y", "O"], spans_by_positions), ("segments", "ab", runs_by_positions)],
)
def test_f1_is_that_of_all_segments(scheme, labels, find):
    rng = np.random.RandomState(0)
    rows = [[[labels[i] for i in rng.randint(len(labels), size=7)] for _ in range(30)] for _ in range(2)]
    weight = rng.randint(0, 3, size=30)
    counts = Counter()
    for w, true, pred in zip(weight, *rows, strict=True):
        counts["right"] += w * len(find(true) & find(pred))
        counts["all"] += w * (len(find(true)) + len(find(pred)))
    assert counts["right"]
    got = segment_f1_score(*rows, scheme=scheme, sample_weight=weight)
    assert got == pytest.approx(2 * counts["right"] / counts["all"])


@pytest.mark.parametrize(
    ("true", "pred", "expected"),
    [
        ("OBIIO", "OBIIO", 1),
        ("OBIIO", "OIIIO", 0),  # no beginning, no span
        ("BBI", "BBI", 1),
        ("BIBI", "BIII", 0),
        ("OOO", "OOO", 1),
        ("OOO", "OBO", 0),
        ([["B-x", "I-x", "O"]], [["B-x", "I-y", "O"]], 0),
        ([["O", "B", None, "I", "O"]], ["OBOIO"], 1),  # the masked step is left out
        (["OB", "BI"], ["OB", "BO"], 0.5),
    ],
)
def test_f1_of_spans_by_hand(true, pred, expected):
    true, pred = ([one] if isinstance(one, str) else one for one in (true, pred))
    assert segment_f1_score(true, pred) == pytest.approx(expected)


def test_f1_of_other_labels_names_the_scheme():
    with pytest.raises(
        InvalidSequenceError, match=r'row 1, position \d+ of y_pred is \'H\', .* scheme="segments"'
    ):
        segment_f1_score(["OB", "OB"], ["OB", "HB"])
    with pytest.raises(InvalidSequenceError, match="row 0, position 0 of y_true is 'B-'"):
        segment_f1_score([["B-"]], ["O"])
    with pytest.raises(ValueError, match="'scheme' parameter of segment_f1_score"):
        segment_f1_score(["O"], ["O"], scheme="iob")


def test_q3_reduces_eight_states():
    eight, three = "HGIEBTSCLP- ", "HHHEECCCCCCC"
    assert q3_score([eight], [three]) == 1
    true, pred = ["HHGTEE-", "BB"], ["HHHCECC", "HE"]
    reduced = [[three[eight.index(state)] for state in row] for row in true]
    weight = [1, 3]
    expected = token_accuracy_score(reduced, pred, sample_weight=weight)
    assert q3_score(true, pred, sample_weight=weight) == pytest.approx(expected)
    assert q3_score([["H", None, "G"]], ["EEH"]) == 0.5
    assert q3_score(["HHH"], ["HH"]) == pytest.approx(2 / 3)
    with pytest.raises(InvalidSequenceError, match="row 0, position \\d+ of y_pred is 'h', .*: give None"):
        q3_score(["H"], ["h"])


@pytest.mark.parametrize(
    ("true", "pred", "expected"),
    [
        ("HHHH", "HHHH", 1),
        ("HHHH", "EEEE", 0),
        # C: 2 of 3 + 1; H: 5 of 7 + 2; C: 1 of 2, and nothing for a segment of one
        ("CCHHHHHHCC", "CCCHHHHHHC", (2 + 6 + 1) / 10),
        # C: 2 of 2, 2 of 3 + 1; H meets two: (2 of 6 + 1) and (2 of 6 + 1), each times 6
        ("CCHHHHHHCC", "CCHHCHHCCC", (2 + 2 + 3 + 3) / (2 + 2 + 6 + 6)),
        # the strand meets none, and counts with its length
        ("HHHEEE", "HHHHHH", (3 * (3 + 1) / 6) / (3 + 3)),
        ([["H", "H", None, "H", "E"]], ["HHEHE"], 1),
    ],
)
def test_overlap_by_hand(true, pred, expected):
    true, pred = ([one] if isinstance(one, str) else one for one in (true, pred))
    assert segment_overlap_score(true, pred) == pytest.approx(expected)


def test_overlap_is_the_mean_over_sequences():
    true, pred = ["HHHHHHHH", "HH", ""], ["HHHHHHHH", "EE", ""]
    assert segment_overlap_score(true, pred) == 0.5
    assert segment_overlap_score(true, pred, sample_weight=[1, 3, 9]) == 0.25
    assert segment_overlap_score([""], [""]) == 1


def test_a_scorer_asks_an_estimator():
    class Constant(BaseEstimator):
        def fit(self, X, y):
            return self

        def predict(self, X):
            return ["BI"] * len(X)

    assert segment_f1_scorer(Constant(), [[0], [0]], ["BI", "BB"]) == pytest.approx(2 / 5)
