"""dtype="bfloat16": training in mixed precision, and answers of float32, of every estimator."""

import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone

from seqestimators import (
    DNATokenizer,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentStepRegressor,
    RecurrentTagger,
)
from seqestimators.datasets import make_start_codon

pytestmark = pytest.mark.usefixtures("in_bfloat16")

TINY = {"hidden_size": 8, "max_epochs": 1, "dtype": "bfloat16", "random_state": 0}
X = [[4, 5, 6], [5], [4, 4, 6, 5], [5, 5]] * 4
SERIES = [np.linspace(0, 1, len(row)) for row in X]
NUMBERS = [float(sum(row)) for row in X]
STEPS = [[float(token) for token in row] for row in X]


@pytest.fixture(scope="module")
def start_codons():
    dna, kind = make_start_codon(100, length=(8, 16), random_state=0)
    return DNATokenizer().fit_transform(dna), kind


@pytest.fixture(scope="module")
def learned(start_codons, in_bfloat16):
    return RecurrentClassifier(
        cell="gru", hidden_size=16, num_layers=2, lr=0.02, max_epochs=15, dtype="bfloat16", random_state=0
    ).fit(*start_codons)


def test_it_learns(learned, start_codons):
    assert learned.score(*start_codons) > 0.95


def test_a_fit_is_reproducible_and_not_that_of_float32(start_codons):
    model = RecurrentClassifier(**TINY, cell="gru", num_layers=2)
    answers = [clone(model).fit(*start_codons).decision_function(start_codons[0]) for _ in range(2)]
    assert np.array_equal(*answers)
    exact = model.set_params(dtype="float32").fit(*start_codons).decision_function(start_codons[0])
    assert 0 < np.abs(answers[0] - exact).max() < 0.1


@pytest.mark.parametrize(
    ("estimator", "X", "y", "method"),
    [
        (RecurrentClassifier(**TINY), X, np.arange(16) % 3, "predict_proba"),
        (RecurrentClassifier(**TINY, input="values", cell="gru"), SERIES, np.arange(16) % 2, "predict_proba"),
        (RecurrentRegressor(**TINY, loss="gaussian"), X, NUMBERS, "predict"),
        (RecurrentRegressor(**TINY, num_layers=2, stem=(4, 3, 1)), X, NUMBERS, "transform"),
        (RecurrentStepRegressor(**TINY), X, STEPS, "predict"),
        (RecurrentTagger(**TINY, transitions="crf"), X, X, "predict_proba"),
        (RecurrentSeq2Seq(**TINY, attention="monotonic", decoder_layers=2), X, X, "transform"),
        (RecurrentLanguageModel(**TINY, bidirectional=True), X, None, "score_samples"),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else "",
)
def test_every_estimator_answers_in_float32(estimator, X, y, method):
    model = estimator.fit(X, y)
    weights = list(model.net_.module_.parameters())
    assert {weight.dtype for weight in weights} == {torch.float32}
    states = model.net_.optimizer_.state.values()
    assert {part.dtype for state in states for part in state.values() if torch.is_tensor(part)} == {
        torch.float32
    }
    answers = getattr(model, method)(X)
    assert {np.asarray(row).dtype for row in answers} == {np.dtype("float32")}
    twin = pickle.loads(pickle.dumps(model))
    for one, other in zip(getattr(twin, method)(X), answers, strict=True):
        np.testing.assert_array_equal(one, other)


def test_answers_are_those_of_float32_with_the_same_weights(learned, start_codons):
    exact = clone(learned).set_params(dtype="float32", max_epochs=1).fit(*start_codons)
    exact.net_.module_.load_state_dict(learned.net_.module_.state_dict())
    expected = learned.predict_proba(start_codons[0])
    np.testing.assert_array_equal(exact.predict_proba(start_codons[0]), expected)


def test_what_it_has_learned_is_a_start_for_float32(learned, start_codons):
    tuned = RecurrentClassifier(pretrained=learned, max_epochs=1, random_state=0).fit(*start_codons)
    assert learned.net_.module_.encoder.mixed_precision
    assert not tuned.net_.module_.encoder.mixed_precision
    assert tuned.score(*start_codons) > 0.95
