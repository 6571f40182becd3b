import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentClassifier, RegexTokenizer, SmilesTokenizer
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.inspection import mutagenesis

SMILES = r"\[[^\[\]]+\]|Br|Cl|Cr|Si|%\d\d|%\(\d+\)|(?s:.)"


@given(st.lists(st.text("abc ,\n\ufffd"), min_size=1))
def test_nothing_is_lost(strings):
    tokenizer = RegexTokenizer(r"\w+|\W+")
    ids = tokenizer.fit_transform(strings)
    assert list(tokenizer.inverse_transform(ids)) == strings
    assert ["".join(row) for row in tokenizer.tokenize(strings)] == strings


def test_the_whole_match_is_a_token_whatever_groups_it_has():
    assert RegexTokenizer("(a)(b)?|c").tokenize(["abcac"])[0] == ["ab", "c", "a", "c"]
    assert RegexTokenizer("(?i)a*|B").tokenize(["aAbB"])[0] == ["aA", "b", "B"]


def test_a_pattern_for_smiles_cuts_as_their_own_tokenizer_does():
    X = ["C[C@@H](N)Cl", "c1cc[nH]c1", "C%12CC%12Br", "[Na+].[Cl-]"]
    assert list(RegexTokenizer(SMILES).tokenize(X)) == list(SmilesTokenizer().tokenize(X))


@pytest.mark.parametrize(
    ("pattern", "string", "place"),
    [
        ("a|b", "abxa", "position 2 of X is 'x'"),
        ("a|b", "ab?", "position 2 of X is '?'"),
        ("a*", "baa", "position 0 of X is 'b'"),
        ("a", "a\ufffdaxa", "position 3 of X is 'x'"),
    ],
)
def test_what_no_match_holds_is_refused(pattern, string, place):
    tokenizer = RegexTokenizer(pattern).fit(["a"])
    with pytest.raises(InvalidSequenceError, match=f"row 1, {re.escape(place)}, which no match"):
        tokenizer.transform(["a", string])
    rest = RegexTokenizer(pattern + "|(?s:.)").fit([string])
    assert "".join(rest.tokenize([string])[0]) == string


def test_unknown_tokens_are_told_with_their_place_in_the_string():
    tokenizer = RegexTokenizer(r"\w+|\W", unknown="error").fit(["to be"])
    with pytest.raises(InvalidSequenceError, match="row 0, position 3 of X is 'not'"):
        tokenizer.transform(["to not"])


def test_patterns_are_validated():
    with pytest.raises(ValueError, match="pattern='\\(' is no regular expression: missing \\)"):
        RegexTokenizer("(").fit(["a"])
    with pytest.raises(ValueError, match="'pattern' parameter of RegexTokenizer"):
        RegexTokenizer(3).fit(["a"])
    with pytest.raises(TypeError, match="pattern"):
        RegexTokenizer()


def test_patterns_can_be_searched_and_tokens_exchanged():
    X, y = ["ab,c", "c", "ab", "c,c", "ab,ab", "c,c,c"] * 2, [1, 0, 1, 0, 1, 0] * 2
    model = make_pipeline(
        RegexTokenizer("."), RecurrentClassifier(hidden_size=2, max_epochs=1, random_state=0)
    )
    search = GridSearchCV(model, {"regextokenizer__pattern": [".", r"\w+|\W"]}, cv=2).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    model.set_params(regextokenizer__pattern=r"\w+|\W").fit(X, y)
    assert list(mutagenesis(model, "ab,c").columns) == [",", "ab", "c"]
