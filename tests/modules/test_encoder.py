"""The encoder: every hidden state, and the reversal that makes both directions exact."""

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from torch import nn

from seqestimators.modules import Cell, RecurrentEncoder, initialize
from seqestimators.modules import encoder as encoder_module
from seqestimators.modules.batch import real_steps, reverse_each
from seqestimators.modules.dropout import share_masks

every_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])


@every_cell
@every_direction
@pytest.mark.parametrize("kind", ["embedding", "one-hot", "values"])
@pytest.mark.parametrize("num_layers", [1, 3])
def test_states_are_those_of_the_equations(
    make_network, make_sequences, pad, recurrence, cell, bidirectional, kind, num_layers
):
    encoder = make_network(cell, kind=kind, bidirectional=bidirectional, num_layers=num_layers).encoder
    sequences = make_sequences(kind=kind)
    states = encoder(*pad(sequences)).join()
    assert states.shape == (6, 12, encoder.output_size)
    for sequence, row in zip(sequences, states, strict=True):
        expected = recurrence(encoder, cell, sequence)
        np.testing.assert_allclose(row[: len(sequence)].detach(), expected, rtol=0, atol=1e-12)


@hypothesis.given(lengths=st.lists(st.integers(0, 9), min_size=1, max_size=6), extra=st.integers(0, 3))
def test_every_sequence_is_reversed_within_its_length(lengths, extra):
    steps = max(lengths) + extra
    x = torch.arange(steps * len(lengths) * 2).reshape(len(lengths), steps, 2)
    reversed_ = reverse_each(x, torch.tensor(lengths))
    for row, length in enumerate(lengths):
        assert torch.equal(reversed_[row, :length], x[row, :length].flip(0))
        assert torch.equal(reversed_[row, length:], x[row, length:])
    assert torch.equal(reverse_each(reversed_, torch.tensor(lengths)), x)


def test_the_gradient_of_the_reversal_is_right():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, 5, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    lengths = torch.tensor([5, 0, 3])
    assert torch.autograd.gradcheck(lambda x: reverse_each(x, lengths), x)
    assert torch.autograd.gradgradcheck(lambda x: reverse_each(x, lengths), x)


def test_directions_are_read_in_their_own_order(make_network, make_sequences, pad):
    encoder = make_network(num_layers=2).encoder
    inputs, lengths = pad(make_sequences())
    read = encoder(inputs, lengths)
    states, (forward, backward) = read.join(), read.directions
    assert torch.equal(read.lengths, lengths)
    for row, length in enumerate(lengths):
        torch.testing.assert_close(states[row, :length, :5], forward[row, :length])
        torch.testing.assert_close(states[row, :length, 5:], backward[row, :length].flip(0))


def test_steps_at_padding_give_no_gradient(make_network, pad):
    encoder = make_network(kind="values", num_layers=2).encoder
    inputs, lengths = pad([torch.ones(2, 3, dtype=torch.float64), torch.ones(6, 3, dtype=torch.float64)])
    inputs.requires_grad_()
    encoder(inputs, lengths).join()[0, :2].sum().backward()
    assert inputs.grad[0, :2].all()
    assert not inputs.grad[0, 2:].any()
    assert not inputs.grad[1].any()


def test_one_hot_vectors_of_padding_are_zero():
    encoder = RecurrentEncoder(4).double()
    vectors = encoder.embed(torch.tensor([[3, 0], [1, 0]]))
    assert vectors.dtype == torch.float64
    assert vectors.tolist() == [[[0, 0, 0, 1], [0, 0, 0, 0]], [[0, 1, 0, 0], [0, 0, 0, 0]]]


@pytest.mark.parametrize("n_tokens", [4, 7, 600])
def test_one_hot_vectors_are_those_of_any_vocabulary(n_tokens):
    encoder = RecurrentEncoder(n_tokens)
    ids = torch.tensor([[3, 1, 2], [1, 0, 0]])
    expected = torch.eye(n_tokens)[ids]
    expected[ids == 0] = 0
    with torch.inference_mode():
        assert torch.equal(encoder.embed(ids), expected)
    assert torch.equal(encoder.embed(ids), expected)
    encoder(ids, torch.tensor([3, 1])).join().sum().backward()  # what predicting has made serves training
    assert encoder.layers[0][0].weight_ih_l0.grad[:, 3].any()


def test_dropout_acts_between_layers_only(make_network, make_sequences, pad):
    batch = pad(make_sequences())
    single, double = (make_network(num_layers=n, dropout=0.5).encoder for n in (1, 2))
    assert torch.equal(single(*batch).join(), single(*batch).join())
    assert not torch.equal(double(*batch).join(), double(*batch).join())
    double.eval()
    assert torch.equal(double(*batch).join(), double(*batch).join())


@every_direction
def test_the_size_of_a_state_is_known(bidirectional):
    encoder = RecurrentEncoder(6, hidden_size=7, num_layers=2, bidirectional=bidirectional)
    assert encoder.output_size == (14 if bidirectional else 7)
    states = encoder(torch.tensor([[4]]), torch.tensor([1]))
    assert states.join().shape == (1, 1, encoder.output_size)
    assert states.last().shape == (1, encoder.output_size)


def test_the_last_layer_is_what_forward_returns(make_network, make_sequences, pad):
    encoder = make_network(num_layers=3).encoder
    batch = pad(make_sequences())
    layers = encoder.read_layers(*batch)
    assert len(layers) == 3
    assert torch.equal(layers[-1].join(), encoder(*batch).join())
    assert not torch.equal(layers[0].join(), layers[1].join())


@every_cell
def test_directions_that_do_not_mix_are_networks_of_their_own(make_sequences, pad, cell):
    """Each direction sees, at a step, only what it has read: changing what is yet to come moves nothing."""
    options = {"cell": cell, "hidden_size": 5, "num_layers": 2, "embedding_dim": 4}
    encoder = RecurrentEncoder(9, bidirectional=True, mix_directions=False, **options)
    one = make_sequences([7])[0]
    other = one.clone()
    other[4:] = 1 + one[4:] % 8
    first, second = (encoder(*pad([sequence])).directions for sequence in (one, other))
    torch.testing.assert_close(first[0][:, :4], second[0][:, :4])
    assert not torch.isclose(first[1], second[1]).all(2).any()
    alone = RecurrentEncoder(9, **options)
    alone.load_state_dict({name: encoder.state_dict()[name] for name in alone.state_dict()})
    torch.testing.assert_close(alone(*pad([one])).join(), first[0])


def test_prepare_may_change_the_number_of_steps(make_sequences, pad):
    class Halving(RecurrentEncoder):
        """Read the mean of every two steps."""

        def prepare(self, inputs, lengths):
            vectors, lengths = super().prepare(inputs, lengths)
            return vectors.unflatten(1, (-1, 2)).mean(2), lengths // 2

    options = {"hidden_size": 5, "embedding_dim": 4, "bidirectional": True}
    halving, plain = Halving(9, **options), RecurrentEncoder(4, tokens=False, **options)
    plain.load_state_dict({n: v for n, v in halving.state_dict().items() if n.startswith("layers")})
    inputs, lengths = pad(make_sequences([4, 2, 6]))
    vectors, halved = halving.prepare(inputs, lengths)
    assert halved.tolist() == [2, 1, 3]
    read, expected = halving(inputs, lengths), plain(vectors, halved)
    assert torch.equal(read.lengths, halved)
    assert torch.equal(read.last(), expected.last())


@pytest.mark.parametrize("kind", ["embedding", "one-hot", "values"])
def test_what_the_first_layer_reads_has_time_first_in_memory(make_network, make_sequences, pad, kind):
    encoder = make_network(kind=kind).encoder
    inputs, lengths = pad(make_sequences(kind=kind))
    vectors, same = encoder.prepare(inputs, lengths)
    assert torch.equal(same, lengths)
    assert vectors.shape[:2] == inputs.shape[:2]
    torch.testing.assert_close(vectors, encoder.embed(inputs))


@every_direction
def test_one_direction_is_causal(bidirectional):
    assert RecurrentEncoder(9, bidirectional=bidirectional).is_causal is not bidirectional


def test_a_cell_class_stands_for_itself(make_sequences, pad):
    by_name = RecurrentEncoder(9, cell="gru", hidden_size=5)
    by_class = RecurrentEncoder(9, cell=type(by_name.layers[0][0]), hidden_size=5)
    by_class.load_state_dict(by_name.state_dict())
    batch = pad(make_sequences())
    assert torch.equal(by_name(*batch).join(), by_class(*batch).join())


def test_a_projection_is_a_linear_map_before_all_else():
    wide = RecurrentEncoder(7, tokens=False, hidden_size=4, projection_dim=3, n_positions=2, stem=(5, 3, 1))
    narrow = RecurrentEncoder(3, tokens=False, hidden_size=4, n_positions=2, stem=(5, 3, 1))
    weights = wide.state_dict()
    projection = weights.pop("projection.weight")
    narrow.load_state_dict(weights)
    values = torch.from_numpy(np.random.RandomState(0).normal(size=(2, 5, 7)).astype(np.float32))
    lengths = torch.tensor([5, 3])
    values[1, 3:] = 0
    expected = narrow(values @ projection.T, lengths).join()
    torch.testing.assert_close(wide(values, lengths).join(), expected)
    assert RecurrentEncoder(7, hidden_size=4, projection_dim=3).projection is None  # of tokens


def train(encoder, inputs, lengths, *, mixed_precision):
    """States of the real steps, and the gradient of every weight, as training computes them."""
    encoder.mixed_precision = mixed_precision
    read = encoder.train()(inputs, lengths)
    states = read.join()
    states = states[real_steps(read.lengths, states.shape[1])]
    weight = torch.linspace(-1, 1, states.numel()).view_as(states)
    return states.detach(), torch.autograd.grad((states * weight).sum(), [*encoder.parameters()])


@every_cell
@pytest.mark.parametrize("kind", ["embedding", "values"])
@pytest.mark.parametrize("hidden_size", [8, 5])  # 8 run on the native kernel where there is one
def test_mixed_precision_rounds_to_bfloat16(in_bfloat16, make_sequences, pad, cell, kind, hidden_size):
    options = {"tokens": kind != "values", "cell": cell, "hidden_size": hidden_size, "embedding_dim": 4}
    encoder = RecurrentEncoder(9 if options["tokens"] else 3, num_layers=2, bidirectional=True, **options)
    initialize(encoder, torch.Generator().manual_seed(0))
    batch = pad(make_sequences(kind=kind, dtype=torch.float32))
    states, gradients = train(encoder, *batch, mixed_precision=True)
    exact, exact_gradients = train(encoder, *batch, mixed_precision=False)
    assert states.dtype == torch.float32
    assert (states - exact).abs().max() < 2**-6
    for one, other in zip(gradients, exact_gradients, strict=True):
        assert one.dtype == torch.float32
        assert (one - other).abs().max() < 2**-5 * other.abs().max()
    again, _ = train(encoder, *batch, mixed_precision=True)
    assert torch.equal(again, states)
    if cell != "lstm":
        assert not torch.equal(states, exact)
    encoder.mixed_precision = True
    answers = encoder.eval()(*batch).join()[real_steps(batch[1], batch[0].shape[1])]
    torch.testing.assert_close(answers, exact)  # which are computed in float32


def test_mixed_precision_reaches_what_stands_before_the_recurrence(in_bfloat16):
    encoder = RecurrentEncoder(7, tokens=False, hidden_size=4, projection_dim=3, stem=(5, 3, 2))
    initialize(encoder, torch.Generator().manual_seed(0))
    for n_steps in (6, 1):
        values = torch.randn(2, n_steps, 7, generator=torch.Generator().manual_seed(0))
        lengths = torch.tensor([n_steps, 1])
        values[1, 1:] = 0
        (states, _), (exact, _) = (
            train(encoder, values, lengths, mixed_precision=mixed) for mixed in (True, False)
        )
        assert 0 < (states - exact).abs().max() < 2**-6


def test_a_cell_of_ones_own_is_computed_by_autocast(in_bfloat16):
    class Sum(Cell):
        def __init__(self, input_size, hidden_size):
            super().__init__(input_size, hidden_size)
            self.linear = nn.Linear(input_size, hidden_size)

        def forward(self, inputs, state=None):
            states = self.linear(inputs).cumsum(1)
            return states, (states[:, -1],)

    encoder = RecurrentEncoder(2, tokens=False, cell=Sum, hidden_size=3, num_layers=2, mixed_precision=True)
    states = encoder(torch.ones(1, 4, 2), torch.tensor([4])).join()
    assert states.dtype == torch.float32
    assert torch.equal(states, states.bfloat16().float())


def part_sizes(monkeypatch, n_steps):
    """Let a batch of more than so many steps be read in parts of as many."""
    monkeypatch.setattr(encoder_module, "MAX_STEPS", 1)
    monkeypatch.setattr(encoder_module, "MIN_STEPS", n_steps)


@every_cell
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("embedding", {"bidirectional": True}),
        ("embedding", {"bidirectional": True, "n_positions": 6}),
        ("one-hot", {"num_layers": 2}),
        ("embedding", {"num_layers": 2, "bidirectional": True, "mix_directions": False}),
        ("values", {"bidirectional": True, "projection_dim": 2}),
    ],
    ids=["ids", "positions", "one-hot", "unmixed", "values"],
)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
def test_long_sequences_are_read_in_parts(monkeypatch, make_sequences, pad, cell, kind, options, dtype):
    options = {"hidden_size": 8, "embedding_dim": 4 if kind == "embedding" else None, **options}
    encoder = RecurrentEncoder(3 if kind == "values" else 9, tokens=kind != "values", cell=cell, **options)
    encoder = initialize(encoder, torch.Generator().manual_seed(0)).to(dtype).eval()
    if encoder.positions is not None:
        encoder.positions.data.normal_(generator=torch.Generator().manual_seed(1))
    inputs, lengths = pad(make_sequences([4, 0, 12, 7], kind=kind, dtype=dtype))
    with torch.inference_mode():
        assert not encoder.reads_in_parts(inputs)
        ((begin, whole),) = encoder.read_parts(inputs, lengths)
        assert begin == 0
        part_sizes(monkeypatch, 5)
        assert encoder.reads_in_parts(inputs)
        begins, parts = zip(*encoder.read_parts(inputs, lengths), strict=True)
    assert begins == (0, 5, 10)
    assert torch.equal(sum(part.lengths for part in parts), lengths)
    for way, expected in enumerate(whole.directions):
        joined = torch.cat([part.directions[way] for part in parts], dim=1)
        for row, n in enumerate(lengths.tolist()):
            torch.testing.assert_close(
                joined[row, :n], expected[row, :n], rtol=0, atol=1e-12 if dtype == torch.float64 else 1e-6
            )


def test_sequences_are_read_whole_where_a_layer_looks_ahead_or_gradients_are_asked_for(monkeypatch):
    part_sizes(monkeypatch, 5)
    inputs = torch.full((2, 6), 4)
    both = {"bidirectional": True, "num_layers": 2}
    with torch.inference_mode():
        assert RecurrentEncoder(9).eval().reads_in_parts(inputs)
        assert not RecurrentEncoder(9).eval().reads_in_parts(inputs[:, :5])
        assert not RecurrentEncoder(9).reads_in_parts(inputs)
        assert not RecurrentEncoder(9, **both).eval().reads_in_parts(inputs)
        assert not RecurrentEncoder(9, stem=(4, 3, 1)).eval().reads_in_parts(inputs)
        layers = RecurrentEncoder(9, num_layers=2, dropout=0.5).eval()
        with share_masks(layers, seed=0):
            assert not layers.reads_in_parts(inputs)
    assert not RecurrentEncoder(9).eval().reads_in_parts(inputs)


def test_an_encoder_of_ones_own_is_read_whole(monkeypatch):
    class Own(RecurrentEncoder):
        def prepare(self, inputs, lengths):
            return super().prepare(inputs.flip(1), lengths)

    part_sizes(monkeypatch, 2)
    encoder = Own(9, hidden_size=8).eval()
    inputs, lengths = torch.tensor([[4, 5, 6]]), torch.tensor([3])
    with torch.inference_mode():
        ((_, states),) = encoder.read_parts(inputs, lengths)
        assert torch.equal(states.last(), encoder(inputs, lengths).last())
