"""The picture of decisions: a panel a sequence, a colour a model."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentRegressor
from seqestimators.inspection import DecisionTraceDisplay, decision_trace

X = ["ACGT", "TTA", "G", "CC"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def make_model(y, estimator=RecurrentClassifier, **parameters):
    settings = {"hidden_size": 5, "max_epochs": 1, "random_state": 0} | parameters
    return make_pipeline(DNATokenizer(), estimator(**settings)).fit(X, y)


def ticks_of(ax):
    return [label.get_text() for label in ax.get_xticklabels()]


def test_models_overlay_and_each_sequence_has_a_panel():
    models = {cell: make_model(["no", "yes", "no", "yes"], cell=cell) for cell in ("rnn", "lstm")}
    display = DecisionTraceDisplay.from_estimators(models, X)
    assert [ticks_of(ax) for ax in display.axes_] == [list(text) for text in X]
    for ax, text in zip(display.axes_, X, strict=True):
        *lines, half = ax.lines
        assert half.get_ydata() == [0.5, 0.5]
        for line, model in zip(lines, models.values(), strict=True):
            np.testing.assert_allclose(line.get_ydata(), decision_trace(model, text)[:, 1], atol=1e-6)
    assert display.ax_.get_ylabel() == "probability of yes"
    assert [text.get_text() for text in display.figure_.legends[0].texts] == ["rnn", "lstm"]
    chosen = DecisionTraceDisplay.from_estimators(models, "ACG", target="no", ax=plt.figure().subplots())
    trace = decision_trace(models["rnn"], "ACG")[:, 0]
    np.testing.assert_allclose(chosen.ax_.lines[0].get_ydata(), trace, atol=1e-6)


def test_several_classes_are_lines_of_one_model():
    model = make_model([0, 1, 2, 1])
    display = DecisionTraceDisplay.from_estimator(model, "ACG", ax=(ax := plt.figure().subplots()))
    assert display.ax_ is ax
    np.testing.assert_allclose(
        [line.get_ydata() for line in ax.lines[:-1]], decision_trace(model, "ACG").T, atol=1e-6
    )
    assert [line.get_label() for line in ax.lines[:-1]] == ["0", "1", "2"]
    assert ax.lines[-1].get_ydata() == [1 / 3, 1 / 3]
    with pytest.raises(ValueError, match=r"target must name one of \[0, 1, 2\] to compare several models"):
        DecisionTraceDisplay.from_estimators({"a": model, "b": model}, "ACG")
    with pytest.raises(ValueError, match=r"target=7 is none of \[0, 1, 2\]"):
        DecisionTraceDisplay.from_estimator(model, "ACG", target=7)


def test_titles_say_what_is_predicted_and_what_is_true():
    model = make_model(["no", "yes", "no", "yes"])
    predicted, best = model.predict(X), model.predict_proba(X).max(axis=1)
    display = DecisionTraceDisplay.from_estimator(model, X, y=["no", "yes", "no", "yes"])
    expected = [
        f"Predicted {label}, probability {probability:.3f}\ntrue: {true}"
        for label, probability, true in zip(predicted, best, ["no", "yes", "no", "yes"], strict=True)
    ]
    assert [ax.get_title() for ax in display.axes_] == expected
    display = DecisionTraceDisplay.from_estimators({"a": model, "b": model}, "ACG", y="no")
    assert display.ax_.get_title() == "True: no"
    numbers = make_model([1.0, 2, 3, 4], RecurrentRegressor)
    answer = numbers.predict(["ACG"])[0]
    assert DecisionTraceDisplay.from_estimator(numbers, "ACG").ax_.get_title() == f"Predicted {answer:.3g}"


def test_labels_are_each_a_line():
    labels = np.array([[0, 1], [1, 0], [1, 1], [0, 0]])
    assert len(DecisionTraceDisplay.from_estimator(make_model(labels), "ACG").ax_.lines) == 3


def test_numbers_have_no_line_at_one_half():
    display = DecisionTraceDisplay.from_estimator(make_model([1.0, 2, 3, 4], RecurrentRegressor), "ACG")
    assert len(display.ax_.lines) == 1
    assert display.ax_.get_ylabel() == "prediction"


def test_markers_are_no_steps():
    tokenizer = DNATokenizer(add_bos=True, add_eos=True)
    model = make_pipeline(tokenizer, RecurrentClassifier(hidden_size=5, max_epochs=1)).fit(X, [0, 1, 0, 1])
    assert ticks_of(DecisionTraceDisplay.from_estimator(model, "ACG").ax_) == list("ACG")


def test_an_empty_sequence_is_an_empty_panel():
    display = DecisionTraceDisplay.from_estimator(make_model([0, 1, 0, 1]), ["", "AC"])
    assert [len(ax.lines[0].get_ydata()) for ax in display.axes_] == [0, 2]


def test_models_of_other_steps_are_refused():
    other = make_pipeline(DNATokenizer(k=2), RecurrentClassifier(hidden_size=5, max_epochs=1))
    models = {"one": make_model([0, 1, 0, 1]), "two": other.fit(["ACGT", "TTA"], [0, 1])}
    with pytest.raises(ValueError, match="'two' reads these sequences in other steps than 'one'"):
        DecisionTraceDisplay.from_estimators(models, "ACG")
