"""Losses against scikit-learn's metrics, row by row and as weighted means."""

import numpy as np
import pytest
import torch
from scipy.special import expit, softmax
from sklearn.metrics import log_loss
from torch.nn import functional as F

from seqestimators.modules import binary_cross_entropy, binary_focal_loss, cross_entropy, focal_loss
from seqestimators.modules._losses import sum_at_once

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


def test_the_sum_at_once_is_that_of_the_rows():
    logits = torch.from_numpy(RNG.normal(size=(20, 1))).requires_grad_()
    target, weight = torch.from_numpy(RNG.integers(0, 2, (20, 1)) * 1.0), torch.from_numpy(WEIGHT)
    at_once = sum_at_once(binary_cross_entropy, logits, target, weight)
    row_by_row = torch.dot(binary_cross_entropy(logits, target), weight)
    torch.testing.assert_close(at_once, row_by_row, rtol=1e-12, atol=0)
    for one, other in zip(*(torch.autograd.grad(one, logits) for one in (at_once, row_by_row)), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=0)


def test_no_sum_at_once_of_several_labels_of_missing_ones_and_of_other_losses():
    logits, target, weight = torch.zeros(3, 1), torch.ones(3, 1), torch.ones(3)
    assert sum_at_once(binary_cross_entropy, logits, target, weight) is not None
    assert sum_at_once(binary_cross_entropy, logits.expand(3, 2), target.expand(3, 2), weight) is None
    assert sum_at_once(binary_cross_entropy, logits, target * torch.nan, weight) is None
    assert sum_at_once(binary_focal_loss, logits, target, weight) is None


@pytest.mark.parametrize("label_smoothing", [0, 0.2])
def test_the_focal_loss_is_the_cross_entropy_times_a_square(label_smoothing):
    logits, target = RNG.normal(size=(20, 4)), np.arange(20) % 4
    p = softmax(logits, axis=1)
    share = np.eye(4)[target] * (1 - label_smoothing) + label_smoothing / 4
    losses = focal_loss(torch.from_numpy(logits), torch.from_numpy(target), label_smoothing)
    np.testing.assert_allclose(losses, -(share * (1 - p) ** 2 * np.log(p)).sum(axis=1))

    yes = target % 2
    p = np.column_stack([expit(-logits[:, 0]), expit(logits[:, 0])])
    share = np.eye(2)[yes] * (1 - label_smoothing) + label_smoothing / 2
    one = torch.from_numpy(logits[:, :1]), torch.from_numpy(yes[:, None].astype(float))
    expected = -(share * (1 - p) ** 2 * np.log(p)).sum(axis=1)
    np.testing.assert_allclose(binary_focal_loss(*one, label_smoothing=label_smoothing), expected)
    expected = -(share * np.log(p)).sum(axis=1)
    np.testing.assert_allclose(binary_cross_entropy(*one, label_smoothing=label_smoothing), expected)


def test_labels_of_a_row_have_weights():
    logits, target = torch.from_numpy(RNG.normal(size=(5, 3))), torch.ones(5, 3).double()
    target[0, 1] = torch.nan
    weight = torch.tensor([[1.0, 9.0, 0.0]]).repeat(5, 1).double()
    single = F.binary_cross_entropy_with_logits(logits, torch.ones(5, 3).double(), reduction="none")
    losses = binary_cross_entropy(logits, target, weight)
    torch.testing.assert_close(losses[0], single[0, 0] / 2)
    torch.testing.assert_close(losses[1:], (single[1:, 0] + 9 * single[1:, 1]) / 3)


@pytest.mark.parametrize("loss", [binary_cross_entropy, binary_focal_loss], ids=["entropy", "focal"])
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
    for loss in (binary_cross_entropy, binary_focal_loss):
        assert loss(logits, torch.tensor([[0.0, 0.0]])).isfinite().all()
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
