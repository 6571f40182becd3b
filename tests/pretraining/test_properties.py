"""pretrain_properties: what is learned, what comes out, what it may be used for."""

import pickle

import numpy as np
import pytest
from rdkit.Chem import MolFromSmiles
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from seqestimators import RecurrentClassifier, SmilesTokenizer
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.pretraining import pretrain_properties
from seqestimators.pretraining._labels import compute_labels

CHAINS = ["C" * n + end for n in range(1, 9) for end in ("O", "N", "Cl", "C(=O)O")]
RINGS = ["C" * n + ring for n in range(8) for ring in ("c1ccccc1", "c1ccncc1", "C1CCCCC1", "c1ccc[nH]1")]
SMILES = CHAINS + RINGS


def pretrain(**options):
    sizes = {"hidden_size": 12, "embedding_dim": 8, "max_epochs": 3, "batch_size": 16}
    return pretrain_properties(SMILES, **sizes | {"device": "cpu", "random_state": 0} | options)


@pytest.fixture(scope="module")
def encoder():
    return pretrain(max_epochs=40, lr=0.01)


def test_states_are_float32_with_names(encoder):
    states = encoder.transform(SMILES)
    assert states.shape == (64, 72)
    assert states.dtype == np.float32
    names = encoder.get_feature_names_out()
    assert len(set(names)) == 72
    assert names[0] == "recurrentregressor0"


def test_descriptors_are_learned(encoder):
    labels = compute_labels(map(MolFromSmiles, SMILES))
    predicted = encoder.predict(SMILES)
    assert predicted.shape == labels.numbers.shape
    for name in ("amw", "NumRings", "tpsa"):
        column = labels.names.index(name)
        assert np.corrcoef(predicted[:, column], labels.numbers[:, column])[0, 1] > 0.9


def test_strings_of_one_molecule_are_alike(encoder):
    states = encoder.transform(["CCO", "OCC", "C(C)O", MolFromSmiles("OCC"), "[CH3][CH2][OH]"])
    assert (states == states[0]).all()
    assert (encoder.transform(["C[C@H](N)O"]) == encoder.transform(["C[C@@H](N)O"])).all()


def test_it_stays_fitted_and_pickles(encoder):
    states = encoder.transform(SMILES)
    for other in (clone(encoder), pickle.loads(pickle.dumps(encoder)), encoder.fit(["C"], [0])):
        assert (other.transform(SMILES) == states).all()


def test_it_is_a_step_of_a_pipeline_and_of_cross_validation(encoder):
    is_ring = np.repeat([0, 1], 32)
    assert cross_val_score(make_pipeline(encoder, SVC()), SMILES, is_ring, cv=3).mean() > 0.9


def test_a_network_starts_from_it(encoder):
    model = make_pipeline(
        SmilesTokenizer(canonical=True, stereo=False, vocabulary=encoder[0].vocabulary_),
        RecurrentClassifier(pretrained=encoder, max_epochs=1, lr=1e-9, device="cpu", random_state=0),
    )
    model.fit(SMILES, np.repeat([0, 1], 32))
    assert model[:-1].transform(SMILES).shape == (64,)
    states = model[-1].transform(model[0].transform(SMILES))
    assert states == pytest.approx(encoder.transform(SMILES), abs=1e-4)


def test_fits_are_repeatable():
    states = pretrain().transform(SMILES)
    assert (pretrain().transform(SMILES) == states).all()
    assert (pretrain(random_state=1).transform(SMILES) != states).any()


@pytest.mark.parametrize("options", [{"cell": "gru"}, {"num_layers": 2}, {"embedding_dim": None}])
def test_the_network_is_as_asked(options):
    regressor = pretrain(**options, max_epochs=1)[-1]
    assert {name: getattr(regressor, name) for name in options} == options


def test_rare_tokens_are_unknown():
    encoder = pretrain(min_frequency=20, max_epochs=1)
    assert "Cl" not in encoder[0].vocabulary_
    assert np.isfinite(encoder.transform(["CCl", "[U]"])).all()


def test_one_molecule_has_no_bit_that_differs():
    encoder = pretrain_properties(["CCO"], hidden_size=4, max_epochs=2, device="cpu", random_state=0)
    assert np.isfinite([epoch["train_loss"] for epoch in encoder[-1].history_]).all()


def test_a_molecule_that_cant_be_parsed_is_named():
    with pytest.raises(InvalidSequenceError, match=r"'C1CC' at row 1 of smiles"):
        pretrain_properties(["CC", "C1CC"])


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_shares_lie_between_0_and_1(share):
    with pytest.raises(ValueError, match="random_share"):
        pretrain(random_share=share)
