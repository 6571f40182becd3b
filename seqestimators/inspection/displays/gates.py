"""The gates along a sequence as a picture."""

from itertools import cycle
from typing import Any, Self

import numpy as np

from ..._sklearn import StrOptions, validate_params
from ...plotting import (
    COLORS,
    Display,
    draw_band,
    draw_heatmap,
    label_tokens,
    open_panels,
    token_width,
)
from .._fitted import FittedModel
from ..gates import gate_trace

__all__ = ["GateDisplay"]


class GateDisplay(Display):
    """Gates of a fitted LSTM or GRU along one sequence.

    A gate is 0 where it is shut and 1 where it is open. Look for steps at
    which many units change at once: there the network has read something that
    matters. A forget gate near 1 keeps the memory of a unit, one near 0 wipes
    it; an open input gate writes into it.

    Make it with :meth:`from_estimator`.

    Parameters
    ----------
    gates : Bunch of ndarrays of shape (T, hidden_size)
        What :func:`gate_trace` returns for one sequence.
    tokens : list of str
        Name of every step.
    titles : dict of {str: str} or None, default=None
        What the picture calls each of `gates`; None takes their names.
    between : tuple of str, default=()
        Which of `gates` lie between 0, shut, and 1, open.
    estimator_name : str or None, default=None
        Name of the network, for the title.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes, shape (n_panels,)
        The Axes of the panels.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        The Figure of the panels.

    See Also
    --------
    gate_trace : The numbers.

    References
    ----------
    .. [1] Karpathy, A., J. Johnson, L. Fei-Fei, "Visualizing and Understanding
       Recurrent Networks", arXiv:1506.02078, 2015.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import GateDisplay
    >>> model = make_pipeline(
    ...     DNATokenizer(),
    ...     RecurrentClassifier(cell="gru", hidden_size=8, max_epochs=1, random_state=0),
    ... )
    >>> display = GateDisplay.from_estimator(model.fit(["ACGT", "TT"], [0, 1]), "ACGT")
    >>> [ax.get_ylabel() for ax in display.axes_]
    ['reset gate r', 'update gate z', 'candidate n', 'state h']
    """

    def __init__(
        self,
        gates: Any,
        tokens: list[str],
        *,
        titles: dict[str, str] | None = None,
        between: tuple[str, ...] = (),
        estimator_name: str | None = None,
    ):
        self.gates = gates
        self.tokens = tokens
        self.titles = titles
        self.between = between
        self.estimator_name = estimator_name

    @classmethod
    def from_estimator(
        cls,
        model: Any,
        x: Any,
        *,
        layer: int = -1,
        direction: str = "forward",
        column: Any = None,
        kind: str = "heatmap",
        ax: Any = None,
    ) -> Self:
        """Compute the gates along one sequence and draw them.

        Parameters
        ----------
        model : fitted estimator or Pipeline
        x : one sequence
            A string for a Pipeline with a tokenizer, or an array of token ids
            or values; of several columns, a table of one row.
        layer : int, default=-1
            Index of the recurrent layer.
        direction : {"forward", "backward"}, default="forward"
            Direction of the layer.
        column : object, default=None
            Column of sequences to look at, of a model that reads several, as
            :class:`~seqestimators.SequenceColumns` names it.
        kind : {"heatmap", "mean"}, default="heatmap"
            What `plot` draws.
        ax : matplotlib Axes, array of Axes or None, default=None
            Where to draw, see `plot`.

        Returns
        -------
        GateDisplay

        Raises
        ------
        ValueError
            The cell has no gates, there is no such layer, direction or column, or x
            is not one sequence of at least one step.
        """
        fitted = FittedModel(model, column)
        sequences = fitted.read_one(x)
        if not len(fitted.column_of(sequences)[0]):
            raise ValueError("x is an empty sequence: it has no step to draw")
        display = cls(
            gate_trace(fitted.estimator, sequences, layer=layer, direction=direction, column=fitted.place)[0],
            fitted.name_tokens(sequences)[0],
            titles=fitted.cell.computed,
            between=fitted.cell.gates,
            estimator_name=fitted.name + (f", {direction}" if fitted.encoder.bidirectional else ""),
        )
        return display.plot(kind=kind, ax=ax)

    @validate_params({"kind": [StrOptions({"heatmap", "mean"})]})
    def plot(self, *, kind: str = "heatmap", ax: Any = None) -> Self:
        """Draw the gates.

        Parameters
        ----------
        kind : {"heatmap", "mean"}, default="heatmap"
            A panel for all that the cell computes, in which every unit is a
            row of colours; or a panel for each gate, with the mean over all
            units as a line, and half of the units in the band around it.
        ax : matplotlib Axes, array of Axes or None, default=None
            Where to draw: one Axes, which is divided into panels, or one for
            each panel. None makes a new figure.

        Returns
        -------
        GateDisplay
            The display, with `axes_`, `ax_` and `figure_`.
        """
        names = [name for name in self.gates if kind == "heatmap" or name in self.between]
        height = (1.0 if kind == "heatmap" else 1.3) * len(names) + 0.8
        sharing = {"sharex": True, "sharey": kind == "mean"}
        panels = open_panels(ax, len(names), 1, token_width(len(self.tokens)), height, **sharing)[:, 0]
        for panel, name, color in zip(panels, names, cycle(COLORS), strict=False):
            if kind == "heatmap":
                self._draw_heatmap(panel, name)
            else:
                self._draw_mean(panel, name, color)
            panel.set_ylabel(self._title(name))
            label_tokens(panel.xaxis, self.tokens)
            panel.tick_params(which="both", labelbottom=panel is panels[-1])
        meaning = "row: a unit" if kind == "heatmap" else "line: mean of the units, band: half of them"
        panels[-1].set_xlabel(f"position ({meaning})")
        return self._finish(panels, self.estimator_name and f"Gates of {self.estimator_name}")

    def _title(self, name: str) -> str:
        return name if self.titles is None else self.titles[name]

    def _draw_heatmap(self, ax: Any, name: str) -> None:
        values = self.gates[name]
        limit = 1 if np.abs(values).max(initial=0) <= 1 else None
        is_gate = name in self.between
        label = "0 shut, 1 open" if is_gate else ""
        draw_heatmap(ax, values.T, diverging=not is_gate, limit=limit, label=label)
        ax.figure.axes[-1].yaxis.label.set_size("small")
        ax.set_yticks([])

    def _draw_mean(self, ax: Any, name: str, color: str) -> None:
        values = self.gates[name]
        half = np.quantile(values, [0.25, 0.75], axis=1)
        draw_band(ax, np.arange(len(values)), values.mean(axis=1), half, color=color)
        ax.set(ylim=(-0.03, 1.03), xlim=(-0.5, len(values) - 0.5))
