"""The genetic code that a network has learned, as a picture."""

from typing import Any, Self

import numpy as np

from ..._sklearn import StrOptions, validate_params
from ...plotting import COLORS, Display, draw_heatmap, open_axes
from ..codons import BASES, codon_table

__all__ = ["CodonTableDisplay"]

AGREES, DIFFERS, RING = COLORS[5], COLORS[4], COLORS[1]
BLOCK_GAP = 0.25
"""Between the rows of one first base and the next, in rows."""


class CodonTableDisplay(Display):
    """The 64 codons with the letters that a network reads from them.

    Make it with :meth:`from_estimator`.

    Parameters
    ----------
    table : CodonTable
        What :func:`codon_table` returns.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The Axes of the plot.
    figure_ : matplotlib Figure
        The Figure of the plot.

    See Also
    --------
    codon_table : The numbers.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import CodonTokenizer, RecurrentTagger
    >>> from seqestimators.datasets import make_coding_sequences
    >>> from seqestimators.inspection import CodonTableDisplay
    >>> model = make_pipeline(CodonTokenizer(), RecurrentTagger(max_epochs=1, random_state=0))
    >>> model = model.fit(*make_coding_sequences(10, random_state=0))
    >>> display = CodonTableDisplay.from_estimator(model)
    >>> display.ax_.get_ylabel()
    'first base'
    """

    def __init__(self, table: Any):
        self.table = table

    @classmethod
    def from_estimator(
        cls,
        model: Any,
        *,
        genetic_code: int = 1,
        n_contexts: int = 20,
        length: int = 20,
        stop_place: str = "end",
        random_state: Any = 0,
        kind: str = "cells",
        ax: Any = None,
    ) -> Self:
        """Read the genetic code back from a model and draw it.

        Parameters
        ----------
        model : fitted Pipeline
            Reads coding DNA as strings and predicts one letter per codon.
        genetic_code : int, default=1
            Number of the genetic code to compare with, in NCBI's list.
        n_contexts : int, default=20
            Number of genes that each codon is put into, at least 1.
        length : int, default=20
            Number of codons of a gene, at least 3.
        stop_place : {"end", "inside"}, default="end"
            Where a stop codon is looked at: as the last codon of a gene, or at
            an inner place like the sense codons.
        random_state : int, RandomState or None, default=0
            Source of the genes and of the places in them.
        kind : {"cells", "heatmap"}, default="cells"
            What `plot` draws.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        CodonTableDisplay
        """
        table = codon_table(
            model,
            genetic_code=genetic_code,
            n_contexts=n_contexts,
            length=length,
            stop_place=stop_place,
            random_state=random_state,
        )
        return cls(table).plot(kind=kind, ax=ax)

    @validate_params({"kind": [StrOptions({"cells", "heatmap"})]})
    def plot(self, *, kind: str = "cells", ax: Any = None) -> Self:
        """Draw the table.

        Parameters
        ----------
        kind : {"cells", "heatmap"}, default="cells"
            The classic table of 4 x 4 x 4 cells, each with the likeliest
            letter, blue where it is NCBI's and orange elsewhere (with NCBI's
            in brackets), and the paler the less probable; or all 64 x 21
            numbers as colours.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        CodonTableDisplay
            The display, with `ax_` and `figure_`.
        """
        if kind == "cells":
            ax = open_axes(ax, width=5.6, height=6.0)
            self._draw_cells(ax)
        else:
            ax = open_axes(ax, width=6.4, height=10.0)
            self._draw_heatmap(ax)
        ax.set_title(
            f"{self.table.n_agreeing} of {len(self.table.letters)} codons as in genetic code "
            f"{self.table.genetic_code}",
            fontsize="medium",
        )
        return self._finish(ax)

    def _draw_cells(self, ax: Any) -> None:
        from matplotlib.colors import to_rgb
        from matplotlib.patches import Rectangle

        letters, expected = self.table.letters, self.table.expected
        largest = self.table.probabilities.max(axis=1)
        for codon in letters.index:
            first, second, third = map(BASES.index, codon)
            x, y = second, 4 * first + third + BLOCK_GAP * first
            agrees = letters[codon] == expected[codon]
            share = 0.15 + 0.85 * largest[codon]
            color = share * np.array(to_rgb(AGREES if agrees else DIFFERS)) + (1 - share)
            ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=color, edgecolor="white"))
            text = f"{codon} {letters[codon]}" + ("" if agrees else f" ({expected[codon]})")
            ax.text(x, y, text, ha="center", va="center", fontsize=9, family="monospace")
        ax.set_xlim(-0.5, 3.5)
        ax.set_ylim(15.5 + 3 * BLOCK_GAP, -0.5)
        ax.set_xticks(range(4), list(BASES))
        ax.set_yticks([1.5 + (4 + BLOCK_GAP) * i for i in range(4)], list(BASES))
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.set_xlabel("second base")
        ax.set_ylabel("first base")
        rows = [y + BLOCK_GAP * (y // 4) for y in range(16)]
        third = ax.secondary_yaxis("right")
        third.set_yticks(rows, 4 * list(BASES))
        third.tick_params(length=0)
        third.spines[:].set_visible(False)
        third.set_ylabel("third base", rotation=270, va="bottom")
        meanings = {AGREES: "as in NCBI's table", DIFFERS: "another letter (NCBI's in brackets)"}
        patches = [Rectangle((0, 0), 1, 1, color=color, label=text) for color, text in meanings.items()]
        ax.legend(
            handles=patches, title="the paler, the less probable", loc="upper center",
            bbox_to_anchor=(0.5, -0.09), ncols=2, frameon=False, fontsize="small", title_fontsize="small"
        )  # fmt: skip

    def _draw_heatmap(self, ax: Any) -> None:
        probabilities = self.table.probabilities
        draw_heatmap(ax, probabilities.to_numpy(), label="probability", limit=1.0)
        expected = [probabilities.columns.get_loc(letter) for letter in self.table.expected]
        ax.scatter(expected, range(len(expected)), s=14, facecolors="none", edgecolors=RING, linewidths=1)
        ax.set_xticks(range(probabilities.shape[1]), list(probabilities.columns), family="monospace")
        ax.set_yticks(range(len(probabilities)), list(probabilities.index), fontsize=7, family="monospace")
        ax.tick_params(length=0)
        ax.set_xlabel("letter; rings are NCBI's")
        ax.set_ylabel("codon")
