"""One normal form a kind: what it folds, what it refuses, and that every part of the library reads it."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from seqestimators import CodonTokenizer, DNATokenizer, ProteinTokenizer, SmilesTokenizer
from seqestimators.baselines import (
    MolecularDescriptors,
    MorganFingerprint,
    make_kmer_logistic,
    make_onehot_logistic,
)
from seqestimators.datasets import FastaRecord, load_molecule_activity
from seqestimators.domain import guess_kind, normalize, parse_molecules
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.metrics import exact_match_score, token_accuracy_score
from seqestimators.model_selection import ScaffoldSplit, SequenceClusterSplit, leakage_report

DNA = ["ACGTTGCAACGT", "TTTTAACCGGTT", "GATTACAGATTA"]
PROTEINS = ["MVLSPADKTNVK", "MKTAYIAKQRQI", "MEEPQSDPSVEP"]
SMILES = ["CC(=O)Oc1ccccc1", "CCN", "C1CCCCC1O"]

ends = st.text(" \t\n\r\v\f", max_size=3)


def rewritten(letters, rows):
    """Strategy of the rows in any case, with any blanks around them, and with U for T in DNA."""
    alternatives = {letter: {letter, letter.lower()} for letter in letters}
    if letters == "ACGT":
        alternatives["T"] |= {"U", "u"}

    def of_row(row):
        written = st.tuples(*(st.sampled_from(sorted(alternatives[letter])) for letter in row)).map("".join)
        return st.tuples(ends, written, ends).map("".join)

    return st.tuples(*map(of_row, rows)).map(list)


@pytest.fixture(scope="module")
def rivals():
    return {
        kind: [make_kmer_logistic(k=2).fit(X, [0, 1, 0]), make_onehot_logistic(tokenizer).fit(X, [0, 1, 0])]
        for kind, X, tokenizer in (
            ("dna", DNA, None),
            ("protein", PROTEINS, None),
            ("smiles", SMILES, SmilesTokenizer()),
        )
    }


def assert_alike(kind, tokenizers, rivals, X, again):
    """Two writings of the same sequences are one to all parts."""
    assert normalize(again, kind) == normalize(normalize(again, kind), kind) == X
    for tokenizer in tokenizers:
        tokenizer.fit(X)
        expected, ids = tokenizer.transform(X), tokenizer.transform(again)
        assert [row.tolist() for row in ids] == [row.tolist() for row in expected]
        assert exact_match_score(X, again, tokenizer=tokenizer) == 1
    for rival in rivals:
        np.testing.assert_array_equal(rival.predict_proba(again), rival.predict_proba(X))
    groups = SequenceClusterSplit(2, k=4, kind=kind)._find_groups(X + again)
    assert groups[:3].tolist() == groups[3:].tolist()
    assert leakage_report(X, again, kind=kind, threshold=None).counts.loc["exact", "n_leaked"] == 3
    assert exact_match_score(X, again, kind=kind) == token_accuracy_score(again, X, kind=kind) == 1


@settings(max_examples=30)
@given(again=rewritten("ACGT", DNA))
def test_dna_is_alike_everywhere(rivals, again):
    tokenizers = [DNATokenizer(), DNATokenizer(k=2), CodonTokenizer()]
    assert_alike("dna", tokenizers, rivals["dna"], DNA, again)
    assert_alike("rna", tokenizers[:1], rivals["dna"], DNA, again)
    for split in (SequenceClusterSplit(2, k=4), SequenceClusterSplit(2, k=4, reverse_complement=True)):
        groups = split._find_groups(DNA + again)
        assert groups[:3].tolist() == groups[3:].tolist()


@settings(max_examples=30)
@given(again=rewritten("ACDEFGHIKLMNPQRSTVWY", PROTEINS))
def test_proteins_are_alike_everywhere(rivals, again):
    assert_alike("protein", [ProteinTokenizer()], rivals["protein"], PROTEINS, again)


@settings(max_examples=30)
@given(again=st.tuples(*(st.tuples(ends, st.just(row), ends).map("".join) for row in SMILES)).map(list))
def test_smiles_are_alike_everywhere(rivals, again):
    tokenizers = [SmilesTokenizer(), SmilesTokenizer(scheme="character"), SmilesTokenizer(canonical=True)]
    assert_alike("smiles", tokenizers, rivals["smiles"], SMILES, again)
    for transformer in (MorganFingerprint(n_bits=64), MolecularDescriptors(["MolWt", "TPSA"])):
        np.testing.assert_array_equal(transformer.fit_transform(again), transformer.fit_transform(SMILES))
    groups = ScaffoldSplit(2)._find_groups(SMILES + again)
    assert groups[:3].tolist() == groups[3:].tolist()


molecules = st.sampled_from([*load_molecule_activity(return_X_y=True)[0][::20], "CCO", "C[C@H](N)O", "O"])


@settings(max_examples=50)
@given(smiles=molecules, data=st.data())
def test_one_molecule_however_labelled(smiles, data):
    """Atom maps, isotopes and explicit hydrogens make no other molecule."""
    molecule = Chem.MolFromSmiles(smiles)
    if data.draw(st.booleans()):
        molecule = Chem.AddHs(molecule)
    seed = np.random.default_rng(data.draw(st.integers(0, 9)))
    for atom in molecule.GetAtoms():
        atom.SetAtomMapNum(int(seed.integers(4)))
        if seed.random() < 0.5:
            atom.SetIsotope({1: 2, 6: 13, 7: 15}.get(atom.GetAtomicNum(), 0))
    labelled = Chem.MolToSmiles(molecule, canonical=False, allHsExplicit=data.draw(st.booleans()))
    for acyclic in ("together", "apart"):
        assert len(set(ScaffoldSplit(2, acyclic=acyclic)._find_groups([smiles, labelled]).tolist())) == 1
    counts = leakage_report([smiles], [labelled], kind="smiles", threshold=None).counts["n_leaked"]
    assert counts["canonical"] == counts["stereo-free"] == 1


READERS = {
    "dna": [
        DNATokenizer().fit,
        CodonTokenizer(partial="drop").fit,
        SequenceClusterSplit(2)._find_groups,
        lambda X: leakage_report(X, kind="dna"),
        lambda X: exact_match_score(X, X, kind="dna"),
        lambda X: make_kmer_logistic(k=1).fit(X, [0, 1]),
        lambda X: make_onehot_logistic().fit(X, [0, 1]),
    ],
    "protein": [
        ProteinTokenizer().fit,
        SequenceClusterSplit(2, kind="protein")._find_groups,
        lambda X: leakage_report(X, kind="protein"),
        lambda X: exact_match_score(X, X, tokenizer=ProteinTokenizer()),
        lambda X: make_kmer_logistic(k=1, kind="protein").fit(X, [0, 1]),
    ],
    "smiles": [
        SmilesTokenizer().fit,
        SmilesTokenizer(scheme="character").fit,
        SmilesTokenizer(canonical=True).fit,
        SmilesTokenizer(stereo=False).fit,
        MorganFingerprint().fit,
        MorganFingerprint().transform,
        MolecularDescriptors(["MolWt"]).fit,
        MolecularDescriptors(["MolWt"]).fit(["C"]).transform,
        ScaffoldSplit(2)._find_groups,
        SequenceClusterSplit(2, kind="smiles")._find_groups,
        lambda X: leakage_report(X, kind="smiles"),
        lambda X: exact_match_score(X, X, kind="smiles"),
        lambda X: make_kmer_logistic(k=1, kind="smiles").fit(X, [0, 1]),
        lambda X: list(parse_molecules(X)),
    ],
}


@pytest.mark.parametrize(
    ("kind", "read"), [(kind, read) for kind, every in READERS.items() for read in every]
)
@pytest.mark.parametrize(
    ("behind", "message"),
    [
        (" AC", "' '"),
        ("\tAC", r"'\t'"),
        ("\nAC", r"'\n', a line end within the row: make a row of each line"),
        ("\r\nAC", r"'\r', a line end within the row"),
        ("\x00", r"'\x00', a control character: remove it"),
        ("\x1a", r"'\x1a', a control character: remove it"),
        ("\x7f", r"'\x7f', a control character: remove it"),
        ("\ufeff", r"'\ufeff', a byte order mark: remove it, or open the file with encoding="),
    ],
)
def test_every_reader_refuses_alike(kind, read, behind, message):
    row = {"dna": "ACG", "protein": "MKL", "smiles": "CCO"}[kind]
    with pytest.raises(InvalidSequenceError, match=r"row 1, position 3 of \w+ is " + re.escape(message)):
        read([row, row + behind])


@pytest.mark.parametrize("kind", ["dna", "protein", "smiles"])
@pytest.mark.parametrize("character", ["ß", "\u2212", "\xa0", "\u0130", "é"])
def test_what_is_not_ascii_is_refused_before_it_is_folded(kind, character):
    place = re.escape(f"row 1, position 3 of y is {character!r}")
    with pytest.raises(InvalidSequenceError, match=place + ", which is not an ASCII character"):
        normalize(["C", f"  C{character}"], kind, name="y")


def test_messages_count_from_what_was_given():
    message = r"row 5, position 4 of X is ' ', where a SMILES ends.*'name a'"
    with pytest.raises(InvalidSequenceError, match=message):
        normalize(["", "  CC name a"], "smiles", first_row=4)
    with pytest.raises(InvalidSequenceError, match="row 0, position 0 of X is '.ufeff'"):
        normalize(["\ufeffACGT"], "dna")


def test_the_unknown_symbol_is_kept():
    assert normalize(["a\ufffdg"], "dna") == ["A\ufffdG"]
    assert normalize(["c\ufffd"], "smiles") == ["c\ufffd"]


def test_without_a_kind_strings_stay_as_they_are():
    assert normalize([" aé\n"], None) == [" aé\n"]


@pytest.mark.parametrize("kind", ["dna", "rna", "protein", "smiles"])
def test_records_of_fasta_are_their_sequences(kind):
    assert normalize([FastaRecord("a", "some gene", "ACGT"), "ACGT"], kind) == ["ACGT", "ACGT"]


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (["ACGT", "acgu", ""], "dna"),
        (["ACGTNNNN", "ACGT-ACGTA"], "dna"),
        (["CCO", "CCN", "[Ag+]"], "smiles"),
        (["CCCCCCCCCCCCCCCC[Au]"], "smiles"),
        (["CCO ethanol", "c1ccccc1"], "smiles"),
        (["NCC", "CN"], "smiles"),
        (["MKLV", "mklv"], "protein"),
        (["mklv", "mave"], None),
        (["the cat", "a dog"], None),
        (["Otto", "Eve"], None),
        (["", "  "], None),
        (["日本", "中国"], None),
        (["3 14", "12:30"], None),
        (["((..))", "(...)"], None),
        (["CCO", "(.)"], None),
    ],
)
def test_kinds_are_guessed(rows, kind):
    assert guess_kind(rows) == kind
