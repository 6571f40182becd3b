"""Small files of every kind, as columns."""

import gzip

import numpy as np
import pytest
from Bio import SeqIO
from Bio.Seq import Seq
from Bio.SeqFeature import CompoundLocation, SeqFeature, SimpleLocation
from Bio.SeqRecord import SeqRecord

from seqestimators.datasets._readers import (
    read_csv,
    read_ensembl,
    read_genbank,
    read_pairs,
    read_smiles,
    read_uci,
)


@pytest.fixture
def write(tmp_path):
    def write_text(text):
        path = tmp_path / "file"
        path.write_text(text, encoding="utf-8")
        return path

    return write_text


def as_lists(columns):
    return {name: list(values) for name, values in columns.items()}


def test_tables_of_molecules(write):
    path = write('id,smiles,p\nethanol, CCO ,1\n"a, b",C,0\n')
    columns = read_csv(path, numbers={"y": "p"}, texts={"name": "id"}, dtype=np.int64)
    assert as_lists(columns) == {"smiles": ["CCO", "C"], "y": [1, 0], "name": ["ethanol", "a, b"]}
    assert columns["y"].dtype == np.int64


def test_smiles_one_a_line(write):
    assert read_smiles(write("CCO\nC\n")) == {"smiles": ["CCO", "C"]}


def test_tables_of_uci(write):
    columns = read_uci(write("EI,  ATRINS-1,   CCAG\n\nN, HUM,ACGT\n"))
    assert as_lists(columns) == {
        "sequence": ["CCAG", "ACGT"],
        "class": ["EI", "N"],
        "identifier": ["ATRINS-1", "HUM"],
    }


def test_words_and_phonemes(write):
    assert read_pairs(write("af\ta v\nég\tj ɛː x\n")) == {
        "word": ["af", "ég"],
        "phonemes": [["a", "v"], ["j", "ɛː", "x"]],
    }


def test_genes_of_ensembl_begin_with_methionine(tmp_path):
    path = tmp_path / "genes.fa.gz"
    path.write_bytes(gzip.compress(b">A1 cds gene_symbol:yiiS x\nGTGAAATAA\n>B2 cds\nATGTGA\n"))
    assert as_lists(read_ensembl(path)) == {
        "dna": ["GTGAAATAA", "ATGTGA"],
        "protein": ["MK*", "M*"],
        "identifier": ["A1", "B2"],
        "gene": ["yiiS", ""],
        "genetic_code": [11, 11],
    }


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
    columns = read_genbank(path)
    assert list(columns) == ["dna", "protein", "identifier", "gene", "genetic_code"]
    order = ["identifier", "gene", "dna", "protein", "genetic_code"]
    assert list(zip(*(columns[name] for name in order), strict=True)) == [
        ("plain.1", "one", "ATGAAATAA", "MK*", 1),
        ("reverse.1", "", "ATGCCCTAA", "MP*", 11),
        ("spliced.1", "", "ATGTTTTAA", "MF*", 1),
        ("frame.1", "", "GTGAAATAG", "VK*", 1),
        ("open.1", "", "ATGAAA", "MK", 1),
    ]
