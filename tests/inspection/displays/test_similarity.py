"""TokenSimilarityDisplay: a bar for each token, its interval, and groups in colour."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from sklearn.pipeline import make_pipeline

from seqestimators import CodonTokenizer, RecurrentClassifier
from seqestimators.inspection import TokenSimilarityDisplay, token_similarity
from seqestimators.plotting import COLORS

CODONS = [a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT"]
X, y = ["".join(CODONS), "".join(CODONS[:32]), "".join(CODONS[32:]), "ATGTAA"], [0, 1, 0, 1]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def fit(seed, rows=X):
    model = RecurrentClassifier(hidden_size=4, embedding_dim=4, max_epochs=1, random_state=seed)
    return make_pipeline(CodonTokenizer(), model).fit(rows, y)


@pytest.fixture(scope="module")
def models():
    return [fit(seed) for seed in range(3)]


def names_of(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def bars_of(ax):
    return [bar.get_width() for bar in ax.patches if bar.get_width()]


def test_bars_are_the_similarities_of_one_model(models):
    display = TokenSimilarityDisplay.from_estimator(models[0], "ATG", max_tokens=63)
    table = token_similarity(models[0], "ATG")
    np.testing.assert_allclose(bars_of(display.ax_), table["similarity"])
    assert names_of(display.ax_) == list(table.index)
    assert not display.ax_.containers[1:]


def test_several_models_have_intervals(models):
    display = TokenSimilarityDisplay.from_estimators(models, "ATG", others=["TAA", "CCC"], confidence=0.5)
    table = token_similarity(models, "ATG", others=["TAA", "CCC"], confidence=0.5)
    (bars,) = [drawn for drawn in display.ax_.containers if getattr(drawn, "has_xerr", False)]
    drawn = [segment[:, 0] for segment in bars[2][0].get_segments()]
    np.testing.assert_allclose(drawn, table[["low", "high"]])
    assert "mean of 3 models" in display.ax_.get_xlabel()


def test_of_many_tokens_both_ends_are_drawn_and_the_rest_is_counted(models):
    display = TokenSimilarityDisplay.from_estimator(models[0], "ATG", max_tokens=11)
    order = list(token_similarity(models[0], "ATG").index)
    assert names_of(display.ax_) == order[:6] + order[-5:]
    assert [text.get_text() for text in display.ax_.texts] == ["52 tokens between are left out"]
    assert list(display.ax_.get_yticks()) == [*range(6), *range(7, 12)]


def test_groups_are_coloured_and_named(models):
    groups = {"stop": ["TAA", "TAG"], "glycine": ["GGG"]}
    display = TokenSimilarityDisplay.from_estimator(models[0], "ATG", groups=groups, max_tokens=63)
    colors = dict(
        zip(names_of(display.ax_), (bar.get_facecolor() for bar in display.ax_.patches), strict=False)
    )
    assert colors["TAA"] == colors["TAG"] == to_rgba(COLORS[0])
    assert colors["GGG"] == to_rgba(COLORS[1])
    assert colors["AAA"] == to_rgba("#8FA3B0")
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == ["stop", "glycine"]


def test_a_token_that_a_model_lacks_is_marked(models):
    narrow = fit(0, rows=[row.replace("CCC", "ATG") for row in X])
    display = TokenSimilarityDisplay.from_estimators([narrow, *models], "ATG", max_tokens=63)
    assert "CCC (3 of 4)" in names_of(display.ax_)


def test_one_bar_on_given_axes(models):
    figure, ax = plt.subplots()
    display = TokenSimilarityDisplay.from_estimators(models[:1], "ATG", others=["TAA"], ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is figure
    figure.canvas.draw()
    with pytest.raises(ValueError, match="max_tokens"):
        display.plot(max_tokens=1)
