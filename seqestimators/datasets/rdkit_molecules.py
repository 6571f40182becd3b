"""Molecules that RDKit's wheel ships, so that they need no network."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from .._sklearn import StrOptions, validate_params
from ..domain import require_rdkit
from ..exceptions import DataNotFoundError
from ._bunch import FORM_PARAMETERS, make_bunch
from ._registry import read_table

__all__ = ["load_molecule_activity", "load_nci_molecules"]

# A molecule is called active from this pIC50 on.
_ACTIVE_FROM = 6.5

SHIPPED_FILES = read_table("rdkit_files.toml")


@validate_params({"target": [StrOptions({"pIC50", "active"})], **FORM_PARAMETERS})
def load_molecule_activity(*, target: str = "pIC50", return_X_y: bool = False, as_frame: bool = False) -> Any:
    """Load 1017 molecules with a measured activity. Needs no network.

    Parameters
    ----------
    target : {"pIC50", "active"}, default="pIC50"
        What to predict: the activity as a number, or whether it is at least
        6.5 (492 molecules, 48 %).
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Whether to return pandas objects instead of arrays.

    Returns
    -------
    Bunch, or tuple (data, target)
        - data : ndarray of shape (1017,), dtype object -- SMILES.
        - target : ndarray of shape (1017,) -- pIC50 as float64, 4.27 to 9.22;
          or 1 where it is at least 6.5 and else 0, as int64.
        - identifier : ndarray of shape (1017,), dtype object -- of ChEMBL.
        - target_names : list -- what 0 and 1 mean, or ["pIC50"].
        - n_invalid : int -- number of SMILES that RDKit can't parse.
        - frame, feature_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        RDKit is installed without its contributed data.

    See Also
    --------
    load_nci_molecules : More molecules, with a computed property.

    References
    ----------
    .. [1] Zdrazil, B. et al., "The ChEMBL Database in 2023", Nucleic Acids
       Research 52 (2024) D1180-D1192.

    Examples
    --------
    >>> from seqestimators.datasets import load_molecule_activity
    >>> smiles, activity = load_molecule_activity(return_X_y=True)
    >>> smiles[0], float(activity[0])
    ('O=S(=O)(Nc1cccs1)c2ccc(Oc3ccccc3c4ccccc4)c(c2)C#N', 5.48)
    >>> molecules = load_molecule_activity(target="active")
    >>> molecules.data.shape, int(molecules.target.sum()), molecules.target_names
    ((1017,), 492, ['inactive', 'active'])
    """
    require_rdkit()
    from rdkit import RDConfig

    filename = _find(RDConfig.RDContribDir, "FreeWilson/data/CHEMBL2321810.smi")
    activities = _find(RDConfig.RDContribDir, "FreeWilson/data/CHEMBL2321810_act.csv")
    with activities.open(encoding="utf-8", newline="") as stream:
        pic50_of = {row["Name"]: float(row["Act"]) for row in csv.DictReader(stream)}
    smiles, identifiers = _read_smiles(filename)
    pic50 = np.array([pic50_of[identifier] for identifier in identifiers])
    is_class = target == "active"
    columns = {
        "smiles": smiles,
        target: (pic50 >= _ACTIVE_FROM).astype(np.int64) if is_class else pic50,
        "identifier": identifiers,
    }
    return make_bunch(
        columns,
        data="smiles",
        target=target,
        invalid="keep",
        return_X_y=return_X_y,
        as_frame=as_frame,
        target_names=["inactive", "active"] if is_class else ["pIC50"],
        **SHIPPED_FILES["molecule_activity"],
        filename=str(filename),
    )


@validate_params({"invalid": [StrOptions({"keep", "drop"})], **FORM_PARAMETERS})
def load_nci_molecules(*, invalid: str = "keep", return_X_y: bool = False, as_frame: bool = False) -> Any:
    """Load 4999 molecules with their polar surface area. Needs no network.

    Parameters
    ----------
    invalid : {"keep", "drop"}, default="keep"
        What to do with the few SMILES that RDKit can't parse: 8 with RDKit
        2026.9, 5 with 2024.3.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch. This doesn't
        parse the molecules that it keeps, and is faster.
    as_frame : bool, default=False
        Whether to return pandas objects instead of arrays.

    Returns
    -------
    Bunch, or tuple (data, target)
        - data : ndarray of shape (n_molecules,), dtype object -- SMILES.
        - target : ndarray of shape (n_molecules,), dtype float64 -- topological
          polar surface area in square angstroms.
        - identifier : ndarray of shape (n_molecules,), dtype object -- of NCI.
        - n_invalid : int -- number of SMILES that RDKit can't parse.
        - frame, feature_names, target_names, DESCR, source, licence, filename.

    Raises
    ------
    DataNotFoundError
        RDKit is installed without its data.

    See Also
    --------
    load_molecule_activity : Molecules with a measured activity.

    References
    ----------
    .. [1] Ertl, P., B. Rohde and P. Selzer, "Fast calculation of molecular polar
       surface area as a sum of fragment-based contributions", Journal of
       Medicinal Chemistry 43 (2000) 3714-3717.

    Examples
    --------
    >>> from seqestimators.datasets import load_nci_molecules
    >>> smiles, tpsa = load_nci_molecules(return_X_y=True)
    >>> smiles[0], float(tpsa[0])
    ('CC1=CC(=O)C=CC1=O', 34.14)
    >>> load_nci_molecules(as_frame=True).frame.columns.tolist()
    ['smiles', 'TPSA', 'identifier']
    """
    require_rdkit()
    from rdkit import RDConfig

    filename = _find(RDConfig.RDDataDir, "NCI/first_5K.smi")
    surfaces = _find(RDConfig.RDDataDir, "NCI/first_5k.tpsa.csv")
    smiles, identifiers = _read_smiles(filename)
    lines = surfaces.read_text(encoding="utf-8").splitlines()[1:]  # the first is a comment
    tpsa_of = dict(line.rsplit(",", 1) for line in lines)
    columns = {
        "smiles": smiles,
        "TPSA": np.array([float(tpsa_of[one]) for one in smiles]),
        "identifier": identifiers,
    }
    return make_bunch(
        columns,
        data="smiles",
        target="TPSA",
        invalid=invalid,
        return_X_y=return_X_y,
        as_frame=as_frame,
        **SHIPPED_FILES["nci_molecules"],
        filename=str(filename),
    )


def _find(folder, name):
    path = Path(folder) / name
    if not path.is_file():
        raise DataNotFoundError(
            f"{path} is missing: this RDKit was built without its data. Install the wheel, pip install rdkit"
        )
    return path


def _read_smiles(path):
    """SMILES and names of a file with both in each line."""
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    return [smiles for smiles, _ in rows], [name for _, name in rows]
