"""What a graph does to its inputs before the network reads them."""

import numpy as np
import pytest

from seqestimators import RecurrentClassifier, RecurrentStepRegressor

SMALL = {"hidden_size": 3, "max_epochs": 1, "random_state": 0}


def make_series(lengths, seed):
    """Return series of two channels in which much is missing, also at the beginning and the end."""
    rng = np.random.default_rng(seed)
    X = [rng.normal(50, 3, size=(n, 2)).astype("float32") for n in lengths]
    for x in X:
        x[rng.random(x.shape) < 0.5] = np.nan
    X[0][:] = np.nan
    return X


@pytest.mark.parametrize("standardize", [False, True], ids=["raw", "standardized"])
def test_missing_values_of_series(standardize, run_graph):
    model = RecurrentClassifier(missing="mask", standardize=standardize, stem=(3, 3, 2), **SMALL)
    model.fit(make_series([5, 9, 4, 6], 0), [0, 1, 0, 1])
    X = make_series([4, 1, 0, 25, 13, 2], 1)
    for output, expected in {"probabilities": model.predict_proba(X), "states": model.transform(X)}.items():
        options = {"output": "states"} if output == "states" else {}
        np.testing.assert_allclose(run_graph(model, X, **options)[output], expected, rtol=0, atol=1e-6)


def test_missing_values_of_series_with_numbers_at_every_step(run_graph):
    model = RecurrentStepRegressor(missing="mask", **SMALL)
    X = make_series([5, 9, 4, 6], 0)
    model.fit(X, [np.arange(len(x)) for x in X])
    answer = run_graph(model, X[::-1])["predicted_values"]
    for row, expected in zip(answer, model.predict(X[::-1]), strict=True):
        np.testing.assert_allclose(row[: len(expected)], expected, rtol=0, atol=1e-5)


def test_ids_of_a_tagger_with_markers_and_unknown_ones_are_read(run_graph):
    model = RecurrentClassifier(embedding_dim=None, **SMALL).fit(
        [np.array([4, 7, 6]), np.array([5, 5])], [0, 1]
    )
    X = [np.array([2, 4, 9, 3]), np.array([1])]
    np.testing.assert_allclose(
        run_graph(model, X)["probabilities"], model.predict_proba(X), rtol=0, atol=1e-6
    )
