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
    assert [ax.get_ylabel() for ax in display.axes_] == ["loss", "accuracy", "ROC-AUC"]
    for ax, score in zip(display.axes_, ["loss", "accuracy", "roc_auc"], strict=True):
        for line, part in zip(ax.lines, ("train", "valid"), strict=True):
            assert line.get_ydata().tolist() == values(model, f"{part}_{score}")
            assert line.get_xdata().tolist() == [1, 2, 3]
        best = model.best_epoch_
        assert ax.collections[0].get_offsets().tolist() == [[best, values(model, f"valid_{score}")[best - 1]]]
    assert display.ax_.collections[0].get_label() == f"best epoch: {best}"
    assert display.figure_.get_suptitle() == "Training of bidirectional LSTM"
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


def test_each_seed_has_its_best_epoch():
    seeds = [fit(early_stopping=True, random_state=seed, n_iter_no_change=1, lr=0.3) for seed in range(2)]
    (_, rings) = TrainingHistoryDisplay.from_estimators({"a": seeds, "b": fit()}).ax_.collections[1:]
    assert rings.get_offsets()[:, 0].tolist() == [model.best_epoch_ for model in seeds]
    assert rings.get_label().startswith("a, best epoch")


def test_a_seed_that_stopped_early_counts_as_long_as_it_ran():
    short, long = [[{"epoch": 1, "train_loss": 2.0}], [{"epoch": 1, "train_loss": 4.0}, {"train_loss": 1.0}]]
    assert TrainingHistoryDisplay({"a": [short, long]}).plot().ax_.lines[0].get_ydata().tolist() == [3, 1]


def test_a_model_without_validation_lacks_that_line():
    models = {"with": fit(early_stopping=True), "without": fit()}
    labels = [line.get_label() for line in TrainingHistoryDisplay.from_estimators(models).ax_.lines]
    assert labels == ["with, training", "with, validation", "without, training"]
