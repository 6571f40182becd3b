import pickle
import pickletools
import warnings
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import torch

from seqestimators import RecurrentClassifier, RecurrentLanguageModel, RecurrentRegressor
from seqestimators._training import make_generators
from seqestimators.estimators._validation_split import split_validation
from seqestimators.exceptions import InvalidSequenceError

SMALL = {"hidden_size": 4, "embedding_dim": 4, "max_epochs": 2, "batch_size": 8, "random_state": 0}
X = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 6
Y = np.array([0, 1, 1, 0] * 6)
SERIES = [np.array(row)[:, None] / 4.0 for row in X]


def model(**parameters):
    return RecurrentClassifier(**SMALL | parameters)


def test_warm_start_goes_on():
    fitted = model(warm_start=True).fit(X, Y)
    before = fitted.predict_proba(X)
    assert [row["epoch"] for row in fitted.fit(X, Y).history_] == [1, 2, 3, 4]
    assert not np.array_equal(fitted.predict_proba(X), before)


def test_a_pickle_holds_no_torch_objects_and_moves_no_generator():
    data = pickle.dumps(model().fit(X, Y))
    assert not any(
        "torch" in str(value) or "skorch" in str(value) for _, value, _ in pickletools.genops(data)
    )
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    pickle.loads(data)
    assert torch.equal(torch.get_rng_state(), before[0])
    np.testing.assert_array_equal(np.random.get_state()[1], before[1])


@pytest.mark.parametrize("data", [X, SERIES], ids=["tokens", "values"])
@pytest.mark.parametrize("kind", [RecurrentClassifier, RecurrentRegressor])
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_a_weight_counts_rows(data, kind, class_weight):
    parameters = SMALL | {"dtype": "float64", "batch_size": "all", "dropout": 0}
    if kind is RecurrentClassifier:
        parameters["class_weight"] = class_weight
    weight = np.arange(24) * 7 % 3
    rows = np.repeat(np.arange(24), weight)
    weighted = kind(**parameters).fit(data, Y, sample_weight=weight)
    repeated = kind(**parameters).fit([data[i] for i in rows], Y[rows])
    np.testing.assert_allclose(weighted.transform(data), repeated.transform(data), atol=1e-9)


def test_an_id_of_an_absent_row_is_absent():
    parameters = SMALL | {"dtype": "float64", "batch_size": "all", "dropout": 0}
    weighted = RecurrentClassifier(**parameters).fit([*X, [9]], [*Y, 0], sample_weight=[1] * 24 + [0])
    absent = RecurrentClassifier(**parameters).fit(X, Y)
    np.testing.assert_allclose(weighted.transform([*X, [9]]), absent.transform([*X, [9]]), atol=1e-9)


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ("ACGT", ValueError, "string object received"),
        (["AC", "G"], TypeError, "row 0 of X is the string 'AC'.*tokenizer"),
        ([[4], None], InvalidSequenceError, "row 1 of X is missing"),
        ([[4], [4, -5]], InvalidSequenceError, "row 1, position 1 of X is -5"),
        ([[4], [4.5]], InvalidSequenceError, "row 1, position 0 of X is 4.5"),
        ([[4], [np.nan, 4]], InvalidSequenceError, "row 1, position 0 of X is NaN"),
        ([], ValueError, "X has no sequences"),
        ([1, 2], ValueError, "row 0 of X is the number 1"),
    ],
    ids=str,
)
def test_bad_sequences(rows, error, message):
    fitted = model(input="tokens").fit(X, Y)
    for use in (fitted.predict, lambda rows: model(input="tokens").fit(rows, Y[: len(rows)])):
        with pytest.raises(error, match=message):
            use(rows)


def test_bad_values():
    with pytest.raises(InvalidSequenceError, match="row 1, position 0 of X is inf"):
        model(input="values").fit([[0.5], [np.inf]], [0, 1])
    with pytest.raises(
        ValueError, match="series of 2 channels, but RecurrentClassifier was fitted on series of 1"
    ):
        model().fit(SERIES, Y).predict([np.zeros((3, 2))])


@pytest.mark.parametrize("kind", [RecurrentClassifier, RecurrentRegressor])
def test_bad_targets(kind):
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        kind(**SMALL).fit(X, Y[1:])
    with pytest.raises(ValueError, match="NaN"):
        kind(**SMALL).fit(X, np.where(Y, np.nan, 1.0))
    with pytest.raises(ValueError, match="requires y to be passed"):
        kind(**SMALL).fit(X, None)
    with pytest.raises(ValueError, match="at least one non-zero number: sample_weight is 0 in every row"):
        kind(**SMALL).fit(X, Y, sample_weight=np.zeros(24))


@pytest.mark.parametrize("estimator", [RecurrentClassifier, RecurrentRegressor])
def test_names_of_columns_are_kept_and_compared(estimator):
    frame = pd.DataFrame({"first": [4, 5] * 10, "second": [5, 6] * 10})
    fitted = estimator(**SMALL).fit(frame, [0, 1] * 10)
    assert fitted.feature_names_in_.tolist() == ["first", "second"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted.predict(frame)
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(frame[["second", "first"]])


@pytest.mark.parametrize(
    "change", [{"hidden_size": 9}, {"pooling": "max"}, {"cell": "gru"}, {"batch_norm": True}]
)
def test_a_pickle_holds_the_network_that_was_fitted(change):
    fitted = model(pooling="mean").fit(X, Y)
    expected = fitted.predict_proba(X)
    fitted.set_params(**change)
    for copy in (pickle.loads(pickle.dumps(fitted)), deepcopy(fitted)):
        np.testing.assert_array_equal(copy.predict_proba(X), expected)
        assert copy.get_params() == fitted.get_params()


@pytest.mark.parametrize("batch_size", [1, 4, "all"])
def test_class_weights_count_across_batches(batch_size):
    """All sequences are alike, 2 of 20 of the second class: balanced, the answer is a half."""
    weighted = model(
        class_weight="balanced",
        batch_size=batch_size,
        dropout=0,
        lr=0.02,
        max_epochs=15,
        optimizer="sgd",
        gradient_clip=None,
    ).fit([[4]] * 20, [1] * 2 + [0] * 18)
    assert weighted.predict_proba([[4]])[0, 1] == pytest.approx(0.5, abs=0.05)


def test_a_class_of_weight_0_is_as_absent():
    fitted = model(batch_size=2, class_weight={0: 0, 1: 1, 2: 1}).fit([[4], [5], [6]] * 8, [0, 1, 2] * 8)
    assert np.isfinite(fitted.predict_proba(X)).all()


CHANGES = {
    "hidden_size": 5,
    "cell": "gru",
    "num_layers": 2,
    "bidirectional": False,
    "embedding_dim": 3,
    "dropout": 0.5,
    "output_bias": False,
    "pooling": "mean",
    "batch_norm": True,
    "dtype": "float64",
    "optimizer": "sgd",
    "weight_decay": 0.5,
    "input": "tokens",
    "standardize": False,
    "pretrained": RecurrentLanguageModel(hidden_size=4, embedding_dim=4, max_epochs=1).fit(X),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_that_a_training_going_on_would_ignore_are_refused(name):
    fitted = model().fit(X, Y).set_params(**{name: CHANGES[name]})
    before = fitted.predict_proba(X)
    with pytest.raises(ValueError, match=f"{name}=.* was fitted with {name}="):
        fitted.partial_fit(X, Y)
    with pytest.raises(ValueError, match=f"{name}=.* was fitted with {name}="):
        fitted.set_params(warm_start=True).fit(X, Y)
    np.testing.assert_array_equal(fitted.predict_proba(X), before)


def test_set_params_changes_no_answer_of_a_fitted_model():
    fitted = model().fit(X, Y)
    before = fitted.predict_proba(X), fitted.decision_function(X), fitted.transform(X), fitted.score(X, Y)
    fitted.set_params(**{name: value for name, value in CHANGES.items() if name != "pretrained"})
    after = fitted.predict_proba(X), fitted.decision_function(X), fitted.transform(X), fitted.score(X, Y)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
        assert np.asarray(one).dtype == np.asarray(other).dtype
    copy = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copy.predict_proba(X), before[0])


def test_changes_that_act_on_a_training_going_on_are_taken():
    fitted = model(warm_start=True).fit(X, Y)
    fitted.set_params(lr=0.1, batch_size=4, max_epochs=1, gradient_clip=None, class_weight={0: 1, 1: 2})
    fitted.set_params(hidden_size=np.int64(4)).fit(X, Y)  # another type of the same number
    assert fitted.history_[-1]["lr"] == 0.1
    assert fitted.n_iter_ == 3


def test_validation_rows_teach_neither_tokens_nor_scale():
    rows = [[4], [5]] * 20
    y = np.tile([0.0, 1.0], 20)
    groups = np.arange(40) // 4
    parameters = SMALL | {"early_stopping": True, "validation_fraction": 0.1}
    train, valid = split_validation(
        40, 0.1, stratify=None, groups=groups, seed=make_generators(SMALL["random_state"]).split_seed
    )
    y[valid] += 1000
    for i in valid:
        rows[i] = [9]
    fitted = RecurrentRegressor(**parameters).fit(rows, y, groups=groups)
    assert fitted._y_mean == pytest.approx(y[train].mean())
    np.testing.assert_array_equal(fitted.predict([[9]]), fitted.predict([[1]]))


def test_partial_fit_refuses_what_a_chunk_cannot_tell():
    with pytest.raises(ValueError, match="needs all labels at once"):
        model(class_weight="balanced").partial_fit(X, Y, classes=[0, 1])
    fitted = model().partial_fit(X, Y, classes=[0, 1]).partial_fit(X[:1], Y[:1], classes=[1, 0])
    with pytest.raises(ValueError, match=r"classes=\[0, 1, 2\] are not those of the first call"):
        fitted.partial_fit(X, Y, classes=[0, 1, 2])
