"""Nucleotides and k-mers."""

from itertools import product
from typing import Any

import numpy as np

from .._sklearn import Integral, Interval, StrOptions
from ..domain import AMBIGUOUS_NUCLEOTIDES, NUCLEOTIDES, READ_AS, UNKNOWN_SYMBOL, reverse_complement
from ..parameters import parameter, with_parameters
from ..sequences import BOS, EOS, PAD, SPECIAL_TOKENS, UNKNOWN
from ._kmers import all_kmers, join_kmers, refuse_letters, refuse_rests, require_letters, split_kmers
from .base import AT_LEAST_1, SequenceTokenizer
from .tokens import Tokens

__all__ = ["DNATokenizer"]

ALL_NUCLEOTIDES = "".join(sorted(NUCLEOTIDES + AMBIGUOUS_NUCLEOTIDES))

_READ_AS = READ_AS["dna"]


def complement_ids(n_tokens: int) -> np.ndarray:
    """Return the id of the reverse complement of every token, as DNATokenizer numbers them.

    Parameters
    ----------
    n_tokens : int
        Number of ids, the special ones included; k and the alphabet follow
        from it.

    Returns
    -------
    ndarray of shape (n_tokens,), dtype int64
        Beginning and end change places.

    Raises
    ------
    ValueError
        No DNATokenizer has so many tokens.

    Examples
    --------
    >>> from seqestimators.preprocessing.dna import complement_ids
    >>> complement_ids(8)  # of padding, unknown, beginning, end, A, C, G, T
    array([0, 1, 3, 2, 7, 6, 5, 4])
    """
    for letters in ("".join(sorted(NUCLEOTIDES)), ALL_NUCLEOTIDES):
        for k in range(1, 16):
            if len(letters) ** k == n_tokens - len(SPECIAL_TOKENS):
                kmers = ["".join(kmer) for kmer in product(letters, repeat=k)]
                ids = {kmer: i for i, kmer in enumerate(kmers, len(SPECIAL_TOKENS))}
                others = [ids[reverse_complement(kmer)] for kmer in kmers]
                return np.array([PAD, UNKNOWN, EOS, BOS, *others], dtype=np.int64)
    raise ValueError(
        f"reverse_complement=True takes the ids of a DNATokenizer with its whole alphabet, but there are "
        f"{n_tokens} ids: put a DNATokenizer, without min_frequency and max_tokens, before the estimator"
    )


@with_parameters
class DNATokenizer(SequenceTokenizer):
    """Turn DNA or RNA into ids of nucleotides or k-mers.

    Lower case is read as upper case and U as T; blanks and line ends are taken
    off both ends of a sequence.

    Parameters
    ----------
    k : int
        Number of nucleotides in a token, 1 to 15.
    stride : int
        Number of nucleotides from the start of one token to the next; at
        least 1.
    ambiguous : {"unknown", "keep", "error"}
        What to do with the IUPAC letters N, R, Y, S, W, K, M, B, D, H and V:
        "unknown" leaves them to `unknown`, as any other letter, "keep" adds
        them to the alphabet, "error" refuses them.
    unknown : {"token", "error"}
        What to do with a token outside the vocabulary: give it the id 1, or
        raise an error. A k-mer with an unknown letter is unknown as a whole.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        Dictionary from token to id. It is the same for all data while there
        are at most 4096 k-mers of the alphabet (k up to 6; 3 with
        ``ambiguous="keep"``); for larger k, or where `min_frequency` or
        `max_tokens` ask for counts, it holds the k-mers of the training data.
    n_tokens_ : int
        Number of ids, the four special ones included.
    sequence_type_ : str
        Always "string".

    Raises
    ------
    InvalidSequenceError
        A character is a blank or line end within a sequence, or not ASCII, or
        is refused by `ambiguous` or `unknown`; or the end of a sequence fills
        no k-mer.

    Warns
    -----
    UnknownSymbolsWarning
        Most letters of a sequence are unknown, N not counted: it may be a
        protein.

    See Also
    --------
    CodonTokenizer : Triplets in a reading frame.

    Notes
    -----
    `inverse_transform` needs ``stride <= k``. It writes upper case and T, and
    the replacement character for a nucleotide of which no k-mer is known.

    References
    ----------
    .. [1] Cornish-Bowden, A., "Nomenclature for incompletely specified bases in
       nucleic acid sequences: recommendations 1984", Nucleic Acids Research
       13 (1985) 3021-3030.

    Examples
    --------
    >>> from seqestimators import DNATokenizer
    >>> DNATokenizer().fit_transform(["ACGT", "gguN"])[1]
    array([6, 6, 7, 1])
    >>> tokenizer = DNATokenizer(k=3)
    >>> ids = tokenizer.fit_transform(["ACGTA"])
    >>> [tokenizer.vocabulary_.tokens[i] for i in ids[0]]
    ['ACG', 'CGT', 'GTA']
    >>> list(tokenizer.inverse_transform(ids))
    ['ACGTA']
    """

    k: int = parameter(default=1, constraints=[Interval(Integral, 1, 15, closed="both")])
    stride: int = parameter(default=1, constraints=[AT_LEAST_1])
    ambiguous: str = parameter(default="unknown", constraints=[StrOptions({"unknown", "keep", "error"})])

    _reads_lists = False
    _kind = "dna"

    @property
    def _letters(self) -> str:
        return ALL_NUCLEOTIDES if self.ambiguous == "keep" else NUCLEOTIDES

    @property
    def tokens_overlap(self) -> bool:
        """Whether neighbouring tokens share nucleotides: ``stride < k``."""
        return self.stride < self.k

    def _unknown_text(self) -> str:
        return UNKNOWN_SYMBOL * self.k

    def _alphabet(self) -> list[str] | None:
        return all_kmers(self._letters, self.k)

    def _position(self, preceding: list[Any]) -> int:
        return self.stride * len(preceding)

    def _split(self, sequences: list[Any]) -> Tokens:
        text, offsets = self._join_symbols(sequences, self._letters)
        if self.ambiguous == "error":
            remedy = 'correct it, or set ambiguous="unknown" or "keep" to accept it'
            refuse_letters(text, offsets, AMBIGUOUS_NUCLEOTIDES, _READ_AS, "A, C, G, T and U", remedy)
        if self.unknown == "error" and self.k > 1:
            require_letters(text, offsets, self._letters, _READ_AS, "A, C, G, T and U")
        refuse_rests(offsets, self.k, self.stride, "nucleotides")
        return split_kmers(text, offsets, self._letters, _READ_AS, self.k, self.stride)

    def _join(self, tokens: list[Any]) -> str:
        if self.stride > self.k:
            raise ValueError(
                f"inverse_transform needs stride <= k: with stride={self.stride} and k={self.k} the "
                "nucleotides between two tokens are lost"
            )
        return join_kmers(tokens, self.k, self.stride)
