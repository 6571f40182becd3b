"""The default classifier learns the teaching tasks it is meant for."""

import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.datasets import make_marker, make_start_codon


@pytest.mark.parametrize(
    "network",
    [{"cell": "lstm", "bidirectional": False}, {"cell": "gru", "bidirectional": False}, {"cell": "lstm"}],
)
def test_start_codon(network):
    X, y = make_start_codon(1000, random_state=0)
    model = make_pipeline(DNATokenizer(), RecurrentClassifier(max_epochs=12, random_state=0, **network))
    assert model.fit(X[:800], y[:800]).score(X[800:], y[800:]) >= 0.99


def test_marker():
    X, y = make_marker(1000, random_state=0)
    model = RecurrentClassifier(
        cell="lstm", pooling="last", bidirectional=False, standardize=False, max_epochs=15, random_state=0
    )
    assert model.fit(X[:800], y[:800]).score(X[800:], y[800:]) >= 0.99
