"""What classifier and regressor share: a vector a sequence, a loss to choose, attention to see."""

import numpy as np
import pytest
import torch

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
