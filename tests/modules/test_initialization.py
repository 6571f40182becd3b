"""Initial weights: the properties the literature asks for, from one generator."""

import pytest
import torch
from torch import nn

from seqestimators.modules import ATTENTIONS, CELLS, PooledNetwork, RecurrentEncoder, Unfilled, initialize

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
    encoder = RecurrentEncoder(9, embedding_dim=4, bidirectional=True)
    network = PooledNetwork(encoder, output_size=2, pooling="attention", batch_norm=True)
    for value in network.state_dict().values():
        if value.is_floating_point():
            value.fill_(torch.nan)
    state = torch.get_rng_state()
    initialize(network, torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.isfinite(value).all() for value in network.state_dict().values())


def test_the_module_itself_is_returned():
    layer = nn.Linear(2, 1)
    assert initialize(layer, torch.Generator()) is layer


# Unfilled


class Filling(nn.Module):
    """A module of one's own, which fills itself from the generator; what it starts with does not matter."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.empty(3)), nn.Parameter(torch.randn(2, 3))
        self.register_buffer("c", torch.rand(3).new_empty(4))

    def reset_parameters(self, generator):
        for weight in (self.a, self.b, self.c):
            nn.init.uniform_(weight, 1, 2, generator=generator)


def parameter(make):
    """A module with one weight that nobody fills."""
    return nn.ParameterDict({"w": make()})


BUILDERS = {
    **CELLS,
    "linear": nn.Linear,
    "embedding": nn.Embedding,
    "conv": lambda *size: nn.Conv1d(*size, kernel_size=3),
    "bilinear": lambda *size: nn.Bilinear(*size, 2),
    "torch's LSTM": nn.LSTM,
    "torch's attention": lambda *size: nn.MultiheadAttention(size[0], 1),
    "additive": ATTENTIONS["additive"],
    "filling": lambda *size: Filling(),
    "empty": lambda *size: parameter(lambda: torch.empty(size)),
    "rand": lambda *size: parameter(lambda: torch.rand(*size, dtype=torch.float64)),
    "randn": lambda *size: parameter(lambda: torch.randn(size, generator=torch.Generator())),
    "randn_like": lambda *size: parameter(lambda: torch.randn_like(torch.zeros(size))),
    "normal": lambda *size: parameter(lambda: torch.normal(0.0, 1.0, size)),
    "bernoulli": lambda *size: parameter(lambda: torch.bernoulli(torch.full(size, 0.5))),
    "in place": lambda *size: parameter(lambda: torch.zeros(size).uniform_()),
    "orthogonal": lambda *size: parameter(lambda: nn.init.orthogonal_(torch.zeros(size))),
    "truncated": lambda *size: parameter(lambda: nn.init.trunc_normal_(torch.zeros(size))),
}


@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
def test_modules_are_made_without_a_random_number(build):
    state = torch.get_rng_state()
    with Unfilled():
        module = build(4, 3)
    assert torch.equal(torch.get_rng_state(), state)
    for name, weight in module.named_parameters():
        # what torch fills with constants is as torch fills it
        assert torch.isnan(weight).all() or "bias" in name


def test_what_torch_fills_with_constants_stays():
    with Unfilled():
        norm, batch_norm = nn.LayerNorm(3), nn.BatchNorm1d(3)
        zeros, ones = torch.zeros(2), torch.ones(2)
    for module in (norm, batch_norm):
        assert torch.equal(module.weight, torch.ones(3))
        assert torch.equal(module.bias, torch.zeros(3))
    assert torch.equal(batch_norm.running_var, torch.ones(3))
    assert zeros.tolist() == [0, 0]
    assert ones.tolist() == [1, 1]


def test_whole_numbers_are_the_same_every_time():
    state, drawn = torch.get_rng_state(), []
    for _ in range(2):
        with Unfilled():
            drawn.append((torch.randint(0, 100, (5,)).tolist(), torch.randperm(5).tolist()))
    assert drawn[0] == drawn[1]
    assert torch.equal(torch.get_rng_state(), state)


def test_outside_of_it_torch_is_as_ever():
    with pytest.raises(ZeroDivisionError), Unfilled():
        _ = 1 / 0
    assert torch.isfinite(torch.rand(3)).all()
    assert torch.isfinite(nn.LSTM(2, 3).weight_hh_l0).all()


@pytest.mark.parametrize("kind", ["norm", "batch_norm", "conv", "filling", *CELLS, *ATTENTIONS])
def test_a_module_is_filled_from_the_generator_alone(kind):
    builders = {"norm": lambda *size: nn.LayerNorm(size), "batch_norm": lambda *size: nn.BatchNorm1d(4)}
    build = (builders | BUILDERS | ATTENTIONS)[kind]
    state, filled = torch.get_rng_state(), []
    for seed in (0, 0, 1):
        with Unfilled():
            module = build(4, 3)
        initialize(module, torch.Generator().manual_seed(seed))
        filled.append(module.state_dict())
    assert torch.equal(torch.get_rng_state(), state)
    first, second, other = filled
    assert all(
        torch.isfinite(value).all() and torch.equal(value, second[name]) for name, value in first.items()
    )
    if "norm" not in kind:
        assert not all(torch.equal(value, other[name]) for name, value in first.items())


def test_a_convolution_is_xavier_uniform():
    with Unfilled():
        convolution = nn.Conv1d(40, 30, 5)
    initialize(convolution, torch.Generator())
    bound = (6 / (5 * (40 + 30))) ** 0.5
    assert 0.9 * bound < convolution.weight.abs().max() <= bound
    assert not convolution.bias.any()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("torch's LSTM", "inner.weight_ih_l0"),
        ("torch's attention", "inner.in_proj_weight"),
        ("bilinear", "inner.weight"),
        *((kind, "inner.w") for kind in ("empty", "rand", "randn", "randn_like", "normal", "bernoulli")),
        *((kind, "inner.w") for kind in ("in place", "orthogonal", "truncated")),
    ],
)
def test_a_weight_that_nobody_fills_is_named(kind, name):
    with Unfilled():
        module = nn.ModuleDict({"inner": BUILDERS[kind](4, 3)})
    state = torch.get_rng_state()
    with pytest.raises(TypeError, match=f"the weight '{name}' of ModuleDict has no initial values"):
        initialize(module, torch.Generator())
    assert torch.equal(torch.get_rng_state(), state)


def test_a_buffer_that_nobody_fills_is_named():
    with Unfilled():
        module = nn.Module()
        module.register_buffer("table", torch.empty(3))
    with pytest.raises(TypeError, match="the weight 'table' of Module has no initial values"):
        initialize(module, torch.Generator())


def test_a_module_that_resets_itself_to_constants_needs_no_generator():
    class Width(nn.Module):
        def __init__(self):
            super().__init__()
            self.width = nn.Parameter(torch.empty(()))

        def reset_parameters(self):
            nn.init.constant_(self.width, 3.0)

    with Unfilled():
        module = Width()
    assert initialize(module, torch.Generator()).width == 3


def test_a_linear_layer_may_lack_a_bias():
    with Unfilled():
        layer = nn.Linear(3, 2, bias=False)
    assert torch.isfinite(initialize(layer, torch.Generator()).weight).all()
