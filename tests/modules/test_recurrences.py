"""Recurrences with gradients of their own, beside torch's."""

import hypothesis
import pytest
import torch
from hypothesis import strategies as st

from seqestimators.modules import CELLS, _recurrences
from seqestimators.modules._recurrences import ElmanStates, GRUStates, read_in_parts

every_kind = pytest.mark.parametrize(
    ("states", "torch_class"), [(ElmanStates, torch.nn.RNN), (GRUStates, torch.nn.GRU)], ids=["rnn", "gru"]
)
SIZES = st.tuples(*(st.integers(1, 6) for _ in range(4)))


def make_problem(torch_class, sizes, dtype=torch.float64):
    n_steps, n, input_size, size = sizes
    generator = torch.Generator().manual_seed(0)
    layer = torch_class(input_size, size).to(dtype)
    weights = [layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0]
    for weight in weights:
        weight.data = torch.randn(weight.shape, generator=generator, dtype=dtype)
    inputs = torch.randn(n_steps, n, input_size, generator=generator, dtype=dtype, requires_grad=True)
    first = torch.randn(n, size, generator=generator, dtype=dtype, requires_grad=True)
    gradient = torch.randn(n_steps, n, size, generator=generator, dtype=dtype)
    return layer, weights, inputs, first, gradient


@every_kind
@hypothesis.settings(max_examples=25, deadline=None)
@hypothesis.given(sizes=SIZES)
def test_states_and_gradients_are_torchs(states, torch_class, sizes):
    layer, weights, inputs, first, gradient = make_problem(torch_class, sizes)
    expected, _ = layer(inputs, first[None])
    found = states.apply(inputs, first, *weights)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
    wanted = [inputs, first, *weights]
    for one, other in zip(
        torch.autograd.grad(found, wanted, gradient),
        torch.autograd.grad(expected, wanted, gradient),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-11)


@every_kind
def test_ids_stand_for_their_vectors(states, torch_class):
    _, weights, vectors, first, gradient = make_problem(torch_class, (7, 4, 3, 5))
    vectors = vectors[:, 0]
    ids = torch.randint(7, (7, 4), generator=torch.Generator().manual_seed(0))
    found, expected = states.apply(vectors, first, *weights, ids), states.apply(vectors[ids], first, *weights)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
    wanted = [vectors, first, *weights]
    for one, other in zip(
        torch.autograd.grad(found, wanted, gradient),
        torch.autograd.grad(expected, wanted, gradient),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-11)


@every_kind
def test_single_precision_is_near_to_double(states, torch_class):
    _, weights, inputs, first, gradient = make_problem(torch_class, (30, 8, 5, 6), torch.float32)
    given = [inputs, first, *(weight.detach().mul(0.4).requires_grad_() for weight in weights)]
    twins = [one.detach().double().requires_grad_() for one in given]
    found, exact = states.apply(*given), states.apply(*twins)
    errors = [
        ((one - other).abs().max() / other.abs().max()).item()
        for one, other in zip(
            [found, *torch.autograd.grad(found, given, gradient)],
            [exact, *torch.autograd.grad(exact, twins, gradient.double())],
            strict=True,
        )
    ]
    assert max(errors) < 2e-6


@every_kind
def test_only_what_is_needed_is_computed(states, torch_class):
    _, weights, inputs, first, gradient = make_problem(torch_class, (3, 2, 2, 2))
    weights[1].requires_grad_(False)
    found = states.apply(inputs.detach(), first.detach(), *weights)
    found.backward(gradient)
    assert weights[0].grad is not None
    assert weights[1].grad is None


@pytest.mark.parametrize("name", ["rnn", "gru"])
def test_the_cell_takes_them_where_gradients_are_asked_for(name, monkeypatch):
    monkeypatch.setenv("SEQESTIMATORS_KERNEL", "torch")
    cell = CELLS[name](2, 3)
    calls = []
    recurrence = cell.recurrence

    class Recorder:
        @staticmethod
        def apply(*args):
            calls.append(len(args[0]))
            return recurrence.apply(*args)

    monkeypatch.setattr(type(cell), "recurrence", Recorder)
    inputs = torch.randn(4, 5, 2, generator=torch.Generator().manual_seed(0))
    states, (last,) = cell(inputs)
    with torch.no_grad():
        expected, (expected_last,) = cell(inputs)
    cell(inputs[:, :1])  # a single step: torch's own is faster
    assert calls == [5]
    torch.testing.assert_close(states, expected)
    torch.testing.assert_close(last, expected_last)


def read_and_count(layer, sizes):
    def read(inputs, state):
        sizes.append(inputs.shape[1])
        return layer(inputs, state)

    return read


@pytest.mark.parametrize("with_state", [False, True])
def test_an_lstm_reads_in_parts_what_it_reads_at_once(monkeypatch, with_state):
    generator = torch.Generator().manual_seed(0)
    layer = torch.nn.LSTM(3, 5, batch_first=True)
    inputs = torch.randn(4, 11, 3, generator=generator, requires_grad=True)
    first = [torch.randn(1, 4, 5, generator=generator, requires_grad=True) for _ in range(2)]
    wanted = [inputs, *layer.parameters(), *(first if with_state else [])]
    monkeypatch.setattr(_recurrences, "N_BYTES_KEPT", 4 * _recurrences.N_BYTES_OF_LSTM * 4 * 5)
    results, sizes = [], []
    for read in (layer, lambda *given: read_in_parts(read_and_count(layer, sizes), *given, 5)):
        states, last = read(inputs, tuple(first) if with_state else None)
        loss = states.sin().sum() + sum(part.square().sum() for part in last)
        results.append([states, *last, *torch.autograd.grad(loss, wanted)])
    assert sizes == [4, 4, 3]
    torch.testing.assert_close(*results, rtol=1e-5, atol=1e-6)


def test_an_lstm_reads_at_once_where_its_memory_is_small_or_not_onednns(monkeypatch):
    sizes = []
    read = read_and_count(torch.nn.LSTM(3, 5, batch_first=True), sizes)
    read_in_parts(read, torch.zeros(4, 11, 3), None, 5)
    monkeypatch.setattr(_recurrences, "N_BYTES_KEPT", 1)
    with torch.no_grad():
        read_in_parts(read, torch.zeros(4, 11, 3), None, 5)
    double = read_and_count(torch.nn.LSTM(3, 5, batch_first=True, dtype=torch.float64), sizes)
    read_in_parts(double, torch.zeros(4, 11, 3, dtype=torch.float64), None, 5)
    assert sizes == [11, 11, 11]
