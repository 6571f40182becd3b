"""Mutagenesis as a picture: the numbers drawn are those computed."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, SmilesTokenizer
from seqestimators.inspection import MutagenesisDisplay, mutagenesis
from seqestimators.plotting.drawing import BASE_COLORS

SETTINGS = {"hidden_size": 5, "embedding_dim": 3, "max_epochs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def model():
    return make_pipeline(DNATokenizer(), RecurrentClassifier(**SETTINGS)).fit(["ACGT", "TT"], ["a", "b"])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_heatmap_shows_every_change(model):
    display = MutagenesisDisplay.from_estimator(model, "GATT")
    (predicted,) = model.predict(["GATT"])
    changes = mutagenesis(model, "GATT", target=predicted)
    np.testing.assert_array_equal(display.ax_.images[0].get_array(), changes.T)
    assert ticks(display.ax_.xaxis) == list("GATT")
    assert ticks(display.ax_.yaxis) == list("ACGT")
    dots = display.ax_.collections[0].get_offsets()
    assert dots.tolist() == [[0, 2], [1, 0], [2, 3], [3, 3]]
    assert display.figure_.axes[1].get_ylabel() == f"change of the\nlog-odds of {predicted}"
    probability = model.predict_proba(["GATT"]).max()
    assert display.ax_.get_title() == f"Predicted {predicted}, probability {probability:.3f}"


def test_logo_letters_are_as_high_as_they_are_important(model):
    display = MutagenesisDisplay.from_estimator(model, "GATT", target="b", kind="logo")
    boxes = [patch.get_path().get_extents() for patch in display.ax_.patches]
    importances = -mutagenesis(model, "GATT").sum(axis=1) / 3
    np.testing.assert_allclose([box.height for box in boxes], np.abs(importances), rtol=1e-6)
    np.testing.assert_allclose([box.x0 + box.width / 2 for box in boxes], range(4), atol=1e-6)
    np.testing.assert_allclose(display.importances, importances)
    colors = [patch.get_facecolor() for patch in display.ax_.patches]
    assert colors == [to_rgba(BASE_COLORS[base]) for base in "GATT"]


def test_bars_of_hidden_tokens_on_given_axes():
    model = make_pipeline(SmilesTokenizer(), RecurrentClassifier(**SETTINGS)).fit(["CCO", "C=N"], ["a", "b"])
    ax = plt.figure().add_subplot()
    display = MutagenesisDisplay.from_estimator(model, "C=NO", target="b", ax=ax)
    assert display.ax_ is ax
    heights = [bar.get_height() for bar in ax.patches]
    np.testing.assert_allclose(heights, -mutagenesis(model, "C=NO")["without"])
    assert ticks(ax.xaxis) == list("C=NO")
    with pytest.raises(ValueError, match='kind="logo" shows substitutes, but tokens were hidden'):
        display.plot(kind="logo")


@pytest.mark.parametrize("kind", ["heatmap", "logo", "bars"])
@pytest.mark.parametrize("length", [0, 1, 300])
def test_every_length_can_be_drawn(model, kind, length):
    display = MutagenesisDisplay.from_estimator(model, ["A" * length], kind=kind)
    display.figure_.canvas.draw()
