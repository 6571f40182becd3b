"""What the generators share: lengths, labels, and one text cut into rows."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .._sklearn import Integral, Interval, validate_params
from ..sequences import object_array

Length = int | Sequence[int]


def validate_generator(shortest: int | None = None, **constraints: list[Any]) -> Any:
    """Make the decorator that checks the parameters of a make_* function.

    Parameters
    ----------
    shortest : int or None, default=None
        Least `length` allowed, if the function has that parameter.
    **constraints : dict
        Of the parameters that not all of these functions have.

    Returns
    -------
    callable
    """
    if shortest is not None:
        constraints["length"] = length_from(shortest)
    constraints |= {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }
    return validate_params(constraints)


def length_from(shortest: int) -> list[Any]:
    """Constraints of a length that :func:`draw_lengths` reads."""
    return [Interval(Integral, shortest, None, closed="left"), tuple, list]


def draw_lengths(
    length: Length, n_samples: int, *, shortest: int, random: np.random.RandomState, name: str = "length"
) -> np.ndarray:
    """Draw lengths within bounds, or make all the same.

    Parameters
    ----------
    length : int or tuple (lowest, highest)
        As the user gave it; an int is checked by the generator itself.
    n_samples : int
    shortest : int
        Least number allowed.
    random : RandomState
    name : str, default="length"
        Of the parameter, for errors.

    Returns
    -------
    ndarray of shape (n_samples,), integer dtype
    """
    if isinstance(length, (int, Integral)):
        return np.full(n_samples, length)
    if len(length) != 2 or not all(isinstance(bound, Integral) for bound in length):
        raise ValueError(f"{name}={length!r} must be a whole number or a pair (lowest, highest) of them")
    lowest, highest = length
    if not shortest <= lowest <= highest:
        raise ValueError(
            f"{name}={length!r} must be a pair (lowest, highest) with {shortest} <= lowest <= highest"
        )
    return random.randint(lowest, highest + 1, size=n_samples)


def draw_labels(n_samples: int, random: np.random.RandomState) -> np.ndarray:
    """Half zeros and half ones (one 0 more if odd), shuffled."""
    return random.permutation(np.arange(n_samples) % 2)


def cut(joined: Any, ends: np.ndarray) -> np.ndarray:
    """Cut rows out of one string or array, into an object array of one dimension."""
    places = pairwise([0, *ends.tolist()])
    return object_array((joined[begin:end] for begin, end in places), len(ends))
