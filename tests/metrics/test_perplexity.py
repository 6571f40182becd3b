"""Perplexity equals its definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.metrics import perplexity


@given(st.integers(1, 1000), st.lists(st.integers(1, 50), min_size=1, max_size=10))
def test_perplexity_of_a_uniform_choice_is_the_number_of_choices(n_choices, lengths):
    log_likelihood = -np.log(n_choices) * np.array(lengths)
    assert perplexity(log_likelihood, lengths) == pytest.approx(n_choices)
    assert perplexity(log_likelihood.sum(), sum(lengths)) == pytest.approx(n_choices)


def test_perplexity_weighs_sequences_by_their_tokens_and_weights():
    log_likelihood, n_tokens = [-1.0, -4.0, -np.inf], [2, 3, 1]
    assert perplexity(log_likelihood[:2], n_tokens[:2]) == pytest.approx(np.exp(1))
    expected = np.exp((1 + 2 * 4) / (2 + 2 * 3))
    assert perplexity(log_likelihood, n_tokens, sample_weight=[1, 2, 0]) == pytest.approx(expected)
    assert perplexity(log_likelihood, n_tokens) == np.inf
    assert perplexity([-1e6], [1]) == np.inf
    assert type(perplexity([-1], [1])) is float


@pytest.mark.parametrize(
    ("log_likelihood", "n_tokens", "message"),
    [
        ([-1, -1], [1], r"log_likelihood has shape \(2,\), n_tokens \(1,\): give one number"),
        ([[-1]], [[1]], r"log_likelihood has shape \(1, 1\)"),
        ([-1, np.nan], [1, 1], "row 1 of log_likelihood is nan, which is no logarithm.*leave the row out"),
        ([np.inf, -1], [1, 1], "row 0 of log_likelihood is inf"),
        ([-1, -1], [1, 1.5], "row 1 of n_tokens is 1.5, which is no number of tokens: give a whole number"),
        ([-1, -1], [-1, 1], "row 0 of n_tokens is -1"),
        ([-1, -1], [1, np.inf], "row 1 of n_tokens is inf"),
        ([-1, -1], [0, 0], "the sum of n_tokens is 0"),
        ([-1, None], [1, 1], "row 1 of log_likelihood is nan"),
        (["a"], [1], "row 0 of log_likelihood is .*a.*, which is no number"),
    ],
)
def test_perplexity_names_what_makes_no_sense(log_likelihood, n_tokens, message):
    with pytest.raises(ValueError, match=message):
        perplexity(log_likelihood, n_tokens)
