"""Rows of any lengths in one buffer: read in place, held in few bytes, cut out as they were."""

import tracemalloc

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from seqestimators import SequenceTokenizer
from seqestimators._training.flat_rows import FlatRows
from seqestimators.sequences import Sequences, read_sequences


@hypothesis.settings(max_examples=30)
@hypothesis.given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.data())
def test_rows_are_joined_one_behind_the_other(lengths, data):
    rows = data.draw(st.lists(st.integers(0, len(lengths) - 1), min_size=1, max_size=8))
    sequences = Sequences.from_lengths(np.arange(1, sum(lengths) + 1), np.array(lengths))
    found = FlatRows(sequences).join(np.array(rows))
    assert found.lengths.tolist() == [lengths[row] for row in rows]
    for row, values in zip(rows, found.values.split(found.lengths.tolist()), strict=True):
        assert values.tolist() == sequences[row].tolist()


@pytest.mark.parametrize("lengths", [[3, 3, 3, 3], [3, 1, 3, 2]], ids=["one length", "several"])
@pytest.mark.parametrize("channels", [(), (2,)], ids=["tokens", "values"])
@pytest.mark.parametrize("rows", [[2, 0, 3], [1], [3, 3]])
def test_padded_rows_are_the_sequences(lengths, channels, rows):
    values = np.arange(1, sum(lengths) * (channels or (1,))[0] + 1).reshape(-1, *channels)
    sequences = Sequences.from_lengths(values if not channels else values / 2, np.array(lengths))
    inputs, found = FlatRows(sequences).pad(np.array(rows))
    assert found.tolist() == [lengths[row] for row in rows]
    assert inputs.shape == (len(rows), max(found.tolist()), *channels)
    for row, padded, length in zip(rows, inputs, found, strict=True):
        assert padded[:length].tolist() == sequences[row].tolist()
        assert not padded[length:].any()


def test_rows_of_a_tokenizer_are_read_in_place_and_held_in_a_byte_a_token():
    ids = SequenceTokenizer().fit_transform(["abba" * 500, "cab" * 500, ""] * 20)
    n_tokens = sum(map(len, ids))
    tracemalloc.start()
    sequences = read_sequences(ids)
    source = FlatRows(sequences[np.arange(len(sequences))])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.shares_memory(sequences.values, ids[0])
    assert source.values.dtype == torch.uint8
    assert peak < 4 * n_tokens
    inputs, lengths = source.pad(np.array([1, 2]))
    assert inputs.dtype == torch.int64
    assert lengths.tolist() == [1500, 0]
    assert inputs[0].tolist() == ids[1].tolist()


@pytest.mark.parametrize("rows", [[1, 0], [0], [0, 0], [1, 1]])
def test_rows_in_another_order_are_joined_in_that_order(rows):
    ids = SequenceTokenizer().fit_transform(["ab", "cd"])[rows]
    assert read_sequences(ids).values.tolist() == np.concatenate(list(ids)).tolist()


@pytest.mark.parametrize("greatest", [255, 256, 2**15, 2**31])
def test_ids_of_any_size_are_held_exactly(greatest):
    source = FlatRows(Sequences.from_rows([[4, greatest], [5]]))
    assert source.pad(np.array([0, 1]))[0].tolist() == [[4, greatest], [5, 0]]
    assert source.join(np.array([1, 0])).values.tolist() == [5, 4, greatest]
