"""A molecule whose atoms are coloured by what they contribute."""

from functools import cached_property
from io import BytesIO
from typing import Any, Self

import numpy as np

from ..._sklearn import StrOptions, validate_params
from ...plotting import Display, open_axes
from .._fitted import FittedModel, is_single
from ..atoms import atom_alignment, parse_as_written
from ..attention import attention_weights
from ..attributions import integrated_gradients
from ..mutagenesis import WITHOUT, change_each_token

__all__ = ["MoleculeAttributionDisplay"]

NEGATIVE, POSITIVE = (0.53, 0.44, 0.78), (0.96, 0.60, 0.16)
"""Purple and orange, told apart by colour-blind readers; black letters stay readable on them."""
CONTRAST = 0.6
"""Power of the strength of a colour: below 1, atoms of little weight can be seen, too."""
SIZE = (960, 600)
"""Width and height of the drawing, in pixels."""


class MoleculeAttributionDisplay(Display):
    """A molecule with its atoms coloured by attribution or attention.

    Make it with :meth:`from_estimator`. In a notebook it shows itself
    where it was not plotted.

    Parameters
    ----------
    alignment : AtomAlignment
        Alignment of the atoms with the tokens of the SMILES.
    token_values : ndarray of shape (n_tokens,)
        What each token contributes, or its weight.
    label : str, default="attribution"
        Label of the colour bar.
    title : str or None, default=None
        Title of the plot, such as the prediction for the molecule.

    Attributes
    ----------
    atom_values : ndarray of shape (n_atoms,)
        Sum over the tokens of each atom.
    atom_share : float
        Share of the magnitude of all token values that is on atoms; the rest
        is on bonds, branches and rings, which aren't coloured.
    svg_ : str
        The drawing as SVG.
    png_ : bytes
        The drawing as PNG.
    ax_ : matplotlib Axes
        The Axes of the plot, once plotted.
    figure_ : matplotlib Figure
        The Figure of the plot.

    See Also
    --------
    integrated_gradients, mutagenesis, attention_weights : The numbers.
    atom_alignment : Which token is which atom.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import RecurrentClassifier, SmilesTokenizer
    >>> from seqestimators.inspection import MoleculeAttributionDisplay
    >>> model = make_pipeline(
    ...     SmilesTokenizer(), RecurrentClassifier(hidden_size=8, max_epochs=1, random_state=0)
    ... )
    >>> model = model.fit(["CCO", "CCCC"], ["polar", "apolar"])
    >>> display = MoleculeAttributionDisplay.from_estimator(model, "CC=O")
    >>> display.atom_values.shape
    (3,)
    """

    def __init__(
        self, alignment: Any, token_values: Any, *, label: str = "attribution", title: str | None = None
    ):
        self.alignment = alignment
        self.token_values = np.asarray(token_values)
        self.label = label
        self.title = title

    @property
    def atom_values(self) -> Any:
        """Sum over the tokens of each atom, ndarray of shape (n_atoms,)."""
        return self.alignment.sum_over_atoms(self.token_values)

    @property
    def atom_share(self) -> Any:
        """Share of the magnitude of all token values that is on atoms."""
        magnitudes = np.abs(self.token_values)
        return float(
            magnitudes[self.alignment.atoms >= 0].sum() / max(magnitudes.sum(), np.finfo(float).tiny)
        )

    @property
    def _limit(self) -> Any:
        return float(np.abs(self.atom_values).max(initial=0)) or 1.0

    @classmethod
    @validate_params({"attribution": [StrOptions({"integrated_gradients", "occlusion", "attention"})]})
    def from_estimator(
        cls,
        model: Any,
        x: Any,
        *,
        attribution: str = "integrated_gradients",
        target: Any = None,
        column: Any = None,
        ax: Any = None,
    ) -> Self:
        """Compute what the atoms of a molecule contribute and draw it.

        Parameters
        ----------
        model : fitted Pipeline
            A Pipeline whose first step is a SmilesTokenizer, or SequenceColumns
            with one.
        x : one SMILES
            Of several columns, a table of one row.
        attribution : {"integrated_gradients", "occlusion", "attention"}, default="integrated_gradients"
            Contributions by :func:`integrated_gradients`; by how much the
            answer drops without the token, by :func:`mutagenesis`; or the
            weights of a network with ``pooling="attention"``.
        target : object, default=None
            Class, label or target to explain, as in
            :func:`integrated_gradients`. None takes the class that is
            predicted, or the only target. Attention knows of none.
        column : object, default=None
            Column of sequences to look at, of a model that reads several, as
            :class:`~seqestimators.SequenceColumns` names it.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        MoleculeAttributionDisplay

        Raises
        ------
        InvalidSequenceError
            RDKit can't parse the SMILES.
        TypeError
            The model has no SmilesTokenizer.
        ValueError
            A target is given for attention, or the network has none; or there is
            no such column.
        """
        fitted = FittedModel(model, column)
        sequence = fitted.read_one(x)
        (alignment,) = atom_alignment(model, [x] if is_single(x) else x, column=column)
        chosen = fitted.choose_target(sequence, target)
        if attribution == "attention":
            if target is not None:
                raise ValueError(
                    "attention says where the network looks, whatever the class: leave target out"
                )
            (values,) = attention_weights(fitted.estimator, sequence, column=fitted.place)
            label = "weight of attention"
        elif attribution == "integrated_gradients":
            # Closer sums take up to ten times as long, and no eye sees the difference.
            (values,) = integrated_gradients(
                fitted.estimator, sequence, target=chosen, tolerance=0.01, column=fitted.place
            )
            margin = fitted.estimator.margin(chosen)
            label = f"contribution to the\n{fitted.name_of_margin(margin, sequence)}"
        else:
            hidden = change_each_token(fitted, sequence, chosen, "occlusion", "delete", "log_odds")
            ((changes, answer),) = hidden
            values = np.zeros(len(alignment.tokens))
            values[~fitted.column_of(sequence).is_end] = 0.0 - changes[WITHOUT]
            label = f"drop of the {answer}\nwithout the atom"
        title = fitted.describe_answer(sequence)
        return cls(alignment, values, label=label, title=title).plot(ax=ax)

    @cached_property
    def svg_(self) -> Any:
        """The drawing as SVG, str."""
        return self._draw("MolDraw2DSVG")

    @cached_property
    def png_(self) -> Any:
        """The drawing as PNG, bytes."""
        return self._draw("MolDraw2DCairo")

    def _repr_svg_(self) -> Any:
        return None if hasattr(self, "figure_") else self.svg_  # the figure is shown already

    def _draw(self, canvas_name: str) -> Any:
        from rdkit.Chem.Draw import rdMolDraw2D

        canvas = getattr(rdMolDraw2D, canvas_name)(*SIZE)
        molecule = parse_as_written(self.alignment.smiles)
        options = canvas.drawOptions()
        options.useBWAtomPalette()
        options.prepareMolsBeforeDrawing = False  # it would drop hydrogens, and atoms their numbers
        options.highlightRadius = 0.45
        options.bondLineWidth = 3
        options.minFontSize, options.maxFontSize = 24, 48
        options.padding = 0.02
        molecule = rdMolDraw2D.PrepareMolForDrawing(molecule, addChiralHs=False)
        colors = dict(enumerate(map(self._color, self.atom_values.tolist())))
        canvas.DrawMolecule(
            molecule, highlightAtoms=list(colors), highlightAtomColors=colors, highlightBonds=[]
        )
        canvas.FinishDrawing()
        return canvas.GetDrawingText()

    def _color(self, value: Any) -> Any:
        """Red, green and blue of an atom: white at 0."""
        strength = (abs(value) / self._limit) ** CONTRAST
        end = POSITIVE if value > 0 else NEGATIVE
        return tuple(1.0 - strength * (1.0 - channel) for channel in end)

    def plot(self, *, ax: Any = None) -> Self:
        """Draw the molecule and a bar of its colours.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        MoleculeAttributionDisplay
            The display, with `ax_` and `figure_`.

        Raises
        ------
        InvalidSequenceError
            RDKit can't parse the SMILES.
        """
        ax = open_axes(ax, width=6.4, height=3.9)
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import LinearSegmentedColormap, Normalize
        from matplotlib.image import imread

        ax.imshow(imread(BytesIO(self.png_), format="png"), interpolation="antialiased")
        ax.set_xticks([])
        ax.set_yticks([])
        ax.spines[:].set_visible(False)
        if self.atom_share < 0.995:
            ax.set_xlabel(
                f"not coloured: {1 - self.atom_share:.0%} of all magnitudes,\non bonds, branches and rings",
                fontsize="small",
            )
        lowest = -self._limit if (self.token_values < 0).any() else 0.0
        shades = [self._color(value) for value in np.linspace(lowest, self._limit, 255)]
        colors = ScalarMappable(
            Normalize(lowest, self._limit), LinearSegmentedColormap.from_list("attribution", shades)
        )
        ax.figure.colorbar(colors, ax=ax, label=self.label, fraction=0.05, pad=0.02)
        return self._finish(ax, self.title)
