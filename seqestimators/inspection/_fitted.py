"""A fitted estimator or Pipeline, taken apart for those who look inside."""

from numbers import Number

import numpy as np
import torch
from sklearn.base import MetaEstimatorMixin, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._training.batching import FlatRows
from ..estimators.base import BaseRecurrent
from ..estimators.pooled import BasePooled
from ..modules.encoder import CELLS
from ..preprocessing import SequenceTokenizer
from ..sequences import SPECIAL_TOKENS, Sequences, is_biological

__all__ = ["FittedModel", "as_sequences", "is_single", "unwrap"]

MAX_STEPS = 16384
"""Padded steps, at most, that are computed at once; a longer sequence is alone."""
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
    cell : {"rnn", "lstm", "gru"}
        Of the encoder.

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
        first = self.encoder.layers[0][0]  # not the estimator's: a pretrained encoder brings its own
        self.cell = next(name for name, kind in CELLS.items() if isinstance(first, kind))

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
        return ("bidirectional " if self.encoder.bidirectional else "") + self.cell.upper()

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

    def find_layer(self, layer):
        """Return the index of a recurrent layer, counted from 0, or from the last if negative."""
        n_layers = len(self.encoder.layers)
        if not -n_layers <= layer < n_layers:
            raise ValueError(f"layer={layer}, but the network has the layers 0 to {n_layers - 1}")
        return layer % n_layers

    def find_direction(self, direction):
        """Return the index of a direction: 0 for "forward", 1 for "backward"."""
        if direction == "backward" and not self.encoder.bidirectional:
            raise ValueError(
                'direction="backward", but the network reads forward only: fit it with bidirectional=True'
            )
        return int(direction == "backward")

    def cut(self, sequences):
        """Return the rows of batches of bounded size, each of sequences of about the same length.

        Parameters
        ----------
        sequences : Sequences

        Returns
        -------
        list of lists of int
            Each row once, the shortest first. A batch has at most `MAX_STEPS`
            padded steps, or a single row.
        """
        batches: list[list[int]] = [[]]
        for row in np.argsort(sequences.lengths, kind="stable").tolist():
            if batches[-1] and (len(batches[-1]) + 1) * sequences.lengths[row] > MAX_STEPS:
                batches.append([])
            batches[-1].append(row)
        return batches

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
        result = np.empty(len(sequences), dtype=object)
        with torch.inference_mode():
            for chosen in self.cut(sequences):
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
        self.check_answers()
        if is_classifier(self.estimator):
            return self.estimator.predict_proba(sequences)
        return self.estimator.predict(sequences)

    def check_answers(self):
        """Refuse an estimator that gives no single answer for a sequence."""
        if not isinstance(self.estimator, BasePooled):
            raise TypeError(
                f"{type(self.estimator).__name__} gives no single answer for a sequence: this needs a "
                "RecurrentClassifier or a RecurrentRegressor"
            )

    def has_causal_answer(self):
        """Whether the answer on a prefix is a function of the states up to its end."""
        self.check_answers()
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
