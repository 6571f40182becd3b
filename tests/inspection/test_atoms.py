"""Atoms of tokens: those that RDKit finds, in its order."""

import numpy as np
import pytest
from rdkit import Chem
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, SmilesTokenizer
from seqestimators.datasets import fetch_bbbp, load_molecule_activity
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.inspection import atom_alignment
from seqestimators.inspection.atoms import parse_as_written

HARD = [
    "[H]C([H])([2H])[O-].[Na+]",
    "[H][H]",
    "C%10CC%10[C@@H](Br)c1cc[nH]c1",
    "*C(=O)[*:1]",
    "[13CH3]/C=C/[Se]C#N",
    "Clc1ccc[n+]([O-])c1",
]


@pytest.mark.parametrize("scheme", ["atom", "character"])
@pytest.mark.parametrize("smiles", HARD)
def test_each_atom_is_the_one_that_rdkit_numbers(scheme, smiles):
    alignment = atom_alignment(SmilesTokenizer(scheme=scheme).fit(["C"]), smiles)
    assert "".join(alignment.tokens) == smiles
    molecule = parse_as_written(smiles)
    assert alignment.n_atoms == molecule.GetNumAtoms()
    for atom in molecule.GetAtoms():
        written = "".join(np.array(alignment.tokens)[alignment.atoms == atom.GetIdx()])
        assert atom.GetSymbol().lower() in written.lower()


def check_data(smiles, **parameters):
    smiles = [one for one in smiles if Chem.MolFromSmiles(one) is not None]
    tokenizer = SmilesTokenizer(**parameters).fit(smiles)
    for alignment in atom_alignment(tokenizer, smiles):
        assert alignment.n_atoms == parse_as_written(alignment.smiles).GetNumAtoms(), alignment.smiles
    return len(smiles)


@pytest.mark.parametrize("scheme", ["atom", "character"])
@pytest.mark.parametrize("rewriting", [{}, {"canonical": True}, {"stereo": False}])
def test_the_counts_agree_on_bundled_molecules(scheme, rewriting):
    assert check_data(load_molecule_activity().data[::15], scheme=scheme, **rewriting) == 68


@pytest.mark.parametrize("scheme", ["atom", "character"])
def test_the_counts_agree_on_all_molecules_of_bbbp(data_home, scheme):
    assert check_data(fetch_bbbp().data, scheme=scheme) == 2039


def test_the_string_is_the_one_that_is_read():
    tokenizer = SmilesTokenizer(canonical=True).fit(["CO"])
    alignment = atom_alignment(tokenizer, "OC")
    assert (alignment.smiles, alignment.tokens) == ("CO", ["C", "O"])
    flat = atom_alignment(SmilesTokenizer(stereo=False).fit(["CO"]), "C[C@H](N)O")
    assert "@" not in flat.smiles
    with pytest.raises(InvalidSequenceError, match="Could not parse 'C1C'"):
        atom_alignment(tokenizer, "C1C")
    with pytest.raises(InvalidSequenceError, match="Could not parse 'C1C' as a molecule"):
        parse_as_written("C1C")


def test_ends_and_unknown_tokens_keep_their_places():
    tokenizer = SmilesTokenizer(add_bos=True, add_eos=True).fit(["C"])
    alignment = atom_alignment(tokenizer, "C=[nH]")
    assert alignment.tokens == ["<bos>", "C", "=", "[nH]", "<eos>"]
    assert alignment.atoms.tolist() == [-1, 0, -1, 1, -1]
    assert len(tokenizer.transform(["C=[nH]"])[0]) == 5
    assert alignment.sum_over_atoms([1, 2, 4, 8, 16]).tolist() == [2, 8]


def test_several_molecules_and_a_pipeline():
    model = make_pipeline(SmilesTokenizer(), RecurrentClassifier(hidden_size=2, max_epochs=1))
    model.fit(["C", "CO"], [0, 1])
    alignments = atom_alignment(model, ["C", "", "CO"])
    assert [one.n_atoms for one in alignments] == [1, 0, 2]
    with pytest.raises(TypeError, match="Pipeline has no SmilesTokenizer"):
        atom_alignment(
            make_pipeline(DNATokenizer(), RecurrentClassifier(max_epochs=1)).fit(["A", "C"], [0, 1]), "A"
        )
