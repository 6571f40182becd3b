"""Genes of FASTA and GenBank files; Biopython's translation is the oracle."""

import pytest
from Bio import SeqIO
from Bio.Seq import Seq
from Bio.SeqFeature import CompoundLocation, SeqFeature, SimpleLocation
from Bio.SeqRecord import SeqRecord

from seqestimators.datasets import fetch_coding_sequences
from seqestimators.datasets.coding_sequences import _read_genbank

SOURCES = {"ecoli": 4239, "arabidopsis_chloroplast": 85, "yersinia_plasmid": 10, "phix174": 11}


@pytest.mark.parametrize("source", SOURCES)
def test_proteins_are_those_of_their_genes(source, data_home):
    genes = fetch_coding_sequences(source, data_home=data_home)
    assert len(genes.data) == SOURCES[source]
    assert set(genes.genetic_code) == {11}
    for dna, protein, code in zip(genes.data, genes.target, genes.genetic_code, strict=True):
        assert len(dna) == 3 * len(protein)
        # Start codons other than ATG are read as methionine too.
        assert protein == "M" + str(Seq(dna[3:]).translate(table=int(code)))
        assert protein.endswith("*")


def test_clean_genes_of_ecoli(data_home):
    dna, _ = fetch_coding_sequences("ecoli", data_home=data_home, return_X_y=True)
    assert (min(map(len, dna)), max(map(len, dna))) == (42, 7077)
    stops = ("TAA", "TAG", "TGA")
    clean = [
        one
        for one in dna
        if not set(one) - set("ACGT") and len(one) % 3 == 0 and one.startswith("ATG") and one.endswith(stops)
    ]
    assert len(clean) == 3830


def test_names_of_genes(data_home):
    ecoli = fetch_coding_sequences("ecoli", data_home=data_home)
    assert (ecoli.identifier[0], ecoli.gene[0]) == ("AAC76904", "yiiS")
    chloroplast = fetch_coding_sequences("arabidopsis_chloroplast", data_home=data_home)
    assert {"rbcL", "psbA", "ndhD"} <= set(chloroplast.gene)
    phage = fetch_coding_sequences("phix174", data_home=data_home)
    assert len(set(phage.identifier)) == 11


def feature(location, **qualifiers):
    return SeqFeature(location, type="CDS", qualifiers={name: [text] for name, text in qualifiers.items()})


@pytest.fixture
def path(tmp_path):
    """Write a GenBank file with one gene of each kind."""
    sequence = Seq("ATGAAATAACC" + "TTAGGGCAT" + "ATGGGATTTTAA" + "CCTGTGAAATAG")
    # The pieces begin at 0, 11, 20 and 32; the last gene has a T before its first codon.
    features = [
        feature(SimpleLocation(0, 9, 1), translation="MK", protein_id="plain.1", gene="one"),
        feature(SimpleLocation(11, 20, -1), translation="MP", protein_id="reverse.1", transl_table="11"),
        feature(
            CompoundLocation([SimpleLocation(20, 23, 1), SimpleLocation(26, 32, 1)]),
            translation="MF",
            protein_id="spliced.1",
        ),
        feature(SimpleLocation(34, 44, 1), translation="VK", protein_id="frame.1", codon_start="2"),
        feature(SimpleLocation(0, 6, 1), translation="MK", protein_id="open.1"),
        feature(SimpleLocation(0, 9, 1), gene="pseudo", pseudo=""),
    ]
    record = SeqRecord(sequence, "TEST.1", "TEST", annotations={"molecule_type": "DNA"}, features=features)
    path = tmp_path / "test.gb"
    with open(path, "w", encoding="ascii") as handle:
        SeqIO.write([record], handle, "genbank")
    return path


def test_genes_of_every_kind_of_place(path):
    assert list(_read_genbank(path)) == [
        ("plain.1", "one", "ATGAAATAA", "MK*", 1),
        ("reverse.1", "", "ATGCCCTAA", "MP*", 11),
        ("spliced.1", "", "ATGTTTTAA", "MF*", 1),
        ("frame.1", "", "GTGAAATAG", "VK*", 1),
        ("open.1", "", "ATGAAA", "MK", 1),
    ]


def test_an_unknown_source_is_refused():
    with pytest.raises(ValueError, match="'source' parameter of fetch_coding_sequences"):
        fetch_coding_sequences("human")
