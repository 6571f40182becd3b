import numpy as np
import pytest

from seqestimators import RecurrentRegressor

SMALL = {"hidden_size": 4, "embedding_dim": 4, "max_epochs": 2, "batch_size": 8, "random_state": 0}
X = [[4, 5, 6], [5], [6, 6, 4, 5]] * 6
Y = np.array([3.0, 1.0, 4.0] * 6)


def test_several_targets():
    model = RecurrentRegressor(**SMALL).fit(X, np.column_stack([Y, 1000 * Y]))
    assert model.n_outputs_ == 2
    assert model.predict(X).shape == (18, 2)
    assert RecurrentRegressor(**SMALL).fit(X, Y).predict(X).shape == (18,)
    with pytest.raises(ValueError, match="y has 1 targets, but the model was fitted on 2"):
        model.partial_fit(X, Y)


def test_the_unit_of_y_does_not_matter():
    parameters = SMALL | {"dtype": "float64"}
    one = RecurrentRegressor(**parameters).fit(X, Y).predict(X)
    other = RecurrentRegressor(**parameters).fit(X, 1000 * Y - 7).predict(X)
    np.testing.assert_allclose(other, 1000 * one - 7, rtol=1e-6)


def test_a_single_row_and_a_constant_target():
    np.testing.assert_allclose(RecurrentRegressor(**SMALL).fit(X[:1], [5.0]).predict(X[:1]), 5, atol=2)


def test_partial_fit():
    assert RecurrentRegressor(**SMALL).partial_fit(X, Y).partial_fit(X, Y).n_iter_ == 2


@pytest.mark.parametrize(("factor", "offset"), [(1, 1e9), (1e39, 0), (1e-170, 0), (1e160, 0), (1, 1e12)])
def test_targets_of_any_size_and_offset_come_back(factor, offset):
    X = [[4] * n for n in (1, 2, 3, 4)] * 5
    y = np.array([0.0, 1, 2, 3] * 5)
    settings = {"hidden_size": 8, "embedding_dim": 2, "max_epochs": 5, "random_state": 0}
    plain = RecurrentRegressor(**settings).fit(X, y).predict(X)
    predicted = RecurrentRegressor(**settings).fit(X, y * factor + offset).predict(X)
    assert (plain.dtype, predicted.dtype) == (np.float32, np.float64)
    np.testing.assert_allclose((predicted - offset) / factor, plain, atol=1e-3)
