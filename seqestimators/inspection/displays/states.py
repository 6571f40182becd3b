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
        Of the network; goes into the title.

    Attributes
    ----------
    ax_ : matplotlib Axes
        With the picture.
    figure_ : matplotlib Figure
        Containing it.

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

    def __init__(self, states: Any, tokens: list[str], *, estimator_name: str | None = None):
        self.states = states
        self.tokens = tokens
        self.estimator_name = estimator_name

    @classmethod
    def from_estimator(
        cls, model: Any, x: Any, *, layer: int = -1, kind: str = "heatmap", ax: Any = None
    ) -> Self:
        """Compute the hidden states along one sequence and draw them.

        Parameters
        ----------
        model : fitted estimator or Pipeline
        x : one sequence
            A string for a Pipeline with a tokenizer, or an array of token ids
            or values.
        layer : int, default=-1
            Which recurrent layer.
        kind : {"heatmap", "norm"}, default="heatmap"
            What `plot` draws.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        HiddenStateDisplay
        """
        fitted = FittedModel(model)
        sequences = fitted.read_one(x)
        display = cls(
            hidden_states(fitted.estimator, sequences, layer=layer)[0],
            fitted.name_tokens(sequences)[0],
            estimator_name=fitted.name,
        )
        return display.plot(kind=kind, ax=ax)

    @validate_params({"kind": [StrOptions({"heatmap", "norm"})]})
    def plot(self, *, kind: str = "heatmap", ax: Any = None) -> Self:
        """Draw the states.

        Parameters
        ----------
        kind : {"heatmap", "norm"}, default="heatmap"
            Every unit as a row of colours, or the Euclidean norm of the state
            at every step as a line.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        HiddenStateDisplay
            The display, with `ax_` and `figure_`.
        """
        ax = open_axes(ax, width=token_width(len(self.tokens)))
        if kind == "heatmap":
            draw_heatmap(ax, self.states.T, diverging=True, label="activation")
            ax.set_ylabel("unit")
        else:
            norms = np.linalg.norm(self.states, axis=1)
            ax.plot(norms, marker="o", markersize=3, color=COLORS[0], label=self.estimator_name)
            ax.set_ylabel("norm of the hidden state")
            ax.set_ylim(0, 1.05 * norms.max(initial=0) or None)  # the highest dot isn't cut off
            ax.set_xlim(-0.5, max(len(self.tokens), 1) - 0.5)
        ax.set_xlabel("token")
        label_tokens(ax.xaxis, self.tokens)
        return self._finish(ax, self.estimator_name and f"Hidden states of {self.estimator_name}")
