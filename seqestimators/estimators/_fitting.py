"""How an estimator learns: the inputs checked, the network made, skorch's loop run over it."""

from abc import abstractmethod
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_consistent_length
from skorch import callbacks as skorch_callbacks
from skorch.helper import predefined_split

from .._sklearn import _check_sample_weight
from .._training import (
    OPTIMIZERS,
    BatchIterator,
    SequenceDataset,
    SequenceNet,
    Unfreezing,
    find_device,
    make_callbacks,
    make_generators,
)
from ..modules import RecurrentEncoder, SequenceNetwork, Unfilled, drive_dropout, initialize
from ..parameters import warn_of_unused, with_parameters
from ..sequences import Sequences, read_labels
from ._groups import DTYPES, Computation, EarlyStopping, Network, Training
from ._input import SequenceReader
from ._monitoring import Monitor, check_callbacks
from ._pretraining import (
    architecture_of,
    find_pretrained,
    layer_groups,
    layer_names,
    load_encoder,
    refuse_contradictions,
    refuse_other_input,
)
from ._state import FittedState, Interrupted
from ._validation_split import split_validation

MAX_ROWS = 2**31
"""No batch has more; greater numbers have no place in those of C."""
FUSED = {"adam", "adamw", "sgd"}
"""Optimizers whose step torch runs as one kernel, on a CPU too."""


@with_parameters
class Fitting(FittedState, SequenceReader, Computation, EarlyStopping, Training, Network):
    """The part of an estimator that learns.

    Attributes
    ----------
    net_ : skorch.NeuralNet
        The fitted net, with the torch module in `net_.module_`.
    history_ : list of dict
        One row per epoch: epoch, train_loss, valid_loss under early stopping,
        monitored scores, lr and duration in seconds.
        ``pandas.DataFrame(model.history_)`` is a table of it.
    n_iter_ : int
        Number of epochs run.
    best_epoch_ : int
        Epoch whose weights were restored, counted from 1 as in `history_`;
        only under early stopping.
    n_parameters_ : int
        Number of trained weights.
    input_ : {"tokens", "values"}
        What X was in fit.
    n_inputs_ : int
        Number of token ids, special ones included, or of channels of X.
    known_tokens_ : ndarray of shape (n_inputs,), dtype bool
        Which token ids have been seen in training, special ones included; only
        of tokens.
    fingerprint_ : tuple or None
        Fingerprint of the vocabulary that made the token ids, as in
        :class:`~seqestimators.sequences.Fingerprint`; only of tokens, and None
        where it is not known.
    n_positions_ : int
        Number of positions that have a vector; 0 without `positions`.
    channel_mean_, channel_scale_ : ndarray of shape (n_inputs,), dtype float64
        Mean and standard deviation of every channel in the training rows;
        only of series that are standardized. The scale of a constant channel
        is 1. Missing values don't count.
    n_features_in_ : int
        Number of columns of X, only if fit saw a 2-D array.
    feature_names_in_ : ndarray of str
        Names of the columns of X, only if fit saw a data frame.
    """

    # What a subclass supplies

    def _read_target(self, y: Any) -> Any:
        """Return y as an array with one row per sequence, or None: checked, but not yet numbers."""
        return y

    def _learn_target(
        self, y: Any, sequences: Sequences, sample_weight: np.ndarray, classes: Any = None
    ) -> None:
        """Learn from y, as `_read_target` returns it, how it is encoded; rows of weight 0 are absent."""

    def _learn_later_target(self, y: Any, sequences: Sequences, sample_weight: np.ndarray) -> None:
        """Learn what may still grow when the training goes on with other rows."""

    @abstractmethod
    def _encode_target(self, y: Any, sequences: Sequences) -> Any:
        """Return y as the loss reads it: an array with one row per sequence, or Sequences."""

    def _write_target(self, y: Any) -> Any:
        """Return y as predictions are written, which is what scores and callbacks compare them with."""
        return y

    @abstractmethod
    def _make_network(self, encoder: RecurrentEncoder) -> SequenceNetwork:
        """Return the network around an encoder."""

    def _make_encoder(self, **options: Any) -> RecurrentEncoder:
        """Return the encoder with these options of RecurrentEncoder."""
        return RecurrentEncoder(**options)

    def _strata(self, y: Any) -> Any:
        """Return the classes to stratify the validation rows by, or None."""
        return None

    def _row_weights(self, target: Any, sample_weight: np.ndarray, y: Any) -> Any:
        """Return the weight in the loss of every row, or of every value of a ragged target."""
        return sample_weight

    def _scoring(self) -> Any:
        """Return the scores to monitor, as scikit-learn's ``scoring``."""
        return self.scoring

    # What happens in fit

    def _fit(self, X: Any, y: Any, sample_weight: Any, groups: Any = None, **of_target: Any) -> Any:
        """Fit from the start, or go on from the present weights under `warm_start`."""
        goes_on = self.warm_start and hasattr(self, "net_")
        with self._all_or_nothing(goes_on):
            return self._train(
                self._prepare(
                    X,
                    y,
                    sample_weight,
                    groups,
                    of_target=of_target,
                    goes_on=goes_on,
                    sets_rows_aside=self.early_stopping,
                ),
                max_epochs=int(self.max_epochs),
                lr_schedule="constant" if goes_on else self.lr_schedule,
            )

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, classes: Any = None, **of_target: Any) -> Any:
        """Run one epoch at a constant learning rate."""
        goes_on = hasattr(self, "net_")
        if self.early_stopping:
            raise ValueError("partial_fit sees one chunk at a time and supports no early_stopping=True")
        if getattr(self, "class_weight", None) == "balanced":
            raise ValueError(
                'class_weight="balanced" needs all labels at once, and partial_fit sees one chunk at a time: '
                "give a dict with a weight for each class"
            )
        if classes is not None and goes_on and {*_plain(classes)} != {*self.classes_.tolist()}:
            raise ValueError(
                f"classes={_plain(classes)} are not those of the first call, "
                f"{self.classes_.tolist()}: leave them out, or give the same"
            )
        with self._all_or_nothing(goes_on):
            datasets = self._prepare(
                X, y, sample_weight, of_target=of_target, classes=classes, goes_on=goes_on
            )
            return self._train(datasets, max_epochs=1, lr_schedule="constant")

    def _prepare(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        groups: Any = None,
        *,
        of_target: dict[str, Any],
        classes: Any = None,
        goes_on: bool,
        sets_rows_aside: bool = False,
    ) -> dict[str, SequenceDataset]:
        """Read and check all inputs, learn what is to be learned of them, and make the net.

        Rows of weight 0 count as absent. What is learned of X and y comes
        from the training rows alone. Returns the data sets, "train" and
        perhaps "valid".
        """
        if y is None and self.__sklearn_tags__().target_tags.required:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None: give one per row"
            )
        device = self._device()
        check_callbacks(self.callbacks, has_validation=sets_rows_aside)
        if goes_on:
            self._refuse_changes()
            self.net_.move_to(device)
        warn_of_unused(self)
        if self.pretrained is None and not goes_on:
            self._warn_if_untrained(stacklevel=6)
        sequences = self._read(X, reset=not goes_on)
        check_consistent_length(sequences, y)
        if self.pretrained is not None:
            refuse_contradictions(self, find_pretrained(self.pretrained))
            refuse_other_input(sequences, find_pretrained(self.pretrained), self.missing)
        weight = np.ones(len(sequences))
        if sample_weight is not None:
            if hasattr(sample_weight, "__len__"):
                sample_weight = read_labels(sample_weight, "sample_weight")
            weight = _check_sample_weight(
                sample_weight, np.empty((len(sequences), 1)), ensure_non_negative=True
            )
            weight = np.ldexp(weight, -np.frexp(weight.max())[1])  # their sum may be too small a number
        kept = np.flatnonzero(weight)
        if not len(kept):
            raise ValueError("sample_weight is 0 for every row: no row is left to learn from")
        y = self._read_target(y, **of_target)
        generators = None if goes_on else make_generators(self.random_state, device)
        parts = {"train": kept}
        if sets_rows_aside:
            seed = (generators or make_generators(self.random_state)).split_seed
            parts = self._set_rows_aside(sequences, y, groups, kept, seed)
        seen = np.zeros(len(sequences))
        seen[parts["train"]] = weight[parts["train"]]
        if goes_on:
            self._learn_later_input(sequences)
            self._learn_later_target(y, sequences, seen)
        else:
            self._remember_parameters()
            self._learn_input(sequences[parts["train"]], weight[parts["train"]])
            self._learn_target(y, sequences, seen, classes)
        sequences = self._as_network_reads(sequences)
        target, labels = self._encode_target(y, sequences), self._write_target(y)
        weights = self._row_weights(target, weight, y)
        if generators is not None:
            self._make_net(generators)
            self.history_: list[dict[str, Any]] = []
        return {
            name: SequenceDataset(
                sequences[rows],
                target[rows],
                weights[rows],
                labels=None if y is None else labels[rows],
                device=device,
            )
            for name, rows in parts.items()
        }

    def _set_rows_aside(
        self, sequences: Sequences, y: Any, groups: Any, kept: np.ndarray, seed: int
    ) -> dict[str, np.ndarray]:
        """Split the rows that are present into training and validation."""
        if groups is not None:
            check_consistent_length(sequences, groups)
            groups = read_labels(groups, "groups")[kept]
        strata = self._strata(y)
        train, valid = split_validation(
            len(kept),
            self.validation_fraction,
            stratify=None if strata is None else strata[kept],
            groups=groups,
            seed=seed,
        )
        return {"train": kept[train], "valid": kept[valid]}

    def _learn_input(self, sequences: Sequences, sample_weight: np.ndarray) -> None:
        super()._learn_input(sequences, sample_weight)
        if self.pretrained is not None and sequences.is_tokens:
            model = find_pretrained(self.pretrained)
            known = model.known_tokens_.copy()
            known[: self.n_inputs_] |= self.known_tokens_
            self.n_inputs_, self.known_tokens_ = model.n_inputs_, known
            self.fingerprint_ = self.fingerprint_ or getattr(model, "fingerprint_", None)

    def _device(self) -> torch.device:
        return find_device(self.device)

    def _build_network(self, max_weights: int | None = None) -> SequenceNetwork:
        """Make the network of these parameters, its weights NaN."""
        with Unfilled(max_weights):
            network = self._make_network(self._make_encoder_of(self))
        return network.to(DTYPES[self.dtype])

    def _make_encoder_of(self, column: SequenceReader) -> RecurrentEncoder:
        """Return the encoder of a column: what it reads, and the parameters of this estimator."""
        return self._make_encoder(
            input_size=column._n_network_inputs,
            tokens=column.input_ == "tokens",
            dropout=self.dropout,
            token_dropout=getattr(self, "token_dropout", 0.0),
            n_positions=column.n_positions_,
            **architecture_of(self),
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

    def _train(
        self,
        datasets: dict[str, SequenceDataset],
        *,
        max_epochs: int,
        lr_schedule: str,
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
        net.callbacks = make_callbacks(
            lr=rates,
            lr_schedule=lr_schedule,
            cycle_momentum=isinstance(self.optimizer, str),
            n_batches=len(BatchIterator(datasets["train"], net.batch_size)),
            max_epochs=max_epochs,
            gradient_clip=self.gradient_clip,
            scores=scores,
            patience=self.n_iter_no_change if has_validation else None,
            extra=self.callbacks,
        )
        if self.pretrained is not None and self.gradual_unfreezing and not self.history_:
            net.callbacks.append(("unfreezing", Unfreezing(layer_groups(net.module_))))
        net.initialize_callbacks()
        net.train_split = predefined_split(datasets["valid"]) if has_validation else None
        net.initialize_history()
        net.estimator = self
        interruption = None
        try:
            net.notify("on_train_begin", X=datasets["train"], y=None)
            try:
                net.fit_loop(datasets["train"], epochs=max_epochs)
            except KeyboardInterrupt as error:  # which is also how skorch stops early
                interruption = None if _has_stopped_early(net) else error
            except KeyError as error:
                if not net.history or "was not found in history" not in str(error):
                    raise
                raise ValueError(
                    f"a callback monitors what isn't there: {error.args[0]} There are "
                    f"{', '.join(_columns(net))}"
                ) from error
            net.notify("on_train_end", X=datasets["train"], y=None)
            best_epoch = _find_stoppers(net)[0].best_epoch_ if has_validation else 0
        finally:  # the fitted net holds neither data nor callbacks that hold some
            net.train_split = None
            net.callbacks = net.estimator = None
            net.initialize_callbacks()
        epochs = _plain_history(net.history, first_epoch=len(self.history_) + 1)
        if interruption is not None and not epochs:
            raise interruption
        self.history_ = self.history_ + epochs
        self.n_iter_ = len(self.history_)
        self.__dict__.pop("best_epoch_", None)
        if best_epoch:
            self.best_epoch_ = self.n_iter_ - len(epochs) + best_epoch
        if not all(torch.isfinite(weight).all() for weight in net.module_.parameters()):
            raise ValueError(
                f"Training diverged: weights are no longer finite after {self.n_iter_} epochs. Lower lr (now "
                f"{self.lr}), set gradient_clip, or scale the values of X."
            )
        if interruption is not None:
            raise Interrupted(f"training was interrupted; the first {self.n_iter_} epochs are kept")
        return self

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


def _plain(classes: Any) -> list[Any]:
    return classes if isinstance(classes, list) else np.asarray(classes).tolist()


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
