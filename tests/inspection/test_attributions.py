"""Integrated gradients: their sum is the answer, each is what a numeric integral says."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentRegressor
from seqestimators.inspection import integrated_gradients
from seqestimators.sequences import Sequences

X, y = ["ACGTAC", "TT", "GATTACA", "CCGT"] * 3, np.array(["a", "b", "a", "b"] * 3)
SERIES = [np.random.RandomState(i).normal(size=(length, 2)) for i, length in enumerate([6, 2, 7, 4] * 3)]
SETTINGS = {"hidden_size": 8, "embedding_dim": 4, "max_epochs": 10, "lr": 0.02, "random_state": 0}


def zeros_like(rows):
    """The baseline of tokens: as many steps, all of them the zero vector."""
    lengths = [len(row) for row in rows]
    return Sequences(np.zeros((sum(lengths), *rows[0].shape[1:]), rows[0].dtype), np.cumsum([0, *lengths]))


def baseline_of(model, rows):
    """Rows that say nothing: zero vectors of tokens, the mean of the training rows of series."""
    if model.input_ == "tokens":
        return zeros_like(rows)
    return [np.tile(model.channel_mean_, (len(row), 1)) for row in rows]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("pooling", ["concat", "last", "mean", "max", "attention"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("tokens", [False, True])
def test_the_sum_is_the_answer_minus_that_to_the_baseline(cell, pooling, bidirectional, tokens):
    model = RecurrentClassifier(cell=cell, pooling=pooling, bidirectional=bidirectional, **SETTINGS)
    rows = DNATokenizer().fit_transform(X) if tokens else SERIES
    model.fit(rows, y)
    attributions = integrated_gradients(model, rows[:4])
    assert [one.shape for one in attributions] == [row.shape for row in rows[:4]]
    expected = model.decision_function(rows[:4]) - model.decision_function(baseline_of(model, rows[:4]))
    np.testing.assert_allclose([one.sum() for one in attributions], expected, atol=1e-3)


@pytest.mark.parametrize(
    "parameters",
    [{"embedding_dim": None}, {"num_layers": 2, "dropout": 0.5}, {"batch_norm": True}, {"dtype": "float64"}],
)
def test_other_networks_too(parameters):
    rows = DNATokenizer().fit_transform(X)
    model = RecurrentClassifier(**SETTINGS | parameters).fit(rows, y)
    attributions = integrated_gradients(model, rows[:4])
    expected = model.decision_function(rows[:4]) - model.decision_function(zeros_like(rows[:4]))
    np.testing.assert_allclose([one.sum() for one in attributions], expected, atol=1e-3)


def test_each_attribution_is_a_numeric_integral_of_differences():
    model = RecurrentClassifier(**SETTINGS | {"pooling": "mean", "dtype": "float64"}).fit(SERIES, y)
    (series,) = SERIES[:1]
    middles = (np.arange(400) + 0.5) / 400
    mean, change = model.channel_mean_, series - model.channel_mean_
    expected = np.zeros_like(series)
    for t, j in np.ndindex(series.shape):
        step = np.zeros_like(series)
        step[t, j] = 1e-5
        above = model.decision_function([mean + alpha * change + step for alpha in middles])
        below = model.decision_function([mean + alpha * change - step for alpha in middles])
        expected[t, j] = change[t, j] * (above - below).mean() / 2e-5
    np.testing.assert_allclose(integrated_gradients(model, [series])[0], expected, atol=1e-5)


def test_a_missing_value_is_attributed_what_its_absence_says():
    rows = [
        np.where(np.random.RandomState(i).rand(*row.shape) < 0.3, np.nan, row) for i, row in enumerate(SERIES)
    ]
    model = RecurrentClassifier(**SETTINGS, missing="mask").fit(rows, y)
    attributions = integrated_gradients(model, rows[:4])
    assert [one.shape for one in attributions] == [row.shape for row in rows[:4]]
    expected = model.decision_function(rows[:4]) - model.decision_function(baseline_of(model, rows[:4]))
    np.testing.assert_allclose([one.sum() for one in attributions], expected, atol=1e-3)
    observed = baseline_of(model, rows[:1])[0]
    np.testing.assert_allclose(integrated_gradients(model, [observed])[0], 0, atol=1e-6)


def test_targets_of_each_kind():
    model = make_pipeline(DNATokenizer(), RecurrentClassifier(**SETTINGS)).fit(X, y)
    np.testing.assert_allclose(
        integrated_gradients(model, "GATT", target="a"), -integrated_gradients(model, "GATT"), atol=1e-9
    )
    three = make_pipeline(DNATokenizer(), RecurrentClassifier(**SETTINGS)).fit(X, ["a", "b", "c", "b"] * 3)
    probability = three.predict_proba(["GATT"])[0]
    zero = three[-1].predict_proba(zeros_like([np.arange(4)]))[0]
    k = probability.argmax()
    expected = np.log(probability[k] / (1 - probability[k])) - np.log(zero[k] / (1 - zero[k]))
    assert integrated_gradients(three, "GATT").sum() == pytest.approx(expected, abs=1e-3)
    numbers = make_pipeline(DNATokenizer(), RecurrentRegressor(**SETTINGS)).fit(X, np.arange(12) * 1000)
    expected = numbers.predict(["GATT"])[0] - numbers[-1].predict(zeros_like([np.arange(4)]))[0]
    assert integrated_gradients(numbers, "GATT").sum() == pytest.approx(expected, abs=1e-3 * 3452)


def test_another_baseline():
    model = make_pipeline(DNATokenizer(), RecurrentClassifier(**SETTINGS)).fit(X, y)
    attributions = integrated_gradients(model, "GATT", baseline=model[0].vocabulary_["T"])
    assert attributions[2:].tolist() == [0, 0]
    expected = np.diff(model.decision_function(["TTTT", "GATT"]))[0]
    assert attributions.sum() == pytest.approx(expected, abs=1e-3)
    series = RecurrentClassifier(**SETTINGS).fit(SERIES, y)
    attributions = integrated_gradients(series, SERIES[:1], baseline=[1.0, -1.0])[0]
    constant = np.tile([1.0, -1.0], (6, 1))
    expected = np.diff(series.decision_function([constant, SERIES[0]]))[0]
    assert attributions.sum() == pytest.approx(expected, abs=1e-3)
    with pytest.raises(ValueError, match="baseline=99 is none of the token ids 0 to 7"):
        integrated_gradients(model, "GATT", baseline=99)
    with pytest.raises(ValueError, match="neither a finite number nor 2 of them"):
        integrated_gradients(series, SERIES[:1], baseline=[1.0])


def test_the_model_is_left_as_it_was():
    model = make_pipeline(DNATokenizer(), RecurrentClassifier(**SETTINGS)).fit(X, y)
    before = {name: value.clone() for name, value in model[-1].net_.module_.state_dict().items()}
    integrated_gradients(model, X)
    after = model[-1].net_.module_
    assert all((after.state_dict()[name] == value).all() for name, value in before.items())
    assert after.encoder.tokens
    assert all(weight.requires_grad and weight.dtype.itemsize == 4 for weight in after.parameters())


def test_an_empty_sequence_has_no_attribution():
    model = make_pipeline(DNATokenizer(), RecurrentClassifier(**SETTINGS)).fit(X, y)
    assert [one.shape for one in integrated_gradients(model, ["", "A"])] == [(0,), (1,)]


def test_memory_is_bounded_and_the_result_the_same(monkeypatch):
    model = make_pipeline(DNATokenizer(), RecurrentClassifier(**SETTINGS)).fit(X, y)
    expected = integrated_gradients(model, "GATTACA")
    monkeypatch.setattr("seqestimators.inspection.attributions.MAX_STEPS", 10)
    np.testing.assert_allclose(integrated_gradients(model, "GATTACA"), expected, atol=1e-9)


def test_a_sum_that_stays_off_is_told(monkeypatch):
    monkeypatch.setattr("seqestimators.inspection.attributions.MAX_HALVINGS", 0)
    model = make_pipeline(DNATokenizer(), RecurrentClassifier(**SETTINGS)).fit(X, y)
    with pytest.warns(ConvergenceWarning, match="of 2 of 2 sequences, row 0 the first.*raise n_steps"):
        integrated_gradients(model, X[:2], n_steps=1, tolerance=1e-12)
