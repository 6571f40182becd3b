"""The network made, and the loop over the data: what a fit does once its inputs are read."""

import pickle
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.metrics import log_loss
from skorch.callbacks import Callback

from seqestimators import (
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentSeq2Seq,
    RecurrentStepRegressor,
    RecurrentTagger,
    SequenceTokenizer,
)
from seqestimators._training import make_generators
from seqestimators.estimators._validation_split import split_validation
from seqestimators.modules import RecurrentEncoder
from seqestimators.preprocessing import SequenceColumns

SMALL = {"hidden_size": 4, "embedding_dim": 4, "max_epochs": 2, "batch_size": 8, "random_state": 0}
X = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 6
Y = np.array([0, 1, 1, 0] * 6)


def model(**parameters):
    return RecurrentClassifier(**SMALL | parameters)


def test_early_stopping_restores_the_best_weights():
    fitted = model(early_stopping=True, validation_fraction=0.25, max_epochs=5, n_iter_no_change=2, lr=0.3)
    fitted.set_params(scoring="neg_log_loss").fit(X, Y, groups=np.arange(24) // 2)
    scores = [row["valid_neg_log_loss"] for row in fitted.history_]
    train = max(row["train_neg_log_loss"] for row in fitted.history_)
    assert fitted.n_iter_ == len(scores) <= 5
    assert {"epoch", "train_loss", "valid_loss", "lr", "duration"} <= set(fitted.history_[0])
    assert np.isfinite([*scores, train]).all()
    _, valid = split_validation(
        24, 0.25, stratify=Y, groups=np.arange(24) // 2, seed=make_generators(0).split_seed
    )
    loss = log_loss(Y[valid], fitted.predict_proba([X[i] for i in valid]))
    assert -loss == pytest.approx(max(scores), rel=1e-5)
    assert fitted.best_epoch_ == 1 + int(np.argmax(scores))


def test_the_best_epoch_counts_on_and_is_there_only_under_early_stopping():
    scores = iter([0.5, 0.5, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3])
    fitted = model(early_stopping=True, max_epochs=2, warm_start=True)
    fitted.set_params(scoring=lambda *args: next(scores)).fit(X, Y)
    assert fitted.best_epoch_ == 1
    assert fitted.fit(X, Y).best_epoch_ == 4  # of the second fit, the fourth of all
    assert not hasattr(fitted.set_params(early_stopping=False, scoring=None).fit(X, Y), "best_epoch_")


class Recorder(Callback):
    def initialize(self):
        self.norms = []
        return self

    def on_epoch_end(self, net, **kwargs):
        net.history.record("train_norm", 1.0)
        self.norms.append(1.0)


def test_callbacks_are_used_as_they_are_and_a_clone_has_its_own():
    recorder = Recorder()
    estimator = model(callbacks=[recorder])
    fitted = estimator.fit(X, Y)
    assert [row["train_norm"] for row in fitted.history_] == [1.0, 1.0]
    assert fitted.callbacks == [recorder]
    assert recorder.norms == [1.0, 1.0]
    assert clone(estimator).callbacks[0] is not recorder
    assert fitted.net_.callbacks is None


@pytest.mark.parametrize(
    ("scoring", "column"),
    [
        ("accuracy", "train_accuracy"),
        (["accuracy", "roc_auc"], "train_roc_auc"),
        (lambda model, X, y: 0.5, "train_score"),
    ],
)
def test_scores_are_monitored(scoring, column):
    assert column in model(scoring=scoring).fit(X, Y).history_[-1]


@pytest.mark.parametrize("cls", [RecurrentClassifier, RecurrentTagger, RecurrentLanguageModel])
def test_batches_in_parts_change_no_result(cls):
    y = {RecurrentTagger: [[row[0]] * len(row) for row in X], RecurrentLanguageModel: None}.get(cls, Y)
    options = {**SMALL, "batch_size": 16, "dropout": 0.0, "dtype": "float64", "early_stopping": True}
    whole, parted = (cls(**options, max_batch_tokens=most).fit(X, y) for most in (None, 7))
    sizes = []
    parted.run(X, lambda batch: sizes.extend(inputs.numel() for inputs in batch.inputs) or [0] * len(batch))
    assert 0 < max(sizes) <= 7
    np.testing.assert_allclose(parted.transform(X), whole.transform(X), rtol=1e-9)
    assert [row["valid_loss"] for row in parted.history_] == pytest.approx(
        [row["valid_loss"] for row in whole.history_]
    )


@pytest.mark.parametrize(
    "cls",
    [RecurrentClassifier, RecurrentTagger, RecurrentStepRegressor, RecurrentSeq2Seq, RecurrentLanguageModel],
)
def test_truncated_gradients_train_another_network_of_the_same_outputs(cls):
    y = {
        RecurrentTagger: [[row[0]] * len(row) for row in X],
        RecurrentStepRegressor: [[float(token) for token in row] for row in X],
        RecurrentSeq2Seq: [[str(token) for token in row] for row in X],
        RecurrentLanguageModel: None,
    }.get(cls, Y)
    options = {**SMALL, "dropout": 0.0, "dtype": "float64", "num_layers": 2}
    whole, long, short = (
        cls(**options, truncate_gradient=n).fit(X, y).transform(X) for n in (None, np.int64(6), 1)
    )
    np.testing.assert_array_equal(long, whole)  # no sequence is longer
    assert not np.allclose(short, whole)


def test_truncated_gradients_act_in_the_training_that_goes_on():
    options = {"dtype": "float64", "dropout": 0.0, "lr_schedule": "constant"}
    one, other = (model(**options).fit(X, Y) for _ in range(2))
    other = pickle.loads(pickle.dumps(clone(other).set_params(truncate_gradient=1)))
    assert other.truncate_gradient == 1
    other = deepcopy(one).set_params(truncate_gradient=1)
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))
    one.partial_fit(X, Y)
    assert not np.allclose(one.predict_proba(X), other.partial_fit(X, Y).predict_proba(X))
    refit = [clone(other).fit(X, Y).predict_proba(X) for _ in range(2)]
    np.testing.assert_array_equal(*refit)


def test_every_column_is_truncated():
    columns = SequenceColumns({"first": SequenceTokenizer(), "second": SequenceTokenizer()})
    frame = pd.DataFrame({"first": ["abc", "ca", "b", "aabb"], "second": ["cab", "b", "aaa", "ab"]})
    fitted = model(truncate_gradient=2).fit(columns.fit_transform(frame), [0, 1, 0, 1])
    encoders = [part for part in fitted.net_.module_.modules() if isinstance(part, RecurrentEncoder)]
    assert [one.truncate_gradient for one in encoders] == [2, 2]


@pytest.mark.parametrize(
    "optimizer", ["adamw", "adam", "nadam", "radam", "rmsprop", "sgd", torch.optim.Adagrad]
)
def test_optimizers(optimizer):
    assert np.isfinite(model(optimizer=optimizer, lr_schedule="constant").fit(X, Y).predict_proba(X)).all()


def test_verbose_prints_a_line_an_epoch(capsys):
    model().fit(X, Y)
    assert capsys.readouterr().out == ""
    model(verbose=1).fit(X, Y)
    assert len(capsys.readouterr().out.strip().splitlines()) == 4


@pytest.mark.parametrize("lr_schedule", ["one_cycle", "cosine"])
def test_goes_on_at_the_full_learning_rate(lr_schedule):
    X, y = [[4, 5], [6, 7], [4, 7], [6, 5]], [0, 1, 0, 1]
    model = RecurrentClassifier(
        lr=0.01, lr_schedule=lr_schedule, max_epochs=2, hidden_size=4, random_state=0, warm_start=True
    )
    assert model.fit(X, y).history_[-1]["lr"] < 0.001
    assert model.fit(X, y).history_[-1]["lr"] == 0.01
    assert model.set_params(lr=0.02).partial_fit(X, y).history_[-1]["lr"] == 0.02


@pytest.mark.parametrize("optimizer", [torch.optim.Adagrad, torch.optim.Rprop, torch.optim.SGD])
def test_an_optimizer_class_gets_nothing_but_the_rate(optimizer):
    fitted = model(optimizer=optimizer).fit(X, Y)
    assert fitted.net_.optimizer_.param_groups[0].get("momentum", 0) == 0


def test_momentum_begins_anew_with_every_fit():
    fitted = model().fit(X, Y)
    seen = []

    class Spy(Callback):
        def on_batch_end(self, net, **kwargs):
            seen.append(net.optimizer_.param_groups[0]["betas"])

    fitted.set_params(callbacks=[Spy()], warm_start=True).fit(X, Y)
    assert set(seen) == {(0.9, 0.999)}


def test_warm_start_heeds_a_new_batch_size():
    fitted = model(warm_start=True).fit(X, Y).set_params(batch_size=3).fit(X, Y)
    assert fitted.net_.batch_size == 3


class WithHead(RecurrentClassifier):
    """A module of one's own before the output layer."""

    def _make_network(self, encoder):
        network = super()._make_network(encoder)
        network.norm = self.make_head(network.output.in_features)
        return network


class Scale(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.factor = torch.nn.Parameter(torch.empty(size))

    def forward(self, x):
        return x * self.factor


class FilledScale(Scale):
    def reset_parameters(self, generator):
        self.factor.data.uniform_(generator=generator)


def test_a_weight_that_nobody_fills_is_an_error_that_names_it():
    class Unfilled(WithHead):
        make_head = Scale

    with pytest.raises(TypeError, match="the weight 'norm.factor' of PooledNetwork has no initial values"):
        Unfilled(**SMALL).fit(X, Y)


@pytest.mark.parametrize("head", [torch.nn.LayerNorm, FilledScale])
def test_a_module_of_one_s_own_starts_alike_in_every_fit(head):
    class Headed(WithHead):
        make_head = head

    first, again = Headed(**SMALL).fit(X, Y), Headed(**SMALL).fit(X, Y)
    np.testing.assert_array_equal(first.predict_proba(X), again.predict_proba(X))
    weights = torch.cat([weight.flatten() for weight in first.net_.module_.norm.parameters()])
    assert weights.abs().max() < 2  # near where they began
    np.testing.assert_array_equal(deepcopy(first).predict_proba(X), first.predict_proba(X))


def test_numbers_may_be_those_of_numpy_and_batches_as_large_as_they_like():
    X, y = [[4, 5], [5]] * 4, [0, 1] * 4
    plain = {"hidden_size": 4, "num_layers": 2, "embedding_dim": 4, "max_epochs": 2, "batch_size": 8}
    of_numpy = {name: np.int64(value) for name, value in plain.items()} | {"dropout": np.float32(0)}
    plain["stem"], of_numpy["stem"] = (4, 2, 1), tuple(np.array([4, 2, 1]))
    expected = RecurrentClassifier(**plain, dropout=0, random_state=0).fit(X, y).predict_proba(X)
    for options in (of_numpy, plain | {"dropout": 0, "batch_size": 2**70}):
        model = RecurrentClassifier(**options, random_state=0).fit(X, y)
        np.testing.assert_allclose(model.predict_proba(X), expected, rtol=1e-5)
        model.set_params(warm_start=True).fit(X, y)
