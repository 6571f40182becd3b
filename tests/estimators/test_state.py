"""The file of a fitted estimator: its parameters, its weights, and no model that it started from."""

import pickle
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from seqestimators import (
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentTagger,
)

OLD = Path(__file__).parent / "old_pickles"
SMALL = {"max_epochs": 1, "batch_size": 8, "random_state": 0}
ARCHITECTURE = {
    "cell": "gru",
    "hidden_size": 6,
    "num_layers": 2,
    "bidirectional": False,
    "embedding_dim": 5,
}
X = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 6
Y = np.array([0, 1, 1, 0] * 6)
TAGS = ["".join("ab"[token % 2] for token in row) for row in X]
TARGETS = {RecurrentClassifier: Y, RecurrentRegressor: Y, RecurrentTagger: TAGS}


@pytest.fixture(scope="module")
def language_model():
    return RecurrentLanguageModel(**ARCHITECTURE, **SMALL).fit(X)


@pytest.fixture(scope="module")
def fitted(language_model):
    transfer = {"gradual_unfreezing": True, "layer_decay": 2.0}
    return RecurrentClassifier(pretrained=language_model, **transfer, **SMALL).fit(X, Y)


def weights_of(model):
    return {name: weight.shape for name, weight in model.net_.module_.state_dict().items()}


def test_the_file_holds_no_language_model(fitted, language_model):
    plain = RecurrentClassifier(**ARCHITECTURE, **SMALL).fit(X, Y)
    assert weights_of(plain) == weights_of(fitted)
    data = pickle.dumps(fitted)
    assert len(data) <= len(pickle.dumps(plain)) + 64
    assert b"LanguageModel" not in data
    assert fitted.pretrained is language_model  # of this one nothing has changed
    assert fitted.layer_decay == 2.0


@pytest.mark.parametrize("wrap", [lambda model: model, FrozenEstimator], ids=["bare", "frozen"])
@pytest.mark.parametrize("kind", TARGETS)
def test_read_back_the_parameters_say_what_the_network_is(kind, wrap, language_model):
    model = kind(pretrained=wrap(language_model), layer_decay=2.0, **SMALL).fit(X, TARGETS[kind])
    restored = pickle.loads(pickle.dumps(model))
    assert restored.pretrained is None
    assert {name: restored.get_params()[name] for name in ARCHITECTURE} == ARCHITECTURE
    assert restored.predict(X).tolist() == model.predict(X).tolist()
    np.testing.assert_array_equal(restored.transform(X), model.transform(X))
    again = pickle.loads(pickle.dumps(restored))
    assert again.predict(X).tolist() == model.predict(X).tolist()


def test_a_clone_of_what_was_read_back_starts_untrained_and_says_so(fitted):
    restored = pickle.loads(pickle.dumps(fitted))
    message = "fitted from a pretrained model, which its file doesn't hold.*Set `pretrained` again"
    with pytest.warns(UserWarning, match=message) as caught:
        other = clone(restored)
    assert [one.filename for one in caught] == [__file__]
    other.fit(X, Y)  # the clone is an estimator like any other
    assert weights_of(other) == weights_of(fitted)
    with pytest.warns(UserWarning, match=message) as caught:
        restored.fit(X, Y)
    assert [one.filename for one in caught] == [__file__]
    np.testing.assert_array_equal(restored.predict_proba(X), other.predict_proba(X))
    restored.fit(X, Y)  # it has been said
    assert clone(restored).get_params() == other.get_params()


def test_what_was_read_back_can_start_from_the_model_again(fitted, language_model):
    restored = pickle.loads(pickle.dumps(fitted))
    transfer = {"gradual_unfreezing": True, "layer_decay": 2.0}
    restored.set_params(pretrained=language_model, **transfer).fit(X, Y)  # without a warning
    np.testing.assert_array_equal(restored.predict_proba(X), fitted.predict_proba(X))


def test_nothing_is_said_in_the_process_that_has_the_model(language_model):
    model = RecurrentClassifier(pretrained=language_model, **SMALL).fit(X, Y).fit(X, Y)
    assert clone(model).pretrained is language_model
    model.partial_fit(X, Y)


def test_going_on_with_what_was_read_back_is_no_new_start(fitted):
    restored = pickle.loads(pickle.dumps(fitted)).set_params(warm_start=True)
    assert restored.fit(X, Y).partial_fit(X, Y).n_iter_ == 3


def test_an_unfitted_estimator_keeps_its_pretrained_model(language_model):
    model = RecurrentClassifier(pretrained=language_model, layer_decay=2.0, **SMALL)
    restored = pickle.loads(pickle.dumps(model))
    assert restored.layer_decay == 2.0
    np.testing.assert_array_equal(restored.pretrained.score_samples(X), language_model.score_samples(X))
    np.testing.assert_array_equal(restored.fit(X, Y).predict_proba(X), model.fit(X, Y).predict_proba(X))


def test_parameters_set_after_fit_do_not_change_the_network(language_model):
    model = RecurrentClassifier(pretrained=language_model, **SMALL).fit(X, Y)
    model.set_params(pooling="max", hidden_size=99)
    restored = pickle.loads(pickle.dumps(model))
    assert restored.pooling == "max"
    np.testing.assert_array_equal(restored.predict_proba(X), model.predict_proba(X))


def read_old(name):
    return pickle.loads((OLD / f"{name}.pickle").read_bytes())


def assert_close(got, expected):
    np.testing.assert_allclose(np.array(got, dtype=float), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")
class TestOldPickles:
    """Files of commit f2253c3, which had each cell, layer and parameter in another place."""

    def test_classifier(self):
        old = read_old("classifier")
        model, X = old["model"], old["X"]
        assert_close(model.predict_proba(X), old["expected"])
        assert_close(model.decision_function(X), old["expected_decision_function"])
        assert_close(model.transform(X), old["expected_transform"])
        model[-1].partial_fit(model[0].transform(old["X_train"]), old["y_train"])
        # a fit with dropout draws other masks than the version that has written the file
        assert np.abs(model.predict_proba(X) - old["expected_after_partial_fit"]).max() < 0.1

    def test_regressor(self):
        old = read_old("regressor")
        assert_close(old["model"].predict(old["X"]), old["expected"])

    def test_tagger(self):
        old = read_old("tagger")
        rows = old["model"].predict_proba(old["X"])
        assert_close(np.concatenate(list(rows)), np.concatenate(list(old["expected"])))
        assert old["model"].predict(old["X"]).tolist() == old["expected_predict"]

    def test_seq2seq(self):
        old = read_old("seq2seq")
        model = old["model"]
        assert model.predict(old["X"]).tolist() == list(old["expected"])
        best = model[-1].predict_n_best(model[0].transform(old["X"]), 3)
        for got, expected in zip(best, old["expected_n_best"], strict=True):
            assert [target for target, _ in got] == [target for target, _ in expected]
            assert_close([value for _, value in got], [value for _, value in expected])

    @pytest.mark.filterwarnings("ignore::seqestimators.exceptions.TruncationWarning")
    def test_language_model(self):
        old = read_old("language_model")
        assert_close(old["model"].score_samples(old["X"]), old["expected"])
        drawn = old["model"][-1].sample(4, max_length=8, random_state=0)
        assert [row.tolist() for row in drawn] == old["expected_sample"]

    def test_transfer(self):
        """Its file held the language model, which is no longer read."""
        old = read_old("transfer_classifier")
        model = old["model"]
        assert_close(model.predict_proba(old["X"]), old["expected"])
        assert model[-1].pretrained is None
        assert (model[-1].cell, model[-1].hidden_size, model[-1].layer_decay) == ("gru", 3, 1.0)
        with pytest.warns(UserWarning, match="fitted from a pretrained model"):
            clone(model)
        assert b"LanguageModel" not in pickle.dumps(model)

    def test_unfitted(self):
        old = read_old("unfitted")
        params = old["model"][-1].get_params()
        assert old["params"].items() <= params.items()
        model = old["model"].fit(old["X_train"], old["y_train"])
        assert np.abs(model.predict_proba(old["X"]) - old["expected"]).max() < 0.1  # dropout, as above

    @pytest.mark.parametrize("path", sorted(OLD.glob("*.pickle")), ids=lambda path: path.stem)
    def test_written_again_they_are_the_same(self, path):
        model = read_old(path.stem)["model"]
        assert pickle.loads(pickle.dumps(model))[-1].get_params() == model[-1].get_params()


def restore(model, **changes):
    """Return what comes back from a file in which parts of the state are others."""
    state = model.__getstate__() | changes
    restored = type(model).__new__(type(model))
    restored.__setstate__(state)
    return restored


def test_a_file_of_a_gpu_opens_on_a_cpu(monkeypatch):
    model = RecurrentClassifier(**SMALL).fit(X, Y)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    params = model._network_params | {"device": "cuda:99"}
    restored = restore(model, _network_params=params, device="cuda:99")
    assert restored.device == "auto"
    np.testing.assert_array_equal(restored.predict_proba(X), model.predict_proba(X))
    restored.set_params(warm_start=True).fit(X, Y)


def test_a_file_that_is_older_than_a_parameter_has_its_default():
    model = RecurrentClassifier(**SMALL).fit(X, Y)
    state = model.__getstate__()
    state.pop("batch_norm")
    state["_network_params"] = {k: v for k, v in state["_network_params"].items() if k != "batch_norm"}
    restored = RecurrentClassifier.__new__(RecurrentClassifier)
    restored.__setstate__(state)
    assert restored.batch_norm is False
    np.testing.assert_array_equal(restored.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize("name", ["_make_network", "_device", "predict", "__class__", "_n_features_out"])
def test_a_file_replaces_no_code(name):
    model = RecurrentClassifier(**SMALL).fit(X, Y)
    with pytest.raises(
        ValueError, match=f"the file sets '{name}', which is no state of a RecurrentClassifier"
    ):
        restore(model, **{name: print})


@pytest.mark.parametrize(
    ("name", "value"),
    [("optimizer", print), ("optimizer", int), ("optimizer", "eval"), ("cell", int), ("pooling", dict)],
)
def test_a_file_names_no_class_of_another_kind(name, value):
    model = RecurrentClassifier(**SMALL).fit(X, Y)
    with pytest.raises(ValueError, match=f"The '{name}' parameter of RecurrentClassifier must be"):
        restore(model, _network_params=model._network_params | {name: value})


@pytest.mark.parametrize(
    "changes", [{"hidden_size": 40_000}, {"hidden_size": 5}, {"num_layers": 2}, {"cell": "gru"}]
)
def test_weights_that_do_not_fit_are_refused_before_memory_is_taken(changes):
    model = RecurrentClassifier(**SMALL).fit(X, Y)
    with pytest.raises(ValueError, match=r"the file, written by seqestimators \d.*, holds other weights"):
        restore(model, _network_params=model._network_params | changes)
    weights = model.__getstate__()["_weights"]
    with pytest.raises(ValueError, match="holds other weights"):
        restore(model, _weights=dict(list(weights.items())[1:]))
    with pytest.raises(ValueError, match="holds other weights"):
        restore(model, n_inputs_=10**9)


def test_the_file_says_which_version_has_written_it():
    state = RecurrentClassifier(**SMALL).fit(X, Y).__getstate__()
    assert state["_seqestimators_version"] == version("seqestimators")
    assert "_seqestimators_version" not in RecurrentClassifier().__getstate__()


@pytest.mark.parametrize("change", [{"_weights": 3}, {"_network_params": None}])
def test_a_file_without_weights_or_parameters_is_damaged(change):
    state = RecurrentClassifier(hidden_size=4, max_epochs=1).fit([[4, 5], [5]] * 4, [0, 1] * 4).__getstate__()
    with pytest.raises(ValueError, match="lacks the weights or the parameters of its network: it is damaged"):
        RecurrentClassifier().__setstate__(state | change)
