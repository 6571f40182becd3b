"""The bits give the distance of the table written out, and of Biopython's alignments."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.metrics._edit_distance import edit_distance

few_letters = st.text("AB", max_size=12)
any_text = st.text(max_size=12)
phonemes = st.lists(st.sampled_from(["AA1", "AA", "B", 1, (1, 2)]), max_size=12)
pairs = st.tuples(few_letters, few_letters) | st.tuples(any_text, any_text) | st.tuples(phonemes, phonemes)


def naive_distance(a, b):
    """Return the distance as its definition has it."""

    @cache
    def distance(i, j):
        if 0 in (i, j):
            return i + j
        return min(
            distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + (a[i - 1] != b[j - 1])
        )

    return distance(len(a), len(b))


@given(pairs)
def test_distance_is_that_of_the_definition(pair):
    assert edit_distance(*pair) == naive_distance(*pair)


@given(st.text("ACGT", min_size=1, max_size=200), st.text("ACGT", min_size=1, max_size=200))
def test_distance_is_the_score_of_biopythons_best_alignment(a, b):
    from Bio.Align import PairwiseAligner

    aligner = PairwiseAligner(mode="global", match_score=0, mismatch_score=-1, gap_score=-1)
    assert edit_distance(a, b) == -aligner.score(a, b)


@given(few_letters, few_letters, few_letters)
def test_distance_is_a_metric(a, b, c):
    assert edit_distance(a, b) == edit_distance(b, a)
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


@pytest.mark.parametrize("length", [63, 64, 65, 1000])
def test_long_sequences_take_more_bits_than_a_machine_word(length):
    assert edit_distance("A" * length, "C" * length) == length
    assert edit_distance("A" * length, "A" * length + "C") == 1
    assert edit_distance("AC" * length, "CA" * length) == 2


def test_arguments_stay_as_they_are():
    a, b = ["A", "B"], ["B"]
    edit_distance(a, b)
    assert (a, b) == (["A", "B"], ["B"])
