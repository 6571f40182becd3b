"""Nucleotides and k-mers."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from .._sklearn import Integral, Interval, StrOptions
from ..domain import AMBIGUOUS_NUCLEOTIDES, NUCLEOTIDES, READ_AS, UNKNOWN_SYMBOL, reverse_complement
from ..exceptions import InvalidSequenceError
from ..parameters import parameter, with_parameters
from ..sequences import BOS, EOS, PAD, SPECIAL_TOKENS, UNKNOWN, Sequences, place_of
from .base import AT_LEAST_1, SequenceTokenizer
from .tokens import Tokens, number_distinct

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


# Stands for all other characters within a k-mer.
_OTHER = "?"

# So many k-mers are numbered in advance: 6-mers of 4 letters, 3-mers of 15.
_MAX_ALPHABET = 4096


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
        if len(self._letters) ** self.k > _MAX_ALPHABET:
            return None
        return list(map("".join, product(self._letters, repeat=self.k)))

    def _position(self, preceding: list[Any]) -> int:
        return self.stride * len(preceding)

    def _split(self, sequences: list[Any]) -> Tokens:
        text, offsets = self._join_symbols(sequences, self._letters)
        if self.ambiguous == "error":
            remedy = 'correct it, or set ambiguous="unknown" or "keep" to accept it'
            refuse_letters(text, offsets, AMBIGUOUS_NUCLEOTIDES, remedy)
        if self.unknown == "error" and self.k > 1:
            require_letters(text, offsets, self._letters)
        lengths = np.diff(offsets)
        remainders = np.where(lengths < self.k, lengths, (lengths - self.k) % self.stride)
        if remainders.any():
            row = int(np.argmax(remainders > 0))
            raise InvalidSequenceError(
                f"row {row} of X has {lengths[row]} nucleotides, of which the last {remainders[row]}, from "
                f"position {lengths[row] - remainders[row]} on, fill no {self.k}-mer at stride "
                f"{self.stride}: trim the sequence, or choose another k or stride"
            )
        return split_kmers(text, offsets, self._letters, self.k, self.stride)

    def _join(self, tokens: list[Any]) -> str:
        if self.stride > self.k:
            raise ValueError(
                f"inverse_transform needs stride <= k: with stride={self.stride} and k={self.k} the "
                "nucleotides between two tokens are lost"
            )
        if not self.tokens_overlap:
            return "".join(tokens)
        unknown = self._unknown_text()
        symbols = list(unknown[: self.k * len(tokens[:1])] + UNKNOWN_SYMBOL * self.stride * (len(tokens) - 1))
        for i, token in enumerate(tokens):
            if token != unknown:  # what one k-mer doesn't tell, its neighbour may
                symbols[self.stride * i : self.stride * i + self.k] = token
        return "".join(symbols)


def split_kmers(
    text: bytes, offsets: np.ndarray, letters: str, k: int, stride: int, first: int = 0
) -> Tokens:
    """Cut nucleotides into k-mers, never across the border of two sequences.

    Parameters
    ----------
    text : bytes of length n_total
        Sequences, one behind the other.
    offsets : ndarray of shape (n_sequences + 1,), dtype int64
    letters : str
        The letters that k-mers are made of; in any other case than given, and
        with U for T.
    k, stride : int
    first : int, default=0
        Where in its sequence the first k-mer begins.

    Returns
    -------
    Tokens
        A k-mer with another letter is named ``"<unknown>"``.
    """
    if k == stride == 1 and first == 0:
        return Tokens(np.frombuffer(text, np.uint8), _READ_AS, offsets)
    base = len(letters) + 1
    digit_of = bytes(letters.find(letter) % base for letter in _READ_AS).ljust(256, b"\0")
    digits = np.frombuffer(text.translate(digit_of), np.uint8)
    # The number of the k-mer that begins at each place: its letters are the digits, the last letter the units
    kmers = np.zeros(max(len(digits) - k + 1, 0), dtype=np.min_scalar_type(base**k - 1))
    for i in range(k):
        kmers *= base
        kmers += digits[i : i + len(kmers)]
    lengths = np.diff(offsets) - first
    counts = np.where(lengths < k, 0, (lengths - k) // stride + 1)
    begins = offsets[:-1] + first
    ends = begins + stride * counts
    pieces = [kmers[begin:end:stride] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    strided = Sequences.from_lengths(np.concatenate(pieces), counts)
    if len(letters) ** k <= _MAX_ALPHABET:
        return Tokens(strided.values, _kmer_names(letters, k), strided.offsets)
    distinct, codes = number_distinct(strided.values, base**k)
    places = distinct.astype(np.int64)[:, None] // base ** np.arange(k - 1, -1, -1) % base
    names = np.array([*letters, _OTHER])[places].view(f"U{k}").ravel().tolist()
    return Tokens(codes, _hide_others(names), strided.offsets)


@lru_cache(maxsize=16)
def _kmer_names(letters: str, k: int) -> list[str]:
    return _hide_others(map("".join, product(letters + _OTHER, repeat=k)))


def _hide_others(names: Iterable[str]) -> list[str]:
    return [SPECIAL_TOKENS[UNKNOWN] if _OTHER in name else name for name in names]


def refuse_letters(text: bytes, offsets: np.ndarray, letters: str, remedy: str) -> None:
    """Raise an error at the first of the given letters, in either case."""
    mark = bytes(read in letters for read in _READ_AS).ljust(256, b"\0")
    index = text.translate(mark).find(1)
    if index >= 0:
        row, position = place_of(index, offsets)
        raise InvalidSequenceError(
            f"row {row}, position {position} of X is {chr(text[index])!r}, which is not one of "
            f"A, C, G, T and U: {remedy}"
        )


def require_letters(text: bytes, offsets: np.ndarray, letters: str) -> None:
    """Raise an error at the first letter but the given ones."""
    others = "".join(set(_READ_AS) - set(letters))
    remedy = 'correct it, or set unknown="token" to give it the id of unknown tokens'
    refuse_letters(text, offsets, others, remedy)
