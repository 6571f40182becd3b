"""Small files of every kind, as columns."""

import gzip
import zipfile

import numpy as np
import pytest
from Bio import SeqIO
from Bio.Seq import Seq
from Bio.SeqFeature import CompoundLocation, SeqFeature, SimpleLocation
from Bio.SeqRecord import SeqRecord

from seqestimators.datasets._readers import (
    read_csv,
    read_ensembl,
    read_flip,
    read_genbank,
    read_pairs,
    read_peptides,
    read_residues,
    read_smiles,
    read_ts,
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


def test_peptides_and_labels(write):
    columns = read_peptides(write("2,1,UniProt,AMP\nGLW, 1\nMK, 0\n"))
    assert as_lists(columns) == {"sequence": ["GLW", "MK"], "class": [1, 0]}


def test_chains_of_one_residue_a_line(write):
    text = "# h e _\n\n<>\nG _\nV e\n<end>\n<>\nT h\n<>\n<end>\n"
    assert read_residues(write(text)) == {"sequence": ["GV", "T"], "structure": [["C", "E"], ["H"]]}


def test_chains_of_three_files_in_an_archive(tmp_path):
    path = tmp_path / "splits.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("splits/sequences.fasta", ">a\nMK\n>b\nG\n>c\nT\n")
        headers = [
            "a SET=train VALIDATION=False\nHC",
            "b SET=train VALIDATION=True\nE",
            "c SET=test VALIDATION=False\nC",
        ]
        archive.writestr("splits/sampled.fasta", "".join(f">{one}\n" for one in headers))
        archive.writestr("splits/mask.fasta", ">a\n01\n>b\n1\n>c\n1\n")
    assert read_flip(path, "train") == {"sequence": ["MK"], "structure": [[None, "C"]], "identifier": ["a"]}
    assert read_flip(path, "validation")["structure"] == [["E"]]
    assert read_flip(path, "test")["identifier"] == ["c"]


def test_series_of_several_channels(write):
    columns = read_ts(write("@dimensions 2\n@data\n1,2,3:4,5,6:7\n0:1:2\n"))
    assert [series.tolist() for series in columns["series"]] == [[[1, 4], [2, 5], [3, 6]], [[0, 1]]]
    assert columns["class"].tolist() == [7, 2]


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
