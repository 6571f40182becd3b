"""Sequences given to the wrong tokenizer: one warning, which says the right one."""

import warnings

import pytest

from seqestimators import CodonTokenizer, DNATokenizer, ProteinTokenizer
from seqestimators.exceptions import UnknownSymbolsWarning

PROTEIN = "MVLSPADKTNVKAAWGKVGAHAGEYGAEALERMFLSFPTTKTYFPHF"


def warnings_of(method, X):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        method(X)
    assert {one.category for one in caught} <= {UnknownSymbolsWarning}
    return [str(one.message) for one in caught]


@pytest.mark.parametrize("tokenizer", [DNATokenizer(), DNATokenizer(k=3), CodonTokenizer(partial="drop")])
@pytest.mark.parametrize("method", ["fit", "fit_transform", "transform"])
def test_proteins_are_no_dna(tokenizer, method):
    tokenizer.fit(["ACGTAC"])
    [message] = warnings_of(getattr(tokenizer, method), ["ACGTAC", PROTEIN, "ACG", PROTEIN.lower()])
    assert message.startswith("row 1 of X, 'MVLS")
    assert f"and 1 more are made mostly of symbols that {type(tokenizer).__name__} doesn't know" in message
    assert message.endswith("is this protein? Use ProteinTokenizer")


@pytest.mark.parametrize(
    ("tokenizer", "X", "remedy"),
    [
        (DNATokenizer(), ["CC(=O)Oc1ccccc1C(=O)O"], "are these SMILES? Use SmilesTokenizer"),
        (ProteinTokenizer(), ["CC(=O)Oc1ccccc1C(=O)O"], "are these SMILES? Use SmilesTokenizer"),
        (DNATokenizer(), ["????"], "SequenceTokenizer, which reads any symbols"),
        (ProteinTokenizer(), ["ACGTTGCA" * 150, "ACGU"], "is this DNA? Use DNATokenizer, or CodonTokenizer"),
    ],
)
def test_the_remedy_fits(tokenizer, X, remedy):
    [message] = warnings_of(tokenizer.fit_transform, X)
    assert message.endswith(remedy)
    assert message.startswith("row 0 of X")


@pytest.mark.parametrize(
    ("tokenizer", "X"),
    [
        (DNATokenizer(), ["ACGTN", "NNAC", "", "acgu", "NNNNNNnnA"]),
        (CodonTokenizer(), ["NNNNNNATG"]),
        (DNATokenizer(ambiguous="keep"), ["NNNNRYA"]),
        (ProteinTokenizer(), ["GATTACA", "ACGT", "", "GAGAGA" * 40]),  # short, or silk
        (ProteinTokenizer(), [PROTEIN, "CCO"]),
        (ProteinTokenizer(), ["CCS", "SPFN"]),
    ],
)
def test_what_may_be_right_passes(tokenizer, X):
    assert not warnings_of(tokenizer.fit_transform, X)


def test_where_unknown_letters_are_an_error_there_is_no_warning():
    tokenizer = DNATokenizer(unknown="error")
    with pytest.raises(ValueError, match="row 0, position 0 of X is 'M'"):
        tokenizer.fit([PROTEIN])


def test_runs_of_n_and_gaps_are_dna():
    assert not warnings_of(DNATokenizer().fit_transform, ["NNNNNNACGT", "ACGT"])
    assert not warnings_of(DNATokenizer().fit_transform, ["------ACGT", "ACGT......", "----", "ACGT"])
