"""RecurrentTagger: a label for every step of a sequence."""

from typing import Any, Literal, Self

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from .._sklearn import StrOptions, _fit_context
from .._training import SequenceDataset
from ..metrics import token_accuracy_score
from ..modules import CRFTaggingNetwork, Ragged, RecurrentEncoder, StepNetwork, TaggingNetwork, best_seen_path
from ..parameters import parameter, with_parameters
from ..preprocessing.vocabulary import sort_tokens
from ..sequences import (
    MASKED,
    Sequences,
    count_transitions,
    encode_labels,
    is_masked,
    join_labels,
    object_array,
    read_targets,
    to_kind,
)
from ._class_weights import weigh_classes
from ._groups import Input, Motifs, Network, Positions, Pretraining
from ._step_targets import StepTargets
from ._target_rows import SequenceTargets, WeightedRows
from ._training_groups import ClassWeight
from .base import BaseRecurrent

__all__ = ["RecurrentTagger"]


@with_parameters
class RecurrentTagger(
    SequenceTargets, StepTargets, BaseRecurrent, ClassWeight, Input, Pretraining, Motifs, Positions, Network
):
    r"""Recurrent network that predicts a label for every step of a sequence.

    Each label belongs to one step of the sequence, or to `stride` steps: the
    amino acid to a codon token, or to three nucleotides. The label is read
    from the hidden states of its steps; with both directions these have read
    the whole sequence.

    Parameters
    ----------
    transitions : {"free", "observed", "crf"}
        How neighbouring labels depend on each other. "free" predicts each
        label by itself. "observed" predicts the likeliest labels among those
        in which only such labels stand first, last and next to each other as
        do in the training rows (Viterbi algorithm); the training is that of
        "free". "crf" learns scores of neighbouring labels together with the
        network, as a conditional random field, and predicts as "observed"
        does, from the marginal probabilities of the labels.
    class_weight : dict, "balanced" or None
        Weight of every label in the loss, times the weight of the row.
        "balanced" weighs all labels alike in sum.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    target_kind_ : {"string", "list", "tuple", "array"}
        What a row of y was in fit, and is in predict.
    seen_transitions_ : ndarray of shape (n_classes + 1, n_classes + 1), dtype bool
        Whether a label (in the column) stands behind another (in the row) in
        the training rows; the last row is the beginning of a sequence, the
        last column its end. Not with ``transitions="free"``.
    <attributes>

    See Also
    --------
    RecurrentStepRegressor : Numbers instead of labels.
    RecurrentSeq2Seq : Targets that aren't aligned with the sequence.
    seqestimators.metrics.token_accuracy_score : What `score` returns.

    Notes
    -----
    The loss is the mean over all labels of a batch: long sequences count for
    more than short ones. That of a label under ``transitions="crf"`` [2]_ is
    :math:`-\log p(y_t \mid y_1, \ldots, y_{t-1}, x)`: those of a sequence add
    up to minus its log-likelihood, and the weights of rows, steps and classes
    multiply them one by one. Labels that are masked are summed over, which is
    exact. The scores of neighbouring labels begin at the logarithm of how much
    likelier they are in the training rows than by chance. What is predicted
    is the sequence of labels with the greatest product of marginal
    probabilities (posterior-Viterbi decoding [3]_). The likeliest sequence,
    the Viterbi path, has far fewer segments than there are where single labels
    are uncertain.

    Of neighbours that are seen in training, a masked label says nothing;
    where no label is known to stand first (or last), each may. A sequence for
    which there is no path of seen neighbours is given one with the fewest
    unseen ones.

    References
    ----------
    .. [1] Graves, A., J. Schmidhuber, "Framewise phoneme classification with
       bidirectional LSTM and other neural network architectures", Neural
       Networks 18, 2005.
    .. [2] Lafferty, J., A. McCallum, F. Pereira, "Conditional Random Fields:
       Probabilistic models for segmenting and labeling sequence data",
       ICML 2001.
    .. [3] Fariselli, P., P. L. Martelli, R. Casadio, "A new decoding algorithm
       for hidden Markov models improves the prediction of the topology of
       all-beta membrane proteins", BMC Bioinformatics 6, 2005.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentTagger
    >>> X, y = ["ACGT", "GGC", "TTACA"] * 10, ["ab" * 2, "bba", "aaaba"] * 10
    >>> model = make_pipeline(DNATokenizer(), RecurrentTagger(hidden_size=8, random_state=0))
    >>> [len(tags) for tags in model.fit(X, y).predict(["ACG", "T"])]
    [3, 1]
    """

    transitions: Literal["free", "observed", "crf"] = parameter(
        default="free", constraints=[StrOptions({"free", "observed", "crf"})]
    )

    @_fit_context
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        groups: Any = None,
        step_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        checkpoint: Any = None,
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
        X_val : array-like of sequences or None, default=None
            Validation rows for early stopping, as X, in place of a share of
            the rows of X. It needs `early_stopping`.
        y_val : array-like or None, default=None
            Their targets, as y.
        checkpoint : str, Path or None, default=None
            A folder in which to keep the training, in a file a fit, written
            after every epoch. The same fit, called again, goes on from there;
            a finished one is not trained again. It needs a `random_state`.

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
        return self._fit(
            X,
            y,
            sample_weight,
            groups,
            X_val=X_val,
            y_val=y_val,
            checkpoint=checkpoint,
            step_weight=step_weight,
        )

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
        self.__dict__.pop("seen_transitions_", None)
        if self.transitions != "free":
            self.seen_transitions_ = self._find_transitions(y, sequences, sample_weight)

    def _learn_later_target(self, y: Any, sequences: Any, sample_weight: np.ndarray) -> None:
        if self._as_fitted().transitions != "free":
            found = self._find_transitions(y, sequences, sample_weight)
            self.seen_transitions_ = self.seen_transitions_ | found

    def _find_transitions(self, y: Any, sequences: Sequences, sample_weight: np.ndarray) -> np.ndarray:
        """Return which labels are neighbours in the rows that are present."""
        labels = self._encode_target(y, sequences)[sample_weight > 0]
        return count_transitions(labels, len(self.classes_)) > 0

    def _join_labels(self, y: Any, sequences: Sequences) -> Sequences:
        rows: Any = y.rows if isinstance(y, WeightedRows) else y
        return join_labels(rows, self._count_targets(sequences), stride=self._as_fitted().stride)

    def _encode_target(self, y: Any, sequences: Sequences) -> Sequences:
        return encode_labels(self._join_labels(y, sequences), self.classes_)

    def _row_weights(self, target: Any, sample_weight: np.ndarray, y: Any) -> Sequences:
        weight = self._weights_of_steps(target, sample_weight, y)
        known = target.values != MASKED
        weight[~known] = 0
        weight[known] = weigh_classes(self.class_weight, self.classes_, target.values[known], weight[known])
        return Sequences(weight, target.offsets)

    def _make_network(self, encoder: RecurrentEncoder) -> StepNetwork:
        kind = CRFTaggingNetwork if self.transitions == "crf" else TaggingNetwork
        return self._make_step_network(kind, encoder, len(self.classes_))

    def _start_weights(self, dataset: SequenceDataset) -> None:
        if self.transitions == "crf":
            labels, weight = (part.join(np.arange(len(dataset))) for part in (dataset.target, dataset.weight))
            rows = Sequences.from_lengths(labels.values.cpu().numpy(), labels.lengths.cpu().numpy())
            counts = count_transitions(rows, len(self.classes_), weight.values.cpu().numpy())
            self.net_.module_.field.start_from(torch.from_numpy(counts))

    def _decode(self, outputs: Ragged) -> torch.Tensor:
        """Return the index of every label that is predicted."""
        transitions, network = self._as_fitted().transitions, self.net_.module_
        if transitions == "free":
            return network.decode(outputs)
        if transitions == "crf":
            outputs = Ragged(network.field.log_probabilities(outputs), outputs.lengths)
        return best_seen_path(outputs, torch.from_numpy(self.seen_transitions_).to(outputs.values.device))

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
            sum to 1; columns are in the order of `classes_`. Under
            ``transitions="crf"`` they are the marginal probabilities, summed
            over all other labels; under "observed" those of each label by
            itself.
        """
        check_is_fitted(self)
        return self._run_steps(X, self.net_.module_.probabilities).to_list()

    def predict(self, X: Any) -> np.ndarray:
        """Return a label for every step.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Label sequences, of the kind that fit saw: the likeliest label of
            each step or, unless ``transitions="free"``, the labels with the
            greatest product of probabilities whose neighbours have been seen
            in training. The probabilities are those of `predict_proba`.
        """
        check_is_fitted(self)
        codes = self._run_steps(X, self._decode)
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
    if not hasattr(classes, "__len__") or getattr(classes, "shape", None) == ():
        raise TypeError(f"classes is {classes!r}, but must be a list of labels")
    classes = classes.tolist() if hasattr(classes, "tolist") else list(classes)
    for i, label in enumerate(classes):
        if getattr(label, "__hash__", None) is None or is_masked(label):
            raise TypeError(
                f"item {i} of classes is {label!r}, which is no label of a step: give strings, numbers or "
                "tuples"
            )
    return classes
