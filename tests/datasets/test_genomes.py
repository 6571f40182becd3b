"""Genes of whole genomes; Biopython's translation is the oracle."""

import pytest
from Bio.Seq import Seq

from seqestimators.datasets import fetch_coding_sequences

SOURCES = {"ecoli": 4239, "arabidopsis_chloroplast": 85, "yersinia_plasmid": 10, "phix174": 11}


@pytest.fixture(scope="module")
def genomes(data_home):
    return {source: fetch_coding_sequences(source, data_home=data_home) for source in SOURCES}


@pytest.mark.parametrize("source", SOURCES)
def test_proteins_are_those_of_their_genes(source, genomes):
    genes = genomes[source]
    assert len(genes.data) == SOURCES[source]
    assert set(genes.genetic_code) == {11}
    for dna, protein, code in zip(genes.data, genes.target, genes.genetic_code, strict=True):
        assert len(dna) == 3 * len(protein)
        # Start codons other than ATG are read as methionine too.
        assert protein == "M" + str(Seq(dna[3:]).translate(table=int(code)))
        assert protein.endswith("*")


def test_clean_genes_of_ecoli(genomes):
    dna = genomes["ecoli"].data
    assert (min(map(len, dna)), max(map(len, dna))) == (42, 7077)
    stops = ("TAA", "TAG", "TGA")
    clean = [
        one
        for one in dna
        if not set(one) - set("ACGT") and len(one) % 3 == 0 and one.startswith("ATG") and one.endswith(stops)
    ]
    assert len(clean) == 3830


def test_names_of_genes(genomes):
    ecoli = genomes["ecoli"]
    assert (ecoli.identifier[0], ecoli.gene[0]) == ("AAC76904", "yiiS")
    assert {"rbcL", "psbA", "ndhD"} <= set(genomes["arabidopsis_chloroplast"].gene)
    assert len(set(genomes["phix174"].identifier)) == 11


def test_an_unknown_source_is_refused():
    with pytest.raises(ValueError, match="'source' parameter of fetch_coding_sequences"):
        fetch_coding_sequences("human")
