"""ComparisonDisplay: every score a dot, every difference to the reference a bar and a verdict."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from seqestimators.model_selection import ComparisonDisplay, compare

MODELS = {"chance": DummyClassifier(), "bayes": GaussianNB(), "neighbours": KNeighborsClassifier()}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def comparison():
    X, y = load_iris(return_X_y=True)
    return compare(MODELS, X, y, cv=5, scoring=["accuracy", "neg_log_loss"])


def texts_of(ax):
    return [text.get_text().replace("\N{MINUS SIGN}", "-") for text in ax.texts]


def test_dots_are_the_scores_of_every_split(comparison):
    display = ComparisonDisplay.from_comparison(comparison)
    *dots, means = display.ax_.collections[:3], display.ax_.collections[-1]
    for row, (name, column) in enumerate(zip(display.scores, dots[0], strict=True)):
        scores, places = column.get_offsets().T
        np.testing.assert_allclose(scores, comparison.scores.loc[name, "accuracy"])
        assert (abs(places - row) < 0.5).all()
    expected = comparison.summary["accuracy", "mean"].sort_values(ascending=False)
    np.testing.assert_allclose(means.get_offsets()[:, 0], expected)
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == list(expected.index)


def test_a_line_joins_the_dots_of_a_split(comparison):
    display = ComparisonDisplay.from_comparison(comparison)
    for split, line in enumerate(display.ax_.lines[:5]):
        np.testing.assert_allclose(line.get_xdata(), display.scores.loc[split])


def test_bars_are_the_intervals_of_the_differences_to_the_reference(comparison):
    display = ComparisonDisplay.from_comparison(comparison, scoring="neg_log_loss", reference="chance")
    pairs = comparison.differences.query("scoring == 'neg_log_loss'").set_index(["first", "second"])
    (bars,) = display.axes_[1].containers
    drawn = [segment[:, 0] for segment in bars[2][0].get_segments()]
    rivals = [name for name in display.scores if name != "chance"]
    for name, (low, high) in zip(rivals, drawn, strict=True):
        pair = pairs.loc["chance", name]
        np.testing.assert_allclose([low, high], [-pair["high"], -pair["low"]])
        assert display.differences.loc[name, "difference"] == -pair["difference"]


def test_an_interval_that_goes_on_beyond_the_panel_ends_in_an_arrow():
    X, y = load_iris(return_X_y=True)
    models = {"bayes": GaussianNB(), "neighbours": KNeighborsClassifier(9)}
    display = ComparisonDisplay.from_estimators(models, X, y, cv=2, scoring="accuracy")
    panel, differences = display.axes_[1], display.differences
    left, right = panel.get_xlim()
    arrows = [(line.get_marker(), *line.get_xydata()[0]) for line in panel.lines if line.get_marker() in "<>"]
    expected = [("<", left, 1 + row) for row in np.flatnonzero(differences["low"] < left)]
    expected += [(">", right, 1 + row) for row in np.flatnonzero(differences["high"] > right)]
    assert arrows == expected  # the reference is row 0
    assert {arrow[0] for arrow in arrows} == {"<", ">"}


def test_the_verdict_says_whether_a_difference_is_shown(comparison):
    display = ComparisonDisplay.from_comparison(comparison)
    best, second, chance = texts_of(display.axes_[1])
    assert display.reference == display.scores.columns[0]
    assert best.endswith("the reference")
    assert ", p = " in second
    assert "not significant" in second
    assert chance.startswith("-0.")
    assert chance.endswith("p < .001")


def test_from_estimators_compares_first():
    X, y = load_iris(return_X_y=True)
    display = ComparisonDisplay.from_estimators(MODELS, X, y, cv=2, scoring="accuracy", reference="bayes")
    assert display.comparison.scores.shape == (6, 3)
    assert display.axes_[1].get_xlabel() == "difference to\nbayes,\n95% interval"


def test_many_estimators_with_long_names_on_given_axes():
    X, y = load_iris(return_X_y=True)
    models = {
        f"neighbours, {k} of them, all of the same weight": KNeighborsClassifier(k) for k in range(1, 11)
    }
    cv = RepeatedStratifiedKFold(n_splits=3, n_repeats=4, random_state=0)
    figure, ax = plt.subplots()
    display = ComparisonDisplay.from_estimators(models, X, y, cv=cv, scoring="accuracy", ax=ax)
    assert display.figure_ is figure
    assert figure.axes == [ax, *display.axes_]  # divided
    assert len(display.axes_[1].texts) == 10
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert max(len(line) for label in labels for line in label.split("\n")) <= 22


def test_equal_estimators_are_no_division_by_zero():
    X, y = load_iris(return_X_y=True)
    display = ComparisonDisplay.from_estimators(
        {"one": DummyClassifier(), "other": DummyClassifier()}, X, y, cv=2, scoring="accuracy"
    )
    assert texts_of(display.axes_[1])[1] == "+0.00, p = 1,\nnot significant"
    display.figure_.canvas.draw()


def test_unknown_names_are_refused(comparison):
    with pytest.raises(ValueError, match="scoring='f1' is none of the comparison's, which are .'accuracy'"):
        ComparisonDisplay.from_comparison(comparison, scoring="f1")
    with pytest.raises(ValueError, match="reference='GRU' is none of the estimators, which are "):
        ComparisonDisplay.from_comparison(comparison, reference="GRU")
