"""Networks of molecules that start from the shipped encoder."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_classifier, is_regressor

from seqestimators.baselines import MorganFingerprint
from seqestimators.pretraining import (
    load_molecule_encoder,
    make_encoder_network,
    make_encoder_svm,
    make_encoder_vote,
    make_joint_network,
)

SMILES = ["CCO", "CCCO", "CC(C)O", "OCCCCO", "c1ccccc1", "Cc1ccccc1", "c1ccncc1", "Brc1cc[nH]c1"]
LABELS = np.array(["alcohol"] * 4 + ["ring"] * 4)
LENGTHS = np.array([len(one) for one in SMILES], dtype=float)


@pytest.mark.parametrize("make", [make_encoder_network, make_joint_network, make_encoder_vote])
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_few_epochs_learn_the_training_rows(make, task):
    model = make(task=task, random_state=0)
    epochs = [name for name in model.get_params() if name.endswith("max_epochs") and "pretrained" not in name]
    model.set_params(**{name: 4 for name in epochs if "frozenestimator" not in name})
    if task == "classification":
        assert is_classifier(model)
        assert model.fit(SMILES * 3, np.tile(LABELS, 3)).score(SMILES, LABELS) > 0.8
    else:
        assert is_regressor(model)
        assert np.corrcoef(model.fit(SMILES * 3, np.tile(LENGTHS, 3)).predict(SMILES), LENGTHS)[0, 1] > 0.5


def test_the_joint_network_reads_counts_of_the_same_column():
    model = make_joint_network(random_state=0)
    counts = np.log1p(MorganFingerprint(counts=True).fit_transform(SMILES))
    read = model[0].fit_transform(SMILES)
    centred = counts - counts.mean(axis=0)
    np.testing.assert_allclose(read.features, centred / centred.std(), rtol=1e-5, atol=1e-6)
    assert model[0].number_names_[0] == "morgan__morganfingerprint0"
    framed = model[0].transform(pd.DataFrame({"smiles": SMILES}))
    np.testing.assert_array_equal(framed.features, read.features)


def test_networks_start_from_the_encoder():
    model = make_encoder_network(random_state=0)
    model.set_params(recurrentclassifier__max_epochs=1, recurrentclassifier__lr=1e-12)
    states = model.fit(SMILES, LABELS).transform(SMILES)
    np.testing.assert_allclose(states, load_molecule_encoder().transform(SMILES), atol=1e-4)


def test_the_vote_is_the_mean_of_its_members():
    vote = make_encoder_vote(random_state=0).set_params(network__recurrentclassifier__max_epochs=1)
    vote.fit(SMILES * 3, np.tile(LABELS, 3))
    members = [one.predict_proba(SMILES) for one in vote.estimators_]
    np.testing.assert_allclose(vote.predict_proba(SMILES), np.mean(members, axis=0))


def test_probabilities_are_for_classes_and_encoders_are_encoders():
    with pytest.raises(ValueError, match='probability=True, but task="regression" has no classes'):
        make_encoder_svm(task="regression", probability=True)
    with pytest.raises(
        TypeError, match="encoder is a MorganFingerprint, but must be what pretrain_properties"
    ):
        make_joint_network(encoder=MorganFingerprint())
