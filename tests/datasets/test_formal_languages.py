"""Parsers that know nothing of the generators accept their strings, and the entropies are those stated."""

import re
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.datasets import make_counting_language, make_dyck, make_reber

counts = st.integers(1, 30)
seeds = st.integers(0, 2**32 - 1)

# The grammar written out by hand
REBER = re.compile(r"B(?:TS*X(?:S|XT*V(?:PXT*V)*(?:PS|V))|PT*V(?:PXT*V)*(?:PS|V))E")
PARTNER = {")": "(", "]": "[", "}": "{", ">": "<"}


def is_balanced(string):
    stack = []
    for bracket in string:
        if bracket not in PARTNER:
            stack.append(bracket)
        elif not stack or stack.pop() != PARTNER[bracket]:
            return False
    return not stack


def depth_of(string):
    steps = [-1 if bracket in PARTNER else 1 for bracket in string]
    return max(np.cumsum(steps))


def is_embedded_reber(string):
    return string[:1] + string[-1:] == "BE" and string[1] == string[-2] and REBER.fullmatch(string[2:-2])


def assert_uniform(observed, outcomes):
    """Chi-squared, five standard deviations wide."""
    counter = Counter(observed)
    assert set(counter) == set(outcomes)
    expected = len(observed) / len(outcomes)
    statistic = sum((counter[outcome] - expected) ** 2 / expected for outcome in outcomes)
    assert statistic < len(outcomes) + 5 * np.sqrt(2 * len(outcomes))


@given(counts, st.integers(2, 26), st.integers(1, 9), st.integers(0, 9), seeds)
def test_each_symbol_of_the_counting_language_occurs_n_times(n_samples, n_symbols, min_n, more, seed):
    X = make_counting_language(
        n_samples, n_symbols=n_symbols, min_n=min_n, max_n=min_n + more, random_state=seed
    )
    assert X.shape == (n_samples,)
    for string in X:
        runs = [(run[0][0], len(run[0])) for run in re.finditer(r"(.)\1*", string)]
        assert "".join(symbol for symbol, _ in runs) == "abcdefghijklmnopqrstuvwxyz"[:n_symbols]
        assert len({length for _, length in runs}) == 1
        assert min_n <= runs[0][1] <= min_n + more


def test_counts_are_uniform_as_the_entropy_says():
    X = make_counting_language(5000, min_n=3, max_n=12, random_state=0)
    assert_uniform([string.count("a") for string in X], range(3, 13))


@given(
    counts,
    st.integers(1, 4),
    st.integers(1, 12) | st.tuples(st.integers(1, 12), st.integers(1, 12)).map(sorted),
    st.integers(1, 6) | st.none(),
    seeds,
)
def test_brackets_are_balanced_up_to_the_depth(n_samples, n_types, n_pairs, max_depth, seed):
    X = make_dyck(n_samples, n_types=n_types, n_pairs=n_pairs, max_depth=max_depth, random_state=seed)
    lowest, highest = (n_pairs, n_pairs) if isinstance(n_pairs, int) else n_pairs
    for string in X:
        assert is_balanced(string)
        assert lowest <= len(string) // 2 <= highest
        assert set(string) <= set("()[]{}<>"[: 2 * n_types])
        assert max_depth is None or depth_of(string) <= max_depth


@pytest.mark.parametrize(("n_types", "n_pairs", "max_depth"), [(1, 5, None), (1, 6, 3), (2, 3, 2), (2, 2, 9)])
def test_all_balanced_strings_of_a_length_are_equally_likely(n_types, n_pairs, max_depth):
    brackets = "()[]{}<>"[: 2 * n_types]
    strings = map("".join, product(brackets, repeat=2 * n_pairs))
    language = [s for s in strings if is_balanced(s) and (max_depth is None or depth_of(s) <= max_depth)]
    X = make_dyck(50 * len(language), n_types=n_types, n_pairs=n_pairs, max_depth=max_depth, random_state=0)
    assert_uniform(X, language)


def test_numbers_of_pairs_are_uniform():
    X = make_dyck(5000, n_pairs=(2, 6), random_state=0)
    assert_uniform([len(string) // 2 for string in X], range(2, 7))


@pytest.mark.parametrize("max_depth", [1, 2, 600, None])
def test_long_strings_lose_no_precision(max_depth):
    (string,) = make_dyck(1, n_pairs=1000, max_depth=max_depth, random_state=0)
    assert is_balanced(string)
    assert len(string) == 2000


@given(counts, st.integers(1, 4), st.integers(1, 8), seeds)
def test_half_of_the_brackets_are_corrupted(n_samples, n_types, n_pairs, seed):
    X, y = make_dyck(n_samples, n_types=n_types, n_pairs=(1, n_pairs), corrupt=True, random_state=seed)
    assert y.dtype == np.int64
    assert y.sum() == n_samples // 2
    assert [is_balanced(string) for string in X] == y.astype(bool).tolist()


@given(st.integers(2, 4), seeds)
def test_only_a_stack_tells_corrupted_brackets_of_several_types(n_types, seed):
    X, _ = make_dyck(20, n_types=n_types, corrupt=True, random_state=seed)
    as_one_type = str.maketrans("[{<]}>", "((()))")
    assert all(is_balanced(string.translate(as_one_type)) for string in X)


@given(counts, seeds)
def test_reber_strings_are_those_of_the_regular_expression(n_samples, seed):
    assert all(map(REBER.fullmatch, make_reber(n_samples, random_state=seed)))
    assert all(map(is_embedded_reber, make_reber(n_samples, embedded=True, random_state=seed)))


@pytest.mark.parametrize("string", ["BTXSE", "BPVVE", "BTSSXXVVE", "BPTVPXTVPSE", "BTXXVPXVPXTTVVE"])
def test_the_strings_of_the_literature_occur(string):
    assert REBER.fullmatch(string)
    assert string in set(make_reber(200_000, random_state=0))


@pytest.mark.parametrize(("embedded", "n_choices", "length"), [(False, 6, 8), (True, 7, 12)])
def test_a_reber_string_has_the_stated_choices_and_length(embedded, n_choices, length):
    X = make_reber(20_000, embedded=embedded, random_state=0)
    lengths = np.array(list(map(len, X)))
    assert lengths.mean() == pytest.approx(length, abs=0.1)
    # Each choice writes one letter, and only embedding letters are written twice.
    surprises = (lengths - (5 if embedded else 2)) * np.log(2)
    assert surprises.mean() == pytest.approx(n_choices * np.log(2), abs=0.1)
    # The probability of a string is that of its choices.
    string, count = Counter(X).most_common(1)[0]
    n_chosen = len(string) - (5 if embedded else 2)
    assert count / len(X) == pytest.approx(2.0**-n_chosen, rel=0.15)


@given(counts, st.booleans(), seeds)
def test_half_of_the_reber_strings_are_corrupted(n_samples, embedded, seed):
    X, y = make_reber(n_samples, embedded=embedded, corrupt=True, random_state=seed)
    accepts = is_embedded_reber if embedded else REBER.fullmatch
    assert y.dtype == np.int64
    assert y.sum() == n_samples // 2
    assert [bool(accepts(string)) for string in X] == y.astype(bool).tolist()


def test_no_exchange_of_one_letter_gives_another_reber_string():
    for string in set(make_reber(2000, random_state=0)):
        for i, letter in product(range(1, len(string) - 1), "PSTVX"):
            assert letter == string[i] or not REBER.fullmatch(string[:i] + letter + string[i + 1 :])


def test_only_the_second_letter_reveals_a_corrupted_embedded_string():
    X, y = make_reber(200, embedded=True, corrupt=True, random_state=0)
    for string, label in zip(X, y, strict=True):
        assert REBER.fullmatch(string[2:-2])
        assert (string[1] == string[-2]) == label


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (make_counting_language, {"min_n": 5, "max_n": 4}, "min_n=5 is greater than max_n=4"),
        (make_counting_language, {"n_symbols": 1}, "parameter of make_counting_language"),
        (make_counting_language, {"n_symbols": 27}, "parameter of make_counting_language"),
        (make_counting_language, {"min_n": 0}, "parameter of make_counting_language"),
        (make_dyck, {"n_pairs": 0}, "parameter of make_dyck"),
        (make_dyck, {"n_pairs": (0, 3)}, r"n_pairs=\(0, 3\) must be a pair .* with 1 <= lowest"),
        (make_dyck, {"n_pairs": (3,)}, r"n_pairs=\(3,\) must be a whole number or a pair"),
        (make_dyck, {"n_types": 5}, "parameter of make_dyck"),
        (make_dyck, {"max_depth": 0}, "parameter of make_dyck"),
        (make_reber, {"embedded": "yes"}, "parameter of make_reber"),
    ],
)
def test_parameters_that_make_no_sense_are_named(make, options, message):
    with pytest.raises(ValueError, match=message):
        make(**options)
