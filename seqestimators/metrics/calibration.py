"""How far stated probabilities and intervals are right."""

from typing import Any, Literal

import numpy as np

from .._sklearn import Integral, Interval, StrOptions, validate_params
from ..sequences import is_label_table, read_label_table, read_labels, read_numbers, read_weights

__all__ = ["expected_calibration_error", "interval_coverage_score"]

WEIGHT = {"sample_weight": ["array-like", None]}
AVERAGE = {"average": [StrOptions({"macro"}), None]}


@validate_params(
    {
        "y_true": ["array-like"],
        "y_prob": ["array-like"],
        "labels": ["array-like", None],
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        **AVERAGE,
        **WEIGHT,
    }
)
def expected_calibration_error(
    y_true: Any,
    y_prob: Any,
    *,
    labels: Any = None,
    n_bins: int = 10,
    average: Literal["macro"] | None = "macro",
    sample_weight: Any = None,
) -> Any:
    """Mean distance between predicted probabilities and the frequencies of what they predict.

    The rows are put into bins of equal width by probability. In each, the
    mean probability is compared with the share of rows that are right; the
    distances are averaged with the weights of the bins.

    Parameters
    ----------
    y_true : array-like of shape (n,) or (n, n_labels)
        Labels. With several columns: 1, 0, or NaN or -1 where one is not known.
    y_prob : array-like of shape (n,), (n, n_classes) or (n, n_labels)
        For one label per row, the probability of the second of two classes;
        or of every class in their order: then the probability of the
        likeliest one is compared with how often it is the true one. For
        several, the probability of each.
    labels : array-like of shape (n_classes,) or None, default=None
        All classes, sorted, for one label per row; None takes those of y_true.
    n_bins : int, default=10
        Number of bins, at least 1.
    average : "macro" or None, default="macro"
        Of several labels per row, whether to return the mean over the labels
        that are known in any row, or the error of each.
    sample_weight : array-like of shape (n,) or None, default=None
        Weights of the rows, not negative.

    Returns
    -------
    float or ndarray of shape (n_labels,)
        From 0, the best, to 1; NaN for a label that is not known in any row.

    Raises
    ------
    ValueError
        Shapes don't agree, or a number is no probability; the message names
        the row.

    References
    ----------
    .. [1] Naeini, M. P., G. F. Cooper, M. Hauskrecht, "Obtaining Well Calibrated
       Probabilities Using Bayesian Binning", AAAI 2015.
    .. [2] Guo, C., G. Pleiss, Y. Sun, K. Q. Weinberger, "On Calibration of
       Modern Neural Networks", ICML 2017.

    Examples
    --------
    >>> from seqestimators.metrics import expected_calibration_error
    >>> round(expected_calibration_error([0, 1, 1, 1], [0.2, 0.9, 0.9, 0.9]), 3)
    0.125
    """
    y_prob = read_numbers(y_prob, "y_prob")
    is_wrong = ~((y_prob >= 0) & (y_prob <= 1))
    if is_wrong.any():
        place = tuple(np.argwhere(is_wrong)[0].tolist())
        raise ValueError(f"row {place[0]} of y_prob has {y_prob[place]:g}, but a probability is from 0 to 1")
    if is_label_table(y_true):
        if labels is not None:
            raise ValueError("labels names classes of one label per row, but y_true has several columns")
        table = read_label_table(y_true, "y_true")
        _check_shape(y_prob, table, "y_prob")
        weight = read_weights(sample_weight, len(table))
        errors = [
            _bin_error(prob[known], label[known], weight[known], n_bins)
            for label, prob in zip(table.T, y_prob.T, strict=True)
            for known in [~np.isnan(label)]
        ]
        return _average(errors, average)
    y_true = read_labels(y_true, "y_true").reshape(-1)
    weight = read_weights(sample_weight, len(y_true))
    classes = np.unique(y_true)
    if labels is not None:
        named = read_labels(labels, "labels")
        classes = np.unique(named)
        if named.tolist() != classes.tolist():
            raise ValueError(
                f"labels={named.tolist()} must be sorted, as the columns of y_prob: give {classes.tolist()}"
            )
    index = np.searchsorted(classes, y_true).clip(max=len(classes) - 1)
    if (classes[index] != y_true).any():
        row = int((classes[index] != y_true).argmax())
        raise ValueError(f"row {row} of y_true, {y_true[row]!s}, is none of the labels {classes.tolist()}")
    n_classes = 2 if y_prob.ndim == 1 else y_prob.shape[-1]
    if y_prob.ndim > 2 or len(y_prob) != len(y_true):
        raise ValueError(f"y_prob has the shape {y_prob.shape}, but y_true has {len(y_true)} rows")
    if len(classes) != n_classes:
        raise ValueError(
            f"y_true has {len(classes)} classes, {classes.tolist()}, but y_prob is of {n_classes}: name "
            "all of them in labels"
        )
    if y_prob.ndim == 1:
        return _bin_error(y_prob, index, weight, n_bins)
    return _bin_error(y_prob.max(axis=1), y_prob.argmax(axis=1) == index, weight, n_bins)


def _bin_error(prob: np.ndarray, is_right: np.ndarray, weight: np.ndarray, n_bins: int) -> float:
    """Sum of the distances of all bins, over the weight of the rows."""
    if not weight.any():
        return float("nan")
    place = np.minimum((prob * n_bins).astype(np.int64), n_bins - 1)
    distance = np.abs(np.bincount(place, weights=weight * (prob - is_right), minlength=n_bins))
    return float(distance.sum() / weight.sum())


@validate_params(
    {"y_true": ["array-like"], "lower": ["array-like"], "upper": ["array-like"], **AVERAGE, **WEIGHT}
)
def interval_coverage_score(
    y_true: Any,
    lower: Any,
    upper: Any,
    *,
    average: Literal["macro"] | None = "macro",
    sample_weight: Any = None,
) -> Any:
    """Share of the targets that lie in their predicted interval.

    Parameters
    ----------
    y_true : array-like of shape (n,) or (n, n_targets)
        True numbers; NaN is a target that is not known and doesn't count.
    lower, upper : array-like of the shape of y_true
        Ends of the intervals, which belong to them.
    average : "macro" or None, default="macro"
        Of several targets per row, whether to return the mean over the targets
        that are known in any row, or the share of each.
    sample_weight : array-like of shape (n,) or None, default=None
        Weights of the rows, not negative.

    Returns
    -------
    float or ndarray of shape (n_targets,)
        From 0 to 1, for good intervals about what they are meant to cover; NaN
        for a target that is not known in any row.

    Raises
    ------
    ValueError
        Shapes don't agree, or an interval ends before it begins; the message
        names the row.

    Examples
    --------
    >>> from seqestimators.metrics import interval_coverage_score
    >>> interval_coverage_score([1.0, 2.0, 3.0], [0.5, 2.5, 2], [1.5, 3.5, 4])
    0.6666666666666666
    """
    given = {"y_true": y_true, "lower": lower, "upper": upper}
    target, lower, upper = (read_numbers(one, name) for name, one in given.items())
    _check_shape(lower, target, "lower")
    _check_shape(upper, target, "upper")
    is_wrong = ~(lower <= upper)
    if is_wrong.any():
        row = tuple(np.argwhere(is_wrong)[0].tolist())
        raise ValueError(
            f"the interval of row {row[0]} goes from {lower[row]:g} to {upper[row]:g}: lower is to be at "
            "most upper"
        )
    weight = read_weights(sample_weight, len(target))
    columns = [one.reshape(len(target), -1).T for one in (target, (lower <= target) & (target <= upper))]
    shares = []
    for column, is_covered in zip(*columns, strict=True):
        known = ~np.isnan(column) & (weight > 0)
        shares.append(
            float(np.average(is_covered[known], weights=weight[known])) if known.any() else float("nan")
        )
    return shares[0] if target.ndim == 1 else _average(shares, average)


def _check_shape(array: np.ndarray, target: np.ndarray, name: str) -> None:
    if array.shape != target.shape:
        raise ValueError(f"{name} has the shape {array.shape}, but y_true has {target.shape}")


def _average(scores: list[float], average: str | None) -> Any:
    if average is None:
        return np.array(scores)
    return float("nan") if np.isnan(scores).all() else float(np.nanmean(scores))
