"""Generated genes translate to their proteins, by Biopython, under every code; start codons begin a class."""

import warnings
from collections import Counter

import numpy as np
import pytest
from Bio import BiopythonWarning
from Bio.Data.CodonTable import unambiguous_dna_by_id as tables
from Bio.Seq import Seq
from hypothesis import given
from hypothesis import strategies as st

from seqestimators import CodonTokenizer, ProteinTokenizer
from seqestimators.datasets import make_coding_sequences, make_start_codon

WITHOUT_SURE_STOP = {27, 28, 31}
every_code = pytest.mark.parametrize("genetic_code", sorted(tables))


def codons_of(dna):
    return [dna[i : i + 3] for i in range(0, len(dna), 3)]


@every_code
def test_proteins_are_what_biopython_translates(genetic_code):
    genes = make_coding_sequences(200, length=(2, 60), genetic_code=genetic_code, random_state=0)
    for dna, protein in zip(*genes, strict=True):
        assert type(dna) is type(protein) is str
        assert len(dna) == 3 * len(protein)
        assert 2 <= len(protein) <= 60
        assert dna.startswith("ATG")
        assert dna[-3:] in tables[genetic_code].stop_codons
        if genetic_code in WITHOUT_SURE_STOP:  # Biopython can't know that the last codon is a stop
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", BiopythonWarning)
                assert Seq(dna[:-3]).translate(table=genetic_code) + "*" == protein
        else:
            assert Seq(dna).translate(table=genetic_code) == protein
            assert protein.index("*") == len(protein) - 1


@every_code
def test_biopython_takes_them_for_whole_genes(genetic_code):
    genes = make_coding_sequences(20, genetic_code=genetic_code, random_state=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BiopythonWarning)
        for dna, protein in zip(*genes, strict=True):
            assert Seq(dna).translate(table=genetic_code, cds=True) + "*" == protein


@every_code
def test_all_sense_and_stop_codons_are_drawn_alike(genetic_code):
    dna, _ = make_coding_sequences(1000, length=102, genetic_code=genetic_code, random_state=0)
    inner = Counter(codon for gene in dna for codon in codons_of(gene)[1:-1])
    last = Counter(gene[-3:] for gene in dna)
    assert set(inner) == set(tables[genetic_code].forward_table)
    assert set(last) == set(tables[genetic_code].stop_codons)
    for counts in (inner, last):
        expected = counts.total() / len(counts)
        deviations = (np.array(list(counts.values())) - expected) ** 2 / expected
        assert deviations.sum() < len(counts) + 5 * np.sqrt(2 * len(counts))


def test_codons_follow_their_usage():
    usage = {"AAA": 3, "GCT": 1.0, "CCC": np.float64(0)}
    dna, protein = make_coding_sequences(500, length=22, codon_usage=usage, random_state=0)
    counts = Counter(codon for gene in dna for codon in codons_of(gene)[1:-1])
    assert set(counts) == {"AAA", "GCT"}
    assert counts["AAA"] / counts.total() == pytest.approx(0.75, abs=0.02)
    assert set("".join(protein)) == set("MKA*")


@given(st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_the_shortest_gene_is_start_and_stop(n_samples, seed):
    dna, protein = make_coding_sequences(n_samples, length=2, random_state=seed)
    assert set(protein) == {"M*"}
    assert set(dna) <= {"ATGTAA", "ATGTAG", "ATGTGA"}


def test_tokenizers_read_them():
    dna, protein = make_coding_sequences(50, random_state=0)
    codons = CodonTokenizer(unknown="error").fit_transform(dna)
    letters = ProteinTokenizer(unknown="error").fit_transform(protein)
    assert list(map(len, codons)) == list(map(len, letters))


def test_every_length_occurs():
    _, protein = make_coding_sequences(500, length=(2, 6), random_state=0)
    assert {len(row) for row in protein} == {2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"genetic_code": 7}, "genetic_code=7 is none of NCBI's genetic codes: choose one of 1, 2, 3,"),
        ({"codon_usage": {"TAA": 1}}, "codon_usage names 'TAA', which is a stop codon.*code 1: leave it out"),
        ({"codon_usage": {"atg": 1}}, "codon_usage names 'atg', which is no codon of A, C, G and T"),
        ({"codon_usage": {"ATG": -1}}, r"codon_usage\['ATG'\] is -1, but a weight is a finite number"),
        ({"codon_usage": {"ATG": np.nan}}, r"codon_usage\['ATG'\] is nan"),
        ({"codon_usage": {"ATG": np.inf}}, r"codon_usage\['ATG'\] is inf"),
        ({"codon_usage": {"ATG": "1"}}, r"codon_usage\['ATG'\] is '1'"),
        ({"codon_usage": {"ATG": 0}}, "codon_usage gives every codon the weight 0"),
        ({"codon_usage": {}}, "codon_usage gives every codon the weight 0"),
        ({"codon_usage": [1]}, "parameter of make_coding_sequences"),
        ({"length": 1}, "parameter of make_coding_sequences"),
        ({"length": (1, 5)}, "2 <= lowest <= highest"),
    ],
)
def test_parameters_that_make_no_sense_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        make_coding_sequences(**options)


def test_a_code_decides_what_is_a_stop_codon():
    make_coding_sequences(5, genetic_code=2, codon_usage={"TGA": 1}, random_state=0)
    with pytest.raises(ValueError, match="'AGA', which is a stop codon"):
        make_coding_sequences(5, genetic_code=2, codon_usage={"AGA": 1})


@given(st.integers(1, 30), st.tuples(st.integers(3, 13), st.integers(13, 23)), st.integers(0, 2**32 - 1))
def test_start_codon_begins_every_sequence_of_its_class_and_no_other(n_samples, length, seed):
    X, y = make_start_codon(n_samples, length=length, random_state=seed)
    assert X.dtype == object
    assert X.shape == y.shape == (n_samples,)
    assert (y == "start").sum() == n_samples // 2
    for dna, label in zip(X, y, strict=True):
        assert type(dna) is str
        assert length[0] <= len(dna) <= length[1]
        assert set(dna) <= set("ACGT")
        assert label == ("start" if dna.startswith("ATG") else "no start")


def test_only_the_place_of_the_start_codon_tells_the_classes_apart():
    X, y = make_start_codon(4000, random_state=0)
    others = X[y == "no start"]
    assert len({dna[:3] for dna in others}) == 63
    # About half of the sequences have an ATG further on, in either class alike.
    shares = [np.mean([("ATG" in dna[3:]) for dna in X[y == label]]) for label in ("start", "no start")]
    assert abs(shares[0] - shares[1]) < 0.05
    assert min(shares) > 0.4
