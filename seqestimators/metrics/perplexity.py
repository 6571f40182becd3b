"""Perplexity: how unsure a language model is at every step."""

from typing import Any

import numpy as np

from .._sklearn import validate_params
from ..sequences import read_numbers, read_weights
from .scores import WEIGHTED

__all__ = ["perplexity"]


@validate_params(WEIGHTED)
def perplexity(log_likelihood: Any, n_tokens: Any, *, sample_weight: Any = None) -> float:
    """Exponential of the mean negative log-likelihood of a token.

    A model as unsure as if it chose among k equally likely tokens at every
    step has perplexity k.

    Parameters
    ----------
    log_likelihood : array-like of shape (n_samples,), or float
        Natural logarithm of the likelihood of each sequence; minus infinity
        for an impossible one.
    n_tokens : array-like of shape (n_samples,), or int
        Number of tokens of each sequence, the mark of its end included if the
        likelihood includes it; not negative.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Weights of the sequences, not negative; None weighs all alike.

    Returns
    -------
    float
        ``exp(-sum(log_likelihood) / sum(n_tokens))``, both sums weighted: 1
        is the best; infinity where a sequence is impossible.

    Raises
    ------
    ValueError
        The arguments differ in shape or aren't 1-D; a log-likelihood is NaN
        or infinite; a number of tokens is negative or fractional; there are
        no tokens; or weights don't fit. The message names the row.

    References
    ----------
    .. [1] Jelinek, F. et al., "Perplexity - a measure of the difficulty of
       speech recognition tasks", Journal of the Acoustical Society of America
       62 (1977) S63.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.metrics import perplexity
    >>> round(perplexity(np.log([1 / 8, 1 / 4]), n_tokens=[3, 2]), 6)
    2.0
    """
    log_likelihood = read_numbers(np.atleast_1d(log_likelihood), "log_likelihood")
    n_tokens = read_numbers(np.atleast_1d(n_tokens), "n_tokens")
    if log_likelihood.shape != n_tokens.shape or n_tokens.ndim != 1:
        raise ValueError(
            f"log_likelihood has shape {log_likelihood.shape}, n_tokens {n_tokens.shape}: give one number "
            "per sequence in both"
        )
    _refuse_first(
        "log_likelihood",
        log_likelihood,
        ~(log_likelihood < np.inf),
        "is no logarithm of a likelihood: leave the row out",
    )
    _refuse_first(
        "n_tokens",
        n_tokens,
        ~((n_tokens >= 0) & (n_tokens < np.inf) & (n_tokens == np.round(n_tokens))),
        "is no number of tokens: give a whole number from 0 on",
    )
    weight = read_weights(sample_weight, len(n_tokens))
    total = weight @ n_tokens
    if total == 0:
        raise ValueError("the sum of n_tokens is 0, so that no perplexity is defined: count the ends too")
    is_weighed = weight > 0  # 0 times infinity is no number
    with np.errstate(over="ignore"):
        return float(np.exp(-(weight[is_weighed] @ log_likelihood[is_weighed]) / total))


def _refuse_first(name, values, is_wrong, reason):
    if is_wrong.any():
        row = int(np.argmax(is_wrong))
        raise ValueError(f"row {row} of {name} is {values[row]:g}, which {reason}")
