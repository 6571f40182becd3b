import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.domain import UNKNOWN_SYMBOL
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.preprocessing._kmers import (
    all_kmers,
    join_kmers,
    refuse_letters,
    refuse_rests,
    require_letters,
    split_kmers,
)
from seqestimators.sequences import offsets_of

ASCII = list(map(chr, range(128)))


def test_all_kmers_while_they_are_few():
    assert all_kmers("AB", 2) == ["AA", "AB", "BA", "BB"]
    assert len(all_kmers("ABCD", 6)) == 4096
    assert all_kmers("ABCDE", 6) is None


@pytest.mark.parametrize("letters", ["AB", "ABCDEFGHIJKLMNOPQRSTUVWXYZ*-"])
@given(
    rows=st.lists(st.text("ABX?", max_size=15), min_size=1),
    k=st.integers(2, 10),
    stride=st.integers(1, 3),
    first=st.integers(0, 2),
)
def test_kmers_are_those_of_a_loop(letters, rows, k, stride, first):
    tokens = split_kmers("".join(rows).encode(), offsets_of(rows), letters, ASCII, k, stride, first)
    for row, found in zip(rows, tokens.to_lists(), strict=True):
        kmers = [row[i : i + k] for i in range(first, len(row) - k + 1, stride)]
        assert found == [kmer if set(kmer) <= set(letters) else "<unknown>" for kmer in kmers]


def test_letters_are_read_as_a_table_says():
    read_as = [{"a": "A", "b": "A"}.get(letter, letter) for letter in ASCII]
    assert split_kmers(b"abAx", np.array([0, 4]), "A", read_as, 2).to_lists()[0] == ["AA", "AA", "<unknown>"]


def test_neighbours_tell_what_an_unknown_kmer_held():
    unknown = UNKNOWN_SYMBOL * 3
    assert join_kmers(["ABC", unknown, "CDE"], 3) == "ABCDE"
    assert join_kmers([unknown, "BCD"], 3) == UNKNOWN_SYMBOL + "BCD"
    assert join_kmers(["ABC", "CDE"], 3, 2) == "ABCDE"
    assert join_kmers(["ABC", "DEF"], 3, 3) == "ABCDEF"
    assert join_kmers([], 3) == ""


def test_refusals_name_row_and_position():
    offsets = np.array([0, 3, 5])
    with pytest.raises(InvalidSequenceError, match="row 1 of X has 2 letters, .* fill no 3-mer at stride 1"):
        refuse_rests(offsets, 3, 1, "letters")
    refuse_rests(offsets, 1, 1, "letters")
    with pytest.raises(InvalidSequenceError, match="row 1, position 1 of X is 'N', .* A and B: mend it"):
        refuse_letters(b"ABAAN", offsets, "N", ASCII, "A and B", "mend it")
    with pytest.raises(InvalidSequenceError, match="row 1, position 0 of X is '!'"):
        require_letters(b"ABA!B", offsets, "AB", ASCII, "A and B")
