"""The states of a layer: both directions in one order, and what has read the whole sequence."""

import pytest
import torch

from seqestimators.modules import RecurrentEncoder, States, initialize


@pytest.mark.parametrize(("lengths", "extra"), [([4, 0, 7, 1], 2), ([3, 3], 1), ([3, 3], 0)])
def test_the_last_states_have_read_the_whole_sequence(make_network, make_sequences, pad, lengths, extra):
    encoder = make_network(num_layers=2).encoder
    sequences = make_sequences(lengths)
    states = encoder(*pad(sequences, extra=extra))
    joined, last = states.join(), states.last()
    for row, sequence in enumerate(sequences):
        if not len(sequence):
            assert not last[row].any()
            continue
        expected = torch.cat([joined[row, len(sequence) - 1, :5], joined[row, 0, 5:]])
        torch.testing.assert_close(last[row], expected, rtol=0, atol=0)


def test_a_single_direction_is_joined_as_it_is():
    one, lengths = torch.arange(12.0).view(2, 3, 2), torch.tensor([3, 1])
    assert States([one], lengths).join() is one
    assert States([one], lengths).last().tolist() == [[4, 5], [6, 7]]
    assert States([one], torch.tensor([2, 0])).last().tolist() == [[2, 3], [0, 0]]


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("embedding_dim", [None, 4], ids=["one-hot", "embedding"])
@pytest.mark.parametrize("lengths", [[5, 0, 3], [5, 5, 5]], ids=["ragged", "one length"])
def test_the_last_states_of_a_cell_are_those_of_its_states(cell, bidirectional, embedding_dim, lengths):
    options = {"cell": cell, "hidden_size": 5, "bidirectional": bidirectional, "embedding_dim": embedding_dim}
    encoder = initialize(RecurrentEncoder(7, num_layers=2, **options), torch.Generator().manual_seed(0))
    ids = torch.tensor([[4, 5, 6, 4, 5], [0] * 5, [6, 5, 4, 0, 0]])
    ids[1] += 4 * (lengths[1] > 0)
    weights, found = list(encoder.parameters()), []
    states = encoder(ids, torch.tensor(lengths))
    for one in (states, states._replace(ends=None)):
        last = one.last()
        found.append([last, *torch.autograd.grad(last.square().sum(), weights, retain_graph=True)])
    assert torch.equal(found[0][0], found[1][0])
    for given, taken in zip(*found, strict=True):
        torch.testing.assert_close(given, taken, rtol=1e-5, atol=1e-6)
