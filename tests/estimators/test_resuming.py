"""A training that is broken off, and goes on: the same bits, and never those of another fit."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import sklearn
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from skorch.callbacks import EpochScoring, LRScheduler

from seqestimators import (
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
    SequenceTokenizer,
)
from seqestimators._training import SequenceNet, digest_of, generators_of

SMALL = {"hidden_size": 3, "embedding_dim": 3, "max_epochs": 4, "batch_size": 4, "random_state": 0}
X = [[4, 5, 6], [5, 5], [6, 6, 4, 5], [4, 4, 5, 6, 4]] * 3
LABELS = np.array([0, 1, 1, 0] * 3)
STEPS = [[int(token == 5) for token in row] for row in X]


class Killed(BaseException):
    pass


@pytest.fixture
def killed(monkeypatch):
    """Return a function that lets fits die after a number of steps of training."""

    step = SequenceNet.train_step

    def after(n_steps):
        done = []

        def train_step(net, *args, **kwargs):
            if len(done) == n_steps:
                raise Killed
            done.append(1)
            return step(net, *args, **kwargs)

        monkeypatch.setattr(SequenceNet, "train_step", train_step)

    return after


def end_of(model):
    net = model.net_
    history = [{name: one for name, one in row.items() if name != "duration"} for row in model.history_]
    generators = [one.get_state() for one in generators_of(net)]
    learned = {name: one for name, one in vars(model).items() if name.endswith("_")}
    learned = {name: learned[name] for name in learned.keys() - {"net_", "history_", "target_tokenizer_"}}
    weights, optimizer = dict(net.module_.state_dict()), net.optimizer_.state_dict()
    return digest_of([weights, optimizer, generators, history, learned])


@cache
def teacher():
    return RecurrentLanguageModel(**SMALL).fit(X)


FITS = {
    "early stopping": (
        lambda: RecurrentClassifier(
            **SMALL, early_stopping=True, scoring=["accuracy", "roc_auc"], n_iter_no_change=3, batch_norm=True
        ),
        LABELS,
    ),
    "regressor": (
        lambda: RecurrentRegressor(
            **SMALL, optimizer="sgd", lr_schedule="cosine", num_layers=2, token_dropout=0.2
        ),
        LABELS / 3,
    ),
    "tagger": (lambda: RecurrentTagger(**SMALL, optimizer="nadam", dtype="float64"), STEPS),
    "sequence to sequence": (
        lambda: RecurrentSeq2Seq(**SMALL, attention="monotonic", label_smoothing=0.1),
        ["".join("abc"[token - 4] for token in row) for row in X],
    ),
    "language model": (lambda: RecurrentLanguageModel(**SMALL, optimizer="rmsprop", dtype="bfloat16"), None),
    "pretrained": (
        lambda: RecurrentClassifier(
            **SMALL, pretrained=teacher(), gradual_unfreezing=True, layer_decay=2.0, bidirectional=False
        ),
        LABELS,
    ),
    "callbacks": (
        lambda: RecurrentClassifier(
            **SMALL,
            lr_schedule="constant",
            callbacks=[
                LRScheduler("ReduceLROnPlateau", patience=0, threshold=1.0),
                EpochScoring("roc_auc", lower_is_better=False, on_train=True, name="train_auc"),
            ],
        ),
        LABELS,
    ),
}


@pytest.mark.usefixtures("in_bfloat16")
@pytest.mark.parametrize("kind", FITS)
def test_a_fit_goes_on_to_the_same_bits(kind, killed, tmp_path, monkeypatch):
    make, y = FITS[kind]
    whole = end_of(make().fit(X, y))
    killed(8)  # in the third epoch
    with pytest.raises(Killed):
        make().fit(X, y, checkpoint=tmp_path)
    killed(2 * 3)  # what is left, and not a step more
    model = make().fit(X, y, checkpoint=tmp_path)
    assert end_of(model) == whole
    killed(0)
    again = make().fit(X, y, checkpoint=str(tmp_path))
    assert end_of(again) == whole
    monkeypatch.undo()
    for one in (model, again):  # they can be trained further, to the same bits too
        one.set_params(warm_start=True).fit(X, y)
    assert end_of(model) == end_of(again)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_warm_start_goes_on_from_its_own_file(tmp_path, killed, monkeypatch):
    first = RecurrentClassifier(**SMALL, warm_start=True).fit(X, LABELS, checkpoint=tmp_path)
    second = end_of(first.fit(X, LABELS, checkpoint=tmp_path))
    assert len(list(tmp_path.iterdir())) == 2
    killed(0)
    model = RecurrentClassifier(**SMALL, warm_start=True).fit(X, LABELS, checkpoint=tmp_path)
    assert end_of(model.fit(X, LABELS, checkpoint=tmp_path)) == second
    assert model.n_iter_ == 8


@pytest.mark.parametrize(
    "change",
    [
        {"max_epochs": 5},
        {"lr": 0.1},
        {"cell": "gru"},
        {"random_state": 1},
        {"random_state": np.random.RandomState(0)},
        {"scoring": "accuracy"},
        {"early_stopping": True},
        {"callbacks": [LRScheduler("StepLR", step_size=2)]},
        {"X": [*X[:-1], [4]]},
        {"y": 1 - LABELS},
        {"y": [*LABELS[:-1].tolist(), 1]},
        {"sample_weight": np.arange(12)},
        {"class_weight": "balanced"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_fit_has_another_file(change, tmp_path):
    data = {name: change[name] for name in ("X", "y", "sample_weight") if name in change}
    parameters = {name: one for name, one in change.items() if name not in data}
    for model, inputs in (
        (RecurrentClassifier(**SMALL), {}),
        (RecurrentClassifier(**SMALL | parameters), data),
        (RecurrentClassifier(**SMALL, verbose=0, device="cpu"), {}),
    ):
        _name_file(model, tmp_path, {"X": X, "y": LABELS} | inputs)
    assert len(list(tmp_path.iterdir())) == 2


def _name_file(model, folder, inputs):
    """Let a fit name its file, and end before it trains."""
    from seqestimators.estimators import _fitting

    class Named(Exception):
        pass

    def stop(*args, **data):
        (folder / _resume(*args, **data).fit).touch()
        raise Named

    _resume, _fitting.resume = _fitting.resume, stop
    try:
        with pytest.raises(Named):
            model.fit(**inputs, checkpoint=folder)
    finally:
        _fitting.resume = _resume


def test_a_search_returns_the_fits_that_are_finished(tmp_path, killed):
    strings = ["".join("abc"[token - 4] for token in row) for row in X]

    def search():
        model = make_pipeline(SequenceTokenizer(), RecurrentClassifier(**SMALL | {"max_epochs": 1}))
        grid = {"recurrentclassifier__lr": [0.01, 0.1]}
        return GridSearchCV(model, grid, cv=2).fit(strings, LABELS, recurrentclassifier__checkpoint=tmp_path)

    first = search()
    assert len(list(tmp_path.iterdir())) == 5  # two candidates in two folds, and the best on all rows
    killed(0)
    second = search()
    np.testing.assert_array_equal(first.predict_proba(strings), second.predict_proba(strings))


@pytest.mark.parametrize(
    ("options", "parameters", "error", "message"),
    [
        ({"checkpoint": 3}, {}, TypeError, "checkpoint is a int, but must be the path of a folder"),
        ({"checkpoint": ["a", "b"]}, {}, TypeError, "Give a pathlib.Path"),
        ({"checkpoint": "x"}, {"random_state": None}, ValueError, "checkpoint needs a random_state"),
        (
            {"checkpoint": "x"},
            {"scoring": lambda *args: 0.5},
            TypeError,
            "all parameters, but scoring=<function",
        ),
        ({"y_val": LABELS}, {}, ValueError, "y_val is given without X_val"),
        ({"X_val": X}, {"early_stopping": True}, ValueError, "X_val is given without y_val"),
        ({"X_val": X, "y_val": LABELS}, {}, ValueError, "early_stopping=False: set it to True"),
        (
            {"X_val": X, "y_val": LABELS, "groups": LABELS},
            {"early_stopping": True},
            ValueError,
            "leave one of them out",
        ),
        ({"X_val": ["ab"], "y_val": [1]}, {"early_stopping": True}, TypeError, "of X_val and y_val: row 0"),
        (
            {"X_val": X, "y_val": LABELS + 1},
            {"early_stopping": True},
            ValueError,
            "of X_val and y_val: row 1 of y",
        ),
        ({"X_val": X, "y_val": [1]}, {"early_stopping": True}, ValueError, "inconsistent numbers of samples"),
        ({"X_val": [], "y_val": []}, {"early_stopping": True}, ValueError, "of X_val and y_val"),
    ],
)
def test_what_cannot_be_is_named(options, parameters, error, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        RecurrentClassifier(**SMALL | parameters).fit(X, LABELS, **options)


def test_a_checkpoint_is_a_folder(tmp_path):
    path = tmp_path / "file"
    path.touch()
    for wrong in (path, path / "below"):
        with pytest.raises(NotADirectoryError, match="leads to a file: give a folder"):
            RecurrentClassifier(**SMALL).fit(X, LABELS, checkpoint=wrong)


def test_validation_rows_of_one_s_own_decide():
    other, labels = [[5, 6], [4, 9], [6]], [1, 0, 1]
    model = RecurrentClassifier(**SMALL, early_stopping=True, scoring="accuracy", n_iter_no_change=2)
    model.fit(X, LABELS, X_val=other, y_val=labels)
    best = model.history_[model.best_epoch_ - 1]
    assert best["valid_accuracy"] == max(row["valid_accuracy"] for row in model.history_)
    assert model.score(other, labels) == best["valid_accuracy"]
    assert model.n_inputs_ == 7  # 9 stands in no training row
    for kind, y, y_val in (
        (RecurrentTagger, STEPS, [[1, 0], [0, 0], [0]]),
        (RecurrentRegressor, LABELS, [0.5, 1, 2]),
    ):
        fitted = kind(**SMALL, early_stopping=True).fit(X, y, X_val=other, y_val=y_val)
        assert np.isfinite(fitted.history_[-1]["valid_loss"])
    language = RecurrentLanguageModel(**SMALL, early_stopping=True).fit(X, X_val=other)
    assert np.isfinite(language.history_[-1]["valid_loss"])


def test_validation_rows_are_routed_through_a_pipeline(tmp_path):
    strings = ["".join("abc"[token - 4] for token in row) for row in X]
    with sklearn.config_context(enable_metadata_routing=True):
        model = RecurrentClassifier(**SMALL, early_stopping=True)
        model.set_fit_request(X_val=True, y_val=True, checkpoint=True)
        pipeline = make_pipeline(SequenceTokenizer(), model, transform_input=["X_val"])
        pipeline.fit(strings, LABELS, X_val=strings[:4], y_val=LABELS[:4], checkpoint=tmp_path)
    assert "valid_loss" in model.history_[0]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills.py forks")
def test_a_killed_fit_ends_as_a_whole_one(tmp_path):
    """SEQESTIMATORS_KILLS tells how many are killed, at random moments."""
    n_kills = int(os.environ.get("SEQESTIMATORS_KILLS", "3"))
    script = Path(__file__).with_name("kills.py")
    run = subprocess.run(
        [sys.executable, script, tmp_path, str(n_kills)], capture_output=True, text=True, check=True
    )
    whole, *ends = run.stdout.split("\n")[:-1]
    print(run.stdout)
    assert len(ends) == n_kills
    assert {end.split()[-1] for end in ends} == {whole}
