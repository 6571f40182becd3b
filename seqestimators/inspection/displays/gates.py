"""The gates along a sequence as a picture."""

from typing import Any, Self

import numpy as np

from ..._sklearn import StrOptions, validate_params
from ...plotting import (
    COLORS,
    Display,
    draw_band,
    draw_heatmap,
    label_tokens,
    open_axes,
    open_panels,
    token_width,
)
from .._fitted import FittedModel
from ..gates import gate_trace

__all__ = ["GateDisplay"]


class GateDisplay(Display):
    """Gates of a fitted LSTM or GRU along one sequence.

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
        Of the network; goes into the title.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes, shape (n_panels,)
        With the pictures.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        Containing them.

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
        kind: str = "heatmap",
        ax: Any = None,
    ) -> Self:
        """Compute the gates along one sequence and draw them.

        Parameters
        ----------
        model : fitted estimator or Pipeline
        x : one sequence
            A string for a Pipeline with a tokenizer, or an array of token ids
            or values.
        layer : int, default=-1
            Which recurrent layer.
        direction : {"forward", "backward"}, default="forward"
            Which direction of it.
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
            The cell has no gates, there is no such layer or direction, or x
            is not one sequence of at least one step.
        """
        fitted = FittedModel(model)
        sequences = fitted.read_one(x)
        if not len(sequences[0]):
            raise ValueError("x is an empty sequence: it has no step to draw")
        display = cls(
            gate_trace(fitted.estimator, sequences, layer=layer, direction=direction)[0],
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
            row of colours; or one panel with the mean of each gate over all
            units as a line, and half of the units in the band around it.
        ax : matplotlib Axes, array of Axes or None, default=None
            Where to draw: one Axes, which is divided into panels, or one for
            each panel. None makes a new figure.

        Returns
        -------
        GateDisplay
            The display, with `axes_`, `ax_` and `figure_`.
        """
        width = token_width(len(self.tokens))
        if kind == "mean":
            panels = np.array([open_axes(ax, width=width)])
            self._draw_means(panels[0])
        else:
            height = 1.25 * len(self.gates) + 0.6
            panels = open_panels(ax, len(self.gates), 1, width, height, sharex=True)[:, 0]
            for panel, (name, values) in zip(panels, self.gates.items(), strict=True):
                limit = 1 if np.abs(values).max(initial=0) <= 1 else None
                draw_heatmap(panel, values.T, diverging=name not in self.between, limit=limit)
                panel.set_ylabel(self._title(name))
        for panel in panels:
            label_tokens(panel.xaxis, self.tokens)
            panel.tick_params(labelbottom=panel is panels[-1])
        panels[-1].set_xlabel("token")
        return self._finish(panels, self.estimator_name and f"Gates of {self.estimator_name}")

    def _title(self, name: str) -> str:
        return name if self.titles is None else self.titles[name]

    def _draw_means(self, ax: Any) -> None:
        steps = np.arange(len(self.tokens))
        for name, color in zip((name for name in self.gates if name in self.between), COLORS, strict=False):
            values = self.gates[name]
            half = np.quantile(values, [0.25, 0.75], axis=1)
            draw_band(ax, steps, values.mean(axis=1), half, color=color, label=self._title(name))
        ax.set(ylabel="openness, mean of all units", ylim=(-0.03, 1.03), xlim=(-0.5, len(steps) - 0.5))
        ax.legend()
