"""Losses of numbers against those of torch, scikit-learn and scipy."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.metrics import mean_pinball_loss, mean_squared_error
from torch.nn import functional as F

from seqestimators.modules import (
    bounded_gaussian_loss,
    bounded_huber_loss,
    bounded_squared_error,
    deviation,
    gaussian_loss,
    huber_loss,
    pinball_loss,
    poisson_loss,
    squared_error,
)

RNG = np.random.default_rng(0)
OUTPUTS, TARGET = (torch.from_numpy(RNG.normal(size=(20, 3))) for _ in range(2))
COUNTS = torch.from_numpy(RNG.poisson(2, size=(20, 3)).astype(float))
GAUSSIANS = torch.from_numpy(RNG.normal(size=(20, 6)))
INF = np.inf


def test_squared_error_is_that_of_scikit_learn():
    weight = RNG.uniform(0.1, 3, 20)
    losses = squared_error(OUTPUTS, TARGET)
    expected = mean_squared_error(TARGET, OUTPUTS, sample_weight=weight)
    assert np.average(losses, weights=weight) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("loss", "outputs", "target", "of_torch"),
    [
        (huber_loss, 3 * OUTPUTS, TARGET, F.huber_loss),
        (poisson_loss, OUTPUTS, COUNTS, F.poisson_nll_loss),
        (
            gaussian_loss,
            GAUSSIANS,
            TARGET,
            lambda outputs, target, reduction: F.gaussian_nll_loss(
                outputs[:, :3], target, deviation(outputs[:, 3:]) ** 2, full=True, reduction=reduction
            ),
        ),
    ],
    ids=["huber", "poisson", "gaussian"],
)
def test_losses_are_those_of_torch(loss, outputs, target, of_torch):
    expected = of_torch(outputs, target, reduction="none")
    torch.testing.assert_close(loss(outputs, target), expected.mean(1))
    weight = torch.from_numpy(RNG.uniform(size=(20, 3)))
    torch.testing.assert_close(loss(outputs, target, weight), (expected * weight).mean(1))


def test_the_pinball_loss_is_that_of_scikit_learn():
    one = pinball_loss(OUTPUTS, TARGET, quantiles=(0.3,))
    assert one.mean() == pytest.approx(mean_pinball_loss(TARGET, OUTPUTS, alpha=0.3))
    several = pinball_loss(OUTPUTS, TARGET[:, :1], quantiles=(0.1, 0.5, 0.9))
    expected = [
        mean_pinball_loss(TARGET[:, 0], OUTPUTS[:, i], alpha=q) for i, q in enumerate((0.1, 0.5, 0.9))
    ]
    assert several.mean() == pytest.approx(np.mean(expected))


@pytest.mark.parametrize("loss", [squared_error, huber_loss, poisson_loss, gaussian_loss])
def test_missing_targets_count_neither_in_loss_nor_in_gradient(loss):
    n_outputs = 6 if loss is gaussian_loss else 3
    outputs = GAUSSIANS[:3, :n_outputs].clone().requires_grad_()
    target = torch.tensor([[1, 0, 1], [torch.nan, 1, torch.nan], [torch.nan] * 3]).double()
    losses = loss(outputs, target)
    torch.testing.assert_close(losses[0], loss(outputs[:1], target[:1])[0])
    torch.testing.assert_close(losses[1], loss(outputs[1:2, 1::3], target[1:2, 1:2])[0])
    assert losses[2] == 0
    losses.sum().backward()
    assert torch.equal(outputs.grad[:, :3] == 0, target.isnan())


BOUNDS = [
    (-INF, 0.5),
    (0.3, INF),
    (-1.0, 2.0),
    (0.7, 0.7),
    (-INF, INF),
    (0.2, 0.2004),
    (40.0, 41.0),
    (-90, -60),
]


def test_the_gaussian_loss_of_bounds_is_that_of_scipy():
    bounds = torch.tensor(BOUNDS, dtype=torch.float64)
    outputs = torch.from_numpy(RNG.normal(size=(len(BOUNDS), 2))).requires_grad_()
    losses = bounded_gaussian_loss(outputs, bounds)
    mean, sd = outputs[:, 0].detach().numpy(), deviation(outputs[:, 1]).detach().numpy()
    for i, (lower, upper) in enumerate(BOUNDS):
        of = stats.norm(mean[i], sd[i])
        if lower == upper:
            expected = of.logpdf(lower)
        elif lower > mean[i]:  # scipy has its digits in the right tail only
            expected = of.logsf(lower) + np.log1p(-np.exp(of.logsf(upper) - of.logsf(lower)))
        else:
            expected = of.logcdf(upper) + np.log1p(-np.exp(of.logcdf(lower) - of.logcdf(upper)))
        assert -losses[i].item() == pytest.approx(expected, rel=1e-6, abs=1e-12), (lower, upper)
    losses.sum().backward()
    assert outputs.grad.isfinite().all()
    assert (outputs.grad[4] == 0).all()


def test_gradients_of_bounds_stay_finite_in_float32():
    bounds = torch.tensor([*BOUNDS, (1e30, INF), (-1e-7, 1e-7)])
    outputs = torch.tensor([[0.0, -30.0]]).repeat(len(bounds), 1).requires_grad_()
    losses = bounded_gaussian_loss(outputs[:8], bounds[:8])
    assert losses.isfinite().all()
    losses.sum().backward()
    assert outputs.grad.isfinite().all()


@pytest.mark.parametrize(
    ("bounded", "plain"), [(bounded_squared_error, squared_error), (bounded_huber_loss, huber_loss)]
)
def test_what_lies_within_the_bounds_costs_nothing(bounded, plain):
    prediction = torch.tensor([[0.0], [3.0], [-3.0], [1.0]], requires_grad=True)
    losses = bounded(prediction, torch.tensor([[-1.0, INF], [-INF, 1.0], [-1.0, 1.0], [3.5, 3.5]]))
    expected = plain(prediction, torch.tensor([[0.0], [1.0], [-1.0], [3.5]]))
    torch.testing.assert_close(losses, expected)
    losses.sum().backward()
    assert prediction.grad.isfinite().all()
    assert prediction.grad[0] == 0
