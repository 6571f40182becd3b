"""Integers that are no ids of a tokenizer: refused where they can't be learned, told where they have a "
"meaning."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators import DNATokenizer, Padder, SequenceTokenizer
from seqestimators.exceptions import InvalidSequenceError, TokenIdWarning, UnknownSymbolsWarning
from seqestimators.sequences import read_sequences


def read(X, input="auto"):
    return read_sequences(X, input, is_new=True)


@pytest.mark.parametrize(
    ("X", "place"),
    [
        ([[0, 0, 0, 1, 2], [1, 2, 0], [3, 1, 0, 0]], "row 0, position 0 of X is 0"),
        ([[0, 2, 0], [2]], "row 0, position 0 of X is 0"),
        ([[5, 6], [5, 1]], "row 1, position 1 of X is 1"),
        ([[5, 6], [4, 2]], "row 1, position 1 of X is 2"),
        ([[5, 6], [0, 3, 4]], "row 1, position 0 of X is 0"),
        ([[5, 6], [3, 4]], "row 1, position 0 of X is 3"),
        (np.array([[5, 0, 6], [5, 5, 5]]), "row 0, position 1 of X is 0"),
        (np.array([[5, 6, 6], [0, 3, 5]]), "row 1, position 1 of X is 3"),
        (pd.Series([[5, 6], [5, 1, 7]]), "row 1, position 1 of X is 1"),
    ],
)
def test_foreign_ids_with_a_meaning_here_are_told(X, place):
    with pytest.warns(TokenIdWarning, match=place):
        read(X)


def test_a_table_of_counts_is_told():
    counts = np.random.default_rng(0).poisson(2, size=(20, 8))
    with pytest.warns(TokenIdWarning, match='set input="values" if they are measurements'):
        assert read(counts).is_tokens
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(counts, input="values")


@pytest.mark.parametrize(
    "X",
    [
        [[4, 5], [6]],
        [[2, 4, 5, 3], [2, 3], [4]],
        [[4, 5, 0], [6, 0, 0]],
        np.array([[0, 4, 5], [0, 0, 6]]),
        np.array([[2, 4, 1, 3], [2, 3, 0, 0]]),
        [[], [4]],
    ],
    ids=str,
)
def test_ids_made_by_hand_are_fine(X):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read(X).is_tokens


@given(st.lists(st.text("ACGTN", max_size=6), min_size=2), st.booleans(), st.booleans(), st.randoms())
def test_ids_of_our_own_are_never_told(strings, add_bos, add_eos, random):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownSymbolsWarning)
        ids = DNATokenizer(add_bos=add_bos, add_eos=add_eos).fit_transform(strings)
    some = random.choices(range(len(ids)), k=3)
    padded = Padder().fit_transform(ids)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for X in (ids, ids[some], [ids[i] for i in some], padded, padded[some], np.vstack([padded, padded])):
            read(X, input="tokens")


def test_ids_that_no_memory_would_hold_are_refused():
    with pytest.raises(
        InvalidSequenceError, match='row 1, position 0 of X is 1000000000, .* set input="values"'
    ):
        read([[4, 4], [10**9, 4]])
    stamps = np.arange(1_700_000_000, 1_700_000_012).reshape(3, 4)
    with pytest.raises(InvalidSequenceError, match="row 2, position 3 of X is 1700000011, too large"):
        read(stamps)
    assert read(stamps, input="values").values.shape == (12, 1)
    assert read([[2**20], [4]]).values.max() == 2**20
    assert read(np.arange(4, 2**17).reshape(1, -1) * 16 - 60).values.max() > 2**20
    assert read_sequences([[10**9]]).values.tolist() == [10**9]  # of a fitted model an unknown token
    with pytest.raises(InvalidSequenceError, match="row 0, position 0 of X is 1000000000"):
        Padder(one_hot=True).fit_transform([[10**9], [5]])


def test_a_large_vocabulary_of_a_tokenizer_may_be_used_little():
    vocabulary = [[f"{i:07d}" for i in range(2**20 + 1)]]
    ids = SequenceTokenizer(vocabulary=vocabulary[0]).fit([["1048576"]]).transform([["1048576"]])
    assert read(ids).values.tolist() == [2**20 + 4]


IDS = np.array([[5, 6, 7, 0, 0, 0], [5, 5, 5, 6, 7, 8], [6, 5, 0, 0, 0, 0]])
NUMBERS = np.array([[300], [310], [320]])


@pytest.mark.parametrize(
    "X",
    [
        np.hstack([IDS, NUMBERS]),
        np.hstack([IDS, NUMBERS, NUMBERS]),
        np.hstack([IDS, NUMBERS]).astype(float),
        np.hstack([IDS, NUMBERS + 0.5]),
        np.hstack([IDS, NUMBERS * 0.0 + [[0.0], [0.5], [0.0]]]),
        np.hstack([NUMBERS, IDS[:, ::-1]]),
        pd.DataFrame(np.hstack([IDS, NUMBERS])),
    ],
)
def test_columns_beside_padded_ids_are_refused(X):
    with pytest.raises(
        InvalidSequenceError, match=r"row \d, position \d of X is .* padded token ids with columns"
    ):
        read(X)
    assert not read(X, input="values").is_tokens


def test_other_matrices_are_not_taken_for_padded_ids():
    draws = np.random.default_rng(0)
    tables = [IDS, IDS[:, ::-1], IDS.astype(float), draws.normal(size=(9, 7)), draws.random((9, 7)).round(1)]
    for table in [*tables, *(draws.integers(0, 4, size=(20, 6)) for _ in range(50))]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TokenIdWarning)
            read(table)
