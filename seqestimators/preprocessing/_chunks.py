"""A vocabulary that is learned chunk by chunk, from more sequences than fit into memory."""

from typing import Any

from .._sklearn import _fit_context


class ChunkLearner:
    """The part of a tokenizer that learns from one chunk after the other, by the counts of its tokens."""

    @_fit_context
    def partial_fit(self: Any, X: Any, y: Any = None) -> Any:
        """Learn the vocabulary of one chunk of the data and of the chunks before it.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Sequences, as in `fit`.
        y : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        self : object
            Fitted tokenizer; after the last chunk as `fit` on all of them.
        """
        known = dict.fromkeys(getattr(self, "vocabulary_", ()), self.min_frequency)
        counts = {**getattr(self, "_counts", known)}
        for token, count in self._learn(X).count().items():
            counts[token] = counts.get(token, 0) + count
        self._counts, self.vocabulary_ = counts, self._make_vocabulary(lambda: counts)
        self.n_tokens_ = len(self.vocabulary_)
        return self
