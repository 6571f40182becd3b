"""A cell of one's own, the minimal gated recurrent unit, in all estimators and in inspection."""

import pickle

import numpy as np
import pytest
import torch
from torch import nn

from seqestimators import (
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
)
from seqestimators.inspection import GateDisplay, gate_trace, gradient_flow, hidden_states, numpy_forward
from seqestimators.modules import CELLS, Cell, Ragged
from seqestimators.sequences import BOS, UNKNOWN
from seqestimators.testing import parametrize_with_sequence_checks

# --- the extension ---


@CELLS.register("mingru")
class MinGRUCell(Cell):
    r"""Gates and candidates that don't read the state before.

    .. math::
       z_t &= \sigma(V x_t + a) \\
       n_t &= W x_t + b \\
       h_t &= (1 - z_t) \odot h_{t-1} + z_t \odot n_t

    References
    ----------
    .. [1] Feng, L., F. Tung, M. O. Ahmed, Y. Bengio, H. Hajimirsadeghi, "Were
       RNNs All We Needed?", arXiv:2410.01201, 2024.
    """

    computed = {"z": "update gate z", "n": "candidate n", "h": "state h"}
    gates = ("z",)

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.gate = nn.Linear(input_size, hidden_size)
        self.candidate = nn.Linear(input_size, hidden_size)

    def forward(self, inputs, state=None):
        z, n = torch.sigmoid(self.gate(inputs)), self.candidate(inputs)  # (n, T, hidden_size)
        h = torch.zeros_like(z[:, 0]) if state is None else state[0]
        states = []
        for keep, new in zip((1 - z).unbind(1), (z * n).unbind(1), strict=True):
            h = keep * h + new
            states.append(h)
        return torch.stack(states, dim=1), (h,)

    @staticmethod
    def equations(weights, x, before):
        V, a, W, b = weights.values()
        z = 1 / (1 + np.exp(-(V @ x + a)))
        n = W @ x + b
        return {"z": z, "n": n, "h": (1 - z) * before["h"] + z * n}


# --- its tests ---

del CELLS["mingru"]  # it comes back while these tests run
FAST = {"hidden_size": 4, "embedding_dim": 3, "max_epochs": 2, "random_state": 0}
X = [[4, 5, 6, 4, 5], [5, 4], [6, 6, 5], [4, 6, 4, 6]]
LABELS = ["a", "b", "a", "b"]
ESTIMATORS = {
    RecurrentClassifier: LABELS,
    RecurrentRegressor: [0.5, 2, 1, 7],
    RecurrentTagger: ["abcab", "ba", "ccb", "acac"],
    RecurrentSeq2Seq: ["ba", "ab", "b", "aab"],
    RecurrentLanguageModel: None,
}

each_estimator = pytest.mark.parametrize("estimator", ESTIMATORS)


@pytest.fixture(scope="module", autouse=True)
def _name(enter):
    enter(CELLS, "mingru", MinGRUCell)


def fit(estimator, **parameters):
    settings = {"cell": "mingru", "dtype": "float64"} | FAST | parameters
    return estimator(**settings).fit(X, ESTIMATORS[estimator])


def answer(model, X):
    return model.predict_next(X) if hasattr(model, "predict_next") else model.predict(X)


def values_of(results):
    return np.concatenate([np.ravel(row) for row in results])


@parametrize_with_sequence_checks(
    [RecurrentClassifier(cell="mingru", num_layers=2, **FAST | {"max_epochs": 1})]
)
def test_checks(estimator, check):
    check(estimator)


@each_estimator
def test_every_estimator_has_it_by_name_and_as_a_class(estimator):
    by_name, by_class = fit(estimator), fit(estimator, cell=MinGRUCell)
    assert isinstance(by_name.net_.module_.encoder.layers[0][0], MinGRUCell)
    for model in (by_class, pickle.loads(pickle.dumps(by_name))):
        np.testing.assert_array_equal(model.transform(X), by_name.transform(X))
        np.testing.assert_array_equal(values_of(answer(model, X)), values_of(answer(by_name, X)))


@each_estimator
def test_the_equations_give_the_hidden_states(estimator):
    model = fit(estimator, num_layers=2)
    for layer in (0, 1):
        expected = values_of(hidden_states(model, X, layer=layer))
        np.testing.assert_allclose(values_of(numpy_forward(model, X, layer=layer)), expected, atol=1e-12)


def test_weights_are_filled_from_the_seed():
    first, same, other = (fit(RecurrentClassifier, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.transform(X), same.transform(X))
    assert not np.allclose(first.transform(X), other.transform(X))


def test_gates_recombine_to_the_states():
    model = fit(RecurrentClassifier)
    for direction in ("forward", "backward"):
        gates = gate_trace(model, X[0], direction=direction)
        order = slice(None) if direction == "forward" else slice(None, None, -1)
        z, n, h = (gates[name][order] for name in ("z", "n", "h"))
        before = np.vstack([np.zeros(4), h[:-1]])
        np.testing.assert_allclose(h, (1 - z) * before + z * n, atol=1e-12)


def test_the_picture_names_its_gates():
    display = GateDisplay.from_estimator(fit(RecurrentClassifier), X[0])
    assert [ax.get_ylabel() for ax in display.axes_] == ["update gate z", "candidate n", "state h"]
    assert display.ax_.get_title() == "Gates of bidirectional MINGRU, forward"
    means = display.plot(kind="mean")
    assert [ax.get_ylabel() for ax in means.axes_] == ["update gate z"]


def test_the_gradient_flows_through_what_the_gate_keeps():
    model = fit(RecurrentClassifier, bidirectional=False, pooling="last")
    (weight,) = model.net_.module_.output.weight.detach().numpy()
    gradient = (model.predict_proba(X[:1])[0, 1] - 0) * weight  # of the log-loss of the first class
    expected = [np.linalg.norm(gradient)]
    for z in gate_trace(model, X[0]).z[:0:-1]:
        gradient = gradient * (1 - z)
        expected.append(np.linalg.norm(gradient))
    np.testing.assert_allclose(gradient_flow(model, X[0], "a"), expected[::-1], rtol=1e-10)


def test_sampling_steps_as_the_language_model_reads():
    model = fit(RecurrentLanguageModel, max_epochs=20, lr=0.05, num_layers=2)
    sequence = model.sample(1, top_k=1, max_length=50)[0]  # the likeliest token each time
    assert len(sequence)
    following = model.predict_next([sequence])[0]
    np.testing.assert_array_equal(following[:-1], sequence[1:])


@pytest.mark.parametrize("beam_width", [1, 3])
def test_search_steps_as_the_decoder_reads(beam_width):
    model = fit(RecurrentSeq2Seq, max_epochs=10, lr=0.02, beam_width=beam_width, decoder_layers=2)
    best, log_probability = model.predict_n_best(X[:1], n=beam_width)[0][0]
    assert model.predict(X[:1])[0] == best

    def log_probabilities(batch):
        outputs = model.net_.module_(batch)
        outputs.values[:, [UNKNOWN, BOS]] = -torch.inf  # the search writes no unknown token
        chosen = outputs.values.log_softmax(1).gather(1, batch.target.values[:, None])
        return Ragged(chosen, outputs.lengths)

    target = model.encode_target(X[:1], [best])
    steps = model.run(X[:1], log_probabilities, target=target)
    np.testing.assert_allclose(steps.values.sum(), log_probability, rtol=1e-10)


def test_a_classifier_starts_from_a_language_model():
    language = fit(RecurrentLanguageModel, num_layers=2, bidirectional=True)
    model = RecurrentClassifier(pretrained=language, max_epochs=1, lr=1e-12, dtype="float64", random_state=0)
    encoder = model.fit(X, LABELS).net_.module_.encoder
    learned = language.net_.module_.encoder
    for layer in (0, 1):
        for direction in (0, 1):
            read = encoder.layers[layer][direction].gate.weight
            expected = learned.layers[layer][direction].gate.weight
            begin = 4 * direction if layer else 0  # the others read the other direction
            part = read[:, begin : begin + expected.shape[1]].detach()
            np.testing.assert_allclose(part, expected.detach(), atol=1e-9)
