"""Is this protein? Sequences that a tokenizer wasn't made for, and the tokenizer that was."""

import warnings

import numpy as np

from ..domain import AMINO_ACIDS, NUCLEOTIDES, READ_AS, guess_kind
from ..exceptions import UnknownSymbolsWarning
from ..sequences import shorten

_N_ROWS = 100
"""So many rows are looked at to guess what they are."""
_N_LETTERS = 1000
"""Fewer letters may be a peptide, though they are nucleotides all."""

_IS_PROTEIN = "is this protein? Use ProteinTokenizer"
_IS_DNA = "is this DNA? Use DNATokenizer, or CodonTokenizer"
_IS_SMILES = "are these SMILES? Use SmilesTokenizer"
_IS_OTHER = "correct them, or use SequenceTokenizer, which reads any symbols"


def warn_of_foreign(text: bytes, offsets: np.ndarray, *, kind: str, known: str, reader: str) -> None:
    """Warn, once, of all rows most of whose symbols a tokenizer doesn't know.

    Every nucleotide is also an amino acid: proteins that are rather DNA, or
    SMILES, are warned of too.

    Parameters
    ----------
    text : bytes of length n_total
        Sequences, one behind the other.
    offsets : ndarray of shape (n_sequences + 1,), dtype int64
    kind : {"dna", "protein"}
        What the tokenizer reads them as.
    known : str
        The letters that it knows.
    reader : str
        Name of the tokenizer.
    """
    n_rows = len(offsets) - 1
    advice = None
    known += "N-." if kind == "dna" else ""  # not sequenced, or not there: genomes and alignments have runs
    known_bytes = bytes(code for code, symbol in enumerate(READ_AS[kind]) if symbol in known)
    if text.translate(None, known_bytes):
        is_unknown = bytes(code not in known_bytes for code in range(256))
        places = np.flatnonzero(np.frombuffer(text.translate(is_unknown), bool))
        counts = np.bincount(np.searchsorted(offsets, places, side="right") - 1, minlength=n_rows)
        foreign = np.flatnonzero(2 * counts > np.diff(offsets))
        what = f"mostly of symbols that {reader} doesn't know"
        if len(foreign):
            advice = _advise(_read_rows(text, offsets, foreign), kind)
    if advice is None and kind == "protein":
        foreign = np.arange(n_rows)
        what = "of few symbols that proteins have"
        advice = _advise_on_proteins(_read_rows(text, offsets, foreign))
    if advice is not None:
        [first] = _read_rows(text, offsets, foreign[:1])
        rows = f"row {foreign[0]} of X, {shorten(first)},"
        rows += f" and {len(foreign) - 1} more are" if len(foreign) > 1 else " is"
        warnings.warn(
            f"{rows} made {what}: {advice}",
            UnknownSymbolsWarning,
            stacklevel=6,
        )


def _read_rows(text: bytes, offsets: np.ndarray, rows: np.ndarray) -> list[str]:
    return [text[offsets[row] : offsets[row + 1]].decode("ascii") for row in rows[:_N_ROWS].tolist()]


def _advise(rows: list[str], kind: str) -> str:
    """What rows of unknown symbols may be, and the tokenizer to use."""
    symbols = "".join(rows).upper()
    if guess_kind(rows) == "smiles":
        return _IS_SMILES
    return _IS_PROTEIN if kind == "dna" and set(symbols) <= set(AMINO_ACIDS) else _IS_OTHER


def _advise_on_proteins(rows: list[str]) -> str | None:
    """What proteins are rather than that, if anything."""
    symbols, kind = "".join(rows).upper().replace("U", "T"), guess_kind(rows)
    if kind == "dna" and len(symbols) >= _N_LETTERS:
        is_even = all(20 * symbols.count(letter) >= len(symbols) for letter in NUCLEOTIDES)
        return _IS_DNA if is_even else None  # silk has little but A and G
    return _IS_SMILES if kind == "smiles" and set(symbols) & set("()[]=#123456789") else None
