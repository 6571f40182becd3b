"""Coloured molecules: each atom has the colour of its value."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentClassifier, SmilesTokenizer
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.inspection import (
    MoleculeAttributionDisplay,
    atom_alignment,
    attention_weights,
    integrated_gradients,
    mutagenesis,
)


@pytest.fixture(scope="module")
def model():
    tokenizer = SmilesTokenizer(scheme="character", add_bos=True, add_eos=True)
    classifier = RecurrentClassifier(hidden_size=5, max_epochs=1, pooling="attention", random_state=0)
    return make_pipeline(tokenizer, classifier).fit(["C[NH3+]", "C=O", "CCC"], ["a", "b", "b"])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("attribution", ["integrated_gradients", "occlusion", "attention"])
def test_values_of_atoms_are_sums_over_their_tokens(model, attribution):
    smiles = "[H]C([NH3+])=O"
    display = MoleculeAttributionDisplay.from_estimator(model, smiles, attribution=attribution)
    (predicted,) = model.predict([smiles])
    values = {
        "integrated_gradients": integrated_gradients(model, smiles, target=predicted),
        "occlusion": np.concatenate([[0], -mutagenesis(model, smiles, target=predicted)["without"], [0]]),
        "attention": attention_weights(model, smiles),
    }[attribution]
    np.testing.assert_allclose(display.token_values, values, atol=1e-9)
    expected = [values[1:4].sum(), values[4], values[6:12].sum(), values[14]]
    np.testing.assert_allclose(display.atom_values, expected, atol=1e-9)
    on_atoms = np.abs(values[atom_alignment(model, smiles).atoms >= 0]).sum()
    assert display.atom_share == pytest.approx(on_atoms / np.abs(values).sum())


def test_the_largest_value_has_the_strongest_colour():
    alignment = atom_alignment(SmilesTokenizer().fit(["C"]), "CNO")
    display = MoleculeAttributionDisplay(alignment, [2.0, -1.0, 0.0])
    assert display._color(2.0) == pytest.approx((0.96, 0.60, 0.16))
    assert "#F49928" in display.svg_  # of the same colour
    assert display._color(0.0) == (1, 1, 1)
    assert display._repr_svg_() is display.svg_
    assert display.png_.startswith(b"\x89PNG")
    assert display.plot()._repr_svg_() is None  # the figure shows it
    assert repr(display) == "MoleculeAttributionDisplay()"


def test_given_axes(model):
    ax = plt.figure().add_subplot()
    display = MoleculeAttributionDisplay.from_estimator(model, "CCO", ax=ax)
    assert display.ax_ is ax
    assert len(ax.images) == 1
    (predicted,) = model.predict(["CCO"])
    assert display.figure_.axes[1].get_ylabel() == f"contribution to the\nlog-odds of {predicted}"
    assert ax.get_title().startswith(f"Predicted {predicted}, probability ")


def test_what_cannot_be_drawn_is_refused(model):
    with pytest.raises(InvalidSequenceError, match="Could not parse 'C1C'"):
        MoleculeAttributionDisplay.from_estimator(model, "C1C")
    with pytest.raises(ValueError, match="whatever the class: leave target out"):
        MoleculeAttributionDisplay.from_estimator(model, "C", attribution="attention", target="a")
