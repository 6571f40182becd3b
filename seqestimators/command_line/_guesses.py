"""What isn't said, guessed from the data and told: columns, tokenizer, task."""

import re
import sys
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..domain import guess_kind
from ._tables import FILE, HEADER, as_numbers, check_columns, find_in_headers, list_columns

SEQUENCE_NAMES = (
    "sequence",
    "seq",
    "smiles",
    "canonical_smiles",
    "selfies",
    "dna",
    "rna",
    "protein",
    "peptide",
    "text",
)
TARGET_NAMES = ("target", "label", "labels", "class", "y", "activity", "active")
IDENTIFIER_NAMES = ("id", "identifier", "name", "index", "")

N_ROWS = 1000
"""So many rows are looked at to guess what they are."""
MAX_CLASSES = 20
"""Whole numbers of more different values are no classes."""

SELFIES = re.compile(r"(?:\[[^\[\]]+\]|\.)+")


def tell(text: str) -> None:
    """Write a line to standard error.

    Parameters
    ----------
    text : str
    """
    print(text, file=sys.stderr)


def find_sequences(table: pd.DataFrame, named: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """Return the columns of sequences: those named, or the one that must be it, which is told.

    Parameters
    ----------
    table : DataFrame
    named : list of str
    taken : list of str, default=()
        Columns that are something else.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        A column isn't there, or several may be it.
    """
    if named:
        check_columns(table, named)
        return list(named)
    known = [name for name in table.columns if str(name).lower() in SEQUENCE_NAMES and name not in taken]
    others = [name for name in table.columns if name not in taken and as_numbers(table[name]) is None]
    found = known[:1] or (others if len(others) == 1 else [])
    if not found:
        raise ValueError(
            "which column has the sequences? Say so with --sequence: the columns are "
            + list_columns(table.columns)
        )
    tell(f"sequences: column {found[0]!r}, guessed (--sequence names another)")
    return found


def find_target(table: pd.DataFrame, named: Sequence[str], taken: Sequence[str]) -> pd.DataFrame:
    """Return the columns of the target: those named, or the one that must be it, which is told.

    Parameters
    ----------
    table : DataFrame
    named : list of str
        Of a FASTA file also a regular expression, which is sought in the
        headers.
    taken : list of str
        Columns that are something else.

    Returns
    -------
    DataFrame of shape (n, n_targets)

    Raises
    ------
    ValueError
        A column isn't there, or several may be it.
    """
    if len(named) == 1 and named[0] not in table.columns and "(" in named[0] and HEADER[0] in table.columns:
        return find_in_headers(table, named[0]).to_frame()
    if named:
        check_columns(table, named)
        return table[list(named)]
    free = [name for name in table.columns if name not in taken]
    known = [name for name in free if str(name).lower() in TARGET_NAMES]
    if FILE in free and HEADER[0] in table.columns:
        known = [FILE]
    others = [name for name in free if str(name).lower() not in (*IDENTIFIER_NAMES, *HEADER)]
    found = known if len(known) == 1 else others
    if len(found) != 1:
        raise ValueError(
            f"which column has the target? Say so with --target (or --task language, which needs none): the "
            f"columns are {list_columns(table.columns)}"
        )
    tell(f"target: column {found[0]!r}, guessed (--target names another)")
    return table[found]


def guess_tokenizer(sequences: pd.Series) -> str:
    """Guess the tokenizer that reads sequences.

    Parameters
    ----------
    sequences : Series of str and None

    Returns
    -------
    {"smiles", "selfies", "dna", "protein", "words", "character"}
    """
    rows = [str(one) for one in sequences.dropna().iloc[:N_ROWS]]
    if rows and all(map(SELFIES.fullmatch, rows)) and any(row.count("[") > 3 for row in rows):
        return "selfies"
    kind = guess_kind(rows)
    if kind is not None:
        return kind
    n_with_blanks = sum(len(row.split()) > 1 for row in rows)
    return "words" if 2 * n_with_blanks > len(rows) else "character"


def guess_task(sequences: pd.DataFrame, target: pd.DataFrame, tokenizers: Sequence[str]) -> tuple[str, str]:
    """Guess what is to be learned.

    Parameters
    ----------
    sequences : DataFrame of shape (n, n_columns)
    target : DataFrame of shape (n, n_targets)
    tokenizers : list of str
        By their names, one for each column.

    Returns
    -------
    task : {"classification", "regression", "tagging"}
    why : str

    Raises
    ------
    ValueError
        Nearly all strings of the target differ.
    """
    numbers = [as_numbers(target[name]) for name in target]
    if len(numbers) > 1:
        if all(one is not None and _is_binary(one) for one in numbers):
            return "classification", f"{len(numbers)} labels, each 0 or 1"
        return "regression", f"{len(numbers)} numbers"
    column = target.iloc[:, 0]
    if sequences.shape[1] == 1 and _fits_steps(sequences.iloc[:, 0], column, tokenizers[0]):
        return "tagging", f"{column.name!r} has a label for every step"
    [values] = numbers
    distinct = np.unique(values[~np.isnan(values)]) if values is not None else None
    if distinct is None:
        n_classes = column.nunique()
        if n_classes > max(MAX_CLASSES, len(column) / 2):
            raise ValueError(
                f"{column.name!r} has {n_classes} different strings: say with --task whether they are "
                "classes (classification) or sequences (translation)"
            )
        return "classification", f"{column.name!r} has {n_classes} classes"
    if len(distinct) <= MAX_CLASSES and (distinct == np.round(distinct)).all():
        return "classification", f"{column.name!r} has {len(distinct)} classes"
    return "regression", f"{column.name!r} has numbers"


def _is_binary(numbers: np.ndarray) -> bool:
    return bool(np.isin(numbers[~np.isnan(numbers)], (0, 1)).all())


def _fits_steps(sequences: pd.Series, labels: pd.Series, tokenizer: str) -> bool:
    """Whether a column has one label for every character, every codon, or every word."""

    def count_steps(text: str) -> int:
        return len(text.split()) if tokenizer == "words" else len(text)

    n_letters = 3 if tokenizer == "codon" else 1
    rows = [
        (count_steps(sequence), n_letters * count_steps(label))
        for sequence, label in zip(sequences.iloc[:N_ROWS], labels.iloc[:N_ROWS], strict=True)
        if isinstance(sequence, str) and isinstance(label, str)
    ]
    return any(n > 2 for n, _ in rows) and all(n == n_labels for n, n_labels in rows)
