"""FASTA files, read record by record."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .._sklearn import validate_params
from ..exceptions import InvalidSequenceError
from ._compression import SOURCE_PARAMETERS, open_source

__all__ = ["FastaRecord", "UniProtHeader", "read_fasta"]

_UNIPROT = re.compile(r"(sp|tr)\|([^|]+)\|([^|]+)")


class UniProtHeader(NamedTuple):
    """What the header of a UniProt record says.

    Parameters
    ----------
    database : {"sp", "tr"}
        Swiss-Prot, whose entries are reviewed, or TrEMBL.
    accession : str
        Stable identifier, e.g. "P69905".
    entry_name : str
        Name of the entry, e.g. "HBA_HUMAN".
    protein_name : str
        Recommended name of the protein.
    organism : str
        Scientific name; empty if absent.
    taxonomy_id : int or None
        NCBI's number of the organism.
    gene : str
        Name of the gene; empty if absent.
    protein_existence : int or None
        From 1, seen as a protein, to 5, uncertain.
    sequence_version : int or None
        Version of the sequence, from 1.

    References
    ----------
    .. [1] The UniProt Consortium, "UniProt: the Universal Protein Knowledgebase
       in 2023", Nucleic Acids Research 51 (2023) D523-D531.

    Examples
    --------
    >>> from seqestimators.datasets import FastaRecord
    >>> record = FastaRecord(
    ...     "sp|P01308|INS_HUMAN",
    ...     "Insulin OS=Homo sapiens OX=9606 GN=INS PE=1 SV=1",
    ...     "MALWMRLLPL",
    ... )
    >>> record.uniprot.accession, record.uniprot.organism, record.uniprot.gene
    ('P01308', 'Homo sapiens', 'INS')
    """

    database: str
    accession: str
    entry_name: str
    protein_name: str
    organism: str = ""
    taxonomy_id: int | None = None
    gene: str = ""
    protein_existence: int | None = None
    sequence_version: int | None = None


class FastaRecord(NamedTuple):
    """One record of a FASTA file.

    Parameters
    ----------
    identifier : str
        First word of the header.
    description : str
        What stands behind it; may be empty.
    sequence : str
        The sequence, its lines joined, letters as in the file.

    Examples
    --------
    >>> from seqestimators.datasets import FastaRecord
    >>> identifier, description, sequence = FastaRecord("seq1", "my gene", "ATGTAA")
    >>> sequence
    'ATGTAA'
    """

    identifier: str
    description: str
    sequence: str

    @property
    def uniprot(self) -> UniProtHeader | None:
        """The parts of a UniProt header, or None where it is of another kind."""
        match = _UNIPROT.fullmatch(self.identifier)
        if match is None:
            return None
        # "Protein name OS=Organism OX=1 GN=gene PE=1 SV=1", where names may hold spaces
        protein_name, *parts = re.split(r"(?:^|\s)(OS|OX|GN|PE|SV)=", self.description)
        fields = {key: text.strip() for key, text in zip(parts[::2], parts[1::2], strict=True)}
        database, accession, entry_name = match.groups()
        return UniProtHeader(
            database=database,
            accession=accession,
            entry_name=entry_name,
            protein_name=protein_name.strip(),
            organism=fields.get("OS", ""),
            taxonomy_id=_read_number(fields.get("OX", "")),
            gene=fields.get("GN", ""),
            protein_existence=_read_number(fields.get("PE", "")),
            sequence_version=_read_number(fields.get("SV", "")),
        )


@validate_params(SOURCE_PARAMETERS)
def read_fasta(path_or_handle: Any, *, max_bytes: int | None = 2**30) -> Iterator[FastaRecord]:
    r"""Read the records of a FASTA file, one at a time.

    Memory is that of the longest record, however many there are.

    Parameters
    ----------
    path_or_handle : str, path, or file object
        Path of a file, or a file opened for reading as text or as bytes
        (UTF-8), which is left open. Both may be compressed by gzip.
    max_bytes : int or None, default=2**30
        Most bytes that a compressed file may unpack to, at least 1; None sets
        no limit. It keeps a small file from filling the memory.

    Yields
    ------
    record : FastaRecord
        `identifier`, `description` and `sequence`, all str;
        ``record.uniprot`` has the parts of a UniProt header.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    InvalidSequenceError
        The file isn't text, as zip, bz2 and xz, or its first line doesn't
        begin with ">"; or a line further down has a ">" that isn't its first
        character, or a byte order mark, as files have that were joined.
    ValueError
        The text of a file is given instead of its path; or a compressed file
        is damaged, or unpacks to more than `max_bytes`.

    See Also
    --------
    fetch_coding_sequences : Genes of E. coli and others, with their proteins.

    Notes
    -----
    Nothing is checked about the letters, which tokenizers do, nor are they
    brought to upper case. Blanks in a sequence, blank lines and lines of
    comment (";") are left out, as is a byte order mark before the first record.
    An empty file has no records.

    References
    ----------
    .. [1] W. R. Pearson and D. J. Lipman, "Improved tools for biological
       sequence comparison", PNAS 85 (1988) 2444-2448.
    .. [2] Cock, P. J. A. et al., "Biopython: freely available Python tools for
       computational molecular biology and bioinformatics", Bioinformatics 25
       (2009) 1422-1423.

    Examples
    --------
    >>> from io import StringIO
    >>> from seqestimators.datasets import read_fasta
    >>> file = StringIO(">seq1 a gene\nATG\nTAA\n>seq2\nACGT\n")
    >>> for record in read_fasta(file):
    ...     print(record.identifier, record.sequence)
    seq1 ATGTAA
    seq2 ACGT
    """
    if not hasattr(path_or_handle, "read"):
        if isinstance(path_or_handle, str) and path_or_handle.startswith(">"):
            raise ValueError(
                f"{path_or_handle[:40]!r} is the text of a FASTA file, not a path: wrap it in io.StringIO"
            )
        path = Path(path_or_handle).expanduser()
        if not path.exists():  # said at once, not when the first record is asked for
            raise FileNotFoundError(
                f"There is no file {path}: give the path of a FASTA file, or an open file"
            )
    return _read_source(path_or_handle, max_bytes)


def _read_source(path_or_handle, max_bytes):
    with open_source(path_or_handle, max_bytes) as (lines, name):
        yield from parse_fasta(lines, name)


def parse_fasta(lines: Iterable[str], name: str) -> Iterator[FastaRecord]:
    """Read the records out of lines, with or without their ends.

    Parameters
    ----------
    lines : iterable of str
    name : str
        What messages call the file.

    Yields
    ------
    FastaRecord

    Raises
    ------
    InvalidSequenceError
        A line is neither of a header nor of a sequence.
    """
    header: str | None = None
    parts: list[str] = []
    for number, line in enumerate(lines, start=1):
        if ">" in line:
            if not line.startswith((">", ";")):
                raise _misplaced(line, number, name)
            if line.startswith(";"):
                continue
            if header is not None:
                yield _make_record(header, parts)
            header, parts = line[1:], []
        elif header is not None:
            if line[:1] != ";":
                parts.append(line)
        elif line.strip() and not line.startswith(";"):
            raise _foreign(line, number, name)
    if header is not None:
        yield _make_record(header, parts)


def _misplaced(line, number, name):
    if line.lstrip().startswith(">"):
        return InvalidSequenceError(
            f"line {number} of {name} is {line.strip()[:40]!r} behind a blank, but a header begins its line: "
            "take the blank off"
        )
    return InvalidSequenceError(
        f"line {number} of {name} has a '>' at position {line.index('>')}, but a header begins its line: "
        "put a line end before it, or take it out"
    )


def _foreign(line, number, name):
    return InvalidSequenceError(
        f"line {number} of {name} is {line.strip()[:40]!r}, but a FASTA file begins with '>': is it in "
        "another format?"
    )


def _make_record(header, parts):
    identifier, description = (*header.rstrip().split(maxsplit=1), "", "")[:2]
    return FastaRecord(identifier, description, "".join("".join(parts).split()))


def _read_number(text):
    return int(text) if text.isdecimal() else None
