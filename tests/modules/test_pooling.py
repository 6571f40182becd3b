"""Pooling against the same sums over sequences without padding."""

import pytest
import torch

from seqestimators.modules import POOLINGS, Pooling, States
from seqestimators.modules.batch import real_steps
from seqestimators.modules.pooling import fill_padding, masked_max, masked_mean

LENGTHS = torch.tensor([3, 1, 6, 0])


@pytest.fixture
def states():
    return torch.randn(4, 6, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.fixture(params=[0.0, torch.inf, -torch.inf, torch.nan, 1e300], ids=str)
def padded(request, states):
    """States with the same content and something hostile behind it."""
    return states.masked_fill(~real_steps(LENGTHS, 6)[:, :, None], request.param)


def last_state(states, lengths):
    return States([states], lengths).last()


def by_row(function, states):
    """Apply a function to the real states of every row; 0 for a row without any."""
    rows = [function(one[:n]) if n else torch.zeros(8) for one, n in zip(states, LENGTHS, strict=True)]
    return torch.stack([row.to(states.dtype) for row in rows])


def test_real_steps_are_those_before_the_end():
    assert real_steps(LENGTHS, 6).sum(1).tolist() == LENGTHS.tolist()


def test_mean_is_over_real_steps(states, padded):
    torch.testing.assert_close(masked_mean(padded, LENGTHS), by_row(lambda one: one.mean(0), states))


def test_maximum_is_over_real_steps(states, padded):
    expected = by_row(lambda one: one.max(0).values, states)
    torch.testing.assert_close(masked_max(padded, LENGTHS), expected)
    torch.testing.assert_close(masked_max(padded - 5, LENGTHS)[:3], expected[:3] - 5)


def test_last_state_is_that_of_the_last_real_step(states, padded):
    expected = by_row(lambda one: one[-1], states)
    torch.testing.assert_close(last_state(padded, LENGTHS), expected)


def test_attention_weights_sum_to_one_and_vanish_on_padding(states, padded):
    pooling = POOLINGS["attention"](8).double()
    weights = pooling.weights(States([padded], LENGTHS))
    torch.testing.assert_close(weights.sum(1), (LENGTHS > 0).double())
    assert not weights[~real_steps(LENGTHS, 6)].any()
    assert (weights[real_steps(LENGTHS, 6)] > 0).all()
    expected = by_row(
        lambda one: pooling.weights(States([one[None]], torch.tensor([len(one)])))[0] @ one, states
    )
    torch.testing.assert_close(pooling(States([padded], LENGTHS)), expected)


@pytest.mark.parametrize("kind", POOLINGS)
def test_gradients_flow_to_real_steps_only(padded, kind):
    pooling = POOLINGS[kind](8).double()
    padded.requires_grad_()
    pooled = pooling(States([padded], LENGTHS))
    assert pooled.shape == (4, pooling.output_size)
    assert not pooled[3].any()
    pooled.square().sum().backward()
    real = real_steps(LENGTHS, 6)
    assert not padded.grad[~real].any()
    if kind != "last":
        assert padded.grad[real].any(dim=1).sum() > 4
    for parameter in pooling.parameters():
        assert torch.isfinite(parameter.grad).all()


def test_concat_joins_last_maximum_and_mean_of_each_direction(padded):
    both = [padded, -padded]
    pooled = POOLINGS["concat"](16)(States(both, LENGTHS))
    parts = [part(one, LENGTHS) for one in both for part in (last_state, masked_max, masked_mean)]
    torch.testing.assert_close(pooled, torch.cat(parts, dim=1))


def test_attention_sees_both_directions_of_a_step(states):
    pooling = POOLINGS["attention"](16).double()
    backward = torch.zeros_like(states)
    for row, length in enumerate(LENGTHS):
        backward[row, :length] = -states[row, :length].flip(0)
    expected = pooling(States([torch.cat([states, backward], dim=2)], LENGTHS))
    torch.testing.assert_close(pooling(States([states, -states], LENGTHS)), expected)


def test_the_gradient_of_concat_is_that_of_its_parts(padded):
    padded[0, 1] = padded[0, 0]  # steps that are equal share the gradient of the maximum
    padded[2] = 0.5
    weight = torch.arange(24, dtype=torch.float64)
    first, second = (padded.clone().requires_grad_() for _ in range(2))
    (POOLINGS["concat"](8)(States([first], LENGTHS)) * weight).sum().backward()
    parts = [part(second, LENGTHS) for part in (last_state, masked_max, masked_mean)]
    (torch.cat(parts, dim=1) * weight).sum().backward()
    torch.testing.assert_close(first.grad, second.grad)


def test_padding_is_overwritten(states, padded):
    filled = fill_padding(padded, LENGTHS, 3)
    real = real_steps(LENGTHS, 6)
    assert torch.equal(filled[real], states[real])
    assert (filled[~real] == 3).all()


def test_a_pooling_of_ones_own_sees_one_direction(states):
    class First(Pooling):
        """The first state."""

        def pool(self, states, lengths):
            return states[:, 0]

    pooling = First(16)
    assert pooling.output_size == 16
    assert not pooling.is_causal
    pooled = pooling(States([states, -states], LENGTHS))
    assert torch.equal(pooled, torch.cat([states[:, 0], -states[:, 0]], dim=1))


def test_a_pooling_without_a_way_is_refused(states):
    with pytest.raises(NotImplementedError):
        Pooling(8)(States([states], LENGTHS))


@pytest.mark.parametrize("name", POOLINGS)
@pytest.mark.parametrize("sizes", [[6], [2, 2, 2], [1, 5]], ids=str)
@pytest.mark.parametrize("n_directions", [1, 2])
def test_parts_are_pooled_as_the_whole(padded, name, sizes, n_directions):
    pooling = POOLINGS[name](8).double()
    directions = [padded] if n_directions == 1 else list(padded.split(4, dim=2))
    assert pooling.can_pool_parts(n_directions) is (name != "attention" or n_directions == 1)
    if not pooling.can_pool_parts(n_directions):
        return
    parts, begin = [], 0
    for size in sizes:
        steps = slice(begin, begin + size)
        parts.append(States([one[:, steps] for one in directions], (LENGTHS - begin).clamp(0, size)))
        begin += size
    expected = pooling(States(directions, LENGTHS))
    torch.testing.assert_close(pooling.pool_parts(iter(parts)), expected, rtol=0, atol=1e-12)


def test_a_pooling_of_ones_own_sees_whole_sequences():
    class Twice(POOLINGS["mean"]):
        def pool(self, states, lengths):
            return 2 * masked_mean(states, lengths)

    assert not Twice(8).can_pool_parts(1)
    with pytest.raises(NotImplementedError):
        Pooling(8).pool_parts([])
