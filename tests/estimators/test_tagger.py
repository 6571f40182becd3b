"""RecurrentTagger: kinds of targets, alignment, weights, and scikit-learn's tools around it."""

import itertools
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentTagger
from seqestimators.exceptions import InvalidSequenceError

SMALL = {"hidden_size": 6, "embedding_dim": 4, "max_epochs": 3, "batch_size": 8, "random_state": 0}
DNA = ["ACGT", "GA", "TTACA", "", "C"] * 6
TAGS = ["".join("R" if letter in "AG" else "Y" for letter in row) for row in DNA]
IDS = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 6


def labels_of(rows):
    return ["".join("ab"[token % 2] for token in row) for row in rows]


def as_array(rows):
    result = np.empty(len(rows), dtype=object)
    result[:] = [np.array(list(row)) for row in rows]
    return result


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (labels_of(IDS), str),
        (pd.Series(labels_of(IDS)), str),
        ([list(row) for row in labels_of(IDS)], list),
        ([tuple(row) for row in labels_of(IDS)], tuple),
        (as_array(labels_of(IDS)), np.ndarray),
        ([[len(row)] * len(row) for row in IDS], list),
    ],
    ids=["string", "series", "list", "tuple", "array", "numbers"],
)
def test_predictions_are_of_the_kind_of_y(y, kind):
    predicted = RecurrentTagger(**SMALL).fit(IDS, y).predict(IDS)
    assert predicted.shape == (24,)
    assert predicted.dtype == object
    for row, one in zip(IDS, predicted, strict=True):
        assert type(one) is kind
        assert len(one) == len(row)
    first = y.iloc[0] if hasattr(y, "iloc") else y[0]
    assert type(predicted[0][0]) is type(first[0])


def test_it_learns_and_scores_token_accuracy():
    model = make_pipeline(DNATokenizer(), RecurrentTagger(**SMALL | {"max_epochs": 40, "lr": 0.02}))
    model.fit(DNA, TAGS)
    assert model.predict(["GATTACA"]).tolist() == ["RRYYRYR"]
    assert model.score(DNA, TAGS) == 1.0
    wrong = ["Y" * len(row) for row in TAGS]
    expected = sum(row.count("Y") for row in TAGS) / sum(map(len, TAGS))
    assert model.score(DNA, wrong) == pytest.approx(expected)


def test_probabilities_are_one_row_a_label():
    model = RecurrentTagger(**SMALL).fit(IDS, labels_of(IDS))
    for row, p, tags in zip(IDS, model.predict_proba(IDS), model.predict(IDS), strict=True):
        assert p.shape == (len(row), 2)
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
        assert "".join(model.classes_[p.argmax(axis=1)]) == tags


def test_markers_carry_no_label():
    plain = make_pipeline(DNATokenizer(), RecurrentTagger(**SMALL)).fit(DNA, TAGS)
    marked = make_pipeline(DNATokenizer(add_bos=True, add_eos=True), RecurrentTagger(**SMALL)).fit(DNA, TAGS)
    assert list(map(len, marked.predict(DNA))) == list(map(len, plain.predict(DNA)))


def test_stride():
    codons = ["ACGTTT", "GATACA", "TTT", ""] * 6
    y = [["stop" if row[i] == "T" else "go" for i in range(0, len(row), 3)] for row in codons]
    model = make_pipeline(
        DNATokenizer(), RecurrentTagger(**SMALL | {"max_epochs": 30, "lr": 0.02}, stride=3)
    ).fit(codons, y)
    assert model.predict(["TTTAAA"]).tolist() == [["stop", "go"]]
    with pytest.raises(InvalidSequenceError, match="row 1 of X has 4 steps, which stride=3 doesn't divide"):
        model.predict(["TTT", "TTTA"])


def test_lengths_that_differ_are_an_error():
    with pytest.raises(InvalidSequenceError, match="row 1 of y has 2 labels, but row 1 of X has 1 groups"):
        RecurrentTagger(**SMALL).fit([[4, 5], [4]], ["ab", "ab"])
    with pytest.raises(InvalidSequenceError, match="row 1 of y is missing"):
        RecurrentTagger(**SMALL).fit([[4, 5], [4]], ["ab", None])
    with pytest.raises(ValueError, match="string object received"):
        RecurrentTagger(**SMALL).fit([[4, 5], [4]], "ab")


def test_the_weight_of_a_row_counts_its_labels():
    exact = SMALL | {"dtype": "float64", "batch_size": "all", "dropout": 0}
    weight = np.arange(24) % 3
    rows = np.repeat(np.arange(24), weight)
    y = np.array(labels_of(IDS), dtype=object)
    weighted = RecurrentTagger(**exact).fit(IDS, y, sample_weight=weight)
    repeated = RecurrentTagger(**exact).fit([IDS[i] for i in rows], y[rows])
    np.testing.assert_allclose(weighted.transform(IDS), repeated.transform(IDS), atol=1e-9)


def test_balanced_is_the_weight_written_out():
    y = labels_of(IDS)
    n_a, n_b = ("".join(y).count(label) for label in "ab")
    weights = {"a": (n_a + n_b) / (2 * n_a), "b": (n_a + n_b) / (2 * n_b)}
    exact = SMALL | {"dtype": "float64"}
    balanced = RecurrentTagger(**exact, class_weight="balanced").fit(IDS, y)
    written = RecurrentTagger(**exact, class_weight=weights).fit(IDS, y)
    np.testing.assert_allclose(balanced.transform(IDS), written.transform(IDS), atol=1e-9)


def test_partial_fit_knows_later_classes():
    model = RecurrentTagger(**SMALL).partial_fit(IDS[:1], ["aba"], classes=["a", "b", "c"])
    assert model.partial_fit([[4, 4]], ["cc"]).classes_.tolist() == ["a", "b", "c"]
    with pytest.raises(InvalidSequenceError, match="row 0, position 1 of y is 'd', which is none of"):
        model.partial_fit([[4, 4]], ["ad"])


def test_inside_the_tools_of_scikit_learn():
    model = make_pipeline(DNATokenizer(), RecurrentTagger(**SMALL))
    assert not is_classifier(model)  # so that nothing is stratified by whole strings
    assert np.isfinite(cross_val_score(model, DNA, TAGS, cv=3)).all()
    predicted = cross_val_predict(model, DNA, TAGS, cv=3)
    assert list(map(len, predicted)) == list(map(len, DNA))
    search = GridSearchCV(model, {"recurrenttagger__cell": ["rnn", "gru"]}, cv=2).fit(DNA, TAGS)
    restored = pickle.loads(pickle.dumps(search.best_estimator_))
    assert restored.predict(DNA).tolist() == search.predict(DNA).tolist()
    assert clone(search.best_estimator_).fit(DNA, TAGS).predict(DNA).tolist() == search.predict(DNA).tolist()


def test_early_stopping_on_labels():
    model = RecurrentTagger(
        **SMALL | {"max_epochs": 4}, early_stopping=True, validation_fraction=0.25, scoring="token_accuracy"
    )
    with pytest.raises(ValueError, match="token_accuracy"):
        model.fit(IDS, labels_of(IDS))
    model.set_params(scoring=None).fit(IDS, labels_of(IDS))
    assert "valid_loss" in model.history_[0]


EXACT = SMALL | {"dtype": "float64", "batch_size": "all", "dropout": 0}


@pytest.mark.parametrize("mask", [None, np.nan, pd.NA, -100], ids=repr)
def test_masked_steps_are_neither_learned_nor_scored(mask):
    y = [[mask, *tags[1:]][: len(tags)] for tags in TAGS]
    model = make_pipeline(DNATokenizer(), RecurrentTagger(**EXACT)).fit(DNA, y)
    assert model[-1].classes_.tolist() == ["R", "Y"]
    weights = [[0, *[1] * (len(row) - 1)][: len(row)] for row in DNA]
    weighted = make_pipeline(DNATokenizer(), RecurrentTagger(**EXACT)).fit(
        DNA, TAGS, recurrenttagger__step_weight=weights
    )
    np.testing.assert_allclose(model.transform(DNA), weighted.transform(DNA), atol=1e-9)
    predicted = model.predict(DNA)
    right = [
        p == t
        for row, tags in zip(predicted, TAGS, strict=True)
        for p, t in zip(row[1:], tags[1:], strict=True)
    ]
    assert model.score(DNA, y) == pytest.approx(np.mean(right))


def test_masked_labels_of_every_container():
    rows = [[1, 2], [2, 1], [1, 1]] * 4
    masked = np.ma.masked_array(rows, mask=np.arange(24).reshape(12, 2) % 5 == 0)
    as_lists = [[None if one is np.ma.masked else one for one in row] for row in masked]
    as_floats = masked.astype(float).filled(np.nan)
    X = [[4, 5], [5, 4], [4, 4]] * 4
    expected = RecurrentTagger(**EXACT).fit(X, as_lists).transform(X)
    for y in (masked, as_floats, pd.Series(as_lists), [pd.array(row, dtype="Int64") for row in as_lists]):
        np.testing.assert_allclose(RecurrentTagger(**EXACT).fit(X, y).transform(X), expected, atol=1e-9)


def test_the_weight_of_a_step_multiplies_that_of_the_row():
    y = labels_of(IDS)
    row_weight = 1 + np.arange(24) % 3
    steps = [[weight] * len(row) for weight, row in zip(row_weight, IDS, strict=True)]
    by_row = RecurrentTagger(**EXACT).fit(IDS, y, sample_weight=row_weight).transform(IDS)
    by_step = RecurrentTagger(**EXACT).fit(IDS, y, step_weight=steps).transform(IDS)
    np.testing.assert_allclose(by_row, by_step, atol=1e-9)
    ones = [[1] * len(row) for row in IDS]
    both = RecurrentTagger(**EXACT).fit(IDS, y, sample_weight=row_weight, step_weight=ones).transform(IDS)
    np.testing.assert_allclose(by_row, both, atol=1e-9)
    chunk = RecurrentTagger(**EXACT).partial_fit(IDS, y, step_weight=steps).transform(IDS)
    again = RecurrentTagger(**EXACT).partial_fit(IDS, y, sample_weight=row_weight).transform(IDS)
    np.testing.assert_allclose(chunk, again, atol=1e-9)


@pytest.mark.parametrize("y", [["ab", "ba"] * 6, [["a", "b"], ["b", "c"]] * 6, [("a", "b"), ("b", "c")] * 6])
def test_a_step_of_weight_0_makes_no_class_and_leaves_the_kind(y):
    X, weights = [[4, 5], [5, 4]] * 6, [[1, 1], [1, 0]] * 6
    model = RecurrentTagger(**EXACT, class_weight="balanced").fit(X, y, step_weight=weights)
    assert model.classes_.tolist() == ["a", "b"]
    assert type(model.predict(X)[0]) is type(y[0])
    stopped = RecurrentTagger(**SMALL, early_stopping=True, scoring=lambda m, X, y: m.score(X, y))
    assert "valid_score" in stopped.fit(X, y, step_weight=weights).history_[0]


def test_weights_of_steps_are_routed():
    y, weights = np.array(labels_of(IDS), dtype=object), [[1] * len(row) for row in IDS]
    with config_context(enable_metadata_routing=True):
        model = RecurrentTagger(**SMALL).set_fit_request(step_weight=True)
        assert np.isfinite(cross_val_score(model, IDS, y, cv=2, params={"step_weight": weights})).all()


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        ([0, 1], TypeError, "row 0 of y is 0, one value for the whole sequence, .* RecurrentClassifier"),
        (
            np.array([[0.5, 1.0], [1.0, 2.5]]),
            ValueError,
            "row 0, position 0 of y is 0.5, a continuous target, but labels of steps are c",
        ),
        ([[None, None], [-100, None]], ValueError, "all 4 labels of y are masked"),
        ([["a", ["b"]], ["a", "b"]], TypeError, "row 0, position 1 of y is a list"),
    ],
)
def test_what_is_no_label_of_a_step_is_refused(y, error, message):
    with pytest.raises(error, match=message):
        RecurrentTagger(**SMALL).fit([[4, 5], [5, 4]], y)


def test_a_row_may_be_masked_as_a_whole():
    model = RecurrentTagger(**SMALL).fit([[4, 5], [5, 4]] * 4, [[None, None], ["a", "b"]] * 4)
    assert model.classes_.tolist() == ["a", "b"]


def test_labels_of_a_table():
    table = np.array([["a", "b"], ["b", "b"]])
    model = RecurrentTagger(**SMALL).fit([[4, 5], [5, 5]], pd.DataFrame(table))
    assert model.score([[4, 5], [5, 5]], pd.DataFrame(table)) == model.score([[4, 5], [5, 5]], table)
    for classes in (3, np.array("ab")):
        with pytest.raises(TypeError, match="classes is .*, but must be a list of labels"):
            RecurrentTagger(**SMALL).partial_fit([[4, 5]], ["ab"], classes=classes)


def test_classes_of_a_chunk_are_plain_values():
    pairs = [[(0, 1), (1, 1)]] * 2
    model = RecurrentTagger(**SMALL).partial_fit([[4, 5]] * 2, pairs, classes=[(0, 1), (1, 1), (2, 2)])
    assert model.classes_.tolist() == [(0, 1), (1, 1), (2, 2)]
    assert model.partial_fit([[4, 5]] * 2, pairs, classes=[(2, 2), (0, 1), (1, 1)]).n_iter_ == 2
    with pytest.raises(TypeError, match=r"item 0 of classes is \['a'\], which is no label of a step"):
        RecurrentTagger(**SMALL).partial_fit([[4, 5]] * 2, ["ab"] * 2, classes=[["a"], ["b"]])


def test_a_row_of_another_number_of_labels_is_not_scored():
    model = RecurrentTagger(**SMALL).fit(IDS, labels_of(IDS))
    short = labels_of(IDS)
    short[1] = ""
    with pytest.raises(InvalidSequenceError, match="row 1 of y has 0 labels, but row 1 of X has 1"):
        model.score(IDS, short)


# Neighbouring labels: the tokens say nothing, but a label is the other of that before
TURNS_X = [np.random.RandomState(i).randint(4, 6, size=1 + i % 7).tolist() for i in range(40)]
TURNS = ["".join("ab"[(x[0] + t) % 2] for t in range(len(x))) for x in TURNS_X]
LEARNING = SMALL | {"hidden_size": 16, "max_epochs": 8, "lr": 0.1, "dropout": 0.0}


@pytest.fixture(scope="module")
def crf():
    return RecurrentTagger(**LEARNING, transitions="crf").fit(TURNS_X, TURNS)


def test_a_crf_learns_what_labels_follow_each_other(crf):
    assert crf.score(TURNS_X, TURNS) > 0.95
    for tags, p in zip(crf.predict(TURNS_X), crf.predict_proba(TURNS_X), strict=True):
        assert p.shape == (len(tags), 2)
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    restored = pickle.loads(pickle.dumps(crf))
    assert restored.predict(TURNS_X).tolist() == crf.predict(TURNS_X).tolist()
    with pytest.raises(ValueError, match="transitions='free', but this RecurrentTagger was fitted with"):
        clone(crf).set_params(warm_start=True, max_epochs=1).fit(TURNS_X, TURNS).set_params(
            transitions="free"
        ).fit(TURNS_X, TURNS)


@pytest.mark.parametrize("option", [{}, {"class_weight": {"a": 1, "b": 3}}], ids=["plain", "class_weight"])
def test_weights_and_masks_of_a_crf(option):
    y = labels_of(IDS)
    weight = np.arange(24) % 3
    rows = np.repeat(np.arange(24), weight)
    settings = EXACT | option | {"transitions": "crf"}
    weighted = RecurrentTagger(**settings).fit(IDS, y, sample_weight=weight)
    repeated = RecurrentTagger(**settings).fit([IDS[i] for i in rows], [y[i] for i in rows])
    np.testing.assert_allclose(weighted.transform(IDS), repeated.transform(IDS), atol=1e-9)
    steps = [[i % 2 for i in range(len(row))] for row in IDS]
    masked = [
        [tag if keep else None for tag, keep in zip(tags, kept, strict=True)]
        for tags, kept in zip(y, steps, strict=True)
    ]
    by_weight = RecurrentTagger(**settings).fit(IDS, y, step_weight=steps)
    by_mask = RecurrentTagger(**settings).fit(IDS, masked)
    np.testing.assert_allclose(by_weight.transform(IDS), by_mask.transform(IDS), atol=1e-9)


def bio_of(tokens):
    """Runs of the token 6 as spans."""
    return ["B" if a != 6 and b == 6 else "I" if b == 6 else "O" for a, b in itertools.pairwise([0, *tokens])]


def test_observed_neighbours_alone_are_predicted():
    rng = np.random.RandomState(0)
    X = [rng.randint(4, 8, size=rng.randint(1, 9)).tolist() for _ in range(30)]
    y = [bio_of(x) for x in X]
    free = RecurrentTagger(**SMALL | {"max_epochs": 1}).fit(X, y)
    field = RecurrentTagger(**SMALL | {"max_epochs": 1}, transitions="crf").fit(X, y)
    model = RecurrentTagger(**SMALL | {"max_epochs": 1}, transitions="observed").fit(X, y)
    np.testing.assert_array_equal(free.transform(X), model.transform(X))  # the training is the same
    assert not hasattr(free, "seen_transitions_")
    seen = {(None, row[0]) for row in y} | {(row[-1], None) for row in y}
    seen |= {pair for row in y for pair in itertools.pairwise(row)}
    labels = [*model.classes_, None]
    table = [[(one, other) in seen for other in labels] for one in labels]
    np.testing.assert_array_equal(model.seen_transitions_, table)
    np.testing.assert_array_equal(field.seen_transitions_, table)
    others = [rng.randint(4, 8, size=1 + i % 12).tolist() for i in range(60)]
    predicted = model.predict(others)
    for row in [*predicted, *field.predict(others)]:
        assert {*zip([None, *row], [*row, None], strict=True)} <= seen
    assert list(map(list, free.predict(others))) != list(map(list, predicted))
    restored = pickle.loads(pickle.dumps(model))
    assert restored.predict(others).tolist() == predicted.tolist()


def test_a_chunk_adds_neighbours_and_rows_of_weight_0_none():
    options = SMALL | {"transitions": "observed"}
    model = RecurrentTagger(**options).partial_fit([[4, 5]] * 2, ["ab"] * 2, classes=["a", "b", "c"])
    before = model.seen_transitions_
    assert before.sum() == 3
    model.partial_fit([[4, 5]] * 2, ["ac", "ca"], sample_weight=[1, 0])
    added = model.seen_transitions_ & ~before
    assert np.argwhere(added).tolist() == [[0, 2], [2, 3]]
    with pytest.raises(InvalidSequenceError, match="'d', which is none of"):
        model.partial_fit([[4, 5]] * 2, ["ba", "bd"])
    assert (model.seen_transitions_ & ~before).sum() == 2
    masked = RecurrentTagger(**options).fit([[4, 5, 4]] * 2, [[None, "a", "b"], [None, "b", None]])
    np.testing.assert_array_equal(
        masked.seen_transitions_, [[False, True, False], [False, False, True], [False, False, False]]
    )
    assert masked.predict([[4, 4]] * 2).tolist() == [["a", "b"]] * 2  # where none is known first, any may be
    assert len(masked.predict([[4] * 6])[0]) == 6  # b has nothing behind it: as few unseen pairs as can be
