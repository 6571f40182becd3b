"""The course of training as a picture."""

from itertools import cycle
from typing import Any, Self

import pandas as pd

from ...plotting import (
    COLORS,
    MAX_WIDTH,
    Display,
    draw_band,
    name_score,
    open_panels,
    tick_whole_numbers,
)
from .._fitted import FittedModel

__all__ = ["TrainingHistoryDisplay"]

PARTS = {"train": ("training", "-"), "valid": ("validation", "--")}
N_COLUMNS = 3
"""Panels of a row, at most."""


class TrainingHistoryDisplay(Display):
    """Loss and monitored scores of fitted networks, epoch by epoch.

    There is a panel for the loss and one for each score that was monitored
    (`scoring=`). The training rows are a solid line, the validation rows
    (`early_stopping=True`) a dashed one, with a ring at the epoch whose
    weights the network has, its `best_epoch_`. Of several networks under one
    name, such as the same one from several seeds, the line is the mean, the
    band reaches from the lowest to the highest, and each has its ring.

    Make it with :meth:`from_estimator` or :meth:`from_estimators`.

    Parameters
    ----------
    histories : dict of {str: list of histories}
        By name, what one or several fitted networks have in `history_`: a
        list of dicts, one per epoch.
    best_epochs : dict of {str: list of int or None} or None, default=None
        By name, the `best_epoch_` of each of them; None where there is none.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes, shape (n_panels,)
        The Axes of the panels.
    ax_ : matplotlib Axes
        The first of them, of the loss.
    figure_ : matplotlib Figure
        The Figure of the panels.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import TrainingHistoryDisplay
    >>> X, y = ["ACGT", "TTACA"], [0, 1]
    >>> models = {
    ...     cell: [
    ...         make_pipeline(
    ...             DNATokenizer(),
    ...             RecurrentClassifier(cell=cell, max_epochs=2, random_state=seed),
    ...         ).fit(X, y)
    ...         for seed in (0, 1)
    ...     ]
    ...     for cell in ("rnn", "lstm")
    ... }
    >>> display = TrainingHistoryDisplay.from_estimators(models)
    >>> [line.get_label() for line in display.ax_.lines]
    ['rnn', 'lstm']
    """

    def __init__(self, histories: Any, *, best_epochs: Any = None):
        self.histories = histories
        self.best_epochs = best_epochs

    @classmethod
    def from_estimator(cls, model: Any, *, ax: Any = None) -> Self:
        """Draw the training of one model.

        Parameters
        ----------
        model : fitted estimator or Pipeline
            Any recurrent estimator, or a Pipeline that ends in one.
        ax : matplotlib Axes, array of Axes or None, default=None
            Where to draw, see `plot`.

        Returns
        -------
        TrainingHistoryDisplay
        """
        return cls.from_estimators({FittedModel(model).name: model}, ax=ax)

    @classmethod
    def from_estimators(cls, models: Any, *, ax: Any = None) -> Self:
        """Draw the training of several models in one picture.

        Parameters
        ----------
        models : dict of {str: fitted estimator or Pipeline, or list of these}
            Models by the names that the legend shows; a list holds the same model
            from several seeds.
        ax : matplotlib Axes, array of Axes or None, default=None
            Where to draw, see `plot`.

        Returns
        -------
        TrainingHistoryDisplay
        """
        histories, best_epochs = {}, {}
        for name, group in models.items():
            group = group if isinstance(group, (list, tuple)) else [group]
            estimators = [FittedModel(model).estimator for model in group]
            histories[name] = [estimator.history_ for estimator in estimators]
            best_epochs[name] = [getattr(estimator, "best_epoch_", None) for estimator in estimators]
        return cls(histories, best_epochs=best_epochs).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> Self:
        """Draw the histories.

        Parameters
        ----------
        ax : matplotlib Axes, array of Axes or None, default=None
            Where to draw: one Axes, which is divided into panels if scores
            were monitored, or one for each panel. None makes a new figure.

        Returns
        -------
        TrainingHistoryDisplay
            The display, with `axes_`, `ax_` and `figure_`.
        """
        tables = {  # the rows are epochs, those of one seed behind those of another
            name: pd.concat([pd.DataFrame(history) for history in histories])
            for name, histories in self.histories.items()
        }
        columns = [column for table in tables.values() for column in table if column.startswith(tuple(PARTS))]
        scores = list(dict.fromkeys(column.split("_", 1)[1] for column in columns))
        parts = {part: named for part, named in PARTS.items() if f"{part}_loss" in columns}
        n_columns = len(scores) if ax is not None else {4: 2}.get(len(scores), min(len(scores), N_COLUMNS))
        n_rows = -(-len(scores) // n_columns)
        height = {1: 4.2, 2: 3.6}.get(n_columns, 3.2) if n_rows == 1 else 2.8 * n_rows
        grid = open_panels(ax, n_rows, n_columns, 6.4 if len(scores) == 1 else MAX_WIDTH, height)
        panels = grid.ravel()[: len(scores)]
        for spare in grid.flat[len(scores) :]:
            spare.remove()
        for panel, score in zip(panels, scores, strict=True):
            for (name, table), color in zip(tables.items(), cycle(COLORS), strict=False):
                for part, (meaning, style) in parts.items():
                    if (column := f"{part}_{score}") not in table:
                        continue
                    curves = table[column].groupby(level=0).agg(["mean", "min", "max"]).dropna()
                    band = (curves["min"], curves["max"]) if len(self.histories[name]) > 1 else None
                    label = f"{name}, {meaning}" if len(parts) > 1 else name
                    draw_band(
                        panel,
                        curves.index + 1,
                        curves["mean"],
                        band,
                        color=color,
                        label=label,
                        linestyle=style,
                    )
                self._mark_best(panel, name, score, color)
            panel.set(xlabel="epoch", ylabel=name_score(score))
            tick_whole_numbers(panel.xaxis)
        lines, names = panels[0].get_legend_handles_labels()
        if ax is None and (len(panels) > 1 or len(names) > 3):  # many names would cover the curves
            panels[0].figure.legend(lines, names, loc="outside lower center", ncols=min(len(names), 3))
        else:
            panels[0].legend()
        if len(tables) > 1:
            return self._finish(panels)
        title = f"Training of {next(iter(tables))}"
        if len(panels) == 1:
            return self._finish(panels, title)
        if ax is None:
            panels[0].figure.suptitle(title, fontsize="large")
        return self._finish(panels)

    def _mark_best(self, panel: Any, name: str, score: str, color: str) -> None:
        """Draw a ring on the validation curve of every network at its best epoch."""
        best = (self.best_epochs or {}).get(name, [None] * len(self.histories[name]))
        rings = [
            (epoch, history[epoch - 1][f"valid_{score}"])
            for history, epoch in zip(self.histories[name], best, strict=True)
            if epoch is not None and f"valid_{score}" in history[epoch - 1]
        ]
        if rings:
            epochs = {epoch for epoch, _ in rings}
            label = f"best epoch: {epochs.pop()}" if len(epochs) == 1 else "best epochs"
            label = label if len(self.histories) == 1 else f"{name}, {label}"
            style = {"s": 70, "facecolors": "none", "edgecolors": color, "linewidths": 1.8, "zorder": 3}
            panel.scatter(*zip(*rings, strict=True), label=label, **style)
