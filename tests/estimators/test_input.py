"""How estimators read X: what fit has seen decides."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from seqestimators import (
    DNATokenizer,
    Padder,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
    SeriesScaler,
    SmilesTokenizer,
)
from seqestimators.exceptions import InvalidSequenceError, SeriesLayoutWarning, TokenIdWarning
from seqestimators.inspection._fitted import FittedModel
from seqestimators.sequences import Sequences, mask_missing, object_array

SMALL = {"hidden_size": 3, "embedding_dim": 2, "max_epochs": 1, "random_state": 0}
X, Y = [[4, 6], [6], [4, 4], [6, 6]] * 5, [0, 1, 0, 1] * 5


@pytest.fixture(scope="module")
def model():
    return RecurrentClassifier(**SMALL).fit(X, Y)


def test_tokens_that_fit_has_not_seen_are_read_as_unknown(model):
    assert (model.input_, model.n_inputs_) == ("tokens", 7)
    assert model.known_tokens_.tolist() == [True] * 5 + [False, True]
    sequences = model.read([[4, 5, 6, 7, 99], [2, 4, 3]])
    assert sequences.values.tolist() == [4, 1, 6, 1, 1, 2, 4, 3]
    assert sequences.lengths.tolist() == [5, 3]
    again = model.read(sequences)
    assert again.values.tolist() == sequences.values.tolist()


def test_a_column_of_sequences_is_read_as_they_are(model):
    ids = object_array([np.array(row) for row in X])
    expected = model.predict_proba(X)
    for column in (ids, ids[:, None], pd.DataFrame({"ids": ids}), pd.Series(ids)):
        np.testing.assert_array_equal(model.predict_proba(column), expected)
    fitted = RecurrentClassifier(**SMALL).fit(ids[:, None], Y)
    assert not hasattr(fitted, "n_features_in_")
    np.testing.assert_array_equal(fitted.predict_proba(X), expected)


def test_what_a_tokenizer_makes_of_a_column_is_read():
    column = np.array(["AC", "G", "AA", "GT"], dtype=object)[:, None]
    ids = DNATokenizer().fit_transform(column)
    assert ids.shape == (4, 1)
    flat = RecurrentClassifier(**SMALL).fit(ids[:, 0], [0, 1, 0, 1])
    np.testing.assert_array_equal(flat.predict_proba(ids), flat.predict_proba(ids[:, 0]))


def test_a_matrix_has_a_width_until_a_fit_without_one():
    model = RecurrentClassifier(**SMALL).fit(np.array([[4, 5], [5, 4]] * 5), Y[:10])
    assert model.n_features_in_ == 2
    with pytest.raises(ValueError, match="3 features, but RecurrentClassifier is expecting 2"):
        model.predict(np.array([[4, 5, 4]]))
    assert model.fit([[4, 5], [5, 4], [4]] * 4, Y[:12]).predict([[4]]).shape == (1,)
    assert not hasattr(model, "n_features_in_")


def test_values_have_channels():
    series = [np.ones((n, 2)) for n in (1, 3, 2, 1)]
    model = RecurrentClassifier(**SMALL).fit(series, [0, 1, 0, 1])
    assert (model.input_, model.n_inputs_) == ("values", 2)
    assert not hasattr(model, "known_tokens_")
    assert model.read(series).values.dtype == np.float32
    with pytest.raises(ValueError, match="series of 1 channels, but .* was fitted on series of 2"):
        model.read([[0.5]])


def test_input_can_be_chosen():
    as_values = RecurrentClassifier(**SMALL, input="values").fit(X, Y)
    assert as_values.input_ == "values"
    with pytest.raises(ValueError, match="row 0, position 0 of X is 0.5"):
        RecurrentClassifier(**SMALL, input="tokens").fit([[0.5], [1.5]], [0, 1])


def test_series_have_the_type_of_the_fitted_weights():
    series = [np.ones((n, 2)) for n in (1, 3, 2, 1)]
    model = RecurrentClassifier(**SMALL).fit(series, [0, 1, 0, 1])
    expected = model.predict_proba(series)
    np.testing.assert_array_equal(model.set_params(dtype="float64").predict_proba(series), expected)


def test_reading_needs_a_fit():
    with pytest.raises(NotFittedError, match="RecurrentClassifier instance is not fitted"):
        RecurrentClassifier().read(X)


SERIES = [np.random.default_rng(i).normal([300, 1e5], [5, 50], size=(3 + i % 4, 2)) for i in range(20)]


def test_channels_are_standardized_by_the_training_rows_and_their_weights():
    weight = np.tile([1.0, 0.0, 2.0, 1.0], 5)
    model = RecurrentClassifier(**SMALL).fit(SERIES, Y, sample_weight=weight)
    steps = np.concatenate([SERIES[i] for i in range(20) for _ in range(int(weight[i]))])
    np.testing.assert_allclose(model.channel_mean_, steps.mean(axis=0))
    np.testing.assert_allclose(model.channel_scale_, steps.std(axis=0))
    read = model.read(SERIES)
    assert read.values.dtype == np.float32
    expected = (np.concatenate(SERIES) - model.channel_mean_) / model.channel_scale_
    np.testing.assert_allclose(read.values, expected, atol=1e-5)
    np.testing.assert_array_equal(model.read(read).values, read.values)  # once only
    np.testing.assert_array_equal(model.predict_proba(read), model.predict_proba(SERIES))
    split = model.set_params(early_stopping=True, validation_fraction=0.5).fit(SERIES, Y)
    assert not np.allclose(split.channel_mean_, np.concatenate(SERIES).mean(axis=0), rtol=1e-9)
    plain = RecurrentClassifier(standardize=False, **SMALL).fit(SERIES, Y)
    assert not hasattr(plain, "channel_mean_")
    np.testing.assert_array_equal(plain.read(SERIES).values, np.concatenate(SERIES).astype(np.float32))


def test_the_unit_of_a_channel_changes_no_answer():
    plain = RecurrentClassifier(dtype="float64", **SMALL).fit(SERIES, Y)
    other = [series * [1e-20, 1e6] + [0, 1e9] for series in SERIES]
    moved = RecurrentClassifier(dtype="float64", **SMALL).fit(other, Y)
    np.testing.assert_allclose(moved.predict_proba(other), plain.predict_proba(SERIES), atol=1e-6)


def test_partial_fit_standardizes_by_the_first_chunk():
    model = RecurrentClassifier(**SMALL).partial_fit(SERIES[:10], Y[:10])
    mean = model.channel_mean_.copy()
    model.partial_fit(SERIES[10:], Y[10:])
    np.testing.assert_array_equal(model.channel_mean_, mean)
    np.testing.assert_allclose(mean, np.concatenate(SERIES[:10]).mean(axis=0))


def test_series_without_steps_and_constant_channels():
    model = RecurrentClassifier(**SMALL).fit([np.empty((0, 2))] * 4, [0, 1, 0, 1])
    assert model.channel_scale_.tolist() == [1, 1]
    model.fit([np.full((3, 2), 7.0)] * 4, [0, 1, 0, 1])
    assert (model.channel_mean_.tolist(), model.channel_scale_.tolist()) == ([7, 7], [1, 1])
    assert np.isfinite(model.predict_proba([[[7.0, 8.0], [1e9, 7.0]]])).all()


def test_a_value_too_large_once_standardized_is_named():
    model = RecurrentClassifier(**SMALL).fit([[1.0, 2.0], [2.0]] * 4, [0, 1] * 4)
    with pytest.raises(ValueError, match=r"row 1, position 1 of X is 1e\+40, a value too large for float32"):
        model.predict([[1.0], [0.0, 1e40]])


def test_a_fit_on_tokens_forgets_the_channels():
    model = RecurrentClassifier(**SMALL).fit(SERIES, Y).fit(X, Y)
    assert not hasattr(model, "channel_mean_")
    assert model.predict(X).shape == (20,)


# Token ids of known and of unknown origin


def test_ids_of_another_vocabulary_are_refused():
    tokenizer, other = SmilesTokenizer(), SmilesTokenizer()
    ids, others = tokenizer.fit_transform(["CCO", "CN", "S"]), other.fit_transform(["CCO", "CBr"])
    model = RecurrentClassifier(**SMALL).fit(ids, [0, 1, 0])
    assert model.n_inputs_ == tokenizer.n_tokens_
    with pytest.raises(
        ValueError, match="X holds ids of a SmilesTokenizer of 7 ids, but RecurrentClassifier was"
    ):
        model.predict(others)
    restored = pickle.loads(pickle.dumps(model))
    assert restored.fingerprint_ == model.fingerprint_
    with pytest.raises(ValueError, match="another token: transform X with the tokenizer"):
        restored.predict(pickle.loads(pickle.dumps(others)))
    same = SmilesTokenizer(vocabulary=tokenizer.vocabulary_).fit_transform(["CO"])
    assert model.predict(same).shape == model.predict([[4]]).shape == (1,)
    del restored.__dict__["fingerprint_"]  # as in a file of before
    assert pickle.loads(pickle.dumps(restored)).predict(others).shape == (2,)


@pytest.mark.parametrize(
    "make",
    [RecurrentClassifier, RecurrentRegressor, RecurrentTagger, RecurrentSeq2Seq, RecurrentLanguageModel],
)
def test_ids_made_elsewhere_are_told_by_every_estimator(make):
    X = [[5, 1], [1, 6]] * 2
    y = ["ab", "ba"] * 2 if make in (RecurrentTagger, RecurrentSeq2Seq) else [0, 1] * 2
    with pytest.warns(TokenIdWarning, match="row 0, position 1 of X is 1, but 0 is padding"):
        make(**SMALL).fit(X, y)


def test_later_chunks_teach_the_tokens_that_the_tokenizer_knows():
    tokenizer = SmilesTokenizer().fit(["CCO", "CCBr", "CCN"])
    model = RecurrentClassifier(**SMALL | {"hidden_size": 16})
    model.partial_fit(tokenizer.transform(["CCO", "CCN"] * 9), [0, 1] * 9)
    assert not model.known_tokens_[tokenizer.vocabulary_["Br"]]
    before = model.known_tokens_
    model.partial_fit(tokenizer.transform(["CCBr", "CCN"] * 9), [0, 1] * 9)
    assert model.known_tokens_.all()
    assert not before.all()
    assert np.ptp(model.predict_proba(tokenizer.transform(["CCBr", "CC[Zn]"])), axis=0).max() > 1e-6


@pytest.mark.parametrize("goes_on", ["partial_fit", "warm_start"])
def test_ids_that_come_too_late_are_counted(goes_on):
    model = RecurrentClassifier(**SMALL, warm_start=goes_on == "warm_start")
    learn = model.partial_fit if goes_on == "partial_fit" else model.fit
    learn([[4, 7]] * 4, [0, 1] * 2)
    learn([[5, 6]] * 4, [0, 1] * 2)  # between the others: there are vectors for them
    assert model.known_tokens_.all()
    with pytest.warns(
        TokenIdWarning, match="2 token ids of X, which occur 5 times, first in row 1, position 0, are"
    ):
        learn([[4, 5], [8, 9], [9, 9], [8]], [0, 1] * 2)


def test_lists_of_one_length_leave_padded_matrices_their_width():
    model = RecurrentClassifier(**SMALL).fit([[4, 5], [5, 4]] * 3, [0, 1] * 3)
    expected = model.predict_proba([[4, 5], [5]])
    for padded in (np.array([[4, 5, 0], [5, 0, 0]]), pd.DataFrame([[0, 4, 5], [0, 0, 5]])):
        np.testing.assert_array_equal(model.predict_proba(padded), expected)
    for other in (np.array([[4, 5, 4]]), np.array([[4, 0, 5], [5, 0, 0]])):
        with pytest.raises(ValueError, match="3 features, but RecurrentClassifier is expecting 2"):
            model.predict(other)
    series = RecurrentClassifier(**SMALL).fit([[0.5, 1.5], [1.5, 0.5]] * 3, [0, 1] * 3)
    padded = np.array([[0.5, 1.5, np.nan], [0.5, np.nan, np.nan]])
    np.testing.assert_array_equal(series.predict_proba(padded), series.predict_proba([[0.5, 1.5], [0.5]]))
    assert not hasattr(RecurrentClassifier(**SMALL).fit([[], []], [0, 1]), "n_features_in_")


# The layout of series


def test_channels_first():
    series = [np.random.default_rng(n).normal(size=(n, 3)) for n in (5, 7, 4, 6)]
    expected = RecurrentClassifier(**SMALL).fit(series, [0, 1] * 2).predict_proba(series)
    model = RecurrentClassifier(**SMALL, channels_first=True)
    turned = [row.T for row in series]
    np.testing.assert_array_equal(model.fit(turned, [0, 1] * 2).predict_proba(turned), expected)
    assert model.n_inputs_ == 3
    array = np.stack([row[:4] for row in series])
    np.testing.assert_array_equal(
        model.predict_proba(array.transpose(0, 2, 1)), model.predict_proba([row[:4].T for row in series])
    )
    model.set_params(channels_first=False)  # of a fitted model the layout is that of fit
    np.testing.assert_array_equal(model.predict_proba(turned), expected)


@pytest.mark.parametrize("shape", [(6, 2, 20), (6, 3, 20), (6, 1, 9)])
def test_series_that_look_transposed_are_told(shape):
    X = np.random.default_rng(0).normal(size=shape)
    for series in (X, list(X)):
        with pytest.warns(
            SeriesLayoutWarning, match=f"{shape[1]} steps of {shape[2]} channels: .* channels_first=T"
        ):
            RecurrentClassifier(**SMALL).fit(series, [0, 1] * 3)
    RecurrentClassifier(**SMALL, channels_first=True).fit(X, [0, 1] * 3)


@pytest.mark.parametrize("shape", [(6, 20, 41), (6, 10, 20), (6, 20, 2), (6, 1, 1)])
def test_other_series_are_not(shape):
    RecurrentClassifier(**SMALL).fit(np.random.default_rng(0).normal(size=shape), [0, 1] * 3)


def test_the_message_on_ragged_channels_names_the_parameter():
    X = [np.ones((3, 20 + i)) for i in range(6)]
    with pytest.raises(ValueError, match=r"row 1 of X has shape \(3, 21\).* set channels_first=True"):
        RecurrentClassifier(**SMALL).fit(X, [0, 1] * 3)
    assert RecurrentClassifier(**SMALL, channels_first=True).fit(X, [0, 1] * 3).n_inputs_ == 3


def test_a_table_of_ids_and_numbers_is_refused():
    frame = pd.DataFrame({"s": ["CCO", "CCCN", "c1ccccc1", "CC"] * 5, "T": [300, 310, 320, 330] * 5})
    table = make_column_transformer((make_pipeline(SmilesTokenizer(), Padder()), "s"), ("passthrough", ["T"]))
    model = make_pipeline(table, RecurrentRegressor(**SMALL))
    with pytest.raises(ValueError, match="row 0, position 8 of X is 300, behind padding of 0"):
        model.fit(frame, np.arange(20.0))


def test_steps_that_differ_are_refused_by_their_row():
    with pytest.raises(InvalidSequenceError, match="row 0 of X is ragged itself"):
        RecurrentClassifier().fit([[[1.0, 2.0], [3.0]]] * 4, [0, 1] * 2)


GAPS = [
    np.where(np.random.RandomState(i).rand(*one.shape) < 0.3, np.nan, one) for i, one in enumerate(SERIES)
]
EXACT = {**SMALL, "dtype": "float64", "max_epochs": 2}


def mask_by_hand(rows):
    """Series standardized by what is observed, with their masks and the times between."""
    steps = np.concatenate(rows)
    mean, scale = np.nanmean(steps, axis=0), np.nanstd(steps, axis=0)
    masked = mask_missing(Sequences.from_rows([(row - mean) / scale for row in rows]))
    return list(masked)


@pytest.fixture(scope="module")
def masked_model():
    return RecurrentClassifier(missing="mask", **EXACT).fit(GAPS, Y)


def test_a_mask_is_the_same_as_its_channels_joined_by_hand(masked_model):
    joined = mask_by_hand(GAPS)
    plain = RecurrentClassifier(standardize=False, **EXACT).fit(joined, Y)
    expected = plain.predict_proba(joined)
    np.testing.assert_allclose(masked_model.predict_proba(GAPS), expected, atol=1e-12)
    assert (masked_model.n_inputs_, masked_model.n_parameters_) == (2, plain.n_parameters_)
    np.testing.assert_allclose(masked_model.transform(GAPS), plain.transform(joined), atol=1e-12)
    read = masked_model.read(GAPS)
    np.testing.assert_array_equal(masked_model.predict_proba(read), masked_model.predict_proba(GAPS))
    transposed = RecurrentClassifier(missing="mask", channels_first=True, **EXACT)
    transposed.fit([one.T for one in GAPS], Y)
    np.testing.assert_allclose(transposed.predict_proba([one.T for one in GAPS]), expected, atol=1e-12)
    scaled = make_pipeline(SeriesScaler(), RecurrentClassifier(missing="mask", **EXACT)).fit(GAPS, Y)
    np.testing.assert_allclose(scaled.predict_proba(GAPS), expected, atol=1e-6)


def test_a_mask_goes_into_files_and_later_chunks(masked_model):
    restored = pickle.loads(pickle.dumps(masked_model))
    np.testing.assert_array_equal(restored.predict_proba(GAPS), masked_model.predict_proba(GAPS))
    later = clone(masked_model).partial_fit(GAPS, Y)
    before = later.channel_mean_
    assert later.partial_fit(SERIES, Y).channel_mean_ is before
    assert np.isfinite(later.predict_proba([np.full((3, 2), np.nan)])).all()


def test_steps_of_nan_at_the_end_count_in_lists_only():
    silent = [np.vstack([one, np.full((2, 2), np.nan)]) for one in GAPS]
    labels = [list("ab" * len(one))[: len(one)] for one in silent]
    tagger = RecurrentTagger(missing="mask", **SMALL).fit(silent, labels)
    assert [len(tags) for tags in tagger.predict(silent)] == list(map(len, silent))
    assert tagger.read(np.array([silent[0]])).lengths.tolist() == [len(silent[0]) - 2]
    names = FittedModel(tagger).name_tokens(tagger.read(silent[:1]))
    assert names[0][-1] == "nan, nan"


def test_a_mask_where_it_means_nothing_is_told(masked_model):
    with pytest.raises(InvalidSequenceError, match=r"row \d+, position \d of X is NaN"):
        RecurrentClassifier(**SMALL).fit(GAPS, Y)
    with pytest.raises(ValueError, match="missing='error', but the pretrained model reads series with"):
        RecurrentClassifier(pretrained=masked_model, **SMALL).fit(SERIES, Y)
    with pytest.warns(UserWarning, match="'missing' of RecurrentClassifier, set to 'mask', has no effect"):
        RecurrentClassifier(input="tokens", missing="mask", **SMALL).fit(X, Y)
    unseen = [one * [1, np.nan] for one in SERIES]
    with pytest.warns(UserWarning, match="channel 1 of X has no value in any training row"):
        RecurrentClassifier(missing="mask", **SMALL).fit(unseen, Y)


def test_many_channels_are_projected():
    model = RecurrentClassifier(projection_dim=4, **SMALL).fit(SERIES, Y)
    assert model.net_.module_.encoder.projection.weight.shape == (4, 2)
    restored = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(restored.predict_proba(SERIES), model.predict_proba(SERIES))
    tuned = RecurrentClassifier(pretrained=model, max_epochs=1, lr=1e-9).fit(SERIES, Y)
    weights = (one.net_.module_.encoder.projection.weight for one in (model, tuned))
    assert torch.allclose(*weights, atol=1e-6)
    with pytest.raises(ValueError, match="projection_dim=3, but the pretrained model has projection_dim=4"):
        RecurrentClassifier(pretrained=model, projection_dim=3).fit(SERIES, Y)
    with pytest.warns(UserWarning, match="'projection_dim' of RecurrentClassifier, set to 4, has no effect"):
        RecurrentClassifier(input="tokens", projection_dim=4, **SMALL).fit(X, Y)
