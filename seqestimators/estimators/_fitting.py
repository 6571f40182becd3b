"""What happens in fit: the inputs read and checked, what is to be learned of them, then the training."""

from abc import abstractmethod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_consistent_length

from .._training import EpochTasks, Resuming, SequenceDataset, make_generators
from ..exceptions import InvalidSequenceError
from ..parameters import warn_of_unused, with_parameters
from ..sequences import Sequences, read_labels, read_weights
from ._loop import TrainingLoop
from ._monitoring import check_callbacks
from ._pretraining import find_pretrained, refuse_contradictions, refuse_other_input
from ._resuming import open_folder, resume
from ._validation_split import split_validation


@with_parameters
class Fitting(TrainingLoop):
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

    def _learn_names(self, y: Any) -> None:
        """Learn what the targets are called, of y as fit is given it."""

    def _learn_later_target(self, y: Any, sequences: Sequences, sample_weight: np.ndarray) -> None:
        """Learn what may still grow when the training goes on with other rows."""

    @abstractmethod
    def _encode_target(self, y: Any, sequences: Sequences) -> Any:
        """Return y as the loss reads it: an array with one row per sequence, or Sequences."""

    def _write_target(self, y: Any) -> Any:
        """Return y as predictions are written, which is what scores and callbacks compare them with."""
        return y

    def _check_parameters(self) -> None:
        """Raise an error if parameters contradict each other."""

    def _strata(self, y: Any) -> Any:
        """Return the classes to stratify the validation rows by, or None."""
        return None

    def _row_weights(self, target: Any, sample_weight: np.ndarray, y: Any) -> Any:
        """Return the weight in the loss of every row, or of every value of a ragged target."""
        return sample_weight

    def _start_weights(self, dataset: SequenceDataset) -> None:
        """Set what weights of a new network begin at that is learned from the training rows."""

    # What happens in fit

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        groups: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        checkpoint: Any = None,
        **of_target: Any,
    ) -> Any:
        """Fit from the start, or go on from the present weights under `warm_start`."""
        goes_on = self.warm_start and hasattr(self, "net_")
        has_own_validation = self._check_validation_rows(X_val, y_val, groups)
        tasks = None
        if hasattr(self, "_init_callback_context"):  # from scikit-learn 1.9 on
            tasks = EpochTasks(self, int(self.max_epochs), X, y, sample_weight)
        with self._all_or_nothing(goes_on):
            datasets, resuming = self._prepare(
                X,
                y,
                sample_weight,
                groups,
                of_target=of_target,
                goes_on=goes_on,
                has_validation=self.early_stopping,
                validation_rows=(X_val, y_val) if has_own_validation else None,
                folder=open_folder(checkpoint, self.random_state),
            )
            self._train(
                datasets,
                max_epochs=int(self.max_epochs),
                lr_schedule="constant" if goes_on else self.lr_schedule,
                resuming=resuming,
                tasks=tasks,
            )
        if tasks is not None:
            tasks.end()
        return self

    def _check_validation_rows(self, X_val: Any, y_val: Any, groups: Any) -> bool:
        """Return whether validation rows are given, as early stopping can use them."""
        if X_val is None:
            if y_val is not None:
                raise ValueError("y_val is given without X_val: give both")
            return False
        if y_val is None and self.__sklearn_tags__().target_tags.required:
            raise ValueError("X_val is given without y_val: give both")
        if not self.early_stopping:
            raise ValueError(
                "X_val are validation rows for early stopping, and early_stopping=False: set it to True, or "
                "leave X_val out"
            )
        if groups is not None:
            raise ValueError(
                "groups say which rows stay together where some are set aside for validation, but X_val are "
                "given: leave one of them out"
            )
        return True

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
            datasets, _ = self._prepare(
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
        has_validation: bool = False,
        validation_rows: tuple[Any, Any] | None = None,
        folder: Path | None = None,
    ) -> tuple[dict[str, SequenceDataset], Resuming | None]:
        """Read and check all inputs, learn what is to be learned of them, and make the net.

        Rows of weight 0 count as absent. What is learned of X and y comes
        from the training rows alone. Returns the data sets, "train" and
        perhaps "valid", and what resumes the training from a file in `folder`.
        """
        self._check_parameters()
        if y is None and self.__sklearn_tags__().target_tags.required:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None: give one per row"
            )
        device = self._device()
        check_callbacks(self.callbacks, has_validation=has_validation)
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
        weight = read_weights(sample_weight, len(sequences))
        if sample_weight is not None:
            weight = np.ldexp(weight, -np.frexp(weight.max())[1])  # their sum may be too small a number
        kept = np.flatnonzero(weight)
        if not goes_on:
            self._learn_names(y)
        y = self._read_target(y, **of_target)
        generators = None if goes_on else make_generators(self.random_state, device)
        parts = {"train": kept}
        if has_validation and validation_rows is None:
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
        valid: Any = None
        if validation_rows is not None:
            valid = self._read_validation_rows(*validation_rows)
        resuming = None
        if folder is not None:
            data = {"X": sequences, "y": y, "weight": weight, "rows": parts, "validation": valid}
            resuming = resume(folder, self, device, goes_on, **data)
        if generators is not None:
            self._make_net(generators)
            self.history_ = []
        datasets = self._encode(sequences, y, weight, parts, device)
        if generators is not None:
            self._start_weights(datasets["train"])
        if valid is not None:
            n_valid = len(valid[0])
            datasets |= self._encode(
                valid[0], valid[1], np.ones(n_valid), {"valid": np.arange(n_valid)}, device
            )
        return datasets, resuming

    def _read_validation_rows(self, X: Any, y: Any) -> tuple[Sequences, Any]:
        """Read validation rows as predict reads X, and their targets; an error says that it is about them."""
        try:
            sequences = self._read(X, reset=False)
            check_consistent_length(sequences, y)
            y = self._read_target(y)
            self._encode_target(y, self._as_network_reads(sequences))
        except (TypeError, ValueError) as error:
            kinds = (InvalidSequenceError, ValueError, TypeError)
            kind = next(one for one in kinds if isinstance(error, one))
            raise kind(f"of X_val and y_val: {error}") from error
        return sequences, y

    def _encode(
        self,
        sequences: Sequences,
        y: Any,
        weight: np.ndarray,
        parts: dict[str, np.ndarray],
        device: torch.device,
    ) -> dict[str, SequenceDataset]:
        """Return data sets of parts of the rows, which come as they were read."""
        sequences = self._as_network_reads(sequences)
        target, labels = self._encode_target(y, sequences), self._write_target(y)
        weights = self._row_weights(target, weight, y)
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


def _plain(classes: Any) -> list[Any]:
    return classes if isinstance(classes, list) else np.asarray(classes).tolist()
