"""Ids remember the vocabulary that made them, wherever they are put."""

import pickle
from copy import copy, deepcopy

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.compose import make_column_transformer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer

from seqestimators import CodonTokenizer, DNATokenizer, Padder, SequenceTokenizer
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import Fingerprint, Sequences, TokenIds, read_sequences, unknown_symbols

STRINGS = ["abba", "cab", "", "b"]
TOKENIZER = SequenceTokenizer(add_bos=True).fit(STRINGS)
OWN = Fingerprint.of(TOKENIZER.vocabulary_, "SequenceTokenizer")
IDS = TOKENIZER.transform(STRINGS)


@pytest.mark.parametrize(
    "move",
    [
        lambda ids: ids,
        lambda ids: ids[1:3],
        lambda ids: ids[[2, 0]],
        lambda ids: ids[np.array([True, False, True, True])],
        list,
        tuple,
        np.array,
        copy,
        deepcopy,
        lambda ids: ids.reshape(-1, 1),
        lambda ids: [row[1:] for row in ids],
        lambda ids: pickle.loads(pickle.dumps(ids)),
        lambda ids: pickle.loads(pickle.dumps(ids[:, None]))[1:],
        lambda ids: np.concatenate([ids, TOKENIZER.transform(["ba"])]),
        lambda ids: train_test_split(ids, random_state=0)[0],
        lambda ids: [*ids, []],
        pd.Series,
        lambda ids: pd.DataFrame({"ids": ids}),
        lambda ids: pl.DataFrame({"ids": pl.Series(list(ids), dtype=pl.Object)}),
        read_sequences,
        lambda ids: read_sequences(ids)[[1, 0]],
        lambda ids: read_sequences(ids).without_ends().with_ends(),
        lambda ids: read_sequences(ids).to_list(),
        lambda ids: Padder().fit_transform(ids),
        lambda ids: Padder().fit(ids).inverse_transform(Padder().fit_transform(ids)),
    ],
)
def test_ids_keep_their_fingerprint(move):
    assert read_sequences(move(IDS), input="tokens").fingerprint == OWN


def test_ids_keep_it_through_joblib(tmp_path):
    joblib.dump(IDS, tmp_path / "ids")
    assert read_sequences(joblib.load(tmp_path / "ids")).fingerprint == OWN
    read = joblib.Parallel(n_jobs=2)(joblib.delayed(read_sequences)(part) for part in (IDS, IDS[1:]))
    assert [one.fingerprint for one in read] == [OWN, OWN]


@pytest.mark.parametrize("output", ["default", "pandas", "polars"])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda: SequenceTokenizer(add_bos=True),
        lambda: make_pipeline(SequenceTokenizer(add_bos=True)),
        lambda: make_column_transformer((SequenceTokenizer(add_bos=True), ["text"])),
        lambda: make_union(SequenceTokenizer(add_bos=True)),
    ],
    ids=["tokenizer", "Pipeline", "ColumnTransformer", "FeatureUnion"],
)
def test_ids_keep_it_in_the_tools_of_scikit_learn(wrap, output):
    frame = (pl if output == "polars" else pd).DataFrame({"text": STRINGS})
    assert read_sequences(wrap().set_output(transform=output).fit_transform(frame)).fingerprint == OWN


@pytest.mark.parametrize(
    "change",
    [
        lambda ids: ids + 4,
        lambda ids: [row.tolist() for row in ids],
        lambda ids: FunctionTransformer(lambda X: [row + 1 for row in X]).transform(ids),
        lambda ids: [*ids, [4, 5]],
        lambda ids: [row[:0] for row in ids],
    ],
)
def test_what_is_computed_or_made_elsewhere_has_none(change):
    assert read_sequences(change(IDS), input="tokens").fingerprint is None


def test_a_fingerprint_tells_vocabularies_apart():
    other = SequenceTokenizer().fit(["abd"])
    assert Fingerprint.of(other.vocabulary_, "x").n_tokens == OWN.n_tokens
    assert not OWN.agrees(Fingerprint.of(other.vocabulary_, "SequenceTokenizer"))
    assert OWN.agrees(None)
    names = [np.str_("a"), np.int64(3)]
    assert Fingerprint.of(names, "x") == Fingerprint.of(["a", 3], "x")
    codons, triplets = CodonTokenizer().fit(["ACG"]), DNATokenizer(k=3, stride=3).fit(["ACG"])
    alike = codons.vocabulary_ == triplets.vocabulary_
    found = [read_sequences(one.transform(["ACGTTT"])).fingerprint for one in (codons, triplets)]
    assert found[0].agrees(found[1]) == alike


def test_ids_of_two_vocabularies_do_not_mix():
    other = SequenceTokenizer().fit_transform(["abd"])
    with pytest.raises(
        InvalidSequenceError, match="row 4 of X holds ids of a SequenceTokenizer of 7 ids, but"
    ):
        read_sequences(np.concatenate([IDS, other]))
    with pytest.raises(
        InvalidSequenceError, match="these are ids of a SequenceTokenizer .* use the tokenizer"
    ):
        TOKENIZER.inverse_transform(other)


def test_an_array_of_other_things_is_pickled_as_it_is():
    mixed = TokenIds([np.array([4, 5]), None, "x"])
    restored = pickle.loads(pickle.dumps(mixed))
    assert type(restored) is np.ndarray
    assert restored.tolist()[1:] == [None, "x"]
    assert deepcopy(mixed).tolist()[1:] == [None, "x"]
    assert pickle.loads(pickle.dumps(TokenIds([1, 2]) == 2)).tolist() == [False, True]


def test_pickles_hold_one_buffer():
    many = SequenceTokenizer().fit_transform(["ab"] * 1000)
    assert len(pickle.dumps(many)) < 30_000
    restored = pickle.loads(pickle.dumps(many))
    assert type(restored) is TokenIds
    assert Sequences.from_rows(list(restored)).values.tolist() == [4, 5] * 1000


@pytest.mark.parametrize("ends", [{}, {"add_bos": True}, {"add_bos": True, "add_eos": True}], ids=str)
def test_ids_remember_the_symbols_that_have_none(ends):
    tokenizer = SequenceTokenizer(**ends).fit(["ab"])
    ids = tokenizer.transform(["axb", "", "yaz\u4e00", "ba"])
    assert [unknown_symbols(row) for row in ids] == [["x"], [], ["y", "z", "\u4e00"], []]
    assert unknown_symbols(ids[::-1][1]) == ["y", "z", "\u4e00"]
    assert unknown_symbols(ids[2][-2:]) == (["\u4e00"] if "add_eos" in ends else ["z", "\u4e00"])
    column = tokenizer.transform(np.array(["ab", "xa"], dtype=object)[:, None])
    assert [unknown_symbols(row) for row in column.ravel()] == [[], ["x"]]
    for forgotten in ([4, 1], ids[2] + 0, ids[2][::2], tokenizer.transform(["ab"])[0]):
        assert unknown_symbols(forgotten) is None
    given = tokenizer.inverse_transform(ids, unknown=[["x"], [], ["y", "z"], []])
    assert given.tolist() == ["axb", "", "yaz\ufffd", "ba"]
    assert tokenizer.inverse_transform(ids).tolist() == ["a\ufffdb", "", "\ufffda\ufffd\ufffd", "ba"]
