"""Score against size, and the smallest that is enough, as a picture."""

from itertools import cycle
from numbers import Real
from typing import Any, Self

import numpy as np

from ..plotting import COLORS, Display, name_score, open_axes
from .minimum import Minimum

__all__ = ["MinimumDisplay"]

MAX_VALUES = 12
"""Values, at most, that are all written at the axis."""


class MinimumDisplay(Display):
    """How a score rises with the size of a network, or with the number of training rows.

    A line is the mean over the splits, the bars and the band around it are its
    confidence interval, and the horizontal line is the score to reach. The
    first value whose whole interval lies above it is the minimum: a star marks
    it, and the legend names it. The axis is logarithmic where the values
    spread over a factor of ten or more.

    Make it with :meth:`from_result` or :meth:`from_results`.

    Parameters
    ----------
    results : dict of str to Minimum
        What :func:`~seqestimators.model_selection.minimum_capacity` or
        :func:`~seqestimators.model_selection.minimum_samples` returned, each
        with a name. All are of the same parameter.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The Axes of the plot.
    figure_ : matplotlib Figure
        The Figure of the plot.

    Raises
    ------
    ValueError
        There are no results, or they are of different parameters.
    TypeError
        A result is no Minimum.

    See Also
    --------
    seqestimators.model_selection.minimum_capacity : Numbers: how large a network.
    seqestimators.model_selection.minimum_samples : Numbers: how many rows.

    Notes
    -----
    Where all scores lie between 0 and 1, no interval is drawn beyond, though
    those of `curve`, which are symmetric, may reach there. The view of other
    scores is theirs: an interval may leave it.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from seqestimators.model_selection import MinimumDisplay, minimum_samples
    >>> X, y = load_iris(return_X_y=True)
    >>> result = minimum_samples(GaussianNB(), X, y, [6, 30, 60, 100], threshold=0.85)
    >>> display = MinimumDisplay.from_result(result, name="naive Bayes")
    >>> display.ax_.get_xlabel()
    'training rows'
    """

    def __init__(self, results: dict[str, Minimum]) -> None:
        if not results:
            raise ValueError("results is empty: give at least one")
        for name, result in results.items():
            if not isinstance(result, Minimum):
                raise TypeError(
                    f"results[{name!r}] is a {type(result).__name__}: give what minimum_capacity or "
                    "minimum_samples returned"
                )
        parameters = {name: _plain_name(result) for name, result in results.items()}
        if len(set(parameters.values())) > 1:
            raise ValueError(f"results are of different parameters, {parameters}: give each its own display")
        self.results = results

    @classmethod
    def from_result(cls, result: Minimum, *, name: str = "mean", ax: Any = None) -> Self:
        """Draw one result.

        Parameters
        ----------
        result : Minimum
            The result of `minimum_capacity` or `minimum_samples`.
        name : str, default="mean"
            What the legend calls it.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        MinimumDisplay
        """
        return cls({name: result}).plot(ax=ax)

    @classmethod
    def from_results(cls, results: dict[str, Minimum], *, ax: Any = None) -> Self:
        """Draw several results over each other.

        Parameters
        ----------
        results : dict of str to Minimum
            Each with the name that the legend gives it.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        MinimumDisplay
        """
        return cls(results).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        MinimumDisplay
            The display, with `ax_` and `figure_`.
        """
        ax = open_axes(ax)
        values = list(
            dict.fromkeys(value for result in self.results.values() for value in result.curve.index)
        )
        is_number = all(isinstance(value, Real) and not isinstance(value, bool) for value in values)
        values = sorted(values) if is_number else values
        places = {value: value if is_number else i for i, value in enumerate(values)}
        seen = np.concatenate(
            [[*result.scores.to_numpy().ravel(), result.threshold] for result in self.results.values()]
        )
        limits = (0, 1) if seen.min() >= 0 and seen.max() <= 1 else (None, None)
        for (name, result), color in zip(self.results.items(), cycle(COLORS), strict=False):
            curve = result.curve
            mean = curve["mean"].to_numpy()
            low, high = curve["low"].clip(*limits).to_numpy(), curve["high"].clip(*limits).to_numpy()
            x = [places[value] for value in curve.index]
            ax.errorbar(
                x, mean, yerr=np.array([mean - low, high - mean]),
                color=color, marker="o", markersize=4, elinewidth=1, capsize=2, zorder=2,
                label=_describe(name, result)
            )  # fmt: skip
            ax.fill_between(x, low, high, color=color, alpha=0.15, linewidth=0)
            if result.value is not None:
                at = places[result.value], mean[curve.index.get_loc(result.value)]
                ax.plot(*at, marker="*", markersize=15, color=color, markeredgecolor="white", zorder=3)
        for threshold in sorted({result.threshold for result in self.results.values()}):
            ax.axhline(threshold, color="0.3", linewidth=1, linestyle="--", zorder=1)
        if is_number and values[0] > 0 and values[-1] >= 10 * values[0]:
            ax.set_xscale("log")
            ax.xaxis.set_major_formatter("{x:g}")
        if len(values) <= MAX_VALUES or not is_number:
            ax.set_xticks(list(places.values()), [str(value) for value in values])
            ax.minorticks_off()
        ax.margins(x=0.08)
        if limits != (None, None):
            seen = np.concatenate([seen, ax.dataLim.intervaly])
        margin = 0.08 * (np.ptp(seen) or 1)
        ax.set_ylim(seen.min() - margin, seen.max() + margin)
        ax.set_xlabel(_plain_name(next(iter(self.results.values()))))
        names = {name_score(result.scoring) for result in self.results.values()}
        ax.set_ylabel(names.pop() if len(names) == 1 else "score")
        ax.legend()
        return self._finish(ax)


def _plain_name(result):
    """Parameter of a result, without the steps it is nested in."""
    name = str(result.curve.index.name)
    return "training rows" if name == "n_samples" else name.split("__")[-1].replace("_", " ")


def _describe(name, result):
    """Name and minimum of a result, for the legend."""
    return f"{name}, " + ("not reached" if result.value is None else f"minimum {result.value}")
