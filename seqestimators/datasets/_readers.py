"""Downloaded files as columns: that of the sequences first, then the target, then all else."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from ..domain import find_genetic_code
from ._compression import open_source, open_text
from ._genes import read_genbank_genes
from .fasta import read_fasta

Columns = dict[str, Any]

# The registered files unpack to 5 MB at most.
MAX_BYTES = 2**26


def read_csv(path: Path, numbers: dict[str, str], texts: dict[str, str], dtype: str = "float64") -> Columns:
    """Read a table of molecules; what a column is to be called leads to its name in the file.

    An empty field of a number is NaN.
    """
    with open_text(path, MAX_BYTES) as stream:
        rows = list(csv.DictReader(stream))
    return {
        "smiles": [row["smiles"].strip() for row in rows],
        **{
            name: np.array([row[field] or "nan" for row in rows], dtype=dtype)
            for name, field in numbers.items()
        },
        **{name: [row[field] for row in rows] for name, field in texts.items()},
    }


def read_smiles(path: Path) -> Columns:
    """Read SMILES, one a line."""
    return {"smiles": path.read_text(encoding="utf-8").split()}


def read_uci(path: Path) -> Columns:
    """Read labels, names and sequences, three columns without a header."""
    rows = [line.split(",") for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    labels, names, sequences = ([field.strip() for field in column] for column in zip(*rows, strict=True))
    return {"sequence": sequences, "class": np.array(labels), "identifier": names}


def read_labelled_fasta(path: Path) -> Columns:
    """Read sequences of a FASTA file whose headers are their labels, 0 or 1."""
    records = list(read_fasta(path, max_bytes=MAX_BYTES))
    return {
        "sequence": [one.sequence for one in records],
        "class": np.array([one.identifier for one in records], dtype=np.int64),
    }


def read_pairs(path: Path) -> Columns:
    """Read words and their phonemes, one pair a line."""
    pairs = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return {"word": [word for word, _ in pairs], "phonemes": [phonemes.split(" ") for _, phonemes in pairs]}


def read_ensembl(path: Path, genetic_code: int = 11) -> Columns:
    """Read the genes of a FASTA file of Ensembl, whose headers read "id cds ... gene_symbol:name ..."."""
    from Bio.Seq import Seq

    records = list(read_fasta(path, max_bytes=MAX_BYTES))
    fields = [dict(word.split(":", 1) for word in one.description.split() if ":" in word) for one in records]
    return {
        "dna": [one.sequence for one in records],
        "protein": [f"M{Seq(one.sequence[3:]).translate(table=genetic_code)}" for one in records],
        "identifier": [one.identifier for one in records],
        "gene": [one.get("gene_symbol", "") for one in fields],
        "genetic_code": np.full(len(records), genetic_code),
    }


def read_genbank(path: Path) -> Columns:
    """Read the genes of a GenBank file that have a protein; pseudogenes have none."""
    with open_source(path, MAX_BYTES) as (lines, name):
        genes = [gene for gene in read_genbank_genes(lines, name) if gene.translation is not None]
    return {
        "dna": [gene.dna for gene in genes],
        "protein": [gene.translation + "*" * _ends_in_stop(gene) for gene in genes],
        "identifier": [gene.protein_id for gene in genes],
        "gene": [gene.symbol for gene in genes],
        "genetic_code": np.array([gene.genetic_code for gene in genes], dtype=np.int64),
    }


def _ends_in_stop(gene):
    return gene.dna[-3:] in find_genetic_code(gene.genetic_code).stop_codons
