"""What all recurrent estimators share: reading, training, running the network, state."""

import warnings
from abc import abstractmethod
from collections.abc import Callable
from copy import deepcopy
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.metrics import check_scoring
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted
from skorch import callbacks as skorch_callbacks
from skorch.helper import predefined_split

from .._sklearn import _check_sample_weight
from .._training import (
    MAX_STEPS,
    BatchIterator,
    SequenceDataset,
    SequenceNet,
    Unfreezing,
    make_callbacks,
    make_generators,
    run_batches,
)
from ..modules import Batch, RecurrentEncoder, SequenceNetwork, Unfilled, drive_dropout, initialize
from ..sequences import Sequences
from ._input import SequenceReader
from ._pretraining import (
    ARCHITECTURE,
    find_language_model,
    layer_groups,
    layer_names,
    load_encoder,
    refuse_contradictions,
    refuse_new_tokens,
)
from ._state import FittedState
from ._validation_split import split_validation
from .parameters import (
    DTYPES,
    OPTIMIZERS,
    Computation,
    EarlyStopping,
    Network,
    Training,
    parameters,
    warn_of_unused,
)

__all__ = ["BaseRecurrent"]

FUSED = {"adam", "adamw", "sgd"}
"""Optimizers whose step torch runs as one kernel, on a CPU too."""


@parameters
class BaseRecurrent(
    FittedState,
    ClassNamePrefixFeaturesOutMixin,  # type: ignore[misc]
    TransformerMixin,  # type: ignore[misc]
    SequenceReader,
    Computation,
    EarlyStopping,
    Training,
    Network,
):
    """Base of all recurrent estimators.

    A subclass declares its parameters as fields, and supplies what its task
    needs: how y is read (`_read_target`), what is learned of it
    (`_learn_target`), how it becomes numbers (`_encode_target`), the network,
    which owns the loss (`_make_network`), and what predict makes of the
    network's outputs. None but `_learn_target` and `_learn_later_target`
    changes the estimator.

    Examples
    --------
    >>> from seqestimators import RecurrentTagger
    >>> from seqestimators.estimators import BaseRecurrent
    >>> issubclass(RecurrentTagger, BaseRecurrent)
    True
    """

    pretrained = None  # a field of those that can start from another network

    _doc_link_module = "seqestimators"
    _doc_link_template = (
        "https://seqestimators.readthedocs.io/en/latest/api/generated/seqestimators.{estimator_name}.html"
    )
    _shared_attributes: ClassVar[str] = """net_ : skorch.NeuralNet
    The fitted net, with the torch module in `net_.module_`.
history_ : list of dict
    One row an epoch: epoch, train_loss, valid_loss under early stopping,
    monitored scores, lr and duration in seconds.
    ``pandas.DataFrame(model.history_)`` is a table of it.
n_iter_ : int
    Number of epochs run.
n_parameters_ : int
    Number of trained weights.
input_ : {"tokens", "values"}
    What X was in fit.
n_inputs_ : int
    Number of token ids, special ones included, or of channels.
known_tokens_ : ndarray of shape (n_inputs_,), dtype bool
    Which token ids fit has seen, special ones included; only of tokens.
n_features_in_ : int
    Number of columns of X, only if fit saw a 2-D array.
feature_names_in_ : ndarray of str
    Names of the columns of X, only if fit saw a data frame."""

    # What a subclass supplies

    def _read_target(self, y: Any) -> Any:
        """Return y as an array with a row a sequence, or None: checked, but not yet numbers."""
        return y

    def _learn_target(
        self, y: Any, sequences: Sequences, sample_weight: np.ndarray, classes: Any = None
    ) -> None:
        """Learn from y, as `_read_target` returns it, how it is encoded; rows of weight 0 are absent."""

    def _learn_later_target(self, y: Any, sequences: Sequences) -> None:
        """Learn what may still grow when the training goes on with other rows."""

    @abstractmethod
    def _encode_target(self, y: Any, sequences: Sequences) -> Any:
        """Return y as the loss reads it: an array with a row a sequence, or Sequences."""

    @abstractmethod
    def _make_network(self, encoder: RecurrentEncoder) -> SequenceNetwork:
        """Return the network around an encoder."""

    def _make_encoder(self, **options: Any) -> RecurrentEncoder:
        """Return the encoder with these options of RecurrentEncoder."""
        return RecurrentEncoder(**options)

    def _strata(self, y: Any) -> Any:
        """Return the classes to stratify the validation rows by, or None."""
        return None

    def _row_weights(self, target: Any, sample_weight: np.ndarray) -> Any:
        """Return the weight in the loss of every row, or of every value of a ragged target."""
        return sample_weight

    # Training

    def _fit(self, X: Any, y: Any, sample_weight: Any, groups: Any = None) -> Any:
        """Fit from the start, or go on from the present weights under `warm_start`."""
        goes_on = self.warm_start and hasattr(self, "net_")
        return self._train(
            *self._prepare(X, y, sample_weight, groups, goes_on=goes_on, sets_rows_aside=self.early_stopping),
            max_epochs=self.max_epochs,
            lr_schedule="constant" if goes_on else self.lr_schedule,
        )

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, classes: Any = None) -> Any:
        """Run one epoch at a constant learning rate."""
        goes_on = hasattr(self, "net_")
        if self.early_stopping:
            raise ValueError("partial_fit sees one chunk at a time and supports no early_stopping=True")
        if getattr(self, "class_weight", None) == "balanced":
            raise ValueError(
                'class_weight="balanced" needs all labels at once, and partial_fit sees one chunk at a time: '
                "give a dict with a weight for each class"
            )
        if (
            classes is not None
            and goes_on
            and set(np.asarray(classes).tolist()) != set(self.classes_.tolist())
        ):
            raise ValueError(
                f"classes={np.asarray(classes).tolist()} are not those of the first call, "
                f"{self.classes_.tolist()}: leave them out, or give the same"
            )
        data = self._prepare(X, y, sample_weight, classes=classes, goes_on=goes_on)
        return self._train(*data, max_epochs=1, lr_schedule="constant")

    def _prepare(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        groups: Any = None,
        *,
        classes: Any = None,
        goes_on: bool,
        sets_rows_aside: bool = False,
    ) -> tuple[dict[str, SequenceDataset], dict[str, Any]]:
        """Read and check all inputs, learn what is to be learned of them, and make the net.

        Rows of weight 0 count as absent. What is learned of X and y comes
        from the training rows alone. Returns the data sets, "train" and
        perhaps "valid", and for each the rows of X and y that scores read.
        """
        if y is None and self.__sklearn_tags__().target_tags.required:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None: give one a row"
            )
        warn_of_unused(self)
        if self.pretrained is None and not goes_on:
            self._warn_if_untrained()
        sequences = self._read(X, reset=not goes_on)
        check_consistent_length(sequences, y)
        if self.pretrained is not None:
            refuse_contradictions(self, find_language_model(self.pretrained))
            refuse_new_tokens(sequences, find_language_model(self.pretrained))
        weight = np.ones(len(sequences))
        if sample_weight is not None:
            weight = _check_sample_weight(
                sample_weight, np.empty((len(sequences), 1)), ensure_non_negative=True
            )
        kept = np.flatnonzero(weight)
        if not len(kept):
            raise ValueError("sample_weight is 0 for every row: no row is left to learn from")
        y = self._read_target(y)
        generators = None if goes_on else make_generators(self.random_state, self._device())
        parts = {"train": kept}
        if sets_rows_aside:
            seed = (generators or make_generators(self.random_state)).split_seed
            parts = self._set_rows_aside(X, y, groups, kept, seed)
        if goes_on:
            self._learn_later_target(y, sequences)
        else:
            seen = np.zeros(len(sequences))
            seen[parts["train"]] = weight[parts["train"]]
            self._learn_input(sequences[parts["train"]])
            self._learn_target(y, sequences, seen, classes)
            if sequences.is_tokens and sets_rows_aside:
                sequences = self._replace_unknown(sequences)
        target = self._encode_target(y, sequences)
        weights = self._row_weights(target[kept], weight[kept])
        if generators is not None:
            self._make_net(generators)
            self.history_: list[dict[str, Any]] = []
        place = np.full(len(sequences), -1)
        place[kept] = np.arange(len(kept))
        datasets = {
            name: SequenceDataset(sequences[rows], target[rows], weights[place[rows]], device=self._device())
            for name, rows in parts.items()
        }
        return datasets, {
            name: (sequences[rows], None if y is None else y[rows]) for name, rows in parts.items()
        }

    def _set_rows_aside(
        self, X: Any, y: Any, groups: Any, kept: np.ndarray, seed: int
    ) -> dict[str, np.ndarray]:
        """Split the rows that are present into training and validation."""
        if groups is not None:
            check_consistent_length(X, groups)
            groups = np.asarray(groups)[kept]
        strata = self._strata(y)
        train, valid = split_validation(
            len(kept),
            self.validation_fraction,
            stratify=None if strata is None else strata[kept],
            groups=groups,
            seed=seed,
        )
        return {"train": kept[train], "valid": kept[valid]}

    def _learn_input(self, sequences: Sequences) -> None:
        super()._learn_input(sequences)
        if self.pretrained is not None:
            model = find_language_model(self.pretrained)
            known = model.known_tokens_.copy()
            known[: self.n_inputs_] |= self.known_tokens_
            self.n_inputs_, self.known_tokens_ = model.n_inputs_, known

    def _device(self) -> torch.device:
        if self.device != "auto":
            return torch.device(self.device)
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def _build_network(self) -> SequenceNetwork:
        """Make the network of these parameters, its weights NaN."""
        with Unfilled():
            encoder = self._make_encoder(
                input_size=self.n_inputs_,
                tokens=self.input_ == "tokens",
                dropout=self.dropout,
                **{name: getattr(self, name) for name in ARCHITECTURE},
            )
            network = self._make_network(encoder)
        return network.to(self._device(), DTYPES[self.dtype])

    def _make_net(self, generators: Any = None) -> None:
        """Build the network and its skorch net, with fresh weights if there are generators."""
        pretrained = None if self.pretrained is None else find_language_model(self.pretrained)
        if generators is not None:
            self._remember_parameters(pretrained)
        network = self._as_fitted()._build_network()
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
            device=self._device(),
            verbose=int(self.verbose),
            order_generator=generators.order if generators is not None else None,
            **optimizer,
        ).initialize()
        self.n_parameters_ = sum(weight.numel() for weight in network.parameters())

    def _batch_size(self) -> int:
        return -1 if self.batch_size == "all" else self.batch_size

    def _train(
        self,
        datasets: dict[str, SequenceDataset],
        monitored: dict[str, Any],
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
        scorer = None if self.scoring is None else check_scoring(self, scoring=self.scoring)
        monitor = None
        if "valid" in datasets:
            monitor = "valid_loss" if scorer is None else f"valid_{self._score_names()[0]}"
        rates, defaults = self._learning_rates(net.module_), net.optimizer_.defaults
        for group, lr in zip(net.optimizer_.param_groups, rates, strict=True):
            # the schedule of the last fit has left the rate near 0, and the momentum changed
            group |= {name: defaults[name] for name in ("betas", "momentum") if name in defaults}
            group["lr"] = lr
        net.batch_size = self._batch_size()
        net.callbacks = make_callbacks(
            lr=rates,
            lr_schedule=lr_schedule,
            cycle_momentum=isinstance(self.optimizer, str),
            n_batches=len(BatchIterator(datasets["train"], net.batch_size)),
            max_epochs=max_epochs,
            gradient_clip=self.gradient_clip,
            scores=None if scorer is None else lambda: self._monitor(scorer, monitored),
            monitor=monitor,
            patience=self.n_iter_no_change,
            extra=deepcopy(self.callbacks),
        )
        if self.pretrained is not None and self.gradual_unfreezing and not self.history_:
            net.callbacks.append(("unfreezing", Unfreezing(layer_groups(net.module_))))
        net.initialize_callbacks()
        net.train_split = predefined_split(datasets["valid"]) if "valid" in datasets else None
        net.initialize_history()
        try:
            net.notify("on_train_begin", X=datasets["train"], y=None)
            try:
                net.fit_loop(datasets["train"], epochs=max_epochs)
            except KeyboardInterrupt:  # which is also how skorch stops early
                if not _has_stopped_early(net):
                    warnings.warn("Training interrupted by user.", stacklevel=5)
            net.notify("on_train_end", X=datasets["train"], y=None)
        finally:  # the fitted net holds neither data nor callbacks that hold some
            net.train_split = None
            net.callbacks = None
            net.initialize_callbacks()
        self.history_ = self.history_ + _plain_history(net.history, first_epoch=len(self.history_) + 1)
        self.n_iter_ = len(self.history_)
        if not all(torch.isfinite(weight).all() for weight in net.module_.parameters()):
            raise ValueError(
                f"Training diverged: weights are no longer finite after {self.n_iter_} epochs. Lower lr (now "
                f"{self.lr}), set gradient_clip, or scale the values of X."
            )
        return self

    def _learning_rates(self, network: SequenceNetwork) -> list[float]:
        """Learning rate of each group of weights that the optimizer has."""
        if self.pretrained is None:
            return [self.lr]
        n_layers = len(layer_names(network))
        return [self.lr / self.layer_decay ** (i + 1) for i in range(n_layers)] + [self.lr]

    def _score_names(self) -> list[str]:
        if isinstance(self.scoring, str):
            return [self.scoring]
        return list(self.scoring) if isinstance(self.scoring, list) else ["score"]

    def _monitor(self, scorer: Any, monitored: dict[str, Any]) -> dict[str, float]:
        """Score the network as it stands on the training and validation rows."""
        scores: dict[str, float] = {}
        for part, (sequences, y) in monitored.items():
            result = scorer(self, sequences, y)
            result = result if isinstance(result, dict) else {self._score_names()[0]: result}
            scores |= {f"{part}_{name}": score for name, score in result.items()}
        return scores

    # Using the network: for predict, and for those who look inside

    def run(
        self,
        X: Any,
        function: Callable[[Batch], Any] | None = None,
        *,
        target: Any = None,
        max_steps: int = MAX_STEPS,
        min_rows: int | None = None,
    ) -> Any:
        """Run the fitted network over all rows of X, in batches of bounded size.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        function : callable or None, default=None
            Takes a :class:`~seqestimators.modules.Batch`; returns a Tensor
            with a row a sequence, a :class:`~seqestimators.modules.Ragged`, or
            a list with an item a sequence. None takes the network itself.
        target : ndarray, Sequences or None, default=None
            What the batches have as their target, as `encode_target` returns
            it.
        max_steps : int, default=2**14
            Padded steps of a batch, at most, unless it has no more than
            `min_rows` rows.
        min_rows : int or None, default=None
            At least 1; None takes `batch_size`.

        Returns
        -------
        ndarray of shape (n, ...), Sequences, or ndarray of shape (n,), dtype object
            The results in the order of the rows.
        """
        check_is_fitted(self)
        network = self.net_.module_.eval()
        dataset = SequenceDataset(self.read(X), target, device=self.net_.device)
        return run_batches(
            dataset,
            network if function is None else function,
            max_steps=max_steps,
            min_rows=self.net_.batch_size if min_rows is None else min_rows,
        )

    def encode_target(self, X: Any, y: Any) -> Any:
        """Return targets as the loss reads them; the estimator stays as it is.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of n targets
            As in fit.

        Returns
        -------
        ndarray of shape (n, ...) or Sequences
            A row a sequence, or any number of values a sequence.
        """
        check_is_fitted(self)
        sequences = self.read(X)
        check_consistent_length(sequences, y)
        return self._encode_target(self._read_target(y), sequences)

    def answer(self, outputs: np.ndarray) -> np.ndarray:
        """Return what outputs of the network say: probabilities of classes, or numbers.

        Parameters
        ----------
        outputs : ndarray of shape (n, n_outputs)

        Returns
        -------
        ndarray of shape (n, n_classes), (n,) or (n, n_targets)
        """
        raise self._gives_no_single_answer()

    def margin(self, target: Any = None) -> Any:
        """Return the one number of an answer that an explanation is about.

        Parameters
        ----------
        target : object, default=None
            Class to explain, as in `classes_`; index of a label or of a
            target. None takes the second of two classes, the likeliest of
            several, or the only target.

        Returns
        -------
        object
            With methods `choose(outputs)`, `read(outputs, columns, scale)` and
            `name(column, scale)`, and attributes `unit` and `column`.
        """
        raise self._gives_no_single_answer()

    def _gives_no_single_answer(self) -> TypeError:
        return TypeError(
            f"{type(self).__name__} gives no single answer for a sequence: this needs a "
            "RecurrentClassifier or a RecurrentRegressor"
        )

    def transform(self, X: Any) -> np.ndarray:
        """Return the pooled hidden state of every sequence.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n, n_features_out), dtype `dtype`
            The vector the output layer reads, before batch norm and dropout.
        """
        check_is_fitted(self)
        return self.run(X, self.net_.module_.represent)  # type: ignore[no-any-return]

    @property
    def _n_features_out(self) -> int:
        return self.net_.module_.representation_size  # type: ignore[no-any-return]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.three_d_array = True
        tags.input_tags.categorical = tags.input_tags.positive_only = self.input == "tokens"
        tags.target_tags.required = True
        if tags.transformer_tags is not None:
            tags.transformer_tags.preserves_dtype = [self.dtype]
        return tags


def _has_stopped_early(net: SequenceNet) -> bool:
    stoppers = [one for _, one in net.callbacks_ if isinstance(one, skorch_callbacks.EarlyStopping)]
    return any(one.misses_ == one.patience for one in stoppers)


def _plain_history(history: Any, first_epoch: int) -> list[dict[str, Any]]:
    """One dict of numbers an epoch out of skorch's history."""
    rows = []
    finished = [row for row in history if "dur" in row]  # an epoch that was interrupted has no end
    for epoch, row in enumerate(finished, first_epoch):
        scores = {
            name: value
            for name, value in row.items()
            if name.startswith(("train_", "valid_")) and not name.endswith(("_best", "_batch_count"))
        }
        rows.append({"epoch": epoch, **scores, "lr": row["lr"], "duration": row["dur"]})
    return rows
