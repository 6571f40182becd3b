"""The network of an estimator, made of its parameters, and skorch's loop run over it."""

from abc import abstractmethod
from typing import Any

import torch
from skorch import callbacks as skorch_callbacks
from skorch.helper import predefined_split

from .._sklearn import CallbackSupportMixin
from .._training import (
    OPTIMIZERS,
    BatchIterator,
    EpochTasks,
    Resuming,
    SequenceDataset,
    SequenceNet,
    Unfreezing,
    find_device,
    make_callbacks,
    make_generators,
)
from ..modules import RecurrentEncoder, SequenceNetwork, Unfilled, drive_dropout, initialize
from ..parameters import with_parameters
from ._groups import Network
from ._input import SequenceReader
from ._monitoring import Monitor
from ._pretraining import architecture_of, find_pretrained, layer_groups, layer_names, load_encoder
from ._state import FittedState, Interrupted
from ._training_groups import Computation, EarlyStopping, Training

MAX_ROWS = 2**31
"""No batch has more; greater numbers have no place in those of C."""
FUSED = {"adam", "adamw", "sgd"}
"""Optimizers whose step torch runs as one kernel, on a CPU too."""


@with_parameters
class TrainingLoop(
    CallbackSupportMixin, FittedState, SequenceReader, Computation, EarlyStopping, Training, Network
):
    """The part of an estimator that makes the network and trains it on data sets."""

    # What a subclass supplies

    @abstractmethod
    def _make_network(self, encoder: RecurrentEncoder) -> SequenceNetwork:
        """Return the network around an encoder."""

    def _make_encoder(self, **options: Any) -> RecurrentEncoder:
        """Return the encoder with these options of RecurrentEncoder."""
        return RecurrentEncoder(**options)

    def _scoring(self) -> Any:
        """Return the scores to monitor, as scikit-learn's ``scoring``."""
        return self.scoring

    # The network

    def _device(self) -> torch.device:
        return find_device(self.device)

    def _build_network(self, max_weights: int | None = None) -> SequenceNetwork:
        """Make the network of these parameters, its weights NaN."""
        with Unfilled(max_weights):
            network = self._make_network(self._make_encoder_of(self))
        return network.to(getattr(torch, self._number_type))

    def _make_encoder_of(self, column: SequenceReader, place: int = 0) -> RecurrentEncoder:
        """Return the encoder of the column at a place: of what it reads, and of these parameters."""
        return self._make_encoder(
            input_size=column._n_network_inputs,
            tokens=column.input_ == "tokens",
            dropout=self.dropout,
            token_dropout=getattr(self, "token_dropout", 0.0),
            n_positions=column.n_positions_,
            mixed_precision=self.dtype == "bfloat16",
            **architecture_of(self, place),
        )

    def _make_net(self, generators: Any = None, max_weights: int | None = None) -> None:
        """Build the network and its skorch net, with fresh weights if there are generators."""
        pretrained = None if self.pretrained is None else find_pretrained(self.pretrained)
        device = self._device()
        network = self._as_fitted()._build_network(max_weights).to(device)
        optimizer: dict[str, Any] = {"optimizer": self.optimizer}
        if isinstance(self.optimizer, str):
            optimizer = {
                "optimizer": OPTIMIZERS[self.optimizer],
                "optimizer__weight_decay": self.weight_decay,
            }
            if self.optimizer in FUSED:
                optimizer["optimizer__fused"] = True
            if self.optimizer in ("sgd", "rmsprop"):
                optimizer["optimizer__momentum"] = 0.9
        if generators is not None:
            initialize(network, generators.weights)
            drive_dropout(network, generators.weights)
        if pretrained is not None:
            load_encoder(network.encoder, pretrained)
            rates = self._learning_rates(network)
            optimizer["optimizer__param_groups"] = [  # what they leave out, the new layers, comes last
                (layer + "*", {"lr": lr}) for layer, lr in zip(layer_names(network), rates, strict=False)
            ]
        self.net_ = SequenceNet(
            network,
            lr=self.lr,
            batch_size=self._batch_size(),
            train_split=None,
            device=device,
            verbose=int(self.verbose),
            order_generator=generators.order if generators is not None else None,
            **optimizer,
        ).initialize()
        self.n_parameters_ = sum(weight.numel() for weight in network.parameters())

    def _batch_size(self) -> int:
        return -1 if self.batch_size == "all" else min(int(self.batch_size), MAX_ROWS)

    # The loop

    def _train(
        self,
        datasets: dict[str, SequenceDataset],
        *,
        max_epochs: int,
        lr_schedule: str,
        resuming: Resuming | None = None,
        tasks: EpochTasks | None = None,
    ) -> Any:
        """Run skorch's loop over the data sets and take over its history."""
        net = self.net_
        if net.order_generator is None:  # read from a file: generators don't travel
            generators = make_generators(self.random_state, self._device())
            net.order_generator = generators.order
            drive_dropout(net.module_, generators.weights)
        has_validation = "valid" in datasets
        scores = None if self.scoring is None else Monitor(self, datasets, decides=has_validation)
        rates, defaults = self._learning_rates(net.module_), net.optimizer_.defaults
        for group, lr in zip(net.optimizer_.param_groups, rates, strict=True):
            # the schedule of the last fit has left the rate near 0, and the momentum changed
            group |= {name: defaults[name] for name in ("betas", "momentum") if name in defaults}
            group["lr"] = lr
        net.batch_size = self._batch_size()
        net.max_batch_tokens = self.max_batch_tokens
        for part in net.module_.modules():
            if isinstance(part, RecurrentEncoder):
                part.truncate_gradient = None if (n := self.truncate_gradient) is None else int(n)
        net.callbacks = make_callbacks(
            lr=rates,
            lr_schedule=lr_schedule,
            cycle_momentum=isinstance(self.optimizer, str),
            n_batches=len(BatchIterator(datasets["train"], net.batch_size)),
            max_epochs=max_epochs,
            gradient_clip=self.gradient_clip,
            scores=scores,
            patience=self.n_iter_no_change if has_validation else None,
            tasks=tasks,
            extra=self.callbacks,
        )
        if self.pretrained is not None and self.gradual_unfreezing and not self.history_:
            net.callbacks.append(("unfreezing", Unfreezing(layer_groups(net.module_))))
        if resuming is not None:
            net.callbacks.append(("resuming", resuming))  # behind all others, whose state it keeps
        net.initialize_callbacks()
        net.train_split = predefined_split(datasets["valid"]) if has_validation else None
        net.initialize_history()
        net.estimator = self
        if tasks is not None:
            tasks.describe = self._describe_training
        interruption = None
        has_been_stopped = False
        try:
            net.notify("on_train_begin", X=datasets["train"], y=None)
            n_left = 0 if resuming is not None and resuming.is_finished else max_epochs - len(net.history)
            try:
                net.fit_loop(datasets["train"], epochs=n_left)
            except KeyboardInterrupt as error:  # which is also how skorch stops early
                has_been_stopped = tasks is not None and tasks.has_stopped
                interruption = None if has_been_stopped or _has_stopped_early(net) else error
            except KeyError as error:
                if not net.history or "was not found in history" not in str(error):
                    raise
                raise ValueError(
                    f"a callback monitors what isn't there: {error.args[0]} There are "
                    f"{', '.join(_columns(net))}"
                ) from error
            net.notify("on_train_end", X=datasets["train"], y=None)
            best_epoch = _find_stoppers(net)[0].best_epoch_ if has_validation else 0
            if resuming is not None and interruption is None and not has_been_stopped:
                resuming.finish(net)
        finally:  # the fitted net holds neither data nor callbacks that hold some
            net.train_split = None
            net.callbacks = net.estimator = None
            net.initialize_callbacks()
        n_before = len(self.history_)
        self.__dict__.update(self._describe_training(net))
        if interruption is not None and self.n_iter_ == n_before:
            raise interruption
        self.__dict__.pop("best_epoch_", None)
        if best_epoch:
            self.best_epoch_ = n_before + best_epoch
        if not all(torch.isfinite(weight).all() for weight in net.module_.parameters()):
            raise ValueError(
                f"Training diverged: weights are no longer finite after {self.n_iter_} epochs. Lower lr (now "
                f"{self.lr}), set gradient_clip, or scale the values of X."
            )
        if interruption is not None:
            raise Interrupted(f"training was interrupted; the first {self.n_iter_} epochs are kept")
        return self

    def _describe_training(self, net: SequenceNet) -> dict[str, Any]:
        """Return the fitted attributes that say which epochs have been run."""
        history = self.history_ + _plain_history(net.history, first_epoch=len(self.history_) + 1)
        return {"history_": history, "n_iter_": len(history)}

    def _learning_rates(self, network: SequenceNetwork) -> list[float]:
        """Learning rate of each group of weights that the optimizer has."""
        if self.pretrained is None:
            return [self.lr]
        n_layers = len(layer_names(network))
        return [self.lr / self.layer_decay ** (i + 1) for i in range(n_layers)] + [self.lr]


def _has_stopped_early(net: SequenceNet) -> bool:
    return any(one.misses_ == one.patience for one in _find_stoppers(net))


def _find_stoppers(net: SequenceNet) -> list[skorch_callbacks.EarlyStopping]:
    return [one for _, one in net.callbacks_ if isinstance(one, skorch_callbacks.EarlyStopping)]


def _columns(net: SequenceNet) -> list[str]:
    """Names of the numbers that callbacks may monitor."""
    names = [name for name in net.history[-1] if name.startswith(("train_", "valid_"))]
    return sorted(name for name in names if not name.endswith(("_best", "_batch_count")))


def _plain_history(history: Any, first_epoch: int) -> list[dict[str, Any]]:
    """One dict of numbers per epoch out of skorch's history."""
    rows = []
    finished = [row for row in history if "dur" in row]  # an epoch that was interrupted has no end
    for epoch, row in enumerate(finished, first_epoch):
        scores = {
            name: float(value)
            for name, value in row.items()
            if name.startswith(("train_", "valid_")) and not name.endswith(("_best", "_batch_count"))
        }
        rows.append({"epoch": epoch, **scores, "lr": row["lr"], "duration": row["dur"]})
    return rows
