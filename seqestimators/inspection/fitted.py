"""A fitted estimator or Pipeline, taken apart for those who look inside."""

from numbers import Number

import numpy as np
import torch
from sklearn.base import MetaEstimatorMixin, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ..estimators.base import BaseRecurrent
from ..preprocessing import SPECIAL_TOKENS, Sequences, SequenceTokenizer
from ..preprocessing.strings import is_biological
from ..training.batching import FlatRows, cut_by_length

__all__ = ["FittedModel", "as_sequences", "is_single", "unwrap"]

LIMIT = 8
"""Significant characters, at most, of a number that stands where tokens stand."""


def is_single(X):
    """Whether X is one sequence: a string, a molecule, or one row of numbers."""
    if isinstance(X, (str, bytes, bytearray)) or is_biological(X):
        return True
    if isinstance(X, (list, tuple)):
        return len(X) > 0 and all(isinstance(value, Number) for value in X)
    return getattr(X, "ndim", 0) == 1 and X.dtype.kind in "iuf"


class FittedModel:
    """A fitted recurrent estimator, and the steps of a Pipeline before it.

    Parameters
    ----------
    model : estimator, Pipeline, fitted search or FrozenEstimator
        Must be fitted; its last step is a recurrent estimator.

    Attributes
    ----------
    estimator : BaseRecurrent
        The recurrent estimator.
    tokenizer : SequenceTokenizer or None
        The tokenizer before it, if there is one.
    network, encoder : Module
        The network of the estimator, in evaluation mode, and its encoder.

    Raises
    ------
    NotFittedError
        The model isn't fitted: an untrained network has nothing to show.
    TypeError
        The last step is no recurrent estimator.
    """

    def __init__(self, model):
        self._steps = None
        self.tokenizer = None
        while True:
            if isinstance(model, MetaEstimatorMixin) and hasattr(model, "refit"):  # a search
                check_is_fitted(model)
                model = model.best_estimator_
            elif isinstance(model, FrozenEstimator):
                model = model.estimator
            elif isinstance(model, Pipeline):
                *before, (_, last) = model.steps
                steps = [(name, step) for name, step in before if step not in (None, "passthrough")]
                self._steps = Pipeline(steps) if steps else None
                for _, step in steps:
                    if isinstance(step, SequenceTokenizer):
                        self.tokenizer = step
                model = last
            else:
                break
        if not isinstance(model, BaseRecurrent):
            raise TypeError(
                f"{type(model).__name__} is no recurrent estimator: give a fitted RecurrentClassifier (or "
                "-Regressor, -Tagger, -Seq2Seq, -LanguageModel), or a fitted Pipeline that ends in one"
            )
        check_is_fitted(model)
        self.estimator = model
        self.network = model.net_.module_.eval()
        self.encoder = self.network.encoder

    def prepare(self, X):
        """Return X as the estimator is given it, always as several sequences."""
        X = [X] if is_single(X) else X
        return X if self._steps is None else self._steps.transform(X)

    def read(self, X):
        """Return X as the network reads it: Sequences, unknown ids replaced."""
        return self.estimator._read(self.prepare(X), reset=False)

    def read_one(self, x):
        """Return one sequence as the network reads it: Sequences of a single row.

        A list that holds the only sequence is read too.
        """
        sequences = self.read(x)
        if len(sequences) != 1:
            raise ValueError(
                f"x holds {len(sequences)} sequences, but this looks at one: give a string, a 1-D array of "
                "numbers, or a list of one sequence"
            )
        return sequences

    @property
    def name(self):
        """What a picture calls the network: its cell, and whether it reads both ways."""
        return ("bidirectional " if self.encoder.bidirectional else "") + self.estimator.cell.upper()

    def name_tokens(self, sequences):
        """Return the names of all steps as lists of str, one a sequence.

        They are the tokens of the tokenizer; without one, the numbers.
        """
        if sequences.is_tokens:
            if self.tokenizer is not None:
                names = dict(enumerate(self.tokenizer.vocabulary_.tokens))
            else:
                names = dict(enumerate(SPECIAL_TOKENS))
            return [[str(names.get(token, token)) for token in row.tolist()] for row in sequences.to_list()]
        return [[_name_values(step) for step in row] for row in sequences.to_list()]

    def compute(self, sequences, function):
        """Apply a function to all sequences, in batches of bounded size.

        Parameters
        ----------
        sequences : Sequences
        function : callable
            Takes padded inputs (n, T) or (n, T, d) and lengths (n,), returns
            a Tensor of shape (n, T, ...).

        Returns
        -------
        ndarray of shape (n_sequences,), dtype object
            Arrays of shape (T_i, ...), the padding cut off.
        """
        rows = FlatRows(sequences, self.estimator.net_.device)
        order = np.argsort(sequences.lengths, kind="stable")
        result = np.empty(len(sequences), dtype=object)
        with torch.inference_mode():
            for piece in cut_by_length(sequences.lengths[order]):
                chosen = order[piece]
                values = function(*rows.pad(chosen)).cpu().numpy()
                for row, value in zip(chosen, values, strict=True):
                    result[row] = value[: sequences.lengths[row]].copy()
        return result

    def answer(self, sequences):
        """Return what the estimator answers: probabilities of a classifier, else predictions.

        Parameters
        ----------
        sequences : Sequences
            As `read` returns them.

        Returns
        -------
        ndarray of shape (n,), (n, n_targets) or (n, n_classes)
        """
        if is_classifier(self.estimator):
            return self.estimator.predict_proba(sequences)
        if not hasattr(self.estimator, "predict") or not hasattr(self.network, "pooling"):
            raise TypeError(
                f"{type(self.estimator).__name__} gives no single answer for a sequence: this needs a "
                "RecurrentClassifier or a RecurrentRegressor"
            )
        return self.estimator.predict(sequences)

    def has_causal_answer(self):
        """Whether the answer on a prefix is a function of the states up to its end."""
        return not self.encoder.bidirectional and self.network.pooling.kind == "last"


def unwrap(results, X):
    """Return the result of the only sequence where X is one; all of them otherwise."""
    return results[0] if is_single(X) else results


def as_sequences(rows, like):
    """Return a list of arrays as Sequences with the values of the kind of `like`."""
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Sequences(np.concatenate([*rows, like.values[:0]]), offsets)


def _name_values(step):
    return ", ".join(f"{value:g}"[:LIMIT] for value in np.atleast_1d(step).tolist())
