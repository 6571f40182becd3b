"""Gates: recombined, they give the hidden states of the network."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.inspection import gate_trace, hidden_states

X, y = ["ACGTAC", "TT", "GATTACA", "C", ""], [0, 1, 0, 1, 1]


def make_model(**parameters):
    settings = {"hidden_size": 5, "embedding_dim": 3, "max_epochs": 2, "random_state": 0} | parameters
    return make_pipeline(DNATokenizer(), RecurrentClassifier(**settings)).fit(X, y)


def step_before(values, direction):
    """Return the values at the step that is read before each, 0 at the first."""
    zeros = np.zeros((1, values.shape[1]))
    return (
        np.concatenate([zeros, values[:-1]])
        if direction == "forward"
        else np.concatenate([values[1:], zeros])
    )


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("layer", [0, 1])
def test_gates_recombine_to_the_hidden_states(direction, layer):
    half = slice(0, 5) if direction == "forward" else slice(5, 10)
    for cell in ("lstm", "gru"):
        model = make_model(cell=cell, num_layers=2)
        traces = gate_trace(model, X[:4], layer=layer, direction=direction)
        for gates, states in zip(traces, hidden_states(model, X[:4], layer=layer), strict=True):
            if cell == "lstm":
                c = gates.f * step_before(gates.c, direction) + gates.i * gates.g
                h = gates.o * np.tanh(c)
                np.testing.assert_allclose(gates.c, c, atol=1e-6)
            else:
                h = (1 - gates.z) * gates.n + gates.z * step_before(gates.h, direction)
            np.testing.assert_allclose(gates.h, h, atol=1e-6)
            np.testing.assert_allclose(states[:, half], h, atol=1e-6)


def test_names_and_shapes():
    assert list(gate_trace(make_model(), "ACG")) == ["i", "f", "g", "o", "c", "h"]
    gates = gate_trace(make_model(cell="gru"), ["ACG", ""])
    assert list(gates[0]) == ["r", "z", "n", "h"]
    assert [trace.z.shape for trace in gates] == [(3, 5), (0, 5)]
    assert gates[0].z.dtype == np.float32


def test_what_has_no_gates_says_so():
    with pytest.raises(ValueError, match="cell='rnn' has no gates"):
        gate_trace(make_model(cell="rnn"), X)
    with pytest.raises(ValueError, match='direction="backward", but the network reads forward only'):
        gate_trace(make_model(bidirectional=False), X, direction="backward")
    with pytest.raises(ValueError, match="layer=-2, but the network has the layers 0 to 0"):
        gate_trace(make_model(), X, layer=-2)
    with pytest.raises(ValueError, match="direction"):
        gate_trace(make_model(), X, direction="both")
