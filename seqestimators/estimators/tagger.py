"""RecurrentTagger: a label for every step of a sequence."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from .._sklearn import _fit_context
from ..metrics import token_accuracy_score
from ..modules import Batch, Ragged, RecurrentEncoder, TaggingNetwork
from ..parameters import parameter, with_parameters
from ..preprocessing.vocabulary import sort_tokens
from ..sequences import (
    MASKED,
    Sequences,
    count_labels,
    encode_labels,
    is_masked,
    join_labels,
    object_array,
    read_targets,
    to_kind,
)
from ._class_weights import weigh_classes
from ._groups import AT_LEAST_1, ClassWeight, Input, Motifs, Network, Positions, Pretraining
from ._target_rows import SequenceTargets, WeightedRows
from .base import BaseRecurrent

__all__ = ["RecurrentTagger"]


@with_parameters
class RecurrentTagger(
    SequenceTargets, BaseRecurrent, ClassWeight, Input, Pretraining, Motifs, Positions, Network
):
    """Recurrent network that predicts a label for every step of a sequence.

    Each label belongs to one step of the sequence, or to `stride` steps: the
    amino acid to a codon token, or to three nucleotides. The label is read
    from the hidden states of its steps; with both directions these have read
    the whole sequence.

    Parameters
    ----------
    stride : int
        Number of steps per label, at least 1; it divides the length of every
        sequence. The ids of beginning and end carry no label.
    class_weight : dict, "balanced" or None
        Weight of every label in the loss, times the weight of the row.
        "balanced" weighs all labels alike in sum.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    target_kind_ : {"string", "list", "tuple", "array"}
        What a row of y was in fit, and is in predict.
    <attributes>

    See Also
    --------
    RecurrentSeq2Seq : Targets that aren't aligned with the sequence.
    seqestimators.metrics.token_accuracy_score : What `score` returns.

    Notes
    -----
    The loss is the mean over all labels of a batch: long sequences count for
    more than short ones.

    References
    ----------
    .. [1] Graves, A., J. Schmidhuber, "Framewise phoneme classification with
       bidirectional LSTM and other neural network architectures", Neural
       Networks 18, 2005.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentTagger
    >>> X, y = ["ACGT", "GGC", "TTACA"] * 10, ["ab" * 2, "bba", "aaaba"] * 10
    >>> model = make_pipeline(DNATokenizer(), RecurrentTagger(hidden_size=8, random_state=0))
    >>> [len(tags) for tags in model.fit(X, y).predict(["ACG", "T"])]
    [3, 1]
    """

    stride: int = parameter(default=1, constraints=[AT_LEAST_1])

    @_fit_context
    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None, step_weight: Any = None
    ) -> Self:
        """Fit the network to sequences and the labels of their steps.

        Parameters
        ----------
        X : array-like of n sequences
            Token ids or numeric series. See
            :func:`~seqestimators.sequences.read_sequences`.
        y : array-like of n label sequences
            Strings, whose characters are the labels, or lists, tuples or
            arrays of labels; row i has ``len(X[i]) // stride`` of them,
            beginning and end not counted. A label that is None, NaN or -100 is
            masked: it has no loss, makes no class, and has no place in the
            score. Fractions are no labels.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0; 0 means absent.
        groups : array-like of shape (n,) or None, default=None
            Rows of one group stay on one side of the validation split.
        step_weight : array-like of n rows, or None, default=None
            Weight of every label, at least 0, in rows as long as those of y;
            it multiplies that of the row. 0 masks the label.

        Returns
        -------
        RecurrentTagger
            The fitted estimator.

        Raises
        ------
        InvalidSequenceError
            A row of X or y can't be read, or the stride doesn't divide its
            length, or it has another number of labels than it should; the
            message names the row.
        ValueError
            y has another number of rows than X, or no label that isn't masked.
        TypeError
            X holds strings: a tokenizer must come first. Or y holds one label
            for each sequence.
        """
        return self._fit(X, y, sample_weight, groups, step_weight=step_weight)

    @_fit_context
    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None, step_weight: Any = None
    ) -> Self:
        """Run one epoch over a chunk of data, at a constant learning rate.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit. New token ids are learned as they come, as far as the
            tokenizer of the first call knows them; without one, up to the
            largest id of that call. A warning counts those beyond.
        y : array-like of n label sequences
            As in fit.
        classes : array-like of shape (n_classes,) or None, default=None
            All labels that will ever come; needed in the first call unless
            its y has them all.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.
        step_weight : array-like of n rows, or None, default=None
            Weight of every label, as in fit.

        Returns
        -------
        RecurrentTagger
            The estimator.
        """
        return self._partial_fit(X, y, sample_weight, _read_classes(classes), step_weight=step_weight)

    def _read_target(self, y: Any, step_weight: Any = None) -> Any:
        rows = super()._read_target(y)
        return rows if step_weight is None else WeightedRows(rows, step_weight)

    def _learn_target(self, y: Any, sequences: Any, sample_weight: np.ndarray, classes: Any = None) -> None:
        used = set(self._join_labels(y, sequences).values.tolist()) - {None}
        super()._learn_target(y, sequences, sample_weight)
        if not used and classes is None:
            raise ValueError("y has no labels: every sequence is empty")
        labels = sort_tokens(used if classes is None else set(classes))
        is_plain = len(set(map(type, labels))) == 1 and np.ndim(labels[0]) == 0
        self.classes_ = np.array(labels) if is_plain else object_array(labels)

    def _join_labels(self, y: Any, sequences: Sequences) -> Sequences:
        stride = self._as_fitted().stride
        rows: Any = y.rows if isinstance(y, WeightedRows) else y
        return join_labels(rows, count_labels(sequences, stride), stride=stride)

    def _encode_target(self, y: Any, sequences: Sequences) -> Sequences:
        return encode_labels(self._join_labels(y, sequences), self.classes_)

    def _row_weights(self, target: Any, sample_weight: np.ndarray, y: Any) -> Sequences:
        weight = np.repeat(sample_weight, target.lengths)
        if isinstance(y, WeightedRows):
            weight = weight * y.weights.values
        known = target.values != MASKED
        weight[~known] = 0
        weight[known] = weigh_classes(self.class_weight, self.classes_, target.values[known], weight[known])
        return Sequences(weight, target.offsets)

    def _make_network(self, encoder: RecurrentEncoder) -> TaggingNetwork:
        if self.stem is not None and self.stem[2] > 1:
            raise ValueError(
                f"stem={self.stem!r} joins {self.stem[2]} steps to one, but a label belongs to every step: "
                f"set stem=({self.stem[0]}, {self.stem[1]}, 1)"
            )
        return TaggingNetwork(
            encoder,
            len(self.classes_),
            stride=self.stride,
            dropout=self.dropout,
            output_bias=self.output_bias,
        )

    def _run_labels(self, X: Any, read: Callable[[Ragged], torch.Tensor]) -> Sequences:
        """Return what a function reads from the outputs, one value per label."""
        network = self.net_.module_
        sequences = self.read(X)
        count_labels(sequences, network.stride)

        def of_batch(batch: Batch) -> Ragged:
            outputs = network(batch)
            return Ragged(read(outputs), outputs.lengths)

        return self.run(sequences, of_batch)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of every label of every step.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Arrays of shape (n_labels, n_classes), dtype `dtype`, whose rows
            sum to 1; columns are in the order of `classes_`.
        """
        check_is_fitted(self)
        return self._run_labels(X, self.net_.module_.probabilities).to_list()

    def predict(self, X: Any) -> np.ndarray:
        """Return the likeliest label of every step.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Label sequences, of the kind that fit saw.
        """
        check_is_fitted(self)
        codes = self._run_labels(X, self.net_.module_.decode)
        rows = Sequences(self.classes_[codes.values], codes.offsets)
        return to_kind(list(rows.to_list()), self.target_kind_)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the share of labels that are right.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of n label sequences
            True labels; those that are None, NaN or -100 don't count.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row.

        Returns
        -------
        float
            In [0, 1].

        Raises
        ------
        InvalidSequenceError
            A row has another number of labels than X asks for.
        """
        predicted = self.predict(X)
        rows, _ = read_targets(y)
        n_labels = np.fromiter(map(len, predicted), np.int64, len(predicted))
        join_labels(rows, n_labels, stride=self._as_fitted().stride)
        return token_accuracy_score(rows, predicted, sample_weight=sample_weight)


def _read_classes(classes: Any) -> list[Any] | None:
    """Return classes as plain values, which may be tuples."""
    if classes is None:
        return None
    classes = classes.tolist() if hasattr(classes, "tolist") else list(classes)
    for i, label in enumerate(classes):
        if getattr(label, "__hash__", None) is None or is_masked(label):
            raise TypeError(
                f"item {i} of classes is {label!r}, which is no label of a step: give strings, numbers or "
                "tuples"
            )
    return classes
