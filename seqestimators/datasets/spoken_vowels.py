"""Series of several channels: vowels of nine speakers."""

from os import PathLike
from typing import Any

from .._sklearn import StrOptions, validate_params
from ._fetch import FETCH_PARAMETERS, fetch

__all__ = ["fetch_japanese_vowels"]


@validate_params({"subset": [StrOptions({"train", "test"})], **FETCH_PARAMETERS})
def fetch_japanese_vowels(
    subset: str = "train",
    *,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch utterances of two Japanese vowels: time series of 12 channels, of nine speakers.

    Parameters
    ----------
    subset : {"train", "test"}, default="train"
        270 or 370 utterances, the published split.
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
        - data : ndarray of shape (n_utterances,), dtype object -- series of
          shape (T, 12), dtype float64, of 7 to 29 steps: coefficients of
          linear prediction of the sound.
        - target : ndarray of shape (n_utterances,), dtype int64 -- the
          speaker, 1 to 9.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    Notes
    -----
    Published accuracy on the test utterances [1]_: 94.1 %.

    References
    ----------
    .. [1] Kudo, M., J. Toyama, M. Shimbo, "Multidimensional curve
       classification using passing-through regions", Pattern Recognition
       Letters 20 (1999) 1103-1111.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_japanese_vowels
    >>> series, speaker = fetch_japanese_vowels(return_X_y=True)  # doctest: +SKIP
    >>> series[0].shape, int(speaker[0])  # doctest: +SKIP
    ((20, 12), 1)
    """
    return fetch(f"japanese_vowels_{subset}", data_home, download_if_missing, return_X_y, as_frame)
