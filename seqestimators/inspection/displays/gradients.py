"""The gradient of the loss along the steps of sequences as a picture."""

from itertools import cycle
from typing import Any, Self

import numpy as np
import pandas as pd

from ..._sklearn import StrOptions, validate_params
from ...plotting import COLORS, Display, draw_band, open_axes, tick_whole_numbers
from .._fitted import FittedModel
from ..gradients import gradient_flow

__all__ = ["GradientFlowDisplay"]


class GradientFlowDisplay(Display):
    r"""Norm of the gradient at hidden states, by how long ago they were.

    The line is the mean over the sequences, of the logarithms, as the axis is
    logarithmic; in the band lie the middle 80 % of the sequences. Where the
    line falls, what was read that long ago hardly moves a weight.

    Make it with :meth:`from_estimator` or :meth:`from_estimators`.

    Parameters
    ----------
    norms : dict of {str: list of ndarrays of shape (T,)}
        For every model what :func:`gradient_flow` returns.
    direction : {"forward", "backward"}, default="forward"
        Whether the last step read is the last of a sequence or the first.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The Axes of the plot.
    figure_ : matplotlib Figure
        The Figure of the plot.

    See Also
    --------
    gradient_flow : The numbers.

    References
    ----------
    .. [1] Pascanu, R., T. Mikolov, Y. Bengio, "On the difficulty of training
       Recurrent Neural Networks", ICML 2013.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import GradientFlowDisplay
    >>> X, y = ["ACGT", "TTACA"], [0, 1]
    >>> models = {
    ...     cell: make_pipeline(
    ...         DNATokenizer(), RecurrentClassifier(cell=cell, max_epochs=1, random_state=0)
    ...     ).fit(X, y)
    ...     for cell in ("rnn", "lstm")
    ... }
    >>> display = GradientFlowDisplay.from_estimators(models, X, y)
    >>> [line.get_label() for line in display.ax_.lines]
    ['rnn', 'lstm']
    """

    def __init__(self, norms: Any, *, direction: str = "forward"):
        self.norms = norms
        self.direction = direction

    @classmethod
    def from_estimator(
        cls,
        model: Any,
        X: Any,
        y: Any,
        *,
        layer: int = -1,
        direction: str = "forward",
        kind: str = "relative",
        ax: Any = None,
    ) -> Self:
        """Compute the gradients of one model and draw them.

        Parameters
        ----------
        model : fitted estimator or Pipeline
        X : array-like of n sequences
        y : array-like of n targets
        layer : int, default=-1
            Index of the recurrent layer.
        direction : {"forward", "backward"}, default="forward"
            Direction of the layer.
        kind : {"relative", "norm"}, default="relative"
            What `plot` draws.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        GradientFlowDisplay
        """
        models = {FittedModel(model).name: model}
        return cls.from_estimators(models, X, y, layer=layer, direction=direction, kind=kind, ax=ax)

    @classmethod
    def from_estimators(
        cls,
        models: Any,
        X: Any,
        y: Any,
        *,
        layer: int = -1,
        direction: str = "forward",
        kind: str = "relative",
        ax: Any = None,
    ) -> Self:
        """Compute the gradients of several models and draw them in one picture.

        Parameters
        ----------
        models : dict of {str: fitted estimator or Pipeline}
            Models by the names that the legend shows.
        X : array-like of n sequences
        y : array-like of n targets
        layer : int, default=-1
            Index of the recurrent layer.
        direction : {"forward", "backward"}, default="forward"
            Direction of the layer.
        kind : {"relative", "norm"}, default="relative"
            What `plot` draws.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        GradientFlowDisplay
        """
        norms = {}
        for name, model in models.items():
            fitted = FittedModel(model)
            norms[name] = gradient_flow(fitted.estimator, fitted.read(X), y, layer=layer, direction=direction)
        return cls(norms, direction=direction).plot(kind=kind, ax=ax)

    @validate_params({"kind": [StrOptions({"relative", "norm"})]})
    def plot(self, *, kind: str = "relative", ax: Any = None) -> Self:
        """Draw the norms by their distance from the step that is read last.

        Parameters
        ----------
        kind : {"relative", "norm"}, default="relative"
            The norms in proportion to that of the last step of the same
            sequence, so that models of different losses can be compared; or
            the norms as they are. A sequence whose last gradient is 0 has no
            proportions and is left out.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        GradientFlowDisplay
            The display, with `ax_` and `figure_`.
        """
        ax = open_axes(ax)
        ax.set_yscale("log")
        for (name, norms), color in zip(self.norms.items(), cycle(COLORS), strict=False):
            table = self._align(norms, is_relative=kind == "relative")
            with np.errstate(divide="ignore"):
                mean = np.exp(np.nanmean(np.log(table), axis=0))
            mean[mean == 0] = np.nan  # a norm of 0 has no place on the axis: the line ends
            most = np.nanquantile(table, [0.1, 0.9], axis=0) if len(table) > 1 else None
            draw_band(ax, np.arange(len(mean)), mean, most, color=color, label=name)
        last = "last" if self.direction == "forward" else "first"
        ax.set_xlabel(f"steps from the {last} of the sequence")
        ax.set_ylabel("gradient norm" + (f" / that of the {last} step" if kind == "relative" else ""))
        tick_whole_numbers(ax.xaxis)
        ax.legend()
        return self._finish(ax, "How far back the gradient of the loss reaches")

    def _align(self, norms: Any, is_relative: bool) -> np.ndarray:
        """Norms as a table of sequences and distances, NaN where a sequence has no such step."""
        rows = [norm[::-1] if self.direction == "forward" else norm for norm in norms if len(norm)]
        if is_relative:
            rows = [row / row[0] for row in rows if row[0] > 0]
        return pd.DataFrame([pd.Series(row) for row in rows]).to_numpy()
