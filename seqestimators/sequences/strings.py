"""The place that reads the strings, or lists of symbols, that a user passes."""

import sys
from typing import Any

import numpy as np

from ..exceptions import InvalidSequenceError
from ._containers import first_column, is_missing, refuse_records, shorten

__all__ = ["check_sequences", "is_biological"]


def check_sequences(X: Any, *, lists: bool = False, name: str = "X") -> list[Any]:
    """Read sequences of symbols into a list of plain strings.

    Parameters
    ----------
    X : array-like of shape (n_sequences,) or (n_sequences, 1)
        List, tuple, array, pandas or polars Series, pyarrow array, or a data
        frame of one column. Rows are str, bytes (UTF-8), numpy str, Biopython
        Seq or SeqRecord, RDKit Mol, which is read as its SMILES, or any record
        with a string named `sequence`, as `read_fasta` gives.
    lists : bool, default=False
        Whether rows may be lists (tuples, 1-D arrays, Series) of items
        instead. Strings and lists don't mix in one X.
    name : str, default="X"
        What messages call X.

    Returns
    -------
    list of str, or list of list
        A new list, its items plain str (or plain lists).

    Raises
    ------
    InvalidSequenceError
        A row is missing (None, NaN, NA) or can't be decoded.
    ValueError
        X is one string instead of several, has no rows, or several columns.
    TypeError
        X is no container in which rows have an order, or a row is no string.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import check_sequences
    >>> check_sequences(np.array([["ACGT"], ["AC"]]))
    ['ACGT', 'AC']
    >>> check_sequences([b"CCO", "C"])
    ['CCO', 'C']
    """
    rows = _list_rows(X, name)
    if not rows:
        raise ValueError(
            f"Found array with 0 sample(s) while a minimum of 1 is required: {name} has no sequences"
        )
    if set(map(type, rows)) == {str}:
        return rows
    rows = [_read_symbols(row, f"row {i} of {name}", lists) for i, row in enumerate(rows)]
    kind = type(rows[0])
    for i, row in enumerate(rows):
        if type(row) is not kind:
            raise TypeError(
                f"row {i} of {name} is a {type(row).__name__}, but row 0 a {kind.__name__}: use one of both"
            )
    return rows


def _list_rows(X: Any, name: str) -> list[Any]:
    """The rows of a container as a list of Python objects."""
    if isinstance(X, (str, bytes, bytearray)) or is_biological(X):
        raise ValueError(
            "Iterable over sequences expected, string object received. Wrap a single sequence as [sequence]."
        )
    refuse_records(X, name)
    if isinstance(X, (list, tuple)):
        return list(X)
    shape = getattr(X, "shape", None)
    if shape is not None and len(shape) == 2:
        if shape[1] != 1:
            raise ValueError(
                f"Expected one column of sequences, got {name} of shape {shape}: select a column"
            )
        X = first_column(X)
    elif shape is not None and len(shape) != 1:
        raise ValueError(f"Expected a 1-D array of sequences, got {name} of shape {shape}")
    # In this order: pyarrow's tolist and polars' to_list give plain objects, iteration would not
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(X, method):
            return list(getattr(X, method)())
    if hasattr(X, "__array__") and shape is not None:
        return list(np.asarray(X, dtype=object))
    raise TypeError(
        f"{name} must be a list, array or Series of sequences, got {type(X).__name__}: turn it into a list"
    )


def _read_symbols(row: Any, place: str, lists: bool) -> Any:
    """One row as a plain string or, where allowed, a plain list."""
    if isinstance(row, str):
        return str(row)
    if _is_record(row):
        return str(row.sequence)
    if isinstance(row, (bytes, bytearray)):
        try:
            return row.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidSequenceError(
                f"{place} holds, at position {error.start}, a byte that is not UTF-8: decode the bytes first"
            ) from None
    if is_biological(row):
        return _read_biological(row, place)
    if is_missing(row):
        raise InvalidSequenceError(f"{place} is missing ({row!r}): drop it, or give an empty string")
    if lists and (isinstance(row, (list, tuple)) or len(getattr(row, "shape", ())) == 1):
        return row.tolist() if hasattr(row, "tolist") else list(row)
    expected = "a string or a list of symbols" if lists else "a string"
    raise TypeError(
        f"{place} is {shorten(row)} of type {type(row).__name__}, but a sequence is {expected}. "
        "Token ids and numeric series need no tokenizer: give them to the estimator"
    )


def is_biological(value: Any) -> bool:
    """Whether a value is one sequence: a record, a sequence of Biopython, or a molecule of RDKit.

    Neither is imported: a value of their types can't be, before they are.
    """
    if _is_record(value):
        return True
    bio, record, chem = map(sys.modules.get, ("Bio.Seq", "Bio.SeqRecord", "rdkit.Chem"))
    return (
        (bio is not None and isinstance(value, (bio.Seq, bio.MutableSeq)))
        or (record is not None and isinstance(value, record.SeqRecord))
        or (chem is not None and isinstance(value, chem.Mol))
    )


def _is_record(value: Any) -> bool:
    """Whether a value has a string named `sequence`, as the records of read_fasta."""
    # A Series may have a row of that name
    return not hasattr(value, "shape") and isinstance(getattr(value, "sequence", None), str)


def _read_biological(row: Any, place: str) -> str:
    if hasattr(row, "GetAtoms"):
        return str(sys.modules["rdkit.Chem"].MolToSmiles(row))
    sequence = getattr(row, "seq", row)  # str() of a SeqRecord is a report
    try:
        return bytes(sequence).decode("ascii")
    except (TypeError, ValueError):
        raise InvalidSequenceError(
            f"{place} is a {type(row).__name__} without letters: its sequence is undefined"
        ) from None
