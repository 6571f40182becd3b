"""Extremely randomized trees on the states of encoders, as ready pipelines."""

import numpy as np
import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.ensemble import ExtraTreesClassifier

from seqestimators.baselines import MorganFingerprint
from seqestimators.pretraining import load_molecule_encoder, make_encoder_forest

ALCOHOLS = ["CCO", "CCCO", "CC(C)O", "OCCCCO", "CCCCO", "OC1CCCCC1"]
RINGS = ["c1ccccc1", "Cc1ccccc1", "c1ccncc1", "C[C@@H](N)c1ccccc1Cl", "Brc1cc[nH]c1", "c1ccc2ccccc2c1"]
SMILES = ALCOHOLS + RINGS
IS_RING = np.array([False] * 6 + [True] * 6)


def make(**options):
    return make_encoder_forest(n_estimators=20, random_state=0, **options)


def test_classes_are_learned_as_by_the_forest_on_the_states():
    model = make().fit(SMILES, IS_RING)
    assert is_classifier(model)
    assert (model.predict(SMILES) == IS_RING).all()
    states = load_molecule_encoder().transform(SMILES)
    forest = ExtraTreesClassifier(20, min_samples_leaf=2, random_state=0).fit(states, IS_RING)
    np.testing.assert_array_equal(model.predict_proba(SMILES), forest.predict_proba(states))


def test_numbers_are_learned():
    lengths = np.array([len(one) for one in SMILES], dtype=float)
    model = make(task="regression")
    assert is_regressor(model)
    assert np.corrcoef(model.fit(SMILES * 2, np.tile(lengths, 2)).predict(SMILES), lengths)[0, 1] > 0.9


def test_several_labels_a_row_may_be_missing():
    y = np.column_stack([IS_RING, np.arange(12) % 2]).astype(float)
    y[[0, 7], [0, 1]] = np.nan
    model = make().fit(SMILES, y)
    assert model.predict(SMILES).shape == (12, 2)
    assert (model.predict(SMILES)[1:, 0] == IS_RING[1:]).all()


def test_any_transformer_of_molecules_is_an_encoder():
    model = make(encoder=MorganFingerprint(n_bits=64)).fit(SMILES, IS_RING)
    assert model.score(SMILES, IS_RING) > 0.8
    with pytest.raises(ValueError, match="n_estimators"):
        make_encoder_forest(n_estimators=0)
