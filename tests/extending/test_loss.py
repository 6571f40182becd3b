"""A loss of one's own that looks at whole sequences: labels that don't change from step to step."""

import numpy as np
import pytest
import torch

from seqestimators import RecurrentTagger
from seqestimators.modules import Ragged, TaggingNetwork
from seqestimators.parameters import parameter, with_parameters
from seqestimators.testing import parametrize_with_sequence_checks

# --- the extension ---


class SmoothNetwork(TaggingNetwork):
    """Labels whose probabilities change little between neighbours."""

    def __init__(self, encoder, output_size, *, smoothness, **options):
        super().__init__(encoder, output_size, **options)
        self.smoothness = smoothness

    def row_losses(self, outputs, batch):
        p = self.probabilities(outputs)
        change = torch.zeros_like(p[:, 0])
        change[1:] = (p[1:] - p[:-1]).pow(2).sum(1)
        first = outputs.lengths.cumsum(0) - outputs.lengths
        is_first = torch.isin(torch.arange(len(p), device=p.device), first)
        return super().row_losses(outputs, batch) + self.smoothness * change.masked_fill(is_first, 0)


@with_parameters
class SmoothTagger(RecurrentTagger):
    """Recurrent network whose labels change seldom.

    Parameters
    ----------
    smoothness : float
        Weight of the changes in the loss.
    """

    smoothness: float = parameter(default=1.0, constraints=[float])

    def _make_network(self, encoder):
        return SmoothNetwork(encoder, len(self.classes_), smoothness=self.smoothness)


# --- its tests ---

FAST = {"hidden_size": 4, "embedding_dim": 3, "max_epochs": 2, "random_state": 0}
X = [[4, 5, 6, 4, 5], [5, 4], [6], [4, 6, 4, 6]]
y = ["abcab", "ba", "c", "acac"]


@parametrize_with_sequence_checks([SmoothTagger(**FAST | {"max_epochs": 1})])
def test_checks(estimator, check):
    check(estimator)


def test_the_loss_is_that_of_each_sequence_by_itself():
    model = SmoothTagger(**FAST, dtype="float64", smoothness=3.0).fit(X, y)
    network = model.net_.module_

    def losses(batch):
        outputs = network(batch)
        return Ragged(network.row_losses(outputs, batch), outputs.lengths)

    found = model.run(X, losses, target=model.encode_target(X, y)).values
    expected = 0
    for p, labels in zip(model.predict_proba(X), y, strict=True):
        codes = ["abc".index(label) for label in labels]
        expected += -np.log(p[np.arange(len(p)), codes]).sum() + 3 * (np.diff(p, axis=0) ** 2).sum()
    assert found.sum() == pytest.approx(expected, rel=1e-8)


def test_labels_change_less():
    def change(smoothness):
        model = SmoothTagger(**FAST | {"max_epochs": 20, "lr": 0.05}, smoothness=smoothness).fit(X, y)
        return sum((np.diff(p, axis=0) ** 2).sum() for p in model.predict_proba(X))

    assert change(3.0) < change(0.0)
