"""RecurrentClassifier: a label for every sequence."""

from collections.abc import Callable
from functools import partial
from typing import Any, Self

import numpy as np
import torch
from scipy.special import logsumexp
from sklearn.base import ClassifierMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from .._sklearn import StrOptions, _check_y, _fit_context
from ..metrics import replace_plain_scorers
from ..modules import binary_cross_entropy, binary_focal_loss, cross_entropy, focal_loss
from ..parameters import parameter, with_parameters
from ..sequences import (
    is_label_table,
    read_label_table,
    read_labels,
    read_weights,
    refuse_infinite,
    score_rows,
)
from ._class_weights import weigh_classes
from ._groups import SHARE
from ._margins import ClassMargin
from ._number_losses import OwnLoss
from ._task_weights import check_task_weight, weigh_labels
from ._training_groups import ClassWeight
from .pooled import BasePooled

__all__ = ["RecurrentClassifier"]


@with_parameters
class RecurrentClassifier(ClassifierMixin, BasePooled, ClassWeight):
    """Recurrent network that predicts the class of a sequence.

    Sequences are token ids, as a tokenizer gives them, or numeric series, of
    variable length. The network embeds the tokens, runs recurrent layers
    (RNN, LSTM or GRU) over them, pools the hidden states to one vector and
    computes the class probabilities from it. The prediction for a sequence
    depends neither on padding nor on the other sequences.

    Parameters
    ----------
    loss : {"cross_entropy", "focal"} or callable
        What is minimized. "focal" lets rows that are predicted right count
        less: the cross-entropy times the square of the probability of all
        other classes [4]_. A callable takes the outputs before softmax, a
        tensor of shape (n, n_outputs), and the target, and returns one number
        a row, a tensor of shape (n,). The target has shape (n,), the index of
        each row's class; (n, 1) with 0 and 1 of two classes, which have one
        output; or (n, n_labels) with 0, 1 and NaN of several labels.
    label_smoothing : float
        Share of the target that is spread evenly over all classes, or over
        yes and no of each of several labels, in [0, 1).
    task_weight : array-like of shape (n_labels,) or None
        Weight in the loss of each of several labels per row, at least 0; only
        their ratios count. None weighs all alike.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; of several labels per row, their numbers.
    target_names_ : ndarray of shape (n_labels,)
        Names of the columns of y, only if fit saw a data frame of several.
    <attributes>

    See Also
    --------
    RecurrentRegressor : Numbers instead of classes.

    Notes
    -----
    Time grows with the number of tokens, memory of a step with the tokens of
    a batch. Batches hold sequences of similar length, so that hardly any
    padding is computed [1]_.

    References
    ----------
    .. [1] Khomenko, V., Shyshkov, O., Radyvonenko, O., Bokhan, K.,
       "Accelerating recurrent neural network training using sequence
       bucketing and multi-GPU data parallelization", IEEE DSMP 2016.
    .. [2] Hochreiter, S., Schmidhuber, J., "Long Short-Term Memory", Neural
       Computation 9, 1997.
    .. [3] Howard, J., Ruder, S., "Universal Language Model Fine-tuning for
       Text Classification", ACL 2018 (concat pooling).
    .. [4] Lin, T.-Y. et al., "Focal Loss for Dense Object Detection", ICCV 2017.
    .. [5] Gal, Y., Z. Ghahramani, "Dropout as a Bayesian Approximation", ICML
       2016 (Monte Carlo dropout).

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> X = ["ATGCCA", "ATGA", "CCATA", "GGCAC"] * 10
    >>> y = ["start", "start", "none", "none"] * 10
    >>> model = make_pipeline(
    ...     DNATokenizer(), RecurrentClassifier(hidden_size=8, random_state=0)
    ... )
    >>> model.fit(X, y).predict(["ATGCAAT"])
    array(['start'], dtype='<U5')
    """

    loss: str | Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = parameter(
        default="cross_entropy", constraints=[StrOptions({"cross_entropy", "focal"}), callable]
    )
    label_smoothing: float = parameter(default=0.0, constraints=[SHARE])
    task_weight: Any = parameter(default=None, constraints=["array-like", None], after_fit=True)

    @_fit_context
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        groups: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        checkpoint: Any = None,
    ) -> Self:
        """Fit the network to sequences and their labels.

        Parameters
        ----------
        X : array-like of n sequences
            Token ids or numeric series: a list of 1-D arrays (or of arrays of
            shape (length, channels)), a 2-D array with padding, or a 3-D
            float array. See :func:`~seqestimators.sequences.read_sequences`.
        y : array-like of shape (n,) or (n, n_labels)
            Labels of any kind, at least two different ones. With several
            columns, several labels per row: 1, 0, or NaN or -1 where one is not
            known, which then doesn't count in the loss. One column is one
            label per row, in which -1 is a class like any other.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0; 0 means absent.
        groups : array-like of shape (n,) or None, default=None
            Rows of one group stay on one side of the validation split.
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
        RecurrentClassifier
            The fitted estimator.

        Raises
        ------
        InvalidSequenceError
            A sequence can't be read; the message names row and position.
        ValueError
            y has one class only, or its length is not that of X; parameters
            contradict each other.
        TypeError
            X holds strings: a tokenizer must come first.
        """
        return self._fit(X, y, sample_weight, groups, X_val=X_val, y_val=y_val, checkpoint=checkpoint)

    @_fit_context
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Run one epoch over a chunk of data, at a constant learning rate.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit. New token ids are learned as they come, as far as the
            tokenizer of the first call knows them; without one, up to the
            largest id of that call. A warning counts those beyond.
        y : array-like of shape (n,) or (n, n_labels)
            Labels.
        classes : array-like of shape (n_classes,) or None, default=None
            All labels that will ever come; needed in the first call unless
            its y has them all.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.

        Returns
        -------
        RecurrentClassifier
            The estimator.
        """
        classes = None if classes is None else read_labels(classes, "classes")
        return self._partial_fit(X, y, sample_weight, classes)

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_task_weight(self.task_weight, self.loss)
        if callable(self.loss) and self.label_smoothing:
            raise ValueError(
                f"label_smoothing={self.label_smoothing!r} is for a loss given by name: smooth the target in "
                "the callable, and set label_smoothing=0"
            )

    def _read_target(self, y: Any) -> np.ndarray:
        if is_label_table(y):
            return read_label_table(y)
        y = read_labels(y)
        refuse_infinite(y)
        y = _check_y(y, estimator=self)
        check_classification_targets(y)
        return y

    def _learn_target(self, y: Any, sequences: Any, sample_weight: np.ndarray, classes: Any = None) -> None:
        self._is_multilabel = y.ndim == 2
        if self._is_multilabel:
            self.classes_ = np.arange(y.shape[1])
            present = y[sample_weight > 0]
            unknown = np.isnan(present).all(axis=0)
            if unknown.any():
                raise ValueError(
                    f"column {int(unknown.argmax())} of y is NaN in every row, or -1: leave it out"
                )
            if not (present == 0).any() and np.isnan(present).any():
                raise ValueError(
                    "y has several columns, but no 0 in any: NaN and -1 say that a label isn't known, write "
                    "0 for no"
                )
            return
        self.classes_ = np.unique(y if classes is None else classes)
        if not len(self.classes_):
            raise ValueError("classes is empty: name all labels, at least two")
        if len(self.classes_) < 2:
            only = self.classes_.tolist()[0]
            raise ValueError(f"RecurrentClassifier needs at least two classes in y, got one class: {only!r}")
        if classes is None and len(np.unique(y[sample_weight > 0])) < 2:
            raise ValueError(
                "Rows of sample_weight above 0 have one class only; at least two classes are needed"
            )

    def _encode_target(self, y: Any, sequences: Any) -> np.ndarray:
        if y.ndim == 2:
            return self._encode_labels(y)
        if self._is_multilabel:
            raise ValueError(f"y has one column, but the model knows {len(self.classes_)} labels per row")
        target = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        unknown = self.classes_[target] != y
        if unknown.any():
            row = int(np.argmax(unknown))
            raise ValueError(
                f"row {row} of y is {y[row : row + 1].tolist()[0]!r}, which is none of the classes "
                f"{self.classes_.tolist()}: name all classes in the first call"
            )
        return target if len(self.classes_) > 2 else target[:, None].astype(self._as_fitted()._number_type)

    def _encode_labels(self, y: np.ndarray) -> np.ndarray:
        """Several labels per row: 1, 0, or NaN where the label is not known."""
        if not self._is_multilabel or y.shape[1] != len(self.classes_):
            fitted = f"{len(self.classes_)} labels per row" if self._is_multilabel else "one label per row"
            raise ValueError(f"y has {y.shape[1]} columns, but the model was fitted on {fitted}")
        return y.astype(self._as_fitted()._number_type)

    def _strata(self, y: Any) -> Any:
        return y if y.ndim == 1 else None

    def _row_weights(self, target: Any, sample_weight: np.ndarray, y: Any) -> np.ndarray:
        if self._is_multilabel:
            if self.class_weight is not None and callable(self.loss):
                raise ValueError(
                    f"class_weight={self.class_weight!r} weighs the losses of single labels, but a callable "
                    "loss gives one number a row: weigh the labels in it, and set class_weight=None"
                )
            return weigh_labels(self.class_weight, self.task_weight, target, sample_weight)
        if self.task_weight is not None:
            raise ValueError(
                "task_weight weighs several labels per row, but y has one: weigh its classes with "
                "class_weight"
            )
        labels = target.reshape(len(target)).astype(np.int64)
        return weigh_classes(self.class_weight, self.classes_, labels, sample_weight)

    def _is_binary(self) -> bool:
        """Whether one output tells two classes apart."""
        return len(self.classes_) == 2 and not self._is_multilabel

    def _n_outputs(self) -> int:
        return 1 if self._is_binary() else len(self.classes_)

    def _criterion(self) -> Callable[..., torch.Tensor]:
        if callable(self.loss):
            return OwnLoss(self.loss)
        of_labels, of_classes = {
            "cross_entropy": (binary_cross_entropy, cross_entropy),
            "focal": (binary_focal_loss, focal_loss),
        }[self.loss]
        found = of_labels if self._is_multilabel or self._is_binary() else of_classes
        return partial(found, label_smoothing=self.label_smoothing) if self.label_smoothing else found

    def margin(self, target: Any = None) -> ClassMargin:
        """Return what explanations are about: the log-odds of a class.

        Parameters
        ----------
        target : object, default=None
            One of `classes_`. None takes the second of two, the likeliest of several.

        Returns
        -------
        ClassMargin
            It reads the number from outputs of the network, and names it.
        """
        return ClassMargin(self.classes_.tolist(), self._n_outputs(), self._is_multilabel, target)

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the outputs of the network before softmax.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,) or (n, n_classes), dtype `dtype`
            For two classes the log-odds of the second, else one number a
            class; of several labels per row the log-odds of each.
        """
        logits = self._run_network(X)
        return logits[:, 0] if self._is_binary() else logits

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the natural logarithm of the probability of every class.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n, n_classes), dtype `dtype`
        """
        return self._log_probabilities(self._run_network(X))

    def _run_network(self, X: Any) -> np.ndarray:
        """Return the outputs, (n, n_outputs): those of the mean probabilities of all dropout samples."""
        if not self.n_dropout_samples:
            return self.run(X)
        samples = self._run_samples(X)  # (n, n_samples, n_outputs)
        log_mean = partial(logsumexp, axis=1)
        if not (self._is_multilabel or self._is_binary()):
            return log_mean(samples - logsumexp(samples, axis=2, keepdims=True)) - np.log(samples.shape[1])
        return log_mean(-np.logaddexp(0, -samples)) - log_mean(-np.logaddexp(0, samples))

    def _log_probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return the logarithms of probabilities for the outputs of the network, (n, n_outputs)."""
        if self._is_multilabel:
            return -np.logaddexp(0, -logits)
        if self._is_binary():
            return -np.logaddexp(0, np.hstack([logits, -logits]))
        shifted = logits - logits.max(axis=1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of every class.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n, n_classes), dtype `dtype`
            Rows sum to 1; columns are in the order of `classes_`. Of several
            labels per row, the probability of each.
        """
        return self.answer(self._run_network(X))

    def answer(self, outputs: np.ndarray) -> np.ndarray:
        """Return the probabilities that outputs of the network stand for.

        Parameters
        ----------
        outputs : ndarray of shape (n, n_outputs)

        Returns
        -------
        ndarray of shape (n, n_classes)
        """
        return np.exp(self._log_probabilities(outputs))

    def predict(self, X: Any) -> np.ndarray:
        """Return the likeliest class of every sequence, or all labels likelier than not.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,) or (n, n_labels)
            Labels of the kind fit saw; of several labels per row 0 or 1 each.
        """
        decision = self.decision_function(X)
        if self._is_multilabel:
            return (decision > 0).astype(np.int64)
        return self.classes_[decision.argmax(axis=1) if decision.ndim == 2 else (decision > 0).astype(int)]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the share of rows that are right.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of shape (n,) or (n, n_labels)
            True labels. Of several a row, NaN or -1 says that one is not known. A
            row is right if all known labels are, and doesn't count without any.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.

        Returns
        -------
        float
            From 0 to 1.

        Raises
        ------
        ValueError
            No row of weight above 0 has a known label.
        """
        check_is_fitted(self)
        target = self._read_target(y)
        weight = read_weights(sample_weight, len(target))
        if not self._is_multilabel:
            return super().score(X, target, weight)
        predicted, table = self.predict(X), self._encode_target(target, None)
        check_consistent_length(predicted, table)
        return score_rows(table, predicted, weight)

    def _scoring(self) -> Any:
        return replace_plain_scorers(self.scoring) if self._is_multilabel else self.scoring

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
