"""Truncated gradients, beside a loop of plain torch that detaches its state."""

import copy
import weakref

import pytest
import torch
from torch.nn import functional as F

from seqestimators.modules import Cell, Dropout, RecurrentEncoder, _truncation, initialize
from seqestimators.modules._truncation import read_truncated

LENGTHS = (4, 1, 7, 2, 12, 0)

every_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])


def step(cell, weights, x, state):
    """One step of a cell, in the equations of torch's documentation."""
    W, U, b, d = weights
    h = state[0]
    of_input, of_state = F.linear(x, W, b), F.linear(h, U, d)
    if cell == "rnn":
        return (torch.tanh(of_input + of_state),)
    if cell == "lstm":
        i, f, g, o = (of_input + of_state).chunk(4)
        c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c
    (r, z, n), (r_h, z_h, n_h) = of_input.chunk(3), of_state.chunk(3)
    z = (z + z_h).sigmoid()
    return ((1 - z) * torch.tanh(n + (r + r_h).sigmoid() * n_h) + z * h,)


def loop(cell, module, vectors, n_steps, state=None):
    """States (T, hidden_size) of one sequence; the state is detached every so many steps."""
    state = state or (vectors.new_zeros(module.hidden_size),) * len(module.parts)
    states = []
    for t, x in enumerate(vectors):
        if t and t % n_steps == 0:
            state = tuple(part.detach() for part in state)
        state = step(cell, list(module.parameters()), x, state)
        states.append(state[0])
    return torch.stack(states) if states else vectors.new_zeros(0, module.hidden_size)


def read_by_loop(encoder, cell, sequence, n_steps):
    vectors = encoder.embed(sequence)
    for layer in encoder.layers:
        read = [loop(cell, layer[0], vectors, n_steps)]
        if encoder.bidirectional:
            read.append(loop(cell, layer[1], vectors.flip(0), n_steps).flip(0))
        vectors = torch.cat(read, dim=1)
    return vectors


def differentiate(encoder, states):
    """Gradients of a random sum of states, by the names of the weights."""
    generator = torch.Generator().manual_seed(1)
    factors = torch.randn(max(map(len, states)), states[0].shape[1], generator=generator, dtype=torch.float64)
    total = sum((one * factors[: len(one)]).sum() for one in states)
    names, weights = zip(*encoder.named_parameters(), strict=True)
    return dict(zip(names, torch.autograd.grad(total, weights), strict=True))


def read(encoder, batch):
    inputs, lengths = batch
    return [row[:n] for row, n in zip(encoder(inputs, lengths).join(), lengths.tolist(), strict=True)]


@every_cell
@every_direction
@pytest.mark.parametrize(("kind", "num_layers"), [("embedding", 1), ("values", 2)])
@pytest.mark.parametrize("n_steps", [1, 3, 5])
def test_gradients_are_those_of_a_loop_that_detaches(
    make_network, make_sequences, pad, cell, bidirectional, kind, num_layers, n_steps
):
    options = {"kind": kind, "num_layers": num_layers, "bidirectional": bidirectional}
    encoder = make_network(cell, **options).encoder
    whole = read(encoder, pad(make_sequences(LENGTHS, kind=kind)))
    sequences = make_sequences(LENGTHS, kind=kind)
    encoder.truncate_gradient = n_steps
    states = read(encoder, pad(sequences))
    expected = [read_by_loop(encoder, cell, sequence, n_steps) for sequence in sequences]
    for one, other in zip(states, whole, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)
    found, wanted = differentiate(encoder, states), differentiate(encoder, expected)
    assert found.keys() == wanted.keys()
    for name in wanted:
        torch.testing.assert_close(found[name], wanted[name], rtol=0, atol=1e-10)
    full = differentiate(encoder, whole)
    assert any(not torch.allclose(full[name], found[name]) for name in full)


@pytest.mark.parametrize("max_steps", [1, 40, 10**6])
@pytest.mark.parametrize("is_read_by_ids", [False, True])
@every_cell
def test_parts_beside_each_other_change_nothing(monkeypatch, cell, is_read_by_ids, max_steps):
    """Nor does the state before the first step, which has its own gradient."""
    monkeypatch.setattr(_truncation, "MAX_STEPS", max_steps)
    generator = torch.Generator().manual_seed(0)
    encoder = initialize(RecurrentEncoder(9, cell=cell, hidden_size=5, embedding_dim=4).double(), generator)
    module, lengths = encoder.layers[0][0], torch.tensor([11, 3])
    first = tuple(
        torch.randn(2, 5, generator=generator, dtype=torch.float64).requires_grad_() for _ in module.parts
    )
    ids = torch.randint(1, 9, (2, 11), generator=generator)
    table = encoder.embedding.weight
    inputs = (table, ids) if is_read_by_ids else (table[ids], None)
    states = read_truncated(module, inputs[0], lengths, 4, first, inputs[1])
    expected = [
        loop(cell, module, table[row[:n]], 4, tuple(part[i] for part in first))
        for i, (row, n) in enumerate(zip(ids, lengths.tolist(), strict=True))
    ]
    wanted = [*module.parameters(), table, *first]
    found = [row[:n] for row, n in zip(states, lengths.tolist(), strict=True)]
    gradients = [
        torch.autograd.grad(sum((one**2).sum() for one in rows), wanted) for rows in (found, expected)
    ]
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)


@every_cell
def test_single_precision_is_near_to_double(make_sequences, pad, cell):
    """On the native kernel, where there is one."""
    generator = torch.Generator().manual_seed(0)
    options = {"cell": cell, "hidden_size": 8, "embedding_dim": 4, "bidirectional": True}
    single = initialize(RecurrentEncoder(9, **options), generator)
    inputs, lengths = pad(make_sequences(LENGTHS))
    whole = single(inputs, lengths).last()
    results = []
    for encoder in (single, copy.deepcopy(single).double()):
        encoder.truncate_gradient = 3
        last = encoder(inputs, lengths).last()
        results.append([last, *torch.autograd.grad((last**2).sum(), list(encoder.parameters()))])
    torch.testing.assert_close(results[0][0], whole, rtol=0, atol=1e-6)
    for one, exact in zip(*results, strict=True):
        assert (one - exact).abs().max() <= 1e-5 * exact.abs().max()


@every_cell
def test_of_a_step_nothing_is_kept_but_its_states(cell):
    encoder = initialize(RecurrentEncoder(9, cell=cell, hidden_size=8), torch.Generator().manual_seed(0))
    inputs, lengths = torch.full((2, 100), 4), torch.tensor([100, 60])
    kept = weakref.WeakSet()

    class Saved:
        def __init__(self, tensor):
            self.tensor = tensor.detach()  # an output would keep the graph that keeps it
            kept.add(self)

    sizes = []
    for n_steps in (None, 10):
        encoder.truncate_gradient = n_steps
        with torch.autograd.graph.saved_tensors_hooks(Saved, lambda saved: saved.tensor):
            states = encoder(inputs, lengths).directions
        sizes.append(sum({one.tensor.data_ptr(): one.tensor.nbytes for one in kept}.values()))
        del states
    assert sizes[0] > 4 * 200 * 8
    assert sizes[1] < 4 * 200 * 8  # the states before ten parts


@every_cell
def test_a_part_of_the_greatest_length_is_the_whole(make_network, make_sequences, pad, cell):
    encoder = make_network(cell).encoder
    batch = pad(make_sequences(LENGTHS))
    full = read(encoder, batch)
    encoder.truncate_gradient = 12
    same = read(encoder, batch)
    gradients = [differentiate(encoder, states) for states in (full, same)]
    assert all(torch.equal(one, other) for one, other in zip(full, same, strict=True))
    assert all(torch.equal(gradients[0][name], gradients[1][name]) for name in gradients[0])


def test_only_training_is_truncated(make_network, make_sequences, pad):
    encoder = make_network().encoder.eval()
    batch = pad(make_sequences(LENGTHS))
    full = differentiate(encoder, read(encoder, batch))
    encoder.truncate_gradient = 2
    found = differentiate(encoder, read(encoder, batch))
    assert all(torch.equal(full[name], found[name]) for name in full)


def test_frozen_weights_get_no_gradient(make_network, make_sequences, pad):
    encoder = make_network(num_layers=2, bidirectional=False).encoder
    encoder.truncate_gradient = 2
    below, above = encoder.layers[0][0], encoder.layers[1][0]
    above.weight_hh_l0.requires_grad_(False)
    below.requires_grad_(False)
    encoder(*pad(make_sequences(LENGTHS))).last().sum().backward()
    assert above.weight_hh_l0.grad is None
    assert above.weight_ih_l0.grad.any()
    assert encoder.embedding.weight.grad.any()
    assert all(weight.grad is None for weight in below.parameters())


class Dropping(Cell):
    """A sum of inputs, of which some are dropped."""

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.scale = torch.nn.Parameter(torch.ones(()))
        self.dropout = Dropout(0.5)
        self.n_calls = 0

    def forward(self, inputs, state=None):
        self.n_calls += 1
        states = self.scale * self.dropout(inputs).cumsum(1) + (0 if state is None else state[0][:, None])
        return states, (states[:, -1],)


def test_a_cell_that_drops_units_is_not_called_twice():
    cell, inputs, lengths = Dropping(2, 2), torch.ones(3, 8, 2), torch.tensor([8, 8, 8])
    states = read_truncated(cell, inputs, lengths, 4)
    assert states.shape == (3, 8, 2)
    (gradient,) = torch.autograd.grad(states.sum(), [cell.scale])
    assert cell.n_calls == 2
    rises = states.diff(dim=1, prepend=torch.zeros(3, 1, 2))  # what was left of each input
    expected = sum((rises[:, begin : begin + 4].cumsum(1)).sum() for begin in (0, 4))
    torch.testing.assert_close(gradient, expected)


@every_cell
def test_the_second_time_is_in_mixed_precision_too(in_bfloat16, make_sequences, pad, cell):
    options = {"hidden_size": 8, "num_layers": 2, "bidirectional": True, "mixed_precision": True}
    encoder = initialize(RecurrentEncoder(9, cell=cell, **options), torch.Generator().manual_seed(0))
    inputs, lengths = pad(make_sequences((12, 7)))
    gradients = []
    for mixed_precision in (True, False):
        encoder.truncate_gradient, encoder.mixed_precision = 5, mixed_precision
        last = encoder(inputs, lengths).last()
        assert last.dtype == torch.float32
        gradients.append(torch.autograd.grad((last**2).sum(), list(encoder.parameters())))
    for one, exact in zip(*gradients, strict=True):
        assert (one - exact).abs().max() <= 2**-4 * exact.abs().max()
