"""The picture of the training: what stands in history_, means and bands over seeds."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from seqestimators import RecurrentClassifier
from seqestimators.inspection import TrainingHistoryDisplay

X, y = [[4, 5, 6], [5, 5], [6, 4, 4], [5, 6]] * 5, [0, 1, 0, 1] * 5


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def fit(**parameters):
    settings = {"hidden_size": 4, "max_epochs": 3, "random_state": 0} | parameters
    return RecurrentClassifier(**settings).fit(X, y)


def values(model, column):
    return [row[column] for row in model.history_]


def test_loss_and_scores_of_both_parts():
    model = fit(scoring=["accuracy", "roc_auc"], early_stopping=True, validation_fraction=0.2)
    display = TrainingHistoryDisplay.from_estimator(model)
    assert [ax.get_ylabel() for ax in display.axes_] == ["loss", "accuracy", "roc_auc"]
    for ax in display.axes_:
        for line, part in zip(ax.lines, ("train", "valid"), strict=True):
            assert line.get_ydata().tolist() == values(model, f"{part}_{ax.get_ylabel()}")
            assert line.get_xdata().tolist() == [1, 2, 3]
    labels = ["bidirectional LSTM, training", "bidirectional LSTM, validation"]
    assert [line.get_label() for line in display.ax_.lines] == labels


def test_seeds_are_a_mean_and_a_band_and_models_overlay():
    seeds = [fit(random_state=seed) for seed in range(3)]
    ax = plt.figure().subplots()
    display = TrainingHistoryDisplay.from_estimators({"many": seeds, "one": fit(cell="rnn")}, ax=ax)
    assert display.ax_ is ax
    many, one = ax.lines
    losses = np.array([values(model, "train_loss") for model in seeds])
    np.testing.assert_allclose(many.get_ydata(), losses.mean(axis=0))
    (band,) = ax.collections
    heights = band.get_paths()[0].vertices[:, 1]
    np.testing.assert_allclose([heights.min(), heights.max()], [losses.min(), losses.max()])
    assert [many.get_label(), one.get_label()] == ["many", "one"]


def test_a_seed_that_stopped_early_counts_as_long_as_it_ran():
    short, long = [[{"epoch": 1, "train_loss": 2.0}], [{"epoch": 1, "train_loss": 4.0}, {"train_loss": 1.0}]]
    assert TrainingHistoryDisplay({"a": [short, long]}).plot().ax_.lines[0].get_ydata().tolist() == [3, 1]


def test_a_model_without_validation_lacks_that_line():
    models = {"with": fit(early_stopping=True), "without": fit()}
    labels = [line.get_label() for line in TrainingHistoryDisplay.from_estimators(models).ax_.lines]
    assert labels == ["with, training", "with, validation", "without, training"]
