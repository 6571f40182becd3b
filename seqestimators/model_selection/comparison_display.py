"""Estimators on the same splits as a picture: every score, every difference, and whether it is one."""

from textwrap import wrap
from typing import Any, Self

import numpy as np
import pandas as pd

from ..plotting import COLORS, MAX_WIDTH, Display, name_score, open_panels
from .comparison import Comparison, compare

__all__ = ["ComparisonDisplay"]

ROW = 0.48
"""Height in inches of an estimator's row."""
SPREAD = 0.5
"""Part of a row over which its points are spread, so that equal scores don't hide each other."""
WRAP = 22
"""Characters of a name in one line."""


class ComparisonDisplay(Display):
    """Scores of several estimators on the same splits, beside those of a reference.

    An estimator is a row, the best on top. In the left panel a dot is a split,
    a faint line joins the dots of a split, and the diamond is the mean: where
    the lines run parallel, one estimator is better than the other whatever
    the split. The right panel has the mean differences to the reference with
    their confidence intervals: one that doesn't reach the line at 0 is more
    than chance. Beside it stand the differences and their p-values.

    Make it with :meth:`from_comparison` or :meth:`from_estimators`.

    Parameters
    ----------
    comparison : Comparison
        What :func:`~seqestimators.model_selection.compare` returns.
    scoring : str or None, default=None
        Name of the score to plot; None takes the first.
    reference : str or None, default=None
        Name of the estimator that the others are compared with; None takes
        that of the highest mean.

    Attributes
    ----------
    reference : str
        Name of the estimator compared with.
    scores : DataFrame of shape (n_splits, n_estimators)
        The dots: a column for each estimator, in the order of falling means.
    differences : DataFrame of shape (n_estimators - 1, 4)
        For all but the reference: the mean of the score less that of the
        reference ("difference"), its confidence limits ("low", "high"), and
        its p-value ("p_adjusted").
    axes_ : ndarray of matplotlib Axes, shape (2,)
        The Axes of the scores and of the differences.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        The Figure of the panels.

    Raises
    ------
    ValueError
        The comparison has no such scoring, or no such estimator.

    See Also
    --------
    seqestimators.model_selection.compare : The numbers.

    Notes
    -----
    The intervals are corrected for overlapping training sets [1]_, each for
    its pair alone. The p-values are adjusted by Holm's method for all pairs of
    the comparison, since the best is known only afterwards: an interval may
    end before 0 although the difference isn't significant. An interval that is
    much wider than the differences ends in an arrow, and goes on beyond it.

    References
    ----------
    .. [1] Nadeau, C., Y. Bengio, "Inference for the Generalization Error",
       Machine Learning 52 (2003) 239-281.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from seqestimators.model_selection import ComparisonDisplay, compare
    >>> models = {"chance": DummyClassifier(), "bayes": GaussianNB()}
    >>> comparison = compare(models, *load_iris(return_X_y=True), cv=5, scoring="accuracy")
    >>> display = ComparisonDisplay.from_comparison(comparison)
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['bayes', 'chance']
    """

    def __init__(
        self, comparison: Comparison, *, scoring: str | None = None, reference: str | None = None
    ) -> None:
        scorings = list(comparison.rope)
        if scoring is not None and scoring not in scorings:
            raise ValueError(f"scoring={scoring!r} is none of the comparison's, which are {scorings}")
        scoring = scorings[0] if scoring is None else scoring
        order = comparison.summary[scoring, "mean"].sort_values(ascending=False, kind="stable").index
        if reference is not None and reference not in order:
            raise ValueError(f"reference={reference!r} is none of the estimators, which are {list(order)}")
        self.comparison = comparison
        self.scoring = scoring
        self.reference = order[0] if reference is None else reference
        self.scores = comparison.scores[scoring].unstack("estimator")[order]
        self.differences = _compare_with(self.reference, comparison.differences, scoring).loc[
            order.drop(self.reference)
        ]

    @classmethod
    def from_comparison(
        cls,
        comparison: Comparison,
        *,
        scoring: str | None = None,
        reference: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Draw what `compare` returned.

        Parameters
        ----------
        comparison : Comparison
        scoring : str or None, default=None
            Name of the score to plot; None takes the first.
        reference : str or None, default=None
            Name of the estimator that the others are compared with; None takes
            that of the highest mean.
        ax : matplotlib Axes, array of two Axes or None, default=None
            Where to draw: one Axes, which is divided, or one for each panel;
            None makes a new figure.

        Returns
        -------
        ComparisonDisplay
        """
        return cls(comparison, scoring=scoring, reference=reference).plot(ax=ax)

    @classmethod
    def from_estimators(
        cls,
        estimators: dict[str, Any],
        X: Any,
        y: Any = None,
        *,
        cv: Any,
        scoring: Any,
        groups: Any = None,
        n_jobs: int | None = None,
        correction: str | float = "auto",
        rope: float | dict[str, float] = 0.01,
        alpha: float = 0.05,
        verbose: bool = False,
        reference: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Compare estimators, and draw the result.

        Parameters
        ----------
        estimators : dict of str to estimator
            At least two, each with a name; they are cloned, not fitted.
        X : array-like of shape (n_samples,) or (n_samples, n_features)
            Input of the estimators.
        y : array-like of shape (n_samples,) or None, default=None
            Targets.
        cv : int, splitter or iterable of (train, test)
            The splits, at least two.
        scoring : str, list of str, dict or callable
            One or several scores; the first is drawn.
        groups : array-like of shape (n_samples,) or None, default=None
            Groups for the splitter.
        n_jobs : int or None, default=None
            Number of splits to fit in parallel; -1 uses all processors.
        correction : "auto" or float, default="auto"
            What the correlation of the splits adds to 1 / n_splits in the
            variance of a mean difference; at least 0.
        rope : float or dict of str to float, default=0.01
            Greatest difference without practical meaning; isn't drawn.
        alpha : float, default=0.05
            Level of significance, and 1 less the confidence of the intervals.
        verbose : bool, default=False
            Whether to show a progress bar, with the time that is left.
        reference : str or None, default=None
            Name of the estimator that the others are compared with; None takes
            that of the highest mean.
        ax : matplotlib Axes, array of two Axes or None, default=None
            Where to draw: one Axes, which is divided, or one for each panel;
            None makes a new figure.

        Returns
        -------
        ComparisonDisplay
            With the result in `comparison`.

        See Also
        --------
        seqestimators.model_selection.compare : More on the parameters.
        """
        comparison = compare(
            estimators,
            X,
            y,
            cv=cv,
            scoring=scoring,
            groups=groups,
            n_jobs=n_jobs,
            correction=correction,
            rope=rope,
            alpha=alpha,
            verbose=verbose,
        )
        return cls.from_comparison(comparison, reference=reference, ax=ax)

    def plot(self, *, ax: Any = None) -> Self:
        """Draw the comparison.

        Parameters
        ----------
        ax : matplotlib Axes, array of two Axes or None, default=None
            Where to draw: one Axes, which is divided, or one for each panel;
            None makes a new figure.

        Returns
        -------
        ComparisonDisplay
            The display, with `ax_` and `figure_`.
        """
        n_splits, n_estimators = self.scores.shape
        sharing = {"sharey": True, "width_ratios": [3, 2]}
        panels = open_panels(ax, 1, 2, MAX_WIDTH, 1.1 + ROW * n_estimators, **sharing)[0]
        self._draw_scores(panels[0])
        self._draw_differences(panels[1])
        panels[0].set_yticks(range(n_estimators), ["\n".join(wrap(str(name), WRAP)) for name in self.scores])
        panels[0].set_ylim(n_estimators - 0.5, -0.5)
        panels[0].set_xlabel(f"{name_score(self.scoring)} on {n_splits} splits")
        panels[1].set_xlabel(
            "difference to\n"
            + "\n".join(wrap(str(self.reference), WRAP))
            + f",\n{1 - self.comparison.alpha:.0%} interval"
        )
        for panel, n_ticks in zip(panels, (5, 3), strict=True):
            panel.tick_params(axis="y", length=0)
            panel.locator_params(axis="x", nbins=n_ticks)
        return self._finish(panels)

    def _draw_scores(self, ax):
        """A dot for every score, a line for every split, a diamond for every mean."""
        n_splits, n_estimators = self.scores.shape
        rows = np.arange(n_estimators)
        places = rows[:, None] + SPREAD * (np.arange(n_splits) / (n_splits - 1) - 0.5)
        scores, means = self.scores.to_numpy(), self.scores.mean().to_numpy()
        ax.plot(scores.T, places, color="0.5", linewidth=0.6, alpha=0.4 if n_splits > 5 else 0.8, zorder=1)
        for row in rows:
            ax.scatter(
                scores[:, row], places[row], s=16 if n_splits <= 10 else 9,
                color=self._color(self.scores.columns[row]), linewidths=0, alpha=0.8, zorder=2
            )  # fmt: skip
        ax.scatter(means, rows, s=36, marker="D", color="black", edgecolors="white", linewidths=0.8, zorder=4)

    def _draw_differences(self, ax):
        """Mean differences to the reference, their intervals, and what they amount to."""
        rows = np.flatnonzero(self.scores.columns != self.reference)
        means = self.differences["difference"].to_numpy()
        ax.axvline(0, color=COLORS[0], linewidth=1, linestyle="--", zorder=1)
        ax.errorbar(
            means, rows, xerr=self.differences["high"].to_numpy() - means,
            fmt="D", markersize=5, color="black", elinewidth=1.5, capsize=3, zorder=3
        )  # fmt: skip
        largest = 1.5 * np.abs(means).max()  # wide intervals, as those of two splits, end in an arrow
        low, high = ax.get_xlim()
        if largest > 0:
            ax.set_xlim(max(low, -max(largest, -2 * means.min())), min(high, max(largest, 2 * means.max())))
        low, high = ax.get_xlim()
        for end, is_beyond, arrow in (
            (low, self.differences["low"] < low, "<"), (high, self.differences["high"] > high, ">")
        ):  # fmt: skip
            for row in rows[is_beyond]:
                ax.plot(end, row, arrow, color="black", markersize=6, clip_on=False, zorder=3)
        for row, name in enumerate(self.scores):
            ax.text(
                1.045, row, self._judge(name),
                transform=ax.get_yaxis_transform(), va="center", fontsize="small"
            )  # fmt: skip

    def _color(self, name):
        return COLORS[0] if name == self.reference else COLORS[5]

    def _judge(self, name):
        """What stands beside a row: its difference, with as many decimals as the scores ask for."""
        scale = np.ptp(self.scores.to_numpy()) or 1.0
        decimals = max(0, round(2.3 - np.log10(scale)))
        if name == self.reference:
            text = f"{self.scores[name].mean():.{decimals}f}, the reference"
        else:
            pair = self.differences.loc[name]
            shown = "" if pair["p_adjusted"] < self.comparison.alpha else ",\nnot significant"
            text = f"{pair['difference']:+.{decimals}f}, {_write_p(pair['p_adjusted'])}{shown}"
        return text.replace("-", "\N{MINUS SIGN}")


def _compare_with(reference, differences, scoring):
    """Differences of all estimators to one, DataFrame with a row for each of the others."""
    pairs = differences[differences["scoring"] == scoring]
    turned = pairs.rename(columns={"first": "second", "second": "first"}).assign(
        difference=0 - pairs["difference"], low=-pairs["high"], high=-pairs["low"]
    )
    both = pd.concat([pairs, turned])
    with_reference = both[both["second"] == reference].set_index("first")
    return with_reference[["difference", "low", "high", "p_adjusted"]]


def _write_p(p_value):
    """A p-value as in print: two digits, without the zero in front."""
    if p_value < 0.001:
        return "p < .001"
    return f"p = {p_value:.2g}".replace("0.", ".") if p_value < 0.995 else "p = 1"
