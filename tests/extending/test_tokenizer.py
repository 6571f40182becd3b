"""A tokenizer of one's own: RNA with modified bases."""

import re

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentClassifier
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.inspection import mutagenesis
from seqestimators.preprocessing import SequenceTokenizer, Tokens
from seqestimators.testing import parametrize_with_sequence_checks

# --- the extension ---

BASE = re.compile(r"\[[^\[\]]++\]|.", re.DOTALL)


class ModifiedRNATokenizer(SequenceTokenizer):
    """Bases as letters, modified ones in brackets: ``GGA[m6A]CU``, ``U[pseudoU]A``."""

    _reads_lists = False

    def _split(self, sequences):
        return Tokens.from_lists(map(BASE.findall, sequences))

    def _position(self, preceding):
        return sum(map(len, preceding))  # in symbols of the string


# --- its tests ---

X = ["GG[m6A]CU", "GGACU", "[m6A]", "UU[pseudoU]GG[m6A]C", "ACGU[m5C]"]


@parametrize_with_sequence_checks([ModifiedRNATokenizer(), ModifiedRNATokenizer(add_bos=True)], sequences=X)
def test_checks(estimator, check):
    check(estimator)


def test_a_modified_base_is_one_token():
    tokenizer = ModifiedRNATokenizer().fit(X)
    assert tokenizer.tokenize(["U[pseudoU]A"])[0] == ["U", "[pseudoU]", "A"]
    assert list(tokenizer.vocabulary_)[4:] == ["A", "C", "G", "U", "[m5C]", "[m6A]", "[pseudoU]"]


def test_an_unknown_base_is_told_with_its_place_in_the_string():
    tokenizer = ModifiedRNATokenizer(unknown="error").fit(X)
    with pytest.raises(InvalidSequenceError, match=re.escape("row 1, position 7 of X is '[m1G]'")):
        tokenizer.transform(["ACG", "[m6A]CU[m1G]"])


def test_mutagenesis_tries_modified_bases():
    model = make_pipeline(
        ModifiedRNATokenizer(), RecurrentClassifier(hidden_size=4, max_epochs=1, random_state=0)
    )
    y = ["[m6A]" in x for x in X]
    changes = mutagenesis(model.fit(X, y), "GG[m6A]C")
    assert list(changes.columns) == ["A", "C", "G", "U", "[m5C]", "[m6A]", "[pseudoU]"]
    log_odds = model.decision_function(["GGAC", "GG[m6A]C"])
    np.testing.assert_allclose(changes.loc[(2, "[m6A]"), "A"], log_odds[0] - log_odds[1], atol=1e-6)
