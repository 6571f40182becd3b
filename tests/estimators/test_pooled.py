"""What classifier and regressor share: a vector a sequence, a loss to choose, attention to see."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone

from seqestimators import RecurrentClassifier, RecurrentRegressor
from seqestimators.estimators import BasePooled
from seqestimators.modules import Pooling

SMALL = {"hidden_size": 3, "embedding_dim": 2, "max_epochs": 2, "dtype": "float64", "random_state": 0}
X, Y = [[4, 6], [6], [4, 4, 6], []] * 5, np.array([0, 1, 0, 1.0] * 5)


class AbsoluteRegressor(RecurrentRegressor):
    def _criterion(self):
        return lambda outputs, target: (outputs - target).abs().mean(dim=1)


def test_a_subclass_chooses_the_loss():
    model = AbsoluteRegressor(**SMALL, batch_size="all", dropout=0).fit(X, Y)
    assert isinstance(model, BasePooled)
    expected = np.abs(model.predict(X) - Y).mean() / Y.std()
    loss = model.set_params(warm_start=True, max_epochs=1).fit(X, Y).history_[-1]["train_loss"]
    assert loss == pytest.approx(expected)
    assert RecurrentRegressor(**SMALL, dropout=0).fit(X, Y).history_[0]["train_loss"] != pytest.approx(
        AbsoluteRegressor(**SMALL, dropout=0).fit(X, Y).history_[0]["train_loss"]
    )


class FirstPooling(Pooling):
    def forward(self, states):
        return states.join()[:, 0]


def test_a_pooling_of_one_s_own_is_a_class():
    model = RecurrentClassifier(**SMALL, pooling=FirstPooling).fit(X, Y)
    assert model.transform(X).shape == (20, 6)
    with pytest.raises(ValueError, match="'pooling' parameter"):
        RecurrentClassifier(**SMALL, pooling="first").fit(X, Y)


@pytest.mark.parametrize("pooling", ["concat", "last", "mean", "max", "attention"])
def test_transform_is_what_the_output_layer_reads(pooling):
    model = RecurrentClassifier(**SMALL, pooling=pooling).fit(X, Y)
    vectors = torch.from_numpy(model.transform(X))
    with torch.no_grad():
        outputs = model.net_.module_.output(vectors).numpy()
    np.testing.assert_allclose(outputs[:, 0], model.decision_function(X))


def test_weights_of_attention_are_those_of_each_real_step():
    model = RecurrentRegressor(**SMALL, pooling="attention").fit(X, Y)
    weights = model.attention_weights(X)
    assert [len(row) for row in weights] == [len(row) for row in X]
    assert [row.sum() for row in weights] == pytest.approx([float(len(row) > 0) for row in X])
    with pytest.raises(ValueError, match='no attention, but pooling="mean": fit it with pooling="attention"'):
        RecurrentRegressor(**SMALL, pooling="mean").fit(X, Y).attention_weights(X)


@pytest.fixture(scope="module", params=[1, 2], ids=["one layer", "two layers"])
def dropped(request):
    model = RecurrentClassifier(**SMALL, num_layers=request.param, dropout=0.5)
    return model.fit(X, Y).set_params(n_dropout_samples=30)


def test_dropout_samples_depend_on_the_sequence_and_the_seed_alone(dropped):
    p = dropped.predict_proba(X)
    np.testing.assert_array_equal(dropped.predict_proba(X), p)
    np.testing.assert_allclose(dropped.predict_proba(X[2:3]), p[2:3], rtol=1e-10)
    np.testing.assert_allclose(pickle.loads(pickle.dumps(dropped)).predict_proba(X), p, rtol=1e-10)
    refitted = clone(dropped).fit(X, Y)
    np.testing.assert_array_equal(refitted.predict_proba(X), p)
    assert not np.allclose(clone(dropped).set_params(random_state=1).fit(X, Y).predict_proba(X), p)
    assert not np.allclose(clone(dropped).set_params(n_dropout_samples=0).fit(X, Y).predict_proba(X), p)


def test_probabilities_are_means_over_dropout_samples(dropped):
    samples = 1 / (1 + np.exp(-dropped._run_samples(X)[..., 0]))
    np.testing.assert_allclose(dropped.predict_proba(X)[:, 1], samples.mean(axis=1), rtol=1e-10)
    np.testing.assert_allclose(np.log(dropped.predict_proba(X)), dropped.predict_log_proba(X), rtol=1e-10)
    np.testing.assert_array_equal(dropped.predict(X), dropped.predict_proba(X).argmax(axis=1))


@pytest.mark.parametrize("is_multilabel", [False, True])
def test_dropout_samples_of_several_outputs(is_multilabel):
    y = np.arange(60).reshape(20, 3) // 2 % 2 if is_multilabel else np.arange(20) % 3
    model = RecurrentClassifier(**SMALL, dropout=0.5, n_dropout_samples=5).fit(X, y)
    samples = model._run_samples(X)
    of_each = [model.answer(one) for one in samples.swapaxes(0, 1)]
    np.testing.assert_allclose(model.predict_proba(X), np.mean(of_each, axis=0), rtol=1e-10)


@pytest.mark.parametrize("loss", ["squared", "gaussian"])
def test_standard_deviations_under_dropout(loss):
    model = RecurrentRegressor(**SMALL, loss=loss, dropout=0.5, n_dropout_samples=200).fit(X, 10 * Y)
    mean, sd = model.predict(X, return_std=True)
    of_each = np.array([model.answer(one) for one in model._run_samples(X).swapaxes(0, 1)])
    np.testing.assert_allclose(mean, of_each.mean(axis=0), rtol=1e-10)
    total = of_each.var(axis=0)
    if loss == "gaussian":
        raw = model._run_samples(X)[..., 1]
        total += ((np.logaddexp(0, raw) + 1e-3) ** 2).mean(axis=1) * (10 * Y).std() ** 2
    np.testing.assert_allclose(sd, np.sqrt(total), rtol=1e-9, atol=1e-9)
    assert abs(mean - model.set_params(n_dropout_samples=0).predict(X)).max() < 1


def test_dropout_samples_need_dropout():
    with pytest.raises(ValueError, match="n_dropout_samples=3 averages over dropped units, but dropout=0"):
        RecurrentRegressor(**SMALL, dropout=0, n_dropout_samples=3).fit(X, Y)
    model = RecurrentClassifier(**SMALL, dropout=0).fit(X, Y).set_params(n_dropout_samples=3)
    with pytest.raises(ValueError, match="fit with dropout above 0, or set n_dropout_samples=0"):
        model.predict(X)


def test_names_of_several_targets_are_those_of_a_data_frame():
    table = pd.DataFrame({"toxic": Y, "soluble": 1 - Y})
    for model in (RecurrentClassifier(**SMALL), RecurrentRegressor(**SMALL)):
        assert model.fit(X, table).target_names_.tolist() == ["toxic", "soluble"]
        assert pickle.loads(pickle.dumps(model)).target_names_.tolist() == ["toxic", "soluble"]
        assert not hasattr(model.fit(X, table.to_numpy()), "target_names_")
    assert not hasattr(model.fit(X, table[["toxic"]]), "target_names_")
    assert not hasattr(
        model.set_params(bounded_targets=True).fit(X, table.assign(soluble=1)), "target_names_"
    )
