"""scikit-learn's callbacks: what they hear of a fit, what they are given, and that they can stop it."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentLanguageModel, RecurrentTagger
from seqestimators.metrics import token_accuracy_scorer

pytest.importorskip("sklearn.callback", reason="scikit-learn has callbacks from version 1.9 on")
from sklearn.callback import ScoringMonitor

SMALL = {"hidden_size": 2, "max_epochs": 3, "random_state": 0}
X, y = [np.array([4, 7, 6]), np.array([5, 5])] * 6, [0, 1] * 6


class Watch:
    """Writes down what it hears, and stops after some epochs."""

    def __init__(self, n_epochs=99):
        self.heard, self.fitted, self.n_epochs = [], [], n_epochs

    def setup(self, estimator, context):
        self.heard.append("setup")

    def on_fit_task_begin(self, estimator, context):
        self.heard.append(f"{context.task_name} {context.task_id} begins")

    def on_fit_task_end(self, estimator, context, *, X=None, metadata=None, fitted_estimator=None):
        self.heard.append(f"{context.task_name} {context.task_id} ends")
        self.fitted.append((fitted_estimator, X, metadata))
        return context.task_id + 1 >= self.n_epochs

    def teardown(self, estimator, context):
        self.heard.append("teardown")


def epochs(n):
    return [f"epoch {i} {what}" for i in range(n) for what in ("begins", "ends")]


def test_the_fit_and_its_epochs_are_tasks():
    watch = Watch()
    weight = np.ones(len(X))
    model = RecurrentClassifier(**SMALL).set_callbacks(watch).fit(X, y, sample_weight=weight)
    assert watch.heard == ["setup", "fit 0 begins", *epochs(3), "fit 0 ends", "teardown"]
    for n_epochs, (fitted, given, metadata) in enumerate(watch.fitted[:3], 1):
        assert given is X
        assert metadata["sample_weight"] is weight
        assert fitted.n_iter_ == len(fitted.history_) == n_epochs
    last = watch.fitted[2][0]
    np.testing.assert_array_equal(last.predict_proba(X), model.predict_proba(X))
    assert (watch.fitted[0][0].predict_proba(X) != model.predict_proba(X)).any()
    alone = RecurrentClassifier(**SMALL).fit(X, y, sample_weight=weight)
    np.testing.assert_array_equal(alone.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize("params", [{}, {"early_stopping": True, "validation_fraction": 0.5}])
def test_a_callback_stops_the_training(params, tmp_path):
    params = SMALL | params
    model = RecurrentClassifier(**params).set_callbacks(Watch(n_epochs=2))
    model.fit(X, y, checkpoint=tmp_path)
    assert model.n_iter_ == 2
    goes_on = RecurrentClassifier(**params).fit(X, y, checkpoint=tmp_path)
    whole = RecurrentClassifier(**params).fit(X, y)
    assert goes_on.n_iter_ == whole.n_iter_ == 3
    np.testing.assert_array_equal(goes_on.predict_proba(X), whole.predict_proba(X))


def test_a_fit_that_fails_ends_what_the_callback_has_set_up():
    watch = Watch()
    model = RecurrentClassifier(**SMALL).set_callbacks(watch)
    with pytest.raises(ValueError, match="inconsistent numbers"):
        model.fit(X, y[1:])
    assert watch.heard == ["setup", "fit 0 begins", "teardown"]
    assert {name for name in vars(model) if "callback" in name} == {"callbacks", "_skl_callbacks"}


def test_scores_of_every_epoch_in_a_pipeline():
    monitor = ScoringMonitor(scoring={"score": token_accuracy_scorer})
    model = make_pipeline(DNATokenizer(), clone(RecurrentTagger(**SMALL).set_callbacks(monitor)))
    model.fit(["ACG", "TT"] * 3, ["aba", "bb"] * 3)
    rows = monitor.get_logs().data
    assert [row["task_name"] for row in rows if row["estimator_name"] == "RecurrentTagger"][-3:] == [
        "epoch"
    ] * 3
    assert all(0 <= row["score"] <= 1 for row in rows)


def test_estimators_without_targets():
    watch = Watch()
    RecurrentLanguageModel(**SMALL).set_callbacks(watch).fit(X)
    assert watch.heard[2:-2] == epochs(3)
