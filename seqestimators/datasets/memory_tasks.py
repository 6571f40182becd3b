"""Tasks that ask for memory: copy, add, count modulo 2, find a marker."""

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from .._sklearn import Integral, Interval
from ._draws import Length, cut, draw_labels, draw_lengths, validate_generator

__all__ = ["make_adding", "make_copy", "make_marker", "make_parity"]

_N_DIGITS = 10


@validate_generator(shortest=1, alphabet=[str], marker=[str], reverse=["boolean"])
def make_copy(
    n_samples: int = 1000,
    *,
    length: Length = (1, 20),
    alphabet: str = "abcdefgh",
    marker: str = "|",
    reverse: bool = False,
    random_state: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Generate random strings to be given back once the marker is read.

    A network must keep the whole string in memory before it writes the first
    symbol.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of strings, at least 1.
    length : int or tuple (lowest, highest), default=(1, 20)
        Number of symbols of all strings, the marker not counted, or the bounds
        between which it is drawn uniformly, both included; at least 1.
    alphabet : str, default="abcdefgh"
        The symbols, at least 1, all different. They are drawn uniformly.
    marker : str, default="|"
        What stands behind every string, one character that isn't in the
        alphabet.
    reverse : bool, default=False
        Whether the string is to be given back from its end to its beginning.
    random_state : int, RandomState or None, default=None
        Source of randomness; an int makes the result repeatable.

    Returns
    -------
    X : ndarray of shape (n_samples,), dtype object
        The strings as str, each with the marker behind it.
    y : ndarray of shape (n_samples,), dtype object
        The same without the marker, reversed if asked for.

    Raises
    ------
    ValueError
        The alphabet is empty or holds a symbol twice; the marker is not one
        character or is in the alphabet; or the bounds of `length` are below 1
        or out of order.

    Notes
    -----
    Given its length L, a string has an entropy of ``L * log(len(alphabet))``
    nats. Given X, y is determined.

    References
    ----------
    .. [1] Graves, A. et al., "Neural Turing machines", arXiv:1410.5401 (2014).

    Examples
    --------
    >>> from seqestimators.datasets import make_copy
    >>> X, y = make_copy(2, length=4, reverse=True, random_state=0)
    >>> X[0], y[0]
    ('ehfa|', 'afhe')
    """
    if not alphabet or len(set(alphabet)) < len(alphabet):
        raise ValueError(f"alphabet={alphabet!r} must hold one symbol or more, each of them once")
    if len(marker) != 1 or marker in alphabet:
        raise ValueError(f"marker={marker!r} must be one character that is not in alphabet={alphabet!r}")
    random = check_random_state(random_state)
    lengths = draw_lengths(length, n_samples, shortest=1, random=random)
    ends = np.cumsum(lengths)
    symbols = random.randint(len(alphabet), size=ends[-1])
    strings = cut("".join(map(alphabet.__getitem__, symbols.tolist())), ends)
    X, y = strings + marker, strings
    if reverse:
        y = np.frompyfunc(lambda string: string[::-1], 1, 1)(strings)
    return X, y


@validate_generator(shortest=2)
def make_adding(
    n_samples: int = 1000, *, length: Length = (20, 50), random_state: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """Generate series of numbers, two of which are marked and to be added.

    The adding problem: numbers are drawn uniformly from [0, 1). One is marked
    in the first half of the series and one in the second, each at a place
    drawn uniformly. A network must remember the first, however long ago it
    was, and leave all others alone.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of series, at least 1.
    length : int or tuple (lowest, highest), default=(20, 50)
        Number of steps of all series, or the bounds between which it is drawn
        uniformly, both included; at least 2.
    random_state : int, RandomState or None, default=None
        Source of randomness; an int makes the result repeatable.

    Returns
    -------
    X : ndarray of shape (n_samples,), dtype object
        The series, arrays of shape (n_steps, 2), dtype float64: the number,
        and 1 where it is marked, else 0.
    y : ndarray of shape (n_samples,), dtype float64
        Sum of the two marked numbers.

    Raises
    ------
    ValueError
        The bounds of `length` are below 2 or out of order.

    Notes
    -----
    The answer 1 to everything has a mean squared error of 1/6.

    References
    ----------
    .. [1] Hochreiter, S. and Schmidhuber, J., "Long short-term memory", Neural
       Computation 9 (1997) 1735-1780. Experiment 4.
    .. [2] Arjovsky, M. et al., "Unitary evolution recurrent neural networks",
       ICML (2016) 1120-1128. The form of the problem used here.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.datasets import make_adding
    >>> X, y = make_adding(3, length=(4, 8), random_state=0)
    >>> X[0].shape
    (8, 2)
    >>> values, marks = X[0].T
    >>> bool(np.isclose(values @ marks, y[0]))
    True
    """
    random = check_random_state(random_state)
    lengths = draw_lengths(length, n_samples, shortest=2, random=random)
    ends = np.cumsum(lengths)
    begins, halves = ends - lengths, lengths // 2
    first = begins + random.randint(halves)
    second = begins + halves + random.randint(lengths - halves)
    series = np.zeros((ends[-1], 2))
    series[:, 0] = random.random_sample(ends[-1])
    series[first, 1] = series[second, 1] = 1
    return cut(series, ends), series[first, 0] + series[second, 0]


@validate_generator(shortest=1)
def make_parity(
    n_samples: int = 1000, *, length: Length = (5, 25), random_state: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """Generate strings of bits, and whether the number of ones is odd.

    No part of a string says anything about its class: a network must keep one
    bit and turn it over at every 1.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of strings, at least 1. ``n_samples // 2`` of them are odd.
    length : int or tuple (lowest, highest), default=(5, 25)
        Number of bits of all strings, or the bounds between which it is drawn
        uniformly, both included; at least 1.
    random_state : int, RandomState or None, default=None
        Source of randomness; an int makes the result repeatable.

    Returns
    -------
    X : ndarray of shape (n_samples,), dtype object
        Strings of 0 and 1 as str, uniform within their class.
    y : ndarray of shape (n_samples,), dtype int64
        1 where the number of ones is odd, else 0.

    Raises
    ------
    ValueError
        The bounds of `length` are below 1 or out of order.

    References
    ----------
    .. [1] Minsky, M. and Papert, S., "Perceptrons", MIT Press (1969). Parity as
       what no perceptron of limited order can compute.
    .. [2] Hochreiter, S. and Schmidhuber, J., "LSTM can solve hard long time
       lag problems", Advances in Neural Information Processing Systems 9
       (1996) 473-479.

    Examples
    --------
    >>> from seqestimators.datasets import make_parity
    >>> X, y = make_parity(4, length=6, random_state=0)
    >>> [bits.count("1") % 2 for bits in X] == y.tolist()
    True
    """
    random = check_random_state(random_state)
    lengths = draw_lengths(length, n_samples, shortest=1, random=random)
    y = draw_labels(n_samples, random)
    ends = np.cumsum(lengths)
    bits = random.randint(2, size=ends[-1])
    bits[ends - 1] ^= np.add.reduceat(bits, ends - lengths) % 2 ^ y  # no row is empty
    return cut((bits + ord("0")).astype(np.uint8).tobytes().decode("ascii"), ends), y


@validate_generator(
    shortest=1, marker=[Interval(Integral, None, None, closed="neither")], rectangular=["boolean"]
)
def make_marker(
    n_samples: int = 1000,
    *,
    length: Length = (10, 25),
    marker: int = -1,
    rectangular: bool = False,
    random_state: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Generate series of digits, half of which hold a marker somewhere.

    Digits are drawn uniformly from 0 to 9. In half of the series, one of
    them, at a place drawn uniformly, is replaced by the marker. A network
    must remember that it has seen the marker until the series ends.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of series, at least 1. ``n_samples // 2`` of them hold the marker.
    length : int or tuple (lowest, highest), default=(10, 25)
        Number of steps of all series, or the bounds between which it is drawn
        uniformly, both included; at least 1.
    marker : int, default=-1
        What to find, none of the digits 0 to 9.
    rectangular : bool, default=False
        Whether all series are of one length, itself drawn if `length` is a
        pair, and come as one array.
    random_state : int, RandomState or None, default=None
        Source of randomness; an int makes the result repeatable.

    Returns
    -------
    X : ndarray of shape (n_samples,), dtype object
        The series, 1-D arrays of float64, for estimators take integers from
        0 on as token ids. With `rectangular`, an ndarray of shape
        (n_samples, n_steps, 1), dtype float64.
    y : ndarray of shape (n_samples,), dtype int64
        1 where the marker is in the series, else 0.

    Raises
    ------
    ValueError
        The marker is a digit, or the bounds of `length` are out of order.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural
       Computation 9 (1997) 1735-1780. Tasks of this kind, where one step
       decides however long ago it was.

    Examples
    --------
    >>> from seqestimators.datasets import make_marker
    >>> X, y = make_marker(4, length=(3, 6), random_state=0)
    >>> [bool(-1 in series) for series in X] == y.astype(bool).tolist()
    True
    >>> X, y = make_marker(4, length=8, rectangular=True, random_state=0)
    >>> X.shape
    (4, 8, 1)
    """
    if 0 <= marker < _N_DIGITS:
        raise ValueError(f"marker={marker} is one of the digits 0 to 9, and could not be told from them")
    random = check_random_state(random_state)
    lengths = draw_lengths(length, n_samples, shortest=1, random=random)
    if rectangular:
        lengths[:] = lengths[0]
    y = draw_labels(n_samples, random)
    ends = np.cumsum(lengths)
    digits = random.randint(_N_DIGITS, size=ends[-1]).astype(np.float64)
    places = ends - lengths + random.randint(lengths)
    digits[places[y == 1]] = marker
    if rectangular:
        return digits.reshape(n_samples, lengths[0], 1), y
    return cut(digits, ends), y
