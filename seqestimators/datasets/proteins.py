"""Proteins with labels: antimicrobial peptides, and the secondary structure of chains."""

from os import PathLike
from typing import Any

from .._sklearn import StrOptions, validate_params
from ._fetch import FETCH_PARAMETERS, fetch

__all__ = ["fetch_antimicrobial_peptides", "fetch_secondary_structure"]


@validate_params(FETCH_PARAMETERS)
def fetch_antimicrobial_peptides(
    *,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch antimicrobial peptides and other peptides of UniProt: 5200 sequences, two classes.

    Parameters
    ----------
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
        - data : ndarray of shape (5200,), dtype object -- peptides of 7 to
          174 amino acids.
        - target : ndarray of shape (5200,), dtype int64 -- 1 for an
          antimicrobial peptide, 0 for another one of UniProt, 2600 of each.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    Notes
    -----
    558 rows are copies of others, and 22 sequences occur with both labels:
    pass ``groups=data`` to a splitter for groups, or take
    :class:`~seqestimators.model_selection.SequenceClusterSplit`, lest the test
    set holds what was trained on.

    References
    ----------
    .. [1] Müller, A. T. et al., "modlAMP: Python for antimicrobial peptides",
       Bioinformatics 33 (2017) 2753-2755.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_antimicrobial_peptides
    >>> peptides, label = fetch_antimicrobial_peptides(return_X_y=True)  # doctest: +SKIP
    >>> peptides[0], int(label[0])  # doctest: +SKIP
    ('GLWSKIKEVGKEAAKAAAKAAGKAALGAVSEAV', 1)
    """
    return fetch("antimicrobial_peptides", data_home, download_if_missing, return_X_y, as_frame)


@validate_params(
    {
        "subset": [StrOptions({"train", "validation", "test"})],
        "source": [StrOptions({"flip", "uci"})],
        **FETCH_PARAMETERS,
    }
)
def fetch_secondary_structure(
    subset: str = "train",
    *,
    source: str = "flip",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch protein chains and the secondary structure of every residue: helix, strand or coil.

    Parameters
    ----------
    subset : {"train", "validation", "test"}, default="train"
        Part of the published split; the UCI set has no validation part.
    source : {"flip", "uci"}, default="flip"
        The set of NetSurfP-2.0 as FLIP distributes it, 9712, 1080 and 364
        chains; or the classic one of Qian and Sejnowski, 111 and 17 chains.
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
        - data : ndarray of shape (n_chains,), dtype object -- amino acids as
          str; those of FLIP hold the letters X and U, too.
        - target : ndarray of shape (n_chains,), dtype object -- for each
          chain a list with a label for each residue: "H" (helix), "E"
          (strand), "C" (coil), or None where the structure is not resolved.
        - identifier : ndarray of shape (n_chains,), dtype object -- entry and
          chain in the Protein Data Bank; of FLIP only.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum, or the UCI set is asked for validation
        chains.

    See Also
    --------
    seqestimators.RecurrentTagger : Learns them; residues without a label are masked.
    seqestimators.metrics.q3_score : Scores them.

    Notes
    -----
    The test chains of FLIP are newer than those of training. Published on the
    test chains of the UCI set [3]_: 64.3 % of the residues right. That set is
    for non-commercial research, as its file says; UCI distributes it under
    CC BY 4.0.

    References
    ----------
    .. [1] Klausen, M. S. et al., "NetSurfP-2.0: Improved prediction of protein
       structural features by integrated deep learning", Proteins 87 (2019)
       520-527.
    .. [2] Dallago, C. et al., "FLIP: Benchmark tasks in fitness landscape
       inference for proteins", NeurIPS Datasets and Benchmarks (2021).
    .. [3] Qian, N., T. J. Sejnowski, "Predicting the secondary structure of
       globular proteins using neural network models", Journal of Molecular
       Biology 202 (1988) 865-884.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_secondary_structure
    >>> chains, structure = fetch_secondary_structure(return_X_y=True)  # doctest: +SKIP
    >>> chains[0][:8], structure[0][:4]  # doctest: +SKIP
    ('VTKPTIAA', [None, None, 'C', 'C'])
    """
    options = data_home, download_if_missing, return_X_y, as_frame
    if source == "flip":
        return fetch("flip_secondary_structure", *options, subset=subset)
    if subset == "validation":
        raise ValueError(
            'the UCI set has no validation chains: take subset="train" or "test", or source="flip"'
        )
    return fetch(f"uci_secondary_structure_{subset}", *options)
