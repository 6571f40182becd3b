"""What the generators share: lengths, labels, and one text cut into rows."""

from itertools import pairwise

import numpy as np

from .._sklearn import Integral

__all__ = ["cut", "draw_labels", "draw_lengths"]


def draw_lengths(length, n_samples, *, shortest, random, name="length"):
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
    if isinstance(length, Integral):
        return np.full(n_samples, length)
    if len(length) != 2 or not all(isinstance(bound, Integral) for bound in length):
        raise ValueError(f"{name}={length!r} must be a whole number or a pair (lowest, highest) of them")
    lowest, highest = length
    if not shortest <= lowest <= highest:
        raise ValueError(
            f"{name}={length!r} must be a pair (lowest, highest) with {shortest} <= lowest <= highest"
        )
    return random.randint(lowest, highest + 1, size=n_samples)


def draw_labels(n_samples, random):
    """Half zeros and half ones (one 0 more if odd), shuffled."""
    return random.permutation(np.arange(n_samples) % 2)


def cut(joined, ends):
    """Cut rows out of one string or array, into an object array of one dimension."""
    rows = np.empty(len(ends), dtype=object)
    for i, (begin, end) in enumerate(pairwise([0, *ends.tolist()])):
        rows[i] = joined[begin:end]
    return rows
