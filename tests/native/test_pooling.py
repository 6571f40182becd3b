"""Pooling by the compiled library, beside the same sums in double precision."""

import pytest
import torch

from seqestimators import _native
from seqestimators._native import library
from seqestimators._native.library import Library, _find_level
from seqestimators.modules import POOLINGS, States
from seqestimators.modules.batch import real_steps

pytestmark = pytest.mark.skipif(
    not isinstance(library._load(), Library), reason="the native kernel is not compiled here"
)
LENGTHS = torch.tensor([3, 9, 1, 0, 7])
every_level = pytest.mark.parametrize("level", range(_find_level() + 1))


@pytest.fixture(autouse=True)
def native(monkeypatch):
    monkeypatch.setenv("SEQESTIMATORS_KERNEL", "native")


def make_states(size, lengths=LENGTHS, n_directions=2, padding=0.0):
    """States of both directions, with equal ones among them, and something behind the end of each row."""
    generator = torch.Generator().manual_seed(0)
    n_steps = int(lengths.max())
    states = torch.randn(n_directions, n_steps, len(lengths), size, generator=generator).round(decimals=1)
    is_padding = ~real_steps(lengths, n_steps).t()[..., None]
    return [one.masked_fill(is_padding, padding).transpose(0, 1) for one in states]


def pool_exactly(directions, lengths):
    """Last, greatest and mean state of each row, one by one."""
    rows = []
    for row, n in enumerate(lengths.tolist()):
        parts = [(one[row, n - 1], one[row, :n].amax(0), one[row, :n].mean(0)) for one in directions if n]
        empty = [directions[0].new_zeros(3 * len(directions) * directions[0].shape[2])]
        rows.append(torch.cat([one for each in parts for one in each] or empty))
    return torch.stack(rows)


def differentiate(function, directions, dtype):
    given = [one.to(dtype).requires_grad_() for one in directions]
    pooled = function(given)
    weight = torch.linspace(-1, 1, pooled.numel(), dtype=dtype).view_as(pooled)
    return [pooled.detach(), *torch.autograd.grad((pooled * weight).sum(), given)]


def pool(directions, lengths=LENGTHS):
    assert _native.can_pool(lengths, directions)
    return POOLINGS["concat"](len(directions) * directions[0].shape[2])(States(directions, lengths))


@every_level
@pytest.mark.parametrize("size", [8, 16, 24])
@pytest.mark.parametrize("padding", [0.0, torch.inf, torch.nan], ids=str)
def test_states_and_gradients_are_those_of_single_rows(monkeypatch, level, size, padding):
    monkeypatch.setattr(library.find_library(), "level", level)
    directions = make_states(size, padding=padding)
    exact = differentiate(lambda given: pool_exactly(given, LENGTHS), directions, torch.float64)
    for one, other in zip(differentiate(pool, directions, torch.float32), exact, strict=True):
        torch.testing.assert_close(one.double(), other, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("n_directions", [1, 2])
def test_any_order_in_memory_and_number_of_directions(n_directions):
    directions = make_states(16, n_directions=n_directions)
    expected = pool(directions)
    assert torch.equal(pool([one.contiguous() for one in directions]), expected)
    assert torch.equal(pool([one[1:2] for one in directions], LENGTHS[1:2]), expected[1:2])
    assert pool([one[:0] for one in directions], LENGTHS[:0]).shape == (0, n_directions * 48)


def test_what_is_not_a_number_stays_so():
    directions = make_states(8)
    directions[0][1, 4, 2] = torch.nan
    pooled = pool(directions).view(5, 2, 3, 8)
    assert pooled[1, 0, 1:, 2].isnan().all()
    assert pooled.isnan().sum() == 2


def test_the_mean_of_a_long_row_is_exact():
    lengths = torch.tensor([100_000])
    states = torch.rand(100_000, 1, 8, generator=torch.Generator().manual_seed(0)).transpose(0, 1)
    mean = pool([states], lengths)[0, 16:]
    torch.testing.assert_close(mean.double(), states[0].double().mean(0), rtol=1e-6, atol=0)


def test_gradients_of_gradients_are_those_of_torch(monkeypatch):
    found = []
    for kernel in ("native", "torch"):
        monkeypatch.setenv("SEQESTIMATORS_KERNEL", kernel)
        directions = [one.clone().requires_grad_() for one in make_states(8)]
        pooled = POOLINGS["concat"](16)(States(directions, LENGTHS))
        first = torch.autograd.grad(pooled.square().sum(), directions, create_graph=True)
        found.append(torch.autograd.grad(sum(one.square().sum() for one in first), directions))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other)


def test_it_reads_single_precision_on_a_cpu_and_blocks_of_units():
    lengths, (one, other) = LENGTHS, make_states(16)
    assert _native.can_pool(lengths, [one, other])
    assert not _native.can_pool(lengths, [one.double(), other.double()])
    assert not _native.can_pool(lengths, make_states(12))
    assert not _native.can_pool(lengths, [one, other[:4]])
    assert not _native.can_pool(lengths[:4], [one, other])
    assert not _native.can_pool(lengths.int(), [one, other])


@pytest.mark.parametrize("length", [-1, 10])
def test_a_wrong_length_is_refused(length):
    with pytest.raises(ValueError, match="a length is negative, or greater than the number of steps"):
        pool(make_states(8), torch.tensor([3, 9, 1, 0, length]))
