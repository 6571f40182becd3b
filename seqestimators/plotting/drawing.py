"""What all displays draw with: axes, colours, tokens as ticks."""

from typing import Any, Self

import numpy as np

__all__ = [
    "COLORS",
    "Display",
    "draw_band",
    "draw_heatmap",
    "label_tokens",
    "marker_of",
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
MAX_TICKS = 60
"""Tokens, at most, that are all written; of more, every so many."""


class Display:
    """What all displays have in common: they say where they have drawn."""

    def _finish(self, axes: Any, title: str | None = None) -> Self:
        """Keep the Axes, or the panels, with the picture, and write a title unless there is one."""
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
        ``sharex`` and ``sharey``, as ``plt.subplots`` takes them.

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
    return ax.get_subplotspec().subgridspec(n_rows, n_columns).subplots(squeeze=False, **sharing)


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
    return float(np.clip(1.6 + 0.22 * n_tokens, 4.8, 14))


def token_height(n_tokens):
    """Return a height in inches at which a column of so many tokens can be read."""
    return float(np.clip(1.2 + 0.2 * n_tokens, 2.4, 11))


def label_tokens(axis, tokens):
    """Write tokens at the whole numbers of an axis; of many, every so many and their positions.

    Parameters
    ----------
    axis : matplotlib Axis
        ``ax.xaxis`` or ``ax.yaxis``; token `i` stands at `i`.
    tokens : list of str

    Examples
    --------
    >>> from seqestimators.plotting import label_tokens, open_axes
    >>> ax = open_axes(None)
    >>> label_tokens(ax.xaxis, ["A", "C", "Cl"])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['A', 'C', 'Cl']
    """
    n_tokens = len(tokens)
    if n_tokens <= MAX_TICKS:
        positions, labels = np.arange(n_tokens), list(tokens)
    else:
        step = next(step for step in (10, 20, 25, 50, 100, 200, 500, 10**9) if n_tokens / step <= 30)
        positions = np.arange(step - 1, n_tokens, step)
        between = "\n" if axis.axis_name == "x" else " "
        labels = [f"{tokens[i]}{between}{i + 1}" for i in positions]
    longest = max((len(part) for label in labels for part in label.split("\n")), default=0)
    widest = 4 if len(labels) <= 30 else 2  # characters a label has room for
    is_crowded = axis.axis_name == "x" and longest > widest
    axis.set_ticks(
        positions,
        labels,
        fontsize=9 if len(labels) <= 30 else 7,
        rotation=90 if is_crowded else 0,
        family="monospace",
    )


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
        Of the colour bar.
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
