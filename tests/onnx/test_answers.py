"""Every kind of answer of a graph against that of its model, and labels that depend on each other."""

import numpy as np
import pytest

from seqestimators import (
    RecurrentClassifier,
    RecurrentRegressor,
    RecurrentStepRegressor,
    RecurrentTagger,
)
from seqestimators._onnx.answers import describe_transitions
from seqestimators.sequences import BOS, EOS

SMALL = {"hidden_size": 3, "cell": "gru", "max_epochs": 1, "lr": 0.05, "random_state": 0}


def make_ids(lengths, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.integers(4, 8, size=n) for n in lengths]


X, UNSEEN = make_ids(range(12)), make_ids([3, 1, 0, 40, 17], seed=1)
NUMBERS = np.random.default_rng(2).normal(100, 5, size=12)
TABLE = np.random.default_rng(3).normal([1e3, -3], [1, 200], size=(12, 2))
COUNTS = np.random.default_rng(4).poisson(20, size=12)


def assert_same(answer, expected):
    assert answer.dtype == expected.dtype
    np.testing.assert_allclose(answer, expected, rtol=0, atol=1e-6 * np.abs(expected).max(initial=0))


@pytest.mark.parametrize(
    ("params", "y"),
    [
        ({"loss": "gaussian"}, NUMBERS),
        ({"loss": "gaussian", "dtype": "float64"}, 1e9 + NUMBERS),
        ({"loss": "gaussian"}, TABLE),
        ({"loss": "gaussian", "bounded_targets": True}, np.c_[NUMBERS, NUMBERS + 1]),
        ({"loss": "poisson"}, COUNTS),
        ({"loss": "poisson"}, np.c_[COUNTS, COUNTS[::-1]]),
        ({"loss": "quantile", "quantile": [0.1, 0.5, 0.6]}, NUMBERS),
        ({"loss": "quantile", "quantile": 0.9}, TABLE),
        ({"loss": "quantile", "quantile": [0.3]}, NUMBERS),
        ({"loss": "huber", "task_weight": [1, 2]}, TABLE),
        ({"loss": "squared", "bounded_targets": True}, np.c_[NUMBERS, NUMBERS + 1]),
        ({"loss": lambda outputs, target: (outputs - target).abs().mean(dim=1)}, NUMBERS),
    ],
    ids=[
        "gaussian",
        "gaussian far from 0",
        "gaussians",
        "bounded gaussian",
        "poisson",
        "poissons",
        "quantiles",
        "quantile of two targets",
        "list of one quantile",
        "weighted tasks",
        "bounded",
        "callable",
    ],
)
def test_numbers(params, y, run_graph):
    model = RecurrentRegressor(**SMALL | params).fit(X, y)
    answers = run_graph(model, UNSEEN)
    if model.gives_std:
        number, std = model.predict(UNSEEN, return_std=True)
        assert_same(answers.pop("std"), std)
    else:
        number = model.predict(UNSEEN)
    assert_same(answers.pop("values"), number)
    assert not answers


def test_quantiles_that_cross_are_put_in_order(run_graph):
    model = RecurrentRegressor(loss="quantile", quantile=[0.2, 0.8], **SMALL).fit(X, NUMBERS)
    bias = model.net_.module_.output.bias.data
    bias[:] = bias.flip(0) * 10
    answer = run_graph(model, UNSEEN)["values"]
    assert (answer[:, 0] < answer[:, 1]).all()
    assert_same(answer, model.predict(UNSEEN))


@pytest.mark.parametrize(
    "params",
    [
        {"loss": "focal", "label_smoothing": 0.1},
        {"loss": "focal", "class_weight": "balanced", "y": np.arange(12) % 3},
        {"task_weight": [1, 2], "y": np.c_[COUNTS > 20, NUMBERS > 100].astype(float)},
    ],
    ids=["binary", "classes", "labels"],
)
def test_probabilities_under_other_losses(params, run_graph):
    y = params.pop("y", COUNTS > 20)
    model = RecurrentClassifier(**SMALL, **params).fit(X, y)
    assert_same(run_graph(model, UNSEEN)["probabilities"], model.predict_proba(UNSEEN))


@pytest.mark.parametrize(("stride", "n_outputs", "offset"), [(1, 1, 0), (2, 1, 1e9), (2, 2, 0)])
def test_numbers_of_steps(stride, n_outputs, offset, run_graph):
    """Behind the last one stands 0."""
    lengths = [8, 2, 0, 40, 6]
    ids = [np.r_[BOS, x, EOS] for x in make_ids(lengths)]
    rng = np.random.default_rng(0)
    y = [rng.normal(offset, 3, size=(n // stride, n_outputs)) for n in lengths]
    if n_outputs == 1:
        y = [row[:, 0] for row in y]
    model = RecurrentStepRegressor(stride=stride, **SMALL).fit(ids, y)
    rows = [np.r_[BOS, x, EOS] for x in make_ids([12, 4, 0], seed=1)]
    answer, expected = run_graph(model, rows)["values"], model.predict(rows)
    assert answer.shape == (3, 14 // stride, n_outputs)[: expected[0].ndim + 1]
    for row, numbers in zip(answer, expected, strict=True):
        assert row.dtype == numbers.dtype
        np.testing.assert_allclose(row[: len(numbers)] - offset, numbers - offset, rtol=0, atol=1e-5)
        assert not row[len(numbers) :].any()
    assert_same(run_graph(model, rows, output="states")["states"], model.transform(rows))


def find_log_probabilities(emissions, start, transitions, end):
    """Return those of every label of a conditional random field (forward-backward algorithm)."""
    before, behind = [start], [end]
    for step in emissions[:-1]:
        before.append(np.logaddexp.reduce(before[-1] + step + transitions.T, axis=1))
    for step in emissions[:0:-1]:
        behind.append(np.logaddexp.reduce(behind[-1] + step + transitions, axis=1))
    total = emissions + before + behind[::-1]
    return total - np.logaddexp.reduce(total, axis=1, keepdims=True)


def find_best_path(scores, seen):
    """Return the index of every label of a sequence (Viterbi algorithm)."""
    penalty = np.where(seen, 0, -1e9)
    score, arrows = penalty[-1, :-1] + scores[0], []
    for step in scores[1:]:
        through = score[:, None] + penalty[:-1, :-1]
        arrows.append(through.argmax(axis=0))
        score = through.max(axis=0) + step
    path = [(score + penalty[:-1, -1]).argmax()]
    for arrow in reversed(arrows):
        path.append(arrow[path[-1]])
    return path[::-1]


def find_labels(model, emissions):
    facts = {name: np.array(one) for name, one in describe_transitions(model).items()}
    seen = facts.pop("seen_transitions")
    scores = find_log_probabilities(emissions, **facts) if facts else emissions
    return list(model.classes_[find_best_path(scores, seen)])


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("transitions", ["observed", "crf"])
def test_labels_that_depend_on_each_other(transitions, stride, run_graph):
    rows = make_ids([2, 8, 60, 4, 0], seed=1)
    # c never follows a, and stands neither first nor last
    pattern = "ab" + "bbcb" * 20 + "ab"
    labels = [list(pattern[-(len(x) // stride) :]) if len(x) else [] for x in rows]
    model = RecurrentTagger(transitions=transitions, stride=stride, **SMALL | {"max_epochs": 4})
    model.fit(rows, labels)
    rows = make_ids([20, 6, 2, 0, 84], seed=2)
    answers = run_graph(model, rows)
    for i, expected in enumerate(model.predict(rows)):
        emissions = answers["emissions"][i, : len(expected)]
        assert not answers["emissions"][i, len(expected) :].any()
        if len(expected):
            assert find_labels(model, emissions) == list(expected)
    if transitions == "observed":
        for row, expected in zip(answers["probabilities"], model.predict_proba(rows), strict=True):
            np.testing.assert_allclose(row[: len(expected)], expected, rtol=0, atol=1e-6)
    else:
        assert list(answers) == ["emissions"]


def test_a_sequence_without_a_seen_path_has_the_fewest_unseen_neighbours(run_graph):
    model = RecurrentTagger(transitions="observed", **SMALL).fit(
        X[2:4] * 3, [["a", "b"], ["a", "b", "c"]] * 3
    )
    rows = make_ids([5, 1, 8], seed=3)
    emissions = run_graph(model, rows)["emissions"]
    for row, expected in zip(emissions, model.predict(rows), strict=True):
        assert find_labels(model, row[: len(expected)]) == list(expected)
