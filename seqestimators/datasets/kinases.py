"""Pairs of sequences: inhibitors and the kinases that they bind."""

from os import PathLike
from typing import Any

import numpy as np

from .._sklearn import validate_params
from ._bunch import make_bunch
from ._fetch import FETCH_PARAMETERS, fetch_file
from ._registry import REMOTE_FILES

__all__ = ["fetch_kinase_affinity"]

PARTS = ("davis_ligands", "davis_proteins", "davis_affinities")


@validate_params(FETCH_PARAMETERS)
def fetch_kinase_affinity(
    *,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch affinities of kinase inhibitors: 30,056 pairs of a molecule and a protein.

    Parameters
    ----------
    data_home : str, path or None, default=None
        Folder of the data; None takes SEQESTIMATORS_DATA or a cache folder.
    download_if_missing : bool, default=True
        Whether to download the files that the data home lacks.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Whether to return pandas objects instead of arrays.

    Returns
    -------
    Bunch, or tuple (data, target)
        - data : ndarray of shape (30056, 2), dtype object -- SMILES of the
          inhibitor, and sequence of the kinase; as a frame, the columns
          smiles and protein.
        - target : ndarray of shape (30056,), dtype float64 -- pKd, the
          negative logarithm (base 10) of the dissociation constant in mol/L;
          5 where no binding was seen.
        - ligand, kinase : ndarray of shape (30056,), dtype object -- PubChem's
          number of the inhibitor, and name of the kinase.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        A file is not in the data home and can't or mustn't be downloaded.
    ValueError
        A file has a wrong checksum.

    See Also
    --------
    seqestimators.SequenceColumns : Reads both columns.

    Notes
    -----
    68 inhibitors and 442 kinases, of which each pair was measured [1]_. The
    kinases have 379 distinct sequences: for a split by new kinases, group the
    rows by sequence, not by name. In 70 % of the pairs no binding was seen.

    References
    ----------
    .. [1] Davis, M. I. et al., "Comprehensive analysis of kinase inhibitor
       selectivity", Nature Biotechnology 29 (2011) 1046-1051.
    .. [2] Öztürk, H., A. Özgür, E. Ozkirimli, "DeepDTA: deep drug-target
       binding affinity prediction", Bioinformatics 34 (2018) i821-i829.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_kinase_affinity
    >>> X, y = fetch_kinase_affinity(return_X_y=True, as_frame=True)  # doctest: +SKIP
    >>> X.shape, list(X.columns), float(y.min())  # doctest: +SKIP
    ((30056, 2), ['smiles', 'protein'], 5.0)
    """
    paths = [fetch_file(key, data_home, download_if_missing) for key in PARTS]
    files = [REMOTE_FILES[key] for key in PARTS]
    ligands, kinases, affinities = (file.read(path) for file, path in zip(files, paths, strict=True))
    ligand, kinase = (index.ravel() for index in np.indices(affinities["matrix"].shape))
    columns = {
        "smiles": [ligands["smiles"][i] for i in ligand],
        "protein": [kinases["sequence"][i] for i in kinase],
        "pKd": 9 - np.log10(affinities["matrix"].ravel()),
        "ligand": [ligands["identifier"][i] for i in ligand],
        "kinase": [kinases["identifier"][i] for i in kinase],
    }
    return make_bunch(
        columns,
        data=["smiles", "protein"],
        target="pKd",
        return_X_y=return_X_y,
        as_frame=as_frame,
        DESCR=files[-1].description,
        source=files[-1].url,
        licence=files[-1].licence,
        filename=str(paths[-1]),
    )
