"""Labels against torch's packed sequences, and the markers that carry none."""

import pytest
import torch
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from seqestimators.modules import RecurrentEncoder, TaggingNetwork, initialize


def make_network(cell="lstm", stride=1):
    encoder = RecurrentEncoder(
        9, cell=cell, hidden_size=3, embedding_dim=4, bidirectional=True, dtype=torch.float64
    )
    network = TaggingNetwork(encoder, 5, stride=stride, dtype=torch.float64)
    return initialize(network, torch.Generator().manual_seed(0)).eval()


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_logits_equal_those_of_a_packed_network(cell):
    network = make_network(cell)
    rows = [torch.tensor([4, 5, 6, 7]), torch.tensor([8]), torch.tensor([5, 5])]
    packed_cell = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](
        4, 3, bidirectional=True, batch_first=True, dtype=torch.float64
    )
    for suffix, layer in zip(("", "_reverse"), network.encoder.layers[0], strict=True):
        for name, weight in layer.named_parameters():
            getattr(packed_cell, name + suffix).data.copy_(weight)
    embedded = pack_sequence([network.encoder.embedding(row) for row in rows], enforce_sorted=False)
    states, lengths = pad_packed_sequence(packed_cell(embedded)[0], batch_first=True)
    expected = torch.cat([network.output(one[:n]) for one, n in zip(states, lengths, strict=True)])
    padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    torch.testing.assert_close(network([(padded, lengths)]), expected, rtol=0, atol=1e-10)


def test_a_label_reads_all_of_its_steps():
    network = make_network(stride=3)
    inputs = torch.tensor([[4, 5, 6, 7, 8, 4], [5, 5, 6, 0, 0, 0]])
    states = network.encoder(inputs, torch.tensor([6, 3]))
    expected = torch.stack([states[0, :3].flatten(), states[0, 3:].flatten(), states[1, :3].flatten()])
    found = network([(inputs, torch.tensor([6, 3]))])
    torch.testing.assert_close(found, network.output(expected), rtol=0, atol=1e-12)


def test_markers_carry_no_label():
    network = make_network()
    inputs = torch.tensor([[2, 4, 5, 3], [2, 3, 0, 0]])
    assert network([(inputs, torch.tensor([4, 2]))]).shape == (2, 5)
