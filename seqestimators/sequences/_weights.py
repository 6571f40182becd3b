"""The weights of rows, in training and in scores."""

from numbers import Real
from typing import Any

import numpy as np

from .._sklearn import _check_sample_weight
from .targets import read_labels

__all__ = ["read_weights"]


def read_weights(sample_weight: Any, n_rows: int) -> np.ndarray:
    """Return the weight of every row.

    Parameters
    ----------
    sample_weight : array-like of shape (n_rows,), number or None
        A number is the weight of each; None is 1.
    n_rows : int

    Returns
    -------
    ndarray of shape (n_rows,), dtype float64
        Those whose sum would be infinite are divided by a power of two,
        which changes no weighted mean.

    Raises
    ------
    ValueError
        A weight is missing, negative, infinite or no number, which the message
        names by its row; their number is another; all are 0; there are no
        rows.

    Examples
    --------
    >>> from seqestimators.sequences import read_weights
    >>> read_weights([1, 0, 2], 3)
    array([1., 0., 2.])
    """
    if not n_rows:
        raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required: there are no rows")
    if sample_weight is None:
        return np.ones(n_rows)
    if hasattr(sample_weight, "__len__"):
        sample_weight = read_labels(sample_weight, "sample_weight")
        if sample_weight.ndim == 1 and (wrong := np.flatnonzero(~_are_weights(sample_weight))).size:
            found = f"row {wrong[0]} of sample_weight is {sample_weight.tolist()[wrong[0]]!r}"
            raise ValueError(f"{found}: a weight is a finite number from 0 on")
    weight = _check_sample_weight(
        sample_weight, np.empty((n_rows, 1)), dtype=np.float64, ensure_non_negative=True
    )
    if not weight.any():  # which older versions of scikit-learn let pass
        raise ValueError("sample_weight is 0 in every row: give one of them a higher weight")
    with np.errstate(over="ignore"):
        is_too_large = not np.isfinite(weight.sum())
    return np.ldexp(weight, -np.frexp(n_rows)[1]) if is_too_large else weight


def _are_weights(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind in "biuf":
        return (values >= 0) & np.isfinite(values)
    return np.array([_is_weight(one) for one in values.tolist()])


def _is_weight(value: Any) -> bool:
    is_in_range: bool = isinstance(value, Real) and value >= 0 and value < np.inf  # type: ignore[operator]
    return is_in_range
