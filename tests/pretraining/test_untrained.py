"""The encoder that has learned nothing."""

import numpy as np
import pytest
from sklearn.base import clone

from seqestimators import RecurrentRegressor, SequenceTokenizer
from seqestimators.pretraining._untrained import UntrainedEncoder

IDS = SequenceTokenizer().fit_transform(["abba", "cab", "b"])


@pytest.mark.parametrize("y", [None, ["x", "y", "x"], [[1.0, np.nan]] * 3])
def test_labels_and_epochs_dont_matter(y):
    states = UntrainedEncoder(hidden_size=4, random_state=0).fit(IDS, y).transform(IDS)
    assert states.shape == (3, 24)
    other = UntrainedEncoder(hidden_size=4, random_state=0, max_epochs=1)
    assert (clone(other).fit_transform(IDS, y) == states).all()


def test_weights_are_those_with_which_training_begins():
    trained = RecurrentRegressor(hidden_size=4, random_state=0, max_epochs=1, lr=1e-12)
    states = trained.fit(IDS, [1.0, 2.0, 3.0]).transform(IDS)
    assert UntrainedEncoder(hidden_size=4, random_state=0).fit(IDS).transform(IDS) == pytest.approx(
        states, abs=1e-6
    )


def test_other_seeds_give_other_states():
    first, second = (UntrainedEncoder(random_state=seed).fit(IDS).transform(IDS) for seed in (0, 1))
    assert (first != second).any()
