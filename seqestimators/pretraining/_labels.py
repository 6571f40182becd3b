"""What RDKit tells of any molecule for nothing: the labels of pretraining."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

N_BITS = 512
"""Length of the Morgan fingerprint, to which all substructures are folded."""
MIN_SHARE = 1e-3
"""Bits that fewer of the molecules have, or lack, teach nothing."""


class FreeLabels(NamedTuple):
    """Numbers and bits of molecules.

    Parameters
    ----------
    names : list of str
        Names of the numbers.
    numbers : ndarray of shape (n_molecules, n_numbers), dtype float32
    bits : ndarray of shape (n_molecules, n_bits), dtype float32
        0 or 1.
    """

    names: list[str]
    numbers: np.ndarray
    bits: np.ndarray


def compute_labels(molecules: Iterable[Any]) -> FreeLabels:
    """Compute what RDKit's C++ knows of molecules, 2 to 3 ms each.

    Parameters
    ----------
    molecules : iterable of rdkit.Chem.Mol

    Returns
    -------
    FreeLabels
        Numbers: RDKit's properties (weight, logP, polar surface, counts of
        atoms, rings and bonds, chi and kappa), the surface by contributions
        to logP, refractivity and charge, and the molecular quantum numbers.
        Bits: MACCS keys and the folded Morgan fingerprint of radius 2.

    References
    ----------
    .. [1] Labute, P., "A widely applicable set of descriptors", Journal of
       Molecular Graphics and Modelling 18 (2000) 464-477.
    .. [2] Nguyen, K. T. et al., "Classification of Organic Molecules by
       Molecular Quantum Numbers", ChemMedChem 4 (2009) 1803-1805.
    .. [3] Durant, J. L. et al., "Reoptimization of MDL Keys for Use in Drug
       Discovery", Journal of Chemical Information and Computer Sciences 42
       (2002) 1273-1280.
    """
    from rdkit import rdBase
    from rdkit.Chem import rdMolDescriptors
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    properties = rdMolDescriptors.Properties()
    vectors = {name: getattr(rdMolDescriptors, name) for name in _VECTORS}
    morgan = GetMorganGenerator(radius=2, fpSize=N_BITS)
    numbers, bits = [], []
    with rdBase.BlockLogs():
        for molecule in molecules:
            row = [np.array(properties.ComputeProperties(molecule))]
            row += [np.array(compute(molecule), dtype=np.float64) for compute in vectors.values()]
            numbers.append(_make_finite(np.concatenate(row)))
            keys = np.array(rdMolDescriptors.GetMACCSKeysFingerprint(molecule), dtype=np.float32)
            bits.append(np.concatenate([keys, morgan.GetFingerprintAsNumPy(molecule)], dtype=np.float32))
    names = list(properties.GetPropertyNames())
    names += [f"{name.strip('_')}{i}" for name, n in _VECTORS.items() for i in range(n)]
    return FreeLabels(names, np.stack(numbers), np.stack(bits))


_VECTORS = {"SlogP_VSA_": 12, "SMR_VSA_": 10, "PEOE_VSA_": 14, "MQNs_": 42}
"""Functions of RDKit that give several numbers, and how many."""


def _make_finite(numbers: np.ndarray) -> np.ndarray:
    """What isn't defined for a molecule, such as charges of metals, counts as 0."""
    largest = np.finfo(np.float32).max
    return np.clip(np.nan_to_num(numbers), -largest, largest).astype(np.float32)


def drop_rare_bits(labels: FreeLabels) -> FreeLabels:
    """Leave out bits that are the same for nearly all of the molecules."""
    share = labels.bits.mean(0)
    return labels._replace(bits=labels.bits[:, (share >= MIN_SHARE) & (share <= 1 - MIN_SHARE)])
