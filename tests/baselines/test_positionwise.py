"""PositionwiseClassifier against vectors made by hand, on the genetic code, in scikit-learn's tools."""

import pickle
from itertools import product

import numpy as np
import pandas as pd
import pytest
from Bio.Data import CodonTable
from sklearn.base import clone, is_classifier
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from seqestimators import CodonTokenizer, DNATokenizer
from seqestimators.baselines import PositionwiseClassifier, make_majority
from seqestimators.datasets import fetch_coding_sequences, make_coding_sequences
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.testing import check_sequence_estimator

X = [[4, 5, 6], [5], [6, 6, 4, 5], []]
Y = ["abc", "b", "ccab", ""]


@pytest.fixture(scope="module")
def coding():
    return make_coding_sequences(60, length=(20, 60), random_state=0)


def one_hot_by_hand(X, tokens, window, stride):
    """A row for every label, one place after the other."""
    rows = []
    for sequence in X:
        padded = [0] * window + list(sequence) + [0] * window
        for begin in range(0, len(sequence), stride):
            seen = padded[begin : begin + stride + 2 * window]
            rows.append([float(one == token) for one in seen for token in tokens])
    return np.array(rows)


@pytest.mark.parametrize("window", [0, 1, 2])
@pytest.mark.parametrize("stride", [1, 2])
def test_features_and_model_are_those_made_by_hand(window, stride):
    random = np.random.RandomState(0)
    X = [random.randint(4, 8, size=2 * length) for length in (3, 1, 0, 5, 4, 7, 2)]
    y = ["".join(random.choice(list("HE"), size=len(row) // stride)) for row in X]
    tokens = [0, 4, 5, 6, 7] if window else [4, 5, 6, 7]
    expected = one_hot_by_hand(X, tokens, window, stride)
    model = PositionwiseClassifier(LogisticRegression(), window=window, stride=stride).fit(X, y)
    np.testing.assert_array_equal(model.tokens_, tokens)
    np.testing.assert_array_equal(model.encode(X).toarray(), expected)
    by_hand = LogisticRegression().fit(expected, list("".join(y)))
    np.testing.assert_allclose(np.concatenate(model.predict_proba(X)), by_hand.predict_proba(expected))
    assert "".join(model.predict(X)) == "".join(by_hand.predict(expected))


def test_memory_is_that_of_the_tokens():
    X = [np.arange(4, 504)] * 4
    model = PositionwiseClassifier(make_majority(), window=1).fit(X, ["HE" * 250] * 4)
    features = model.encode(X)
    assert features.shape == (2000, 3 * 501)
    assert features.nnz == 3 * 2000


@pytest.mark.parametrize(
    "model",
    [
        PositionwiseClassifier(),
        PositionwiseClassifier(window=2, stride=2),
        PositionwiseClassifier(DecisionTreeClassifier(random_state=0), window=1),
        PositionwiseClassifier(LinearSVC(random_state=0)),
        PositionwiseClassifier(make_majority()),
    ],
    ids=["default", "window", "tree", "no probabilities", "majority"],
)
def test_common_checks(model):
    check_sequence_estimator(model)


@pytest.mark.parametrize("genetic_code", [1, 2])
def test_all_codons_are_translated(coding, genetic_code):
    dna, protein = make_coding_sequences(60, length=(20, 60), genetic_code=genetic_code, random_state=0)
    seen = {row[i : i + 3] for row in dna[:40] for i in range(0, len(row), 3)}
    table = CodonTable.unambiguous_dna_by_id[genetic_code]
    assert len(seen) == 64
    model = make_pipeline(CodonTokenizer(), PositionwiseClassifier()).fit(dna[:40], protein[:40])
    assert model.score(dna[40:], protein[40:]) == 1.0
    codons = ["".join(codon) for codon in product("ACGT", repeat=3)]
    assert list(model.predict(codons)) == [table.forward_table.get(codon, "*") for codon in codons]


def test_real_genes_are_translated_but_for_their_starts(data_home):
    dna, protein = fetch_coding_sequences(data_home=data_home, return_X_y=True)
    rows = np.random.RandomState(0).permutation(len(dna))[:230]
    dna, protein = np.asarray(dna)[rows], np.asarray(protein)[rows]
    alone, window = (
        make_pipeline(CodonTokenizer(), PositionwiseClassifier(window=size)).fit(dna[:30], protein[:30])
        for size in (0, 1)
    )
    others = [row[0] not in "VL" for row in alone.predict(dna[30:])]
    assert 0 < np.mean(others) < 1
    assert alone.score(dna[30:][others], protein[30:][others]) == 1.0
    assert alone.score(dna[30:], protein[30:]) < window.score(dna[30:], protein[30:])


def test_a_token_seen_once_among_many_is_learned():
    dna, protein = ["AAA" * 20_000 + "CCC" + "GGG" * 20_000], ["K" * 20_000 + "P" + "G" * 20_000]
    model = make_pipeline(CodonTokenizer(), PositionwiseClassifier()).fit(dna, protein)
    assert list(model.predict(["CCC"])) == ["P"]


def test_sums_over_three_nucleotides_translate_the_genetic_code_but_no_shuffled_one():
    codons = ["".join(codon) for codon in product("ACGT", repeat=3)]
    forward = CodonTable.unambiguous_dna_by_id[1].forward_table
    protein = [forward.get(codon, "*") for codon in codons]
    model = make_pipeline(DNATokenizer(), PositionwiseClassifier(stride=3))
    assert model.fit(codons, protein).score(codons, protein) == 1.0
    shuffled = list(np.random.RandomState(0).permutation(protein))
    assert model.fit(codons, shuffled).score(codons, shuffled) < 0.75


def test_the_majority_of_labels():
    model = PositionwiseClassifier(make_majority()).fit([[4, 5, 6], [7]], ["aab", "b"])
    assert list(model.predict([[9, 9], []])) == ["aa", ""]
    np.testing.assert_array_equal(model.predict_proba([[9]])[0], [[0.5, 0.5]])


@pytest.mark.parametrize(
    ("convert", "kind"),
    [(str, "string"), (list, "list"), (tuple, "tuple"), (lambda row: np.array(list(row)), "array")],
)
def test_labels_come_back_in_kind(convert, kind):
    model = PositionwiseClassifier().fit(X, [convert(row) for row in Y])
    predicted = model.predict(X)
    assert model.target_kind_ == kind
    assert (predicted.shape, predicted.dtype) == ((4,), object)
    assert [type(row) for row in predicted] == [type(convert(row)) for row in Y]
    assert ["".join(row) for row in predicted] == Y
    assert model.score(X, [convert(row) for row in Y]) == 1.0


def test_labels_may_be_numbers():
    model = PositionwiseClassifier().fit(X, [[0, 1, 2], [1], [2, 2, 0, 1], []])
    assert model.classes_.dtype.kind == "i"
    assert model.predict([[6, 4]])[0] == [2, 0]
    matrix = PositionwiseClassifier().fit(np.array([[4, 5], [5, 4]]), np.array([[0, 1], [1, 0]]))
    assert list(matrix.predict([[5]])[0]) == [1]


def test_beginning_and_end_carry_no_label():
    bare = make_pipeline(CodonTokenizer(), PositionwiseClassifier(window=1))
    marked = make_pipeline(CodonTokenizer(add_bos=True, add_eos=True), PositionwiseClassifier(window=1))
    dna, protein = ["ATGAAATGA", "ATGCTATAA"], ["MK*", "ML*"]
    for one, other in zip(
        bare.fit(dna, protein).predict_proba(dna), marked.fit(dna, protein).predict_proba(dna), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_a_new_token_is_the_unknown_one():
    model = PositionwiseClassifier().fit([[4, 5, 1, 1]], ["abcc"])
    assert list(model.predict([[9, 1, 3_000_000]])) == ["ccc"]
    without = PositionwiseClassifier().fit(X, Y)
    assert not without.encode([[9, 1, 0, 7]]).nnz


def test_weights_count_rows():
    X, y = [[4, 5], [4, 5], [4], [6]], ["ab", "ba", "a", "c"]
    twice = PositionwiseClassifier(LogisticRegression(tol=1e-10)).fit([*X, X[1]], [*y, y[1]])
    weighted = clone(twice).fit(X, y, sample_weight=[1, 2, 1, 1])
    assert np.allclose(np.concatenate(twice.predict_proba(X)), np.concatenate(weighted.predict_proba(X)))
    absent = clone(twice).fit(X, y, sample_weight=[1, 2, 1, 0])
    assert list(absent.classes_) == ["a", "b"]
    assert list(absent.tokens_) == [4, 5]
    model = PositionwiseClassifier().fit([[4, 5]], ["ab"])
    assert model.score([[4, 5], [4]], ["ab", "b"], sample_weight=[1, 3]) == pytest.approx(2 / 5)


def test_score_counts_labels_that_fit_never_saw_as_wrong():
    model = PositionwiseClassifier().fit([[4, 5]], ["ab"])
    assert model.score([[4, 5, 4], [4]], ["abz", "a"]) == 0.75
    assert model.score([[], []], ["", ""]) == 1.0


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        ([[4, 5], [4]], ["ab", "ab"], InvalidSequenceError, "row 1 of y has 2 labels, but row 1 of X has 1"),
        ([[4, 5], [4]], ["ab"], ValueError, "inconsistent numbers of samples"),
        ([[4, 5], [4]], ["ab", None], InvalidSequenceError, "row 1 of y is missing"),
        ([[4, 5], [4]], None, ValueError, "requires y to be passed"),
        ([[4, 5], [4]], "ab", ValueError, "Wrap a single sequence"),
        ([[], []], ["", ""], ValueError, "y has no labels"),
        ([[4, 5], [-4]], ["ab", "a"], InvalidSequenceError, "row 1, position 0 of X is -4"),
        ([[4, 0.5], [4]], ["ab", "a"], InvalidSequenceError, "row 0, position 1 of X is 0.5"),
        (["AC", "A"], ["ab", "a"], TypeError, "DNATokenizer"),
        ([[4, 5]], [["a", 1]], TypeError, "labels of several types, 1 and 'a'"),
        ([[4, 5]], [[("a",), ("b",)]], TypeError, r"the label \('a',\): use strings"),
    ],
)
def test_bad_input_is_refused(X, y, error, message):
    with pytest.raises(error, match=message):
        PositionwiseClassifier().fit(X, y)


def test_a_stride_that_does_not_divide_is_refused():
    with pytest.raises(InvalidSequenceError, match="row 1 of X has 4 tokens, which stride=3 doesn't divide"):
        PositionwiseClassifier(stride=3).fit([[4, 5, 6], [4, 5, 6, 7]], ["a", "b"])


def test_weights_for_a_classifier_without_are_refused():
    model = PositionwiseClassifier(KNeighborsClassifier(1))
    assert model.fit(X, Y).score(X, Y) == 1.0
    with pytest.raises(ValueError, match="KNeighborsClassifier takes no sample_weight: leave it out"):
        model.fit(X, Y, sample_weight=[1, 1, 1, 1])
    with pytest.raises(ValueError, match="weight 0"):
        PositionwiseClassifier().fit(X, Y, sample_weight=[0, 0, 0, 1])


@pytest.mark.parametrize("parameters", [{"window": -1}, {"stride": 0}, {"estimator": 3}, {"window": 0.5}])
def test_bad_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=f"'{next(iter(parameters))}' parameter of PositionwiseClassifier"):
        PositionwiseClassifier(**parameters).fit(X, Y)


def test_probabilities_only_where_the_classifier_has_them():
    assert hasattr(PositionwiseClassifier(), "predict_proba")
    assert not hasattr(PositionwiseClassifier(LinearSVC()), "predict_proba")
    assert not hasattr(PositionwiseClassifier(SGDClassifier()).fit(X, Y), "predict_proba")


def test_it_works_in_the_tools_of_scikit_learn(coding):
    dna, protein = (np.array(part, dtype=object) for part in coding)
    model = make_pipeline(CodonTokenizer(), PositionwiseClassifier(BernoulliNB()))
    assert not is_classifier(model)  # cross-validation would stratify on whole strings
    predicted = cross_val_predict(model, dna, protein, cv=3)
    assert [len(row) for row in predicted] == [len(row) for row in protein]
    assert cross_val_score(model, pd.Series(dna), pd.Series(protein), cv=3).min() > 0.9
    grid = {
        "positionwiseclassifier__estimator__alpha": [1e-3, 100.0],
        "positionwiseclassifier__window": [0, 1],
    }
    search = GridSearchCV(model, grid, cv=3).fit(dna, protein)
    assert search.best_params_["positionwiseclassifier__estimator__alpha"] == 1e-3
    restored = pickle.loads(pickle.dumps(search.best_estimator_))
    assert list(restored.predict(dna)) == list(search.predict(dna))


def test_the_classifier_given_is_not_fitted():
    given = DummyClassifier()
    model = PositionwiseClassifier(given).fit(X, Y)
    assert model.estimator_ is not given
    assert not hasattr(given, "classes_")


def test_masked_labels_are_neither_learned_nor_scored():
    X, y = [[4, 5, 6], [5, 4]] * 4, [["a", None, "b"], [-100, "a"]] * 4
    model = PositionwiseClassifier(window=0).fit(X, y)
    assert model.classes_.tolist() == ["a", "b"]
    assert model.score(X, y) == 1
    weight = [2, 1] * 4
    assert PositionwiseClassifier(window=0).fit(X, y, sample_weight=weight).score(X, y, weight) == 1
