"""Molecules as SMILES with a measured property: MoleculeNet and ZINC."""

from os import PathLike
from typing import Any

from .._sklearn import StrOptions, validate_params
from ._fetch import FETCH_PARAMETERS, fetch

__all__ = ["fetch_bbbp", "fetch_esol", "fetch_freesolv", "fetch_lipophilicity", "fetch_tox21", "fetch_zinc"]

_MOLECULE_PARAMETERS = {"invalid": [StrOptions({"keep", "drop"})], **FETCH_PARAMETERS}


@validate_params(_MOLECULE_PARAMETERS)
def fetch_bbbp(
    *,
    invalid: str = "keep",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch blood-brain barrier penetration: 2050 molecules, two classes.

    Parameters
    ----------
    invalid : {"keep", "drop"}, default="keep"
        What to do with the 11 SMILES that RDKit can't parse.
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
        - data : ndarray of shape (n_molecules,), dtype object -- SMILES.
        - target : ndarray of shape (n_molecules,), dtype int64 -- 1 where the
          molecule penetrates the barrier, else 0.
        - name : ndarray of shape (n_molecules,), dtype object.
        - target_names : list -- what 0 and 1 mean.
        - n_invalid : int -- number of SMILES that RDKit can't parse.
        - frame, feature_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    References
    ----------
    .. [1] Martins, I. F. et al., "A Bayesian approach to in silico blood-brain
       barrier penetration modeling", Journal of Chemical Information and
       Modeling 52 (2012) 1686-1697.
    .. [2] Wu, Z. et al., "MoleculeNet: a benchmark for molecular machine
       learning", Chemical Science 9 (2018) 513-530.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_bbbp
    >>> bbbp = fetch_bbbp()  # doctest: +SKIP
    >>> bbbp.data[1], int(bbbp.target[1]), bbbp.n_invalid  # doctest: +SKIP
    ('C(=O)(OC(C)(C)C)CCCc1ccc(cc1)N(CCCl)CCCl', 1, 11)

    A file that is nowhere is an error that says where to get it.

    >>> from seqestimators.exceptions import DataNotFoundError
    >>> try:
    ...     fetch_bbbp(data_home="no/such/folder", download_if_missing=False)
    ... except DataNotFoundError as error:
    ...     "BBBP.csv" in str(error)
    True
    """
    return fetch("bbbp", data_home, download_if_missing, return_X_y, as_frame, invalid)


@validate_params(_MOLECULE_PARAMETERS)
def fetch_esol(
    *,
    invalid: str = "keep",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch solubilities in water: 1128 molecules, a regression target.

    Parameters
    ----------
    invalid : {"keep", "drop"}, default="keep"
        What to do with SMILES that RDKit can't parse; there are none so far.
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
        - data : ndarray of shape (1128,), dtype object -- SMILES, without the
          spaces that stand around 212 of them in the file.
        - target : ndarray of shape (1128,), dtype float64 -- logarithm, base
          10, of the measured solubility in mol/L.
        - name : ndarray of shape (1128,), dtype object.
        - n_invalid : int -- number of SMILES that RDKit can't parse.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    References
    ----------
    .. [1] Delaney, J. S., "ESOL: estimating aqueous solubility directly from
       molecular structure", Journal of Chemical Information and Computer
       Sciences 44 (2004) 1000-1005.
    .. [2] Wu, Z. et al., "MoleculeNet: a benchmark for molecular machine
       learning", Chemical Science 9 (2018) 513-530.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_esol
    >>> smiles, solubility = fetch_esol(return_X_y=True)  # doctest: +SKIP
    >>> smiles[1], float(solubility[1])  # doctest: +SKIP
    ('Cc1occc1C(=O)Nc2ccccc2', -3.3)
    """
    return fetch("esol", data_home, download_if_missing, return_X_y, as_frame, invalid)


@validate_params(_MOLECULE_PARAMETERS)
def fetch_freesolv(
    *,
    invalid: str = "keep",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch free energies of hydration: 642 molecules, a regression target.

    Parameters
    ----------
    invalid : {"keep", "drop"}, default="keep"
        What to do with SMILES that RDKit can't parse; there are none so far.
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
        - data : ndarray of shape (642,), dtype object -- SMILES.
        - target : ndarray of shape (642,), dtype float64 -- experimental free
          energy of hydration in kcal/mol.
        - calculated : ndarray of shape (642,), dtype float64 -- the same from
          molecular dynamics, a rival to any model; not a feature.
        - name : ndarray of shape (642,), dtype object -- IUPAC names.
        - n_invalid : int -- number of SMILES that RDKit can't parse.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    References
    ----------
    .. [1] D. L. Mobley and J. P. Guthrie, "FreeSolv: a database of experimental
       and calculated hydration free energies, with input files", Journal of
       Computer-Aided Molecular Design 28 (2014) 711-720.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_freesolv
    >>> smiles, energy = fetch_freesolv(return_X_y=True)  # doctest: +SKIP
    >>> smiles[1], float(energy[1])  # doctest: +SKIP
    ('CS(=O)(=O)Cl', -4.87)
    """
    return fetch("freesolv", data_home, download_if_missing, return_X_y, as_frame, invalid)


@validate_params(_MOLECULE_PARAMETERS)
def fetch_lipophilicity(
    *,
    invalid: str = "keep",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch octanol/water distribution coefficients: 4200 molecules, a regression target.

    Parameters
    ----------
    invalid : {"keep", "drop"}, default="keep"
        What to do with SMILES that RDKit can't parse; there are none so far.
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
        - data : ndarray of shape (4200,), dtype object -- SMILES.
        - target : ndarray of shape (4200,), dtype float64 -- logD at pH 7.4,
          base 10.
        - identifier : ndarray of shape (4200,), dtype object -- of ChEMBL.
        - n_invalid : int -- number of SMILES that RDKit can't parse.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    References
    ----------
    .. [1] Wu, Z. et al., "MoleculeNet: a benchmark for molecular machine
       learning", Chemical Science 9 (2018) 513-530.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_lipophilicity
    >>> smiles, log_d = fetch_lipophilicity(return_X_y=True)  # doctest: +SKIP
    >>> smiles[0], float(log_d[0])  # doctest: +SKIP
    ('Cn1c(CN2CCN(CC2)c3ccc(Cl)cc3)nc4ccccc14', 3.54)
    """
    return fetch("lipophilicity", data_home, download_if_missing, return_X_y, as_frame, invalid)


@validate_params(_MOLECULE_PARAMETERS)
def fetch_tox21(
    *,
    invalid: str = "keep",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch toxicity in 12 assays: 7831 molecules, several labels with missing ones.

    Parameters
    ----------
    invalid : {"keep", "drop"}, default="keep"
        What to do with the 8 SMILES that RDKit can't parse.
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
        - data : ndarray of shape (n_molecules,), dtype object -- SMILES.
        - target : ndarray of shape (n_molecules, 12), dtype float64 -- 1 where
          the molecule was active in the assay, 0 where it wasn't, NaN where it
          wasn't measured.
        - target_names : list -- the 12 assays.
        - identifier : ndarray of shape (n_molecules,), dtype object -- of Tox21.
        - n_invalid : int -- number of SMILES that RDKit can't parse.
        - frame, feature_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    See Also
    --------
    seqestimators.metrics.masked_roc_auc_scorer : Scores the known labels.

    References
    ----------
    .. [1] Huang, R. et al., "Tox21Challenge to build predictive models of
       nuclear receptor and stress response pathways as mediated by exposure to
       environmental chemicals and drugs", Frontiers in Environmental Science 3
       (2016) 85.
    .. [2] Wu, Z. et al., "MoleculeNet: a benchmark for molecular machine
       learning", Chemical Science 9 (2018) 513-530.

    Examples
    --------
    >>> from seqestimators.datasets import fetch_tox21
    >>> tox21 = fetch_tox21()  # doctest: +SKIP
    >>> tox21.data[1], tox21.target.shape, tox21.n_invalid  # doctest: +SKIP
    ('CCN1C(=O)NC(c2ccccc2)C1=O', (7831, 12), 8)
    >>> tox21.target_names[7], float(tox21.target[1, 7])  # doctest: +SKIP
    ('SR-ARE', nan)
    """
    return fetch("tox21", data_home, download_if_missing, return_X_y, as_frame, invalid)


@validate_params({"subset": [StrOptions({"valid", "test"})], **_MOLECULE_PARAMETERS})
def fetch_zinc(
    subset: str = "valid",
    *,
    invalid: str = "keep",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch drug-like molecules of ZINC, for language models.

    Parameters
    ----------
    subset : {"valid", "test"}, default="valid"
        The 24,445 validation or the 5,000 test molecules of the usual split of
        250,000.
    invalid : {"keep", "drop"}, default="keep"
        What to do with SMILES that RDKit can't parse; there are none so far.
    data_home : str, path or None, default=None
        Folder of the data; None takes SEQESTIMATORS_DATA or a cache folder.
    download_if_missing : bool, default=True
        Whether to download the file if the data home lacks it.
    return_X_y : bool, default=False
        Whether to return ``(data, None)`` instead of a Bunch. This doesn't
        parse the molecules that it keeps, and is faster.
    as_frame : bool, default=False
        Whether to return pandas objects instead of arrays.

    Returns
    -------
    Bunch, or tuple (data, None)
        - data : ndarray of shape (n_molecules,), dtype object -- SMILES.
        - target : None.
        - n_invalid : int -- number of SMILES that RDKit can't parse.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        The file is not in the data home and can't or mustn't be downloaded.
    ValueError
        The file has a wrong checksum.

    References
    ----------
    .. [1] Irwin, J. J. et al., "ZINC: a free tool to discover chemistry for
       biology", Journal of Chemical Information and Modeling 52 (2012)
       1757-1768.
    .. [2] Jin, W., R. Barzilay and T. Jaakkola, "Junction tree variational
       autoencoder for molecular graph generation", ICML (2018).

    Examples
    --------
    >>> from seqestimators.datasets import fetch_zinc
    >>> smiles, _ = fetch_zinc("test", return_X_y=True)  # doctest: +SKIP
    >>> len(smiles), smiles[0]  # doctest: +SKIP
    (5000, 'CC(C)(C)c1ccc2occ(CC(=O)Nc3ccccc3F)c2c1')
    """
    return fetch(f"zinc_{subset}", data_home, download_if_missing, return_X_y, as_frame, invalid)
