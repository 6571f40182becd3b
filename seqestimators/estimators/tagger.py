"""RecurrentTagger: a label for every step of a sequence."""

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Integral, Interval, StrOptions, _fit_context
from .._training import CrossEntropy, SequenceDataset
from ..exceptions import InvalidSequenceError
from ..metrics import token_accuracy_score
from ..modules import TaggingNetwork
from ..preprocessing import SequenceTokenizer
from ..preprocessing.vocabulary import sort_tokens
from ..sequences import BOS, EOS, Sequences, read_targets, to_kind
from ._class_weights import weigh_classes
from ._parameters import shared_parameters
from .base import BaseRecurrent

__all__ = ["RecurrentTagger"]


@shared_parameters
class RecurrentTagger(BaseRecurrent):
    """Recurrent network that labels every step of a sequence.

    Each label belongs to one step of the sequence, or to `stride` steps: the
    amino acid to a codon token, or to three nucleotides. The label is read
    from the hidden states of its steps; with both directions these have read
    the whole sequence.

    Parameters
    ----------
    stride : int, default=1
        Number of steps a label, at least 1; it divides the length of every
        sequence. The ids of beginning and end carry no label.
    <network>
    dropout : float, default=0.2
        Probability of a unit to be dropped, between layers and before the
        output layer, in [0, 1).
    output_bias : bool, default=True
        Whether the output layer has a bias.
    <pretraining>
    <training>
    class_weight : dict, "balanced" or None, default=None
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

    _parameter_constraints = {
        **BaseRecurrent._parameter_constraints,
        **BaseRecurrent._pretraining_constraints,
        "stride": [Interval(Integral, 1, None, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        *,
        stride=1,
        cell="lstm",
        hidden_size=64,
        num_layers=1,
        bidirectional=True,
        embedding_dim=32,
        dropout=0.2,
        output_bias=True,
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
        dtype="float32",
        callbacks=None,
        device="auto",
        warm_start=False,
        random_state=None,
        verbose=0,
    ):
        self.stride = stride
        self.cell = cell
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bidirectional = bidirectional
        self.embedding_dim = embedding_dim
        self.dropout = dropout
        self.output_bias = output_bias
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
        self.dtype = dtype
        self.callbacks = callbacks
        self.device = device
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None):
        """Fit the network to sequences and the labels of their steps.

        Parameters
        ----------
        X : array-like of n sequences
            Token ids or numeric series. See
            :func:`~seqestimators.sequences.read_sequences`.
        y : array-like of n label sequences
            Strings, whose characters are the labels, or lists, tuples or
            arrays of labels; row i has ``len(X[i]) // stride`` of them,
            beginning and end not counted.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0; 0 means absent.
        groups : array-like of shape (n,) or None, default=None
            Rows of one group stay on one side of the validation split.

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
            y has another number of rows than X.
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
        y : array-like of n label sequences
            As in fit.
        classes : array-like of shape (n_classes,) or None, default=None
            All labels that will ever come; needed in the first call unless
            its y has them all.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.

        Returns
        -------
        RecurrentTagger
            The estimator.
        """
        return self._partial_fit(X, y, sample_weight, classes)

    def _encode_target(self, y, sequences, sample_weight, reset, classes=None):
        rows, kind = read_targets(y)
        tokens = SequenceTokenizer()._split(rows)
        n_labels = self._count_labels(sequences)
        wrong = np.diff(tokens.offsets) != n_labels
        if wrong.any():
            row = int(wrong.argmax())
            raise InvalidSequenceError(
                f"row {row} of y has {len(rows[row])} labels, but row {row} of X has {n_labels[row]} groups "
                f"of stride={self.stride} steps: give one label for each"
            )
        used = set(tokens.count())
        if reset:
            self.target_kind_ = kind
            if not used and classes is None:
                raise ValueError("y has no labels: every sequence is empty")
            labels = sort_tokens(used if classes is None else {*np.asarray(classes).tolist()})
            is_plain = len(set(map(type, labels))) == 1 and np.ndim(labels[0]) == 0
            self.classes_ = np.array(labels) if is_plain else np.empty(len(labels), dtype=object)
            self.classes_[:] = labels
        code_of = {label: code for code, label in enumerate(self.classes_.tolist())}
        codes = tokens.replace([code_of.get(name, -1) for name in tokens.names]) if used else tokens.codes
        if (codes < 0).any():
            row, preceding = tokens.place(index := int((codes < 0).argmax()))
            raise InvalidSequenceError(
                f"row {row}, position {len(preceding)} of y is {tokens.names[tokens.codes[index]]!r}, which "
                f"is none of the classes {self.classes_.tolist()}: name all classes in the first call"
            )
        targets = np.empty(len(rows), dtype=object)
        targets[:] = rows
        return Sequences(codes.astype(np.int64), tokens.offsets), targets

    def _count_labels(self, sequences):
        """Number of labels of every sequence: its steps but for the ends, by stride."""
        n_steps = sequences.lengths
        if sequences.is_tokens:
            is_end = (sequences.values == BOS) | (sequences.values == EOS)
            before = np.concatenate([[0], np.cumsum(is_end)])
            n_steps = n_steps - np.diff(before[sequences.offsets])
        rest = n_steps % self.stride != 0
        if rest.any():
            row = int(rest.argmax())
            raise InvalidSequenceError(
                f"row {row} of X has {n_steps[row]} steps, which stride={self.stride} doesn't divide: cut "
                "the sequence, or set another stride"
            )
        return n_steps // self.stride

    def _row_weights(self, target, sample_weight):
        weight = np.repeat(sample_weight, target.lengths)
        weight = weigh_classes(self.class_weight, self.classes_, target.values, weight)
        return Sequences(weight, target.offsets)

    def _criterion(self):
        return CrossEntropy()

    def _make_network(self, encoder, factory):
        return TaggingNetwork(
            encoder,
            len(self.classes_),
            stride=self.stride,
            dropout=self.dropout,
            output_bias=self.output_bias,
            **factory,
        )

    def _run_labels(self, X):
        """Return the logits of every label, as Sequences of shape (n_labels, n_classes)."""
        check_is_fitted(self)
        sequences = self._read(X, reset=False)
        n_labels = self._count_labels(sequences)
        dataset = SequenceDataset(sequences, device=self.net_.device)
        network, iterator = self.net_.module_.eval(), self.net_.get_iterator(dataset)
        with torch.inference_mode():
            outputs = torch.cat([network(batch.pieces) for batch, _ in iterator]).cpu().numpy()
        offsets = np.concatenate([[0], np.cumsum(n_labels[iterator.order])])
        return Sequences(outputs, offsets)[np.argsort(iterator.order)]

    def predict_proba(self, X):
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
        logits = self._run_labels(X)
        shifted = np.exp(logits.values - logits.values.max(axis=1, keepdims=True, initial=-np.inf))
        return Sequences(shifted / shifted.sum(axis=1, keepdims=True), logits.offsets).to_list()

    def predict(self, X):
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
        logits = self._run_labels(X)
        labels = self.classes_[logits.values.argmax(axis=1)] if len(logits.values) else self.classes_[:0]
        return to_kind(Sequences(labels, logits.offsets).to_list(), self.target_kind_)

    def score(self, X, y, sample_weight=None):
        """Return the share of labels that are right.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of n label sequences
            True labels.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row.

        Returns
        -------
        float
            In [0, 1].
        """
        return token_accuracy_score(y, self.predict(X), sample_weight=sample_weight)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags._skip_test = True  # scikit-learn's checks know one label a row
        return tags
