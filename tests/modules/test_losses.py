"""Losses against scikit-learn's metrics, row by row and as weighted means."""

import numpy as np
import pytest
import torch
from scipy.special import expit, softmax
from sklearn.metrics import log_loss, mean_squared_error
from torch.nn import functional as F

from seqestimators.modules import binary_cross_entropy, cross_entropy, squared_error

RNG = np.random.default_rng(0)
WEIGHT = RNG.uniform(0.1, 3, 20)


def weighted_mean(losses):
    assert losses.shape == (20,)
    return float((losses * torch.from_numpy(WEIGHT)).sum() / WEIGHT.sum())


def test_cross_entropy_is_log_loss():
    logits, target = RNG.normal(size=(20, 4)), RNG.permutation(np.arange(20) % 4)
    losses = cross_entropy(torch.from_numpy(logits), torch.from_numpy(target))
    expected = log_loss(target, softmax(logits, axis=1), sample_weight=WEIGHT)
    assert weighted_mean(losses) == pytest.approx(expected)


def test_binary_cross_entropy_is_log_loss_of_every_label():
    logits, target = RNG.normal(size=(20, 3)), RNG.integers(0, 2, (20, 3)).astype(float)
    losses = binary_cross_entropy(torch.from_numpy(logits), torch.from_numpy(target))
    expected = [log_loss(target[:, i], expit(logits[:, i]), sample_weight=WEIGHT) for i in range(3)]
    assert weighted_mean(losses) == pytest.approx(np.mean(expected))


def test_squared_error_is_that_of_scikit_learn():
    prediction, target = RNG.normal(size=(2, 20, 3))
    losses = squared_error(torch.from_numpy(prediction), torch.from_numpy(target))
    assert weighted_mean(losses) == pytest.approx(
        mean_squared_error(target, prediction, sample_weight=WEIGHT)
    )


@pytest.mark.parametrize("loss", [binary_cross_entropy, squared_error], ids=["binary", "squared"])
def test_missing_targets_count_neither_in_loss_nor_in_gradient(loss):
    outputs = torch.from_numpy(RNG.normal(size=(4, 3))).requires_grad_()
    target = torch.tensor([[1, 0, 1], [torch.nan, 1, torch.nan], [0, torch.nan, 1], [torch.nan] * 3]).double()
    losses = loss(outputs, target)
    for row in range(4):
        observed = ~target[row].isnan()
        if observed.any():
            expected = loss(outputs[row, observed][None], target[row, observed][None])[0]
            torch.testing.assert_close(losses[row], expected)
    assert losses[3] == 0
    losses.sum().backward()
    assert torch.equal(outputs.grad == 0, target.isnan())


def test_large_logits_stay_finite():
    logits = torch.tensor([[1e4, -1e4]])
    assert binary_cross_entropy(logits, torch.tensor([[0.0, 0.0]])).isfinite().all()
    assert cross_entropy(logits, torch.tensor([1])) == 2e4


def test_label_smoothing_is_torchs():
    logits, target = torch.from_numpy(RNG.normal(size=(20, 4))), torch.arange(20) % 4
    expected = F.cross_entropy(logits, target, reduction="none", label_smoothing=0.3)
    torch.testing.assert_close(cross_entropy(logits, target, 0.3), expected)


def test_label_smoothing_spreads_over_what_is_possible():
    logits, target = torch.from_numpy(RNG.normal(size=(20, 6))), 1 + 2 * (torch.arange(20) % 3)
    impossible = [0, 2]
    smoothed = cross_entropy(logits.index_fill(1, torch.tensor(impossible), -torch.inf), target, 0.3)
    kept = [1, 3, 4, 5]
    index = torch.tensor([0, 0, 0, 1, 0, 3])[target]
    torch.testing.assert_close(smoothed, cross_entropy(logits[:, kept], index, 0.3))
