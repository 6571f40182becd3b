"""Words between blanks."""

from typing import Any

from ..parameters import with_parameters
from .base import SequenceTokenizer
from .tokens import Tokens

__all__ = ["WordTokenizer"]


@with_parameters
class WordTokenizer(SequenceTokenizer):
    r"""Turn text into ids of the words that blanks separate.

    Case and punctuation stay as they are: "sat." is another word than "sat".

    Attributes
    ----------
    vocabulary_ : Vocabulary
        Dictionary from word to id.
    n_tokens_ : int
        Number of ids, the four special ones included.
    sequence_type_ : str
        Always "string".

    Raises
    ------
    InvalidSequenceError
        A word is unknown under ``unknown="error"``; the message names row and
        position, in words.

    See Also
    --------
    RegexTokenizer : With ``r"\w+|\W"``, punctuation and blanks are tokens too.
    SequenceTokenizer : Reads lists of words.

    Notes
    -----
    `inverse_transform` writes one blank between two words, whatever blanks
    and line ends there were.

    Examples
    --------
    >>> from seqestimators import WordTokenizer
    >>> tokenizer = WordTokenizer()
    >>> ids = tokenizer.fit_transform(["the cat sat", "the  end"])
    >>> ids[1]
    array([7, 5])
    >>> list(tokenizer.inverse_transform(ids))
    ['the cat sat', 'the end']
    """

    _reads_lists = False

    def _split(self, sequences: list[Any]) -> Tokens:
        return Tokens.from_lists(map(str.split, sequences))

    def _join(self, tokens: list[Any]) -> str:
        return " ".join(tokens)
