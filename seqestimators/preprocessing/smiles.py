"""Molecules as SMILES."""

from typing import Any

import numpy as np

from .._sklearn import StrOptions
from ..domain import READ_AS, UNKNOWN_SYMBOL, can_parse, join_symbols, normalize, parse_molecules
from ..parameters import parameter, with_parameters
from .base import SequenceTokenizer
from .tokens import Tokens

__all__ = ["SmilesTokenizer"]

_ELEMENTS = ("Br", "Cl", "Cr", "Si")  # of two letters, also outside of brackets


def _letter_masks(position: int) -> bytes:
    """For each byte, a bit for every element that has it as first or second letter."""
    masks = np.zeros(256, dtype=np.uint8)
    for bit, element in enumerate(_ELEMENTS):
        masks[ord(element[position])] |= 1 << bit
    return masks.tobytes()


_FIRST_LETTER, _SECOND_LETTER = _letter_masks(0), _letter_masks(1)


@with_parameters
class SmilesTokenizer(SequenceTokenizer):
    """Turn SMILES into ids of atoms, bonds, branches and rings.

    Blanks and line ends are taken off both ends of a SMILES. A blank within is
    an error: a name behind the SMILES, or the extensions of a CXSMILES, are no
    part of it.

    Parameters
    ----------
    scheme : {"atom", "character"}
        "atom" keeps bracket atoms (``[nH]``, ``[C@@H]``), elements of two
        letters and ring closures of several digits (``%12``, ``%(123)``)
        whole; "character" keeps Br, Cl, Si and Cr whole and cuts all else into
        characters, bracket atoms too.
    canonical : bool
        Whether to rewrite every SMILES into RDKit's canonical one first.
    stereo : bool
        Whether to keep stereochemistry. False has RDKit rewrite every SMILES
        without it; isotopes stay.

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
        A character is a blank, a line end or not ASCII; a token is unknown
        under ``unknown="error"``; or RDKit can't parse a SMILES that it is to
        rewrite.

    See Also
    --------
    SequenceTokenizer : Cuts strings into single characters.

    Notes
    -----
    The tokens of a SMILES put together are the SMILES: no character is lost,
    also in strings that are no valid SMILES. A bracket that isn't closed is a
    token by itself.

    References
    ----------
    .. [1] Weininger, D., "SMILES, a chemical language and information system",
       Journal of Chemical Information and Computer Sciences 28 (1988) 31-36.
    .. [2] Schwaller, P. et al., "Found in Translation: predicting outcomes of
       complex organic chemistry reactions using neural sequence-to-sequence
       models", Chemical Science 9 (2018) 6091-6098.

    Examples
    --------
    >>> from seqestimators import SmilesTokenizer
    >>> tokenizer = SmilesTokenizer()
    >>> ids = tokenizer.fit_transform(["C[C@@H](N)Cl", "Brc1cc[nH]c1"])
    >>> [tokenizer.vocabulary_.tokens[i] for i in ids[0]]
    ['C', '[C@@H]', '(', 'N', ')', 'Cl']
    >>> list(tokenizer.inverse_transform(ids))
    ['C[C@@H](N)Cl', 'Brc1cc[nH]c1']
    """

    scheme: str = parameter(default="atom", constraints=[StrOptions({"atom", "character"})])
    canonical: bool = parameter(default=False, constraints=["boolean"])
    stereo: bool = parameter(default=True, constraints=["boolean"])

    _reads_lists = False
    _kind = "smiles"

    def _position(self, preceding: list[Any]) -> int:
        return sum(map(len, preceding))

    @property
    def is_substitutable(self) -> bool:
        """False: most other tokens in the place of a bracket, ring or branch are no SMILES."""
        return False

    def _split(self, sequences: list[Any]) -> Tokens:
        if self.canonical or not self.stereo:
            remedy = "correct or drop it, or leave SMILES as they are (canonical=False, stereo=True)"
            sequences = normalize(sequences, self._kind)
            # What holds an unknown symbol comes from inverse_transform, and has been rewritten before
            is_done = [UNKNOWN_SYMBOL in one for one in sequences]
            to_parse = ["" if done else one for one, done in zip(sequences, is_done, strict=True)]
            molecules = parse_molecules(to_parse, remedy=remedy)
            sequences = [
                one if done else self._rewrite(molecule)
                for one, done, molecule in zip(sequences, is_done, molecules, strict=True)
            ]
        text, offsets = join_symbols(sequences, self._kind)
        symbols = np.frombuffer(text, np.uint8)
        continues = _continue_elements(text)
        if self.scheme == "atom":
            _continue_brackets(symbols, offsets, continues)
            _continue_ring_closures(symbols, offsets, continues)
        continues[offsets] = False  # no token reaches over the border of two sequences
        return _number_tokens(symbols, offsets, continues)

    def _normalize(self, sequences: list[Any], name: str) -> list[Any]:
        """As they are where RDKit can't rewrite them: what a network writes may be no molecule."""
        sequences = normalize(sequences, self._kind, name=name)
        if not self.canonical and self.stereo:
            return sequences
        return [self._rewrite(*parse_molecules([one])) if can_parse(one) else one for one in sequences]

    def _rewrite(self, molecule: Any) -> str:
        """The SMILES that RDKit writes."""
        from rdkit import Chem

        if not self.stereo:
            Chem.RemoveStereochemistry(molecule)
        return str(Chem.MolToSmiles(molecule, canonical=self.canonical))


def _continue_elements(text: bytes) -> np.ndarray:
    """Mark the second letter of elements. One place behind the text is marked or not, too."""
    first = np.frombuffer(text.translate(_FIRST_LETTER), np.uint8)
    second = np.frombuffer(text.translate(_SECOND_LETTER), np.uint8)
    continues = np.zeros(len(text) + 1, dtype=bool)
    continues[1:-1] = first[:-1] & second[1:]
    return continues


def _continue_brackets(symbols: np.ndarray, offsets: np.ndarray, continues: np.ndarray) -> None:
    r"""Mark all of a bracket atom but its "[".

    A "[" opens an atom if the next bracket behind it is a "]" of the same row
    and something stands between. As no atom holds another, this is what
    ``\[[^\[\]]+\]`` finds. Nor does an atom hold an unknown symbol, which stands
    for a whole token.
    """
    opens, closes = symbols == ord("["), symbols == ord("]")
    brackets = np.flatnonzero(opens | closes | (symbols < ord(" ")))
    opens, closes = opens[brackets], closes[brackets]
    row = np.searchsorted(offsets, brackets, side="right")
    is_atom = opens[:-1] & closes[1:] & (row[:-1] == row[1:]) & (np.diff(brackets) > 1)
    begins, lengths = brackets[:-1][is_atom] + 1, np.diff(brackets)[is_atom]
    continues[_ranges(begins, lengths)] = True


def _continue_ring_closures(symbols: np.ndarray, offsets: np.ndarray, continues: np.ndarray) -> None:
    """Mark the digits, and the brackets around them, of ``%12`` and ``%(123)``."""
    percents = np.flatnonzero(symbols == ord("%"))
    if not len(percents):
        return
    others = np.flatnonzero((symbols < ord("0")) | (symbols > ord("9")))
    row_ends = offsets[np.searchsorted(offsets, percents, side="right")]
    padded = np.append(symbols, np.zeros(2, np.uint8))
    in_brackets = padded[percents + 1] == ord("(")
    first_digits = percents + 1 + in_brackets
    # first place behind the digits
    next_other = np.searchsorted(others, first_digits)
    ends = np.minimum(others[next_other.clip(max=len(others) - 1)], row_ends)
    ends = np.where(next_other < len(others), ends, row_ends)
    is_short = ~in_brackets & (ends - first_digits >= 2)
    is_long = in_brackets & (ends > first_digits) & (ends < row_ends) & (padded[ends] == ord(")"))
    lengths = np.where(is_short, 2, np.where(is_long, ends - percents, 0))
    continues[_ranges(percents + 1, lengths)] = True


def _ranges(begins: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The indices begins[0], begins[0] + 1, ... of all ranges, one behind the other."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(begins - (ends - lengths), lengths)


def _number_tokens(symbols: np.ndarray, offsets: np.ndarray, continues: np.ndarray) -> Tokens:
    """Tokens of the symbols that continue none, each with those that continue it.

    Masks take a byte a symbol where the places of the tokens would take eight.
    """
    begins, goes_on = ~continues[:-1], continues[1:]
    codes = symbols[begins]  # a token of one character is its own code
    names = list(READ_AS["smiles"])
    longer = np.flatnonzero(goes_on[begins])
    if len(longer):
        codes = codes.astype(np.uint32)
        places = np.flatnonzero(begins & goes_on)
        lengths = np.flatnonzero(continues[:-1] & ~goes_on) + 1 - places
        for length in np.unique(lengths).tolist():
            chosen = lengths == length
            letters = symbols[places[chosen, None] + np.arange(length)]
            distinct, index = np.unique(letters.view(f"S{length}").ravel(), return_inverse=True)
            codes[longer[chosen]] = len(names) + index
            names += [token.decode("ascii") for token in distinct]
        if len(names) <= 256:
            codes = codes.astype(np.uint8)
    n_before = np.cumsum(begins, dtype=np.int32 if len(symbols) < 2**31 else np.int64)
    starts = np.where(offsets > 0, n_before[offsets - 1] if len(n_before) else 0, 0).astype(np.int64)
    return Tokens(codes, names, starts)
