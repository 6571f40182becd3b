from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union

from seqestimators import RecurrentClassifier
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.preprocessing import (
    CodonTokenizer,
    DNATokenizer,
    Padder,
    ProteinTokenizer,
    SequenceTokenizer,
    SmilesTokenizer,
    Tokens,
)
from seqestimators.sequences import UNKNOWN, read_sequences


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
        (SequenceTokenizer(vocabulary=["A", 5]), "5"),
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


@given(st.lists(st.text("ab\ufffd \n"), min_size=1), st.lists(st.text("abc"), min_size=1))
def test_strings_with_unknown_tokens_come_back_with_the_same_ids(known, strings):
    tokenizer = SequenceTokenizer().fit(known)
    ids = tokenizer.transform(strings)
    again = tokenizer.transform(tokenizer.inverse_transform(ids))
    assert [row.tolist() for row in again] == [row.tolist() for row in ids]
    assert list(tokenizer.inverse_transform(tokenizer.transform(known))) == known


def test_lists_with_unknown_tokens_come_back_with_the_same_ids():
    tokenizer = SequenceTokenizer().fit([["a", "b"]])
    ids = tokenizer.transform([["a", 3, "b"]])
    assert tokenizer.transform(tokenizer.inverse_transform(ids))[0].tolist() == ids[0].tolist() == [4, 1, 5]


class LowerCaseWords(SequenceTokenizer):
    def _split(self, sequences):
        return Tokens.from_lists(sequence.lower().split() for sequence in sequences)

    def _join(self, tokens):
        return " ".join(tokens)


def test_normal_forms():
    assert list(SequenceTokenizer().normalize([" aB\n"])) == [" aB\n"]
    assert list(SequenceTokenizer().normalize([["a", 1]])) == [["a", 1]]
    assert list(DNATokenizer(k=3).normalize([" acgun\n"])) == ["ACGTN"]
    assert list(CodonTokenizer().normalize(["augN"])) == ["ATGN"]
    assert list(ProteinTokenizer().normalize(["mk*?"])) == ["MK*?"]
    assert list(LowerCaseWords().normalize(["The  cat"])) == ["the cat"]
    with pytest.raises(InvalidSequenceError, match="row 0, position 1 of y is '.t'"):
        ProteinTokenizer().normalize(["M\tK"], name="y")


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
    tokenizer = SequenceTokenizer(**parameters)
    for method in (tokenizer.fit, tokenizer.tokenize, tokenizer.normalize):
        with pytest.raises(
            ValueError, match=f"The '{next(iter(parameters))}' parameter of SequenceTokenizer"
        ):
            method(["a"])


def test_lists_only_where_they_are_read():
    with pytest.raises(TypeError, match="row 0 of X is .* of type list, but a sequence is a string"):
        ProteinTokenizer().fit([["M", "K"]])


def test_special_name_in_a_string_is_text():
    tokenizer = SequenceTokenizer()
    assert tokenizer.inverse_transform(tokenizer.fit_transform(["<pad>"]))[0] == "<pad>"


@pytest.mark.parametrize("tokenizer", [SequenceTokenizer(), ProteinTokenizer(), DNATokenizer(k=2)])
def test_names_of_tokens(tokenizer):
    X = ["GATTACA", "CA"]
    names = tokenizer.tokenize(X)
    assert names.shape == (2,)
    assert names[1] == (["CA"] if tokenizer.tokens_overlap else ["C", "A"])
    ids = clone(tokenizer).set_params(add_bos=True, add_eos=True).fit_transform(X)
    assert [len(row) + 2 for row in names] == [len(row) for row in ids]


def test_tokenizers_say_what_their_tokens_are_like():
    assert not SequenceTokenizer().tokens_overlap
    assert [s for s in (1, 2, 3, 4) if DNATokenizer(k=3, stride=s).tokens_overlap] == [1, 2]
    assert SequenceTokenizer().is_substitutable
    assert not SmilesTokenizer().is_substitutable


@pytest.fixture
def frame():
    return pd.DataFrame({"dna": ["ACGT", "AC"], "protein": ["MK", "M"], "mass": [1.5, 2.5]}, index=[7, 9])


def test_columns_side_by_side(frame):
    columns = make_column_transformer(
        (DNATokenizer(), ["dna"]), (ProteinTokenizer(), ["protein"]), ("passthrough", ["mass"])
    )
    ids = columns.fit_transform(frame)
    assert ids.shape == (2, 3)
    assert ids[1, 0].tolist() == [4, 5]
    names = ["dnatokenizer__dna", "proteintokenizer__protein", "passthrough__mass"]
    assert columns.get_feature_names_out().tolist() == names
    ids = clone(columns).set_output(transform="pandas").fit_transform(frame)
    assert ids.columns.tolist() == names
    assert ids.index.tolist() == [7, 9]
    assert ids.iloc[1, 0].tolist() == [4, 5]
    padded = make_column_transformer((make_pipeline(DNATokenizer(), Padder()), ["dna"])).fit_transform(frame)
    assert padded.tolist() == [[4, 5, 6, 7], [4, 5, 0, 0]]


def test_a_union(frame):
    union = make_union(DNATokenizer(), DNATokenizer(k=2))
    assert union.fit_transform(frame[["dna"]]).shape == (2, 2)
    assert union.get_feature_names_out().tolist() == ["dnatokenizer-1__dna", "dnatokenizer-2__dna"]
    assert union.set_output(transform="pandas").transform(frame[["dna"]]).shape == (2, 2)


def test_a_union_in_polars(frame):
    pytest.importorskip(
        "sklearn.callback", reason="scikit-learn joins equal names in polars from version 1.9 on"
    )
    union = make_union(DNATokenizer(), DNATokenizer(k=2)).set_output(transform="polars")
    assert union.fit_transform(frame[["dna"]]).shape == (2, 2)


@pytest.mark.parametrize("library", ["default", "pandas", "polars"])
def test_an_estimator_behind_a_column(library, frame):
    frame, y = pd.concat([frame] * 4), [0, 1] * 4
    columns = make_column_transformer((DNATokenizer(), ["dna"])).set_output(transform=library)
    model = make_pipeline(columns, RecurrentClassifier(hidden_size=2, max_epochs=1, random_state=0))
    expected = make_pipeline(DNATokenizer(), model[-1]).fit(frame["dna"], y).predict_proba(["AC"])
    np.testing.assert_array_equal(model.fit(frame, y).predict_proba(frame[1:2]), expected)
    search = GridSearchCV(model, {"columntransformer__dnatokenizer__k": [1, 2]}, cv=2).fit(frame, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_the_name_of_the_column(frame):
    tokenizer = DNATokenizer().fit(frame[["dna"]])
    assert tokenizer.get_feature_names_out().tolist() == ["dna"]
    assert tokenizer.transform(frame["dna"]).shape == (2,)
    with pytest.raises(ValueError, match="feature names should match"):
        tokenizer.transform(frame[["protein"]])
    tokenizer.fit(["ACGT"])
    assert not hasattr(tokenizer, "feature_names_in_")
    assert tokenizer.get_feature_names_out().tolist() == ["x0"]
    assert tokenizer.get_feature_names_out(["read"]).tolist() == ["read"]
    with pytest.raises(NotFittedError):
        DNATokenizer().get_feature_names_out()


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("container", [list, pd.Series, pd.DataFrame, pl.DataFrame, pa.table])
def test_a_frame_holds_the_ids_and_leads_back(library, container):
    X = ["ACG", "T"]
    X = container({"x": X} if container in (pd.DataFrame, pl.DataFrame, pa.table) else X)
    tokenizer = DNATokenizer().set_output(transform=library)
    ids = tokenizer.fit_transform(X)
    assert type(ids).__module__.startswith(library)
    assert ids.shape == (2, 1)
    assert [row.tolist() for row in read_sequences(ids).to_list()] == [[4, 5, 6], [7]]
    assert list(tokenizer.inverse_transform(ids)) == ["ACG", "T"]
    padded = make_pipeline(DNATokenizer(), Padder()).set_output(transform=library).fit_transform(X)
    assert list(padded.columns) == ["token0", "token1", "token2"]
    assert padded.to_numpy().tolist() == [[4, 5, 6], [7, 0, 0]]
