"""RecurrentSeq2Seq: kinds of targets, ends, searches, and scikit-learn's tools around it."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_classifier
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline

from seqestimators import (
    CodonTokenizer,
    DNATokenizer,
    ProteinTokenizer,
    RecurrentSeq2Seq,
    SequenceTokenizer,
    SmilesTokenizer,
)
from seqestimators.datasets import make_copy
from seqestimators.exceptions import InvalidSequenceError, TokenIdWarning, TruncationWarning
from seqestimators.metrics import exact_match_scorer

SMALL = {"hidden_size": 8, "embedding_dim": 4, "max_epochs": 2, "batch_size": 8, "random_state": 0}
X = ["ab", "b", "aab", "ba", ""] * 5
Y = [row.upper()[::-1] for row in X]


def model(**parameters):
    return make_pipeline(SequenceTokenizer(), RecurrentSeq2Seq(**SMALL | parameters))


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (Y, str),
        ([list(row) for row in Y], list),
        ([tuple(row) for row in Y], tuple),
        ([[len(row)] * len(row) for row in Y], list),
    ],
    ids=["string", "list", "tuple", "numbers"],
)
def test_predictions_are_of_the_kind_of_y(y, kind):
    fitted = model(max_epochs=10, lr=0.02).fit(X, y)
    predicted = fitted.predict(X)
    assert predicted.shape == (25,)
    assert {type(row) for row in predicted} == {kind}
    items = {item for row in y for item in row}
    assert {item for row in predicted for item in row} <= items


@pytest.mark.parametrize("attention", ["dot", "additive", "monotonic"])
def test_it_learns_to_copy(attention):
    sources, targets = make_copy(400, length=(1, 6), alphabet="abc", random_state=0)
    fitted = make_pipeline(
        SequenceTokenizer(),
        RecurrentSeq2Seq(attention=attention, hidden_size=48, lr=0.01, max_epochs=25, random_state=0),
    ).fit(sources[:300], targets[:300])
    assert fitted.score(sources[300:], targets[300:]) > 0.9


def test_ends_are_added_once():
    marked = SequenceTokenizer(add_bos=True, add_eos=True)
    plain, twice = model().fit(X, Y), model(target_tokenizer=marked).fit(X, Y)
    assert plain.predict(X).tolist() == twice.predict(X).tolist()
    assert not hasattr(marked, "vocabulary_")  # a clone is fitted


@pytest.mark.parametrize("attention", ["dot", "additive", "monotonic"])
def test_n_best_is_sorted_and_begins_with_the_prediction(attention):
    fitted = model(attention=attention, beam_width=4, max_epochs=5).fit(X, Y)
    predicted = fitted.predict(X)
    for row, best in zip(predicted, fitted[-1].predict_n_best(fitted[0].transform(X), 4), strict=True):
        assert best[0][0] == row
        probabilities = [p for _, p in best]
        assert probabilities == sorted(probabilities, reverse=True)
        assert len({target for target, _ in best}) == len(best) == 4
        assert np.exp(probabilities).sum() <= 1 + 1e-6


def test_one_best_of_greedy_is_what_it_predicts():
    fitted = model(max_epochs=5).fit(X, Y)
    pairs = fitted[-1].predict_n_best(fitted[0].transform(X), 1)
    assert [pair[0][0] for pair in pairs] == fitted.predict(X).tolist()
    with pytest.raises(ValueError, match="n=0 must be a whole number"):
        fitted[-1].predict_n_best(fitted[0].transform(X), 0)


@pytest.mark.parametrize("attention", ["dot", "additive", "monotonic"])
def test_attention_weights_are_rows_over_the_real_source(attention):
    fitted = model(attention=attention).fit(X, Y)
    ids = fitted[0].transform(X)
    for targets in (None, Y):
        weights = fitted[-1].attention_weights(ids, targets)
        for source, target, matrix in zip(X, targets or fitted.predict(X), weights, strict=True):
            assert matrix.shape == (len(target) + 1, len(source))
            if source:
                np.testing.assert_allclose(matrix.sum(axis=1), 1, rtol=1e-5)


def test_targets_stay_within_the_ratio():
    fitted = model(max_length_ratio=0.5).fit(X, Y)
    assert fitted[-1].max_length_ratio_ == 0.5
    assert all(len(y) <= np.ceil(len(x) / 2) + 10 for x, y in zip(X, fitted.predict(X), strict=True))
    assert model().fit(X, Y)[-1].max_length_ratio_ == 1.5


def test_answers_that_were_cut_are_counted():
    sources, targets = [[4] * 5] * 40, ["ab" * 8] * 40
    fitted = RecurrentSeq2Seq(**SMALL | {"max_epochs": 40, "lr": 0.02}).fit(sources, targets)
    with warnings.catch_warnings():  # it ends by itself
        warnings.simplefilter("error")
        assert fitted.predict(sources[:2]).tolist() == targets[:2]
        assert fitted.predict_n_best(sources[:1], 2)[0][0][0] == targets[0]
    fitted.set_params(max_length_ratio=1.0)
    message = r"the targets of 3 of 3 sequences were cut at .* raise max_length_ratio \(now 1\)"
    with pytest.warns(TruncationWarning, match=message) as caught:
        assert fitted.predict(sources[:3]).tolist() == ["abababababababa"] * 3
    assert [one.filename for one in caught] == [__file__]
    with pytest.warns(TruncationWarning, match="the targets of 3 of 3 sequences were cut"):
        fitted.set_params(beam_width=3).predict(sources[:3])
    with pytest.warns(TruncationWarning, match="the targets of 2 of 2 sequences were cut"):
        fitted.predict_n_best(sources[:2], 2)


def test_prediction_parameters_act_on_a_fitted_model():
    fitted = RecurrentSeq2Seq(**SMALL).fit([[4] * 5] * 8, ["ab" * 8] * 8)
    wide = fitted.set_params(beam_width=4, length_penalty=1.0).predict_n_best([[4] * 5], 1)[0][0]
    narrow = fitted.set_params(beam_width=1, length_penalty=0.0).predict_n_best([[4] * 5], 1)[0][0]
    assert wide[1] != narrow[1] or wide[0] == narrow[0]
    short = fitted.set_params(max_length_ratio=0.2).predict([[4] * 50])[0]
    assert len(short) <= 20


@pytest.mark.filterwarnings("error::seqestimators.exceptions.TruncationWarning")
def test_a_long_source_does_not_make_it_endless(monkeypatch):
    monkeypatch.setattr("seqestimators.estimators.seq2seq.MAX_TOKENS", 50)
    parameters = SMALL | {"max_epochs": 1}
    fitted = RecurrentSeq2Seq(**parameters).fit([[4], [5, 6]] * 4, ["abcdefghij" * 3, "a" * 30] * 4)
    assert (fitted.max_length_ratio_, fitted.max_length_) == (45, 30)
    with pytest.warns(TruncationWarning, match="none has more than 300 tokens"):
        assert max(map(len, fitted.predict([[4] * 100, [5] * 3]))) <= 300
    with pytest.warns(TruncationWarning, match="or two a step of its source"):
        assert len(fitted.predict([[4] * 200])[0]) <= 400


@pytest.mark.parametrize("attention", ["dot", "monotonic"])
def test_integer_weights_are_as_repeated_rows(attention):
    sources, targets, weight = [[4, 5], [5], [6, 4, 4]], ["ab", "b", "caa"], [1, 3, 2]
    parameters = {"attention": attention, "cell": "gru", "dtype": "float64", "dropout": 0.0}
    parameters |= {"batch_size": "all", "lr_schedule": "constant"}
    weighted = RecurrentSeq2Seq(**SMALL | parameters).fit(sources, targets, sample_weight=weight)
    rows = np.repeat(np.arange(3), weight)
    repeated = RecurrentSeq2Seq(**SMALL | parameters).fit(
        [sources[i] for i in rows], [targets[i] for i in rows]
    )
    np.testing.assert_allclose(weighted.transform(sources), repeated.transform(sources), atol=1e-10)


def test_many_sources_are_decoded_in_parts_as_one_by_one(monkeypatch):
    fitted = model(max_epochs=10).fit(X, Y)
    expected = fitted.predict(X).tolist()
    monkeypatch.setattr("seqestimators.estimators.seq2seq.MAX_HELD_STEPS", 4)
    assert fitted.predict(X).tolist() == expected


def test_inside_the_tools_of_scikit_learn():
    assert not is_classifier(model())  # so that nothing is stratified by whole strings
    assert np.isfinite(cross_val_score(model(), X, Y, cv=2)).all()
    assert cross_val_predict(model(), X, Y, cv=2).shape == (25,)
    search = GridSearchCV(model(), {"recurrentseq2seq__attention": ["dot", "monotonic"]}, cv=2).fit(X, Y)
    restored = pickle.loads(pickle.dumps(search.best_estimator_))
    assert restored.predict(X).tolist() == search.predict(X).tolist()


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (Y[1:], ValueError, "inconsistent numbers of samples"),
        ([None, *Y[1:]], InvalidSequenceError, "row 0 of y is missing"),
        ("x" * 25, ValueError, "string object received"),
        ([3, *Y[1:]], TypeError, "row 0 of y is 3"),
        (None, ValueError, "requires y to be passed"),
    ],
    ids=str,
)
def test_bad_targets(y, error, message):
    with pytest.raises(error, match=message):
        model().fit(X, y)


def test_label_smoothing_and_warm_start_train():
    fitted = model(label_smoothing=0.1, warm_start=True).fit(X, Y)
    assert fitted.fit(X, Y)[-1].n_iter_ == 4
    assert np.isfinite(fitted[-1].history_[-1]["train_loss"])


def test_dna_to_letters():
    fitted = make_pipeline(DNATokenizer(), RecurrentSeq2Seq(**SMALL)).fit(["ACG", "T"] * 9, ["ab", "c"] * 9)
    assert set("".join(fitted.predict(["ACG", "T", ""]))) <= set("abc")


def test_no_unknown_token_is_written():
    fitted = model(max_epochs=1).fit(X, Y)
    for best in fitted[-1].predict_n_best(fitted[0].transform(X), 20):
        assert not any("\ufffd" in target for target, _ in best)


@pytest.mark.parametrize(
    "as_column", [lambda y: pd.DataFrame({"y": y}), lambda y: pd.DataFrame({"y": y}).to_numpy()]
)
def test_a_column_of_strings_holds_strings(as_column):
    ids = model()[0].fit_transform(X)
    fitted = RecurrentSeq2Seq(hidden_size=4, max_epochs=1).fit(ids, as_column(Y))
    assert fitted.target_kind_ == "string"
    assert all(len(token) == 1 for token in list(fitted.target_tokenizer_.vocabulary_)[4:])


def test_targets_are_scored_as_their_tokenizer_reads_them():
    genes, proteins = ["ATGTAA", "ATGAAATAA", "ATGAAACCCTAA"], ["m*", "mk*", "mkp*\n"]
    network = RecurrentSeq2Seq(
        target_tokenizer=ProteinTokenizer(), hidden_size=32, max_epochs=60, lr=0.01, random_state=0
    )
    fitted = make_pipeline(CodonTokenizer(), network).fit(genes * 10, proteins * 10)
    assert fitted.predict(genes).tolist() == ["M*", "MK*", "MKP*"]
    assert fitted.score(genes, proteins) == 1
    assert fitted.score(genes, ["m*", "mk*", "mkk*"]) == pytest.approx(2 / 3)


def test_a_canonical_target_is_scored_however_it_is_written():
    tokenizer, size = SmilesTokenizer(canonical=True), {"hidden_size": 24, "max_epochs": 40, "lr": 0.01}
    fitted = make_pipeline(
        SequenceTokenizer(), RecurrentSeq2Seq(target_tokenizer=tokenizer, random_state=0, **size)
    ).fit(["a", "b"] * 12, ["OCC", "C(N)C"] * 12)
    assert fitted.predict(["a", "b"]).tolist() == ["CCO", "CCN"]
    assert fitted.score(["a", "b"], ["C(C)O", "NCC"]) == 1


@pytest.mark.parametrize("scoring", [exact_match_scorer, lambda model, X, y: model.score(X, y)])
def test_early_stopping_compares_targets_as_their_tokenizer_reads_them(scoring):
    network = RecurrentSeq2Seq(
        target_tokenizer=DNATokenizer(),
        hidden_size=24,
        max_epochs=15,
        lr=0.02,
        early_stopping=True,
        scoring=scoring,
        n_iter_no_change=15,
        random_state=0,
    )
    fitted = make_pipeline(DNATokenizer(), network).fit(["AC", "G", "T"] * 20, ["ac", "g", "u"] * 20)
    assert max(row["valid_score"] for row in fitted[-1].history_) == 1


@pytest.mark.parametrize(
    ("tokenizer", "targets", "message"),
    [
        (SmilesTokenizer(), ["CCO ethanol"], "row 0, position 3 of y is ' ', where a SMILES ends"),
        (CodonTokenizer(), ["ATG", "ATGA"], "row 1 of y has 4 nucleotides"),
        (None, [["a", None]], r"row 0, position 1 of y is missing \(None\)"),
    ],
)
def test_errors_of_targets_name_y(tokenizer, targets, message):
    with pytest.raises(InvalidSequenceError, match=message):
        RecurrentSeq2Seq(target_tokenizer=tokenizer).fit([[4, 5]] * len(targets), targets)


def test_targets_of_later_calls_are_told_where_they_count_as_unknown():
    X = [[4, 5], [5, 4]]
    model = (
        RecurrentSeq2Seq(hidden_size=4, random_state=0)
        .partial_fit(X, ["ab", "ba"])
        .partial_fit(X, ["b", "a"])
    )
    with pytest.warns(
        TokenIdWarning, match="2 tokens of y, first in row 0, position 1, are none that the first"
    ):
        model.partial_fit(X, ["ax", "y"])
    of_dna = RecurrentSeq2Seq(hidden_size=4, target_tokenizer=DNATokenizer(), random_state=0)
    of_dna.partial_fit(X, ["AC", "G"]).partial_fit(X, ["AN", "G"])  # N is unknown to all DNA
