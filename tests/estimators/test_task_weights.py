"""Weights of labels, targets and their classes, against models of fewer columns."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from seqestimators import RecurrentClassifier, RecurrentRegressor
from seqestimators.estimators._task_weights import weigh_labels

EXACT = {
    "hidden_size": 3,
    "embedding_dim": 2,
    "dropout": 0,
    "dtype": "float64",
    "batch_size": "all",
    "max_epochs": 3,
    "random_state": 0,
}
X = [[4, 5], [5], [6, 4], [6]] * 3
LABELS = np.array([[1, 0, 1], [0, 0, np.nan], [1, 1, 0], [0, np.nan, 1]] * 3)


@pytest.mark.parametrize(
    ("model", "y"),
    [(RecurrentClassifier, LABELS), (RecurrentRegressor, 5 * LABELS)],
    ids=["labels", "numbers"],
)
def test_a_task_of_weight_0_is_not_learned_and_only_ratios_count(model, y):
    fitted = model(**EXACT, task_weight=[2, 0, 2]).fit(X, y)
    bias = fitted.net_.module_.output.bias.detach().numpy()
    assert (bias != 0).tolist() == [True, False, True]
    other = model(**EXACT, task_weight=np.array([1, 0, 1])).fit(X, y)
    np.testing.assert_allclose(other.run(X), fitted.run(X), rtol=1e-12)
    alike, plain = model(**EXACT, task_weight=[3, 3, 3]).fit(X, y), model(**EXACT).fit(X, y)
    np.testing.assert_allclose(alike.run(X), plain.run(X), rtol=1e-9)


@pytest.mark.parametrize("loss", ["cross_entropy", "focal"])
def test_weights_repeat_rows_of_several_labels(loss):
    weight = np.arange(12) % 3
    model = RecurrentClassifier(**EXACT, loss=loss, class_weight="balanced", task_weight=[1, 2, 3])
    one = model.fit(X, LABELS, sample_weight=weight).run(X)
    repeated = [row for row, n in zip(X, weight, strict=True) for _ in range(n)]
    np.testing.assert_allclose(model.fit(repeated, LABELS.repeat(weight, axis=0)).run(X), one, rtol=1e-9)


def test_classes_are_balanced_in_every_column():
    weights = weigh_labels("balanced", None, LABELS, np.ones(12))
    for labels, of_column in zip(LABELS.T, weights.T, strict=True):
        known = ~np.isnan(labels)
        np.testing.assert_allclose(of_column[known], compute_sample_weight("balanced", labels[known]))
        assert (of_column[~known] == 1).all()
    given = weigh_labels({0: 1, 1: 5}, [1, 1, 2], LABELS, np.ones(12))
    assert given[0].tolist() == [5, 1, 10]


@pytest.mark.parametrize(
    ("parameters", "y", "message"),
    [
        ({"task_weight": [1, 2]}, LABELS, "task_weight has 2 numbers, but y has 3 columns"),
        ({"task_weight": [1, -2, 1]}, LABELS, "give a finite number of at least 0 for each task"),
        ({"task_weight": [0, 0, 0]}, LABELS, "give a finite number of at least 0 for each task"),
        ({"task_weight": ["a"]}, LABELS, "give a finite number of at least 0 for each task"),
        ({"task_weight": [1]}, LABELS[:, 0], "task_weight weighs several labels per row, but y has one"),
        ({"task_weight": [1, 1, 1], "loss": max}, LABELS, "a callable loss gives one number a row"),
        ({"class_weight": "balanced", "loss": max}, LABELS, "a callable loss gives one number a row"),
        ({"label_smoothing": 0.1, "loss": max}, LABELS, "label_smoothing=0.1 is for a loss given by name"),
    ],
)
def test_bad_weights(parameters, y, message):
    with pytest.raises(ValueError, match=message):
        RecurrentClassifier(**EXACT, **parameters).fit(X, y)


def test_bounds_are_one_task():
    with pytest.raises(ValueError, match="task_weight weighs several targets, but bounded_targets=True"):
        RecurrentRegressor(bounded_targets=True, task_weight=[1]).fit(X, LABELS[:, :2])
