"""Codons: triplets of nucleotides in a reading frame."""

from itertools import product
from typing import Any

import numpy as np

from .._sklearn import Integral, Options, StrOptions
from ..domain import NUCLEOTIDES, READ_AS, UNKNOWN_SYMBOL
from ..exceptions import InvalidSequenceError
from ..parameters import parameter, with_parameters
from ._kmers import require_letters, split_kmers
from .base import SequenceTokenizer
from .tokens import Tokens

__all__ = ["CodonTokenizer"]


@with_parameters
class CodonTokenizer(SequenceTokenizer):
    """Turn coding DNA or RNA into ids of its 64 codons.

    Lower case is read as upper case and U as T; blanks and line ends are taken
    off both ends of a sequence.

    Parameters
    ----------
    frame : {0, 1, 2}
        Number of nucleotides before the first codon. They are left out.
    partial : {"error", "drop"}
        What to do with one or two nucleotides behind the last codon: refuse
        the sequence, or leave them out.
    unknown : {"token", "error"}
        What to do with a codon that holds another letter than A, C, G, T and
        U: give it the id 1, or raise an error.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        Dictionary from codon to id: all 64, whatever the data, unless
        `min_frequency` or `max_tokens` ask for counts.
    n_tokens_ : int
        Number of ids, the four special ones included.
    sequence_type_ : str
        Always "string".

    Raises
    ------
    InvalidSequenceError
        A character is a blank or line end within a sequence, or not ASCII, or
        refused by `unknown`; or a sequence doesn't end with a whole codon and
        ``partial="error"``.

    Warns
    -----
    UnknownSymbolsWarning
        Most letters of a sequence are unknown, N not counted: it may be a
        protein.

    See Also
    --------
    DNATokenizer : Single nucleotides, or k-mers at any stride.

    Notes
    -----
    `inverse_transform` writes upper case and T, and replacement characters for
    what is lost: three for an unknown codon, and one for each nucleotide
    before the first codon with ``frame > 0``.

    Examples
    --------
    >>> from seqestimators import CodonTokenizer
    >>> tokenizer = CodonTokenizer()
    >>> ids = tokenizer.fit_transform(["ATGAAATAA", "augnnn"])
    >>> ids[0], ids[1]
    (array([18,  4, 52]), array([18,  1]))
    >>> list(tokenizer.inverse_transform(ids))
    ['ATGAAATAA', 'ATG���']
    """

    frame: int = parameter(default=0, constraints=[Options(Integral, {0, 1, 2})])
    partial: str = parameter(default="error", constraints=[StrOptions({"error", "drop"})])

    _reads_lists = False
    _kind = "dna"

    def _join(self, tokens: list[Any]) -> str:
        return UNKNOWN_SYMBOL * self.frame * bool(tokens) + "".join(tokens)

    def _unknown_text(self) -> str:
        return UNKNOWN_SYMBOL * 3

    def _alphabet(self) -> list[str] | None:
        return list(map("".join, product(NUCLEOTIDES, repeat=3)))

    def _position(self, preceding: list[Any]) -> int:
        return self.frame + 3 * len(preceding)

    def _split(self, sequences: list[Any]) -> Tokens:
        text, offsets = self._join_symbols(sequences, NUCLEOTIDES)
        if self.unknown == "error":
            require_letters(text, offsets, NUCLEOTIDES, READ_AS["dna"], "A, C, G, T and U")
        lengths = np.diff(offsets)
        remainders = np.where(lengths < self.frame, lengths, (lengths - self.frame) % 3)
        if self.partial == "error" and remainders.any():
            row = int(np.argmax(remainders > 0))
            raise InvalidSequenceError(
                f"row {row} of X has {lengths[row]} nucleotides, of which the last {remainders[row]}, from "
                f"position {lengths[row] - remainders[row]} on, fill no codon in frame {self.frame}: trim "
                'the sequence, choose another frame, or set partial="drop" to leave them out'
            )
        return split_kmers(text, offsets, NUCLEOTIDES, READ_AS["dna"], 3, 3, first=self.frame)
