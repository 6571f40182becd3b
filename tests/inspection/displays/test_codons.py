"""CodonTableDisplay: 64 cells with the letter that is read, or all 64 x 21 numbers."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from sklearn.pipeline import make_pipeline

from seqestimators import CodonTokenizer, RecurrentTagger
from seqestimators.datasets import make_coding_sequences
from seqestimators.inspection import CodonTable, CodonTableDisplay, codon_table
from seqestimators.inspection.codons import CODONS, LETTERS, _read_code


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def make_table(shares=None):
    """Table of genetic code 2, to be compared with code 1; some codons less sure than others."""
    right = [[float(letter == given) for letter in LETTERS] for given in _read_code(2)]
    table = pd.DataFrame(right, CODONS, LETTERS)
    for codon, share in (shares or {}).items():
        table.loc[codon] *= share
    return CodonTable(table, genetic_code=1)


def test_cells_show_the_letters_and_what_ncbi_has():
    ax = CodonTableDisplay(make_table()).plot().ax_
    texts = {text.get_text()[:3]: text for text in ax.texts}
    assert list(texts) == list(CODONS)
    assert texts["ATG"].get_text() == "ATG M"
    assert texts["TAA"].get_text() == "TAA *"
    assert texts["TGA"].get_text() == "TGA W (*)"
    assert texts["AGA"].get_text() == "AGA * (R)"
    assert ax.get_title() == "60 of 64 codons as in genetic code 1"
    x, y = texts["CAG"].get_position()
    assert x == 2
    assert 4 < y < 8.5


def test_cells_are_coloured_by_agreement_and_paler_when_unsure():
    ax = CodonTableDisplay(make_table({"TTT": 0.1})).plot().ax_
    colors = {
        text.get_text()[:3]: patch.get_facecolor()[:3]
        for text, patch in zip(ax.texts, ax.patches, strict=True)
    }
    np.testing.assert_allclose(colors["TTC"], to_rgb("#56B4E9"))
    np.testing.assert_allclose(colors["TGA"], to_rgb("#E69F00"))
    assert sum(colors["TTT"]) > sum(colors["TTC"])


def test_the_heatmap_is_the_table():
    table = make_table({"TTT": 0.1})
    ax = CodonTableDisplay(table).plot(kind="heatmap").ax_
    np.testing.assert_array_equal(ax.images[0].get_array(), table.probabilities)
    assert [label.get_text() for label in ax.get_yticklabels()] == list(CODONS)
    assert [label.get_text() for label in ax.get_xticklabels()] == list(LETTERS)
    rings = ax.collections[0].get_offsets()
    assert [LETTERS[int(x)] for x, _ in rings] == list(_read_code(1))


def test_from_estimator_reads_the_model_on_given_axes():
    model = make_pipeline(CodonTokenizer(), RecurrentTagger(hidden_size=4, max_epochs=1, random_state=0))
    model.fit(*make_coding_sequences(20, genetic_code=2, random_state=0))
    figure, ax = plt.subplots()
    display = CodonTableDisplay.from_estimator(
        model, genetic_code=2, n_contexts=2, stop_place="inside", ax=ax
    )
    assert display.ax_ is ax
    assert display.figure_ is figure
    expected = codon_table(model, genetic_code=2, n_contexts=2, stop_place="inside")
    pd.testing.assert_frame_equal(display.table.probabilities, expected.probabilities)
    with pytest.raises(ValueError, match="kind"):
        display.plot(kind="bars")
