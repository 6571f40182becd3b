"""Mutagenesis as a picture: heatmap, sequence logo or bars."""

from typing import Any, Self

import numpy as np

from ..._sklearn import StrOptions, validate_params
from ...plotting import (
    COLORS,
    Display,
    draw_heatmap,
    label_tokens,
    letter_color,
    open_axes,
    token_height,
    token_width,
)
from .._fitted import FittedModel
from ..mutagenesis import WITHOUT, change_each_token

__all__ = ["MutagenesisDisplay"]

GLYPH_WIDTH = 0.92
"""Of a letter of the logo, where the step from one to the next is 1."""


class MutagenesisDisplay(Display):
    """How the prediction of a model changes with every token of one sequence.

    Make it with :meth:`from_estimator`.

    Parameters
    ----------
    changes : DataFrame of shape (T, n_columns)
        What :func:`mutagenesis` returns for one sequence.
    answer : str, default="answer"
        Name of the number that changes.
    title : str or None, default=None
        Title of the plot, such as the prediction for the sequence.

    Attributes
    ----------
    importances : ndarray of shape (T,)
        By how much the prediction drops without the token: in the mean over its
        substitutes, or where it is hidden. Negative where it rises.
    ax_ : matplotlib Axes
        The Axes of the plot.
    figure_ : matplotlib Figure
        The Figure of the plot.

    See Also
    --------
    mutagenesis : The numbers.
    MoleculeAttributionDisplay : Atoms of a molecule, coloured.

    References
    ----------
    .. [1] Schneider, T. D., R. M. Stephens, "Sequence logos: a new way to
       display consensus sequences", Nucleic Acids Research 18 (1990)
       6097-6100.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import MutagenesisDisplay
    >>> model = make_pipeline(
    ...     DNATokenizer(), RecurrentClassifier(hidden_size=8, max_epochs=1, random_state=0)
    ... )
    >>> model = model.fit(["ACGT", "TT"], ["long", "short"])
    >>> display = MutagenesisDisplay.from_estimator(model, "CAT", target="long")
    >>> [tick.get_text() for tick in display.ax_.get_yticklabels()]
    ['A', 'C', 'G', 'T']
    """

    def __init__(self, changes: Any, *, answer: Any = "answer", title: str | None = None):
        self.changes = changes
        self.answer = answer
        self.title = title

    @property
    def _tokens(self) -> Any:
        return [str(token) for token in self.changes.index.get_level_values("token")]

    @property
    def _hides(self) -> Any:
        return list(self.changes.columns) == [WITHOUT]

    def _is_reference(self) -> Any:
        """Cells of the tokens that stand there, ndarray of shape (T, n_columns), dtype bool."""
        return np.array(self._tokens, dtype=object)[:, None] == self.changes.columns.to_numpy(dtype=object)

    @property
    def importances(self) -> Any:
        """By how much the prediction drops without each token, ndarray of shape (T,)."""
        n_substitutes = (~self._is_reference()).sum(axis=1)
        return 0.0 - self.changes.to_numpy().sum(axis=1) / np.maximum(n_substitutes, 1)

    @classmethod
    def from_estimator(
        cls,
        model: Any,
        x: Any,
        *,
        target: Any = None,
        method: str = "auto",
        occlusion: str = "delete",
        scale: str = "log_odds",
        column: Any = None,
        kind: str = "auto",
        ax: Any = None,
    ) -> Self:
        """Change one sequence everywhere and draw how the prediction changes.

        Parameters
        ----------
        model : fitted estimator or Pipeline
        x : one sequence
            A string for a Pipeline with a tokenizer, or an array of token ids;
            of several columns, a table of one row.
        target : object, default=None
            Class, label or target to explain, as in :func:`mutagenesis`. None
            takes the class that is predicted, or the only target.
        method : {"auto", "substitution", "occlusion"}, default="auto"
            As in :func:`mutagenesis`.
        occlusion : {"delete", "unknown", "zero"}, default="delete"
            As in :func:`mutagenesis`.
        scale : {"log_odds", "probability"}, default="log_odds"
            As in :func:`mutagenesis`.
        column : object, default=None
            Column of sequences to look at, of a model that reads several, as
            :class:`~seqestimators.SequenceColumns` names it.
        kind : {"auto", "heatmap", "logo", "bars"}, default="auto"
            What `plot` draws.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        MutagenesisDisplay
        """
        fitted = FittedModel(model, column)
        sequence = fitted.read_one(x)
        target = fitted.choose_target(sequence, target)
        ((changes, answer),) = change_each_token(fitted, sequence, target, method, occlusion, scale)
        title = fitted.describe_answer(sequence)
        return cls(changes, answer=answer, title=title).plot(kind=kind, ax=ax)

    @validate_params({"kind": [StrOptions({"auto", "heatmap", "logo", "bars"})]})
    def plot(self, *, kind: str = "auto", ax: Any = None) -> Self:
        """Draw the changes.

        Parameters
        ----------
        kind : {"auto", "heatmap", "logo", "bars"}, default="auto"
            A heatmap of positions and substitutes, dots where they are the
            token that stands there; a sequence logo, each token as high as it
            is important; or bars of the importances. "auto" is a heatmap where
            tokens were substituted and bars where they were hidden.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        MutagenesisDisplay
            The display, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            A heatmap or a logo is asked for where tokens were hidden.
        """
        if kind == "auto":
            kind = "bars" if self._hides else "heatmap"
        elif kind != "bars" and self._hides:
            raise ValueError(f'kind="{kind}" shows substitutes, but tokens were hidden: use kind="bars"')
        height = token_height(self.changes.shape[1]) if kind == "heatmap" else 2.8
        ax = open_axes(ax, width=token_width(len(self.changes)), height=height)
        if kind == "heatmap":
            self._draw_heatmap(ax)
        else:
            draw = self._draw_logo if kind == "logo" else self._draw_bars
            draw(ax)
            ax.axhline(0, color="0.4", linewidth=0.8)
            ax.set_xlim(-0.6, len(self.changes) - 0.4)
            ax.locator_params(axis="y", nbins=4)  # ticks that stay, so that the layout fits
            ax.set_ylabel(f"drop of the\n{self.answer}")
        label_tokens(ax.xaxis, self._tokens)
        ax.set_xlabel("position")
        return self._finish(ax, self.title)

    def _draw_heatmap(self, ax: Any) -> None:
        letters = list(self.changes.columns)
        values = self.changes.to_numpy() if len(self.changes) else np.full((1, len(letters)), np.nan)
        draw_heatmap(ax, values.T, diverging=True, label=f"change of the\n{self.answer}")
        positions, rows = np.nonzero(self._is_reference())
        size = float(np.clip(400 / max(1, len(self.changes)), 1, 12))
        ax.scatter(positions, rows, s=size, color="0.35", linewidths=0)
        ax.set_yticks(
            range(len(letters)), letters, family="monospace", fontsize=9 if len(letters) <= 30 else 6
        )
        ax.set_ylabel("substitute")

    def _draw_bars(self, ax: Any) -> None:
        importances = self.importances
        colors = [COLORS[1] if value >= 0 else COLORS[0] for value in importances]
        ax.bar(range(len(importances)), importances, color=colors, width=0.85)

    def _draw_logo(self, ax: Any) -> None:
        """Letters as outlines, each stretched to its importance."""
        from matplotlib.font_manager import FontProperties
        from matplotlib.patches import PathPatch
        from matplotlib.textpath import TextPath
        from matplotlib.transforms import Affine2D

        font = FontProperties(family="monospace", weight="bold")
        letters = list(self.changes.columns)
        for position, (token, height) in enumerate(zip(self._tokens, self.importances, strict=True)):
            outline = TextPath((0, 0), token, size=1, prop=font)
            box = outline.get_extents()
            stretch = (
                Affine2D()
                .translate(-box.x0, -box.y0)
                .scale(GLYPH_WIDTH / box.width, height / box.height)
                .translate(position - GLYPH_WIDTH / 2, 0)
            )
            color = letter_color(token, letters)
            ax.add_patch(PathPatch(outline.transformed(stretch), facecolor=color, linewidth=0))
        lowest, highest = min(self.importances, default=0), max(self.importances, default=0)
        room = 0.08 * max(highest, 0, highest - lowest, -lowest) or 1.0
        ax.set_ylim(min(lowest, 0) - room, max(highest, 0) + room)
