"""Dropout: what it does to numbers, and where its random numbers come from."""

from concurrent.futures import ThreadPoolExecutor

import torch
from torch import nn

from seqestimators.modules import Dropout, PooledNetwork, RecurrentEncoder, drive_dropout
from seqestimators.modules.dropout import TokenDropout, share_masks


def dropout(p, seed=0):
    module = Dropout(p)
    module.generator = torch.Generator().manual_seed(seed)
    return module


def test_elements_are_zeroed_or_scaled():
    x = torch.ones(100_000)
    y = dropout(0.3)(x)
    kept = y[y != 0]
    torch.testing.assert_close(kept, torch.full_like(kept, 1 / 0.7))
    assert abs(len(kept) / len(x) - 0.7) < 0.01


def test_the_gradient_passes_where_elements_were_kept():
    x = torch.ones(50, requires_grad=True)
    y = dropout(0.5)(x)
    y.sum().backward()
    torch.testing.assert_close(x.grad, y.detach())


def test_nothing_happens_in_evaluation_or_at_zero():
    x = torch.ones(10)
    assert dropout(0.5).eval()(x) is x
    assert dropout(0.0)(x) is x


def test_random_numbers_come_from_the_generator_alone():
    x = torch.ones(1000)
    first, second = dropout(0.5), dropout(0.5)
    state = torch.get_rng_state()
    expected = [first(x), first(x)]
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(*expected)
    torch.rand(3)  # moves the global generator, which matters to nobody
    assert all(torch.equal(second(x), one) for one in expected)
    assert not torch.equal(dropout(0.5, seed=1)(x), expected[0])


def test_without_a_generator_the_global_one_serves():
    state = torch.get_rng_state()
    Dropout(0.5)(torch.ones(10))
    assert not torch.equal(torch.get_rng_state(), state)


def test_the_probability_is_shown():
    assert repr(Dropout(0.25)) == "Dropout(p=0.25)"


def test_all_dropout_of_a_module_draws_from_the_generator():
    generator = torch.Generator()
    network = PooledNetwork(RecurrentEncoder(5), output_size=1)
    drive_dropout(network, generator)
    assert network.dropout.generator is generator
    assert network.encoder.dropout.generator is generator


def test_torchs_own_dropout_is_left_alone():
    own, nested = nn.Dropout(0.5), nn.Sequential(nn.Sequential(Dropout(0.5)))
    drive_dropout(own, torch.Generator())
    assert not hasattr(own, "generator")
    generator = torch.Generator()
    drive_dropout(nested, generator)
    assert nested[0][0].generator is generator


def test_token_dropout_replaces_tokens_and_nothing_else():
    dropout = TokenDropout(0.5)
    dropout.generator = torch.Generator().manual_seed(0)
    ids = torch.tensor([[2, *range(4, 404), 3, 0, 0]])
    dropped = dropout(ids)
    changed = dropped != ids
    assert 150 < changed.sum() < 250
    assert (dropped[changed] == 1).all()
    assert dropped[0, [0, -3, -2, -1]].tolist() == [2, 3, 0, 0]
    torch.testing.assert_close(dropout.eval()(ids), ids)
    assert repr(dropout) == "TokenDropout(p=0.5)"


def test_shared_masks_drop_the_same_units_of_all_rows_and_steps():
    part = Dropout(0.4).eval()
    with share_masks(part, 3) as masks:
        long = part(torch.ones(2, 50, 40))
        short = part(torch.ones(5, 7, 40).double())
        assert masks.n_drawn == 2
    assert torch.equal(long[0], long[1])
    torch.testing.assert_close(short[0], long[0, :7].double())
    kept = long[long != 0]
    torch.testing.assert_close(kept, torch.full_like(kept, 1 / 0.6))
    assert abs(len(kept) / long.numel() - 0.6) < 0.05
    with share_masks(part, 4):
        assert not torch.equal(part(torch.ones(2, 50, 40)), long)
    x = torch.ones(2)
    assert part(x) is x


def test_other_threads_have_no_masks():
    part = Dropout(0.5).eval()
    x = torch.ones(100)
    with share_masks(part, 0), ThreadPoolExecutor(1) as pool:
        assert pool.submit(part, x).result() is x
