"""Which tokens have learned vectors like that of one token, as a picture."""

from itertools import cycle
from typing import Any, Self

import numpy as np
import pandas as pd

from ..._sklearn import Integral, Interval, validate_params
from ...plotting import COLORS, Display, open_axes, token_height
from ..embeddings import token_similarity

__all__ = ["TokenSimilarityDisplay"]

OTHER = "#8FA3B0"
"""Colour of tokens that are in no group."""
LIMIT = 1.05
"""Magnitude, at most, that is in view: a cosine has no larger one than 1."""


class TokenSimilarityDisplay(Display):
    """Cosine similarity of one token's learned vector to those of the others.

    A bar is a token, the most similar on top. Of several models the bar is the
    mean and the line across its end the interval of the mean.

    Make it with :meth:`from_estimator` or :meth:`from_estimators`.

    Parameters
    ----------
    similarity : DataFrame
        What :func:`token_similarity` returns.
    token : str or other hashable
        The token that the others are compared with.
    n_models : int, default=1
        Number of models averaged over.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The Axes of the plot.
    figure_ : matplotlib Figure
        The Figure of the plot.

    See Also
    --------
    token_similarity : The numbers.
    token_contrast : Whether one group of tokens is nearer than another.

    Notes
    -----
    A token that some of the models have not seen in fit is marked with the
    number of those that have.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import TokenSimilarityDisplay
    >>> model = make_pipeline(DNATokenizer(), RecurrentClassifier(max_epochs=1, random_state=0))
    >>> display = TokenSimilarityDisplay.from_estimator(model.fit(["ACGT", "TT"], [0, 1]), "A")
    >>> sorted(label.get_text() for label in display.ax_.get_yticklabels())
    ['C', 'G', 'T']
    """

    def __init__(self, similarity: Any, token: Any, *, n_models: int = 1):
        self.similarity = similarity
        self.token = token
        self.n_models = n_models

    @classmethod
    def from_estimator(
        cls,
        model: Any,
        token: Any,
        *,
        others: Any = None,
        column: Any = None,
        groups: Any = None,
        max_tokens: int = 40,
        ax: Any = None,
    ) -> Self:
        """Compute the similarities of one model and draw them.

        Parameters
        ----------
        model : fitted estimator or Pipeline
            A model with an embedding.
        token : str or other hashable
            As the tokenizer names it; the token id without a tokenizer.
        others : list of tokens or None, default=None
            Whom to compare with; None takes all.
        column : object, default=None
            Column of sequences to look at, of a model that reads several, as
            :class:`~seqestimators.SequenceColumns` names it.
        groups : dict of str to list of tokens, or None, default=None
            Tokens to colour, under the name that the legend gives them.
        max_tokens : int, default=40
            Number of bars, at least 2. Of more tokens, the most and the least
            similar are drawn, half of each.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        TokenSimilarityDisplay
        """
        display = cls(token_similarity(model, token, others=others, column=column), token)
        return display.plot(groups=groups, max_tokens=max_tokens, ax=ax)

    @classmethod
    def from_estimators(
        cls,
        models: Any,
        token: Any,
        *,
        others: Any = None,
        confidence: float = 0.95,
        column: Any = None,
        groups: Any = None,
        max_tokens: int = 40,
        ax: Any = None,
    ) -> Self:
        """Compute the mean similarities of several models and draw them.

        Parameters
        ----------
        models : list of fitted estimators or Pipelines
            Models with an embedding, such as one model fitted with several seeds.
        token : str or other hashable
            As the tokenizer names it; the token id without a tokenizer.
        others : list of tokens or None, default=None
            Whom to compare with; None takes all.
        confidence : float, default=0.95
            Confidence level of the intervals of the means, in (0, 1).
        column : object, default=None
            Column of sequences to look at, of a model that reads several, as
            :class:`~seqestimators.SequenceColumns` names it.
        groups : dict of str to list of tokens, or None, default=None
            Tokens to colour, under the name that the legend gives them.
        max_tokens : int, default=40
            Number of bars, at least 2. Of more tokens, the most and the least
            similar are drawn, half of each.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        TokenSimilarityDisplay
        """
        models = list(models)
        table = token_similarity(models, token, others=others, confidence=confidence, column=column)
        return cls(table, token, n_models=len(models)).plot(groups=groups, max_tokens=max_tokens, ax=ax)

    @validate_params({"groups": [dict, None], "max_tokens": [Interval(Integral, 2, None, closed="left")]})
    def plot(self, *, groups: Any = None, max_tokens: int = 40, ax: Any = None) -> Self:
        """Draw the similarities.

        Parameters
        ----------
        groups : dict of str to list of tokens, or None, default=None
            Tokens to colour, under the name that the legend gives them.
        max_tokens : int, default=40
            Number of bars, at least 2. Of more tokens, the most and the least
            similar are drawn, half of each.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        TokenSimilarityDisplay
            The display, with `ax_` and `figure_`.
        """
        table = self.similarity
        places = np.arange(len(table))
        n_hidden = len(table) - max_tokens
        n_top, n_bottom = (max_tokens + 1) // 2, max_tokens // 2
        if n_hidden > 0:
            table = pd.concat([table.head(n_top), table.tail(n_bottom)])
            places = np.delete(np.arange(max_tokens + 1), n_top)  # a place is left free between them
        ax = open_axes(ax, height=token_height(len(table)))
        colors = dict(zip(groups or {}, cycle(COLORS), strict=False))
        color_of = {token: colors[name] for name, tokens in (groups or {}).items() for token in tokens}
        ax.barh(
            places, table["similarity"], height=0.75,
            color=[color_of.get(token, OTHER) for token in table.index]
        )  # fmt: skip
        if "low" in table and table["low"].notna().any():
            ax.errorbar(
                table["similarity"], places, xerr=table["similarity"] - table["low"],
                fmt="none", ecolor="black", elinewidth=1, capsize=2
            )  # fmt: skip
        if n_hidden > 0:
            ax.text(
                0.5, n_top, f"{n_hidden} tokens between are left out",
                transform=ax.get_yaxis_transform(), ha="center", va="center", fontsize="small", color="0.4",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1}
            )  # fmt: skip
        ax.axvline(0, color="0.3", linewidth=0.8)
        ax.set_yticks(
            places,
            [self._name(token, row) for token, row in table.iterrows()],
            fontsize=9 if len(table) <= 30 else 7,
            family="monospace",
        )
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(places.max(initial=0) + 0.6, -0.6)
        left, right = ax.get_xlim()
        if left < -LIMIT or right > LIMIT:  # the interval of two models may be far wider
            ax.set_xlim(max(left, -LIMIT), min(right, LIMIT))
        averaged = "\none network, whose start was random: no interval"
        if self.n_models > 1:
            averaged = f"\nmean of {self.n_models} models, with its interval"
        ax.set_xlabel("cosine similarity" + averaged)
        ax.set_title(f"Learned vectors like that of {self.token}")
        if groups:
            handles = [ax.barh(0, 0, color=color, label=name) for name, color in colors.items()]
            ax.legend(handles=handles, fontsize="small")
        return self._finish(ax)

    def _name(self, token: Any, row: Any) -> Any:
        """Name of a bar; where some models lack the token, with the number of those that don't."""
        if row.get("n_models", self.n_models) == self.n_models:
            return str(token)
        return f"{token} ({row['n_models']:.0f} of {self.n_models})"
