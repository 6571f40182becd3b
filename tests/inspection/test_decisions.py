"""Decision traces: the model's own answer on every prefix."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentRegressor, RecurrentTagger
from seqestimators.datasets import make_marker
from seqestimators.inspection import decision_trace, decisions

X = ["ACGTAC", "TT", "GATTACA", "C"]
TARGETS = {
    "two classes": ["a", "b", "a", "b"],
    "three classes": [0, 1, 2, 1],
    "labels": np.array([[0, 1], [1, 0], [1, 1], [0, 0]]),
    "number": [0.5, 1.5, 2.5, 7.0],
    "numbers": np.array([[0.5, 1], [1.5, 2], [2.5, 3], [7.0, 5]]),
}
CAUSAL = {"pooling": "last", "bidirectional": False}


def make_model(kind="two classes", tokenizer=None, **parameters):
    settings = {"hidden_size": 5, "embedding_dim": 3, "max_epochs": 2, "random_state": 0} | parameters
    estimator = RecurrentRegressor if "number" in kind else RecurrentClassifier
    return make_pipeline(tokenizer or DNATokenizer(), estimator(**settings)).fit(X, TARGETS[kind])


def answer(model, texts):
    return model.predict_proba(texts) if hasattr(model, "predict_proba") else model.predict(texts)


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("parameters", [CAUSAL, {}, {"pooling": "last"}], ids=["causal", "concat", "both"])
def test_each_row_is_the_answer_on_a_prefix(kind, parameters):
    model = make_model(kind, batch_norm=True, num_layers=2, **parameters)
    for text, trace in zip(X, decision_trace(model, X), strict=True):
        expected = answer(model, [text[: t + 1] for t in range(len(text))])
        assert trace.dtype == expected.dtype
        np.testing.assert_allclose(trace, expected, atol=1e-6)
        np.testing.assert_allclose(trace[-1], answer(model, [text])[0], atol=1e-6)


@pytest.mark.parametrize("parameters", [CAUSAL, {}], ids=["causal", "concat"])
@pytest.mark.parametrize("begin", [False, True])
@pytest.mark.parametrize("end", [False, True])
def test_each_prefix_stands_between_the_markers(parameters, begin, end):
    model = make_model(tokenizer=DNATokenizer(add_bos=begin, add_eos=end), **parameters)
    for text, trace in zip(X, decision_trace(model, X), strict=True):
        expected = model.predict_proba([text[: t + 1] for t in range(len(text))])
        np.testing.assert_allclose(trace, expected, atol=1e-6)


@pytest.mark.parametrize("parameters", [CAUSAL, {}], ids=["causal", "concat"])
def test_series_of_values(parameters):
    series = [np.linspace(-1, 1, n) for n in (3, 1, 6)]
    model = RecurrentClassifier(hidden_size=4, max_epochs=1, random_state=0, **parameters)
    model.fit(series, [0, 1, 0])
    for x, trace in zip(series, decision_trace(model, series), strict=True):
        expected = model.predict_proba([x[: t + 1] for t in range(len(x))])
        np.testing.assert_allclose(trace, expected, atol=1e-6)
    assert decision_trace(model, series[0]).shape == (3, 2)


@pytest.mark.parametrize("parameters", [CAUSAL, {}], ids=["causal", "concat"])
def test_an_empty_sequence_has_no_step(parameters):
    assert decision_trace(make_model(**parameters), "").shape == (0, 2)
    assert [len(trace) for trace in decision_trace(make_model(**parameters), ["", "AC"])] == [0, 2]
    assert decision_trace(make_model("number", **parameters), "").shape == (0,)


def test_prefixes_are_answered_in_chunks(monkeypatch):
    model = make_model()
    whole = decision_trace(model, X)
    monkeypatch.setattr(decisions, "MAX_HELD_STEPS", 5)
    for got, expected in zip(decision_trace(model, X), whole, strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-6)


def test_a_tagger_gives_no_single_answer():
    tagger = make_pipeline(DNATokenizer(), RecurrentTagger(hidden_size=4, max_epochs=1)).fit(X, X)
    with pytest.raises(TypeError, match="RecurrentTagger gives no single prediction for a sequence"):
        decision_trace(tagger, X)


def test_a_trained_network_decides_at_the_marker():
    X, y = make_marker(1000, random_state=0)
    model = RecurrentClassifier(hidden_size=32, max_epochs=20, standardize=False, random_state=0, **CAUSAL)
    model.fit(X, y)
    digits = np.arange(1.0, 10.0)
    assert (decision_trace(model, digits)[:, 1] < 0.5).all()
    marked = [np.where(digits == digit, -1, digits) for digit in digits]
    first = [int(np.argmax(trace[:, 1] > 0.5)) for trace in decision_trace(model, marked)]
    assert first == list(range(9))
