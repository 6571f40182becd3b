"""Genes of files, judged by no rule; test_coding_reader has the rules."""

import io

import pytest
from Bio.Seq import Seq
from Bio.SeqFeature import BeforePosition, SeqFeature, SimpleLocation
from Bio.SeqRecord import SeqRecord

from seqestimators.datasets._genes import Gene, read_fasta_genes, read_genbank_genes


@pytest.mark.parametrize(("genetic_code", "expected"), [(None, 1), (11, 11)])
def test_a_record_of_fasta_is_a_gene(genetic_code, expected):
    genes = read_fasta_genes(io.StringIO(">a text\naugu\n>b\n\n"), "file", genetic_code)
    assert list(genes) == [Gene("a", "ATGT", expected), Gene("b", "", expected)]


@pytest.mark.parametrize("genetic_code", [None, 2])
def test_a_feature_of_genbank_is_a_gene(genetic_code):
    qualifiers = {"locus_tag": "tag", "protein_id": "P.1", "translation": "K", "transl_table": "11"}
    places = [SimpleLocation(0, 6, 1), SimpleLocation(BeforePosition(0), 6, 1)]
    features = [
        SeqFeature(places[0], "CDS", qualifiers=qualifiers | {"codon_start": "3"}),
        SeqFeature(places[1], "CDS", qualifiers={"gene": "cut", "pseudo": ""}),
        SeqFeature(places[0], "gene", qualifiers={"gene": "no CDS"}),
    ]
    record = SeqRecord(Seq("acgaaa"), "r", features=features, annotations={"molecule_type": "DNA"})
    first, second = read_genbank_genes(
        record.format("genbank").splitlines(keepends=True), "file", genetic_code
    )
    code, translation = (11, "K") if genetic_code is None else (2, None)
    assert first == Gene("tag", "GAAA", code, translation, protein_id="P.1")
    assert second == Gene(
        "cut", "ACGAAA", genetic_code or 1, symbol="cut", is_pseudogene=True, is_partial=True
    )
