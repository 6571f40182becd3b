"""The truth among several candidates."""

import numpy as np
import pandas as pd
import pytest

from seqestimators import SmilesTokenizer
from seqestimators.metrics import exact_match_score, top_n_accuracy_score

TRUE = ["ab", "b", "", "abc"]
CANDIDATES = [["b", "ab"], ["b"], [], ["a", "b", "abc"]]


@pytest.mark.parametrize(("n", "expected"), [(1, 0.25), (2, 0.5), (3, 0.75), (9, 0.75)])
def test_the_first_n_candidates_count(n, expected):
    assert top_n_accuracy_score(TRUE, CANDIDATES, n=n) == expected


def test_pairs_with_log_probabilities_and_weights():
    pairs = [[(one, -float(i)) for i, one in enumerate(row)] for row in CANDIDATES]
    given = np.empty(4, dtype=object)
    given[:] = pairs
    assert top_n_accuracy_score(TRUE, given) == 0.75
    assert top_n_accuracy_score(TRUE, pairs, n=2, sample_weight=[3, 0, 0, 1]) == 0.75
    assert top_n_accuracy_score([["a", "b"]], [[["a"], ["a", "b"]]]) == 1
    assert top_n_accuracy_score([["a", "b"]], [["ab"]]) == 1
    assert top_n_accuracy_score([[1, 2]], [[[1, 2], [3]]]) == 1
    table = pd.DataFrame({"best": ["b", "a"], "second": ["a", "c"]})
    assert top_n_accuracy_score(["a", "b"], table) == 0.5


def test_molecules_are_compared_however_they_are_written():
    true, candidates = ["CCO", "c1ccccc1", "CC"], [["C(", "OCC"], ["C1=CC=CC=C1"], ["", "C"]]
    assert top_n_accuracy_score(true, candidates) == 0
    assert top_n_accuracy_score(true, candidates, kind="molecule") == pytest.approx(2 / 3)
    assert top_n_accuracy_score(true, candidates, kind="molecule", n=1) == pytest.approx(1 / 3)
    one = [["OCC"], ["C1=CC=CC=C1"], ["C"]]
    assert top_n_accuracy_score(true, one, tokenizer=SmilesTokenizer(canonical=True)) == pytest.approx(2 / 3)
    assert exact_match_score(true, [row[0] for row in one], kind="molecule") == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("y_pred", "error", "message"),
    [
        (["ab", "b", "", "abc"], TypeError, "row 0 of y_pred is 'ab', but must be a list of candidates"),
        (CANDIDATES[:3], ValueError, "y_true has 4 rows, but y_pred has 3"),
        ([*CANDIDATES[:3], ["b", None]], ValueError, "candidate 1 in row 3 of y_pred is missing"),
        ([*CANDIDATES[:3], {"b"}], TypeError, "row 3 of y_pred is .*, but must be a list of candidates"),
        ([*CANDIDATES[:3], np.nan], TypeError, "row 3 of y_pred is nan"),
        (None, TypeError, "y_pred is None, but must be a list, with a list of candidates for each"),
        ({"ab": ["ab"]}, TypeError, "y_pred is .*, but must be a list"),
    ],
    ids=str,
)
def test_what_is_no_list_of_candidates(y_pred, error, message):
    with pytest.raises(error, match=message):
        top_n_accuracy_score(TRUE, y_pred)


def test_one_way_to_read():
    with pytest.raises(ValueError, match="both say how sequences are read"):
        top_n_accuracy_score(TRUE, CANDIDATES, kind="dna", tokenizer=SmilesTokenizer())
    with pytest.raises(ValueError, match="The 'n' parameter of top_n_accuracy_score"):
        top_n_accuracy_score(TRUE, CANDIDATES, n=0)
