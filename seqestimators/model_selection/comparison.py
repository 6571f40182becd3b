"""Estimators compared on the same folds, with tests that know that folds overlap."""

from dataclasses import dataclass
from itertools import combinations
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.base import is_classifier
from sklearn.model_selection import check_cv

from .._sklearn import Integral, Interval, Real, StrOptions, validate_params
from ..sequences import is_label_table, read_label_table
from ._fits import run_fits

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scores of several estimators on the same splits, and what follows from them.

    It is what :func:`compare` returns; ``str()`` of it says which estimator
    wins, or that none does.

    Parameters
    ----------
    scores : DataFrame of shape (n_estimators * n_splits, n_scorings + 2)
        Of every estimator on every split (the index): each score, and
        "fit_time" and "score_time" in seconds. The second is that of the
        prediction and of the scores.
    summary : DataFrame of shape (n_estimators, 2 * (n_scorings + 2))
        Mean ("mean") and standard deviation ("std") of every column of
        `scores` over the splits, for every estimator.
    differences : DataFrame
        For every scoring and every pair of estimators: "difference", the mean
        of the score of "first" less that of "second"; its "standard_error",
        corrected; "t" and "p_value" of the two-sided test; "p_adjusted", by
        Holm's method, for all pairs of the scoring; "low" and "high", the
        confidence limits of the difference; "p_first_better", "p_equivalent"
        and "p_second_better", the posterior probabilities that the difference
        is above, within and below the region of practical equivalence.
    alpha : float
        Level of significance.
    rope : dict of str to float
        For every scoring, the greatest difference without practical meaning.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from seqestimators.model_selection import compare
    >>> models = {"bayes": GaussianNB(), "chance": DummyClassifier()}
    >>> X, y = load_iris(return_X_y=True)
    >>> result = compare(models, X, y, cv=5, scoring="accuracy")
    >>> result.summary["accuracy"].round(2)
               mean   std
    estimator
    bayes      0.95  0.03
    chance     0.33  0.00
    """

    scores: pd.DataFrame
    summary: pd.DataFrame
    differences: pd.DataFrame
    alpha: float
    rope: dict[str, float]

    def __str__(self) -> str:
        n_splits = self.scores.index.get_level_values("split").nunique()
        lines = [f"{len(self.summary)} estimators on the same {n_splits} splits"]
        lines += [line for scoring in self.rope for line in self._describe(scoring)]
        return "\n".join(_fit_into_page(line) for line in lines)

    def _describe(self, scoring):
        """Lines that say who wins by a scoring, and how every pair compares."""
        means = self.summary[scoring].sort_values("mean", ascending=False, kind="stable")
        best = means.index[0]
        pairs = self.differences[self.differences["scoring"] == scoring]
        rivals = pairs[(pairs["first"] == best) | (pairs["second"] == best)]
        names = [b if a == best else a for a, b in zip(rivals["first"], rivals["second"], strict=True)]
        close = [name for name, p in zip(names, rivals["p_adjusted"], strict=True) if p >= self.alpha]
        winner = "none" if close else best
        yield f"{scoring}: {winner} wins at the level {self.alpha:g}, corrected for overlapping training sets"
        if close:
            yield f"  {best} is best, but not significantly better than {', '.join(close)}"
        for name, row in means.iterrows():
            yield f"  {name}: {row['mean']:.4g} +- {row['std']:.2g}"
        for pair in pairs.itertuples():
            yield (
                f"  {pair.first} - {pair.second}: {pair.difference:+.4g}, "
                f"p = {pair.p_value:.2g} (adjusted {pair.p_adjusted:.2g})"
            )
            yield (
                f"    {1 - self.alpha:.0%} interval {pair.low:.4g} to {pair.high:.4g}; "
                f"first better {pair.p_first_better:.0%}, equal {pair.p_equivalent:.0%}, "
                f"second {pair.p_second_better:.0%}"
            )


def _fit_into_page(line, width=79):
    """Break a line that is too long, and indent what follows."""
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return fill(line, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


@validate_params(
    {
        "estimators": [dict],
        "X": "no_validation",
        "y": "no_validation",
        "groups": "no_validation",
        "cv": ["cv_object"],
        "scoring": [str, list, tuple, dict, callable],
        "n_jobs": [Integral, None],
        "correction": [StrOptions({"auto"}), Interval(Real, 0, None, closed="left")],
        "rope": [Interval(Real, 0, None, closed="left"), dict],
        "alpha": [Interval(Real, 0, 1, closed="neither")],
        "verbose": ["boolean"],
    },
    nested=True,  # the estimators are to check theirs
)
def compare(
    estimators: dict[str, Any],
    X: Any,
    y: Any = None,
    *,
    cv: Any,
    scoring: Any,
    groups: Any = None,
    n_jobs: int | None = None,
    correction: str | float = "auto",
    rope: float | dict[str, float] = 0.01,
    alpha: float = 0.05,
    verbose: bool = False,
) -> Comparison:
    r"""Compare estimators on the same splits, and say whether a difference is more than chance.

    Scores of several splits of one data set depend on each other, since the
    training sets overlap; a plain paired t-test takes them for independent and
    finds differences where there are none. Nadeau and Bengio's correction
    widens the standard error [1]_; the Bayesian correlated t-test [2]_ takes
    the same correlation and answers with the probabilities that one is better,
    that the other is, and that they are equal for all practical purposes.

    Parameters
    ----------
    estimators : dict of str to estimator
        At least two, each with a name; they are cloned, not fitted.
    X : array-like of shape (n_samples,) or (n_samples, n_features)
        Input of the estimators.
    y : array-like of shape (n_samples, ...) or None, default=None
        Targets. Several labels per row may be missing (NaN or -1), where the
        estimators and `scoring` take them so.
    cv : int, splitter or iterable of (train, test)
        The splits, at least two. They are made once, so that all estimators
        see the same, whatever the splitter's `random_state`. An int means
        stratified folds where all estimators are classifiers of one label per row.
    scoring : str, list of str, dict or callable
        One or several scores, as in scikit-learn's ``cross_validate``; the
        higher the better. A dict maps names to scorers; a single callable is
        called "score". scikit-learn's own refuse missing labels:
        :data:`~seqestimators.metrics.masked_roc_auc_scorer` and its like take them.
    groups : array-like of shape (n_samples,) or None, default=None
        Groups for the splitter.
    n_jobs : int or None, default=None
        Number of splits to fit in parallel; -1 uses all processors. Fits that
        share processors take longer: time with None.
    correction : "auto" or float, default="auto"
        What the correlation of the splits adds to 1 / n_splits in the variance
        of a mean difference; at least 0. "auto" is Nadeau and Bengio's
        n_test / n_train, the mean over the splits. 0 gives the plain t-test.
    rope : float or dict of str to float, default=0.01
        Region of practical equivalence, in units of the score: no greater
        difference is worth mention. The default suits scores from 0 to 1; a
        dict gives one for each scoring.
    alpha : float, default=0.05
        Level of significance, and 1 less the confidence of the intervals.
    verbose : bool, default=False
        Whether to show a progress bar, with the time that is left.

    Returns
    -------
    Comparison
        With the tables `scores`, `summary` and `differences`; ``str()`` of it
        is readable.

    Raises
    ------
    ValueError
        There are less than two estimators or splits, or labels are missing and a
        scoring is one of scikit-learn's, or names of `rope` don't
        fit those of `scoring`; or an estimator fails, or a score is not
        finite, as ROC-AUC is where the test rows of a split are of one class.

    See Also
    --------
    ScaffoldSplit : Splits of molecules for `cv`.
    SequenceClusterSplit : Splits of sequences for `cv`.

    Notes
    -----
    With the differences :math:`d_j` of J splits, their mean :math:`m` and
    variance :math:`s^2` (with J - 1), the statistic
    :math:`t = m / \sqrt{(1/J + c)\, s^2}` is compared with Student's t of
    J - 1 degrees of freedom; the posterior of the difference is the same
    distribution around m. Ten times ten folds tell more than five folds: take
    ``RepeatedKFold``, or splits drawn with `test_size`.

    References
    ----------
    .. [1] Nadeau, C., Y. Bengio, "Inference for the Generalization Error",
       Machine Learning 52 (2003) 239-281.
    .. [2] Benavoli, A. et al., "Time for a Change: a Tutorial for Comparing
       Multiple Classifiers Through Bayesian Analysis", Journal of Machine
       Learning Research 18 (2017) 1-36.
    .. [3] Holm, S., "A Simple Sequentially Rejective Multiple Test Procedure",
       Scandinavian Journal of Statistics 6 (1979) 65-70.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from seqestimators.model_selection import compare
    >>> models = {"bayes": GaussianNB(), "chance": DummyClassifier()}
    >>> X, y = load_iris(return_X_y=True)
    >>> result = compare(models, X, y, cv=5, scoring=["accuracy", "f1_macro"])
    >>> print(str(result).splitlines()[1])
    accuracy: bayes wins at the level 0.05, corrected for overlapping training sets
    >>> result.differences[["scoring", "first", "second", "difference"]].round(2)
        scoring  first  second  difference
    0  accuracy  bayes  chance        0.62
    1  f1_macro  bayes  chance        0.79
    """
    if len(estimators) < 2:
        raise ValueError(f"a comparison needs at least 2 estimators, got {list(estimators)}: add one")
    scorers = _name_scorers(scoring)
    classifies = all(map(is_classifier, estimators.values()))
    if classifies and is_label_table(y):
        _refuse_missing(y, scorers)
        classifies = False  # several labels aren't stratified by, nor need all be known
    cv = check_cv(cv, y, classifier=classifies)
    splits = list(cv.split(X, y, groups))
    if len(splits) < 2:
        raise ValueError(
            f"cv makes {len(splits)} split(s), whose scores have no spread to test with: take at least 2"
        )
    ropes = rope if isinstance(rope, dict) else dict.fromkeys(scorers, rope)
    if set(ropes) != set(scorers):
        raise ValueError(
            f"rope has the scorings {sorted(ropes)}, but scoring {sorted(scorers)}: name the same"
        )
    jobs = [(estimator, split) for estimator in estimators.values() for split in splits]
    results = run_fits(jobs, X, y, scoring=scorers, n_jobs=n_jobs, verbose=verbose)
    of_each = {
        name: _tabulate(estimator, results[i * len(splits) : (i + 1) * len(splits)], scorers)
        for i, (name, estimator) in enumerate(estimators.items())
    }
    scores = pd.concat(of_each, names=["estimator", "split"])
    if correction == "auto":
        correction = float(np.mean([len(test) / len(train) for train, test in splits]))
    differences = _test_pairs(scores, scorers, correction, ropes, alpha)
    summary = scores.groupby(level="estimator", sort=False).agg(["mean", "std"])
    return Comparison(scores, summary, differences, alpha, {name: ropes[name] for name in scorers})


def _name_scorers(scoring):
    """Scorers by their names, a dict."""
    if isinstance(scoring, dict):
        return scoring
    if callable(scoring):
        return {"score": scoring}
    return {name: name for name in ([scoring] if isinstance(scoring, str) else scoring)}


def _refuse_missing(y, scorers):
    """Say what to take where a scorer of scikit-learn meets missing labels."""
    names = [scorer for scorer in scorers.values() if isinstance(scorer, str)]
    if names and np.isnan(read_label_table(y)).any():
        raise ValueError(
            f"scoring={names[0]!r} of scikit-learn takes no missing labels, and y has some: take a masked "
            "scorer of seqestimators.metrics, such as masked_roc_auc_scorer"
        )


def _tabulate(estimator, results, scorers):
    """Scores and times of one estimator, DataFrame with a row for each split."""
    result = {name: np.concatenate([one[name] for one in results]) for name in results[0]}
    columns = {name: result[f"test_{name}"] for name in scorers}
    for name, values in columns.items():
        undefined = np.flatnonzero(~np.isfinite(values))
        if len(undefined):
            raise ValueError(
                f"{name} of {estimator} is {values[undefined[0]]} on split {undefined[0]}, so that there is "
                "nothing to compare: where the test rows lack a class, stratify, take larger test sets, or "
                "take a scoring that one class has"
            )
    return pd.DataFrame({**columns, "fit_time": result["fit_time"], "score_time": result["score_time"]})


def _test_pairs(scores, scorings, correction, ropes, alpha):
    """Tests of all pairs of estimators by every scoring, as a DataFrame."""
    rows = []
    for scoring in scorings:
        for first, second in combinations(scores.index.unique("estimator"), 2):
            difference = (scores.loc[first, scoring] - scores.loc[second, scoring]).to_numpy()
            tests = _test_differences(difference, correction, ropes[scoring], alpha)
            rows.append({"scoring": scoring, "first": first, "second": second, **tests})
    table = pd.DataFrame(rows)
    adjusted = table.groupby("scoring")["p_value"].transform(lambda p: _adjust_holm(p.to_numpy()))
    table.insert(table.columns.get_loc("p_value") + 1, "p_adjusted", adjusted)
    return table


def _test_differences(differences, correction, rope, alpha):
    """Corrected t-test and correlated Bayesian t-test of paired differences, a dict."""
    n_splits = len(differences)
    mean = np.mean(differences)
    error = np.sqrt((1 / n_splits + correction) * np.var(differences, ddof=1))
    if error <= 1e-12 * max(1.0, abs(mean)):  # the same difference on every split, but for rounding
        t = 0.0 if abs(mean) <= 1e-12 else np.copysign(np.inf, mean)
        posterior = stats.norm(mean, 1e-12)
    else:
        t = mean / error
        posterior = stats.t(n_splits - 1, loc=mean, scale=error)
    low, high = posterior.interval(1 - alpha)
    above, below = posterior.sf(rope), posterior.cdf(-rope)
    return {
        "difference": mean,
        "standard_error": error,
        "t": t,
        "p_value": 2 * stats.t.sf(abs(t), n_splits - 1),
        "low": low,
        "high": high,
        "p_first_better": above,
        "p_equivalent": max(1 - above - below, 0.0),
        "p_second_better": below,
    }


def _adjust_holm(p_values):
    """P-values adjusted for their number by Holm's method, in the order given."""
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1)
    return adjusted
