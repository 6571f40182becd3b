"""Symbols that the tokenizers don't know, copied from the source by attention."""

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentSeq2Seq, SequenceTokenizer, predict_n_best

RARE = [chr(code) for code in range(0x4E00, 0x4E00 + 200)]
generator = np.random.default_rng(0)


def make_strings(n, rare):
    """Letters a and b with a rare one among them, each in capitals as target."""
    rows = []
    for symbol in rare[:n]:
        letters = generator.choice(["a", "b"], size=generator.integers(1, 5)).tolist()
        letters.insert(generator.integers(0, len(letters) + 1), symbol)
        rows.append("".join(letters))
    return rows


@pytest.fixture(scope="module")
def model():
    rare = SequenceTokenizer(min_frequency=3)
    network = RecurrentSeq2Seq(
        target_tokenizer=rare, copy_unknown=True, hidden_size=32, lr=0.02, max_epochs=30, random_state=0
    )
    X = make_strings(150, RARE)
    return make_pipeline(rare, network).fit(X, [row.upper() for row in X])


NEW = ["aZb", "baQ", "Xa", "bY"]


def test_what_no_tokenizer_knows_is_copied_through_a_pipeline_of_strings(model):
    predicted = model.predict(NEW)
    assert predicted.tolist() == [row.upper() for row in NEW]
    assert [best[0][0] for best in predict_n_best(model, NEW, 3)] == predicted.tolist()
    as_column = model.predict(np.array(NEW, dtype=object)[:, None])
    assert as_column.tolist() == predicted.tolist()
    as_frame = model[0].set_output(transform="pandas").transform(pd.DataFrame({"text": NEW}))
    model[0].set_output(transform="default")
    assert model[-1].predict(as_frame).tolist() == predicted.tolist()
    assert model[-1].predict(list(as_frame.iloc[:, 0])).tolist() == predicted.tolist()
    assert model.score(NEW, [row.upper() for row in NEW]) == 1


def test_without_it_nothing_unknown_is_written(model):
    model[-1].set_params(copy_unknown=False)
    try:
        predicted = model.predict(NEW)
    finally:
        model[-1].set_params(copy_unknown=True)
    assert {*"".join(predicted)} <= {"A", "B"}


def test_ids_whose_symbols_are_not_known_give_none(model):
    ids = [row + 0 for row in model[0].transform(NEW)]  # computed ids remember nothing
    assert {*"".join(model[-1].predict(ids))} <= {"A", "B"}


def test_several_unknown_symbols_are_told_apart_by_attention(model):
    (predicted,) = model.predict(["aQbZ"])
    assert {*predicted} <= {*"ABQZ"}
    weights = model[-1].attention_weights(model[0].transform(["aQbZ"]))[0]
    for letter, looked_at in zip(predicted, weights, strict=False):
        if letter in "QZ":
            assert letter == ("Q" if looked_at[1] > looked_at[3] else "Z")
