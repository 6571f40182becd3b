"""Downloaded files as columns: that of the sequences first, then the target, then all else."""

import csv
import json
import zipfile
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


def read_peptides(path: Path) -> Columns:
    """Read peptides and their labels, two columns behind a line with the number of rows."""
    rows = [line.split(",") for line in path.read_text(encoding="ascii").splitlines()[1:] if line.strip()]
    return {
        "sequence": [sequence.strip() for sequence, _ in rows],
        "class": np.array([label for _, label in rows], dtype=np.int64),
    }


def read_flip(path: Path, subset: str) -> Columns:
    """Read chains and the labels of their residues out of three FASTA files of one archive.

    Residues that the mask marks with 0 have no coordinates, and no label.
    """
    chains, labels, masks = (
        _read_member(path, f"splits/{name}.fasta") for name in ("sequences", "sampled", "mask")
    )
    parts = {name: _part_of(header) for name, (header, _) in labels.items()}
    names = [name for name in chains if parts[name] == subset]
    return {
        "sequence": [chains[name][1] for name in names],
        "structure": [
            [
                label if known == "1" else None
                for label, known in zip(labels[name][1], masks[name][1], strict=True)
            ]
            for name in names
        ],
        "identifier": names,
    }


def _read_member(path, member):
    """Headers and sequences of a FASTA file in an archive, by their identifiers."""
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo(member).file_size > MAX_BYTES:
            raise ValueError(f"{member} of {path} unpacks to more than {MAX_BYTES} bytes")
        blocks = archive.read(member).decode("ascii").split(">")[1:]
    records = (block.partition("\n") for block in blocks)
    return {header.split()[0]: (header, body.replace("\n", "").strip()) for header, _, body in records}


def _part_of(header):
    """Return "train", "validation" or "test" for a header of FLIP."""
    fields = dict(field.split("=") for field in header.split()[1:])
    return "validation" if fields["VALIDATION"] == "True" else fields["SET"]


def read_residues(path: Path) -> Columns:
    """Read chains of one residue a line with its label, h, e or _, between lines in angle brackets."""
    chains: list[list[list[str]]] = []
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith("<>"):
            chains.append([])
        elif chains and len(fields := line.split()) == 2:
            chains[-1].append(fields)
    chains = [chain for chain in chains if chain]
    names = {"h": "H", "e": "E", "_": "C"}
    return {
        "sequence": ["".join(residue for residue, _ in chain) for chain in chains],
        "structure": [[names[label] for _, label in chain] for chain in chains],
    }


def read_ts(path: Path) -> Columns:
    """Read series of several channels in the .ts format of the time series archive."""
    with open_text(path, MAX_BYTES) as stream:
        text = stream.read()
    _, _, body = text.partition("@data")
    rows = [line.split(":") for line in body.splitlines() if line.strip()]
    return {
        "series": [
            np.array([channel.split(",") for channel in row[:-1]], dtype=np.float64).T for row in rows
        ],
        "class": np.array([row[-1] for row in rows], dtype=np.int64),
    }


def read_names(path: Path, values: str) -> Columns:
    """Read what stands for each name in a JSON object."""
    table = json.loads(path.read_text(encoding="utf-8"))
    return {values: list(table.values()), "identifier": list(table)}


def read_matrix(path: Path) -> Columns:
    """Read a matrix of numbers."""
    return {"matrix": np.loadtxt(path)}


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
