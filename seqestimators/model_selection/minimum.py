"""The smallest network, and the fewest rows, that reach a score."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.model_selection import (
    GroupShuffleSplit,
    ShuffleSplit,
    StratifiedShuffleSplit,
    check_cv,
)
from sklearn.utils import check_random_state, indexable

from .._sklearn import HasMethods, Integral, Interval, Real, validate_params
from ..sequences import is_label_table
from ._fits import run_fits

__all__ = ["Minimum", "minimum_capacity", "minimum_samples"]

_COMMON: dict = {
    "estimator": [HasMethods(["fit", "get_params", "set_params"])],
    "X": "no_validation",
    "y": "no_validation",
    "groups": "no_validation",
    "threshold": [Real],
    "scoring": [str, callable, None],
    "cv": ["cv_object"],
    "confidence": [Interval(Real, 0, 1, closed="neither")],
    "n_jobs": [Integral, None],
    "random_state": ["random_state"],
    "verbose": ["boolean"],
}


@dataclass(frozen=True, eq=False)
class Minimum:
    """Scores over a range, and the first place where they reach a threshold.

    It is what :func:`minimum_capacity` and :func:`minimum_samples` return.

    Parameters
    ----------
    value : object or None
        The first of the values whose lower confidence limit reaches the
        threshold; None if none does.
    curve : DataFrame of shape (n_values, 4)
        For every value (the index) the mean score, its standard deviation and
        its confidence limits: "mean", "std", "low", "high".
    scores : DataFrame of shape (n_values, n_splits)
        Score of every value on every split.
    threshold : float
        What the lower limit is to reach.
    confidence : float
        Confidence of the limits.
    scoring : str, default="score"
        Name of the score.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from seqestimators.model_selection import minimum_capacity
    >>> X, y = load_iris(return_X_y=True)
    >>> result = minimum_capacity(
    ...     DecisionTreeClassifier(), X, y, "max_depth", [1, 2, 4], threshold=0.8
    ... )
    >>> result.value
    2
    >>> print(result)
    max_depth = 2 is the first of 3 whose score is at least 0.8 with confidence 95%...
    """

    value: object
    curve: pd.DataFrame
    scores: pd.DataFrame
    threshold: float
    confidence: float
    scoring: str = "score"

    def __str__(self) -> str:
        name = self.curve.index.name
        limit = f"at least {self.threshold:g} with confidence {self.confidence:.0%}"
        if self.value is None:
            first = f"no {name} of {len(self.curve)} has a score of {limit}"
        else:
            first = f"{name} = {self.value} is the first of {len(self.curve)} whose score is {limit}"
        return "\n".join(
            [first]
            + [
                f"  {value}: {row['mean']:.4g}, interval {row['low']:.4g} to {row['high']:.4g}"
                for value, row in self.curve.iterrows()
            ]
        )


@validate_params(
    {**_COMMON, "parameter": [str], "values": ["array-like"]},
    nested=True,  # the estimator is to check its own
)
def minimum_capacity(
    estimator: Any,
    X: Any,
    y: Any,
    parameter: str,
    values: Any,
    *,
    threshold: float,
    scoring: Any = None,
    cv: Any = None,
    groups: Any = None,
    confidence: float = 0.95,
    n_jobs: int | None = None,
    random_state: Any = 0,
    verbose: bool = False,
) -> Minimum:
    """Find the smallest value of a parameter with which an estimator reaches a score.

    How many hidden units does a task need? The answer of one run is chance:
    here every value is trained once for each split, each time from another
    seed, and counts as enough if the lower confidence limit of its mean score
    reaches the threshold.

    Parameters
    ----------
    estimator : estimator
        It is cloned, not fitted. Every `random_state` within it is replaced by
        the seed of the split.
    X : array-like of shape (n_samples,) or (n_samples, n_features)
        Input of the estimator.
    y : array-like of shape (n_samples,)
        Targets.
    parameter : str
        Name of the parameter, as in ``set_params``.
    values : array-like of shape (n_values,)
        Its values, in the order of rising capacity.
    threshold : float
        Score to reach; the higher the better.
    scoring : str, callable or None, default=None
        The score, as in scikit-learn's ``cross_validate``; None takes the
        estimator's own.
    cv : int, splitter, iterable or None, default=None
        The splits, at least two, the same for all values; each is a seed, too.
        None draws 5 times a test set of a quarter of the rows, stratified for
        classifiers.
    groups : array-like of shape (n_samples,) or None, default=None
        Groups for the splitter.
    confidence : float, default=0.95
        Confidence of the two-sided interval around a mean.
    n_jobs : int or None, default=None
        Number of fits in parallel; -1 uses all processors.
    random_state : int, RandomState instance or None, default=0
        What the seeds, and the splits of ``cv=None``, are drawn from.
    verbose : bool, default=False
        Whether to show a progress bar, with the time that is left.

    Returns
    -------
    Minimum
        With `value`, None if no value is enough, and the tables `curve` and
        `scores`; ``str()`` of it is readable.

    Raises
    ------
    ValueError
        There are no values, or less than two splits; or the estimator fails.

    See Also
    --------
    minimum_samples : How many rows it takes.

    Notes
    -----
    The intervals are those of :func:`compare`: Student's t with Nadeau and
    Bengio's correction for overlapping training sets. A value behind the
    smallest may still fail; `curve` shows it.

    References
    ----------
    .. [1] Nadeau, C., Y. Bengio, "Inference for the Generalization Error",
       Machine Learning 52 (2003) 239-281.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from seqestimators.model_selection import minimum_capacity
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier()
    >>> minimum_capacity(tree, X, y, "max_depth", [1, 2, 4], threshold=0.8).value
    2
    """
    values = list(values)
    if not values:
        raise ValueError(f"values of {parameter} is empty: give at least one")
    splits, seeds = _draw_splits(estimator, X, y, groups, cv, random_state)
    jobs = [
        (_seed(estimator, seed).set_params(**{parameter: value}), split)
        for value in values
        for split, seed in zip(splits, seeds, strict=True)
    ]
    scores = _score_all(jobs, X, y, scoring, n_jobs, verbose).reshape(len(values), len(splits))
    name = _name_scoring(scoring, estimator)
    return _find_minimum(scores, values, parameter, splits, threshold, confidence, name)


@validate_params(
    {**_COMMON, "train_sizes": ["array-like"]},
    nested=True,  # the estimator is to check its own
)
def minimum_samples(
    estimator: Any,
    X: Any,
    y: Any,
    train_sizes: Any,
    *,
    threshold: float,
    scoring: Any = None,
    cv: Any = None,
    groups: Any = None,
    confidence: float = 0.95,
    n_jobs: int | None = None,
    random_state: Any = 0,
    verbose: bool = False,
) -> Minimum:
    """Find the smallest number of training rows with which an estimator reaches a score.

    Every number is tried once for each split, on rows of its training part,
    each time from another seed; it counts as enough if the lower confidence
    limit of the mean score reaches the threshold. The test rows are the same
    for all numbers, and the fewer rows are among the more.

    Parameters
    ----------
    estimator : estimator
        It is cloned, not fitted. Every `random_state` within it is replaced by
        the seed of the split.
    X : array-like of shape (n_samples,) or (n_samples, n_features)
        Input of the estimator.
    y : array-like of shape (n_samples,)
        Targets. For classifiers, the rows of every number have the classes in
        the shares of the training part, up to rounding.
    train_sizes : array-like of shape (n_sizes,), dtype int
        Numbers of training rows; tried in rising order.
    threshold : float
        Score to reach; the higher the better.
    scoring : str, callable or None, default=None
        The score, as in scikit-learn's ``cross_validate``; None takes the
        estimator's own.
    cv : int, splitter, iterable or None, default=None
        The splits, at least two; each is a seed, too. None draws 5 times a
        test set of a quarter of the rows, stratified for classifiers.
    groups : array-like of shape (n_samples,) or None, default=None
        Groups for the splitter.
    confidence : float, default=0.95
        Confidence of the two-sided interval around a mean.
    n_jobs : int or None, default=None
        Number of fits in parallel; -1 uses all processors.
    random_state : int, RandomState instance or None, default=0
        What the seeds, the order of the rows, and the splits of ``cv=None``
        are drawn from.
    verbose : bool, default=False
        Whether to show a progress bar, with the time that is left.

    Returns
    -------
    Minimum
        With `value`, None if no number is enough, and the tables `curve` and
        `scores`; ``str()`` of it is readable.

    Raises
    ------
    ValueError
        A number of rows is not between 1 and the size of the smallest training
        part, or there are less than two splits; or the estimator fails.

    See Also
    --------
    minimum_capacity : How large a network it takes.

    Notes
    -----
    The intervals are those of :func:`compare`, with the correction for whole
    training parts; small subsets overlap less, for which they are somewhat
    wide.

    References
    ----------
    .. [1] Nadeau, C., Y. Bengio, "Inference for the Generalization Error",
       Machine Learning 52 (2003) 239-281.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from seqestimators.model_selection import minimum_samples
    >>> X, y = load_iris(return_X_y=True)
    >>> result = minimum_samples(GaussianNB(), X, y, [6, 30, 60, 100], threshold=0.85)
    >>> 6 < result.value <= 60
    True
    """
    splits, seeds = _draw_splits(estimator, X, y, groups, cv, random_state)
    n_train = min(len(train) for train, _ in splits)
    sizes = sorted(set(train_sizes))
    wrong = [size for size in sizes if not (isinstance(size, Integral) and 1 <= size <= n_train)]
    if wrong or not sizes:
        raise ValueError(
            f"train_sizes={list(train_sizes)} must be whole numbers from 1 to {n_train}, the size of the "
            "smallest training part: correct them, or lower the test size of cv"
        )
    classes = np.asarray(y) if is_classifier(estimator) else None
    classes = None if classes is not None and classes.ndim > 1 else classes  # several labels per row
    ordered = [
        (_order_rows(train, classes, seed), test) for (train, test), seed in zip(splits, seeds, strict=True)
    ]
    jobs = [
        (_seed(estimator, seed), (train[:size], test))
        for size in sizes
        for (train, test), seed in zip(ordered, seeds, strict=True)
    ]
    scores = _score_all(jobs, X, y, scoring, n_jobs, verbose).reshape(len(sizes), len(splits))
    name = _name_scoring(scoring, estimator)
    return _find_minimum(scores, sizes, "n_samples", splits, threshold, confidence, name)


def _draw_splits(estimator, X, y, groups, cv, random_state):
    """The splits, and a seed for each."""
    random = check_random_state(random_state)
    if cv is None:
        kind = StratifiedShuffleSplit if is_classifier(estimator) and np.ndim(y) == 1 else ShuffleSplit
        kind = kind if groups is None else GroupShuffleSplit
        cv = kind(n_splits=5, test_size=0.25, random_state=random.randint(2**31 - 1))
    X, y, groups = indexable(X, y, groups)
    stratifies = is_classifier(estimator) and not is_label_table(y)
    splits = list(check_cv(cv, y, classifier=stratifies).split(X, y, groups))
    if len(splits) < 2:
        raise ValueError(f"cv makes {len(splits)} split(s), and an interval needs a spread: take at least 2")
    return splits, random.randint(2**31 - 1, size=len(splits)).tolist()


def _seed(estimator, seed):
    """A clone with `seed` for every random_state."""
    names = [name for name in estimator.get_params() if f"__{name}".endswith("__random_state")]
    return clone(estimator).set_params(**dict.fromkeys(names, seed))


def _order_rows(train, classes, seed):
    """Training rows in random order, of which any first ones have the classes in their shares."""
    rows = np.random.RandomState(seed).permutation(train)
    if classes is None:
        return rows
    _, number, counts = np.unique(classes[rows], return_inverse=True, return_counts=True)
    place = np.empty(len(rows))
    for one, count in enumerate(counts):
        place[number == one] = (np.arange(count) + 0.5) / count
    return rows[np.argsort(place, kind="stable")]


def _score_all(jobs, X, y, scoring, n_jobs, verbose):
    """Score of every pair of an estimator and a split, ndarray of shape (n_jobs,)."""
    results = run_fits(jobs, X, y, scoring=scoring, n_jobs=n_jobs, verbose=verbose)
    return np.array([result["test_score"][0] for result in results])


def _name_scoring(scoring, estimator):
    """Name of the score, where there is one."""
    if isinstance(scoring, str):
        return scoring
    if scoring is None and is_classifier(estimator):
        return "accuracy"
    return "r2" if scoring is None and is_regressor(estimator) else "score"


def _find_minimum(scores, values, name, splits, threshold, confidence, scoring):
    """The result for scores of shape (n_values, n_splits)."""
    n_splits = len(splits)
    overlap = np.mean([len(test) / len(train) for train, test in splits])
    mean, std = scores.mean(axis=1), scores.std(axis=1, ddof=1)
    margin = stats.t.ppf((1 + confidence) / 2, n_splits - 1) * std * np.sqrt(1 / n_splits + overlap)
    index = pd.Index(values, name=name, tupleize_cols=False)
    enough = np.flatnonzero(mean - margin >= threshold)
    return Minimum(
        value=values[enough[0]] if len(enough) else None,
        curve=pd.DataFrame(
            {"mean": mean, "std": std, "low": mean - margin, "high": mean + margin}, index=index
        ),
        scores=pd.DataFrame(scores, index=index, columns=pd.RangeIndex(n_splits, name="split")),
        threshold=threshold,
        confidence=confidence,
        scoring=scoring,
    )
