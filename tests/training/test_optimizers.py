"""The optimizers by name: they compute what torch's own do, and know their states."""

import copy
import pickle

import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from seqestimators._training import OPTIMIZERS

CLASSES = {name: getattr(torch.optim, class_.__name__) for name, class_ in OPTIMIZERS.items()}
OPTIONS = {"sgd": {"momentum": 0.9, "fused": True}, "rmsprop": {"momentum": 0.9}, "adamw": {"fused": True}}
SIZES = [(5, 3), (7,), (), (2, 2, 2)]


class Trained:
    """Weights in two groups, and an optimizer of them."""

    def __init__(self, class_, **options):
        generator = torch.Generator().manual_seed(0)
        self.weights = [torch.randn(size, generator=generator).requires_grad_() for size in SIZES]
        groups = [{"params": self.weights[:2], "lr": 0.003}, {"params": self.weights[2:]}]
        self.optimizer = class_(groups, lr=0.01, weight_decay=0.02, **options)

    def step(self, i, skipped=()):
        """Take one step along gradients that belong to its number; some weights have none."""
        generator = torch.Generator().manual_seed(i)
        self.optimizer.zero_grad()

        def closure():
            sides = [torch.randn(one.shape, generator=generator) for one in self.weights]
            loss = sum((one * side).sin().sum() for one, side in zip(self.weights, sides, strict=True))
            loss.backward()
            for j in skipped:
                self.weights[j].grad = None
            return loss

        return self.optimizer.step(closure)


def assert_same(one, other):
    for a, b in zip(one.weights, other.weights, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_they_take_the_steps_of_torch(name):
    own = Trained(OPTIMIZERS[name], **OPTIONS.get(name, {}))
    other = Trained(CLASSES[name], **OPTIONS.get(name, {}))
    assert isinstance(own.optimizer, CLASSES[name])
    for i, skipped in enumerate([(), (1,), (1, 2), (), (0, 1)]):
        torch.testing.assert_close(own.step(i, skipped), other.step(i, skipped))
        assert_same(own, other)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_copy_goes_on(name):
    one = Trained(OPTIMIZERS[name], **OPTIONS.get(name, {}))
    one.step(0)
    other = pickle.loads(pickle.dumps(one))
    one.step(1), other.step(1)
    assert_same(one, other)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_states_are_those_of_torch(name):
    own = Trained(OPTIMIZERS[name], **OPTIONS.get(name, {}))
    other = Trained(CLASSES[name], **OPTIONS.get(name, {}))
    for i, (one, to) in enumerate([(own, other), (other, own)]):
        own.step(2 * i), other.step(2 * i)
        to.optimizer.load_state_dict(copy.deepcopy(one.optimizer.state_dict()))
        own.step(2 * i + 1), other.step(2 * i + 1)
        assert_same(own, other)


def test_hooks_of_a_step_are_called():
    trained = Trained(OPTIMIZERS["adamw"], fused=True)
    called = []
    handles = [
        trained.optimizer.register_step_pre_hook(lambda *given: called.append("before")),
        trained.optimizer.register_step_post_hook(lambda *given: called.append("after")),
        register_optimizer_step_post_hook(lambda *given: called.append("after any")),
    ]
    trained.step(0)
    for handle in handles:
        handle.remove()
    trained.step(1)
    assert called == ["before", "after", "after any"]
