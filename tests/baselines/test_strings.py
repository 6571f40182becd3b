"""K-mers against CountVectorizer, positions against OneHotEncoder, and what both refuse."""

import pickle
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from Bio.Seq import Seq
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.preprocessing import OneHotEncoder

from seqestimators import DNATokenizer
from seqestimators.baselines import (
    make_kmer_logistic,
    make_kmer_window_vote,
    make_majority,
    make_onehot_logistic,
    make_window_logistic,
)
from seqestimators.datasets import fetch_promoters
from seqestimators.exceptions import InvalidSequenceError, TruncationWarning

RANDOM = np.random.RandomState(0)
X = ["".join(RANDOM.choice(list("ACGT"), 12)) for _ in range(40)]
Y = np.array(["yes" if "AC" in row else "no" for row in X])

every_model = pytest.mark.parametrize(
    "make", [make_kmer_logistic, make_onehot_logistic, make_window_logistic, make_kmer_window_vote]
)

CONTAINERS = {
    "tuple": tuple,
    "array": np.array,
    "column": lambda rows: np.array(rows, dtype=object)[:, None],
    "Series": lambda rows: pd.Series(rows, index=range(7, 7 + len(rows))),
    "DataFrame": lambda rows: pd.DataFrame({"dna": rows}),
    "bytes": lambda rows: [row.encode() for row in rows],
    "Biopython": lambda rows: [Seq(row) for row in rows],
}


def test_kmers_are_counted_as_written_out():
    model = make_kmer_logistic(k=(2, 3), C=0.5).fit(X, Y)
    pieces = [["".join(pair) for pair in pairwise(row)] for row in X]
    for row, parts in zip(X, pieces, strict=True):
        parts += [row[i : i + 3] for i in range(10)]
    names = sorted({piece for parts in pieces for piece in parts})
    counts = np.array([[parts.count(name) for name in names] for parts in pieces])
    np.testing.assert_array_equal(model[:2].transform(X).toarray(), counts)
    assert list(model[1].get_feature_names_out()) == names
    direct = LogisticRegression(C=0.5, max_iter=1000).fit(counts / counts.std(axis=0), Y)
    np.testing.assert_allclose(
        model.predict_proba(X), direct.predict_proba(counts / counts.std(axis=0)), rtol=1e-3
    )


def test_kmers_are_those_of_count_vectorizer():
    model = make_kmer_logistic(k=4).fit(X, Y)
    direct = CountVectorizer(analyzer="char", ngram_range=(4, 4), lowercase=False)
    np.testing.assert_array_equal(model[:2].transform(X).toarray(), direct.fit_transform(X).toarray())


def test_case_counts_where_strings_are_read_as_they_are():
    lower = [row.lower() for row in X]
    assert not make_kmer_logistic(k=2, kind=None).fit(X, Y)[:2].transform(lower).nnz
    model = make_kmer_logistic(k=2, kind=None, lowercase=True).fit(X, Y)
    np.testing.assert_array_equal(model.predict_proba(lower), model.predict_proba(X))


@every_model
def test_dna_is_read_in_its_normal_form(make):
    model = make().fit(X, Y)
    written = [f" {row.lower().replace('t', 'u')}\n" for row in X]
    np.testing.assert_array_equal(model.predict_proba(written), model.predict_proba(X))
    with pytest.raises(InvalidSequenceError, match="row 1, position 4 of X is ' ', a blank within"):
        model.predict(["ACGT", "ACGT ACGT"])


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (["ACGT", "gguu"], "dna"),
        (["CCO", "c1ccccc1"], "smiles"),
        (["MKLV", "MAVE"], "protein"),
        (["Otto", "otto"], None),
        ([["A", "C"], ["C"]], None),
    ],
)
def test_the_kind_of_strings_is_found_in_fit(rows, kind):
    model = make_onehot_logistic().fit(rows, [0, 1])
    assert model[0].kind_ == kind
    assert model.predict(rows).tolist() == [0, 1]


def test_a_kind_that_is_told():
    rows = ["MKLVVV", "mkaav", "AVEEmk", "LLLkkk"]  # of both cases: not guessed
    model = make_kmer_logistic(k=2, kind="protein").fit(rows, [0, 1, 1, 0])
    expected = model.predict_proba(rows)
    np.testing.assert_array_equal(model.predict_proba([row.swapcase() for row in rows]), expected)


def test_a_name_behind_a_smiles_is_refused():
    for rows in (["CCO ethanol", "CCN"], ["CCN", "CCO |$;;$|"]):
        with pytest.raises(InvalidSequenceError, match="position 3 of X is ' ', where a SMILES ends"):
            make_kmer_logistic(k=2).fit(rows, [0, 1])


def test_kmers_of_strings_of_any_length():
    model = make_kmer_logistic(k=3).fit(X, Y)
    intercept_only = 1 / (1 + np.exp(-model[-1].intercept_))
    np.testing.assert_allclose(model.predict_proba(["", "AC"])[:, 1], np.repeat(intercept_only, 2))
    assert model.predict(["ACGT" * 1000]).shape == (1,)
    with pytest.raises(ValueError, match="empty vocabulary"):
        make_kmer_logistic(k=13).fit(X, Y)


def test_positions_are_those_of_one_hot_encoder():
    model = make_onehot_logistic(C=0.5).fit(X, Y)
    letters = np.array([list(row) for row in X])
    direct = OneHotEncoder().fit(letters)
    one_hot = direct.transform(letters)
    np.testing.assert_array_equal(model[:-1].transform(X).toarray(), one_hot.toarray())
    classifier = LogisticRegression(C=0.5, max_iter=1000).fit(one_hot, Y)
    np.testing.assert_allclose(model.predict_proba(X), classifier.predict_proba(one_hot))


def test_a_tokenizer_of_ones_own():
    tokenizer = DNATokenizer()
    model = make_onehot_logistic(tokenizer)
    assert model[0] is not tokenizer
    model.fit(X, Y)
    assert not hasattr(tokenizer, "vocabulary_")
    np.testing.assert_array_equal(model.predict_proba([row.lower() for row in X]), model.predict_proba(X))


def test_positions_of_other_lengths():
    model = make_onehot_logistic().fit(X, Y)
    assert model.predict(["ACG", ""]).shape == (2,)
    with pytest.raises(InvalidSequenceError, match="row 1 of X has 13 steps, more than the 12"):
        model.predict([X[0], X[0] + "A"])
    cut = make_onehot_logistic(truncate="right").fit(X, Y)
    with pytest.warns(TruncationWarning, match="1 of 2 sequences are longer than 12"):
        probabilities = cut.predict_proba([X[0], X[0] + "A"])
    np.testing.assert_array_equal(probabilities[0], probabilities[1])
    longer = make_onehot_logistic(length=20).fit(X, Y)
    assert longer.predict([X[0] + "ACGTACGT"]).shape == (1,)


def test_a_letter_new_to_a_position_is_zeros():
    model = make_onehot_logistic().fit(["AC", "AG"], [0, 1])
    np.testing.assert_array_equal(model[:-1].transform(["TC", "C?"]).toarray(), [[0, 1, 0], [0, 0, 0]])


@every_model
@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_containers_agree(make, container):
    expected = make().fit(X, Y).predict_proba(X)
    rows = container(X)
    np.testing.assert_array_equal(make().fit(rows, Y).predict_proba(rows), expected)
    np.testing.assert_array_equal(make().fit(X, Y).predict_proba(rows), expected)


@every_model
@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([], ValueError, "X has no sequences"),
        ("ACGT", ValueError, "Wrap a single sequence"),
        (["ACGT", None], InvalidSequenceError, "row 1 of X is missing"),
        (["ACGT", 7], TypeError, "row 1 of X is 7"),
    ],
)
def test_bad_input_is_refused(make, rows, error, message):
    with pytest.raises(error, match=message):
        make().fit(rows, ["a", "b"][: len(rows)])
    model = make().fit(X, Y)
    with pytest.raises(error, match=message):
        model.predict(rows)


@pytest.mark.parametrize("k", [0, (3, 2), (1, 2, 3), (0, 1), ("a", "b"), 2.5])
def test_bad_numbers_of_characters_are_refused(k):
    with pytest.raises(
        ValueError, match="'k' parameter of make_kmer|is no number of characters: give an int"
    ):
        make_kmer_logistic(k=k)


def test_bad_parameters_are_refused():
    for make, parameter in (
        (make_kmer_logistic, {"C": 0}),
        (make_onehot_logistic, {"length": 0}),
        (make_onehot_logistic, {"truncate": "yes"}),
        (make_onehot_logistic, {"tokenizer": "dna"}),
        (make_majority, {"task": "tagging"}),
    ):
        with pytest.raises(ValueError, match=f"'{next(iter(parameter))}' parameter of {make.__name__}"):
            make(**parameter)


@every_model
def test_clone_and_pickle(make):
    model = make().fit(X, Y)
    restored = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(restored.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(clone(model).fit(X, Y).predict_proba(X), model.predict_proba(X))


def test_grid_search():
    grid = {"countvectorizer__ngram_range": [(1, 1), (2, 2)], "logisticregression__C": [0.1, 1.0]}
    search = GridSearchCV(make_kmer_logistic(), grid, cv=3, n_jobs=2).fit(X, Y)
    assert search.best_params_["countvectorizer__ngram_range"] == (2, 2)  # the labels depend on a pair
    grid = {"padder__length": [6, 12], "logisticregression__C": [0.1, 1.0]}
    search = GridSearchCV(make_onehot_logistic(), grid, cv=3, error_score="raise")
    with pytest.raises(InvalidSequenceError, match="more than the 6 of the output"):
        search.fit(X, Y)
    short = [row[:6] for row in X]
    assert search.fit(short, Y).best_params_.keys() == grid.keys()


def test_promoters_are_told(data_home):
    dna, target = fetch_promoters(data_home=data_home, return_X_y=True)
    for model, least in ((make_kmer_logistic(), 0.9), (make_onehot_logistic(DNATokenizer()), 0.85)):
        assert cross_val_score(model, dna, target, cv=5).mean() > least


@pytest.mark.parametrize(
    "rows",
    [["C", "CCO", "c1ccccc1"], [[4], [4, 5], [6, 6, 6]], [np.arange(3), np.arange(2), np.arange(9)]],
    ids=["strings", "lists", "arrays"],
)
def test_the_majority_takes_anything(rows):
    model = make_majority().fit(rows, ["a", "b", "b"])
    assert list(model.predict(rows)) == ["b", "b", "b"]
    np.testing.assert_allclose(model.predict_proba(rows), [[1 / 3, 2 / 3]] * 3)
    assert model.score(rows, ["a", "b", "b"]) == pytest.approx(2 / 3)
    np.testing.assert_array_equal(
        make_majority(task="regression").fit(rows, [1, 2, 6]).predict(rows), [3, 3, 3]
    )
    assert cross_val_score(make_majority(), rows * 4, ["a", "b", "b"] * 4, cv=2).mean() == pytest.approx(
        2 / 3
    )


def test_dinucleotides_at_their_positions():
    model = make_window_logistic(C=0.5).fit(X, Y)
    pairs = np.array([["".join(pair) for pair in pairwise(row)] for row in X])
    one_hot = OneHotEncoder().fit_transform(pairs)
    np.testing.assert_array_equal(model[:-1].transform(X).sum(axis=1), one_hot.sum(axis=1))
    direct = LogisticRegression(C=0.5, max_iter=1000).fit(one_hot, Y)
    np.testing.assert_allclose(model.predict_proba(X), direct.predict_proba(one_hot), rtol=1e-3)
    with pytest.raises(InvalidSequenceError, match="row 1 of X has 1 nucleotides"):
        model.predict(["ACGT", "A"])
    with pytest.raises(InvalidSequenceError, match="row 0 of X has 12 steps, more than the 11"):
        model.predict([X[0] + "A"])


def test_a_vote_is_the_mean_of_two():
    model = make_kmer_window_vote(DNATokenizer(k=2), k=(2, 3), C=0.2).fit(X, Y)
    members = [make_kmer_logistic(k=(2, 3), C=0.2), make_onehot_logistic(DNATokenizer(k=2), C=0.2)]
    means = np.mean([member.fit(X, Y).predict_proba(X) for member in members], axis=0)
    np.testing.assert_allclose(model.predict_proba(X), means)
    assert set(model.predict(X)) == {"no", "yes"}
    assert model.estimators[1][1][1].truncate == "error"


@pytest.mark.parametrize(
    ("make", "parameter"),
    [
        (make_window_logistic, {"k": 0}),
        (make_window_logistic, {"truncate": "yes"}),
        (make_kmer_window_vote, {"tokenizer": "dna"}),
        (make_kmer_window_vote, {"kind": "text"}),
    ],
)
def test_bad_parameters_of_windows_are_refused(make, parameter):
    with pytest.raises(ValueError, match=f"'{next(iter(parameter))}' parameter of {make.__name__}"):
        make(**parameter)
