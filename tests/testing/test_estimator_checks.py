import random
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from seqestimators import (
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentStepRegressor,
    RecurrentTagger,
)
from seqestimators.augmentation import make_seed_ensemble
from seqestimators.sequences import read_sequences
from seqestimators.testing import check_sequence_estimator, parametrize_with_sequence_checks

SMALL = {"hidden_size": 8, "embedding_dim": 4, "max_epochs": 1, "batch_size": 8}


MODES = {  # each of them on one of the estimators, so that all are checked in the time of none
    (RecurrentClassifier, "rnn", "values"): {"loss": "focal", "projection_dim": 3},
    (RecurrentClassifier, "lstm", "auto"): {"label_smoothing": 0.1},
    (RecurrentClassifier, "gru", "auto"): {"n_dropout_samples": 2, "dtype": "bfloat16"},
    (RecurrentRegressor, "rnn", "values"): {"loss": "gaussian", "n_dropout_samples": 2},
    (RecurrentRegressor, "lstm", "values"): {"loss": "quantile", "quantile": [0.1, 0.9], "dtype": "float64"},
    (RecurrentRegressor, "gru", "values"): {"missing": "mask", "dtype": "bfloat16"},
    (RecurrentRegressor, "rnn", "auto"): {"loss": "huber"},
    (RecurrentRegressor, "lstm", "auto"): {"loss": "poisson"},
    (RecurrentRegressor, "gru", "auto"): {"loss": "gaussian"},
}


class BoundedRegressor(RecurrentRegressor):
    """Is given each target as its lower and its upper bound."""

    def fit(self, X, y):
        return super().fit(X, np.repeat(np.asarray(y)[:, None], 2, axis=1))


class ConditionalLanguageModel(RecurrentLanguageModel):
    """Has the length of a sequence as its condition."""

    def _read(self, X, reset):
        sequences = read_sequences(X)
        return super()._read(replace(sequences, features=sequences.lengths[:, None] / 10), reset)


@pytest.mark.usefixtures("in_bfloat16")
@parametrize_with_sequence_checks(
    [
        *(
            estimator(**SMALL, cell=cell, input=input, **MODES.get((estimator, cell, input), {}))
            for estimator in (RecurrentClassifier, RecurrentRegressor)
            for cell in ("rnn", "lstm", "gru")
            for input in ("tokens", "values", "auto")
        ),
        BoundedRegressor(**SMALL, input="values", bounded_targets=True, loss="gaussian"),
        make_seed_ensemble(RecurrentRegressor(**SMALL, cell="rnn", dtype="float64"), 2),
        ConditionalLanguageModel(**SMALL, cell="rnn", dtype="bfloat16"),
        RecurrentClassifier(**SMALL, dtype="float64"),
        RecurrentClassifier(**SMALL, early_stopping=True, validation_fraction=0.25),
        RecurrentClassifier(**SMALL, pooling="attention", num_layers=2, bidirectional=False),
        RecurrentClassifier(**SMALL | {"batch_norm": True, "embedding_dim": None}),
        RecurrentTagger(**SMALL),
        RecurrentTagger(**SMALL, stride=3, cell="gru", transitions="observed"),
        RecurrentTagger(**SMALL, transitions="crf", dtype="bfloat16"),
        RecurrentStepRegressor(**SMALL, stride=2, dtype="bfloat16"),
        RecurrentSeq2Seq(**SMALL),
        RecurrentSeq2Seq(**SMALL, attention="additive", cell="rnn", beam_width=2, dtype="bfloat16"),
        RecurrentSeq2Seq(**SMALL, attention="monotonic", decoder_layers=2, cell="gru"),
        RecurrentLanguageModel(**SMALL),
        RecurrentLanguageModel(**SMALL, bidirectional=True, num_layers=2, cell="gru", contamination=0.2),
    ]
)
def test_estimators_of_the_library(estimator, check):
    check(estimator)


@pytest.mark.parametrize("estimator", [RecurrentClassifier, RecurrentRegressor])
def test_an_estimator_of_tokens_is_checked_on_tokens_alone(estimator):
    with pytest.raises(ValueError, match="token ids"):
        estimator(**SMALL, input="tokens").fit([np.full((3, 2), 0.5)] * 2, [0, 1])


class MeanLength(RegressorMixin, BaseEstimator):
    """An estimator of few lines: y is predicted from the length of a sequence."""

    def fit(self, X, y):
        lengths = read_sequences(X).lengths
        if len(lengths) != len(y):
            raise ValueError("X and y differ in length")
        self.slope_ = lengths @ y / max(1, lengths @ lengths)
        return self

    def predict(self, X):
        check_is_fitted(self)
        return read_sequences(X).lengths * self.slope_


class Majority(ClassifierMixin, BaseEstimator):
    """A classifier without scores."""

    def fit(self, X, y):
        if len(read_sequences(X)) != len(y):
            raise ValueError("X and y differ in length")
        self.classes_, counts = np.unique(y, return_counts=True)
        self.label_ = self.classes_[counts.argmax()]
        return self

    def predict(self, X):
        check_is_fitted(self)
        return np.full(len(read_sequences(X)), self.label_)


@pytest.mark.parametrize("estimator", [MeanLength(), Majority()])
def test_estimators_of_others_pass(estimator):
    check_sequence_estimator(estimator)


class Padded(MeanLength):
    """Counts padding."""

    def predict(self, X):
        check_is_fitted(self)
        read_sequences(X)
        return np.array([len(row) for row in X]) * self.slope_


class Neighbours(MeanLength):
    """Predicts by rank in the batch."""

    def predict(self, X):
        return super().predict(X) - super().predict(X).max()


class Restless(MeanLength):
    """Doesn't keep to itself: draws from a global generator."""

    def __init__(self, source="numpy"):
        self.source = source

    def fit(self, X, y):
        {"numpy": np.random.rand, "random": random.random, "torch": lambda: torch.rand(1)}[self.source]()
        return super().fit(X, y)


class Noisy(MeanLength):
    """Every fit is another."""

    def fit(self, X, y):
        super().fit(X, y)
        self.slope_ *= np.random.default_rng().uniform()
        return self


class Writing(MeanLength):
    """Writes into X."""

    def fit(self, X, y):
        super().fit(X, y)
        for row in X:
            np.asarray(row)[...] = 4
        return self


class Eager(MeanLength):
    """Predicts before fit."""

    slope_ = 1.0

    def predict(self, X):
        return read_sequences(X).lengths * self.slope_


class Forgetful(MeanLength):
    """Loses its state on the way through a pickle."""

    def __setstate__(self, state):
        super().__setstate__(state | {"slope_": 0.0})


class Stringy(MeanLength):
    """Takes strings."""

    def fit(self, X, y):
        return super().fit([[4]] * len(X) if isinstance(X, list) and X and isinstance(X[0], str) else X, y)


class Positional(MeanLength):
    """Doesn't map ids that it hasn't seen."""

    def predict(self, X):
        check_is_fitted(self)
        return np.array([row.sum() for row in read_sequences(X).to_list()]) * 1.0


class Changing(MeanLength):
    """Writes into its parameters."""

    def __init__(self, degree=None):
        self.degree = degree

    def fit(self, X, y):
        self.degree = 2
        return super().fit(X, y)


@pytest.mark.parametrize(
    ("estimator", "check"),
    [
        (Padded(), "check_padding"),
        (Neighbours(), "check_batches_and_order"),
        (Restless("numpy"), "check_global_generators.*numpy"),
        (Restless("random"), "check_global_generators.*random"),
        (Restless("torch"), "check_global_generators.*torch"),
        (Noisy(), "check_ragged_and_padded_fit|check_refit|check_containers"),
        (Writing(), "check_input_is_unchanged"),
        (Eager(), "check_not_fitted"),
        (Forgetful(), "check_pickle"),
        (Stringy(), "check_strings"),
        (Positional(), "check_unknown_ids"),
        (Changing(), "check_parameters"),
    ],
    ids=repr,
)
def test_faults_are_found(estimator, check):
    with pytest.raises(AssertionError, match=f"(?s){check}"):
        check_sequence_estimator(estimator)


class Picky(MeanLength):
    def fit(self, X, y):
        raise ValueError("never good enough")


def test_an_estimator_that_reads_nothing():
    with pytest.raises(ValueError, match="reads neither token ids nor numeric series.*never good enough"):
        check_sequence_estimator(Picky())
