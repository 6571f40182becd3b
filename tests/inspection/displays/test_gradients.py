"""The picture of the gradient flow: means over sequences, models on one another."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.inspection import GradientFlowDisplay, gradient_flow

X, y = ["ACGTAC", "TTA", "G"], [0, 1, 0]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def models():
    return {
        cell: make_pipeline(
            DNATokenizer(), RecurrentClassifier(cell=cell, hidden_size=5, max_epochs=1, random_state=0)
        ).fit(X, y)
        for cell in ("rnn", "lstm")
    }


def test_lines_are_geometric_means_by_distance(models):
    display = GradientFlowDisplay.from_estimators(models, X, y, kind="norm")
    assert [line.get_label() for line in display.ax_.lines] == ["rnn", "lstm"]
    assert display.ax_.get_yscale() == "log"
    for line, model in zip(display.ax_.lines, models.values(), strict=True):
        long, middle, short = gradient_flow(model, X, y)
        expected = [
            (long[-1] * middle[-1] * short[-1]) ** (1 / 3),
            np.sqrt(long[-2] * middle[-2]),
            np.sqrt(long[-3] * middle[-3]),
            *long[2::-1],
        ]
        np.testing.assert_allclose(line.get_ydata(), expected, rtol=1e-5)
        np.testing.assert_array_equal(line.get_xdata(), range(6))


def test_relative_norms_begin_at_1_in_the_order_of_reading(models):
    for direction, first in (("forward", -1), ("backward", 0)):
        display = GradientFlowDisplay.from_estimator(models["rnn"], X[:1], y[:1], direction=direction)
        norms = gradient_flow(models["rnn"], X[0], y[0], direction=direction)
        (line,) = display.ax_.lines
        expected = norms[::-1] if direction == "forward" else norms
        np.testing.assert_allclose(line.get_ydata(), expected / norms[first], rtol=1e-5)
        assert line.get_label() == "bidirectional RNN"


def test_vanished_gradients_are_left_out():
    norms = [np.array([0.0, 1.0]), np.array([3.0, 0.0]), np.array([])]
    display = GradientFlowDisplay({"a": norms}).plot(ax=(ax := plt.figure().subplots()))
    assert display.ax_ is ax
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [1, np.nan])
    assert len(GradientFlowDisplay({"a": norms[1:]}).plot().ax_.lines[0].get_ydata()) == 0
