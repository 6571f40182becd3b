"""Cells: torch's step is that of the equations, and a state that is handed on goes on as if nothing were."""

import numpy as np
import pytest
import torch

from seqestimators.modules import CELLS, Cell, RecurrentEncoder, Unfilled, initialize

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def make(cell):
    module = initialize(cell(3, 5).double(), torch.Generator().manual_seed(0))
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.startswith("bias"):  # the biases start at 0 and would hide behind it
                parameter.uniform_(-1, 1, generator=torch.Generator().manual_seed(len(name)))
    return module


def draw(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def make_state(module, n=2):
    return tuple(draw(n, 5, seed=1 + i).tanh() for i in range(len(module.parts)))


@every_cell
@pytest.mark.parametrize("given", [False, True], ids=["zeros", "given"])
def test_torch_computes_the_equations_step_by_step(cell, given):
    module, inputs = make(cell), draw(2, 6, 3)
    state = make_state(module) if given else None
    states, last = module(inputs, state)
    weights = {name: parameter.detach().numpy() for name, parameter in module.named_parameters()}
    for row in range(2):
        step = {name: np.zeros(5) for name in module.computed}
        for name, part in zip(module.parts, state or (), strict=given):
            step[name] = part[row].numpy()
        for x, expected in zip(inputs[row].numpy(), states[row].detach().numpy(), strict=True):
            step = module.equations(weights, x, step)
            np.testing.assert_allclose(step["h"], expected, rtol=0, atol=1e-12)
        for name, part in zip(module.parts, last, strict=True):
            np.testing.assert_allclose(step[name], part[row].detach().numpy(), rtol=0, atol=1e-12)


@every_cell
def test_a_step_tells_all_it_computes_in_the_order_of_computing(cell):
    module = make(cell)
    weights = {name: parameter.detach().numpy() for name, parameter in module.named_parameters()}
    step = module.equations(weights, np.ones(3), {name: np.zeros(5) for name in module.computed})
    assert list(step) == list(module.computed)
    assert list(step)[-1] == "h" == module.parts[0]
    assert {*module.gates, *module.parts} <= set(step)
    assert all(value.shape == (5,) for value in step.values())
    for gate in module.gates:
        assert ((step[gate] > 0) & (step[gate] < 1)).all()


@every_cell
def test_equations_stand_large_inputs(cell):
    module = make(cell)
    weights = {name: 1e4 * parameter.detach().numpy() for name, parameter in module.named_parameters()}
    with np.errstate(all="raise", under="ignore"):
        step = module.equations(weights, np.ones(3), {name: np.zeros(5) for name in module.computed})
    assert all(np.isfinite(value).all() for value in step.values())


@every_cell
def test_a_state_handed_on_gives_the_same_as_one_pass(cell):
    module, inputs = make(cell), draw(2, 7, 3)
    together, last = module(inputs, make_state(module))
    found, state = [], make_state(module)
    for part in inputs.split([1, 4, 2], dim=1):
        states, state = module(part, state)
        found.append(states)
    torch.testing.assert_close(torch.cat(found, dim=1), together, rtol=0, atol=1e-12)
    for one, other in zip(state, last, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


@every_cell
def test_a_state_has_a_row_a_sequence(cell):
    module, inputs = make(cell), draw(4, 6, 3)
    states, last = module(inputs)
    assert states.shape == (4, 6, 5)
    assert [part.shape for part in last] == [(4, 5)] * len(module.parts)
    torch.testing.assert_close(last[0], states[:, -1], rtol=0, atol=0)
    zeros = tuple(torch.zeros_like(part) for part in last)
    torch.testing.assert_close(module(inputs, zeros)[0], states, rtol=0, atol=0)


@every_cell
def test_gradients_reach_the_state_before(cell):
    module = make(cell)
    state = tuple(part.requires_grad_() for part in make_state(module))
    module(draw(2, 3, 3), state)[0].sum().backward()
    assert all(part.grad.all() for part in state)


def test_only_the_forget_gate_starts_open():
    lstm = initialize(CELLS["lstm"](3, 5), torch.Generator())
    assert (lstm.bias_ih_l0 + lstm.bias_hh_l0).tolist() == [0] * 5 + [1] * 5 + [0] * 10


@every_cell
def test_weights_come_from_the_generator_or_else_from_the_global_one(cell):
    with Unfilled():
        module = cell(3, 5)
    state = torch.get_rng_state()
    module.reset_parameters(torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), state)
    before = module.weight_hh_l0.clone()
    module.reset_parameters()
    assert not torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(module.weight_hh_l0, before)


@every_cell
def test_weights_have_the_names_and_shapes_of_torch(cell):
    """So that weights saved elsewhere can be loaded."""
    theirs = cell.torch_class(3, 5).state_dict()
    own = cell(3, 5).state_dict()
    assert {name: value.shape for name, value in own.items()} == {n: v.shape for n, v in theirs.items()}


def test_a_cell_without_a_forward_is_refused():
    cell = Cell(3, 5)
    assert (cell.input_size, cell.hidden_size) == (3, 5)
    with pytest.raises(NotImplementedError):
        cell(draw(2, 6, 3))
    with pytest.raises(NotImplementedError):
        cell.equations({}, np.zeros(3), {"h": np.zeros(5)})


def test_a_cell_of_ones_own_is_read_in_both_directions():
    class Sum(Cell):
        """h is the sum of the inputs so far."""

        def forward(self, inputs, state=None):
            states = inputs.cumsum(1) + (0 if state is None else state[0][:, None])
            return states, (states[:, -1],)

    encoder = RecurrentEncoder(2, tokens=False, cell=Sum, hidden_size=2, bidirectional=True)
    initialize(encoder, torch.Generator())
    inputs, lengths = torch.tensor([[[1.0, 2], [3, 4], [0, 0]]]), torch.tensor([2])
    assert encoder(inputs, lengths).join()[0, :2].tolist() == [[1, 2, 4, 6], [4, 6, 3, 4]]
    assert encoder(inputs, lengths).last().tolist() == [[4, 6, 4, 6]]


@every_cell
@pytest.mark.parametrize("given", [False, True], ids=["zeros", "given"])
@pytest.mark.filterwarnings("ignore:TF32 acceleration")
def test_a_whole_layer_in_bfloat16_is_near(cell, given, monkeypatch):
    """As on a GPU, by what torch has for a CPU."""
    module, inputs = make(cell).float(), draw(2, 6, 3).float()
    state = tuple(part.float() for part in make_state(module)) if given else None
    expected, expected_last = module(inputs, state)
    monkeypatch.setenv("SEQESTIMATORS_KERNEL", "torch")
    monkeypatch.setattr("seqestimators.modules.cells.takes_bfloat16", lambda inputs: True)
    # a single step, and an LSTM, are torch's own
    monkeypatch.setattr(type(module), "recurrence", None)
    with torch.backends.mkldnn.flags(enabled=False), torch.autocast("cpu", torch.bfloat16):
        states, last = module(inputs, state)
    assert states.dtype == torch.bfloat16
    torch.testing.assert_close(states.float(), expected, rtol=0, atol=0.03)
    for one, other in zip(last, expected_last, strict=True):
        torch.testing.assert_close(one.float(), other, rtol=0, atol=0.03)
    states.float().sum().backward()
    assert all(torch.isfinite(weight.grad).all() for weight in module.parameters())
