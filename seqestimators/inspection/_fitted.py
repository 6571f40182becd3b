"""A fitted estimator or Pipeline, taken apart for those who look inside."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from numbers import Number
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Integral, StrOptions
from .._training import MAX_STEPS, SequenceDataset, run_batches
from ..estimators import BaseRecurrent
from ..estimators._opening import open_model
from ..modules import CELLS, Batch, Cell, Ragged, SequenceNetwork, States
from ..sequences import N_PARTS, SPECIAL_TOKENS, Sequences, is_biological

OF_STATES: dict[str, list[Any]] = {"layer": [Integral], "direction": [StrOptions({"forward", "backward"})]}
"""What functions are told of the states to look at: see `find_layer` and `find_direction`."""
LIMIT = 8
"""Significant characters, at most, of a number that stands where tokens stand."""


def is_single(X: Any) -> bool:
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
    column : object, default=None
        Which column of sequences to look at, of a model that reads several:
        as SequenceColumns names it, or its number where there is no such
        step.

    Attributes
    ----------
    estimator : BaseRecurrent
        The recurrent estimator.
    tokenizer : SequenceTokenizer or None
        The tokenizer before it, if there is one; also in a ColumnTransformer.
    place : int
        Which of the columns of sequences is looked at; 0 of a single one.
    reader : SequenceReader
        What fit has learned of that column: the estimator, of the first.
    network, encoder : Module
        The network of the estimator, in evaluation mode, and its encoder for
        that column.
    cell : Cell
        The first of the encoder.

    Raises
    ------
    NotFittedError
        The model isn't fitted: an untrained network has nothing to show.
    TypeError
        The last step is no recurrent estimator.
    ValueError
        There is no such column.
    """

    def __init__(self, model: Any, column: Any = None):
        self.tokenizer: Any = None
        self._reader_of_columns: Any = None
        self._steps, model = open_model(model)
        for _, step in [] if self._steps is None else self._steps.steps:
            if hasattr(step, "tokenizers_"):  # a SequenceColumns
                self._reader_of_columns = step
            self.tokenizer = _find_tokenizer(step) or self.tokenizer
        if not isinstance(model, BaseRecurrent):
            raise TypeError(
                f"{type(model).__name__} is no recurrent estimator: give a fitted RecurrentClassifier (or "
                "-Regressor, -Tagger, -Seq2Seq, -LanguageModel), or a fitted Pipeline that ends in one"
            )
        check_is_fitted(model)
        self.estimator = model
        self.network = model.net_.module_.eval()
        others = getattr(model, "other_columns_", ())
        tokenizers = getattr(self._reader_of_columns, "tokenizers_", None)
        self._columns = list(tokenizers) if tokenizers else list(range(1 + len(others)))
        self._is_chosen = column is not None or len(self._columns) == 1
        if column is not None and column not in self._columns:
            raise ValueError(f"column={column!r} is none of the columns of sequences: {self._name_columns()}")
        self.place = 0 if column is None else self._columns.index(column)
        self.reader = (model, *others)[self.place]
        self.encoder = self.part_of(self.network).encoder
        if tokenizers:
            self.tokenizer = tokenizers[self._columns[self.place]]
        self.cell = self.encoder.layers[0][0]

    def prepare(self, X: Any) -> Any:
        """Return X as the estimator is given it, always as several sequences."""
        X = [X] if is_single(X) else X
        return X if self._steps is None else self._steps.transform(X)

    def read(self, X: Any) -> Sequences:
        """Return X as the network reads it: Sequences, unknown ids replaced, series standardized."""
        self.require_column()
        if getattr(self.network, "condition", None) is not None:
            raise ValueError(
                f"the first state of this {type(self.estimator).__name__} depends on a condition, and "
                "only models without one can be looked into: score_samples, transform and sample go by it"
            )
        return self.estimator.read(self.prepare(X))

    def require_column(self) -> None:
        """Raise an error if the model reads several columns, and none is chosen."""
        if not self._is_chosen:
            raise ValueError(
                f"the model reads several columns of sequences, {self._name_columns()}: choose one by "
                "column=..., as hidden_states, integrated_gradients, mutagenesis, attention_weights, "
                "gate_trace, token_embeddings and their displays take it; sklearn.inspection."
                "permutation_importance tells what each column is worth"
            )

    def take_strings(self, X: Any) -> Any:
        """Return the column as X has it, always as several sequences: what its tokenizer is given."""
        if self._reader_of_columns is None:
            return [X] if is_single(X) else X
        return self._reader_of_columns.take_column(X, self._columns[self.place])

    def _name_columns(self) -> str:
        return ", ".join(map(repr, self._columns))

    def part_of(self, network: Any) -> Any:
        """Return the part of the network, or of a copy of it, whose encoder reads the column."""
        return (network, *getattr(network, "others", ()))[self.place]

    def column_of(self, sequences: Sequences) -> Sequences:
        """Return the column that is looked at, of all that `read` returns, without what stands beside it."""
        one = (sequences, *sequences.others)[self.place]
        return replace(one, features=None, others=())

    def read_one(self, x: Any) -> Sequences:
        """Return one sequence as the network reads it: Sequences of a single row.

        A list that holds the only sequence is read too.
        """
        sequences = self.read(x)
        if len(sequences) != 1:
            raise ValueError(
                f"x holds {len(sequences)} sequences, but this looks at one: give a string, a 1-D array of "
                "numbers, a list of one sequence, or a table of one row"
            )
        return sequences

    @property
    def name(self) -> str:
        """What a picture calls the network: its cell, and whether it reads both ways."""
        return ("bidirectional " if self.encoder.bidirectional else "") + CELLS.name_of(self.cell).upper()

    @property
    def vocabulary(self) -> list[Any]:
        """The token of every id that the network reads.

        Without a tokenizer they are the special tokens, then the ids themselves.
        """
        n_tokens = self.reader.n_inputs_
        tokens = SPECIAL_TOKENS if self.tokenizer is None else self.tokenizer.vocabulary_.tokens
        return [*tokens[:n_tokens], *range(len(tokens), n_tokens)]

    @property
    def alphabet(self) -> np.ndarray:
        """Ids of the tokens that fit has met, the special ones left out."""
        n_special = len(SPECIAL_TOKENS)
        return n_special + np.flatnonzero(self.reader.known_tokens_[n_special:])

    def name_tokens(self, sequences: Sequences) -> list[list[str]]:
        """Return the names of all steps of the column as lists of str, one per sequence.

        They are the tokens of the tokenizer; without one, the numbers, those
        of standardized series in their own unit.
        """
        sequences = self.column_of(sequences)
        if sequences.is_tokens:
            names = list(map(str, self.vocabulary))
            return [[names[token] for token in row] for row in sequences]
        values = sequences.values
        if sequences.is_masked:
            values, observed, _ = np.split(values, N_PARTS, axis=1)
            values = np.where(observed, values, np.nan)
        if sequences.is_standardized:
            mean, scale = self.reader.channel_mean_, self.reader.channel_scale_
            # a standardized number has six digits or so in float32: what follows is rounding
            unit = 10.0 ** (np.ceil(np.log10(np.abs(mean) + scale)) - 6)
            values = np.round((values * scale + mean) / unit) * unit + 0.0  # and -0 is 0
        rows = replace(sequences, values=values)
        return [[", ".join(f"{value:g}"[:LIMIT] for value in step) for step in row.tolist()] for row in rows]

    def find_layer(self, layer: int) -> int:
        """Return the index of a recurrent layer, counted from 0, or from the last if negative."""
        n_layers = len(self.encoder.layers)
        if not -n_layers <= layer < n_layers:
            raise ValueError(f"layer={layer}, but the network has the layers 0 to {n_layers - 1}")
        return layer % n_layers

    def find_direction(self, direction: str) -> int:
        """Return the index of a direction: 0 for "forward", 1 for "backward"."""
        if direction == "backward" and not self.encoder.bidirectional:
            raise ValueError(
                'direction="backward", but the network reads forward only: fit it with bidirectional=True'
            )
        return int(direction == "backward")

    def run_states(
        self, sequences: Sequences, function: Callable[[list[States]], torch.Tensor]
    ) -> np.ndarray:
        """Apply a function to the hidden states of all layers of the column.

        Parameters
        ----------
        sequences : Sequences
        function : callable
            Takes what :meth:`RecurrentEncoder.read_layers` returns, and
            returns a Tensor of shape (n, T, ...).

        Returns
        -------
        ndarray of shape (n_sequences,), dtype object
            Arrays of shape (T_i, ...), the padding cut off.
        """

        def of_batch(batch: Batch) -> Ragged:
            layers = [self.encoder.read_layers(*piece) for piece in batch.pieces]
            return Ragged.from_padded((function(one), one[-1].lengths) for one in layers)

        return self.run_column(sequences, of_batch).to_list()

    def run_column(self, sequences: Sequences, function: Callable[[Batch], Ragged]) -> Sequences:
        """Apply a function to batches of the column, put back in the order of the sequences.

        Parameters
        ----------
        sequences : Sequences
            As `read` returns them.
        function : callable
            Takes a Batch of the column alone, and returns Ragged.
        """
        dataset = SequenceDataset(self.column_of(sequences), device=self.estimator.net_.device)
        max_steps = min(MAX_STEPS, self.estimator.max_batch_tokens or MAX_STEPS)
        return run_batches(dataset, function, max_steps=max_steps)

    def answer(self, sequences: Sequences) -> np.ndarray:
        """Return what the estimator answers: probabilities of a classifier, else predictions.

        Parameters
        ----------
        sequences : Sequences
            As `read` returns them.

        Returns
        -------
        ndarray of shape (n,), (n, n_targets) or (n, n_classes)
        """
        return self.estimator.answer(self.estimator.run(sequences))

    def describe_answer(self, sequence: Sequences) -> str:
        """Return what the estimator predicts for one sequence, as a title says it."""
        answer = np.atleast_1d(self.answer(sequence)[0])
        if not hasattr(self.estimator, "classes_"):
            return "Predicted " + ", ".join(f"{number:.3g}" for number in answer)
        classes = self.estimator.classes_
        if self.estimator.margin().is_multilabel:
            chosen = classes[answer > 0.5].tolist()
            return f"Predicted labels: {', '.join(map(str, chosen)) or 'none'}"
        best = answer.argmax()
        return f"Predicted {classes[best]}, probability {answer[best]:.3f}"

    def choose_target(self, sequence: Sequences, target: Any) -> Any:
        """Return what a picture of one sequence explains: by default the class that is predicted."""
        if target is not None or not hasattr(self.estimator, "classes_"):
            return target
        if self.estimator.margin().is_multilabel:
            return None
        return self.estimator.classes_.tolist()[self.answer(sequence)[0].argmax()]

    def name_of_margin(self, margin: Any, sequence: Sequences) -> str:
        """Return what a picture of one sequence calls the number that is explained."""
        outputs = torch.from_numpy(self.estimator.run(sequence))
        return margin.name(int(margin.choose(outputs)))

    def copy_network(self) -> SequenceNetwork:
        """Return a copy of the network for gradients in double precision, the fitted one left as it is."""
        network = deepcopy(self.network).double().eval()
        for part in network.modules():
            if isinstance(part, Cell):
                part.train()  # they have no dropout of their own, and cuDNN differentiates no other
        return network


def _find_tokenizer(step: Any) -> Any:
    """Return a tokenizer, or the one in a ColumnTransformer, FeatureUnion or Pipeline; else None."""
    if hasattr(step, "vocabulary_") and hasattr(step, "tokenize"):
        return step
    for name in ("named_transformers_", "named_transformers", "named_steps"):
        for part in getattr(step, name, {}).values():
            if (found := _find_tokenizer(part)) is not None:
                return found
    return None


def in_double_precision(values: Any) -> Any:
    """Return floating-point numbers in double precision; token ids and classes as they are."""
    if isinstance(values, Sequences):
        return replace(
            values,
            values=in_double_precision(values.values),
            features=in_double_precision(values.features),
            others=tuple(map(in_double_precision, values.others)),
        )
    return values if values is None or values.dtype.kind != "f" else values.astype(np.float64)


def unwrap(results: np.ndarray, X: Any) -> Any:
    """Return the result of the only sequence where X is one; all of them otherwise."""
    return results[0] if is_single(X) else results
