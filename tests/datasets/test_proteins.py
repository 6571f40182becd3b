"""Peptides and chains have the counts of their files."""

import pytest

from seqestimators import ProteinTokenizer
from seqestimators.datasets import fetch_antimicrobial_peptides, fetch_secondary_structure


def test_antimicrobial_peptides(data_home):
    peptides = fetch_antimicrobial_peptides(data_home=data_home)
    assert peptides.data.shape == peptides.target.shape == (5200,)
    assert peptides.target.sum() == 2600
    lengths = [len(peptide) for peptide in peptides.data]
    assert (min(lengths), max(lengths)) == (7, 174)
    assert len(peptides.data) - len(set(peptides.data)) == 558
    both = set(peptides.data[peptides.target == 0]) & set(peptides.data[peptides.target == 1])
    assert len(both) == 22
    ProteinTokenizer(unknown="error").fit(peptides.data).transform(peptides.data)


@pytest.mark.parametrize(("subset", "n_chains"), [("train", 9712), ("validation", 1080), ("test", 364)])
def test_flip(subset, n_chains, data_home):
    flip = fetch_secondary_structure(subset, data_home=data_home)
    assert flip.data.shape == flip.target.shape == flip.identifier.shape == (n_chains,)
    assert all(len(chain) == len(labels) for chain, labels in zip(flip.data, flip.target, strict=True))
    assert {label for labels in flip.target for label in labels} == {"H", "E", "C", None}
    if subset == "train":
        assert flip.identifier[0] == "1es5-A"
        assert flip.target[0][:4] == [None, None, "C", "C"]


@pytest.mark.parametrize(("subset", "n_chains"), [("train", 111), ("test", 17)])
def test_uci(subset, n_chains, data_home):
    chains, structure = fetch_secondary_structure(subset, source="uci", data_home=data_home, return_X_y=True)
    assert len(chains) == len(structure) == n_chains
    assert all(len(chain) == len(labels) for chain, labels in zip(chains, structure, strict=True))
    assert {label for labels in structure for label in labels} == {"H", "E", "C"}


def test_uci_has_no_validation_chains():
    with pytest.raises(ValueError, match="the UCI set has no validation chains"):
        fetch_secondary_structure("validation", source="uci")
