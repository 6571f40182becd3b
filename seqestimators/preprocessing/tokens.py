"""Sequences cut into tokens: what the hook of a tokenizer returns."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..exceptions import InvalidSequenceError
from ..sequences import SPECIAL_TOKENS, UNKNOWN, Sequences, is_missing, object_array, offsets_of, place_of

__all__ = ["Tokens", "number_distinct"]

# So many bytes are translated at once: they stay in the processor's cache.
_BLOCK = 2**17

_ASCII_CHARACTERS = [chr(code) for code in range(128)]


@dataclass(frozen=True, eq=False)
class Tokens:
    """The tokens of many sequences, one behind the other.

    Parameters
    ----------
    codes : ndarray of shape (n_total,), dtype int
        Token `i` is ``names[codes[i]]``. Several codes may have one name.
    names : list of hashable
        The distinct tokens. Names that no code uses are harmless; a token
        named ``"<unknown>"`` is never learned.
    offsets : ndarray of shape (n_sequences + 1,), dtype int64
        The tokens of sequence `i` are ``codes[offsets[i]:offsets[i + 1]]``.

    Examples
    --------
    >>> from seqestimators.preprocessing import Tokens
    >>> tokens = Tokens.from_lists([["the", "cat"], ["the", "end"]])
    >>> tokens.codes
    array([0, 1, 0, 2])
    >>> tokens.names
    ['the', 'cat', 'end']
    """

    codes: np.ndarray
    names: Sequence[Any]
    offsets: np.ndarray

    @classmethod
    def from_lists(cls, lists: Iterable[Iterable[Any]]) -> "Tokens":
        """Number the items of lists.

        Parameters
        ----------
        lists : iterable of iterables of hashable
            The tokens of every sequence.

        Returns
        -------
        Tokens

        Raises
        ------
        InvalidSequenceError
            An item is missing (None, NaN, NA), or has the name of a special token
            other than ``"<unknown>"``, which is read as an unknown one.
        TypeError
            An item isn't hashable.
        """
        rows = [list(items) for items in lists]
        code_of: dict[Any, int] = {}
        try:
            codes = [code_of.setdefault(item, len(code_of)) for items in rows for item in items]
        except TypeError:
            row, position, item = next(
                (row, position, item)
                for row, items in enumerate(rows)
                for position, item in enumerate(items)
                if getattr(item, "__hash__", None) is None
            )
            raise TypeError(
                f"row {row}, position {position} of X is a {type(item).__name__}, which can't be a token: "
                "use strings, numbers or tuples"
            ) from None
        tokens = cls(np.array(codes, dtype=np.int64), list(code_of), offsets_of(rows))
        for code, name in enumerate(tokens.names):
            if is_missing(name):
                reason = f"missing ({name!r}): leave it out"
            elif isinstance(name, str) and name in SPECIAL_TOKENS and name != SPECIAL_TOKENS[UNKNOWN]:
                reason = (
                    f"{name!r}, the name of a special token: rename it, or set add_bos or add_eos for ends"
                )
            else:
                continue
            row, preceding = tokens.place(codes.index(code))
            raise InvalidSequenceError(f"row {row}, position {len(preceding)} of X is {reason}")
        return tokens

    @classmethod
    def from_characters(cls, strings: Sequence[str]) -> "Tokens":
        """Cut strings into characters (code points).

        Parameters
        ----------
        strings : list of str

        Returns
        -------
        Tokens
        """
        joined = "".join(strings)
        offsets = offsets_of(strings)
        if joined.isascii():
            return cls(np.frombuffer(joined.encode("ascii"), np.uint8), _ASCII_CHARACTERS, offsets)
        points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        distinct, codes = number_distinct(points, sys.maxunicode + 1)
        return cls(codes, list(map(chr, distinct.tolist())), offsets)

    def count(self) -> dict[Any, int]:
        """Count the tokens.

        Returns
        -------
        dict
            How often each name occurs; only those that do.
        """
        counts: dict[Any, int] = {}
        for name, count in zip(
            self.names, np.bincount(self.codes, minlength=len(self.names)).tolist(), strict=True
        ):
            if count:
                counts[name] = counts.get(name, 0) + count
        return counts

    def replace(self, number_of_name: Sequence[int] | np.ndarray) -> np.ndarray:
        """Put a number in the place of every token.

        Parameters
        ----------
        number_of_name : sequence of int
            The number of each of `names`.

        Returns
        -------
        ndarray of shape (n_total,), dtype int64
        """
        table = np.asarray(number_of_name, dtype=np.int64)
        translation = None
        if self.codes.dtype == np.uint8 and table.min() >= 0 and table.max() <= 255:
            # bytes.translate is several times faster than indexing with an array
            translation = table.astype(np.uint8).tobytes().ljust(256, b"\0")
        numbers = np.empty(len(self.codes), dtype=np.int64)
        for begin in range(0, len(numbers), _BLOCK):
            block = self.codes[begin : begin + _BLOCK]
            numbers[begin : begin + _BLOCK] = (
                table[block]
                if translation is None
                else np.frombuffer(block.tobytes().translate(translation), np.uint8)
            )
        return numbers

    def to_lists(self) -> np.ndarray:
        """Return the names of the tokens of every sequence.

        Returns
        -------
        ndarray of shape (n_sequences,), dtype object
            Lists.
        """
        rows = Sequences(self.codes, self.offsets)
        return object_array(([self.names[code] for code in row.tolist()] for row in rows), len(rows))

    def place(self, index: int) -> tuple[int, list[Any]]:
        """Row of a token, and the tokens before it in that row.

        Parameters
        ----------
        index : int
            Index into `codes`.

        Returns
        -------
        row : int
        preceding : list of hashable
        """
        row, _ = place_of(index, self.offsets)
        return row, [self.names[code] for code in self.codes[self.offsets[row] : index]]


def number_distinct(values: np.ndarray, bound: int) -> tuple[np.ndarray, np.ndarray]:
    """Number the distinct ones among non-negative integers.

    Parameters
    ----------
    values : ndarray of shape (n_values,), integer dtype
    bound : int
        Greater than every value.

    Returns
    -------
    distinct : ndarray of shape (n_distinct,)
        Sorted.
    numbers : ndarray of shape (n_values,), integer dtype
        Where each value stands in `distinct`.
    """
    if bound > max(2**22, 4 * len(values)):
        return np.unique(values, return_inverse=True)
    # a table of all possible values takes a pass over the data where sorting takes log(n)
    occurs = np.zeros(bound, dtype=bool)
    occurs[values] = True
    distinct = np.flatnonzero(occurs)
    number_of = np.zeros(bound, dtype=np.uint32)
    number_of[distinct] = np.arange(len(distinct))
    return distinct, number_of[values]
