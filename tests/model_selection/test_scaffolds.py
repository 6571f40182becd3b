"""Scaffolds against RDKit and MoleculeNet's recipe, and the contract of a splitter."""

import pickle

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem
from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from seqestimators.datasets import fetch_bbbp, load_molecule_activity
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.model_selection import ScaffoldSplit

RINGS = ["c1ccccc1", "C1CCCCC1", "c1ccncc1", "c1ccoc1", "C1CCNCC1", "c1ccc2ccccc2c1"]
SMILES = [side + ring for ring in RINGS for side in ("", "C", "CC", "OC")] + [
    "CCO",
    "C[C@H](O)F",
    "C[C@@H](O)F",
]
SCAFFOLDS = np.array([MurckoScaffoldSmiles(smiles) for smiles in SMILES])

every_kind = pytest.mark.parametrize(
    "split",
    [
        ScaffoldSplit(3, random_state=0),
        ScaffoldSplit(3, shuffle=False),
        ScaffoldSplit(4, test_size=0.3, random_state=0),
        ScaffoldSplit(1, test_size=5, shuffle=False),
    ],
    ids=["folds", "folds in order", "shuffled", "rare scaffolds"],
)


def splits_of(split, *args, **kwargs):
    return [(train.tolist(), test.tolist()) for train, test in split.split(*args, **kwargs)]


@every_kind
def test_no_scaffold_is_on_both_sides_and_every_row_on_one(split):
    splits = list(split.split(SMILES))
    assert len(splits) == split.get_n_splits() == split.n_splits
    for train, test in splits:
        assert not set(SCAFFOLDS[train]) & set(SCAFFOLDS[test])
        assert sorted([*train, *test]) == list(range(len(SMILES)))
        assert len(train) > 0
        assert len(test) > 0


@pytest.mark.parametrize("shuffle", [True, False])
def test_folds_test_every_row_once(shuffle):
    tested = np.concatenate([test for _, test in ScaffoldSplit(3, shuffle=shuffle).split(SMILES)])
    assert sorted(tested) == list(range(len(SMILES)))


def test_folds_are_as_even_as_the_scaffolds():
    sizes = [len(test) for _, test in ScaffoldSplit(3, random_state=1).split(SMILES[:24])]
    assert sizes == [8, 8, 8]


@pytest.mark.parametrize(("test_size", "limit"), [(0.3, 9), (8, 8), (0.9, 25)])
def test_a_shuffled_test_set_is_filled_up_to_its_size(test_size, limit):
    for _, test in ScaffoldSplit(5, test_size=test_size, random_state=0).split(SMILES):
        assert limit - 4 < len(test) <= limit


def test_in_order_the_split_is_that_of_moleculenet():
    smiles = load_molecule_activity(return_X_y=True)[0][::3]
    scaffolds = {}
    for i, text in enumerate(smiles):
        scaffolds.setdefault(MurckoScaffoldSmiles(smiles=text, includeChirality=False), []).append(i)
    expected_train, expected_test = [], []
    for rows in sorted(scaffolds.values(), key=lambda rows: (len(rows), rows[0]), reverse=True):
        fits = len(expected_train) + len(rows) <= len(smiles) - 68
        (expected_train if fits else expected_test).extend(rows)
    [(train, test)] = ScaffoldSplit(1, test_size=68, shuffle=False).split(smiles)
    assert train.tolist() == sorted(expected_train)
    assert test.tolist() == sorted(expected_test)
    assert len(test) >= 68


def test_a_seed_repeats_the_splits_and_another_changes_them():
    split = ScaffoldSplit(3, test_size=0.3, random_state=0)
    first = splits_of(split, SMILES)
    assert first == splits_of(split, SMILES)
    assert len({tuple(test) for _, test in first}) > 1
    assert first != splits_of(ScaffoldSplit(3, test_size=0.3, random_state=1), SMILES)


def test_molecules_without_a_ring():
    together = [set(test) for _, test in ScaffoldSplit(7).split(SMILES)]
    assert any({24, 25, 26} <= test for test in together)
    apart = [set(test) for _, test in ScaffoldSplit(8, acyclic="apart").split(SMILES)]
    assert {24} in apart
    assert {25, 26} in apart  # enantiomers


@pytest.mark.parametrize("acyclic", ["together", "apart"])
def test_labels_of_atoms_make_no_other_scaffold(acyclic):
    rings = ["Cc1ccccc1", "[CH3:7][c:1]1[cH:2][cH:3][cH:4][cH:5][cH:6]1", "[2H]C([2H])([2H])c1cccc[13cH]1"]
    chains = ["CCO", "[CH3:1][CH2:2][OH:3]", "C[CH2][OH]", "[13CH3]CO", "CCO[2H]", "CC[O][H]"]
    groups = ScaffoldSplit(2, acyclic=acyclic)._find_groups(rings + chains).tolist()
    assert len(set(groups[:3])) == len(set(groups[3:])) == 1
    cyclohexanes = ["CC1CCCCC1", "C[CH]1CCCCC1", "[H]C1(C)CCCCC1", "C[C@H]1CCC[C@@H](F)C1"]
    assert len(set(ScaffoldSplit(2)._find_groups(cyclohexanes).tolist())) == 1


def test_given_groups_stay_together_too():
    groups = [0 if i in (0, 4) else i + 1 for i in range(len(SMILES))]
    for train, test in ScaffoldSplit(3).split(SMILES, groups=groups):
        assert set(range(8)) <= set(train) or set(range(8)) <= set(test)


@pytest.mark.parametrize(
    "container", [tuple, np.array, pd.Series, lambda x: [Chem.MolFromSmiles(smiles) for smiles in x]]
)
def test_containers_agree(container):
    split = ScaffoldSplit(3, random_state=0)
    assert splits_of(split, container(SMILES)) == splits_of(split, SMILES)


def test_a_search_runs_in_two_processes():
    y = np.arange(len(SMILES)) % 2
    model = make_pipeline(CountVectorizer(analyzer="char"), LogisticRegression())
    search = GridSearchCV(
        model, {"logisticregression__C": [0.1, 1.0]}, cv=ScaffoldSplit(3, random_state=0), n_jobs=2
    ).fit(SMILES, y)
    scores = cross_val_score(clone(search.best_estimator_), SMILES, y, cv=clone(search.cv, safe=False))
    assert search.best_score_ == pytest.approx(scores.mean())


def test_repr_and_pickle():
    split = ScaffoldSplit(3, test_size=0.3, random_state=0)
    assert "n_splits=3" in repr(split)
    assert splits_of(pickle.loads(pickle.dumps(split)), SMILES) == splits_of(split, SMILES)


def test_what_cannot_be_parsed_is_named():
    with pytest.raises(InvalidSequenceError, match=r"'C1CC' at row 1 of X .* correct the SMILES or drop"):
        next(ScaffoldSplit(2).split(["CCO", "C1CC"]))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_splits": 0}, "n_splits"),
        ({"n_splits": 1}, "set test_size for a single split"),
        ({"test_size": 1.5}, "test_size"),
        ({"test_size": 0.2, "shuffle": False}, "set n_splits=1"),
        ({"shuffle": False, "random_state": 0}, "no effect with shuffle=False"),
        ({"acyclic": "drop"}, "acyclic"),
    ],
)
def test_wrong_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        ScaffoldSplit(**parameters)


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (ScaffoldSplit(8), "n_splits=8 folds need as many groups, but X has 7"),
        (ScaffoldSplit(1, test_size=27), "test_size=27 leaves nothing to train on: X has 27 rows"),
        (ScaffoldSplit(1, test_size=2), "the 7 groups have 3 to 4 rows"),
    ],
)
def test_too_few_scaffolds_are_an_error(split, message):
    with pytest.raises(ValueError, match=message):
        next(split.split(SMILES))


def test_blood_brain_barrier(data_home):
    smiles = fetch_bbbp(invalid="drop", data_home=data_home, return_X_y=True)[0][::4]
    scaffolds = np.array([MurckoScaffoldSmiles(text) for text in smiles])
    for train, test in ScaffoldSplit(5, test_size=0.2, random_state=0).split(smiles):
        assert not set(scaffolds[train]) & set(scaffolds[test])
        assert len(test) == 102
