"""RecurrentClassifier: a label for every sequence."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from .._sklearn import StrOptions, _check_sample_weight, _check_y, _fit_context
from .._training import BinaryCrossEntropy, CrossEntropy
from ._class_weights import weigh_classes
from ._parameters import shared_parameters
from .pooled import BasePooled

__all__ = ["RecurrentClassifier"]


@shared_parameters
class RecurrentClassifier(ClassifierMixin, BasePooled):
    """Recurrent network that tells the class of a sequence.

    Sequences are token ids, as a tokenizer gives them, or numeric series, of
    any lengths. The network embeds the tokens, runs recurrent layers over
    them, pools the hidden states to one vector and reads the class from it.
    The result for a sequence depends neither on padding nor on its
    neighbours.

    Parameters
    ----------
    <network>
    <pooling>
    <pretraining>
    <training>
    class_weight : dict, "balanced" or None, default=None
        Weight of every class in the loss, times `sample_weight`. "balanced"
        weighs all classes alike in sum.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
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

    _parameter_constraints = {
        **BasePooled._parameter_constraints,
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        *,
        cell="lstm",
        hidden_size=64,
        num_layers=1,
        bidirectional=True,
        embedding_dim=32,
        pooling="concat",
        dropout=0.2,
        batch_norm=False,
        pretrained=None,
        gradual_unfreezing=False,
        layer_decay=1.0,
        input="auto",
        max_epochs=30,
        lr=0.005,
        batch_size=32,
        optimizer="adamw",
        weight_decay=0.01,
        gradient_clip=1.0,
        lr_schedule="one_cycle",
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        scoring=None,
        class_weight=None,
        output_bias=True,
        dtype="float32",
        callbacks=None,
        device="auto",
        warm_start=False,
        random_state=None,
        verbose=0,
    ):
        self.cell = cell
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bidirectional = bidirectional
        self.embedding_dim = embedding_dim
        self.pooling = pooling
        self.dropout = dropout
        self.batch_norm = batch_norm
        self.pretrained = pretrained
        self.gradual_unfreezing = gradual_unfreezing
        self.layer_decay = layer_decay
        self.input = input
        self.max_epochs = max_epochs
        self.lr = lr
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.weight_decay = weight_decay
        self.gradient_clip = gradient_clip
        self.lr_schedule = lr_schedule
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.scoring = scoring
        self.class_weight = class_weight
        self.output_bias = output_bias
        self.dtype = dtype
        self.callbacks = callbacks
        self.device = device
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None):
        """Fit the network to sequences and their labels.

        Parameters
        ----------
        X : array-like of n sequences
            Token ids or numeric series: a list of 1-D arrays (or of arrays of
            shape (length, channels)), a 2-D array with padding, or a 3-D
            float array. See :func:`~seqestimators.sequences.read_sequences`.
        y : array-like of shape (n,) or (n, n_labels)
            Labels of any kind, at least two different ones. With several
            columns, several labels a row: 1, 0, or NaN where one is not
            known, which then doesn't count in the loss.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0; 0 means absent.
        groups : array-like of shape (n,) or None, default=None
            Rows of one group stay on one side of the validation split.

        Returns
        -------
        RecurrentClassifier
            The fitted estimator.

        Raises
        ------
        InvalidSequenceError
            A sequence can't be read; the message names row and position.
        ValueError
            y has one class only, or its length is not that of X.
        TypeError
            X holds strings: a tokenizer must come first.
        """
        return self._fit(X, y, sample_weight, groups)

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Run one epoch over a chunk of data, at a constant learning rate.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit. Token ids that the first call doesn't hold count as
            unknown ever after.
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
        return self._partial_fit(X, y, sample_weight, classes)

    def _encode_target(self, y, sequences, sample_weight, reset, classes=None):
        if _is_table(y):
            return self._encode_labels(y, sample_weight, reset)
        y = _check_y(y, estimator=self)
        check_classification_targets(y)
        if reset:
            self._is_multilabel = False
            self.classes_ = np.unique(y if classes is None else classes)
            if len(self.classes_) < 2:
                only = self.classes_.tolist()[0]
                raise ValueError(
                    f"RecurrentClassifier needs at least two classes in y, got one class: {only!r}"
                )
        elif self._is_multilabel:
            raise ValueError(f"y has one column, but the model knows {len(self.classes_)} labels a row")
        target = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        unknown = self.classes_[target] != y
        if unknown.any():
            row = int(np.argmax(unknown))
            raise ValueError(
                f"row {row} of y is {y[row : row + 1].tolist()[0]!r}, which is none of the classes "
                f"{self.classes_.tolist()}: name all classes in the first call"
            )
        if classes is None and reset and len(np.unique(target[sample_weight > 0])) < 2:
            raise ValueError(
                "Rows of sample_weight above 0 have one class only; at least two classes are needed"
            )
        return target if len(self.classes_) > 2 else target[:, None].astype(self.dtype), y

    def _encode_labels(self, y, sample_weight, reset):
        """Several labels a row: 1, 0, or NaN where the label is not known."""
        y = check_array(y, dtype="numeric", ensure_all_finite="allow-nan", input_name="y")
        table = y.astype(self.dtype)
        strange = ~(np.isnan(table) | (table == 0) | (table == 1))
        if strange.any():
            row, column = np.argwhere(strange)[0].tolist()
            raise ValueError(
                f"row {row}, column {column} of y is {y[row, column]:g}, but of several labels a row each is "
                "1 (yes), 0 (no) or NaN (not known). Multioutput targets of several classes each need one "
                "model a column"
            )
        if reset:
            self._is_multilabel = True
            self.classes_ = np.arange(table.shape[1])
            unknown = np.isnan(table[sample_weight > 0]).all(axis=0)
            if unknown.any():
                raise ValueError(f"column {int(unknown.argmax())} of y is NaN in every row: leave it out")
        elif not self._is_multilabel or table.shape[1] != len(self.classes_):
            fitted = f"{len(self.classes_)} labels a row" if self._is_multilabel else "one label a row"
            raise ValueError(f"y has {table.shape[1]} columns, but the model was fitted on {fitted}")
        if self.class_weight is not None:
            raise ValueError(
                f"class_weight={self.class_weight!r} is for one label a row; y has {table.shape[1]} columns. "
                "Set class_weight=None, or weigh the rows with sample_weight"
            )
        return table, y

    def _strata(self, target):
        return None if self._is_multilabel else target.reshape(len(target))

    def _row_weights(self, target, sample_weight):
        if self._is_multilabel:
            return sample_weight
        labels = target.reshape(len(target)).astype(np.int64)
        return weigh_classes(self.class_weight, self.classes_, labels, sample_weight)

    def _is_binary(self):
        """Whether one output tells two classes apart."""
        return len(self.classes_) == 2 and not self._is_multilabel

    def _n_outputs(self):
        return 1 if self._is_binary() else len(self.classes_)

    def _criterion(self):
        return BinaryCrossEntropy() if self._is_multilabel or self._is_binary() else CrossEntropy()

    def decision_function(self, X):
        """Return the outputs of the network before softmax.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,) or (n, n_classes), dtype `dtype`
            For two classes the log-odds of the second, else one number a
            class; of several labels a row the log-odds of each.
        """
        logits = self._run(X)
        return logits[:, 0] if self._is_binary() else logits

    def predict_log_proba(self, X):
        """Return the natural logarithm of the probability of every class.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n, n_classes), dtype `dtype`
        """
        return self._log_probabilities(self._run(X))

    def _log_probabilities(self, logits):
        """Return the logarithms of probabilities for the outputs of the network, (n, n_outputs)."""
        if self._is_multilabel:
            return -np.logaddexp(0, -logits)
        if self._is_binary():
            return -np.logaddexp(0, np.hstack([logits, -logits]))
        shifted = logits - logits.max(axis=1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))

    def predict_proba(self, X):
        """Return the probability of every class.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n, n_classes), dtype `dtype`
            Rows sum to 1; columns are in the order of `classes_`. Of several
            labels a row, the probability of each.
        """
        return self._answer(self._run(X))

    def _answer(self, outputs):
        return np.exp(self._log_probabilities(outputs))

    def predict(self, X):
        """Return the likeliest class of every sequence, or all labels likelier than not.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,) or (n, n_labels)
            Labels of the kind fit saw; of several labels a row 0 or 1 each.
        """
        check_is_fitted(self)
        decision = self.decision_function(X)
        if self._is_multilabel:
            return (decision > 0).astype(np.int64)
        return self.classes_[decision.argmax(axis=1) if decision.ndim == 2 else (decision > 0).astype(int)]

    def score(self, X, y, sample_weight=None):
        """Return the share of rows that are right.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of shape (n,) or (n, n_labels)
            True labels. Of several a row, NaN says that one is not known; a
            row is right if all its known labels are, and doesn't count if it
            has none.
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
        if not self._is_multilabel:
            return super().score(X, y, sample_weight)
        predicted = self.predict(X)
        weight = _check_sample_weight(sample_weight, predicted, ensure_non_negative=True)
        table, _ = self._encode_labels(y, weight, reset=False)
        check_consistent_length(predicted, table)
        known = ~np.isnan(table)
        weight = weight * known.any(axis=1)
        if not weight.any():
            raise ValueError("no row of sample_weight above 0 has a known label: there is nothing to score")
        return float(np.average(((predicted == table) | ~known).all(axis=1), weights=weight))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _is_table(y):
    """Whether y has several columns."""
    shape = y.shape if isinstance(y, np.ndarray) else np.asarray(y).shape
    return len(shape) == 2 and shape[1] > 1
