"""Amino acids."""

from typing import Any

import numpy as np

from ..parameters import with_parameters
from .base import SequenceTokenizer
from .tokens import Tokens, join_ascii

__all__ = ["ProteinTokenizer"]

_AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY" + "UO" + "BZJX" + "*-"

_UPPER = [chr(code).upper() for code in range(128)]


@with_parameters
class ProteinTokenizer(SequenceTokenizer):
    """Turn proteins into ids of amino acids.

    The alphabet is that of the 20 amino acids, selenocysteine U and pyrrolysine
    O, the ambiguous B (D or N), Z (E or Q), J (I or L) and X (any), the stop
    ``*`` and the gap ``-``. Lower case is read as upper case.

    Parameters
    ----------
    unknown : {"token", "error"}
        What to do with any other character: give it the id 1, or raise an
        error.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        Dictionary from letter to id: all 28, whatever the data, unless
        `min_frequency` or `max_tokens` ask for counts.
    n_tokens_ : int
        Number of ids, the four special ones included.
    sequence_type_ : str
        Always "string".

    Raises
    ------
    InvalidSequenceError
        A character isn't ASCII, or refused by `unknown`.

    See Also
    --------
    CodonTokenizer : The DNA that codes for a protein.

    Notes
    -----
    `inverse_transform` writes upper case, and X for an unknown character.

    References
    ----------
    .. [1] IUPAC-IUB Joint Commission on Biochemical Nomenclature,
       "Nomenclature and symbolism for amino acids and peptides", European
       Journal of Biochemistry 138 (1984) 9-37.

    Examples
    --------
    >>> from seqestimators import ProteinTokenizer
    >>> tokenizer = ProteinTokenizer()
    >>> ids = tokenizer.fit_transform(["MKL*", "ma"])
    >>> ids[1]
    array([18,  6])
    >>> list(tokenizer.inverse_transform(ids))
    ['MKL*', 'MA']
    """

    _reads_lists = False

    def _unknown_text(self) -> str:
        return "X"

    def _alphabet(self) -> list[str] | None:
        return list(_AMINO_ACIDS)

    def _split(self, sequences: list[Any]) -> Tokens:
        text, offsets = join_ascii(sequences)
        return Tokens(np.frombuffer(text, np.uint8), _UPPER, offsets)
