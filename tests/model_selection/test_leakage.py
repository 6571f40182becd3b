"""Duplicates that are known, by construction or from the data sets, and the splits without them."""

import numpy as np
import pandas as pd
import pytest

from seqestimators.datasets import fetch_bbbp, fetch_esol, fetch_splice
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.model_selection import SequenceClusterSplit, leakage_report

TRAIN = ["OCC", "C[C@H](N)C(=O)O", "c1ccccc1", "CCCC"]
TEST = ["CCO", "C[C@@H](N)C(=O)O", "CCCC", "CCCl"]


def test_every_level_of_molecules():
    report = leakage_report(TRAIN, TEST, [1, 0, 0, 1], [1, 1, 0, 0], kind="smiles", threshold=None)
    assert report.counts.to_dict("list") == {
        "n_distinct": [7, 6, 5],
        "n_repeated": [1, 2, 3],
        "n_leaked": [1, 2, 3],
        "n_conflicts": [1, 1, 2],
    }
    assert report.pairs.to_dict("list") == {
        "row": [0, 1, 2],
        "like": [0, 1, 3],
        "level": ["canonical", "stereo-free", "exact"],
        "sequence": TEST[:3],
        "like_sequence": ["OCC", "C[C@H](N)C(=O)O", "CCCC"],
        "label": [1, 1, 0],
        "like_label": [1, 0, 1],
    }
    text = str(report)
    assert text.startswith("4 training rows, 4 test rows")
    assert "stereo-free (the same molecule but for stereochemistry): 3 test rows (75.0%) repeat" in text


def test_strands_case_and_near_identical_dna():
    train = ["ACGTTGCAACGGTCATTACG", "TTTTTTTTTTTT"]
    test = ["CGTAATGACCGTTGCAACGT", "acguugcaacggucauuacg", "ACGTTGCAACGGTCATTACC", "GAGAGAGAGAGA"]
    report = leakage_report(train, test, kind="dna")
    assert report.counts["n_leaked"].to_dict() == {"exact": 1, "strand": 2, "near": 3}
    assert report.counts["n_conflicts"].isna().all()
    assert report.pairs["level"].tolist() == ["strand", "exact", "near"]
    assert report.pairs["sequence"].tolist() == test[:3]
    assert report.pairs["like"].tolist() == [0, 0, 0]
    assert leakage_report(train, test).counts["n_leaked"].to_dict() == {"exact": 0, "near": 1}


def test_without_a_test_set_rows_repeat_earlier_ones():
    report = leakage_report(["A", "B", "A", "A"], y_train=["x", "x", None, "y"], threshold=None)
    assert report.counts.loc["exact"].tolist()[:2] == [2, 2]
    assert report.counts.loc["exact", "n_conflicts"] == 1
    assert report.pairs["row"].tolist() == [2, 3]
    assert report.pairs["like"].tolist() == [0, 0]
    assert "2 rows repeat earlier ones; groups with conflicting labels: 1" in str(report)


def test_targets_within_the_tolerance_agree():
    rows, y = ["A", "A", "B", "B", "C", "C"], [1.0, 1.2, 3.0, 4.0, np.nan, 5.0]
    for tolerance, expected in [(0, 2), (0.5, 1), (1.0, 0)]:
        report = leakage_report(rows, y_train=y, tolerance=tolerance, threshold=None)
        assert report.counts.loc["exact", "n_conflicts"] == expected


def test_groups_are_for_a_splitter():
    report = leakage_report(pd.Series(TRAIN), np.array(TEST), kind="smiles")
    assert list(report.groups.columns) == ["exact", "canonical", "stereo-free", "near"]
    assert report.groups.loc[("train", 1), "stereo-free"] == report.groups.loc[("test", 1), "stereo-free"]
    for strict, loose in zip(report.groups.columns, report.groups.columns[1:], strict=False):
        assert (report.groups.groupby(strict)[loose].nunique() == 1).all()


def test_a_clean_split_has_no_pairs():
    report = leakage_report(["ACGTACGTAA"], ["TTTTTTTTTTTT"], [0], [1], kind="dna")
    assert report.pairs.empty
    assert (report.counts["n_leaked"] == 0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y_train": [0]}, "y_train has 1 labels for 4 rows|labels of one set alone"),
        ({"y_test": [0] * 4}, "labels of one set alone"),
        ({"y_train": [0] * 4, "y_test": [0]}, "y_test has 1 labels for 4 rows: give one for each row"),
        ({"y_train": np.zeros((4, 2)), "y_test": [0] * 4}, "y_train has shape .4, 2., .* give one column"),
        ({"kind": "peptide"}, "kind"),
        ({"threshold": 0}, "threshold"),
        ({"tolerance": -1}, "tolerance"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        leakage_report(TRAIN, TEST, **arguments)


def test_what_cannot_be_parsed_is_named_with_its_set():
    with pytest.raises(InvalidSequenceError, match="'C1CC' at row 0 of X_test"):
        leakage_report(TRAIN, ["C1CC"], kind="smiles")


def test_blood_brain_barrier(data_home):
    smiles, label = fetch_bbbp(invalid="drop", data_home=data_home, return_X_y=True)
    counts = leakage_report(smiles, y_train=label, kind="smiles", threshold=None).counts
    assert counts.loc["stereo-free", "n_distinct"] == 1953
    assert counts.loc["stereo-free", "n_conflicts"] == 13


def test_solubilities(data_home):
    smiles, solubility = fetch_esol(data_home=data_home, return_X_y=True)
    counts = leakage_report(smiles, y_train=solubility, kind="smiles", threshold=None).counts
    assert counts["n_repeated"].tolist() == [5, 11, 13]
    assert counts["n_conflicts"].tolist() == [3, 6, 6]


def test_splice_junctions(data_home):
    dna = fetch_splice(data_home=data_home).data
    assert leakage_report(dna, kind="dna", threshold=None).counts["n_repeated"].tolist() == [185, 185]
    dna = dna[:800]
    half = leakage_report(dna[::2], dna[1::2], kind="dna")
    assert half.counts.loc["exact", "n_leaked"] == np.isin(dna[1::2], dna[::2]).sum() > 0
    split = SequenceClusterSplit(1, test_size=0.2, reverse_complement=True, random_state=0)
    [(train, test)] = split.split(dna)
    assert (leakage_report(dna[train], dna[test], kind="dna").counts["n_leaked"] == 0).all()
