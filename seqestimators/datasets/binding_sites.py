"""Where a protein binds DNA: peaks of ChIP-seq and background."""

from os import PathLike
from typing import Any

from .._sklearn import StrOptions, validate_params
from ._fetch import FETCH_PARAMETERS, fetch

__all__ = ["fetch_binding_sites"]


@validate_params({"subset": [StrOptions({"train", "test"})], **FETCH_PARAMETERS})
def fetch_binding_sites(
    subset: str = "train",
    *,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch binding sites of the human protein RAD21: 2000 sequences to train, and 2000 to test.

    Parameters
    ----------
    subset : {"train", "test"}, default="train"
        Part of the published split.
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
        - data : ndarray of shape (2000,), dtype object -- DNA of 100
          nucleotides, some of them in lower case.
        - target : ndarray of shape (2000,), dtype int64 -- 1 for a peak, 0
          for background, 1000 of each.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    Notes
    -----
    Sites stand anywhere in a sequence, on either strand. Published ROC-AUC on
    the test rows [2]_: .799 with an LSTM, .971 with a convolution of
    characters, .976 with a gapped k-mer SVM.

    References
    ----------
    .. [1] Alipanahi, B. et al., "Predicting the sequence specificities of DNA-
       and RNA-binding proteins by deep learning", Nature Biotechnology 33
       (2015) 831-838.
    .. [2] Blakely, D. et al., "FastSK: fast sequence analysis with gapped
       string kernels", Bioinformatics 36 (2020) i857-i865.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_binding_sites
    >>> dna, label = fetch_binding_sites(return_X_y=True)  # doctest: +SKIP
    >>> len(dna), len(dna[0]), int(label.sum())  # doctest: +SKIP
    (2000, 100, 1000)
    """
    return fetch(f"binding_sites_{subset}", data_home, download_if_missing, return_X_y, as_frame)
