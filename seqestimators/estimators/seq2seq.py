"""RecurrentSeq2Seq: a sequence for a sequence."""

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Integral, _fit_context
from .._training import MAX_HELD_STEPS
from ..exceptions import TokenIdWarning, TruncationWarning
from ..metrics import exact_match_score
from ..modules import AttentionDecoder, Batch, RecurrentEncoder, Seq2SeqNetwork, beam_search, greedy_search
from ..parameters import parameter, with_parameters
from ..preprocessing import SequenceTokenizer, SmilesTokenizer
from ..sequences import (
    EOS,
    UNKNOWN,
    Sequences,
    naming,
    object_array,
    open_rows,
    place_of,
    read_sequences,
    to_kind,
    unknown_symbols,
)
from ._groups import Decoding, Input, Network, Positions, Pretraining
from ._target_rows import SequenceTargets
from .base import BaseRecurrent

__all__ = ["RecurrentSeq2Seq"]

SPARE_RATIO = 1.5
"""How far the longest target may go beyond those of fit, in proportion to the source."""
SPARE_TOKENS = 10
"""And by how many tokens more."""
MAX_TOKENS = 10_000
"""Tokens of a target beyond which a search ends, unless targets of fit or the source are long too."""


@with_parameters
class RecurrentSeq2Seq(SequenceTargets, BaseRecurrent, Input, Pretraining, Decoding, Positions, Network):
    """Recurrent network that predicts a sequence from a sequence.

    An encoder reads the source, a decoder writes the target token by token
    and looks at the source by attention. In training, the decoder reads the
    true target (teacher forcing) in one parallel pass.

    Parameters
    ----------
    hidden_size : int
        Number of units of the decoder, and of the encoder per direction, at
        least 1.

    Attributes
    ----------
    target_tokenizer_ : tokenizer
        Fitted on y.
    target_kind_ : {"string", "list", "tuple", "array"}
        What a row of y was in fit, and is in predict.
    max_length_ratio_ : float
        The ratio that predict keeps to, unless `max_length_ratio` is set.
    max_length_ : int
        Number of tokens of the longest target in fit.
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
    .. [3] Jean, S. et al., "On Using Very Large Target Vocabulary for Neural
       Machine Translation", ACL 2015 (copies of unknown words).
    .. [4] Battenberg, E. et al., "Location-Relative Attention Mechanisms for
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

    hidden_size: int = parameter(default=128)

    max_length_ = 0  # in files of before version 0.1

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
        return self._fit(X, y, sample_weight, groups, X_val=X_val, y_val=y_val, checkpoint=checkpoint)

    @_fit_context
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Run one epoch over a chunk of data, at a constant learning rate.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit. New token ids are learned as they come, as far as the
            tokenizer of the first call knows them; without one, up to the
            largest id of that call. A warning counts those beyond.
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

    def _learn_target(self, y: Any, sequences: Any, sample_weight: np.ndarray, classes: Any = None) -> None:
        super()._learn_target(y, sequences, sample_weight)
        tokenizer = SequenceTokenizer() if self.target_tokenizer is None else self.target_tokenizer
        with naming("y"):
            self.target_tokenizer_ = clone(tokenizer).fit(y)
        self._learn_lengths(y, sequences)

    def _learn_later_target(self, y: Any, sequences: Any, sample_weight: Any) -> None:
        self._learn_lengths(y, sequences, self.max_length_ratio_, self.max_length_)
        if type(self.target_tokenizer_) not in (SequenceTokenizer, SmilesTokenizer):
            return  # whose vocabulary doesn't come from the first call
        ids = self._encode_target(y, sequences)
        is_unknown = ids.values == UNKNOWN
        if is_unknown.any():
            row, position = place_of(int(is_unknown.argmax()), ids.offsets)
            warnings.warn(
                f"{is_unknown.sum()} tokens of y, first in row {row}, position {position}, are none that the "
                "first call had, and count as unknown: give the first call all tokens, or a target_tokenizer "
                "with a vocabulary",
                TokenIdWarning,
                stacklevel=6,
            )

    def _learn_lengths(self, y: Any, sequences: Sequences, ratio: float = 0.0, longest: int = 0) -> None:
        """Learn how long targets are, and how long they may become as a multiple of their sources."""
        n_tokens = self._encode_target(y, sequences).lengths - 1
        largest = float(SPARE_RATIO * (n_tokens / np.maximum(sequences.lengths, 1)).max())
        self.max_length_ratio_ = self.max_length_ratio or max(largest, ratio)
        self.max_length_ = max(int(n_tokens.max()), longest)

    def _encode_target(self, y: Any, sequences: Any) -> Sequences:
        """Token ids of targets, each with its end."""
        with naming("y"):
            ids = read_sequences(self.target_tokenizer_.transform(y), input="tokens")
        return ids.without_ends().with_ends(begin=False)

    def _write_target(self, y: Any) -> Any:
        return self.target_tokenizer_.normalize(y, name="y") if self.target_kind_ == "string" else y

    def _make_network(self, encoder: RecurrentEncoder) -> Seq2SeqNetwork:
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
            mixed_precision=encoder.mixed_precision,
        )
        return Seq2SeqNetwork(encoder, decoder, label_smoothing=self.label_smoothing)

    def _search(self, X: Any, width: int, n_best: int) -> np.ndarray:
        """Return the best hypotheses for every source, a list for each."""
        check_is_fitted(self)
        network = self.net_.module_
        ratio = self.max_length_ratio or self.max_length_ratio_
        find: Callable[..., Any] = _find_likeliest
        if width > 1:
            find = partial(beam_search, width=width, n_best=n_best, length_penalty=self.length_penalty)

        symbols = _unknown_symbols(X) if self.copy_unknown else None
        may_copy = None if symbols is None else np.array(list(map(bool, symbols)))

        def of_batch(batch: Batch) -> list[Any]:
            lengths = torch.cat(batch.lengths)
            limits = torch.ceil(ratio * lengths.double()).clamp(max=2.0**40).long() + SPARE_TOKENS
            most = (2 * lengths).clamp(min=max(MAX_TOKENS, 10 * self.max_length_))
            return network.search(batch, limits.minimum(most), find, batch.target)

        found = self.run(X, of_batch, target=may_copy, max_steps=MAX_HELD_STEPS // width, min_rows=1)
        n_cut = sum(any(one.is_cut for one in hypotheses) for hypotheses in found)
        if n_cut and not self.net_.is_training:  # a score after each epoch says nothing of it
            warnings.warn(
                f"the targets of {n_cut} of {len(found)} sequences were cut at the greatest length: raise "
                f"max_length_ratio (now {ratio:g}) to let them end; none has more than "
                f"{max(MAX_TOKENS, 10 * self.max_length_)} tokens, or two a step of its source",
                TruncationWarning,
                stacklevel=3,
            )
        return found

    def _to_targets(self, rows: list[Any], X: Any, sources: np.ndarray) -> np.ndarray:
        """Turn lists of token ids, each of a row of X, into targets of the kind that fit has seen."""
        ids = object_array([np.asarray(row, dtype=np.int64) for row in rows])
        copied = self._copy(rows, X, sources) if self.copy_unknown else []
        targets = self.target_tokenizer_.inverse_transform(ids, **{"unknown": copied} if any(copied) else {})
        if self.target_kind_ in ("string", "list"):
            return targets
        arrays = [np.array(row, dtype=None if row else np.int64) for row in targets]
        return to_kind(arrays, self.target_kind_)

    def _copy(self, rows: list[Any], X: Any, sources: np.ndarray) -> list[list[Any]]:
        """Return for each unknown token of a row the unknown symbol of its source that it looks at most."""
        copied: list[list[Any]] = [[] for _ in rows]
        with_gaps = [i for i, row in enumerate(rows) if UNKNOWN in row]
        if not with_gaps:
            return copied
        symbols, read = _unknown_symbols(X), self._read(X, reset=False).take(sources[with_gaps])
        targets = Sequences.from_rows([[*rows[i], EOS] for i in with_gaps])
        for i, source, weights in zip(with_gaps, read, self._align(read, targets), strict=True):
            looked_at = weights[np.array([*rows[i], EOS]) == UNKNOWN][:, source == UNKNOWN].argmax(axis=1)
            copied[i] = [symbols[sources[i]][place] for place in looked_at.tolist()]
        return copied

    def _align(self, X: Any, targets: Sequences) -> np.ndarray:
        """Return where the decoder looks for each token of targets, an object array of matrices."""
        network = self.net_.module_

        def of_batch(batch: Batch) -> list[np.ndarray]:
            return [weights.cpu().numpy() for weights in network.align(batch)]

        n_steps = MAX_HELD_STEPS // max(1, int(targets.lengths.max()))
        return self.run(X, of_batch, target=targets, max_steps=n_steps, min_rows=1)

    def predict(self, X: Any) -> np.ndarray:
        """Return the likeliest target of every source that the search finds.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Targets of the kind that fit saw.

        Warns
        -----
        TruncationWarning
            Targets were cut at the greatest length; the message counts them.
        """
        best = [one.tokens for one, *_ in self._search(X, self.beam_width, 1)]
        return self._to_targets(best, X, np.arange(len(best)))

    def predict_n_best(self, X: Any, n: int = 5) -> np.ndarray:
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

        Warns
        -----
        TruncationWarning
            Targets were cut at the greatest length; the message counts the
            sources.
        """
        if not isinstance(n, Integral) or n < 1:
            raise ValueError(f"n={n!r} must be a whole number of at least 1")
        found = self._search(X, max(self.beam_width, n), n)
        rows = [one.tokens for hypotheses in found for one in hypotheses]
        targets = iter(self._to_targets(rows, X, np.repeat(np.arange(len(found)), list(map(len, found)))))
        return object_array(
            [[(next(targets), one.log_probability) for one in hypotheses] for hypotheses in found]
        )

    def attention_weights(self, X: Any, y: Any = None) -> np.ndarray:
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
        sequences = self.read(X)
        targets = self.encode_target(sequences, self.predict(X) if y is None else y)
        return self._align(sequences, targets)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the share of targets that are right from beginning to end.

        They are compared as the target tokenizer reads them: where it takes
        small letters for capitals, so does the score.

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
        return exact_match_score(
            y, self.predict(X), tokenizer=self.target_tokenizer_, sample_weight=sample_weight
        )


def _find_likeliest(step: Any, state: Any, limits: torch.Tensor) -> list[Any]:
    return [[best] for best in greedy_search(step, state, limits)]


def _unknown_symbols(X: Any) -> list[list[Any]]:
    """The symbols of each source that its tokenizer has no id for, none where they aren't known."""
    rows = [None] * len(X) if isinstance(X, Sequences) else open_rows(X, "X")
    rows = rows.to_numpy() if hasattr(rows, "to_numpy") else rows
    rows = rows.ravel() if isinstance(rows, np.ndarray) and rows.dtype == object else rows
    return [unknown_symbols(row) or [] for row in rows]
