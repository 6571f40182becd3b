"""Two oracles that share no line with the library: torch's packed sequences, and a recurrence in numpy."""

import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from seqestimators.modules import PooledNetwork, RecurrentEncoder, initialize

TORCH_CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
N_TOKENS = 9
N_CHANNELS = 3
LENGTHS = (4, 1, 7, 2, 7, 12)


class PackedTwin(nn.Module):
    """A network with the same weights, made of one torch module over packed sequences."""

    def __init__(self, network, cell, pooling="concat"):
        super().__init__()
        encoder = network.encoder
        first = encoder.layers[0][0]
        self.kind = pooling
        self.rest = copy.deepcopy(network)
        self.recurrent = TORCH_CELLS[cell](
            first.input_size,
            first.hidden_size,
            len(encoder.layers),
            bidirectional=encoder.bidirectional,
            dtype=first.weight_hh_l0.dtype,
        )
        with torch.no_grad():
            for name, parameter in self.recurrent.named_parameters():
                parameter.copy_(network.get_parameter(self.name_in_network(name)))

    @staticmethod
    def name_in_network(name):
        """`weight_ih_l1_reverse` is `weight_ih_l0` of the second module of the second layer."""
        kind, layer = name.removesuffix("_reverse").rsplit("_l", 1)
        return f"encoder.layers.{layer}.{int(name.endswith('_reverse'))}.{kind}_l0"

    def gradients(self):
        """Return the gradient of every parameter by its name in the network."""
        own = {self.name_in_network(name): p.grad for name, p in self.recurrent.named_parameters()}
        rest = self.rest.named_parameters()
        return own | {name: p.grad for name, p in rest if not name.startswith("encoder.layers")}

    def vectors(self, sequence):
        encoder = self.rest.encoder
        if not encoder.tokens:
            return sequence
        if encoder.embedding is not None:
            return encoder.embedding.weight[sequence] * (sequence != 0)[:, None]
        identity = torch.eye(encoder.input_size, dtype=self.recurrent.weight_hh_l0.dtype)
        return identity[sequence] * (sequence != 0)[:, None]

    def forward(self, sequences):
        packed = pack_sequence([self.vectors(one) for one in sequences], enforce_sorted=False)
        states, final = self.recurrent(packed)
        final = final[0] if isinstance(final, tuple) else final  # (layers * directions, n, H)
        last = torch.cat(list(final[-2:] if self.recurrent.bidirectional else final[-1:]), dim=1)
        states, lengths = pad_packed_sequence(states, batch_first=True)
        pooled = [
            self.pool(one[:length], end) for one, length, end in zip(states, lengths, last, strict=True)
        ]
        return self.rest.output(torch.stack(pooled))

    def pool(self, states, last):
        """Pool the states (T, size) of one sequence, which has no padding."""
        match self.kind:
            case "last":
                return last
            case "mean":
                return states.mean(0)
            case "max":
                return states.max(0).values
            case "concat":
                parts = [last, states.max(0).values, states.mean(0)]
                directions = zip(*(part.split(self.recurrent.hidden_size) for part in parts), strict=True)
                return torch.cat([part for direction in directions for part in direction])
            case "attention":
                attention = self.rest.pooling
                weights = torch.softmax(attention.energy(torch.tanh(attention.project(states))), dim=0)
                return (weights * states).sum(0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def numpy_direction(cell, weights, vectors):
    """States (T, H) of one direction, the equations as torch documents them."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    state = memory = np.zeros(weight_hh.shape[1])
    states = []
    for vector in vectors:
        from_input, from_state = weight_ih @ vector + bias_ih, weight_hh @ state + bias_hh
        if cell == "rnn":
            state = np.tanh(from_input + from_state)
        elif cell == "lstm":
            i, f, g, o = np.split(from_input + from_state, 4)
            memory = sigmoid(f) * memory + sigmoid(i) * np.tanh(g)
            state = sigmoid(o) * np.tanh(memory)
        else:
            (r, z, n), (r_state, z_state, n_state) = np.split(from_input, 3), np.split(from_state, 3)
            update = sigmoid(z + z_state)
            state = (1 - update) * np.tanh(n + sigmoid(r + r_state) * n_state) + update * state
        states.append(state)
    return np.array(states)


def numpy_states(encoder, cell, sequence):
    """Hidden states (T, size) of one sequence, in float64."""
    sequence = sequence.numpy()
    if not encoder.tokens:
        vectors = sequence
    elif encoder.embedding is not None:
        vectors = encoder.embedding.weight.detach().numpy()[sequence]
    else:
        vectors = np.eye(encoder.input_size)[sequence]
    for layer in encoder.layers:
        directions = []
        for backward, module in enumerate(layer):
            weights = [parameter.detach().double().numpy() for parameter in module.parameters()]
            step = -1 if backward else 1
            directions.append(numpy_direction(cell, weights, vectors[::step])[::step])
        vectors = np.concatenate(directions, axis=1)
    return vectors


@pytest.fixture
def make_network():
    """Return a function that makes a network with fresh initial weights."""

    def make(
        cell="lstm",
        *,
        kind="embedding",
        num_layers=1,
        bidirectional=True,
        pooling="concat",
        **options,
    ):
        dtype = options.pop("dtype", torch.float64)
        encoder = RecurrentEncoder(
            N_CHANNELS if kind == "values" else N_TOKENS,
            tokens=kind != "values",
            cell=cell,
            hidden_size=8 if dtype == torch.float32 else 5,  # 8 run on the native kernel where there is one
            num_layers=num_layers,
            bidirectional=bidirectional,
            embedding_dim=4 if kind == "embedding" else None,
            dropout=options.get("dropout", 0.0),
        )
        network = PooledNetwork(encoder, output_size=2, pooling=pooling, **options).to(dtype)
        return initialize(network, torch.Generator().manual_seed(0))

    return make


@pytest.fixture
def make_sequences():
    """Return a function that makes random sequences of tokens or values."""

    def make(lengths=LENGTHS, *, kind="embedding", dtype=torch.float64, seed=0):
        generator = torch.Generator().manual_seed(seed)
        if kind == "values":
            return [torch.randn(n, N_CHANNELS, generator=generator, dtype=dtype) for n in lengths]
        return [torch.randint(1, N_TOKENS, (n,), generator=generator) for n in lengths]

    return make


@pytest.fixture
def pad():
    """Return a function that pads sequences behind, with 0 and to the longest unless told otherwise."""

    def pad(sequences, extra=0, value=0):
        lengths = torch.tensor([len(one) for one in sequences])
        steps = max(int(lengths.max()), 1) + extra
        shape = (len(sequences), steps, *sequences[0].shape[1:])
        inputs = torch.full(shape, value, dtype=sequences[0].dtype)
        for row, sequence in enumerate(sequences):
            inputs[row, : len(sequence)] = sequence
        return inputs, lengths

    return pad


@pytest.fixture
def packed_twin():
    """Return the class of the oracle made of packed sequences."""
    return PackedTwin


@pytest.fixture
def recurrence():
    """Return the oracle in numpy."""
    return numpy_states
