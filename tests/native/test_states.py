"""States and gradients of the compiled library, beside torch's in double precision."""

import multiprocessing
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from torch.func import functional_call

from seqestimators import _native
from seqestimators._native import library
from seqestimators._native.library import Library, _find_level
from seqestimators.modules import CELLS, RecurrentEncoder, initialize

pytestmark = pytest.mark.skipif(
    not isinstance(library._load(), Library), reason="the native kernel is not compiled here"
)
CLASSES = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")

every_kind = pytest.mark.parametrize("kind", CLASSES)
every_level = pytest.mark.parametrize("level", range(_find_level() + 1))


@pytest.fixture(autouse=True)
def native(monkeypatch):
    monkeypatch.setenv("SEQESTIMATORS_KERNEL", "native")


def draw(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class Problem:
    """A layer, inputs of ragged lengths, and a gradient; `states` is what torch makes of it."""

    def __init__(self, kind, size, n_steps=9, n=7, input_size=5, *, state=False, ids=False, backward=False):
        self.kind, self.input_size, self.size, self.backward = kind, input_size, size, backward
        self.layer = CLASSES[kind](input_size, size)
        scale = size**-0.5
        self.weights = [scale * draw(*w.shape, seed=i) for i, w in enumerate(self.layer.parameters())]
        self.lengths = torch.randint(0, n_steps + 1, (n,), generator=torch.Generator().manual_seed(1))
        self.lengths[n // 2] = n_steps
        self.ids = (
            torch.randint(0, 6, (n, n_steps), generator=torch.Generator().manual_seed(2)) if ids else None
        )
        self.x = draw(6, input_size) if ids else draw(n_steps, n, input_size)
        n_parts = 2 if kind == "lstm" else 1
        self.state = [draw(n, size, seed=3 + i) for i in range(n_parts)] if state else []
        self.real = (torch.arange(n_steps)[:, None] < self.lengths)[..., None]
        self.gradient = draw(n_steps, n, size, seed=9)

    def expected(self, x, *given):
        weights, state = given[:4], given[4:]
        if self.ids is not None:
            ids = self.ids.t()
            if self.backward:
                t = torch.arange(len(ids))[:, None]
                ids = ids.gather(0, torch.where(t < self.lengths, self.lengths - 1 - t, t))
            x = x[ids]
        given_state = tuple(part[None] for part in state)
        arguments = (x, given_state if len(state) == 2 else given_state[0]) if state else (x,)
        layer = CLASSES[self.kind](self.input_size, self.size, dtype=x.dtype)
        return functional_call(layer, dict(zip(NAMES, weights, strict=True)), arguments)[0]

    def found(self, x, *given):
        reading = _native.Reading(self.lengths, self.ids, self.backward)
        return _native.run(self.kind, x, given[4:] or None, given[:4], reading)[0]

    def differentiate(self, function, dtype):
        given = [one.to(dtype).requires_grad_() for one in (self.x, *self.weights, *self.state)]
        states = function(*given) * self.real
        return [states.detach(), *torch.autograd.grad(states, given, self.gradient.to(dtype))]


def greatest_error(found, exact):
    """Largest difference, relative to the largest value, over the states and every gradient."""
    errors = []
    for one, other in zip(found, exact, strict=True):
        scale = other.abs().max().item()
        errors.append((one.double() - other).abs().max().item() / (scale or 1))
    return max(errors)


@every_level
@every_kind
@pytest.mark.parametrize("size", [3, 10, 16, 24, 48, 50, 72])
@pytest.mark.parametrize(
    "given",
    [
        {"state": True},
        {"ids": True},
        {"ids": True, "backward": True, "state": True},
        {"n_steps": 60, "n": 12},  # more steps than the gradient of the weights adds up at once
    ],
    ids=str,
)
def test_states_and_gradients_are_torchs(monkeypatch, level, kind, size, given):
    monkeypatch.setattr(library.find_library(), "level", level)
    problem = Problem(kind, size, **given)
    exact = problem.differentiate(problem.expected, torch.float64)
    assert greatest_error(problem.differentiate(problem.found, torch.float32), exact) < 2e-6


@every_level
@every_kind
@pytest.mark.parametrize("in_all", [True, False])
def test_gates_may_be_shut(monkeypatch, level, kind, in_all):
    """Sums so far below 0 that a sigmoid is 1e-26, 1e-35, and 0 in single precision, and so far above.

    In all blocks, or in the last one alone: the output gate of an LSTM.
    """
    monkeypatch.setattr(library.find_library(), "level", level)
    problem = Problem(kind, 16)
    biases = problem.weights[2].view(-1, 16)[slice(None) if in_all else slice(-1, None)]
    biases += torch.tensor([-200.0, -80, -60, 0, 0, 60, 200, 0]).repeat(2)
    exact = problem.differentiate(problem.expected, torch.float64)
    assert greatest_error(problem.differentiate(problem.found, torch.float32), exact) < 2e-6


@every_kind
def test_arrays_greater_than_a_cache(kind):
    problem = Problem(kind, 48, n_steps=150, n=60, ids=True)
    exact = problem.differentiate(problem.expected, torch.float64)
    assert greatest_error(problem.differentiate(problem.found, torch.float32), exact) < 2e-6


@every_kind
@pytest.mark.parametrize("needed", [["x"], ["u"], ["x", "w", "b"]], ids=str)
def test_gradients_of_some_of_what_is_given(kind, needed):
    """Of a table alone, as where weights are frozen, and of weights alone."""
    problem = Problem(kind, 16, ids=True)
    names = ("states", "x", "w", "u", "b", "d")
    expected = dict(zip(names, problem.differentiate(problem.found, torch.float32), strict=True))
    given = dict(zip(names[1:], (problem.x, *problem.weights), strict=True))
    given = {name: one.detach().clone().requires_grad_(name in needed) for name, one in given.items()}
    states = problem.found(*given.values()) * problem.real
    found = torch.autograd.grad(states, [given[name] for name in needed], problem.gradient)
    for name, one in zip(needed, found, strict=True):
        assert torch.equal(one, expected[name])


@every_level
@every_kind
@pytest.mark.parametrize(("n_steps", "n"), [(1, 1), (1, 5), (30, 1), (4, 30), (60, 17)])
def test_any_number_of_rows_and_steps(monkeypatch, level, kind, n_steps, n):
    monkeypatch.setattr(library.find_library(), "level", level)
    problem = Problem(kind, 16, n_steps, n)
    exact = problem.differentiate(problem.expected, torch.float64)
    assert greatest_error(problem.differentiate(problem.found, torch.float32), exact) < 2e-6


@every_kind
def test_padding_is_zero_and_changes_nothing(kind):
    problem = Problem(kind, 16)
    states = problem.found(problem.x, *problem.weights)
    assert not (states * ~problem.real).any()
    problem.x = torch.where(problem.real, problem.x, torch.nan)
    again = problem.differentiate(problem.found, torch.float32)
    assert torch.equal(again[0].nan_to_num(), states)
    assert again[2].isnan().any()  # of weights: a product over all steps reads padding, which is never nan


@every_kind
def test_a_row_does_not_depend_on_its_neighbours(kind):
    problem = Problem(kind, 24, n=11)
    together = problem.found(problem.x, *problem.weights)
    for row in range(11):
        problem_of_one = Problem(kind, 24, n=11)
        problem_of_one.lengths = problem.lengths[row : row + 1]
        alone = problem_of_one.found(problem.x[:, row : row + 1], *problem.weights)
        assert torch.equal(alone[:, 0], together[:, row])


@every_kind
def test_an_empty_batch_has_no_states(kind):
    problem = Problem(kind, 16)
    for weight in problem.weights:
        weight.requires_grad_()
    states = _native.run(kind, torch.zeros(4, 0, 5), None, problem.weights)[0]
    assert states.shape == (4, 0, 16)
    states.sum().backward()
    assert not any(weight.grad.any() for weight in problem.weights)


@every_level
@every_kind
@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf, 3e38, -3e38, 100, -100])
def test_what_is_not_finite_or_huge_is_passed_on_as_by_torch(monkeypatch, level, kind, value):
    monkeypatch.setattr(library.find_library(), "level", level)
    problem = Problem(kind, 16, n_steps=4)
    problem.lengths[:] = 4
    problem.x[1, 2] = value
    problem.weights[0].abs_()  # inf - inf would be nan
    expected = problem.expected(problem.x, *problem.weights)
    found = problem.found(problem.x, *problem.weights)
    torch.testing.assert_close(found, expected, equal_nan=True, rtol=1e-5, atol=1e-6)


@every_kind
@pytest.mark.parametrize("size", [16, 17])
def test_the_last_memory_has_a_gradient_too(kind, size):
    cell = initialize(CELLS[kind](3, size), torch.Generator().manual_seed(0))
    twin = CELLS[kind](3, size).double()
    twin.load_state_dict(cell.state_dict())
    results = []
    for module, dtype in ((cell, torch.float32), (twin, torch.float64)):
        x = draw(4, 6, 3).to(dtype).requires_grad_()
        state = tuple(draw(4, size, seed=5 + i).to(dtype).requires_grad_() for i in range(len(cell.parts)))
        states, last = module(x, state)
        loss = sum((part * draw(4, size, seed=8 + i).to(dtype)).sum() for i, part in enumerate(last))
        results.append([states.detach(), *torch.autograd.grad(loss, [x, *state, *module.parameters()])])
    assert greatest_error(*results) < 2e-6


@every_level
@every_kind
@pytest.mark.parametrize("size", [16, 19])
@pytest.mark.parametrize(
    "given", [{}, {"ids": True}, {"state": True}, {"ids": True, "backward": True, "state": True}], ids=str
)
@pytest.mark.parametrize("with_states", [False, True])
def test_the_last_states_have_a_gradient_of_their_own(monkeypatch, level, kind, size, given, with_states):
    monkeypatch.setattr(library.find_library(), "level", level)
    problem = Problem(kind, size, **given)
    problem.lengths[0], problem.real[:, 0] = 0, False
    rows = torch.arange(len(problem.lengths))
    results = []
    for dtype in (torch.float32, torch.float64):
        given = (problem.x, *problem.weights, *problem.state)
        tensors = [one.to(dtype).requires_grad_() for one in given]
        first = tuple(tensors[5:])
        if dtype == torch.float32:
            reading = _native.Reading(problem.lengths, problem.ids, problem.backward)
            states, last, _ = _native.run(kind, tensors[0], first or None, tensors[1:5], reading)
        else:
            states = problem.expected(*tensors)
            before = first[0] if first else torch.zeros_like(states[0])
            last = torch.cat([before[None], states])[problem.lengths, rows]
        loss = (last.square() * draw(len(rows), size, seed=4).to(dtype)).sum()
        if with_states:
            loss = loss + (states * problem.real * problem.gradient.to(dtype)).sum()
        once = torch.autograd.grad(loss, tensors, retain_graph=True)
        again = torch.autograd.grad(loss, tensors, create_graph=True)
        second = torch.autograd.grad(sum(one.square().sum() for one in again), tensors)
        results.append([one.detach() for one in (last, *once, *again, *second)])
    assert greatest_error(*results) < 5e-6


@every_kind
def test_gradients_may_be_taken_twice_and_in_part(kind):
    problem = Problem(kind, 16)
    weights = [weight.requires_grad_(i != 1) for i, weight in enumerate(problem.weights)]
    states = problem.found(problem.x, *weights)
    first = torch.autograd.grad(states, weights[:1], problem.gradient, retain_graph=True)
    second = torch.autograd.grad(states, weights[:1], problem.gradient)
    assert torch.equal(*first, *second)
    with pytest.raises(RuntimeError, match="second time"):
        torch.autograd.grad(states, weights[:1], problem.gradient)


@every_kind
@pytest.mark.parametrize("size", [16, 19])
def test_what_is_saved_may_be_moved_until_it_is_needed(kind, size):
    problem = Problem(kind, size, state=True, ids=True)
    expected = problem.differentiate(problem.found, torch.float32)
    with torch.autograd.graph.saved_tensors_hooks(lambda one: one.clone(), lambda one: one.clone()):
        moved = problem.differentiate(problem.found, torch.float32)
    assert all(map(torch.equal, moved, expected))


@every_kind
def test_states_that_are_not_used_are_freed(kind):
    problem = Problem(kind, 16)
    weights = [weight.requires_grad_() for weight in problem.weights]
    last = weakref.ref(_native.run(kind, problem.x, None, weights).last)
    assert last() is None


@every_kind
@pytest.mark.parametrize("ids", [False, True], ids=["vectors", "ids"])
@pytest.mark.parametrize("size", [8, 11])
def test_gradients_have_gradients(kind, ids, size):
    problem = Problem(kind, size, state=True, ids=ids, backward=ids)
    results = []
    for function, dtype in ((problem.found, torch.float32), (problem.expected, torch.float64)):
        given = [one.to(dtype).requires_grad_() for one in (problem.x, *problem.weights, *problem.state)]
        loss = ((function(*given) * problem.real).square() * problem.gradient.to(dtype)).sum()
        first = torch.autograd.grad(loss, given, create_graph=True)
        second = torch.autograd.grad(sum(one.square().sum() for one in first), given)
        results.append([one.detach() for one in (*first, *second)])
    assert greatest_error(*results) < 5e-6


@every_kind
@pytest.mark.parametrize("ids", [False, True], ids=["vectors", "ids"])
def test_autocast_rounds_the_products_of_the_inputs_and_no_states(kind, ids):
    problem = Problem(kind, 16, state=True, ids=ids)
    exact = problem.differentiate(problem.found, torch.float32)
    with torch.autocast("cpu", torch.bfloat16):
        states = problem.found(problem.x, *problem.weights, *problem.state)
        found = problem.differentiate(problem.found, torch.float32)
    assert {one.dtype for one in (states, *found)} == {torch.float32}
    assert 1e-5 < greatest_error(found, exact) < 2**-5


@every_kind
def test_what_it_can_not_compute_is_left_to_torch(kind):
    x = torch.zeros(2, 3, 4)
    assert _native.can_run(kind, x)
    assert not _native.can_run(kind, x.double())
    assert not _native.can_run(kind, x, x.to("meta"))
    assert not _native.can_run("mingru", x)


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": [torch.zeros(16, 5), torch.zeros(16, 16), torch.zeros(16), torch.zeros(15)]},
        {"weights": [torch.zeros(16, 4), torch.zeros(16, 16), torch.zeros(16), torch.zeros(16)]},
        {"state": (torch.zeros(3, 16),)},
        {"reading": _native.Reading(torch.tensor([1, 2, 3]))},
        {"reading": _native.Reading(torch.tensor([1, 2], dtype=torch.int32))},
        {"reading": _native.Reading(None, torch.zeros(2, 4, dtype=torch.int64))},
    ],
)
def test_sizes_are_compared_before_memory_is_read(wrong):
    weights = [torch.zeros(16, 5), torch.zeros(16, 16), torch.zeros(16), torch.zeros(16)]
    given = {"x": torch.zeros(4, 2, 5), "state": None, "weights": weights} | wrong
    with pytest.raises(ValueError, match="don't fit together"):
        _native.run("rnn", **given)


@pytest.mark.parametrize("length", [-1, 5])
def test_lengths_beyond_the_steps_are_refused(length):
    weights = Problem("gru", 16).weights
    with pytest.raises(ValueError, match="a length is negative, or greater than the number of steps"):
        _native.run("gru", torch.zeros(4, 2, 5), None, weights, _native.Reading(torch.tensor([4, length])))


@pytest.mark.parametrize("token", [-1, 6])
def test_ids_outside_of_the_table_are_refused(token):
    problem = Problem("lstm", 16, ids=True)
    problem.ids[problem.lengths.argmax(), -1] = token
    with pytest.raises(IndexError, match="outside of the vocabulary"):
        problem.found(problem.x, *problem.weights)


def make_gradients(seed):
    problem = Problem(("rnn", "gru", "lstm")[seed % 3], 32, n_steps=20, n=16)
    return [one.numpy().tobytes() for one in problem.differentiate(problem.found, torch.float32)]


def test_threads_compute_the_same_bits():
    seeds = [0, 1, 2] * 8
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(make_gradients, seeds)) == [make_gradients(seed) for seed in seeds]


@pytest.mark.skipif(torch.cuda.is_available(), reason="torch's gradients don't survive a fork beside a GPU")
def test_forked_processes_compute_the_same_bits():
    seeds = [0, 1, 2, 0, 1, 2]
    expected = [make_gradients(seed) for seed in seeds]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(make_gradients, seeds) == expected


@every_kind
@pytest.mark.parametrize("given", [{"n": 11}, {"n": 11, "n_steps": 70, "ids": True}], ids=str)
def test_rows_may_be_shared_among_threads(monkeypatch, kind, given):
    problem = Problem(kind, 24, **given)
    expected = problem.differentiate(problem.found, torch.float32)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    monkeypatch.setattr(library, "MIN_ROWS", 2)
    monkeypatch.setattr(library, "MIN_PRODUCTS", 1)
    for one, other in zip(problem.differentiate(problem.found, torch.float32), expected, strict=True):
        assert torch.equal(one, other)


@every_kind
@pytest.mark.parametrize("embedding_dim", [None, 4])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
def test_an_encoder_gives_the_same_with_either_kernel(monkeypatch, kind, embedding_dim, bidirectional):
    encoder = RecurrentEncoder(
        9, cell=kind, hidden_size=16, embedding_dim=embedding_dim, bidirectional=bidirectional, num_layers=2
    )
    initialize(encoder, torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(1)
    lengths = torch.tensor([7, 0, 3, 9, 1])
    ids = torch.randint(0, 9, (5, 9), generator=generator)
    ids = ids.masked_fill(torch.arange(9) >= lengths[:, None], 0)  # a real step may have the id of padding
    real = (torch.arange(9) < lengths[:, None])[..., None]
    results = []
    for kernel in ("torch", "native"):
        monkeypatch.setenv("SEQESTIMATORS_KERNEL", kernel)
        states = encoder(ids, lengths)
        joined = states.join() * real
        loss = (joined * draw(*joined.shape)).sum() + states.last().square().sum()
        results.append([joined.detach(), *torch.autograd.grad(loss, list(encoder.parameters()))])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
