"""Words and how they are pronounced: SIGMORPHON 2020."""

from os import PathLike
from typing import Any

from .._sklearn import StrOptions, validate_params
from ._fetch import FETCH_PARAMETERS, fetch

__all__ = ["fetch_g2p"]


@validate_params(
    {
        "language": [StrOptions({"ady", "ice", "jpn"})],
        "subset": [StrOptions({"train", "dev", "test"})],
        **FETCH_PARAMETERS,
    }
)
def fetch_g2p(
    language: str = "ady",
    subset: str = "train",
    *,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch words and their phonemes: 4500 pairs in each of three languages.

    Parameters
    ----------
    language : {"ady", "ice", "jpn"}, default="ady"
        Adyghe, Icelandic or Japanese (in hiragana).
    subset : {"train", "dev", "test"}, default="train"
        3600, 450 or 450 words.
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
        - data : ndarray of shape (n_words,), dtype object -- words as str, in
          the Unicode form of the file.
        - target : ndarray of shape (n_words,), dtype object -- phonemes of
          each word, a list of str. A phoneme may be several characters long.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    References
    ----------
    .. [1] Gorman, K. et al., "The SIGMORPHON 2020 shared task on multilingual
       grapheme-to-phoneme conversion", Proceedings of the 17th SIGMORPHON
       Workshop (2020) 40-50.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_g2p
    >>> words, phonemes = fetch_g2p("ice", "train", return_X_y=True)  # doctest: +SKIP
    >>> words[1], len(phonemes[1]), phonemes[1][1]  # doctest: +SKIP
    ('af', 2, 'v')
    """
    return fetch(f"g2p_{language}_{subset}", data_home, download_if_missing, return_X_y, as_frame)
