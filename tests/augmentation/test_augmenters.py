"""Augmenters: RDKit and Biopython as oracles, and answers that don't depend on the rows beside."""

import pickle

import numpy as np
import pandas as pd
import pytest
from Bio.Seq import reverse_complement
from hypothesis import given
from hypothesis import strategies as st
from rdkit.Chem import CanonSmiles
from sklearn.base import clone

from seqestimators.augmentation import Augmenter, ReverseComplement, SmilesRandomizer
from seqestimators.datasets import load_molecule_activity, load_nci_molecules
from seqestimators.exceptions import InvalidSequenceError

SMILES = ["CC(=O)Oc1ccccc1C(=O)O", "C[C@H](N)C(=O)O", r"F/C=C\F", "[13CH3][NH3+].[Cl-]", "C", ""]


class Shift(Augmenter):
    """Cuts off a random beginning."""

    def _vary(self, sequences, seeds):
        return [row[seed % 3 :] for row, seed in zip(sequences, seeds, strict=True)]


def test_random_smiles_are_of_the_same_molecule():
    smiles = [*SMILES, *load_molecule_activity(return_X_y=True)[0][::20], *load_nci_molecules().data[::100]]
    varied = SmilesRandomizer(random_state=0).fit_transform(smiles)
    assert list(map(CanonSmiles, varied)) == list(map(CanonSmiles, smiles))
    assert np.mean(varied != np.array(smiles, dtype=object)) > 0.9


def test_the_seed_decides():
    randomizer = SmilesRandomizer(random_state=0)
    np.testing.assert_array_equal(randomizer.transform(SMILES), randomizer.transform(SMILES))
    np.testing.assert_array_equal(
        clone(randomizer).fit(SMILES).transform(SMILES),
        pickle.loads(pickle.dumps(randomizer)).transform(SMILES),
    )
    random = np.random.RandomState(0)
    state = np.random.get_state()[1].copy()
    aspirin = {randomizer.augment(SMILES[:1], random)[0] for _ in range(50)}
    assert len(aspirin) > 20
    np.testing.assert_array_equal(np.random.get_state()[1], state)


@pytest.mark.parametrize("augmenter", [SmilesRandomizer(random_state=1), ReverseComplement(), Shift()])
def test_a_row_gets_the_same_whatever_stands_beside_it(augmenter):
    rows = ["CCOCCN", "CCN", "CNCNC"] if augmenter.kind == "smiles" else ["ACGT", "AACC", "GTAAC"]
    whole = augmenter.augment(rows, 3)
    assert [augmenter.augment([row], 3)[0] for row in rows] == whole.tolist()
    assert augmenter.augment(rows[::-1], 3).tolist() == whole[::-1].tolist()


@given(st.lists(st.text("ACGTUacgtuBDHKMNRSVWYbn", max_size=20), min_size=1, max_size=5))
def test_the_other_strand_is_that_of_biopython(rows):
    normal = [row.upper().replace("U", "T") for row in rows]
    strands = ReverseComplement().fit_transform(rows)
    assert strands.tolist() == [reverse_complement(row) for row in normal]
    assert ReverseComplement().transform(strands).tolist() == normal


def test_gaps_and_unknown_signs_stay():
    assert ReverseComplement().transform(["AC-X.N?G"]).tolist() == ["C?N.X-GT"]


@pytest.mark.parametrize(
    ("augmenter", "rows", "message"),
    [
        (SmilesRandomizer(), ["CCO", "C1CC"], "Could not parse 'C1CC' at row 1 of X as a molecule"),
        (SmilesRandomizer(), ["CCO ethanol"], "row 0, position 3 of X is ' ', where a SMILES ends"),
        (SmilesRandomizer(), ["CCO", None], "row 1 of X is missing"),
        (ReverseComplement(), ["ACGT", "ACPT"], "row 1, position 2 of X is 'P', which is no nucleotide"),
        (ReverseComplement(), ["AC GT"], "row 0, position 2 of X is ' ', a blank"),
    ],
)
def test_what_cannot_be_read_is_refused(augmenter, rows, message):
    with pytest.raises(InvalidSequenceError, match=message):
        augmenter.augment(rows)
    with pytest.raises(InvalidSequenceError, match=message):
        augmenter.transform(rows)


def test_containers_agree():
    rows = ["AACG", "ggua"]
    for X in (tuple(rows), np.array(rows), pd.Series(rows), pd.DataFrame({"dna": rows})):
        assert ReverseComplement().fit_transform(X).tolist() == ["CGTT", "TACC"]
    with pytest.raises(ValueError, match="Wrap a single sequence"):
        ReverseComplement().transform("AACG")


def test_an_augmenter_of_ones_own_reads_strings_or_lists():
    assert Shift().augment(["abc"], 0)[0] in ("abc", "bc", "c")
    assert Shift().augment([["a", "b", "c"]], 0)[0][-1] == "c"


def test_the_hook_has_to_return_a_row_for_each():
    class Doubled(Augmenter):
        def _vary(self, sequences, seeds):
            return sequences * 2

    with pytest.raises(ValueError, match="Doubled._vary made 4 rows of 2: return one for each"):
        Doubled().augment(["a", "b"])
    with pytest.raises(TypeError, match="abstract"):
        Augmenter()


def test_random_states_are_checked():
    with pytest.raises(ValueError, match="'random_state' parameter of SmilesRandomizer"):
        SmilesRandomizer(random_state="x").fit(SMILES)
