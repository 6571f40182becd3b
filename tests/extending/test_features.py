"""Numbers beside a sequence: an estimator that reads a table with a column of token ids."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import validate_data

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.inspection import decision_trace, integrated_gradients, mutagenesis
from seqestimators.sequences import Sequences

# --- the extension ---


class TableClassifier(RecurrentClassifier):
    """Reads a table: token ids in the first column, numbers in all others."""

    def _read(self, X, reset):
        if isinstance(X, Sequences):  # read before
            return super()._read(X, reset)
        table = np.asarray(X, dtype=object)
        sequences = super()._read(table[:, 0], reset)
        validate_data(self, X, reset=reset, skip_check_array=True)  # as many columns as fit saw
        return replace(sequences, features=table[:, 1:].astype(self.dtype))


# --- its tests ---


@pytest.fixture(scope="module")
def data():
    """The class says whether the share of A and a number are large together."""
    rng = np.random.RandomState(0)
    strings = ["".join(rng.choice(["A", "C"], size=rng.randint(3, 12))) for _ in range(120)]
    share = np.array([string.count("A") / len(string) for string in strings])
    pH = rng.normal(7, 2, size=120)
    y = np.where((share - 0.5) / 0.2 + (pH - 7) / 2 > 0, "yes", "no")
    return pd.DataFrame({"sequence": strings, "pH": pH, "noise": rng.normal(size=120)}), y


def make_model(classifier=TableClassifier, **parameters):
    settings = {
        "cell": "rnn",
        "hidden_size": 4,
        "max_epochs": 8,
        "lr": 0.05,
        "batch_size": 10,
        "random_state": 0,
    }
    table = ColumnTransformer(
        [("tokens", DNATokenizer(), ["sequence"]), ("numbers", StandardScaler(), ["pH", "noise"])]
    )
    return make_pipeline(table, classifier(**settings | parameters))


@pytest.fixture(scope="module", params=["pooled", "causal"])
def model(request, data):
    options = {"pooled": {}, "causal": {"pooling": "last", "bidirectional": False}}[request.param]
    return make_model(dtype="float64", batch_norm=True, max_epochs=3, **options).fit(*data)


def test_the_class_needs_both(data):
    X, y = data
    both = cross_val_score(make_model(), X, y, cv=2).mean()
    unsaid = cross_val_score(make_model(), X.assign(pH=7), y, cv=2).mean()
    assert both > 0.8
    assert unsaid < both - 0.08


def test_frames_between_the_steps_give_the_same(data):
    X, y = data
    expected = make_model(max_epochs=1).fit(X, y).predict_proba(X)
    framed = make_model(max_epochs=1).set_output(transform="pandas").fit(X, y)
    np.testing.assert_array_equal(framed.predict_proba(X), expected)
    assert list(framed[-1].feature_names_in_) == ["tokens__sequence", "numbers__pH", "numbers__noise"]


def test_a_layer_of_the_features_stands_behind_the_pooled_state(model, data):
    X, _ = data
    numbers = StandardScaler().fit_transform(X[["pH", "noise"]])
    np.testing.assert_allclose(model[:-1].transform(X)[:, 1:].astype(float), numbers)
    layer = model[-1].net_.module_.feature_layer
    weight, bias = (values.detach().numpy() for values in (layer.weight, layer.bias))
    expected = np.maximum(0, numbers @ weight.T + bias)
    np.testing.assert_allclose(model[-1].transform(model[:-1].transform(X))[:, -4:], expected, atol=1e-12)


def test_another_number_of_columns_is_an_error(model, data):
    table = model[:-1].transform(data[0])
    with pytest.raises(ValueError, match="X has 2 features, but TableClassifier is expecting 3"):
        model[-1].predict(table[:, :2])


def test_every_prefix_keeps_its_features(model, data):
    some = data[0][:3]
    for row, trace in enumerate(decision_trace(model, some)):
        string = some["sequence"].iloc[row]
        prefixes = pd.concat([some.iloc[[row]]] * len(string))
        prefixes["sequence"] = [string[: t + 1] for t in range(len(string))]
        np.testing.assert_allclose(trace, model.predict_proba(prefixes), rtol=1e-9)


def test_mutants_keep_their_features(model, data):
    some = data[0][:3]
    for row, changes in enumerate(mutagenesis(model, some)):
        assert list(changes.columns) == ["A", "C"]  # named by the tokenizer in the table's column
        string = some["sequence"].iloc[row]
        mutant = some.iloc[[row]].assign(sequence="C" + string[1:])
        expected = model.decision_function(mutant) - model.decision_function(some.iloc[[row]])
        np.testing.assert_allclose(changes.loc[(0, string[0]), "C"], expected[0], rtol=1e-8, atol=1e-12)


def test_attributions_of_steps_sum_at_the_features_as_they_are(model, data):
    some = data[0][:3]
    token = model[0].named_transformers_["tokens"].vocabulary_["C"]
    attributions = integrated_gradients(model, some, baseline=token, tolerance=1e-6)
    nothing = some.assign(sequence=["C" * len(string) for string in some["sequence"]])
    gains = model.decision_function(some) - model.decision_function(nothing)
    np.testing.assert_allclose([values.sum() for values in attributions], gains, atol=1e-5)


def test_early_stopping_and_pickle(data):
    X, y = data
    model = make_model(early_stopping=True, n_iter_no_change=2, scoring="accuracy").fit(X, y)
    assert {"valid_loss", "valid_accuracy"} <= set(model[-1].history_[0])
    restored = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(restored.predict_proba(X), model.predict_proba(X))
