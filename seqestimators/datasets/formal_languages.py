"""Formal languages, whose entropy is known: what a language model is measured against."""

from string import ascii_lowercase
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from .._sklearn import Integral, Interval
from ._draws import Length, cut, draw_labels, draw_lengths, length_from, validate_generator

__all__ = ["make_counting_language", "make_dyck", "make_reber"]

_BRACKETS = b"()[]{}<>"

# Reber's grammar behind the first B: two ways on from each state, until the end
_WAYS = [b"TP", b"SX", b"TV", b"XS", b"PV"]
_END = len(_WAYS)
_NEXT = np.array([[1, 2], [1, 3], [2, 4], [2, _END], [3, _END]])
_LETTERS = np.array([list(way) for way in _WAYS], dtype=np.uint8)
_INNER = np.frombuffer(b"PSTVX", dtype=np.uint8)
_B, _E, _P, _T = b"BEPT"


@validate_generator(
    n_symbols=[Interval(Integral, 2, len(ascii_lowercase), closed="both")],
    min_n=[Interval(Integral, 1, None, closed="left")],
    max_n=[Interval(Integral, 1, None, closed="left")],
)
def make_counting_language(
    n_samples: int = 1000, *, n_symbols: int = 2, min_n: int = 1, max_n: int = 50, random_state: Any = None
) -> np.ndarray:
    """Generate strings of n times "a", then n times "b", and so on.

    To know where such a string ends, a network must count. With two symbols
    the language is context-free, with more of them context-sensitive.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of strings, at least 1.
    n_symbols : int, default=2
        Number of different symbols, "a", "b", "c" and so on; from 2 to 26.
    min_n : int, default=1
        Least number of times that each symbol occurs, at least 1.
    max_n : int, default=50
        Greatest number of times, at least `min_n`. Each between both is drawn
        with the same probability.
    random_state : int, RandomState or None, default=None
        Source of randomness; an int makes the result repeatable.

    Returns
    -------
    X : ndarray of shape (n_samples,), dtype object
        The strings as str.

    Raises
    ------
    ValueError
        `min_n` is greater than `max_n`.

    Notes
    -----
    A string has an entropy of ``log(max_n - min_n + 1)`` nats, all of it spent
    before the first "b": what follows, the end included, is determined. With
    the end counted as a token, that is ``log(max_n - min_n + 1) / (n_symbols *
    (min_n + max_n) / 2 + 1)`` nats per token.

    References
    ----------
    .. [1] Gers, F. A. and Schmidhuber, J., "LSTM recurrent networks learn
       simple context-free and context-sensitive languages", IEEE Transactions
       on Neural Networks 12 (2001) 1333-1340.

    Examples
    --------
    >>> from seqestimators.datasets import make_counting_language
    >>> make_counting_language(3, n_symbols=3, max_n=3, random_state=0).tolist()
    ['abc', 'aabbcc', 'abc']
    """
    if min_n > max_n:
        raise ValueError(f"min_n={min_n} is greater than max_n={max_n}: exchange them, or raise max_n")
    random = check_random_state(random_state)
    counts = random.randint(min_n, max_n + 1, size=n_samples)
    symbols = np.tile(np.frombuffer(ascii_lowercase[:n_symbols].encode(), np.uint8), n_samples)
    text = np.repeat(symbols, np.repeat(counts, n_symbols)).tobytes().decode("ascii")
    return cut(text, n_symbols * np.cumsum(counts))


@validate_generator(
    n_types=[Interval(Integral, 1, len(_BRACKETS) // 2, closed="both")],
    n_pairs=length_from(1),
    max_depth=[Interval(Integral, 1, None, closed="left"), None],
    corrupt=["boolean"],
)
def make_dyck(
    n_samples: int = 1000,
    *,
    n_types: int = 2,
    n_pairs: Length = (1, 20),
    max_depth: int | None = 5,
    corrupt: bool = False,
    random_state: Any = None,
) -> Any:
    """Generate strings of balanced brackets, the Dyck language.

    Each bracket is closed by one of its own type, the last opened first. A
    network must keep a stack of the open ones.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of strings, at least 1.
    n_types : int, default=2
        Number of types of brackets, ``()``, ``[]``, ``{}`` and ``<>`` in this
        order; from 1 to 4.
    n_pairs : int or tuple (lowest, highest), default=(1, 20)
        Number of pairs of brackets of all strings, half their length, or the
        bounds between which it is drawn uniformly, both included; at least 1.
    max_depth : int or None, default=5
        Greatest number of brackets open at once, at least 1; None sets no
        limit.
    corrupt : bool, default=False
        Whether to break half of the strings and to return classes. One bracket
        is exchanged for one of another type in the same direction, which only
        a stack reveals; with a single type, for its counterpart.
    random_state : int, RandomState or None, default=None
        Source of randomness; an int makes the result repeatable.

    Returns
    -------
    X : ndarray of shape (n_samples,), dtype object
        The strings as str.
    y : ndarray of shape (n_samples,), dtype int64
        1 where the string is balanced, else 0. Only with `corrupt`.

    Raises
    ------
    ValueError
        The bounds of `n_pairs` are below 1 or out of order.

    Notes
    -----
    For each number of pairs, all balanced strings up to the depth are equally
    likely. With N(n) shapes of n pairs, where N(n) is the n-th Catalan number
    if n is at most `max_depth` [1]_, a string of n pairs has an entropy of
    ``log(N(n)) + n * log(n_types)`` nats, and its number of pairs
    ``log(highest - lowest + 1)`` more.

    References
    ----------
    .. [1] Chomsky, N. and Schützenberger, M. P., "The algebraic theory of
       context-free languages", Studies in Logic 35 (1963) 118-161.
    .. [2] Hewitt, J. et al., "RNNs can generate bounded hierarchical languages
       with optimal memory", EMNLP (2020) 1978-2010.

    Examples
    --------
    >>> from seqestimators.datasets import make_dyck
    >>> make_dyck(3, n_pairs=3, random_state=0).tolist()
    ['[]()[]', '[()][]', '[()[]]']
    >>> X, y = make_dyck(4, n_pairs=3, corrupt=True, random_state=0)
    >>> int(y.sum())
    2
    """
    random = check_random_state(random_state)
    lengths = 2 * draw_lengths(n_pairs, n_samples, shortest=1, random=random, name="n_pairs")
    depth = int(lengths.max()) // 2
    depth = depth if max_depth is None else min(depth, max_depth)
    # Symbols are numbered as in _BRACKETS: 2 * type, and 1 more where it closes
    symbols = _draw_brackets(lengths, depth, n_types, random)
    is_inside = np.arange(symbols.shape[1]) < lengths[:, None]
    y = draw_labels(n_samples, random) if corrupt else None
    if corrupt:
        broken = np.flatnonzero(y == 0), random.randint(lengths[y == 0])
        if n_types == 1:
            symbols[broken] ^= 1
        else:
            symbols[broken] += 2 * random.randint(1, n_types, size=len(broken[0]))
            symbols[broken] %= 2 * n_types
    text = np.frombuffer(_BRACKETS, np.uint8)[symbols[is_inside]].tobytes().decode("ascii")
    X = cut(text, np.cumsum(lengths))
    return (X, y) if corrupt else X


def _draw_brackets(lengths, depth, n_types, random):
    """Matrix of symbols, uniform among the balanced strings of each length."""
    opening = _opening_probability(lengths.max(), depth)
    symbols = np.zeros((len(lengths), lengths.max()), dtype=np.int64)
    stack = np.zeros((len(lengths), depth), dtype=np.int64)
    n_open = np.zeros(len(lengths), dtype=np.int64)
    for step in range(symbols.shape[1]):
        rows = np.flatnonzero(lengths > step)
        top = n_open[rows]
        opens = random.random_sample(len(rows)) < opening[lengths[rows] - step, top]
        stack[rows[opens], top[opens]] = random.randint(n_types, size=np.count_nonzero(opens))
        symbols[rows, step] = np.where(
            opens, 2 * stack[rows, top - (top == depth)], 2 * stack[rows, top - 1] + 1
        )
        n_open[rows] += np.where(opens, 1, -1)
    return symbols


def _opening_probability(longest, depth):
    """Probability of an opening bracket, by the symbols to come and the brackets open.

    It is the share of the ways to go on that begin with one. The ways are
    counted from the end of the string backwards, up to a factor for each
    number of symbols to come.
    """
    probability = np.zeros((longest + 1, depth + 1))
    ways = np.zeros(depth + 3)  # with a zero beyond either end
    ways[1] = 1
    for n_symbols in range(1, longest + 1):
        after_opening, after_closing = ways[2:], ways[:-2]
        total = after_opening + after_closing
        np.divide(after_opening, total, out=probability[n_symbols], where=total > 0)
        ways[1:-1] = total / total.max()
    return probability


@validate_generator(embedded=["boolean"], corrupt=["boolean"])
def make_reber(
    n_samples: int = 1000, *, embedded: bool = False, corrupt: bool = False, random_state: Any = None
) -> Any:
    """Generate strings of the Reber grammar, or of the embedded one.

    Behind B, one of two letters leads on from each state of an automaton,
    each with probability 1/2, until E ends the string [1]_. The embedded
    grammar puts such a string between two equal letters: BT...TE or BP...PE. A
    network must remember the first while it reads all between.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of strings, at least 1.
    embedded : bool, default=False
        Whether to use the embedded grammar.
    corrupt : bool, default=False
        Whether to break half of the strings and to return classes. One letter
        inside is exchanged for another of P, S, T, V and X; in the embedded
        grammar, the last T or P for the other one, which only the second
        letter reveals.
    random_state : int, RandomState or None, default=None
        Source of randomness; an int makes the result repeatable.

    Returns
    -------
    X : ndarray of shape (n_samples,), dtype object
        The strings as str.
    y : ndarray of shape (n_samples,), dtype int64
        1 where the string is grammatical, else 0. Only with `corrupt`.

    Notes
    -----
    A string has 6 choices in the mean, so an entropy of ``6 * log(2)`` = 4.16
    nats, over 8 letters in the mean; an embedded one ``7 * log(2)`` = 4.85 nats
    over 12. The end, behind E, is determined.

    References
    ----------
    .. [1] Reber, A. S., "Implicit learning of artificial grammars", Journal of
       Verbal Learning and Verbal Behavior 6 (1967) 855-863.
    .. [2] Cleeremans, A. et al., "Finite state automata and simple recurrent
       networks", Neural Computation 1 (1989) 372-381.
    .. [3] Hochreiter, S. and Schmidhuber, J., "Long short-term memory", Neural
       Computation 9 (1997) 1735-1780. Experiment 1.

    Examples
    --------
    >>> from seqestimators.datasets import make_reber
    >>> make_reber(3, random_state=0).tolist()
    ['BTSXSE', 'BPVVE', 'BPVVE']
    >>> X, y = make_reber(4, embedded=True, corrupt=True, random_state=0)
    >>> [string[1] == string[-2] for string in X] == y.astype(bool).tolist()
    True
    """
    random = check_random_state(random_state)
    inner = _draw_letters(n_samples, random)
    first = np.where(random.randint(2, size=n_samples), _T, _P)[:, None]
    begin, end = np.full_like(first, _B), np.full_like(first, _E)
    y = draw_labels(n_samples, random) if corrupt else None
    last = first.copy()
    if corrupt and embedded:
        last[y == 0] = _T + _P - last[y == 0]
    elif corrupt:
        broken = np.flatnonzero(y == 0), random.randint(np.count_nonzero(inner[y == 0], axis=1))
        index = np.searchsorted(_INNER, inner[broken]) + random.randint(1, len(_INNER), size=len(broken[0]))
        inner[broken] = _INNER[index % len(_INNER)]
    columns = [begin, first, begin, inner, end, last, end] if embedded else [begin, inner, end]
    letters = np.hstack(columns).astype(np.uint8)
    X = cut(letters[letters > 0].tobytes().decode("ascii"), np.cumsum(np.count_nonzero(letters, axis=1)))
    return (X, y) if corrupt else X


def _draw_letters(n_samples, random):
    """Matrix of the letters between B and E, zeros behind."""
    columns = []
    state = np.zeros(n_samples, dtype=np.int64)
    while len(rows := np.flatnonzero(state != _END)):
        column = np.zeros(n_samples, dtype=np.uint8)
        way = random.randint(2, size=len(rows))
        column[rows] = _LETTERS[state[rows], way]
        state[rows] = _NEXT[state[rows], way]
        columns.append(column)
    return np.stack(columns, axis=1)
