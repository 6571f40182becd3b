"""What a training and a test set have in common."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .._sklearn import Interval, Real, StrOptions, validate_params
from ..domain import KINDS, normalize, parse_molecules, plain_molecule, require_rdkit
from .clusters import SequenceClusterSplit, cluster_sequences, one_strand

__all__ = ["LeakageReport", "leakage_report"]

_CLUSTERING = SequenceClusterSplit._parameter_constraints
_MEANING = {
    "exact": "the same string",
    "canonical": "the same molecule, however written",
    "stereo-free": "the same molecule but for stereochemistry",
    "strand": "the same DNA, on either strand",
    "near": "one cluster of near-identical sequences",
}


@dataclass(frozen=True, eq=False)
class LeakageReport:
    """Duplicates and near-duplicates, as :func:`leakage_report` finds them.

    ``str()`` of it is a readable text.

    Parameters
    ----------
    counts : DataFrame
        For every level of likeness (the index, the strictest first):
        "n_distinct", the number of groups of like rows; "n_repeated", the
        number of rows that are like an earlier one; "n_leaked", the number of
        test rows that are like a training row; "n_conflicts", the number of
        groups with more than one label. The last two are missing (NA) without
        a test set or without labels.
    pairs : DataFrame
        For every leaked test row, or without a test set for every repeated
        row: "row"; "like", the first training row it is like; "level", the
        strictest at which it is; the two sequences, "sequence" and
        "like_sequence"; and their labels, "label" and "like_label", where
        there are labels.
    groups : DataFrame of shape (n_rows, n_levels)
        Group number of every row, training rows first, at every level: a
        column is what scikit-learn's group splitters take for `groups`. The
        index has "set", "train" or "test", and "row".

    Examples
    --------
    >>> from seqestimators.model_selection import leakage_report
    >>> report = leakage_report(["ACGT", "AAAA", "ACGT"], threshold=None)
    >>> report.groups["exact"].tolist()
    [1, 0, 1]
    >>> report.pairs
       row  like  level sequence like_sequence
    0    2     0  exact     ACGT          ACGT
    """

    counts: pd.DataFrame
    pairs: pd.DataFrame
    groups: pd.DataFrame

    def __str__(self) -> str:
        sets = self.groups.index.get_level_values("set")
        n_train, n_test = int((sets == "train").sum()), int((sets == "test").sum())
        lines = [f"{n_train} training rows, {n_test} test rows" if n_test else f"{n_train} rows"]
        for level, row in self.counts.iterrows():
            if n_test:
                found = f"{row['n_leaked']} test rows ({row['n_leaked'] / n_test:.1%}) repeat training rows"
            else:
                found = f"{row['n_repeated']} rows repeat earlier ones"
            if pd.notna(row["n_conflicts"]):
                found += f"; groups with conflicting labels: {row['n_conflicts']}"
            lines.append(f"  {level} ({_MEANING[level]}): {found}")
        return "\n".join(lines)


@validate_params(
    {
        "X_train": "no_validation",
        "X_test": "no_validation",
        "y_train": ["array-like", None],
        "y_test": ["array-like", None],
        "kind": [StrOptions({"string", *KINDS})],
        "k": _CLUSTERING["k"],
        "threshold": [*_CLUSTERING["threshold"], None],
        "similarity": _CLUSTERING["similarity"],
        "tolerance": [Interval(Real, 0, None, closed="left")],
    }
)
def leakage_report(
    X_train: Any,
    X_test: Any = None,
    y_train: Any = None,
    y_test: Any = None,
    *,
    kind: str = "string",
    k: int = 8,
    threshold: float | None = 0.5,
    similarity: str = "jaccard",
    tolerance: float = 0.0,
) -> LeakageReport:
    """Find what a test set has in common with the training set.

    A test row that is also a training row, or nearly so, rewards a model for
    its memory. Likeness is found at several levels, each of which includes
    those before it.

    Parameters
    ----------
    X_train : array-like of shape (n_train,)
        Sequences to train on, in any container that :func:`check_sequences`
        reads.
    X_test : array-like of shape (n_test,) or None, default=None
        Sequences to test on. None looks for duplicates within `X_train`.
    y_train : array-like of shape (n_train,) or None, default=None
        Labels or targets. Missing ones (None, NaN) agree with all others.
    y_test : array-like of shape (n_test,) or None, default=None
        The same of the test set; both or none.
    kind : {"string", "dna", "rna", "protein", "smiles"}, default="string"
        What the sequences are. All have the levels "exact" and "near", which
        compare them in the :func:`normal form <seqestimators.domain.normalize>`
        of their kind, strings as they are. "smiles" has "canonical" (one
        molecule, written in two ways; isotopes, atom maps and explicit
        hydrogens don't count) and "stereo-free" between them, "dna" has
        "strand" (a sequence or its reverse complement). "rna" is read as DNA
        of one strand, which also suits genes.
    k : int, default=8
        Length of the k-mers of the level "near", as in
        :class:`SequenceClusterSplit`. For SMILES they are taken from the
        canonical SMILES without stereochemistry.
    threshold : float or None, default=0.5
        Least similarity that links two sequences, above 0 and up to 1; None
        leaves out the level "near".
    similarity : {"jaccard", "containment"}, default="jaccard"
        What the similarity of the k-mers is divided by.
    tolerance : float, default=0.0
        Greatest difference of two numeric targets that is no conflict.

    Returns
    -------
    LeakageReport
        With the tables `counts`, `pairs` and `groups`; ``str()`` of it is
        readable.

    Raises
    ------
    InvalidSequenceError
        A row is missing or has no normal form, or RDKit can't parse it. The
        message names it.
    ValueError
        Labels are given for one set only, or not one for each row.

    See Also
    --------
    ScaffoldSplit : Splits without common scaffolds.
    SequenceClusterSplit : Splits without near-identical sequences.

    References
    ----------
    .. [1] Kapoor, S., A. Narayanan, "Leakage and the reproducibility crisis in
       machine-learning-based science", Patterns 4 (2023) 100804.

    Examples
    --------
    >>> from seqestimators.model_selection import leakage_report
    >>> train, test = ["OCC", "C[C@H](N)C(=O)O", "c1ccccc1"], ["CCO", "CC(N)C(=O)O", "CCCC"]
    >>> report = leakage_report(
    ...     train, test, [1, 0, 0], [1, 1, 0], kind="smiles", threshold=None
    ... )
    >>> print(report)
    3 training rows, 3 test rows
      exact (the same string): 0 test rows (0.0%) repeat training rows;
      groups with conflicting labels: 0
      canonical (the same molecule, however written): 1 test rows (33.3%) repeat
      training rows; groups with conflicting labels: 0
      stereo-free (the same molecule but for stereochemistry): 2 test rows (66.7%)
      repeat training rows; groups with conflicting labels: 1
    >>> report.pairs[["row", "like", "level", "label", "like_label"]]
       row  like        level  label  like_label
    0    0     0    canonical      1           1
    1    1     1  stereo-free      1           0
    """
    train = normalize(X_train, None, name="X_train")
    test = [] if X_test is None else normalize(X_test, None, name="X_test")
    labels = _join_labels(y_train, y_test, len(train), len(test))
    forms = _write_alike(train, test, kind)
    given = np.array(train + test, dtype=object)
    groups = {level: np.unique(form, return_inverse=True)[1] for level, form in forms.items()}
    if threshold is not None:
        plainest = list(forms.values())[-1].tolist()
        groups["near"] = cluster_sequences(plainest, k, threshold, similarity, both_strands=kind == "dna")
    return LeakageReport(
        counts=pd.DataFrame(
            {level: _count(group, labels, len(train), tolerance) for level, group in groups.items()},
            index=["n_distinct", "n_repeated", "n_leaked", "n_conflicts"],
        ).T.astype("Int64"),
        pairs=_list_pairs(groups, given, labels, len(train)),
        groups=pd.DataFrame(
            groups,
            index=pd.MultiIndex.from_tuples(
                [("train", i) for i in range(len(train))] + [("test", i) for i in range(len(test))],
                names=["set", "row"],
            ),
        ),
    )


def _join_labels(y_train, y_test, n_train, n_test):
    """Labels of all rows, an object Series of length n_train + n_test, or None."""
    if y_train is None and y_test is None:
        return None
    if y_train is None or (y_test is None) != (n_test == 0):
        raise ValueError(
            "labels of one set alone can't be compared: give y_train and y_test where there is an X_test, "
            "y_train alone where there is none, or no labels"
        )
    joined: list = []
    for name, y, n_rows in (("y_train", y_train, n_train), ("y_test", y_test, n_test)):
        if getattr(y, "ndim", 1) != 1:
            raise ValueError(f"{name} has shape {y.shape}, but a row has one label: give one column")
        values = [] if y is None else list(y)
        if len(values) != n_rows:
            raise ValueError(f"{name} has {len(values)} labels for {n_rows} rows: give one for each row")
        joined += values
    return pd.Series(joined).infer_objects()


def _write_alike(train, test, kind):
    """Sequences of both sets as every level writes them, a dict of object arrays."""
    read_as = None if kind == "string" else kind
    sets = [(rows, name) for rows, name in ((train, "X_train"), (test, "X_test")) if rows]
    forms = {"exact": [row for rows, name in sets for row in normalize(rows, read_as, name=name)]}
    if kind == "smiles":
        require_rdkit()
        from rdkit.Chem import MolToSmiles

        molecules = [molecule for rows, name in sets for molecule in parse_molecules(rows, name)]
        forms["canonical"] = [MolToSmiles(plain_molecule(molecule)) for molecule in molecules]
        forms["stereo-free"] = [MolToSmiles(plain_molecule(one, stereo=False)) for one in molecules]
    elif kind == "dna":
        forms["strand"] = [one_strand(dna) for dna in forms["exact"]]
    return {level: np.array(form, dtype=object) for level, form in forms.items()}


def _count(group, labels, n_train, tolerance):
    """The four counts of one level, a list."""
    n_groups = int(group.max()) + 1
    n_leaked = n_conflicts = None
    if len(group) > n_train:
        n_leaked = int(np.isin(group[n_train:], group[:n_train]).sum())
    if labels is not None:
        by_group = labels.groupby(group)
        if pd.api.types.is_numeric_dtype(labels) and not pd.api.types.is_bool_dtype(labels):
            n_conflicts = int((by_group.max() - by_group.min() > tolerance).sum())
        else:
            n_conflicts = int((by_group.nunique() > 1).sum())
    return [n_groups, len(group) - n_groups, n_leaked, n_conflicts]


def _list_pairs(groups, sequences, labels, n_train):
    """Table of the leaked, or repeated, rows, each with the first training row it is like."""
    n_rows = len(sequences)
    start = n_train if n_rows > n_train else 0
    like, level_of = np.full(n_rows, -1), np.full(n_rows, "", dtype=object)
    for level, group in groups.items():
        numbers, first = np.unique(group[:n_train], return_index=True)
        first_of = np.full(group.max() + 1, n_rows)
        first_of[numbers] = first
        found = (like < 0) & (first_of[group] < np.arange(n_rows))
        like[found], level_of[found] = first_of[group[found]], level
    rows = np.flatnonzero(like >= 0)
    rows = rows[rows >= start]
    columns = {
        "row": rows - start,
        "like": like[rows],
        "level": level_of[rows],
        "sequence": sequences[rows],
        "like_sequence": sequences[like[rows]],
    }
    if labels is not None:
        columns |= {"label": labels.to_numpy()[rows], "like_label": labels.to_numpy()[like[rows]]}
    return pd.DataFrame(columns)
