"""Tokens that a regular expression describes."""

import re
from typing import Any

from ..domain import UNKNOWN_SYMBOL
from ..exceptions import InvalidSequenceError
from ..parameters import parameter, with_parameters
from ..sequences import shorten
from .base import SequenceTokenizer
from .tokens import Tokens

__all__ = ["RegexTokenizer"]


@with_parameters
class RegexTokenizer(SequenceTokenizer):
    r"""Turn strings into ids of the matches of a regular expression.

    The matches, one behind the other, are the string: a symbol that none of
    them holds is an error, and never left out.

    Parameters
    ----------
    pattern : str
        Regular expression of one token, as module :mod:`re` reads it; the
        whole match counts, whatever groups it has. Of alternatives the first
        that matches is taken. Flags stand in it: ``(?i)``.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        Dictionary from token to id.
    n_tokens_ : int
        Number of ids, the four special ones included.
    sequence_type_ : str
        Always "string".

    Raises
    ------
    InvalidSequenceError
        The pattern doesn't match a symbol, or a token is unknown under
        ``unknown="error"``; the message names row and position.
    ValueError
        The pattern is no regular expression.

    See Also
    --------
    WordTokenizer : Words between blanks.
    SmilesTokenizer : Atoms and bonds, many times faster than a pattern.

    Notes
    -----
    End the pattern with ``|(?s:.)`` to make each symbol that nothing else
    matches a token of its own.

    Examples
    --------
    >>> from seqestimators import RegexTokenizer
    >>> tokenizer = RegexTokenizer(r"\w+|\W")
    >>> ids = tokenizer.fit_transform(["to be, or not"])
    >>> tokenizer.tokenize(["to be, or not"])[0]
    ['to', ' ', 'be', ',', ' ', 'or', ' ', 'not']
    >>> list(tokenizer.inverse_transform(ids))
    ['to be, or not']
    """

    pattern: str = parameter(constraints=[str], kw_only=False)

    _reads_lists = False

    def _position(self, preceding: list[Any]) -> int:
        return sum(map(len, preceding))

    def _split(self, sequences: list[Any]) -> Tokens:
        try:
            pattern = re.compile(self.pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"pattern={self.pattern!r} is no regular expression: {error}") from None
        return Tokens.from_lists(self._cut(pattern, row, text) for row, text in enumerate(sequences))

    def _cut(self, pattern: re.Pattern[str], row: int, text: str) -> list[str]:
        """The tokens of one string."""
        tokens, begin = [], 0
        for piece in split_at_unknown(text):
            if piece == UNKNOWN_SYMBOL:
                found = [piece]
            else:
                found = [match[0] for match in pattern.finditer(piece) if match[0]]
                if sum(map(len, found)) < len(piece):
                    self._refuse(pattern, row, begin, piece)
            tokens += found
            begin += len(piece)
        return tokens

    def _refuse(self, pattern: re.Pattern[str], row: int, begin: int, piece: str) -> None:
        end = 0
        for match in pattern.finditer(piece):
            if match.start() > end:
                break
            end = match.end()
        raise InvalidSequenceError(
            f"row {row}, position {begin + end} of X is {piece[end]!r}, which no match of the pattern "
            f"{shorten(self.pattern)} holds: end the pattern with |(?s:.) to make each other symbol a "
            "token, or take it out of the sequence"
        )


def split_at_unknown(text: str) -> list[str]:
    """Cut a string before and behind each symbol that stands for an unknown token."""
    if UNKNOWN_SYMBOL not in text:
        return [text] if text else []
    return [piece for piece in re.split(f"({UNKNOWN_SYMBOL})", text) if piece]
