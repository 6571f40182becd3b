"""The whole network: exact for every cell, direction, depth and pooling, whatever is around a sequence."""

import functools

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from torch.nn import functional as F

from seqestimators.modules import (
    POOLINGS,
    Batch,
    PooledEncoder,
    PooledNetwork,
    RecurrentEncoder,
    binary_cross_entropy,
    cross_entropy,
    encoder,
    initialize,
)

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-6}

every_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
every_depth = pytest.mark.parametrize("num_layers", [1, 3])
every_pooling = pytest.mark.parametrize("pooling", POOLINGS)
every_kind = pytest.mark.parametrize("kind", ["embedding", "one-hot", "values"])
every_dtype = pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])


def close(first, second, dtype):
    torch.testing.assert_close(first, second, rtol=0, atol=TOLERANCE[dtype])


def in_pieces(*pieces, **rest):
    """A batch whose sequences come in several pieces."""
    return Batch(*zip(*pieces, strict=True), **rest)


@every_cell
@every_direction
@pytest.mark.parametrize(
    ("num_layers", "dtype"),
    [(1, torch.float64), (3, torch.float64), (3, torch.float32)],
    ids=["1-float64", "3-float64", "3-float32"],
)
@every_pooling
def test_outputs_and_gradients_are_those_of_packed_sequences(
    make_network, make_sequences, pad, packed_twin, cell, bidirectional, num_layers, pooling, dtype
):
    network = make_network(
        cell, bidirectional=bidirectional, num_layers=num_layers, pooling=pooling, dtype=dtype
    )
    twin = packed_twin(network, cell, pooling)
    sequences = make_sequences()
    outputs, expected = network(Batch(*pad(sequences))), twin(sequences)
    close(outputs, expected, dtype)

    target = torch.tensor([0, 1, 0, 0, 1, 1])
    F.cross_entropy(outputs, target).backward()
    F.cross_entropy(expected, target).backward()
    gradients = twin.gradients()
    assert gradients.keys() == {name for name, _ in network.named_parameters()}
    for name, parameter in network.named_parameters():
        close(parameter.grad, gradients[name], dtype)


@every_cell
@every_kind
@every_dtype
def test_every_kind_of_input_is_exact(make_network, make_sequences, pad, packed_twin, cell, kind, dtype):
    network = make_network(cell, kind=kind, num_layers=2, dtype=dtype)
    sequences = make_sequences(kind=kind, dtype=dtype)
    close(network(Batch(*pad(sequences))), packed_twin(network, cell)(sequences), dtype)


@every_cell
@every_direction
@every_depth
@every_pooling
def test_outputs_are_those_of_the_equations(
    make_network, make_sequences, pad, recurrence, cell, bidirectional, num_layers, pooling
):
    network = make_network(
        cell, bidirectional=bidirectional, num_layers=num_layers, pooling=pooling, dtype=torch.float32
    )
    parameters = {name: p.detach().double().numpy() for name, p in network.named_parameters()}
    sequences = make_sequences()
    outputs = network(Batch(*pad(sequences))).detach().numpy()
    for sequence, output in zip(sequences, outputs, strict=True):
        states = recurrence(network.encoder, cell, sequence)
        half = network.encoder.hidden_size
        last = np.concatenate([states[-1, :half], states[0, half:]])
        if pooling == "attention":
            project = states @ parameters["pooling.project.weight"].T
            hidden = np.tanh(project + parameters["pooling.project.bias"])
            weights = np.exp(hidden @ parameters["pooling.energy.weight"].T)
            pooled = (weights * states).sum(0) / weights.sum()
        elif pooling == "concat":
            parts = [last, states.max(0), states.mean(0)]
            pooled = np.concatenate([part[i : i + half] for i in range(0, len(last), half) for part in parts])
        else:
            pooled = {"last": last, "max": states.max(0), "mean": states.mean(0)}[pooling]
        expected = parameters["output.weight"] @ pooled + parameters["output.bias"]
        np.testing.assert_allclose(output, expected, rtol=0, atol=1e-5)


@every_cell
@every_direction
@every_pooling
@every_dtype
def test_nothing_around_a_sequence_changes_its_output(
    make_network, make_sequences, pad, cell, bidirectional, pooling, dtype
):
    network = make_network(cell, bidirectional=bidirectional, num_layers=2, pooling=pooling, dtype=dtype)
    sequences = make_sequences([4, 0, 7, 1, 12])
    with torch.no_grad():
        alone = torch.cat([network(Batch(*pad([one]))) for one in sequences])
        for extra in (0, 1, 100):
            close(network(Batch(*pad(sequences, extra))), alone, dtype)
        close(network(Batch(*pad(sequences, extra=3, value=5))), alone, dtype)
        close(network(in_pieces(pad(sequences[:2]), pad(sequences[2:]))), alone, dtype)
        close(network(Batch(*pad(sequences[::-1]))), alone.flip(0), dtype)


@functools.cache
def small_network(cell):
    encoder = RecurrentEncoder(9, cell=cell, hidden_size=3, embedding_dim=2, bidirectional=True)
    return initialize(PooledNetwork(encoder, output_size=2), torch.Generator().manual_seed(0))


@every_cell
@hypothesis.settings(max_examples=50)
@hypothesis.given(lengths=st.lists(st.integers(0, 20), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_any_lengths_give_the_results_of_single_sequences(cell, lengths, seed):
    generator = torch.Generator().manual_seed(seed)
    network = small_network(cell)
    inputs = torch.randint(1, 9, (len(lengths), max(*lengths, 1)), generator=generator)
    with torch.no_grad():
        together = network(Batch(inputs, torch.tensor(lengths)))
        alone = [
            network(Batch(inputs[row : row + 1, : max(length, 1)], torch.tensor([length])))
            for row, length in enumerate(lengths)
        ]
    torch.testing.assert_close(together, torch.cat(alone), rtol=0, atol=1e-6)


@every_cell
@every_pooling
def test_an_empty_sequence_gives_the_bias(make_network, pad, cell, pooling):
    network = make_network(cell, num_layers=2, pooling=pooling)
    torch.nn.init.normal_(network.output.bias, generator=torch.Generator().manual_seed(1))
    outputs = network(Batch(*pad([torch.tensor([], dtype=torch.int64), torch.tensor([4, 5])])))
    torch.testing.assert_close(outputs[0], network.output.bias)
    outputs.sum().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in network.parameters())


def test_the_row_of_padding_stays_zero_in_training(make_network, make_sequences, pad):
    network = make_network(dtype=torch.float32)
    embedding = network.encoder.embedding.weight
    before = embedding.detach().clone()
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.1, weight_decay=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        network(Batch(*pad([*make_sequences(), torch.tensor([3, 0, 4])]))).square().sum().backward()
        optimizer.step()
    assert not embedding[0].any()
    assert (embedding[3] != before[3]).any()


@every_cell
def test_one_hot_vectors_are_an_embedding_by_the_identity(make_network, make_sequences, pad, cell):
    one_hot = make_network(cell, kind="one-hot")
    encoder = RecurrentEncoder(9, cell=cell, hidden_size=5, bidirectional=True, embedding_dim=9)
    embedded = PooledNetwork(encoder, output_size=2).double()
    identity = torch.eye(9, dtype=torch.float64)
    identity[0] = 0
    embedded.load_state_dict(one_hot.state_dict() | {"encoder.embedding.weight": identity})
    batch = Batch(*pad([*make_sequences(), torch.tensor([4, 0, 5])]))
    torch.testing.assert_close(one_hot(batch), embedded(batch), rtol=0, atol=1e-12)


def test_represent_is_what_the_output_layer_reads(make_network, make_sequences, pad):
    network = make_network(pooling="mean")
    batch = Batch(*pad(make_sequences()))
    representation = network.represent(batch)
    assert representation.shape == (6, network.pooling.output_size) == (6, network.representation_size)
    torch.testing.assert_close(network.output(representation), network(batch))


def test_without_bias_an_empty_sequence_gives_zero(make_network, pad):
    network = make_network(output_bias=False)
    assert network.output.bias is None
    assert not network(Batch(*pad([torch.tensor([], dtype=torch.int64)]))).any()


def test_batch_norm_is_torchs_over_all_pieces(make_network, make_sequences, pad):
    network = make_network(batch_norm=True).train()
    sequences = make_sequences()
    pooled = network.represent(Batch(*pad(sequences)))
    expected = network.output(F.batch_norm(pooled, None, None, training=True))
    torch.testing.assert_close(network(in_pieces(pad(sequences[:2]), pad(sequences[2:]))), expected)
    assert network.norm.running_mean.any()


def test_batch_norm_of_one_row_uses_the_running_statistics(make_network, make_sequences, pad):
    network = make_network(batch_norm=True).train()
    network(Batch(*pad(make_sequences())))
    before = {name: value.clone() for name, value in network.norm.state_dict().items()}
    single = Batch(*pad(make_sequences([4])))
    in_training = network(single)
    for name, value in network.norm.state_dict().items():
        torch.testing.assert_close(value, before[name])
    torch.testing.assert_close(in_training, network.eval()(single))


def test_dropout_acts_before_the_output_layer_of_a_single_layer(make_network, make_sequences, pad):
    network = make_network(dropout=0.5)
    batch = Batch(*pad(make_sequences()))
    assert (network(batch) != network(batch)).any()
    network.eval()
    torch.testing.assert_close(network(batch), network(batch), rtol=0, atol=0)


def test_a_layer_of_the_features_stands_behind_the_pooled_vector(make_network, make_sequences, pad):
    network = make_network(n_features=2, pooling="mean")
    sequences, features = make_sequences(), torch.arange(12.0, dtype=torch.float64).view(6, 2)
    batch = Batch(*pad(sequences), features=features)
    vectors = network.represent(batch)
    pooled = torch.cat([network.pooling(network.encoder(*pad([one]))) for one in sequences])
    layer = network.feature_layer
    shown = (features @ layer.weight.T + layer.bias).clamp(min=0)
    torch.testing.assert_close(vectors, torch.cat([pooled, shown], dim=1))
    n_units = network.encoder.hidden_size
    assert vectors.shape == (6, network.representation_size) == (6, network.pooling.output_size + n_units)
    torch.testing.assert_close(network(batch), network.output(vectors))
    cut = in_pieces(pad(sequences[:4]), pad(sequences[4:]), features=features)
    torch.testing.assert_close(network(cut), network(batch))


def test_further_sequences_stand_behind_the_first(make_network, make_sequences, pad):
    other = PooledEncoder(make_network().encoder, "max")
    network = make_network(others=[other])
    sequences, distinct = make_sequences(), make_sequences([3, 1])
    index = torch.tensor([0, 1, 1, 0, 0, 1])
    vectors = network.represent(Batch(*pad(sequences), others=[(Batch(*pad(distinct)), index)]))
    for row, (sequence, place) in enumerate(zip(sequences, index, strict=True)):
        alone = torch.cat(
            [network.pooling(network.encoder(*pad([sequence]))), other(Batch(*pad([distinct[place]])))], dim=1
        )
        torch.testing.assert_close(vectors[[row]], alone)
    assert network.representation_size == network.pooling.output_size + other.output_size


@every_cell
@pytest.mark.parametrize("n_features", [0, 2])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_trace_is_the_output_on_every_prefix(
    make_network, make_sequences, pad, cell, n_features, batch_norm
):
    options = {"bidirectional": False, "pooling": "last", "num_layers": 2, "batch_norm": batch_norm}
    network = make_network(cell, n_features=n_features, **options)
    sequences = make_sequences([4, 0, 7, 1])
    features = torch.randn(4, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    features = features if n_features else None
    if batch_norm:
        network.train()(Batch(*pad(sequences), features=features))  # running statistics other than 0 and 1
    network.eval()
    assert network.is_causal
    found = network.trace(in_pieces(pad(sequences[:2]), pad(sequences[2:]), features=features))
    assert found.lengths.tolist() == [4, 0, 7, 1]
    prefixes = [one[:end] for one in sequences for end in range(1, len(one) + 1)]
    repeated = None if features is None else features.repeat_interleave(found.lengths, dim=0)
    expected = network(Batch(*pad(prefixes), features=repeated))
    torch.testing.assert_close(found.values, expected, rtol=0, atol=1e-12)


@every_direction
@every_pooling
def test_only_the_last_state_of_one_direction_is_causal(make_network, bidirectional, pooling):
    network = make_network(bidirectional=bidirectional, pooling=pooling)
    assert network.is_causal is (pooling == "last" and not bidirectional)


def test_the_criterion_gives_the_loss_of_each_row(make_network, make_sequences, pad):
    target = torch.tensor([0, 1, 0, 0, 1, 1])
    network = make_network(criterion=cross_entropy)
    batch = Batch(*pad(make_sequences()), target)
    outputs = network(batch)
    expected = F.cross_entropy(outputs, target, reduction="none")
    torch.testing.assert_close(network.row_losses(outputs, batch), expected)


def test_a_loss_of_rows_of_ones_own_is_summed(make_network, make_sequences, pad):
    class Doubled(PooledNetwork):
        def row_losses(self, outputs, batch):
            return 2 * super().row_losses(outputs, batch)

    network = make_network(criterion=binary_cross_entropy)
    network.output = torch.nn.Linear(network.representation_size, 1, dtype=torch.float64)
    target, weight = torch.arange(6.0, dtype=torch.float64)[:, None] % 2, torch.arange(6.0)
    batch = Batch(*pad(make_sequences()), target, weight)
    expected = 2 * network.loss(batch)
    network.__class__ = Doubled
    torch.testing.assert_close(network.loss(batch), expected)


def test_the_criterion_is_the_squared_error_unless_told_otherwise(make_network, make_sequences, pad):
    network, target = make_network(), torch.arange(12, dtype=torch.float64).view(6, 2)
    batch = Batch(*pad(make_sequences()), target)
    outputs = network(batch)
    expected = ((outputs - target) ** 2).mean(1)
    torch.testing.assert_close(network.row_losses(outputs, batch), expected)


@every_pooling
@every_direction
def test_long_sequences_are_pooled_part_by_part(
    monkeypatch, make_network, make_sequences, pad, pooling, bidirectional
):
    other = PooledEncoder(make_network(bidirectional=bidirectional).encoder, pooling)
    network = make_network(bidirectional=bidirectional, pooling=pooling, others=[other], dropout=0.5).eval()
    network.complement = torch.tensor([0, 1, 2, 3, 8, 7, 6, 5, 4])
    columns = [(Batch(*pad(make_sequences([8, 3]))), torch.tensor([0, 1, 1, 0, 0, 1]))]
    batch = in_pieces(pad(make_sequences()[:5]), pad(make_sequences()[5:]), others=columns)
    with torch.inference_mode():
        whole, sampled = network(batch), network.sample(batch, [1, 2])
        monkeypatch.setattr(encoder, "MAX_STEPS", 1)
        monkeypatch.setattr(encoder, "MIN_STEPS", 3)
        torch.testing.assert_close(network(batch), whole, rtol=0, atol=1e-12)
        torch.testing.assert_close(network.sample(batch, [1, 2]), sampled, rtol=0, atol=1e-12)
