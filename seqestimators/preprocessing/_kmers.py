"""Windows of k letters, of any alphabet."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from ..domain import UNKNOWN_SYMBOL
from ..exceptions import InvalidSequenceError
from ..sequences import SPECIAL_TOKENS, UNKNOWN, Sequences, place_of
from .tokens import Tokens, number_distinct

# So many k-mers are numbered in advance: 6-mers of 4 letters, 3-mers of 16.
_MAX_ALPHABET = 4096


def all_kmers(letters: str, k: int) -> list[str] | None:
    """Return all k-mers of an alphabet, or None where they are too many to know in advance."""
    if len(letters) ** k > _MAX_ALPHABET:
        return None
    return list(map("".join, product(letters, repeat=k)))


def split_kmers(
    text: bytes,
    offsets: np.ndarray,
    letters: str,
    read_as: Sequence[str],
    k: int,
    stride: int = 1,
    first: int = 0,
) -> Tokens:
    """Cut sequences into k-mers, never across the border of two sequences.

    Parameters
    ----------
    text : bytes of length n_total
        Sequences, one behind the other.
    offsets : ndarray of shape (n_sequences + 1,), dtype int64
    letters : str
        The letters that k-mers are made of.
    read_as : sequence of 128 str
        The letter that each byte is read as.
    k : int
    stride : int, default=1
        Number of letters from the start of one k-mer to the next.
    first : int, default=0
        Where in its sequence the first k-mer begins.

    Returns
    -------
    Tokens
        A k-mer with another letter is named ``"<unknown>"``.
    """
    if k == stride == 1 and first == 0:
        return Tokens(np.frombuffer(text, np.uint8), read_as, offsets)
    base = len(letters) + 1
    digit_of = bytes(letters.find(letter) % base for letter in read_as).ljust(256, b"\0")
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
    names = np.array([*letters, UNKNOWN_SYMBOL])[places].view(f"U{k}").ravel().tolist()
    return Tokens(codes, _hide_unknown(names), strided.offsets)


@lru_cache(maxsize=16)
def _kmer_names(letters: str, k: int) -> list[str]:
    return _hide_unknown(map("".join, product(letters + UNKNOWN_SYMBOL, repeat=k)))


def _hide_unknown(names: Iterable[str]) -> list[str]:
    return [SPECIAL_TOKENS[UNKNOWN] if UNKNOWN_SYMBOL in name else name for name in names]


def join_kmers(tokens: list[Any], k: int, stride: int = 1) -> str:
    """Put k-mers together again, at a stride of at most k.

    Parameters
    ----------
    tokens : list of str
        An unknown one is k replacement characters.
    k : int
    stride : int, default=1

    Returns
    -------
    str
        With a replacement character where no k-mer tells the letter.
    """
    if stride == k:
        return "".join(tokens)
    unknown = UNKNOWN_SYMBOL * k
    symbols = list(unknown[: k * len(tokens[:1])] + UNKNOWN_SYMBOL * stride * (len(tokens) - 1))
    for i, token in enumerate(tokens):
        if token != unknown:  # what one k-mer doesn't tell, its neighbour may
            symbols[stride * i : stride * i + k] = token
    return "".join(symbols)


def refuse_rests(offsets: np.ndarray, k: int, stride: int, letters: str) -> None:
    """Raise an error at the first sequence whose end fills no k-mer; `letters` says what it is made of."""
    if k == stride == 1:
        return
    lengths = np.diff(offsets)
    rests = np.where(lengths < k, lengths, (lengths - k) % stride)
    if rests.any():
        row = int(np.argmax(rests > 0))
        raise InvalidSequenceError(
            f"row {row} of X has {lengths[row]} {letters}, of which the last {rests[row]}, from "
            f"position {lengths[row] - rests[row]} on, fill no {k}-mer at stride "
            f"{stride}: trim the sequence, or choose another k or stride"
        )


def refuse_letters(
    text: bytes, offsets: np.ndarray, letters: str, read_as: Sequence[str], allowed: str, remedy: str
) -> None:
    """Raise an error at the first of the given letters; `allowed` names the others."""
    mark = bytes(read in letters for read in read_as).ljust(256, b"\0")
    index = text.translate(mark).find(1)
    if index >= 0:
        row, position = place_of(index, offsets)
        raise InvalidSequenceError(
            f"row {row}, position {position} of X is {chr(text[index])!r}, which is not one of "
            f"{allowed}: {remedy}"
        )


def require_letters(
    text: bytes, offsets: np.ndarray, letters: str, read_as: Sequence[str], allowed: str
) -> None:
    """Raise an error at the first letter but the given ones, which `allowed` names."""
    others = "".join(set(read_as) - set(letters))
    remedy = 'correct it, or set unknown="token" to give it the id of unknown tokens'
    refuse_letters(text, offsets, others, read_as, allowed, remedy)
