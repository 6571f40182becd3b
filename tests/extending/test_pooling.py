"""A pooling of one's own: the logarithm of the mean of exponentials."""

import numpy as np
import pytest
import torch

from seqestimators import RecurrentClassifier, RecurrentRegressor
from seqestimators.inspection import decision_trace, hidden_states, mutagenesis
from seqestimators.modules import POOLINGS, Pooling, States
from seqestimators.testing import parametrize_with_sequence_checks

# --- the extension ---


@POOLINGS.register("log_sum_exp")
class LogSumExpPooling(Pooling):
    r"""Between mean and maximum: ``log(mean(exp(r h))) / r``, its sharpness `r` learned.

    References
    ----------
    .. [1] Pinheiro, P. O., R. Collobert, "From Image-level to Pixel-level
       Labeling with Convolutional Networks", CVPR 2015.
    """

    def __init__(self, size):
        super().__init__(size)
        self.sharpness = torch.nn.Parameter(torch.ones(()))

    def pool(self, states, lengths):
        length = lengths[:, None]
        padded = torch.arange(states.shape[1], device=length.device) >= length
        padded &= length > 0  # all minus infinity, an empty sequence would be nan
        scaled = (self.sharpness * states).masked_fill(padded[:, :, None], -torch.inf)
        mean = scaled.logsumexp(1) - length.clamp(min=1).to(states.dtype).log()
        return (mean / self.sharpness).masked_fill(length == 0, 0)


# --- its tests ---

del POOLINGS["log_sum_exp"]  # it comes back while these tests run
FAST = {"hidden_size": 4, "embedding_dim": 3, "max_epochs": 2, "random_state": 0}
X, y = [[4, 5, 6, 4], [5], [6, 6, 5, 4, 5], [4, 6]], [0, 1, 0, 1]


@pytest.fixture(scope="module", autouse=True)
def name(enter):
    enter(POOLINGS, "log_sum_exp", LogSumExpPooling)


@parametrize_with_sequence_checks(
    [RecurrentRegressor(pooling=LogSumExpPooling, dtype="float64", **FAST | {"max_epochs": 1})]
)
def test_checks(estimator, check):
    check(estimator)


def test_it_equals_the_formula():
    states = torch.randn(3, 5, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    pooling, lengths = LogSumExpPooling(8), torch.tensor([5, 2, 0])
    with torch.no_grad():
        pooling.sharpness.fill_(3)
    pooled = pooling(States([states, -states], lengths))
    assert pooled.shape == (3, pooling.output_size)
    for row, (values, length) in enumerate(zip(states.numpy(), lengths.tolist(), strict=True)):
        both = np.concatenate([values, -values], axis=1)[:length]
        expected = np.log(np.exp(3 * both).mean(axis=0)) / 3 if length else np.zeros(8)
        np.testing.assert_allclose(pooled[row].detach().numpy(), expected, rtol=1e-12)
    pooled.sum().backward()
    assert torch.isfinite(pooling.sharpness.grad)


def test_it_pools_the_hidden_states_of_a_fitted_model_and_is_learned():
    model = RecurrentClassifier(pooling="log_sum_exp", dtype="float64", **FAST).fit(X, y)
    r = model.net_.module_.pooling.sharpness.item()
    assert r != 1
    expected = [np.log(np.exp(r * states).mean(axis=0)) / r for states in hidden_states(model, X)]
    np.testing.assert_allclose(model.transform(X), expected, rtol=1e-10)


def test_it_can_be_looked_at():
    model = RecurrentClassifier(pooling="log_sum_exp", bidirectional=False, dtype="float64", **FAST).fit(X, y)
    prefixes = [X[0][: t + 1] for t in range(len(X[0]))]
    np.testing.assert_allclose(decision_trace(model, X[0]), model.predict_proba(prefixes), rtol=1e-10)
    changes = mutagenesis(model, X[0])
    change = model.decision_function([[4, 6, 6, 4]]) - model.decision_function(X[:1])
    np.testing.assert_allclose(changes.loc[(1, "5"), "6"], change[0], rtol=1e-8)
