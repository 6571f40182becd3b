"""What all recurrent estimators share: parameters, reading, training, state."""

from abc import abstractmethod
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import check_scoring
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted
from skorch.helper import predefined_split

from .._sklearn import HasMethods, Integral, Interval, Real, StrOptions, _check_sample_weight
from .._training import (
    BatchIterator,
    SequenceDataset,
    SequenceNet,
    Unfreezing,
    make_callbacks,
    make_generators,
)
from ..modules import RecurrentEncoder, initialize
from ..modules.encoder import CELLS
from ._input import SequenceReader
from ._pretraining import (
    ARCHITECTURE,
    find_language_model,
    layer_groups,
    layer_names,
    load_encoder,
    refuse_new_tokens,
)
from ._validation_split import split_validation

__all__ = ["BaseRecurrent"]

OPTIMIZERS = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "nadam": torch.optim.NAdam,
    "radam": torch.optim.RAdam,
    "rmsprop": torch.optim.RMSprop,
    "sgd": torch.optim.SGD,
}
FUSED = {"adam", "adamw", "sgd"}
"""Optimizers whose step torch runs as one kernel, on a CPU too."""
DTYPES = {"float32": torch.float32, "float64": torch.float64}


class BaseRecurrent(ClassNamePrefixFeaturesOutMixin, TransformerMixin, SequenceReader):
    """Base of all recurrent estimators.

    A subclass lists its parameters in `__init__`, as scikit-learn asks, and
    supplies what its task needs: how y becomes numbers (`_encode_target`),
    the network (`_make_network`), the loss (`_criterion`), and what predict
    makes of the network's outputs (`_run`).
    """

    _net_class = SequenceNet
    _mixes_directions = True
    _teacher_forcing = False
    pretrained: Any = None

    _doc_link_module = "seqestimators"
    _doc_link_template = (
        "https://seqestimators.readthedocs.io/en/latest/api/generated/seqestimators.{estimator_name}.html"
    )

    _parameter_constraints: dict = {
        "cell": [StrOptions(set(CELLS))],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "num_layers": [Interval(Integral, 1, None, closed="left")],
        "bidirectional": ["boolean"],
        "embedding_dim": [Interval(Integral, 1, None, closed="left"), None],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "input": [StrOptions({"auto", "tokens", "values"})],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"all"})],
        "optimizer": [StrOptions(set(OPTIMIZERS)), type],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "gradient_clip": [Interval(Real, 0, None, closed="neither"), None],
        "lr_schedule": [StrOptions({"one_cycle", "cosine", "constant"})],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "scoring": [str, callable, list, None],
        "output_bias": ["boolean"],
        "dtype": [StrOptions(set(DTYPES))],
        "callbacks": [list, None],
        "device": [str, torch.device],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    # Of those that can start from a language model
    _pretraining_constraints: dict = {
        "pretrained": [HasMethods(["score_samples"]), FrozenEstimator, None],
        "gradual_unfreezing": ["boolean"],
        "layer_decay": [Interval(Real, 1, None, closed="left")],
    }

    # What a subclass supplies

    @abstractmethod
    def _encode_target(self, y, sequences, sample_weight, reset, classes=None):
        """Return y as the loss reads it, and as a score does; learn the encoding if `reset`.

        The first is an array with a row a sequence, or Sequences.
        """

    @abstractmethod
    def _make_network(self, encoder, factory):
        """Return the network around an encoder, on the device and of the dtype of `factory`."""

    @abstractmethod
    def _criterion(self):
        """Return the loss: a module that gives one number a row, or a value of a ragged target."""

    def _strata(self, target):
        """Return the classes to stratify the validation rows by, or None."""
        return None

    def _row_weights(self, target, sample_weight):
        """Return the weight in the loss of every row, or of every value of a ragged target."""
        return sample_weight

    # Training

    def _fit(self, X, y, sample_weight, groups=None):
        """Fit from the start, or go on from the present weights under `warm_start`."""
        goes_on = self.warm_start and hasattr(self, "net_")
        data = self._prepare(X, y, sample_weight, reset=not goes_on)
        sequences, target, weight, kept, y = data
        generators = make_generators(self.random_state, self._device()) if not goes_on else None
        train, valid = np.arange(len(sequences)), None
        if self.early_stopping:
            if groups is not None:
                check_consistent_length(X, groups)
                groups = np.asarray(groups)[kept]
            seed = generators.split_seed if generators else make_generators(self.random_state).split_seed
            train, valid = split_validation(
                len(sequences),
                self.validation_fraction,
                stratify=self._strata(target),
                groups=groups,
                seed=seed,
            )
        if valid is not None and not goes_on:
            sequences, target = self._learn_anew(sequences, y, weight, train)
        if not goes_on:
            self._make_net(generators)
            self.history_ = []
        parts = {"train": train} if valid is None else {"train": train, "valid": valid}
        datasets = {
            name: self._make_dataset(sequences[rows], target[rows], weight[rows])
            for name, rows in parts.items()
        }
        monitored = {name: (sequences[rows], None if y is None else y[rows]) for name, rows in parts.items()}
        self._train(datasets, self.max_epochs, "constant" if goes_on else self.lr_schedule, monitored)
        return self

    def _learn_anew(self, sequences, y, weight, train):
        """Learn the tokens and the scale of y from the training rows alone, and encode all rows so."""
        self._learn_input(sequences[train])
        if sequences.is_tokens:
            sequences = self._replace_unknown(sequences)
        seen = np.zeros(len(sequences))
        seen[train] = weight[train] if isinstance(weight, np.ndarray) else 1.0
        return sequences, self._encode_target(y, sequences, seen, reset=True)[0]

    def _partial_fit(self, X, y, sample_weight, classes=None):
        """Run one epoch at a constant learning rate."""
        if self.early_stopping:
            raise ValueError("partial_fit sees one chunk at a time and supports no early_stopping=True")
        if getattr(self, "class_weight", None) == "balanced":
            raise ValueError(
                'class_weight="balanced" needs all labels at once, and partial_fit sees one chunk at a time: '
                "give a dict with a weight for each class"
            )
        reset = not hasattr(self, "net_")
        if (
            classes is not None
            and not reset
            and set(np.asarray(classes).tolist()) != set(self.classes_.tolist())
        ):
            raise ValueError(
                f"classes={np.asarray(classes).tolist()} are not those of the first call, "
                f"{self.classes_.tolist()}: leave them out, or give the same"
            )
        sequences, target, weight, _, y = self._prepare(X, y, sample_weight, reset=reset, classes=classes)
        if reset:
            self._make_net(make_generators(self.random_state, self._device()))
            self.history_ = []
        dataset = self._make_dataset(sequences, target, weight)
        self._train({"train": dataset}, 1, "constant", {"train": (sequences, y)})
        return self

    def _make_dataset(self, sequences, target, weight):
        return SequenceDataset(
            sequences, target, weight, teacher_forcing=self._teacher_forcing, device=self._device()
        )

    def _prepare(self, X, y, sample_weight, reset, classes=None):
        """Read and check all inputs; leave out the rows of weight 0, which count as absent."""
        if y is None and self.__sklearn_tags__().target_tags.required:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None: give one a row"
            )
        sequences = self._read(X, reset)
        check_consistent_length(sequences, y)
        if self.pretrained is not None:
            refuse_new_tokens(sequences, find_language_model(self.pretrained))
        kept = np.arange(len(sequences))
        weight = np.ones(len(sequences))
        if sample_weight is not None:
            weight = _check_sample_weight(
                sample_weight, np.empty((len(sequences), 1)), ensure_non_negative=True
            )
            kept = np.flatnonzero(weight)
            if not len(kept):
                raise ValueError("sample_weight is 0 for every row: no row is left to learn from")
        if reset:
            self._learn_input(sequences[kept])
        target, y = self._encode_target(y, sequences, weight, reset, classes)
        sequences, target, weight = sequences[kept], target[kept], weight[kept]
        y = None if y is None else y[kept]
        return sequences, target, self._row_weights(target, weight), kept, y

    def _learn_input(self, sequences):
        super()._learn_input(sequences)
        if self.pretrained is not None:
            model = find_language_model(self.pretrained)
            known = model._known.copy()
            known[: self.n_inputs_] |= self._known
            self.n_inputs_, self._known = model.n_inputs_, known

    def _device(self):
        if self.device != "auto":
            return torch.device(self.device)
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def _make_net(self, generators=None):
        """Build the network and its skorch net, with fresh weights if there are generators."""
        device, dtype = self._device(), DTYPES[self.dtype]
        factory = {"device": "meta", "dtype": dtype}
        pretrained = None if self.pretrained is None else find_language_model(self.pretrained)
        encoder = RecurrentEncoder(
            self.n_inputs_,
            tokens=self.input_ == "tokens",
            dropout=self.dropout,
            mix_directions=self._mixes_directions,
            **{name: getattr(pretrained or self, name) for name in ARCHITECTURE},
            **factory,
        )
        network = self._make_network(encoder, factory).to_empty(device=device)
        optimizer = {"optimizer": self.optimizer}
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
        if pretrained is not None:
            if generators is not None:
                load_encoder(network.encoder, pretrained)
            rates = self._learning_rates(network)
            optimizer["optimizer__param_groups"] = [  # what they leave out, the new layers, comes last
                (layer + "*", {"lr": lr}) for layer, lr in zip(layer_names(network), rates, strict=False)
            ]
        self.net_ = self._net_class(
            network,
            criterion=self._criterion(),
            lr=self.lr,
            batch_size=-1 if self.batch_size == "all" else self.batch_size,
            train_split=None,
            device=device,
            verbose=int(self.verbose),
            order_generator=generators.order if generators is not None else None,
            **optimizer,
        ).initialize()
        self.n_parameters_ = sum(weight.numel() for weight in network.parameters())
        if generators is not None:
            self._network_params = self.get_params(deep=False)

    def _train(self, datasets, max_epochs, lr_schedule, monitored):
        """Run skorch's loop over the datasets and take over its history."""
        net = self.net_
        if net.order_generator is None:  # read from a file: generators don't travel
            generators = make_generators(self.random_state, self._device())
            net.order_generator = generators.order
            for part in net.module_.modules():
                if hasattr(part, "generator"):
                    part.generator = generators.weights
        scorer = None if self.scoring is None else check_scoring(self, scoring=self.scoring)
        monitor = None
        if "valid" in datasets:
            monitor = "valid_loss" if scorer is None else f"valid_{self._score_names()[0]}"
        rates, defaults = self._learning_rates(net.module_), net.optimizer_.defaults
        for group, lr in zip(net.optimizer_.param_groups, rates, strict=True):
            # the schedule of the last fit has left the rate near 0, and the momentum changed
            group |= {name: defaults[name] for name in ("betas", "momentum") if name in defaults}
            group["lr"] = lr
        net.batch_size = -1 if self.batch_size == "all" else self.batch_size
        n_batches = len(BatchIterator(datasets["train"], net.batch_size))
        net.callbacks = make_callbacks(
            lr=rates,
            lr_schedule=lr_schedule,
            cycle_momentum=isinstance(self.optimizer, str),
            n_batches=n_batches,
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
            net.partial_fit(datasets["train"], epochs=max_epochs)
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

    def _learning_rates(self, network):
        """Learning rate of each group of weights that the optimizer has."""
        if self.pretrained is None:
            return [self.lr]
        n_layers = len(layer_names(network))
        return [self.lr / self.layer_decay ** (i + 1) for i in range(n_layers)] + [self.lr]

    def _score_names(self):
        if isinstance(self.scoring, str):
            return [self.scoring]
        return list(self.scoring) if isinstance(self.scoring, list) else ["score"]

    def _monitor(self, scorer, monitored):
        """Score the network as it stands on the training and validation rows."""
        scores: dict[str, float] = {}
        for part, (sequences, y) in monitored.items():
            result = scorer(self, sequences, y)
            result = result if isinstance(result, dict) else {self._score_names()[0]: result}
            scores |= {f"{part}_{name}": score for name, score in result.items()}
        return scores

    # Using the network

    def _run(self, X, method="forward"):
        """Return the network's outputs for every row of X, in the order of the rows."""
        check_is_fitted(self)
        dataset = SequenceDataset(self._read(X, reset=False), device=self.net_.device)
        network = self.net_.module_.eval()
        iterator = self.net_.get_iterator(dataset)
        with torch.inference_mode():
            outputs = (
                torch.cat([getattr(network, method)(batch.pieces) for batch, _ in iterator]).cpu().numpy()
            )
        result = np.empty_like(outputs)
        result[iterator.order] = outputs
        return result

    def transform(self, X):
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
        return self._run(X, "represent")

    @property
    def _n_features_out(self):
        return self.net_.module_.encoder.output_size

    # State

    def __sklearn_is_fitted__(self):
        return hasattr(self, "net_")  # a fit that failed has left attributes too

    def __sklearn_clone__(self):
        other = super().__sklearn_clone__()
        if self.pretrained is not None:  # a clone of it would have forgotten what it has learned
            other.pretrained = self.pretrained
        return other

    def __getstate__(self):
        state = dict(super().__getstate__())
        if "net_" in state:
            weights = state.pop("net_").module_.state_dict()
            state["_weights"] = {name: weight.cpu().numpy() for name, weight in weights.items()}
        return state

    def __setstate__(self, state):
        state = dict(state)
        weights = state.pop("_weights", None)
        super().__setstate__(state)
        if weights is not None:
            present = self.get_params(deep=False)
            self.__dict__.update(self._network_params)  # set_params may have changed them since
            self._make_net()
            self.__dict__.update(present)
            self.net_.module_.load_state_dict(
                {name: torch.from_numpy(np.array(weight)) for name, weight in weights.items()}
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.three_d_array = True
        tags.input_tags.categorical = tags.input_tags.positive_only = self.input == "tokens"
        tags.target_tags.required = True
        if tags.transformer_tags is not None:
            tags.transformer_tags.preserves_dtype = [self.dtype]
        return tags


def _plain_history(history, first_epoch):
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
