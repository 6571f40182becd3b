"""Scores after every epoch, and callbacks of skorch that a user brings."""

import threading

import numpy as np
import pytest
import torch
from skorch.callbacks import (
    BatchScoring,
    Callback,
    Checkpoint,
    EarlyStopping,
    EpochScoring,
    LRScheduler,
    PassthroughScoring,
    TensorBoard,
)
from torch.optim.lr_scheduler import ReduceLROnPlateau

from seqestimators import (
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
)

SMALL = {"hidden_size": 4, "embedding_dim": 4, "max_epochs": 2, "batch_size": 8, "random_state": 0}
X = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 6
Y = np.array([0, 1, 1, 0] * 6)
TAGS = [["ab"[token % 2] for token in row] for row in X]
RARE = np.array([1, 1] + [0] * 22)


def model(**parameters):
    return RecurrentClassifier(**SMALL | parameters)


def columns_of(estimator):
    return set(estimator.history_[-1]) - {"epoch", "lr", "duration"}


@pytest.mark.filterwarnings("ignore:Only one class is present")
@pytest.mark.parametrize("score", [np.nan, -np.inf, np.inf])
def test_a_score_that_is_not_finite_decides_nothing(score):
    parameters = {"early_stopping": True, "n_iter_no_change": 3}
    message = "early stopping needs finite scores, but roc_auc of the 2 validation rows is nan.*validation_fr"
    with pytest.raises(ValueError, match=message):
        model(scoring="roc_auc", validation_fraction=0.05, **parameters).fit(X, RARE)
    with pytest.raises(ValueError, match=f"score of the 3 validation rows is {score}"):
        model(scoring=lambda *args: score, **parameters).fit(X, Y)
    watched = model(scoring=lambda *args: score).fit(X, Y)  # it decides nothing
    assert repr(watched.history_[0]["train_score"]) == repr(score)


def test_a_scorer_may_return_several_scores():
    scores = iter(range(100))

    def several(estimator, X, y):
        return {"a": 0.5, "b": next(scores)}

    fitted = model(scoring=several, early_stopping=True, max_epochs=9, n_iter_no_change=2).fit(X, Y)
    assert columns_of(fitted) == {"train_loss", "valid_loss", "train_a", "valid_a", "train_b", "valid_b"}
    assert fitted.n_iter_ == 3  # the first, which never improves, decides


def test_what_history_holds_are_plain_numbers():
    fitted = model(scoring=["accuracy", "roc_auc"]).fit(X, Y)
    assert {type(value) for row in fitted.history_ for value in row.values()} == {int, float}


@pytest.mark.parametrize("on_train", [True, False])
@pytest.mark.parametrize(
    ("estimator", "y", "scoring"),
    [
        (RecurrentClassifier, Y, "accuracy"),
        (RecurrentClassifier, np.array(["no", "yes"])[Y], "roc_auc"),
        (RecurrentClassifier, Y, "neg_log_loss"),
        (RecurrentClassifier, Y, None),
        (RecurrentRegressor, Y, "r2"),
        (RecurrentTagger, TAGS, None),
        (RecurrentSeq2Seq, TAGS, None),
        (RecurrentLanguageModel, None, None),
    ],
)
def test_epoch_scoring_gives_what_scoring_gives(estimator, y, scoring, on_train):
    parameters = SMALL | {"early_stopping": True, "validation_fraction": 0.25, "random_state": 1}
    callback = EpochScoring(scoring, lower_is_better=False, on_train=on_train, name="valid_own")
    fitted = estimator(callbacks=[callback], **parameters).fit(X, y)
    name = "score" if scoring is None else scoring
    scorer = (lambda model, X, y: model.score(X, y)) if scoring is None else scoring
    oracle = estimator(scoring=scorer, n_iter_no_change=99, **parameters).fit(X, y)
    expected = [row[f"{'train' if on_train else 'valid'}_{name}"] for row in oracle.history_]
    assert [row["valid_own"] for row in fitted.history_[:2]] == pytest.approx(expected[:2])
    assert callback.best_score_ == pytest.approx(max(expected))


def test_early_stopping_of_skorch_stops():
    with pytest.raises(
        ValueError, match=r"callbacks\[0\], EarlyStopping, monitors 'valid_loss', but no rows"
    ):
        model(callbacks=[EarlyStopping()]).fit(X, Y)
    stopping = EarlyStopping(patience=1, threshold=1e9, threshold_mode="abs")
    fitted = model(callbacks=[("own", stopping)], early_stopping=True, max_epochs=9).fit(X, Y)
    assert fitted.n_iter_ == 2
    stopping = EarlyStopping("train_loss", patience=1, threshold=1e9, threshold_mode="abs")
    assert model(callbacks=[stopping], max_epochs=9).fit(X, Y).n_iter_ == 2


def test_other_callbacks_of_skorch_work(tmp_path):
    class Writer:
        def __init__(self):
            self.lock = threading.Lock()  # what can't be copied
            self.seen = []

        def add_scalar(self, tag, scalar_value, global_step):
            self.seen.append(tag)

    writer = Writer()
    model(callbacks=[TensorBoard(writer, close_after_train=False)]).fit(X, Y)
    assert "Loss/train_loss" in writer.seen
    schedule = LRScheduler(ReduceLROnPlateau, monitor="train_loss")
    model(callbacks=[schedule], lr_schedule="constant").fit(X, Y)
    checkpoint = Checkpoint(dirname=str(tmp_path))
    model(callbacks=[checkpoint], early_stopping=True).fit(X, Y)
    assert torch.load(tmp_path / "params.pt", weights_only=True)
    with pytest.raises(ValueError, match=r"Checkpoint, monitors 'valid_loss_best'"):
        model(callbacks=[checkpoint]).fit(X, Y)
    passed = model(callbacks=[PassthroughScoring("train_batch_size", on_train=True)]).fit(X, Y)
    assert passed.history_[0]["train_batch_size"] == 8


class Pruner(Callback):
    """What optuna's pruning callback does: reports to a trial that must not be a copy."""

    def __init__(self, trial):
        self.trial = trial

    def on_epoch_end(self, net, **kwargs):
        self.trial.append(net.history[-1, "train_loss"])
        if len(self.trial) == 2:
            raise RuntimeError("pruned")


def test_a_pruner_reports_to_its_own_trial():
    trial = []
    with pytest.raises(RuntimeError, match="pruned"):
        model(max_epochs=5, callbacks=[Pruner(trial)]).fit(X, Y)
    assert len(trial) == 2


@pytest.mark.parametrize("wrong", [3, "stop", int, ("name", 3), None, ("a", "b", "c")])
def test_what_is_no_callback_is_named(wrong):
    with pytest.raises(TypeError, match=r"callbacks\[1\] is .*: give skorch callbacks"):
        model(callbacks=[Callback(), wrong]).fit(X, Y)


def test_scoring_of_single_batches_is_refused():
    with pytest.raises(TypeError, match="BatchScoring, but batches here hold sequences of similar length"):
        model(callbacks=[BatchScoring("accuracy")]).fit(X, Y)


def test_classes_of_callbacks_are_taken():
    assert model(callbacks=[Callback, ("named", Callback)]).fit(X, Y).n_iter_ == 2


@pytest.mark.parametrize(
    ("result", "error", "message"),
    [
        ({}, ValueError, "no score, an empty dictionary"),
        (None, TypeError, "scoring returns None as 'score', but a score is one number"),
        ("good", TypeError, "returns 'good' as 'score'"),
        (np.ones(2), TypeError, "but a score is one number"),
        ({"a": [1]}, TypeError, r"returns \[1\] as 'a'"),
        ({"loss": 1}, ValueError, "names a score 'loss'"),
    ],
)
def test_what_is_no_score_is_told(result, error, message):
    with pytest.raises(error, match=message):
        model(scoring=lambda *args: result).fit(X, Y)


@pytest.mark.parametrize("score", [1, True, np.float32(0.5), np.array(0.5), torch.tensor(0.5)])
def test_any_number_is_a_score(score):
    assert model(scoring=lambda *args: score).fit(X, Y).history_[0]["train_score"] == float(score)


def test_a_score_that_needs_two_classes_says_what_to_do():
    with pytest.raises(ValueError, match=r"can't score the 2 validation rows: .*raise validation_fraction"):
        model(scoring="neg_log_loss", early_stopping=True, validation_fraction=0.05).fit(X, RARE)


@pytest.mark.parametrize(
    ("callback", "column"), [(EarlyStopping, "valid_loss"), (EarlyStopping("train_acc"), "train_acc")]
)
def test_a_column_that_no_epoch_has_is_told_with_those_there_are(callback, column):
    with pytest.raises(ValueError, match=f"{column}.*There are train_loss, train_score"):
        model(callbacks=[callback], scoring=lambda *args: 1).fit(X, Y)
