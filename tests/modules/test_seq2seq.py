"""The decoder: one pass over the target is the same as token by token, and nothing depends on neighbours."""

import pytest
import torch

from seqestimators.modules import AttentionDecoder, RecurrentEncoder, Seq2SeqNetwork, initialize

SOURCES = [[4, 5, 6, 7], [5], [8, 4, 4], []]
TARGETS = [[4, 3], [5, 6, 7, 3], [3], [6, 3]]


def pad(rows):
    lengths = torch.tensor([len(row) for row in rows])
    matrix = torch.zeros(len(rows), max(1, int(lengths.max())), dtype=torch.int64)
    for row, values in zip(matrix, rows, strict=True):
        row[: len(values)] = torch.tensor(values, dtype=torch.int64)
    return matrix, lengths


def make_network(attention, cell="lstm", num_layers=1):
    factory = {"dtype": torch.float64}
    encoder = RecurrentEncoder(9, cell=cell, hidden_size=3, bidirectional=True, embedding_dim=4, **factory)
    decoder = AttentionDecoder(
        8,
        source_size=6,
        cell=cell,
        hidden_size=5,
        num_layers=num_layers,
        embedding_dim=4,
        attention=attention,
        **factory,
    )
    return initialize(Seq2SeqNetwork(encoder, decoder), torch.Generator().manual_seed(0)).eval()


every_kind = pytest.mark.parametrize("attention", ["dot", "additive", "monotonic"])


@every_kind
@pytest.mark.parametrize(("cell", "num_layers"), [("lstm", 2), ("gru", 1), ("rnn", 2)])
def test_teacher_forcing_is_decoding_step_by_step(attention, cell, num_layers):
    network = make_network(attention, cell, num_layers)
    (inputs, lengths), (target, target_lengths) = pad(SOURCES), pad(TARGETS)
    logits = network([(inputs, lengths, target, target_lengths)]).logits
    expected = []
    for row, tokens in enumerate(TARGETS):
        state = network.read(inputs[row : row + 1], lengths[row : row + 1])
        for token in [2, *tokens[:-1]]:
            outputs, state, _ = network.decoder(torch.tensor([[token]]), state)
            expected.append(network.decoder.logits(outputs[:, 0]))
    torch.testing.assert_close(logits, torch.cat(expected), rtol=0, atol=1e-10)


@every_kind
def test_each_pair_alone_gives_the_same(attention):
    network = make_network(attention)
    together = network([(*pad(SOURCES), *pad(TARGETS))]).logits
    alone = network([(*pad([x]), *pad([y])) for x, y in zip(SOURCES, TARGETS, strict=True)]).logits
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-10)


def test_padding_and_beginning_never_come_next():
    logits = make_network("dot")([(*pad(SOURCES), *pad(TARGETS))]).logits
    assert (logits[:, [0, 2]] == -torch.inf).all()
    assert torch.isfinite(logits[:, [1, 3, 4, 5, 6, 7]]).all()


@every_kind
def test_a_selected_state_goes_on_alike(attention):
    network = make_network(attention)
    state = network.read(*pad(SOURCES))
    token = torch.full((4, 1), 2)
    all_rows = network.decoder(token, state)[0]
    some = network.decoder(token[:3], state.select(torch.tensor([2, 0, 0])))[0]
    torch.testing.assert_close(some, all_rows[[2, 0, 0]], rtol=0, atol=1e-12)
