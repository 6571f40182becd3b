"""The picture of the gates: what is drawn is what was computed."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.inspection import GateDisplay, gate_trace


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module", params=["lstm", "gru"])
def model(request):
    estimator = RecurrentClassifier(cell=request.param, hidden_size=5, max_epochs=1, random_state=0)
    return make_pipeline(DNATokenizer(), estimator).fit(["ACGT", "TT"], [0, 1])


def ticks_of(ax):
    return [label.get_text() for label in ax.get_xticklabels()]


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_each_panel_shows_what_the_cell_computed(model, direction):
    display = GateDisplay.from_estimator(model, "ACGTT", direction=direction)
    gates = gate_trace(model, "ACGTT", direction=direction)
    for ax, values in zip(display.axes_, gates.values(), strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), values.T)
    assert ticks_of(display.axes_[-1]) == list("ACGTT")
    assert display.ax_.get_title().endswith(direction)
    assert display.figure_ is display.ax_.figure


def test_gates_run_from_0_to_1_and_states_have_two_signs(model):
    for ax in GateDisplay.from_estimator(model, "ACG").axes_:
        low, high = ax.images[0].get_clim()
        assert low == (0 if "gate" in ax.get_ylabel() else -high)


def test_means_are_lines_each_gate_in_its_panel(model):
    display = GateDisplay.from_estimator(model, "ACG", kind="mean")
    gates = gate_trace(model, "ACG")
    names = [name for name in gates if name in "iforz"]
    assert [ax.get_ylabel()[-1] for ax in display.axes_] == names
    for ax, name in zip(display.axes_, names, strict=True):
        np.testing.assert_allclose(ax.lines[0].get_ydata(), gates[name].mean(axis=1))


def test_one_axes_is_divided_and_several_are_taken(model):
    n_panels = len(gate_trace(model, "A"))
    figure, (left, right) = plt.subplots(1, 2)
    display = GateDisplay.from_estimator(model, "A", ax=right)
    assert display.figure_ is figure
    assert len(figure.axes) == 2 + 2 * n_panels  # each panel with its colour bar
    given = plt.figure().subplots(n_panels)
    assert list(GateDisplay.from_estimator(model, "A", ax=given).axes_) == list(given)
    with pytest.raises(ValueError, match=f"ax holds 2 Axes, but there are {n_panels} panels"):
        GateDisplay.from_estimator(model, "A", ax=[left, right])


def test_an_empty_sequence_and_several_are_refused(model):
    with pytest.raises(ValueError, match="x is an empty sequence"):
        GateDisplay.from_estimator(model, [""])
    with pytest.raises(ValueError, match="x holds 2 sequences"):
        GateDisplay.from_estimator(model, ["A", "C"])
