"""ONNX against the model itself: every kind of network, on unseen batches with anything as padding."""

import numpy as np
import pytest

from seqestimators import RecurrentClassifier, RecurrentRegressor, RecurrentTagger, to_onnx
from seqestimators.modules import CELLS, POOLINGS
from seqestimators.sequences import BOS, EOS

onnxruntime = pytest.importorskip("onnxruntime")

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


def pad(X, is_tokens=True):
    """Return a matrix whose padding is anything, and the lengths."""
    lengths = np.array([len(x) for x in X])
    shape = (len(X), max(*lengths, 1), *X[0].shape[1:])
    padded = np.full(shape, 6, "int64") if is_tokens else np.full(shape, np.nan, "float32")
    for row, x in zip(padded, X, strict=True):
        row[: len(x)] = x
    return {"ids" if is_tokens else "values": padded, "lengths": lengths}


def run(model, inputs, path, **options):
    to_onnx(model, path, **options)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [one.name for one in session.get_inputs()] == list(inputs)
    (answer,) = session.run(None, inputs)
    return answer


def assert_same(answer, expected):
    assert answer.dtype == expected.dtype
    np.testing.assert_allclose(answer, expected, rtol=0, atol=1e-6 * np.abs(expected).max())


@pytest.mark.parametrize(
    ("pooling", "target", "cell", "kind", "before", "layers"),
    COMBINATIONS,
    ids=["-".join(map(str, one[:4])) for one in COMBINATIONS],
)
def test_networks_of_one_answer(pooling, target, cell, kind, before, layers, tmp_path):
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
    inputs = pad(X, is_tokens)
    answer = model.predict if class_ is RecurrentRegressor else model.predict_proba
    assert_same(run(model, inputs, tmp_path / "model.onnx"), answer(X))
    assert_same(run(model, inputs, tmp_path / "states.onnx", output="states"), model.transform(X))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("marked", [False, True], ids=["plain", "marked"])
def test_networks_of_a_label_a_step(stride, marked, tmp_path):
    """Markers, wherever they stand, have no label; behind the last label stands 0."""
    X = make_sequences(lengths=[8, 2, 10, 0, 4])
    Y = [["a", "b", "c"] * 4 for _ in X]
    Y = [labels[: len(x) // stride] for labels, x in zip(Y, X, strict=True)]
    if marked:
        X = [np.r_[BOS, x, EOS] for x in X]
    model = RecurrentTagger(stride=stride, cell="gru", stem=(4, 3, 1), **SMALL).fit(X, Y)
    answer = run(model, pad(X), tmp_path / "model.onnx")
    for row, expected in zip(answer, model.predict_proba(X), strict=True):
        np.testing.assert_allclose(row[: len(expected)], expected, rtol=0, atol=1e-6)
        assert not row[len(expected) :].any()
    assert answer.shape == (5, (12 if marked else 10) // stride, 3)
    assert_same(run(model, pad(X), tmp_path / "states.onnx", output="states"), model.transform(X))


def test_a_label_for_every_step_of_a_series(tmp_path):
    X = make_sequences(is_tokens=False, lengths=[5, 3, 1])
    model = RecurrentTagger(**SMALL).fit(X, [[0, 1, 0, 1, 1][: len(x)] for x in X])
    answer = run(model, pad(X, is_tokens=False), tmp_path / "model.onnx")
    np.testing.assert_allclose(answer[1, :3], model.predict_proba(X)[1], rtol=0, atol=1e-6)


def test_a_probability_close_to_0_is_as_exact_as_any(tmp_path):
    X = make_sequences()
    model = RecurrentClassifier(**SMALL).fit(X, make_target("binary", len(X)))
    model.net_.module_.output.bias.data -= 30
    answer, expected = run(model, pad(X), tmp_path / "model.onnx"), model.predict_proba(X)
    assert expected[:, 1].max() < 1e-10
    np.testing.assert_allclose(answer, expected, rtol=1e-5)
