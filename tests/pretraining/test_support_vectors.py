"""Support vector machines on the states of encoders, as ready pipelines."""

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score

from seqestimators.baselines import MorganFingerprint
from seqestimators.pretraining import load_molecule_encoder, make_encoder_svm, make_random_encoder_svm

ALCOHOLS = ["CCO", "CCCO", "CC(C)O", "OCCCCO", "CCCCO", "OC1CCCCC1"]
RINGS = ["c1ccccc1", "Cc1ccccc1", "c1ccncc1", "C[C@@H](N)c1ccccc1Cl", "Brc1cc[nH]c1", "c1ccc2ccccc2c1"]
SMILES = ALCOHOLS + RINGS
LABELS = np.array(["alcohol"] * 6 + ["ring"] * 6)
LENGTHS = np.array([len(one) for one in SMILES], dtype=float)


def make_control(**options):
    return make_random_encoder_svm(random_state=0, **options)


every_maker = pytest.mark.parametrize("make", [make_encoder_svm, make_control])


@every_maker
def test_classes_are_learned(make):
    model = make()
    assert is_classifier(model)
    assert np.mean(cross_val_predict(model, SMILES, LABELS, cv=3) == LABELS) >= 0.75
    assert cross_val_score(model, SMILES, LABELS == "ring", cv=3, scoring="roc_auc").mean() >= 0.75


@every_maker
def test_numbers_are_learned_in_any_unit(make):
    model = make(task="regression")
    assert is_regressor(model)
    small, large = (clone(model).fit(SMILES, a * LENGTHS + b).predict(SMILES) for a, b in ((1, 0), (1e6, 9)))
    assert np.corrcoef(small, LENGTHS)[0, 1] > 0.9
    assert large == pytest.approx(1e6 * small + 9, rel=1e-2)


@every_maker
def test_several_labels_a_row_may_be_missing(make):
    y = np.column_stack([LABELS == "ring", LENGTHS > 6]).astype(float)
    y[[0, 7], [0, 1]] = np.nan
    model = make().fit(SMILES, y)
    assert model.predict(SMILES).shape == model.decision_function(SMILES).shape == (12, 2)
    assert model.score(SMILES, y) > 0.75


def test_the_random_encoder_is_drawn_by_its_seed():
    states = [make_random_encoder_svm(random_state=seed)[:2].fit_transform(SMILES) for seed in (0, 0, 1)]
    assert states[0].shape == (12, 768)
    assert (states[0] == states[1]).all()
    assert (states[0] != states[2]).any()


def test_the_encoder_is_the_shipped_one_or_any_transformer():
    shipped = make_encoder_svm()[0].transform(SMILES)
    assert (shipped == load_molecule_encoder().transform(SMILES)).all()
    assert (
        make_encoder_svm(encoder=MorganFingerprint(n_bits=64)).fit(SMILES, LABELS).score(SMILES, LABELS) == 1
    )


def test_a_search_encodes_each_training_set_once(tmp_path):
    model = make_encoder_svm(memory=str(tmp_path))
    search = GridSearchCV(model, {"svc__C": [0.5, 2, 8]}, cv=2).fit(SMILES, LABELS)
    assert search.best_score_ > 0.5
    encodings = [path for path in tmp_path.rglob("output.pkl") if path.stat().st_size > 10_000]
    assert len(encodings) <= 6  # an encoder and a scaler for either fold, and for all rows


@every_maker
@pytest.mark.parametrize(("name", "value"), [("task", "ranking"), ("memory", 3)])
def test_wrong_parameters_are_named(make, name, value):
    with pytest.raises(ValueError, match=name):
        make(**{name: value})
