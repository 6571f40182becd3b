"""Scores of several labels per row, of which some are not known."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import accuracy_score, average_precision_score, get_scorer, roc_auc_score

from .._sklearn import _BaseScorer, validate_params
from ..sequences import is_label_table, read_label_table, read_numbers, read_weights

__all__ = [
    "masked_accuracy_scorer",
    "masked_average_precision_scorer",
    "masked_roc_auc_scorer",
    "score_each_task",
]

_DOCSTRING = """Scorer of {what} over the labels that are known, the higher the better.

With several labels per row, each label has a score over the rows in which it is
known; the result is the mean over the labels that {defined}. With one label a
row it is scikit-learn's scorer "{plain}".

Parameters
----------
estimator : object
    Fitted classifier, or Pipeline, of one or several labels per row.
X : array-like of shape (n_samples, ...)
    What it predicts from.
y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
    True labels. With several columns: 1, 0, or NaN or -1 where one is not known.
    One column counts as none, so that -1 is a class there.
sample_weight : array-like of shape (n_samples,) or None, default=None
    Weights of the rows, not negative; rows of weight 0 are absent.

Returns
-------
float
    {range}NaN, with sklearn.exceptions.UndefinedMetricWarning, if there is no label
    to score.

Raises
------
ValueError
    A field of several labels is none of these, or the estimator answers with
    another number of labels.

Notes
-----
scikit-learn's own scorers refuse missing labels. Where none is missing, {same}.

Examples
--------
>>> import numpy as np
>>> from sklearn.neighbors import KNeighborsClassifier
>>> from seqestimators.metrics import {scorer}
>>> X, y = [[0], [1], [2], [3]], [[0, 1], [0, 1], [1, 0], [1, 0]]
>>> model = KNeighborsClassifier(n_neighbors=1).fit(X, y)
>>> {scorer}(model, X, [[0, np.nan], [0, 1], [1, -1], [1, 0]])
1.0
"""


def _score_labels(
    score: Callable[..., float], y_true: np.ndarray, y_pred: np.ndarray, sample_weight: Any, n_classes: int
) -> float:
    """Mean of the scores of all labels of which enough classes are known."""
    weight = read_weights(sample_weight, len(y_true))
    scores = []
    for label, prediction in zip(y_true.T, y_pred.T, strict=True):
        rows = ~np.isnan(label) & (weight > 0)
        if len(np.unique(label[rows])) >= n_classes:
            scores.append(score(label[rows], prediction[rows], sample_weight=weight[rows]))
    if not scores:
        needed = "two classes are known" if n_classes == 2 else "anything is known"
        warnings.warn(
            f"There is no label of which {needed} in the {len(y_true)} rows: the score is NaN",
            UndefinedMetricWarning,
            stacklevel=2,
        )
        return float("nan")
    return float(np.mean(scores))


def _masked_roc_auc(y_true, y_pred, sample_weight=None):
    return _score_labels(roc_auc_score, y_true, y_pred, sample_weight, n_classes=2)


def _masked_average_precision(y_true, y_pred, sample_weight=None):
    return _score_labels(average_precision_score, y_true, y_pred, sample_weight, n_classes=2)


def _masked_accuracy(y_true, y_pred, sample_weight=None):
    return _score_labels(accuracy_score, y_true, y_pred, sample_weight, n_classes=1)


class _MaskedScorer(_BaseScorer):
    """A scorer like scikit-learn's, which asks the estimator by itself: that one takes two labels for one."""

    def __init__(self, score_func: Callable[..., float], plain: str, **texts: str):
        is_ranking = score_func is not _masked_accuracy
        super().__init__(
            score_func, 1, {}, ("decision_function", "predict_proba") if is_ranking else "predict"
        )
        self._plain = plain
        self.__doc__ = _DOCSTRING.format(plain=plain, scorer=f"masked_{plain}_scorer", **texts)

    def __repr__(self):
        return f"masked_{self._plain}_scorer"

    def _score(self, method_caller, estimator, X, y_true, **kwargs):
        if not is_label_table(y_true):
            return get_scorer(self._plain)(estimator, X, y_true, **kwargs)
        table = read_label_table(y_true)
        answer = estimator.predict(X) if self._response_method == "predict" else _rank(estimator, X)
        answer = np.asarray(answer)
        if answer.shape != table.shape:
            raise ValueError(
                f"{type(estimator).__name__} answers in the shape {answer.shape}, but y has {table.shape}: "
                "was it fitted on other labels?"
            )
        return self._score_func(table, answer, **kwargs)


def _rank(estimator, X):
    """One number per row and label, the greater the likelier."""
    ask = getattr(estimator, "decision_function", None) or estimator.predict_proba
    answer = ask(X)
    if not isinstance(answer, list):
        return answer
    # Some of scikit-learn's classifiers give a table of (n, n_classes) for each label.
    return np.column_stack(
        [
            one[:, list(classes).index(1)] if 1 in classes else np.zeros(len(one))
            for one, classes in zip(answer, estimator.classes_, strict=True)
        ]
    )


masked_roc_auc_scorer = _MaskedScorer(
    _masked_roc_auc,
    "roc_auc",
    what="the area under the ROC curve",
    defined="have both classes among them",
    range="From 0 to 1, .5 by chance. ",
    same="it is the macro average of scikit-learn",
)
masked_average_precision_scorer = _MaskedScorer(
    _masked_average_precision,
    "average_precision",
    what="average precision",
    defined="have both classes among them",
    range="From 0 to 1. ",
    same="it is the macro average of scikit-learn",
)
masked_accuracy_scorer = _MaskedScorer(
    _masked_accuracy,
    "accuracy",
    what="accuracy",
    defined="are known in any row",
    range="From 0 to 1. ",
    same=(
        "it is the share of fields that are right; scikit-learn's counts rows of which all are, as does "
        "`score` of RecurrentClassifier"
    ),
)


@validate_params(
    {
        "y_true": ["array-like"],
        "y_pred": ["array-like"],
        "metric": [callable],
        "sample_weight": ["array-like", None],
    }
)
def score_each_task(y_true: Any, y_pred: Any, metric: Any, *, sample_weight: Any = None) -> np.ndarray:
    """Score every column over the rows in which it is known.

    Parameters
    ----------
    y_true : array-like of shape (n, n_tasks)
        True labels or numbers; NaN is one that is not known.
    y_pred : array-like of shape (n, n_tasks)
        Predicted labels, probabilities or numbers.
    metric : callable
        Such as ``roc_auc_score`` or ``r2_score`` of scikit-learn: takes the true
        and the predicted column, and `sample_weight` if there are weights.
    sample_weight : array-like of shape (n,) or None, default=None
        Weights of the rows, not negative; rows of weight 0 are absent.

    Returns
    -------
    ndarray of shape (n_tasks,), dtype float64
        NaN for a task that is not known in any row.

    Raises
    ------
    ValueError
        Shapes don't agree, or y_true has one column.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.metrics import accuracy_score
    >>> from seqestimators.metrics import score_each_task
    >>> known = np.array([[1, 0], [0, np.nan], [1, 1]])
    >>> predicted = np.array([[1, 0], [0, 1], [0, 1]])
    >>> score_each_task(known, predicted, accuracy_score).round(2)
    array([0.67, 1.  ])
    """
    target, predicted = read_numbers(y_true, "y_true"), np.asarray(y_pred)
    if target.ndim != 2:
        raise ValueError(f"y_true has the shape {target.shape}, but a column for every task is needed")
    if predicted.shape != target.shape:
        raise ValueError(f"y_pred has the shape {predicted.shape}, but y_true has {target.shape}")
    given = {}
    weight = read_weights(sample_weight, len(target))
    scores = np.full(target.shape[1], np.nan)
    for j, column in enumerate(target.T):
        rows = ~np.isnan(column) & (weight > 0)
        if sample_weight is not None:
            given = {"sample_weight": weight[rows]}
        if rows.any():
            scores[j] = metric(column[rows], predicted[rows, j], **given)
    return scores


def replace_plain_scorers(scoring: Any) -> Any:
    """Put scorers that take missing labels in the place of scikit-learn's names.

    Parameters
    ----------
    scoring : str, callable, list of str, dict or None
        As scikit-learn takes it.

    Returns
    -------
    callable, dict or None
        The same, of scorers of several labels per row. "accuracy" keeps its
        meaning: rows of which all known labels are right. Names that can't
        take missing labels raise a ValueError where there are some.
    """
    if isinstance(scoring, str):
        return _find(scoring)
    if isinstance(scoring, dict):
        return {name: replace_plain_scorers(one) for name, one in scoring.items()}
    if isinstance(scoring, (list, tuple, set)):
        return {name: _find(name) for name in scoring}
    return scoring


class _RowAccuracy:
    def __call__(self, estimator, X, y):
        return estimator.score(X, y)


class _Complete:
    """A scorer of scikit-learn, which says by what to replace it where labels are missing."""

    def __init__(self, name):
        self._name = name
        self._scorer = get_scorer(name)

    def __call__(self, estimator, X, y):
        if np.isnan(read_label_table(y)).any():
            raise ValueError(
                f"scoring={self._name!r} takes no missing labels: take one of "
                f"{', '.join(map(repr, _BY_NAME))}, or a function of estimator, X and y"
            )
        return self._scorer(estimator, X, y)


_BY_NAME: dict[str, Any] = {
    "roc_auc": masked_roc_auc_scorer,
    "average_precision": masked_average_precision_scorer,
    "accuracy": _RowAccuracy(),
}


def _find(name):
    return _BY_NAME.get(name) or _Complete(name)
