import re
from io import StringIO
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.datasets import read_fasta
from seqestimators.exceptions import InvalidSequenceError, UnknownSymbolsWarning
from seqestimators.preprocessing import DNATokenizer
from seqestimators.sequences import UNKNOWN

dna = st.text("ACGT")


def kmers(string, k, stride=1):
    return [string[i : i + k] for i in range(0, len(string) - k + 1, stride)]


def tokens_of(tokenizer, X):
    names = tokenizer.vocabulary_.tokens
    return [[names[i] for i in row] for row in tokenizer.transform(X)]


@given(st.lists(dna, min_size=1))
def test_round_trip(strings):
    tokenizer = DNATokenizer(add_eos=True)
    assert list(tokenizer.inverse_transform(tokenizer.fit_transform(strings))) == strings


@given(st.lists(st.lists(st.text("ACGT", min_size=1), max_size=5), min_size=1), st.integers(1, 9), st.data())
def test_kmers_are_those_of_a_loop_and_come_back(pieces, k, data):
    stride = data.draw(st.integers(1, k))
    strings = ["".join(row) for row in pieces]
    whole = [s[: k + (len(s) - k) // stride * stride] if len(s) >= k else "" for s in strings]
    tokenizer = DNATokenizer(k=k, stride=stride).fit(whole)
    assert tokens_of(tokenizer, whole) == [kmers(s, k, stride) for s in whole]
    assert list(tokenizer.inverse_transform(tokenizer.transform(whole))) == whole


@pytest.mark.filterwarnings("ignore::seqestimators.exceptions.UnknownSymbolsWarning")
@given(st.lists(st.text("ACGTUNRacgtun"), min_size=1), st.integers(1, 7))
def test_kmers_with_other_letters_are_unknown(strings, k):
    strings = [s for s in strings if len(s) >= k] or ["A" * k]
    read = [s.upper().replace("U", "T") for s in strings]
    expected = [[w if re.fullmatch("[ACGT]*", w) else "<unknown>" for w in kmers(s, k)] for s in read]
    assert tokens_of(DNATokenizer(k=k).fit(strings), strings) == expected


def test_one_normal_form():
    [record] = read_fasta(StringIO(">a gene\nACGT\n"))
    for rows in (["ACGT"], ["acgu"], ["ACGT\n"], [" ACGT\r\n"], [record], [b"acgt"]):
        assert DNATokenizer().fit_transform(rows)[0].tolist() == [4, 5, 6, 7]


@pytest.mark.parametrize("k", [1, 2, 6])
def test_alphabet_does_not_depend_on_the_data(k):
    tokenizer = DNATokenizer(k=k).fit(["A" * k])
    assert tokenizer.vocabulary_.tokens[4:] == ["".join(letters) for letters in product("ACGT", repeat=k)]


def test_long_kmers_are_learned():
    tokenizer = DNATokenizer(k=15, ambiguous="keep").fit(["ACGTNRYSWKMBDHVU"])
    assert tokenizer.vocabulary_.tokens[4:] == ["ACGTNRYSWKMBDHV", "CGTNRYSWKMBDHVT"]
    assert tokenizer.transform(["A" * 15])[0].tolist() == [UNKNOWN]


def test_ambiguous():
    X = ["ANRYSWKMBDHV", "AAAAX-!"]
    with pytest.warns(UnknownSymbolsWarning, match="row 0 of X"):
        unknown = DNATokenizer().fit_transform(X)
    assert unknown[0].tolist() == [4] + 11 * [UNKNOWN]
    keep = DNATokenizer(ambiguous="keep")
    ids = keep.fit_transform(X)
    assert keep.inverse_transform(ids)[0] == X[0]
    assert ids[1].tolist() == 4 * [4] + 3 * [UNKNOWN]
    assert keep.n_tokens_ == 4 + 15


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("method", ["fit", "transform"])
def test_ambiguous_error(k, method):
    tokenizer = DNATokenizer(k=k, ambiguous="error").fit(["ACGT"])
    with pytest.raises(InvalidSequenceError, match="row 1, position 4 of X is 'n', .*ambiguous=\"unknown\""):
        getattr(tokenizer, method)(["ACGTACGT", "ACGTn"])
    tokenizer.transform(["ACXT"])  # no IUPAC letter: left to `unknown`


@pytest.mark.parametrize("letter", ["N", "X", "!", "\n"])
@pytest.mark.parametrize(("k", "stride"), [(1, 1), (3, 1), (3, 3), (9, 1)])
def test_unknown_error_names_the_letter(letter, k, stride):
    tokenizer = DNATokenizer(k=k, stride=stride, unknown="error").fit(["ACGTACGTA"])
    with pytest.raises(InvalidSequenceError, match="row 1, position 4 of X is " + re.escape(repr(letter))):
        tokenizer.transform(["ACGTACGTA", f"ACGT{letter}ACGT"])


def test_unknown_error_names_the_kmer():
    tokenizer = DNATokenizer(k=2, stride=2, vocabulary=["AC"], unknown="error").fit(["AC"])
    with pytest.raises(InvalidSequenceError, match="row 1, position 2 of X is 'GT'"):
        tokenizer.transform(["ACAC", "ACGT"])


@pytest.mark.parametrize(
    ("k", "stride", "string", "message"),
    [
        (3, 1, "AC", "last 2, from position 0"),
        (3, 3, "ACGTA", "last 2, from position 3"),
        (1, 2, "ACGT", "last 1"),
    ],
)
def test_remainder(k, stride, string, message):
    with pytest.raises(InvalidSequenceError, match=f"row 1 of X .*{message}.*trim the sequence"):
        DNATokenizer(k=k, stride=stride).fit(["ACG"[:k], string])


def test_inverse_needs_overlap_or_contact():
    tokenizer = DNATokenizer(k=1, stride=2)
    ids = tokenizer.fit_transform(["ACG"])
    assert ids[0].tolist() == [4, 6]
    with pytest.raises(ValueError, match="inverse_transform needs stride <= k"):
        tokenizer.inverse_transform(ids)


def test_unknown_comes_back_as_the_replacement_character():
    tokenizer = DNATokenizer()
    assert tokenizer.inverse_transform(tokenizer.fit_transform(["AxC"]))[0] == "A\ufffdC"
    tokenizer = DNATokenizer(k=3)
    assert tokenizer.inverse_transform(tokenizer.fit_transform(["ACGNACG"]))[0] == "ACG\ufffdACG"


@pytest.mark.filterwarnings("ignore::seqestimators.exceptions.UnknownSymbolsWarning")
@given(st.lists(st.text("ACGTUNRacgtunX?"), min_size=1), st.integers(1, 8), st.data())
def test_what_comes_back_has_the_same_ids(strings, k, data):
    stride = data.draw(st.integers(1, k))
    strings = [s[: k + (len(s) - k) // stride * stride] if len(s) >= k else "" for s in strings]
    ambiguous, least = data.draw(st.sampled_from(["unknown", "keep"])), data.draw(st.integers(1, 2))
    tokenizer = DNATokenizer(k=k, stride=stride, ambiguous=ambiguous, min_frequency=least)
    ids = tokenizer.fit_transform(strings)
    again = tokenizer.transform(tokenizer.inverse_transform(ids))
    assert [row.tolist() for row in again] == [row.tolist() for row in ids]


def test_non_ascii_is_refused_before_case_folding():
    with pytest.raises(InvalidSequenceError, match="row 0, position 1 of X is 'ß'"):
        DNATokenizer().fit(["Aß"])


@pytest.mark.parametrize("parameters", [{"k": 0}, {"k": 16}, {"stride": 0}, {"ambiguous": "drop"}])
def test_parameters_are_validated(parameters):
    with pytest.raises(ValueError, match="parameter of DNATokenizer"):
        DNATokenizer(**parameters).fit(["ACGT"])
