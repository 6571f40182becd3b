"""Data sets of random sequences."""

import numpy as np
import pytest

from seqestimators._training import SequenceDataset
from seqestimators.sequences import Sequences


@pytest.fixture
def make_dataset():
    """Return a function that makes a data set with sequences of the given lengths."""

    def make(lengths, target=None, weight=None, channels=None):
        rng = np.random.default_rng(0)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        if channels is None:
            values = rng.integers(1, 9, offsets[-1])
        else:
            values = rng.normal(size=(offsets[-1], channels)).astype(np.float32)
        return SequenceDataset(Sequences(values, offsets), target, weight)

    return make
