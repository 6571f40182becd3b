"""The decoder: one pass over the target is the same as token by token, and nothing depends on neighbours."""

import pytest
import torch

from seqestimators.modules import (
    AttentionDecoder,
    Batch,
    Ragged,
    RecurrentEncoder,
    Seq2SeqNetwork,
    greedy_search,
    initialize,
)

SOURCES = [[4, 5, 6, 7], [5], [8, 4, 4], []]
TARGETS = [[4, 3], [5, 6, 7, 3], [3], [6, 3]]


def pad(rows):
    lengths = torch.tensor([len(row) for row in rows])
    matrix = torch.zeros(len(rows), max(1, int(lengths.max())), dtype=torch.int64)
    for row, values in zip(matrix, rows, strict=True):
        row[: len(values)] = torch.tensor(values, dtype=torch.int64)
    return matrix, lengths


def make_network(attention="dot", cell="lstm", num_layers=1, **options):
    encoder = RecurrentEncoder(9, cell=cell, hidden_size=3, bidirectional=True, embedding_dim=4)
    decoder = AttentionDecoder(
        8,
        source_size=6,
        cell=cell,
        hidden_size=5,
        num_layers=num_layers,
        embedding_dim=4,
        attention=attention,
    )
    network = Seq2SeqNetwork(encoder, decoder, **options).double()
    return initialize(network, torch.Generator().manual_seed(0)).eval()


def flat(rows):
    """Rows of tokens, one behind the other."""
    return Ragged(torch.tensor([token for row in rows for token in row]), torch.tensor(list(map(len, rows))))


def make_batch(sources=SOURCES, targets=TARGETS, **rest):
    return Batch(*pad(sources), flat(targets), **rest)


def in_pieces(**rest):
    """The same batch, each sequence in a piece of its own."""
    inputs, lengths = zip(*(pad([source]) for source in SOURCES), strict=True)
    return Batch(inputs, lengths, flat(TARGETS), **rest)


every_kind = pytest.mark.parametrize("attention", ["dot", "additive", "monotonic"])


@every_kind
@pytest.mark.parametrize(("cell", "num_layers"), [("lstm", 2), ("gru", 1), ("rnn", 2)])
def test_teacher_forcing_is_decoding_step_by_step(attention, cell, num_layers):
    network = make_network(attention, cell, num_layers)
    inputs, lengths = pad(SOURCES)
    outputs = network(make_batch())
    assert outputs.lengths.tolist() == [2, 4, 1, 2]
    expected = []
    for row, tokens in enumerate(TARGETS):
        state = network.read(inputs[row : row + 1], lengths[row : row + 1])
        for token in [2, *tokens[:-1]]:
            read, state, _ = network.decoder(torch.tensor([[token]]), state)
            expected.append(network.decoder.logits(read[:, 0]))
    torch.testing.assert_close(outputs.values, torch.cat(expected), rtol=0, atol=1e-10)


@every_kind
def test_each_pair_alone_gives_the_same(attention):
    network = make_network(attention)
    together, alone = network(make_batch()), network(in_pieces())
    assert torch.equal(together.lengths, alone.lengths)
    torch.testing.assert_close(together.values, alone.values, rtol=0, atol=1e-10)


def test_padding_and_beginning_never_come_next():
    logits = make_network("dot")(make_batch()).values
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


@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_the_loss_is_the_weighted_cross_entropy_of_the_tokens(label_smoothing):
    network = make_network(label_smoothing=label_smoothing)
    weight = torch.arange(1.0, 10.0, dtype=torch.float64)
    batch = make_batch(weight=weight)
    log_probabilities = torch.log_softmax(network(batch).values, dim=1)
    losses = -log_probabilities[torch.arange(9), batch.target.values]
    even = -log_probabilities[:, [1, 3, 4, 5, 6, 7]].mean(1)  # PAD and BOS never come next
    expected = (1 - label_smoothing) * losses + label_smoothing * even
    torch.testing.assert_close(network.loss(batch), (weight * expected).sum())


def test_in_training_hops_shall_become_certain():
    network, batch = make_network("monotonic"), make_batch()
    assert network(batch).entropy is None
    network.train()
    with torch.no_grad():
        for network.progress, weight in ((0.0, 0.0), (0.05, 0.01), (0.1, 0.02), (1.0, 0.02)):
            outputs = network(batch)
            tokens = network.eval().row_losses(outputs, batch)
            losses = network.train().row_losses(outputs, batch)
            torch.testing.assert_close(losses, tokens + weight * outputs.entropy)
            torch.testing.assert_close(network.loss(batch, outputs), losses.sum())


def test_the_entropy_is_that_of_every_token_whatever_the_pieces():
    network = make_network("monotonic").train()
    torch.testing.assert_close(network(make_batch()).entropy, network(in_pieces()).entropy)


def test_other_attention_has_no_entropy():
    network, batch = make_network("dot").train(), make_batch()
    outputs = network(batch)
    assert outputs.entropy is None
    torch.testing.assert_close(network.loss(batch, outputs), network.row_losses(outputs, batch).sum())


def test_attention_is_told_the_progress():
    network = make_network("monotonic")
    network.progress = 0.3
    network(make_batch())
    assert network.decoder.attention.progress == 0.3


@every_kind
def test_alignments_are_the_weights_of_attention(attention):
    network = make_network(attention)
    found = network.align(in_pieces())
    assert [matrix.shape for matrix in found] == [(2, 4), (4, 1), (1, 3), (2, 0)]
    for matrix in found[:3]:
        torch.testing.assert_close(matrix.sum(1), torch.ones(len(matrix), dtype=torch.float64))
    for one, other in zip(found, network.align(make_batch()), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)


@every_kind
def test_a_search_goes_through_all_pieces(attention):
    network, limits = make_network(attention), torch.tensor([4, 0, 2, 3])
    found = network.search(in_pieces(), limits, greedy_search)
    together = network.search(make_batch(), limits, greedy_search)
    for one, other, limit in zip(found, together, limits.tolist(), strict=True):
        assert one.tokens == other.tokens
        assert one.log_probability == pytest.approx(other.log_probability)
        assert len(one.tokens) <= limit
        assert not {0, 1, 2, 3} & set(one.tokens)


def test_what_a_search_tells_is_the_probability_of_the_sequence():
    network = make_network()
    found = network.search(make_batch(), torch.full((4,), 3), greedy_search)
    batch = make_batch(targets=[[*one.tokens, 3] for one in found])
    # a search never writes UNKNOWN, so that its odds are shared out among the others
    logits = network(batch).values.index_fill(1, torch.tensor([1]), -torch.inf)
    chosen = torch.log_softmax(logits, dim=1)[torch.arange(len(logits)), batch.target.values]
    for one, tokens in zip(found, chosen.split(batch.target.lengths.tolist()), strict=True):
        assert one.log_probability == pytest.approx(tokens.sum().item())


def test_a_source_is_represented_by_its_last_states():
    network = make_network()
    found = network.represent(in_pieces())
    assert found.shape == (4, network.representation_size)
    assert not found[3].any()
    for source, one in zip(SOURCES[:3], found, strict=False):
        states = network.encoder(*pad([source])).join()[0]
        torch.testing.assert_close(one, torch.cat([states[-1, :3], states[0, 3:]]), rtol=0, atol=1e-12)


def test_the_network_is_not_causal():
    assert not make_network().is_causal


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_mixed_precision_is_near_in_training_and_absent_elsewhere(in_bfloat16, cell):
    network, batch = make_network(cell=cell, num_layers=2).float(), make_batch()
    exact = network(batch).values
    network.decoder.mixed_precision = True
    assert torch.equal(network(batch).values, exact)
    trained = network.train()(batch).values
    assert trained.dtype == torch.float32
    real = torch.isfinite(exact)
    assert (trained - exact)[real].abs().max() < 2**-7
