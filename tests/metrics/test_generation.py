"""Generated molecules beside a reference: each score against its definition."""

import numpy as np
import pytest
from rdkit import Chem, DataStructs
from rdkit.Chem import QED, Crippen, Descriptors
from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.metrics import generation_report

DRAWN = ["CCO", "OCC", "c1ccccc1CC", "C1CCCCC1N", "CCc1ccccc1", "C(", "", "x y", "CC[13CH3]", "Cc1ccncc1"]
REFERENCE = ["OCC", "Cc1ccccc1", "c1ccccc1O", "CCCC", "C1CCCC1"]
VALID = ["CCO", "CCO", "CCc1ccccc1", "NC1CCCCC1", "CCc1ccccc1", "CCC", "Cc1ccncc1"]


def fingerprint(smiles):
    return GetMorganGenerator(radius=2, fpSize=1024).GetFingerprint(Chem.MolFromSmiles(smiles))


@pytest.fixture(scope="module")
def report():
    return generation_report(DRAWN, REFERENCE)


def test_shares(report):
    scores = report.scores
    assert scores["valid"] == 0.7
    assert scores["unique"] == pytest.approx(5 / 7)
    assert scores["new"] == pytest.approx(4 / 5)
    assert scores["scaffolds"] == 3
    assert scores["new_scaffolds"] == pytest.approx(2 / 3)
    # scaffolds drawn: benzene twice, cyclohexane, pyridine; of the reference: benzene twice, cyclopentane
    assert scores["scaffold_similarity"] == pytest.approx(4 / np.sqrt(6 * 5))


def test_similarities_count_every_valid_molecule_as_often_as_it_was_drawn(report):
    prints, known = list(map(fingerprint, VALID)), list(map(fingerprint, REFERENCE))
    table = np.array([DataStructs.BulkTanimotoSimilarity(one, known) for one in prints])
    assert report.scores["nearest_similarity"] == pytest.approx(table.max(axis=1).mean())
    own = np.array([DataStructs.BulkTanimotoSimilarity(one, prints) for one in prints])
    assert report.scores["diversity"] == pytest.approx(1 - own.mean())


def test_properties(report):
    functions = {"logP": Crippen.MolLogP, "weight": Descriptors.MolWt, "QED": QED.qed}
    for name, function in functions.items():
        drawn, known = ([function(Chem.MolFromSmiles(s)) for s in rows] for rows in (VALID, REFERENCE))
        row = report.properties.loc[name]
        assert row["mean"] == pytest.approx(np.mean(drawn))
        assert row["sd"] == pytest.approx(np.std(drawn))
        assert row["reference_mean"] == pytest.approx(np.mean(known))
        # of distributions on a line, the distance is the area between both cumulative ones
        grid = np.linspace(min(*drawn, *known), max(*drawn, *known), 20_001)
        shares = [np.searchsorted(np.sort(rows), grid, side="right") / len(rows) for rows in (drawn, known)]
        area = np.abs(shares[0] - shares[1]).mean() * (grid[-1] - grid[0])
        assert row["distance"] == pytest.approx(area, rel=1e-2)


def test_the_table_of_molecules(report):
    molecules = report.molecules
    assert molecules["smiles"].tolist() == ["CCO", "CCc1ccccc1", "NC1CCCCC1", "CCC", "Cc1ccncc1"]
    assert molecules["drawn"].tolist() == [2, 2, 1, 1, 1]
    assert molecules["is_new"].tolist() == [False, True, True, True, True]
    assert molecules["scaffold"].tolist() == ["", "c1ccccc1", "C1CCCCC1", "", "c1ccncc1"]
    assert molecules["similarity"][0] == 1
    assert "valid 70.0%" in str(report)


def test_nothing_valid_is_reported_too():
    report = generation_report(["C(", "x"], REFERENCE)
    assert report.scores["valid"] == 0
    assert report.scores.drop(["valid", "scaffolds"]).isna().all()
    assert len(report.molecules) == 0
    assert report.properties["mean"].isna().all()
    assert "valid 0.0%" in str(report)


@pytest.mark.parametrize(
    ("smiles", "reference", "message"),
    [
        (["CCO", None], REFERENCE, "row 1 of smiles is missing"),
        (DRAWN, ["CCO", "C("], r"Could not parse 'C\(' at row 1 of reference"),
    ],
)
def test_bad_rows(smiles, reference, message):
    with pytest.raises(InvalidSequenceError, match=message):
        generation_report(smiles, reference)
