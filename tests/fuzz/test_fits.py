"""Fits of random legal parameters on random small data: what comes out is right, or refused.

A case is a number; `run(number)` repeats it.
"""

import pickle

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from seqestimators import (
    DNATokenizer,
    Padder,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentStepRegressor,
    RecurrentTagger,
)
from seqestimators.sequences import object_array

# What every estimator has, then what some have; each choice is legal
CHOICES = {
    "cell": ["rnn", "lstm", "gru"],
    "hidden_size": [1, 2, 5],
    "num_layers": [1, 1, 2],
    "bidirectional": [True, False],
    "embedding_dim": [None, 1, 3],
    "dropout": [0.0, 0.2, 0.9],
    "output_bias": [True, False],
    "max_epochs": [1, 2, 3],
    "lr": [1e-6, 0.005, 0.1, 10.0],
    "batch_size": [1, 2, 7, "all"],
    "optimizer": ["adamw", "adam", "nadam", "radam", "rmsprop", "sgd"],
    "weight_decay": [0.0, 0.1],
    "gradient_clip": [None, 1e-3, 1.0],
    "lr_schedule": ["one_cycle", "cosine", "constant"],
    "truncate_gradient": [None, None, 2],
    "early_stopping": [False, False, True],
    "validation_fraction": [0.1, 0.5],
    "n_iter_no_change": [1, 10],
    "dtype": ["float32", "float64"],
    "warm_start": [False, True],
    "random_state": [0, 7],
    "pooling": ["concat", "last", "mean", "max", "attention"],
    "batch_norm": [False, True],
    "standardize": [True, False],
    "input": ["auto", "auto", "tokens", "values"],
    "class_weight": [None, "balanced", {0: 1, 1: 2}, {0: 0, 1: 1}],
    "attention": ["dot", "additive", "monotonic"],
    "decoder_layers": [1, 2],
    "beam_width": [1, 3],
    "length_penalty": [0.0, 1.0],
    "max_length_ratio": [None, 0.5],
    "label_smoothing": [0.0, 0.3],
    "stride": [1, 1, 2],
    "transitions": ["free", "observed", "crf"],
}
ESTIMATORS = [
    RecurrentClassifier,
    RecurrentRegressor,
    RecurrentTagger,
    RecurrentStepRegressor,
    RecurrentSeq2Seq,
    RecurrentLanguageModel,
]


def choose(rng, options):
    return options[rng.integers(len(options))]


def draw_estimator(rng):
    kind = choose(rng, ESTIMATORS)
    names = [name for name in kind().get_params() if name in CHOICES]
    chosen = {name: choose(rng, CHOICES[name]) for name in names if rng.random() < 0.4}
    return kind(**{"hidden_size": 3, "embedding_dim": 2, "max_epochs": 1, "random_state": 0} | chosen)


def draw_X(rng, n_rows):
    """Rows that an estimator takes, and how many labels per step each has."""
    lengths = rng.integers(0 if rng.random() < 0.3 else 1, 7, size=n_rows)
    kind = rng.integers(8)
    ids = [rng.integers(4, 9, size=length) for length in lengths]
    if kind == 0:
        return [row.tolist() for row in ids], lengths
    if kind == 1:
        return object_array(ids), lengths
    if kind == 2:
        return pd.DataFrame({"x": object_array(ids)}), lengths
    if kind == 3:
        return Padder(length=8).fit_transform(ids), lengths
    if kind == 4:
        offset, scale = choose(rng, [0.0, 1e9, -1e-9]), choose(rng, [1.0, 1e-12, 1e6])
        return [offset + scale * rng.normal(size=(length, 2)) for length in lengths], lengths
    if kind == 5:
        return rng.normal(size=(n_rows, 3)), np.full(n_rows, 3)
    if kind == 6:
        return rng.normal(size=(n_rows, 4, 2)), np.full(n_rows, 4)
    strings = ["".join(rng.choice(list("acgtuN"), size=length)) for length in lengths]
    return DNATokenizer().fit_transform(strings), lengths


def draw_y(rng, estimator, lengths):
    n_rows = len(lengths)
    if isinstance(estimator, RecurrentRegressor):
        y = choose(rng, [0.0, 1e9]) + choose(rng, [1.0, 1e-30, 1e6]) * rng.normal(size=n_rows)
        return np.c_[y, rng.normal(size=n_rows)] if rng.random() < 0.2 else y
    if isinstance(estimator, RecurrentTagger):
        labels = choose(rng, ["ab", [0, 1], [True, False]])
        rows = [[labels[i] for i in rng.integers(2, size=length // estimator.stride)] for length in lengths]
        return ["".join(row) for row in rows] if labels == "ab" else rows
    if isinstance(estimator, RecurrentStepRegressor):
        offset, scale = choose(rng, [0.0, 1e9]), choose(rng, [1.0, 1e-30, 1e6])
        rows = [offset + scale * rng.normal(size=length // estimator.stride) for length in lengths]
        return [np.where(rng.random(len(row)) < 0.2, np.nan, row) for row in rows]
    if isinstance(estimator, RecurrentSeq2Seq):
        return ["".join(rng.choice(list("xyz"), size=rng.integers(0, 5))) for _ in lengths]
    if isinstance(estimator, RecurrentLanguageModel):
        return None
    y = rng.integers(0, 3 if rng.random() < 0.2 else 2, size=n_rows)
    kind = rng.integers(6)
    if kind == 0:
        return np.array(["no", "yes", "maybe"])[y]
    if kind == 1:
        return pd.Series(y, dtype="Int64")
    if kind == 2:
        return pd.Categorical(np.array(["no", "yes", "maybe"])[y])
    if kind == 3:
        return np.where(rng.random((n_rows, 2)) < 0.2, np.nan, rng.integers(0, 2, size=(n_rows, 2)))
    return y


def answers_of(estimator, X):
    """All that a fitted estimator says of X, by method."""
    methods = ("predict", "predict_proba", "decision_function", "transform", "score_samples")
    return {name: getattr(estimator, name)(X) for name in methods if hasattr(estimator, name)}


def assert_alike(one, other, tolerance=0.0):
    for name in one:
        first, second = one[name], other[name]
        if first.dtype == object:
            for a, b in zip(first, second, strict=True):
                if isinstance(a, np.ndarray) and a.dtype.kind == "f":
                    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
                else:
                    assert list(a) == list(b)
        elif first.dtype.kind == "f":
            scale = np.abs(first).max(initial=1.0)
            np.testing.assert_allclose(first, second, rtol=tolerance, atol=tolerance * scale)
        else:
            np.testing.assert_array_equal(first, second)


def check_answers(estimator, X, lengths):
    answers = answers_of(estimator, X)
    for name, values in answers.items():
        assert len(values) == len(lengths), name
        for row in values:
            if np.asarray(row).dtype.kind == "f":
                assert np.isfinite(row).all(), name
    proba = answers.get("predict_proba")
    if isinstance(estimator, RecurrentClassifier) and proba.shape[1] == len(estimator.classes_):
        assert ((proba >= 0) & (proba <= 1)).all()
        if not estimator._is_multilabel:
            np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)
    if isinstance(estimator, RecurrentTagger):
        stride = estimator._network_params["stride"]
        assert [*map(len, answers["predict"])] == [length // stride for length in lengths]
        for row in proba:
            np.testing.assert_allclose(row.sum(axis=1), 1, rtol=1e-5)
    return answers


def run(case):
    """Fit, compare and change one random estimator."""
    rng = np.random.default_rng(case)
    estimator = draw_estimator(rng)
    X, lengths = draw_X(rng, int(rng.integers(1, 14)))
    y = draw_y(rng, estimator, lengths)
    weight = choose(rng, [None, None, rng.integers(0, 3, size=len(lengths)), rng.random(len(lengths))])
    try:
        estimator.fit(X, y, sample_weight=weight)
    except (ValueError, TypeError):
        try:
            check_is_fitted(estimator)
        except NotFittedError:
            return
        raise AssertionError("a first fit that failed has left a fitted estimator") from None
    answers = check_answers(estimator, X, lengths)
    assert 1 <= estimator.n_iter_ == len(estimator.history_) <= estimator.max_epochs

    assert_alike(answers, answers_of(pickle.loads(pickle.dumps(estimator)), X))
    if not estimator.warm_start:
        assert_alike(answers, answers_of(clone(estimator).fit(X, y, sample_weight=weight), X))
    order = rng.permutation(len(lengths))
    shuffled = X.iloc[order] if hasattr(X, "iloc") else object_array([X[i] for i in order])
    if isinstance(X, np.ndarray) and X.dtype != object:
        shuffled = X[order]
    if isinstance(estimator, RecurrentSeq2Seq):  # rounding may turn a search
        answers.pop("predict")
    tolerance = 1e-8 if estimator.dtype == "float64" else 1e-3
    expected = {name: values[order] for name, values in answers.items() if values.dtype.kind in "fO"}
    if isinstance(estimator, RecurrentTagger | RecurrentLanguageModel):
        expected.pop("predict", None)  # rounding may turn the likeliest of equals
    assert_alike(expected, answers_of(estimator, shuffled), tolerance)

    other = draw_estimator(np.random.default_rng(case + 1)).get_params()
    kept = ("beam_width", "length_penalty", "max_length_ratio", "device", "pretrained", "target_tokenizer")
    changed = {name: other[name] for name in estimator.get_params().keys() & other.keys() - set(kept)}
    assert_alike(answers, answers_of(estimator.set_params(**changed), X))
    try:
        estimator.partial_fit(X, y)
    except (ValueError, TypeError):
        assert_alike(answers, answers_of(estimator, X))
    else:
        check_answers(estimator, X, lengths)


def test_whatever_is_fitted_is_right_or_refused(fit_cases):
    for case in fit_cases:
        try:
            run(case)
        except BaseException as error:
            error.add_note(f"of case {case}")
            raise
