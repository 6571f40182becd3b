"""Scores equal their definitions written out, whatever the rows are kept in."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from seqestimators import CodonTokenizer, DNATokenizer, SequenceTokenizer, SmilesTokenizer
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.metrics import (
    edit_similarity_score,
    exact_match_score,
    phoneme_error_rate,
    token_accuracy_score,
    word_error_rate,
)
from seqestimators.sequences import object_array

SCORES = [
    token_accuracy_score,
    exact_match_score,
    edit_similarity_score,
    word_error_rate,
    phoneme_error_rate,
]
every_score = pytest.mark.parametrize("score", SCORES)

texts = st.text("ABé\N{GRINNING FACE}", max_size=8)
pairs_of_rows = st.lists(st.tuples(texts, texts), min_size=1, max_size=10)


def sides(pairs):
    return [a for a, _ in pairs], [b for _, b in pairs]


def naive_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        above, row = row, [i + 1]
        for j, y in enumerate(b):
            row.append(min(above[j + 1] + 1, row[j] + 1, above[j] + (x != y)))
    return row[-1]


@given(pairs_of_rows)
def test_token_accuracy_is_the_share_of_equal_positions(pairs):
    hits = sum(x == y for a, b in pairs for x, y in zip(a, b, strict=False))
    total = sum(max(len(a), len(b)) for a, b in pairs)
    assert token_accuracy_score(*sides(pairs)) == pytest.approx(hits / total if total else 1)


@given(pairs_of_rows)
def test_the_other_scores_are_their_definitions(pairs):
    y_true, y_pred = sides(pairs)
    distances = [naive_distance(a, b) for a, b in pairs]
    similarities = [
        1 - distance / max(len(a), len(b), 1) for (a, b), distance in zip(pairs, distances, strict=True)
    ]
    assert edit_similarity_score(y_true, y_pred) == pytest.approx(np.mean(similarities))
    assert exact_match_score(y_true, y_pred) == pytest.approx(np.mean([a == b for a, b in pairs]))
    assert word_error_rate(y_true, y_pred) == pytest.approx(1 - exact_match_score(y_true, y_pred))
    if any(y_true):
        expected = sum(distances) / sum(map(len, y_true))
        assert phoneme_error_rate(y_true, y_pred) == pytest.approx(expected)


@given(st.lists(st.text("ACGT", min_size=1), min_size=1))
def test_token_accuracy_is_sklearns_over_the_joined_tokens(rows):
    shuffled = ["".join(sorted(row)) for row in rows]
    expected = accuracy_score(list("".join(rows)), list("".join(shuffled)))
    assert token_accuracy_score(rows, shuffled) == pytest.approx(expected)


@given(pairs_of_rows.filter(lambda pairs: any(a for a, _ in pairs)))
def test_strings_lists_tuples_and_arrays_score_alike(pairs):
    y_true, y_pred = sides(pairs)
    ids = [[ord(letter) for letter in row] for row in y_pred]
    arrays = object_array([np.array(row, dtype=np.int64) for row in ids])
    for score in SCORES:
        expected = score(y_true, y_pred)
        assert score(y_true, list(map(list, y_pred))) == expected
        assert score(list(map(tuple, y_true)), y_pred) == expected
        assert score(pd.Series(y_true), np.array(y_pred, dtype=object)) == expected
        assert score([list(map(ord, row)) for row in y_true], arrays) == expected


@given(pairs_of_rows.filter(lambda pairs: any(a for a, _ in pairs)), st.data())
def test_a_weight_counts_a_row_so_many_times(pairs, data):
    counts = data.draw(st.lists(st.integers(0, 3), min_size=len(pairs), max_size=len(pairs)))
    repeated = [pair for pair, count in zip(pairs, counts, strict=True) for _ in range(count)]
    if any(a for a, _ in repeated):
        for score in SCORES:
            weighted = score(*sides(pairs), sample_weight=counts)
            assert weighted == pytest.approx(score(*sides(repeated)))


@every_score
def test_a_perfect_prediction_has_the_best_score(score):
    rows = ["MKL", "M", ""]
    assert score(rows, rows) == float(not score.__name__.endswith("rate"))
    assert type(score(rows, rows)) is float


@pytest.mark.parametrize("score", [token_accuracy_score, exact_match_score, edit_similarity_score])
def test_empty_sequences_are_alike(score):
    assert score([""], [""]) == 1
    assert score([""], ["A"]) == score(["A"], [""]) == 0


def test_an_item_of_several_letters_is_one_position():
    assert token_accuracy_score([["AA1", "B"]], [["AA1", "K"]]) == 0.5
    assert token_accuracy_score([["AA1", "B"]], ["AA1B"]) == 0
    assert phoneme_error_rate([["AA1", "B"]], [["AA0", "B"]]) == 0.5


def test_rows_of_matrices_are_sequences():
    y_true = np.array([[1, 2, 3], [4, 5, 6]])
    assert token_accuracy_score(y_true, [[1, 2, 0], [4, 5, 6]]) == pytest.approx(5 / 6)
    assert token_accuracy_score(np.array([list("MK"), list("ML")]), ["MK", "MK"]) == 0.75
    assert token_accuracy_score(y_true[:, :1], [[1], [0]]) == 0.5
    assert exact_match_score(np.array([["MK"], ["ML"]], dtype=object), ["MK", "ML"]) == 1


def test_special_tokens_are_items_like_others():
    assert token_accuracy_score([["A", "<unknown>"]], [["A", "<unknown>"]]) == 1


def test_no_error_rate_without_items():
    with pytest.raises(ValueError, match="every row of y_true is empty.*edit_similarity_score"):
        phoneme_error_rate(["", "A"], ["B", "A"], sample_weight=[1, 0])


@every_score
@pytest.mark.parametrize(("y_true", "y_pred"), [("MKL", ["MKL"]), (["MKL"], "MKL")])
def test_a_bare_string_is_refused(score, y_true, y_pred):
    with pytest.raises(ValueError, match="Iterable over sequences expected, string object"):
        score(y_true, y_pred)


@every_score
def test_numbers_of_rows_must_agree(score):
    with pytest.raises(ValueError, match="y_true has 2 rows, but y_pred has 1: give one prediction"):
        score(["A", "B"], ["A"])


@every_score
@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_missing_rows_and_items_are_named(score, missing):
    with pytest.raises(InvalidSequenceError, match=r"row 1 of y_pred is missing \(.*\): drop it"):
        score(["A", "B"], ["A", missing])
    name = "y_pred" if score is token_accuracy_score else "y_true"
    with pytest.raises(InvalidSequenceError, match=rf"row 1, position 2 of {name} is missing .*: leave it"):
        score(**{"y_true": ["A", "B"], "y_pred": ["A", "B"], name: [["A"], ["B", "C", missing]]})


@pytest.mark.parametrize("mask", [None, float("nan"), pd.NA, -100])
def test_masked_positions_have_no_place_in_token_accuracy(mask):
    assert token_accuracy_score([[mask, "B", "C"], ["A", mask]], ["ABX", "AA"]) == pytest.approx(2 / 3)
    assert token_accuracy_score([["A", mask]], ["A"]) == 1
    assert token_accuracy_score([["A", mask]], ["AXX"]) == 0.5
    assert token_accuracy_score([[mask], ["A", "B"]], ["A", "AA"], sample_weight=[9, 1]) == 0.5
    with pytest.raises(ValueError, match="every item of y_true is masked"):
        token_accuracy_score([[mask], [mask, mask]], ["A", "AA"])


@every_score
def test_rows_and_items_of_foreign_types_are_named(score):
    with pytest.raises(TypeError, match="row 0 of y_true is 3 of type int"):
        score([3], ["A"])
    with pytest.raises(TypeError, match="row 1 of y_true is a list, but row 0 a str"):
        score(["A", ["A"]], ["A", "A"])
    with pytest.raises(TypeError, match="row 1, position 0 of y_pred is a list, which is no item"):
        score(["A", "B"], [["A"], [["B"]]])


@every_score
@pytest.mark.parametrize("weight", [[-1, 1], [1, np.nan], [1], [[1, 1]], "heavy", [0, 0]])
def test_weights_that_make_no_sense_are_refused(score, weight):
    with pytest.raises(ValueError, match=r"weight"):
        score(["A", "B"], ["A", "B"], sample_weight=weight)


@every_score
@pytest.mark.parametrize(
    ("told", "y_true", "y_pred"),
    [
        ({"kind": "dna"}, ["ACGT", "AC"], [" acgu", "ac\n"]),
        ({"kind": "rna"}, ["ACGU", "AC"], [list("acgt"), list("AC")]),
        ({"kind": "protein"}, ["MK*"], ["mk*"]),
        ({"kind": "smiles"}, ["CCO"], ["CCO\n"]),
        ({"tokenizer": DNATokenizer(k=3)}, ["ACGN"], ["acgn"]),
        ({"tokenizer": CodonTokenizer()}, ["ATGA"], ["auga"]),  # half a codon is compared too
        ({"tokenizer": SmilesTokenizer(canonical=True)}, ["OCC", "C1"], ["C(O)C", "C1"]),
        ({"tokenizer": SequenceTokenizer()}, [["a", 1]], [["a", 1]]),
    ],
    ids=str,
)
def test_sequences_are_compared_in_the_normal_form_that_is_told(score, told, y_true, y_pred):
    best = float(not score.__name__.endswith("rate"))
    assert score(y_true, y_pred, **told) == score(y_pred, y_true, **told) == best


@every_score
def test_case_counts_unless_the_kind_is_told(score):
    assert score(["MK"], ["mk"]) == float(score.__name__.endswith("rate"))
    assert score(["MK"], ["mk"], tokenizer=SequenceTokenizer()) == float(score.__name__.endswith("rate"))


@every_score
def test_what_has_no_normal_form_is_named(score):
    with pytest.raises(InvalidSequenceError, match="row 1, position 1 of y_pred is ' ', a blank"):
        score(["AC", "AC"], ["AC", "A C"], kind="dna")
    with pytest.raises(InvalidSequenceError, match="row 0, position 1 of y_true is 'AA1', .* single letters"):
        score([["K", "AA1"]], ["AC"], kind="protein")
    with pytest.raises(ValueError, match="kind='dna' and a tokenizer both say"):
        score(["AC"], ["AC"], kind="dna", tokenizer=DNATokenizer())
    with pytest.raises(ValueError, match="'kind' parameter of"):
        score(["AC"], ["AC"], kind="peptide")


def test_an_unknown_symbol_is_wrong():
    assert exact_match_score(["ANG"], ["A\ufffdG"], kind="dna") == 0
    assert token_accuracy_score(["ANG"], ["a\ufffdg"], kind="dna") == pytest.approx(2 / 3)


@every_score
def test_arguments_stay_as_they_are(score):
    y_true, y_pred = [["A", "B"]], [("A",)]
    score(y_true, y_pred)
    assert (y_true, y_pred) == ([["A", "B"]], [("A",)])
