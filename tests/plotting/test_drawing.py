"""What displays draw with: axes that are given or made, tokens as ticks, matrices as colours."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from seqestimators.plotting import (
    draw_heatmap,
    label_tokens,
    letter_color,
    marker_of,
    name_score,
    open_axes,
    open_panels,
    tick_whole_numbers,
    token_height,
    token_width,
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def texts_of(labels):
    return [label.get_text() for label in labels]


def test_axes_are_the_given_ones_or_those_of_a_figure_of_this_size():
    ax = open_axes(None, 3, 2)
    assert ax.figure.get_size_inches().tolist() == [3, 2]
    assert open_axes(ax, 8, 8) is ax
    assert ax.figure.get_size_inches().tolist() == [3, 2]


@pytest.mark.parametrize("n_columns", [1, 2])
def test_panels_are_made_or_as_given_or_cut_from_one(n_columns):
    made = open_panels(None, 2, n_columns, 5, 4, sharex=True)
    assert made.shape == (2, n_columns)
    assert made[0, 0].figure.get_size_inches().tolist() == [5, 4]
    assert made[0, 0].get_shared_x_axes().joined(made[0, 0], made[1, 0])
    given = open_panels(made.ravel(), 2, n_columns, 9, 9)
    assert given.tolist() == made.tolist()
    cut = open_panels(plt.subplots()[1], 2, n_columns, 9, 9)
    assert cut.shape == (2, n_columns)
    assert all(isinstance(ax, Axes) for ax in cut.flat)


def test_one_panel_is_the_given_axes_itself():
    ax = open_axes(None)
    assert open_panels(ax, 1, 1, 9, 9).item() is ax


def test_panels_of_another_number_are_refused():
    with pytest.raises(ValueError, match="ax holds 3 Axes, but there are 2 panels"):
        open_panels(plt.subplots(3)[1], 2, 1, 5, 4)
    free = plt.figure().add_axes([0, 0, 1, 1])  # in no grid, so that it can't be divided
    with pytest.raises(ValueError, match="made by plt.subplots"):
        open_panels(free, 2, 1, 5, 4)


def test_a_short_row_shows_every_token():
    ax = open_axes(None)
    label_tokens(ax.xaxis, ["A", "C"])
    assert texts_of(ax.get_xticklabels()) == ["A", "C"]
    assert ax.get_xticks().tolist() == [0, 1]


@pytest.mark.parametrize(("side", "step"), [("x", 5), ("y", 10)])
def test_of_a_long_row_every_so_many_tokens_are_shown_with_their_positions(side, step):
    ax = open_axes(None)
    tokens = [str(i % 7) for i in range(200)]
    axis = getattr(ax, f"{side}axis")
    label_tokens(axis, tokens)
    assert texts_of(axis.get_ticklabels()) == tokens[step - 1 :: step]
    assert texts_of(axis.get_ticklabels(minor=True)) == [str(i) for i in range(10, 201, 10)]


def test_letters_have_positions_below():
    ax = open_axes(None, width=7.5)
    label_tokens(ax.xaxis, list("ACGT" * 10))
    assert texts_of(ax.get_xticklabels()) == list("ACGT" * 10)
    assert texts_of(ax.get_xticklabels(minor=True)) == ["5", "10", "15", "20", "25", "30", "35", "40"]


def test_letters_of_logos_have_the_usual_colours():
    assert letter_color("U", ["A", "U"]) == letter_color("T", ["T"])
    assert letter_color("K", ["D", "K"]) == letter_color("R", ["R"]) != letter_color("D", ["D"])
    assert letter_color("ATG", ["ATG"]) == "0.4"


def test_scores_have_plain_names():
    assert name_score("neg_mean_squared_error") == "negative mean squared error"
    assert name_score("balanced_accuracy") == "balanced accuracy"


def test_long_tokens_are_turned_where_they_would_overlap():
    ax = open_axes(None)
    label_tokens(ax.xaxis, ["[C@@H]", "C"] * 8)
    label_tokens(ax.yaxis, ["[C@@H]", "C"])
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {90}
    assert {label.get_rotation() for label in ax.get_yticklabels()} == {0}


def test_heatmap_shows_the_matrix_in_the_colours_of_its_signs():
    values = np.array([[0.5, -2.0], [1.0, np.nan]])
    image = draw_heatmap(open_axes(None), values, diverging=True, label="change")
    np.testing.assert_array_equal(image.get_array(), np.ma.masked_invalid(values))
    assert image.get_clim() == (-2, 2)
    np.testing.assert_allclose(image.cmap(image.norm(0.0))[:3], 1, atol=0.05)  # 0 is white
    assert image.colorbar.ax.get_ylabel() == "change"
    assert draw_heatmap(open_axes(None), abs(values)).get_clim() == (0, 2)
    assert draw_heatmap(open_axes(None), values, limit=5).get_clim() == (0, 5)


def test_a_heatmap_of_zeros_or_nothing_has_a_scale():
    for values in (np.zeros((2, 3)), np.full((2, 3), np.nan)):
        assert draw_heatmap(open_axes(None), values).get_clim() == (0, 1)


def test_points_are_marked_until_they_would_merge():
    assert "marker" in marker_of(5)
    assert marker_of(1000) == {}


def test_ticks_of_counts_are_whole_numbers():
    ax = open_axes(None)
    ax.plot([1, 2], [0, 1])
    tick_whole_numbers(ax.xaxis)
    assert all(tick == int(tick) for tick in ax.get_xticks())


@pytest.mark.parametrize("size", [token_width, token_height])
def test_pictures_grow_with_their_tokens_within_limits(size):
    sizes = [size(n) for n in (0, 20, 40, 10_000)]
    assert sizes == sorted(sizes)
    assert size(10_000) == size(20_000)
    assert size(0) == size(1)
