"""RecurrentStepRegressor: numbers of steps, masked, weighted and in their unit."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone, is_regressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentStepRegressor, RecurrentTagger
from seqestimators.exceptions import InvalidSequenceError

SMALL = {"hidden_size": 6, "embedding_dim": 4, "max_epochs": 2, "batch_size": 8, "random_state": 0}
EXACT = SMALL | {"dtype": "float64", "batch_size": "all", "dropout": 0}
IDS = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 6
Y = [[100.0 + 3 * token for token in row] for row in IDS]


@pytest.fixture(scope="module")
def model():
    return RecurrentStepRegressor(**SMALL | {"max_epochs": 40, "lr": 0.02}).fit(IDS, Y)


def test_it_learns_numbers_in_their_unit(model):
    predicted = model.predict(IDS)
    assert predicted.dtype == object
    assert [row.shape for row in predicted] == [(len(row),) for row in IDS]
    assert {row.dtype for row in predicted} == {np.dtype("float32")}
    flat, true = np.concatenate(list(predicted)), np.concatenate(Y)
    assert model.score(IDS, Y) == pytest.approx(r2_score(true, flat))
    assert model.score(IDS, Y) > 0.9
    assert not is_regressor(model)  # one number a row, scikit-learn says
    assert model.transform(IDS).shape == (24, 12)
    restored = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(np.concatenate(list(restored.predict(IDS))), flat)


def test_the_score_counts_known_steps_and_weights_of_rows(model):
    masked = [[np.nan, *row[1:]] for row in Y]
    weight = 1.0 + np.arange(24) % 3
    predicted = model.predict(IDS)
    true = np.concatenate([row[1:] for row in masked])
    found = np.concatenate([row[1:] for row in predicted])
    repeated = np.repeat(weight, [len(row) - 1 for row in IDS])
    expected = r2_score(true, found, sample_weight=repeated)
    assert model.score(IDS, masked, sample_weight=weight) == pytest.approx(expected)
    with pytest.raises(InvalidSequenceError, match="row 1 of y has 2 numbers, but row 1 of X has 1"):
        model.score(IDS, [Y[0], [1.0, 2.0], *Y[2:]])


def test_rows_without_steps_or_known_numbers_have_no_place_in_the_score(model):
    assert model.score([*IDS, [], [4, 5]], [*Y, [], [None, np.nan]]) == model.score(IDS, Y)
    for X, y in ((IDS[:2], [[np.nan] * 3, [None]]), ([[], []], [[], []])):
        with pytest.raises(ValueError, match="R² needs numbers that are known"):
            model.score(X, y)


def test_what_is_not_known_is_not_learned():
    masked = [[None, *row[1:]] for row in Y]
    wild = [[1e9, *row[1:]] for row in Y]
    steps = [[0, *[1] * (len(row) - 1)] for row in IDS]
    by_mask = RecurrentStepRegressor(**EXACT).fit(IDS, masked)
    by_weight = RecurrentStepRegressor(**EXACT).fit(IDS, wild, step_weight=steps)
    np.testing.assert_allclose(by_mask.transform(IDS), by_weight.transform(IDS), atol=1e-9)
    padded = [[*row, *[0] * (4 - len(row))] for row in IDS], np.full((24, 4), np.nan)
    for row, numbers in zip(padded[1], masked, strict=True):
        row[: len(numbers)] = [np.nan if one is None else one for one in numbers]
    weights = [[1] * 4 for _ in IDS]
    by_padding = RecurrentStepRegressor(**EXACT).fit(*padded, step_weight=weights)
    np.testing.assert_allclose(by_mask.transform(IDS), by_padding.transform(IDS), atol=1e-9)


def test_weights_of_rows_are_repeated_rows():
    weight = np.arange(24) % 3
    rows = np.repeat(np.arange(24), weight)
    once = RecurrentStepRegressor(**EXACT).fit(IDS, Y, sample_weight=weight)
    often = RecurrentStepRegressor(**EXACT).fit([IDS[i] for i in rows], [Y[i] for i in rows])
    for got, expected in zip(once.predict(IDS), often.predict(IDS), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-9)


def test_several_numbers_a_step_and_a_stride():
    X = [row * 2 for row in IDS]
    y = [np.stack([np.arange(len(row)), -5.0 * np.arange(len(row))], axis=1) for row in IDS]
    y[0][0, 1] = np.nan
    model = RecurrentStepRegressor(**SMALL | {"max_epochs": 30, "lr": 0.02}, stride=2).fit(X, y)
    assert model.n_outputs_ == 2
    assert [row.shape for row in model.predict(X)] == [(len(row), 2) for row in IDS]
    assert model.score(X, y) > 0.5
    with pytest.raises(ValueError, match="y has 1 numbers a step, but the model was fitted on 2"):
        model.score(X, Y)
    with pytest.raises(ValueError, match="y has 1 numbers a step, but the model was fitted on 2"):
        clone(model).set_params(warm_start=True).fit(X, y).fit(X, Y)
    with pytest.raises(InvalidSequenceError, match="row 0 of X has 3 steps, which stride=2 doesn't divide"):
        model.predict(IDS)


def test_numbers_that_float32_cannot_hold():
    model = RecurrentStepRegressor(**SMALL).fit(IDS, [[1e9 + token for token in row] for row in IDS])
    assert model.predict(IDS)[0].dtype == np.float64
    constant = RecurrentStepRegressor(**SMALL).fit(IDS, [[5.0] * len(row) for row in IDS])
    assert np.isfinite(constant.predict(IDS)[0]).all()


def test_it_goes_on_and_starts_from_others():
    model = RecurrentStepRegressor(**SMALL).partial_fit(IDS, Y)
    mean = model._y_mean
    model.partial_fit(IDS[:2], [[1e3] * len(row) for row in IDS[:2]])
    assert model.n_iter_ == 2
    np.testing.assert_array_equal(model._y_mean, mean)
    tags = ["".join("ab"[token % 2] for token in row) for row in IDS]
    tagger = RecurrentTagger(**SMALL, pretrained=model).fit(IDS, tags)
    again = RecurrentStepRegressor(**SMALL, pretrained=tagger, early_stopping=True).fit(IDS, Y)
    assert "valid_loss" in again.history_[0]


def test_inside_the_tools_of_scikit_learn():
    dna = ["ACGT", "GA", "TTACA", "C"] * 6
    y = [[float(base in "GC") for base in row] for row in dna]
    model = make_pipeline(DNATokenizer(), RecurrentStepRegressor(**SMALL))
    assert list(map(len, cross_val_predict(model, dna, y, cv=2))) == list(map(len, dna))
    search = GridSearchCV(model, {"recurrentstepregressor__cell": ["rnn", "gru"]}, cv=2).fit(dna, y)
    assert np.isfinite(search.best_score_)


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(ValueError, match="no number of y is known"):
        RecurrentStepRegressor(**SMALL).fit([[4, 5]], [[np.nan, None]])
    with pytest.raises(ValueError, match="no number of y in column 1 is known"):
        RecurrentStepRegressor(**SMALL).fit([[4, 5]], [[[1.0, np.nan], [2.0, np.nan]]])
    with pytest.raises(TypeError, match="one value for the whole sequence"):
        RecurrentStepRegressor(**SMALL).fit([[4, 5], [4]], [1.0, 2.0])
