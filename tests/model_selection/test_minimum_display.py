"""MinimumDisplay: curves as computed, the minimum marked, several over each other."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from seqestimators.model_selection import Minimum, MinimumDisplay


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def make_result(values, means, *, name="n_samples", threshold=0.9, width=0.05):
    index = pd.Index(values, name=name, tupleize_cols=False)
    means = np.array(means)
    enough = np.flatnonzero(means - width >= threshold)
    return Minimum(
        value=values[enough[0]] if len(enough) else None,
        curve=pd.DataFrame(
            {"mean": means, "std": 0.02, "low": means - width, "high": means + width}, index=index
        ),
        scores=pd.DataFrame({0: means - 0.01, 1: means + 0.01}, index=index),
        threshold=threshold,
        confidence=0.95,
        scoring="accuracy",
    )


def labels_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_curve_is_drawn_as_computed_and_its_minimum_marked():
    result = make_result([1, 10, 100], [0.4, 0.8, 0.99])
    ax = MinimumDisplay.from_result(result, name="LSTM").ax_
    (bars,) = ax.containers
    np.testing.assert_array_equal(bars[0].get_xydata(), np.column_stack([[1, 10, 100], result.curve["mean"]]))
    band = ax.collections[-1].get_paths()[0].vertices[:, 1]
    assert band.min() == result.curve["low"].min()
    assert band.max() == 1 < result.curve["high"].max()  # the score of an accuracy ends there
    (star,) = [line for line in ax.lines if line.get_marker() == "*"]
    assert star.get_xydata().tolist() == [[100, 0.99]]
    assert not ax.texts  # a number in the picture may lie on a curve
    assert labels_of(ax) == ["LSTM, minimum 100"]
    assert any(list(line.get_ydata()) == [0.9, 0.9] for line in ax.lines)
    assert ax.get_ylabel() == "accuracy"


def test_several_results_lie_over_each_other_on_given_axes():
    figure, ax = plt.subplots()
    display = MinimumDisplay.from_results(
        {"LSTM": make_result([5, 50], [0.5, 0.8]), "table": make_result([1, 20], [0.7, 1.0])}, ax=ax
    )
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert labels_of(ax) == ["LSTM, not reached", "table, minimum 20"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "5", "20", "50"]
    assert len({bars[0].get_color() for bars in ax.containers}) == 2


@pytest.mark.parametrize(
    ("values", "scale"), [([1, 2, 4], "linear"), ([1, 2, 16], "log"), ([0, 10, 100], "linear")]
)
def test_the_axis_is_logarithmic_where_values_spread(values, scale):
    display = MinimumDisplay.from_result(make_result(values, [0.1, 0.2, 0.3], name="lstm__hidden_size"))
    assert display.ax_.get_xscale() == scale
    assert display.ax_.get_xlabel() == "hidden size"


def test_values_that_are_no_numbers_stand_in_their_order():
    values = [(8,), (4, 4), (16, 16)]
    ax = MinimumDisplay.from_result(make_result(values, [0.3, 0.5, 1.0])).ax_
    assert [label.get_text() for label in ax.get_xticklabels()] == ["(8,)", "(4, 4)", "(16, 16)"]
    assert labels_of(ax) == ["mean, minimum (16, 16)"]


@pytest.mark.parametrize("n_values", [1, 300])
def test_few_and_many_values_can_be_read(n_values):
    result = make_result(list(range(1, n_values + 1)), np.linspace(0.2, 1, n_values))
    display = MinimumDisplay.from_result(result)
    display.figure_.canvas.draw()
    assert len(display.ax_.get_xticks()) <= 12


def test_wide_intervals_leave_the_view_to_the_scores():
    low, high = MinimumDisplay.from_result(make_result([1, 2], [0.5, 1.01], width=5)).ax_.get_ylim()
    assert 0.4 < low < 0.49
    assert 1.02 < high < 1.12


def test_what_can_not_be_drawn_is_refused():
    result = make_result([1], [0.5])
    with pytest.raises(ValueError, match="results is empty"):
        MinimumDisplay.from_results({})
    with pytest.raises(TypeError, match=r"results\['LSTM'\] is a float: give what minimum_capacity"):
        MinimumDisplay.from_results({"LSTM": 0.5})
    with pytest.raises(ValueError, match="different parameters, .*training rows.*hidden size"):
        MinimumDisplay.from_results({"a": result, "b": make_result([1], [0.5], name="hidden_size")})
