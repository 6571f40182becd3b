"""What all displays draw with: axes, colours, tokens as ticks."""

from typing import Any, Self

import numpy as np

__all__ = [
    "COLORS",
    "Display",
    "draw_band",
    "draw_heatmap",
    "label_tokens",
    "letter_color",
    "marker_of",
    "name_score",
    "open_axes",
    "open_panels",
    "tick_whole_numbers",
    "token_height",
    "token_width",
]

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Of lines and bars: Okabe and Ito's palette, which colour-blind readers can tell apart."""
SEQUENTIAL = "viridis"
"""Colour map of numbers that begin at 0."""
DIVERGING = "PuOr_r"
"""Colour map of numbers around 0: purple below, white at 0, orange above."""
MAX_WIDTH = 7.5
"""Of a figure in inches: that of a page."""
MAX_TICKS = 60
"""Points of a line, at most, that are all marked."""
MIN_FONT = 7.0
"""Smallest size of letters, in points."""
MIN_COUNTED = 10
"""Fewest tokens whose positions are written."""
CHARACTER = 0.62
"""Width of a monospaced letter, in its size."""
STEPS = (1, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10**9)
"""Of how many tokens one is written, or its position."""
BASE_COLORS = {"A": "#109648", "C": "#255C99", "G": "#F7B32B", "T": "#D62839", "U": "#D62839"}
"""Of nucleotides, as sequence logos have them."""
RESIDUE_COLORS = {
    letter: color
    for letters, color in {
        "GSTYC": "#109648",  # polar
        "NQ": "#7B3FA0",  # with an amide
        "KRH": "#255C99",  # basic
        "DE": "#D62839",  # acidic
        "AVLIPWFM": "#222222",  # hydrophobic
    }.items()
    for letter in letters
}
"""Of amino acids, by their chemistry, as sequence logos have them."""
SCORE_NAMES = {"roc_auc": "ROC-AUC", "f1": "F1", "r2": "R²", "neg_log_loss": "negative log loss"}
"""What a picture calls scores whose names are no plain words."""


class Display:
    """What all displays have in common: they say where they have drawn."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _finish(self, axes: Any, title: str | None = None) -> Self:
        """Keep the Axes, or the panels, and write a title above the first unless there is one."""
        if np.ndim(axes):
            self.axes_ = axes
        self.ax_ = np.ravel(axes)[0]
        self.figure_ = self.ax_.figure
        if title and not self.ax_.get_title():
            self.ax_.set_title(title)
        return self


def open_axes(ax, width=6.4, height=4.0):
    """Return the axes to draw on: the given ones, or those of a new figure.

    Parameters
    ----------
    ax : matplotlib Axes or None
        None makes a new figure.
    width, height : float, default=6.4, 4.0
        Of the new figure, in inches.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> from seqestimators.plotting import open_axes
    >>> ax = open_axes(None, width=3, height=2)
    >>> open_axes(ax) is ax
    True
    """
    if ax is not None:
        return ax
    return _import_pyplot().subplots(figsize=(width, height), layout="constrained")[1]


def open_panels(ax, n_rows, n_columns, width, height, **sharing):
    """Return a grid of axes to draw on, as `open_axes` returns one.

    Parameters
    ----------
    ax : None, matplotlib Axes or array of Axes
        None makes a new figure of this size in inches; one Axes is divided;
        of several, there must be as many as panels.
    n_rows, n_columns : int
    width, height : float
        Of the whole figure.
    **sharing : dict
        ``sharex``, ``sharey``, ``width_ratios`` and ``height_ratios``, as
        ``plt.subplots`` takes them.

    Returns
    -------
    ndarray of shape (n_rows, n_columns), dtype object
        The Axes.

    Raises
    ------
    ValueError
        `ax` holds another number of Axes, or is one that can't be divided.

    Examples
    --------
    >>> from seqestimators.plotting import open_panels
    >>> open_panels(None, 2, 3, width=6, height=4, sharex=True).shape
    (2, 3)
    """
    if ax is None:
        return _import_pyplot().subplots(
            n_rows, n_columns, figsize=(width, height), layout="constrained", squeeze=False, **sharing
        )[1]
    given = np.atleast_1d(np.asarray(ax, dtype=object))
    if given.size == n_rows * n_columns:
        return given.reshape(n_rows, n_columns)
    if given.size > 1 or ax.get_subplotspec() is None:
        raise ValueError(
            f"ax holds {given.size} Axes, but there are {n_rows * n_columns} panels: give as many; or one, "
            "made by plt.subplots, which is divided; or None"
        )
    ax.set_axis_off()
    ratios = {name: sharing.pop(name) for name in ("width_ratios", "height_ratios") if name in sharing}
    return ax.get_subplotspec().subgridspec(n_rows, n_columns, **ratios).subplots(squeeze=False, **sharing)


def _import_pyplot():
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError(
            "Displays need matplotlib, which is not installed: pip install seqestimators[plot]"
        ) from None
    return plt


def tick_whole_numbers(axis):
    """Put ticks at whole numbers only, however short the axis is."""
    axis.get_major_locator().set_params(integer=True, min_n_ticks=1)


def marker_of(n_points):
    """Return the marker of a line's points: dots, unless they are so many that they would merge."""
    return {"marker": "o", "markersize": 3.5} if n_points <= MAX_TICKS else {}


def draw_band(ax, x, middle, band, *, color, **style):
    """Draw a line and, unless it is None, the band around it, paler: its lower and upper edge."""
    ax.plot(x, middle, color=color, **style, **marker_of(len(x)))
    if band is not None:
        ax.fill_between(x, *band, color=color, alpha=0.15, linewidth=0)


def token_width(n_tokens):
    """Return a width in inches at which a row of so many tokens can be read."""
    return float(np.clip(1.6 + 0.22 * n_tokens, 4.8, MAX_WIDTH))


def token_height(n_tokens):
    """Return a height in inches at which a column of so many tokens can be read."""
    return float(np.clip(1.2 + 0.2 * n_tokens, 2.4, 11))


def name_score(scoring):
    """Return what a picture calls one of scikit-learn's scorings.

    Parameters
    ----------
    scoring : str

    Returns
    -------
    str

    Examples
    --------
    >>> from seqestimators.plotting.drawing import name_score
    >>> name_score("roc_auc"), name_score("neg_mean_squared_error")
    ('ROC-AUC', 'negative mean squared error')
    """
    name = SCORE_NAMES.get(scoring, scoring).replace("_", " ")
    return "negative " + name.removeprefix("neg ") if name.startswith("neg ") else name


def letter_color(token, alphabet):
    """Return the colour that sequence logos give a letter.

    Parameters
    ----------
    token : str
    alphabet : list of str
        All tokens of its kind, which tell nucleotides from amino acids.

    Returns
    -------
    str
        Grey where there is no convention.

    Examples
    --------
    >>> from seqestimators.plotting.drawing import letter_color
    >>> letter_color("A", ["A", "C", "G", "T"]) == letter_color("A", ["A", "W"])
    False
    """
    is_nucleotide = {*alphabet} <= {*BASE_COLORS, "N"}
    return (BASE_COLORS if is_nucleotide else RESIDUE_COLORS).get(token, "0.4")


def label_tokens(axis, tokens):
    """Write tokens at the whole numbers of an axis, and behind them every so many positions.

    The letters are as large as the axis has room for. Where there is none for
    each, every so many are written. Positions are counted from 1.

    Parameters
    ----------
    axis : matplotlib Axis
        ``ax.xaxis`` or ``ax.yaxis``; token `i` stands at `i`. The tokens are
        the major ticks, the positions the minor ones.
    tokens : list of str

    Examples
    --------
    >>> from seqestimators.plotting import label_tokens, open_axes
    >>> ax = open_axes(None)
    >>> label_tokens(ax.xaxis, list("ACGTACGTAC"))
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['A', 'C', 'G', 'T', 'A', 'C', 'G', 'T', 'A', 'C']
    >>> [label.get_text() for label in ax.get_xticklabels(minor=True)]
    ['5', '10']
    """
    n_tokens = len(tokens)
    is_x = axis.axis_name == "x"
    slot = _length_of(axis) / max(n_tokens, 1)  # points from one token to the next
    line = 1.1 * MIN_FONT  # room of a line, and of a token that is turned
    longest = max(map(len, tokens), default=0)
    room = min(line, CHARACTER * MIN_FONT * longest + 1) if is_x else line
    step = next(step for step in STEPS if step * slot >= room)
    shown = range(n_tokens) if step == 1 else range(step - 1, n_tokens, step)
    fontsize = float(np.clip(step * slot / 1.15, MIN_FONT, 9))
    length = CHARACTER * fontsize * longest
    is_turned = is_x and length > step * slot
    turn = 90 if is_turned else 0
    axis.set_ticks(shown, [tokens[i] for i in shown], fontsize=fontsize, rotation=turn, family="monospace")
    if n_tokens < MIN_COUNTED:
        return
    digits = CHARACTER * MIN_FONT * (len(str(n_tokens)) + 1) if is_x else line
    every = next(every for every in STEPS[1:] if every * slot >= digits)
    places = range(every - 1, n_tokens, every)
    axis.remove_overlapping_locs = False
    axis.set_ticks(places, [str(i + 1) for i in places], minor=True, fontsize=MIN_FONT, color="0.4")
    behind = length + 3 if is_turned or not is_x else 1.1 * fontsize
    axis.set_tick_params(which="minor", length=0, pad=5.5 + behind)


def _length_of(axis):
    """Length of an axis in points, before the layout has moved it."""
    box, (width, height) = axis.axes.get_position(), axis.axes.figure.get_size_inches()
    return 72 * (box.width * width if axis.axis_name == "x" else box.height * height)


def draw_heatmap(ax, values, *, diverging=False, label="", limit=None):
    """Draw a matrix and its colour bar; if diverging, 0 is white.

    Parameters
    ----------
    ax : matplotlib Axes
    values : ndarray of shape (n_rows, n_columns)
        Row 0 is drawn on top; NaN is left grey.
    diverging : bool, default=False
        Whether the numbers have two signs.
    label : str, default=""
        Label of the colour bar.
    limit : float or None, default=None
        Largest magnitude the colours tell apart; None takes that of `values`.

    Returns
    -------
    matplotlib AxesImage

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.plotting import draw_heatmap, open_axes
    >>> values = np.array([[-0.5, 2.0], [1.0, np.nan]])
    >>> image = draw_heatmap(open_axes(None), values, diverging=True)
    >>> tuple(map(float, image.get_clim()))
    (-2.0, 2.0)
    """
    if limit is None:
        limit = float(np.nanmax(np.abs(values), initial=0)) or 1.0
    ax.set_facecolor("0.85")
    image = ax.imshow(
        values,
        aspect="auto",
        interpolation="nearest",
        cmap=DIVERGING if diverging else SEQUENTIAL,
        vmin=-limit if diverging else 0,
        vmax=limit,
    )
    ax.figure.colorbar(image, ax=ax, label=label, fraction=0.05, pad=0.02)
    return image
