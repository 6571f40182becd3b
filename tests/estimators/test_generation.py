"""Strings out of pipelines: samples and the best targets."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from seqestimators import (
    RecurrentLanguageModel,
    RecurrentSeq2Seq,
    SequenceColumns,
    SequenceTokenizer,
    predict_n_best,
    sample,
)
from seqestimators.exceptions import InvalidSequenceError

STRINGS = ["ab", "aabb", "aaabbb"] * 8
TABLE = pd.DataFrame({"text": STRINGS, "length": [len(s) for s in STRINGS], "kind": ["x", "x", "y"] * 8})
SMALL = {"hidden_size": 16, "embedding_dim": 8, "lr": 0.02, "max_epochs": 30, "random_state": 0}


@pytest.fixture(scope="module")
def plain():
    return make_pipeline(SequenceTokenizer(add_eos=True), RecurrentLanguageModel(**SMALL)).fit(STRINGS)


@pytest.fixture(scope="module")
def conditional():
    columns = SequenceColumns(
        {"text": SequenceTokenizer()}, numeric=["length"], blocks=[("kind", OneHotEncoder(), ["kind"])]
    )
    return make_pipeline(columns, RecurrentLanguageModel(cell="gru", **SMALL)).fit(TABLE)


def test_strings_are_those_of_the_last_step(plain):
    tokenizer, model = plain
    expected = tokenizer.inverse_transform(model.sample(5, random_state=0, temperature=0.8))
    assert sample(plain, 5, random_state=0, temperature=0.8).tolist() == expected.tolist()
    assert [row.tolist() for row in sample(model, 5, random_state=0)] == [
        row.tolist() for row in model.sample(5, random_state=0)
    ]
    search = GridSearchCV(plain, {"recurrentlanguagemodel__max_epochs": [1]}, cv=2).fit(STRINGS)
    for around in (FrozenEstimator(plain), search):
        assert sample(around, 2, prefix="aa", max_length=50, random_state=0)[1].startswith("aa")


def test_strings_begin_with_their_prefix(plain):
    assert all(one.startswith("aab") for one in sample(plain, 5, prefix="aab", random_state=0))
    drawn = sample(plain, 3, prefix=["aa", "", "b"], random_state=0, max_length=50)
    assert drawn[0].startswith("aa")
    assert drawn[2].startswith("b")
    with pytest.raises(InvalidSequenceError, match="row 0, position 1 of prefix is 'x'"):
        sample(plain, 3, prefix="ax")
    with pytest.raises(ValueError, match="prefix has 2 sequences, but n_samples=3"):
        sample(plain, 3, prefix=["a", "b"])
    assert sample(plain, prefix=b"aa", max_length=50)[0].startswith("aa")
    with pytest.raises(TypeError, match="^prefix must be a list"):
        sample(plain, prefix=5)
    with pytest.raises(InvalidSequenceError, match="row 1 of prefix is missing"):
        sample(plain, 2, prefix=["a", None])


def test_lists_are_sampled_where_the_tokenizer_reads_lists():
    model = make_pipeline(
        SequenceTokenizer(), RecurrentLanguageModel(hidden_size=4, max_epochs=1, random_state=0)
    )
    model.fit([["one", "two"], ["two"]] * 5)
    (row,) = sample(model, 1, prefix=["two", "one"], max_length=9, random_state=1)
    assert row[:2] == ["two", "one"]


def test_a_condition_has_the_names_and_units_of_fit(conditional):
    condition = {"length": [2, 4, 6], "kind": ["x", "x", "y"]}
    drawn = sample(conditional, 3, condition=condition, top_k=1, random_state=0)
    assert drawn.tolist() == ["ab", "aabb", "aaabbb"]
    assert sample(conditional, 3, condition=pd.DataFrame(condition), top_k=1).tolist() == drawn.tolist()
    drawn = sample(conditional, 2, condition={"length": 6, "kind": "y"}, prefix="aa", top_k=1)
    assert drawn.tolist() == ["aaabbb"] * 2


def test_columns_of_an_array_are_named_by_their_numbers():
    columns = SequenceColumns({0: SequenceTokenizer()}, numeric=[1])
    X = TABLE[["text", "length"]].to_numpy()
    model = make_pipeline(columns, RecurrentLanguageModel(cell="gru", **SMALL)).fit(X)
    assert sample(model, 2, condition={1: [2, 6]}, top_k=1).tolist() == ["ab", "aaabbb"]
    model.fit(TABLE)  # which has names
    assert sample(model, 2, condition={"length": [2, 6]}, top_k=1).tolist() == ["ab", "aaabbb"]


def test_blocks_may_name_columns_by_a_slice():
    table = TABLE[["text", "length"]].assign(half=TABLE["length"] / 2)
    columns = SequenceColumns({"text": SequenceTokenizer()}, blocks=[("sizes", "passthrough", slice(1, 3))])
    model = make_pipeline(columns, RecurrentLanguageModel(hidden_size=4, max_epochs=1)).fit(table)
    assert len(sample(model, 2, condition={"length": 2, "half": 1}, max_length=99, random_state=0)) == 2


@pytest.mark.parametrize(
    ("condition", "error", "message"),
    [
        (None, ValueError, "was fitted under a condition of 3 numbers"),
        ({"length": 2}, ValueError, "condition has 'length', but the model was fitted on 'length', 'kind'"),
        ({"length": 2, "kind": "x", "n": 1}, ValueError, "give each of these, and no other"),
        ([2.0], TypeError, "must be a dict or a data frame of the columns"),
        ({"length": [2, 3, 4], "kind": "x"}, ValueError, r"condition\['length'\] has shape \(3,\)"),
        ({"length": [2, None], "kind": "x"}, InvalidSequenceError, "row 1 of condition has None as .length."),
        (
            {"length": [[1], [1, 2]], "kind": "x"},
            ValueError,
            "condition.*, but must be one value",
        ),
        (
            {"length": np.ma.masked_equal([2, 3], 3), "kind": "x"},
            InvalidSequenceError,
            "row 1 of condition",
        ),
        ({"length": "long", "kind": "x"}, ValueError, "row 0 of condition has .long. .* is no number"),
        ({"length": 2, "kind": None}, InvalidSequenceError, "row 0 of condition is missing .* in .kind."),
        ({"length": 2, "kind": "z"}, ValueError, "in a block of SequenceColumns: Found unknown"),
    ],
    ids=str,
)
def test_bad_conditions(conditional, condition, error, message):
    with pytest.raises(error, match=message):
        sample(conditional, 2, condition=condition)


def test_a_block_of_the_sequences_themselves_has_no_condition():
    lengths = SequenceColumns({"text": SequenceTokenizer()}, blocks=[("kind", OneHotEncoder(), ["text"])])
    model = make_pipeline(lengths, RecurrentLanguageModel(hidden_size=4, max_epochs=1)).fit(TABLE)
    with pytest.raises(ValueError, match="reads 'text', the sequences that are yet to be sampled"):
        sample(model, 1, condition={"text": "ab"})


def test_the_best_targets_of_strings():
    model = make_pipeline(SequenceTokenizer(), RecurrentSeq2Seq(hidden_size=8, max_epochs=2, random_state=0))
    model.fit(["ab", "ba", "b"] * 5, ["AB", "BA", "B"] * 5)
    expected = model[-1].predict_n_best(model[0].transform(["ab", "b"]), 3)
    assert predict_n_best(model, ["ab", "b"], 3).tolist() == expected.tolist()
    assert predict_n_best(model[-1], model[0].transform(["ab", "b"]), 3).tolist() == expected.tolist()
    with pytest.raises(TypeError, match="RecurrentSeq2Seq is no RecurrentLanguageModel"):
        sample(model)


def test_what_does_not_fit_is_refused(plain):
    with pytest.raises(TypeError, match="RecurrentLanguageModel is no RecurrentSeq2Seq"):
        predict_n_best(plain, STRINGS)
    with pytest.raises(NotFittedError):
        sample(make_pipeline(SequenceTokenizer(), RecurrentLanguageModel()))
    with pytest.raises(ValueError, match="The 'n_samples' parameter of sample"):
        sample(plain, 0)
