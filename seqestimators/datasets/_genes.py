"""Genes as FASTA and GenBank files have them; nothing is judged here."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

from ..exceptions import InvalidSequenceError
from ._flat_files import parse_records
from .fasta import parse_fasta

_FRAMES = ("1", "2", "3")
_DEFAULT_CODE = 1
# NCBI's headers: "lcl|NC_1_cds_2 [gene=thrL] [pseudo=true] [partial=5'] [location=<1..50]".
_NCBI_FIELD = re.compile(r"\[(\w+)=([^\]]*)\]")
_LENGTH = re.compile(r"\s(\d+) (bp|aa)\b")
_BACTERIA = ("Bacteria", "Archaea")


class Gene(NamedTuple):
    """A coding sequence as its file has it; `dna` is None where it lies in another record."""

    name: str
    dna: str | None
    genetic_code: int
    translation: str | None = None
    symbol: str = ""
    protein_id: str = ""
    is_pseudogene: bool = False
    is_partial: bool = False
    is_beyond: bool = False
    lacks_frame: bool = False
    lacks_bacterial_code: bool = False


def read_fasta_genes(lines: Iterable[str], source: str, genetic_code: int | None = None) -> Iterator[Gene]:
    """Read the records of a FASTA file, each of which is a gene.

    Parameters
    ----------
    lines : iterable of str
    source : str
        What messages call the file.
    genetic_code : int or None, default=None
        Number of the genetic code; None means 1.

    Yields
    ------
    Gene
    """
    for record in parse_fasta(lines, source):
        fields = dict(_NCBI_FIELD.findall(record.description))
        yield Gene(
            record.identifier,
            _normalize(record.sequence),
            genetic_code or _DEFAULT_CODE,
            is_pseudogene=fields.get("pseudo", "false").lower() != "false" or "pseudogene" in fields,
            is_partial="partial" in fields or not {"<", ">"}.isdisjoint(fields.get("location", "")),
        )


def read_genbank_genes(lines: Iterable[str], source: str, genetic_code: int | None = None) -> Iterator[Gene]:
    """Read the features CDS of a GenBank file, spliced and along their own strand.

    Parameters
    ----------
    lines : iterable of str
    source : str
        What messages call the file.
    genetic_code : int or None, default=None
        Number of the genetic code, with which the translation of the file is
        left out; None takes that of the feature, 0 where it is no number.

    Yields
    ------
    Gene

    Raises
    ------
    InvalidSequenceError
        A record can't be read, isn't of nucleotides, or has another length
        than it says.
    """
    for genes in parse_records(lines, source, "LOCUS", partial(_read_record, genetic_code=genetic_code)):
        yield from genes


def _read_record(text, where, genetic_code):
    from Bio import SeqIO

    length = _LENGTH.search(text.readline())
    text.seek(0)
    record = SeqIO.read(text, "genbank")
    if length is not None and length[2] == "aa":
        raise InvalidSequenceError(
            f"{where} is a protein, which has no coding sequence: download the record of its DNA"
        )
    if length is not None and int(length[1]) != len(record.seq):
        raise InvalidSequenceError(
            f"{where} says that it has {length[1]} letters, but has {len(record.seq)}: the file is damaged, "
            "download it again"
        )
    return [_read_feature(one, record, where, genetic_code) for one in record.features if one.type == "CDS"]


def _read_feature(feature, record, where, genetic_code):
    first = {name: values[0] for name, values in feature.qualifiers.items()}
    name = next((first[key] for key in ("gene", "locus_tag", "protein_id") if first.get(key)), record.id)
    parts = [] if feature.location is None else feature.location.parts
    is_beyond = any(
        one.ref is None and not 0 <= int(one.start) <= int(one.end) <= len(record.seq) for one in parts
    )
    dna = _extract(feature, record, where) if parts and not is_beyond else None
    start, table = first.get("codon_start", "1"), first.get("transl_table")
    return Gene(
        name,
        None if dna is None else _normalize(dna)[int(start) - 1 if start in _FRAMES else 0 :],
        genetic_code or _read_code(table),
        translation=first.get("translation") if genetic_code is None else None,
        symbol=first.get("gene", ""),
        protein_id=first.get("protein_id", ""),
        is_pseudogene="pseudo" in first or "pseudogene" in first,
        is_partial=any(map(_is_open, parts)),
        is_beyond=is_beyond,
        lacks_frame=start not in _FRAMES,
        lacks_bacterial_code=table is None and genetic_code is None and _is_bacterial(record),
    )


def _read_code(table):
    if table is None:
        return _DEFAULT_CODE
    return int(table) if table.isdecimal() and len(table) < 4 else 0


def _is_bacterial(record):
    taxonomy = record.annotations.get("taxonomy", [])
    return record.annotations.get("data_file_division") == "BCT" or any(one in taxonomy for one in _BACTERIA)


def _extract(feature, record, where):
    from Bio.Seq import UndefinedSequenceError

    try:
        return str(feature.extract(record.seq))
    except UndefinedSequenceError:
        raise InvalidSequenceError(
            f"{where} has features but no sequence: download the whole record ('GenBank (full)')"
        ) from None
    except ValueError:  # a part of the gene, join(J00194.1:100..202,...), is in another record
        return None


def _is_open(part):
    """Whether a part goes on beyond its ends, <1..90 or 1..>90."""
    from Bio.SeqFeature import AfterPosition, BeforePosition

    return any(isinstance(end, (AfterPosition, BeforePosition)) for end in (part.start, part.end))


def _normalize(sequence):
    return sequence.upper().replace("U", "T")
