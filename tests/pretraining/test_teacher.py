"""The network while it is taught: its loss, its targets, its strings."""

import numpy as np
import pytest
import torch
from rdkit import Chem

from seqestimators import RecurrentRegressor, SmilesTokenizer
from seqestimators.pretraining._teacher import (
    BITS_WEIGHT,
    LARGEST_SCORE,
    NewStrings,
    PropertyLearner,
    property_loss,
    write_randomly,
)

SMILES = ["CC(=O)Oc1ccccc1", "CCN(CC)CC", "OCC1CCCC1"]


def test_the_loss_is_smooth_l1_and_cross_entropy():
    outputs = torch.tensor([[0.5, 3.0, 0.3, -2.0], [0.0, 0.0, 0.0, 0.0]])
    target = torch.tensor([[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    entropies = [np.log1p(np.exp(-0.3)), np.log1p(np.exp(-2.0))]
    expected = [(0.125 + 2.5) / 2 + BITS_WEIGHT * np.mean(entropies), BITS_WEIGHT * np.log(2)]
    assert property_loss(outputs, target, n_numbers=2).numpy() == pytest.approx(expected, rel=1e-6)


@pytest.fixture(scope="module")
def taught():
    generator = np.random.default_rng(0)
    X = [generator.integers(4, 9, size=generator.integers(3, 9)) for _ in range(60)]
    numbers = np.array([[len(row), 7, 100 * (row == 5).sum()] for row in X], dtype=np.float32)
    numbers[0, 2] = 1e9
    bits = np.array([[5 in row, 6 in row] for row in X], dtype=np.float32)
    y = np.concatenate([numbers, bits], axis=1)
    learner = PropertyLearner(
        n_numbers=3, input="tokens", hidden_size=8, max_epochs=5, random_state=0, device="cpu"
    )
    return learner.fit(X, y), X, y


def test_numbers_become_clipped_z_scores_and_bits_stay(taught):
    learner, X, y = taught
    target = learner.encode_target(X, y)
    assert target.dtype == np.float32
    assert np.abs(target[:, :3]).max() == LARGEST_SCORE
    assert (target[:, 1] == 0).all()  # a constant
    assert target[:, 0].std() == pytest.approx(1, rel=1e-3)
    assert (target[:, 3:] == y[:, 3:]).all()


def test_as_a_regressor_it_tells_the_numbers_alike(taught):
    learner, X, _ = taught
    regressor = learner.as_regressor()
    assert type(regressor) is RecurrentRegressor
    assert regressor.predict(X).shape == (60, 3)
    assert regressor.predict(X) == pytest.approx(learner.predict(X)[:, :3], rel=1e-4)
    assert (regressor.transform(X) == learner.transform(X)).all()
    assert "n_numbers" not in regressor.get_params()


class Dataset:
    def read_instead(self, sequences):
        self.rows = [row.tolist() for row in sequences]


def strings_of_epochs(share, n_epochs, seed=0):
    molecules = [Chem.MolFromSmiles(one) for one in SMILES]
    tokenizer = SmilesTokenizer().fit(["".join(SMILES)])
    dataset = Dataset()
    strings = NewStrings(molecules, tokenizer.transform(SMILES), tokenizer, share, seed)
    for _ in range(n_epochs):
        strings.on_epoch_begin(None, dataset_train=dataset)
        yield tokenizer.inverse_transform(dataset.rows).tolist()


def test_every_epoch_has_other_strings_of_the_same_molecules():
    epochs = list(strings_of_epochs(1.0, 5))
    assert len({tuple(epoch) for epoch in epochs}) == 5
    for epoch in epochs:
        assert [Chem.CanonSmiles(one) for one in epoch] == [Chem.CanonSmiles(one) for one in SMILES]


def test_canonical_strings_stay_where_none_is_random():
    assert list(strings_of_epochs(0.0, 2)) == [SMILES, SMILES]


def test_strings_are_repeatable():
    assert list(strings_of_epochs(0.5, 3)) == list(strings_of_epochs(0.5, 3))
    assert list(strings_of_epochs(0.5, 3)) != list(strings_of_epochs(0.5, 3, seed=1))


def test_a_random_string_has_no_stereochemistry():
    assert "@" not in write_randomly(Chem.MolFromSmiles("C[C@@H](N)C(=O)O"), 1)
