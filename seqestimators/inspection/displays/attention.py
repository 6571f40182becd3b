"""Weights of attention as a picture."""

from typing import Any, Self

from ...plotting import COLORS, Display, draw_heatmap, label_tokens, open_axes, token_height, token_width
from .._fitted import FittedModel
from ..attention import attention_weights

__all__ = ["AttentionDisplay"]


class AttentionDisplay(Display):
    """Where a network looks: bars over the tokens, or the alignment of source and target.

    Make it with :meth:`from_estimator`.

    Parameters
    ----------
    weights : ndarray of shape (T,) or (U, T)
        Weight of every step of the sequence; a row for every token of the
        target, if there is one.
    tokens : list of T str
        Name of every step.
    target_tokens : list of U str or None, default=None
        Name of every token of the target; None where there is no target.
    estimator_name : str or None, default=None
        Name of the network, for the title.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The Axes of the plot.
    figure_ : matplotlib Figure
        The Figure of the plot.

    See Also
    --------
    attention_weights : The numbers.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import AttentionDisplay
    >>> model = make_pipeline(
    ...     DNATokenizer(),
    ...     RecurrentClassifier(pooling="attention", max_epochs=1, random_state=0),
    ... )
    >>> display = AttentionDisplay.from_estimator(model.fit(["ACGT", "TT"], [0, 1]), "ACG")
    >>> [label.get_text() for label in display.ax_.get_xticklabels()]
    ['A', 'C', 'G']
    """

    def __init__(
        self,
        weights: Any,
        tokens: list[str],
        *,
        target_tokens: list[str] | None = None,
        estimator_name: str | None = None,
    ):
        self.weights = weights
        self.tokens = tokens
        self.target_tokens = target_tokens
        self.estimator_name = estimator_name

    @classmethod
    def from_estimator(cls, model: Any, x: Any, y: Any = None, *, column: Any = None, ax: Any = None) -> Self:
        """Compute the weights for one sequence and draw them.

        Parameters
        ----------
        model : fitted estimator or Pipeline
            A RecurrentClassifier or RecurrentRegressor with
            ``pooling="attention"``, or a RecurrentSeq2Seq.
        x : one sequence
            A string for a Pipeline with a tokenizer, or an array of token ids
            or values; of several columns, a table of one row.
        y : one sequence or None, default=None
            Of a RecurrentSeq2Seq only: the target to follow; None takes the
            predicted one.
        column : object, default=None
            Column of sequences to look at, of a model that reads several, as
            :class:`~seqestimators.SequenceColumns` names it.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        AttentionDisplay
        """
        fitted = FittedModel(model, column)
        sequences = fitted.read_one(x)
        target_tokens = None
        targets = None if y is None else [y]
        if hasattr(fitted.estimator, "target_tokenizer_"):  # of a model that writes sequences
            if targets is None:
                targets = fitted.estimator.predict(sequences)
            names = fitted.estimator.target_tokenizer_.vocabulary_.tokens
            ids = fitted.estimator.encode_target(sequences, targets)  # to EOS
            target_tokens = [str(names[token]) for token in ids.values.tolist()]
        weights = attention_weights(fitted.estimator, sequences, targets, column=fitted.place)[0]
        display = cls(
            weights, fitted.name_tokens(sequences)[0], target_tokens=target_tokens, estimator_name=fitted.name
        )
        return display.plot(ax=ax)

    def plot(self, *, ax: Any = None) -> Self:
        """Draw the weights.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        AttentionDisplay
            The display, with `ax_` and `figure_`.
        """
        width = token_width(len(self.tokens))
        if self.target_tokens is None:
            ax = open_axes(ax, width=width, height=3.2)
            ax.bar(range(len(self.tokens)), self.weights, width=0.9, color=COLORS[0])
            ax.set_xlim(-0.5, max(len(self.tokens), 1) - 0.5)
            ax.set_ylim(bottom=0)
            ax.set_ylabel("weight of attention")
            ax.set_xlabel("position")
        else:
            ax = open_axes(ax, width=width, height=token_height(len(self.target_tokens)))
            draw_heatmap(ax, self.weights, label="weight of attention")
            label_tokens(ax.yaxis, self.target_tokens)
            ax.set_ylabel("target")
            ax.set_xlabel("source")
        label_tokens(ax.xaxis, self.tokens)
        return self._finish(ax, self.estimator_name and f"Attention of {self.estimator_name}")
