"""Generators: the same seed the same numbers, and nothing global moves."""

import random

import numpy as np
import pytest
import torch

from seqestimators._training import make_generators


def draw(generators):
    return [*(torch.rand(3, generator=one).tolist() for one in generators[:2]), generators.split_seed]


def test_the_same_seed_gives_the_same_numbers():
    assert draw(make_generators(5)) == draw(make_generators(5))
    assert draw(make_generators(5)) != draw(make_generators(6))


def test_every_purpose_has_numbers_of_its_own():
    generators = make_generators(0)
    weights, order, _ = draw(generators)
    assert weights != order
    again = make_generators(0)
    torch.rand(100, generator=again.weights)
    assert torch.rand(3, generator=again.order).tolist() == order


def test_a_random_state_is_drawn_from_and_moves_on():
    state = np.random.RandomState(0)
    assert draw(make_generators(state)) != draw(make_generators(state))
    assert draw(make_generators(np.random.RandomState(0))) == draw(make_generators(0))


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_global_generators_stay(seed):
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
    draw(make_generators(seed))
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (np.random.get_state()[1] == before[1]).all()
    assert random.getstate() == before[2]


def test_none_reads_numpys_global_state_only():
    saved, before = np.random.get_state(), torch.get_rng_state()
    try:
        first = draw(make_generators(None))
        assert draw(make_generators(None)) != first
        np.random.set_state(saved)
        assert draw(make_generators(None)) == first
    finally:
        np.random.set_state(saved)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_bad_seed_is_refused():
    with pytest.raises(ValueError, match="cannot be used to seed"):
        make_generators("seed")
