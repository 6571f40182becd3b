"""What generated molecules are worth: how many are valid, unique and new, and what they are like."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import wasserstein_distance

from ..domain import canonical_smiles, parse_molecules, plain_molecule, require_rdkit
from ..sequences import check_sequences

__all__ = ["GenerationReport", "generation_report"]

RADIUS = 2
N_BITS = 1024
"""Of the Morgan fingerprints that similarities are computed with, as in MOSES."""
PROPERTIES = ["logP", "weight", "QED"]


@dataclass(frozen=True, eq=False)
class GenerationReport:
    """What generated molecules are worth, as :func:`generation_report` finds it.

    ``str()`` of it is a readable text.

    Parameters
    ----------
    scores : Series
        "valid", "unique", "new", "scaffolds", "new_scaffolds",
        "scaffold_similarity", "nearest_similarity" and "diversity"; NaN where
        there is no valid molecule. A series a model makes a data frame.
    properties : DataFrame
        For "logP", "weight" and "QED" (the index): "mean" and "sd" of the
        generated molecules, "reference_mean" and "reference_sd", and
        "distance", the Wasserstein distance of both distributions, in the unit
        of the property.
    molecules : DataFrame
        For every distinct valid molecule, the most frequent first: its
        canonical "smiles", how often it was "drawn", whether it "is_new", its
        "scaffold", its "similarity" to the nearest of the reference, and its
        properties.

    Examples
    --------
    >>> from seqestimators.metrics import generation_report
    >>> report = generation_report(["CCO", "OCC", "CCN", "C("], ["CCO", "CCCO"])
    >>> report.molecules[["smiles", "drawn", "is_new"]]
      smiles  drawn  is_new
    0    CCO      2   False
    1    CCN      1    True
    """

    scores: pd.Series
    properties: pd.DataFrame
    molecules: pd.DataFrame

    def __str__(self) -> str:
        score = self.scores
        lines = [
            f"valid {score['valid']:.1%}, unique {score['unique']:.1%} of these, "
            f"new {score['new']:.1%} of those",
            f"{score['scaffolds']:.0f} scaffolds, new {score['new_scaffolds']:.1%}; "
            f"similarity of their frequencies {score['scaffold_similarity']:.3f}",
            f"similarity to the nearest of the reference {score['nearest_similarity']:.3f}, "
            f"internal diversity {score['diversity']:.3f}",
        ]
        for name, row in self.properties.iterrows():
            lines.append(
                f"{name}: {row['mean']:.3g} ({row['sd']:.2g}), reference {row['reference_mean']:.3g} "
                f"({row['reference_sd']:.2g}), distance {row['distance']:.2g}"
            )
        return "\n".join(lines)


def generation_report(smiles: Any, reference: Any) -> GenerationReport:
    r"""Report what generated molecules are worth, beside those that the model was trained on.

    Parameters
    ----------
    smiles : array-like of shape (n_generated,)
        Generated strings, molecules or not.
    reference : array-like of shape (n_reference,)
        SMILES of molecules: those of the training.

    Returns
    -------
    GenerationReport
        With the tables `scores`, `properties` and `molecules`; ``str()`` of it
        is readable.

    Raises
    ------
    InvalidSequenceError
        A row is missing, or one of the reference is no molecule. The message
        names it.
    ImportError
        RDKit isn't installed.

    See Also
    --------
    seqestimators.sample : Strings from a fitted pipeline.

    Notes
    -----
    The definitions are those of MOSES [1]_, but that molecules are compared
    without isotopes and atom maps:

    - valid: share of the strings that RDKit can read;
    - unique: share of distinct molecules in the valid ones;
    - new (novelty): share of the distinct ones that the reference lacks;
    - scaffolds: number of distinct Bemis-Murcko scaffolds, that without a ring
      left out, and the share of them that the reference lacks;
    - scaffold similarity (Scaff): cosine of the frequencies of the scaffolds in
      both;
    - similarity to the nearest (SNN): mean over the valid molecules of the
      Tanimoto similarity to the nearest one of the reference, by Morgan
      fingerprints of radius 2 and 1024 bits;
    - diversity (IntDiv): 1 minus the mean Tanimoto similarity of two valid
      molecules;
    - properties: logP by Crippen, molecular weight, QED; the distance of their
      distributions is Wasserstein's. GuacaMol [2]_ has the Kullback-Leibler
      divergence instead.

    The cost is that of `n_generated` times `n_reference` similarities, and of
    the properties of the reference, some milliseconds a molecule.

    References
    ----------
    .. [1] Polykovskiy, D. et al., "Molecular Sets (MOSES): A Benchmarking
       Platform for Molecular Generation Models", Frontiers in Pharmacology 11
       (2020) 565644.
    .. [2] Brown, N. et al., "GuacaMol: Benchmarking Models for de Novo
       Molecular Design", Journal of Chemical Information and Modeling 59
       (2019) 1096-1108.

    Examples
    --------
    >>> from seqestimators.metrics import generation_report
    >>> report = generation_report(
    ...     ["c1ccccc1O", "Oc1ccccc1", "CCN", "c1cc"], ["Oc1ccccc1", "CCO"]
    ... )
    >>> report.scores[["valid", "unique", "new"]].round(2).tolist()
    [0.75, 0.67, 0.5]
    """
    require_rdkit()
    rows = check_sequences(smiles, name="smiles")
    written = [one for one in canonical_smiles(rows) if one is not None]
    drawn = pd.Series(written, dtype=object).value_counts(sort=False)
    drawn = drawn.sort_values(ascending=False, kind="stable")
    known = _describe_reference(tuple(check_sequences(reference, name="reference")))
    made = _describe(drawn.index.tolist())
    times = drawn.to_numpy(dtype=np.float64)
    nearest, alike = _find_nearest(made.prints, known.prints), _mean_similarity(made.prints, times)
    scaffolds = made.table.assign(times=times).query("scaffold != ''").groupby("scaffold")["times"].sum()
    known_scaffolds = known.table.query("scaffold != ''")["scaffold"].value_counts()
    is_new = ~made.table["smiles"].isin(set(known.table["smiles"]))
    scores = {
        "valid": len(written) / len(rows),
        "unique": _divide(len(drawn), len(written)),
        "new": _divide(is_new.sum(), len(drawn)),
        "scaffolds": len(scaffolds),
        "new_scaffolds": _divide((~scaffolds.index.isin(known_scaffolds.index)).sum(), len(scaffolds)),
        "scaffold_similarity": _cosine(scaffolds, known_scaffolds),
        "nearest_similarity": _divide(times @ nearest, times.sum()),
        "diversity": 1 - alike,
    }
    molecules = made.table.copy()
    molecules.insert(1, "drawn", drawn.to_numpy())
    molecules.insert(2, "is_new", is_new.to_numpy())
    molecules.insert(4, "similarity", nearest)
    properties = {
        name: _compare(made.table[name].to_numpy(), times, known.table[name].to_numpy())
        for name in PROPERTIES
    }
    return GenerationReport(
        pd.Series(scores, dtype=np.float64, name="score"),
        pd.DataFrame.from_dict(properties, orient="index"),
        molecules,
    )


@dataclass
class _Described:
    """Molecules: a table of SMILES, scaffold and properties, and their fingerprints."""

    table: pd.DataFrame
    prints: list[Any]


@lru_cache(maxsize=1)  # several reports in a row are mostly of one reference, which costs the most
def _describe_reference(smiles: tuple[str, ...]) -> "_Described":
    return _describe([_canonical(one) for one in parse_molecules(smiles, "reference")])


def _canonical(molecule: Any) -> str:
    from rdkit.Chem import MolToSmiles

    return MolToSmiles(plain_molecule(molecule))


def _describe(smiles: list[str]) -> _Described:
    from rdkit import rdBase
    from rdkit.Chem import QED, MolFromSmiles
    from rdkit.Chem.Descriptors import MolWt  # type: ignore[attr-defined]
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator
    from rdkit.Chem.rdMolDescriptors import CalcCrippenDescriptors
    from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

    generator = GetMorganGenerator(radius=RADIUS, fpSize=N_BITS)
    rows, prints = [], []
    with rdBase.BlockLogs():
        for text in smiles:
            molecule = MolFromSmiles(text)
            prints.append(generator.GetFingerprint(molecule))
            scaffold = MurckoScaffoldSmiles(mol=molecule, includeChirality=False)
            logp, _ = CalcCrippenDescriptors(molecule)
            numbers = logp, MolWt(molecule), QED.qed(molecule)
            rows.append((text, scaffold, *numbers))
    table = pd.DataFrame(rows, columns=["smiles", "scaffold", *PROPERTIES])
    return _Described(table.astype(dict.fromkeys(PROPERTIES, np.float64)), prints)


def _find_nearest(prints: list[Any], known: list[Any]) -> np.ndarray:
    """Return the similarity of each molecule to the nearest of others, ndarray of shape (n,)."""
    from rdkit.DataStructs import BulkTanimotoSimilarity

    return np.array([max(BulkTanimotoSimilarity(one, known)) for one in prints], dtype=np.float64)


def _mean_similarity(prints: list[Any], times: np.ndarray) -> float:
    """Return the mean similarity of two molecules, each of which counts as often as it was drawn."""
    from rdkit.DataStructs import BulkTanimotoSimilarity

    rows = (BulkTanimotoSimilarity(one, prints) for one in prints)
    total = sum(weight * (times @ row) for weight, row in zip(times, rows, strict=True))
    return _divide(total, times.sum() ** 2)


def _cosine(counts: pd.Series, others: pd.Series) -> float:
    """Return the cosine of two tables of frequencies."""
    common = counts.index.intersection(others.index)
    size = np.linalg.norm(counts.to_numpy(dtype=float)) * np.linalg.norm(others.to_numpy(dtype=float))
    return _divide((counts[common].to_numpy() * others[common].to_numpy()).sum(), size)


def _compare(values: np.ndarray, times: np.ndarray, known: np.ndarray) -> dict[str, float]:
    """Return mean and spread of two distributions, and how far they are apart."""
    mean = _divide(times @ values, times.sum())
    return {
        "mean": mean,
        "sd": float(np.sqrt(_divide(times @ (values - mean) ** 2, times.sum()))),
        "reference_mean": float(known.mean()),
        "reference_sd": float(known.std()),
        "distance": float(wasserstein_distance(values, known, times)) if len(values) else np.nan,
    }


def _divide(part: Any, whole: Any) -> float:
    """Return a share, NaN of nothing."""
    return float(part / whole) if whole else np.nan
