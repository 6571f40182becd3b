"""A fit that is interrupted, or that fails: what is kept of it, and what it leaves as it was."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import Callback

from seqestimators import RecurrentClassifier, RecurrentRegressor

SMALL = {"hidden_size": 4, "embedding_dim": 4, "max_epochs": 2, "batch_size": 8, "random_state": 0}
X = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 6
Y = np.array([0, 1, 1, 0] * 6)
SERIES = [np.array(row)[:, None] / 4.0 for row in X]


def model(**parameters):
    return RecurrentClassifier(**SMALL | parameters)


class Raising(Callback):
    """Raises an exception in one of the epochs, counted from 1."""

    def __init__(self, exception, epoch=1):
        self.exception = exception
        self.epoch = epoch

    def on_batch_end(self, net, training=True, **kwargs):
        if training and len(net.history) == self.epoch:
            raise self.exception


def test_an_interruption_keeps_the_epochs_that_are_finished_and_goes_on():
    fitted = model(max_epochs=5, callbacks=[Raising(KeyboardInterrupt(), epoch=3)])
    with pytest.raises(KeyboardInterrupt, match="the first 2 epochs are kept"):
        fitted.fit(X, Y)
    assert fitted.n_iter_ == len(fitted.history_) == 2
    assert np.isfinite(fitted.predict_proba(X)).all()


def test_an_interruption_in_the_first_epoch_leaves_it_as_it_was():
    interrupted = model(callbacks=[Raising(KeyboardInterrupt())])
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(X, Y)
    with pytest.raises(NotFittedError):
        interrupted.predict(X)
    fitted = model().fit(X, Y)
    before = fitted.predict_proba(X)
    with pytest.raises(KeyboardInterrupt):
        fitted.set_params(callbacks=[Raising(KeyboardInterrupt())], hidden_size=5).fit(X, 1 - Y)
    np.testing.assert_array_equal(fitted.predict_proba(X), before)


def test_an_interruption_leaves_a_search():
    estimator = model(callbacks=[Raising(KeyboardInterrupt(), epoch=2)])
    with pytest.raises(KeyboardInterrupt):
        GridSearchCV(estimator, {"hidden_size": [2, 3]}, cv=2).fit(X, Y)


def test_an_interruption_under_early_stopping_restores_the_best_weights():
    scores = iter([0.5, 0.5, 0.9, 0.9, 0.1, 0.1])
    fitted = model(
        early_stopping=True,
        validation_fraction=0.25,
        max_epochs=9,
        scoring=lambda *args: next(scores),
        callbacks=[Raising(KeyboardInterrupt(), epoch=4)],
    )
    with pytest.raises(KeyboardInterrupt):
        fitted.fit(X, Y)
    same = model(early_stopping=True, validation_fraction=0.25, max_epochs=9, n_iter_no_change=1)
    scores = iter([0.5, 0.5, 0.9, 0.9, 0.1, 0.1])
    same.set_params(scoring=lambda *args: next(scores)).fit(X, Y)
    np.testing.assert_array_equal(fitted.predict_proba(X), same.predict_proba(X))
    assert fitted.best_epoch_ == same.best_epoch_ == 2


FAILURES = {
    "rows too few": lambda one: one.set_params(early_stopping=True).fit(X[:1], Y[:1]),
    "other classes": lambda one: one.set_params(early_stopping=True).fit(X[:4], ["a", "b", "c", "d"]),
    "other input": lambda one: one.fit(SERIES, np.zeros(24)),
    "divergence": lambda one: one.set_params(
        lr=1e38, gradient_clip=None, optimizer="sgd", dropout=0, max_epochs=4
    ).fit(X, Y),
    "callback": lambda one: one.set_params(callbacks=[Raising(RuntimeError(), epoch=2)]).fit(X, Y),
    "memory": lambda one: one.set_params(callbacks=[Raising(MemoryError(), epoch=2)]).fit(X, Y),
    "warm start": lambda one: one.set_params(
        warm_start=True, callbacks=[Raising(RuntimeError(), epoch=2)]
    ).fit(X, 1 - Y),
    "warm divergence": lambda one: one.set_params(
        warm_start=True, lr=1e38, gradient_clip=None, max_epochs=4
    ).fit(X, Y),
    "partial_fit": lambda one: one.partial_fit(X, ["a"] * len(X)),
    "partial_fit in training": lambda one: one.set_params(callbacks=[Raising(OSError())]).partial_fit(X, Y),
    "scorer": lambda one: one.set_params(scoring=lambda *args: 1 / 0).fit(X, Y),
}


@pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES)
def test_after_a_failure_it_answers_as_before(fail):
    fitted = model().fit(X, Y)
    before, state = fitted.predict_proba(X), sorted(vars(fitted))
    with pytest.raises((ValueError, RuntimeError, MemoryError, OSError, ZeroDivisionError)):
        fail(fitted)
    np.testing.assert_array_equal(fitted.predict_proba(X), before)
    assert sorted(vars(fitted)) == state
    fitted.set_params(**model().get_params()).partial_fit(X, Y)  # and its training can go on
    assert np.isfinite(fitted.predict_proba(X)).all()


@pytest.mark.parametrize("fail", [FAILURES["divergence"], FAILURES["callback"], FAILURES["scorer"]])
def test_a_first_fit_that_fails_leaves_it_unfitted(fail):
    failed = model()
    with pytest.raises((ValueError, RuntimeError, ZeroDivisionError)):
        fail(failed)
    with pytest.raises(NotFittedError):
        failed.predict(X)
    assert sorted(vars(failed)) == sorted(model().get_params())


def test_a_failed_regressor_keeps_its_unit():
    fitted = RecurrentRegressor(**SMALL).fit(X, Y)
    before = fitted.predict(X)
    with pytest.raises(ValueError, match="validation"):
        fitted.set_params(early_stopping=True).fit(X[:1], [1e6])
    np.testing.assert_array_equal(fitted.predict(X), before)
