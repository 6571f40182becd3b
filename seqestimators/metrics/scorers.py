"""Scorers, for ``scoring=`` of scikit-learn's searches and cross-validations."""

from collections.abc import Callable
from typing import Any

from sklearn.metrics import make_scorer

from .scores import edit_similarity_score, exact_match_score, token_accuracy_score

__all__ = ["edit_similarity_scorer", "exact_match_scorer", "token_accuracy_scorer"]

_DOCSTRING = """Scorer of :func:`{metric}`, the higher the better.

Parameters
----------
estimator : object
    Fitted estimator, or Pipeline, that predicts sequences.
X : array-like of shape (n_samples,)
    What it predicts from.
y_true : array-like of shape (n_samples,)
    True sequences: strings, lists, tuples or 1-D arrays.
sample_weight : array-like of shape (n_samples,) or None, default=None
    Weights of the sequences.

Returns
-------
float
    From 0 to 1, the best.

Examples
--------
>>> from sklearn.dummy import DummyClassifier
>>> from seqestimators.metrics import {scorer}
>>> X, y = [["ATG"], ["AAA"]], ["M", "K"]
>>> model = DummyClassifier(strategy="constant", constant="M").fit(X, y)
>>> {scorer}(model, X, y)
0.5
"""


def _make_documented_scorer(metric: Callable[..., float]) -> Any:
    scorer = make_scorer(metric)
    scorer.__doc__ = _DOCSTRING.format(
        metric=metric.__name__, scorer=metric.__name__.removesuffix("_score") + "_scorer"
    )
    return scorer


token_accuracy_scorer = _make_documented_scorer(token_accuracy_score)
exact_match_scorer = _make_documented_scorer(exact_match_score)
edit_similarity_scorer = _make_documented_scorer(edit_similarity_score)
