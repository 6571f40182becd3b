"""Initial weights: the properties the literature asks for, from one generator."""

import pytest
import torch
from torch import nn

from seqestimators.modules import PooledNetwork, RecurrentEncoder, initialize

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
every_cell = pytest.mark.parametrize("cell", GATES)


def make(cell="lstm", seed=0, **options):
    encoder = RecurrentEncoder(
        30, cell=cell, hidden_size=16, num_layers=2, bidirectional=True, embedding_dim=8, dropout=0.5
    )
    network = PooledNetwork(encoder, output_size=3, **options)
    return initialize(network, torch.Generator().manual_seed(seed))


def recurrent_parameters(network, prefix):
    layers = network.encoder.layers.named_parameters()
    return [parameter for name, parameter in layers if name.rpartition(".")[2].startswith(prefix)]


@every_cell
def test_recurrent_weights_are_orthogonal_gate_by_gate(cell):
    weights = recurrent_parameters(make(cell), "weight_hh")
    assert len(weights) == 4
    for weight in weights:
        gates = weight.chunk(GATES[cell])
        assert len(gates) == GATES[cell]
        for gate in gates:
            torch.testing.assert_close(gate @ gate.T, torch.eye(16), rtol=0, atol=1e-5)


@every_cell
def test_input_weights_stay_within_xaviers_bound_gate_by_gate(cell):
    for weight in recurrent_parameters(make(cell), "weight_ih"):
        bound = (6 / (16 + weight.shape[1])) ** 0.5
        assert 0.9 * bound < weight.abs().max() <= bound


@every_cell
def test_biases_are_zero_but_for_the_forget_gate(cell):
    network = make(cell)
    for bias in recurrent_parameters(network, "bias_hh"):
        assert not bias.any()
    for bias in recurrent_parameters(network, "bias_ih"):
        expected = torch.zeros_like(bias)
        if cell == "lstm":
            expected[16:32] = 1
        assert torch.equal(bias, expected)
    assert not network.output.bias.any()


def test_vectors_of_padding_and_of_unknown_tokens_are_zero():
    embedding = make().encoder.embedding.weight
    assert not embedding[:2].any()
    assert embedding[2:].any(dim=1).all()
    assert abs(embedding[2:].std() - 1) < 0.2


@every_cell
def test_the_same_state_of_the_generator_gives_the_same_weights(cell):
    options = {"pooling": "attention", "batch_norm": True}
    first, second, other = (make(cell, seed, **options) for seed in (0, 0, 1))
    for (name, one), two, three in zip(
        first.named_parameters(), second.parameters(), other.parameters(), strict=True
    ):
        assert torch.equal(one, two)
        if "weight" in name and not name.startswith("norm"):
            assert not torch.equal(one, three)


def test_no_weight_is_left_as_memory_had_it():
    with torch.device("meta"):
        encoder = RecurrentEncoder(9, embedding_dim=4, bidirectional=True)
        network = PooledNetwork(encoder, output_size=2, pooling="attention", batch_norm=True)
    network.to_empty(device="cpu")
    for value in network.state_dict().values():
        if value.is_floating_point():
            value.fill_(torch.nan)
    state = torch.get_rng_state()
    initialize(network, torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.isfinite(value).all() for value in network.state_dict().values())


def test_dropout_draws_from_the_same_generator():
    generator = torch.Generator()
    network = initialize(PooledNetwork(RecurrentEncoder(5), output_size=1), generator)
    assert network.dropout.generator is generator
    assert network.encoder.dropout.generator is generator


def test_the_module_itself_is_returned():
    layer = nn.Linear(2, 1)
    assert initialize(layer, torch.Generator()) is layer
