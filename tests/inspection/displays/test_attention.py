"""AttentionDisplay: bars over the tokens, or source against target."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentSeq2Seq
from seqestimators.inspection import AttentionDisplay, attention_weights

X, y = ["ACGTAC", "TT", "GATTACA", "C"], [0, 1, 0, 1]
SMALL = {"hidden_size": 4, "max_epochs": 1, "random_state": 0}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def classifier():
    return make_pipeline(DNATokenizer(), RecurrentClassifier(pooling="attention", **SMALL)).fit(X, y)


@pytest.fixture(scope="module")
def translator():
    return make_pipeline(DNATokenizer(), RecurrentSeq2Seq(**SMALL)).fit(X, ["ab", "b", "abba", "a"])


def labels_of(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_bars_are_the_weights_over_the_tokens(classifier):
    display = AttentionDisplay.from_estimator(classifier, "GATTACA")
    heights = [bar.get_height() for bar in display.ax_.patches]
    np.testing.assert_allclose(heights, attention_weights(classifier, "GATTACA"), atol=1e-6)
    assert labels_of(display.ax_.xaxis) == list("GATTACA")


def test_rows_are_the_tokens_of_the_target_and_its_end(translator):
    display = AttentionDisplay.from_estimator(translator, "ACGT", "abb")
    (image,) = display.ax_.images
    np.testing.assert_allclose(image.get_array(), attention_weights(translator, "ACGT", "abb"), atol=1e-6)
    assert labels_of(display.ax_.xaxis) == list("ACGT")
    assert labels_of(display.ax_.yaxis) == ["a", "b", "b", "<eos>"]
    predicted = translator.predict(["ACGT"])[0]
    display = AttentionDisplay.from_estimator(translator, "ACGT")
    assert labels_of(display.ax_.yaxis) == [*predicted, "<eos>"]


@pytest.mark.parametrize("text", ["A", "ACGT" * 75])
def test_short_and_long_sequences_on_given_axes(classifier, translator, text):
    for model in (classifier, translator):
        figure, ax = plt.subplots()
        display = AttentionDisplay.from_estimator(model, text, ax=ax)
        assert display.ax_ is ax
        assert display.figure_ is figure
        assert len(ax.get_xticks()) <= 60
        figure.canvas.draw()
