"""Attention written out, and what holds for all kinds: rows of weights sum to 1, padding has none."""

import pytest
import torch

from seqestimators.modules import ATTENTIONS, Attention, initialize
from seqestimators.modules.attention import AdditiveAttention, DotAttention, MonotonicAttention

LENGTHS = torch.tensor([7, 3, 1, 0])


def make(kind, training=False):
    attention = ATTENTIONS[kind](4, 6).double()
    initialize(attention, torch.Generator().manual_seed(0))
    return attention.train(training)


def make_source(padding=0):
    generator = torch.Generator().manual_seed(1)
    states = torch.randn(4, 7 + padding, 6, generator=generator, dtype=torch.float64)
    real = torch.arange(7 + padding) < LENGTHS[:, None]
    queries = torch.randn(4, 5, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    return states * real[..., None], queries


@pytest.mark.parametrize("kind", ["dot", "additive", "monotonic"])
def test_weights_sum_to_one_and_vanish_on_padding(kind):
    attention = make(kind)
    states, queries = make_source()
    weights = attention(queries, attention.remember(states, LENGTHS), need_weights=True).weights
    torch.testing.assert_close(weights.sum(2), torch.ones(4, 5, dtype=torch.float64))
    padding = torch.arange(7) >= LENGTHS.clamp(min=1)[:, None]
    assert (weights[padding[:, None].expand_as(weights)] == 0).all()


@pytest.mark.parametrize("kind", ["dot", "additive", "monotonic"])
def test_more_padding_changes_nothing(kind):
    attention = make(kind)
    (short, queries), (long, _) = make_source(), make_source(padding=20)
    long = long.clone()
    long[:, :7] = short
    one, two = (attention(queries, attention.remember(states, LENGTHS)).context for states in (short, long))
    torch.testing.assert_close(one, two, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["dot", "additive", "monotonic"])
def test_token_by_token_is_the_same_as_at_once(kind):
    attention = make(kind)
    states, queries = make_source()
    memory = attention.remember(states, LENGTHS)
    together = attention(queries, memory).context
    for u in range(5):
        attended = attention(queries[:, u : u + 1], memory)
        memory = memory._replace(position=attended.position)
        torch.testing.assert_close(attended.context[:, 0], together[:, u], rtol=0, atol=1e-12)


def test_dot_is_luong():
    attention = make("dot")
    states, queries = make_source()
    weights = attention(queries, attention.remember(states, LENGTHS)).weights
    energies = torch.einsum("ud,ed,te->ut", queries[1], attention.project.weight, states[1, :3])
    torch.testing.assert_close(weights[1, :, :3], torch.softmax(energies, dim=1))


def test_additive_is_bahdanau():
    attention = make("additive")
    states, queries = make_source()
    weights = attention(queries, attention.remember(states, LENGTHS)).weights
    for u in range(5):
        together = torch.tanh(attention.of_query(queries[1, u]) + attention.of_value(states[1, :3]))
        expected = torch.softmax(attention.energy(together)[:, 0], dim=0)
        torch.testing.assert_close(weights[1, u, :3], expected)


def test_monotonic_weights_are_those_of_the_context():
    attention = make("monotonic")
    with torch.no_grad():
        attention.log_width.fill_(0.5)
    states, queries = make_source()
    attended = attention(queries, attention.remember(states, LENGTHS), need_weights=True)
    torch.testing.assert_close(attended.context, attended.weights @ states, rtol=0, atol=1e-9)
    peaks = attended.weights[0].argmax(1)
    assert (peaks.diff() >= 0).all()


def test_monotonic_training_with_certain_hops_and_start_is_prediction():
    attention = make("monotonic")
    states, queries = make_source()
    states, queries = states[:1], queries[:1]
    with torch.no_grad():
        attention.start.weight.zero_()
        attention.start.weight[0, 0] = 1
        states[0, :, 0] = 0
        states[0, 0, 0] = 1e4  # reading starts at the first step, certainly
        attention.hop.weight.zero_()
        attention.hop.bias.zero_()
        attention.hop.bias[1] = 1e4  # and hops by one
    contexts = []
    for training in (True, False):
        attention.train(training)
        contexts.append(attention(queries, attention.remember(states, LENGTHS[:1])).context)
    torch.testing.assert_close(*contexts, rtol=0, atol=1e-6)


def test_kinds_have_their_names():
    assert {
        "additive": AdditiveAttention,
        "dot": DotAttention,
        "monotonic": MonotonicAttention,
    } == ATTENTIONS


@pytest.mark.parametrize("kind", ["dot", "additive", "monotonic"])
@pytest.mark.parametrize("training", [False, True])
def test_the_context_has_the_size_that_is_told(kind, training):
    attention = make(kind, training)
    states, queries = make_source()
    attended = attention(queries, attention.remember(states, LENGTHS))
    assert attended.context.shape == (4, 5, attention.output_size)
    assert (attended.entropy is not None) is (kind == "monotonic" and training)


def test_monotonic_entropy_is_that_of_the_hops():
    attention = make("monotonic", training=True)
    states, queries = make_source()
    entropy = attention(queries, attention.remember(states, LENGTHS)).entropy
    expected = torch.distributions.Categorical(logits=attention.hop(queries)).entropy()
    torch.testing.assert_close(entropy, expected)


def test_monotonic_steps_harden_with_progress():
    """Expectations up to the first of two shares, whole numbers from the second on, halfway in between."""
    attention = make("monotonic", training=True)
    states, queries = make_source()
    steps = torch.softmax(attention.hop(queries), dim=2) @ torch.arange(9, dtype=torch.float64)
    memory = attention.remember(states, LENGTHS)
    last = []
    for attention.progress in (0.0, 0.4, 0.55, 0.7, 1.0):
        last.append(attention(queries[:, :1], memory).position)
    soft, hard = steps[:, 0], steps[:, 0].round()
    for found, expected in zip(last, (soft, soft, (soft + hard) / 2, hard, hard), strict=True):
        torch.testing.assert_close(found, expected.clamp(max=6))


def test_an_attention_of_ones_own_remembers_the_states():
    attention = Attention(4, 6)
    states, queries = make_source()
    memory = attention.remember(states, LENGTHS)
    assert memory.values is states
    real = torch.arange(7) < LENGTHS.clamp(min=1)[:, None]  # an empty source is one step of zeros
    assert torch.equal(memory.bias == 0, real)
    assert torch.equal(memory.bias == -torch.inf, ~real)
    with pytest.raises(NotImplementedError):
        attention(queries, memory)
