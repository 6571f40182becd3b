"""Starting from a language model: its weights, its architecture, its vocabulary."""

import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from seqestimators import (
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
    SequenceTokenizer,
)
from seqestimators._training import SequenceDataset
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import read_sequences

SMALL = {"max_epochs": 2, "batch_size": 8, "random_state": 0}
STRINGS = ["abab", "ba", "aabba", "b", "abcab"] * 6
Y = np.array([0, 1, 1, 0, 1] * 6)
TOKENIZER = SequenceTokenizer().fit(STRINGS)
IDS = TOKENIZER.transform(STRINGS)


def pretrain(**parameters):
    sizes = {"cell": "gru", "hidden_size": 5, "embedding_dim": 4}
    return RecurrentLanguageModel(**sizes | SMALL | parameters).fit(IDS)


@pytest.fixture(scope="module")
def language_model():
    return pretrain()


@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_encoder_starts_as_the_language_model(cell, bidirectional, num_layers):
    model = pretrain(cell=cell, bidirectional=bidirectional, num_layers=num_layers, dtype="float64")
    tiny = {"lr": 1e-12, "weight_decay": 0.0, "dropout": 0.0, "dtype": "float64", "max_epochs": 1}
    tagger = RecurrentTagger(pretrained=model, **tiny).fit(IDS, STRINGS)
    dataset = SequenceDataset(read_sequences(IDS))
    inputs, lengths = dataset.source.pad(np.arange(len(IDS)))
    with torch.no_grad():
        ours = tagger.net_.module_.encoder(inputs, lengths).directions
        theirs = model.net_.module_.encoder(inputs, lengths).directions
    real = torch.arange(inputs.shape[1]) < lengths[:, None]
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one[real], other[real], rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", [RecurrentClassifier, RecurrentRegressor])
@pytest.mark.parametrize("options", [{}, {"gradual_unfreezing": True, "layer_decay": 2.6}], ids=str)
def test_architecture_and_ids_are_those_of_the_language_model(kind, options, language_model):
    model = language_model
    fitted = kind(pretrained=model, max_epochs=4, random_state=0, **options).fit([[4], [5]] * 9, [0, 1] * 9)
    assert fitted.net_.module_.encoder.output_size == 5
    assert fitted.n_inputs_ == model.n_inputs_
    assert all(weight.requires_grad for weight in fitted.net_.module_.parameters())
    restored = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(restored.predict([[6, 4]]), fitted.predict([[6, 4]]))


def test_lower_layers_learn_more_slowly():
    fitted = RecurrentClassifier(pretrained=pretrain(num_layers=2), layer_decay=2.0, lr=0.01, **SMALL)
    fitted.set_params(lr_schedule="constant").fit(IDS, Y)
    rates = [group["lr"] for group in fitted.net_.optimizer_.param_groups]
    assert rates == [0.005, 0.0025, 0.00125, 0.01]  # upper layer, lower layer, embedding, what is new
    sizes = [sum(map(torch.numel, group["params"])) for group in fitted.net_.optimizer_.param_groups]
    assert sum(sizes) == fitted.n_parameters_
    assert sizes[2] == fitted.n_inputs_ * 4


def test_unfreezing_goes_from_the_output_down(language_model):
    model = language_model
    before = model.net_.module_.encoder.state_dict()
    options = {"dropout": 0.0, "gradual_unfreezing": True, "random_state": 0}
    after = []
    for max_epochs in (1, 2, 3):
        fitted = RecurrentClassifier(pretrained=model, max_epochs=max_epochs, **options).fit(IDS, Y)
        state = fitted.net_.module_.encoder.state_dict()
        after.append({name for name in state if not torch.equal(state[name], before[name])})
    assert after[0] == set()
    assert after[1]
    assert all(name.startswith("layers.0.") for name in after[1])
    assert "embedding.weight" in after[2]


def test_it_stays_fitted_in_clones_and_searches(language_model):
    model = language_model
    classifier = RecurrentClassifier(pretrained=model, **SMALL)
    assert clone(classifier).pretrained is model
    pipeline = make_pipeline(SequenceTokenizer(vocabulary=TOKENIZER.vocabulary_), classifier)
    assert clone(pipeline)[-1].pretrained is model
    grid = {"recurrentclassifier__pretrained": [None, FrozenEstimator(model)]}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(STRINGS, Y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@pytest.mark.parametrize(
    "asked",
    [{"cell": "rnn"}, {"hidden_size": 99}, {"num_layers": 2}, {"embedding_dim": None}, {"embedding_dim": 9}],
    ids=str,
)
@pytest.mark.parametrize("kind", [RecurrentClassifier, RecurrentTagger])
def test_a_parameter_that_contradicts_the_language_model_is_an_error(language_model, kind, asked):
    ((name, value),) = asked.items()
    given = getattr(language_model, name)
    y = STRINGS if kind is RecurrentTagger else Y
    for model in (language_model, FrozenEstimator(language_model)):
        estimator = kind(pretrained=model, **asked, **SMALL)
        with pytest.raises(ValueError, match=f"{name}={value!r}, but the pretrained .* has {name}={given!r}"):
            estimator.fit(IDS, y)
        with pytest.raises(ValueError, match=f"{name}={value!r}, but the pretrained"):
            estimator.partial_fit(IDS, y)


def test_a_search_over_the_architecture_says_that_there_is_none(language_model):
    search = GridSearchCV(
        RecurrentRegressor(pretrained=language_model, **SMALL),
        {"hidden_size": [8, 64], "cell": ["lstm", "gru"]},
        cv=2,
        error_score="raise",
    )
    with pytest.raises(ValueError, match="hidden_size=8, but the pretrained .* has hidden_size=5"):
        search.fit(IDS, Y)


def test_what_the_language_model_has_may_be_said_and_both_directions_are_a_default():
    """The default of `bidirectional` differs between the two, and stands for what the model has."""
    for bidirectional in (False, True):
        model = pretrain(bidirectional=bidirectional)
        said = {"cell": "gru", "hidden_size": 5, "bidirectional": bidirectional, "embedding_dim": 4}
        first, second = (
            RecurrentClassifier(pretrained=model, **given, **SMALL).fit(IDS, Y) for given in ({}, said)
        )
        np.testing.assert_array_equal(first.predict_proba(IDS), second.predict_proba(IDS))
        assert first.net_.module_.encoder.bidirectional == bidirectional
    with pytest.raises(ValueError, match="bidirectional=False, but the pretrained"):
        RecurrentClassifier(pretrained=model, bidirectional=False, **SMALL).fit(IDS, Y)


def test_what_does_not_fit_is_an_error(language_model):
    with pytest.raises(NotFittedError):
        RecurrentClassifier(pretrained=RecurrentLanguageModel(), **SMALL).fit(IDS, Y)
    model = language_model
    new = model.n_inputs_
    with pytest.raises(InvalidSequenceError, match=f"row 1, position 2 of X is {new}, but the pretrained"):
        RecurrentClassifier(pretrained=model, **SMALL).fit([[4], [4, 5, new]], [0, 1])
    with pytest.raises(InvalidSequenceError, match="numeric series"):
        RecurrentClassifier(pretrained=model, **SMALL).fit([[0.5], [1.5]], [0, 1])
    with pytest.raises((TypeError, ValueError), match="pretrained"):
        RecurrentClassifier(pretrained=RecurrentRegressor(), **SMALL).fit(IDS, Y)


def test_ids_of_another_vocabulary_are_refused(language_model):
    other = SequenceTokenizer().fit(["abd"])
    message = "ids of a SequenceTokenizer of 7 ids, but the pretrained .* vocabulary=tokenizer.vocabulary_ of"
    with pytest.raises(InvalidSequenceError, match=message):
        RecurrentClassifier(pretrained=language_model, **SMALL).fit(other.transform(["ab", "d"]), [0, 1])
    same = make_pipeline(
        SequenceTokenizer(vocabulary=TOKENIZER.vocabulary_),
        RecurrentClassifier(pretrained=language_model, **SMALL),
    )
    assert same.fit(["a", "b"] * 3, [0, 1] * 3)[-1].fingerprint_ == language_model.fingerprint_


def test_a_pipeline_gives_the_language_model_at_its_end(language_model):
    whole = make_pipeline(SequenceTokenizer(), RecurrentLanguageModel(**SMALL, hidden_size=5)).fit(STRINGS)
    for pretrained in (whole, FrozenEstimator(whole)):
        model = clone(RecurrentClassifier(pretrained=pretrained, **SMALL)).fit(IDS, Y)
        assert model.net_.module_.encoder.layers[0][0].hidden_size == 5
    wrong = make_pipeline(SequenceTokenizer(), LogisticRegression())
    with pytest.raises(TypeError, match="pretrained is a LogisticRegression, .* or a fitted Pipeline"):
        RecurrentTagger(pretrained=wrong, **SMALL).fit(IDS, STRINGS)
    with pytest.raises(NotFittedError):
        RecurrentClassifier(pretrained=clone(whole), **SMALL).fit(IDS, Y)


def test_samples_know_their_vocabulary(language_model):
    drawn = language_model.sample(3, max_length=50, random_state=0)
    assert read_sequences(drawn).fingerprint == read_sequences(IDS).fingerprint


SIZES = {"cell": "gru", "hidden_size": 5, "num_layers": 2, "embedding_dim": 4}
TARGETS = {
    RecurrentClassifier: Y,
    RecurrentRegressor: np.c_[Y, -Y, Y],
    RecurrentTagger: STRINGS,
    RecurrentSeq2Seq: STRINGS,
}


@pytest.mark.parametrize("receiver", TARGETS)
@pytest.mark.parametrize("giver", TARGETS)
def test_any_recurrent_estimator_is_a_start_for_any_other(giver, receiver):
    whole = make_pipeline(SequenceTokenizer(), giver(**SIZES | SMALL)).fit(STRINGS, TARGETS[giver])
    model = make_pipeline(
        SequenceTokenizer(vocabulary=whole[0].vocabulary_),
        receiver(pretrained=whole, **SMALL | {"max_epochs": 1, "lr": 1e-12, "weight_decay": 0.0}),
    )
    clone(model).fit(STRINGS, TARGETS[receiver])
    model.fit(STRINGS, TARGETS[receiver])
    states = [
        one[-1].net_.module_.encoder.eval()(torch.tensor([[4, 5, 6]]), torch.tensor([3])).join()
        for one in (whole, model)
    ]
    torch.testing.assert_close(*states, atol=1e-5, rtol=1e-5)
    restored = pickle.loads(pickle.dumps(model))
    assert {name: restored[-1].get_params()[name] for name in SIZES} == SIZES
    np.testing.assert_array_equal(restored[-1].transform(IDS), model[-1].transform(IDS))


def test_a_stem_is_taken_over_and_positions_are_not():
    rows, stem = [[4, 5, 6, 4], [5, 5, 4, 4]] * 10, (6, 3, 2)
    giver = RecurrentRegressor(stem=stem, positions=True, lr=0.05, **SMALL).fit(rows, np.arange(20.0))
    learned = giver.net_.module_.encoder
    assert learned.positions.any()
    options = SMALL | {"max_epochs": 1, "lr": 1e-12, "weight_decay": 0.0}
    model = RecurrentClassifier(pretrained=giver, **options).fit(rows, [0, 1] * 10)
    encoder = model.net_.module_.encoder
    torch.testing.assert_close(encoder.stem.convolution.weight, learned.stem.convolution.weight)
    assert encoder.positions.abs().max() < 1e-6
    with pytest.raises(ValueError, match=r"stem=None, but the pretrained model has stem=\(6, 3, 2\)"):
        RecurrentSeq2Seq(pretrained=giver, **SMALL).fit(rows, ["ab"] * 20)


def test_series_of_the_same_channels_are_a_start_too():
    series = [np.random.default_rng(i).normal(size=(3 + i % 3, 2)) for i in range(20)]
    giver = RecurrentRegressor(**SMALL).fit(series, np.arange(20.0))
    model = RecurrentClassifier(pretrained=giver, **SMALL).fit(series, [0, 1] * 10)
    assert model.predict(series).shape == (20,)
    with pytest.raises(
        InvalidSequenceError, match="series of 1 channels, but the pretrained model was fitted on"
    ):
        RecurrentClassifier(pretrained=giver, **SMALL).fit([row[:, :1] for row in series], [0, 1] * 10)
    with pytest.raises(
        InvalidSequenceError, match="X holds token ids, but the pretrained model reads numeric"
    ):
        RecurrentClassifier(pretrained=giver, **SMALL).fit(IDS, Y)


def test_a_search_over_pipelines_keeps_them_fitted():
    whole = make_pipeline(SequenceTokenizer(), RecurrentRegressor(**SIZES | SMALL)).fit(STRINGS, Y)
    model = make_pipeline(
        SequenceTokenizer(vocabulary=whole[0].vocabulary_), RecurrentClassifier(pretrained=whole, **SMALL)
    )
    search = GridSearchCV(model, {"recurrentclassifier__lr": [0.001, 0.01]}, cv=2, error_score="raise")
    assert search.fit(STRINGS, Y).best_estimator_[-1].pretrained is whole
