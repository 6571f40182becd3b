"""What estimators of labels and of numbers of steps have in common."""

import numpy as np
import pytest

from seqestimators import RecurrentStepRegressor, RecurrentTagger
from seqestimators.exceptions import InvalidSequenceError

SMALL = {"hidden_size": 3, "embedding_dim": 2, "max_epochs": 1, "random_state": 0}
X = [[4, 5, 6, 4], [5, 4]] * 4
TARGETS = {RecurrentTagger: ["ab", "b"] * 4, RecurrentStepRegressor: [[0.5, 2.0], [1.0]] * 4}

each_kind = pytest.mark.parametrize("kind", TARGETS, ids=lambda kind: kind.__name__)


@each_kind
def test_a_target_belongs_to_stride_steps(kind):
    model = kind(**SMALL, stride=2).fit(X, TARGETS[kind])
    assert list(map(len, model.set_params(stride=1).predict(X))) == [2, 1] * 4  # as it was fitted
    with pytest.raises(InvalidSequenceError, match="row 1 of X has 3 steps, which stride=2 doesn't divide"):
        model.predict([[4, 5], [4, 5, 6]])
    with pytest.raises(ValueError, match="The 'stride' parameter of"):
        kind(**SMALL, stride=0).fit(X, TARGETS[kind])


@each_kind
def test_a_stem_keeps_every_step(kind):
    with pytest.raises(
        ValueError, match=r"joins 2 steps to one, but a target belongs .* set stem=\(4, 3, 1\)"
    ):
        kind(**SMALL, stride=2, stem=(4, 3, 2)).fit(X, TARGETS[kind])


@each_kind
def test_weights_of_steps_multiply_those_of_rows(kind):
    exact = SMALL | {"stride": 2, "dtype": "float64", "batch_size": "all", "dropout": 0}
    weight = 1.0 + np.arange(8) % 3
    steps = [[one] * len(row) for one, row in zip(weight, TARGETS[kind], strict=True)]
    by_row = kind(**exact).fit(X, TARGETS[kind], sample_weight=weight).transform(X)
    by_step = kind(**exact).fit(X, TARGETS[kind], step_weight=steps).transform(X)
    np.testing.assert_allclose(by_row, by_step, atol=1e-9)
    with pytest.raises(InvalidSequenceError, match="row 0 of step_weight has shape"):
        kind(**exact).fit(X, TARGETS[kind], step_weight=[[1.0]] * 8)
