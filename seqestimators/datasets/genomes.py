"""All genes of some genomes, with their proteins."""

from os import PathLike
from typing import Any

from .._sklearn import StrOptions, validate_params
from ._fetch import FETCH_PARAMETERS, fetch

__all__ = ["fetch_coding_sequences"]


@validate_params(
    {
        "source": [StrOptions({"ecoli", "arabidopsis_chloroplast", "yersinia_plasmid", "phix174"})],
        **FETCH_PARAMETERS,
    }
)
def fetch_coding_sequences(
    source: str = "ecoli",
    *,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
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
    return fetch(source, data_home, download_if_missing, return_X_y, as_frame)
