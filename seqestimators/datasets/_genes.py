"""Genes as FASTA and GenBank files have them; nothing is judged here."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..exceptions import InvalidSequenceError
from .fasta import read_fasta

_FRAMES = ("1", "2", "3")


class Gene(NamedTuple):
    """A coding sequence as its file has it; `dna` is None where it lies in another record."""

    name: str
    dna: str | None
    genetic_code: int
    translation: str | None = None
    symbol: str = ""
    protein_id: str = ""
    is_pseudogene: bool = False
    lacks_start: bool = False


def read_fasta_genes(lines: Any, genetic_code: int | None = None) -> Iterator[Gene]:
    """Read the records of a FASTA file, each of which is a gene.

    Parameters
    ----------
    lines : file object
        Open for reading.
    genetic_code : int or None, default=None
        Number of the genetic code; None means 1.

    Yields
    ------
    Gene
    """
    for record in read_fasta(lines):
        yield Gene(record.identifier, _normalize(record.sequence), genetic_code or 1)


def read_genbank_genes(lines: Iterable[str], genetic_code: int | None = None) -> Iterator[Gene]:
    """Read the features CDS of a GenBank file, spliced and along their own strand.

    Parameters
    ----------
    lines : file object
        Open for reading as text.
    genetic_code : int or None, default=None
        Number of the genetic code, with which the translation of the file is
        left out; None takes that of the feature, 0 where it is no number.

    Yields
    ------
    Gene
    """
    from Bio import SeqIO

    for record in SeqIO.parse(lines, "genbank"):
        for feature in record.features:
            if feature.type == "CDS":
                yield _read_feature(feature, record, genetic_code)


def _read_feature(feature, record, genetic_code):
    first = {name: values[0] for name, values in feature.qualifiers.items()}
    name = next((first[key] for key in ("gene", "locus_tag", "protein_id") if key in first), record.id)
    dna = None if feature.location is None else _extract(feature, record)
    start, table = first.get("codon_start", "1"), first.get("transl_table", "1")
    return Gene(
        name,
        None if dna is None else _normalize(dna)[int(start) - 1 if start in _FRAMES else 0 :],
        genetic_code or (int(table) if table.isdecimal() else 0),
        translation=first.get("translation") if genetic_code is None else None,
        symbol=first.get("gene", ""),
        protein_id=first.get("protein_id", ""),
        is_pseudogene="pseudo" in first or "pseudogene" in first,
        lacks_start=start not in _FRAMES or (dna is not None and _lacks_start(feature.location.parts[0])),
    )


def _extract(feature, record):
    from Bio.Seq import UndefinedSequenceError

    try:
        return str(feature.extract(record.seq))
    except UndefinedSequenceError:
        raise InvalidSequenceError(
            f"{record.id} has features but no sequence: download the whole record ('GenBank (full)')"
        ) from None
    except ValueError:  # a part of the gene, join(J00194.1:100..202,...), is in another record
        return None


def _lacks_start(part):
    """Whether the first part, in the order of reading, begins outside of the record: <1..90."""
    from Bio.SeqFeature import AfterPosition, BeforePosition

    return (
        isinstance(part.end, AfterPosition) if part.strand == -1 else isinstance(part.start, BeforePosition)
    )


def _normalize(sequence):
    return sequence.upper().replace("U", "T")
