"""RecurrentSeq2Seq: a sequence for a sequence."""

import numpy as np
import torch
from sklearn.base import clone
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from .._sklearn import HasMethods, Integral, Interval, Real, StrOptions, _fit_context
from .._training import CrossEntropy, FlatRows, Seq2SeqNet, cut_by_length
from ..metrics import exact_match_score
from ..modules import AttentionDecoder, Seq2SeqNetwork, beam_search, greedy_search
from ..modules.attention import ATTENTIONS
from ..preprocessing import SequenceTokenizer
from ..sequences import UNKNOWN, read_sequences, read_targets, to_kind
from ._parameters import shared_parameters
from .base import BaseRecurrent

__all__ = ["RecurrentSeq2Seq"]

MAX_STEPS = 2**17
"""Padded steps of the source, times the width of the beam, that are decoded together."""
SPARE_RATIO = 1.5
"""How far the longest target may go beyond those of fit, in proportion to the source."""
SPARE_TOKENS = 10
"""And by how many tokens more."""


@shared_parameters
class RecurrentSeq2Seq(BaseRecurrent):
    """Recurrent network that writes a sequence for a sequence.

    An encoder reads the source, a decoder writes the target token by token
    and looks at the source by attention. In training, the decoder reads the
    true target (teacher forcing) in one parallel pass.

    Parameters
    ----------
    target_tokenizer : tokenizer or None, default=None
        Turns targets into token ids and back; a clone is fitted on y. None
        takes a SequenceTokenizer: characters of strings, items of lists.
    attention : {"dot", "additive", "monotonic"}, default="dot"
        How the decoder looks at the source: by comparing states, as a product
        or with a small network, or by hops forward, which reads sources of
        any length whose order the target keeps.
    cell : {"rnn", "lstm", "gru"}, default="lstm"
        Recurrent cell of encoder and decoder.
    hidden_size : int, default=128
        Number of units of the decoder, and of the encoder per direction, at
        least 1.
    num_layers : int, default=1
        Number of layers of the encoder, at least 1.
    decoder_layers : int, default=1
        Number of layers of the decoder, at least 1.
    bidirectional : bool, default=True
        Whether the encoder reads the source from its end as well.
    embedding_dim : int or None, default=32
        Size of the learned vector of a token, at least 1. None feeds one-hot
        vectors to the encoder, and vectors of `hidden_size` to the decoder.
    dropout : float, default=0.2
        Probability of a unit to be dropped, between layers and before the
        output layer, in [0, 1).
    output_bias : bool, default=True
        Whether the output layer has a bias.
    beam_width : int, default=1
        Number of beginnings that are kept in the search for the target, at
        least 1; 1 is greedy.
    length_penalty : float, default=0.0
        Beam search ranks by log-probability over length to this power, at
        least 0. Above 0, longer targets are favoured.
    max_length_ratio : float or None, default=None
        Greatest length of a predicted target, as a multiple of the length of
        its source, larger than 0; ten more tokens are granted. None takes one
        and a half times the largest ratio in fit.
    label_smoothing : float, default=0.0
        Share of the probability that training spreads over all tokens, in
        [0, 1).
    <training>

    Attributes
    ----------
    target_tokenizer_ : tokenizer
        Fitted on y.
    target_kind_ : {"string", "list", "tuple", "array"}
        What a row of y was in fit, and is in predict.
    max_length_ratio_ : float
        The ratio that predict keeps to.
    <attributes>

    See Also
    --------
    RecurrentTagger : Targets aligned with the source, which are easier.
    seqestimators.metrics.exact_match_score : What `score` returns.

    Notes
    -----
    Training with "monotonic" attention takes memory in proportion to the
    square of the length of the longest source in a batch, with "additive" to
    source times target times `hidden_size`. In prediction, a token costs the
    same at any length under "monotonic", and in proportion to the source
    under the others.

    References
    ----------
    .. [1] Sutskever, I., O. Vinyals, Q. V. Le, "Sequence to Sequence Learning
       with Neural Networks", NeurIPS 2014.
    .. [2] Luong, M.-T., H. Pham, C. D. Manning, "Effective Approaches to
       Attention-based Neural Machine Translation", EMNLP 2015.
    .. [3] Battenberg, E. et al., "Location-Relative Attention Mechanisms for
       Robust Long-Form Speech Synthesis", ICASSP 2020.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import RecurrentSeq2Seq, SequenceTokenizer
    >>> X, y = ["ab", "ba", "aab", "b"] * 10, ["AB", "BA", "AAB", "B"] * 10
    >>> model = make_pipeline(
    ...     SequenceTokenizer(), RecurrentSeq2Seq(hidden_size=16, random_state=0)
    ... )
    >>> model.fit(X, y).predict(["ab", "b"]).shape
    (2,)
    """

    _net_class = Seq2SeqNet
    max_length_ratio_: float
    _teacher_forcing = True
    _parameter_constraints = {
        **BaseRecurrent._parameter_constraints,
        "target_tokenizer": [HasMethods(["fit", "transform", "inverse_transform"]), None],
        "attention": [StrOptions(set(ATTENTIONS))],
        "decoder_layers": [Interval(Integral, 1, None, closed="left")],
        "beam_width": [Interval(Integral, 1, None, closed="left")],
        "length_penalty": [Interval(Real, 0, None, closed="left")],
        "max_length_ratio": [Interval(Real, 0, None, closed="neither"), None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self,
        *,
        target_tokenizer=None,
        attention="dot",
        cell="lstm",
        hidden_size=128,
        num_layers=1,
        decoder_layers=1,
        bidirectional=True,
        embedding_dim=32,
        dropout=0.2,
        output_bias=True,
        beam_width=1,
        length_penalty=0.0,
        max_length_ratio=None,
        label_smoothing=0.0,
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
        dtype="float32",
        callbacks=None,
        device="auto",
        warm_start=False,
        random_state=None,
        verbose=0,
    ):
        self.target_tokenizer = target_tokenizer
        self.attention = attention
        self.cell = cell
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.decoder_layers = decoder_layers
        self.bidirectional = bidirectional
        self.embedding_dim = embedding_dim
        self.dropout = dropout
        self.output_bias = output_bias
        self.beam_width = beam_width
        self.length_penalty = length_penalty
        self.max_length_ratio = max_length_ratio
        self.label_smoothing = label_smoothing
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
        self.dtype = dtype
        self.callbacks = callbacks
        self.device = device
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None):
        """Fit the network to sources and their targets.

        Parameters
        ----------
        X : array-like of n sequences
            Token ids or numeric series. See
            :func:`~seqestimators.sequences.read_sequences`.
        y : array-like of n sequences
            Strings, or lists, tuples or arrays of symbols, of any lengths.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0; 0 means absent.
        groups : array-like of shape (n,) or None, default=None
            Rows of one group stay on one side of the validation split.

        Returns
        -------
        RecurrentSeq2Seq
            The fitted estimator.

        Raises
        ------
        InvalidSequenceError
            A row of X or y can't be read; the message names the row.
        ValueError
            y has another number of rows than X.
        TypeError
            X holds strings: a tokenizer must come first.
        """
        return self._fit(X, y, sample_weight, groups)

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None):
        """Run one epoch over a chunk of data, at a constant learning rate.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit. Token ids that the first call doesn't hold count as
            unknown ever after.
        y : array-like of n sequences
            As in fit. The first call decides on the vocabulary.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.

        Returns
        -------
        RecurrentSeq2Seq
            The estimator.
        """
        return self._partial_fit(X, y, sample_weight)

    def _encode_target(self, y, sequences, sample_weight, reset, classes=None):
        rows, kind = read_targets(y)
        if reset:
            self.target_kind_ = kind
            tokenizer = SequenceTokenizer() if self.target_tokenizer is None else self.target_tokenizer
            self.target_tokenizer_ = clone(tokenizer).fit(rows)
        ids = self._encode_rows(rows)
        ratio = SPARE_RATIO * ((ids.lengths - 1) / np.maximum(sequences.lengths, 1)).max()
        self.max_length_ratio_ = float(
            self.max_length_ratio or (ratio if reset else max(ratio, self.max_length_ratio_))
        )
        targets = np.empty(len(rows), dtype=object)
        targets[:] = rows
        return ids, targets

    def _encode_rows(self, rows):
        """Token ids of targets, each with its end."""
        ids = read_sequences(self.target_tokenizer_.transform(rows), input="tokens")
        return ids.without_ends().with_ends(begin=False)

    def _criterion(self):
        return CrossEntropy(label_smoothing=self.label_smoothing)

    def _make_network(self, encoder, factory):
        decoder = AttentionDecoder(
            self.target_tokenizer_.n_tokens_,
            source_size=encoder.output_size,
            cell=self.cell,
            hidden_size=self.hidden_size,
            num_layers=self.decoder_layers,
            embedding_dim=self.embedding_dim or self.hidden_size,
            attention=self.attention,
            dropout=self.dropout,
            output_bias=self.output_bias,
            **factory,
        )
        return Seq2SeqNetwork(encoder, decoder)

    def _decode(self, X, search, width):
        """Read the sources, in pieces of bounded size, and search for the target of each.

        `search` takes the decoder, its state and the greatest length of each
        target, and returns a list with an item a source.
        """
        check_is_fitted(self)
        sequences = self._read(X, reset=False)
        source = FlatRows(sequences, self.net_.device)
        network = self.net_.module_.eval()
        limits = np.ceil(self.max_length_ratio_ * sequences.lengths).astype(np.int64) + SPARE_TOKENS
        order = np.argsort(sequences.lengths, kind="stable")
        found = np.empty(len(sequences), dtype=object)
        with torch.inference_mode():
            for rows in _cut(order, sequences.lengths, MAX_STEPS // width):
                state = network.read(*source.pad(rows))
                results = search(network.decoder, state, torch.from_numpy(limits[rows]).to(self.net_.device))
                for row, result in zip(rows, results, strict=True):
                    found[row] = result
        return found

    def _search(self, X, width, n_best):
        """Return the best hypotheses for every source, a list for each."""

        def search(decoder, state, limits):
            def step(token, state):
                outputs, state, _ = decoder(token[:, None], state)
                logits = decoder.logits(outputs[:, 0])
                logits[:, UNKNOWN] = -torch.inf  # it stands for no token that could be written
                return torch.log_softmax(logits, dim=1), state

            if width == 1:
                return [[best] for best in greedy_search(step, state, limits)]
            return beam_search(
                step, state, limits, width=width, n_best=n_best, length_penalty=self.length_penalty
            )

        return self._decode(X, search, width)

    def _to_targets(self, rows):
        """Turn lists of token ids into targets of the kind that fit has seen."""
        ids = np.empty(len(rows), dtype=object)
        for i, row in enumerate(rows):
            ids[i] = np.asarray(row, dtype=np.int64)
        targets = self.target_tokenizer_.inverse_transform(ids)
        if self.target_kind_ in ("string", "list"):
            return targets
        arrays = [np.array(row, dtype=None if row else np.int64) for row in targets]
        return to_kind(arrays, self.target_kind_)

    def predict(self, X):
        """Return the likeliest target of every source that the search finds.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Targets of the kind that fit saw.
        """
        return self._to_targets([best.tokens for best, *_ in self._search(X, self.beam_width, 1)])

    def predict_n_best(self, X, n=5):
        """Return several targets of every source, the best first.

        Parameters
        ----------
        X : array-like of n_samples sequences
            As in fit.
        n : int, default=5
            Number of targets a source, at least 1. The beam is at least as
            wide.

        Returns
        -------
        ndarray of shape (n_samples,), dtype object
            Lists of at most n pairs (target, log-probability): natural
            logarithm, the end included.
        """
        if not isinstance(n, Integral) or n < 1:
            raise ValueError(f"n={n!r} must be a whole number of at least 1")
        found = self._search(X, max(self.beam_width, n), n)
        targets = iter(self._to_targets([one.tokens for hypotheses in found for one in hypotheses]))
        result = np.empty(len(found), dtype=object)
        for i, hypotheses in enumerate(found):
            result[i] = [(next(targets), one.log_probability) for one in hypotheses]
        return result

    def attention_weights(self, X, y=None):
        """Return where the decoder looks for every token of the target.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of n sequences or None, default=None
            Targets to follow; None takes those that `predict` gives.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Arrays of shape (target length + 1, source length), dtype `dtype`;
            the last row belongs to the end of the target. Rows sum to 1.
        """
        check_is_fitted(self)
        sequences = self._read(X, reset=False)
        targets = self._encode_rows(read_targets(self.predict(X) if y is None else y)[0])
        check_consistent_length(sequences, targets)
        source, target = (FlatRows(rows, self.net_.device) for rows in (sequences, targets))
        network = self.net_.module_.eval()
        result = np.empty(len(sequences), dtype=object)
        order = np.argsort(sequences.lengths, kind="stable")
        with torch.inference_mode():
            for rows in _cut(order, sequences.lengths, MAX_STEPS // max(1, int(targets.lengths.max()))):
                weights = network.align(*source.pad(rows), target.pad(rows)[0]).cpu().numpy()
                for row, matrix in zip(rows, weights, strict=True):
                    result[row] = matrix[: targets.lengths[row], : sequences.lengths[row]]
        return result

    def score(self, X, y, sample_weight=None):
        """Return the share of targets that are right from beginning to end.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of n sequences
            True targets.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row.

        Returns
        -------
        float
            In [0, 1].
        """
        return exact_match_score(y, self.predict(X), sample_weight=sample_weight)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags._skip_test = True  # scikit-learn's checks know one label a row
        return tags


def _cut(order, lengths, max_steps):
    """Cut rows in ascending order of length into parts of bounded padded size, or one row each."""
    parts = []
    for piece in cut_by_length(lengths[order]):
        rows = order[piece]
        while len(rows):
            n_rows = max(1, max_steps // max(1, int(lengths[rows[-1]])))
            parts.append(rows[-n_rows:])
            rows = rows[:-n_rows]
    return parts
