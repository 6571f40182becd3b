"""A file of sequences as chunks of rows, as often as they are asked for."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from .._sklearn import Integral, Interval, StrOptions, validate_params
from ..datasets import FastaRecord, read_fasta

__all__ = ["SequenceFile"]

FORMATS = {
    ".fa": "fasta",
    ".faa": "fasta",
    ".fas": "fasta",
    ".fasta": "fasta",
    ".ffn": "fasta",
    ".fna": "fasta",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
}
MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "None"]
"""What stands in a table where a target or a number is missing."""


class SequenceFile:
    r"""The rows of a FASTA, CSV, TSV or Parquet file, chunk by chunk.

    Each loop over it reads the file from its beginning, and holds one chunk at
    a time: memory is that of `chunk_size` rows, however long the file is.

    Parameters
    ----------
    path : str or Path
        The file. FASTA, CSV and TSV may be compressed by gzip. Parquet needs
        pyarrow.
    sequence : str, list of str or None, default=None
        Name of the column of the sequences; a list of names gives data frames of
        these columns, for a :class:`~seqestimators.preprocessing.SequenceColumns`.
        A FASTA file needs none.
    target : str, list of str, callable or None, default=None
        Name of the column of the targets, or names, for several a row. Of a
        FASTA file a function of the
        :class:`~seqestimators.datasets.FastaRecord`. None gives None for y.
    chunk_size : int, default=1000
        Rows of a chunk, at least 1; the last one may have fewer.
    format : {"fasta", "csv", "tsv", "parquet"} or None, default=None
        None takes it from the ending of the name.

    Yields
    ------
    X : list of str, or DataFrame
        Sequences.
    y : ndarray of shape (n_rows,) or (n_rows, n_targets), list, or None
        Targets: an array of a table, a list of a FASTA file.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The ending tells no format; or the file is a table and lacks a column,
        or none is named for the sequences.
    ImportError
        pyarrow is missing.

    See Also
    --------
    fit_chunks : Trains a model on it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from seqestimators.streaming import SequenceFile
    >>> path = Path(mkdtemp()) / "molecules.csv"
    >>> _ = path.write_text("smiles,active\nCCO,1\nCCN,0\nCCC,1\n")
    >>> for X, y in SequenceFile(path, sequence="smiles", target="active", chunk_size=2):
    ...     print(X, y)
    ['CCO', 'CCN'] [1 0]
    ['CCC'] [1]
    """

    @validate_params(
        {
            "path": [str, PathLike],
            "sequence": [str, list, None],
            "target": [str, list, callable, None],
            "chunk_size": [Interval(Integral, 1, None, closed="left")],
            "format": [StrOptions(set(FORMATS.values())), None],
        }
    )
    def __init__(
        self,
        path: str | PathLike[str],
        *,
        sequence: str | list[str] | None = None,
        target: str | list[str] | Callable[[FastaRecord], Any] | None = None,
        chunk_size: int = 1000,
        format: str | None = None,
    ):
        self.path = Path(path).expanduser()
        self.sequence = sequence
        self.target = target
        self.chunk_size = chunk_size
        self._text: list[str] | None = None
        if not self.path.exists():
            raise FileNotFoundError(f"there is no file {self.path}")
        self.format = format or _format_of(self.path)
        if self.format == "fasta":
            if sequence is not None or isinstance(target, str | list):
                raise ValueError(
                    "a FASTA file has no columns: leave `sequence` out, and give a function of a record as "
                    "`target`, such as lambda record: record.description"
                )
        elif sequence is None or callable(target):
            raise ValueError(
                f"{self.path} is a table: name the column of the sequences, as sequence=..., and that of the "
                "targets, if there are any"
            )

    def __repr__(self) -> str:
        return f"SequenceFile({str(self.path)!r}, chunk_size={self.chunk_size})"

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.format == "fasta":
            return self._read_fasta()
        return self._read_table()

    def _read_fasta(self) -> Iterator[tuple[list[str], Any]]:
        records = read_fasta(self.path, max_bytes=None)
        while chunk := list(islice(records, self.chunk_size)):
            X = [record.sequence for record in chunk]
            yield X, list(map(self.target, chunk)) if callable(self.target) else None

    def _read_table(self) -> Iterator[tuple[Any, Any]]:
        wanted = [*_names(self.sequence), *_names(self.target)]
        read = self._read_parquet if self.format == "parquet" else self._read_text
        for frame in read(list(dict.fromkeys(wanted))):
            X = frame[self.sequence]
            y = None if self.target is None else frame[self.target].to_numpy()
            yield X if isinstance(self.sequence, list) else X.tolist(), y

    def _read_text(self, names: list[str]) -> Iterator[pd.DataFrame]:
        options: dict[str, Any] = {"sep": "\t" if self.format == "tsv" else ","}
        self._check_columns(names, pd.read_csv(self.path, **options, nrows=0).columns)
        others = [name for name in names if name != self.sequence]  # where "NA" is a sequence too
        options |= {
            "chunksize": self.chunk_size,
            "keep_default_na": False,
            "na_values": dict.fromkeys(others, MISSING),
        }
        if self._text is None:
            self._text = [name for name in names if name not in others] + self._find_text(others, options)
        with pd.read_csv(self.path, usecols=names, dtype=dict.fromkeys(self._text, str), **options) as chunks:
            yield from chunks

    def _find_text(self, names: list[str], options: dict[str, Any]) -> list[str]:
        """Return the columns that aren't numbers in every chunk: they are text in all of them."""
        found: set[str] = set()
        if names:
            with pd.read_csv(self.path, usecols=names, **options) as chunks:
                for frame in chunks:
                    found.update(name for name in names if not is_numeric_dtype(frame[name]))
                    if len(found) == len(names):
                        break
        return sorted(found)

    def _read_parquet(self, names: list[str]) -> Iterator[pd.DataFrame]:
        try:
            from pyarrow.parquet import ParquetFile
        except ImportError as error:
            raise ImportError(
                "Parquet files need pyarrow: install it, as pip install 'seqestimators[parquet]' does"
            ) from error
        with ParquetFile(self.path) as file:
            self._check_columns(names, file.schema_arrow.names)
            for batch in file.iter_batches(self.chunk_size, columns=names):
                yield batch.to_pandas()

    def _check_columns(self, names: list[str], present: Iterable[str]) -> None:
        present = list(present)
        for name in names:
            if name not in present:
                raise ValueError(f"{self.path} has no column {name!r}: there are {', '.join(present)}")


def _names(columns: Any) -> list[str]:
    return [columns] if isinstance(columns, str) else columns or []


def _format_of(path: Path) -> str:
    ending = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    if ending.lower() not in FORMATS:
        raise ValueError(
            f"the ending of {path} is none of {', '.join(FORMATS)}: say what it is, as format='fasta', "
            "'csv', 'tsv' or 'parquet'"
        )
    return FORMATS[ending.lower()]
