"""Scorers, for ``scoring=`` of scikit-learn's searches and cross-validations."""

from collections.abc import Callable
from typing import Any

from sklearn.metrics import make_scorer

from .scores import edit_similarity_score, exact_match_score, token_accuracy_score
from .segments import q3_score, segment_f1_score, segment_overlap_score

__all__ = [
    "edit_similarity_scorer",
    "exact_match_scorer",
    "q3_scorer",
    "segment_f1_scorer",
    "segment_overlap_scorer",
    "token_accuracy_scorer",
]

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
>>> X, y = [["ATG"], ["AAA"]], ["{right}", "{wrong}"]
>>> model = DummyClassifier(strategy="constant", constant="{right}").fit(X, y)
>>> {scorer}(model, X, y)
0.5
"""


def _make_documented_scorer(metric: Callable[..., float], right: str = "M", wrong: str = "K") -> Any:
    scorer = make_scorer(metric)
    scorer.__doc__ = _DOCSTRING.format(
        metric=metric.__name__,
        scorer=metric.__name__.removesuffix("_score") + "_scorer",
        right=right,
        wrong=wrong,
    )
    return scorer


token_accuracy_scorer = _make_documented_scorer(token_accuracy_score)
exact_match_scorer = _make_documented_scorer(exact_match_score)
edit_similarity_scorer = _make_documented_scorer(edit_similarity_score)
q3_scorer = _make_documented_scorer(q3_score, "H", "E")
segment_f1_scorer = _make_documented_scorer(segment_f1_score, "BI", "BB")
segment_overlap_scorer = _make_documented_scorer(segment_overlap_score, "H", "E")
