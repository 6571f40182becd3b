import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.preprocessing import Vocabulary
from seqestimators.sequences import BOS, EOS, PAD, SPECIAL_TOKENS, UNKNOWN


@given(st.lists(st.text(max_size=3), unique=True))
def test_ids_are_dense_sorted_and_independent_of_order(tokens):
    vocabulary = Vocabulary(tokens)
    assert vocabulary == Vocabulary(reversed(tokens))
    assert vocabulary.tokens == [*SPECIAL_TOKENS, *sorted(tokens)]
    assert [vocabulary[token] for token in vocabulary.tokens] == list(range(len(vocabulary)))


def test_special_ids():
    assert [Vocabulary()[name] for name in SPECIAL_TOKENS] == [PAD, UNKNOWN, BOS, EOS] == [0, 1, 2, 3]


def test_special_names_may_be_listed():
    assert Vocabulary([*SPECIAL_TOKENS, "A"]) == Vocabulary("A")


def test_tokens_of_several_types():
    vocabulary = Vocabulary([2, "b", ("x", 1), 1, "a"])
    assert vocabulary.tokens[4:] == [1, 2, "a", "b", ("x", 1)]


def test_copies():
    vocabulary = Vocabulary("TGCA")
    for copied in (copy.deepcopy(vocabulary), copy.copy(vocabulary), pickle.loads(pickle.dumps(vocabulary))):
        assert copied == vocabulary
        assert type(copied) is Vocabulary


def test_twice():
    with pytest.raises(ValueError, match="'A' twice"):
        Vocabulary("ACA")


def test_unhashable():
    with pytest.raises(ValueError, match="has the shape .*, but must be a list of tokens"):
        Vocabulary.read(np.array([["A"]]))
    with pytest.raises(TypeError, match=r"the vocabulary holds \[.A.\], which is no token"):
        Vocabulary(["C", ["A"]])


def test_read_keeps_the_ids_of_a_dictionary():
    vocabulary = Vocabulary("ACGT")
    assert Vocabulary.read(dict(vocabulary)) == vocabulary
    assert Vocabulary.read(["T", "G", "C", "A"]) == vocabulary


@pytest.mark.parametrize(
    "given_ids", [{"A": 0, "C": 1}, {**Vocabulary("AC"), "C": 9}, {**Vocabulary(), "C": 5}]
)
def test_read_refuses_other_ids(given_ids):
    with pytest.raises(ValueError, match="Give the vocabulary_ of a fitted tokenizer"):
        Vocabulary.read(given_ids)


def test_the_most_frequent_are_known():
    counts = {"b": 3, "a": 3, "c": 1, "<pad>": 9}
    assert Vocabulary.of_frequent(counts, 1, None).tokens[4:] == ["a", "b", "c"]
    assert Vocabulary.of_frequent(counts, 2, 1).tokens[4:] == ["a"]
