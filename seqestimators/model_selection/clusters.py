"""Clusters of near-identical sequences, and cross-validation over them."""

from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.utils import gen_batches

from .._sklearn import Interval, Real, StrOptions
from ..domain import KINDS, guess_kind, normalize, reverse_complement
from ..parameters import parameter, with_parameters
from ._group_split import AT_LEAST_1, BaseGroupSplit

__all__ = ["SequenceClusterSplit"]


# So many rows are compared with all others at once: bounds the memory.
_BATCH_ROWS = 256


@with_parameters
class SequenceClusterSplit(BaseGroupSplit):
    """Cross-validation that keeps near-identical sequences together.

    Two sequences are linked when the sets of their k-mers, the substrings of
    `k` characters, are more alike than `threshold`; whoever is linked, if
    only through others (single linkage), is in one cluster, and a cluster is
    never split.

    Parameters
    ----------
    test_size : float, int or None
        None makes `n_splits` folds: every sequence is tested on once. Else
        each split is drawn for itself, and its test set has this share, or
        this number, of the sequences.
    shuffle : bool
        Whether chance decides where a cluster goes. With `test_size`,
        clusters in random order join the test set while they fit; without
        chance they join the training set while they fit, the largest first,
        and the rest is tested on. Folds get the largest clusters first, each
        the smallest fold so far; chance only orders clusters of one size.
    k : int
        Length of a k-mer; at least 1. Long enough that unrelated sequences
        share few: for DNA, ``4 ** k`` must be far above their length. A
        shorter sequence is compared as a whole.
    threshold : float
        Least similarity that links two sequences, above 0 and up to 1. One
        substitution in the middle of 60 nucleotides leaves a Jaccard
        similarity of 0.74 for k=8, three leave 0.38.
    similarity : {"jaccard", "containment"}
        Number of k-mers that both have, divided by that of the k-mers that
        either has ("jaccard") or that the one with fewer has ("containment":
        a fragment is linked to what it is cut from).
    reverse_complement : bool
        Whether a DNA sequence equals its reverse complement, the other
        strand.
    kind : {"auto", "dna", "rna", "protein", "smiles"} or None
        What the sequences are, which are compared in its
        :func:`normal form <seqestimators.domain.normalize>`: of DNA, for
        instance, case doesn't count. "auto" finds out (see
        :func:`~seqestimators.domain.guess_kind`), and takes them for DNA with
        `reverse_complement`. None compares them as they are.
    random_state : int, RandomState instance or None
        Order of the clusters. An int makes the splits repeatable.

    Raises
    ------
    InvalidSequenceError
        A sequence has no normal form. The message names its row.
    ValueError
        A parameter is out of its range, or there are too few clusters; or
        `reverse_complement` is set for what has no other strand.

    See Also
    --------
    ScaffoldSplit : The same for the scaffolds of molecules.
    leakage_report : What a split has on both sides.

    Notes
    -----
    The similarities are exact. Time grows with the number of pairs that share
    a k-mer, memory only with that of the linked pairs.

    References
    ----------
    .. [1] Ondov, B. D. et al., "Mash: fast genome and metagenome distance
       estimation using MinHash", Genome Biology 17 (2016) 132.
    .. [2] Walsh, I. et al., "DOME: recommendations for supervised machine
       learning validation in biology", Nature Methods 18 (2021) 1122-1127.

    Examples
    --------
    >>> from seqestimators.model_selection import SequenceClusterSplit
    >>> dna = ["ACGTTGCA", "ACGTTGCC", "TTTTAAAA", "GGCAACGT"]
    >>> for train, test in SequenceClusterSplit(2, k=4, shuffle=False).split(dna):
    ...     print(test)
    [0 1]
    [2 3]
    >>> split = SequenceClusterSplit(2, k=4, shuffle=False, reverse_complement=True)
    >>> for train, test in split.split(dna):
    ...     print(test)
    [0 1 3]
    [2]
    """

    k: int = parameter(default=8, constraints=[AT_LEAST_1])
    threshold: float = parameter(default=0.5, constraints=[Interval(Real, 0, 1, closed="right")])
    similarity: str = parameter(default="jaccard", constraints=[StrOptions({"jaccard", "containment"})])
    reverse_complement: bool = parameter(default=False, constraints=["boolean"])
    kind: str | None = parameter(default="auto", constraints=[StrOptions({"auto", *KINDS}), None])

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.reverse_complement and self.kind not in ("auto", "dna"):
            raise ValueError(
                f'reverse_complement=True needs kind="dna", not {self.kind!r}: only DNA has another strand'
            )

    def _find_groups(self, X: Any) -> np.ndarray:
        sequences = normalize(X, None)
        kind = self.kind
        if kind == "auto":
            kind = "dna" if self.reverse_complement else guess_kind(sequences)
        sequences = normalize(sequences, kind)
        if self.reverse_complement:
            sequences = [one_strand(sequence) for sequence in sequences]
        return cluster_sequences(
            sequences, self.k, self.threshold, self.similarity, both_strands=self.reverse_complement
        )


def one_strand(dna: str) -> str:
    """Of DNA in normal form and its reverse complement, the first in alphabetical order."""
    return min(dna, reverse_complement(dna))


def cluster_sequences(
    sequences: list[str], k: int, threshold: float, similarity: str, both_strands: bool = False
) -> np.ndarray:
    """Cluster number of every sequence, ndarray of shape (len(sequences),), dtype int32.

    `both_strands` takes k-mers for equal to their reverse complements.
    """

    def kmers(sequence):
        found = {sequence[i : i + k] for i in range(max(len(sequence) - k + 1, 1))}
        return {one_strand(kmer) for kmer in found} if both_strands else found

    distinct, inverse = np.unique(np.array(sequences, dtype=object), return_inverse=True)
    has_kmer = csr_array(CountVectorizer(analyzer=kmers, dtype=np.int32).fit_transform(distinct))
    sizes = has_kmer.sum(axis=1)
    transposed = has_kmer.T.tocsr()
    links = []
    for batch in gen_batches(len(distinct), _BATCH_ROWS):
        shared = (has_kmer[batch] @ transposed).tocoo()
        rows = shared.row + batch.start
        a, b = sizes[rows], sizes[shared.col]
        whole = a + b - shared.data if similarity == "jaccard" else np.minimum(a, b)
        linked = shared.data >= threshold * whole
        links.append((rows[linked], shared.col[linked]))
    rows, columns = map(np.concatenate, zip(*links, strict=True))
    graph = coo_array((np.ones(len(rows), dtype=bool), (rows, columns)), shape=(len(distinct),) * 2)
    return connected_components(graph, directed=False)[1][inverse]
