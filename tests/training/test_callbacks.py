"""Callbacks: where the learning rate begins and ends, when training stops, what is trained when."""

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from seqestimators._training import SequenceNet, Unfreezing, make_callbacks
from seqestimators._training.callbacks import EpochRecord, Progress
from seqestimators.modules import PooledNetwork, RecurrentEncoder, initialize

N_BATCHES, MAX_EPOCHS = 3, 4


class Watch(Callback):
    """Write down what `look` sees before each batch of training."""

    def __init__(self, look):
        self.look, self.seen = look, []

    def on_batch_begin(self, net, training=False, **kwargs):
        if training:
            self.seen.append(self.look(net))


@pytest.fixture
def fit(make_dataset):
    """Return a function that trains a small net with some callbacks."""

    def fit(callbacks, *, optimizer=torch.optim.SGD, valid=False, max_epochs=MAX_EPOCHS, **options):
        encoder = RecurrentEncoder(9, hidden_size=2, embedding_dim=2)
        network = initialize(PooledNetwork(encoder, 1), torch.Generator().manual_seed(0))
        lengths = np.arange(2 * N_BATCHES)
        train, other = (make_dataset(lengths, target=np.full((6, 1), y, np.float32)) for y in (1, 2))
        net = SequenceNet(
            network,
            optimizer=optimizer,
            callbacks=callbacks,
            max_epochs=max_epochs,
            batch_size=2,
            verbose=0,
            train_split=(lambda X, y=None, **_: (train, other)) if valid else None,
            order_generator=torch.Generator(),
            **options,
        )
        return net.fit(train, None)

    return fit


def make(lr_schedule="constant", **options):
    defaults = {"lr": 0.1, "n_batches": N_BATCHES, "max_epochs": MAX_EPOCHS}
    return make_callbacks(lr_schedule=lr_schedule, **(defaults | options))


def rate(net):
    return net.optimizer_.param_groups[0]["lr"]


# The learning rate


def test_one_cycle_rises_in_a_third_and_falls_to_nearly_zero(fit):
    watch = Watch(rate)
    net = fit(make("one_cycle", extra=[watch]), lr=0.1)
    rates = np.array(watch.seen)
    assert len(rates) == 12
    assert rates[0] == pytest.approx(0.1 / 25)
    assert rates.argmax() in (3, 4)
    assert rates.max() == pytest.approx(0.1, rel=0.1)
    assert (np.diff(rates[:4]) > 0).all()
    assert (np.diff(rates[4:]) < 0).all()
    assert rate(net) < 1e-5 < rates[-1]


def test_the_momentum_is_low_where_the_rate_is_high(fit):
    for cycle, lowest in ((True, 0.85), (False, 0.5)):
        watch = Watch(lambda net: net.optimizer_.param_groups[0]["momentum"])
        fit(make("one_cycle", extra=[watch], cycle_momentum=cycle), optimizer__momentum=0.5)
        assert min(watch.seen) == pytest.approx(lowest, abs=0.01)
        assert watch.seen[0] == pytest.approx(0.95 if cycle else 0.5)


def test_a_cycle_of_one_step_is_none():
    names = [name for name, _ in make("one_cycle", n_batches=1, max_epochs=1)]
    assert "schedule" not in names
    assert "schedule" in [name for name, _ in make("one_cycle", n_batches=1, max_epochs=2)]


def test_each_group_of_weights_has_its_own_peak(fit):
    watch = Watch(lambda net: [group["lr"] for group in net.optimizer_.param_groups])
    groups = [("encoder.*", {})]  # what they leave out comes last
    fit(make("one_cycle", lr=[0.1, 0.2], extra=[watch]), optimizer__param_groups=groups)
    rates = np.array(watch.seen)
    assert rates.shape == (12, 2)
    np.testing.assert_allclose(rates[:, 1], 2 * rates[:, 0])


def test_cosine_falls_from_the_rate_to_zero(fit):
    watch = Watch(rate)
    net = fit(make("cosine", extra=[watch]), lr=0.1)
    expected = 0.1 * (1 + np.cos(np.pi * np.arange(12) / 12)) / 2
    np.testing.assert_allclose(watch.seen, expected, atol=1e-12)
    assert rate(net) == pytest.approx(0, abs=1e-12)


def test_constant_stays(fit):
    watch = Watch(rate)
    fit(make("constant", extra=[watch]), lr=0.1)
    assert watch.seen == [0.1] * 12


# The gradient


def test_the_gradient_is_clipped(fit):
    def step(gradient_clip):
        before = []

        class First(Callback):
            def on_train_begin(self, net, **kwargs):
                before.extend(one.detach().clone() for one in net.module_.parameters())

        options = {"gradient_clip": gradient_clip, "extra": [First()]}
        net = fit(make(**options), max_epochs=1, lr=1.0)
        moved = [one.detach() - other for one, other in zip(net.module_.parameters(), before, strict=True)]
        return float(torch.cat([one.flatten() for one in moved]).norm())

    assert step(1e-3) <= N_BATCHES * 1e-3 * 1.001
    assert step(None) > 10 * N_BATCHES * 1e-3


# What is written down, and what follows from it


def test_rate_and_scores_are_written_every_epoch(fit):
    scores = iter([{"a": 1, "b": np.float32(2)}, {"a": 3, "b": 4}])
    net = fit([("record", EpochRecord(lambda: next(scores)))], max_epochs=2, lr=0.25)
    assert net.history[:, ("lr", "a", "b")] == [(0.25, 1.0, 2.0), (0.25, 3.0, 4.0)]
    assert all(type(net.history[-1, name]) is float for name in ("a", "b"))


def test_without_scores_the_rate_is_written(fit):
    assert fit([EpochRecord()], max_epochs=2, lr=0.25).history[:, "lr"] == [0.25, 0.25]


class Scores:
    first = "valid_some"

    def __init__(self, values):
        self.values = iter(values)

    def __call__(self):
        return {"train_some": 0, "valid_some": next(self.values)}


@pytest.mark.parametrize(
    ("scores", "n_epochs"),
    [
        ([1, 2, 3, 4], 4),  # the higher the better
        ([4, 3, 2, 1], 3),
        ([-4, -3, -3, -3], 4),
        ([1, 1, 1, 1], 3),  # no improvement is none
    ],
)
def test_training_stops_when_a_score_no_longer_improves(fit, scores, n_epochs):
    net = fit(make(patience=2, scores=Scores(scores)))
    assert len(net.history) == n_epochs


@pytest.mark.parametrize(("target", "n_epochs"), [(1.0, 4), (-9.0, 3)])
def test_training_stops_when_the_validation_loss_no_longer_falls(fit, monkeypatch, target, n_epochs):
    """Training comes closer to 1, so that it leaves -9."""
    real = SequenceNet.validation_step

    def validation_step(net, batch, **params):
        batch[0].target.fill_(target)
        return real(net, batch, **params)

    monkeypatch.setattr(SequenceNet, "validation_step", validation_step)
    net = fit(make(patience=2), valid=True, lr=0.05)
    assert len(net.history) == n_epochs
    losses = net.history[:, "valid_loss"]
    assert (np.diff(losses) < 0).all() if target == 1 else (np.diff(losses) > 0).all()


def test_the_weights_of_the_best_epoch_come_back(fit):
    kept = []

    class Keep(Callback):
        def on_epoch_end(self, net, **kwargs):
            kept.append({name: value.clone() for name, value in net.module_.state_dict().items()})

    net = fit([("keep", Keep()), *make(patience=2, scores=Scores([1, 5, 2, 3]))])
    assert len(kept) == 4
    state = net.module_.state_dict()
    assert all(torch.equal(state[name], value) for name, value in kept[1].items())
    assert not all(torch.equal(state[name], value) for name, value in kept[3].items())


# Progress and order


def test_the_network_knows_the_share_of_the_training_that_is_over(fit):
    watch = Watch(lambda net: net.module_.progress)
    net = fit([Progress(N_BATCHES * MAX_EPOCHS), watch], valid=True)
    np.testing.assert_allclose(watch.seen, np.arange(12) / 12)
    assert net.module_.progress == 1
    net.partial_fit(net.train_split(None)[0], None)
    np.testing.assert_allclose(watch.seen[12:], np.arange(12) / 12)  # it counts anew


def test_layers_are_trained_from_the_output_down(fit):
    class Watched(Unfreezing):
        """Note what has moved since the epoch before."""

        moved = []

        def on_epoch_end(self, net, **kwargs):
            now = [[weight.detach().clone() for weight in group] for group in self.groups]
            pairs = zip(now, self.before, strict=True)
            self.moved.append([any((a != b).any() for a, b in zip(*pair, strict=True)) for pair in pairs])
            self.before = now

        def on_train_begin(self, net, **kwargs):
            network = net.module_
            self.groups = [list(part.parameters()) for part in (network.output, *network.encoder.children())]
            self.groups = [group for group in self.groups if group]
            self.before = [[weight.detach().clone() for weight in group] for group in self.groups]
            super().on_train_begin(net, **kwargs)

    watched = Watched([])
    net = fit([watched], max_epochs=4, lr=0.1)
    assert watched.moved == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
        [True, True, True],
    ]
    assert all(weight.requires_grad for weight in net.module_.parameters())


def test_nothing_stays_frozen_where_training_ends_early(fit):
    weights = []

    class Freeze(Unfreezing):
        def on_train_begin(self, net, **kwargs):
            weights.extend(net.module_.parameters())
            self.groups = [[weight] for weight in weights]
            super().on_train_begin(net, **kwargs)

    fit([Freeze([])], max_epochs=1)
    assert all(weight.requires_grad for weight in weights)


def test_callbacks_of_the_user_come_last_under_their_names():
    own = [Callback(), ("mine", Callback())]
    options = {"gradient_clip": 1.0, "patience": 3, "extra": own}
    names = [name for name, _ in make("cosine", **options)]
    assert names == ["record", "progress", "schedule", "clip", "stopping", "callback0", "mine"]
    assert [name for name, _ in make("constant")] == ["record", "progress"]
