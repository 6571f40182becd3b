"""Amino acids, their k-mers and groups."""

from collections.abc import Iterable
from typing import Any

from .._sklearn import Integral, Interval, StrOptions
from ..domain import AMINO_ACIDS, READ_AS, UNKNOWN_SYMBOL
from ..parameters import parameter, with_parameters
from ._kmers import all_kmers, join_kmers, refuse_rests, require_letters, split_kmers
from .base import SequenceTokenizer
from .tokens import Tokens

__all__ = ["ProteinTokenizer"]

ALPHABETS = {
    "murphy10": ("LVIM", "C", "A", "G", "ST", "P", "FYW", "EDNQ", "KR", "H"),
    "dayhoff6": ("AGPST", "C", "DENQ", "FWY", "HKR", "ILMV"),
    "hydropathy": ("IVLFCMAW", "GTSYPH", "RKQNED"),
}
"""Published reduced alphabets; the first letter of a group stands for it."""

_AMBIGUOUS = (("B", "D", "N"), ("Z", "E", "Q"), ("J", "I", "L"))


@with_parameters
class ProteinTokenizer(SequenceTokenizer):
    """Turn proteins into ids of amino acids, of groups of them, or of k-mers.

    The alphabet is that of the 20 amino acids, selenocysteine U and pyrrolysine
    O, the ambiguous B (D or N), Z (E or Q), J (I or L) and X (any), the stop
    ``*`` and the gap ``-``. Lower case is read as upper case; blanks and line
    ends are taken off both ends of a sequence.

    Parameters
    ----------
    k : int
        Number of amino acids in a token, 1 to 10; the next token begins one
        amino acid further.
    alphabet : {"murphy10", "dayhoff6", "hydropathy"}, list, dict or None
        Groups of amino acids that are read as one letter: "murphy10", ten
        groups [2]_; "dayhoff6", six by chemistry [3]_; "hydropathy", the
        hydrophobic (I), neutral (G) and hydrophilic (R) ones [4]_. A list of
        groups, ``["ILV", "DE"]``, calls each by its first letter; a
        dictionary gives the letter, ``{"1": "ILV", "2": "DE"}``. B, Z and J
        belong to the group that has both amino acids they may be; a letter of
        no group is unknown. None keeps all 28 letters apart.
    unknown : {"token", "error"}
        What to do with any other character: give it the id 1, or raise an
        error. A k-mer with an unknown letter is unknown as a whole.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        Dictionary from token to id: all 28 letters, or all groups, whatever
        the data. It holds the k-mers of the training data where there are
        more than 4096 k-mers, and what they have of the alphabet where
        `min_frequency` or `max_tokens` ask for counts.
    n_tokens_ : int
        Number of ids, the four special ones included.
    sequence_type_ : str
        Always "string".

    Raises
    ------
    InvalidSequenceError
        A character is a blank or line end within a sequence, or not ASCII, or
        refused by `unknown`; or a sequence is shorter than k.
    ValueError
        Two groups of `alphabet` have a letter in common, or one is empty or
        called by anything but one letter.

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
    `inverse_transform` writes upper case, the letter of a group for each of
    its amino acids, and the replacement character for an unknown one.

    References
    ----------
    .. [1] IUPAC-IUB Joint Commission on Biochemical Nomenclature,
       "Nomenclature and symbolism for amino acids and peptides", European
       Journal of Biochemistry 138 (1984) 9-37.
    .. [2] Murphy, L. R., A. Wallqvist, R. M. Levy, "Simplified amino acid
       alphabets for protein fold recognition and implications for folding",
       Protein Engineering 13 (2000) 149-152.
    .. [3] Dayhoff, M. O., R. M. Schwartz, B. C. Orcutt, "A model of
       evolutionary change in proteins", Atlas of Protein Sequence and
       Structure 5, suppl. 3 (1978) 345-352.
    .. [4] Pommié, C. et al., "IMGT standardized criteria for statistical
       analysis of immunoglobulin V-REGION amino acid properties", Journal of
       Molecular Recognition 17 (2004) 17-32.

    Examples
    --------
    >>> from seqestimators import ProteinTokenizer
    >>> tokenizer = ProteinTokenizer()
    >>> ids = tokenizer.fit_transform(["MKL*", "ma"])
    >>> ids[1]
    array([18,  6])
    >>> list(tokenizer.inverse_transform(ids))
    ['MKL*', 'MA']
    >>> ProteinTokenizer(k=3, alphabet="murphy10").tokenize(["MKWLS"])[0]
    ['LKF', 'KFL', 'FLS']
    """

    k: int = parameter(default=1, constraints=[Interval(Integral, 1, 10, closed="both")])
    alphabet: Any = parameter(default=None, constraints=[StrOptions(set(ALPHABETS)), list, tuple, dict, None])

    _reads_lists = False
    _kind = "protein"

    @property
    def tokens_overlap(self) -> bool:
        """Whether neighbouring tokens share amino acids: ``k > 1``."""
        return self.k > 1

    def _unknown_text(self) -> str:
        return UNKNOWN_SYMBOL * self.k

    def _letter_of(self) -> dict[str, str]:
        """What each letter that has a token is read as."""
        if self.alphabet is None:
            return dict(zip(AMINO_ACIDS, AMINO_ACIDS, strict=True))
        groups = ALPHABETS[self.alphabet] if isinstance(self.alphabet, str) else self.alphabet
        return _read_groups(groups)

    def _alphabet(self) -> list[str] | None:
        return all_kmers(_join_distinct(self._letter_of().values()), self.k)

    def _split(self, sequences: list[Any]) -> Tokens:
        letter_of = self._letter_of()
        text, offsets = self._join_symbols(sequences, AMINO_ACIDS + "".join(letter_of))
        letters = _join_distinct(letter_of.values())
        read_as = [letter_of.get(letter, letter) for letter in READ_AS["protein"]]
        if self.k > 1:
            if self.unknown == "error":
                require_letters(text, offsets, letters, read_as, f"the letters {_join_distinct(letter_of)}")
            refuse_rests(offsets, self.k, 1, "amino acids")
        return split_kmers(text, offsets, letters, read_as, self.k)

    def _join(self, tokens: list[Any]) -> str:
        return join_kmers(tokens, self.k)

    def _normalize(self, sequences: list[Any], name: str) -> list[Any]:
        read_as = str.maketrans(self._letter_of())
        return [sequence.translate(read_as) for sequence in super()._normalize(sequences, name)]


def _join_distinct(letters: Iterable[str]) -> str:
    return "".join(sorted(set(letters)))


def _read_groups(groups: Any) -> dict[str, str]:
    """The letter of the group of each letter."""
    if not groups:
        raise ValueError(f"alphabet={groups!r} has no groups: give at least one, or None for all amino acids")
    ordered = str, list, tuple  # a set has no first letter
    named = (
        groups.items()
        if isinstance(groups, dict)
        else ((one[0] if isinstance(one, ordered) and one else "", one) for one in groups)
    )
    letter_of: dict[str, str] = {}
    for name, group in named:
        is_text = isinstance(group, (*ordered, set)) and all(isinstance(one, str) for one in (name, *group))
        members = {letter.upper() for letter in group} if is_text else set()
        if not members or not all(len(one) == 1 and "!" <= one <= "~" for one in (name, *members)):
            raise ValueError(
                f"alphabet has the group {name!r}: {group!r}, but a group has at least one amino acid and is "
                "called by one letter: give a list of groups as strings, or a dictionary of letter to group"
            )
        name = name.upper()
        for letter in sorted(members | {name}):
            if letter in letter_of:
                raise ValueError(
                    f"alphabet has {letter!r} in the groups {letter_of[letter]!r} and {name!r}: give each "
                    "letter one group, and call a group by one of its letters or by a letter of no group"
                )
            letter_of[letter] = name
    for letter, first, second in _AMBIGUOUS:
        if letter not in letter_of and first in letter_of and letter_of[first] == letter_of.get(second):
            letter_of[letter] = letter_of[first]
    return letter_of
