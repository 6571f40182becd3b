"""The base of the networks: a loss is the weighted sum of what the rows say."""

import pytest
import torch

from seqestimators.modules import Batch, RecurrentEncoder, SequenceNetwork


class Sums(SequenceNetwork):
    """The sum of each sequence, which should be the target."""

    def forward(self, batch):
        return torch.cat([inputs.sum(1) for inputs, _ in batch.pieces])

    def row_losses(self, outputs, batch):
        return (outputs - batch.target).abs()


@pytest.fixture
def network():
    return Sums(RecurrentEncoder(9, hidden_size=3, bidirectional=True))


def make_batch(weight=None):
    inputs, lengths = torch.tensor([[1.0, 2], [3, 0], [0, 0]]), torch.tensor([2, 1, 0])
    return Batch(inputs, lengths, torch.tensor([1.0, 1.0, 5.0]), weight)  # losses of 2, 2 and 5


def test_the_loss_is_the_weighted_sum_of_the_row_losses(network):
    assert network.loss(make_batch(torch.tensor([0.5, 2.0, 0.0]))) == 5


def test_without_weights_each_row_weighs_one(network):
    assert network.loss(make_batch()) == 9


def test_weights_take_the_type_of_the_losses(network):
    loss = network.loss(make_batch(torch.tensor([0.5, 2.0, 0.0], dtype=torch.float64)))
    assert loss.dtype == torch.float32
    assert loss == 5


def test_outputs_that_are_known_are_not_computed_again(network):
    outputs = torch.tensor([1.0, 2.0, 5.0])
    network.forward = None
    assert network.loss(make_batch(), outputs) == 1


def test_a_network_begins_outside_of_training_and_promises_nothing(network):
    assert network.progress == 1
    assert not network.is_causal
    assert network.representation_size == network.encoder.output_size == 6


@pytest.mark.parametrize("method", ["represent", "row_losses"])
def test_what_a_network_lacks_is_told(method):
    network, batch = SequenceNetwork(RecurrentEncoder(9, hidden_size=3)), make_batch()
    with pytest.raises(NotImplementedError):
        getattr(network, method)(*([None] if method == "row_losses" else []), batch)
