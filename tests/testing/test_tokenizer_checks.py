import numpy as np
import pytest

from seqestimators.preprocessing import (
    CodonTokenizer,
    DNATokenizer,
    ProteinTokenizer,
    RegexTokenizer,
    SequenceTokenizer,
    SmilesTokenizer,
    Tokens,
    WordTokenizer,
)
from seqestimators.testing import check_sequence_tokenizer, parametrize_with_sequence_checks


@parametrize_with_sequence_checks(
    [
        SequenceTokenizer(),
        SequenceTokenizer(add_bos=True, add_eos=True, unknown="error"),
        DNATokenizer(),
        DNATokenizer(ambiguous="keep"),
        DNATokenizer(ambiguous="error", unknown="error"),
        DNATokenizer(k=3),
        DNATokenizer(k=3, stride=3, unknown="error"),
        DNATokenizer(k=4, stride=2),
        DNATokenizer(k=9),
        CodonTokenizer(),
        CodonTokenizer(partial="drop"),
        ProteinTokenizer(),
        ProteinTokenizer(k=3),
        ProteinTokenizer(k=2, alphabet=list("ACGT"), unknown="error"),
        RegexTokenizer(r"[A-Za-z]|\W|\d"),
        WordTokenizer(),
        SmilesTokenizer(),
        SmilesTokenizer(scheme="character"),
        SmilesTokenizer(canonical=True),
        SmilesTokenizer(stereo=False),
    ]
)
def test_tokenizers_of_the_library(estimator, check):
    check(estimator)


def test_own_sequences():
    check_sequence_tokenizer(SequenceTokenizer(), [["the", "cat"], ["a", "cat", "sat"]])
    check_sequence_tokenizer(SequenceTokenizer(), [[1, 2], [2, 3, 4]])
    check_sequence_tokenizer(SequenceTokenizer(), ["grüße", "日本", "a"])
    check_sequence_tokenizer(ProteinTokenizer(alphabet="murphy10"), ["ACEF", "GHKLPS", "SLF"])
    check_sequence_tokenizer(SmilesTokenizer(), ["C[C@@H](N)Cl", "C%12CC%12", "[Na+].[Cl-]"])


def test_samples_that_no_tokenizer_reads():
    class Picky(SequenceTokenizer):
        def _split(self, sequences):
            raise ValueError("no")

    with pytest.raises(ValueError, match="give sequences of your own"):
        check_sequence_tokenizer(Picky())


class Words(SequenceTokenizer):
    def _split(self, sequences):
        return Tokens.from_lists(sequence.split(" ") if sequence else [] for sequence in sequences)

    def _join(self, tokens):
        return " ".join(tokens)


def test_a_tokenizer_of_few_lines():
    check_sequence_tokenizer(Words(), ["the cat", "a cat sat down"])
    assert Words().fit(["the cat"]).n_tokens_ == 6


class Lossy(SequenceTokenizer):
    def _split(self, sequences):
        return Tokens.from_lists(sequence.replace("A", "") for sequence in sequences)


class Rectangular(SequenceTokenizer):
    def transform(self, X):
        return np.array(list(super().transform(X)), dtype=object)


class Forgetful(SequenceTokenizer):
    def fit(self, X, y=None):
        self.unknown = "error"
        return super().fit(X)


class Sticky(SequenceTokenizer):
    def fit(self, X, y=None):
        return self if hasattr(self, "vocabulary_") else super().fit(X)


class Flat(SequenceTokenizer):
    def transform(self, X):
        return np.ravel(super().transform(X))


class Nameless(SequenceTokenizer):
    def tokenize(self, X):
        return self.transform(X)


@pytest.mark.parametrize(
    ("tokenizer", "check"),
    [
        (Lossy(), "check_round_trip"),
        (Rectangular(), "check_ragged_output"),
        (Forgetful(), "check_parameters"),
        (Sticky(), "check_vocabulary|check_refit|check_bad_input|check_unknown"),
        (Flat(), "check_columns"),
        (Nameless(), "check_tokens"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_faults_are_found(tokenizer, check):
    with pytest.raises(AssertionError, match=check):
        check_sequence_tokenizer(tokenizer, ["AB", "CABCA"])
