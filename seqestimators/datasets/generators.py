"""Classes with a known rule, in any number."""

import numpy as np
from sklearn.utils import check_random_state

from .._sklearn import Integral, Interval, validate_params
from ._draws import cut, draw_labels, draw_lengths

__all__ = ["make_marker", "make_start_codon"]

_N_DIGITS = 10
_START_CODON = "ATG"


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "length": [Interval(Integral, 1, None, closed="left"), tuple, list],
        "marker": [Interval(Integral, None, None, closed="neither")],
        "rectangular": ["boolean"],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_marker(n_samples=1000, *, length=(10, 25), marker=-1, rectangular=False, random_state=None):
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


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "length": [Interval(Integral, 3, None, closed="left"), tuple, list],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_start_codon(n_samples=1000, *, length=50, random_state=None):
    """Generate DNA, half of which begins with the start codon ATG.

    Nucleotides are drawn uniformly. The first three are ATG in one class, and
    one of the other 63 codons in the other. Behind them both classes are
    alike: ATG may occur there by chance, as it does in real DNA, so that only
    the place tells the classes apart and counting ATG does not.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of sequences, at least 1. The class "start" has
        ``n_samples // 2``.
    length : int or tuple (lowest, highest), default=50
        Number of nucleotides of all sequences, or the bounds between which it
        is drawn uniformly, both included; at least 3.
    random_state : int, RandomState or None, default=None
        Source of randomness; an int makes the result repeatable.

    Returns
    -------
    X : ndarray of shape (n_samples,), dtype object
        Sequences of A, C, G and T as str.
    y : ndarray of shape (n_samples,), dtype str
        "start" or "no start".

    Raises
    ------
    ValueError
        The bounds of `length` are below 3 or out of order.

    References
    ----------
    .. [1] Kozak, M., "Initiation of translation in prokaryotes and eukaryotes",
       Gene 234 (1999) 187-208.

    Examples
    --------
    >>> from seqestimators.datasets import make_start_codon
    >>> X, y = make_start_codon(6, length=12, random_state=0)
    >>> [dna.startswith("ATG") for dna in X] == (y == "start").tolist()
    True
    >>> int((y == "start").sum()), len(X[0])
    (3, 12)
    """
    random = check_random_state(random_state)
    lengths = draw_lengths(length, n_samples, shortest=len(_START_CODON), random=random)
    y = draw_labels(n_samples, random)
    ends = np.cumsum(lengths)
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)
    dna = letters[random.randint(4, size=ends[-1])]
    codons = np.stack(np.meshgrid(letters, letters, letters, indexing="ij"), axis=-1).reshape(64, 3)
    start = np.frombuffer(_START_CODON.encode(), dtype=np.uint8)
    others = codons[(codons != start).any(axis=1)]
    first = others[random.randint(len(others), size=n_samples)]
    first[y == 1] = start
    dna[(ends - lengths)[:, None] + np.arange(3)] = first
    return cut(dna.tobytes().decode("ascii"), ends), np.array(["no start", "start"])[y]
