"""The losses of the regressor: what is predicted under each, in the unit of y."""

import pickle

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.base import clone
from sklearn.metrics import r2_score
from torch.nn import functional as F

from seqestimators import RecurrentRegressor
from seqestimators.estimators._number_losses import _quantiles

RNG = np.random.default_rng(0)
KIND = np.arange(400) % 2
X = [[4 + kind] for kind in KIND]
MEAN, SD = np.array([10.0, 40.0]), np.array([4.0, 1.0])
NOISE = RNG.standard_normal(400)
Y = MEAN[KIND] + SD[KIND] * NOISE
BOTH = [[4], [5]]

FAST = {"hidden_size": 3, "embedding_dim": 2, "dropout": 0, "lr": 0.05, "random_state": 0, "batch_size": 50}
QUICK = FAST | {"max_epochs": 2, "batch_size": 64}
EXACT = FAST | {"max_epochs": 3, "batch_size": "all", "dtype": "float64"}
LOSSES = ["squared", "huber", "quantile", "gaussian", "poisson"]


def absolute_error(outputs, target):
    return F.l1_loss(outputs, target, reduction="none").nanmean(1)


@pytest.fixture(scope="module")
def gaussian():
    return RecurrentRegressor(**FAST, loss="gaussian", max_epochs=25).fit(X, Y)


def test_the_gaussian_loss_recovers_the_noise(gaussian):
    mean, sd = gaussian.predict(BOTH, return_std=True)
    np.testing.assert_allclose(mean, MEAN, atol=0.7)
    np.testing.assert_allclose(sd, SD, rtol=0.15)
    np.testing.assert_array_equal(gaussian.predict(BOTH), mean)
    assert (mean.dtype, sd.dtype) == (np.float32, np.float32)
    assert gaussian.score(X, Y) == pytest.approx(r2_score(Y, gaussian.predict(X)))
    again = pickle.loads(pickle.dumps(gaussian))
    np.testing.assert_array_equal(again.predict(BOTH, return_std=True)[1], sd)


def test_quantiles_recover_the_noise():
    quantiles = [0.1, 0.5, 0.9]
    model = RecurrentRegressor(**FAST, loss="quantile", quantile=quantiles, max_epochs=25).fit(X, Y)
    predicted = model.predict(BOTH)
    expected = MEAN[:, None] + SD[:, None] * stats.norm.ppf(quantiles)
    assert (np.abs(predicted - expected) < [[1.2], [0.5]]).all()
    assert (np.diff(predicted, axis=1) > 0).all()
    assert model.score(X, Y) == r2_score(Y, model.predict(X)[:, 1])
    assert model.margin(2).name(2) == "prediction of target 2"


def test_counts():
    counts = RNG.poisson(np.array([0.5, 20])[KIND])
    model = RecurrentRegressor(**FAST, loss="poisson", max_epochs=15).fit(X, counts)
    rate, sd = model.predict(BOTH, return_std=True)
    np.testing.assert_allclose(rate, [counts[::2].mean(), counts[1::2].mean()], rtol=0.2)
    np.testing.assert_allclose(sd, np.sqrt(rate), rtol=1e-6)
    outputs = torch.from_numpy(model.run(BOTH))
    margin = model.margin()
    np.testing.assert_allclose(margin.read(outputs, margin.choose(outputs)).exp(), rate, rtol=1e-5)
    with pytest.raises(ValueError, match=r'row 2 of y is -1, but loss="poisson" learns counts'):
        model.fit(X, np.where(np.arange(400) == 2, -1, counts))


def test_outliers_move_the_huber_loss_little():
    wild = np.where(np.arange(400) % 20 < 2, Y + 1000, Y)  # in both kinds
    error = {}
    for loss in ("squared", "huber"):
        model = RecurrentRegressor(**FAST, loss=loss, max_epochs=10).fit(X, wild)
        error[loss] = np.abs(model.predict(BOTH) - MEAN).max()
    assert error["huber"] < 5 < error["squared"]


def test_quantiles_of_weighted_values():
    values, weight = RNG.normal(size=15), RNG.integers(0, 4, 15)
    shares = (0.25, 0.5, 0.75)
    expected = np.quantile(np.repeat(values, weight), shares, method="inverted_cdf")
    np.testing.assert_array_equal(_quantiles(values, weight, shares), expected)


@pytest.mark.parametrize("loss", [*LOSSES, absolute_error])
def test_weights_repeat_rows_and_the_unit_of_y_does_not_matter(loss):
    rows, y = X[:12], np.abs(Y[:12])
    weight = RNG.integers(0, 3, 12)
    model = RecurrentRegressor(**EXACT, loss=loss)
    repeated = [row for row, n in zip(rows, weight, strict=True) for _ in range(n)]
    one = clone(model).fit(rows, y, sample_weight=weight).predict(BOTH)
    np.testing.assert_allclose(clone(model).fit(repeated, np.repeat(y, weight)).predict(BOTH), one, rtol=1e-9)
    offset = 0 if loss == "poisson" else 7
    other = clone(model).fit(rows, 100 * y + offset, sample_weight=weight).predict(BOTH)
    np.testing.assert_allclose(other, 100 * one + offset, rtol=1e-9)


@pytest.mark.parametrize("loss", [*LOSSES, absolute_error])
def test_several_targets_of_which_some_are_not_known(loss):
    y = np.abs(np.column_stack([Y, 1000 * Y]))[:40]
    y[3, 0] = np.nan
    model = RecurrentRegressor(**QUICK, loss=loss).fit(X[:40], y)
    assert model.predict(BOTH).shape == (2, 2)
    assert np.isfinite(model.score(X[:40], y))
    if loss in ("gaussian", "poisson"):
        assert model.predict(BOTH, return_std=True)[1].shape == (2, 2)


def test_bounds():
    """Targets above 41 are known to be above it only, those below 9 to be below it, some are intervals."""
    bounds = np.column_stack([Y, Y])
    bounds[Y > 41] = [41, np.inf]
    bounds[Y < 9] = [-np.inf, 9]
    bounds[::7] = [Y[::7, None] - 1, Y[::7, None] + 1][0]
    bounds[::7, 1] += 2
    model = RecurrentRegressor(**FAST, loss="gaussian", bounded_targets=True, max_epochs=25).fit(X, bounds)
    mean, sd = model.predict(BOTH, return_std=True)
    assert mean.shape == (2,)
    np.testing.assert_allclose(mean, MEAN, atol=0.9)
    np.testing.assert_allclose(sd, SD, rtol=0.25)
    exact = bounds[:, 0] == bounds[:, 1]
    assert model.score(X, bounds) == r2_score(Y[exact], model.predict(X)[exact])
    assert model.score(X, Y) == r2_score(Y, model.predict(X))
    with pytest.raises(ValueError, match="in no row of y are both bounds equal"):
        model.score(BOTH, [[1, 2], [3, np.inf]])


@pytest.mark.parametrize("loss", ["squared", "huber"])
def test_bounds_without_a_distribution(loss):
    bounds = np.column_stack([Y, Y])
    bounds[KIND == 1] = [39, np.inf]
    model = RecurrentRegressor(**FAST, loss=loss, bounded_targets=True, max_epochs=8).fit(X, bounds)
    low, high = model.predict(BOTH)
    assert 8 < low < 12
    assert high > 37


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([[1, 2], [3, 2]], r"row 1 of y is \[3.0, 2.0\], lower and upper bound: the lower bound is above"),
        ([[1, np.nan], [1, 2]], "row 0 of y .*: NaN is no bound: write -inf or inf"),
        ([[1, 2], [np.inf, np.inf]], "row 1 of y .*: no number lies between"),
        ([[-np.inf, np.inf]] * 2, "no finite bound in any row"),
        ([1, 2], r"y has the shape \(2,\), but bounded_targets=True takes \(n, 2\)"),
        ([[1, 2, 3]] * 2, r"y has the shape \(2, 3\)"),
        ([["a", "b"]] * 2, "row 0 of y is 'a', a text"),
    ],
)
def test_bad_bounds(y, message):
    with pytest.raises(ValueError, match=message):
        RecurrentRegressor(**QUICK, loss="gaussian", bounded_targets=True).fit(BOTH, y)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"quantile": 0.9}, r'quantile=0.9 needs loss="quantile", but loss=\'squared\''),
        ({"loss": "quantile", "quantile": [0.5, 1]}, "quantile=.*: give a number between 0 and 1"),
        ({"loss": "quantile", "quantile": []}, "quantile=.*: give a number between 0 and 1"),
        ({"loss": "quantile", "quantile": ["a"]}, "quantile=.*: give a number between 0 and 1"),
        ({"loss": "quantile", "quantile": [0.9, 0.1]}, "in increasing order, each once"),
        ({"loss": "mse"}, "The 'loss' parameter of RecurrentRegressor must be"),
        ({"loss": "quantile", "bounded_targets": True}, 'bounded_targets=True takes loss="gaussian"'),
        ({"loss": F.mse_loss}, r"loss=.* returns \(\) for 2 rows: return a tensor of shape \(2,\)"),
        ({"loss": lambda outputs, target: 1.0}, "returns float for 2 rows"),
        ({"loss": lambda outputs, target: outputs.detach()[:, 0]}, "returns a tensor that has no gradient"),
        ({"loss": torch.nn.MSELoss}, "is a class: give a function, or an instance"),
        ({"loss": lambda outputs, target: (outputs - 9).log().mean(1)}, "returns NaN for finite outputs"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        RecurrentRegressor(**QUICK, **parameters).fit(BOTH, [1.0, 2.0])


def test_a_loss_that_spreads_nan_is_named():
    y = [[1, 2], [np.nan, 3], [2, 3]]
    with pytest.raises(ValueError, match="returns NaN where a target is not known"):
        RecurrentRegressor(**QUICK, loss=lambda a, b: ((a - b) ** 2).mean(1)).fit([[4], [5], [4]], y)
    with pytest.raises(ValueError, match="several columns for one target, but y has 2"):
        RecurrentRegressor(**QUICK, loss="quantile", quantile=[0.1, 0.9]).fit(X[:2], np.ones((2, 2)))


def test_a_standard_deviation_that_is_not_there_is_refused():
    model = RecurrentRegressor(**QUICK).fit(X[:8], Y[:8])
    assert not model.gives_std
    with pytest.raises(ValueError, match="a model of loss='squared' predicts no standard deviation"):
        model.predict(BOTH, return_std=True)
    one = RecurrentRegressor(**QUICK | {"dropout": 0.5}, n_dropout_samples=1).fit(X[:8], Y[:8])
    with pytest.raises(ValueError, match="predicts no standard deviation: .* n_dropout_samples to 2 or more"):
        one.predict(BOTH, return_std=True)


@pytest.mark.parametrize("unit", [1e200, 1e-200])
def test_standard_deviations_have_any_unit(unit):
    model, scaled = (RecurrentRegressor(**QUICK, loss="gaussian").fit(X[:20], Y[:20] * u) for u in (1, unit))
    sd, of_scaled = (one.predict(BOTH, return_std=True)[1] for one in (model, scaled))
    np.testing.assert_allclose(of_scaled / unit, sd, rtol=1e-5)


def test_the_loss_decides_on_early_stopping():
    model = RecurrentRegressor(**QUICK, loss="gaussian", early_stopping=True).fit(X[:60], Y[:60])
    best = min(model.history_, key=lambda epoch: epoch["valid_loss"])
    assert model.best_epoch_ == best["epoch"]
