"""Several labels or targets a row, of which some are not known."""

import numpy as np
import pytest
from sklearn.metrics import log_loss, r2_score
from sklearn.model_selection import KFold, cross_val_predict, cross_val_score

from seqestimators import RecurrentClassifier, RecurrentRegressor
from seqestimators.metrics import masked_roc_auc_scorer

SMALL = {"hidden_size": 6, "embedding_dim": 4, "max_epochs": 40, "lr": 0.02, "dropout": 0, "random_state": 0}
X = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 6
HAS = np.array([[token in row for token in (4, 5, 6)] for row in X]).astype(float)
HOLES = np.where(np.random.RandomState(0).uniform(size=HAS.shape) < 0.3, np.nan, HAS)


def test_several_labels_are_learned_in_spite_of_holes():
    model = RecurrentClassifier(**SMALL).fit(X, HOLES)
    p = model.predict_proba(X)
    assert p.shape == (24, 3)
    np.testing.assert_array_equal(model.predict(X), HAS)
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-model.decision_function(X))), rtol=1e-5)
    np.testing.assert_allclose(np.log(p), model.predict_log_proba(X), rtol=1e-3, atol=1e-6)
    assert model.score(X, HAS) == 1.0
    assert cross_val_predict(model, X, HAS, cv=2).shape == (24, 3)


def test_an_unknown_label_does_not_count():
    """A column of which one row is known trains as if the others weren't there."""
    exact = SMALL | {"dtype": "float64", "batch_size": "all", "max_epochs": 3}
    model = RecurrentClassifier(**exact).fit(X, HOLES)
    known = ~np.isnan(HOLES)
    losses = [
        np.mean([log_loss([label], [p], labels=[0, 1]) for label, p in zip(row[k], q[k], strict=True)])
        if k.any()
        else 0.0
        for row, k, q in zip(HOLES, known, model.predict_proba(X), strict=True)
    ]
    after = model.set_params(warm_start=True, max_epochs=1).fit(X, HOLES).history_[-1]["train_loss"]
    assert after == pytest.approx(np.mean(losses))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.where(HAS == 1, 2, HAS), "row 0, column 0 of y is 2, but of several labels per row each is 1"),
        (np.where(np.arange(3) == 1, np.nan, HAS), "column 1 of y is NaN in every row"),
        (np.where(np.arange(3) == 1, -1, HAS), "column 1 of y is NaN in every row, or -1"),
        (np.where(HAS == 1, 1, -1), "no 0 in any.*write 0 for no"),
        (np.where(HAS == 1, "yes", "no"), "row 0, column 0 of y is .*yes"),
    ],
    ids=["other numbers", "empty column", "empty column of -1", "no 0", "text"],
)
def test_bad_labels(y, message):
    with pytest.raises(ValueError, match=message):
        RecurrentClassifier(**SMALL).fit(X, y)


def test_several_targets_are_learned_in_spite_of_holes():
    targets = HOLES * [1, 10, 1000] + [0, 5, 0]
    model = RecurrentRegressor(**SMALL | {"max_epochs": 60}).fit(X, targets)
    error = np.abs(model.predict(X) - (HAS * [1, 10, 1000] + [0, 5, 0])) / [1, 10, 1000]
    assert error.max() < 0.25
    with pytest.raises(ValueError, match="column 2 of y is NaN in every row"):
        model.fit(X, np.where(np.arange(3) == 2, np.nan, targets))
    with pytest.raises(ValueError, match="NaN"):
        model.fit(X, targets[:, 0])


def test_the_score_counts_known_labels_only():
    wrong = HAS.copy()
    wrong[0, 0] = 1 - wrong[0, 0]
    model = RecurrentClassifier(**SMALL).fit(X, HAS)
    assert model.score(X, HOLES) == 1.0
    assert model.score(X, wrong) == 23 / 24
    wrong[1] = np.nan
    assert model.score(X, wrong) == 22 / 23
    assert model.score(X, wrong, sample_weight=[0] + 23 * [1]) == 1.0
    assert np.isfinite(cross_val_score(model.set_params(max_epochs=1), X, HOLES, cv=KFold(2))).all()
    with pytest.raises(ValueError, match="no row of sample_weight above 0 has a known label"):
        model.score(X, wrong, sample_weight=[0, 1] + 22 * [0])


def test_the_score_of_a_regressor_is_the_mean_over_targets_of_their_known_rows():
    model = RecurrentRegressor(**SMALL).fit(X, HAS)
    predicted = model.predict(X)
    expected = np.mean(
        [r2_score(y[~np.isnan(y)], p[~np.isnan(y)]) for y, p in zip(HOLES.T, predicted.T, strict=True)]
    )
    assert model.score(X, HOLES) == pytest.approx(expected)
    assert model.score(X, HAS) == pytest.approx(r2_score(HAS, predicted))
    one = HOLES * [1, np.nan, np.nan]
    known = ~np.isnan(HOLES[:, 0])
    assert model.score(X, one) == pytest.approx(r2_score(HAS[known, 0], predicted[known, 0]))
    for y, weight, message in (
        (HOLES * np.nan, None, "R² needs numbers that are known"),
        (HOLES[:, :2], None, "y has 2 targets, but the model was fitted on 3"),
        (HAS, [-1] + 23 * [1], "row 0 of sample_weight is -1: a weight is a finite number"),
    ):
        with pytest.raises(ValueError, match=message):
            model.score(X, y, sample_weight=weight)


def test_minus_one_is_missing_among_several_labels_and_a_class_of_one():
    minus = np.where(np.isnan(HOLES), -1, HOLES).astype(int)
    models = [RecurrentClassifier(**SMALL | {"max_epochs": 2}).fit(X, y) for y in (HOLES, minus)]
    np.testing.assert_array_equal(models[0].predict_proba(X), models[1].predict_proba(X))
    assert models[0].score(X, HOLES) == models[0].score(X, minus)
    for y in (np.where(HAS[:, 0] == 1, 1, -1), np.where(HAS[:, :1] == 1, 1, -1).ravel().tolist()):
        assert RecurrentClassifier(**SMALL | {"max_epochs": 2}).fit(X, y).classes_.tolist() == [-1, 1]


@pytest.mark.parametrize("n_labels", [2, 3])
@pytest.mark.parametrize(
    "scoring", ["roc_auc", "average_precision", "accuracy", ["accuracy", "roc_auc"], masked_roc_auc_scorer]
)
def test_plain_names_of_scores_take_missing_labels(scoring, n_labels):
    y = np.tile(HOLES[:, :n_labels], (4, 1))
    options = SMALL | {
        "max_epochs": 2,
        "early_stopping": True,
        "validation_fraction": 0.4,
        "scoring": scoring,
    }
    model = RecurrentClassifier(**options).fit(X * 4, y)
    names = scoring if isinstance(scoring, list) else [scoring if isinstance(scoring, str) else "score"]
    for name in names:
        assert 0 <= model.history_[-1][f"valid_{name}"] <= 1


def test_accuracy_keeps_its_meaning_of_whole_rows():
    options = SMALL | {"max_epochs": 1, "scoring": "accuracy"}
    for y in (HOLES, HAS):
        model = RecurrentClassifier(**options).fit(X, y)
        assert model.history_[-1]["train_accuracy"] == model.score(X, y)


def test_other_scores_say_what_to_take():
    options = SMALL | {"max_epochs": 1, "scoring": "f1_macro"}
    assert "train_f1_macro" in RecurrentClassifier(**options).fit(X, HAS).history_[0]
    with pytest.raises(ValueError, match="'f1_macro' takes no missing labels: take one of 'roc_auc'"):
        RecurrentClassifier(**options).fit(X, HOLES)
