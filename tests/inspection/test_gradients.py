"""Gradient flow: the total derivative of the loss with respect to every hidden state."""

from copy import deepcopy
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.pipeline import make_pipeline

from seqestimators import (
    DNATokenizer,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentTagger,
)
from seqestimators._training import run_batches
from seqestimators.datasets import make_marker
from seqestimators.inspection import gradient_flow, gradients, hidden_states
from seqestimators.inspection._fitted import FittedModel
from seqestimators.modules import Batch, Cell

X, y = ["ACGTAC", "TT", "GATTACA", "C"], ["a", "b", "a", "b"]

each_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])


def make_model(estimator=RecurrentClassifier, y=y, **parameters):
    settings = {
        "hidden_size": 4,
        "embedding_dim": 3,
        "max_epochs": 3,
        "lr": 0.02,
        "dtype": "float64",
        "random_state": 0,
    } | parameters
    return make_pipeline(DNATokenizer(), estimator(**settings)).fit(X, y)


def loss_after_a_push(model, text, label, step, push, layer, direction):
    """Return the loss of one sequence where a push is added to one hidden state."""
    network = deepcopy(model[-1]).net_.module_.eval()
    cell = network.encoder.layers[layer][direction]

    def pushed(inputs):
        memory, states = None, []
        for t in range(inputs.shape[1]):
            _, memory = cell(inputs[:, t : t + 1], memory)
            if t == step:
                memory = (memory[0] + push, *memory[1:])
            states.append(memory[0])
        return torch.stack(states, dim=1), memory

    network.encoder.layers[layer][direction] = Recorded(pushed)
    ids = torch.from_numpy(model[0].transform([text])[0])[None]
    target = (np.array([label]) == model.classes_[1]).astype(float)[:, None]
    with torch.no_grad():
        outputs = network(Batch(ids, torch.tensor([len(text)])))
        return model[-1]._criterion()(outputs, torch.from_numpy(target)).item()


class Recorded(Cell):
    def __init__(self, function):
        super().__init__(1, 1)
        self.function = function

    def forward(self, inputs):
        return self.function(inputs)


@each_cell
@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("layer", [0, 1])
def test_norms_are_those_of_finite_differences(cell, direction, layer):
    model = make_model(cell=cell, num_layers=2, batch_norm=True)
    text, label, size, tiny = "GATT", "a", 4, 1e-5
    norms = gradient_flow(model, text, label, layer=layer, direction=direction)
    for place, norm in enumerate(norms):
        step = place if direction == "forward" else len(text) - 1 - place
        gradient = []
        for unit in range(size):
            push = torch.zeros(size, dtype=torch.float64)
            push[unit] = tiny
            ends = [
                loss_after_a_push(model, text, label, step, sign * push, layer, direction == "backward")
                for sign in (1, -1)
            ]
            gradient.append((ends[0] - ends[1]) / (2 * tiny))
        np.testing.assert_allclose(norm, np.linalg.norm(gradient), rtol=1e-5, atol=1e-10)


def test_a_plain_network_by_the_chain_rule():
    model = make_model(cell="rnn", pooling="last", bidirectional=False)
    encoder, network = FittedModel(model).encoder, FittedModel(model).network
    recurrent = encoder.layers[0][0].weight_hh_l0.detach().numpy()
    states = hidden_states(model, "GATTACA")
    probability = model.predict_proba(["GATTACA"])[0, 1]
    gradient = (probability - 0) * network.output.weight.detach().numpy()[0]  # of the log-loss of class 0
    expected = [np.linalg.norm(gradient)]
    for state in states[:0:-1]:
        gradient = recurrent.T @ ((1 - state**2) * gradient)
        expected.append(np.linalg.norm(gradient))
    np.testing.assert_allclose(gradient_flow(model, "GATTACA", "a"), expected[::-1], rtol=1e-10)


def test_neighbours_and_batches_change_nothing(monkeypatch):
    model = make_model(batch_norm=True, dropout=0.5)
    alone = [gradient_flow(model, text, label) for text, label in zip(X, y, strict=True)]
    for size in (10**6, 7):
        monkeypatch.setattr(gradients, "run_batches", partial(run_batches, max_steps=size))
        for got, expected in zip(gradient_flow(model, X, y), alone, strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-9)


def test_the_fitted_model_is_left_as_it_is():
    model = make_model()
    before = model.predict_proba(X)
    gradient_flow(model, X, y)
    np.testing.assert_array_equal(model.predict_proba(X), before)
    assert not model[-1].net_.module_.training


def test_the_loss_is_that_of_the_estimator():
    numbers = [100.0, 200.0, 300.0, 700.0]
    regressor = make_model(RecurrentRegressor, numbers, pooling="last", bidirectional=False)
    weight = FittedModel(regressor).network.output.weight.detach().numpy()[0]
    error = (regressor.predict(X) - numbers) / np.std(numbers)
    lasts = [norms[-1] for norms in gradient_flow(regressor, X, numbers)]
    np.testing.assert_allclose(lasts, 2 * np.abs(error) * np.linalg.norm(weight), rtol=1e-9)

    labels = np.array([[0, 1.0], [1, 0], [1, 1], [0, np.nan]])
    assert [len(norms) for norms in gradient_flow(make_model(y=labels), X, labels)] == [6, 2, 7, 1]
    assert gradient_flow(make_model(y=labels), "ACG", [0, 1]).shape == (3,)


def test_a_tagger_s_loss_is_the_mean_over_its_labels():
    model = make_model(RecurrentTagger, X, bidirectional=False)
    network = FittedModel(model).network
    norms = gradient_flow(model, ["ACG", "T"], ["ACG", "T"])
    difference = model.predict_proba(["ACG"])[0][-1] - (model.classes_ == "G")
    gradient = difference @ network.output.weight.detach().numpy() / 3
    np.testing.assert_allclose(norms[0][-1], np.linalg.norm(gradient), rtol=1e-9)
    assert norms[1].shape == (1,)


def test_an_empty_sequence_has_no_step():
    assert gradient_flow(make_model(), "", "a").shape == (0,)


def test_float32_hides_nothing_that_vanishes():
    text = "ACGT" * 100
    model = make_model(dtype="float32", cell="rnn", pooling="last", bidirectional=False)
    norms = gradient_flow(model, text, ["a"])
    assert norms.dtype == np.float64
    assert 0 < norms[0] < 1e-30 < norms[-1]
    series = [np.linspace(0, 1, 5)] * 2
    regressor = RecurrentRegressor(hidden_size=4, max_epochs=1).fit(series, [1.0, 2.0])
    assert (gradient_flow(regressor, series, [1.0, 2.0])[0] > 0).all()


def test_what_is_refused():
    with pytest.raises(ValueError, match="'c'.*none of the classes"):
        gradient_flow(make_model(), X, [*y[:3], "c"])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        gradient_flow(make_model(), X, y[:3])
    with pytest.raises(ValueError, match="reads forward only"):
        gradient_flow(make_model(bidirectional=False), X, y, direction="backward")
    language_model = make_pipeline(DNATokenizer(), RecurrentLanguageModel(hidden_size=4, max_epochs=1))
    with pytest.raises(TypeError, match="RecurrentLanguageModel has no loss of a sequence and its target"):
        gradient_flow(language_model.fit(X), X, y)


def test_gradients_vanish_faster_in_a_plain_network_than_in_an_lstm():
    series, labels = make_marker(20, length=60, random_state=0)
    settings = {"pooling": "last", "bidirectional": False, "hidden_size": 16, "max_epochs": 2}
    settings["standardize"] = False
    for seed in range(3):
        ratio = {}
        for cell in ("rnn", "lstm"):
            model = RecurrentClassifier(cell=cell, random_state=seed, **settings).fit(series, labels)
            ratio[cell] = np.median(
                [norms[-51] / norms[-1] for norms in gradient_flow(model, series, labels)]
            )
        assert ratio["rnn"] < 1e-3 * ratio["lstm"]
