"""The predictions of fitted networks along sequences as a picture."""

from itertools import cycle
from typing import Any, Self

import numpy as np
from sklearn.utils import check_consistent_length

from ...plotting import COLORS, MAX_WIDTH, Display, label_tokens, marker_of, open_panels
from ...sequences import Sequences
from .._fitted import FittedModel
from ..decisions import decision_trace

__all__ = ["DecisionTraceDisplay"]


class DecisionTraceDisplay(Display):
    """What fitted networks say of a sequence while they read it.

    At each token stands the prediction from all that has been read so far, that
    token included. Each sequence has a panel of its own, each model a colour.
    The dashed line is where a classifier that has read nothing would stand:
    1/2 of two classes, 1/3 of three.

    Make it with :meth:`from_estimator` or :meth:`from_estimators`.

    Parameters
    ----------
    traces : dict of {str: list of n ndarrays of shape (T,)}
        For every line of the legend one number per step, of each sequence.
    tokens : list of n lists of str
        Names of all steps of each sequence.
    ylabel : str, default="probability"
        What the numbers are.
    is_probability : bool, default=True
        Whether they lie between 0 and 1.
    chance : float, default=0.5
        Probability with a dashed line.
    titles : list of n str, or None, default=None
        Titles of the panels.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes, shape (n,)
        The Axes of the panels.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        The Figure of the panels.

    See Also
    --------
    decision_trace : The numbers.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import DecisionTraceDisplay
    >>> models = {
    ...     cell: make_pipeline(
    ...         DNATokenizer(), RecurrentClassifier(cell=cell, max_epochs=1, random_state=0)
    ...     ).fit(["ACGT", "TT"], ["yes", "no"])
    ...     for cell in ("rnn", "lstm")
    ... }
    >>> display = DecisionTraceDisplay.from_estimators(models, ["ACG", "TTTTT"])
    >>> [[label.get_text() for label in ax.get_xticklabels()] for ax in display.axes_]
    [['A', 'C', 'G'], ['T', 'T', 'T', 'T', 'T']]
    """

    def __init__(
        self,
        traces: Any,
        tokens: Any,
        *,
        ylabel: str = "probability",
        is_probability: bool = True,
        chance: float = 0.5,
        titles: Any = None,
    ):
        self.traces = traces
        self.tokens = tokens
        self.ylabel = ylabel
        self.is_probability = is_probability
        self.chance = chance
        self.titles = titles

    @classmethod
    def from_estimator(cls, model: Any, X: Any, *, y: Any = None, target: Any = None, ax: Any = None) -> Self:
        """Compute the decisions of one model and draw them.

        Parameters
        ----------
        model : fitted estimator or Pipeline
            A RecurrentClassifier or RecurrentRegressor, or a Pipeline that
            ends in one.
        X : array-like of n sequences, or one sequence
        y : array-like of n labels or numbers, or None, default=None
            What is true of the sequences, for the titles.
        target : label, int or None, default=None
            The class (or, of a regressor, the index of the target) to draw.
            None draws the second of two classes, and a line for each of
            more.
        ax : matplotlib Axes, array of Axes or None, default=None
            Where to draw, see `plot`.

        Returns
        -------
        DecisionTraceDisplay
        """
        return cls.from_estimators({FittedModel(model).name: model}, X, y=y, target=target, ax=ax)

    @classmethod
    def from_estimators(
        cls, models: Any, X: Any, *, y: Any = None, target: Any = None, ax: Any = None
    ) -> Self:
        """Compute the decisions of several models and draw them in one picture.

        Parameters
        ----------
        models : dict of {str: fitted estimator or Pipeline}
            Models by the names that the legend shows. All must read a sequence in
            the same steps, and tell the same classes.
        X : array-like of n sequences, or one sequence
        y : array-like of n labels or numbers, or None, default=None
            What is true of the sequences, for the titles.
        target : label, int or None, default=None
            The class (or, of a regressor, the index of the target) to draw.
            None draws the second of two classes; of more, `target` must be
            given unless there is only one model.
        ax : matplotlib Axes, array of Axes or None, default=None
            Where to draw, see `plot`.

        Returns
        -------
        DecisionTraceDisplay

        Raises
        ------
        ValueError
            There is no such class or target, one must be chosen, or the
            models don't read a sequence in the same steps.
        """
        parts = {name: FittedModel(model) for name, model in models.items()}
        tokens, traces, ylabel = None, {}, ""
        for name, fitted in parts.items():
            sequences = fitted.read(X)
            names = fitted.name_tokens(sequences.without_ends())
            tokens = names if tokens is None else tokens
            if list(map(len, names)) != list(map(len, tokens)):
                raise ValueError(
                    f"{name!r} reads these sequences in other steps than {next(iter(parts))!r}: draw the two "
                    "apart"
                )
            traced = decision_trace(fitted.estimator, sequences)
            answers = [answer if answer.ndim == 2 else answer[:, None] for answer in traced]
            columns, ylabel = _choose(fitted, answers[0].shape[1], target)
            if len(columns) > 1 and len(parts) > 1:
                raise ValueError(f"target must name one of {list(columns)} to compare several models")
            for label, column in columns.items():
                line = str(label) if len(columns) > 1 else name
                traces[line] = [answer[:, column] for answer in answers]
        is_probability = all(hasattr(fitted.estimator, "classes_") for fitted in parts.values())
        one_of_several = is_probability and not fitted.estimator.margin().is_multilabel
        display = cls(
            traces,
            tokens,
            ylabel=ylabel,
            is_probability=is_probability,
            chance=1 / len(fitted.estimator.classes_) if one_of_several else 0.5,
            titles=_write_titles(y, fitted, sequences, len(parts)),
        )
        return display.plot(ax=ax)

    def plot(self, *, ax: Any = None) -> Self:
        """Draw the traces.

        Parameters
        ----------
        ax : matplotlib Axes, array of Axes or None, default=None
            Where to draw: one Axes, which is divided into panels if there are
            several sequences, or one for each sequence. None makes a new
            figure.

        Returns
        -------
        DecisionTraceDisplay
            The display, with `axes_`, `ax_` and `figure_`.
        """
        n_panels = len(self.tokens)
        n_steps = max(map(len, self.tokens))
        width = float(np.clip(1.0 + 0.14 * n_steps, 2.4 if n_panels > 1 else 4.8, MAX_WIDTH))
        n_columns = min(int(np.ceil(np.sqrt(n_panels))), max(1, int(MAX_WIDTH // width)))
        n_rows = -(-n_panels // n_columns)
        if ax is not None and np.size(ax) > 1:
            n_rows, n_columns = n_panels, 1
        height = 3.4 if n_panels == 1 else 2.1 * n_rows + 0.5
        grid = open_panels(ax, n_rows, n_columns, n_columns * width, height, sharey=True)
        for spare in grid.flat[n_panels:]:
            spare.remove()
        panels = grid.flat[:n_panels]
        for i, panel in enumerate(panels):
            self._draw_sequence(panel, i)
        for panel in panels[-n_columns:]:
            panel.set_xlabel("position")
        for panel in grid[:, 0]:
            panel.set_ylabel(self.ylabel)
        if len(self.traces) > 1:
            lines, names = panels[0].get_legend_handles_labels()
            if ax is None and n_panels > 1:
                panels[0].figure.legend(lines, names, loc="outside lower center", ncols=len(names))
            else:
                panels[0].legend()
        return self._finish(panels)

    def _draw_sequence(self, ax: Any, i: int) -> None:
        steps = np.arange(len(self.tokens[i]))
        for (name, traces), color in zip(self.traces.items(), cycle(COLORS), strict=False):
            ax.plot(steps, traces[i], color=color, label=name, **marker_of(len(steps)))
        if self.is_probability:
            ax.axhline(self.chance, color="0.5", linewidth=0.8, linestyle="--", zorder=1)
            ax.set_ylim(-0.04, 1.04)
        ax.set_xlim(-0.5, max(len(steps), 1) - 0.5)
        label_tokens(ax.xaxis, self.tokens[i])
        if self.titles is not None:
            ax.set_title(self.titles[i], fontsize="medium" if len(self.tokens) == 1 else "small")


def _choose(fitted: FittedModel, n_columns: int, target: Any) -> Any:
    """Columns of the answers to draw, as {label: index}, and what they are."""
    classes = getattr(fitted.estimator, "classes_", None)
    labels = list(range(n_columns)) if classes is None else classes.tolist()
    if target is not None:
        if target not in labels:
            raise ValueError(f"target={target!r} is none of {labels}")
        chosen = {target: labels.index(target)}
    elif classes is not None and fitted.estimator.margin().is_binary:
        chosen = {labels[1]: 1}
    else:
        chosen = {label: column for column, label in enumerate(labels)}
    if classes is None:
        return chosen, "prediction"
    return chosen, "probability" + (f" of {next(iter(chosen))}" if len(chosen) == 1 else "")


def _write_titles(y: Any, fitted: FittedModel, sequences: Sequences, n_models: int) -> Any:
    """What is predicted, of one model, and what is true, where it is given; None of neither."""
    n = len(sequences)
    predicted = [fitted.describe_answer(sequences.take([row])) for row in range(n)] if n_models == 1 else None
    if y is None:
        return predicted
    y = [y] if isinstance(y, str) or np.ndim(y) == 0 else y
    check_consistent_length(sequences, y)
    if predicted is None:
        return [f"True: {label}" for label in y]
    between = ", " if n == 1 else "\n"
    return [f"{answer}{between}true: {label}" for answer, label in zip(predicted, y, strict=True)]
