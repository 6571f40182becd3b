"""The skorch net: the weighted loss, the order of predictions, and pieces that change nothing."""

import random

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from seqestimators._training import SequenceNet, batching
from seqestimators.modules import (
    PooledNetwork,
    RecurrentEncoder,
    cross_entropy,
    drive_dropout,
    initialize,
    squared_error,
)
from seqestimators.sequences import Sequences

LENGTHS = np.array([3, 9, 0, 4, 4, 1, 7, 12, 2])


def make_net(criterion=squared_error, output_size=1, dtype=torch.float64, tokens=True, **options):
    encoder = RecurrentEncoder(
        9 if tokens else 2, tokens=tokens, hidden_size=4, embedding_dim=3, bidirectional=True
    )
    dropout = options.pop("dropout", 0.0)
    network = PooledNetwork(encoder, output_size, criterion=criterion, dropout=dropout).to(dtype)
    generator = torch.Generator().manual_seed(0)
    drive_dropout(initialize(network, generator), generator)
    defaults = {"train_split": None, "optimizer": torch.optim.AdamW, "verbose": 0, "batch_size": 4}
    return SequenceNet(network, **(defaults | options)).initialize()


def loss_of(net, batch):
    return net.get_loss(net.infer(batch), batch.target, batch)


def test_the_loss_is_the_weighted_mean(make_dataset):
    weight = np.random.default_rng(0).uniform(0, 3, len(LENGTHS))
    target = np.arange(len(LENGTHS)) % 3
    dataset = make_dataset(LENGTHS, target=target, weight=weight)
    net = make_net(cross_entropy, output_size=3)
    batch = dataset.batch(np.arange(9))
    logits = net.infer(batch)
    losses = -torch.log_softmax(logits, dim=1)[torch.arange(9), torch.from_numpy(target)]
    expected = (losses * torch.from_numpy(weight)).sum() / weight.sum()
    torch.testing.assert_close(net.get_loss(logits, batch.target, batch), expected)


def test_weight_two_is_the_row_twice_and_weight_zero_is_its_absence(make_dataset):
    target = np.random.default_rng(0).normal(size=(9, 1))
    weighted = make_dataset(LENGTHS, target=target, weight=np.array([1, 0, 2, 1, 1, 2, 0, 1, 1]))
    plain = make_dataset(LENGTHS, target=target)
    rows = [0, 2, 2, 3, 4, 5, 5, 7, 8]
    net = make_net()
    torch.testing.assert_close(loss_of(net, weighted.batch(np.arange(9))), loss_of(net, plain.batch(rows)))


@pytest.mark.parametrize("tokens", [True, False], ids=["tokens", "values"])
def test_a_giant_sequence_gives_the_same_loss_and_gradients_cut_or_not(make_dataset, monkeypatch, tokens):
    lengths = np.array([*LENGTHS, 400])
    target = np.random.default_rng(0).normal(size=(10, 1))
    dataset = make_dataset(lengths, target=target, channels=None if tokens else 2)
    dataset.source.values = dataset.source.values if tokens else dataset.source.values.double()
    results = []
    for size, n_pieces in ((10**9, 1), (50, 3)):
        monkeypatch.setattr(batching, "MAX_STEPS", size)
        net = make_net(tokens=tokens)
        batch = dataset.batch(np.argsort(lengths))
        assert n_pieces == 1 or len(batch.inputs) >= n_pieces
        assert n_pieces > 1 or len(batch.inputs) == 1
        loss = loss_of(net, batch)
        loss.backward()
        results.append([loss.detach(), *(parameter.grad for parameter in net.module_.parameters())])
    for uncut, cut in zip(*results, strict=True):
        torch.testing.assert_close(uncut, cut, rtol=0, atol=1e-12)


class Diary(Callback):
    """Writes down the events of which it is told; of those of a batch only the first."""

    def __init__(self):
        self.events = []

    def on_train_begin(self, net, **kwargs):
        self.events.append(("train", sorted(kwargs)))

    def on_batch_begin(self, net, **kwargs):
        self.events.append(("batch", sorted(kwargs)))


class Detailed(Diary):
    def on_grad_computed(self, net, **kwargs):
        self.events.append(("gradient", sorted(kwargs)))


def test_callbacks_are_told_what_they_listen_to(make_dataset):
    listeners = [Diary(), Detailed()]
    net = make_net(callbacks=[(str(i), one) for i, one in enumerate(listeners)], batch_size=-1, max_epochs=2)
    net.fit(make_dataset(LENGTHS, np.arange(9.0)[:, None]), y=None)
    batch = ("batch", ["batch", "training"])
    gradient = ("gradient", ["batch", "named_parameters", "training"])
    assert listeners[0].events == [("train", ["X", "y"]), batch, batch]
    assert listeners[1].events == [("train", ["X", "y"]), *[batch, gradient] * 2]


@pytest.mark.parametrize("verbose", [0, 1])
def test_epochs_are_told_where_that_is_asked_for(make_dataset, capsys, verbose):
    net = make_net(verbose=verbose, max_epochs=2)
    net.fit(make_dataset(LENGTHS, np.arange(9.0)[:, None]), y=None)
    assert ("train_loss" in capsys.readouterr().out) == bool(verbose)


def test_training_lowers_the_loss(make_dataset):
    dataset = make_dataset(LENGTHS, target=LENGTHS[:, None].astype(np.float32))
    net = make_net(dtype=torch.float32, lr=0.01, max_epochs=30, order_generator=torch.Generator())
    net.fit(dataset, None)
    assert net.history[-1, "train_loss"] < net.history[0, "train_loss"] / 2


def test_predictions_come_in_the_order_of_the_iterator(make_dataset):
    net = make_net()
    dataset = make_dataset(LENGTHS, target=np.arange(9))
    iterator = net.get_iterator(dataset)
    with torch.no_grad():
        outputs = torch.cat([net.evaluation_step(batch) for batch in iterator])
        rows = torch.cat([target for _, target in iterator])
        alone = torch.cat([net.infer(dataset.batch([row])) for row in rows.tolist()])
    torch.testing.assert_close(outputs, alone, rtol=0, atol=1e-12)


def test_training_is_shuffled_and_prediction_is_not(make_dataset):
    net = make_net(order_generator=torch.Generator())
    dataset = make_dataset(LENGTHS)
    assert net.get_iterator(dataset, training=True).generator is net.order_generator
    assert net.get_iterator(dataset).generator is None


@pytest.mark.parametrize(("batch_size", "expected"), [(4, [100, 100, 100]), (-1, [300]), (280, [280, 20])])
def test_prediction_takes_larger_batches(make_dataset, monkeypatch, batch_size, expected):
    monkeypatch.setattr(batching, "MAX_STEPS", 300)
    iterator = make_net(batch_size=batch_size).get_iterator(make_dataset(np.full(300, 3)))
    assert [len(batch) for batch, _ in iterator] == expected


def test_the_network_is_asked_for_its_loss(make_dataset):
    net, batch = make_net(), make_dataset(LENGTHS, target=np.zeros((9, 1))).batch(np.arange(9))
    asked = []
    net.module_.loss = lambda *given: asked.append(given) or torch.tensor(3.0)
    assert net.get_loss("outputs", batch.target, batch) == 3
    assert asked == [(batch, "outputs")]


def test_validation_loss_is_that_of_all_rows(make_dataset):
    target = np.random.default_rng(0).normal(size=(9, 1))
    train, valid = make_dataset(LENGTHS, target=target), make_dataset(LENGTHS, target=target + 1)
    net = make_net(max_epochs=1, lr=0.0, train_split=lambda X, y=None, **_: (train, valid))
    net.fit(train, None)
    for name, dataset in (("train_loss", train), ("valid_loss", valid)):
        with torch.no_grad():
            expected = float(loss_of(net, dataset.batch(np.arange(9))))
        assert net.history[-1, name] == pytest.approx(expected)


def test_a_fit_moves_no_global_generator_and_repeats(make_dataset):
    dataset = make_dataset(LENGTHS, target=LENGTHS[:, None].astype(np.float64))
    nets = [
        make_net(max_epochs=3, dropout=0.5, order_generator=torch.Generator().manual_seed(1))
        for _ in range(2)
    ]
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
    results = [
        [parameter.detach() for parameter in net.fit(dataset, None).module_.parameters()] for net in nets
    ]
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (np.random.get_state()[1] == before[1]).all()
    assert random.getstate() == before[2]
    for first, second in zip(*results, strict=True):
        assert torch.equal(first, second)


@pytest.mark.parametrize("ragged", [False, True], ids=["a row", "ragged"])
def test_a_batch_in_parts_takes_the_same_steps(make_dataset, ragged):
    target = np.random.default_rng(0).normal(size=(9, 1))
    if ragged:
        target = Sequences.from_lengths(np.arange(sum(LENGTHS), dtype=np.float64), LENGTHS)
    dataset = make_dataset(LENGTHS, target=target, weight=np.arange(9.0) + 1)

    class Summed(PooledNetwork):
        """Compares the output of a row with each of its values."""

        def row_losses(self, outputs, batch):
            if not ragged:
                return super().row_losses(outputs, batch)
            values = outputs[:, 0].repeat_interleave(batch.target.lengths)
            return (values - batch.target.values) ** 2

    whole, parted = (make_net(batch_size=5) for _ in range(2))
    parted.max_batch_tokens = 10
    parted.order_generator = torch.Generator()
    sizes = []
    for batch, _ in parted.get_iterator(dataset, training=True):
        parts = getattr(batch, "parts", [batch])
        sizes += [inputs.numel() for part in parts for inputs in part.inputs]
        assert sum(map(len, parts)) == len(batch)
    assert max(sizes) == 12  # of the longest row alone
    assert sum(size > 10 for size in sizes) == 1
    for net in (whole, parted):
        net.module_.__class__ = Summed
        net.order_generator = torch.Generator().manual_seed(0)
        net.fit(dataset, None, epochs=2)
    for one, other in zip(whole.module_.parameters(), parted.module_.parameters(), strict=True):
        torch.testing.assert_close(one, other)
    assert whole.history[-1, "train_loss"] == pytest.approx(parted.history[-1, "train_loss"])
