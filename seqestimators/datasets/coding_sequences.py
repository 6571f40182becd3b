"""Genes and their proteins, out of FASTA and GenBank files."""

from typing import NamedTuple

import numpy as np

from .._sklearn import StrOptions, validate_params
from ._bunch import make_bunch
from ._compression import open_text
from ._fetch import FETCH_PARAMETERS, describe_file, fetch_file
from .fasta import read_fasta

__all__ = ["fetch_coding_sequences"]

# The chosen files unpack to 5 MB at most.
_MAX_BYTES = 2**26


class _CodingSequence(NamedTuple):
    """One gene as its file has it. `protein` ends in "*" where `dna` ends in a stop codon."""

    identifier: str
    gene: str
    dna: str
    protein: str
    genetic_code: int


@validate_params(
    {
        "source": [StrOptions({"ecoli", "arabidopsis_chloroplast", "yersinia_plasmid", "phix174"})],
        **FETCH_PARAMETERS,
    },
    prefer_skip_nested_validation=True,
)
def fetch_coding_sequences(
    source="ecoli", *, data_home=None, download_if_missing=True, return_X_y=False, as_frame=False
):
    """Fetch the coding sequences of a genome and their proteins.

    All genes of the file are there, filtered by nothing. A protein has one
    letter per codon, the stop codon as ``*``: ``len(dna) == 3 * len(protein)``.

    Parameters
    ----------
    source : str, default="ecoli"
        - "ecoli": Escherichia coli K-12, 4239 genes of 42 to 7077 nucleotides;
        - "arabidopsis_chloroplast": 85 genes, some spliced, on both strands;
        - "yersinia_plasmid": pPCP1 of Yersinia pestis, 10 genes;
        - "phix174": a bacteriophage with 11 overlapping genes on a circle.
    data_home : str, path or None, default=None
        Folder of the data; None takes SEQESTIMATORS_DATA or a cache folder.
    download_if_missing : bool, default=True
        Whether to download the file if the data home lacks it.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Whether to return pandas objects instead of arrays.

    Returns
    -------
    Bunch, or tuple (data, target)
        - data : ndarray of shape (n_genes,), dtype object -- DNA, spliced and
          read along its own strand, start and stop codon included.
        - target : ndarray of shape (n_genes,), dtype object -- proteins.
        - identifier, gene : ndarray of shape (n_genes,), dtype object -- id
          of the protein, and name of the gene, empty where the file has none.
        - genetic_code : ndarray of shape (n_genes,), dtype int64 -- number of
          NCBI's table.
        - filename : str -- path of the FASTA (compressed) or GenBank file.
        - frame, feature_names, target_names, DESCR, source, licence.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    See Also
    --------
    read_fasta : Read the records of any FASTA file.

    Notes
    -----
    Proteins of GenBank files are those of the file. The FASTA file of E. coli
    has none, and the DNA is translated by Biopython with genetic code 11. Any
    start codon is methionine, also GTG, TTG, ATT and CTG.

    References
    ----------
    .. [1] Blattner, F. R. et al., "The complete genome sequence of Escherichia
       coli K-12", Science 277 (1997) 1453-1462.
    .. [2] Sayers, E. W. et al., "GenBank", Nucleic Acids Research 50 (2022)
       D161-D164.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_coding_sequences
    >>> genes = fetch_coding_sequences("phix174")  # doctest: +SKIP
    >>> genes.data.shape, genes.data[0][:9], genes.target[0][:3]  # doctest: +SKIP
    ((11,), 'ATGGTTCGT', 'MVR')
    """
    filename = fetch_file(source, data_home, download_if_missing)
    read = _read_ensembl if source == "ecoli" else _read_genbank
    records = list(read(filename))
    columns = {
        "dna": [record.dna for record in records],
        "protein": [record.protein for record in records],
        "identifier": [record.identifier for record in records],
        "gene": [record.gene for record in records],
        "genetic_code": np.array([record.genetic_code for record in records], dtype=np.int64),
    }
    return make_bunch(
        columns,
        data="dna",
        target="protein",
        return_X_y=return_X_y,
        as_frame=as_frame,
        **describe_file(source, filename),
    )


def _read_ensembl(path, genetic_code=11):
    """Genes of a FASTA file of Ensembl, whose headers read "id cds ... gene_symbol:name ..."."""
    from Bio.Seq import Seq

    for record in read_fasta(path, max_bytes=_MAX_BYTES):
        fields = dict(word.split(":", 1) for word in record.description.split() if ":" in word)
        protein = "M" + str(Seq(record.sequence[3:]).translate(table=genetic_code))
        gene = fields.get("gene_symbol", "")
        yield _CodingSequence(record.identifier, gene, record.sequence, protein, genetic_code)


def _read_genbank(path):
    """Genes of a GenBank file that have a protein; pseudogenes have none."""
    from Bio import SeqIO

    with open_text(path, _MAX_BYTES) as text:
        for record in SeqIO.parse(text, "genbank"):
            for feature in record.features:
                if feature.type == "CDS" and "translation" in feature.qualifiers:
                    yield _read_feature(feature, record)


def _read_feature(feature, record):
    first = {name: values[0] for name, values in feature.qualifiers.items()}
    genetic_code = int(first.get("transl_table", 1))
    dna = feature.extract(record.seq)[int(first.get("codon_start", 1)) - 1 :]
    ends_in_stop = dna[-3:].translate(table=genetic_code) == "*"
    protein = first["translation"] + "*" * ends_in_stop
    return _CodingSequence(
        first.get("protein_id", ""), first.get("gene", ""), str(dna), protein, genetic_code
    )
