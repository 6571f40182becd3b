from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.preprocessing import (
    CodonTokenizer,
    DNATokenizer,
    Padder,
    ProteinTokenizer,
    SequenceTokenizer,
)
from seqestimators.sequences import UNKNOWN


@given(st.lists(st.text(), min_size=1))
def test_round_trip_of_strings(strings):
    tokenizer = SequenceTokenizer()
    assert list(tokenizer.inverse_transform(tokenizer.fit_transform(strings))) == strings


@given(st.lists(st.lists(st.integers() | st.text(max_size=2)), min_size=1))
def test_round_trip_of_lists(lists):
    tokenizer = SequenceTokenizer(add_bos=True, add_eos=True)
    assert list(tokenizer.inverse_transform(tokenizer.fit_transform(lists))) == lists


@given(st.lists(st.text("abcd"), min_size=1), st.integers(1, 4), st.integers(1, 4) | st.none())
def test_min_frequency_and_max_tokens(strings, min_frequency, max_tokens):
    tokenizer = SequenceTokenizer(min_frequency=min_frequency, max_tokens=max_tokens).fit(strings)
    counts = Counter("".join(strings))
    frequent = sorted((-n, letter) for letter, n in counts.items() if n >= min_frequency)[:max_tokens]
    assert tokenizer.vocabulary_.tokens[4:] == sorted(letter for _, letter in frequent)


def test_rare_letters_of_a_fixed_alphabet():
    assert DNATokenizer(min_frequency=2).fit(["AACN", "CNGG"]).vocabulary_.tokens[4:] == ["A", "C", "G"]
    assert DNATokenizer(max_tokens=1).fit(["AACNNN"]).vocabulary_.tokens[4:] == ["A"]


def test_given_vocabulary_is_frozen():
    tokenizer = SequenceTokenizer(vocabulary=["b", "a"], min_frequency=5, max_tokens=1).fit(["xyz"])
    assert tokenizer.vocabulary_.tokens[4:] == ["a", "b"]
    assert tokenizer.transform(["axb"])[0].tolist() == [4, UNKNOWN, 5]


@pytest.mark.parametrize(
    ("tokenizer", "token"),
    [
        (DNATokenizer(vocabulary=["A", "N"]), "'N'"),
        (DNATokenizer(k=2, vocabulary=["A"]), "'A'"),
        (CodonTokenizer(vocabulary=["AUG"]), "'AUG'"),
        (ProteinTokenizer(vocabulary=["A", "m"]), "'m'"),
    ],
)
def test_vocabulary_of_another_alphabet(tokenizer, token):
    with pytest.raises(ValueError, match=f"{token}, which {type(tokenizer).__name__} never makes"):
        tokenizer.fit(["ATG"])


def test_unknown_tokens():
    tokenizer = SequenceTokenizer().fit(["ab"])
    assert tokenizer.transform(["axb"])[0].tolist() == [4, 1, 5]
    assert tokenizer.inverse_transform([[4, 1, 5]])[0] == "a\N{REPLACEMENT CHARACTER}b"
    lists = SequenceTokenizer().fit([["a", "b"]])
    assert lists.inverse_transform([[4, 1]])[0] == ["a", "<unknown>"]


def test_unknown_error_names_place_token_and_remedy():
    tokenizer = SequenceTokenizer(unknown="error").fit(["ab"])
    message = "row 1, position 2 of X is 'x', which is not among the 2 tokens.*unknown=\"token\""
    with pytest.raises(InvalidSequenceError, match=message):
        tokenizer.transform(["ab", "abx"])


@pytest.mark.parametrize("ids", [[[4, 5], [4, 99]], np.array([[4, 5], [4, 99]])])
def test_inverse_refuses_foreign_ids(ids):
    with pytest.raises(InvalidSequenceError, match="row 1, position 1 of ids is 99, .* ids 0 to 5"):
        SequenceTokenizer().fit(["ab"]).inverse_transform(ids)


@pytest.mark.parametrize(
    "parameters",
    [
        {"unknown": "drop"},
        {"min_frequency": 0},
        {"min_frequency": 0.5},
        {"max_tokens": 0},
        {"add_bos": "yes"},
        {"vocabulary": "ACGT"},
    ],
    ids=str,
)
def test_parameters_are_validated(parameters):
    with pytest.raises(ValueError, match=f"The '{next(iter(parameters))}' parameter of SequenceTokenizer"):
        SequenceTokenizer(**parameters).fit(["a"])


def test_lists_only_where_they_are_read():
    with pytest.raises(TypeError, match="row 0 of X is .* of type list, but a sequence is a string"):
        ProteinTokenizer().fit([["M", "K"]])


def test_special_name_in_a_string_is_text():
    tokenizer = SequenceTokenizer()
    assert tokenizer.inverse_transform(tokenizer.fit_transform(["<pad>"]))[0] == "<pad>"


def test_in_pipeline_and_column_transformer():
    frame = pd.DataFrame({"dna": ["ACGT", "AC"], "protein": ["MK", "M"]})
    pipeline = make_pipeline(SequenceTokenizer(), Padder())
    columns = make_column_transformer(
        (pipeline, "dna"), (make_pipeline(ProteinTokenizer(), Padder()), ["protein"])
    )
    assert columns.fit_transform(frame).shape == (2, 4 + 2)


def test_pandas_output_of_a_pipeline():
    pipeline = make_pipeline(DNATokenizer(), Padder())
    pipeline[-1].set_output(transform="pandas")
    frame = pipeline.fit_transform(["ACG", "T"])
    assert frame.columns.tolist() == ["token0", "token1", "token2"]
    assert frame.to_numpy().tolist() == [[4, 5, 6], [7, 0, 0]]


def test_a_pipeline_may_ask_for_frames():
    model = make_pipeline(SequenceTokenizer(), Padder()).set_output(transform="pandas")
    assert list(model.fit_transform(["ab", "c"]).columns) == ["token0", "token1"]
