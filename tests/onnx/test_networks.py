"""ONNX against the model itself: every kind of network, on unseen batches with anything as padding."""

import numpy as np
import pytest

from seqestimators import RecurrentClassifier, RecurrentRegressor, RecurrentTagger
from seqestimators.modules import CELLS, POOLINGS
from seqestimators.sequences import BOS, EOS

SMALL = {"hidden_size": 3, "max_epochs": 1, "batch_size": 4, "lr": 0.05, "random_state": 0}
LENGTHS = [*range(12), 30, 1, 0, 2]
N_FITTED = 12

# five levels of each factor; `before` and `layers` combine two and three
CELL = [*CELLS, "gru", "lstm"]
INPUT = ["embedding", "one-hot", "strands", "values", "standardized"]
BEFORE = [(None, False), ((4, 3, 1), False), ((4, 2, 3), True), (None, True), ((2, 1, 5), False)]
LAYERS = [(1, False, False), (2, True, False), (1, True, True), (2, False, True), (3, True, True)]
TARGET = ["binary", "classes", "labels", "number", "numbers"]
FACTORS = (CELL, INPUT, BEFORE, LAYERS)
# columns a, b and a + kb modulo a prime: all levels of any two of them meet in one of the 25 rows
COMBINATIONS = [
    (pooling, target, *(levels[(i + k * j) % 5] for k, levels in enumerate(FACTORS, 1)))
    for i, pooling in enumerate(POOLINGS)
    for j, target in enumerate(TARGET)
]


def make_sequences(is_tokens=True, lengths=LENGTHS, seed=0):
    rng = np.random.default_rng(seed)
    if is_tokens:
        return [rng.integers(4, 8, size=n) for n in lengths]
    return [rng.normal(50, 3, size=(n, 2)).astype("float32") for n in lengths]


def make_target(kind, n):
    rng = np.random.default_rng(1)
    return {
        "binary": np.array(["no", "yes"])[np.arange(n) % 2],
        "classes": np.arange(n) % 3,
        "labels": rng.integers(0, 2, size=(n, 2)),
        "number": rng.normal(100, 5, size=n),
        "numbers": rng.normal([1e6, -3], [1, 200], size=(n, 2)),
    }[kind]


def assert_same(answer, expected):
    assert answer.dtype == expected.dtype
    np.testing.assert_allclose(answer, expected, rtol=0, atol=1e-6 * np.abs(expected).max())


@pytest.mark.parametrize(
    ("pooling", "target", "cell", "kind", "before", "layers"),
    COMBINATIONS,
    ids=["-".join(map(str, one[:4])) for one in COMBINATIONS],
)
def test_networks_of_one_answer(pooling, target, cell, kind, before, layers, run_graph):
    (stem, positions), (num_layers, bidirectional, batch_norm) = before, layers
    is_tokens = kind not in ("values", "standardized")
    class_ = RecurrentRegressor if target.startswith("number") else RecurrentClassifier
    model = class_(
        pooling=pooling,
        cell=cell,
        stem=stem,
        positions=positions,
        num_layers=num_layers,
        bidirectional=bidirectional,
        batch_norm=batch_norm,
        embedding_dim=None if kind == "one-hot" else 3,
        reverse_complement=kind == "strands",
        standardize=kind == "standardized",
        projection_dim=4 if kind == "standardized" else None,
        **SMALL,
    )
    model.fit(make_sequences(is_tokens, LENGTHS[:N_FITTED]), make_target(target, N_FITTED))
    X = make_sequences(is_tokens, seed=2)
    (answer,) = run_graph(model, X).values()
    assert_same(answer, (model.predict if class_ is RecurrentRegressor else model.predict_proba)(X))
    assert_same(run_graph(model, X, output="states")["states"], model.transform(X))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("marked", [False, True], ids=["plain", "marked"])
def test_networks_of_a_label_a_step(stride, marked, run_graph):
    """Markers, wherever they stand, have no label; behind the last label stands 0."""
    X = make_sequences(lengths=[8, 2, 10, 0, 4])
    Y = [["a", "b", "c"] * 4 for _ in X]
    Y = [labels[: len(x) // stride] for labels, x in zip(Y, X, strict=True)]
    if marked:
        X = [np.r_[BOS, x, EOS] for x in X]
    model = RecurrentTagger(stride=stride, cell="gru", stem=(4, 3, 1), **SMALL).fit(X, Y)
    answer = run_graph(model, X)["probabilities"]
    for row, expected in zip(answer, model.predict_proba(X), strict=True):
        np.testing.assert_allclose(row[: len(expected)], expected, rtol=0, atol=1e-6)
        assert not row[len(expected) :].any()
    assert answer.shape == (5, (12 if marked else 10) // stride, 3)
    assert_same(run_graph(model, X, output="states")["states"], model.transform(X))


def test_a_label_for_every_step_of_a_series(run_graph):
    X = make_sequences(is_tokens=False, lengths=[5, 3, 1])
    model = RecurrentTagger(**SMALL).fit(X, [[0, 1, 0, 1, 1][: len(x)] for x in X])
    answer = run_graph(model, X)["probabilities"]
    np.testing.assert_allclose(answer[1, :3], model.predict_proba(X)[1], rtol=0, atol=1e-6)


def test_a_probability_close_to_0_is_as_exact_as_any(run_graph):
    X = make_sequences()
    model = RecurrentClassifier(**SMALL).fit(X, make_target("binary", len(X)))
    model.net_.module_.output.bias.data -= 30
    answer, expected = run_graph(model, X)["probabilities"], model.predict_proba(X)
    assert expected[:, 1].max() < 1e-10
    np.testing.assert_allclose(answer, expected, rtol=1e-5)
