"""The hidden states along a sequence as a picture."""

from typing import Any, Self

import numpy as np

from ..._sklearn import StrOptions, validate_params
from ...plotting import COLORS, Display, draw_heatmap, label_tokens, open_axes, token_width
from .._fitted import FittedModel
from ..states import hidden_states

__all__ = ["HiddenStateDisplay"]


class HiddenStateDisplay(Display):
    """Hidden states of a fitted network along one sequence.

    Make it with :meth:`from_estimator`.

    Parameters
    ----------
    states : ndarray of shape (T, d)
        Hidden state at every step.
    tokens : list of str
        Name of every step.
    estimator_name : str or None, default=None
        Name of the network, for the title.
    n_directions : {1, 2}, default=1
        2 where the first half of the units reads forward, the second backward.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The Axes of the plot.
    figure_ : matplotlib Figure
        The Figure of the plot.

    See Also
    --------
    hidden_states : The numbers.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import HiddenStateDisplay
    >>> model = make_pipeline(
    ...     DNATokenizer(), RecurrentClassifier(hidden_size=8, max_epochs=1, random_state=0)
    ... )
    >>> display = HiddenStateDisplay.from_estimator(model.fit(["ACGT", "TT"], [0, 1]), "ACGT")
    >>> display.ax_.get_ylabel()
    'unit'
    """

    def __init__(
        self, states: Any, tokens: list[str], *, estimator_name: str | None = None, n_directions: int = 1
    ):
        self.states = states
        self.tokens = tokens
        self.estimator_name = estimator_name
        self.n_directions = n_directions

    @classmethod
    def from_estimator(
        cls, model: Any, x: Any, *, layer: int = -1, column: Any = None, kind: str = "heatmap", ax: Any = None
    ) -> Self:
        """Compute the hidden states along one sequence and draw them.

        Parameters
        ----------
        model : fitted estimator or Pipeline
        x : one sequence
            A string for a Pipeline with a tokenizer, or an array of token ids
            or values; of several columns, a table of one row.
        layer : int, default=-1
            Index of the recurrent layer.
        column : object, default=None
            Column of sequences to look at, of a model that reads several, as
            :class:`~seqestimators.SequenceColumns` names it.
        kind : {"heatmap", "norm"}, default="heatmap"
            What `plot` draws.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        HiddenStateDisplay
        """
        fitted = FittedModel(model, column)
        sequences = fitted.read_one(x)
        display = cls(
            hidden_states(fitted.estimator, sequences, layer=layer, column=fitted.place)[0],
            fitted.name_tokens(sequences)[0],
            estimator_name=fitted.name,
            n_directions=1 + fitted.encoder.bidirectional,
        )
        return display.plot(kind=kind, ax=ax)

    @validate_params({"kind": [StrOptions({"heatmap", "norm"})]})
    def plot(self, *, kind: str = "heatmap", ax: Any = None) -> Self:
        """Draw the states.

        Parameters
        ----------
        kind : {"heatmap", "norm"}, default="heatmap"
            Every unit as a row of colours, those that read backward below a
            line; or the Euclidean norm of the state at every step, a line for
            each direction.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        HiddenStateDisplay
            The display, with `ax_` and `figure_`.
        """
        ax = open_axes(ax, width=token_width(len(self.tokens)))
        directions = ["forward", "backward"][: self.n_directions]
        parts = np.split(self.states, self.n_directions, axis=1)
        if kind == "heatmap":
            draw_heatmap(ax, self.states.T, diverging=True, label="activation")
            ax.set_ylabel("unit")
            if self.n_directions == 2:
                size = parts[0].shape[1]
                ax.axhline(size - 0.5, color="black", linewidth=1.2)
                ax.set_yticks([(size - 1) / 2, 1.5 * size - 0.5], directions, rotation=90, va="center")
                ax.tick_params(axis="y", length=0)
        else:
            for direction, part, color in zip(directions, parts, COLORS, strict=False):
                norms = np.linalg.norm(part, axis=1)
                ax.plot(norms, marker="o", markersize=3, color=color, label=direction)
            ax.set_ylabel("norm of the hidden state")
            ax.set_xlim(-0.5, max(len(self.tokens), 1) - 0.5)
            if self.n_directions == 2:
                ax.legend()
        ax.set_xlabel("position")
        label_tokens(ax.xaxis, self.tokens)
        return self._finish(ax, self.estimator_name and f"Hidden states of {self.estimator_name}")
