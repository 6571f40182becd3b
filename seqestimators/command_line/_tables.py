"""Files of sequences as tables: CSV, TSV, Parquet and FASTA."""

import re
import warnings
from collections.abc import Sequence
from gzip import BadGzipFile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..datasets import read_fasta

SEPARATORS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
PARQUET = {".parquet", ".pq"}
FASTA = {".fasta", ".fa", ".fna", ".faa", ".ffn", ".fas"}
FILE = "file"
"""Column of the names of the files, where several FASTA files are read."""
HEADER = ["identifier", "description"]
"""Columns of a FASTA file beside its sequences."""


def read_table(paths: Sequence[str]) -> pd.DataFrame:
    """Read files, one below the other.

    Parameters
    ----------
    paths : list of str
        Of one kind, and with the same columns. FASTA files have the columns
        "identifier", "description" and "sequence", and of several of them
        "file", the name of the file without its ending.

    Returns
    -------
    DataFrame
        Of a text file, all cells are str, and empty ones "".

    Raises
    ------
    ValueError
        A file has another ending, is damaged, has no rows, or other columns.
    OSError
        A file can't be read.
    """
    tables = [_read_file(Path(path)) for path in paths]
    if len(tables) > 1 and all(_ending_of(Path(path)) in FASTA for path in paths):
        tables = [
            table.assign(**{FILE: _name_of(path)})
            for path, table in zip(map(Path, paths), tables, strict=True)
        ]
    for path, table in zip(paths, tables, strict=True):
        if list(table.columns) != list(tables[0].columns):
            raise ValueError(
                f"{path} has the columns {list_columns(table.columns)}, but {paths[0]} has "
                + list_columns(tables[0].columns)
            )
    return pd.concat(tables, ignore_index=True)


def check_columns(table: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise an error that names the first column that isn't there, or is named twice.

    Parameters
    ----------
    table : DataFrame
    names : list of str
    """
    for place, name in enumerate(names):
        if name not in table.columns:
            raise ValueError(f"there is no column {name!r}: the columns are {list_columns(table.columns)}")
        if name in names[:place]:
            raise ValueError(f"column {name!r} is named twice")


def sequence_columns(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the columns of sequences; an empty cell is a missing one.

    Parameters
    ----------
    table : DataFrame
    names : list of str

    Returns
    -------
    DataFrame
        Of str and None.

    Raises
    ------
    ValueError
        A cell has several lines, as where a quotation mark isn't closed.
    """
    check_columns(table, names)
    columns = table[list(names)].astype(object)
    for name in names:
        has_lines = columns[name].map(lambda cell: isinstance(cell, str) and "\n" in cell).to_numpy(bool)
        if has_lines.any():
            raise ValueError(
                f"row {has_lines.argmax()} has several lines in {name!r}: is a quote not closed?"
            )
    return columns.where(columns.notna() & (columns != ""), None)


def find_in_headers(table: pd.DataFrame, pattern: str) -> pd.Series:
    r"""Return what a regular expression finds in the headers of FASTA records.

    Parameters
    ----------
    table : DataFrame
        Of a FASTA file.
    pattern : str
        Its first group is taken, as in ``class=(\w+)``.

    Returns
    -------
    Series of str

    Raises
    ------
    ValueError
        It is no regular expression, or a header has none.
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    headers = (table["identifier"] + " " + table["description"]).str.strip()
    found = [expression.search(header) for header in headers]
    if None in found:
        row = found.index(None)
        raise ValueError(f"the header of row {row}, {headers[row]!r}, has nothing that {pattern!r} finds")
    return pd.Series([one[1] for one in found if one is not None], name=pattern)


def as_numbers(column: pd.Series) -> np.ndarray | None:
    """Return a column as numbers, NaN where it is empty; None if it holds something else.

    Parameters
    ----------
    column : Series of str or of numbers

    Returns
    -------
    ndarray of shape (n,), dtype float64, or None
    """
    is_empty = (column.isna() | (column == "")).to_numpy()
    numbers = pd.to_numeric(column.where(~is_empty), errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return None if is_empty.all() or np.isnan(numbers[~is_empty]).any() else numbers


def _read_file(path: Path) -> pd.DataFrame:
    ending = _ending_of(path)
    if path.is_dir() and ending not in PARQUET:
        raise ValueError(f"{path} is a folder: name the files in it")
    known = [*SEPARATORS, *sorted(PARQUET), *sorted(FASTA)]
    if ending not in known:
        raise ValueError(
            f"{path} is of no kind that is read: its name has to end in {', '.join(known)} (or .gz)"
        )
    try:
        if ending in FASTA:
            table = pd.DataFrame(read_fasta(path), columns=[*HEADER, "sequence"], dtype=object)
        elif ending in PARQUET:
            table = pd.read_parquet(path)
        else:
            table = _read_text(path, SEPARATORS[ending])
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8: {error}") from None
    except pd.errors.EmptyDataError:
        raise ValueError(f"{path} is empty: it has no row") from None
    except (ValueError, EOFError, BadGzipFile, pd.errors.ParserWarning) as error:
        raise ValueError(f"{path} can't be read: {error}") from None
    if table.empty:
        raise ValueError(f"{path} is empty: it has no row")
    return table


def _read_text(path: Path, separator: str) -> pd.DataFrame:
    """Read text as it stands: "NA" and "None" may be sequences, and "01" a label."""
    options: Any = {"sep": separator, "dtype": str, "keep_default_na": False, "encoding": "utf-8-sig"}
    names = pd.read_csv(path, header=None, nrows=1, **options).iloc[0]
    if len(names) == 1 and re.search("[,;\t|]", names[0]):
        raise ValueError(f"it has one column, {names[0]!r}: columns have to be separated by {separator!r}")
    if (is_again := names.duplicated() & (names != "")).any():
        raise ValueError(f"it has two columns {names[is_again].iloc[0]!r}: rename one")
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header
        table = pd.read_csv(path, index_col=False, **options)
    if not names.duplicated().any():
        table.columns = names.tolist()  # an empty one as it stands
    return table.fillna("")


def _ending_of(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def _name_of(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).stem


def list_columns(columns: Any) -> str:
    """Return the names of columns as a message has them.

    Parameters
    ----------
    columns : iterable of str

    Returns
    -------
    str
    """
    names = list(map(repr, map(str, columns)))
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
