"""Labels against torch's packed sequences, and the markers that carry none."""

import pytest
import torch
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from seqestimators.modules import (
    Batch,
    CRFTaggingNetwork,
    Ragged,
    RecurrentEncoder,
    StepRegressionNetwork,
    TaggingNetwork,
    encoder,
    initialize,
)


def make_network(cell="lstm", stride=1, bidirectional=True):
    encoder = RecurrentEncoder(9, cell=cell, hidden_size=3, embedding_dim=4, bidirectional=bidirectional)
    network = TaggingNetwork(encoder, 5, stride=stride).double()
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
    found = network(Batch(padded, lengths))
    assert found.lengths.tolist() == [4, 1, 2]
    torch.testing.assert_close(found.values, expected, rtol=0, atol=1e-10)


def test_a_label_reads_all_of_its_steps():
    network = make_network(stride=3)
    inputs = torch.tensor([[4, 5, 6, 7, 8, 4], [5, 5, 6, 0, 0, 0]])
    states = network.encoder(inputs, torch.tensor([6, 3])).join()
    expected = torch.stack([states[0, :3].flatten(), states[0, 3:].flatten(), states[1, :3].flatten()])
    found = network(Batch(inputs, torch.tensor([6, 3])))
    assert found.lengths.tolist() == [2, 1]
    torch.testing.assert_close(found.values, network.output(expected), rtol=0, atol=1e-12)


def test_markers_carry_no_label():
    network = make_network()
    inputs = torch.tensor([[2, 4, 5, 3], [2, 3, 0, 0]])
    found = network(Batch(inputs, torch.tensor([4, 2])))
    assert found.values.shape == (2, 5)
    assert found.lengths.tolist() == [2, 0]


def test_values_have_no_markers():
    """A numeric series may hold the numbers that are markers among tokens."""
    network = TaggingNetwork(RecurrentEncoder(1, tokens=False, hidden_size=3), 5)
    found = network(Batch(torch.tensor([[[2.0], [3.0]], [[2.0], [0.0]]]), torch.tensor([2, 1])))
    assert found.lengths.tolist() == [2, 1]


def test_pieces_change_nothing():
    network = make_network()
    rows = [torch.tensor([4, 5, 6, 7]), torch.tensor([8]), torch.tensor([5, 5])]
    lengths = torch.tensor([4, 1, 2])
    together = network(Batch(torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), lengths))
    pieces = network(Batch([row[None] for row in rows], lengths.split(1)))
    assert torch.equal(pieces.lengths, lengths)
    torch.testing.assert_close(pieces.values, together.values, rtol=0, atol=1e-12)


def test_every_label_has_its_cross_entropy():
    network = make_network()
    target = Ragged(torch.tensor([0, 4, 2]), torch.tensor([2, 1]))
    batch = Batch(torch.tensor([[4, 5], [6, 0]]), torch.tensor([2, 1]), target)
    outputs = network(batch)
    expected = F.cross_entropy(outputs.values, target.values, reduction="none")
    torch.testing.assert_close(network.row_losses(outputs, batch), expected)


def test_probabilities_sum_to_one_and_the_likeliest_class_is_decoded():
    network = make_network()
    outputs = network(Batch(torch.tensor([[4, 5], [6, 0]]), torch.tensor([2, 1])))
    probabilities = network.probabilities(outputs)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(3, dtype=torch.float64))
    torch.testing.assert_close(probabilities.log().diff(dim=1), outputs.values.diff(dim=1))
    assert torch.equal(network.decode(outputs), probabilities.argmax(1))


def test_a_sequence_is_represented_by_its_mean_state():
    network = make_network()
    inputs, lengths = torch.tensor([[4, 5, 6], [7, 0, 0], [0, 0, 0]]), torch.tensor([3, 1, 0])
    found = network.represent(Batch(list(inputs.split([1, 2])), list(lengths.split([1, 2]))))
    states = network.encoder(inputs, lengths).join()
    expected = torch.stack([states[0].mean(0), states[1, 0], torch.zeros(6, dtype=torch.float64)])
    assert found.shape == (3, network.representation_size)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
def test_one_direction_is_causal(bidirectional):
    assert make_network(bidirectional=bidirectional).is_causal is not bidirectional


def test_a_crf_has_the_loss_of_its_field_and_none_for_masked_labels():
    plain = make_network(bidirectional=False)
    network = CRFTaggingNetwork(plain.encoder, 5).double()
    initialize(network, torch.Generator().manual_seed(0))
    network.field.transitions.data.normal_(generator=torch.Generator().manual_seed(1))
    assert plain.is_causal
    assert not network.is_causal
    target = Ragged(torch.tensor([0, -100, 4, 2]), torch.tensor([3, 1]))
    batch = Batch(torch.tensor([[4, 5, 7], [6, 0, 0]]), torch.tensor([3, 1]), target)
    outputs = network(batch)
    found = network.row_losses(outputs, batch)
    log_p = network.field.log_probabilities(outputs, target)
    torch.testing.assert_close(found, -log_p[range(4), [0, 0, 4, 2]] * torch.tensor([1, 0, 1, 1]))
    assert torch.equal(network.decode(outputs), network.field.decode(outputs))
    torch.testing.assert_close(network.probabilities(outputs).sum(1), torch.ones(4, dtype=torch.float64))


def test_numbers_have_the_mean_squared_error_of_those_that_are_known():
    network = StepRegressionNetwork(make_network().encoder, 2).double()
    initialize(network, torch.Generator().manual_seed(0))
    numbers = torch.tensor([[1.0, 2], [3, torch.nan], [torch.nan, torch.nan]], dtype=torch.float64)
    batch = Batch(torch.tensor([[4, 5], [6, 0]]), torch.tensor([2, 1]), Ragged(numbers, torch.tensor([2, 1])))
    outputs = network(batch)
    squares = (outputs.values - numbers) ** 2
    expected = torch.stack([squares[0].mean(), squares[1, 0], torch.zeros((), dtype=torch.float64)])
    torch.testing.assert_close(network.row_losses(outputs, batch), expected)


@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("stride", [1, 2])
def test_long_sequences_are_read_in_parts(monkeypatch, bidirectional, stride):
    network = make_network("gru", bidirectional=bidirectional, stride=stride)
    rows = [[2, 4, 5, 6, 7, 8, 4, 3], [2, 6, 7, 3], [], [4] * 8]
    inputs = torch.tensor([row + [0] * (9 - len(row)) for row in rows])
    batch = Batch(inputs, torch.tensor([8, 4, 0, 8]))
    with torch.inference_mode():
        whole, represented = network(batch), network.represent(batch)
        monkeypatch.setattr(encoder, "MAX_STEPS", 1)
        monkeypatch.setattr(encoder, "MIN_STEPS", 3)
        assert network.encoder.reads_in_parts(inputs)
        found = network(batch)
        torch.testing.assert_close(network.represent(batch), represented, rtol=0, atol=1e-12)
    assert torch.equal(found.lengths, whole.lengths)
    torch.testing.assert_close(found.values, whole.values, rtol=0, atol=1e-12)
