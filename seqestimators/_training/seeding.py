"""Everything random inside a scope: generators of one's own, the global ones left as they are."""

from typing import Any, NamedTuple

import torch
from sklearn.utils import check_random_state

__all__ = ["Generators", "make_generators"]


class Generators(NamedTuple):
    """One source of random numbers for each purpose, so that none shifts another.

    Parameters
    ----------
    weights : torch.Generator
        Fills the initial weights and drives dropout; on the device of the
        network.
    order : torch.Generator
        Shuffles the rows of every epoch; on the CPU.
    split_seed : int
        Seed of the split that sets validation rows aside.
    """

    weights: torch.Generator
    order: torch.Generator
    split_seed: int


def make_generators(random_state: Any, device: str | torch.device = "cpu") -> Generators:
    """Make the generators of one fit.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        As everywhere in scikit-learn. None draws from numpy's global state,
        the only case in which a global generator is read.
    device : str or torch.device, default="cpu"
        Where the network stands.

    Returns
    -------
    Generators
    """
    seeds = check_random_state(random_state).randint(2**31 - 1, size=3)
    weights = torch.Generator(device=device)
    weights.manual_seed(int(seeds[0]))
    order = torch.Generator()
    order.manual_seed(int(seeds[1]))
    return Generators(weights, order, int(seeds[2]))
