"""Amino acids."""

from typing import Any

import numpy as np

from ..domain import AMINO_ACIDS, READ_AS
from ..parameters import with_parameters
from .base import SequenceTokenizer
from .tokens import Tokens

__all__ = ["ProteinTokenizer"]


@with_parameters
class ProteinTokenizer(SequenceTokenizer):
    """Turn proteins into ids of amino acids.

    The alphabet is that of the 20 amino acids, selenocysteine U and pyrrolysine
    O, the ambiguous B (D or N), Z (E or Q), J (I or L) and X (any), the stop
    ``*`` and the gap ``-``. Lower case is read as upper case; blanks and line
    ends are taken off both ends of a sequence.

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
        A character is a blank or line end within a sequence, or not ASCII, or
        refused by `unknown`.

    Warns
    -----
    UnknownSymbolsWarning
        Most letters of a sequence are unknown; or a thousand letters or more
        are none but nucleotides: it may be DNA.

    See Also
    --------
    CodonTokenizer : The DNA that codes for a protein.

    Notes
    -----
    `inverse_transform` writes upper case, and the replacement character for an
    unknown one.

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
    _kind = "protein"

    def _alphabet(self) -> list[str] | None:
        return list(AMINO_ACIDS)

    def _split(self, sequences: list[Any]) -> Tokens:
        text, offsets = self._join_symbols(sequences, AMINO_ACIDS)
        return Tokens(np.frombuffer(text, np.uint8), READ_AS["protein"], offsets)
