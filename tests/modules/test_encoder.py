"""The encoder: every hidden state, and the reversal that makes both directions exact."""

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from seqestimators.modules import RecurrentEncoder, reverse_each

every_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])


@every_cell
@every_direction
@pytest.mark.parametrize("kind", ["embedding", "one-hot", "values"])
@pytest.mark.parametrize("num_layers", [1, 3])
def test_states_are_those_of_the_equations(
    make_network, make_sequences, pad, recurrence, cell, bidirectional, kind, num_layers
):
    encoder = make_network(cell, kind=kind, bidirectional=bidirectional, num_layers=num_layers).encoder
    sequences = make_sequences(kind=kind)
    states = encoder(*pad(sequences))
    assert states.shape == (6, 12, encoder.output_size)
    for sequence, row in zip(sequences, states, strict=True):
        expected = recurrence(encoder, cell, sequence)
        np.testing.assert_allclose(row[: len(sequence)].detach(), expected, rtol=0, atol=1e-12)


@hypothesis.given(lengths=st.lists(st.integers(0, 9), min_size=1, max_size=6), extra=st.integers(0, 3))
def test_every_sequence_is_reversed_within_its_length(lengths, extra):
    steps = max(lengths) + extra
    x = torch.arange(steps * len(lengths) * 2).reshape(len(lengths), steps, 2)
    reversed_ = reverse_each(x, torch.tensor(lengths))
    for row, length in enumerate(lengths):
        assert torch.equal(reversed_[row, :length], x[row, :length].flip(0))
        assert torch.equal(reversed_[row, length:], x[row, length:])
    assert torch.equal(reverse_each(reversed_, torch.tensor(lengths)), x)


def test_the_gradient_of_the_reversal_is_right():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, 5, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    lengths = torch.tensor([5, 0, 3])
    assert torch.autograd.gradcheck(lambda x: reverse_each(x, lengths), x)
    assert torch.autograd.gradgradcheck(lambda x: reverse_each(x, lengths), x)


def test_directions_are_read_in_their_own_order(make_network, make_sequences, pad):
    encoder = make_network(num_layers=2).encoder
    inputs, lengths = pad(make_sequences())
    states = encoder(inputs, lengths)
    forward, backward = encoder.read(inputs, lengths)
    for row, length in enumerate(lengths):
        torch.testing.assert_close(states[row, :length, :5], forward[row, :length])
        torch.testing.assert_close(states[row, :length, 5:], backward[row, :length].flip(0))


def test_steps_at_padding_give_no_gradient(make_network, pad):
    encoder = make_network(kind="values", num_layers=2).encoder
    inputs, lengths = pad([torch.ones(2, 3, dtype=torch.float64), torch.ones(6, 3, dtype=torch.float64)])
    inputs.requires_grad_()
    encoder(inputs, lengths)[0, :2].sum().backward()
    assert inputs.grad[0, :2].all()
    assert not inputs.grad[0, 2:].any()
    assert not inputs.grad[1].any()


def test_one_hot_vectors_of_padding_are_zero():
    encoder = RecurrentEncoder(4, dtype=torch.float64)
    vectors = encoder.embed(torch.tensor([[3, 0], [1, 0]]))
    assert vectors.dtype == torch.float64
    assert vectors.tolist() == [[[0, 0, 0, 1], [0, 0, 0, 0]], [[0, 1, 0, 0], [0, 0, 0, 0]]]


def test_dropout_acts_between_layers_only(make_network, make_sequences, pad):
    batch = pad(make_sequences())
    single, double = (make_network(num_layers=n, dropout=0.5).encoder for n in (1, 2))
    assert torch.equal(single(*batch), single(*batch))
    assert not torch.equal(double(*batch), double(*batch))
    double.eval()
    assert torch.equal(double(*batch), double(*batch))


@every_direction
def test_the_size_of_a_state_is_known(bidirectional):
    encoder = RecurrentEncoder(6, hidden_size=7, num_layers=2, bidirectional=bidirectional)
    assert encoder.output_size == (14 if bidirectional else 7)
    assert encoder(torch.tensor([[4]]), torch.tensor([1])).shape == (1, 1, encoder.output_size)
