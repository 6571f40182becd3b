"""Whose token ids these are: memory of ids remembers the vocabulary that made them."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..exceptions import InvalidSequenceError
from .ids import UNKNOWN

__all__ = [
    "Fingerprint",
    "Unknown",
    "fingerprint_of",
    "mark",
    "remember_unknown",
    "symbol_at",
    "unknown_symbols",
]


class Fingerprint(NamedTuple):
    """What tells one vocabulary from another.

    A tokenizer gives it to its ids, and the ids keep it in lists, arrays and
    data frames, through indexing and joining, and in the file of an array that
    a tokenizer has returned. What is computed from ids has none.

    Parameters
    ----------
    digest : str
        Equal for vocabularies of the same tokens in the same order, and for no
        others.
    n_tokens : int
        Number of ids, the special ones included.
    tokenizer : str
        Name of the class that made the ids, for messages.

    Examples
    --------
    >>> from seqestimators import SequenceTokenizer
    >>> from seqestimators.sequences import read_sequences
    >>> ids = SequenceTokenizer().fit_transform(["abba", "cab"])
    >>> str(read_sequences(ids[1:]).fingerprint)
    'a SequenceTokenizer of 7 ids'
    >>> read_sequences([row + 1 for row in ids]).fingerprint is None
    True
    """

    digest: str
    n_tokens: int
    tokenizer: str

    @classmethod
    def of(cls, tokens: Iterable[Any], tokenizer: str) -> "Fingerprint":
        """Make the fingerprint of a vocabulary.

        Parameters
        ----------
        tokens : iterable of hashable
            The token of each id, the special ones included.
        tokenizer : str
            Name of the class that makes the ids.

        Returns
        -------
        Fingerprint
        """
        names = [repr(token.item() if isinstance(token, np.generic) else token) for token in tokens]
        digest = hashlib.blake2b("\0".join(names).encode(errors="surrogatepass"), digest_size=16)
        return cls(digest.hexdigest(), len(names), tokenizer)

    def agrees(self, other: "Fingerprint | None") -> bool:
        """Return whether ids of the other may be the same tokens: those of no known vocabulary may.

        Parameters
        ----------
        other : Fingerprint or None

        Returns
        -------
        bool
        """
        return other is None or self.digest == other.digest

    def __str__(self) -> str:
        return f"a {self.tokenizer} of {self.n_tokens} ids"


class Unknown(NamedTuple):
    """The symbols in marked ids that have no id of their own.

    Parameters
    ----------
    places : ndarray of shape (n_unknown,), dtype int64
        Where the id UNKNOWN stands, in ascending order.
    codes : ndarray of shape (n_unknown,), dtype int
        For each, the index of its symbol.
    names : list
        The symbols.
    """

    places: np.ndarray
    codes: np.ndarray
    names: Sequence[Any]


class _Memory:
    """The owner of marked ids, which every view of them leads back to."""

    def __init__(self, ids: np.ndarray, fingerprint: Fingerprint):
        self.ids = ids
        self.fingerprint = fingerprint
        self.unknown: Unknown | None = None
        self.__array_interface__ = ids.__array_interface__


def mark(ids: np.ndarray, fingerprint: Fingerprint | None) -> np.ndarray:
    """Return a view of ids which, and whose views, know their vocabulary; the same ids if it is None."""
    return ids if fingerprint is None else np.asarray(_Memory(ids, fingerprint))


def fingerprint_of(arrays: Iterable[np.ndarray]) -> Fingerprint | None:
    """Return the one vocabulary that made all ids, or None if any have an unknown origin.

    Parameters
    ----------
    arrays : iterable of ndarray
        Rows of ids, or one matrix of them; empty ones don't count.

    Returns
    -------
    Fingerprint or None

    Raises
    ------
    InvalidSequenceError
        Two vocabularies have made them.
    """
    # the rows that a tokenizer returns are views of one array: there are few owners
    owners = {id(array.base): (row, array.base) for row, array in enumerate(arrays) if array.size}
    found: list[tuple[int, Fingerprint | None]] = [(row, _mark_of(base)) for row, base in owners.values()]
    if not found or any(fingerprint is None for _, fingerprint in found):
        return None
    first = found[0][1]
    for row, fingerprint in found:
        if not fingerprint.agrees(first):  # type: ignore[union-attr]
            raise InvalidSequenceError(
                f"row {row} of X holds ids of {fingerprint}, but rows before it those of {first}: the same "
                "id stands for different tokens. Transform all rows with one tokenizer"
            )
    return first


def remember_unknown(row: np.ndarray, unknown: Unknown) -> None:
    """Let the marked ids of which a row is a view remember the symbols that have no id."""
    memory = _memory_of(row)
    if memory is not None:
        memory.unknown = unknown


def unknown_symbols(row: Any) -> list[Any] | None:
    """Return the symbols of the unknown tokens of a row of ids, in order.

    Parameters
    ----------
    row : ndarray of shape (length,), dtype int64, or another sequence of ids

    Returns
    -------
    list or None
        One for each id UNKNOWN; None where no tokenizer has left any.
    """
    memory = _memory_of(row)
    if memory is None or memory.unknown is None or row.strides != memory.ids.strides:
        return None
    places, codes, names = memory.unknown
    begin = (_address_of(row) - _address_of(memory.ids)) // memory.ids.itemsize
    own = slice(*np.searchsorted(places, [begin, begin + len(row)]))
    return [names[code] for code in codes[own].tolist()]


def symbol_at(row: Any, ids: np.ndarray, position: int) -> Any:
    """Return what an id stands for: the symbol of an unknown token, where it is known, else the id.

    Parameters
    ----------
    row : object
        The ids as they were given, by a tokenizer or otherwise.
    ids : ndarray of shape (length,), dtype int64
        The same, perhaps without padding and what marks the ends.
    position : int
        Where in `ids` it stands.
    """
    if isinstance(row, np.ndarray) and row.dtype == object and row.shape == (1,):  # of a column
        row = row[0]
    symbols = unknown_symbols(row) if ids[position] == UNKNOWN else None
    return symbols[(ids[:position] == UNKNOWN).sum()] if symbols else ids[position].item()


def _address_of(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def _memory_of(owner: Any) -> "_Memory | None":
    while isinstance(owner, np.ndarray):
        owner = owner.base
    return owner if isinstance(owner, _Memory) else None


def _mark_of(owner: Any) -> Fingerprint | None:
    memory = _memory_of(owner)
    return None if memory is None else memory.fingerprint
