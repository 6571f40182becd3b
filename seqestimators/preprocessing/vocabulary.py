"""The table between tokens and ids."""

from collections.abc import Collection, Iterable
from typing import Any, Self

from ..sequences import SPECIAL_TOKENS, shorten

__all__ = ["Vocabulary", "sort_tokens"]


class Vocabulary(dict[Any, int]):
    """Dictionary from token to id.

    The special tokens come first, at ids that never change; all others follow
    in sorted order, so that ids don't depend on the order of the data.

    Parameters
    ----------
    tokens : iterable of hashable
        Tokens besides the special ones, in any order.

    Attributes
    ----------
    tokens : list
        The token of each id, the special ones included.

    Raises
    ------
    ValueError
        A token occurs twice.
    TypeError
        A token isn't hashable.

    Examples
    --------
    >>> from seqestimators.preprocessing import Vocabulary
    >>> vocabulary = Vocabulary("TACG")
    >>> vocabulary["A"], vocabulary["T"], vocabulary["<pad>"]
    (4, 7, 0)
    >>> vocabulary.tokens[4:]
    ['A', 'C', 'G', 'T']
    """

    def __init__(self, tokens: Iterable[Any] = ()) -> None:
        tokens = [token for token in tokens if not (isinstance(token, str) and token in SPECIAL_TOKENS)]
        for token in tokens:
            if getattr(token, "__hash__", None) is None:
                raise TypeError(
                    f"the vocabulary holds {shorten(token)}, which is no token: give strings, numbers "
                    "or tuples"
                )
        super().__init__((token, i) for i, token in enumerate([*SPECIAL_TOKENS, *sort_tokens(tokens)]))
        if len(self) < len(SPECIAL_TOKENS) + len(tokens):
            twice = next(token for i, token in enumerate(tokens) if token in tokens[:i])
            raise ValueError(f"the vocabulary holds {twice!r} twice: list every token once")

    @classmethod
    def of_frequent(cls, counts: dict[Any, int], min_frequency: int, max_tokens: int | None) -> Self:
        """Make a vocabulary of the tokens that occur often enough.

        Parameters
        ----------
        counts : dict
            How often each token occurs.
        min_frequency : int
            Least number of times.
        max_tokens : int or None
            Greatest number of tokens; the first in sorted order among equals stay.

        Returns
        -------
        Vocabulary
        """
        known = {token for token in counts if counts[token] >= min_frequency} - set(SPECIAL_TOKENS)
        by_frequency = sorted(sort_tokens(known), key=counts.__getitem__, reverse=True)  # which is stable
        return cls(by_frequency[:max_tokens])

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.tokens[len(SPECIAL_TOKENS) :],)

    @property
    def tokens(self) -> list[Any]:
        """The token of each id, the special ones included."""
        return list(self)

    @classmethod
    def read(cls, vocabulary: Iterable[Any]) -> Self:
        """Make a vocabulary of the `vocabulary` parameter of a tokenizer.

        Parameters
        ----------
        vocabulary : iterable of hashable, or dict
            Tokens, or the `vocabulary_` of another tokenizer.

        Returns
        -------
        Vocabulary
            Of the same ids, where a dictionary gives ids.

        Raises
        ------
        ValueError
            The ids of a dictionary aren't those that its tokens get here.
        """
        if getattr(vocabulary, "ndim", 1) != 1:
            raise ValueError(f"the vocabulary has the shape {vocabulary.shape}, but must be a list of tokens")  # type: ignore[attr-defined]
        read = cls(vocabulary)
        if isinstance(vocabulary, dict) and vocabulary != read:
            wrong = next(token for token in read if vocabulary.get(token) != read[token])
            raise ValueError(
                f"the vocabulary gives {wrong!r} the id {vocabulary.get(wrong)}, not {read[wrong]}: special "
                f"tokens {SPECIAL_TOKENS} come first, the others sorted. Give the vocabulary_ of a fitted "
                "tokenizer, or a list of tokens, which get their ids here"
            )
        return read


def sort_tokens(tokens: Collection[Any]) -> list[Any]:
    """Sort tokens; those of several types by the name of the type first."""
    try:
        return sorted(tokens)
    except TypeError:
        return sorted(tokens, key=lambda token: (type(token).__name__, repr(token)))


def find_foreign(vocabulary: Vocabulary, alphabet: list[str] | None, of_strings: bool) -> list[Any]:
    """Return the tokens that are never made: those beyond an alphabet or, of strings, what is no string."""
    tokens = vocabulary.tokens[len(SPECIAL_TOKENS) :]
    if alphabet is not None:
        known = set(alphabet)
        return [token for token in tokens if token not in known]
    return [token for token in tokens if of_strings and not isinstance(token, str)]
