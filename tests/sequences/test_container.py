from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils import _safe_indexing

from seqestimators.sequences import (
    BOS,
    EOS,
    Sequences,
    object_array,
    offsets_of,
    place_of,
    read_sequences,
)

ragged_ids = st.lists(st.lists(st.integers(1, 50), max_size=6), min_size=1)


@given(ragged_ids)
def test_take(rows):
    sequences = read_sequences([np.array(row, dtype=int) for row in rows], input="tokens")
    assert [row.tolist() for row in sequences.take([-1, 0]).to_list()] == [rows[-1], rows[0]]
    is_long = sequences.lengths > 2
    assert [row.tolist() for row in sequences.take(is_long).to_list()] == [
        row for row in rows if len(row) > 2
    ]


@given(ragged_ids)
def test_rows_and_lengths_lead_to_the_same_sequences(rows):
    sequences = Sequences.from_rows(rows)
    again = Sequences.from_lengths(sequences.values, sequences.lengths)
    for one in (sequences, again):
        assert [row.tolist() for row in one.to_list()] == rows


@pytest.mark.parametrize("rows", [[], [[]], [np.empty((0, 2))]])
def test_empty_rows_take_type_and_channels_from_another_array(rows):
    sequences = Sequences.from_rows(rows, like=np.ones((4, 2), dtype=np.float32))
    assert sequences.values.shape == (0, 2)
    assert sequences.values.dtype == np.float32
    assert len(sequences) == len(rows)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4))))
def test_pieces_of_the_buffer(places):
    sequences = Sequences.from_rows([[4, 5, 6], [7, 8, 9, 10, 11, 12]])
    begins, lengths = np.array(places, dtype=np.int64).reshape(-1, 2).T
    pieces = sequences.cut(begins, lengths).to_list()
    assert [piece.tolist() for piece in pieces] == [[4 + b + i for i in range(n)] for b, n in places]


@given(ragged_ids)
def test_offsets(rows):
    assert offsets_of(rows).tolist() == Sequences.from_rows(rows).offsets.tolist()
    assert offsets_of(["".join("a" for _ in row) for row in rows]).tolist() == offsets_of(rows).tolist()


@given(ragged_ids)
def test_steps_that_are_kept(rows):
    sequences = Sequences.from_rows(rows)
    kept = sequences.keep(sequences.values % 2 == 0)
    assert [row.tolist() for row in kept.to_list()] == [[x for x in row if x % 2 == 0] for row in rows]


@given(st.lists(st.lists(st.sampled_from([BOS, EOS, 4, 5]), max_size=5), min_size=1))
def test_ends_are_taken_off_once_and_put_on(rows):
    inner = Sequences.from_rows(rows).without_ends()
    expected = []
    for row in rows:
        begins = row[:1] == [BOS]
        expected.append(row[begins : len(row) - (row[begins:][-1:] == [EOS])])
    assert [row.tolist() for row in inner.to_list()] == expected
    for begin in (False, True):
        for end in (False, True):
            marked = inner.with_ends(begin, end).to_list()
            assert [row.tolist() for row in marked] == [[BOS] * begin + row + [EOS] * end for row in expected]


def test_numeric_series_have_no_ends():
    series = Sequences.from_rows([np.full((2, 1), float(BOS))])
    assert series.without_ends() is series
    assert not series.is_end.any()


def test_place_skips_empty_rows():
    assert [place_of(i, np.array([0, 2, 2, 3])) for i in range(3)] == [(0, 0), (0, 1), (2, 0)]


@pytest.mark.parametrize("rows", [[[1], [2]], [[1, 2], [3]], []])
def test_an_object_array_has_one_dimension(rows):
    array = object_array(rows)
    assert array.shape == (len(rows),)
    assert array.tolist() == rows


@given(ragged_ids, st.data())
def test_equal_sequences_are_found(rows, data):
    sequences = Sequences.from_rows(rows)
    distinct, index = sequences.distinct()
    assert [distinct[i].tolist() for i in index] == rows
    assert len({tuple(row) for row in distinct}) == len(distinct)


def test_features_and_other_sequences_stay_with_their_rows():
    other = Sequences.from_rows([[7], [8, 8], []])
    table = replace(Sequences.from_rows([[4], [5], [6]]), features=np.array([[1], [2], [3]]), others=(other,))
    for rows in ([2, 0], np.array([2, 0]), (np.array([2, 0]), ...), slice(None, None, -2)):
        taken = table[rows]
        assert [row.tolist() for row in taken] == [[6], [4]]
        assert taken.features.tolist() == [[3], [1]]
        assert [row.tolist() for row in taken.others[0]] == [[], [7]]
    assert read_sequences(table) is table
    assert _safe_indexing(table, [1]).features.tolist() == [[2]]
    assert table.cut(np.array([0]), np.array([2])).others == ()


def test_floats_that_are_read_anew_keep_what_stands_beside_them():
    table = replace(Sequences.from_rows([np.ones((2, 1)), np.ones((1, 1))]), features=np.array([[1], [2]]))
    read = read_sequences(table, dtype=np.float32)
    assert read.values.dtype == np.float32
    assert read.features.tolist() == [[1], [2]]


def test_other_sequences_are_as_many():
    with pytest.raises(ValueError, match="another column has 1 sequences, but the first has 2"):
        replace(Sequences.from_rows([[4], [5]]), others=(Sequences.from_rows([[4]]),))
