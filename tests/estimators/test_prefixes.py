"""What samples begin with, and the condition that they go by."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentLanguageModel, SequenceColumns, SequenceTokenizer, load, save
from seqestimators.exceptions import InvalidSequenceError, TruncationWarning

A, B, C = 4, 5, 6
STRINGS = ["ab", "aabb", "aaabbb"] * 8
TABLE = pd.DataFrame({"text": STRINGS, "length": [float(len(s)) for s in STRINGS]})
SMALL = {"hidden_size": 16, "embedding_dim": 8, "lr": 0.02, "max_epochs": 30, "random_state": 0}


@pytest.fixture(scope="module")
def plain():
    return RecurrentLanguageModel(**SMALL).fit(SequenceTokenizer().fit_transform(STRINGS))


@pytest.fixture(scope="module")
def conditional():
    columns = SequenceColumns({"text": SequenceTokenizer()}, numeric=["length"])
    return make_pipeline(columns, RecurrentLanguageModel(cell="gru", **SMALL)).fit(TABLE)


def standardized(model, length):
    return (np.array([[length]]) - model[0].mean_) / model[0].scale_


@pytest.mark.parametrize(
    ("prefix", "given"),
    [
        ([A, A, B], [[A, A, B]] * 3),
        (np.array([A, A, B]), [[A, A, B]] * 3),
        ([[A, A, B]], [[A, A, B]] * 3),
        ([], [[]] * 3),
        ([[A, A], [B], []], [[A, A], [B], []]),
        ([[2, A, A, 3], [B, 3], [2]], [[A, A], [B], []]),
        (np.array([[A, B], [A, 0], [B, 0]]), [[A, B], [A], [B]]),
    ],
    ids=str,
)
def test_samples_begin_with_their_prefix(plain, prefix, given):
    rows = plain.sample(3, prefix=prefix, random_state=0, max_length=50)
    assert [row[: len(one)].tolist() for row, one in zip(rows, given, strict=True)] == given


def test_greedy_samples_go_on_as_predict_next_says(plain):
    written = [A, A]
    while (token := int(plain.predict_next([written])[0][-1])) != 3:
        written.append(token)
    (row,) = plain.sample(1, prefix=[A, A], top_k=1, random_state=0)
    assert row.tolist() == written


def test_the_longest_may_be_longer_behind_a_prefix(plain):
    with pytest.raises(ValueError, match="max_length=2, but a prefix has 3 tokens"):
        plain.sample(2, prefix=[A, A, B], max_length=2)
    with pytest.warns(TruncationWarning, match="1 of 1 sequences were cut at max_length=3"):
        assert plain.sample(1, prefix=[A] * 3, max_length=3, random_state=0)[0].tolist() == [A] * 3
    with pytest.warns(TruncationWarning, match="max_length=46"):  # the longest in fit has 6
        rows = plain.sample(5, prefix=[A] * 40, random_state=0)
    assert all(row[:40].tolist() == [A] * 40 for row in rows)


@pytest.mark.parametrize(
    ("prefix", "error", "message"),
    [
        ([A, 1], InvalidSequenceError, "row 0, position 1 of prefix is 1, a token that training has not met"),
        ([[A], [B, C]], InvalidSequenceError, "row 1, position 1 of prefix is 6, a token that training has"),
        ([A, 3, A], InvalidSequenceError, "row 0, position 1 of prefix is 3, which stands for padding, or"),
        (
            [[A], [A, 0, A]],
            InvalidSequenceError,
            "row 1, position 1 of prefix is 0, which stands for padding",
        ),
        ([[A], [A], [A]], ValueError, "prefix has 3 sequences, but n_samples=2"),
        ("ab", TypeError, "give the pipeline and the string to seqestimators.sample"),
        ([["a"], ["b"]], TypeError, "of prefix"),
        ([A, -1], InvalidSequenceError, "of prefix"),
        ([A, 4.5], InvalidSequenceError, "of prefix"),
    ],
    ids=str,
)
def test_bad_prefixes(plain, prefix, error, message):
    with pytest.raises(error, match=message):
        plain.sample(2, prefix=prefix)


def test_ids_of_another_vocabulary_are_refused(plain):
    other = SequenceTokenizer().fit(["xyz"]).transform(["x"])
    with pytest.raises(InvalidSequenceError, match="of another|fitted on those of"):
        plain.sample(1, prefix=other)


def test_samples_go_by_their_condition(conditional):
    tokenizer, model = conditional[0].tokenizers_["text"], conditional[-1]
    numbers = np.concatenate([standardized(conditional, n) for n in (2, 4, 6)])
    drawn = tokenizer.inverse_transform(model.sample(3, condition=numbers, top_k=1, random_state=0))
    assert drawn.tolist() == ["ab", "aabb", "aaabbb"]
    drawn = tokenizer.inverse_transform(model.sample(4, condition=numbers[2], top_k=1, random_state=0))
    assert drawn.tolist() == ["aaabbb"] * 4


def test_likelihoods_are_those_under_the_condition(conditional):
    right = conditional.score_samples(TABLE[:3])
    wrong = conditional.score_samples(TABLE[:3].assign(length=[4.0, 6.0, 2.0]))
    assert (right > wrong + 1).all()
    ids = conditional[0].transform(TABLE)
    assert conditional[-1].perplexity(ids) == pytest.approx(np.exp(-conditional.score(TABLE)))
    assert conditional[-1].transform(ids).shape == (24, 16)


def test_a_condition_is_kept_in_files(conditional, tmp_path):
    save(conditional, tmp_path / "model.skops")
    for restored in (pickle.loads(pickle.dumps(conditional)), load(tmp_path / "model.skops")):
        np.testing.assert_array_equal(restored.score_samples(TABLE), conditional.score_samples(TABLE))
        with pytest.raises(ValueError, match="under a condition of 1 numbers"):
            restored[-1].sample()
    refitted = clone(conditional).fit(TABLE)
    np.testing.assert_array_equal(refitted.score_samples(TABLE), conditional.score_samples(TABLE))


def test_a_condition_works_in_cross_validation():
    settings = SMALL | {"max_epochs": 1}
    columns = SequenceColumns({"text": SequenceTokenizer()}, numeric=["length"])
    scores = cross_val_score(make_pipeline(columns, RecurrentLanguageModel(**settings)), TABLE, cv=2)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize(
    ("condition", "error", "message"),
    [
        (None, ValueError, "was fitted under a condition of 1 numbers: say by condition="),
        (
            [1.0, 2.0],
            ValueError,
            r"condition has shape \(2,\), but this RecurrentLanguageModel was fitted on 1",
        ),
        ([[1.0]] * 3, ValueError, r"give the shape \(1,\), or \(2, 1\)"),
        ([np.nan], ValueError, "row 0 of condition has nan as number 0"),
        (["x"], TypeError, "must be numbers"),
    ],
    ids=str,
)
def test_bad_conditions(conditional, condition, error, message):
    with pytest.raises(error, match=message):
        conditional[-1].sample(2, condition=condition)


def test_a_condition_is_refused_without_one_in_fit_and_the_reverse(plain, conditional):
    with pytest.raises(ValueError, match="was fitted without one: fit it behind a SequenceColumns"):
        plain.sample(1, condition=[0.0])
    ids = conditional[0].transform(TABLE)
    with pytest.raises(ValueError, match="1 numbers beside each sequence, but RecurrentLanguageModel was"):
        plain.score_samples(ids)
    with pytest.raises(ValueError, match="X has 0 numbers beside each sequence"):
        conditional[-1].score_samples([[A, B]])
    two = SequenceColumns({"text": SequenceTokenizer(), "again": SequenceTokenizer()})
    with pytest.raises(ValueError, match="X has 2 columns of sequences, but a RecurrentLanguageModel reads"):
        make_pipeline(two, RecurrentLanguageModel()).fit(TABLE.assign(again=STRINGS))
