"""The course of training as a picture."""

from itertools import cycle
from typing import Any, Self

import pandas as pd

from ...plotting import COLORS, Display, draw_band, open_panels, tick_whole_numbers
from .._fitted import FittedModel

__all__ = ["TrainingHistoryDisplay"]

PARTS = {"train": ("training", "-"), "valid": ("validation", "--")}


class TrainingHistoryDisplay(Display):
    """Loss and monitored scores of fitted networks, epoch by epoch.

    There is a panel for the loss and one for each score that was monitored
    (`scoring=`). The training rows are a solid line, the validation rows
    (`early_stopping=True`) a dashed one. Of several networks under one name,
    such as the same one from several seeds, the line is the mean, and the
    band reaches from the lowest to the highest.

    Make it with :meth:`from_estimator` or :meth:`from_estimators`.

    Parameters
    ----------
    histories : dict of {str: list of histories}
        By name, what one or several fitted networks have in `history_`: a
        list of dicts, one an epoch.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes, shape (n_panels,)
        With the pictures.
    ax_ : matplotlib Axes
        The first of them, of the loss.
    figure_ : matplotlib Figure
        Containing them.

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

    def __init__(self, histories: Any):
        self.histories = histories

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
            By the names that the legend shows; a list holds the same model
            from several seeds.
        ax : matplotlib Axes, array of Axes or None, default=None
            Where to draw, see `plot`.

        Returns
        -------
        TrainingHistoryDisplay
        """
        histories = {}
        for name, group in models.items():
            group = group if isinstance(group, (list, tuple)) else [group]
            histories[name] = [FittedModel(model).estimator.history_ for model in group]
        return cls(histories).plot(ax=ax)

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
        panels = open_panels(ax, 1, len(scores), max(6.4, 4.8 * len(scores)), 4.0)[0]
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
            panel.set(xlabel="epoch", ylabel=score)
            tick_whole_numbers(panel.xaxis)
        lines, names = panels[0].get_legend_handles_labels()
        if ax is None and len(names) > 2:  # many names would cover the curves
            panels[0].figure.legend(lines, names, loc="outside upper center", ncols=len(self.histories))
        else:
            panels[0].legend()
        return self._finish(panels)
