"""Random DNA: genes with their proteins, and sequences that begin with a start codon or with none."""

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from .._sklearn import Integral, Interval, Real
from ..domain import find_genetic_code
from ._draws import Length, cut, draw_labels, draw_lengths, validate_generator

__all__ = ["make_coding_sequences", "make_start_codon"]

_START_CODON = "ATG"


@validate_generator(
    shortest=2, genetic_code=[Interval(Integral, 1, None, closed="left")], codon_usage=[dict, None]
)
def make_coding_sequences(
    n_samples: int = 1000,
    *,
    length: Length = (5, 40),
    genetic_code: int = 1,
    codon_usage: dict[str, float] | None = None,
    random_state: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Generate coding DNA and the proteins that it codes for.

    A sequence begins with the start codon ATG and ends in a stop codon, drawn
    uniformly; between them are sense codons, each drawn by itself.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of sequences, at least 1.
    length : int or tuple (lowest, highest), default=(5, 40)
        Number of codons of all sequences, start and stop included, or the
        bounds between which it is drawn uniformly, both included; at least 2.
    genetic_code : int, default=1
        Number of the genetic code in NCBI's list [1]_; 1 is the standard
        code, 2 that of the mitochondria of vertebrates.
    codon_usage : dict of str to float, or None, default=None
        How often each sense codon is drawn, as a weight that isn't negative;
        codons that aren't named are not drawn. None draws all alike.
    random_state : int, RandomState or None, default=None
        Source of randomness; an int makes the result repeatable.

    Returns
    -------
    dna : ndarray of shape (n_samples,), dtype object
        Sequences of A, C, G and T as str.
    protein : ndarray of shape (n_samples,), dtype object
        One letter per codon as str, the stop codon as ``*``:
        ``len(dna[i]) == 3 * len(protein[i])``.

    Raises
    ------
    ValueError
        There is no such genetic code; the bounds of `length` are below 2 or
        out of order; or `codon_usage` names what is no sense codon, a weight
        is negative or no finite number, or all are 0.

    See Also
    --------
    fetch_coding_sequences : Real genes.

    Notes
    -----
    In the codes 27, 28 and 31 a stop codon also codes for an amino acid: it
    ends a protein only near the end of its messenger RNA [2]_. Here too it is
    ``*`` as the last codon and an amino acid elsewhere. Biopython, which
    doesn't know where a sequence ends, translates it as the amino acid.

    With uniform codons, a sequence of L codons has an entropy of
    ``(L - 2) * log(n_sense) + log(n_stop)`` nats, 61 and 3 in the standard
    code, and its length ``log(highest - lowest + 1)`` more: no language model
    of this DNA has a higher log-likelihood in the mean.

    References
    ----------
    .. [1] Elzanowski, A. and Ostell, J., "The genetic codes", NCBI.
       https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi
    .. [2] Swart, E. C. et al., "Genetic codes with no dedicated stop codon:
       context-dependent translation termination", Cell 166 (2016) 691-702.

    Examples
    --------
    >>> from seqestimators.datasets import make_coding_sequences
    >>> dna, protein = make_coding_sequences(2, length=5, random_state=0)
    >>> dna[0], protein[0]
    ('ATGGTTTCTAAATAG', 'MVSK*')
    """
    sense, stops, letters = _read_code(genetic_code)
    shares = None if codon_usage is None else _read_usage(codon_usage, sense, stops, genetic_code)
    random = check_random_state(random_state)
    lengths = draw_lengths(length, n_samples, shortest=2, random=random)
    ends = np.cumsum(lengths)
    codons = random.choice(len(sense), size=ends[-1], p=shares)
    codons[ends - lengths] = sense.index(_START_CODON)
    codons[ends - 1] = len(sense) + random.randint(len(stops), size=n_samples)
    triplets = np.array([list(codon.encode()) for codon in sense + stops], dtype=np.uint8)
    letters = np.frombuffer(letters.encode(), dtype=np.uint8)
    dna, protein = (table[codons].tobytes().decode("ascii") for table in (triplets, letters))
    return cut(dna, 3 * ends), cut(protein, ends)


def _read_code(genetic_code):
    """Sense codons, stop codons, and one letter for each of both."""
    table = find_genetic_code(genetic_code)
    sense, stops = sorted(table.forward_table), sorted(table.stop_codons)
    return sense, stops, "".join(map(table.forward_table.get, sense)) + "*" * len(stops)


def _read_usage(codon_usage, sense, stops, genetic_code):
    """The share of each sense codon."""
    for codon, weight in codon_usage.items():
        if codon not in sense:
            kind = "a stop codon, drawn uniformly" if codon in stops else "no codon of A, C, G and T"
            raise ValueError(
                f"codon_usage names {codon!r}, which is {kind} in genetic code {genetic_code}: leave it out, "
                "and write codons like 'ATG'"
            )
        if not isinstance(weight, Real) or not 0 <= weight < np.inf:
            raise ValueError(
                f"codon_usage[{codon!r}] is {weight!r}, but a weight is a finite number from 0 on"
            )
    weights = np.array([codon_usage.get(codon, 0) for codon in sense], dtype=np.float64)
    if not weights.any():
        raise ValueError("codon_usage gives every codon the weight 0: give one of them a higher one")
    return weights / weights.sum()


@validate_generator(shortest=3)
def make_start_codon(
    n_samples: int = 1000, *, length: Length = 50, random_state: Any = None
) -> tuple[np.ndarray, np.ndarray]:
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
