"""DNA with a label: splice junctions and promoters of the UCI repository."""

from os import PathLike
from typing import Any

from .._sklearn import validate_params
from ._fetch import FETCH_PARAMETERS, fetch

__all__ = ["fetch_promoters", "fetch_splice"]


@validate_params(FETCH_PARAMETERS)
def fetch_splice(
    *,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch splice junctions of primate genes: 3190 sequences, three classes.

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
        - data : ndarray of shape (3190,), dtype object -- DNA of 60
          nucleotides, upper case; 15 hold the ambiguity letters N, D, S or R.
        - target : ndarray of shape (3190,), dtype str -- "EI" where an exon
          ends in the middle, "IE" where one begins, else "N".
        - identifier : ndarray of shape (3190,), dtype object -- name of the
          gene and place in it.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    Notes
    -----
    185 sequences are duplicates of others: pass ``groups=data`` to a splitter
    for groups, lest the test set holds what was trained on.

    References
    ----------
    .. [1] Noordewier, M. O., G. G. Towell and J. W. Shavlik, "Training
       knowledge-based neural networks to recognize genes in DNA sequences",
       Advances in Neural Information Processing Systems 3 (1991) 530-536.

    Examples
    --------
    >>> from collections import Counter
    >>> from seqestimators.datasets import fetch_splice
    >>> dna, label = fetch_splice(return_X_y=True)  # doctest: +SKIP
    >>> len(dna[0]), sorted(Counter(label.tolist()).items())  # doctest: +SKIP
    (60, [('EI', 767), ('IE', 768), ('N', 1655)])
    """
    return fetch("splice", data_home, download_if_missing, return_X_y, as_frame)


@validate_params(FETCH_PARAMETERS)
def fetch_promoters(
    *,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch promoters of E. coli: 106 sequences, two classes.

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
        - data : ndarray of shape (106,), dtype object -- DNA of 57
          nucleotides, lower case as in the file; the tokenizers read both.
        - target : ndarray of shape (106,), dtype str -- "+" for a promoter,
          "-" for none, 53 of each.
        - identifier : ndarray of shape (106,), dtype object -- name of the
          gene, or place in the genome.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    References
    ----------
    .. [1] Towell, G. G., J. W. Shavlik and M. O. Noordewier, "Refinement of
       approximate domain theories by knowledge-based neural networks", AAAI
       (1990) 861-866.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_promoters
    >>> dna, label = fetch_promoters(return_X_y=True)  # doctest: +SKIP
    >>> dna[0][:10], str(label[0])  # doctest: +SKIP
    ('tactagcaat', '+')
    """
    return fetch("promoters", data_home, download_if_missing, return_X_y, as_frame)
