"""HiddenStateDisplay: what is drawn is what was computed."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.inspection import HiddenStateDisplay, hidden_states


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def model():
    estimator = RecurrentClassifier(hidden_size=5, num_layers=2, max_epochs=1, random_state=0)
    return make_pipeline(DNATokenizer(), estimator).fit(["ACGT", "TT"], [0, 1])


def ticks_of(ax):
    return [label.get_text() for label in ax.get_xticklabels()]


@pytest.mark.parametrize("layer", [0, -1])
def test_the_heatmap_has_a_row_a_unit_and_two_signs(model, layer):
    display = HiddenStateDisplay.from_estimator(model, "ACGTT", layer=layer)
    (image,) = display.ax_.images
    np.testing.assert_allclose(image.get_array(), hidden_states(model, "ACGTT", layer=layer).T, atol=1e-6)
    low, high = image.get_clim()
    assert low == -high
    assert ticks_of(display.ax_) == list("ACGTT")
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == ["forward", "backward"]
    assert display.ax_.lines[0].get_ydata() == [4.5, 4.5]  # between the directions
    assert display.ax_.get_title() == "Hidden states of bidirectional LSTM"
    assert display.figure_ is display.ax_.figure


def test_norms_are_a_line_on_the_given_axes(model):
    ax = plt.figure().subplots()
    display = HiddenStateDisplay.from_estimator(model, "ACG", kind="norm", ax=ax)
    assert display.ax_ is ax
    states = hidden_states(model, "ACG")
    for line, part in zip(ax.lines, (states[:, :5], states[:, 5:]), strict=True):
        np.testing.assert_allclose(line.get_ydata(), np.linalg.norm(part, axis=1), atol=1e-6)
    assert [line.get_label() for line in ax.lines] == ["forward", "backward"]
    assert ax.get_ylabel() == "norm of the hidden state"


def test_a_title_of_one_s_own_stays_and_kinds_are_checked(model):
    ax = plt.figure().subplots()
    ax.set_title("mine")
    display = HiddenStateDisplay.from_estimator(model, "A", ax=ax)
    assert ax.get_title() == "mine"
    with pytest.raises(ValueError, match="kind"):
        display.plot(kind="bars")
    with pytest.raises(ValueError, match="x holds 2 sequences"):
        HiddenStateDisplay.from_estimator(model, ["A", "C"])
