"""Batches and ragged rows: padding, cutting and joining lose nothing."""

import hypothesis
import pytest
import torch
from hypothesis import strategies as st

from seqestimators.modules import Batch, Ragged
from seqestimators.modules.batch import real_steps

ragged_lengths = st.lists(st.integers(0, 6), min_size=1, max_size=8)
few = hypothesis.settings(max_examples=30)  # of small things
shapes = st.sampled_from([(), (3,), (2, 1)])


def make(lengths, shape=()):
    """Values other than 0, which all differ."""
    values = torch.arange(1, 1 + sum(lengths) * torch.Size(shape).numel()).view(-1, *shape)
    return Ragged(values, torch.tensor(lengths, dtype=torch.int64))


def same(first, second):
    return all(torch.equal(one, two) for one, two in zip(first, second, strict=True))


@few
@hypothesis.given(ragged_lengths, shapes)
def test_rows_are_padded_and_taken_back(lengths, shape):
    ragged = make(lengths, shape)
    padded = ragged.pad()
    assert padded.shape == (len(lengths), max(*lengths, 1), *shape)
    for row, values in zip(padded, ragged.values.split(lengths), strict=True):
        assert torch.equal(row[: len(values)], values)
        assert not row[len(values) :].any()
    assert same(Ragged.from_padded([(padded, ragged.lengths)]), ragged)


@few
@hypothesis.given(ragged_lengths, shapes, st.data())
def test_rows_are_split_and_joined(lengths, shape, data):
    ragged = make(lengths, shape)
    ends = sorted(data.draw(st.sets(st.integers(1, len(lengths) - 1)))) if len(lengths) > 1 else []
    n_rows = [end - begin for begin, end in zip([0, *ends], [*ends, len(lengths)], strict=True)]
    parts = ragged.split(n_rows)
    assert [len(part.lengths) for part in parts] == n_rows
    assert all(int(part.lengths.sum()) == len(part.values) for part in parts)
    assert same(map(torch.cat, zip(*parts, strict=True)), ragged)
    assert same(Ragged.from_padded((part.pad(), part.lengths) for part in parts), ragged)


def test_hostile_padding_is_left_behind():
    padded = torch.tensor([[1.0, torch.nan], [2.0, 3.0], [torch.inf, torch.nan]])
    found = Ragged.from_padded([(padded, torch.tensor([1, 2, 0]))])
    assert found.values.tolist() == [1, 2, 3]
    assert found.lengths.tolist() == [1, 2, 0]


def test_gradients_pass_through_padding():
    ragged = Ragged(torch.arange(1.0, 4).requires_grad_(), torch.tensor([2, 0, 1]))
    again = Ragged.from_padded([(ragged.pad(), ragged.lengths)])
    (again.values * torch.tensor([4.0, 5.0, 6.0])).sum().backward()
    assert ragged.values.grad.tolist() == [4, 5, 6]


@few
@hypothesis.given(ragged_lengths, st.integers(0, 3))
def test_real_steps_are_those_before_the_end(lengths, extra):
    steps = max(lengths) + extra
    found = real_steps(torch.tensor(lengths), steps)
    assert found.tolist() == [[step < length for step in range(steps)] for length in lengths]


def test_a_single_tensor_is_one_piece():
    inputs, lengths = torch.tensor([[4, 5], [6, 0]]), torch.tensor([2, 1])
    batch = Batch(inputs, lengths)
    ((found, of_found),) = batch.pieces
    assert found is inputs
    assert of_found is lengths
    assert len(batch) == 2
    assert batch.target is batch.weight is batch.features is None


def test_pieces_come_in_order_and_may_be_read_again():
    batch = Batch([torch.zeros(2, 3), torch.ones(1, 9)], [torch.tensor([3, 1]), torch.tensor([9])])
    assert len(batch) == 3
    for _ in range(2):
        assert [inputs.shape for inputs, _ in batch.pieces] == [(2, 3), (1, 9)]
        assert [lengths.tolist() for _, lengths in batch.pieces] == [[3, 1], [9]]


def test_every_piece_has_its_lengths():
    batch = Batch([torch.zeros(2, 3), torch.ones(1, 9)], [torch.tensor([3, 1])])
    with pytest.raises(ValueError, match="shorter"):
        list(batch.pieces)
