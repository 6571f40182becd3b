"""The normal form of each kind of sequence, in which every part of the library reads it."""

import re
from itertools import pairwise
from typing import Any

import numpy as np

from ..exceptions import InvalidSequenceError
from ..sequences import check_sequences, offsets_of, place_of, shorten

__all__ = ["guess_kind", "normalize"]

NUCLEOTIDES = "ACGT"
AMBIGUOUS_NUCLEOTIDES = "BDHKMNRSVWY"
"""The IUPAC letters for two, three or any of the nucleotides."""
AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY" + "UO" + "BZJX" + "*-"
"""The 20, selenocysteine and pyrrolysine, the ambiguous ones, stop and gap."""

UNKNOWN_SYMBOL = "\N{REPLACEMENT CHARACTER}"
"""What stands for a symbol that isn't known, in every kind of sequence. It is read back as such."""

_COMPLEMENT = str.maketrans("ACGTBDHKMRVY", "TGCAVHDMKYBR")  # S, W and N are their own

_BLANKS = " \t\n\r\v\f"
_BYTE_ORDER_MARK = "\ufeff"
# What stands for the unknown symbol in a buffer of one byte a symbol. It means nothing else: in a string it
# is refused, as all control characters are.
_SUBSTITUTE = "\x1a"
_NO_SYMBOL = re.compile(rf"[^!-~{UNKNOWN_SYMBOL}]")

_CHARACTERS = [UNKNOWN_SYMBOL if code == ord(_SUBSTITUTE) else chr(code) for code in range(128)]
_CAPITALS = [character.upper() for character in _CHARACTERS]
_WITH_T = [character.replace("U", "T") for character in _CAPITALS]

READ_AS: dict[str, list[str]] = {
    "dna": _WITH_T,
    "rna": _WITH_T,
    "protein": _CAPITALS,
    "smiles": _CHARACTERS,
}
"""For each kind, what each byte of a joined buffer is read as."""

KINDS = tuple(READ_AS)
"""The kinds of sequences that have a normal form."""

_FOLDS = {kind: str.maketrans("".join(_CHARACTERS), "".join(read)) for kind, read in READ_AS.items()}

# What stands outside of brackets in a SMILES (or a reaction of them), and nothing else does.
_SMILES = re.compile(r"(?=.*[A-Za-z*])(?:\[[^\[\]\s]++\]|Br|Cl|[BCNOPSFIbcnops*]|[-=#$:/\\.()%~>@+]|\d)++")


def normalize(X: Any, kind: str | None, *, name: str = "X", first_row: int = 0) -> list[str]:
    r"""Bring sequences into the normal form of their kind.

    Two strings of one normal form are the same to tokenizers, rivals,
    splitters, reports and scores.

    Parameters
    ----------
    X : array-like of shape (n_sequences,) or (n_sequences, 1)
        Sequences, in any container that
        :func:`~seqestimators.sequences.check_sequences` reads.
    kind : {"dna", "rna", "protein", "smiles"} or None
        "dna" and "rna" (codons are either) are read in capitals and with T
        for U, "protein" in capitals, "smiles" letter by letter. Of all,
        blanks and line ends are taken off both ends. None leaves strings as
        they are.
    name : str, default="X"
        What messages call X.
    first_row : int, default=0
        Number of the row that the first of them is.

    Returns
    -------
    list of str

    Raises
    ------
    InvalidSequenceError
        A row is missing, or holds a blank, a line end, a byte order mark, a
        control character, or a character that isn't ASCII. The message names
        row, position and remedy.

    See Also
    --------
    seqestimators.preprocessing.SequenceTokenizer.normalize : The same by a tokenizer.

    Notes
    -----
    A SMILES ends at its first blank: what stands behind, a name or the
    extensions of a CXSMILES, is refused and not dropped. Split it off first,
    ``smiles.split()[0]``. That two SMILES are one molecule is no matter of
    this form: see :func:`parse_molecules`.

    The replacement character, which stands for an unknown symbol in what
    tokenizers give back, is the one character beyond ASCII that is read.

    References
    ----------
    .. [1] Cornish-Bowden, A., "Nomenclature for incompletely specified bases in
       nucleic acid sequences: recommendations 1984", Nucleic Acids Research
       13 (1985) 3021-3030.
    .. [2] Weininger, D., "SMILES, a chemical language and information system",
       Journal of Chemical Information and Computer Sciences 28 (1988) 31-36.

    Examples
    --------
    >>> from seqestimators.domain import normalize
    >>> normalize(["acgu", " ACGT\n"], "dna")
    ['ACGT', 'ACGT']
    >>> normalize(["c1ccccc1 "], "smiles")
    ['c1ccccc1']
    """
    sequences = check_sequences(X, name=name)
    if kind is None:
        return sequences
    text, offsets = join_symbols(sequences, kind, name=name, first_row=first_row)
    read = text.decode("ascii").replace(_SUBSTITUTE, UNKNOWN_SYMBOL).translate(_FOLDS[kind])
    return [read[begin:end] for begin, end in pairwise(offsets.tolist())]


def reverse_complement(dna: str) -> str:
    """Return the other strand of DNA in normal form.

    Parameters
    ----------
    dna : str
        IUPAC letters; what has no complement stays, as gaps do.

    Returns
    -------
    str
    """
    return dna.translate(_COMPLEMENT)[::-1]


def join_symbols(
    sequences: list[str], kind: str | None = None, *, name: str = "X", first_row: int = 0
) -> tuple[bytes, np.ndarray]:
    """Join strings into one buffer, a byte a symbol, blanks and line ends taken off their ends.

    The bytes are as given; ``READ_AS`` says what the normal form has for
    each.

    Parameters
    ----------
    sequences : list of str
    kind : str or None, default=None
        What they are, for the remedy in messages.
    name : str, default="X"
        What messages call them.
    first_row : int, default=0
        Number of the row that the first of them is.

    Returns
    -------
    text : bytes of length n_total
    offsets : ndarray of shape (n_sequences + 1,), dtype int64
        String `i` is ``text[offsets[i]:offsets[i + 1]]``.

    Raises
    ------
    InvalidSequenceError
        As of :func:`normalize`. What isn't ASCII is refused before any change
        of case, because ``"ß".upper()`` is two letters.
    """
    joined = "".join(sequences)
    if joined.isascii():
        text = joined.encode("ascii")
        # As all symbols lie between the blank and DEL, mostly nothing has to be looked for
        if not text or (np.frombuffer(text, np.uint8).min() > ord(" ") and b"\x7f" not in text):
            return text, offsets_of(sequences)
    stripped = [sequence.strip(_BLANKS) for sequence in sequences]
    joined, offsets = "".join(stripped), offsets_of(stripped)
    if found := _NO_SYMBOL.search(joined):
        row, position = place_of(found.start(), offsets)
        position += len(sequences[row]) - len(sequences[row].lstrip(_BLANKS))
        raise InvalidSequenceError(
            f"row {first_row + row}, position {position} of {name} is "
            f"{_explain(found[0], sequences[row][position:], kind)}"
        )
    return joined.replace(UNKNOWN_SYMBOL, _SUBSTITUTE).encode("ascii"), offsets


def _explain(character: str, rest: str, kind: str | None) -> str:
    """What a character that is no symbol is, and what to do about it."""
    if character == _BYTE_ORDER_MARK:
        return f'{character!r}, a byte order mark: remove it, or open the file with encoding="utf-8-sig"'
    if character in "\n\r\v\f":
        return (
            f"{character!r}, a line end within the row: make a row of each line, or join the lines of one "
            "sequence"
        )
    if character in _BLANKS:
        behind = shorten(rest.strip(_BLANKS))
        if kind == "smiles":
            return (
                f"{character!r}, where a SMILES ends: split off what follows, {behind} (a name, or "
                "extensions), with smiles.split()[0]"
            )
        return f"{character!r}, a blank within the sequence: take it out, or split off what follows, {behind}"
    if character.isascii():
        return f"{character!r}, a control character: remove it"
    return (
        f"{character!r}, which is not an ASCII character: remove or replace it (SequenceTokenizer reads any "
        "characters)"
    )


def guess_kind(sequences: list[str]) -> str | None:
    """Guess what strings are: DNA or RNA, proteins, SMILES, or something without a normal form.

    Parameters
    ----------
    sequences : list of str

    Returns
    -------
    {"dna", "protein", "smiles"} or None
        "smiles" if each string is, up to its first blank, made of nothing but
        atoms, bonds, branches and rings; "dna" if nine in ten symbols are A,
        C, G, T, U or N, and not C and N alone; "protein" if all symbols are
        amino acids, most of them capitals, and no string has small letters
        beside capitals, as names have.

    Examples
    --------
    >>> from seqestimators.domain import guess_kind
    >>> guess_kind(["acgt", "AUG"]), guess_kind(["CCN", "c1ccccc1"]), guess_kind(["MKLV"])
    ('dna', 'smiles', 'protein')
    """
    rows = [sequence.replace(_BYTE_ORDER_MARK, "").strip(_BLANKS) for sequence in sequences]
    rows = [row for row in rows if _NO_SYMBOL.sub("", row)]
    if not rows:
        return None
    if all(_SMILES.fullmatch(_NO_SYMBOL.sub("", row.split(maxsplit=1)[0])) for row in rows):
        return "smiles"
    text = "".join(rows).encode("ascii", "replace")
    symbols = np.frombuffer(_NO_SYMBOL.sub("", "".join(rows)).upper().encode("ascii", "replace"), np.uint8)
    counts = np.bincount(symbols, minlength=128)
    n_unlike_smiles, n_like_smiles = (int(counts[list(letters)].sum()) for letters in (b"AGTU", b"CN"))
    if n_unlike_smiles and n_unlike_smiles + n_like_smiles >= 0.9 * len(symbols):
        return "dna"
    is_protein = (
        not text.upper().translate(None, AMINO_ACIDS.encode())
        and sum(map(len, filter(str.isupper, rows))) >= len(text) / 2
        and all(row in (row.upper(), row.lower()) for row in rows)
    )
    return "protein" if is_protein else None
