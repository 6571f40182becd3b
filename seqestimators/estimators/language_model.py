"""RecurrentLanguageModel: how likely a sequence is, and new ones like those seen."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn, Self

import numpy as np
import torch
from sklearn.base import DensityMixin
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Integral, Interval, Real, _fit_context, validate_params
from .._training import SequenceDataset, make_generators
from ..exceptions import TruncationWarning
from ..modules import LanguageNetwork, RecurrentEncoder, cross_entropy, sample
from ..parameters import parameter, with_parameters
from ..sequences import Fingerprint, Sequences, read_weights
from ._ends import leave_out
from ._joined import JoinedInput
from ._outliers import OutlierDetection
from ._prefixes import read_condition, read_prefix
from ._state import Interrupted
from .base import BaseRecurrent

__all__ = ["RecurrentLanguageModel"]


@with_parameters
class RecurrentLanguageModel(OutlierDetection, DensityMixin, JoinedInput, BaseRecurrent):
    """Recurrent network that predicts the next token of a sequence.

    It learns the probability of every token given those before it, and so
    that of whole sequences: it scores them, samples new ones, and serves as
    pretrained network where labels are few (transfer learning). Beginning and end are added inside,
    never twice.

    Numbers beside each sequence, as a SequenceColumns before it reads them,
    are its condition: the first state depends on them, every likelihood is one
    under the condition, and `sample` takes the condition that is asked for.

    With `contamination` it is an outlier detector of scikit-learn.

    Parameters
    ----------
    bidirectional : bool
        Whether a second network, of the same embedding and output layer,
        learns the sequences read from their ends, for `transform` and as a
        start of bidirectional models. Scores and samples are those of the
        forward network.

    Attributes
    ----------
    max_length_ : int
        Length of the longest sequence in fit.
    n_numbers_ : int
        Number of numbers in the condition; 0 without one.
    offset_ : float
        The threshold: mean log-likelihood of a token, below which a sequence
        is an outlier. Only with `contamination`.
    <attributes>

    See Also
    --------
    sample : Strings from a fitted pipeline.
    seqestimators.inspection.variant_effect : Likelihood of mutants.
    seqestimators.metrics.generation_report : What sampled molecules are worth.
    RecurrentClassifier : Starts from this model by ``pretrained``.

    Notes
    -----
    Likelihoods are exact: the probabilities of all sequences that end sum to
    1. Token ids that fit has not seen share the probability of UNKNOWN, which
    is never drawn.

    References
    ----------
    .. [1] Mikolov, T. et al., "Recurrent neural network based language model",
       Interspeech 2010.
    .. [2] Segler, M. H. S. et al., "Generating Focused Molecule Libraries for
       Drug Discovery with Recurrent Neural Networks", ACS Central Science 4,
       2018.
    .. [3] Kotsias, P.-C. et al., "Direct steering of de novo molecular
       generation with descriptor conditional recurrent neural networks",
       Nature Machine Intelligence 2, 2020 (a condition in the first state).

    Examples
    --------
    >>> from seqestimators import RecurrentLanguageModel, SequenceTokenizer
    >>> tokenizer = SequenceTokenizer()
    >>> X = tokenizer.fit_transform(["ab", "aabb", "aaabbb"] * 10)
    >>> model = RecurrentLanguageModel(hidden_size=16, random_state=0).fit(X)
    >>> model.score_samples(X[:2]).shape
    (2,)
    >>> len(tokenizer.inverse_transform(model.sample(3, max_length=99, random_state=0)))
    3
    """

    hidden_size: int = parameter(default=128)
    bidirectional: bool = parameter(default=False)
    dropout: float = parameter(default=0.0)

    @_fit_context
    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: Any = None,
        groups: Any = None,
        *,
        X_val: Any = None,
        checkpoint: Any = None,
    ) -> Self:
        """Fit the network to sequences.

        Parameters
        ----------
        X : array-like of n sequences
            Token ids. See :func:`~seqestimators.sequences.read_sequences`.
            Numbers beside them, of a SequenceColumns, are the condition.
        y : Ignored
            Present for scikit-learn's API.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0; 0 means absent.
        groups : array-like of shape (n,) or None, default=None
            Rows of one group stay on one side of the validation split.
        X_val : array-like of sequences or None, default=None
            Validation rows for `early_stopping`, in place of a share of X.
        checkpoint : str, Path or None, default=None
            Folder of a file, written after every epoch, from which the same fit
            goes on; a finished one is read. It needs a `random_state`.

        Returns
        -------
        RecurrentLanguageModel
            The fitted estimator.

        Raises
        ------
        InvalidSequenceError
            A sequence can't be read; the message names row and position.
        TypeError
            X holds strings: a tokenizer must come first.
        """
        return self._fit(X, None, sample_weight, groups, X_val=X_val, checkpoint=checkpoint)

    @_fit_context
    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Run one epoch over a chunk of data, at a constant learning rate.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit. New token ids are learned as they come, as far as the
            tokenizer of the first call knows them; without one, up to the
            largest id of that call. A warning counts those beyond.
        y : Ignored
            Present for scikit-learn's API.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.

        Returns
        -------
        RecurrentLanguageModel
            The estimator.
        """
        return self._partial_fit(X, None, sample_weight)

    def _read(self, X: Any, reset: bool) -> Sequences:
        sequences = super()._read(X, reset).without_ends().with_ends()
        if sequences.others:
            raise ValueError(
                f"X has {1 + len(sequences.others)} columns of sequences, but a {type(self).__name__} "
                "reads one, and numbers beside it: leave out the others"
            )
        return sequences

    def _train(self, datasets: dict[str, SequenceDataset], **options: Any) -> Any:
        try:
            super()._train(datasets, **options)
        except Interrupted:  # what it has learned is kept
            self._learn_offset(datasets["train"])
            raise
        self._learn_offset(datasets["train"])
        return self

    def _learn_target(self, y: Any, sequences: Any, sample_weight: Any, classes: Any = None) -> None:
        self.max_length_ = int(sequences.lengths.max()) - 2

    def _learn_later_target(self, y: Any, sequences: Any, sample_weight: Any) -> None:
        self.max_length_ = max(int(sequences.lengths.max()) - 2, self.max_length_)

    def _encode_target(self, y: Any, sequences: Any) -> Sequences:
        following = leave_out(sequences, first=True)
        if not self._as_fitted().bidirectional:
            return following
        before = leave_out(sequences, first=False)
        pairs = zip(following.to_list(), before.to_list(), strict=True)
        rows = [part for ahead, back in pairs for part in (ahead, back[::-1])]
        return Sequences(np.concatenate(rows), 2 * following.offsets)

    def encode_target(self, X: Any, y: Any) -> NoReturn:
        """Refuse: the targets of a language model are in X.

        Parameters
        ----------
        X, y : Ignored
            Present for the API of the recurrent estimators.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(
            f"{type(self).__name__} has no loss of a sequence and its target: this needs a "
            "RecurrentClassifier, RecurrentRegressor, RecurrentTagger or RecurrentSeq2Seq"
        )

    def _make_encoder(self, **options: Any) -> RecurrentEncoder:
        return super()._make_encoder(mix_directions=False, **options)

    def _make_network(self, encoder: RecurrentEncoder) -> LanguageNetwork:
        return LanguageNetwork(
            encoder, dropout=self.dropout, output_bias=self.output_bias, n_numbers=self.n_numbers_
        )

    def _run_steps(
        self, X: Any, of_logits: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    ) -> Sequences:
        """Apply a function to the next tokens' logits after each prefix, and to the next tokens.

        Returns Sequences with a value for each token behind BOS.
        """
        check_is_fitted(self)
        network = self.net_.module_
        return self.run(X, lambda batch: network.follow(batch, of_logits))

    def score_samples(self, X: Any, *, per_token: bool = False, normalize: bool = False) -> np.ndarray:
        """Return the logarithm of the probability of every sequence.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        per_token : bool, default=False
            Whether to return that of every token, given those before it,
            instead of their sum.
        normalize : bool, default=False
            Whether to divide by the number of tokens, the end included, so
            that sequences of different lengths can be compared.

        Returns
        -------
        ndarray of shape (n,), dtype `dtype`
            Natural logarithm; the end of the sequence is included. With
            `per_token`, of dtype object: an array of length + 1 for each
            sequence, the end last.

        Raises
        ------
        ValueError
            Both `per_token` and `normalize` are set.
        """
        if per_token and normalize:
            raise ValueError(
                "normalize=True averages over the tokens, and per_token=True gives each of them: set one"
            )
        steps = self._run_steps(X, lambda logits, target: -cross_entropy(logits, target))
        if per_token:
            return steps.to_list()
        scores = np.add.reduceat(steps.values, steps.offsets[:-1])  # no row is empty: each has its end
        return scores / steps.lengths.astype(scores.dtype) if normalize else scores

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Return the mean log-likelihood of a token.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : Ignored
            Present for scikit-learn's API.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row.

        Returns
        -------
        float
            In nats, the end of each sequence counted as a token.
        """
        scores = self.score_samples(X).astype(np.float64)
        n_tokens = self.read(X).lengths - 1
        weight = read_weights(sample_weight, len(scores))
        return float((weight @ scores) / (weight @ n_tokens))

    def perplexity(self, X: Any) -> float:
        """Return the perplexity of a token: the number of equally likely ones it is as hard to guess as.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        float
            ``exp(-score(X))``, at least 1.
        """
        return float(np.exp(-self.score(X)))

    def predict_next(self, X: Any) -> np.ndarray:
        """Return the likeliest next token at every position.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            For each sequence an array, dtype int64, of its length (beginning
            and end not counted): what is likeliest to follow its first token,
            its first two, ..., all of it. EOS says that it ends.
        """
        steps = self._run_steps(X, lambda logits, target: logits.argmax(dim=1))
        return leave_out(steps, first=True).to_list()

    @validate_params(
        {
            "n_samples": [Interval(Integral, 1, None, closed="left")],
            "temperature": [Interval(Real, 0, None, closed="neither")],
            "top_k": [Interval(Integral, 1, None, closed="left"), None],
            "top_p": [Interval(Real, 0, 1, closed="right"), None],
            "max_length": [Interval(Integral, 1, None, closed="left"), None],
            "random_state": ["random_state"],
        }
    )
    def sample(
        self,
        n_samples: int = 1,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        max_length: int | None = None,
        random_state: Any = None,
        prefix: Any = None,
        condition: Any = None,
    ) -> np.ndarray:
        """Sample new sequences.

        For strings from a fitted pipeline, take
        :func:`seqestimators.sample`.

        Parameters
        ----------
        n_samples : int, default=1
            Number of sequences, at least 1.
        temperature : float, default=1.0
            Divides the logits, larger than 0: below 1, likely tokens are
            favoured.
        top_k : int or None, default=None
            Draw from the so many likeliest tokens only, at least 1.
        top_p : float or None, default=None
            Draw from the likeliest tokens only that together have at least
            this probability, in (0, 1].
        max_length : int or None, default=None
            Greatest number of tokens of a sequence, at least 1; longer ones
            are cut there, with a warning. None takes twice the longest in
            fit, behind a prefix at least once.
        random_state : int, RandomState instance or None, default=None
            Source of randomness; an int makes the result repeatable.
        prefix : array-like or None, default=None
            Token ids that the sequences begin with: a 1-D array for all of
            them, or `n_samples` sequences, one for each.
        condition : array-like or None, default=None
            Numbers that the model is to go by, of shape (n_numbers,) for all
            sequences, or (n_samples, n_numbers), as those beside the sequences
            in fit: a SequenceColumns has standardized them. Needed if fit had
            some.

        Returns
        -------
        ndarray of shape (n_samples,), dtype object
            1-D arrays of token ids, dtype int64, without beginning and end;
            the prefix included.

        Raises
        ------
        InvalidSequenceError
            The prefix can't be read, or has a token that training has not
            met. The message names row, position and token.
        ValueError
            The condition doesn't fit the model, or `max_length` the prefix.

        Warns
        -----
        TruncationWarning
            Sequences reached `max_length`; the message counts them.
        """
        check_is_fitted(self)
        device = torch.device(self.net_.device)
        start, longest = None, 0
        if prefix is not None:
            start = torch.from_numpy(read_prefix(self, prefix, n_samples)).to(device)
            longest = start.shape[1]
        limit = max(2 * self.max_length_, longest + self.max_length_, 1) if max_length is None else max_length
        if longest > limit:
            raise ValueError(f"max_length={limit}, but a prefix has {longest} tokens, and counts: raise it")
        numbers = read_condition(self, condition, n_samples)
        generator = make_generators(random_state, device).weights
        network = self.net_.module_.eval()
        with torch.inference_mode():
            rows, is_finished = sample(
                network.step,
                network.begin(None if numbers is None else torch.from_numpy(numbers).to(device)),
                n_samples,
                limit,
                generator,
                start,
                temperature=temperature,
                top_k=top_k,
                top_p=top_p,
            )
        n_cut = n_samples - sum(is_finished)
        if n_cut:
            warnings.warn(
                f"{n_cut} of {n_samples} sequences were cut at max_length={limit}: raise max_length to let "
                "them end",
                TruncationWarning,
                stacklevel=3,
            )
        sampled = Sequences.from_rows([row.cpu().numpy() for row in rows])
        learned = getattr(self, "fingerprint_", None)
        return replace(sampled, fingerprint=None if learned is None else Fingerprint(*learned)).to_list()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        return tags
